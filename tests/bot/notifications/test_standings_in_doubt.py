"""What the standings message says, where an answer never came, a clock was set back or it was there twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.outbox.contracts import BusyError, Post, UnsureError
from bot.outbox.ledger import Ledger
from db.connection import Store
from db.reminders.models import RowState
from db.timestamps import to_text
from tests.bot.notifications.test_standings_message import EVENING, KILLED, penalized, through
from tests.bot.outbox.postings import HELD, Scene, after


@pytest.fixture
async def scene(empty_store: Store) -> AsyncIterator[Scene]:
    """The third race is on, and the results of two are held."""
    made = Scene(empty_store, EVENING)
    made.hold(after(2))
    yield made
    await made.worker.close(1)


async def test_a_change_without_an_answer_that_arrives_late_undoes_no_later_one(scene: Scene) -> None:
    await scene.wants(standings=True)
    await scene.go()
    before = scene.discord.texts()
    held_up: list[Callable[[], None]] = []
    scene.discord.hold_up_edit(held_up)
    scene.clock.moment = HELD
    scene.hold(penalized(after(2)))
    await scene.go(ticks=1)
    scene.hold(after(3))
    await scene.go(ticks=4)
    held_up[0]()
    assert scene.discord.texts() != before, "the late one has arrived"
    await scene.go(ticks=9)
    (said,) = scene.discord.texts()
    assert through(said) == 3


@pytest.mark.parametrize("arrives", ["at once", "late", "never"])
@pytest.mark.parametrize("killed", [True, False])
async def test_a_change_without_an_answer_is_taken_back_once_it_is_wanted_no_longer(
    scene: Scene, arrives: str, *, killed: bool
) -> None:
    """What the message says now is not what the store was told last, and what is wanted is made again."""
    target = await scene.wants(standings=True)
    await scene.go()
    before = scene.discord.texts()
    held_up: list[Callable[[], None]] = []
    scene.discord.hold_up_edit(held_up)
    scene.hold(penalized(after(2)))
    await scene.go(ticks=1)
    if arrives == "at once":
        held_up[0]()
        assert scene.discord.texts() != before
    if killed:
        scene.start()
    scene.hold(after(2))
    await scene.go(ticks=4)
    if arrives == "late":
        held_up[0]()
        assert scene.discord.texts() != before
    await scene.go(ticks=9)
    assert scene.discord.texts() == before
    assert [message.edits for message in scene.discord.messages] == [1]
    rows = await scene.rows(target)
    assert {row.state for row in rows} == {RowState.SENT}
    # Nothing is left to be done.
    await scene.go(ticks=9, hours=2)
    assert [message.edits for message in scene.discord.messages] == [1]


async def test_a_change_that_certainly_had_no_effect_needs_no_taking_back(scene: Scene) -> None:
    target = await scene.wants(standings=True)
    await scene.go()
    scene.discord.before = [BusyError("Discord told me to slow down", 5.0)]
    scene.hold(penalized(after(2)))
    await scene.go(ticks=1)
    scene.hold(after(2))
    await scene.go(ticks=20)
    assert [message.edits for message in scene.discord.messages] == [0]
    assert len(await scene.rows(target)) == 1


async def test_a_change_is_wanted_again_while_it_is_not_known_whether_it_was_made(scene: Scene) -> None:
    await scene.wants(standings=True)
    await scene.go()
    before = scene.discord.texts()
    scene.discord.before = [UnsureError("no answer"), BusyError("Discord told me to slow down", 5.0)]
    for season in (penalized(after(2)), after(2), penalized(after(2))):
        scene.hold(season)
        await scene.go(ticks=1)
    await scene.go(ticks=9)
    changed = scene.discord.texts()
    assert changed != before
    assert [message.edits for message in scene.discord.messages] == [1]


async def test_a_change_on_its_way_at_an_orderly_stop_is_in_doubt(scene: Scene) -> None:
    await scene.wants(standings=True)
    await scene.go()
    before = scene.discord.texts()
    met, edit = asyncio.Event(), scene.discord.edit

    async def hangs(channel: int, message: int, post: Post) -> None:
        await edit(channel, message, post)
        met.set()
        await asyncio.Event().wait()

    scene.discord.edit = hangs  # type: ignore[method-assign]
    scene.hold(penalized(after(2)))
    await scene.worker.tick()
    await met.wait()
    await scene.worker.close(0)
    assert scene.discord.texts() != before
    scene.discord.edit = edit  # type: ignore[method-assign]
    scene.start()
    scene.hold(after(2))
    await scene.go(ticks=9)
    assert scene.discord.texts() == before


async def test_a_late_change_undoes_no_later_one_though_the_program_was_started_anew(scene: Scene) -> None:
    await scene.wants(standings=True)
    await scene.go()
    held_up: list[Callable[[], None]] = []
    scene.discord.hold_up_edit(held_up)
    scene.clock.moment = HELD
    scene.hold(penalized(after(2)))
    await scene.go(ticks=1)
    scene.start()
    scene.hold(after(3))
    await scene.go(ticks=4)
    held_up[0]()
    await scene.go(ticks=9)
    (said,) = scene.discord.texts()
    assert through(said) == 3


@pytest.mark.parametrize("back", [timedelta(minutes=15), timedelta(minutes=50)])
async def test_one_posted_by_a_clock_set_back_is_changed_when_it_gets_to_the_results(
    scene: Scene, back: timedelta
) -> None:
    """It says what was known then, and its row is of a race that this clock knows nothing of."""
    await scene.wants(standings=True)
    scene.discord.before = [BusyError("Discord told me to slow down", 5.0), UnsureError("no answer")]
    await scene.go(ticks=1)
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=1)
    assert scene.discord.messages == []
    # As if the run had been killed over it, and started by a clock that is right again.
    async with scene.store.write() as connection:
        await connection.execute(KILLED, (to_text(HELD),))
    scene.start()
    scene.clock.moment = HELD - back
    await scene.go(ticks=20)
    assert [through(said) for said in scene.discord.texts()] == [2]
    scene.clock.moment = HELD
    await scene.go(ticks=15)
    assert [through(said) for said in scene.discord.texts()] == [3]


async def test_a_race_whose_results_are_taken_back_takes_the_standings_back(scene: Scene) -> None:
    await scene.wants(standings=True)
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=9)
    assert [through(said) for said in scene.discord.texts()] == [3]
    scene.hold(after(2))
    await scene.go(ticks=15)
    assert [through(said) for said in scene.discord.texts()] == [2]


async def test_what_was_changed_in_a_message_that_is_taken_away_is_changed_in_the_one_that_stays(
    scene: Scene,
) -> None:
    """The history could not be read when the second message was looked for, and a change does not wait for that."""
    await scene.wants(standings=True)
    await scene.go()
    (first,) = scene.discord.messages
    second = replace(first, id=first.id + (1 << 24))
    scene.discord.messages.append(second)
    scene.discord.views[second.id] = scene.discord.views[first.id]
    look = to_text(HELD + timedelta(minutes=10))
    async with scene.store.write() as connection:
        await connection.execute(
            """UPDATE outbox SET message_id = ?, tried_at = sent_at, last_tried_at = sent_at, tries = 2,
            look_again_at = ?""",
            (second.id, look),
        )
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=9)
    assert (first.edits, second.edits, second.deleted) == (0, 1, False)
    await scene.go(ticks=15, minutes=10)
    (said,) = scene.discord.texts()
    assert through(said) == 3
    assert (first.edits, first.deleted, second.deleted) == (1, False, True)


async def test_a_change_that_is_held_up_before_it_leaves_is_written_anew(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = await scene.wants(standings=True)
    await scene.go()
    mark, asked = Ledger.mark_change, list[str]()

    async def held_up(ledger: Ledger, number: int) -> datetime | None:
        marked_at = await mark(ledger, number)
        scene.clock.advance(seconds=6)
        asked.extend(scene.discord.requests)
        return marked_at

    scene.hold(penalized(after(2)))
    with monkeypatch.context() as slow:
        slow.setattr(Ledger, "mark_change", held_up)
        await scene.go(ticks=1)
    assert scene.discord.requests == asked
    (row,) = await scene.rows(target, RowState.PENDING)
    assert row.unanswered_at is None
    await scene.go()
    assert [message.edits for message in scene.discord.messages] == [1]
