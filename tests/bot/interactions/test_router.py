"""How questions become replies: who may turn a message's pages, what old and forged buttons get, restarts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import discord
import pytest
import simcord
from discord import ui

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.router import _own
from bot.questions.core import (
    CompareQuestion,
    DriverQuestion,
    Question,
    ResultsQuestion,
    ScheduleQuestion,
    StandingsQuestion,
)
from bot.requester import Requester
from bot.services import Services
from tests.bot.render.reading import parts
from tests.checks.recorder import SentBodies
from tests.cogs.looking import words

OLD = "That button is from an older version of Tailgate. Please run the command again."


def people(env: Any) -> tuple[Any, Any, Any]:
    server = env.create_guild("Fans")
    return server.create_text_channel("trucks"), *(server.add_member(env.create_user(name)) for name in ("Mo", "Jo"))


def message_with(custom_id: str) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("old"))
    view.add_item(ui.ActionRow(ui.Button(label="Go", custom_id=custom_id)))
    return view


async def press(services: Services, custom_id: str) -> Any:
    """Presses a button that the bot once posted by itself."""
    bot = TailgateBot(services, local=True, shard_count=1)
    async with simcord.run(bot) as env:
        channel, fan, _ = people(env)
        message = await bot.get_channel(channel.id).send(view=message_with(custom_id))  # type: ignore[union-attr]
        result = await fan.click(message, label="Go")
        assert result.ephemeral
        return result.response.content or words(result)


@pytest.mark.parametrize(
    "custom_id",
    [
        "t1:0:nonsense",
        "t1:0:standings:2025::points:0",
        "t0:0:standings:2025::points:1",
        "t9:3:next",
        "t1:0:driver:a b:::",
        "t1:0:remset:leads:server",  # of a select, and no button's
    ],
)
async def test_old_and_malformed_buttons_get_a_friendly_line(services: Services, custom_id: str) -> None:
    assert await press(services, custom_id) == OLD


@pytest.mark.parametrize(
    ("question", "line"),
    [
        (DriverQuestion("nobody-at-all", 2025), "No driver called “nobody-at-all”."),
        (CompareQuestion("corey-heim", "corey-heim", 2025), "That's Corey Heim twice. Who's the other one?"),
        (ResultsQuestion(2025, 77), "No race called “race 77” in 2025."),
        (StandingsQuestion(2025, after=77), "No race called “race 77” in 2025."),
        (StandingsQuestion(1999), "No season 1999 here."),
        (ScheduleQuestion(1999), "No season 1999 here."),
    ],
)
async def test_what_a_button_names_is_looked_up_again(services: Services, question: Question, line: str) -> None:
    assert (await press(services, f"t1:0:{question.encode()}")).startswith(line)


async def test_a_page_beyond_the_last_is_the_last(services: Services) -> None:
    said = await press(services, f"t1:0:{ResultsQuestion(2025, 22, 999).encode()}")
    assert "\n 36 " in said


async def test_a_button_on_a_message_of_the_bots_own_opens_a_copy_for_who_pressed(services: Services) -> None:
    assert (await press(services, f"t1:0:{StandingsQuestion(2025).encode()}")).startswith("## 2025 playoffs")


async def test_buttons_work_after_a_restart(services: Services) -> None:
    before = TailgateBot(services)
    await before.load_extension("cogs.standings")
    view = await before.router.view(StandingsQuestion(2025, view="stats"), Requester(1, await before.router.as_of()))
    assert isinstance(view, discord.ui.LayoutView)
    custom_id = next(part["custom_id"] for part in parts(view) if part.get("label") == "16–30 →")
    # A bot that never saw that message answers its button.
    assert "\n16 " in await press(services, custom_id)


async def test_in_a_direct_message_and_in_a_copy_pages_turn_in_place(services: Services) -> None:
    bot = TailgateBot(services, local=True, shard_count=1)
    async with simcord.run(bot) as env:
        fan = env.create_user("Mo")
        asked = await fan.slash("standings")
        pressed = await fan.click(asked.response, label="16–30 →")
        assert not pressed.followups
        assert "\n16 " in words(asked)


GUILD, WITH_THE_BOT, BETWEEN_PEOPLE = 0, 1, 2


@pytest.mark.parametrize(
    ("context", "requester", "flags", "own"),
    [
        (WITH_THE_BOT, None, 0, True),
        (WITH_THE_BOT, 1, 0, True),
        (BETWEEN_PEOPLE, None, 0, False),
        (BETWEEN_PEOPLE, 1, 0, True),
        (BETWEEN_PEOPLE, 2, 0, False),
        (BETWEEN_PEOPLE, 2, discord.MessageFlags.ephemeral.flag, True),
        (GUILD, 1, 0, True),
        (GUILD, 2, 0, False),
    ],
)
async def test_between_two_people_a_message_belongs_to_the_person_who_asked(
    services: Services, context: int, requester: int | None, flags: int, *, own: bool
) -> None:
    """A person installed the bot for their account and asked in a direct message; ``requester`` 1 presses now."""
    person = {"username": "Mo", "discriminator": "0", "avatar": None, "global_name": None}
    here = {"id": "20", "type": discord.ChannelType.private.value, "recipients": [{**person, "id": "3"}]}
    message: dict[str, Any] = {
        "id": "30",
        "channel_id": "20",
        "author": {**person, "id": "9", "bot": True},
        "type": 20,
        "flags": flags,
        "content": "",
        "timestamp": "2025-10-16T21:00:00+00:00",
        "edited_timestamp": None,
        **dict.fromkeys(("tts", "pinned", "mention_everyone"), False),
        **dict.fromkeys(("mentions", "mention_roles", "embeds", "attachments", "components"), ()),
    }
    if requester is not None:
        asked = {"id": "40", "type": 2, "user": {**person, "id": str(requester)}, "authorizing_integration_owners": {}}
        message["interaction_metadata"] = asked
    bot = TailgateBot(services)
    pressed: Any = {
        "id": "50",
        "application_id": "9",
        "type": 3,
        "version": 1,
        "token": "x",
        "data": {"component_type": 2, "custom_id": "t1:0:next"},
        "channel": here,
        "channel_id": "20",
        "user": {**person, "id": "1"},
        "message": message,
        "context": context,
        "entitlements": [],
        "authorizing_integration_owners": {"1": "1"},
        "attachment_size_limit": 1,
    }
    interaction: Any = discord.Interaction(data=pressed, state=bot._connection)
    assert isinstance(interaction.channel, discord.DMChannel)
    assert _own(interaction) is own


async def test_an_answer_is_one_request(services: Services) -> None:
    bot = TailgateBot(services, local=True, shard_count=1)
    with SentBodies() as sent:
        async with simcord.run(bot) as env:
            channel, fan, _ = people(env)
            before = len(sent.requests)
            await fan.slash(channel, "standings")
            assert [request.path.rpartition("/")[2] for request in sent.requests[before:]] == ["callback"]


async def test_nothing_of_an_answer_stays_in_memory(services: Services) -> None:
    bot = TailgateBot(services, local=True, shard_count=1)
    async with simcord.run(bot) as env:
        channel, fan, _ = people(env)
        await fan.slash(channel, "standings")
        assert not bot.persistent_views
        assert not bot._connection._view_store._synced_message_views


async def test_an_error_of_ours_is_a_reference_and_no_more(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("/home/secret/path")

    monkeypatch.setattr("db.models.Season.as_of", broken)
    line = await press(services, f"t1:0:{StandingsQuestion(2025).encode()}")
    assert "reference" in line
    assert "secret" not in line
    assert "secret" in caplog.text


async def test_the_season_of_the_day_follows_the_clock(services: Services) -> None:
    router = TailgateBot(services).router
    for moment, year in [
        ("2023-01-01T12:00-05:00", 2023),
        ("2025-12-24T12:00-05:00", 2025),
        ("2026-02-13T20:00-05:00", 2025),
        ("2026-02-14T20:00-05:00", 2026),
        ("2031-01-01T12:00-05:00", 2026),
    ]:
        services.clock._start = datetime.fromisoformat(moment)  # type: ignore[attr-defined]
        assert (await router.as_of()).season().year == year
