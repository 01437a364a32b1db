"""Odd texts, rows and names in NASCAR's documents are told in lines that anybody can print, and stop no others."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.feeds import paths
from bot.feeds.keeper import Keeper
from bot.feeds.nascar import NascarTranslator
from bot.feeds.politeness import Politeness
from db.documents.prepared_import import import_prepared
from db.feeds.models import PublishedPlace
from db.feeds.remembered import Remembered
from db.feeds.rows import load_memory
from db.models import Season
from db.results_state import ResultsState
from tests.bot.feeds.test_keeper_trouble import RUN, Weekend, weekend
from tests.simulation.feeds_weekend import EARLIER, GREEN, LIST, RACE, WEEKEND, YEAR, State, documents

__all__ = ["weekend"]

LATE = 5503
"""NASCAR's id of the race two weeks later."""
TABLE = paths.standings(YEAR)
Spoil = Callable[[dict[str, Any]], object]


def spoiled(body: bytes | None, spoil: Spoil) -> bytes:
    """A document after something was changed in it."""
    assert body is not None
    value = json.loads(body)
    spoil(value)
    return json.dumps(value).encode()


def of_the_race(spoil: Spoil) -> bytes:
    """The weekend's document with a change of its race."""
    return spoiled(documents(RUN)[WEEKEND], lambda value: spoil(value["weekend_race"][0]))


def of_the_list(spoil: Callable[[list[dict[str, Any]]], object], state: State = RUN) -> bytes:
    """The list with a change of its races."""
    return spoiled(documents(state)[LIST], lambda value: spoil(value["series_3"]))


def named(name: str) -> Spoil:
    return lambda race: race["results"][1].update(driver_fullname=name)


def printable(lines: Iterable[str]) -> bool:
    return all(line.isprintable() for line in lines)


STRANGE = {
    "half a character": "A \ud800 B",
    "what clears a screen": "Ty\x1b[2J Majeski",
    "what clears a screen, in one byte": "Ty\x9b2J Majeski",
    "a bell": "Ty \x07Majeski",
    "nothing": "Ty \x00Majeski",
}


@pytest.mark.parametrize("name", STRANGE)
async def test_a_name_that_is_no_text_is_told_and_stops_no_other_document(
    weekend: Weekend, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.INFO)
    await weekend.tick()
    weekend.server.documents[WEEKEND] = of_the_race(named(STRANGE[name]))
    before = await weekend.season()
    for _ in range(3):
        await weekend.tick(minutes=10)
    assert (await weekend.season()).results == before.results
    problem = weekend.remembered.documents[WEEKEND].problem or ""
    assert "driver_fullname: has a character that is no text (U+" in problem
    memory = await load_memory(weekend.keeper._services.store)
    assert [each.path for each in memory.findings] == [WEEKEND]
    assert printable([*(each.line for each in memory.findings), problem])
    assert printable(record.getMessage() for record in caplog.records if record.name.startswith("bot.feeds"))
    weekend.says(State(entries=1, over=True, listed_over=True, led=True))
    await weekend.tick(minutes=10)
    assert (await weekend.season()).results != before.results
    assert not any("no text" in each.line for each in weekend.remembered.findings)


async def test_what_cannot_be_seen_is_left_out_of_a_name(weekend: Weekend) -> None:
    weekend.server.documents[WEEKEND] = of_the_race(named("\u202eTy\u200b  Majeski\u00ad"))
    await weekend.tick()
    season = await weekend.season()
    assert season.results_state(2) is ResultsState.UNOFFICIAL
    assert season.drivers["ty-majeski"].aliases == ()
    assert weekend.remembered.findings == ()


