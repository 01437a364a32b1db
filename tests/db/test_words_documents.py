"""Documents of quotes and recaps: every mistake is named by file, line and field; what is written is what was held."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from db.connection import Store
from db.documents.csv_tables import columns, write_csv
from db.documents.file_format import FORMAT, Header, Row
from db.documents.importer import Counts, import_documents
from db.documents.json_writer import write_document
from db.documents.reader import read_bytes
from db.documents.rows_from_models import quote_row, recap_row
from db.errors import DocumentError
from db.naming import fold_quote
from db.quotes import add, quotes_of_scope
from db.quotes.models import QuoteDraft, clean_draft
from db.recaps.models import RecapText, SectionKind, clean_recap
from db.recaps.texts import all_recap_texts, save_recap
from db.snapshots import Snapshots
from tests.db.documents import read, small
from tests.db.sample_texts import NOW
from tests.examples import examples
from tests.stores import open_unsynced

ROWS = {
    "quotes": {"words": "The truck was a rocket", "driver": "Gio Ruggiero", "season": 2025, "round": 23},
    "recaps": {
        "season": 2025,
        "round": 23,
        "section": "move",
        "words": "Two laps to go.",
        "author": "An Editor",
        "edited": "2025-10-18T12:00:00Z",
    },
}
MISTAKES: list[tuple[str, dict[str, Any], str | None, str]] = [
    ("quotes", {"words": " \n "}, "words", "is empty"),
    ("quotes", {"words": "x" * 2001}, "words", "is 2001 characters long; 2000 is the most"),
    ("quotes", {"words": "a\u0007b"}, "words", "contains a control character (U+0007)"),
    ("quotes", {"words": "a\ue000g0"}, "words", "contains a control character (U+E000)"),
    ("quotes", {"speaker": "A\nB"}, "speaker", "control character (U+000A)"),
    ("quotes", {"role": "x" * 101}, "role", "is 101 characters long; 100 is the most"),
    ("quotes", {"link": "ftp://a.com"}, "link", "'ftp://a.com' is not a link; one begins with http:// or https://"),
    ("quotes", {"driver": None}, None, "says of nobody who spoke"),
    ("quotes", {"driver": "Gio Rugiero"}, "driver", "did you mean Gio Ruggiero or"),
    ("quotes", {"round": 26}, "round", "no race 26 of 2025; its races are 1 to 25"),
    ("quotes", {"season": 1999}, "round", "no race 23 of 1999; it holds nothing of 1999"),
    ("quotes", {"round": None}, None, "names half a race"),
    ("quotes", {"said_on": "2025-02-30"}, "said_on", "date"),
    ("quotes", {"author": "A"}, "author", "no such field"),
    ("quotes", {"words": "FINE."}, None, "this quote appears here a second time; first in a.json, line 4"),
    ("recaps", {"section": "weather"}, "section", "'nutshell', 'top', 'move'"),
    ("recaps", {"picture": "http://a.com/b.png"}, "picture", "is not a link; one begins with https://"),
    ("recaps", {"words": "x" * 3001}, "words", "3000 is the most"),
    ("recaps", {"edited": "2025-10-18T12:00:00"}, "edited", "no offset from UTC"),
    ("recaps", {"edited": "9999-12-31T23:00:00-05:00"}, "edited", "1900 to 2200"),
    ("recaps", {"round": 26}, "round", "no race 26 of 2025"),
    ("recaps", {"author": " "}, "author", "is empty"),
    ("recaps", {"words": "Again.", "section": "top"}, None, "section top of race 23 appears here a second time"),
]


async def held(store: Store) -> list[tuple[Any, ...]]:
    tables = ("quotes", "quote_history", "recaps", "recap_history", "imports")
    return [tuple(row) for table in tables for row in await store.fetch(f"SELECT * FROM {table}")]


@pytest.mark.parametrize(("section", "changes", "field", "said"), MISTAKES)
async def test_a_mistake_is_named_by_file_line_and_field_and_nothing_changes(
    bare: Store, section: str, changes: dict[str, Any], field: str | None, said: str
) -> None:
    rows = [ROWS[section] | {"words": "Fine"} | ({"section": "top"} if section == "recaps" else {})]
    document = {"format": FORMAT, section: [*rows, ROWS[section] | changes]}
    before = await held(bare)
    with pytest.raises(DocumentError) as caught:
        await import_documents(bare, [read(document, "a.json")], NOW)
    assert (caught.value.file, caught.value.line, caught.value.field) == ("a.json", 5, field)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert await held(bare) == before


CSV = {
    "a quote of nobody": (b"words,role\nHello,driver\n", 2, None, "says of nobody who spoke"),
    "a quote behind one of two lines": (
        b'words,speaker,link\n"One\nTwo",A,https://a.com/\nThree,B,nowhere\n',
        4,
        "link",
        "'nowhere' is not a link",
    ),
    "a round in words": (b"words,speaker,season,round\nHello,A,2025,three\n", 2, "round", "whole number"),
    "a recap without an author": (b"season,round,section,words,edited\n", 1, None, "needs 'author'"),
    "a recap of no section": (
        b"season,round,section,words,author,edited\n2025,23,movie,Two laps,A,2025-10-18T12:00:00Z\n",
        2,
        "section",
        "'nutshell'",
    ),
    "a recap of no race": (
        b"season,round,section,words,author,edited\n2025,26,move,Two laps,A,2025-10-18T12:00:00Z\n",
        2,
        "round",
        "no race 26 of 2025",
    ),
}


@pytest.mark.parametrize("what", CSV)
async def test_a_mistake_in_a_table_is_named_by_its_line(bare: Store, what: str) -> None:
    raw, line, field, said = CSV[what]
    with pytest.raises(DocumentError) as caught:
        await import_documents(bare, [read_bytes(raw, "a.csv")], NOW)
    assert (caught.value.file, caught.value.line, caught.value.field) == ("a.csv", line, field)
    assert said in str(caught.value)


def test_a_table_of_recaps_may_hold_several_seasons() -> None:
    head = "season,round,section,words,author,edited"
    lines = [f"{year},1,move,Two laps,A,2025-10-18T12:00:00Z" for year in (2024, 2025)]
    document = read_bytes("\n".join([head, *lines]).encode(), "a.csv")
    assert document.header.season is None
    assert [line.row.model_dump()["season"] for line in document.sections["recaps"]] == [2024, 2025]


def test_a_spreadsheets_line_breaks_are_line_breaks() -> None:
    document = read_bytes(b'words,speaker\r\n"One\r\n\r\n\r\ntwo",A\r\n', "a.csv")
    assert [line.row.model_dump()["words"] for line in document.sections["quotes"]] == ["One\n\ntwo"]


anything = st.text(max_size=30) | st.sampled_from(["=1+1", 'a "b"', "a; b", "a,b", "a\nb\n\n\nc", " ", "[1]", "null"])
maybe = st.none() | anything
drafts = st.builds(
    QuoteDraft,
    speaker=anything | st.just("Gio Ruggiero"),
    words=anything,
    driver=st.sampled_from([None, "gio-ruggiero", "daniel-suarez"]),
    role=maybe,
    context=maybe,
    season=st.just(2024),
    round=st.sampled_from([None, 1, 2]),
    said_on=st.none() | st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    source=maybe,
    link=st.sampled_from([None, "https://a.com/x?y=z,\"'#ä", "http://a.com/1;2"]),
)
END = datetime(2100, 1, 1, tzinfo=UTC)

texts = st.builds(
    RecapText,
    season=st.just(2024),
    round=st.sampled_from([1, 2]),
    section=st.sampled_from(SectionKind),
    words=anything,
    picture=st.sampled_from([None, "https://a.com/b(c).png"]),
    author=anything,
    edited_at=st.datetimes(datetime(1995, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)


def kept(draft: QuoteDraft) -> QuoteDraft | None:
    """The draft as it would be saved; None where it would be refused."""
    if draft.round is None:
        draft = QuoteDraft(**{**_fields(draft), "season": None})
    try:
        return clean_draft(draft)
    except ValueError:
        return None


def _fields(draft: QuoteDraft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in QuoteDraft.__slots__}


def written(section: str, rows: list[Row], form: str) -> bytes:
    header = Header(format=FORMAT)
    return (write_csv(section, rows) if form == "csv" else write_document(header, {section: rows})).encode()


@given(said=st.lists(drafts, max_size=4), form=st.sampled_from(["json", "csv"]))
@examples(40)
async def test_quotes_come_back_as_they_were_written(empty_file: Path, said: list[QuoteDraft], form: str) -> None:
    by_words = {fold_quote(draft.words): draft for each in said if (draft := kept(each)) is not None}
    assume(by_words)
    with TemporaryDirectory() as folder:
        opening = [open_unsynced(Path(folder) / name, empty_file) for name in ("a.db", "b.db")]
        async with await opening[0] as store, await opening[1] as other:
            for each in (store, other):
                await import_documents(each, [read(small())], NOW)
            for draft in by_words.values():
                await add(store, draft, None, None, NOW)
            before = await quotes_of_scope(store, None)
            names = await Snapshots(store).drivers()
            raw = written("quotes", [quote_row(quote, names) for quote in before], form)
            for each, counts in ((other, Counts(created=len(before))), (store, Counts(unchanged=len(before)))):
                report = await import_documents(each, [read_bytes(raw, f"a.{form}")], NOW)
                assert report.sections["quotes"] == counts
                assert [quote.draft() for quote in await quotes_of_scope(each, None)] == list(by_words.values())


@given(written_by=st.lists(texts, max_size=4), form=st.sampled_from(["json", "csv"]))
@examples(40)
async def test_recaps_come_back_as_they_were_written(empty_file: Path, written_by: list[RecapText], form: str) -> None:
    with TemporaryDirectory() as folder:
        opening = [open_unsynced(Path(folder) / name, empty_file) for name in ("a.db", "b.db")]
        async with await opening[0] as store, await opening[1] as other:
            for each in (store, other):
                await import_documents(each, [read(small())], NOW)
            for text in written_by:
                try:
                    await save_recap(store, clean_recap(text), None)
                except ValueError:
                    continue
            before = await all_recap_texts(store)
            assume(before)
            raw = written("recaps", [recap_row(text) for text in before], form)
            for each, counts in ((other, Counts(created=len(before))), (store, Counts(unchanged=len(before)))):
                report = await import_documents(each, [read_bytes(raw, f"a.{form}")], END)
                assert report.sections["recaps"] == counts
                assert await all_recap_texts(each) == before


def test_the_columns_of_a_table_are_the_fields_of_a_row() -> None:
    assert columns("quotes")[:3] == ("words", "speaker", "driver")
    assert columns("recaps") == ("season", "round", "section", "words", "picture", "author", "edited")
