"""What falls due once a race is run, as a pure matter of seasons and the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

import pytest

from bot.notifications.results_planner import CORRECTED_FOR, FRESH, plan_outcomes
from db.models import Adjustment, Freshness, RaceStatus, Season, StageScore
from db.reminders.models import NotificationKind, PlannedNotification
from tests.seasons import Row, bundled_seasons, make_driver, make_season

START = datetime(2025, 3, 1, 0, 30, tzinfo=UTC)
"""Of the third race, a Friday evening's."""
USUAL_END = START + timedelta(hours=3)
HELD = START + timedelta(hours=2, minutes=20)
ORDERS = (
    [Row("Corey Heim", stages=(1, 2)), Row("Ty Majeski"), Row("Layne Riggs")],
    [Row("Ty Majeski"), Row("Corey Heim"), Row("Layne Riggs")],
    [Row("Layne Riggs"), Row("Corey Heim"), Row("Ty Majeski")],
)


def season(held: datetime | None = HELD, run: int = 3, **facts: object) -> Season:
    """Three races of six; the results of the third came at a moment, those of the first two when they were over."""
    at = {number: {"results_at": START + timedelta(weeks=number - 3, hours=3)} for number in (1, 2)}
    return make_season(2025, ORDERS[:run], upcoming=6 - run, races={**at, 3: {"results_at": held}}, **facts)  # type: ignore[arg-type]


def slots(now: datetime, *seasons: Season) -> dict[NotificationKind, list[PlannedNotification]]:
    made: dict[NotificationKind, list[PlannedNotification]] = {
        NotificationKind.RESULTS: [],
        NotificationKind.RECAP: [],
        NotificationKind.STANDINGS: [],
    }
    for slot in plan_outcomes(seasons, now):
        if not slot.followers:
            made[slot.kind].append(slot)
    return made


def corrections(now: datetime, *seasons: Season) -> set[tuple[NotificationKind, int]]:
    """What is planned for those alone who have it posted, by race."""
    return {(slot.kind, slot.round) for slot in plan_outcomes(seasons, now) if slot.followers}


def test_results_and_recap_fall_due_when_results_are_held() -> None:
    made = slots(HELD, season())
    (results,), (recap,) = made[NotificationKind.RESULTS], made[NotificationKind.RECAP]
    assert (results.season, results.round, results.due_at, results.until) == (2025, 3, HELD, HELD + FRESH)
    assert results.due_at < recap.due_at <= HELD + timedelta(minutes=5)
    assert not results.newcomers
    assert not recap.newcomers


@pytest.mark.parametrize(
    ("held", "now"),
    [
        (HELD, HELD - timedelta(seconds=1)),
        (HELD, HELD + FRESH),
        (START + timedelta(days=5), START + timedelta(days=5, hours=1)),
    ],
    ids=["not known yet", "stale", "so late that it fills a gap"],
)
def test_no_results_are_posted_that_are_no_news(held: datetime, now: datetime) -> None:
    made = slots(now, season(held))
    assert made[NotificationKind.RESULTS] == made[NotificationKind.RECAP] == []


