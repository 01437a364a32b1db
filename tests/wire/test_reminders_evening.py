"""An evening on which everything goes wrong: a channel's trouble stays its own, and the others get their reminders."""

from __future__ import annotations

import asyncio
import copyreg
import pickle
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from filelock import FileLock

from db.reminders.models import OutboxRow, RowState, Target
from tests.wire.faults import Broken, Dropped, Fault, Paused, RateLimited, Refused
from tests.wire.log import DEADLINE
from tests.wire.messages import Written
from tests.wire.permissions import May
from tests.wire.reminded import COVERAGE, TALLADEGAS, Scene, remind, target_of
from tests.wire.rest import Request
from tests.wire.standin import StandIn
from tests.wire.world import Channel, Person, World

DUE = COVERAGE - timedelta(hours=1)
SPEED = 5.0

REMINDED = ("plain", "in an outage", "slow", "limited", "broken", "refusing", "cut off", "unread", "open")
"""Channels where the reminder arrives."""
AGAIN = ("limited", "refusing")
"""Channels where it takes a second attempt: discord.py's own, or the bot's."""
SWITCHED_OFF = {"deleted": "gone"}
"""Channels that are there no more, and a word of the stored reason."""
TROUBLED = {"mute": "permission", "hidden": "can't see", "closed": "DMs are closed"}
"""Channels where nothing can be sent for now, and a word of why."""
LEFT = "left"
"""A channel of a server that removes the bot at the end of the evening."""


@dataclass
class Evening:
    """What was seen by the end, by channel name."""

    messages: dict[str, list[Written]]
    posts: dict[str, list[Request]]
    rows: dict[str, OutboxRow]
    targets: dict[str, Target | None]
    answered: Written
    problems: list[str]


def places(world: World) -> dict[str, Channel]:
    """One channel for each trouble, each in its own server; two are direct messages."""
    found = {
        name: world.guild(f"Server {name}").channel(name)
        for name in (*REMINDED, *SWITCHED_OFF, *TROUBLED, LEFT)
        if name != "open"
    }
    return found | {name: world.dm_with(Person(name)) for name in ("open", "closed")}


def faults(channels: dict[str, Channel]) -> dict[str, Fault]:
    """The faults of the requests that post to channels."""
    troubles: dict[str, Fault] = {
        "slow": Paused(),
        "limited": RateLimited(after=0.2, everywhere=True),
        "broken": Broken(status=502, done=True),
        "refusing": Refused(status=503),
        "cut off": Dropped(done=True),
    }
    for name, fault in troubles.items():
        fault.method, fault.path = "POST", f"/channels/{channels[name].id}/messages"
    return troubles


async def happen(standin: StandIn, channels: dict[str, Channel]) -> None:
    """What has changed since the reminders were set."""
    guilds = {name: channel.guild for name, channel in channels.items() if channel.guild is not None}
    await standin.delete_channel(channels["deleted"])
    await standin.forbid(channels["mute"], May.SEND_MESSAGES)
    await standin.forbid(guilds["hidden"], May.VIEW_CHANNEL)
    await standin.forbid(channels["unread"], May.READ_MESSAGE_HISTORY)
    await standin.outage(guilds["in an outage"])
    assert channels["closed"].person is not None
    standin.close_dms(channels["closed"].person)


async def spent(bundled: Path, folder: Path) -> Evening:
    path = Path(shutil.copy(bundled, folder / "tailgate.db"))
    world = World()
    channels = places(world)
    await remind(path, *channels.values())
    async with StandIn(world) as standin, Scene(standin, path, folder) as scene:
        await happen(standin, channels)
        troubles = faults(channels)
        standin.faults.extend(troubles.values())
        paused = troubles["slow"]
        assert isinstance(paused, Paused)
        await scene.start(DUE - timedelta(seconds=5), SPEED, ready=True)
        async with asyncio.timeout(DEADLINE):
            await paused.reached.wait()
        standin.gateway.drop()
        # The others' reminders come although this one's answer does not.
        await scene.all(*(channels[name] for name in (*REMINDED, LEFT) if name != "slow"))
        paused.resume.set()
        await scene.message(channels["slow"])
        rows = {row.place: row for row in await scene.settled(len(channels), TALLADEGAS)}
        left = channels[LEFT].guild
        assert left is not None
        await standin.remove_bot(left)
        await scene.settled(len(channels) - 1, TALLADEGAS)
        # Told once, the reason is forgotten.
        settings = {name: await target_of(path, channel) for name, channel in channels.items()}
        answered = await standin.slash("next", channel=channels["plain"], person=channels["closed"].person)
        await standin.expect("POST", answered.token)
        await standin.quiet()
        await scene.stop()
        return Evening(
            {name: scene.messages(channel) for name, channel in channels.items()},
            {name: scene.posts(channel) for name, channel in channels.items()},
            {name: rows[place_of(channel)] for name, channel in channels.items()},
            settings,
            standin.written[-1],
            [*standin.problems],
        )


