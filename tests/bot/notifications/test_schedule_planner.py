"""What falls due when: leads across daylight saving, moved and postponed races, changes worth telling."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.notifications.schedule_changes import HOLD, compare_schedule, difference, plan_schedule_changes
from bot.notifications.schedule_planner import plan_reminders
from db.models import EASTERN, Broadcast, BroadcastKind, Race, RaceStatus, Season, Session, SessionKind
from db.reminders.models import NotificationKind, PlannedNotification, ScheduleChange, SeenRace, WeekendSession
from tests.bot.outbox.standing import COVERAGE, race_at
from tests.seasons import bundled_season, make_race

NOON = datetime(2025, 10, 17, 16, tzinfo=UTC)
RACE = race_at().id


def slots(race: Race, now: datetime = NOON, seen: SeenRace | None = None) -> dict[tuple[str, int], PlannedNotification]:
    """The reminders of a season with one race, by part and lead."""
    known = {} if seen is None else {RACE: seen}
    return {(slot.session, slot.lead): slot for slot in plan_reminders([Season(2025, (race,))], known, now)}


def seen_of(race: Race) -> SeenRace:
    return compare_schedule([Season(race.season, (race,))], {}, NOON).seen[race.id]


def test_talladega_as_the_article_has_it() -> None:
    """Coverage starts at four Eastern on FS1: an hour's notice goes out at three."""
    race = bundled_season(2025).race(23)
    assert race is not None
    hour = slots(race)[WeekendSession.COVERAGE, 60]
    assert hour.due_at.astimezone(EASTERN) == datetime(2025, 10, 17, 15, tzinfo=EASTERN)
    assert (hour.event_at, hour.until) == (COVERAGE, COVERAGE)
    assert hour.detail == {"basis": "coverage"}


def test_every_lead_counts_from_coverage_and_none_outlives_its_use() -> None:
    found = slots(race_at(), COVERAGE - timedelta(days=2))
    assert {lead: COVERAGE - slot.due_at for (_, lead), slot in found.items()} == {
        lead: timedelta(minutes=lead) for lead in (1440, 180, 60, 30, 15, 5, 0)
    }
    assert {slot.until for (_, lead), slot in found.items() if lead} == {COVERAGE}
    assert found[WeekendSession.COVERAGE, 0].until == COVERAGE + timedelta(minutes=15)


def test_without_a_known_start_of_coverage_the_race_counts() -> None:
    race = race_at(None, start=COVERAGE)
    hour = slots(race)[WeekendSession.COVERAGE, 60]
    assert (hour.event_at, hour.detail) == (COVERAGE, {"basis": "race"})
    assert slots(replace(race, start=None)) == {}


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        # The clocks go back at two in the night before the second, and forward before the eighth of March.
        (datetime(2025, 11, 2, 19, tzinfo=EASTERN), 25),
        (datetime(2025, 11, 2, 13, tzinfo=EASTERN), 25),
        (datetime(2026, 3, 8, 19, tzinfo=EASTERN), 23),
        (datetime(2025, 11, 3, 19, tzinfo=EASTERN), 24),
    ],
)
def test_a_day_ahead_is_24_hours_whatever_the_clocks_do(day: datetime, hours: int) -> None:
    race = make_race(day.year, 23, start=day, date=day.date())
    now = day.astimezone(UTC) - timedelta(days=3)
    found = {s.lead: s for s in plan_reminders([Season(day.year, (race,))], {}, now)}
    assert found[1440].due_at == day.astimezone(UTC) - timedelta(hours=24)
    same_hour_the_day_before = (day - timedelta(days=1)).astimezone(UTC)
    assert day.astimezone(UTC) - same_hour_the_day_before == timedelta(hours=hours)


