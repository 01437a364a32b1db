"""An import that is prepared on a copy does what an import does, and what others write meanwhile stays."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.connecting import connect_now
from db.connection import Store
from db.documents import prepared_import
from db.documents.import_report import Report
from db.documents.importer import import_documents
from db.documents.prepared_import import TRIES, import_prepared
from db.documents.reader import Document, FeedState
from db.documents.rows_from_models import result_rows
from db.errors import DocumentError, FileFault, StoreError
from db.scratch import Scratch
from db.snapshots import Snapshots
from tests.db.documents import SMALL, read, small
from tests.db.schedules import ALPHA, BRAVO, CHARLIE, DRIVERS, EXTRA, numbered, result, schedule
from tests.db.test_importer import dump
from tests.stores import open_unsynced

NOW = datetime(2027, 8, 1, tzinfo=UTC)
SETTING = "INSERT INTO guild_settings (guild_id, name, value, changed_at) VALUES (1, 'x', '1', '2027-01-01T00:00:00Z')"

Run = Callable[[Scratch, Sequence[Document], datetime], Report]


async def prepared(store: Store, *documents: Document) -> Report:
    return await asyncio.to_thread(import_prepared, store.path, documents, NOW)


def changed(round_: int = 0, **facts: Any) -> dict[str, Any]:
    """The small season with another row of results."""
    rows = [row | facts if place == round_ else row for place, row in enumerate(SMALL["results"])]
    return small(results=rows)


RACES = numbered(ALPHA, BRAVO, CHARLIE)
SEQUENCES: dict[str, list[Document]] = {
    "a season that is new": [read(small())],
    "a season that is there already": [read(small()), read(small())],
    "a correction": [read(small()), read(changed(led=5, team="Another team"))],
    "two who swap places": [
        read(schedule(*RACES, results=result(1, "Layne Riggs", "Corey Heim"))),
        read(schedule(*RACES, results=result(1, "Corey Heim", "Layne Riggs"))),
    ],
    "a race that is put in": [read(schedule(*RACES)), read(schedule(*numbered(ALPHA, EXTRA, BRAVO, CHARLIE)))],
    "races that change places": [read(schedule(*RACES)), read(schedule(*numbered(CHARLIE, BRAVO, ALPHA)))],
    "a race that is dropped": [read(schedule(*RACES)), read(schedule(*numbered(ALPHA, BRAVO), complete=True))],
    "results that are taken back": [
        read(schedule(*RACES, results=result(1, "Layne Riggs", "Corey Heim"))),
        read(schedule(ALPHA | {"results_state": "none"})),
    ],
    "a penalty": [read(small()), read(small(adjustments=[SMALL["adjustments"][0] | {"reason": "again"}]))],
    "a driver who is called otherwise": [
        read(small()),
        read(schedule(drivers=[*DRIVERS, {"name": "Gio Ruggiero", "aliases": ["G. Ruggiero"]}])),
    ],
    "a feed, and an operator's word before it": [
        read(small()),
        replace(read(changed(led=6), "feed.json"), feed=FeedState.OFFICIAL),
    ],
    "a feed, and then the program": [
        replace(read(small(), "feed.json"), feed=FeedState.UNOFFICIAL),
        replace(read(changed(led=6), "2024.json"), bundled=True),
    ],
}


@pytest.mark.parametrize("name", SEQUENCES)
async def test_it_writes_what_an_import_writes(empty_store: Store, tmp_path: Path, name: str) -> None:
    async with await open_unsynced(tmp_path / "other.db", empty_store.path) as other:
        for document in SEQUENCES[name]:
            report = await prepared(empty_store, document)
            assert report == await import_documents(other, [document], NOW)
            assert await dump(empty_store) == await dump(other)


async def test_a_whole_season_and_its_correction(store: Store, tmp_path: Path) -> None:
    held = Snapshots(store, whole=True)
    season = await held.season(2025)
    assert season is not None
    rows = [
        row.model_dump(exclude_none=True) | {"sponsor": "Somebody else"}
        for row in result_rows(season)
        if row.finish is not None and row.driver != "Jason White"
    ]
    document = read({"format": "tailgate/1", "season": 2025, "results": rows})
    async with await open_unsynced(tmp_path / "other.db", store.path) as other:
        report = await prepared(store, document)
        assert report.total.updated == len(rows) > 700
        await import_documents(other, [document], NOW)
        assert await dump(store) == await dump(other)


async def test_what_is_there_already_takes_no_lock_and_writes_nothing(empty_store: Store) -> None:
    await prepared(empty_store, read(small()))
    rows, version = await dump(empty_store), await empty_store.data_version()
    async with empty_store.write():
        # Nobody else could write now.
        report = await prepared(empty_store, read(small()))
    assert report.total.changed == 0
    assert report.total.unchanged > 5
    assert await empty_store.data_version() == version
    assert await dump(empty_store) == rows


async def test_it_compares_while_others_write(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = meanwhile(monkeypatch, lambda path: write_now(path, SETTING))
    await prepared(empty_store, read(small()))
    assert len(tries) == 1
    assert await empty_store.fetch("SELECT 1 FROM guild_settings") != []
    assert await Snapshots(empty_store).years() == (2024,)


ANOTHER = read(schedule(*RACES, results=result(1, "Layne Riggs", "Corey Heim")))
FACTS = {
    "an operator's word": "INSERT INTO fact_origins VALUES ('race', 1, 'laps', 'operator', '2027-01-01T00:00:00Z')",
    "a newer reading": "INSERT INTO readings VALUES (1, 'results', '2027-07-01T00:00:00Z')",
    "a driver of a season that arrives": "INSERT INTO drivers (key, name) VALUES ('a-b', 'A B')",
    "a team of a season that arrives": "INSERT INTO teams (name) VALUES ('A team')",
    "a season that arrives": "INSERT INTO seasons (year, arriving) VALUES (1999, 1)",
    "a track of a season that arrives": "INSERT INTO tracks (key, name, short) VALUES ('a-t', 'A T', 'T')",
}


@pytest.mark.parametrize("name", FACTS)
async def test_facts_that_change_meanwhile_are_looked_at_anew(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    await import_documents(empty_store, [ANOTHER], NOW)
    write_now(empty_store.path, "DELETE FROM readings")
    write_now(empty_store.path, "DELETE FROM fact_origins")
    tries = meanwhile(monkeypatch, lambda path: write_now(path, FACTS[name]))
    await prepared(empty_store, read(small()))
    assert len(tries) == 2
    drivers = {row["name"]: row["id"] for row in await empty_store.fetch("SELECT id, name FROM drivers")}
    winner = await empty_store.fetch(
        "SELECT e.driver_id FROM entries e JOIN results x ON x.entry_id = e.id JOIN races r ON r.id = e.race_id "
        "WHERE season = 2024 AND finish = 1"
    )
    assert [row[0] for row in winner] == [drivers["Gio Ruggiero"]]


async def test_two_imports_at_once_lose_nothing(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other = read(schedule(*RACES))
    tries = meanwhile(monkeypatch, lambda path: run_now(path, [other]))
    await prepared(empty_store, read(small()))
    assert len(tries) == 2
    assert await Snapshots(empty_store).years() == (2024, 2027)


async def test_whoever_imports_all_the_time_keeps_it_out_for_a_while_only(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = iter(range(100))

    def another(path: Path) -> None:
        write_now(path, f"INSERT INTO teams (name) VALUES ('Team {next(names)}')")

    tries = meanwhile(monkeypatch, another, times=TRIES)
    await prepared(empty_store, read(small()))
    assert len(tries) == TRIES + 1
    assert await Snapshots(empty_store).years() == (2024,)
    assert len(await empty_store.fetch("SELECT 1 FROM teams WHERE name LIKE 'Team %'")) == TRIES


async def test_what_is_wrong_changes_nothing(empty_store: Store) -> None:
    await prepared(empty_store, read(small()))
    rows = await dump(empty_store)
    with pytest.raises(DocumentError, match="finished race 1 in place 1 already"):
        await prepared(empty_store, read(changed(1, finish=1)))
    assert await dump(empty_store) == rows


async def test_it_ends_in_the_middle_and_nothing_was_written(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = await dump(empty_store)
    write = prepared_import._write

    def half(store: sqlite3.Connection, written: Sequence[Any], compared: Any) -> None:
        write(store, [*written[: len(written) // 2], replace(written[0], sql="SELECT nothing")], compared)

    monkeypatch.setattr(prepared_import, "_write", half)
    with pytest.raises(sqlite3.OperationalError, match="nothing"):
        await prepared(empty_store, read(small()))
    assert await dump(empty_store) == rows
    async with empty_store.write():
        """Nobody holds it."""


async def test_a_file_that_cannot_be_used_is_said_in_a_line(
    empty_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreError, match="cannot be opened") as missing:
        import_prepared(tmp_path / "nowhere.db", [read(small())], NOW)
    assert missing.value.fault is FileFault.SHUT
    monkeypatch.setattr(prepared_import, "BUSY_MILLISECONDS", 1)
    async with empty_store.write():
        with pytest.raises(StoreError, match="is being written by another program") as busy:
            await prepared(empty_store, read(small()))
    assert busy.value.fault is FileFault.BUSY
    older = tmp_path / "older.db"
    shutil.copy(empty_store.path, older)
    write_now(older, "PRAGMA user_version = 3")
    with pytest.raises(StoreError, match="does not have this program's schema"):
        import_prepared(older, [read(small())], NOW)


def meanwhile(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[Path], None], *, times: int = 1
) -> list[Sequence[Document]]:
    """Does something to the store each of the first times that documents were compared; returns what was compared."""
    tries: list[Sequence[Document]] = []
    run, once = prepared_import._run, prepared_import._import_once
    paths: list[Path] = []

    def noted(store: sqlite3.Connection, documents: Sequence[Document], now: datetime) -> Report:
        paths.append(Path(store.execute("PRAGMA database_list").fetchone()[2]))
        return once(store, documents, now)

    def running(scratch: Scratch, documents: Sequence[Document], now: datetime) -> Report:
        report = run(scratch, documents, now)
        tries.append(documents)
        if len(tries) <= times:
            work(paths[-1])
        return report

    monkeypatch.setattr(prepared_import, "_import_once", noted)
    monkeypatch.setattr(prepared_import, "_run", running)
    return tries


def write_now(path: Path, sql: str) -> None:
    """Another process that writes."""
    with closing(connect_now(path, "rw")) as connection:
        connection.execute(sql)


def run_now(path: Path, documents: Sequence[Document]) -> None:
    """Another process that imports."""

    async def run() -> None:
        async with await open_unsynced(path) as store:
            await import_documents(store, documents, NOW)

    asyncio.run(run())
