"""Forms in chat: opened by a button or a command, sent, refused, and sent to a bot that never opened them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import discord
import pytest
import simcord
from discord import ui

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.questions.core import PAGE, QUESTIONS, Question, parameter
from bot.render.buttons import Link, row
from bot.render.forms import Field, Form, carried, filled_in
from bot.requester import Requester
from bot.services import Services
from tests.cogs.looking import words

OLD = "That form is from an older version of Tailgate. Please open it again."


@pytest.fixture(scope="module", autouse=True)
def question_kinds() -> Iterator[type[Question]]:
    """A question of this file's own, known only while its tests run."""

    class WishQuestion(Question, topic="wish"):
        page: int = parameter(PAGE, default=1)

    yield WishQuestion
    del QUESTIONS["wish"]


def wish(page: int = 1) -> Question:
    return QUESTIONS["wish"](page)  # type: ignore[call-arg]


def shown(text: str) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(text))
    controls = row([Link("Wish", wish())])
    assert controls is not None
    view.add_item(controls)
    return view


class Wishes:
    """A topic whose answer is a form, and who hears what was written."""

    def __init__(self, bot: TailgateBot) -> None:
        self.heard: list[tuple[int, str, str]] = []
        bot.router.register(type(wish()), self.open)
        bot.router.register_form(type(wish()), self.take)

    async def open(self, question: Question, requester: Requester) -> Form:
        del requester
        fields = [Field("what", "What", long=True, limit=4000), Field("when", "When", required=False)]
        return Form("A wish", fields, question)

    async def take(self, question: Question, values: Mapping[str, str], requester: Requester) -> ui.LayoutView:
        del question
        if not values["what"]:
            raise FriendlyError("Wish for something.")
        self.heard.append((requester.user, values["what"], values["when"]))
        return shown(f"{requester.name} wishes for {values['what']}")


def people(env: Any) -> tuple[Any, Any, Any]:
    server = env.create_guild("Fans")
    return server.create_text_channel("trucks"), *(server.add_member(env.create_user(name)) for name in ("Mo", "Jo"))


async def test_two_people_fill_in_the_same_form_at_once(services: Services) -> None:
    bot = TailgateBot(services, local=True, shard_count=1)
    wishes = Wishes(bot)
    async with simcord.run(bot) as env:
        channel, mo, jo = people(env)
        message = await bot.get_channel(channel.id).send(view=shown("Wishes"))  # type: ignore[union-attr]
        form_of_mo, form_of_jo = await mo.click(message, label="Wish"), await jo.click(message, label="Wish")
        said = await jo.submit_modal(form_of_jo, {"what": "rain", "when": ""})
        assert said.ephemeral
        assert "Jo wishes for rain" in words(said)
        await mo.submit_modal(form_of_mo, {"what": "  sun\non Friday ", "when": "always"})
        assert wishes.heard == [(jo.id, "rain", ""), (mo.id, "sun\non Friday", "always")]


async def test_what_is_refused_is_told_in_one_line(services: Services) -> None:
    bot = TailgateBot(services, local=True, shard_count=1)
    wishes = Wishes(bot)
    async with simcord.run(bot) as env:
        channel, mo, _ = people(env)
        message = await bot.get_channel(channel.id).send(view=shown("Wishes"))  # type: ignore[union-attr]
        said = await mo.submit_modal(await mo.click(message, label="Wish"), {"what": "   ", "when": "now"})
        assert said.ephemeral
        assert said.response.content == "Wish for something."
        assert wishes.heard == []


async def test_a_form_opened_before_a_restart_is_heard_after_it(services: Services) -> None:
    bot = TailgateBot(services, local=True, shard_count=1)
    async with simcord.run(bot) as env:
        channel, mo, _ = people(env)
        message = await bot.get_channel(channel.id).send(view=shown("Wishes"))  # type: ignore[union-attr]
        Wishes(bot)
        opened = await mo.click(message, label="Wish")
        # A bot just started holds no form of any kind, and this one holds none either.
        assert not bot._connection._view_store._modals
        after = Wishes(bot)
        await mo.submit_modal(opened, {"what": "rain", "when": ""})
        assert after.heard == [(mo.id, "rain", "")]


@pytest.mark.parametrize(
    ("custom_id", "text"),
    [
        ("t1:form:wish:1", "wish:1"),
        ("t0:form:wish:1", ""),
        ("t12:form:x", ""),
        ("form:wish", None),
        ("another bot's", None),
        ("t1:0:wish:1", None),
    ],
)
def test_whose_form_it_is(custom_id: str, text: str | None) -> None:
    assert carried(custom_id) == text


async def test_a_form_of_a_question_that_takes_none_is_old(services: Services) -> None:
    bot = TailgateBot(services, local=True, shard_count=1)
    async with simcord.run(bot) as env:
        channel, mo, _ = people(env)
        message = await bot.get_channel(channel.id).send(view=shown("Wishes"))  # type: ignore[union-attr]
        wishes = Wishes(bot)
        opened = await mo.click(message, label="Wish")
        bot.router._forms.clear()
        said = await mo.submit_modal(opened, {"what": "rain", "when": ""})
        assert said.ephemeral
        assert OLD in words(said)
        assert "rain" in words(said)
        assert wishes.heard == []


def test_every_shape_of_what_discord_sends_is_read() -> None:
    old = {"type": 1, "components": [{"type": 4, "custom_id": "a", "value": " one "}]}
    new = {"type": 18, "component": {"type": 4, "custom_id": "b", "value": "two\r\nlines"}}
    pick = {"type": 18, "component": {"type": 3, "custom_id": "c", "values": ["x"]}}
    assert filled_in([old, new, pick, {"type": 10, "content": "text"}]) == {"a": "one", "b": "two\nlines"}


def test_a_form_keeps_discords_limits() -> None:
    form = Form("T" * 60, [Field("a", "L" * 60, "v" * 300, "h" * 120, limit=250)], wish())
    data = form.modal().to_dict()
    label = data["components"][0]
    field: Any = label["component"]
    assert len(data["title"]) == 45
    assert len(label["label"]) == 45
    assert len(label["description"]) == 100
    assert len(field["value"]) == field["max_length"] == 250
    assert field["style"] == discord.TextStyle.short.value


@pytest.mark.parametrize("fields", [[], [Field(str(n), "x") for n in range(6)]])
def test_a_form_of_no_fields_or_too_many_is_refused(fields: list[Field]) -> None:
    with pytest.raises(ValueError, match="no form can be made"):
        Form("T", fields, wish()).modal()
