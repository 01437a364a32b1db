"""What the commands ask, found from the command tree: a new command is asked without being listed anywhere."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import pytest
from discord import app_commands

from bot.client.tailgate_bot import TailgateBot
from bot.questions.core import Question
from bot.requester import Requester

TYPED = {
    "driver": "heim",
    "name": "heim",
    "first": "heim",
    "second": "majeski",
    "race": "talladega",
    "after": "bristol",
    "track": "bristol",
}
"""What is typed into options that a command looks up."""


async def asked_by_commands(bot: TailgateBot, *, with_options: bool = True) -> list[Question]:
    """What every command asks whose answer all can see.

    Each command is run without its optional options and, ``with_options``, with each choice that Discord would offer
    for one of them; required ones get the first choice. Without options those that require one are left out.
    """
    asked: dict[Question, None] = {}
    requester = Requester(1, await bot.router.as_of())
    interaction: Any = SimpleNamespace(
        client=bot, namespace=SimpleNamespace(), guild_id=None, user=SimpleNamespace(id=1)
    )

    async def reply(
        _bot: Any, question: Question, _requester: Requester | None = None, *, private: bool = False, **_: Any
    ) -> None:
        if not private:
            asked[question] = None

    for command in bot.tree.get_commands():
        if not isinstance(command, app_commands.Command):
            continue
        offered = {each.name: await _offered(command, each, interaction) for each in command.parameters}
        required = {each.name: offered[each.name] for each in command.parameters if each.required}
        if required and not with_options:
            continue
        # Two required options of one kind, as of /compare, get different choices.
        least = {name: choices[number] for number, (name, choices) in enumerate(required.items())}
        runs = [least, *({**least, name: choice} for name in offered for choice in offered[name] if with_options)]
        for options in runs:
            if len(set(options.values())) == len(options):
                with pytest.MonkeyPatch.context() as patched:
                    patched.setattr(bot.router, "reply", reply)
                    patched.setattr(bot.router, "requester", AsyncMock(return_value=requester))
                    run: Any = command.callback
                    await run(command.binding, interaction, **options)
    return list(asked)


async def _offered(command: app_commands.Command[Any, ..., Any], option: Any, interaction: Any) -> list[Any]:
    """The values that Discord offers for an option: those listed with the command, or those of its autocomplete."""
    if option.choices:
        return [choice.value for choice in option.choices]
    complete = command._params[option.name].autocomplete
    return [choice.value for choice in await complete(interaction, "")] if complete else []
