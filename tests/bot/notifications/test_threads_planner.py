"""When a race's thread is opened and put away, and what it is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.notifications.threads_planner import plan_threads, thread_name, threads_planned
from db.connection import Store
from db.live.days import LastSeen
from db.models import EASTERN, Race, RaceStatus, Season
from db.reminders.models import LEADS, PlannedNotification, SeenRace
from db.reminders.race_day import ARCHIVED, OPENED
from tests.bot.outbox.standing import COVERAGE, race_at

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNSEEN = LastSeen(None, goes_on=False)


def planned(race: Race, now: datetime, last: LastSeen = UNSEEN, seen: SeenRace | None = None) -> dict[str, Any]:
    found: dict[str, list[PlannedNotification]] = {OPENED: [], ARCHIVED: []}
    for each in threads_planned(race, seen, last, now):
        found[each.session].append(each)
    return found


def put_away_on(race: Race, now: datetime, last: LastSeen = UNSEEN) -> datetime:
    (row,) = planned(race, now, last)[ARCHIVED]
    due: datetime = row.due_at.astimezone(EASTERN)
    return due


def noon(day: int) -> datetime:
    return datetime(2025, 10, day, 12, tzinfo=EASTERN)


def test_it_is_opened_at_every_lead_that_a_reminder_can_have() -> None:
    rows = planned(race_at(), COVERAGE - DAY)[OPENED]
    assert {(each.lead, each.due_at) for each in rows} == {(n, COVERAGE - timedelta(minutes=n)) for n in LEADS}
    assert {each.event_at for each in rows} == {COVERAGE}
    # It is of use for as long as the race may be on.
    assert {each.until for each in rows} == {COVERAGE + 6.5 * HOUR}


def test_without_a_start_of_coverage_it_is_the_race_s() -> None:
    race = race_at(None)
    assert {each.event_at for each in planned(race, COVERAGE - DAY)[OPENED]} == {race.begins}


@pytest.mark.parametrize(
    ("race", "seen"),
    [
        (race_at(status=RaceStatus.CANCELLED), None),
        (race_at(status=RaceStatus.POSTPONED), SeenRace(date(2025, 10, 17), put_off=COVERAGE)),
    ],
)
def test_of_a_race_that_is_off_none_is_opened_and_one_there_is_put_away(race: Race, seen: SeenRace | None) -> None:
    found = planned(race, COVERAGE - HOUR, seen=seen)
    assert found[OPENED] == []
    assert [each.followers for each in found[ARCHIVED]] == [True]


@pytest.mark.parametrize(
    ("now", "last", "day"),
    [
        (noon(16), UNSEEN, 18),
        (noon(18) + HOUR, UNSEEN, 18),
        # It ended on its day, or after midnight.
        (noon(18), LastSeen(COVERAGE + 3 * HOUR, goes_on=False), 18),
        (noon(18), LastSeen(COVERAGE + 9 * HOUR, goes_on=False), 19),
        # Rain stopped it; it goes on, and is over, on the next day.
        (noon(17) + 10 * HOUR, LastSeen(COVERAGE + 3 * HOUR, goes_on=True), 18),
        (noon(18), LastSeen(COVERAGE + 3 * HOUR, goes_on=True), 19),
        (noon(18) + 9 * HOUR, LastSeen(COVERAGE + 24 * HOUR, goes_on=False), 19),
        # A feed that never ends, and a clock that was wrong.
        (noon(28), LastSeen(COVERAGE + 3 * HOUR, goes_on=True), 18),
        (noon(18), LastSeen(COVERAGE + 300 * HOUR, goes_on=False), 18),
        (noon(18), LastSeen(COVERAGE - 300 * HOUR, goes_on=False), 18),
    ],
)
def test_it_is_put_away_at_noon_eastern_of_the_day_after_the_race_was_run(
    now: datetime, last: LastSeen, day: int
) -> None:
    assert put_away_on(race_at(), now, last) == noon(day)


def test_noon_is_noon_on_the_day_the_clocks_change() -> None:
    race = race_at(datetime(2025, 11, 1, 20, tzinfo=EASTERN))
    assert put_away_on(race, race.begins).isoformat() == "2025-11-02T12:00:00-05:00"


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("Talladega", "Talladega · Oct 17"),
        (" Las  Vegas\n", "Las Vegas · Oct 17"),
        ("X" * 200, f"{'X' * 80} · Oct 17"),
    ],
)
def test_it_is_called_after_track_and_day(short: str, name: str) -> None:
    race = race_at()
    assert thread_name(replace(race, track=replace(race.track, short=short))) == name
    assert len(name) <= 100


@pytest.mark.parametrize(("days", "many"), [(-10, 0), (-8, 8), (-1, 8), (6, 8), (8, 0)])
async def test_only_races_that_are_near_are_planned(empty_store: Store, days: int, many: int) -> None:
    season = Season(2025, (race_at(),))
    async with empty_store.write() as connection:
        found = await plan_threads(connection, (season,), COVERAGE + days * DAY)
        again = await plan_threads(connection, (season,), COVERAGE + days * DAY)
    assert len(found) == many
    assert found == again
