"""The marks by which a night's judge knows the messages of a place."""

from __future__ import annotations

from types import MappingProxyType

from db.models import NEVER
from db.reminders.models import Notification, NotificationKind, OutboxRow, PlannedNotification
from tests.simulation.schedule import ROUND, YEAR
from tests.simulation.story import Place

STANDINGS = PlannedNotification(
    NotificationKind.STANDINGS, YEAR, ROUND, "race", 0, NEVER, NEVER, NEVER
)  # fmt: skip
"""The standings of a place have one mark, whatever they say."""


def mark_of(place: Place, planned: PlannedNotification) -> str:
    """The mark of a message to a place."""
    notification = Notification(
        0, planned.kind, planned.season, planned.round, planned.session, planned.lead, planned.event_at,
        planned.due_at, planned.until, MappingProxyType({}), planned.race,
    )  # fmt: skip
    return OutboxRow(0, notification, f"u{place.number}" if place.person else f"g{place.number}").mark
