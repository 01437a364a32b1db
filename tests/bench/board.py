"""What the boards of a race cost: from a live document to what a board shows, and while a thousand follow a race.

Start it at the root of a clone: ``python -m tests.bench.board [--quick]``; ``docs/speed.md`` says what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

from discord import ui

from bot.boards.drawing import NO_MARK, BoardDrawer, body_of, view_of
from bot.boards.keeper import EDITS, BoardKeeper
from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.feeds.fetched import Fetched
from bot.feeds.reading import read_live_feed
from bot.interactions.live_answers import LiveAnswer
from bot.interactions.live_asked import live_facts
from bot.live.history import carry_on, must_not_be_older
from bot.live.translation import KnownDrivers, state_of
from bot.outbox.rate_limit import RateLimiter
from bot.questions.live import LiveQuestion
from bot.render.live_board import as_board
from bot.seasons.as_of import AsOf
from bot.seasons.live import LivePictures
from bot.services import Services
from db.connection import Store
from db.live.boards import Board, put_board
from db.live.models import HeldState, LiveState, events_of, stage_ends
from db.live.rows import save_state
from db.models import Race, Season
from db.snapshots import Snapshots
from tests.bench.live_documents import documents
from tests.bench.measures import load, machine, ninetieth, ratio, table
from tests.stores import copy_bundled

BEGAN = datetime(2025, 10, 17, 20, 20, tzinfo=UTC)
RACE = 22
PARTS = (
    "json.loads of a document",
    "read and checked",
    "made into a state",
    "who would be in and out",
    "drawn",
    "as a request",
)


@dataclass(frozen=True)
class Size:
    """How much is measured: documents one by one, boards, seconds of each phase, and seconds of the whole race."""

    documents: int
    boards: int
    seconds: float
    race: int


WHOLE = Size(documents=400, boards=1000, seconds=45.0, race=2 * 3600)
QUICK = Size(documents=10, boards=60, seconds=1.0, race=60)


@dataclass
class Discord:
    """Takes every change, at once or after a while; a body is written out as discord.py does."""

    seconds: float = 0.0
    edits: int = 0

    async def rewrite(self, channel: int, message: int, body: Mapping[str, Any]) -> None:
        del channel, message
        self.edits += 1
        json.dumps(body)
        await asyncio.sleep(self.seconds)

    async def rewrite_view(self, channel: int, message: int, view: ui.LayoutView) -> None:
        raise NotImplementedError

    async def rewrite_answer(self, answer: LiveAnswer, view: ui.LayoutView) -> None:
        raise NotImplementedError


class HandClock:
    """Stands where it is put."""

    speed = 0.0

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        """Seconds since the green flag."""
        return (self.moment - BEGAN).total_seconds()


class Chain:
    """The way from a document to what a board shows, each part with a stopwatch."""

    def __init__(self, season: Season, race: Race) -> None:
        self.season, self.race = season, race
        self.known, self.ends = KnownDrivers(season.drivers), stage_ends(race)
        self.pictures = LivePictures()
        self.held: LiveState | None = None
        self.times: dict[str, list[float]] = {part: [] for part in PARTS}

    def state(self, raw: bytes, came: datetime) -> LiveState:
        """The state that a document brings."""
        begun = process_time()
        assert self.race.nascar_id is not None
        feed = read_live_feed(Fetched("live_feed", raw, came), self.race.nascar_id)
        assert feed is not None
        self.times[PARTS[1]].append(process_time() - begun)
        begun = process_time()
        state = state_of(feed, self.race.id, self.known, came)
        must_not_be_older(self.held, state)
        self.held = carry_on(self.held, state)
        events_of(self.held, self.ends)
        self.times[PARTS[2]].append(process_time() - begun)
        return self.held

    def body(self, as_of: AsOf, state: LiveState) -> str:
        """The body of a board that shows it."""
        begun = process_time()
        known = {self.race.id: HeldState(state, state.came)}
        facts = live_facts(LiveQuestion(self.season.year, self.race.round), as_of, known, self.pictures)
        self.times[PARTS[3]].append(process_time() - begun)
        begun = process_time()
        view = as_board(view_of(facts, as_of.now), NO_MARK)
        self.times[PARTS[4]].append(process_time() - begun)
        begun = process_time()
        text = body_of(view)
        self.times[PARTS[5]].append(process_time() - begun)
        return text


async def chained(bot: TailgateBot, season: Season, race: Race, size: Size) -> str:
    """Documents one by one, against reading each as JSON."""
    chain = Chain(season, race)
    whole, lengths = [], []
    made = list(documents(season, race, BEGAN, 7200 / size.documents, size.documents))
    base = await bot.router.as_of()
    gc.collect()
    for came, raw in made:
        begun = process_time()
        json.loads(raw)
        chain.times[PARTS[0]].append(process_time() - begun)
        as_of = AsOf(came, base.seasons, base.finder, base.cache, base.version, base.whole)
        begun = process_time()
        chain.body(as_of, chain.state(raw, came))
        whole.append(process_time() - begun)
        lengths.append(len(raw))
    base_times = chain.times[PARTS[0]]
    heads = {part: f"… {part}" for part in PARTS} | {
        PARTS[0]: f"{PARTS[0]} ({statistics.median(lengths) / 1024:.0f} KiB)"
    }
    taken = {heads[part]: each for part, each in chain.times.items()} | {"from a document to a board": whole}
    rows = [
        (label, f"{statistics.median(each) * 1000:.2f}", ninetieth(each), str(ratio(each, base_times)))
        for label, each in taken.items()
    ]
    return table(("work", "median ms", "90 % ms", "× json.loads"), rows)


async def with_boards(store: Store, race: Race, many: int) -> None:
    """So many channels with a board."""
    async with store.write() as connection:
        await connection.execute("DELETE FROM live_boards")
    now = datetime.now(UTC)
    for channel in range(1, many + 1):
        await put_board(store, Board(channel, race.id, channel, 10**6 + channel, now - timedelta(minutes=1)))


def keeper_for(services: Services, bot: TailgateBot, discord: Discord, limiter: RateLimiter) -> BoardKeeper:
    drawer = BoardDrawer(services, bot.router.as_of)
    return BoardKeeper(
        services, drawer, discord, limiter, lambda: False, bot.live_answers, bot.router.view, bot.router.as_of
    )


@dataclass
class Felt:
    """What is felt while something goes on: how late the loop is, and how long what is due waits for its turn."""

    lags: list[float]
    waits: list[float]
    edits: int = 0

    def row(self, label: str, rest: Felt) -> Sequence[str]:
        late = statistics.quantiles(self.lags, n=100, method="inclusive")[98]
        base = statistics.quantiles(rest.lags, n=100, method="inclusive")[98]
        return (
            label,
            str(self.edits),
            f"{statistics.median(self.lags) * 1000:.2f}",
            f"{late * 1000:.2f}",
            f"{late / base:.2f}" if base else "",
            f"{max(self.lags) * 1000:.1f}",
            f"{max(self.waits) * 1000:.0f}",
        )


HEADS = ("meanwhile", "edits", "lag, median ms", "99 % ms", "× at rest", "at most ms", "a reminder waited ms at most")


async def felt(seconds: float, limiter: RateLimiter, works: Callable[[], Awaitable[None]] | None = None) -> Felt:
    """Samples the loop for some seconds while something is done over and over, once a second."""
    lags: list[float] = []
    waits: list[float] = []
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds

    async def sample() -> None:
        while (now := loop.time()) < until:
            await asyncio.sleep(0.005)
            lags.append(loop.time() - now - 0.005)

    async def remind() -> None:
        while (now := loop.time()) < until:
            await limiter.turn((BEGAN, 1))
            waits.append(loop.time() - now)
            await asyncio.sleep(0.1)

    async def work() -> None:
        while works is not None and (now := loop.time()) < until:
            await works()
            await asyncio.sleep(max(0.0, now + 1 - loop.time()))

    gc.collect()
    await asyncio.gather(sample(), remind(), work())
    return Felt(lags, waits)


async def beside(store: Store, season: Season, race: Race, size: Size) -> str:
    """How late everything else is while boards follow a race."""
    clock = TravelClock(BEGAN + timedelta(minutes=10), 1.0)
    services = Services(store, Snapshots(store), clock)
    bot = TailgateBot(services)
    limiter = RateLimiter()
    await felt(size.seconds / 4, limiter)
    rest = await felt(size.seconds, limiter)
    rows = [rest.row("at rest", rest)]
    for label, seconds in (("answered at once", 0.0), ("answered after 100 ms", 0.1)):
        await with_boards(store, race, size.boards)
        discord, chain = Discord(seconds), Chain(season, race)
        keeper = keeper_for(services, bot, discord, limiter)
        feed = documents(season, race, BEGAN, 5, 10**6)
        for _ in range(120):
            next(feed)
        fed = clock.now() - timedelta(days=1)

        async def follow(
            keeper: BoardKeeper = keeper,
            chain: Chain = chain,
            feed: Any = feed,
            last: list[datetime] = [fed],  # noqa: B006
        ) -> None:
            now = clock.now()
            if now >= last[0] + timedelta(seconds=5):
                last[0] = now
                state = chain.state(next(feed)[1], now)
                await save_state(store, state, now, events_of(state, chain.ends))
            await keeper.tick()

        during = await felt(size.seconds, limiter, follow)
        during.edits = discord.edits
        rows.append(during.row(f"{size.boards} boards, {label}", rest))
        await keeper.close()
    await limiter.close()
    return table(HEADS, rows)


async def whole_race(store: Store, season: Season, race: Race, size: Size) -> str:
    """The processor's time of a race: all documents, all states written, and all boards changed."""
    clock = HandClock(BEGAN)
    services = Services(store, Snapshots(store), clock)
    bot, discord, limiter = TailgateBot(services), Discord(), RateLimiter(1e6)
    await with_boards(store, race, size.boards)
    keeper = keeper_for(services, bot, discord, limiter)
    # Its seconds are those of the clock, which goes on as soon as everything is done.
    keeper.goes_by(clock.seconds)
    chain, feed = Chain(season, race), documents(season, race, BEGAN, 5, size.race // 5 + 1)
    made = list(feed)
    await bot.router.as_of()
    gc.collect()
    documents_used = edits_used = 0.0
    for second in range(size.race):
        # A little more than a second, so that the share of each is a whole one.
        clock.moment = BEGAN + timedelta(seconds=second * 1.011)
        if second % 5 == 0:
            begun = process_time()
            now, (_, raw) = clock.moment, made[second // 5]
            state = chain.state(raw, now)
            await save_state(store, state, now, events_of(state, chain.ends))
            documents_used += process_time() - begun
        begun = process_time()
        await keeper.tick()
        await keeper.settled()
        edits_used += process_time() - begun
    await keeper.close()
    await limiter.close()
    hours = size.race / 3600
    rows = [
        ("documents", str(len(made)), f"{documents_used:.1f}", f"{documents_used / size.race * 100:.2f}"),
        (
            f"edits of {size.boards} boards",
            str(discord.edits),
            f"{edits_used:.1f}",
            f"{edits_used / size.race * 100:.2f}",
        ),
    ]
    return f"A race of {hours:.2g} hours:\n\n{table(('work', 'number', 'processor s', '% of a core'), rows)}"


async def main(size: Size) -> None:
    before, folder = load(), Path(tempfile.mkdtemp(prefix="tailgate-bench-"))
    try:
        path = await copy_bundled(folder / "tailgate.db")
        async with await Store.open(path) as store:
            services = Services(store, Snapshots(store), HandClock(BEGAN))
            season = await services.seasons.season(2025)
            assert season is not None
            race = season.races[RACE]
            parts = [await chained(TailgateBot(services), season, race, size)]
            parts.append(await beside(store, season, race, size))
            parts.append(await whole_race(store, season, race, size))
    finally:
        shutil.rmtree(folder)
    sys.stdout.write(f"{size.boards} boards, {EDITS} edits a second; {machine(before)}\n\n" + "\n\n".join(parts) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.board", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds, to see that it runs")
    asyncio.run(main(QUICK if parser.parse_args().quick else WHOLE))
