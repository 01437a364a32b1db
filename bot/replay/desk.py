"""/replay from a question to a message, and what happens to the message afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import discord
from discord import ui

from bot.questions.replay import ReplayQuestion
from bot.render.replay import replay
from bot.replay.played import PlayedRaces
from bot.replay.player import Player
from bot.requester import Requester
from bot.seasons.as_of import AsOf
from db.connection import Store


class ReplayDesk:
    """Answers with a race at a moment of it, and goes on with it while it is played.

    Args:
        store: an open store.
        as_of: what is known now.
        turn: of which an answer takes one while reminders go out, and so does each change of a message.
    """

    def __init__(
        self,
        store: Store,
        as_of: Callable[[], Awaitable[AsOf]],
        turn: Callable[[], AbstractAsyncContextManager[Any]],
    ) -> None:
        self.races, self.player = PlayedRaces(store), Player()
        self._as_of = as_of
        self._turn = turn

    async def answer(self, question: ReplayQuestion, requester: Requester) -> ui.LayoutView:
        """The race at the question's second. Raises what ``PlayedRaces.of`` raises."""
        played = await self.races.of(question, requester)
        exact = replace(question, year=played.race.season, round=played.race.round)
        return replay(played.facts(question.second), exact)

    async def go_on(
        self,
        interaction: discord.Interaction[Any],
        question: ReplayQuestion,
        requester: Requester,
        message: int | None,
    ) -> None:
        """Plays on in the message that answered, if that is asked for; until it is pressed, ends, or is too old."""
        if not question.playing or message is None:
            return
        recorded = (await self.races.of(question, requester)).recorded
        shown = recorded.lap_after(question.second)
        if shown == recorded.laps:
            return

        async def show(at: ReplayQuestion) -> bool:
            nonlocal shown
            async with self._turn():
                played = await self.races.of(at, replace(requester, as_of=await self._as_of()))
                lap = played.recorded.lap_after(at.second)
                if lap == shown and at.playing:
                    return lap < played.recorded.laps
                view = replay(played.facts(at.second), _exact(at, played.race.season, played.race.round))
            shown = lap
            await _change(interaction, view)
            return lap < played.recorded.laps

        if not self.player.start(message, question, show):
            played = await self.races.of(question, requester)
            paused = replace(_exact(question, played.race.season, played.race.round), playing=0)
            await _change(interaction, replay(played.facts(question.second), paused, too_many=True))

    def pressed(self, interaction: discord.Interaction[Any]) -> None:
        """Ends what is played in a message in which something is pressed: the answer to that is what comes next."""
        if interaction.type is discord.InteractionType.component and interaction.message is not None:
            self.player.stop(interaction.message.id)


def _exact(question: ReplayQuestion, year: int, number: int) -> ReplayQuestion:
    return replace(question, year=year, round=number)


async def _change(interaction: discord.Interaction[Any], view: ui.LayoutView) -> None:
    # discord.py would keep the view in memory to hear its buttons, which the router does.
    view.stop()
    await interaction.edit_original_response(view=view)
