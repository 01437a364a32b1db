"""The quote of the day: once a day in each channel that is set for it, and never twice."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import discord

from bot.outbox.discord_sender import FAILURES, classify
from bot.quotes.service import facts_of
from bot.render.quotes import of_the_day
from bot.seasons.as_of import AsOf
from bot.seasons.quote_reader import reader_in
from bot.services import Services
from db.models import EASTERN
from db.quotes import claim_day, day_quote, due_days, mark_day
from db.quotes.days import switch
from db.quotes.models import Quote

log = logging.getLogger(__name__)

HOUR = time(9)
"""Eastern; from then on until midnight the day's quote is due."""
AGAIN_AFTER = timedelta(days=30)
"""How long a server does not get a quote again, if there are others."""
AT_ONCE = 20
"""Channels that are served at the same time."""
PATIENCE = 20.0
"""Seconds that one channel may take."""
ROUND = 30.0
"""Seconds after which no more are begun; the others follow with the next run of the job."""

CLOSED = {
    10003: "the channel is gone",
    50001: "I can't see the channel anymore",
    50013: "I can't post in the channel anymore",
}
"""Discord's error codes for a channel that stays unusable until a moderator changes something. Any other failure may
pass, even a refusal without a code, which comes from something in front of Discord."""

CHANNEL, OFF, SINCE = "channel", "off", "since"
"""Keys of the setting: the channel's id, None while it is off; why the bot switched it off; and when."""


class QuotesOfTheDay:
    """Sends what is due.

    A day is claimed in the store before anything is sent, and marked after. What was claimed is never sent again: of a
    crash in between a server loses one quote and never gets two.

    Args:
        client: knows the servers, and sends.
        services: the store and the clock.
        as_of: returns what is known now.
        choose: draws the quotes.
    """

    def __init__(
        self,
        client: discord.Client,
        services: Services,
        as_of: Callable[[], Awaitable[AsOf]],
        choose: random.Random | None = None,
    ) -> None:
        self._client = client
        self._services = services
        self._as_of = as_of
        self._choose = choose or random.Random()

    async def send_due(self) -> None:
        """Sends today's quote to every server that waits for one; nothing before nine, Eastern."""
        now = self._services.clock.now().astimezone(EASTERN)
        if now.time() < HOUR or not self._client.is_ready():
            return
        due = await due_days(self._services.store, now.date())
        wanted = {guild: value for guild, value in due.items() if channel_of(value) is not None}
        if not wanted:
            return
        as_of = await self._as_of()
        gate = asyncio.Semaphore(AT_ONCE)
        loop = asyncio.get_running_loop()
        end = loop.time() + ROUND

        async def one(guild: int, value: Mapping[str, Any]) -> None:
            async with gate:
                if loop.time() < end:
                    await self._serve(guild, value, now.date(), as_of)

        # One that fails, or is slow, holds up nobody else.
        ended = await asyncio.gather(*(one(*each) for each in wanted.items()), return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                log.error("a quote of the day failed", exc_info=error)

    async def _serve(self, guild: int, value: Mapping[str, Any], day: date, as_of: AsOf) -> None:
        """Claims a server's day and sends its quote; does nothing while Discord does not say that it is there."""
        channel: int = value[CHANNEL]
        store = self._services.store
        home = self._client.get_guild(guild)
        if home is None or home.unavailable:
            return
        reader = reader_in(as_of, guild)
        quote = await day_quote(store, reader, as_of.season().year, self._choose, lately=AGAIN_AFTER)
        if quote is None or not await claim_day(store, guild, day, quote.id, channel, as_of.now):
            return
        sent = await self._send(guild, value, day, quote, as_of)
        await mark_day(store, guild, day, "sent" if sent else "failed", self._services.clock.now())

    async def _send(self, guild: int, value: Mapping[str, Any], day: date, quote: Quote, as_of: AsOf) -> bool:
        """Sends it; a channel that is gone or closed to us is switched off, and the moderators find out why.

        Whatever else fails, the next day tries again.
        """
        channel: int = value[CHANNEL]
        view = of_the_day(facts_of(as_of, quote), as_of.now)
        target = self._client.get_partial_messageable(channel, guild_id=guild)
        try:
            async with asyncio.timeout(PATIENCE):
                await target.send(view=view, nonce=nonce(guild, day), allowed_mentions=discord.AllowedMentions.none())
        except discord.HTTPException as error:
            log.warning("the quote of the day did not reach channel %d (%s)", channel, classify(error))
            if error.code in CLOSED:
                now = self._services.clock.now()
                # What a moderator has set in the meantime stays.
                await switch(self._services.store, guild, value, switched_off(CLOSED[error.code], now), now)
            return False
        except FAILURES as error:
            log.warning("the quote of the day was lost on the way to channel %d (%s)", channel, classify(error))
            return False
        return True


def nonce(guild: int, day: date) -> str:
    """By which Discord knows a server's quote of the day, in at most 25 characters."""
    return f"{guild:x}q{day:%y%m%d}"


def channel_of(value: Any) -> int | None:
    """The channel that a setting names; None where it is off."""
    channel = value.get(CHANNEL) if isinstance(value, Mapping) else None
    return channel if isinstance(channel, int) else None


def switched_off(reason: str, now: datetime) -> dict[str, Any]:
    """The setting of a server whose channel does not take quotes any more."""
    return {CHANNEL: None, OFF: reason, SINCE: int(now.timestamp())}


def next_time(now: datetime, *, sent_today: bool) -> datetime:
    """When the next one is due, Eastern: today's at nine, or with the next tick after; else tomorrow's."""
    local = now.astimezone(EASTERN)
    today = datetime.combine(local.date(), HOUR, EASTERN)
    if sent_today:
        return datetime.combine(local.date() + timedelta(days=1), HOUR, EASTERN)
    return max(today, local)
