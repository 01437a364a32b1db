"""The whole program, wired together, delivers each kind of notification over real sockets, and once if it is killed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.reminders.models import Extras, Purpose, RowState
from tests.wire.faults import Paused
from tests.wire.interactions import every_component, ids_in
from tests.wire.log import DEADLINE
from tests.wire.messages import Written
from tests.wire.permissions import May, Role
from tests.wire.reminded import COVERAGE, NOON, TALLADEGAS, Scene, listed, remind, target_of
from tests.wire.rest import EPHEMERAL
from tests.wire.standin import StandIn
from tests.wire.world import Guild, Payload

SPEED = 5.0
MONDAY = datetime(2025, 10, 13, 16, tzinfo=UTC)
"""Four days before the race at Talladega."""
THREE = COVERAGE - timedelta(hours=1)
OVER = datetime(2025, 10, 17, 23, tzinfo=UTC)
"""When the results of the race count as known."""
SUNDAY = COVERAGE + timedelta(days=2)
EVENTS = "/scheduled-events"


@pytest.fixture
async def scene(standin: StandIn, store_path: Path, tmp_path: Path) -> AsyncIterator[Scene]:
    async with Scene(standin, store_path, tmp_path) as ready:
        yield ready


def words(message: Payload) -> str:
    return "\n".join(each["content"] for each in every_component(message["components"]) if "content" in each)


def moment(at: datetime) -> str:
    return f"<t:{int(at.timestamp())}:F>"


async def killed_at(scene: Scene, path: str) -> None:
    """Waits for a POST that is carried out and not answered, and kills the bot."""
    paused = Paused(method="POST", path=path, done=True)
    scene.standin.faults.append(paused)
    async with asyncio.timeout(DEADLINE):
        await paused.reached.wait()
    paused.resume.set()
    await scene.kill()


# A reminder, and the quote of the day


async def press(scene: Scene, panel: Payload, name: str, values: list[str] | None = None) -> Payload:
    """The panel after the moderator has used one of its buttons or selects."""
    (custom_id,) = [each for each in ids_in(panel) if f":{name}:" in each]
    moderator = scene.standin.world.moderator
    return scene.standin.answer_to(await scene.standin.press(panel, custom_id, values, person=moderator))


async def set_up(scene: Scene, role: Role) -> str:
    """A moderator opens the panel, switches on and picks a role; what the panel says then."""
    asked = await scene.standin.slash("reminders", person=scene.standin.world.moderator)
    panel = await press(scene, scene.standin.answer_to(asked), "remdo:on")
    panel = await press(scene, panel, "remset:role", [str(role.id)])
    assert panel["flags"] & EPHEMERAL
    return words(panel)


async def remind_me_too(scene: Scene, message: Written) -> None:
    """A fan presses the button below the reminder, and from then on gets reminders too.

    One hour before has already passed by then, so half an hour before is added.
    """
    (button,) = [each for each in every_component(message.components) if each.get("label") == "Remind me too"]
    asked = await scene.standin.press(scene.standin.rest.messages[str(message.id)], button["custom_id"])
    shown = scene.standin.answer_to(asked)
    assert shown["flags"] & EPHEMERAL
    assert "**On** by DM: 1 hour before and 30 minutes before coverage" in words(shown)
    target = await target_of(scene.path, scene.standin.world.dm)
    assert target is not None
    assert target.leads == (60, 30)


async def test_a_moderator_sets_it_up_and_the_channel_is_reminded_that_coverage_starts(scene: Scene) -> None:
    world = scene.standin.world
    general, fans = world.general, world.guilds[0].role("Truck fans", mentionable=True)
    await remind(scene.path, general, leads=(), sessions=frozenset(), purpose=Purpose.QUOTES)

    await scene.start(NOON, ready=True)
    # The hour of this day's quote has passed when it is asked for, so it comes at once.
    quote = await scene.message(general)
    assert "## Quote of the day" in quote.text
    said = await set_up(scene, fans)
    assert f"**On** in <#{general.id}>: 1 hour before coverage" in said
    assert f"<@&{fans.id}>" in said
    await scene.stop()

    await scene.start(THREE - timedelta(seconds=2), 2)
    message = await scene.message(general, 2)
    starts = int(COVERAGE.timestamp())
    for part in (
        "Love's RV Stop 225 · Talladega",
        f"Coverage starts **<t:{starts}:R>**, about <t:{starts}:F>",
        "**TV** FOX Sports 1 (FS1)",
        "**Radio** NASCAR Racing Network",
        "**Corey Heim** is locked in; five points separate seven drivers",
        "**Defending winner** Grant Enfinger (2024)",
    ):
        assert part in message.text
    assert message.allowed == {"parse": [], "roles": [fans.id]}
    assert message.pinged == {fans.id}
    await remind_me_too(scene, message)
    (row,) = await scene.settled(1, f"{TALLADEGAS} AND guild_id")
    assert (row.state, row.message) == (RowState.SENT, message.id)
    await scene.stop()
    assert [each.id for each in scene.messages(general)] == [quote.id, message.id]


# What is posted after a race


async def test_results_come_under_a_cover_and_the_standings_are_changed_in_place(scene: Scene) -> None:
    """The standings stay one message, though the run that posted it was killed before it knew."""
    standin, general = scene.standin, scene.standin.world.general
    extras = Extras(changes=False, results=True, recap=True, standings=True)
    await remind(scene.path, general, at=OVER - timedelta(days=1), leads=(), extras=extras)

    await scene.start(OVER - timedelta(hours=1), SPEED)
    await killed_at(scene, f"/channels/{general.id}/messages")
    (standings,) = scene.messages(general)
    assert "Data through race 22" in standings.text

    await scene.start(OVER + timedelta(minutes=2), SPEED)
    results = await standin.written.expect(lambda each: "### Results" in each.text)
    assert [part.get("spoiler", False) for part in results.components if part["type"] == 17] == [True]
    assert "Gio Ruggiero" not in json.dumps(results.components[0])
    assert results.pinged == frozenset()
    recap = await standin.written.expect(lambda each: "### Recap" in each.text)
    asked = await standin.press(standin.rest.messages[str(recap.id)], "t1:pick:recap", ["recap:2025:23:top:1"])
    assert "Top truckers" in json.dumps(asked.answer)
    # The row that was cut off is finished first, as an edit of what was found in the channel; the next race's follows.
    await standin.requests.expect(
        lambda each: each.method == "PATCH" and "Data through race 23" in json.dumps(each.body)
    )
    await standin.quiet()
    assert "Data through race 23" in json.dumps(standin.rest.messages[str(standings.id)])
    await scene.stop()
    changes = [each.path for each in standin.requests if each.method == "PATCH"]
    assert set(changes) == {f"/channels/{general.id}/messages/{standings.id}"}
    assert {each.id for each in scene.messages(general)} == {standings.id, results.id, recap.id}


# Scheduled events, and changes of the schedule


@pytest.fixture
async def promised(scene: Scene) -> Guild:
    """A server that wants scheduled events, on the Monday before the race."""
    guild = scene.standin.world.guilds[0]
    await scene.standin.allow(guild, May.CREATE_EVENTS)
    await remind(scene.path, scene.standin.world.general, at=MONDAY, extras=Extras(events=True))
    return guild


async def test_an_event_is_made_once_and_moves_with_the_race(scene: Scene, promised: Guild) -> None:
    """It stays one event, though the run that made it was killed before it knew."""
    await scene.start(MONDAY, SPEED)
    await killed_at(scene, f"/guilds/{promised.id}{EVENTS}")
    (event,) = promised.events.values()
    assert event["name"] == "Love's RV Stop 225 · Talladega"
    assert event["entity_metadata"] == {"location": "FOX Sports 1 (FS1) · Talladega Superspeedway"}
    assert datetime.fromisoformat(event["scheduled_start_time"]) == COVERAGE
    assert event["description"].startswith("Coverage starts Friday, Oct 17, about 4 p.m. Eastern.")

    await listed(scene.path, SUNDAY)
    await scene.start(MONDAY + timedelta(hours=1), SPEED)
    await scene.standin.expect("PATCH", event["id"])
    await scene.standin.quiet()
    await scene.stop()
    (moved,) = promised.events.values()
    assert moved["id"] == event["id"]
    assert datetime.fromisoformat(moved["scheduled_start_time"]) == SUNDAY
    assert moved["description"].startswith("Coverage starts Sunday, Oct 19, about 4 p.m. Eastern.")
    assert len(scene.standin.seen("POST", EVENTS)) == 1


async def test_a_change_that_is_imported_under_a_running_bot_is_told_of(scene: Scene, promised: Guild) -> None:
    await scene.start(MONDAY, SPEED)
    await scene.settled(1, "kind = 'event'")
    (event,) = promised.events.values()
    await listed(scene.path, SUNDAY)
    await scene.standin.expect("PATCH", event["id"])
    await scene.stop()

    # A change waits for two minutes, in case it was a typing error.
    await scene.start(scene.now + timedelta(minutes=3), SPEED)
    change = await scene.message(scene.standin.world.general)
    assert f"Coverage moved from {moment(COVERAGE)} to **{moment(SUNDAY)}**" in change.text
    await listed(scene.path, SUNDAY, status="cancelled")
    await scene.standin.expect("DELETE", event["id"])
    await scene.standin.quiet()
    assert not promised.events
    await scene.stop()
