"""What is typed as the bot's name mentions it, and nothing else does."""

from __future__ import annotations

import pytest

from bot.preview.simcord_adapter.typed_mentions import MOST
from tests.bot.preview.scene import on_scene


@pytest.mark.parametrize(
    ("typed", "posted"),
    [
        ("@Tailgate who won bristol", "{} who won bristol"),
        ("hey @tailgate, next race?", "hey {}, next race?"),
        ("@TAILGATE", "{}"),
        ("write to me@tailgate.example", "write to me@tailgate.example"),
        ("@Tailgaters", "@Tailgaters"),
        ("@@tailgate", "@@tailgate"),
        ("@tailgate " + "x" * (MOST - 10), "@tailgate " + "x" * (MOST - 10)),
    ],
)
async def test_the_bots_name_behind_an_at_sign_mentions_it(typed: str, posted: str) -> None:
    async with on_scene() as scene:
        visitor = await scene.visitor()
        receipt = await visitor.act("send_message", content=typed)
        assert receipt["settlement"] == "settled"
        bot = scene.stage._bot.user
        assert (await visitor.newest())["content"] == posted.format(f"<@{bot.id}>")
