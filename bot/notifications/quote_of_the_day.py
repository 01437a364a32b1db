"""The quote of the day: when it is due, and how it is drawn and written."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from bot.outbox.contracts import BusyError, Post
from bot.quotes.service import facts_of
from bot.render.on_this_day import OnThisDayFacts, PastDay, past_day
from bot.render.quotes import of_the_day
from bot.seasons.as_of import AsOf
from bot.seasons.careers import wins_of
from bot.seasons.later import seen_later
from bot.seasons.quote_reader import reader_in
from db.connection import Store
from db.models import EASTERN, Season
from db.quotes import Reader, quote
from db.quotes.draws import Pool, draw, draws_since, load_pool, save_draw
from db.quotes.models import Quote
from db.reminders.models import NotificationKind, OutboxRow, PlannedNotification, Target, quote_session
from db.reminders.plans import Connection
from db.reminders.race_day import LONGEST_DELAY
from db.reminders.targets import delay_of

AGAIN_AFTER = timedelta(days=30)
"""How long a server does not get a quote again, if there are others."""
POOL_KEPT = timedelta(minutes=10)
"""How long the quotes for everybody are kept in memory; one that is added since is drawn only after that."""
NO_QUOTE_SECONDS = 15 * 60.0
"""When to look again whether there is a quote to send."""
DRAWS = 5
"""How many times one is drawn that was deleted since the pool was loaded."""
_Basis: TypeAlias = tuple[date, tuple[tuple[int, int], ...], int]
"""What decides which quotes may be drawn: the day, the races that are not over, and the season."""


def due_at(day: date, hour: int) -> datetime:
    """When the quote of a day is due, for a server that chose an hour (Eastern), in UTC.

    Each hour of each day is one moment, in the nights of the clock changes as well: of an hour that comes twice it is
    the first, and an hour that the clock skips is the one after it.
    """
    return datetime.combine(day, time(hour), EASTERN).astimezone(UTC)


def day_of(row: OutboxRow) -> date:
    """The day, Eastern, that a row's quote is for."""
    return date(row.notification.season, 1, 1) + timedelta(days=row.notification.round - 1)


async def plan_quotes(connection: Connection, seasons: Sequence[Season], now: datetime) -> list[PlannedNotification]:
    """The quotes of today and tomorrow, for every hour that can be chosen; an ``outbox.contracts.Planner``."""
    del connection, seasons
    return list(quotes_of_days(now))


def quotes_of_days(now: datetime) -> Iterator[PlannedNotification]:
    """The quotes of today and tomorrow; pure.

    They are also for servers that set the quote of the day up only after their hour: those get today's at once. The day
    identifies a quote, not its hour, so that a server that changes the hour does not get a second one.
    """
    today = now.astimezone(EASTERN).date()
    for day in (today, today + timedelta(days=1)):
        number = (day - date(day.year, 1, 1)).days + 1
        event_at, until = due_at(day, 12), due_at(day + timedelta(days=1), 0)
        for hour in range(24):
            yield PlannedNotification(
                NotificationKind.QUOTE,
                day.year,
                number,
                quote_session(hour),
                0,
                event_at,
                due_at(day, hour),
                until,
                newcomers=True,
            )


class QuoteOfTheDayWriter:
    """Draws and writes quotes of the day.

    With ten thousand servers, drawing from the store for each of them took 43 s during which commands waited. Nearly
    all servers draw from the same quotes, so those are kept in memory; what is read for a server is what is its own.

    Args:
        as_of: returns what is known now.
        store: holds the quotes, and which were drawn before.
        choose: draws.
    """

    def __init__(self, as_of: Callable[[], Awaitable[AsOf]], store: Store, choose: random.Random | None = None) -> None:
        self._as_of = as_of
        self._store = store
        self._choose = choose or random.Random()
        # By what may be drawn: servers that see races later draw from fewer.
        self._common: dict[_Basis, tuple[Pool, datetime]] = {}
        # Several quotes are drawn at the same time: the first one loads, and the others wait for it.
        self._loading = asyncio.Lock()

    async def write(self, row: OutboxRow, target: Target) -> Post | None:
        """The quote of a server's day.

        Written again, such as after a crash, it is the same quote: Discord may have the first message already.

        Raises:
            BusyError: there is no quote yet that the server may see.
        """
        if target.guild is None:
            return None
        as_of = await self._told_to(target.guild)
        found = await self._quote(as_of, reader_in(as_of, target.guild), target.guild, day_of(row))
        if found is None:
            raise BusyError("there is no quote to post yet", NO_QUOTE_SECONDS)
        past = await self._past(as_of, day_of(row)) if target.extras.on_this_day else None
        return Post(of_the_day(facts_of(as_of, found), as_of.now, row.mark, past))

    async def _told_to(self, guild: int) -> AsOf:
        """What is told by now in a server. On most days nothing is held back from anybody, and none need be asked."""
        as_of = await self._as_of()
        if not seen_later(as_of, LONGEST_DELAY).held_back:
            return as_of
        return seen_later(as_of, await delay_of(self._store, guild=guild))

    async def _past(self, as_of: AsOf, day: date) -> PastDay | None:
        """What happened in the series on the day in earlier years; None if nothing did."""
        wins = await wins_of(self._store, as_of)
        return past_day(OnThisDayFacts(day.month, day.day, wins, as_of.season()), day.year)

    async def _quote(self, as_of: AsOf, reader: Reader, guild: int, day: date) -> Quote | None:
        earlier = await draws_since(self._store, guild, day - AGAIN_AFTER)
        if day in earlier and (found := await quote(self._store, reader, earlier[day])) is not None:
            return found
        season = as_of.season().year
        own = await load_pool(self._store, reader, season, own=True)
        for _ in range(DRAWS):
            drawn = draw((await self._common_pool(as_of, season), own), frozenset(earlier.values()), self._choose)
            if drawn is None:
                return None
            if (found := await quote(self._store, reader, drawn)) is not None:
                await save_draw(self._store, guild, day, drawn)
                return found
            # It was deleted since the pool was loaded.
            self._common.clear()
        return None

    async def _common_pool(self, as_of: AsOf, season: int) -> Pool:
        """The quotes for everybody, as of now."""
        reader = reader_in(as_of, None)
        basis = reader.today, reader.ahead, season
        async with self._loading:
            return await self._loaded_pool(as_of, reader, season, basis)

    async def _loaded_pool(self, as_of: AsOf, reader: Reader, season: int, basis: _Basis) -> Pool:
        kept = self._common.get(basis)
        if kept is not None and kept[1] - POOL_KEPT <= as_of.now < kept[1]:
            return kept[0]
        pool = await load_pool(self._store, reader, season, own=False)
        current = {each: held for each, held in self._common.items() if as_of.now < held[1] <= as_of.now + POOL_KEPT}
        self._common = {**current, basis: (pool, as_of.now + POOL_KEPT)}
        return pool
