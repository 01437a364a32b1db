"""Boards within their share: never more changes than allowed, flags first, whatever else is to be sent before them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.boards.drawing import NO_MARK, Picture
from bot.boards.flags import Shown
from bot.boards.keeper import EDITS, EVERY, BoardKeeper
from bot.boards.shown import FollowedBoard
from bot.discord_errors import Code
from bot.interactions.live_answers import LiveAnswer, LiveAnswers
from bot.outbox.contracts import BusyError, RefusedError, UnsureError
from bot.outbox.rate_limit import LAST, RateLimiter
from db.live.boards import Board
from tests.bot.outbox.warped import run
from tests.seasons import make_season

BEGAN = datetime(2025, 10, 17, 20, 20, tzinfo=UTC)
RACE = make_season(2025, [], upcoming=1).races[0]


class LoopClock:
    """Goes with the loop's time."""

    speed = 1.0

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=asyncio.get_running_loop().time())


@dataclass
class Flags:
    """Flags at moments of their own, in seconds since the start."""

    changes: list[int] = field(default_factory=list)

    async def look(self, races: Iterable[int]) -> None:
        del races

    def at(self, race: int, moment: datetime) -> Shown:
        del race
        seconds = (moment - BEGAN).total_seconds()
        many = sum(change <= seconds for change in self.changes)
        return many, "yellow" if many % 2 else "green"


@dataclass
class Drawer:
    """Draws the second of the race, so that every picture is another one, unless it is to stand still."""

    clock: LoopClock
    still: bool = False
    over_from: int = 10**6
    drawn: int = 0
    kept: dict[tuple[int, int], Picture] = field(default_factory=dict)

    async def picture(self, race: int, delay: int, flags: Shown = (0, "")) -> Picture:
        then = self.clock.now() - timedelta(seconds=delay)
        seconds = int((then - BEGAN).total_seconds())
        self.drawn += 1
        text = f'{{"at": {0 if self.still else seconds}, "mark": "{NO_MARK}"}}'
        self.kept[race, delay] = Picture(RACE, then, text, flags, seconds >= self.over_from)
        return self.kept[race, delay]

    def last(self, race: int, delay: int) -> Picture | None:
        return self.kept.get((race, delay))


@dataclass
class Discord:
    """Notes every change; each takes some time, and may fail."""

    seconds: float = 0.05
    fails: Callable[[int], Exception | None] = lambda _: None
    edits: list[tuple[float, int, Any]] = field(default_factory=list)

    async def rewrite(self, channel: int, message: int, body: Mapping[str, Any]) -> None:
        del message
        self.edits.append((asyncio.get_running_loop().time(), channel, body["at"]))
        await asyncio.sleep(self.seconds)
        if (error := self.fails(channel)) is not None:
            raise error

    async def rewrite_view(self, channel: int, message: int, view: ui.LayoutView) -> None:
        raise AssertionError(channel, message, view)

    async def rewrite_answer(self, answer: LiveAnswer, view: ui.LayoutView) -> None:
        raise AssertionError(answer, view)

    @property
    def by_channel(self) -> dict[int, list[float]]:
        found: dict[int, list[float]] = defaultdict(list)
        for moment, channel, _ in self.edits:
            found[channel].append(moment)
        return found

    @property
    def most_in_a_second(self) -> int:
        moments = [moment for moment, _, _ in self.edits]
        return max((sum(start <= each < start + 1 for each in moments) for start in moments), default=0)


