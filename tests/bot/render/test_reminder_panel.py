"""What the status of the reminders says of what is planned and of what is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.questions.reminders import SERVER
from bot.render.reminder_panel import PanelFacts, status
from db.reminders.models import Notification, NotificationKind, OutboxRow, RowState, Target, WeekendSession
from tests.bot.render.reading import body, lines
from tests.checks.limits import check_message

NOW = datetime(2025, 10, 17, 19, tzinfo=UTC)
COVERAGE = NOW + timedelta(hours=1)
DUE = Notification(1, NotificationKind.REMINDER, 2025, 23, WeekendSession.COVERAGE, 60, COVERAGE, NOW, COVERAGE)
FACTS = PanelFacts(SERVER, Target(id=1, guild=1, channel=2))


def planned(*rows: OutboxRow) -> list[str]:
    view = status(FACTS, rows, ())
    assert not check_message(body(view))
    return [line for line in lines(view) if line.startswith("- ")]


def test_what_is_tried_again_says_why_and_when() -> None:
    line = f"- race 23 of 2025, 1 hour before coverage: <t:{int(NOW.timestamp())}:f> · <t:{int(NOW.timestamp())}:R>"
    again = NOW + timedelta(seconds=30)
    late = OutboxRow(1, DUE, "g1", reason="Discord asks for patience", retry_at=again)
    assert planned(OutboxRow(1, DUE, "g1"), late) == [
        line,
        f"{line} (Discord asks for patience; trying again <t:{int(again.timestamp())}:R>)",
    ]


def test_what_is_being_tried_says_why_it_was_not_out_before() -> None:
    (line,) = planned(OutboxRow(1, DUE, "g1", RowState.CLAIMED, reason="I lack the permission Create Events"))
    assert line.endswith(" (I lack the permission Create Events)")
