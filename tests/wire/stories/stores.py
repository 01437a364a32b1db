"""Trouble with the store: two processes on it, a clock set back, an older copy put in its place."""

from __future__ import annotations

import asyncio
import shutil
import signal
from collections import Counter
from datetime import timedelta

from db.reminders.models import Extras, OutboxRow, RowState
from tests.wire.faults import Paused, Refused
from tests.wire.process import READY, run_to_end, running_bot
from tests.wire.reminded import COVERAGE, MESS, NOON, TALLADEGAS, Scene, listed, outbox, plan, remind, remind_many
from tests.wire.world import Channel

DUE = COVERAGE - timedelta(hours=1)
SKEW = timedelta(seconds=15)
"""How far two clocks at 150 times the speed may drift apart unnoticed."""


def rows(scene: Scene, channel: Channel) -> list[OutboxRow]:
    """The rows about the race at Talladega for one channel."""
    assert channel.guild is not None
    return outbox(scene.path, f"{TALLADEGAS} AND guild_id = {channel.guild.id}")


async def recorded(scene: Scene, *channels: Channel, deadline: float = 30.0) -> None:
    """Waits until the store says that all was sent: what the bot records after an answer is not seen on the wire."""
    async with asyncio.timeout(deadline):
        while not all(row.state is RowState.SENT for channel in channels for row in rows(scene, channel)):
            await asyncio.to_thread(outbox, scene.path)


async def two_processes_that_got_past_the_lock_send_each_row_once(scene: Scene) -> None:
    """The lock keeps a second one away, unless somebody has deleted its file."""
    standin, path = scene.standin, scene.path
    standin.limits.everywhere = None
    channels = [standin.world.guild(f"Server {number}").channel("races") for number in range(480)]
    first = await scene.start(NOON, ready=True)
    path.with_name(path.name + ".lock").unlink()
    async with running_bot(path, standin, home=path.parent, at=scene.now, speed=1) as second:
        await second.says(READY)
        # The clock stands still until both processes work: one alone could finish before the other looks again.
        first.signal(signal.SIGSTOP)
        # Were the reminders planned before, one process would begin early enough to send them all.
        await listed(path, scene.now + timedelta(hours=1))
        await remind_many(path, channels, extras=Extras(changes=False))
        await standin.written.expect(lambda _: True, deadline=30)
        first.signal(signal.SIGCONT)
        await scene.all(*channels, deadline=60)
        await scene.stop()
        second.signal(signal.SIGTERM)
        assert await second.ends() == 0
        assert not any(sign in second.output for sign in MESS), second.output
    assert set(Counter(each.channel for each in standin.written).values()) == {1}
    assert all(len(scene.posts(channel)) == 1 for channel in channels)
    found = outbox(path, TALLADEGAS)
    assert {row.state for row in found} == {RowState.SENT}
    assert len({row.claimed_by for row in found}) == 2, "both had a hand in it"


async def a_clock_that_is_set_back_repeats_nothing(scene: Scene) -> None:
    """Neither what was sent and marked, nor what was sent while its response was lost."""
    standin = scene.standin
    marked, cut_off, again, witness = (standin.world.guild(f"Turn {number}").channel("races") for number in range(4))
    await remind(scene.path, marked, cut_off, again, leads=(5,))
    await remind(scene.path, witness, leads=(0,))
    paused = Paused(method="POST", path=f"/channels/{cut_off.id}/messages", done=True)
    standin.faults.extend([paused, Refused(method="POST", path=f"/channels/{again.id}/messages", status=503)])

    await scene.start(COVERAGE - timedelta(minutes=5, seconds=8), 5)
    await scene.all(marked, cut_off)
    # Before it retries anything the bot records what has arrived.
    await scene.posted(again, 2)
    assert rows(scene, marked)[0].state is RowState.SENT
    assert rows(scene, cut_off)[0].state is RowState.CLAIMED
    await scene.kill(settled=False)
    paused.resume.set()
    await standin.quiet()

    before = len(standin.requests)
    await scene.start(COVERAGE - timedelta(minutes=10), 150)
    message = await scene.message(witness)
    assert message.at >= COVERAGE - SKEW, "it has lived through the same five minutes again"
    await standin.expect("GET", f"/channels/{cut_off.id}/messages", after=before, deadline=20)
    await recorded(scene, marked, cut_off, again)
    await scene.stop()
    for channel in (marked, cut_off, again):
        (there,) = scene.messages(channel)
        assert [(row.state, row.message) for row in rows(scene, channel)] == [(RowState.SENT, there.id)]


async def an_older_copy_of_the_store_repeats_nothing(scene: Scene) -> None:
    standin, copy = scene.standin, scene.path.with_name("copy.db")
    channel = standin.world.general
    await remind(scene.path, channel)
    await plan(scene.path)
    status, said = await run_to_end("backup", "--db", scene.path, copy, home=scene.path.parent)
    assert status == 0, said
    await scene.start(DUE - timedelta(seconds=8), 5)
    await scene.message(channel)
    await scene.stop()

    for leftover in scene.path.parent.glob(scene.path.name + "-*"):
        leftover.unlink()
    shutil.copy(copy, scene.path)
    assert [row.state for row in rows(scene, channel)] == [RowState.PENDING]
    before = len(standin.requests)
    # By then Discord has forgotten the nonce.
    await scene.start(DUE + timedelta(minutes=10), 5)
    await standin.expect("GET", f"/channels/{channel.id}/messages", after=before)
    await standin.quiet()
    await scene.stop()
    (there,) = scene.messages(channel)
    assert [(row.state, row.message) for row in rows(scene, channel)] == [(RowState.SENT, there.id)]
    assert len(scene.posts(channel)) == 1
