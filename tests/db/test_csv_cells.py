"""Whatever text a cell of a table holds, it is exactly the JSON value or one clear line with its row and column."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.connection import Store
from db.documents.file_format import SECTIONS, Row
from db.documents.importer import Counts, import_documents
from db.documents.reader import read_bytes
from db.errors import DocumentError
from tests.db.documents import text_of

ROWS: dict[str, dict[str, Any]] = {
    "results": {"round": 1, "number": "7", "driver": "A"},
    "drivers": {"name": "A"},
    "tracks": {"name": "A", "short": "A"},
    "races": {"round": 1, "name": "A", "track": "A", "date": "2024-10-04"},
    "quotes": {"words": "Go", "speaker": "A"},
}


def from_csv(section: str, column: str, cell: str) -> Row:
    """The row of a table with that text in that cell."""
    seasonal = {"season": "2024"} if section in {"results", "races"} else {}
    fields = seasonal | {name: str(value) for name, value in ROWS[section].items()} | {column: cell}
    out = io.StringIO()
    csv.writer(out).writerows([fields.keys(), fields.values()])
    (line,) = read_bytes(out.getvalue().encode(), "t.csv").sections[section]
    return line.row


def from_json(section: str, column: str, value: Any) -> Row:
    """The row of a document with that value in that field."""
    document = {"format": "tailgate/1", "season": 2024, section: [ROWS[section] | {column: value}]}
    (line,) = read_bytes(text_of(document).encode(), "t.json").sections[section]
    return line.row


WRONG = {
    "an underscore": ("results", "points", "4_5", "'4_5' is not a whole number; write its digits alone, such as 45"),
    "a plus sign": ("results", "points", "+5", "not a whole number"),
    "a space": ("results", "points", " 5", "not a whole number"),
    "a space behind": ("results", "finish", "5 ", "not a whole number"),
    "other digits": ("results", "laps", "٣", "not a whole number"),
    "a power of ten": ("results", "points", "1e3", "not a whole number"),
    "a fraction": ("results", "points", "5.0", "not a whole number"),
    "a leading zero": ("results", "finish", "05", "not a whole number"),
    "a word for a flag": ("results", "rookie", "yes", "'yes' is not true or false"),
    "a number for a flag": ("results", "eligible", "1", "not true or false"),
    "a length with a unit": ("tracks", "length", "1.5 mi", "not a number; write digits and a decimal point"),
    "no number": ("tracks", "length", "nan", "not a number"),
    "a decimal comma": ("tracks", "length", "1,5", "not a number"),
    "one stage of three": ("races", "stages", "20; 2O; 45", "'2O' is not a whole number"),
    "a seconds' count for a day": ("drivers", "born", "1700000000", "is not a date; write year, month and day as in"),
    "a day of a spreadsheet": ("races", "date", "10/3/2025", "'10/3/2025' is not a date"),
    "a month's name": ("races", "date", "Oct 3", "is not a date"),
    "a thirteenth month": ("drivers", "born", "2025-13-01", "is a date on no calendar"),
    "no leap day": ("quotes", "said_on", "2025-02-29", "is a date on no calendar"),
    "a seconds' count for a moment": ("races", "start", "1700000000", "is not a date and time; write it as 2025-10-"),
    "a day for a moment": ("races", "start", "2025-10-03", "is not a date and time"),
    "a moment without an offset": ("races", "start", "2025-10-03T16:00", "has no offset from UTC"),
    "a moment on no clock": ("races", "green_flag", "2025-10-03T25:00:00Z", "is on no calendar or clock"),
    "a season of another kind": ("results", "season", "2_024", "not a whole number"),
    "a season that is none": ("results", "season", "12", "1995"),
    "a round in words": ("quotes", "round", "one", "not a whole number"),
    "dashes for a name": ("drivers", "name", "---", "'---' has no letter, so it cannot be a name; write the name out"),
    "digits for a name": ("drivers", "name", "123", "has no letter"),
    "dashes for an alias": ("drivers", "aliases", "Ace; ---", "has no letter"),
    "dots for a track": ("tracks", "short", "...", "has no letter"),
    "digits for a race": ("races", "name", "250", "has no letter"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_lax_cell_is_named_by_row_and_column(what: str) -> None:
    section, column, cell, words = WRONG[what]
    with pytest.raises(DocumentError) as caught:
        from_csv(section, column, cell)
    error = caught.value
    assert (error.file, error.line) == ("t.csv", 2)
    assert error.field is not None
    assert error.field.partition(".")[0] == column
    assert words in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("name", ["", "---", "123", " ", "_", "\u00ad"])
@pytest.mark.parametrize("section", ["drivers", "tracks"])
def test_a_name_without_letters_is_one_clear_line_in_json_as_well(section: str, name: str) -> None:
    with pytest.raises(DocumentError) as caught:
        from_json(section, "name", name)
    assert caught.value.field == "name"
    assert "\n" not in str(caught.value)


RIGHT = {
    "a whole number": ("results", "points", "-10", -10),
    "nothing": ("results", "stage1_points", "0", 0),
    "a flag": ("results", "rookie", "true", True),
    "a flag of a spreadsheet": ("results", "eligible", "FALSE", False),
    "a length": ("tracks", "length", "0.533", 0.533),
    "a whole length": ("tracks", "length", "2", 2),
    "a truck's number": ("results", "number", "02", "02"),
    "stages": ("races", "stages", "20; 20;45", [20, 20, 45]),
    "aliases": ("drivers", "aliases", "Ace; A.J.", ["Ace", "A.J."]),
    "ids": ("drivers", "racing_reference", "Ace_A; Ace_B", ["Ace_A", "Ace_B"]),
    "layouts": ("tracks", "layouts", '[{"first": 1995, "last": 1996}]', [{"first": 1995, "last": 1996}]),
    "what is nested": ("races", "sources", '{"margin": "a paper"}', {"margin": "a paper"}),
    "a moment Eastern": ("races", "start", "2024-10-04T16:00:00-04:00", "2024-10-04T20:00:00Z"),
}


@pytest.mark.parametrize("what", RIGHT)
def test_a_cell_is_what_the_field_of_a_document_is(what: str) -> None:
    section, column, cell, value = RIGHT[what]
    assert from_csv(section, column, cell) == from_json(section, column, value)


SPELLINGS = st.one_of(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
    st.from_regex(r"[ +-]?[0-9_,.eE٣]{1,6}[ %]?", fullmatch=True),
    st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:00)?(Z|[+-]04:?00)?)?", fullmatch=True),
    st.integers(-999, 999).map(str),
    st.floats(0, 100).map(str),
    st.sampled_from(["true", "True", "TRUE", "false", "FALSE", "null", "NaN", "Infinity", '"5"', "[5]", "{}"]),
)
MANY_VALUES = {"sessions", "broadcasts", "outcome", "sources", "names", "layouts"}
MANY_VALUES |= {"aliases", "stages", "racing_reference"}
COLUMNS = [
    (section, column) for section in ROWS for column in SECTIONS[section].model_fields if column not in MANY_VALUES
]


def value_of(cell: str, *, plain: bool) -> Any:
    """What a document would have in place of a cell: a number or a flag without quotation marks, or a text."""
    if not plain:
        return cell
    if cell in {"TRUE", "FALSE"}:
        return cell == "TRUE"
    try:
        value = json.loads(cell)
    except ValueError:
        return cell
    return value if isinstance(value, int | float) and cell == cell.strip() else cell


@given(st.sampled_from(COLUMNS), SPELLINGS)
def test_whatever_a_cell_holds_is_its_json_value_or_one_clear_line(where: tuple[str, str], cell: str) -> None:
    section, column = where
    schema = json.dumps(SECTIONS[section].model_json_schema()["properties"][column])
    plain = any(f'"type": "{kind}"' in schema for kind in ("integer", "number", "boolean"))
    try:
        expected: Row | None = from_json(section, column, value_of(cell, plain=plain))
    except DocumentError:
        expected = None
    try:
        found: Row | None = from_csv(section, column, cell)
    except DocumentError as error:
        found = None
        assert error.line == 2
        assert "\n" not in str(error)
        assert len(str(error)) < 400
    assert found == expected


def test_a_row_of_empty_cells_is_no_row() -> None:
    document = read_bytes(b"name,born\nCorey Heim,2002-07-05\n,\n", "drivers.csv")
    assert [line.row.name for line in document.sections["drivers"]] == ["Corey Heim"]  # type: ignore[attr-defined]


async def test_an_export_without_rows_can_be_imported(empty_store: Store) -> None:
    document = read_bytes(b"season,round,driver,number,finish,laps,led,status,points\n", "results.csv")
    report = await import_documents(empty_store, [document], datetime(2026, 6, 1, tzinfo=UTC))
    assert report.total == Counts()
