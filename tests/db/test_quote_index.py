"""The index of quotes fits them after whatever changes them or the names they are found by."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from db.connection import Store
from db.documents.importer import import_documents
from db.documents.reader import Document
from db.errors import DocumentError
from db.guilds import forget_guild
from db.quotes import DuplicateQuoteError, Reader, add, delete, edit, history, restore
from db.recaps.models import SectionKind
from db.recaps.texts import recap_history, recap_texts
from tests.db.documents import SMALL, read, small
from tests.db.sample_texts import AWAY, HOME, MODERATOR, NOW, TODAY, check_index, draft, found, loose, save
from tests.examples import examples

STORES = Path(__file__).parent / "stores"


def changed(section: str, number: int = 0, **fields: Any) -> Document:
    rows = [dict(row) for row in SMALL[section]]
    rows[number] |= fields
    return read(small(**{section: rows}))


IMPORTS: dict[str, tuple[Document, str, str | None]] = {
    "a driver's name": (
        changed("drivers", name="Giovanni Ruggiero", aliases=["Gio Ruggiero", "Junior"]),
        "junior",
        None,
    ),
    "a driver's alias": (changed("drivers", aliases=["Giovanni Ruggiero", "Rocketman"]), "rocketman", None),
    "an alias taken away": (changed("drivers", aliases=[]), "ruggiero", "giovanni"),
    "a race's name": (changed("races", name="Peach 400"), "peach", "love's"),
    "a race's alias": (changed("races", aliases=["The big one"]), "big", None),
    "a race's track": (
        read(
            small(
                tracks=[*SMALL["tracks"], {"name": "Daytona International Speedway", "short": "Daytona"}],
                races=[SMALL["races"][0] | {"track": "Daytona"}, SMALL["races"][1]],
            )
        ),
        "daytona",
        "talladega",
    ),
    "a track's name": (
        changed("tracks", name="Alabama International", aliases=["Dega", "Talladega Superspeedway"]),
        "alabama",
        None,
    ),
    "a track's short name": (changed("tracks", short="Tally"), "tally", None),
    "a track's alias": (changed("tracks", aliases=["Dega", "Fairgrounds"]), "fairgrounds", None),
    "a race's results": (changed("results", points=51), "ruggiero", None),
}


@pytest.mark.parametrize("what", IMPORTS)
async def test_names_that_an_import_changes_are_found_by_from_then_on(empty_store: Store, what: str) -> None:
    document, now, no_more = IMPORTS[what]
    await import_documents(empty_store, [read(small())], NOW)
    ids = await save(empty_store, draft("fuel", season=2024, round=1), loose("other"))
    await import_documents(empty_store, [document], NOW)
    assert await found(empty_store, now) == [ids[0]]
    if no_more is not None:
        assert await found(empty_store, no_more) == []
    await check_index(empty_store)


async def test_a_race_that_moves_takes_its_quotes_along(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    (of_race, said) = await save(
        empty_store,
        draft("fuel", season=2024, round=1),
        draft("fuel again", season=2024, round=1, said_on=TODAY.replace(year=2024, month=10, day=4)),
    )
    await import_documents(empty_store, [changed("races", date="2024-10-06", start="2024-10-06T20:00:00Z")], NOW)
    eve = Reader(HOME, TODAY.replace(year=2024, month=10, day=5))
    assert await found(empty_store, reader=eve) == await found(empty_store, "fuel", reader=eve) == [said]
    day = Reader(HOME, TODAY.replace(year=2024, month=10, day=6))
    assert await found(empty_store, reader=day) == [of_race, said]
    await check_index(empty_store)


async def test_an_import_that_fails_leaves_the_index_as_it_was(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    ids = await save(empty_store, draft("fuel", season=2024, round=1))
    races = [SMALL["races"][0] | {"name": "Peach 400"}, SMALL["races"][1]]
    with pytest.raises(DocumentError, match="no driver is called 'Nobody'"):
        await import_documents(
            empty_store, [read(small(races=races, results=[SMALL["results"][0] | {"driver": "Nobody"}]))], NOW
        )
    assert await found(empty_store, "love's") == ids
    await check_index(empty_store)


async def test_forgetting_a_server_takes_its_quotes_out_and_no_others(bare: Store) -> None:
    (ours,) = await save(bare, draft("fuel"))
    (theirs,) = await save(bare, draft("fuel"), guild=AWAY)
    (curated,) = await save(bare, draft("more fuel"), guild=None)
    await forget_guild(bare, HOME)
    with pytest.raises(LookupError):
        await history(bare, HOME, ours)
    assert await found(bare, "fuel") == [curated]
    assert set(await found(bare, "fuel", reader=Reader(AWAY, TODAY))) == {curated, theirs}
    assert len(await history(bare, AWAY, theirs)) == 1
    await check_index(bare)


acts = st.tuples(
    st.sampled_from(["add", "edit", "delete", "restore", "import", "forget"]),
    st.sampled_from([None, HOME, AWAY]),
    st.integers(0, 5),
    st.sampled_from(["fuel", "rain", "fast truck", "a tire"]),
)


@given(st.lists(acts, max_size=15))
@examples(30, HealthCheck.function_scoped_fixture)
async def test_the_index_fits_after_any_row_of_changes(
    empty_store: Store, steps: list[tuple[str, int | None, int, str]]
) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    async with empty_store.write() as connection:
        await connection.execute("DELETE FROM quotes")
    counted = await empty_store.fetch("SELECT seq FROM sqlite_sequence WHERE name = 'quotes'")
    first = counted[0][0] if counted else 0
    for act, guild, pick, words in steps:
        number = first + 1 + pick
        text = draft(words, season=2024, round=1 + pick % 2)
        try:
            if act == "add":
                await add(empty_store, text, guild, MODERATOR, NOW)
            elif act == "edit":
                await edit(empty_store, guild, number, text, MODERATOR, NOW)
            elif act == "delete":
                await delete(empty_store, guild, number, MODERATOR, NOW)
            elif act == "restore":
                await restore(empty_store, guild, number, MODERATOR, NOW)
            elif act == "import":
                await import_documents(empty_store, [changed("races", name=f"Race {words}", aliases=[words])], NOW)
            elif guild is not None:
                await forget_guild(empty_store, guild)
        except (LookupError, DuplicateQuoteError):
            continue
    await check_index(empty_store)


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_a_store_of_an_earlier_schema_can_be_searched(tmp_path: Path, version: int) -> None:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript((STORES / f"schema{version}.sql").read_text())
    old.close()
    async with await Store.open(path) as store:
        await check_index(store)
        held = version == 3
        assert await found(store, "fuel") == ([1] if held else [])
        assert await found(store, "talladega", "heim") == ([1] if held else [])
        # Said twice in one server it is one quote; in another server it is another.
        assert await found(store, "wide", reader=Reader(42, TODAY)) == ([2] if held else [])
        assert await found(store, "wide", reader=Reader(43, TODAY)) == ([4] if held else [])
        if held:
            assert [step.action for step in await history(store, 42, 2)] == ["added"]
            with pytest.raises(DuplicateQuoteError):
                await add(store, loose("FOUR WIDE"), 43, MODERATOR, NOW)
            season, number = tuple((await store.fetch("SELECT season, round FROM races"))[0])
            text = (await recap_texts(store, season, number))[SectionKind.NUTSHELL]
            assert [step.text for step in await recap_history(store, season, number, SectionKind.NUTSHELL)] == [text]
            assert text.author == "An Editor"