def test_qualifying_and_practice_have_reminders_of_their_own() -> None:
    qualifying, practice = COVERAGE - timedelta(hours=3), COVERAGE - timedelta(hours=1)
    sessions = (Session(SessionKind.QUALIFYING, qualifying), Session(SessionKind.PRACTICE, practice))
    found = slots(race_at(sessions=sessions))
    assert found[WeekendSession.QUALIFYING, 30].due_at == qualifying - timedelta(minutes=30)
    assert found[WeekendSession.PRACTICE, 0].until == practice + timedelta(minutes=15)


@pytest.mark.parametrize("status", [RaceStatus.CANCELLED, RaceStatus.POSTPONED])
def test_a_race_that_is_off_has_no_reminders(status: RaceStatus) -> None:
    before = race_at(sessions=(Session(SessionKind.QUALIFYING, COVERAGE - timedelta(hours=3)),))
    off = replace(before, status=status)
    seen = compare_schedule([Season(2025, (off,))], {RACE: seen_of(before)}, NOON).seen[RACE]
    assert slots(off, seen=seen) == {}


def test_a_postponed_race_with_a_new_date_has_reminders_for_that() -> None:
    before = race_at()
    waiting = replace(before, status=RaceStatus.POSTPONED)
    seen = compare_schedule([Season(2025, (waiting,))], {RACE: seen_of(before)}, NOON).seen
    again = race_at(COVERAGE + timedelta(days=1), status=RaceStatus.POSTPONED)
    seen = compare_schedule([Season(2025, (again,))], seen, NOON).seen
    assert slots(again, seen=seen[RACE])[WeekendSession.COVERAGE, 60].event_at == COVERAGE + timedelta(days=1)


def test_a_postponed_race_with_a_new_date_has_reminders_of_its_sessions() -> None:
    later = COVERAGE + timedelta(days=1)
    sessions = (Session(SessionKind.QUALIFYING, later - timedelta(hours=3)),)
    before = compare_schedule([Season(2025, (race_at(),))], {}, NOON).seen
    again = race_at(later, status=RaceStatus.POSTPONED, sessions=sessions)
    seen = compare_schedule([Season(2025, (again,))], before, NOON).seen
    assert {part for part, _ in slots(again, seen=seen[RACE])} == {WeekendSession.COVERAGE, WeekendSession.QUALIFYING}


def test_nothing_is_due_once_the_race_is_over() -> None:
    race = race_at()
    assert slots(race, race.over_at) == {}
    short = replace(race, results_at=COVERAGE + timedelta(minutes=5))
    assert {slot.until for slot in slots(short, COVERAGE).values()} == {COVERAGE + timedelta(minutes=5)}


def changed(before: Race, after: Race, now: datetime = NOON) -> dict[str, Any] | None:
    """What a look after the change tells, in short."""
    news = compare_schedule([Season(2025, (after,))], {RACE: seen_of(before)}, now)
    if not news.changes:
        return None
    ((_, was, now_is),) = news.changes
    return difference(was, now_is)


LATER = COVERAGE + timedelta(hours=20)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (race_at(LATER), {"what": "moved", "from": COVERAGE.isoformat(), "to": LATER.isoformat()}),
        (race_at(status=RaceStatus.POSTPONED), {"what": "postponed", "from": COVERAGE.isoformat(), "to": None}),
        (race_at(LATER, status=RaceStatus.POSTPONED), {"what": "postponed", "to": LATER.isoformat()}),
        (race_at(status=RaceStatus.CANCELLED), {"what": "cancelled", "from": COVERAGE.isoformat(), "to": None}),
        (
            race_at(None, start=None, date=LATER.date()),
            {"what": "moved", "from": COVERAGE.isoformat(), "to": None, "to_day": "2025-10-18"},
        ),
    ],
)
def test_a_change_says_what_became_of_the_race(after: Race, said: dict[str, str | None]) -> None:
    found = changed(race_at(), after)
    assert found is not None
    assert {name: found[name] for name in said} == said


