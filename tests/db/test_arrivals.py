"""What a newer program brings, taken in while the bot runs: season by season, in short steps, and never half."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

import db.arrivals
import db.bundled
from db.arrivals import Arrivals, pending_years
from db.bundled import note_taken
from db.connection import Store
from db.documents.importer import import_documents
from db.documents.reader import Document, FeedState
from db.row_changes import ROWS_A_STEP
from db.snapshots import Snapshots
from tests.db.documents import SMALL, read, small

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
TABLES = (
    *("tracks", "track_aliases", "drivers", "driver_aliases", "teams", "races", "race_aliases", "stages", "sessions"),
    *("broadcasts", "outcomes", "stage_winners", "race_sources", "entries", "results", "stage_results"),
    *("adjustments", "playoff_fields", "rookies"),
)


class Program:
    """What the program brings: small seasons by year, which a test may change as a newer release would."""

    def __init__(self, seasons: dict[int, dict[str, Any]]) -> None:
        self.seasons = seasons
        self.words: list[Document] = []

    def documents(self, year: int) -> list[Document]:
        return [replace(read(self.seasons[year], f"{year}.json"), bundled=True)]

    def digest(self, year: int) -> str:
        return self.documents(year)[0].digest


def season(year: int, **changes: Any) -> dict[str, Any]:
    """The small season as one of another year; its races have other ids."""
    held = small(season=year, complete=True, **changes)
    for race in held["races"]:
        for field in ("date", "start"):
            if field in race:
                race[field] = race[field].replace("2024", str(year))
        for part in ("sessions", "broadcasts"):
            race.pop(part, None)
        race["nascar_id"] = year * 10 + race["round"]
    return held


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program that brings 1998, 1999 and 2000."""
    brought = Program({year: season(year) for year in (1998, 1999, 2000)})
    for module in (db.bundled, db.arrivals):
        monkeypatch.setattr(module, "bundled_years", lambda: tuple(sorted(brought.seasons)))
        monkeypatch.setattr(module, "season_documents", brought.documents)
        monkeypatch.setattr(module, "season_digest", brought.digest)
    monkeypatch.setattr(db.arrivals, "quote_and_recap_documents", lambda: brought.words)
    return brought


def arrivals(store: Store) -> Arrivals:
    return Arrivals(store, lambda: NOW)


