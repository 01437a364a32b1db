"""``/live`` asked for: in a server's channel the answer becomes its board, elsewhere it is kept current for a while."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

import discord
from discord import ui

from bot.boards.drawing import BoardDrawer
from bot.boards.shown import Editor
from bot.interactions.live_answers import LiveAnswer, LiveAnswers
from bot.interactions.router import Router
from bot.interactions.turns import give_back
from bot.outbox.contracts import BusyError, RefusedError, UnsureError
from bot.questions.core import Question
from bot.render.live_board import beside_board, kept_current, moved_on
from bot.requester import Requester
from bot.services import Services
from db.live.boards import Board, board_in, is_on_its_way, put_board, take_sent
from db.models import Race

log = logging.getLogger(__name__)

FAR_UP = timedelta(minutes=20)
"""So old a board is far up in a channel in which people talk: whoever asks gets a new one at its end."""
SENT_WITHIN = timedelta(days=1)

_opening: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()


def opening(channel: int, race: int) -> asyncio.Lock:
    """Held by whoever makes a message the board of a channel for a race, so that there are never two."""
    return _opening.setdefault((channel, race), asyncio.Lock())


class LiveDesk:
    """Answers ``/live``.

    Args:
        services: the store and the clock.
        drawer: draws boards.
        answers: the answers that are kept current, and whether anything is.
        router: answers questions, as for anybody who asks.
        editor: changes messages that were boards.
    """

    def __init__(
        self,
        services: Services,
        drawer: BoardDrawer,
        answers: LiveAnswers,
        router: Router,
        editor: Editor,
    ) -> None:
        self._store, self._clock = services.store, services.clock
        self._drawer, self._answers, self._router, self._editor = drawer, answers, router, editor

    async def reply(
        self, interaction: discord.Interaction[Any], question: Question, requester: Requester, *, private: bool
    ) -> None:
        """Answers a command, in one request.

        Args:
            interaction: the command's.
            question: what is asked where no board can be, or another one is there.
            requester: who asks.
            private: whether only they may see it.
        """
        channel, guild = requester.channel, requester.guild
        # In a channel it is the server's: who wants to see races later than that is answered in private.
        delay = requester.delay.seconds
        race = await self._drawer.race_on(delay) if self._answers.kept else None
        if race is None:
            await self._router.reply(interaction, question, requester, private=private)
        elif private or guild is None or channel is None or not _may_post(interaction):
            await self._answer(interaction, question, requester, private=private)
        else:
            async with opening(channel, race.id):
                await self._board(interaction, question, requester, (guild, channel), (race, delay))

    async def _board(
        self,
        interaction: discord.Interaction[Any],
        question: Question,
        requester: Requester,
        place: tuple[int, int],
        seen: tuple[Race, int],
    ) -> None:
        """Opens the channel's board or, where it has one that is near, shows the same to who asks alone."""
        (guild, channel), (race, delay), now = place, seen, self._clock.now()
        await take_sent(self._store, now - SENT_WITHIN)
        before = await board_in(self._store, channel, race.id)
        if before is not None and before.frozen:
            before = None
        near = before is not None and before.opened <= now < before.opened + FAR_UP
        if near or await is_on_its_way(self._store, race.id, guild, channel):
            await self._answer(interaction, question, requester, private=True, beside=before.link if before else "")
            return
        view = await self._drawer.board(race.id, guild, delay)
        if view is None:
            await self._router.reply(interaction, question, requester)
            return
        message = await _send(interaction, view, private=False)
        if message is None:
            return
        # Of the answer it is changed by the bot itself, so that it outlives the interaction's quarter of an hour.
        board = Board(channel, race.id, guild, message, now, shown=now - timedelta(seconds=delay))
        await put_board(self._store, board)
        if before is not None:
            await self._leave_link(before, board.link)

    async def _answer(
        self,
        interaction: discord.Interaction[Any],
        question: Question,
        requester: Requester,
        *,
        private: bool,
        beside: str | None = None,
    ) -> None:
        """An answer that is kept current for a quarter of an hour."""
        answer = LiveAnswer(interaction, question, requester, self._clock.now(), beside)
        view = await self._made(question, requester)
        follows = self._answers.room
        if follows:
            view = kept_current(view, answer.until)
        if beside is not None:
            view = beside_board(view, beside)
        await _send(interaction, view, private=private)
        if follows:
            self._answers.follow(answer)

    async def _leave_link(self, before: Board, link: str) -> None:
        """Reduces what was the board to a line that leads to the new one."""
        try:
            await self._editor.rewrite_view(before.channel, before.message, moved_on(link))
        except (RefusedError, BusyError, UnsureError) as error:
            log.info("a board that goes on further down could not be reduced (%s)", error)

    async def _made(self, question: Question, requester: Requester) -> ui.LayoutView:
        view = await self._router.view(question, requester)
        assert isinstance(view, ui.LayoutView), "what is answered here is a message"
        return view


async def _send(interaction: discord.Interaction[Any], view: ui.LayoutView, *, private: bool) -> int | None:
    """Answers, and returns the id of the message as far as Discord tells."""
    # discord.py would keep it in memory for a quarter of an hour, though its buttons carry their whole question.
    view.stop()
    give_back()
    sent = await interaction.response.send_message(view=view, ephemeral=private)
    return sent.message_id


def _may_post(interaction: discord.Interaction[Any]) -> bool:
    """Whether the bot is a member of the server and may write where it was asked."""
    if interaction.guild_id is None or interaction.client.get_guild(interaction.guild_id) is None:
        return False
    granted = interaction.app_permissions
    in_thread = isinstance(interaction.channel, discord.Thread)
    writes = granted.send_messages_in_threads if in_thread else granted.send_messages
    return granted.view_channel and writes