def place_of(channel: Channel) -> str:
    if channel.guild is not None:
        return f"g{channel.guild.id}"
    assert channel.person is not None
    return f"u{channel.person.id}"


def frozen(facts: dict[str, Any]) -> MappingProxyType[str, Any]:
    return MappingProxyType(facts)


# Rows hold facts that nobody may change, and pickle does not know how to write those down.
copyreg.pickle(MappingProxyType, lambda facts: (frozen, (dict(facts),)))


@pytest.fixture(scope="module")
def evening(bundled_store: Path, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """The evening, lived through once in a run, by whichever worker comes first."""
    kept = shared_folder / "evening.pickle"
    with FileLock(kept.with_suffix(".lock")):
        if not kept.exists():
            lived = asyncio.run(spent(bundled_store, tmp_path_factory.mktemp("evening")))
            kept.write_bytes(pickle.dumps(lived))
        seen: Evening = pickle.loads(kept.read_bytes())
    return seen


def test_discord_would_have_taken_every_body(evening: Evening) -> None:
    assert evening.problems == []


@pytest.mark.parametrize("name", REMINDED)
def test_the_rest_is_reminded_once_each(evening: Evening, name: str) -> None:
    (message,) = evening.messages[name]
    row, target = evening.rows[name], evening.targets[name]
    assert (row.state, row.message) == (RowState.SENT, message.id)
    assert message.nonce == row.nonce
    assert any(row.mark in custom_id for custom_id in message.custom_ids)
    assert target is not None
    assert target.on


@pytest.mark.parametrize("name", SWITCHED_OFF)
def test_where_nothing_can_be_sent_it_is_switched_off_and_the_reason_kept(evening: Evening, name: str) -> None:
    assert evening.messages[name] == []
    assert evening.posts[name]
    row, target = evening.rows[name], evening.targets[name]
    assert row.state is RowState.FAILED
    assert SWITCHED_OFF[name] in (row.reason or "")
    assert target is not None
    assert (target.on, target.off_reason) == (False, row.reason)


@pytest.mark.parametrize("name", TROUBLED)
def test_where_nothing_can_be_sent_for_now_it_waits_and_the_reason_is_kept(evening: Evening, name: str) -> None:
    assert evening.messages[name] == []
    assert evening.posts[name]
    row, target = evening.rows[name], evening.targets[name]
    assert row.state is RowState.PENDING
    assert TROUBLED[name] in (row.reason or "")
    assert target is not None
    assert target.trouble is not None
    assert (target.on, target.trouble.reason) == (True, row.reason)


def test_a_server_that_removes_the_bot_takes_its_settings_and_rows_along(evening: Evening) -> None:
    assert evening.targets[LEFT] is None


@pytest.mark.parametrize("name", AGAIN)
def test_what_is_tried_again_has_the_same_nonce(evening: Evening, name: str) -> None:
    posts = evening.posts[name]
    assert len(posts) >= 2
    assert {request.body["nonce"] for request in posts} == {evening.rows[name].nonce}
    assert all(request.body["enforce_nonce"] for request in posts)


def test_what_was_answered_with_an_error_is_looked_for_and_not_sent_again(evening: Evening) -> None:
    assert len(evening.posts["broken"]) == 1
    assert evening.rows["broken"].state is RowState.SENT


def test_whose_direct_messages_are_closed_is_told_so_at_their_next_command(evening: Evening) -> None:
    assert "Your reminders don't get through: your DMs are closed to me" in evening.answered.text
