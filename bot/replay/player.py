"""What plays: the messages in which a race goes on by itself, each with an end, and not too many of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import aiohttp
import discord

from bot.errors import FriendlyError
from bot.questions.replay import SECOND, ReplayQuestion
from db.errors import StoreError

log = logging.getLogger(__name__)

EVERY = 4.0
"""Seconds between two changes of a message."""
LONGEST = 14 * 60.0
"""Discord takes changes of an answer for fifteen minutes; a minute before that the race is paused."""
MOST = 20
"""How many races are played at once: each makes a message every few seconds."""
PATIENCE = 10.0
"""Seconds that a change of a message may take; whoever plays it waits for that long no more than once."""

Show = Callable[[ReplayQuestion], Awaitable[bool]]
"""Shows a race as the question says; returns whether there is more to come."""


@dataclass(slots=True, eq=False)
class _Play:
    """A race that is played: what it began from, the second it is at and since when, and when it is shown again."""

    question: ReplayQuestion
    show: Show
    second: float
    at: float
    next_at: float
    until: float
    step: asyncio.Task[None] | None = None


class Player:
    """Plays races in messages, each named by its id; ``tick`` is called every second and mostly finds nothing due.

    Args:
        seconds: a clock of seconds.
        most: how many at once.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic, most: int = MOST) -> None:
        self.seconds = seconds
        self._most = most
        self._plays: dict[int, _Play] = {}

    @property
    def playing(self) -> frozenset[int]:
        """The messages in which a race is played."""
        return frozenset(self._plays)

    def start(self, message: int, question: ReplayQuestion, show: Show) -> bool:
        """Plays on in a message, in place of what was played in it; False where too many are played already."""
        self.stop(message)
        if len(self._plays) >= self._most:
            return False
        now = self.seconds()
        self._plays[message] = _Play(question, show, float(question.second), now, now + EVERY, now + LONGEST)
        return True

    def stop(self, message: int) -> None:
        """Ends what is played in a message, a change of it that is under way as well; nothing where nothing is."""
        play = self._plays.pop(message, None)
        if play is not None and play.step is not None:
            play.step.cancel()

    async def tick(self) -> None:
        """Shows what is due."""
        now = self.seconds()
        steps = []
        for message, play in list(self._plays.items()):
            if now >= play.next_at:
                play.step = asyncio.create_task(self._step(message, play, now))
                steps.append(play.step)
        if steps:
            # One that was pressed meanwhile is canceled, which is no end of the others.
            await asyncio.wait(steps)

    async def _step(self, message: int, play: _Play, now: float) -> None:
        play.second += (now - play.at) * play.question.speed
        play.at, play.next_at = now, now + EVERY
        over = now >= play.until
        shown = replace(play.question, second=min(int(play.second), SECOND.high), playing=0 if over else 1)
        goes_on = await _shown(play.show, shown) and not over
        # A press in the meantime may have begun another one.
        if not goes_on and self._plays.get(message) is play:
            del self._plays[message]


async def _shown(show: Show, question: ReplayQuestion) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            return await show(question)
    except (discord.HTTPException, aiohttp.ClientError, OSError, FriendlyError, StoreError) as error:
        # The message is gone, or may be changed no longer: nobody is left to be told.
        log.debug("a replay ends: %s", error)
    except Exception:
        log.exception("a replay ends")
    return False
