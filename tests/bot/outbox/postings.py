"""What the tests of posts stand on: a worker with our own composers, and a Discord that shows its messages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from discord import ui

from bot.interactions.router import Router
from bot.notifications.results import ResultsWriter
from bot.notifications.results_planner import plan_results
from bot.notifications.schedule_planner import plan_schedule
from bot.outbox.contracts import InDoubt, Post, UnsureError
from bot.outbox.discord_sender import custom_ids
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.services import Services
from db.connection import Store
from db.models import Season
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import recent, upcoming
from tests.bot.outbox.standing import FakeDiscord, HandClock, Seasons, Sent, step
from tests.bot.render.reading import components_of, text
from tests.seasons import Row as Line
from tests.seasons import make_season

CHANNEL, ELSEWHERE = 900, 901
START = datetime(2025, 3, 1, 0, 30, tzinfo=UTC)
"""Of the third race, a Friday evening's."""
HELD = START + timedelta(hours=2, minutes=20)
"""When its results came."""
NEXT = timedelta(weeks=1)
"""From one race to the next."""
ORDERS = (
    [Line("Corey Heim"), Line("Ty Majeski"), Line("Layne Riggs")],
    [Line("Ty Majeski"), Line("Corey Heim"), Line("Layne Riggs")],
    [Line("Layne Riggs", make="Ford"), Line("Corey Heim"), Line("Ty Majeski")],
    [Line("Rajah Caruth"), Line("Corey Heim"), Line("Ty Majeski")],
)
WINNER = "Layne Riggs"


def after(run: int, *, again: datetime | None = None, **facts: Any) -> Season:
    """A season of six races of which so many have results, held twenty minutes early each time.

    Those of the last one were taken in ``again`` then, if they were.
    """
    held = {number: {"results_at": HELD + (number - 3) * NEXT} for number in range(1, run + 1)}
    if again is not None:
        held[run] = {"results_at": again}
    return make_season(2025, ORDERS[:run], upcoming=6 - run, races=held, **facts)


@dataclass
class Board(FakeDiscord):
    """The Discord in memory, with what is to be read in its messages; its answers come when ``answers`` is set."""

    views: dict[int, ui.LayoutView] = field(default_factory=dict)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    _held_up: list[Callable[[], None]] | None = None

    def __post_init__(self) -> None:
        self.answers.set()

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        before = len(self.messages)
        try:
            return await super().send(channel, post, nonce)
        finally:
            for message in self.messages[before:]:
                self._show(message, post)
            await self.answers.wait()

    async def edit(self, channel: int, message: int, post: Post) -> None:
        if self._held_up is not None:
            found = next(each for each in self.messages if each.id == message)
            self._held_up.append(lambda: self._show(found, post))
            self._held_up = None
            raise UnsureError("no answer")
        edits = {each.id: each.edits for each in self.messages}
        try:
            await super().edit(channel, message, post)
        finally:
            for each in self.messages:
                if each.edits > edits[each.id]:
                    self._show(each, post)

    def hold_up_edit(self, held_up: list[Callable[[], None]]) -> None:
        """The next change gets no answer, and arrives only when what is put into ``held_up`` is called."""
        self._held_up = held_up

    def _show(self, message: Sent, post: Post) -> None:
        message.custom_ids = tuple(custom_ids(components_of(post.view)))
        self.views[message.id] = post.view

    def texts(self, channel: int = CHANNEL) -> list[str]:
        """What can be read in a channel, message by message."""
        return [text(self.views[m.id]) for m in self.messages if m.channel == channel and not m.deleted]


class Scene:
    """A worker on a store, and the world around it.

    Args:
        store: an open store.
        now: what time it is.
    """

    def __init__(self, store: Store, now: datetime) -> None:
        self.store = store
        self.clock = HandClock(now)
        self.seasons = Seasons()
        self.discord = Board(self.clock)
        self.worker = self.start()

    def start(self, in_doubt: InDoubt = InDoubt.AGAIN) -> Worker:
        """A run of the program, the first or another; one that was on is forgotten as if it had been killed."""
        services: Any = Services(self.store, self.seasons, self.clock)  # type: ignore[arg-type]
        self.worker = Worker(services, self.discord, RateLimiter(1e6), in_doubt)
        results_writer = ResultsWriter(self.store, Router(services).as_of)
        self.worker.compose(NotificationKind.RESULTS, results_writer.results)
        self.worker.compose(NotificationKind.RECAP, results_writer.recap)
        self.worker.compose(NotificationKind.STANDINGS, results_writer.standings)
        self.worker.plan(plan_schedule)
        self.worker.plan(plan_results)
        return self.worker

    def hold(self, *seasons: Season) -> None:
        """From now on these are the seasons."""
        self.seasons.version += 1
        self.seasons.seasons = seasons

    async def wants(self, *, guild: int = 1, channel: int = CHANNEL, **extras: Any) -> Target:
        """A server that wants no reminders of anything, but these extras."""
        wanted = Target(guild=guild, channel=channel, leads=(), extras=Extras(changes=False, **extras))
        return await targets.save(self.store, wanted, self.clock.now())

    async def go(self, ticks: int = 3, **amount: float) -> None:
        """Lets time pass, and the worker work."""
        self.clock.advance(**amount)
        for _ in range(ticks):
            await step(self.worker)
            self.clock.advance(seconds=10)

    async def rows(self, target: Target, state: RowState | None = None) -> list[OutboxRow]:
        """All rows of a target, or those of a state, oldest first."""
        every = [*await recent(self.store, target.id, 99), *await upcoming(self.store, target.id, 99)]
        return sorted((row for row in every if state in {None, row.state}), key=lambda row: row.id)
