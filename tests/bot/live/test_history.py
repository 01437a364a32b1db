"""What a race remembers from one state to the next, and which states are too old to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.live.history import AFTER_THE_FLAG, StaleError, carry_on, ended_by, must_not_be_older
from db.live.models import Flag, FlagPeriod, LiveStage, LiveState, LiveTruck, Restart, StagePlace
from db.models import SessionKind
from tests.bot.live.documents import CAME


def frame(lap: int, flag: Flag | None = Flag.GREEN, *, order: str = "123", **facts: Any) -> LiveState:
    """A frame on a lap, 52 s after the lap before; ``flag`` None says nothing of one."""
    at = facts.pop("at", CAME + timedelta(seconds=52 * lap))
    trucks = tuple(LiveTruck(number, None, number, place, lap) for place, number in enumerate(order, 1))
    facts = {"elapsed": 52.0 * lap, "run": 7, "flags": (FlagPeriod(flag, lap, at),) if flag else ()} | facts
    session = facts.pop("session", SessionKind.RACE)
    return LiveState(1, session, lap, facts.pop("laps", 100), trucks, at, at, **facts)


def followed(*frames: LiveState) -> LiveState:
    held = None
    for each in frames:
        held = carry_on(held, each)
    assert held is not None
    return held


def flags(state: LiveState) -> list[tuple[Flag, int]]:
    return [(each.flag, each.lap) for each in state.flags]


def test_flags_are_kept_from_when_they_were_first_shown() -> None:
    state = followed(frame(0), frame(5), frame(9, Flag.YELLOW), frame(12, Flag.YELLOW), frame(13))
    assert flags(state) == [(Flag.GREEN, 0), (Flag.YELLOW, 9), (Flag.GREEN, 13)]
    assert state.flags[1].since == CAME + timedelta(seconds=52 * 9)


def test_a_frame_that_says_nothing_of_a_flag_leaves_the_last_one() -> None:
    assert followed(frame(0), frame(9, Flag.YELLOW), frame(10, None)).flag is Flag.YELLOW


def test_the_same_frame_again_is_nothing_new_whenever_it_was_written() -> None:
    held = followed(frame(0), frame(9))
    again = replace(frame(9), at=held.at + timedelta(hours=20), came=held.came + timedelta(hours=20))
    assert carry_on(held, again) is held


def test_an_older_list_that_ends_with_the_same_flag_takes_no_caution_back() -> None:
    held = followed(frame(0), frame(19, Flag.YELLOW), frame(21))
    old = list(held.flags[:2])
    state = carry_on(held, frame(23, Flag.YELLOW), old)
    assert flags(state) == [(Flag.GREEN, 0), (Flag.YELLOW, 19), (Flag.GREEN, 21), (Flag.YELLOW, 23)]


def test_the_list_of_flags_knows_what_nobody_saw() -> None:
    held = followed(frame(0), frame(40))
    listed = [FlagPeriod(Flag.GREEN, 0, CAME), FlagPeriod(Flag.YELLOW, 50, CAME), FlagPeriod(Flag.GREEN, 56, CAME)]
    state = carry_on(held, frame(88), listed)
    assert flags(state) == [(Flag.GREEN, 0), (Flag.YELLOW, 50), (Flag.GREEN, 56)]
    # How they ran at a restart that nobody saw is not known.
    assert state.restart is None


@pytest.mark.parametrize(
    "listed",
    [
        [(Flag.GREEN, 0)],  # not yet as new as the running order
        [(Flag.GREEN, 0), (Flag.YELLOW, 9)],  # of a caution before
        [],
    ],
)
def test_a_list_of_flags_that_lags_takes_nothing_back(listed: list[tuple[Flag, int]]) -> None:
    held = followed(frame(0), frame(9, Flag.YELLOW), frame(13))
    rows = [FlagPeriod(flag, lap, CAME) for flag, lap in listed]
    assert flags(carry_on(held, frame(30, Flag.YELLOW), rows)) == [
        (Flag.GREEN, 0), (Flag.YELLOW, 9), (Flag.GREEN, 13), (Flag.YELLOW, 30),
    ]  # fmt: skip


def test_the_order_at_the_last_restart_is_kept_until_the_next() -> None:
    state = followed(frame(0), frame(9, Flag.YELLOW), frame(13, order="213"), frame(20, order="321"))
    assert state.restart == Restart(13, ("2", "1", "3"))
    state = carry_on(state, frame(25, Flag.YELLOW, order="321"))
    assert state.restart == Restart(13, ("2", "1", "3"))
    assert carry_on(state, frame(29, order="312")).restart == Restart(29, ("3", "1", "2"))


def test_the_start_is_no_restart() -> None:
    assert followed(frame(0, Flag.HOT), frame(0), frame(5)).restart is None


def test_a_red_flag_before_the_start_of_the_first_lap_counts() -> None:
    assert followed(frame(0), frame(0, Flag.RED), frame(1, order="132")).restart == Restart(1, ("1", "3", "2"))


class TestTheCheckeredFlag:
    def test_a_yellow_that_follows_does_not_take_it_back(self) -> None:
        over = frame(100, Flag.CHECKERED)
        state = followed(frame(0), frame(99), replace(over, checkered=over.at), frame(100, Flag.YELLOW))
        assert state.checkered == over.at
        assert not state.under_way

    def test_it_ends_the_race_and_the_cold_track_the_session(self) -> None:
        over = frame(100, Flag.CHECKERED)
        state = followed(frame(0), replace(over, checkered=over.at))
        assert state.ended is None
        cold = frame(100, Flag.COLD, at=over.at + timedelta(minutes=4), elapsed=5460.0)
        assert carry_on(state, cold).ended == cold.at

    def test_the_session_ends_ten_minutes_later_where_nobody_says_so(self) -> None:
        over = frame(100, Flag.CHECKERED)
        state = followed(frame(0), replace(over, checkered=over.at))
        assert ended_by(state, over.at + AFTER_THE_FLAG / 2) is state
        assert ended_by(state, over.at + AFTER_THE_FLAG).ended == over.at + AFTER_THE_FLAG

    def test_a_cold_track_in_the_middle_ends_nothing(self) -> None:
        state = followed(frame(0), frame(50, Flag.RED), frame(50, Flag.COLD, elapsed=2700.0))
        assert (state.checkered, state.ended, state.under_way) == (None, None, True)

    def test_it_is_found_in_the_list_of_flags(self) -> None:
        listed = [
            FlagPeriod(Flag.GREEN, 0, CAME),
            FlagPeriod(Flag.CHECKERED, 100, CAME),
            FlagPeriod(Flag.COLD, 100, CAME),
        ]
        assert carry_on(followed(frame(0)), frame(100, Flag.COLD), listed).checkered == CAME


def test_stages_and_points_are_kept_where_a_frame_does_not_say_them() -> None:
    stage = LiveStage(1, (StagePlace(1, "1", 10),))
    first = replace(frame(30), stages=(stage,), fastest_point="1", cautions=1)
    first = replace(
        first, trucks=tuple(replace(t, points=10, eligible=False, stops=2, last_stop=28) for t in first.trucks)
    )
    state = followed(first, frame(31))
    assert (state.stages, state.fastest_point, state.cautions) == ((stage,), "1", 1)
    truck = state.trucks[0]
    assert (truck.points, truck.eligible, truck.stops, truck.last_stop) == (10, False, 2, 28)


def test_practice_leaves_nothing_to_the_race() -> None:
    practice = frame(12, session=SessionKind.PRACTICE)
    state = followed(practice, frame(0, Flag.HOT, elapsed=0.0))
    assert flags(state) == [(Flag.HOT, 0)]


HELD = followed(frame(0), frame(50))


class TestOlderThanWhatIsHeld:
    @pytest.mark.parametrize(
        ("new", "older"),
        [
            (frame(49), True),
            (frame(50, elapsed=2599.0), True),
            (frame(50), False),
            (frame(55), False),
            (frame(49, elapsed=2601.0), False),  # the count was corrected
            (frame(50, elapsed=None), False),
            (frame(49, elapsed=None), True),
            (frame(3, run=8), True),
            (frame(51, run=8, elapsed=1.0), False),
            (frame(60, session=SessionKind.PRACTICE), True),
            (frame(60, session=SessionKind.QUALIFYING), True),
            # On the next day the clocks begin anew.
            (frame(50, elapsed=3.0, at=HELD.at + timedelta(hours=15)), False),
            (frame(51, run=9, elapsed=55.0, at=HELD.at + timedelta(hours=15)), False),
            (frame(2, elapsed=3.0, at=HELD.at + timedelta(hours=15)), True),
        ],
    )
    def test_it_is_refused(self, new: LiveState, older: bool) -> None:
        if older:
            with pytest.raises(StaleError):
                must_not_be_older(HELD, new)
        else:
            must_not_be_older(HELD, new)

    def test_the_first_frame_and_another_races_are_not_old(self) -> None:
        must_not_be_older(None, frame(0))
        must_not_be_older(HELD, replace(frame(0), race=2))

    def test_after_the_checkered_flag_no_lap_is_taken_back(self) -> None:
        over = frame(100, Flag.CHECKERED)
        held = followed(frame(0), replace(over, checkered=over.at))
        with pytest.raises(StaleError):
            must_not_be_older(held, frame(99, elapsed=9000.0))


SHOWN = st.sampled_from([Flag.GREEN, Flag.YELLOW, Flag.RED])


@given(st.lists(SHOWN, min_size=1, max_size=30), st.sets(st.integers(0, 29)))
def test_whichever_frames_are_missed_what_is_kept_is_part_of_what_happened(
    shown: Sequence[Flag], missed: set[int]
) -> None:
    seen = [frame(lap, flag) for lap, flag in enumerate(shown) if lap not in missed or lap == 0]
    state = followed(*seen)
    for period in state.flags:
        assert shown[period.lap] is period.flag
    assert state.flag is shown[state.lap]
    assert all(a.flag is not b.flag for a, b in zip(state.flags, state.flags[1:], strict=False))


@given(st.lists(SHOWN, min_size=2, max_size=20), st.data())
def test_seen_twice_or_in_any_order_a_race_never_goes_back(shown: Sequence[Flag], data: st.DataObject) -> None:
    frames = [frame(lap, flag) for lap, flag in enumerate(shown)]
    served = data.draw(st.lists(st.sampled_from(frames), min_size=1, max_size=40))
    held: LiveState | None = None
    newest: datetime | None = None
    for each in served:
        try:
            must_not_be_older(held, each)
        except StaleError:
            continue
        held = carry_on(held, each)
        assert newest is None or held.at >= newest
        newest = held.at
    assert held is not None
    assert held.lap == max(each.lap for each in served)