@pytest.mark.parametrize(("late", "told"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_what_was_over_for_a_day_when_it_was_first_known_is_told_to_nobody(late: timedelta, told: bool) -> None:
    held = USUAL_END + timedelta(hours=24) + late
    made = slots(held + timedelta(minutes=5), season(held))
    assert bool(made[NotificationKind.RESULTS]) == bool(made[NotificationKind.RECAP]) == told
    # The standings message is kept up to date all the same.
    assert made[NotificationKind.STANDINGS] != []


def test_a_clock_on_another_day_than_the_store_knows_results_when_the_race_is_over() -> None:
    later = season(held=datetime(2026, 6, 20, tzinfo=UTC))
    assert slots(USUAL_END - timedelta(seconds=1), later)[NotificationKind.RESULTS] == []
    (results,) = slots(USUAL_END, later)[NotificationKind.RESULTS]
    assert results.due_at == USUAL_END


def test_four_seasons_taken_in_at_once_are_no_news() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    taken_in = [
        replace(each, races=tuple(replace(r, results_at=now) if r.results_at else r for r in each.races))
        for each in bundled_seasons()
    ]
    made = slots(now, *taken_in)
    assert made[NotificationKind.RESULTS] == made[NotificationKind.RECAP] == []
    assert [(slot.season, slot.newcomers) for slot in made[NotificationKind.STANDINGS]] == [(2026, True)]


def test_what_a_post_is_of_does_not_hang_on_the_listed_start() -> None:
    moved = {3: {"results_at": HELD, "start": START + timedelta(hours=1)}}
    for kind in (NotificationKind.RESULTS, NotificationKind.RECAP, NotificationKind.STANDINGS):
        (before,) = slots(USUAL_END, season())[kind]
        (after,) = slots(USUAL_END, make_season(2025, ORDERS, upcoming=3, races=moved))[kind]
        assert before.event_at == after.event_at


def test_the_standings_run_through_the_last_race_that_is_known() -> None:
    (before,) = slots(HELD - timedelta(seconds=1), season())[NotificationKind.STANDINGS]
    (after,) = slots(HELD, season())[NotificationKind.STANDINGS]
    assert (before.round, after.round, after.due_at) == (2, 3, HELD)
    assert before.lead != after.lead


def test_before_the_first_race_the_standings_are_those_of_the_season_before() -> None:
    coming = make_season(2026, upcoming=3)
    (slot,) = slots(HELD, season(), coming)[NotificationKind.STANDINGS]
    assert (slot.season, slot.round) == (2025, 3)
    assert slots(HELD, make_season(2025, upcoming=3))[NotificationKind.STANDINGS] == []


def _adjusted(known: Season) -> Season:
    return replace(known, adjustments=(Adjustment(2, "corey-heim", points=-10, reason="inspection"),))


def _rescored(known: Season) -> Season:
    rows = known.results[2]
    mended = (replace(rows[0], points=rows[0].points - 10), *rows[1:])
    return replace(known, results=MappingProxyType({**known.results, 2: mended}))


def _disqualified(known: Season) -> Season:
    rows = known.results[3]
    mended = (*(replace(row, finish=i) for i, row in enumerate(rows[1:], 1)), replace(rows[0], finish=3))
    return replace(known, results=MappingProxyType({**known.results, 3: mended}))


def _stage_won(known: Season) -> Season:
    rows = known.results[3]
    mended = (replace(rows[0], stages=(StageScore(1, 10),)), *rows[1:])
    return replace(known, results=MappingProxyType({**known.results, 3: mended}))


def _fewer_races(known: Season) -> Season:
    last = replace(known.races[-1], status=RaceStatus.CANCELLED)
    return replace(known, races=(*known.races[:-1], last))


@pytest.mark.parametrize("change", [_adjusted, _rescored, _disqualified, _stage_won, _fewer_races])
def test_whatever_changes_the_standings_makes_an_edition_of_its_own(change: Callable[[Season], Season]) -> None:
    (before,) = slots(USUAL_END, season())[NotificationKind.STANDINGS]
    (after,) = slots(USUAL_END, change(season()))[NotificationKind.STANDINGS]
    assert after.lead != before.lead
    assert (after.round, after.due_at, after.event_at) == (before.round, before.due_at, before.event_at)


def test_what_changes_no_standings_makes_no_edition() -> None:
    known = season()
    fresher = replace(known, freshness=Freshness(HELD, "elsewhere", HELD))
    moved = replace(known, races=tuple(replace(r, start=None) if r.round == 6 else r for r in known.races))
    editions = {
        slots(USUAL_END, each)[NotificationKind.STANDINGS][0].lead for each in (known, season(), fresher, moved)
    }
    assert len(editions) == 1


def test_an_outcome_to_come_changes_no_edition() -> None:
    whole = bundled_seasons()[-2]
    now = datetime(2025, 10, 16, 21, tzinfo=UTC)
    (hidden,) = slots(now, whole)[NotificationKind.STANDINGS]
    (known,) = slots(now, whole.as_of(now))[NotificationKind.STANDINGS]
    assert hidden == known


def test_each_race_of_a_season_makes_one_edition() -> None:
    whole = bundled_seasons()[-2]
    ends = sorted(race.over_at for race in whole.races)
    editions = [slots(end, whole)[NotificationKind.STANDINGS][0].lead for end in ends]
    assert all(a != b for a, b in pairwise(editions))


@pytest.mark.parametrize(
    ("later", "corrected"),
    [
        (FRESH - timedelta(seconds=1), False),
        (FRESH, True),
        (timedelta(days=13, hours=23), True),
        (CORRECTED_FOR, False),
    ],
)
def test_after_two_days_results_are_only_corrected_and_that_for_two_weeks(later: timedelta, *, corrected: bool) -> None:
    kinds = (NotificationKind.RESULTS, NotificationKind.RECAP)
    assert corrections(HELD + later, season()) >= {(kind, 3) for kind in kinds if corrected}
    assert any(number == 3 for _, number in corrections(HELD + later, season())) is corrected


CORRECTIONS = {
    "a disqualification": Row("Corey Heim", disqualified=True),
    "points": Row("Corey Heim", points=3),
    "laps led": Row("Corey Heim", led=40),
    "a number": Row("Corey Heim", number="111"),
}


@pytest.mark.parametrize("what", CORRECTIONS)
def test_each_fact_of_results_is_a_version_of_them(what: str) -> None:
    (before,) = slots(HELD, season())[NotificationKind.RESULTS]
    orders = [list(order) for order in ORDERS]
    orders[2][1] = CORRECTIONS[what]
    at = {number: {"results_at": HELD} for number in (1, 2, 3)}
    (after,) = slots(HELD, make_season(2025, orders, upcoming=3, races=at))[NotificationKind.RESULTS]
    assert before.lead != after.lead
    assert before.event_at == after.event_at


def test_what_is_no_fact_of_results_is_no_version_of_them() -> None:
    (before,) = slots(HELD, season())[NotificationKind.RESULTS]
    (after,) = slots(HELD, season(freshness=Freshness(HELD, "another", HELD)))[NotificationKind.RESULTS]
    assert before.lead == after.lead
    penalty = Adjustment(3, make_driver("Corey Heim").key, points=-25, reason="a loose wheel", source="nascar.com")
    (docked,) = slots(HELD, season(adjustments=(penalty,)))[NotificationKind.RESULTS]
    assert docked.lead != before.lead
