"""Changes boards and answers on Discord."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discord import ui

from bot.interactions.live_answers import LiveAnswer
from bot.outbox.contracts import Post
from bot.outbox.discord_sender import DiscordSender


class DiscordEditor:
    """A ``boards.shown.Editor``.

    Args:
        sender: the outbox's way to Discord, whose requests say whether they took effect.
    """

    def __init__(self, sender: DiscordSender) -> None:
        self._sender = sender

    async def rewrite(self, channel: int, message: int, body: Mapping[str, Any]) -> None:
        await self._sender.rewrite(channel, message, body)

    async def rewrite_view(self, channel: int, message: int, view: ui.LayoutView) -> None:
        await self._sender.edit(channel, message, Post(view))

    async def rewrite_answer(self, answer: LiveAnswer, view: ui.LayoutView) -> None:
        view.stop()
        await self._sender.ask(lambda: answer.interaction.edit_original_response(view=view))
