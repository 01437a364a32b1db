"""Whatever a file holds, reading it gives a document or one clear line with file, line and field."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.documents.csv_tables import columns, write_csv
from db.documents.file_format import SECTIONS
from db.documents.reader import LARGEST, document_of, read_bytes, read_file
from db.errors import DocumentError
from tests.db.documents import SMALL, read, small, text_of

WHOLE = text_of(SMALL).encode()


def first(section: str, **changes: Any) -> dict[str, Any]:
    rows = small()[section]
    rows[0] |= changes
    return small(**{section: rows})


WRONG = {
    "text for a number": (
        first("results", finish="1"),
        19,
        "finish",
        "'1' is text; write a whole number, without quotation marks",
    ),
    "a fraction of a lap": (first("results", laps=89.5), 19, "laps", "89.5 is not a whole number"),
    "a place that cannot be": (first("results", finish=0), 19, "finish", "0 cannot be; it is at least 1"),
    "more laps led than run": (first("results", led=91), 19, None, "led 91 of 90 laps"),
    "a finish without a status": (first("results", status=None), 19, None, "needs a status"),
    "a number with letters": (
        first("results", number="x7"),
        19,
        "number",
        "'x7' is not a truck's number; write one to three digits",
    ),
    "a misspelt field": (first("results", finsih=1), 19, "finsih", "no such field"),
    "a missing field": (small(results=[{"round": 1, "number": "1"}]), 19, "driver", "is missing"),
    "a day that is none": (first("races", date="2024-02-30"), 15, "date", "date"),
    "a moment without offset": (first("races", start="2024-10-04T20:00:00"), 15, "start", "no offset from UTC"),
    "a kind of broadcast that is none": (
        first("races", broadcasts=[{"kind": "fax", "network": "x"}]),
        15,
        "broadcasts.0.kind",
        "'tv', 'radio' or 'stream'",
    ),
    "a line break in a name": (first("drivers", name="Corey\nHeim"), 10, "name", "control character (U+000A)"),
    "a name without end": (first("drivers", name="x" * 300), 10, "name", "is 300 characters long; 200 is the most"),
    "a season that is none": (small(season=12), 1, "season", "1995"),
    "a moment before all calendars": (small(retrieved="0001-01-01T00:00:00+05:00"), 1, "retrieved", "1900 to 2200"),
    "a moment after all calendars": (first("races", start="9999-12-31T23:00:00-05:00"), 15, "start", "1900 to 2200"),
    "a session on no day of ours": (
        first("races", sessions=[{"kind": "practice", "start": "0001-01-01T00:00:00+05:00"}]),
        15,
        "sessions.0.start",
        "1900 to 2200",
    ),
    "a day long before the car": (first("drivers", born="1066-10-14"), 10, "born", "1900 to 2200"),
    "a lead that ends before it begins": (
        first("races", outcome={"leads": [["Corey Heim", 9, 3]]}),
        15,
        "outcome",
        "leads from lap 9 to lap 3",
    ),
    "two leaders of one lap": (
        first("races", outcome={"leads": [["Corey Heim", 1, 9], ["Gio Ruggiero", 9, 12]]}),
        15,
        "outcome",
        "Gio Ruggiero leads from lap 9, but lap 9 has a leader already",
    ),
    "a lead past the end": (
        first("races", outcome={"laps": 90, "leads": [["Corey Heim", 1, 91]]}),
        15,
        "outcome",
        "leads to lap 91 of 90",
    ),
    "a lead of nobody": (
        first("races", outcome={"leads": [[None, 1, 9]]}),
        15,
        "outcome.leads.0.0",
        "null is not text",
    ),
    "a lead without an end": (first("races", outcome={"leads": [["A", 1]]}), 15, "outcome.leads.0.2", "is missing"),
    "a caution that ends before it begins": (
        first("races", outcome={"caution_periods": [[9, 3, "debris", None]]}),
        15,
        "outcome",
        "a caution goes from lap 9 to lap 3",
    ),
    "two cautions at a time": (
        first("races", outcome={"caution_periods": [[1, 9, None, None], [9, 12, None, None]]}),
        15,
        "outcome",
        "begins on lap 9, and the one before it ends on lap 9",
    ),
    "a caution after the end": (
        first("races", outcome={"laps": 90, "caution_periods": [[88, 91, "spin", "7"]]}),
        15,
        "outcome",
        "a caution goes to lap 91 of 90",
    ),
    "a free pass of no truck": (
        first("races", outcome={"caution_periods": [[1, 9, "spin", "the 7"]]}),
        15,
        "outcome.caution_periods.0.3",
        "is not a truck's number",
    ),
    "a layout of no seasons": (
        first("tracks", layouts=[{"first": 1999, "last": 1998}]),
        7,
        "layouts.0",
        "is from 1999 to 1998",
    ),
    "two names in one season": (
        first("tracks", names=[{"name": "A", "first": 1995, "last": 1998}, {"name": "B", "first": 1998, "last": 1999}]),
        7,
        None,
        "has two names in 1998",
    ),
    "a surface that is none": (
        first("tracks", layouts=[{"first": 1995, "last": 1998, "surface": "ice"}]),
        7,
        "layouts.0.surface",
        "'paved' or 'dirt'",
    ),
    "an id with a space": (first("drivers", racing_reference=["Corey Heim"]), 10, "racing_reference.0", "has a space"),
    "lap 0": (
        first("races", outcome={"leads": [["A", 0, 1]]}),
        15,
        "outcome.leads.0.1",
        "0 cannot be; it is at least 1",
    ),
    "another format": (small(format="other/7"), 1, "format", "tailgate/1"),
    "no format": (small(format=None), 1, "format", "is missing"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_row_is_named_by_file_line_and_field(what: str) -> None:
    document, line, field, words = WRONG[what]
    with pytest.raises(DocumentError) as caught:
        read(document)
    error = caught.value
    assert (error.file, error.line, error.field) == ("small.json", line, field)
    assert words in str(error)
    assert "\n" not in str(error)


BROKEN = {
    "nothing": b"",
    "white space": b" \n \n",
    "a list": b"[1, 2]",
    "a word": b"hello",
    "half a document": WHOLE[: len(WHOLE) // 2],
    "a document and more": WHOLE + b"{}",
    "no UTF-8": b'{"format": "tailgate/1", "source": "\xff"}',
    "an unknown section": b'{"format": "tailgate/1", "driverz": []}',
    "a section twice": b'{"format": "tailgate/1", "drivers": [], "drivers": []}',
    "a section that is no list": b'{"format": "tailgate/1", "drivers": {}}',
    "a row that is no object": b'{"format": "tailgate/1", "drivers": [7]}',
    "a comma too many": b'{"format": "tailgate/1", "drivers": [{"name": "A"},]}',
    "a number of 5,000 digits": b'{"format": "tailgate/1", "drivers": [{"nascar_id": ' + b"1" * 5000 + b"}]}",
    "a season of 5,000 digits": b'{"format": "tailgate/1", "season": ' + b"1" * 5000 + b"}",
    "deep nesting": b'{"format": "tailgate/1", "drivers": [' + b"[" * 100_000,
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_gives_one_clear_line(what: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_bytes(BROKEN[what], "broken.json")
    assert str(caught.value).startswith("broken.json")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_cut_file_is_said_to_be_cut_wherever_it_is_cut() -> None:
    for length in range(1, len(WHOLE.rstrip()) - 1, 37):
        with pytest.raises(DocumentError, match="cut short"):
            read_bytes(WHOLE[:length], "cut.json")


def test_ten_megabytes_of_noise_are_refused(tmp_path: Path) -> None:
    noise = random.Random(7).randbytes(10_000_000)
    for name, content in (("noise.json", noise), ("noise.csv", noise), ("letters.json", noise.hex().encode())):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DocumentError, match=name):
            read_file(tmp_path / name)


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(DocumentError, match="larger than 32 MB"):
        read_file(path)


def test_a_file_that_is_not_there_or_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        read_file(tmp_path / "none.json")
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(DocumentError, match="neither"):
        read_file(tmp_path / "a.txt")


def test_no_depth_of_brackets_breaks_the_reader() -> None:
    for depth in range(150, 1050):
        nest = "[" * depth + "]" * depth
        for name, text in (
            ("a.json", f'{{"format": "tailgate/1", "rookies": {nest}}}'),
            ("a.json", f'{{"format": "tailgate/1", "drivers": [{{"name": {nest}}}]}}'),
            ("a.csv", f"season,round,name,track,date,sessions\n2024,1,A,B,2024-01-01,{nest}\n"),
        ):
            with pytest.raises(DocumentError):
                read_bytes(text.encode(), name)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    for name in ("a.json", "a.csv"):
        try:
            read_bytes(raw, name)
        except DocumentError as error:
            assert "\n" not in str(error)


@given(st.data())
def test_no_change_of_a_character_breaks_the_reader(data: st.DataObject) -> None:
    text = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_bytes(bytes(text), "a.json")
    except DocumentError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("section", ["tracks", "drivers", "races", "results", "playoff_field", "adjustments"])
def test_a_section_survives_csv(section: str) -> None:
    rows = [line.row for line in read(SMALL).sections[section]]
    document = read_bytes(write_csv(section, rows, 2024).encode(), "table.csv")
    assert [line.row for line in document.sections[section]] == rows
    seasonal = section not in {"tracks", "drivers"}
    assert document.header.season == (2024 if seasonal else None)


def csv_of(section: str, *lines: str) -> bytes:
    return "\n".join([",".join(columns(section)), *lines]).encode()


CSV = {
    "no columns of ours": (b"a,b\n1,2\n", 1, None, "columns of no document"),
    "a slip in a column's name": (
        b"wrods,speaker\nGo,A\n",
        1,
        None,
        "no column 'wrods' (did you mean 'words'?)",
    ),
    "a column that is missing": (b"season,round,driver\n2024,1,A\n", 1, None, "that of results, which needs 'number'"),
    "a column twice": (b"words,speaker,words\nGo,A,Go\n", 1, None, "has 'words' only once"),
    "a cell too few": (b"season,round,number,driver\n2024,1,7\n", 2, None, "3 cells where the first line has 4"),
    "a word for a number": (b"season,round,number,driver\n2024,one,7,A\n", 2, "round", "not a whole number"),
    "two seasons": (b"season,round,number,driver\n2024,1,7,A\n2025,1,8,B\n", 3, None, "another season"),
    "a nest of brackets": (
        b"season,round,name,track,date,sessions\n2024,1,A,B,2024-01-01," + b"[" * 100_000 + b"\n",
        2,
        "sessions",
        "is not JSON",
    ),
    "a number of 5,000 digits": (
        b"season,round,name,track,date,sessions\n2024,1,A,B,2024-01-01," + b"1" * 5000 + b"\n",
        2,
        "sessions",
        "is not JSON",
    ),
    "an open quotation mark": (b'season,round,number,driver\n2024,1,7,"A\n', 2, None, "none ends it"),
    "nothing": (b"", None, None, "is empty"),
}


@pytest.mark.parametrize("what", CSV)
def test_a_broken_table_is_named_by_line(what: str) -> None:
    raw, line, field, words = CSV[what]
    with pytest.raises(DocumentError) as caught:
        read_bytes(raw, "t.csv")
    assert (caught.value.line, caught.value.field) == (line, field)
    assert words in str(caught.value)


def test_a_spreadsheets_byte_order_mark_does_not_matter() -> None:
    raw = b"\xef\xbb\xbfseason,round,number,driver\r\n2024,1,02,A\r\n"
    document = read_bytes(raw, "t.csv")
    assert json.loads(document.sections["results"][0].row.model_dump_json(exclude_defaults=True)) == {
        "round": 1,
        "number": "02",
        "driver": "A",
    }


def test_every_section_is_known_by_its_columns() -> None:
    needed = {name: {f for f, i in model.model_fields.items() if i.is_required()} for name, model in SECTIONS.items()}
    for name in SECTIONS:
        rivals = [other for other in SECTIONS if needed[other] <= set(columns(name)) <= set(columns(other))]
        assert rivals == [name]


def parts(document: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header's fields and the sections of a document."""
    head = {name: value for name, value in document.items() if name not in SECTIONS}
    return head, {name: rows for name, rows in document.items() if name in SECTIONS}


