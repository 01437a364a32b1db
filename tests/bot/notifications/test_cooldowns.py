"""Cooldowns: for each person and server on their own, by the bot's clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import FriendlyError
from bot.notifications import cooldowns
from bot.notifications.cooldowns import Cooldown
from tests.bot.outbox.standing import HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2025, 10, 17, 16, tzinfo=UTC))


def test_a_use_too_soon_is_refused_with_when_to_try_again(clock: HandClock) -> None:
    cooldown = Cooldown(clock, timedelta(seconds=30), "send a test")
    cooldown.use((1, 2))
    clock.advance(seconds=28.5)
    with pytest.raises(FriendlyError, match=r"^You can send a test again in 2 seconds\.$"):
        cooldown.use((1, 2))
    for other in ((1, 3), (2, 2), (1, None)):
        cooldown.use(other)
    clock.advance(seconds=1.5)
    cooldown.use((1, 2))


def test_a_clock_that_was_set_back_locks_nobody_out(clock: HandClock) -> None:
    cooldown = Cooldown(clock, timedelta(seconds=30), "send a test")
    cooldown.use(1)
    clock.advance(days=-1)
    cooldown.use(1)


def test_no_more_is_kept_than_there_is_room_for(clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cooldowns, "KEPT", 2)
    cooldown = Cooldown(clock, timedelta(seconds=30), "send a test")
    for key in (1, 2, 3):
        cooldown.use(key)
    assert list(cooldown._used) == [2, 3]
