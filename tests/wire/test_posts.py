"""What the real program posts after a race, over sockets: once, under a cover, with the standings updated in place."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.connection import Store
from db.reminders import targets
from db.reminders.models import Extras, Target
from tests.wire.clock import WireClock
from tests.wire.faults import Paused
from tests.wire.process import Runs
from tests.wire.standin import StandIn
from tests.wire.world import World

OVER = datetime(2025, 10, 17, 23, tzinfo=UTC)
"""When the results of the race at Talladega count as known."""
SPEED = 20.0


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    """A Discord with a fast clock, a few seconds before that."""
    async with StandIn(World(clock=WireClock(OVER - timedelta(minutes=2), SPEED))) as running:
        yield running
    assert running.problems == []


@pytest.fixture
async def runs(standin: StandIn, bundled_store: Path, tmp_path: Path) -> AsyncIterator[Runs]:
    """The bot on a store with one server that wants everything that is posted after a race."""
    path = Path(shutil.copy(bundled_store, tmp_path / "tailgate.db"))
    extras = Extras(changes=False, results=True, recap=True, standings=True)
    async with await Store.open(path) as store:
        guild = standin.world.guilds[0]
        wanted = Target(guild=guild.id, channel=guild.channels[0].id, leads=(), extras=extras)
        await targets.save(store, wanted, OVER - timedelta(days=1))
    async with Runs(path, standin, home=tmp_path) as running:
        yield running


async def test_results_are_posted_under_a_cover_and_the_standings_changed_in_place(
    standin: StandIn, runs: Runs
) -> None:
    await runs.start(at=standin.clock.now(), speed=SPEED)
    standings = await standin.written.expect(lambda each: "Data through race 22" in each.text, deadline=10)
    results = await standin.written.expect(lambda each: "### Results" in each.text, deadline=20)
    assert [part.get("spoiler", False) for part in results.components if part["type"] == 17] == [True]
    assert "Gio Ruggiero" not in json.dumps(results.components[0])
    assert results.pinged == frozenset()
    await standin.expect("PATCH", f"/messages/{standings.id}", deadline=10)
    await standin.quiet()
    assert "Data through race 23" in json.dumps(standin.rest.messages[str(standings.id)])
    recap = await standin.written.expect(lambda each: "### Recap" in each.text, deadline=20)
    asked = await standin.press(standin.rest.messages[str(recap.id)], "t1:pick:recap", ["recap:2025:23:top:1"])
    assert "Top truckers" in json.dumps(asked.answer)
    assert [each.id for each in standin.written if not each.asked] == [standings.id, results.id, recap.id]


async def test_a_run_that_was_killed_while_it_posted_the_standings_posts_no_second_ones(
    standin: StandIn, runs: Runs
) -> None:
    standin.clock.run(1)
    paused = Paused(method="POST", path=r"/channels/\d+/messages", done=True)
    standin.faults.append(paused)
    await runs.start(at=standin.clock.now(), speed=SPEED)
    await paused.reached.wait()
    paused.resume.set()
    await runs.kill()
    (first,) = standin.written
    standin.clock.set(OVER + timedelta(hours=1))
    await runs.start(at=standin.clock.now(), speed=SPEED)
    await standin.expect("PATCH", f"/messages/{first.id}", deadline=20)
    await standin.written.expect(lambda each: "### Recap" in each.text, deadline=10)
    await standin.quiet()
    standings = [each for each in standin.written if "updates itself" in each.text]
    assert [each.id for each in standings] == [first.id]
    assert "Data through race 23" in json.dumps(standin.rest.messages[str(first.id)])