@pytest.mark.parametrize(
    "after",
    [
        race_at(),
        race_at(COVERAGE + timedelta(minutes=9)),
        # Only the network's word for when it goes on the air has become known or got lost: the race stands.
        race_at(None, start=COVERAGE + timedelta(minutes=30)),
        race_at(start=COVERAGE + timedelta(minutes=50)),
        race_at(name="Another sponsor's 250"),
    ],
)
def test_what_moves_nothing_is_told_to_nobody(after: Race) -> None:
    assert changed(race_at(), after) is None


def test_a_start_of_coverage_that_becomes_known_moves_nothing() -> None:
    listed = race_at(None, start=COVERAGE + timedelta(minutes=30))
    assert changed(listed, race_at()) is None


def test_a_race_back_on_is_told() -> None:
    off = race_at(status=RaceStatus.CANCELLED)
    found = changed(off, race_at())
    assert found is not None
    assert (found["what"], found["to"]) == ("restored", COVERAGE.isoformat())


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (COVERAGE - timedelta(days=13), True),
        (COVERAGE - timedelta(days=30), False),
        # The rain came during the race, and the word of it two hours later.
        (COVERAGE + timedelta(hours=2), True),
        (COVERAGE + timedelta(days=2), False),
    ],
)
def test_a_postponement_is_told_while_it_matters(moment: datetime, *, told: bool) -> None:
    assert (changed(race_at(), race_at(status=RaceStatus.POSTPONED), moment) is not None) is told


def test_a_correction_of_what_is_over_is_told_to_nobody() -> None:
    moment = COVERAGE + timedelta(hours=5)
    assert changed(race_at(), race_at(COVERAGE - timedelta(hours=1)), moment) is None
    underway = COVERAGE + timedelta(hours=1)
    assert changed(race_at(), race_at(COVERAGE + timedelta(minutes=20)), underway) is None


def test_many_small_moves_add_up_to_one() -> None:
    seen = {RACE: seen_of(race_at())}
    told = []
    for minutes in (4, 8, 12):
        news = compare_schedule([Season(2025, (race_at(COVERAGE + timedelta(minutes=minutes)),))], seen, NOON)
        seen.update(news.seen)
        told.append(len(news.changes))
    assert told == [0, 0, 1]


def test_changes_in_a_row_are_told_from_where_each_left_off() -> None:
    a, b, c = (seen_of(race_at(COVERAGE + timedelta(hours=hours))) for hours in (0, 2, 4))
    changes = [ScheduleChange(7, RACE, a, b, NOON), ScheduleChange(9, RACE, b, c, NOON + timedelta(minutes=1))]
    found = list(plan_schedule_changes(changes, [Season(2025, (race_at(COVERAGE + timedelta(hours=4)),))], NOON))
    assert [(s.lead, s.after, s.detail["from"], s.detail["to"]) for s in found] == [
        (9, 7, COVERAGE.isoformat(), (COVERAGE + timedelta(hours=4)).isoformat()),
        (9, 9, (COVERAGE + timedelta(hours=2)).isoformat(), (COVERAGE + timedelta(hours=4)).isoformat()),
    ]
    assert {s.due_at for s in found} == {NOON + timedelta(minutes=1) + HOLD}
    assert {s.kind for s in found} == {NotificationKind.CHANGE}


def test_a_race_moved_and_moved_back_is_news_only_to_who_heard_of_it() -> None:
    a, b = seen_of(race_at()), seen_of(race_at(COVERAGE + timedelta(hours=2)))
    changes = [ScheduleChange(7, RACE, a, b, NOON), ScheduleChange(9, RACE, b, a, NOON + timedelta(minutes=30))]
    found = list(plan_schedule_changes(changes, [Season(2025, (race_at(),))], NOON))
    assert [(s.after, s.detail["what"]) for s in found] == [(9, "moved")]


def test_the_earliest_television_counts_and_radio_does_not() -> None:
    radio = Broadcast(BroadcastKind.RADIO, "MRN", COVERAGE - timedelta(minutes=30))
    tv = Broadcast(BroadcastKind.TV, "FS1", COVERAGE)
    assert slots(race_at(broadcasts=(radio, tv)))[WeekendSession.COVERAGE, 0].event_at == COVERAGE
