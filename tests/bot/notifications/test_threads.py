"""A race has one thread, opened with a reminder and put away the day after, whatever happens on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.discord_errors import Code
from bot.notifications.threads import MISSING, NO_THREADS, TOO_MANY, ThreadKeeper
from bot.outbox.contracts import RefusedError, UnsureError
from db.connection import Store
from db.models import RaceStatus
from db.reminders import targets
from db.reminders.models import RowState, WeekendSession
from db.reminders.race_day import ARCHIVED, OPENED, thread_lead
from tests.bot.notifications.threads_desk import NAME, Ended, Scene, Thread
from tests.bot.outbox.standing import CHANNEL, COVERAGE, HOUR_BEFORE, race_at

NOON_AFTER = COVERAGE + timedelta(hours=20)
"""Noon Eastern of the day after."""


@pytest.fixture
async def scene(empty_store: Store) -> AsyncIterator[Scene]:
    """The morning of Talladega."""
    made = Scene(empty_store)
    yield made
    made.desk.answers.set()
    await made.worker.close(1)


async def test_it_is_started_from_the_reminder_and_archived_the_day_after(scene: Scene) -> None:
    target = await scene.wants()
    await scene.go()
    assert scene.desk.requests == []
    await scene.to(HOUR_BEFORE)
    assert scene.desk.there == [Thread(scene.reminder.id, NAME)]
    await scene.to(NOON_AFTER - timedelta(minutes=5))
    assert scene.desk.there == [Thread(scene.reminder.id, NAME)]
    await scene.to(NOON_AFTER)
    assert scene.desk.there == [Thread(scene.reminder.id, NAME, archived=True)]
    for _ in range(20):
        await scene.go(hours=3)
    assert scene.desk.requests == ["start", "archive"]
    assert [(row.notification.session, row.state, row.message) for row in await scene.rows(target)] == [
        (OPENED, RowState.SENT, scene.reminder.id),
        (ARCHIVED, RowState.SENT, scene.reminder.id),
    ]


@pytest.mark.parametrize(
    ("leads", "expected"),
    [
        ((), 15),
        ((1440,), 1440),
        ((1440, 60, 0), 60),
        ((60, 15, 5), 15),
        ((30, 5), 30),
        ((5, 0), 5),
        ((0,), 0),
    ],
)
def test_it_is_opened_with_the_last_reminder_that_comes_in_good_time(leads: tuple[int, ...], expected: int) -> None:
    assert thread_lead(leads) == expected


async def test_of_several_reminders_it_hangs_on_the_last_in_good_time(scene: Scene) -> None:
    await scene.wants(leads=(180, 60, 5))
    await scene.to(COVERAGE - timedelta(hours=3))
    assert scene.desk.there == []
    await scene.to(HOUR_BEFORE)
    await scene.to(COVERAGE - timedelta(minutes=5))
    second = scene.discord.messages[1]
    assert scene.desk.there == [Thread(second.id, NAME)]
    assert len(scene.discord.messages) == 3


async def test_a_reminder_that_is_still_going_out_is_waited_for(scene: Scene) -> None:
    await scene.wants()
    scene.discord.before = [UnsureError("no answer"), UnsureError("no answer")]
    await scene.to(HOUR_BEFORE, ticks=1)
    assert scene.desk.requests == []
    await scene.go(ticks=20)
    assert scene.desk.there == [Thread(scene.reminder.id, NAME)]
    assert scene.desk.requests == ["start"]


@pytest.mark.parametrize("why", ["none wanted", "deleted", "other channel"])
async def test_without_a_reminder_in_the_channel_it_is_made_without_one(scene: Scene, why: str) -> None:
    sessions = {WeekendSession.QUALIFYING} if why == "none wanted" else {WeekendSession.COVERAGE}
    await scene.wants(sessions=frozenset(sessions), channel=901 if why == "other channel" else CHANNEL)
    if why == "deleted":
        scene.desk.may = False
        await scene.to(HOUR_BEFORE)
        scene.reminder.deleted, scene.desk.may = True, True
        await scene.go(minutes=16)
    elif why == "other channel":
        scene.desk.may = False
        await scene.to(HOUR_BEFORE)
        scene.desk.may = True
        await scene.wants()
        await scene.go(minutes=16)
    else:
        await scene.to(HOUR_BEFORE)
    assert scene.desk.there == [Thread(7000, NAME, from_message=False)]
    expected = ["active", "put away", "create"]
    assert scene.desk.requests == (["start", *expected] if why == "deleted" else expected)


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("reminded", [False, True])
@pytest.mark.parametrize("arrived", [False, True])
async def test_one_whose_answer_was_lost_is_found_again(
    scene: Scene, *, restarted: bool, reminded: bool, arrived: bool
) -> None:
    sessions = {WeekendSession.COVERAGE if reminded else WeekendSession.QUALIFYING}
    target = await scene.wants(sessions=frozenset(sessions))
    happening = scene.desk.after if arrived else scene.desk.before
    happening.extend([None] * (0 if reminded or arrived else 2))
    happening.append(UnsureError("the line is dead"))
    await scene.to(HOUR_BEFORE)
    if restarted:
        scene.start()
    await scene.go(ticks=20)
    assert len(scene.desk.there) == 1
    opened = (await scene.rows(target))[0]
    assert (opened.state, opened.message) == (RowState.SENT, scene.desk.there[0].id)
    if reminded:
        assert scene.desk.requests == ["start", "start"]


async def test_one_that_was_made_and_put_away_unseen_is_found_again(scene: Scene) -> None:
    target = await scene.wants(sessions=frozenset({WeekendSession.QUALIFYING}))
    scene.desk.there = [Thread(5, NAME, archived=True), Thread(6, "Bristol · Sep 11"), Thread(7, NAME, channel=901)]
    await scene.to(HOUR_BEFORE)
    assert (await scene.rows(target))[0].message == 5
    assert scene.desk.requests == ["active", "put away"]


async def test_where_those_put_away_may_not_be_listed_it_is_made(scene: Scene) -> None:
    await scene.wants(sessions=frozenset({WeekendSession.QUALIFYING}))
    scene.desk.unlisted = True
    await scene.to(HOUR_BEFORE)
    assert scene.desk.requests == ["active", "put away", "create"]


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (Code.MISSING_PERMISSIONS, MISSING),
        (Code.MISSING_ACCESS, MISSING),
        (Code.TOO_MANY_THREADS, TOO_MANY),
        (Code.TOO_MANY_ANNOUNCEMENT_THREADS, TOO_MANY),
        (Code.WRONG_CHANNEL_TYPE, NO_THREADS),
    ],
)
async def test_what_stands_in_its_way_is_told_and_looked_at_again(scene: Scene, code: Code, why: str) -> None:
    target = await scene.wants()
    scene.desk.closed = code
    await scene.to(HOUR_BEFORE, ticks=9)
    (row,) = await scene.rows(target)
    assert (row.state, row.reason) == (RowState.PENDING, why)
    assert scene.desk.requests == ["start"]
    scene.desk.closed = 0
    await scene.go(minutes=16)
    assert scene.desk.there == [Thread(scene.reminder.id, NAME)]


async def test_without_the_permission_nothing_is_asked_of_discord_and_posts_go_into_the_channel(scene: Scene) -> None:
    target = await scene.wants()
    scene.desk.may = False
    scene.happens(COVERAGE + timedelta(hours=1))
    await scene.to(HOUR_BEFORE)
    await scene.to(COVERAGE + timedelta(hours=1))
    assert scene.desk.requests == []
    assert scene.posts(CHANNEL) == 2
    assert (await scene.rows(target))[0].reason == MISSING
    await scene.to(COVERAGE + timedelta(hours=8))
    assert (await scene.rows(target))[0].state is RowState.EXPIRED


async def test_what_is_refused_for_good_is_told_and_the_posts_go_on(scene: Scene) -> None:
    target = await scene.wants()
    scene.desk.before.append(RefusedError("Discord refused it (400)", code=50035))
    scene.happens(COVERAGE + timedelta(hours=1))
    await scene.to(HOUR_BEFORE)
    (row,) = await scene.rows(target)
    assert (row.state, row.reason) == (RowState.FAILED, "Discord refused it (400)")
    await scene.to(COVERAGE + timedelta(hours=1))
    assert scene.posts(CHANNEL) == 2


@pytest.mark.parametrize("gone", ["deleted", "put away"])
async def test_one_that_is_gone_or_put_away_by_people_is_done_with(scene: Scene, gone: str) -> None:
    target = await scene.wants()
    await scene.to(HOUR_BEFORE)
    if gone == "deleted":
        scene.desk.there.clear()
    else:
        scene.desk.there[0].archived = True
    await scene.to(NOON_AFTER)
    assert [row.state for row in await scene.rows(target)] == [RowState.SENT] * 2


async def test_putting_it_away_that_got_no_answer_is_done_again(scene: Scene) -> None:
    target = await scene.wants()
    await scene.to(HOUR_BEFORE)
    scene.desk.after.append(UnsureError("no answer"))
    await scene.to(NOON_AFTER, ticks=20)
    assert scene.desk.requests == ["start", "archive", "archive"]
    assert [row.state for row in await scene.rows(target)] == [RowState.SENT] * 2


async def test_who_sees_the_race_later_keeps_it_as_much_longer(scene: Scene) -> None:
    await scene.wants(extras={"delay": 3 * 3600})
    await scene.to(HOUR_BEFORE)
    assert len(scene.desk.there) == 1
    await scene.to(NOON_AFTER)
    assert not scene.desk.there[0].archived
    await scene.to(NOON_AFTER + timedelta(hours=3))
    assert scene.desk.there[0].archived


async def test_a_race_that_is_moved_before_takes_it_along(scene: Scene) -> None:
    await scene.wants()
    await scene.go()
    saturday = COVERAGE + timedelta(days=1)
    scene.seasons.put(race_at(saturday))
    await scene.to(HOUR_BEFORE)
    assert scene.desk.there == []
    await scene.to(HOUR_BEFORE + timedelta(days=1))
    assert scene.desk.there == [Thread(scene.reminder.id, "Talladega · Oct 18")]
    await scene.to(NOON_AFTER)
    assert not scene.desk.there[0].archived
    await scene.to(NOON_AFTER + timedelta(days=1))
    assert scene.desk.there[0].archived


async def test_a_race_put_off_after_it_was_opened_keeps_it(scene: Scene) -> None:
    await scene.wants()
    await scene.to(HOUR_BEFORE)
    saturday = COVERAGE + timedelta(days=1)
    scene.seasons.put(race_at(saturday, status=RaceStatus.POSTPONED))
    scene.happens(saturday + timedelta(hours=1))
    await scene.to(NOON_AFTER)
    assert [each.archived for each in scene.desk.there] == [False]
    await scene.to(saturday - timedelta(hours=1))
    await scene.to(saturday + timedelta(hours=1))
    assert scene.desk.requests == ["start"]
    assert scene.posts(scene.desk.there[0].id) == 1
    await scene.to(NOON_AFTER + timedelta(days=1))
    assert scene.desk.there[0].archived


async def test_a_race_made_up_after_it_was_put_away_gets_another(scene: Scene) -> None:
    await scene.wants()
    await scene.to(HOUR_BEFORE)
    await scene.to(NOON_AFTER)
    later = COVERAGE + timedelta(days=3)
    scene.seasons.put(race_at(later))
    scene.happens(later + timedelta(hours=1))
    await scene.go()
    await scene.to(later - timedelta(hours=1))
    await scene.to(later + timedelta(hours=1))
    first, second = scene.desk.there
    assert (first.archived, second.archived, second.name) == (True, False, "Talladega · Oct 20")
    assert scene.posts(second.id) == 1
    await scene.to(NOON_AFTER + timedelta(days=3))
    assert second.archived


@pytest.mark.parametrize("status", [RaceStatus.CANCELLED, RaceStatus.POSTPONED])
async def test_of_a_race_called_off_none_is_opened_and_an_open_one_is_put_away(
    scene: Scene, status: RaceStatus
) -> None:
    await scene.wants()
    await scene.to(HOUR_BEFORE)
    scene.seasons.put(race_at(status=status))
    await scene.go()
    # Who asks for one only now gets none.
    await scene.wants(channel=901)
    await scene.go(hours=2)
    await scene.wants()
    await scene.to(NOON_AFTER)
    assert scene.desk.there == [Thread(scene.reminder.id, NAME, archived=True)]


async def test_asked_for_during_the_race_it_is_opened_at_once(scene: Scene) -> None:
    target = await scene.wants(thread=False)
    await scene.to(HOUR_BEFORE)
    await scene.to(COVERAGE + timedelta(hours=1))
    assert await scene.rows(target) == []
    await scene.wants()
    await scene.go()
    assert scene.desk.there == [Thread(scene.reminder.id, NAME)]


async def test_other_reminders_chosen_later_open_no_second_one(scene: Scene) -> None:
    await scene.wants()
    await scene.to(HOUR_BEFORE)
    await scene.wants(leads=(30,))
    await scene.to(COVERAGE - timedelta(minutes=30))
    assert len(scene.desk.there) == 1
    assert scene.desk.requests == ["start"]


async def test_another_channel_chosen_later_gets_its_own_and_both_are_put_away(scene: Scene) -> None:
    await scene.wants()
    await scene.to(HOUR_BEFORE)
    await scene.wants(channel=901)
    scene.happens(COVERAGE + timedelta(hours=1))
    await scene.to(COVERAGE + timedelta(hours=1))
    assert [(each.channel, each.from_message) for each in scene.desk.there] == [(CHANNEL, True), (901, False)]
    assert scene.posts(scene.desk.there[1].id) == 1
    await scene.to(NOON_AFTER)
    assert [each.archived for each in scene.desk.there] == [True, True]


async def test_a_person_has_none_and_neither_has_who_did_not_ask(scene: Scene) -> None:

    target = await scene.wants(thread=False)
    person = replace(target, id=0, guild=None, user=5, channel=None, extras=replace(target.extras, thread=True))
    await targets.save(scene.store, person, scene.clock.now())
    await scene.to(HOUR_BEFORE)
    await scene.to(NOON_AFTER)
    assert scene.desk.requests == []
    assert [row.notification.kind for row in await scene.rows(target)] == []


@pytest.mark.parametrize("reminded", [False, True])
@pytest.mark.parametrize("session", [OPENED, ARCHIVED])
async def test_ended_at_any_await_and_begun_again_there_is_one_thread(
    scene: Scene, *, session: str, reminded: bool
) -> None:
    sessions = {WeekendSession.COVERAGE if reminded else WeekendSession.QUALIFYING}
    target = await scene.wants(sessions=frozenset(sessions))
    await scene.to(HOUR_BEFORE)
    if session == ARCHIVED:
        await scene.go(minutes=2)
    row = next(row for row in await scene.rows(target) if row.notification.session == session)
    keeper = ThreadKeeper(scene.store, scene.clock, scene.desk)
    for left in range(20):
        if session == OPENED:
            scene.desk.there.clear()
        scene.desk.ends_after = left
        ended = False
        try:
            await keeper.keep(row, target, scene.desk.turn)
        except Ended:
            ended = True
        scene.desk.ends_after = None
        made = await keeper.keep(row, target, scene.desk.turn)
        assert made is not None
        (thread,) = scene.desk.there
        assert (made.id, thread.archived) == (thread.id, session == ARCHIVED)
        thread.archived = False
        if not ended:
            break
    else:
        pytest.fail("it never came to its end")
    assert left > 1
