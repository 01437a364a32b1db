"""Scheduled events on the stand-in: accepted and refused by Discord's rules and permissions, ended by the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from tests.wire.asking import Answer, Asking
from tests.wire.events import ACTIVE, CANCELED, COMPLETED, SCHEDULED
from tests.wire.permissions import May
from tests.wire.probe import running
from tests.wire.standin import StandIn

EVE = datetime(2025, 10, 16, 21, tzinfo=UTC)
START = datetime(2025, 10, 17, 20, tzinfo=UTC)
EVENT: dict[str, Any] = {
    "name": "Love's RV Stop 225",
    "privacy_level": 2,
    "scheduled_start_time": START.isoformat(),
    "scheduled_end_time": (START + timedelta(hours=3)).isoformat(),
    "entity_type": 3,
    "entity_metadata": {"location": "Talladega Superspeedway"},
}


def path(standin: StandIn, event: Answer | None = None) -> str:
    whole = f"/guilds/{standin.world.guilds[0].id}/scheduled-events"
    return whole if event is None else f"{whole}/{event.body['id']}"


async def made(standin: StandIn, asking: Asking, **more: Any) -> Answer:
    """An event, by a bot that may, on the eve of it."""
    standin.clock.run(0)
    standin.clock.set(EVE)
    await standin.allow(standin.world.guilds[0], May.CREATE_EVENTS)
    return await asking.ask("POST", path(standin), {**EVENT, **more})


async def test_discord_py_makes_changes_and_deletes_an_event(standin: StandIn) -> None:
    standin.clock.set(EVE)
    await standin.allow(standin.world.guilds[0], May.CREATE_EVENTS)
    async with running(standin) as bot:
        guild = bot.guilds[0]
        assert guild.me.guild_permissions.create_events
        event = await guild.create_scheduled_event(
            name=EVENT["name"],
            start_time=START,
            end_time=START + timedelta(hours=3),
            entity_type=discord.EntityType.external,
            privacy_level=discord.PrivacyLevel.guild_only,
            location="Talladega Superspeedway",
        )
        moved = await event.edit(start_time=START + timedelta(hours=1), location="Talladega")
        assert [(known.id, known.location) for known in await guild.fetch_scheduled_events()] == [
            (event.id, "Talladega")
        ]
        assert moved.start_time == START + timedelta(hours=1)
        await event.delete()
        assert await guild.fetch_scheduled_events() == []
        with pytest.raises(discord.NotFound) as gone:
            await guild.fetch_scheduled_event(event.id)
        assert gone.value.code == 10070


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"entity_metadata": None},
        {"entity_metadata": {"location": "x" * 101}},
        {"scheduled_end_time": None},
        {"scheduled_end_time": EVENT["scheduled_start_time"]},
        {"scheduled_start_time": EVE.isoformat()},
        {"scheduled_start_time": "2025-10-17T20:00:00"},
        {"privacy_level": 1},
        {"description": "x" * 1001},
        {"channel_id": "1"},
    ],
)
async def test_an_event_that_discord_would_refuse_is_refused_and_told(wrong: dict[str, Any]) -> None:
    async with StandIn() as standin, Asking(standin) as asking:
        answer = await made(standin, asking, **wrong)
        assert (answer.status, answer.code) == (400, 50035)
        assert standin.problems
        assert standin.world.guilds[0].events == {}


async def test_to_make_one_needs_its_permission(standin: StandIn, asking: Asking) -> None:
    await standin.allow(standin.world.guilds[0], May.MANAGE_EVENTS)
    answer = await asking.ask("POST", path(standin), EVENT)
    assert (answer.status, answer.code) == (403, 50013)


@pytest.mark.parametrize(
    ("own", "permission", "status"),
    [
        (True, May.CREATE_EVENTS, 200),
        (True, May.MANAGE_EVENTS, 200),
        (False, May.CREATE_EVENTS, 403),
        (False, May.MANAGE_EVENTS, 200),
    ],
)
async def test_to_change_one_needs_less_for_ones_own(
    standin: StandIn, asking: Asking, own: bool, permission: May, status: int
) -> None:
    event = await made(standin, asking)
    if not own:
        standin.world.guilds[0].events[int(event.body["id"])]["creator_id"] = "1"
    await standin.forbid(standin.world.guilds[0], May.CREATE_EVENTS)
    await standin.allow(standin.world.guilds[0], permission)
    assert (await asking.ask("PATCH", path(standin, event), {"name": "Postponed"})).status == status


async def test_an_event_begins_and_ends_by_itself(standin: StandIn, asking: Asking) -> None:
    event = await made(standin, asking)
    seen = []
    for hours in (0, 24, 24):
        standin.clock.advance(hours=hours)
        listed = (await asking.ask("GET", path(standin), with_user_count=1)).body
        seen.append([(each["status"], each["user_count"]) for each in listed])
    assert seen == [[(SCHEDULED, 1)], [(ACTIVE, 1)], []]
    assert standin.rest.events.over[int(event.body["id"])]["status"] == COMPLETED
    late = await asking.ask("PATCH", path(standin, event), {"name": "Late"})
    assert (late.status, late.code) == (400, 180000)


async def test_an_event_is_canceled_for_good(standin: StandIn, asking: Asking) -> None:
    event = await made(standin, asking)
    canceled = await asking.ask("PATCH", path(standin, event), {"status": CANCELED})
    assert canceled.body["status"] == CANCELED
    again = await asking.ask("PATCH", path(standin, event), {"status": SCHEDULED})
    assert (again.status, again.code) == (400, 180000)


async def test_no_event_goes_from_planned_to_over() -> None:
    async with StandIn() as standin, Asking(standin) as asking:
        event = await made(standin, asking)
        answer = await asking.ask("PATCH", path(standin, event), {"status": COMPLETED})
        assert answer.status == 400
        assert any("status" in problem for problem in standin.problems)


async def test_a_hundred_open_events_are_enough(standin: StandIn, asking: Asking) -> None:
    standin.limits.buckets, standin.limits.everywhere = (), None
    for _ in range(100):
        assert (await made(standin, asking)).status == 200
    one_more = await made(standin, asking)
    assert (one_more.status, one_more.code) == (400, 30038)


@pytest.mark.parametrize(("how", "status", "code"), [("delete_guild", 404, 10004), ("remove_bot", 403, 50001)])
async def test_a_server_that_is_gone_has_no_events(
    standin: StandIn, asking: Asking, how: str, status: int, code: int
) -> None:
    gone = standin.world.guild("Gone")
    await getattr(standin, how)(gone)
    answer = await asking.ask("GET", f"/guilds/{gone.id}/scheduled-events")
    assert (answer.status, answer.code) == (status, code)
