"""What plays: one task for each message that goes on by itself, with an end, and not too many of them."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

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

Show = Callable[[ReplayQuestion], Awaitable[bool]]
"""Shows a race as the question says; returns whether there is more to come."""


class Player:
    """Plays races in messages, each named by its id.

    Args:
        sleep: waits for some seconds.
        seconds: a clock of seconds.
        most: how many at once.
    """

    def __init__(
        self,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        seconds: Callable[[], float] = time.monotonic,
        most: int = MOST,
    ) -> None:
        self.sleep = sleep
        self._seconds = seconds
        self._most = most
        self._playing: dict[int, asyncio.Task[None]] = {}

    @property
    def playing(self) -> frozenset[int]:
        """The messages in which a race is played."""
        return frozenset(self._playing)

    def start(self, message: int, question: ReplayQuestion, show: Show) -> bool:
        """Plays on in a message, in place of what was played in it; False where too many are played already."""
        self.stop(message)
        if len(self._playing) >= self._most:
            return False
        # In a context of its own: it outlives the press that began it, and takes turns like any other answer.
        make: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]] = asyncio.get_running_loop().create_task
        task = contextvars.Context().run(make, self._play(question, show))
        self._playing[message] = task
        task.add_done_callback(lambda done: self._forget(message, done))
        return True

    def stop(self, message: int) -> None:
        """Ends what is played in a message; nothing happens where nothing is."""
        task = self._playing.pop(message, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Ends all; the messages stay as they are, and their buttons work."""
        tasks = list(self._playing.values())
        self._playing.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, message: int, task: asyncio.Task[None]) -> None:
        if self._playing.get(message) is task:
            del self._playing[message]

    async def _play(self, question: ReplayQuestion, show: Show) -> None:
        second, last = float(question.second), self._seconds()
        until = last + LONGEST
        try:
            while True:
                await self.sleep(EVERY)
                now = self._seconds()
                second, last = second + (now - last) * question.speed, now
                over = now >= until
                shown = replace(question, second=min(int(second), SECOND.high), playing=0 if over else 1)
                if not await show(shown) or over:
                    return
        except (discord.HTTPException, aiohttp.ClientError, OSError, FriendlyError, StoreError) as error:
            # The message is gone, or may be changed no longer: nobody is left to be told.
            log.debug("a replay ends: %s", error)
        except Exception:
            log.exception("a replay ends")
