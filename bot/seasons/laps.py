"""The laps of a race and what they tell, read for one answer; what they tell is kept, they themselves are not."""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import TypeVar

from bot.championship.distance import laps_run
from bot.laps.report import RaceReport, report_of
from bot.seasons.as_of import AsOf
from db.connection import Store
from db.errors import StoreError
from db.laps.models import RaceLaps
from db.laps.rows import laps_state, race_laps, timed_races
from db.models import Race

T = TypeVar("T")

log = logging.getLogger(__name__)


async def laps_of(store: Store, as_of: AsOf, race: Race) -> RaceLaps | None:
    """The laps of a race whose results are known; None where they are not held, or cannot be read.

    Whatever they would be told beside is in memory, and is told without them.
    """
    return await _if_readable(race_laps(store, race), race) if as_of.has_results(race) else None


async def _if_readable(reading: Awaitable[T | None], race: Race) -> T | None:
    try:
        return await reading
    except StoreError as error:
        if error.fault is None:
            raise
    except ValueError as error:
        log.error("the laps of race %d cannot be read: %s", race.id, error)  # noqa: TRY400 - what is wrong is the row
    return None


async def report_for(store: Store, as_of: AsOf, race: Race) -> RaceReport | None:
    """What the laps of a race add to its story; None where they are not held, or cannot be read."""
    if not as_of.has_results(race):
        return None
    season = as_of.season(race.season)
    state = await _if_readable(laps_state(store, race), race)
    kept = as_of.cache.report(season, race.round, state) if state is not None else None
    if kept is not None or state is None:
        return kept
    held = await laps_of(store, as_of, race)
    if held is None:
        return None
    rows = season.results[race.round]
    made = report_of(race, rows, laps_run(race, rows), held)
    as_of.cache.keep_report(season, race.round, state, made)
    return made


async def races_with_laps(store: Store, as_of: AsOf, driver: str | None = None) -> list[Race]:
    """The races run by now of which laps are held, or of which those of a driver are, by key; the last one last.

    Raises:
        StoreError: the store cannot be read.
    """
    timed = await timed_races(store, driver)
    races = [race for season in as_of.seasons for race in season.races if race.id in timed and as_of.has_results(race)]
    return sorted(races, key=lambda race: race.day_run)
