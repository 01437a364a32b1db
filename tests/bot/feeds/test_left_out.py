"""What was not taken in whole: it is told, never called fresh, read once more when it may fit, and stops no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.feeds import importing, paths
from db.documents import prepared_import
from db.documents.importer import import_documents
from db.feeds.remembered import Remembered
from db.feeds.rows import load_memory
from db.results_state import ResultsState
from tests.bot.feeds.plain import DRIVERS, GREEN, document, partly, race_row, results
from tests.bot.feeds.test_keeper import LIST, WEEKEND, Scene, scene
from tests.db.documents import read

__all__ = ["scene"]

SECOND = paths.weekend(2025, 5505)
WEEK = timedelta(days=7)


async def test_what_was_left_out_is_remembered_until_it_is_read_otherwise(scene: Scene) -> None:
    await scene.tick()
    line = "race 1: shrinks from 30 rows to 2"
    scene.server.documents[WEEKEND] = partly([line])
    await scene.tick(hours=2)
    findings = (await load_memory(scene.store)).findings
    assert [finding.line for finding in findings] == [line]
    # A program that starts anew may know better, and reads it once more although it is as it was.
    reads = len(scene.translator.read)
    await scene.restart()
    await scene.tick(hours=2)
    await scene.tick(hours=2)
    assert len(scene.translator.read) == reads + 1
    assert (await load_memory(scene.store)).findings == findings


async def test_what_was_left_out_is_read_once_more_when_the_facts_have_changed(scene: Scene) -> None:
    scene.clock.moment = GREEN + timedelta(hours=3)
    await scene.tick()
    scene.server.documents[WEEKEND] = partly(["race 1: somebody may be two"])
    await scene.tick(hours=2)
    await scene.tick(hours=2)
    reads = len(scene.translator.read)
    await scene.tick(hours=2)
    assert len(scene.translator.read) == reads
    # Weeks later nobody looks at the race any more, but for what an operator says.
    await scene.tick(days=40)
    assert WEEKEND not in await scene.tick(days=1)
    reads = len(scene.translator.read)
    mend = {"format": "tailgate/1", "season": 2025, "races": [race_row(laps=91)]}
    await import_documents(scene.store, [read(mend)], scene.clock.now())
    assert WEEKEND in await scene.tick(days=1)
    assert [path for path, *_ in scene.translator.read[reads:]] == [WEEKEND]
    assert WEEKEND not in await scene.tick(days=2)


async def test_a_document_of_which_nothing_was_taken_is_not_called_fresh(scene: Scene) -> None:
    await scene.tick()
    for path in (WEEKEND, LIST):
        held = scene.server.documents.get(path)
        scene.server.documents[path] = b'["race 1: shrinks from 30 rows to 2"]'
        await scene.tick(hours=2)
        reads = len(scene.translator.read)
        await scene.tick(hours=2)
        # What it clashed with may be mended by then.
        assert len(scene.translator.read) == reads + 1
        season = await scene.seasons.season(2025)
        assert season is not None
        assert season.freshness.failing_since is not None
        memory = await load_memory(scene.store)
        assert [each.path for each in memory.failures()] == [path]
        # Once it is again what it was, there is nothing to tell.
        scene.server.documents[path] = held if held is not None else results()
        await scene.tick(hours=2)
        memory = await load_memory(scene.store)
        assert (memory.failures(), memory.findings) == ([], ())


@pytest.fixture
async def two(scene: Scene) -> Scene:
    """Two races that are over, of which nothing was taken in yet."""
    schedule = [race_row(), race_row(GREEN - WEEK, number=2, nascar_id=5505)]
    scene.server.documents[LIST] = document(races=list(reversed(numbered(schedule))))
    scene.clock.moment = GREEN + timedelta(hours=3)
    return scene


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"round": len(rows) - place} for place, row in enumerate(rows)]


def newcomers(number: int, nascar_id: int, start: datetime, **facts: Any) -> bytes:
    """A race that is over, which a driver won of whom nobody has heard."""
    new = "Somebody New"
    order = (new, *DRIVERS)
    rows = [
        {"round": number, "finish": place, "number": str(place), "driver": name, "laps": 90, "status": "running"}
        | {"points": 41 - place}
        for place, name in enumerate(order, 1)
    ]
    rows[0] |= facts
    race = race_row(start, number=number, nascar_id=nascar_id, results_state="unofficial")
    people = [{"name": name} for name in order]
    return document(races=[race], results=rows, drivers=people)


async def test_a_race_that_cannot_be_imported_takes_nothing_from_the_next(two: Scene) -> None:
    # Both bring the newcomer, and the first one brings a driver whom nobody knows.
    bad = newcomers(1, 5505, GREEN - WEEK).replace(b'"driver": "Ty Majeski"', b'"driver": "Nobody At All"')
    two.server.documents |= {SECOND: bad, WEEKEND: newcomers(2, 5504, GREEN)}
    await two.tick()
    assert await two.states() == [ResultsState.NONE, ResultsState.UNOFFICIAL]
    (failed,) = (await load_memory(two.store)).failures()
    assert failed.path == SECOND
    season = await two.seasons.season(2025)
    assert season is not None
    assert season.results[2][0].driver == "somebody-new"


async def test_what_cannot_be_remembered_of_a_race_stops_no_other(two: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    two.server.documents |= {SECOND: newcomers(1, 5505, GREEN - WEEK), WEEKEND: newcomers(2, 5504, GREEN)}
    note = Remembered.note_findings
    faults = iter([sqlite3.IntegrityError("CHECK constraint failed"), None])

    async def odd(self: Remembered, path: str, lines: Iterable[str], now: datetime) -> None:
        fault = next(faults, None) if path == SECOND else None
        if fault is not None:
            raise fault
        await note(self, path, lines, now)

    monkeypatch.setattr(Remembered, "note_findings", odd)
    await two.tick()
    assert await two.states() == [ResultsState.UNOFFICIAL, ResultsState.UNOFFICIAL]
    memory = await load_memory(two.store)
    assert [each.path for each in memory.failures()] == [SECOND]
    assert memory.documents[WEEKEND].digest is not None
    await two.tick(days=1)
    assert (await load_memory(two.store)).failures() == []


async def test_what_the_store_cannot_take_of_a_race_stops_no_other(two: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    two.server.documents |= {SECOND: newcomers(1, 5505, GREEN - WEEK), WEEKEND: newcomers(2, 5504, GREEN)}
    take = prepared_import.import_prepared

    def too_large(path: Any, documents: Any, now: datetime) -> Any:
        races = [
            line.row for each in documents for line in each.sections.get("races", ()) if "results" in each.sections
        ]
        if any(getattr(row, "nascar_id", None) == 5505 for row in races):
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        return take(path, documents, now)

    monkeypatch.setattr(importing, "import_prepared", too_large)
    await two.tick()
    assert await two.states() == [ResultsState.NONE, ResultsState.UNOFFICIAL]
    (failed,) = (await load_memory(two.store)).failures()
    assert "the log says why" in (failed.problem or "")