def test_a_document_of_values_is_the_one_that_is_read_from_a_file() -> None:
    written, made = read(small()), document_of(*parts(small()), "small.json", whole={"results"})
    assert made.header == written.header
    for section, lines in written.sections.items():
        assert [line.row for line in made.sections[section]] == [line.row for line in lines]
        assert [line.row.model_fields_set for line in made.sections[section]] == [
            line.row.model_fields_set for line in lines
        ]
        assert {line.whole for line in made.sections[section]} == {section == "results"}
    assert made.sections.keys() == written.sections.keys()
    # Other values are another document.
    assert made.digest != document_of(*parts(small(season=2023)), "small.json").digest
    assert made.digest != document_of(*parts(small(results=SMALL["results"][:1])), "small.json").digest


@pytest.mark.parametrize(
    ("document", "field", "problem"),
    [
        (small(season="2024"), "season", "whole number"),
        (small(results=[SMALL["results"][0] | {"laps": "90"}]), "laps", "whole number"),
        (small(races=[SMALL["races"][1] | {"date": "9999-01-01"}]), "date", "within the years"),
        (small(races=[SMALL["races"][1] | {"nonsense": 1}]), "nonsense", "no such field"),
    ],
)
def test_a_wrong_value_of_a_document_that_was_made_is_named(document: dict[str, Any], field: str, problem: str) -> None:
    with pytest.raises(DocumentError) as refused:
        document_of(*parts(document), "feed.json")
    assert refused.value.field == field
    assert problem in refused.value.problem
