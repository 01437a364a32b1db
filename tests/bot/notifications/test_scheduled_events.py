"""A server has one scheduled event for each race at hand, in step with the schedule, whatever happens on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.discord_errors import Code
from bot.notifications.schedule_planner import EVENT_HORIZON as HORIZON
from bot.notifications.scheduled_events import MISSING, Listed, RaceEvent, event_mark, race_event
from bot.outbox.contracts import RefusedError, UnsureError
from db.connection import Store
from db.models import RaceStatus
from db.reminders import targets
from db.reminders.models import Extras, RowState, Target
from tests.bot.notifications.events_desk import FS2, Scene
from tests.bot.outbox.standing import COVERAGE, race_at


@pytest.fixture
async def scene(empty_store: Store) -> AsyncIterator[Scene]:
    """Monday before Talladega."""
    made = Scene(empty_store)
    yield made
    made.desk.answers.set()
    await made.worker.close(1)


async def test_an_event_is_made_once(scene: Scene) -> None:
    target = await scene.wants(events=True)
    for _ in range(30):
        await scene.go(hours=2)
    (event,) = scene.desk.shown
    assert (event.content.start, event.content.name) == (COVERAGE, "Talladega 123 · Talladega")
    assert scene.desk.requests == ["list", "create"]
    assert [(row.state, row.message) for row in await scene.rows(target)] == [(RowState.SENT, event.id)]


async def test_it_is_made_eight_days_before_and_not_earlier(scene: Scene) -> None:
    scene.clock.moment = COVERAGE - HORIZON - timedelta(hours=1)
    await scene.wants(events=True)
    await scene.go()
    assert scene.starts == []
    await scene.go(hours=1)
    assert scene.starts == [COVERAGE]


async def test_who_wants_none_has_none_and_none_is_made_of_a_race_that_has_begun(scene: Scene) -> None:
    await scene.wants()
    await scene.go()
    assert scene.desk.requests == []
    scene.clock.moment = COVERAGE
    await scene.wants(events=True)
    await scene.go(ticks=9)
    assert scene.desk.requests == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Another 225"},
        {"coverage": COVERAGE + timedelta(hours=2)},
        {"coverage": COVERAGE + timedelta(minutes=4)},
        {"coverage": COVERAGE + timedelta(days=1)},
        {"broadcasts": FS2},
    ],
)
async def test_it_is_kept_in_step_with_the_schedule(scene: Scene, change: dict[str, Any]) -> None:
    await scene.wants(events=True)
    await scene.go()
    (before,) = scene.desk.shown
    scene.seasons.put(race_at(**change))
    await scene.go(ticks=9)
    (event,) = scene.desk.shown
    assert event.id == before.id
    assert event.content != before.content
    assert scene.desk.requests == ["list", "create", "list", "edit"]
    # And back again.
    scene.seasons.put(race_at())
    await scene.go(ticks=9)
    assert scene.desk.shown == [before]


async def test_of_a_race_called_off_it_is_taken_off_and_made_again_when_it_is_on_again(scene: Scene) -> None:
    await scene.wants(events=True)
    await scene.go()
    scene.seasons.put(race_at(status=RaceStatus.CANCELLED))
    await scene.go(ticks=9)
    assert scene.starts == []
    scene.seasons.put(race_at())
    await scene.go(ticks=9)
    assert scene.starts == [COVERAGE]


async def test_a_clock_that_is_set_back_in_between_does_not_turn_making_and_removing_round(scene: Scene) -> None:
    await scene.wants(events=True)
    await scene.go()
    scene.clock.advance(minutes=-20)
    scene.seasons.put(race_at(status=RaceStatus.CANCELLED))
    await scene.go(ticks=9)
    assert scene.starts == []
    scene.seasons.put(race_at())
    await scene.go(ticks=9)
    assert scene.starts == [COVERAGE]


async def test_of_a_race_put_off_it_is_taken_off_until_there_is_a_date(scene: Scene) -> None:
    await scene.wants(events=True)
    await scene.go()
    scene.seasons.put(race_at(status=RaceStatus.POSTPONED))
    await scene.go(ticks=9)
    assert scene.starts == []
    sunday = COVERAGE + timedelta(days=2)
    scene.seasons.put(race_at(sunday, status=RaceStatus.POSTPONED))
    await scene.go(ticks=9)
    assert scene.starts == [sunday]


async def test_one_put_off_while_it_was_on_is_taken_off_and_another_made(scene: Scene) -> None:
    await scene.wants(events=True)
    await scene.go()
    scene.clock.moment = COVERAGE + timedelta(hours=1)
    scene.seasons.put(race_at(COVERAGE + timedelta(days=1)))
    await scene.go(ticks=9)
    assert scene.starts == [COVERAGE + timedelta(days=1)]
    assert scene.desk.requests[-3:] == ["list", "delete", "create"]


async def test_a_race_moved_far_away_takes_its_event_along_and_makes_no_other(scene: Scene) -> None:
    await scene.wants(events=True)
    await scene.go()
    far = COVERAGE + timedelta(days=28)
    scene.seasons.put(race_at(far), race_at(far + timedelta(days=1), number=24))
    await scene.go(ticks=9)
    assert scene.starts == [far]


@pytest.mark.parametrize("events", [True, False])
async def test_switched_off_because_the_channel_is_gone_it_takes_them_off(scene: Scene, *, events: bool) -> None:
    target = await scene.wants(events=events)
    await scene.go()
    scene.discord.closed[900] = RefusedError("the channel is gone", gone=True)
    scene.clock.moment = COVERAGE - timedelta(hours=1)
    await scene.go(ticks=9)
    off = await targets.target(scene.store, target.id)
    assert off is not None
    assert not off.on
    assert scene.starts == []
    assert scene.desk.requests == (["list", "create", "list", "delete"] if events else [])


async def test_switched_off_it_takes_them_off_and_switched_on_again_it_makes_them_again(scene: Scene) -> None:
    await scene.wants(events=True)
    await scene.go()
    for off in ({"events": False}, {"events": True, "on": False}):
        await scene.wants(**off)
        await scene.go(ticks=9)
        assert scene.starts == []
        await scene.wants(events=True)
        await scene.go(ticks=9)
        assert scene.starts == [COVERAGE]


async def test_one_that_somebody_deleted_is_not_made_again_for_that_moment(scene: Scene) -> None:
    await scene.wants(events=True)
    await scene.go()
    scene.desk.there.clear()
    scene.seasons.put(race_at(broadcasts=FS2))
    await scene.go(ticks=9)
    scene.seasons.put(race_at(coverage=COVERAGE + timedelta(minutes=5)))
    await scene.go(ticks=9)
    assert scene.starts == []
    moved = COVERAGE + timedelta(hours=3)
    scene.seasons.put(race_at(moved))
    await scene.go(ticks=9)
    assert scene.starts == [moved]


@pytest.mark.parametrize("known", [True, False])
async def test_without_the_permission_reminders_go_on_and_it_is_made_once_it_is_given(
    scene: Scene, known: bool
) -> None:
    scene.desk.closed, scene.desk.may = True, None if not known else False
    target = await scene.wants(events=True)
    await scene.go(ticks=9, hours=1)
    (row,) = await scene.rows(target)
    assert (row.state, row.reason) == (RowState.PENDING, MISSING)
    assert ("create" in scene.desk.requests) is not known
    scene.clock.moment = COVERAGE - timedelta(hours=1)
    await scene.go()
    assert len(scene.discord.messages) == 1
    saved = await targets.target(scene.store, target.id)
    assert saved is not None
    assert saved.on
    scene.desk.closed, scene.desk.may = False, True
    await scene.go(minutes=16)
    assert scene.starts == [COVERAGE]


async def test_without_the_permission_it_is_over_when_the_race_begins(scene: Scene) -> None:
    scene.desk.may = False
    target = await scene.wants(events=True)
    await scene.go()
    scene.clock.moment = COVERAGE
    await scene.go(ticks=9)
    assert [row.state for row in await scene.rows(target)] == [RowState.EXPIRED]


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("wait", [timedelta(seconds=10), timedelta(hours=5)])
async def test_one_that_was_made_though_nobody_said_so_is_not_made_again(
    scene: Scene, wait: timedelta, restarted: bool
) -> None:
    target = await scene.wants(events=True)
    scene.desk.after.append(UnsureError("the line is dead"))
    await scene.go(ticks=1)
    assert scene.starts == [COVERAGE]
    if restarted:
        scene.start()
    scene.clock.advance(seconds=wait.total_seconds())
    await scene.go(ticks=20)
    (event,) = scene.desk.shown
    assert [(row.state, row.message) for row in await scene.rows(target)] == [(RowState.SENT, event.id)]
    assert scene.desk.requests == ["list", "create", "list"]


@pytest.mark.parametrize("change", ["edit", "delete"])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_change_that_was_cut_off_is_made(scene: Scene, change: str, when: str) -> None:
    await scene.wants(events=True)
    await scene.go()
    getattr(scene.desk, when).append(UnsureError("the line is dead"))
    status = RaceStatus.CANCELLED if change == "delete" else RaceStatus.SCHEDULED
    moved = COVERAGE + timedelta(hours=2)
    scene.seasons.put(race_at(moved, status=status))
    await scene.go(ticks=20)
    assert scene.starts == ([] if change == "delete" else [moved])


async def test_one_that_is_on_its_way_while_it_is_switched_off_is_taken_off(scene: Scene) -> None:
    await scene.wants(events=True)
    scene.desk.answers.clear()
    while "create" not in scene.desk.requests:
        await scene.worker.tick()
    await scene.wants(events=False)
    for _ in range(9):
        await scene.worker.tick()
        await asyncio.sleep(0)
    scene.desk.answers.set()
    await scene.go(ticks=9)
    assert scene.starts == []
    assert scene.desk.requests == ["list", "create", "list", "delete"]


async def test_other_events_are_left_alone_and_of_two_of_ours_one_goes(scene: Scene) -> None:
    other = RaceEvent("Watch party", "Bring food", "Tom's", COVERAGE, COVERAGE + timedelta(hours=4))
    mine = replace(other, description=f"Older\n{event_mark(race_at().id)}")
    last_week = replace(other, description=event_mark(race_at(number=22).id))
    for number, content in enumerate((other, mine, mine, last_week), 1):
        scene.desk.there[number] = Listed(number, content)
    await scene.wants(events=True)
    await scene.go(ticks=9)
    assert {each.id for each in scene.desk.shown} == {1, 2, 4}
    assert scene.desk.there[1].content == other
    assert scene.desk.there[2].content.name == "Talladega 123 · Talladega"


async def test_one_that_ended_meanwhile_is_let_be(scene: Scene) -> None:
    target = await scene.wants(events=True)
    await scene.go()
    scene.desk.before.append(RefusedError("Cannot update a finished event", code=Code.FINISHED_EVENT))
    scene.seasons.put(race_at(broadcasts=FS2))
    await scene.go(ticks=9)
    assert [row.state for row in await scene.rows(target)] == [RowState.SENT, RowState.SENT]


async def test_what_discord_refuses_for_good_is_told(scene: Scene) -> None:
    target = await scene.wants(events=True)
    scene.desk.before.append(RefusedError("Discord refused it (400)", code=50035))
    await scene.go(ticks=9)
    (row,) = await scene.rows(target)
    assert row.state is RowState.FAILED
    assert "Discord refused it" in (row.reason or "")


async def test_a_person_has_none(scene: Scene) -> None:
    wanted = Target(user=5, extras=Extras(events=True))
    await targets.save(scene.store, wanted, datetime(2025, 10, 1, tzinfo=UTC))
    await scene.go(ticks=9)
    assert scene.desk.requests == []


async def test_a_change_whose_answer_was_lost_is_undone_when_the_schedule_goes_back(scene: Scene) -> None:
    await scene.wants(events=True)
    await scene.go()
    scene.desk.after.append(UnsureError("the line is dead"))
    scene.seasons.put(race_at(COVERAGE + timedelta(hours=2)))
    await scene.go(ticks=1)
    assert scene.starts == [COVERAGE + timedelta(hours=2)]
    scene.seasons.put(race_at())
    await scene.go(ticks=20)
    assert scene.starts == [COVERAGE]


async def test_another_is_not_made_before_the_first_request_must_have_arrived(scene: Scene) -> None:
    target = await scene.wants(events=True)
    scene.desk.before.append(UnsureError("no answer"))
    await scene.go(ticks=4)
    assert scene.desk.requests == ["list", "create"]
    # It arrives forty seconds after it left.
    race = scene.seasons.seasons[0].races[0]
    content = race_event(scene.seasons.seasons[0], race)
    assert content is not None
    scene.desk.there[7] = Listed(7, content)
    await scene.go(ticks=9)
    assert scene.starts == [COVERAGE]
    assert scene.desk.requests == ["list", "create", "list"]
    assert [row.message for row in await scene.rows(target)] == [7]