class World(BoardKeeper):
    """A keeper of boards that are in no store."""

    def __init__(self, delays: Iterable[int], *, limiter: RateLimiter | None = None) -> None:
        self.clock, self.flags, self.discord = LoopClock(), Flags(), Discord()
        self.drawer = Drawer(self.clock)
        self.limiter = limiter or RateLimiter()
        self.rows = False
        self.written: list[Board] = []
        services: Any = type("Services", (), {"store": None, "clock": self.clock})()
        drawer: Any = self.drawer
        nobody: Any = None
        super().__init__(services, drawer, self.discord, self.limiter, lambda: self.rows, LiveAnswers(), nobody, nobody)
        flags: Any = self.flags
        self._flags = flags
        for channel, delay in enumerate(delays, 1):
            board = Board(
                channel, 1, channel, 1000 + channel, BEGAN, BEGAN - timedelta(seconds=delay), BEGAN, delay=delay
            )
            made = FollowedBoard(board, drawer, flags, self.discord, self.written.append)
            self._followed[made.name] = made

    async def _look(self, now: datetime) -> None:
        """There are always the same ones."""

    async def runs(self, seconds: int) -> None:
        """So many seconds go by."""
        for _ in range(seconds):
            await self.tick()
            await asyncio.sleep(1)


@given(
    boards=st.integers(1, 450),
    delays=st.lists(st.sampled_from((0, 0, 7, 45)), min_size=1, max_size=4),
    changes=st.lists(st.integers(1, 70), max_size=4, unique=True),
    slow=st.sampled_from((0.01, 0.3, 4.0)),
)
def test_never_more_than_the_share_however_many_boards_and_flags_there_are(
    boards: int, delays: list[int], changes: list[int], slow: float
) -> None:
    async def live() -> None:
        world = World(delays[number % len(delays)] for number in range(boards))
        world.flags.changes, world.discord.seconds = sorted(changes), slow
        await world.runs(75)
        await world.settled()
        assert world.discord.most_in_a_second <= EDITS
        assert len(world.discord.by_channel) == boards
        for moments in world.discord.by_channel.values():
            gaps = [later - before for before, later in pairwise(moments)]
            # Sooner only where another flag was shown.
            assert sum(gap < EVERY.total_seconds() - 1 for gap in gaps) <= len(changes)
        await world.close()

    run(live())


def test_the_more_boards_there_are_the_longer_each_waits() -> None:
    async def live() -> None:
        world = World([0] * 800)
        await world.runs(125)
        await world.settled()
        gaps = [moments[1] - moments[0] for moments in world.discord.by_channel.values() if len(moments) > 1]
        assert min(gaps) >= 800 / EDITS - 1
        assert max(gaps) <= 800 / EDITS + 8
        assert {len(moments) for moments in world.discord.by_channel.values()} <= {2, 3}

    run(live())


def test_another_flag_goes_first() -> None:
    async def live() -> None:
        # Two in three see it hours later, and their turn is near; the flag is none of theirs.
        world = World([0 if number % 3 == 0 else 3 * 3600 for number in range(600)])
        world.flags.changes = [40]
        await world.runs(52)
        await world.settled()
        of_the_flag = [channel for moment, channel, _ in world.discord.edits if 40 <= moment < 50]
        assert len(of_the_flag) >= 190
        assert {(channel - 1) % 3 for channel in of_the_flag} == {0}

    run(live())


def test_nothing_is_changed_that_would_look_the_same() -> None:
    async def live() -> None:
        world = World([0] * 30)
        world.drawer.still = True
        await world.runs(120)
        await world.settled()
        assert {len(moments) for moments in world.discord.by_channel.values()} == {1}

    run(live())


def test_it_is_drawn_once_for_all_that_see_the_same() -> None:
    async def live() -> None:
        world = World([0] * 300)
        await world.runs(60)
        await world.settled()
        bodies = {at for _, _, at in world.discord.edits}
        assert len(world.discord.edits) > 600
        assert len(bodies) <= 60

    run(live())


def test_what_is_to_be_sent_goes_before_them() -> None:
    async def live() -> None:
        world = World([0] * 300)
        world.rows = True
        await world.runs(30)
        assert world.discord.edits == []
        world.rows = False
        await world.runs(2)
        assert world.discord.edits != []

    run(live())


