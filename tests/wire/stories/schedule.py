"""The schedule changes under a bot that has planned: rain moves a race, before its reminder and after, or ends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from db.reminders.models import NotificationKind, RowState
from tests.wire.reminded import COVERAGE, SEASON, TALLADEGA, Scene, listed, outbox, remind

HOUR = timedelta(hours=1)
SKEW = timedelta(seconds=10)
"""How far two clocks at sixty times the speed may drift apart unnoticed."""


def moment(at: datetime) -> str:
    return f"<t:{int(at.timestamp())}:F>"


def rows(scene: Scene, *states: RowState) -> Sequence[tuple[NotificationKind, datetime]]:
    """Kind and moment of what stands so in the outbox."""
    found = outbox(scene.path, f"season = {SEASON} AND round = {TALLADEGA}")
    return [(row.notification.kind, row.notification.event_at) for row in found if row.state in states]


async def rain_moves_a_race_before_its_reminder_and_again_after_it(scene: Scene) -> None:
    channel = scene.standin.world.general
    later, next_day = COVERAGE + timedelta(minutes=90), COVERAGE + timedelta(hours=20)
    await remind(scene.path, channel)

    await scene.start(COVERAGE - HOUR - timedelta(minutes=25), 100, ready=True)
    await listed(scene.path, later)
    first = await scene.message(channel)
    assert f"Coverage moved from {moment(COVERAGE)} to **{moment(later)}**" in first.text
    await scene.stop()
    assert rows(scene, RowState.PENDING) == [(NotificationKind.REMINDER, later)], "what was planned has moved along"

    await scene.start(later - HOUR - timedelta(minutes=1), 60, ready=True)
    second = await scene.message(channel, 2)
    assert later - HOUR - SKEW <= second.at < later
    assert f"<t:{int(later.timestamp())}:R>" in second.text
    await listed(scene.path, next_day)
    third = await scene.message(channel, 3)
    assert f"Coverage moved from {moment(later)} to **{moment(next_day)}**" in third.text
    await scene.stop()

    await scene.start(next_day - HOUR - timedelta(seconds=8), 5)
    fourth = await scene.message(channel, 4)
    assert next_day - HOUR - SKEW <= fourth.at < next_day - HOUR + timedelta(seconds=30)
    assert f"<t:{int(next_day.timestamp())}:R>" in fourth.text
    await scene.stop()
    expected = [
        (NotificationKind.CHANGE, later),
        (NotificationKind.CHANGE, next_day),
        (NotificationKind.REMINDER, later),
        (NotificationKind.REMINDER, next_day),
    ]
    assert sorted(rows(scene, RowState.SENT)) == expected
    assert len(scene.messages(channel)) == len(expected)


async def a_race_that_is_called_off_is_told_of_once_and_reminds_of_nothing(scene: Scene) -> None:
    channel = scene.standin.world.general
    await remind(scene.path, channel, leads=(60, 0))
    await scene.start(COVERAGE - HOUR - timedelta(minutes=25), 100, ready=True)
    await listed(scene.path, status="cancelled")
    message = await scene.message(channel)
    assert "**Canceled.**" in message.text
    await scene.stop()
    assert rows(scene, RowState.CANCELLED) == [(NotificationKind.REMINDER, COVERAGE)] * 2
    assert rows(scene, RowState.PENDING, RowState.CLAIMED) == []
    assert len(scene.messages(channel)) == 1
