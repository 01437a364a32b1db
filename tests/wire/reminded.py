"""A bot as a process on a store with reminders set, and a stand-in Discord whose clock runs with the bot's."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from db.connection import Store
from db.documents.importer import import_documents
from db.documents.reader import read_bytes
from db.models import EASTERN
from db.reminders import targets
from db.reminders.models import OutboxRow, RowState, Target
from db.reminders.outbox import as_row
from tests.wire.log import DEADLINE
from tests.wire.messages import Written
from tests.wire.process import READY, Program, Runs
from tests.wire.rest import Request
from tests.wire.standin import StandIn
from tests.wire.world import Channel

NOON = datetime(2025, 10, 17, 16, tzinfo=UTC)
"""Noon Eastern on the day of the race at Talladega; coverage starts at four."""
COVERAGE = datetime(2025, 10, 17, 20, tzinfo=UTC)
SEASON, TALLADEGA = 2025, 23
LEFT_ALONE = timedelta(minutes=10)
"""What is tried again that much later is left alone meanwhile."""
TALLADEGAS = f"season = {SEASON} AND round = {TALLADEGA} AND kind = 'reminder'"
"""Selects the outbox rows of its reminders."""
BEGUN = "The store is "
"""Printed just before the bot's clock starts."""
GLANCE = 0.02
"""Seconds between two looks at the store."""
SETTLED = frozenset(RowState) - {RowState.PENDING, RowState.CLAIMED}

LIKE_THE_FIRST = """
INSERT INTO reminder_targets (guild_id, channel_id, role_id, leads, sessions, extras, is_on, since)
SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), role_id, leads, sessions, extras, is_on, since
  FROM reminder_targets t, json_each(?) WHERE t.id = ?
"""
WISHES_LIKE_THE_FIRST = """
INSERT INTO reminder_wishes (target_id, kind, session, lead, delay, since)
SELECT t.id, w.kind, w.session, w.lead, w.delay, w.since FROM reminder_wishes w, reminder_targets t
 WHERE w.target_id = :first AND t.id > :first
"""


async def remind(path: Path, *channels: Channel, at: datetime = NOON, **settings: Any) -> None:
    """Switches on reminders for these channels, in a store that nothing else has open.

    Args:
        path: the store.
        channels: one per server, or direct messages.
        at: when they are switched on.
        settings: fields of the targets, such as ``leads``.
    """
    async with await Store.open(path) as store:
        for channel in channels:
            if channel.guild:
                target = Target(guild=channel.guild.id, channel=channel.id, **settings)
            else:
                target = Target(user=_person(channel), **settings)
            await targets.save(store, target, at)


async def remind_many(path: Path, channels: Iterable[Channel], *, at: datetime = NOON, **settings: Any) -> None:
    """Like ``remind``, with one transaction for all but the first channel; the store must have no targets yet."""
    first, *rest = channels
    await remind(path, first, at=at, **settings)
    places = [(each.guild.id, each.id) for each in rest if each.guild is not None]
    async with await Store.open(path) as store, store.write() as connection:
        (number,) = await connection.execute_fetchall("SELECT min(id) FROM reminder_targets")
        await connection.execute(LIKE_THE_FIRST, (json.dumps(places), number[0]))
        await connection.execute(WISHES_LIKE_THE_FIRST, {"first": number[0]})


async def target_of(path: Path, channel: Channel) -> Target | None:
    """The stored target of a channel's server, or of the person whose direct messages these are."""
    async with await Store.open(path, readonly=True) as store:
        if channel.guild is not None:
            return await targets.target_of(store, guild=channel.guild.id)
        return await targets.target_of(store, user=_person(channel))


