"""Which scheduled events servers are to have, as a pure matter of the schedule."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.notifications import scheduled_events
from bot.notifications.schedule_planner import EVENT_HORIZON as HORIZON
from bot.notifications.schedule_planner import plan_events
from bot.notifications.scheduled_events import NO_EVENT as OFF
from bot.notifications.scheduled_events import RaceEvent
from db.models import Race, RaceStatus
from db.reminders.models import CALLED_OFF, RACE, NotificationKind, PlannedNotification, SeenRace
from tests.bot.outbox.standing import COVERAGE, race_at
from tests.seasons import make_season

NOON = datetime(2025, 10, 17, 16, tzinfo=UTC)


def slots(race: Race, now: datetime = NOON, seen: SeenRace | None = None) -> dict[str, PlannedNotification]:
    """What is planned for a race, by session."""
    season = make_season(2025, upcoming=0)
    whole = type(season)(2025, (race,))
    made = list(plan_events((whole,), now, {race.id: seen} if seen else {}))
    assert all(slot.kind is NotificationKind.EVENT and slot.newcomers and slot.until > now for slot in made)
    assert all(slot.due_at <= now for slot in made)
    by_session = {slot.session: slot for slot in made}
    assert len(by_session) == len(made)
    return by_session


def test_a_race_at_hand_has_an_event_from_the_start_of_coverage_for_everybody() -> None:
    slot = slots(race_at())[RACE]
    assert (slot.season, slot.round, slot.event_at, slot.until) == (2025, 23, COVERAGE, COVERAGE)
    assert not slot.followers
    assert slot.lead != OFF
    event = RaceEvent.of(json.loads(json.dumps(dict(slot.detail))))
    assert (event.start, event.end) == (COVERAGE, COVERAGE + timedelta(hours=3, minutes=30))


def test_without_coverage_it_begins_with_the_listed_start() -> None:
    race = race_at(None, start=COVERAGE)
    assert slots(race)[RACE].event_at == COVERAGE


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Another 225"},
        {"coverage": COVERAGE + timedelta(minutes=5)},
        {"start": COVERAGE + timedelta(minutes=40)},
        {"broadcasts": ()},
    ],
)
def test_whatever_an_event_says_makes_an_edition_of_its_own(change: dict[str, object]) -> None:
    assert slots(race_at(**change))[RACE].lead != slots(race_at())[RACE].lead  # type: ignore[arg-type]


def test_a_change_of_the_wording_makes_no_edition_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    before = slots(race_at())[RACE]
    monkeypatch.setattr(scheduled_events, "_place", lambda _: "Another line")
    after = slots(race_at())[RACE]
    assert after.detail != before.detail
    assert after.lead == before.lead


def test_the_same_schedule_makes_the_same_rows_all_day_long() -> None:
    assert slots(race_at(), NOON) == slots(race_at(), NOON + timedelta(hours=3))


def test_a_race_further_off_is_for_those_who_have_its_event_already() -> None:
    near, far = (slots(race_at(), COVERAGE - HORIZON - timedelta(seconds=s))[RACE] for s in (0, 1))
    assert (near.followers, far.followers) == (False, True)
    assert near.lead == far.lead


def test_a_race_that_has_begun_gets_no_event() -> None:
    assert RACE not in slots(race_at(), COVERAGE)


@pytest.mark.parametrize(
    ("facts", "seen"),
    [
        ({"status": RaceStatus.CANCELLED}, None),
        ({"coverage": None, "start": None}, None),
        ({"status": RaceStatus.POSTPONED}, SeenRace(COVERAGE.date(), put_off=COVERAGE)),
    ],
    ids=["cancelled", "nobody knows when", "put off, and no new date"],
)
def test_an_event_is_taken_off_of_those_who_have_it(facts: dict[str, object], seen: SeenRace | None) -> None:
    slot = slots(race_at(**facts), seen=seen)[RACE]  # type: ignore[arg-type]
    assert (slot.lead, slot.followers, dict(slot.detail)) == (OFF, True, {})


def test_a_race_put_off_to_another_day_keeps_its_event() -> None:
    seen = SeenRace(COVERAGE.date(), put_off=COVERAGE)
    race = race_at(COVERAGE + timedelta(days=1), status=RaceStatus.POSTPONED)
    slot = slots(race, seen=seen)[RACE]
    assert (slot.event_at, slot.lead == OFF) == (COVERAGE + timedelta(days=1), False)


def test_one_put_off_while_it_was_on_is_taken_off_that_night_and_then_let_be() -> None:
    race = race_at(status=RaceStatus.POSTPONED)
    assert slots(race, COVERAGE + timedelta(hours=2))[RACE].lead == OFF
    assert slots(race, COVERAGE + timedelta(hours=13)) == {}


def test_those_who_want_none_any_more_have_theirs_taken_off() -> None:
    slot = slots(race_at())[CALLED_OFF]
    assert (slot.lead, slot.followers) == (OFF, True)
    assert slot.until > COVERAGE
