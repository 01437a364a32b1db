"""What is said of a place that takes nothing from the bot: in its settings, to a server's owner, to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.notifications.trouble import TroubleWriter
from bot.render.trouble import trouble_line, trouble_notice, unreached_line
from db.reminders.models import Notification, NotificationKind, OutboxRow, Purpose, Target, Trouble
from tests.bot.render.reading import body, text
from tests.checks.limits import check_message

SINCE = datetime(2025, 10, 17, 19, tzinfo=UTC)
TROUBLE = Trouble(SINCE, "I can't see the channel", SINCE + timedelta(minutes=15))
SERVER = Target(id=1, guild=7, channel=900, trouble=TROUBLE)
PERSON = Target(id=2, user=5, trouble=replace(TROUBLE, reason="your DMs are closed to me"))
ROW = OutboxRow(1, Notification(1, NotificationKind.TROUBLE, 2025, 0, "trouble", 0, SINCE, SINCE, SINCE), "g7")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            SERVER,
            "I can't see the channel. To help, give me **View Channel** and **Send Messages** in <#900>, then press",
        ),
        (replace(SERVER, purpose=Purpose.QUOTES), "**Send Messages** in <#900>. Next try"),
        (PERSON, "your DMs are closed to me. Allow direct messages in the privacy settings of a server we share."),
    ],
)
def test_the_settings_say_since_when_why_and_what_helps(target: Target, said: str) -> None:
    assert target.trouble is not None
    line = trouble_line(target, target.trouble)
    assert line.startswith(f"**Nothing gets through** since <t:{SINCE.timestamp():.0f}:f>: ")
    assert said in line
    assert line.endswith(f"Next try <t:{TROUBLE.again.timestamp():.0f}:R>.")


@pytest.mark.parametrize(
    ("purpose", "title", "command"),
    [
        (Purpose.REMINDERS, "Race reminders can't be posted in Tom's \\*fans\\*", "`/reminders`"),
        (Purpose.QUOTES, "The quote of the day can't be posted in", "`/quote-of-the-day`"),
    ],
)
def test_an_owner_is_told_what_where_and_what_to_do(purpose: Purpose, title: str, command: str) -> None:
    view = trouble_notice("Tom's *fans*", replace(SERVER, purpose=purpose), TROUBLE, ROW.mark)
    said = text(view)
    assert title in said
    assert command in said
    assert "<#900> takes nothing from me since" in said
    assert ROW.mark in str(body(view))
    assert check_message(body(view)) == []


def test_a_person_is_told_in_a_line() -> None:
    assert unreached_line(PERSON).startswith("Your reminders don't get through: your DMs are closed to me.")
    off = replace(PERSON, trouble=None, on=False, off_reason="your DMs are closed to me")
    assert unreached_line(off) == "Your reminders are off: your DMs are closed to me. /remindme turns them back on."


async def test_the_owner_is_known_once_the_gateway_has_sent_the_server() -> None:
    guilds: dict[int, Any] = {}
    writer = TroubleWriter(SimpleNamespace(get_guild=guilds.get))  # type: ignore[arg-type]
    assert writer.owner(SERVER) is None
    assert await writer.write(ROW, SERVER) is None
    guilds[7] = SimpleNamespace(owner_id=42, name="Truck fans")
    assert writer.owner(SERVER) == 42
    assert await writer.write(ROW, replace(SERVER, trouble=None)) is None
    post = await writer.write(ROW, SERVER)
    assert post is not None
    assert "Truck fans" in text(post.view)
