"""Crash trials of reminders: the bot is killed while it sends, and what arrived is compared with what was due."""

from __future__ import annotations

import asyncio
import copy
import json
import random
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from db.reminders.models import RowState
from tests.wire.faults import Broken, Dropped, Fault, RateLimited, Refused, Slow, Storm
from tests.wire.process import READY, Program
from tests.wire.reminded import COVERAGE, MESS, NOON, TALLADEGAS, Scene, outbox, plan, remind_many
from tests.wire.rest import PREFIX, Request, Rest
from tests.wire.standin import TOKEN, StandIn
from tests.wire.world import World

CHANNELS = 200
LEAD = 180
"""Minutes before coverage; long enough that a reminder sent two hours late is still of use."""
DUE = COVERAGE - timedelta(minutes=LEAD)
STALLS = 2.0
"""Real seconds by which a busy machine may delay a request; a minute or two on clocks that run this fast.

The stand-in remembers a nonce for that much longer, or the trial would test the machine instead of the bot.
"""
DEADLINE = 90.0
"""Real seconds within which a run must have sent everything."""
LAST_RUNS = 4
"""How many runs without a kill there may be until every reminder is settled."""

TROUBLES: tuple[Callable[[], Fault], ...] = (
    lambda: RateLimited(after=0.05),
    lambda: RateLimited(after=0.2, everywhere=True),
    lambda: Broken(status=500),
    lambda: Broken(status=502, done=True),
    lambda: Refused(status=503),
    lambda: Broken(status=503, done=True),
    lambda: Slow(before=0.3),
    lambda: Slow(after=0.3),
    Dropped,
    lambda: Dropped(done=True),
    lambda: Dropped(done=True),
)


@dataclass(frozen=True)
class Kill:
    """How one run is ended.

    Args:
        when: starting, sending, marking or stopping.
        nth: the number of requests about channels after which sending, marking and stopping begin.
        delay: real seconds to wait after that.
        pause: how long the bot is down, by the bot's clock.
        quiet: whether requests under way are finished before the clock goes on.
    """

    when: str
    nth: int
    delay: float
    pause: timedelta
    quiet: bool


@dataclass(frozen=True)
class Script:
    """What happens in a trial. A seed always gives the same script, though not the same timing to the millisecond.

    Args:
        seed: of the random choices.
        speed: seconds of both clocks per second of the machine's.
        ahead: how long before the reminders are due the bot is first started.
        planned: whether an earlier run has planned them.
        chance: probability of a fault for each request about a channel.
        gateway: whether the gateway fails at random as well.
        chatter: how many messages people write in each channel.
        kills: one or two.
    """

    seed: int
    speed: float
    ahead: timedelta
    planned: bool
    chance: float
    gateway: bool
    chatter: int
    kills: tuple[Kill, ...]

    @classmethod
    def from_seed(cls, seed: int) -> Script:
        dice = random.Random(seed)
        # A bot started more than five minutes before they are due knows that no other run can have sent them; one that
        # is started later doubts it, and looks into the history.
        early, chance = dice.random() < 0.5, dice.choice([0.0, 0.05, 0.2])
        return cls(
            seed=seed,
            # With many faults, slow clocks would take too long to reach the next attempt.
            speed=50.0 if early else dice.choice([10.0, 25.0] if chance else [2.0, 5.0]),
            ahead=timedelta(seconds=dice.uniform(302, 320) if early else dice.uniform(2, 8)),
            planned=dice.random() < 0.7,
            chance=chance,
            gateway=dice.random() < 0.2,
            chatter=dice.choice([0, 0, 3]),
            kills=tuple(_kill(dice) for _ in range(dice.choice([1, 1, 2]))),
        )


def _kill(dice: random.Random) -> Kill:
    pause = dice.choice([(1, 20), (1, 20), (60, 240), (240, 1200), (3600, 3600)])
    when = dice.choice(["starting", "sending", "sending", "sending", "marking", "marking", "stopping"])
    delay = {"starting": 1.6, "sending": 0.02, "marking": 1.2, "stopping": 0.3}[when]
    return Kill(
        when=when,
        nth=dice.randint(1, CHANNELS) if dice.random() < 0.8 else CHANNELS,
        delay=dice.uniform(0, delay),
        pause=timedelta(seconds=dice.uniform(*pause)),
        quiet=pause[0] > 1 or dice.random() < 0.5,
    )


