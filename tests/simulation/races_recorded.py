"""Races of a simulated night that are rebuilt from the laps that come with the program."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from functools import cache

from bot.live.recorded import RecordedRace
from db.live.models import Flag, FlagPeriod, LiveState
from tests.bot.live.laps import bundled_races
from tests.seasons import bundled_seasons
from tests.simulation.loop import with_threads
from tests.simulation.races_truth import GREEN, Tale

YEAR = 2025
WARM = timedelta(minutes=5)


def recorded_tale(dice: random.Random) -> Tale:
    """A race as its laps tell it, run again from the listed start on."""
    with with_threads():
        return _tale(dice.choice(sorted(_held())))


@cache
def _held() -> dict[int, RecordedRace]:
    season = next(each for each in bundled_seasons() if each.year == YEAR)
    races = {race.nascar_id: race for race in season.races}
    laps = dict(bundled_races(YEAR))
    chosen = sorted(laps)[-3:]
    return {
        number: RecordedRace(season, race, laps[number], GREEN + WARM)
        for number in chosen
        if (race := races.get(number)) is not None
    }


@cache
def _tale(number: int) -> Tale:
    season = next(each for each in bundled_seasons() if each.year == YEAR)
    race = next(each for each in season.races if each.nascar_id == number)
    states = [_plain(each) for each in _held()[number].states()]
    first = states[0]
    warm = replace(first, at=GREEN, came=GREEN, elapsed=0.0, flags=(FlagPeriod(Flag.HOT, 0, GREEN),), restart=None)
    last = states[-1]
    cold = last.at + timedelta(minutes=4)
    end = replace(last, at=cold, came=cold, flags=(*last.flags, FlagPeriod(Flag.COLD, last.lap, cold)))
    order = tuple(truck.number for truck in last.trucks)
    return Tale("recorded", race.scheduled_laps or last.lap, race.stage_laps, (warm, *states, end), order)


def _plain(state: LiveState) -> LiveState:
    """The state without what NASCAR's documents do not say, or the program adds to them."""
    trucks = tuple(replace(truck, driver=None, points=None) for truck in state.trucks)
    return replace(state, race=0, trucks=trucks, restart=None, checkered=None, ended=None, fastest_point=None, run=7)