def outbox(path: Path, where: str = "true") -> list[OutboxRow]:
    """Rows of a store's outbox, in the order of creation."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        rows = connection.execute(
            "SELECT o.*, coalesce('g' || guild_id, 'u' || user_id) AS place"
            f" FROM outbox o JOIN reminder_targets t ON t.id = o.target_id WHERE {where} ORDER BY o.id"
        ).fetchall()
        return [as_row(row, row["place"]) for row in rows]


async def listed(path: Path, coverage: datetime = COVERAGE, **facts: Any) -> None:
    """Imports a schedule in which coverage and race start at the given time; a bot may be running on the store."""
    bundled = json.loads(files("db").joinpath("seasons", f"{SEASON}.json").read_text(encoding="utf-8"))
    race = next(each for each in bundled["races"] if each["round"] == TALLADEGA)
    race |= {"date": coverage.astimezone(EASTERN).date().isoformat(), "start": coverage.isoformat(), "sessions": []}
    race["broadcasts"][0]["coverage"] = coverage.isoformat()
    document = {"format": "tailgate/1", "season": SEASON, "source": "a test", "races": [race | facts]}
    content = json.dumps(document).encode()
    async with await Store.open(path) as store:
        await import_documents(store, [read_bytes(content, "schedule.json")], NOON)


def waits(row: OutboxRow) -> bool:
    """Whether a row waits for a place that takes nothing, which is tried again only after a quarter of an hour."""
    again, tried = row.retry_at, row.claimed_at or row.notification.due_at
    return row.state is RowState.PENDING and again is not None and again - tried > LEFT_ALONE


class Scene:
    """A stand-in, a store, and the runs of a bot on it, one after another; leaving the context ends the last one.

    The stand-in's clock stands still while no bot runs, and runs with the bot's while one does.

    Args:
        standin: already running.
        path: the store.
        home: an empty folder.
        fresh: whether each run has an interpreter of its own.
        more: environment variables for the bot.
    """

    def __init__(self, standin: StandIn, path: Path, home: Path, *, fresh: bool = False, **more: str) -> None:
        self.standin, self.path, self._home = standin, path, home
        self.runs = Runs(path, standin, home=home, fresh=fresh, **{"TAILGATE_LOG_LEVEL": "WARNING", **more})
        standin.clock.run(0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runs.__aexit__()

    @property
    def now(self) -> datetime:
        return self.standin.clock.now()

    async def start(self, at: datetime | None = None, speed: float = 1.0, *, ready: bool = False) -> Program:
        """Starts the bot; both clocks go on from ``at``.

        Args:
            at: the start time; by default the time at which the last run ended.
            speed: seconds of both clocks per second of the machine's.
            ready: whether to wait until it is on Discord.
        """
        self.standin.clock.run(0)
        if at is not None:
            self.standin.clock.set(at)
        program = await self.runs.start(at=self.now, speed=speed, ready=False)
        await program.says(BEGUN)
        self.standin.clock.run(speed)
        if ready:
            await program.says(READY)
        return program

    async def stop(self) -> None:
        """Stops the run as an operator does, and checks that it ended cleanly."""
        await self.runs.now.stop()
        self.standin.clock.run(0)

    async def kill(self) -> None:
        """Kills the run, as a power cut would; all that it has asked of Discord is carried out."""
        await self.runs.kill()
        self.standin.clock.run(0)

    async def settled(self, count: int, where: str = "true") -> list[OutboxRow]:
        """Waits until that many rows of the outbox are there, all of them delivered or given up; returns them.

        What the bot stores is not seen on the wire, and SQLite tells nobody of a change, so this looks again and again.
        """

        def fits(rows: list[OutboxRow]) -> bool:
            return len(rows) == count and all(row.state in SETTLED or waits(row) for row in rows)

        rows: list[OutboxRow] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DEADLINE):
                while not fits(rows := await asyncio.to_thread(outbox, self.path, where)):  # noqa: ASYNC110 - as said
                    await asyncio.sleep(GLANCE)
        assert fits(rows), f"{rows}\n{self.runs.now.output}"
        return rows

    async def message(self, channel: Channel, number: int = 1, *, deadline: float = DEADLINE) -> Written:
        """Waits for the nth message that the bot sent unasked to a channel."""
        left = number

        def fits(written: Written) -> bool:
            nonlocal left
            left -= written.channel == channel.id and not written.asked
            return left <= 0

        return await self.standin.written.expect(fits, deadline=deadline)

    def messages(self, channel: Channel) -> list[Written]:
        """What the bot has sent unasked to a channel."""
        return [each for each in self.standin.written if each.channel == channel.id and not each.asked]

    def posts(self, channel: Channel) -> list[Request]:
        """The requests that posted there, or tried to."""
        return self.standin.seen("POST", _writing(channel))

    async def all(self, *channels: Channel, deadline: float = DEADLINE) -> list[Written]:
        """Waits for the first message in each of several channels."""
        return list(await asyncio.gather(*(self.message(channel, deadline=deadline) for channel in channels)))


def _person(channel: Channel) -> int:
    assert channel.person is not None
    return channel.person.id


def _writing(channel: Channel) -> str:
    return f"/channels/{channel.id}/messages"