async def content(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All facts of racing with names in place of row ids, which depend on the order of arrival."""
    return {table: sorted(map(tuple, await store.fetch(f"SELECT * FROM {table}")), key=repr) for table in TABLES}


async def test_every_season_arrives_newest_first_and_as_an_import_would_bring_it(
    empty_store: Store, program: Program, tmp_path: Path
) -> None:
    seen: list[tuple[int, ...]] = []
    seasons = Snapshots(empty_store)
    taking = arrivals(empty_store)
    write = taking._write

    async def watched(changes: Any) -> None:
        await write(changes)
        seen.append(await seasons.years())

    taking._write = watched  # type: ignore[method-assign]
    assert await taking.run() == [2000, 1999, 1998]
    assert seen == [(2000,), (1999, 2000), (1998, 1999, 2000)]
    async with await Store.open(tmp_path / "imported.db") as imported:
        for year in (2000, 1999, 1998):
            await import_documents(imported, program.documents(year), NOW)
        assert await content(empty_store) == await content(imported)
    assert await pending_years(empty_store) == []
    assert await arrivals(empty_store).run() == []


@pytest.mark.usefixtures("program")
async def test_nothing_is_left_beside_the_store(empty_store: Store) -> None:
    await arrivals(empty_store).run()
    assert [path.name for path in empty_store.path.parent.iterdir() if "arriving" in path.name] == []


@pytest.mark.usefixtures("program")
async def test_a_season_that_has_arrived_in_part_is_seen_by_nobody_and_goes_on_later(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, written = Store.write, 0

    @asynccontextmanager
    async def cut_short(self: Store) -> AsyncIterator[aiosqlite.Connection]:
        nonlocal written
        if self is empty_store:
            written += 1
            if written > 7:
                raise asyncio.CancelledError
        async with write(self) as connection:
            yield connection

    monkeypatch.setattr(Store, "write", cut_short)
    with pytest.raises(asyncio.CancelledError):
        await arrivals(empty_store).run()
    monkeypatch.setattr(Store, "write", write)
    half = {row["year"]: row["arriving"] for row in await empty_store.fetch("SELECT year, arriving FROM seasons")}
    assert 1 in half.values()
    assert await Snapshots(empty_store).years() == tuple(year for year, arriving in half.items() if not arriving)
    await arrivals(empty_store).run()
    assert await Snapshots(empty_store).years() == (1998, 1999, 2000)
    assert await pending_years(empty_store) == []


@pytest.mark.usefixtures("program")
async def test_no_step_writes_many_rows_unless_one_race_has_them(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.row_changes.ROWS_A_STEP", 6)
    write, sizes = Store.write, []

    @asynccontextmanager
    async def counted(self: Store) -> AsyncIterator[aiosqlite.Connection]:
        async with write(self) as connection:
            before = connection.total_changes
            yield connection
            if self is empty_store:
                sizes.append(connection.total_changes - before)

    monkeypatch.setattr(Store, "write", counted)
    await arrivals(empty_store).run()
    race = 1 + 3 + 2 + 2 + 3 + 4 + 3 + 1 + 3  # the first race of the small season with all that belongs to it
    assert max(sizes) <= race < ROWS_A_STEP


async def test_a_newer_release_changes_what_it_changes_and_leaves_what_an_operator_entered(
    empty_store: Store, program: Program
) -> None:
    await arrivals(empty_store).run()
    race = SMALL["races"][0] | {"date": "1999-10-04", "name": "Ours"}
    ours = small(season=1999, races=[{"round": 1, "name": "Ours", "track": "Dega", "date": "1999-10-04"}])
    for section in ("results", "adjustments", "playoff_field", "tracks", "drivers"):
        ours.pop(section)
    await import_documents(empty_store, [read(ours)], NOW)
    newer = season(1999)
    newer["races"][0]["name"] = "Theirs"
    newer["races"][1]["name"] = "Second of theirs"
    newer["results"][1] |= {"points": 40, "led": 3}
    newer["results"].append({"round": 1, "finish": 3, "number": "9", "driver": "Daniel Suárez", "status": "running"})
    newer["results"].pop(2)
    program.seasons[1999] = newer
    assert await pending_years(empty_store) == [1999]
    assert await arrivals(empty_store).run() == [1999]
    held = await Snapshots(empty_store).season(1999)
    assert held is not None
    assert [each.name for each in held.races] == [race["name"], "Second of theirs"]
    assert [(row.driver, row.points, row.led) for row in held.results[1]][1] == ("corey-heim", 40, 3)
    assert [row.driver for row in held.results[1]] == ["gio-ruggiero", "corey-heim", "daniel-suarez"]
    assert held.absent == {}


async def test_a_season_nobody_changed_keeps_its_version(empty_store: Store, program: Program) -> None:
    await arrivals(empty_store).run()
    seasons = Snapshots(empty_store)
    await seasons.all()
    before = dict(seasons.versions)
    program.seasons[2000]["races"][1]["name"] = "Renamed"
    await arrivals(empty_store).run()
    await seasons.all()
    assert {year for year, version in seasons.versions.items() if version != before[year]} == {2000}


async def test_races_that_change_places_arrive_too(empty_store: Store, program: Program) -> None:
    await arrivals(empty_store).run()
    newer = season(2000)
    first, second = newer["races"]
    first["round"], second["round"] = 2, 1
    second["date"] = "2000-10-01"
    for row in (*newer["results"], *newer["adjustments"]):
        row["round"] = 2
    program.seasons[2000] = newer
    assert await arrivals(empty_store).run() == [2000]
    held = await Snapshots(empty_store).season(2000)
    assert held is not None
    assert [(each.round, each.name) for each in held.races] == [(1, "Second"), (2, "Love's RV Stop 225")]
    assert [row.driver for row in held.results[2]] == ["gio-ruggiero", "corey-heim"]


@pytest.mark.usefixtures("program")
async def test_what_somebody_imports_meanwhile_is_kept(empty_store: Store) -> None:
    taking = arrivals(empty_store)
    take_in, asked = taking._take_in, 0

    async def interrupted(year: int) -> bool:
        nonlocal asked
        asked += 1
        if asked == 2:
            newcomer = {"format": "tailgate/1", "drivers": [{"name": "Newcomer"}]}
            await import_documents(empty_store, [read(newcomer)], NOW)
        return await take_in(year)

    taking._take_in = interrupted  # type: ignore[method-assign]
    assert await taking.run() == [2000, 1999, 1998]
    assert "newcomer" in await Snapshots(empty_store).drivers()


async def test_a_season_that_contradicts_what_is_stored_is_left_out_and_the_others_arrive(
    empty_store: Store, program: Program, caplog: pytest.LogCaptureFixture
) -> None:
    program.seasons[1999]["results"][0]["driver"] = "Nobody At All"
    assert await arrivals(empty_store).run() == [2000, 1998]
    assert "the bundled season 1999 was left out: 1999.json" in caplog.text
    assert await Snapshots(empty_store).years() == (1998, 2000)
    assert await pending_years(empty_store) == [1999]


async def test_what_was_taken_in_otherwise_does_not_arrive_again(empty_store: Store, program: Program) -> None:
    await import_documents(empty_store, program.documents(2000), NOW)
    await note_taken(empty_store, [2000], NOW)
    assert await pending_years(empty_store) == [1999, 1998]


async def test_new_words_of_the_program_arrive_with_the_seasons(empty_store: Store, program: Program) -> None:
    quote = {"words": "We just missed it.", "driver": "Corey Heim", "season": 2000, "round": 1, "source": "a paper"}
    program.words = [replace(read({"format": "tailgate/1", "complete": True, "quotes": [quote]}), bundled=True)]
    await arrivals(empty_store).run()
    assert [row["words"] for row in await empty_store.fetch("SELECT words FROM quotes")] == ["We just missed it."]


def fed(year: int, **winner: Any) -> Document:
    """The season as an official feed tells it, with other facts of the winner."""
    held = season(year)
    held["results"][0] |= winner
    return replace(read(held, "feed.json"), feed=FeedState.OFFICIAL)


async def test_results_of_a_newer_program_are_no_longer_a_feeds(empty_store: Store, program: Program) -> None:
    program.seasons.pop(2000)
    await arrivals(empty_store).run()
    await import_documents(empty_store, [fed(2000, led=41)], NOW)
    assert await empty_store.fetch("SELECT 1 FROM fact_origins WHERE fact = 'results'") != []
    program.seasons[2000] = season(2000)
    await arrivals(empty_store).run()
    seasons = Snapshots(empty_store)
    held = await seasons.season(2000)
    # As an import of the program's season does, and not only as far as its rows differ.
    assert await empty_store.fetch("SELECT * FROM fact_origins WHERE fact = 'results'") == []
    report = await import_documents(empty_store, [fed(2000, led=42)], NOW)
    assert len(report.disagreements) == 1
    after = await seasons.season(2000)
    assert held is not None
    assert after is not None
    assert after.results == held.results
    assert held.results[1][0].led != 41


async def test_what_was_said_or_read_while_a_season_arrives_stays(empty_store: Store, program: Program) -> None:
    program.seasons.pop(2000)
    await arrivals(empty_store).run()
    await import_documents(empty_store, [fed(2000)], NOW)
    (race,) = await empty_store.fetch("SELECT id FROM races WHERE season = 2000 AND round = 1")
    program.seasons[2000] = season(2000)
    taking = arrivals(empty_store)
    write, later = taking._write, "2026-12-01T13:00:00Z"

    async def meanwhile(changes: Any) -> None:
        # As an import does that says what is stored already: no fact changes with it.
        async with empty_store.write() as connection:
            await connection.execute("UPDATE fact_origins SET origin = 'operator' WHERE fact = 'results'")
            await connection.execute("INSERT OR REPLACE INTO readings VALUES (?, 'results', ?)", (race[0], later))
            await connection.execute("UPDATE seasons SET retrieved_at = ? WHERE year = 2000", (later,))
        await write(changes)

    taking._write = meanwhile  # type: ignore[method-assign]
    assert await taking.run() == [2000]
    origins = await empty_store.fetch("SELECT origin FROM fact_origins WHERE fact = 'results'")
    assert {row["origin"] for row in origins} == {"operator"}
    read_at = await empty_store.fetch("SELECT read_at FROM readings WHERE race_id = ? AND part = 'results'", (race[0],))
    assert [row["read_at"] for row in read_at] == [later]
    assert [row[0] for row in await empty_store.fetch("SELECT retrieved_at FROM seasons WHERE year = 2000")] == [later]