@dataclass
class Verdict:
    """The result of one trial, or of many.

    Attributes:
        due, seen: numbers of messages.
        lost, doubled: numbers of messages; both must be 0.
        wrong: everything else that is not as it should be.
        again: repeated requests that Discord recognized by their nonce.
        found: messages that the bot found in a channel's history.
        runs: how often the bot was started.
    """

    due: int = 0
    seen: int = 0
    lost: int = 0
    doubled: int = 0
    again: int = 0
    found: int = 0
    runs: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        for name in ("due", "seen", "lost", "doubled", "again", "found", "runs", "kills", "wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def sound(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)

    def __str__(self) -> str:
        kills = ", ".join(f"{count} {when}" for when, count in sorted(self.kills.items()))
        return (
            f"{self.due} due, {self.seen} seen, {self.lost} lost, {self.doubled} doubled; {self.runs} runs, killed "
            f"{kills}; {self.again} second attempts known by their nonce, {self.found} found in the history"
        )


class TrackingRest(Rest):
    """Notes for which channels the bot has learned from a response that its message exists.

    Attributes:
        left: channels for which it has not.
        none_left: set when there are none left.
        again: messages that were recognized by their nonce.
        found: histories that contained the message.
    """

    left: frozenset[int] = frozenset()
    again = 0
    found = 0

    def await_all(self, channels: Iterable[int]) -> None:
        self.left = frozenset(channels)
        self.none_left = asyncio.Event()
        if not self.left:
            self.none_left.set()

    async def handle(self, incoming: web.Request) -> web.StreamResponse:
        there = len(self.book.written)
        response = await super().handle(incoming)
        channel = channel_of(incoming.path.removeprefix(PREFIX))
        if channel is None or response.status != 200 or incoming.transport is None or incoming.transport.is_closing():
            return response
        assert isinstance(response, web.Response)
        assert isinstance(response.body, bytes)
        if incoming.method == "POST":
            self.again += json.loads(response.body)["id"] in {str(each.id) for each in self.book.written[:there]}
        elif b"custom_id" in response.body:
            self.found += 1
        else:
            return response
        self.left -= {channel}
        if not self.left:
            self.none_left.set()
        return response


class TrackingStandIn(StandIn):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.rest: TrackingRest = TrackingRest(world, TOKEN, self._where_the_gateway_is)


def channel_of(path: str) -> int | None:
    """The id of the channel whose messages a path is about."""
    parts = path.split("/")
    return int(parts[2]) if len(parts) == 4 and parts[1] == "channels" and parts[3] == "messages" else None


@dataclass(frozen=True)
class Template:
    """What every trial starts from: a world, one store with the reminders planned and one without."""

    world: World
    planned: Path
    unplanned: Path

    @classmethod
    async def made(cls, bundled: Path, folder: Path) -> Template:
        world = World(CHANNELS)
        unplanned = Path(shutil.copy(bundled, folder / "unplanned.db"))
        async with StandIn(world) as standin, Scene(standin, unplanned, folder) as scene:
            # The commands are registered here once, so that no trial has to.
            await scene.start(NOON, 0, ready=True)
            await scene.stop()
        await remind_many(unplanned, world.channels, leads=(LEAD,))
        planned = Path(shutil.copy(unplanned, folder / "planned.db"))
        await plan(planned)
        assert len(outbox(planned, TALLADEGAS)) == CHANNELS
        return cls(world, planned, unplanned)


class Trial:
    """One trial.

    Args:
        script: what happens.
        template: where it starts.
        folder: an empty one.
    """

    def __init__(self, script: Script, template: Template, folder: Path) -> None:
        self._script = script
        self._path = Path(shutil.copy(template.planned if script.planned else template.unplanned, folder / "t.db"))
        self._standin = TrackingStandIn(copy.deepcopy(template.world))
        self._folder = folder
        self._dice = random.Random(-script.seed)

    async def run(self) -> Verdict:
        script, standin = self._script, self._standin
        standin.clock.set(DUE - script.ahead)
        standin.rest.book.window += timedelta(seconds=STALLS * script.speed)
        for channel in standin.world.channels:
            for number in range(script.chatter):
                standin.say(channel, f"Who wins? {number}")
        standin.faults.append(Storm(seed=script.seed, chance=script.chance, path="/channels/.*", troubles=TROUBLES))
        async with standin, Scene(standin, self._path, self._folder) as scene:
            for kill in script.kills:
                await self._begin(scene)
                await self._until(kill, scene.runs.now)
                await scene.kill(settled=kill.quiet)
                standin.clock.advance(seconds=kill.pause.total_seconds())
            for _ in range(LAST_RUNS):
                await self._begin(scene)
                async with asyncio.timeout(DEADLINE):
                    await standin.rest.none_left.wait()
                # With nothing left to do the program may have only just begun, too early for an orderly stop.
                await scene.runs.now.says(READY, deadline=DEADLINE)
                await scene.stop()
                if not self._unsettled():
                    break
                standin.clock.advance(minutes=self._dice.choice([1, 10]))
            return self._judged(scene)

    def _unsettled(self) -> set[int]:
        """The channels whose reminder is neither sent nor given up yet, according to the store."""
        ended = {
            row.place for row in outbox(self._path, TALLADEGAS) if row.state not in (RowState.PENDING, RowState.CLAIMED)
        }
        return {g.channels[0].id for g in self._standin.world.guilds if f"g{g.id}" not in ended}

    async def _begin(self, scene: Scene) -> None:
        self._standin.rest.await_all(self._unsettled())
        self._before = len(self._standin.requests)
        await scene.start(speed=self._script.speed)

    async def _until(self, kill: Kill, program: Program) -> None:
        """Waits for the moment at which to kill the bot, or until nothing is left to do."""
        if kill.when != "starting":
            rest = self._standin.rest
            sent = asyncio.create_task(rest.requests.expect(_nth(kill.nth), after=self._before, deadline=DEADLINE))
            done = asyncio.create_task(rest.none_left.wait())
            await asyncio.wait({sent, done}, return_when=asyncio.FIRST_COMPLETED)
            for task in (sent, done):
                task.cancel()
            await asyncio.gather(sent, done, return_exceptions=True)
        if self._script.gateway:
            await self._standin.gateway.trouble(self._dice)
        if kill.when == "stopping":
            program.signal(signal.SIGTERM)
        # This sleep waits for nothing: the kill shall come at an arbitrary moment.
        await asyncio.sleep(kill.delay)

    def _judged(self, scene: Scene) -> Verdict:
        """Compares what the stand-in saw with what was due and with what the store says."""
        standin = self._standin
        rows = {row.place: row for row in outbox(self._path, TALLADEGAS)}
        seen = Counter(each.channel for each in standin.written)
        verdict = Verdict(
            due=len(standin.world.guilds),
            seen=len(standin.written),
            lost=sum(not seen[channel.id] for channel in standin.world.channels),
            doubled=sum(count - 1 for count in seen.values()),
            again=standin.rest.again,
            found=standin.rest.found,
            runs=len(scene.runs.programs),
            kills=Counter(kill.when for kill in self._script.kills),
            wrong=[*standin.problems],
        )
        for guild in standin.world.guilds:
            row, (channel,) = rows[f"g{guild.id}"], guild.channels
            there = scene.messages(channel)
            if row.state is not RowState.SENT or [row.message] != [each.id for each in there]:
                verdict.wrong.append(
                    f"{row.state} ({row.reason}) as {row.message}, there are {[each.id for each in there]}"
                )
            elif not any(row.mark in custom_id for custom_id in there[0].custom_ids):
                verdict.wrong.append(f"{there[0].id} is not of row {row.id}")
        for program in scene.runs.programs:
            verdict.wrong += [line for line in program.lines if any(sign in line for sign in MESS)]
        return verdict


def _nth(number: int) -> Callable[[Request], bool]:
    """Matches the nth request about a channel's messages."""
    left = number

    def fits(request: Request) -> bool:
        nonlocal left
        left -= channel_of(request.path) is not None
        return left <= 0

    return fits


async def trials(seeds: Iterable[int], template: Template, folder: Path, *, at_a_time: int = 8) -> dict[int, Verdict]:
    """Runs a trial for each seed, a few at a time; returns the verdicts by seed."""
    waiting, verdicts = iter(seeds), dict[int, Verdict]()

    async def lane() -> None:
        for seed in waiting:
            home = folder / str(seed)
            home.mkdir()
            try:
                verdicts[seed] = await Trial(Script.from_seed(seed), template, home).run()
            except Exception as error:  # noqa: BLE001 - whatever it was, the other trials go on
                verdicts[seed] = Verdict(wrong=[f"{type(error).__name__}: {error}"])
            shutil.rmtree(home)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_a_time):
            group.create_task(lane())
    return verdicts
