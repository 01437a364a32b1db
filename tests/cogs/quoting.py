"""What tests of quotes have in common: moderators, two servers, forms filled in, and quotes put into the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import discord
import simcord
from discord import ui
from simcord.enums import InteractionType

from bot.errors import FriendlyError
from bot.questions.core import Question
from bot.services import Services
from db.quotes import add
from db.quotes.models import Quote, QuoteDraft
from tests.bot.render.reading import BUTTON
from tests.cogs.conftest import Stand
from tests.cogs.looking import words

MODERATING = discord.Permissions(manage_messages=True)
MANAGING = discord.Permissions(manage_guild=True)
FILLED = {
    "words": "We ran out of gas.",
    "who": "hiem",
    "about": "Driver of the No. 11\nafter the ROVAL",
    "when": "charlotte roval",
    "link": "NASCAR.com https://www.nascar.com/roval",
}


def member(server: Any, name: str, permissions: discord.Permissions | None = None) -> Any:
    """Somebody in a server with the given permissions, by a role of their own."""
    roles = [server.create_role(f"{name}'s", permissions=permissions)] if permissions else []
    return server.add_member(server._env.create_user(name), roles=roles)


def moderator(stand: Stand) -> Any:
    return member(stand.channel.guild, "Mod", MODERATING)


@dataclass
class Elsewhere:
    """Another server, with its own moderator and fan."""

    channel: Any
    moderator: Any
    fan: Any

    @classmethod
    def of(cls, stand: Stand) -> Elsewhere:
        server = stand.env.create_guild("Other fans")
        channel = server.create_text_channel("chat")
        return cls(channel, member(server, "Moe", MODERATING), member(server, "Ann"))


async def filled_in(person: Any, channel: Any, **values: str) -> Any:
    """What comes of /quote-add with its form filled in."""
    opened = await person.slash(channel, "quote-add")
    return await person.submit_modal(opened, FILLED | values)


def fields(opened: Any) -> dict[str, str]:
    """What stands in an open form."""
    components = opened.modal["components"]
    return {each["component"]["custom_id"]: each["component"].get("value", "") for each in components}


async def saved(services: Services, guild: int | None, text: str = "Fuel, fuel, fuel.", **facts: Any) -> Quote:
    """A quote in the store, as if somebody had saved it."""
    draft = QuoteDraft(**{"speaker": "Corey Heim", "driver": "corey-heim", "words": text, **facts})
    return await add(services.store, draft, guild, 1, services.clock.now())


async def refused(stand: Stand, who: Any, channel: Any, command: str, **options: Any) -> str:
    """The line that somebody alone sees, in place of a command's answer."""
    result = await who.slash(channel, command, **options)
    simcord.assert_error(stand.env, FriendlyError)
    assert result.ephemeral
    return str(result.response.content)


async def press(stand: Stand, who: Any, channel: Any, question: Question) -> Any:
    """Presses a button made by hand: it stands on a message of the bot's, and was never offered to who presses."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.ActionRow(ui.Button(label="Go", custom_id=f"t1:0:{question.encode()}")))
    message = await stand.env.bot.get_channel(channel.id).send(view=view)
    return await who.click(message, label="Go")


async def send_form(who: Any, channel: Any, question: Question, values: dict[str, str] | None = None) -> Any:
    """Sends a form that was never opened."""
    inputs = [
        {"type": 18, "id": number, "component": {"type": 4, "id": 90 + number, "custom_id": name, "value": value}}
        for number, (name, value) in enumerate((values or FILLED).items(), 1)
    ]
    data = {"custom_id": f"t1:form:{question.encode()}", "components": inputs}
    return await who._dispatch_interaction(InteractionType.MODAL_SUBMIT, channel, data)


def said(result: Any) -> str:
    """What an answer says, be it a card or a line."""
    return str(result.response.content) or words(result)


def labels(result: Any) -> list[str]:
    """The labels of its buttons."""
    return [part["label"] for part in _parts(result.response.components) if part.get("type") == BUTTON]


def options(result: Any) -> list[dict[str, Any]]:
    """The options of its select."""
    return [option for part in _parts(result.response.components) for option in part.get("options") or ()]


def _parts(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _parts(component.get("components") or [])
