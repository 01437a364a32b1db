"""Custom ids that version 0.1.0 gave to buttons, selects and forms: every one of them is still understood."""

from __future__ import annotations

import re
from pathlib import Path

import discord
import pytest
from discord import ui

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.questions.core import OldButtonError, decode
from bot.render.forms import Form
from bot.requester import Requester
from tests.cogs.editing import HOME

IDS = Path(__file__).with_name("older_custom_ids.txt").read_text("utf-8").split()
_OURS = re.compile(r"t1:(?P<what>[0-9]|set|form|pick):(?P<question>.+)")


def parts(custom_id: str) -> tuple[str, str]:
    """What sort of component it is of, and the question it carries; a select's value is a question alone."""
    found = _OURS.fullmatch(custom_id)
    return (found["what"], found["question"]) if found else ("value", custom_id)


@pytest.mark.parametrize("custom_id", [each for each in IDS if not each.startswith("t1:pick:")])
async def test_an_older_custom_id_is_answered(bot: TailgateBot, custom_id: str) -> None:
    what, text = parts(custom_id)
    question = decode(text)
    assert question.encode() == text
    if what == "form":
        assert type(question) in bot.router._forms
        return
    if what == "set":
        assert type(question) in bot.router._choices
        return
    everything = discord.Permissions.all()
    requester = Requester(
        1,
        await bot.router.as_of(),
        guild=HOME,
        channel=5,
        permissions=everything,
        editor=True,
        server_permissions=everything,
    )
    try:
        answer = await bot.router.view(question, requester)
    except FriendlyError as error:
        # The draft, the quote or the server that it speaks of is not there any more.
        assert not isinstance(error, OldButtonError)
    else:
        assert isinstance(answer, ui.LayoutView | Form)


async def test_there_are_ids_of_every_kind(bot: TailgateBot) -> None:
    known = {type(decode(text)) for what, text in map(parts, IDS) if what != "pick"}
    assert len(known) >= 25
    assert {what for what, _ in map(parts, IDS)} >= {"0", "1", "set", "form", "pick", "value"}
    del bot