async def test_what_cannot_be_remembered_of_one_document_is_its_own_fault(
    weekend: Weekend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def agrees(season: Season, table: Iterable[PublishedPlace]) -> list[str]:
        del season, table
        return []

    services = weekend.keeper._services
    polite = Politeness(monotonic=weekend.clock.monotonic, sleep=weekend.clock.sleep)
    keeper = Keeper(services, weekend.server.address, NascarTranslator(), differences=agrees, politeness=polite)
    note = Remembered.note_findings

    async def fails(self: Remembered, path: str, lines: Iterable[str], now: datetime) -> None:
        said = list(lines)
        if path == WEEKEND and not any("cannot be remembered" in line for line in said):
            raise OverflowError("of no bundle's making")
        await note(self, path, said, now)

    monkeypatch.setattr(Remembered, "note_findings", fails)
    weekend.server.documents[TABLE] = b"[]"
    await keeper.tick()
    known = weekend.remembered.documents
    assert known[WEEKEND].problem == "cannot be remembered by this version of the program; the log says why"
    assert known[paths.weekend(YEAR, EARLIER)].digest is not None
    assert known[TABLE].digest is not None
    monkeypatch.undo()
    weekend.clock.advance(minutes=10)
    await keeper.tick()
    assert known[WEEKEND].digest is not None
    assert known[WEEKEND].problem is None
    await keeper.close()


async def test_what_cannot_be_imported_of_one_race_is_its_own_fault(
    weekend: Weekend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: Any, given: Any, now: datetime) -> Any:
        if any(each.file == WEEKEND for each in given):
            raise OverflowError("a number of a kind that nobody thought of")
        return import_prepared(path, given, now)

    monkeypatch.setattr("bot.feeds.importing.import_prepared", fails)
    await weekend.tick()
    season = await weekend.season()
    assert season.results_state(1) is not ResultsState.NONE
    assert season.results_state(2) is ResultsState.NONE
    assert "cannot be imported by this version" in (weekend.remembered.documents[WEEKEND].problem or "")


ODD: dict[str, dict[str, Any]] = {
    "no name": {"race_name": None},
    "no track": {"track_name": None},
    "an odd time": {"total_race_time": "2 h"},
    "a year long ago": {"date_scheduled": "1960-01-01T00:00:00"},
    "a session in a hundred years": {"schedule": [{"start_time_utc": "2125-01-01T00:00:00", "run_type": 1}]},
    "a name that is no text": {"race_name": "\x1b[31mRed 200"},
    "of another season": {"race_season": 2024},
    "of another series": {"series_id": 1},
}


@pytest.mark.parametrize("odd", ODD)
async def test_one_odd_race_of_the_list_stops_no_other(weekend: Weekend, odd: str) -> None:
    weekend.says(State(entries=1))
    weekend.clock.moment = GREEN - timedelta(days=2)
    await weekend.tick()
    late = (await weekend.season()).races[2]
    postponed = State(start=GREEN + timedelta(days=1), entries=1)
    weekend.server.documents[LIST] = of_the_list(lambda races: races[2].update(ODD[odd]), postponed)
    await weekend.tick(hours=6)
    season = await weekend.season()
    assert season.races[1].start == postponed.start
    assert season.races[2] == late
    (line,) = (each.line for each in weekend.remembered.findings)
    assert line.startswith(f"{LIST}: the row of race {LATE} is left out; ")
    assert line.isprintable()
    assert weekend.remembered.documents[LIST].failing_since is None


async def test_an_exhibition_that_cannot_be_read_is_nothing_to_tell(weekend: Weekend) -> None:
    odd = {"race_id": 5600, "race_type_id": 2, "race_name": None, "race_season": YEAR, "series_id": 3}
    weekend.server.documents[LIST] = of_the_list(lambda races: races.append(odd))
    await weekend.tick()
    assert len((await weekend.season()).races) == 3
    assert weekend.remembered.findings == ()


async def test_results_need_not_wait_for_the_list_to_be_mended(weekend: Weekend) -> None:
    weekend.says(State(entries=1))
    weekend.clock.moment = GREEN - timedelta(days=2)
    await weekend.tick()
    weekend.says(RUN)
    weekend.server.documents[LIST] = of_the_list(lambda races: races[1].update(track_name=None))
    weekend.clock.moment = GREEN + timedelta(hours=3)
    await weekend.tick()
    season = await weekend.season()
    assert season.results_state(2) is ResultsState.UNOFFICIAL
    assert [each.name for each in season.races] == [f"Race {number}" for number in (EARLIER, RACE, LATE)]
    # One that has been run is on the list, though it cannot be read.
    weekend.server.documents[LIST] = of_the_list(lambda races: races[0].update(race_name=None))
    await weekend.tick(hours=1)
    assert weekend.remembered.documents[LIST].failing_since is None


async def test_a_list_without_a_race_that_was_run_is_refused_whatever_else_is_odd(weekend: Weekend) -> None:
    await weekend.tick()
    moved = State(start=GREEN + timedelta(days=1), entries=1, over=True, listed_over=True)

    def spoil(races: list[dict[str, Any]]) -> None:
        races[2].update(race_name=None)
        del races[0]

    weekend.server.documents[LIST] = of_the_list(spoil, moved)
    await weekend.tick(hours=6)
    assert (await weekend.season()).races[1].start == GREEN
    assert any(f"has no race {EARLIER}" in each.line for each in weekend.remembered.findings)


async def test_one_odd_session_stops_no_other(weekend: Weekend) -> None:
    good = {"race_id": LATE, "series_id": 3, "run_type": 2, "start_time_utc": "2025-10-31T17:00:00"}
    rows = [good, good | {"start_time_utc": "soon"}, {"series_id": 1, "start_time_utc": "whenever"}]
    weekend.server.documents[paths.session_times(YEAR)] = json.dumps(rows).encode()
    await weekend.tick()
    season = await weekend.season()
    assert [each.kind.value for each in season.races[2].sessions] == ["qualifying", "race"]
    (line,) = (each.line for each in weekend.remembered.findings)
    assert line.endswith("left out 1 of 2 rows; the first is 1.start_time_utc: is no day and time")


async def test_another_spelling_becomes_an_alias_and_is_told(weekend: Weekend) -> None:
    await weekend.tick()
    weekend.server.documents[WEEKEND] = of_the_race(named("Tyler Majeski"))
    await weekend.tick(minutes=10)
    assert (await weekend.season()).drivers["ty-majeski"].aliases == ("Tyler Majeski",)
    (finding,) = weekend.remembered.findings
    assert "Tyler Majeski (NASCAR id 4002) became an alias of Ty Majeski, who has that id here" in finding.line


@pytest.mark.parametrize("name", ["Ty Nobody", "Erik Majeski", "Jr."])
async def test_a_stranger_with_a_known_id_becomes_nobodys_alias(weekend: Weekend, name: str) -> None:
    await weekend.tick()
    weekend.server.documents[WEEKEND] = of_the_race(named(name))
    await weekend.tick(minutes=10)
    assert (await weekend.season()).drivers["ty-majeski"].aliases == ()
    (finding,) = weekend.remembered.findings
    assert f"{name} (NASCAR id 4002) is Ty Majeski here; give that alias, or correct the id" in finding.line
