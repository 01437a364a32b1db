"""What is posted of a race goes into its thread while there is one that takes it, and into the channel otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.discord_errors import Code
from bot.outbox.contracts import Post, RefusedError, UnsureError
from db.connection import Store
from db.reminders import targets
from db.reminders.models import NotificationKind, OutboxRow, RowState, Target
from tests.bot.notifications.threads_desk import Scene
from tests.bot.outbox.standing import CHANNEL, COVERAGE, HOUR_BEFORE, view_of

GREEN = COVERAGE + timedelta(minutes=30)
NOON_AFTER = COVERAGE + timedelta(hours=20)
LIVE = NotificationKind.LIVE


@pytest.fixture
async def scene(empty_store: Store) -> AsyncIterator[Scene]:
    """The morning of Talladega."""
    made = Scene(empty_store)
    yield made
    made.desk.answers.set()
    await made.worker.close(1)


def thread_of(scene: Scene) -> int:
    return scene.desk.there[0].id


@pytest.mark.parametrize("kind", [LIVE, NotificationKind.BOARD, NotificationKind.RESULTS, NotificationKind.RECAP])
async def test_what_tells_of_the_race_goes_into_its_thread(scene: Scene, kind: NotificationKind) -> None:
    target = await scene.wants()
    scene.happens(GREEN, kind)
    await scene.to(HOUR_BEFORE)
    await scene.to(GREEN)
    assert (scene.posts(CHANNEL), scene.posts(thread_of(scene))) == (1, 1)
    (row,) = await scene.rows(target, kind)
    assert (row.state, row.channel) == (RowState.SENT, thread_of(scene))


async def test_the_standings_stay_in_the_channel(scene: Scene) -> None:
    await scene.wants(extras={"standings": True})
    scene.happens(GREEN, NotificationKind.STANDINGS)
    await scene.to(HOUR_BEFORE)
    await scene.to(GREEN)
    assert (scene.posts(CHANNEL), scene.posts(thread_of(scene))) == (2, 0)


async def test_after_it_was_put_away_the_rest_goes_into_the_channel(scene: Scene) -> None:
    await scene.wants()
    scene.happens(NOON_AFTER + timedelta(hours=1), NotificationKind.RESULTS)
    await scene.to(HOUR_BEFORE)
    await scene.to(NOON_AFTER)
    await scene.to(NOON_AFTER + timedelta(hours=1))
    assert scene.desk.there[0].archived
    assert (scene.posts(CHANNEL), scene.posts(thread_of(scene))) == (2, 0)


async def test_switched_off_in_between_it_stays_as_it_is_and_the_rest_goes_into_the_channel(scene: Scene) -> None:
    target = await scene.wants()
    scene.happens(GREEN)
    scene.happens(GREEN + timedelta(hours=1), number=2)
    await scene.to(HOUR_BEFORE)
    await scene.to(GREEN)
    await scene.wants(thread=False)
    await scene.to(GREEN + timedelta(hours=1))
    await scene.to(NOON_AFTER)
    assert (scene.posts(CHANNEL), scene.posts(thread_of(scene))) == (2, 1)
    assert scene.desk.requests == ["start"]
    assert [row.state for row in await scene.rows(target)] in ([RowState.SENT], [RowState.SENT, RowState.CANCELLED])


async def test_switched_on_again_it_is_the_same_thread(scene: Scene) -> None:
    await scene.wants()
    scene.happens(GREEN)
    await scene.to(HOUR_BEFORE)
    await scene.wants(thread=False)
    await scene.go()
    await scene.wants()
    await scene.to(GREEN)
    assert scene.desk.requests == ["start"]
    assert scene.posts(thread_of(scene)) == 1


REFUSALS = {
    "deleted": RefusedError("the channel is gone", gone=True, code=Code.UNKNOWN_CHANNEL),
    "locked": RefusedError("the thread is locked", code=Code.THREAD_LOCKED),
    "archived and locked": RefusedError("Thread is archived", code=Code.THREAD_ARCHIVED),
    "no access": RefusedError("I can't see the channel", barred=True, code=Code.MISSING_ACCESS),
    "no permission": RefusedError("I'm missing a permission", barred=True, code=Code.MISSING_PERMISSIONS),
}


@pytest.mark.parametrize("why", REFUSALS)
async def test_one_that_takes_nothing_is_no_trouble_of_the_channel_and_asked_once_in_a_while(
    scene: Scene, why: str
) -> None:
    target = await scene.wants()
    for number in (1, 2, 3):
        scene.happens(GREEN + timedelta(minutes=number), number=number)
    await scene.to(HOUR_BEFORE)
    scene.discord.closed[thread_of(scene)] = REFUSALS[why]
    await scene.to(GREEN + timedelta(minutes=3), ticks=9)
    rows = await scene.rows(target, LIVE)
    assert [(row.state, row.channel, row.reason) for row in rows] == [(RowState.SENT, CHANNEL, None)] * 3
    assert scene.posts(CHANNEL) == 4
    saved = await targets.target(scene.store, target.id)
    assert saved is not None
    assert (saved.on, saved.trouble) == (True, None)
    # Three posts at once may all have been on their way, and no more is asked for a while.
    scene.happens(GREEN + timedelta(minutes=6), number=4)
    before = scene.discord.requests.count("send")
    await scene.to(GREEN + timedelta(minutes=6))
    assert scene.discord.requests.count("send") == before + 1
    # Once it takes messages again, they go into it.
    scene.discord.closed.clear()
    scene.happens(GREEN + timedelta(minutes=30), number=5)
    await scene.to(GREEN + timedelta(minutes=30))
    assert scene.posts(thread_of(scene)) == 1


async def test_a_channel_that_takes_nothing_either_is_in_trouble(scene: Scene) -> None:
    target = await scene.wants()
    scene.happens(GREEN)
    await scene.to(HOUR_BEFORE)
    scene.discord.closed = {thread_of(scene): REFUSALS["no access"], CHANNEL: REFUSALS["no access"]}
    await scene.to(GREEN)
    saved = await targets.target(scene.store, target.id)
    assert saved is not None
    assert saved.trouble is not None


@pytest.mark.parametrize("arrived", [False, True])
@pytest.mark.parametrize("restarted", [False, True])
async def test_a_post_whose_answer_was_lost_is_looked_for_in_the_thread(
    scene: Scene, *, arrived: bool, restarted: bool
) -> None:
    target = await scene.wants()
    scene.happens(GREEN)
    await scene.to(HOUR_BEFORE)
    (scene.discord.after if arrived else scene.discord.before).append(UnsureError("no answer"))
    await scene.to(GREEN)
    if restarted:
        scene.start()
    await scene.go(ticks=20)
    assert (scene.posts(CHANNEL), scene.posts(thread_of(scene))) == (1, 1)
    (row,) = await scene.rows(target, LIVE)
    assert (row.state, row.channel) == (RowState.SENT, thread_of(scene))


@pytest.mark.parametrize("why", ["deleted", "no access"])
async def test_in_doubt_in_a_thread_that_is_gone_or_closed_it_goes_into_the_channel(scene: Scene, why: str) -> None:
    target = await scene.wants()
    scene.happens(GREEN)
    await scene.to(HOUR_BEFORE)
    scene.discord.before.append(UnsureError("no answer"))
    await scene.to(GREEN, ticks=1)
    scene.discord.closed[thread_of(scene)] = REFUSALS[why]
    await scene.go(ticks=20)
    assert (scene.posts(CHANNEL), scene.posts(thread_of(scene))) == (2, 0)
    (row,) = await scene.rows(target, LIVE)
    assert row.state is RowState.SENT


async def test_a_post_waits_for_the_thread_that_is_being_opened(scene: Scene) -> None:
    await scene.wants()
    await scene.to(HOUR_BEFORE - timedelta(minutes=1))
    scene.happens(HOUR_BEFORE, NotificationKind.BOARD, number=0)
    scene.desk.answers.clear()
    scene.clock.moment = HOUR_BEFORE
    while "start" not in scene.desk.requests:
        await scene.worker.tick()
        scene.clock.advance(seconds=1)
        await asyncio.sleep(0)
    for _ in range(9):
        await scene.worker.tick()
        await asyncio.sleep(0)
    assert scene.posts(CHANNEL) == 1
    scene.desk.answers.set()
    await scene.go(ticks=9)
    assert (scene.posts(CHANNEL), scene.posts(thread_of(scene))) == (1, 1)


async def test_a_board_that_is_due_before_the_thread_waits_for_it_and_a_post_that_cannot_does_not(
    scene: Scene,
) -> None:
    await scene.wants(leads=(5,))
    early = COVERAGE - timedelta(minutes=30)
    scene.happens(early, NotificationKind.BOARD, number=0)
    scene.happens(early, hours=0.2)
    await scene.to(early)
    assert scene.posts(CHANNEL) == 1
    await scene.to(COVERAGE - timedelta(minutes=5), ticks=9)
    await scene.go(minutes=1)
    assert (scene.posts(CHANNEL), scene.posts(thread_of(scene))) == (2, 1)


async def test_a_thread_that_cannot_be_opened_keeps_nothing_waiting(scene: Scene) -> None:
    await scene.wants()
    scene.desk.closed = Code.TOO_MANY_THREADS
    scene.happens(GREEN)
    await scene.to(HOUR_BEFORE)
    await scene.to(GREEN)
    assert scene.posts(CHANNEL) == 2


@pytest.mark.parametrize("where", ["in the thread", "deleted with it"])
async def test_a_correction_changes_what_stands_in_the_thread_also_after_it_was_put_away(
    scene: Scene, where: str
) -> None:
    results = NotificationKind.RESULTS

    async def write(row: OutboxRow, target: Target) -> Post:
        rows = await scene.rows(target, results)
        before = next((each for each in rows if each.state is RowState.SENT), None)
        if before is None:
            return Post(view_of(row.mark))
        return Post(view_of(row.mark), edit=before.message, edit_in=before.channel, correction=True)

    scene.worker.compose(results, write)
    target = await scene.wants()
    scene.happens(GREEN, results, hours=72)
    await scene.to(HOUR_BEFORE)
    await scene.to(GREEN)
    await scene.to(NOON_AFTER)
    (there,) = [each for each in scene.discord.messages if each.channel == thread_of(scene)]
    assert scene.extra
    scene.extra = [replace(each, lead=2) for each in scene.extra]
    if where == "deleted with it":
        there.deleted = True
    await scene.go(ticks=9)
    assert (there.edits, scene.posts(CHANNEL)) == (1 if where == "in the thread" else 0, 1)
    assert [row.state for row in await scene.rows(target, results)] == [RowState.SENT] * 2
