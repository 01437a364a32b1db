"""When a board is frozen, what its flags are, and that whatever it shows Discord takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.boards.drawing import BEFORE, NO_MARK, body_of, is_final, may_have_board, view_of
from bot.boards.flags import NONE_SHOWN, FlagLog
from bot.render.live import LiveFacts
from bot.render.live_board import as_board, beside_board, kept_current, moved_on
from bot.services import Services
from db.live.models import Flag, FlagPeriod, LiveState, LiveTruck, events_of
from db.live.rows import save_state
from db.models import RaceStatus, Season, SessionKind
from db.results_state import ResultsState
from tests.bot.render.reading import body, text
from tests.checks.limits import check_message
from tests.seasons import make_season

HOUR = timedelta(hours=1)


def season_of(*, run: bool = False, **facts: Any) -> Season:
    order = [["Corey Heim", "Ty Majeski"]] if run else []
    return make_season(2025, order, upcoming=0 if run else 1, races={1: facts})


def state_of(season: Season, lap: int = 30, flag: Flag = Flag.GREEN, **facts: Any) -> LiveState:
    race = season.races[0]
    at = race.begins + HOUR
    trucks = tuple(LiveTruck(str(number), None, f"Driver {number}", number, lap, gap=0.5 * number) for number in (1, 2))
    flags = (FlagPeriod(Flag.GREEN, 0, race.begins), FlagPeriod(flag, lap, at))
    return replace(LiveState(race.id, SessionKind.RACE, lap, 85, trucks, at, at, flags=flags), **facts)


def facts_of(season: Season, state: LiveState | None = None, heard: datetime | None = None) -> LiveFacts:
    return LiveFacts(season, season.races[0], state, heard or (state.at if state is not None else None))


@pytest.mark.parametrize(("after", "final"), [(-13 * HOUR, True), (-HOUR, False), (5 * HOUR, False), (6 * HOUR, True)])
def test_one_of_which_nothing_came_is_frozen_by_the_clock_or_once_it_was_put_off(after: timedelta, final: bool) -> None:
    season = season_of()
    assert is_final(facts_of(season), season.races[0].begins + after) is final


def test_one_that_was_canceled_or_put_off_is_frozen() -> None:
    for status in (RaceStatus.CANCELLED, RaceStatus.POSTPONED):
        season = season_of(status=status)
        now = season.races[0].begins + timedelta(minutes=1)
        assert is_final(facts_of(season), now)
        assert not may_have_board(facts_of(season), now)


def test_one_whose_feed_died_is_frozen_by_the_clock_and_one_that_stands_still_is_not() -> None:
    season = season_of()
    later = season.races[0].begins + 7 * HOUR
    assert not is_final(facts_of(season, state_of(season)), season.races[0].begins + 5 * HOUR)
    assert is_final(facts_of(season, state_of(season)), later)
    for stopped in (Flag.RED, Flag.COLD):
        red = state_of(season, flag=stopped)
        assert not is_final(facts_of(season, red, heard=later), later)
        assert is_final(facts_of(season, red), later)
    # Not for ever, though.
    assert is_final(facts_of(season, red, heard=red.at + 73 * HOUR), red.at + 73 * HOUR)


def test_after_the_checkered_flag_the_result_is_waited_for() -> None:
    season = season_of()
    over = state_of(season, flag=Flag.CHECKERED)
    over = replace(over, checkered=over.at)
    assert not is_final(facts_of(season, over), over.at + 11 * HOUR)
    assert is_final(facts_of(season, over), over.at + 12 * HOUR)


@pytest.mark.parametrize(
    ("stated", "final"), [(ResultsState.UNOFFICIAL, False), (ResultsState.OFFICIAL, True), (None, True)]
)
def test_results_freeze_it_once_nothing_more_is_to_come(stated: ResultsState | None, final: bool) -> None:
    season = season_of(run=True, results_stated=stated)
    facts = facts_of(season)
    assert is_final(facts, season.races[0].over_at) is final
    assert is_final(facts, season.races[0].over_at + 12 * HOUR)
    assert "**Corey Heim** won" in text(view_of(facts, season.races[0].over_at))
    assert not may_have_board(facts, season.races[0].over_at)


def test_boards_are_opened_from_half_an_hour_before_the_race() -> None:
    season = season_of()
    begins = season.races[0].begins
    assert may_have_board(facts_of(season), begins - BEFORE)
    assert not may_have_board(facts_of(season), begins - BEFORE - timedelta(seconds=1))


def test_a_canceled_race_says_so() -> None:
    season = season_of(status=RaceStatus.CANCELLED)
    assert "This race was canceled." in text(view_of(facts_of(season), season.races[0].begins))


def test_a_board_says_how_far_behind_it_is_and_what_is_no_longer_updated() -> None:
    season = season_of()
    facts, now = facts_of(season, state_of(season)), season.races[0].begins + HOUR

    def small(**options: Any) -> str:
        return text(as_board(view_of(facts, now), NO_MARK, **options)).splitlines()[-1]

    assert small() == "-# This message updates itself"
    spans = {
        45: "45 seconds",
        90: "1 minute 30 seconds",
        3600: "1 hour",
        86400: "24 hours",
        3661: "1 hour 1 minute 1 second",
    }
    for seconds, said in spans.items():
        assert small(delay=seconds) == f"-# This message updates itself, {said} behind the race, as set by moderators"
    assert small(final=True, delay=90) == "-# This message is no longer updated"
    assert NO_MARK in body_of(as_board(view_of(facts, now), NO_MARK))


def test_the_longest_of_them_keep_discords_limits() -> None:
    season = season_of()
    name = "Bartholomew Featherstonehaugh-Cholmondeley " * 2
    state = state_of(season)
    trucks = tuple(LiveTruck(str(200 + n), None, name, n + 1, 30, laps_down=111, last_stop=29) for n in range(40))
    flags = (*state.flags, FlagPeriod(Flag.YELLOW, 30, state.at, "x" * 300))
    facts, now = facts_of(season, replace(state, trucks=trucks, flags=flags)), state.at
    link = "https://discord.com/channels/" + "/".join(["9" * 19] * 3)
    views = [
        as_board(view_of(facts, now), NO_MARK, delay=86399),
        beside_board(kept_current(view_of(facts, now), now), link),
        moved_on(link),
    ]
    assert [problem for view in views for problem in check_message(body(view))] == []


async def test_flags_are_those_that_had_been_seen_by_a_moment(services: Services) -> None:
    season = await services.seasons.season(2025)
    assert season is not None
    race = season.races[22]
    at = race.begins + HOUR
    log = FlagLog(services.store)
    await log.look([race.id])
    assert log.at(race.id, at) == NONE_SHOWN
    states = [replace(state_of(season_of()), race=race.id, flags=(FlagPeriod(Flag.GREEN, 0, at),), at=at, came=at)]
    later = at + timedelta(minutes=5)
    states.append(replace(states[0], at=later, came=later, flags=(*states[0].flags, FlagPeriod(Flag.RED, 9, later))))
    for state in states:
        await save_state(services.store, state, state.came, events_of(state))
    await log.look([race.id])
    assert log.at(race.id, later - timedelta(seconds=1)) == (1, "green")
    assert log.at(race.id, later) == (2, "red")
    assert log.at(race.id + 1, later) == NONE_SHOWN
    # What was taken back was never shown.
    taken_back = replace(states[0], came=later + timedelta(seconds=5))
    await save_state(services.store, taken_back, taken_back.came, events_of(taken_back))
    await log.look([race.id])
    assert log.at(race.id, later + HOUR) == (1, "green")
