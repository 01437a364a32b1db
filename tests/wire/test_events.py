"""Scheduled events by the real program over real sockets: created, changed, deleted, never two for one race."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from bot.notifications.scheduled_events import MISSING
from db.connection import Store
from db.documents.importer import import_documents
from db.documents.reader import read_bytes
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import recent, upcoming
from tests.wire.clock import WireClock
from tests.wire.faults import Broken, Dropped, Paused
from tests.wire.permissions import May
from tests.wire.process import Runs
from tests.wire.standin import StandIn
from tests.wire.world import Payload, World

MONDAY = datetime(2025, 10, 13, 16, tzinfo=UTC)
SPEED = 20.0
COVERAGE = datetime(2025, 10, 17, 20, tzinfo=UTC)
EVENTS = "/scheduled-events"
POSTED = r"/guilds/\d+/scheduled-events"
"""The path of requests that create an event."""


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    """A Discord with a fast clock, on the Monday before Talladega; in its one server the bot may create events."""
    world = World(clock=WireClock(MONDAY, SPEED))
    world.guilds[0].everyone.permissions |= May.CREATE_EVENTS
    async with StandIn(world) as running:
        yield running
    assert running.problems == []


class Place:
    """The bot's store, read from outside while the bot runs, and the bot's runs."""

    def __init__(self, standin: StandIn, path: Path, runs: Runs) -> None:
        self.standin = standin
        self.path = path
        self.runs = runs
        self.guild = standin.world.guilds[0]

    @property
    def there(self) -> list[Payload]:
        return list(self.guild.events.values())

    async def start(self) -> None:
        await self.runs.start(at=self.standin.clock.now(), speed=SPEED)

    async def wants(self, *, events: bool = True) -> None:
        async with await Store.open(self.path) as store:
            channel = self.guild.channels[0].id
            wanted = Target(guild=self.guild.id, channel=channel, extras=Extras(events=events))
            await targets.save(store, wanted, self.standin.clock.now())

    async def lists(self, **facts: Any) -> None:
        """Imports a schedule with other facts about Talladega."""
        season = json.loads(files("db").joinpath("seasons", "2025.json").read_text(encoding="utf-8"))
        race = next(each for each in season["races"] if each["round"] == 23) | facts
        document = {"format": "tailgate/1", "season": 2025, "races": [race]}
        async with await Store.open(self.path) as store:
            await import_documents(store, [read_bytes(json.dumps(document).encode(), "moved.json")], MONDAY)

    async def until(self, fits: Callable[[list[OutboxRow]], bool], deadline: float = 20.0) -> list[OutboxRow]:
        """Waits until the rows of events are as wanted; what the bot stores cannot be seen on the wire."""
        rows: list[OutboxRow] = []
        async with await Store.open(self.path) as store:
            target = await targets.target_of(store, guild=self.guild.id)
            assert target is not None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(deadline):
                    while not fits(rows):
                        every = [*await recent(store, target.id, 99), *await upcoming(store, target.id, 99)]
                        rows = sorted(
                            (row for row in every if row.notification.kind is NotificationKind.EVENT),
                            key=lambda row: row.id,
                        )
        assert fits(rows), f"{rows}\n{self.runs.now.output}"
        return rows

    async def settles(self, many: int) -> list[OutboxRow]:
        """Waits until that many rows of events are there and settled."""
        return await self.until(lambda rows: len(rows) == many and all(row.state is RowState.SENT for row in rows))


@pytest.fixture
async def place(standin: StandIn, bundled_store: Path, tmp_path: Path) -> AsyncIterator[Place]:
    path = Path(shutil.copy(bundled_store, tmp_path / "tailgate.db"))
    async with Runs(path, standin, home=tmp_path) as runs:
        yield Place(standin, path, runs)


async def test_it_is_made_changed_with_the_schedule_and_taken_off(place: Place) -> None:
    standin = place.standin
    await place.wants()
    await place.start()
    await standin.expect("POST", EVENTS)
    (row,) = await place.settles(1)
    (event,) = place.there
    assert row.message == int(event["id"])
    assert event["name"] == "Love's RV Stop 225 · Talladega"
    assert event["entity_metadata"] == {"location": "FOX Sports 1 (FS1) · Talladega Superspeedway"}
    assert datetime.fromisoformat(event["scheduled_start_time"]) == COVERAGE
    assert event["description"].startswith("Coverage starts Friday, Oct 17, about 4 p.m. Eastern.")

    sunday = COVERAGE + timedelta(days=2)
    on = [{"kind": "tv", "network": "FS2"}]
    await place.lists(date="2025-10-19", start=sunday.isoformat(), sessions=[], broadcasts=on)
    await standin.expect("PATCH", event["id"])
    await place.settles(2)
    (moved,) = place.there
    assert moved["id"] == event["id"]
    assert datetime.fromisoformat(moved["scheduled_start_time"]) == sunday
    assert moved["entity_metadata"] == {"location": "FOX Sports 2 (FS2) · Talladega Superspeedway"}
    assert moved["description"].startswith("The race is listed for Sunday, Oct 19, 4 p.m. Eastern")

    await place.lists(status="cancelled")
    await standin.expect("DELETE", event["id"])
    await place.settles(3)
    assert place.there == []
    assert len(standin.seen("POST", EVENTS)) == 1


async def test_a_run_that_was_killed_right_after_it_made_one_makes_no_other(place: Place) -> None:
    standin = place.standin
    paused = Paused(method="POST", path=POSTED, done=True)
    standin.faults.append(paused)
    await place.wants()
    await place.start()
    await paused.reached.wait()
    paused.resume.set()
    await place.runs.now.kill()
    assert len(place.there) == 1
    standin.clock.advance(hours=1)
    await place.start()
    (row,) = await place.settles(1)
    (event,) = place.there
    assert row.message == int(event["id"])
    assert len(standin.seen("POST", EVENTS)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Dropped(method="POST", path=POSTED, done=True),
        Broken(method="POST", path=POSTED, status=504, done=True),
        Broken(method="POST", path=POSTED, status=504),
    ],
    ids=["line cut, made", "gateway timeout, made", "gateway timeout, not made"],
)
async def test_whatever_becomes_of_the_answer_there_is_one(place: Place, fault: Any) -> None:
    place.standin.faults.append(fault)
    await place.wants()
    await place.start()
    await place.standin.expect("POST", EVENTS)
    (row,) = await place.settles(1)
    assert [int(event["id"]) for event in place.there] == [row.message]


async def test_switched_off_it_takes_its_event_off(place: Place) -> None:
    await place.wants()
    await place.start()
    await place.settles(1)
    (event,) = place.there
    await place.wants(events=False)
    await place.standin.expect("DELETE", event["id"])
    await place.settles(2)
    assert place.there == []


async def test_without_the_permission_reminders_go_on_and_status_says_why(place: Place) -> None:
    standin = place.standin
    await standin.forbid(place.guild, May.CREATE_EVENTS, notify=False)
    standin.clock.set(COVERAGE - timedelta(hours=1, minutes=1, seconds=30))
    await place.wants()
    await place.start()
    written = await standin.written.expect(lambda each: "Talladega" in each.text, deadline=20)
    assert written.channel == place.guild.channels[0].id
    rows = await place.until(lambda rows: bool(rows) and all(row.reason == MISSING for row in rows))
    assert {row.state for row in rows} <= {RowState.PENDING, RowState.CLAIMED}
    status = await standin.slash("reminders", {"show": "status"}, person=standin.world.moderator)
    assert "Create Events" in json.dumps(status.answer)
    assert standin.seen("POST", EVENTS) == []
    async with await Store.open(place.path) as store:
        target = await targets.target_of(store, guild=place.guild.id)
        assert target is not None
        assert target.on
