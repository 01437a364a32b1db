"""What a fan gets who mentions the bot in chat: the answer itself, once, as a reply; and who gets nothing."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.client.tailgate_bot import TailgateBot
from bot.interactions.router import Router
from bot.mentions.answers import MOST_ANSWERS
from db.errors import FileFault, StoreError
from tests.checks.recorder import SentBodies
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words

EARLIER = discord.PermissionOverwrite(read_message_history=False)
SILENT = discord.PermissionOverwrite(send_messages=False)


@dataclass
class Chat:
    """The channel of a stand, in which fans speak to the bot."""

    stand: Stand
    bot: TailgateBot
    sent: SentBodies

    @property
    def bot_id(self) -> int:
        assert self.bot.user is not None
        return self.bot.user.id

    @property
    def at(self) -> str:
        """What Discord makes of "@Tailgate"."""
        return f"<@{self.bot_id}>"

    def answers(self, channel: Any = None) -> list[Any]:
        """The bot's messages, oldest first."""
        history = (channel or self.stand.channel).history()
        return [message for message in history if message.author.id == self.bot_id]

    async def say(self, text: str, *, channel: Any = None, person: Any = None, **more: Any) -> Any:
        return await (person or self.stand.fan).send(channel or self.stand.channel, text, **more)

    async def ask(self, text: str, **more: Any) -> Any:
        """A fan's mention; the message that answers it."""
        before = len(self.answers(more.get("channel")))
        await self.say(f"{self.at} {text}", **more)
        (answer,) = self.answers(more.get("channel"))[before:]
        return answer

    def title(self, answer: Any) -> str:
        return title_and_answer(shown(answer))[0]


def shown(answer: Any) -> Any:
    """A message as the helpers of the commands' tests take it."""
    components = [component.to_dict() for component in answer.components]
    return SimpleNamespace(response=SimpleNamespace(components=components))


def labels(answer: Any) -> list[str]:
    found: list[str] = []

    def walk(components: list[Any]) -> None:
        for component in components:
            if component.get("type") == 2:
                found.append(component["label"])
            walk(component.get("components") or [])

    walk([component.to_dict() for component in answer.components])
    return found


@pytest.fixture
def chat(stand: Stand, simcord_bot: TailgateBot, sent: SentBodies) -> Chat:
    return Chat(stand, simcord_bot, sent)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("who's out if the season ended today?", "2025 playoffs · Round of 8"),
        ("what channel is the truck race on", "Love's RV Stop 225 · Talladega"),
        ("who won bristol", "UNOH 250 · Bristol"),
        ("what did i miss", "Recap · Charlotte ROVAL 2025"),
        ("heim vs riggs", "Heim and Riggs · 2025"),
        ("help", "How to use Tailgate"),
    ],
)
async def test_a_mention_is_answered_as_the_command_is(chat: Chat, text: str, title: str) -> None:
    assert chat.title(await chat.ask(text)) == title


async def test_the_answer_is_a_reply_that_pings_nobody(chat: Chat) -> None:
    asked = await chat.say(f"{chat.at} standings")
    (answer,) = chat.answers()
    assert answer.reference.message_id == asked.id
    body = next(each.body for each in reversed(chat.sent.requests) if each.path.endswith("/messages"))
    assert body["allowed_mentions"] == {"parse": []}
    assert body["message_reference"]["fail_if_not_exists"] is False
    assert answer.mentions == []


async def test_how_a_driver_did_at_a_track(chat: Chat) -> None:
    answer = await chat.ask("how did Majeski do at Bristol")
    said = words(shown(answer))
    assert said.startswith(
        "## #98 Ty Majeski · Bristol\nFinished **4th** in the UNOH 250 (Sep 11, 2025)\nStarted 6th · 47 points"
    )
    assert "\n2024 Sep 19 " in said
    assert labels(answer) == ["Results", "Recap", "2025 season"]


async def test_the_message_changes_in_place_for_whoever_asked_and_for_nobody_else(chat: Chat) -> None:
    answer = await chat.ask("standings")
    copied = await chat.stand.other.click(answer, label="Round by round")
    assert copied.ephemeral
    assert len(chat.answers()) == 1
    assert chat.title(chat.answers()[0]) == "2025 playoffs · Round of 8"
    turned = await chat.stand.fan.click(answer, label="Round by round")
    assert not turned.ephemeral
    assert chat.title(chat.answers()[0]) == "2025 playoffs"


async def test_in_doubt_three_buttons_are_offered_and_answer(chat: Chat) -> None:
    answer = await chat.ask("how is smith doing")
    assert chat.title(answer) == "Did you mean one of these?"
    assert labels(answer) == ["Chandler Smith", "Sammy Smith", "Zane Smith"]
    await chat.stand.fan.click(answer, label="Chandler Smith")
    assert chat.title(chat.answers()[0]) == "#38 Chandler Smith · 2025"


async def test_a_mention_alone_is_asked_what_it_wants(chat: Chat) -> None:
    answer = await chat.ask("")
    assert chat.title(answer) == "What would you like to know?"
    assert labels(answer) == ["Standings", "Next race", "Results: Charlotte ROVAL 2025"]


async def test_a_year_that_is_not_here_gets_one_line(chat: Chat) -> None:
    answer = await chat.ask("who won bristol in 2019")
    assert answer.content == "No season 2019 here. Try 2023, 2024, 2025 or 2026."


