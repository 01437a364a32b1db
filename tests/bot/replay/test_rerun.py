"""`tailgate try --replay`: the clock, what follows the race, and what is told of it by then."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import open_services
from bot.clock import TravelClock
from bot.errors import FriendlyError
from bot.live.recorded import RecordedLive, RecordedRace
from bot.live.source import Followed
from bot.replay.rerun import BEFORE, RESULT_AFTER, USUAL_LENGTH, run_again, timely
from bot.seasons.as_of import AsOfKeeper
from bot.services import Services
from db.live.models import Flag
from db.live.rows import load_states
from db.models import Season
from tests.bot.live.laps import bundled_races
from tests.seasons import bundled_season, bundled_seasons


def season_2025() -> Season:
    """The season, read when a test asks for it."""
    return bundled_season(2025)


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    async with open_services(tmp_path / "tailgate.db", TravelClock(season_2025().races[0].begins, 0)) as opened:
        yield opened.services


def clock_of(services: Services) -> TravelClock:
    clock = services.clock
    assert isinstance(clock, TravelClock)
    return clock


async def test_the_clock_starts_just_before_the_green_flag_so_fast_that_it_takes_minutes(services: Services) -> None:
    clock = clock_of(services)
    rerun = await run_again(services, clock, "talladega 2025", None)
    assert rerun.title == f"Replay: Love's RV Stop 225, Talladega 2025, {rerun.speed:g}× as fast as it was run"
    clock.speed = 0
    assert abs(clock.now() - (rerun.recorded.began - BEFORE)) < timedelta(minutes=1)
    length = rerun.recorded.second(rerun.recorded.laps)
    assert USUAL_LENGTH * 0.9 < length / rerun.speed < USUAL_LENGTH * 1.1


async def test_it_runs_by_itself_and_no_result_is_known_before_its_end(services: Services) -> None:
    clock = clock_of(services)
    rerun = await run_again(services, clock, "dega 2025", 60)
    assert (rerun.speed, clock.speed) == (60, 60)
    poller, race, keeper = rerun.poller(services), rerun.race, AsOfKeeper()
    seen = []
    for lap in (*range(0, rerun.recorded.laps, 6), rerun.recorded.laps):
        clock.travel(rerun.recorded.began + timedelta(seconds=rerun.recorded.second(lap) + 1), 0)
        await poller.tick()
        as_of = keeper.at(clock.now(), await services.seasons.all())
        assert not as_of.has_results(race)
        state = (await load_states(services.store))[race.id].state
        assert state.at <= clock.now()
        seen.append(state)
    assert [state.lap for state in seen] == [*range(0, rerun.recorded.laps, 6), rerun.recorded.laps]
    assert seen[-1].flag is Flag.CHECKERED
    official = [row.entry.number for row in season_2025().results[race.round]]
    assert [truck.number for truck in seen[-1].trucks] == official
    clock.travel(race.over_at + timedelta(minutes=1), 0)
    assert keeper.at(clock.now(), await services.seasons.all()).has_results(race)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("truck 2022", "No season 2022 here"),
        ("nowhere", "No race called “nowhere”"),
        ("2026.1", r"can't be replayed: lap by lap it isn't on record here, as 70 races from 2023 to 2025 are\."),
    ],
)
async def test_what_cannot_run_again_is_one_line(services: Services, typed: str, line: str) -> None:
    with pytest.raises(FriendlyError, match=line) as raised:
        await run_again(services, clock_of(services), typed, None)
    assert "\n" not in str(raised.value)


def every_race() -> list[tuple[Season, RecordedRace, timedelta]]:
    found = []
    for season in bundled_seasons():
        by_id = {race.nascar_id: race for race in season.races}
        for number, laps in bundled_races(season.year) if season.year in {2023, 2024, 2025} else ():
            recorded = timely(season, by_id[number], laps)
            found.append((season, recorded, by_id[number].over_at - recorded.moment(recorded.laps)))
    return found


def test_every_race_is_over_before_its_result_is_told() -> None:
    races = every_race()
    assert len(races) == 70
    assert [round(left.total_seconds()) for _, _, left in races if left < RESULT_AFTER] == []


@functools.cache
def small_race() -> RecordedRace:
    season = season_2025()
    by_id = {race.nascar_id: race for race in season.races}
    number, laps = next(each for each in bundled_races(2025) if by_id[each[0]].round == 23)
    return RecordedRace(season, by_id[number], laps)


@given(
    steps=st.lists(st.floats(0.1, 3.0), min_size=1, max_size=12),
    speed=st.sampled_from([1.0, 24.0, 30.0, 120.0, 5000.0]),
)
async def test_the_source_is_never_ahead_of_the_clock_and_ends_with_the_official_result(
    steps: list[float], speed: float
) -> None:
    clock = TravelClock(small_race().began - timedelta(seconds=5), 0)
    race = season_2025().races[22]
    source, followed, held = RecordedLive({race.id: small_race()}, clock), Followed(season_2025(), race), None
    now = clock.now()
    for step in steps:
        now += timedelta(seconds=step * speed)
        clock.travel(now, 0)
        before, held = held, await source.latest(followed, held)
        if held is None:
            assert now < small_race().began
            continue
        assert held.at <= clock.now()
        assert held.lap == small_race().lap_at(clock.now())
        assert before is None or before.lap <= held.lap
        # What stands still is told of anew, so that nobody takes it for a feed that fell silent.
        assert held.ended is not None or before is None or clock.now() - held.at < timedelta(seconds=46)
    clock.travel(small_race().moment(small_race().laps) + timedelta(seconds=1), 0)
    last = await source.latest(followed, held)
    assert last is not None
    official = [(row.entry.number, row.laps, row.led) for row in season_2025().results[race.round]]
    assert [(truck.number, truck.laps, truck.led) for truck in last.trucks] == official
    assert await source.latest(followed, last) is last
