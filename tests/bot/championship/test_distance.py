"""Races of full distance, cut short and in overtime, and the stages that were never run."""

from __future__ import annotations

import pytest

from bot.championship.distance import cut_short, laps_run, scheduled_laps, stages_not_run
from db.models import CautionPeriod, Outcome, Race
from tests.seasons import Row, bundled_season, make_race, make_season


def race(laps: int | None, *, due: int | None = 100, stages: tuple[int, ...] = (30, 35, 35), **outcome: object) -> Race:
    return make_race(2025, 1, scheduled_laps=due, stage_laps=stages, outcome=Outcome(laps=laps, **outcome))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "short", "not_run"),
    [
        (race(100), None, set()),
        (race(104), None, set()),
        (race(99), (99, 100), set()),
        (race(65), (65, 100), set()),
        (race(64), (64, 100), {2}),
        (race(52), (52, 100), {2}),
        (race(29), (29, 100), {1, 2}),
        (race(52, due=None), None, {2}),
        (race(52, stages=()), (52, 100), set()),
        (race(52, stage_winners=("a", "b")), (52, 100), set()),
        (race(52, stage_winners=("a", None)), (52, 100), {2}),
        (race(52, stages=(20, 20, 20, 40)), (52, 100), {3}),
        (race(None), None, set()),
        (race(None, due=None), None, set()),
    ],
)
def test_how_far_a_race_was_run(made: Race, short: tuple[int, int] | None, not_run: set[int]) -> None:
    assert cut_short(made, ()) == short
    assert stages_not_run(made, ()) == not_run


def test_the_laps_of_the_leader_are_those_of_the_race_where_no_others_are_known() -> None:
    season = make_season(2025, [[Row("Corey Heim", laps=52), Row("Ty Majeski", laps=50, stages=(1,))]])
    rows = season.results[1]
    unknown = race(None)
    assert laps_run(unknown, rows) == 52
    assert cut_short(unknown, rows) == (52, 100)
    assert stages_not_run(unknown, rows) == {2}
    assert laps_run(race(60), rows) == 60


@pytest.mark.parametrize(
    ("year", "number", "short"),
    [(2023, 1, (79, 100)), (2023, 7, (124, 200)), (2026, 2, (125, 135)), (2026, 10, (110, 134)), (2025, 1, None)],
)
def test_what_the_bundled_seasons_say(year: int, number: int, short: tuple[int, int] | None) -> None:
    season = bundled_season(year)
    made = season.race(number)
    assert made is not None
    assert cut_short(made, season.results[number]) == short
    assert stages_not_run(made, season.results[number]) == set()


@pytest.mark.parametrize(
    ("run", "cautions", "under_caution", "due"),
    [
        (100, ((40, 45),), False, 100),
        (104, ((98, 102),), False, 100),
        (110, ((98, 102), (104, 108)), False, 100),
        # Racing for long past the scheduled distance, or before any caution there, is no overtime.
        (160, ((80, 85), (147, 153)), False, None),
        (160, ((98, 102),), False, None),
        (105, ((101, 103),), False, None),
        # Over early, but not under a caution.
        (80, ((50, 55),), False, None),
        (80, ((75, 80),), True, 100),
        # Where no cautions are on record nothing contradicts it.
        (160, (), False, 100),
        (80, (), False, 100),
    ],
)
def test_a_scheduled_distance_that_the_cautions_contradict_is_unknown(
    run: int, cautions: tuple[tuple[int, int], ...], under_caution: bool, due: int | None
) -> None:
    periods = tuple(CautionPeriod(*each) for each in cautions)
    made = race(run, caution_periods=periods, under_caution=under_caution)
    assert scheduled_laps(made, ()) == due
    assert cut_short(made, ()) == ((run, due) if due is not None and run < due else None)
