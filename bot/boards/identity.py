"""By what a board is known: its place, the race, and the day on which that is run."""

from __future__ import annotations

from datetime import UTC, datetime, time

from db.models import EASTERN, Race
from db.reminders.models import RACE, Notification, NotificationKind, OutboxRow


def identified_at(race: Race) -> datetime:
    """Noon of the race's day: the moment that identifies its board, even if the listed start changes later."""
    return datetime.combine(race.date, time(12), EASTERN).astimezone(UTC)


def mark_of(guild: int, race: Race) -> str:
    """The mark of a server's board of a race: the same as of the row of the outbox that posts one there."""
    at = identified_at(race)
    due = Notification(
        0, NotificationKind.BOARD, race.season, race.round, RACE, 0, event_at=at, due_at=at, until=at, race=race.id
    )
    return OutboxRow(0, due, f"g{guild}").mark
