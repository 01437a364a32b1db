"""Runs from caution to caution, who moved in them, and the race off pit road: as tables of small races."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.laps.numbers import BestLap, numbers_of
from bot.laps.pace import LEAST, RunPace, paces
from bot.laps.pit_road import TOGETHER, is_stop, places_off_pit_road
from bot.laps.report import PitGain, RaceReport, RunMoves, report_of
from bot.laps.runs import MOST_SHARING, SHORTEST, Move, Run, best_run, biggest_movers, green_runs, moves
from db.laps.models import Lap, PitStop, RaceLaps, StopFlag, Tires, TruckLaps
from db.models import CautionPeriod, Outcome
from tests.seasons import make_season


def outcome(*cautions: tuple[int, int], counted: int | None = None) -> Outcome:
    periods = tuple(CautionPeriod(first, last) for first, last in cautions)
    return Outcome(cautions=len(periods) if counted is None else counted, caution_periods=periods)


def truck(driver: str, *positions: int | None, number: str = "1", times: tuple[int | None, ...] = ()) -> TruckLaps:
    held = [*times, *[30_000] * (len(positions) - len(times))]
    return TruckLaps(
        number,
        driver,
        tuple(Lap(time if i else None, p) for i, (time, p) in enumerate(zip(held, positions, strict=True))),
    )


def stop(number: str, came_in: int | None, road: int | None = 40_000, lap: int = 10, **facts: object) -> PitStop:
    flag = StopFlag(str(facts.get("flag", "yellow")))
    tires = Tires.FOUR if facts.get("tires", True) else None
    return PitStop(number, lap, flag, came_in, road, 12_000 if tires else None, tires)


@pytest.mark.parametrize(
    ("cautions", "laps", "runs"),
    [
        ((), 100, [(1, 100)]),
        (((20, 25),), 100, [(1, 19), (26, 100)]),
        (((1, 4), (20, 25)), 100, [(5, 19), (26, 100)]),
        (((20, 25), (26, 30)), 100, [(1, 19), (31, 100)]),
        (((20, 25), (95, 100)), 100, [(1, 19), (26, 94)]),
    ],
)
def test_runs_go_from_caution_to_caution(
    cautions: tuple[tuple[int, int], ...], laps: int, runs: list[tuple[int, int]]
) -> None:
    assert [(run.first, run.last) for run in green_runs(outcome(*cautions), laps)] == runs


@pytest.mark.parametrize(
    ("told", "laps"),
    [(None, 100), (outcome((20, 25), counted=3), 100), (Outcome(), 100), (outcome((20, 25)), None), (outcome(), 0)],
)
def test_without_all_cautions_on_record_no_run_is_known(told: Outcome | None, laps: int | None) -> None:
    assert green_runs(told, laps) == ()


@given(st.lists(st.integers(1, 120), unique=True, max_size=12).map(sorted), st.integers(1, 120))
def test_every_lap_is_under_green_or_yellow_and_never_both(bounds: list[int], laps: int) -> None:
    pairs = [(a, b) for a, b in list(pairwise(bounds))[::2] if b <= laps]
    green = [lap for run in green_runs(outcome(*pairs), laps) for lap in range(run.first, run.last + 1)]
    yellow = [lap for first, last in pairs for lap in range(first, last + 1)]
    assert sorted([*green, *yellow]) == list(range(1, laps + 1))


def test_a_move_is_from_the_restart_to_the_last_green_lap() -> None:
    held = RaceLaps((truck("ann", 3, 3, 2, 2, 1), truck("bob", 1, 1, 1, 1, 3), truck("cat", 2, 2)))
    run = Run(1, 4)
    assert moves(held, run) == [Move("ann", run, 3, 1), Move("bob", run, 1, 3)]
    assert [move.gained for move in moves(held, run)] == [2, -2]
    assert biggest_movers(held, run) == (Move("ann", run, 3, 1),)
    assert best_run(held, [run, Run(2, 3)], "ann") == Move("ann", run, 3, 1)
    assert best_run(held, [run], "bob") is None
    # Who was out before the run ended moved nowhere that is known.
    assert best_run(held, [run], "cat") is None


def test_nobody_stands_out_in_a_short_run_or_where_many_are_level() -> None:
    held = RaceLaps(tuple(truck(f"d{i}", 10 + i, *[9 + i] * 5) for i in range(MOST_SHARING + 1)))
    assert biggest_movers(held, Run(1, 5)) == ()
    assert len(biggest_movers(RaceLaps(held.trucks[:MOST_SHARING]), Run(1, 5))) == MOST_SHARING
    assert biggest_movers(RaceLaps(held.trucks[:1]), Run(1, SHORTEST - 1)) == ()
    still = RaceLaps((truck("ann", 1, 1, 1, 1),))
    assert biggest_movers(still, Run(1, 3)) == ()


def test_a_position_that_is_not_known_is_no_move() -> None:
    held = RaceLaps((truck("ann", 3, None, 2, None),))
    assert moves(held, Run(1, 3)) == []
    assert moves(held, Run(1, 2)) == [Move("ann", Run(1, 2), 3, 2)]


@pytest.mark.parametrize(
    ("visits", "gained"),
    [
        # In together: 1, 2, 3. Out: 3, 1, 2.
        ([stop("1", 100_000, 40_000), stop("2", 102_000, 45_000), stop("3", 104_000, 30_000)], [-1, -1, 2]),
        # One is alone, a minute later.
        ([stop("1", 100_000), stop("2", 101_000), stop("3", 101_001 + TOGETHER)], [0, 0, None]),
        # Under green nobody races off pit road.
        ([stop("1", 100_000, flag="green"), stop("2", 101_000, 30_000, flag="green")], [None, None]),
        # Who drove through was not in the race, nor was who was not timed.
        ([stop("1", 100_000), stop("2", 101_000, 30_000, tires=False), stop("3", 102_000, 31_000)], [-1, None, 1]),
        (
            [stop("1", 100_000), stop("2", None), stop("3", 102_000, 31_000), stop("4", 103_000, None)],
            [-1, None, 1, None],
        ),
    ],
)
def test_places_are_won_against_those_who_came_in_together(visits: list[PitStop], gained: list[int | None]) -> None:
    places = places_off_pit_road(visits)
    assert [places.get(visit) for visit in visits] == gained
    assert sum(places.values()) == 0


def test_of_a_truck_that_comes_in_twice_the_first_stop_counts() -> None:
    twice = [stop("1", 100_000, 20_000), stop("2", 101_000, 30_000), stop("1", 130_000, 20_000, lap=11)]
    assert places_off_pit_road(twice) == {twice[0]: 0, twice[1]: 0}


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(1, 400_000), st.integers(1, 90_000)),
        max_size=40,
        unique_by=lambda each: each[0],
    )
)
def test_what_some_win_others_lose(visits: list[tuple[int, int, int]]) -> None:
    places = places_off_pit_road([stop(str(number), came_in, road) for number, came_in, road in visits])
    assert sum(places.values()) == 0
    assert all(is_stop(visit) for visit in places)


def timed(number: str, *times: int | None) -> TruckLaps:
    return TruckLaps(number, f"d{number}", (Lap(None, 1), *(Lap(time, 1) for time in times)))


ELEVEN = Run(1, 11)
LEADER = timed("1", *[30_000] * 12)


@pytest.mark.parametrize(
    ("truck_", "stops", "known"),
    [
        (timed("2", *[31_000] * 12), (), True),
        # On its eleventh lap the leader is about to pass, or has passed: its laps are others than the leader's.
        (timed("2", *[32_600] * 12), (), False),
        (timed("2", *[40_000] * 9), (), False),
        # Times added up are not exact, so who is as close as two seconds may be lapped.
        (timed("2", *[32_700] * 12), (), False),
        (timed("2", 31_000, None, *[31_000] * 10), (), False),
        (timed("2", *[31_000] * 10), (), False),
        (timed("2", *[31_000] * 12), (stop("2", 90_000, lap=4),), False),
        (timed("2", *[31_000] * 12), (stop("2", 90_000, lap=12),), True),
        (timed("2", *[31_000] * 12), (stop("1", 90_000, lap=4),), True),
        (timed("2", *[31_000] * 12), None, False),
    ],
)
def test_a_pace_is_told_where_it_is_truly_known(
    truck_: TruckLaps, stops: tuple[PitStop, ...] | None, *, known: bool
) -> None:
    found = paces(RaceLaps((LEADER, truck_), stops), [ELEVEN], truck_)
    assert found == ((RunPace(Run(2, 10), 31_000),) if known else ())


def test_a_short_run_has_no_pace_and_its_first_and_last_laps_do_not_count() -> None:
    truck_ = timed("1", 70_000, *[30_000] * LEAST, 90_000)
    held = RaceLaps((truck_,), ())
    assert paces(held, [Run(1, LEAST + 1)], truck_) == ()
    assert paces(held, [Run(1, LEAST + 2)], truck_) == (RunPace(Run(2, LEAST + 1), 30_000),)


SEASON = make_season(2025, [["Ann Axe", "Bob Bar"]])
"""Two who finish first and second."""


def test_a_drivers_numbers_leave_out_what_is_not_known() -> None:
    race = SEASON.races[0]
    laps = truck("ann-axe", 5, 4, None, 2, 3, times=(None, 31_000, None, 29_500, 29_900))
    visits = (stop("1", 100_000, lap=2), stop("1", 300_000, lap=3, tires=False), stop("2", 101_000, 30_000))
    numbers = numbers_of(race, RaceLaps((laps, truck("bob-bar", 1, 1, number="2")), visits), "ann-axe", 4)
    assert numbers is not None
    assert numbers.average == 3
    assert (numbers.highest, numbers.lowest) == (2, 4)
    assert numbers.best_lap == BestLap(3, 29_500)
    assert numbers.visits == visits[:2]
    assert numbers.stops == 1
    assert numbers.pit_places == {visits[0]: -1}
    assert numbers_of(race, RaceLaps((laps,)), "ann-axe", 4) is not None
    assert numbers_of(race, RaceLaps((laps,)), "cat-cow", 4) is None


def test_pit_road_that_is_not_on_record_is_not_without_stops() -> None:
    race = SEASON.races[0]
    for stops, visits in ((None, None), ((), ())):
        numbers = numbers_of(race, RaceLaps((truck("ann-axe", 1, 1),), stops), "ann-axe", 1)
        assert numbers is not None
        assert numbers.visits == visits


def test_a_report_names_the_winners_stops_and_who_won_most_off_pit_road() -> None:
    race, rows = SEASON.races[0], SEASON.results[1]
    won = next(row for row in rows if row.finish == 1)
    other = next(row for row in rows if row.finish == 2)
    a, b = won.entry.number, other.entry.number
    trucks = (truck(won.driver, 2, 2, 2, 1, number=a), truck(other.driver, 1, 1, 1, 2, number=b))
    visits = (stop(b, 100_000, 40_000, lap=1), stop(a, 101_000, 30_000, lap=2), stop(a, 400_000, lap=3, tires=False))
    report = report_of(race, rows, 3, RaceLaps(trucks, visits))
    assert report.winner_stops == (2,)
    assert report.pit_gain == PitGain(won.driver, 1, 1)
    assert report_of(race, rows, 3, RaceLaps(trucks)) == RaceReport(report.runs)


def test_the_biggest_move_is_nobodys_where_two_are_level() -> None:
    one, other = Move("ann", Run(1, 9), 9, 3), Move("bob", Run(12, 20), 8, 2)
    assert RaceReport((RunMoves(one.run, (one,)), RunMoves(other.run, ()))).biggest == one
    assert RaceReport((RunMoves(one.run, (one,)), RunMoves(other.run, (other,)))).biggest is None
    assert RaceReport(()).biggest is None