@pytest.mark.parametrize("text", ["who won bristol", "@everyone who won bristol", "@Tailgate who won bristol", "lol"])
async def test_what_does_not_mention_the_bot_gets_nothing(chat: Chat, text: str) -> None:
    await chat.say(text)
    assert chat.answers() == []


async def test_roles_that_are_mentioned_get_nothing(chat: Chat) -> None:
    role = chat.stand.fan.guild.create_role("Tailgaters", mentionable=True)
    await chat.say(f"<@&{role.id}> who won bristol")
    assert chat.answers() == []


async def test_bots_and_webhooks_get_nothing(chat: Chat) -> None:
    server = chat.stand.fan.guild
    other = server.add_member(chat.stand.env.create_user("Another bot", bot=True))
    await chat.say(f"{chat.at} standings", person=other)
    await server.create_webhook(chat.stand.channel).send(f"{chat.at} standings")
    assert chat.answers() == []


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("lol no way", False),
        ("nice", False),
        ("", False),
        ("who won bristol", True),
        ("and heim?", True),
        ("what about majeski", True),
    ],
)
async def test_a_reply_to_the_bot_is_answered_if_it_asks_something(chat: Chat, text: str, answered: bool) -> None:
    first = await chat.ask("standings")
    more = {} if text else {"attachments": [("picture.png", b"PNG")]}
    await chat.say(text, reply_to=first, **more)
    assert len(chat.answers()) == 1 + answered


async def test_direct_messages_need_no_mention(chat: Chat) -> None:
    await chat.stand.fan.send_dm("who won bristol")
    (answer,) = [m for m in chat.sent.requests if m.method == "POST" and m.path.endswith("/messages")]
    assert "UNOH 250 · Bristol" in str(answer.body)


async def test_in_a_thread_it_is_answered_too(chat: Chat) -> None:
    channel = chat.bot.get_channel(chat.stand.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.create_thread(name="Talladega", type=discord.ChannelType.public_thread)
    (thread,) = chat.stand.channel.threads
    assert chat.title(await chat.ask("next race", channel=thread)) == "Love's RV Stop 225 · Talladega"


async def test_where_it_may_not_write_it_stays_silent(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    quiet = chat.stand.fan.guild.create_text_channel(
        "quiet",
        overwrites={chat.bot.user: SILENT},
    )
    before = len(chat.sent.requests)
    await chat.say(f"{chat.at} standings", channel=quiet)
    assert len(chat.sent.requests) == before, "it does not even try"
    chat.stand.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await chat.say(f"{chat.at} standings")
    assert chat.answers() == []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_where_it_may_not_read_back_it_answers_without_a_reply(chat: Chat) -> None:
    channel = chat.stand.fan.guild.create_text_channel(
        "no-history",
        overwrites={chat.bot.user: EARLIER},
    )
    await chat.say(f"{chat.at} standings", channel=channel)
    body = next(each.body for each in reversed(chat.sent.requests) if each.path.endswith("/messages"))
    assert "message_reference" not in body


async def test_discords_own_trouble_is_one_line_in_the_log(chat: Chat, caplog: pytest.LogCaptureFixture) -> None:
    chat.stand.env.inject_error("POST", "/channels/*/messages", status=500)
    await chat.say(f"{chat.at} standings")
    (record,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert "a mention stays unanswered: 500" in record.getMessage()
    assert record.exc_info is None


async def test_a_channel_has_so_many_answers_and_then_silence_for_a_while(chat: Chat) -> None:
    seconds = [1000.0]
    cog: Any = chat.bot.get_cog("Mentions")
    cog.answers._seconds = lambda: seconds[0]
    for _ in range(MOST_ANSWERS + 3):
        await chat.say(f"{chat.at} next race")
    assert len(chat.answers()) == MOST_ANSWERS
    elsewhere = chat.stand.fan.guild.create_text_channel("elsewhere")
    await chat.ask("next race", channel=elsewhere)
    seconds[0] += 21
    await chat.ask("next race")
    assert len(chat.answers()) == MOST_ANSWERS + 1


async def test_a_message_that_comes_again_is_answered_once(chat: Chat) -> None:
    said = await chat.say(f"{chat.at} standings")
    backend = chat.stand.env.backend
    for _ in range(3):
        backend.announce_message_create(backend.get_message(chat.stand.channel.id, said.id))
        await chat.stand.env.settle()
    assert len(chat.answers()) == 1


@pytest.mark.parametrize("error", [RuntimeError("a secret path"), StoreError("gone", FileFault.GONE)])
async def test_a_fault_is_one_friendly_line(
    chat: Chat, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def view(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(Router, "view", view)
    answer = await chat.ask("standings")
    if isinstance(error, StoreError):
        assert "its store is gone" in answer.content
        assert caplog.records == []
    else:
        assert "something went wrong on our end" in answer.content
        assert "secret" not in answer.content
        (record,) = caplog.records
        assert "a mention failed" in record.getMessage()


async def test_a_servers_own_quotes_are_found_there(chat: Chat) -> None:
    """The answer knows in which server it is given, as that of a command does."""
    answer = await chat.ask("what did heim say about talladega")
    assert "Heim" in words(shown(answer))