def test_what_comes_while_boards_are_changed_waits_for_one_of_them_at_most() -> None:
    async def live() -> None:
        world, waits = World([0] * 300), []
        boards = asyncio.create_task(world.runs(40))
        loop = asyncio.get_running_loop()
        for number in range(300):
            begun = loop.time()
            await world.limiter.turn((BEGAN, number))
            waits.append(loop.time() - begun)
            await asyncio.sleep(0.11)
        assert len(world.discord.edits) > 200
        assert max(waits) <= 2 / 48 + 1e-6
        await boards

    run(live())


def test_what_can_wait_does_not_crowd_the_others() -> None:
    async def live() -> None:
        limiter = RateLimiter()
        waiting = [asyncio.create_task(limiter.turn((LAST, number))) for number in range(5)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not limiter.crowded
        await asyncio.gather(*waiting)

    run(live())


@pytest.mark.parametrize(
    "error",
    [
        RefusedError("gone", missing=True),
        RefusedError("no access", barred=True),
        RefusedError("no", gone=True),
        RefusedError("put away", code=Code.THREAD_ARCHIVED),
    ],
    ids=["deleted", "barred", "channel gone", "archived"],
)
def test_one_that_is_gone_is_forgotten_quietly(error: RefusedError, caplog: pytest.LogCaptureFixture) -> None:
    async def live() -> None:
        world = World([0, 0])
        world.discord.fails = lambda channel: error if channel == 1 else None
        await world.runs(60)
        await world.settled()
        assert len(world.discord.by_channel[1]) == 1
        assert len(world.discord.by_channel[2]) >= 3
        assert [board.channel for board in world.written if board.frozen] == [1]

    run(live())
    assert caplog.records == []


@pytest.mark.parametrize(
    ("error", "after"),
    [(BusyError("slow down", 20), 20), (UnsureError("no answer"), 15), (RefusedError("bad form"), 600)],
    ids=["429", "5xx", "refused"],
)
def test_one_that_fails_is_tried_again_later(error: Exception, after: int) -> None:
    async def live() -> None:
        world = World([0])
        world.discord.fails = lambda _: error if len(world.discord.edits) == 1 else None
        await world.runs(after + 40)
        await world.settled()
        first, second, *_ = world.discord.by_channel[1]
        assert second - first >= after

    run(live())


def test_where_nothing_gets_through_nothing_is_tried() -> None:
    async def live() -> None:
        world = World([0] * 10)
        world.discord.fails = lambda _: BusyError("unreachable", 60, everywhere=True)
        await world.runs(60)
        await world.settled()
        assert len(world.discord.edits) <= 10

    run(live())


def test_it_is_frozen_with_its_last_picture_and_changed_no_more() -> None:
    async def live() -> None:
        world = World([0, 30])
        world.drawer.over_from = 60
        await world.runs(160)
        await world.settled()
        last = {board.channel: board for board in world.written if board.frozen}
        assert set(last) == {1, 2}
        for board in last.values():
            # To the second: nobody sees the end before their delay has passed.
            assert board.edited is not None
            assert board.edited >= BEGAN + timedelta(seconds=60 + board.delay)
        seen = {channel: max(at for _, other, at in world.discord.edits if other == channel) for channel in (1, 2)}
        assert all(at < 60 + 31 for at in seen.values())
        assert not world._followed

    run(live())


def test_a_clock_that_is_set_back_makes_nobody_wait() -> None:
    async def live() -> None:
        world = World([0])
        board = next(iter(world._followed.values()))
        board.looked = BEGAN + timedelta(days=1)
        await world.runs(3)
        await world.settled()
        assert len(world.discord.edits) == 1

    run(live())


def test_a_discord_that_stalls_takes_a_bounded_number_of_them() -> None:
    async def live() -> None:
        world = World([0] * 900)
        world.discord.seconds = 10_000
        await world.runs(60)
        assert len(world.discord.edits) <= 200
        await world.close()

    run(live())
