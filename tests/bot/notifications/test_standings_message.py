"""A server has one standings message, which is changed whenever they change and posted again where it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from bot.outbox.contracts import BusyError, UnsureError
from db.connection import Store
from db.models import Adjustment, Freshness, Season
from db.reminders.models import RowState
from db.timestamps import to_text
from tests.bot.outbox.postings import CHANNEL, ELSEWHERE, HELD, NEXT, Scene, after
from tests.bot.render.reading import body
from tests.checks.limits import check_message

EVENING = HELD - timedelta(hours=1)
KILLED = """
UPDATE outbox SET state = 'claimed', claimed_by = 'killed', claimed_at = ?1, tried_at = ?1, tries = 1
 WHERE state = 'pending'
"""


def penalized(season: Season) -> Season:
    """Corey Heim loses points for the second race."""
    rows = season.results[2]
    heim = next(row for row in rows if row.driver == "corey-heim")
    lost = tuple(replace(row, points=row.points - 20) if row is heim else row for row in rows)
    results = MappingProxyType({**season.results, 2: lost})
    return replace(season, results=results, adjustments=(Adjustment(2, "corey-heim", -20, reason="inspection"),))


@pytest.fixture
async def scene(empty_store: Store) -> AsyncIterator[Scene]:
    """The third race is on, and the results of two are held."""
    made = Scene(empty_store, EVENING)
    made.hold(after(2))
    yield made
    await made.worker.close(1)


def through(said: str) -> int:
    """Through which race a message says that it runs."""
    return int(said.split("Data through race ")[1].split(maxsplit=1)[0])


async def test_it_is_there_as_soon_as_it_is_asked_for_and_says_how_far_it_runs(scene: Scene) -> None:
    await scene.wants(standings=True)
    await scene.go()
    (said,) = scene.discord.texts()
    assert through(said) == 2
    (view,) = scene.discord.views.values()
    assert check_message(body(view)) == []


async def test_it_is_changed_in_place_after_each_race(scene: Scene) -> None:
    target = await scene.wants(standings=True)
    await scene.go(ticks=9)
    for run in (3, 4):
        scene.clock.moment = HELD + (run - 3) * NEXT
        scene.hold(after(run))
        await scene.go(ticks=9, minutes=1)
        (said,) = scene.discord.texts()
        assert through(said) == run
    (message,) = scene.discord.messages
    assert message.edits == 2
    assert [(row.notification.round, row.state, row.message) for row in await scene.rows(target)] == [
        (run, RowState.SENT, message.id) for run in (2, 3, 4)
    ]


async def test_a_penalty_changes_it_and_taking_that_back_does_too(scene: Scene) -> None:
    await scene.wants(standings=True)
    await scene.go()
    before = scene.discord.texts()
    scene.hold(penalized(after(2)))
    await scene.go()
    assert scene.discord.texts() != before
    scene.hold(after(2))
    await scene.go()
    assert scene.discord.texts() == before
    assert scene.discord.messages[0].edits == 2


async def test_what_leaves_the_standings_as_they_are_leaves_the_message_alone(scene: Scene) -> None:
    target = await scene.wants(standings=True)
    await scene.go()
    scene.hold(replace(after(2), freshness=Freshness(scene.clock.now())))
    await scene.go(ticks=9, hours=30)
    assert [message.edits for message in scene.discord.messages] == [0]
    assert len(await scene.rows(target)) == 1


async def test_one_that_somebody_deleted_is_posted_again_with_the_next_change(scene: Scene) -> None:
    await scene.wants(standings=True)
    await scene.go()
    scene.discord.messages[0].deleted = True
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=9)
    (said,) = scene.discord.texts()
    assert through(said) == 3
    scene.hold(penalized(after(3)))
    await scene.go()
    assert [(message.deleted, message.edits) for message in scene.discord.messages] == [(True, 0), (False, 1)]


async def test_another_channel_gets_a_message_of_its_own_at_once_and_the_old_one_is_left_alone(scene: Scene) -> None:
    await scene.wants(standings=True)
    await scene.go()
    await scene.wants(standings=True, channel=ELSEWHERE)
    await scene.go()
    assert [through(said) for said in scene.discord.texts(ELSEWHERE)] == [2]
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=9)
    assert [through(said) for said in scene.discord.texts(ELSEWHERE)] == [3]
    assert [through(said) for said in scene.discord.texts(CHANNEL)] == [2]


async def test_another_setting_is_no_reason_to_post_it_again(scene: Scene) -> None:
    await scene.wants(standings=True)
    await scene.go()
    await scene.wants(standings=True, results=True)
    await scene.go()
    await scene.wants(standings=False)
    await scene.go()
    await scene.wants(standings=True)
    await scene.go(ticks=9)
    assert [message.edits for message in scene.discord.messages] == [0]


async def test_a_channel_chosen_while_the_outcome_is_held_back_is_not_told_it(scene: Scene) -> None:
    await scene.wants(standings=True, delay=180 * 60)
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go()
    await scene.wants(standings=True, delay=180 * 60, channel=ELSEWHERE)
    await scene.go(ticks=9, hours=2)
    assert [through(said) for said in scene.discord.texts(CHANNEL)] == [2]
    assert scene.discord.texts(ELSEWHERE) == []
    await scene.go(ticks=9, hours=1)
    assert [through(said) for said in scene.discord.texts(ELSEWHERE)] == [3]


async def test_a_penalty_that_was_on_its_way_does_not_tell_of_a_race_held_back(scene: Scene) -> None:
    await scene.wants(standings=True, delay=180 * 60)
    await scene.go()
    scene.discord.before.append(UnsureError("no answer"))
    scene.hold(penalized(after(2)))
    await scene.go(ticks=1)
    # As if the run had been killed over it.
    async with scene.store.write() as connection:
        await connection.execute(KILLED, (to_text(HELD),))
    scene.clock.moment = HELD
    scene.start()
    scene.hold(penalized(after(3)))
    await scene.go(ticks=9)
    (said,) = scene.discord.texts()
    assert through(said) == 2
    assert "should be over" not in said
    assert scene.discord.messages[0].edits == 1


async def test_what_waits_is_superseded_by_what_comes_after(scene: Scene) -> None:
    target = await scene.wants(standings=True)
    await scene.go()
    scene.discord.before += [BusyError("patience", 600)]
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=1)
    scene.hold(penalized(after(3)))
    await scene.go(ticks=9, minutes=20)
    assert scene.discord.messages[0].edits == 1
    assert [row.state for row in await scene.rows(target)] == [RowState.SENT, RowState.SENT]


@pytest.mark.parametrize("wait", [timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=3)])
async def test_an_edition_that_follows_a_first_one_cut_off_finds_its_message(scene: Scene, wait: timedelta) -> None:
    target = await scene.wants(standings=True)
    scene.discord.after.append(UnsureError("the answer was lost"))
    await scene.go(ticks=1)
    assert await scene.rows(target, RowState.SENT) == []
    scene.hold(penalized(after(2)))
    scene.start()
    scene.clock.advance(seconds=wait.total_seconds())
    await scene.go(ticks=20)
    (message,) = scene.discord.messages
    rows = await scene.rows(target)
    assert {row.message for row in rows} == {message.id}
    assert [row.state for row in rows] == [RowState.SENT, RowState.SENT]


async def test_of_two_editions_at_once_the_later_waits_for_the_earlier(scene: Scene) -> None:
    """While the first is being sent nobody knows yet that there is a message to change."""
    target = await scene.wants(standings=True)
    scene.discord.answers.clear()
    while not scene.discord.messages:
        await scene.worker.tick()
    scene.hold(penalized(after(2)))
    for _ in range(9):
        await scene.worker.tick()
        await asyncio.sleep(0)
    rows = await scene.rows(target)
    assert len(rows) == 2
    assert rows[1].attempts == 1
    assert rows[1].reason == "an earlier one is still going out"
    scene.discord.answers.set()
    await scene.go(ticks=9)
    (message,) = scene.discord.messages
    assert message.edits == 1
    assert len(await scene.rows(target, RowState.SENT)) == 2


async def test_the_first_race_of_a_season_takes_the_message_over(scene: Scene) -> None:
    old = replace(after(3), year=2024)
    races = tuple(
        replace(race, id=race.id - 100, season=2024, date=race.date.replace(year=2024), start=None)
        for race in old.races
    )
    old = replace(old, races=races)
    scene.hold(old, after(0))
    await scene.wants(standings=True)
    await scene.go()
    assert "2024" in scene.discord.texts()[0].splitlines()[0]
    scene.hold(old, after(1))
    await scene.go()
    (said,) = scene.discord.texts()
    assert "2025" in said.splitlines()[0]
    assert scene.discord.messages[0].edits == 1


async def test_a_correction_waits_until_a_second_message_is_taken_away_and_changes_the_one_that_stays(
    scene: Scene,
) -> None:
    """It was sent twice, and the store knows the newer message alone."""
    target = await scene.wants(standings=True)
    await scene.go()
    (first,) = scene.discord.messages
    second = replace(first, id=first.id + (1 << 24))
    scene.discord.messages.append(second)
    scene.discord.views[second.id] = scene.discord.views[first.id]
    look = to_text(scene.clock.now() + timedelta(minutes=1))
    async with scene.store.write() as connection:
        await connection.execute("UPDATE outbox SET message_id = ?, tries = 2, look_again_at = ?", (second.id, look))
    before = scene.discord.texts()
    scene.hold(penalized(after(2)))
    await scene.go(ticks=20)
    (said,) = scene.discord.texts()
    assert said not in before
    assert (first.deleted, second.deleted, first.edits) == (False, True, 1)
    assert {row.message for row in await scene.rows(target, RowState.SENT)} == {first.id}


async def test_one_that_an_older_copy_knows_nothing_of_is_found_again_if_the_edit_got_no_answer(
    scene: Scene, tmp_path: Path
) -> None:
    await scene.wants(standings=True)
    await scene.store.backup(tmp_path / "backup.db")
    await scene.go()
    await scene.worker.close(1)
    scene.clock.advance(minutes=10)
    scene.hold(penalized(after(2)))
    async with await Store.open(tmp_path / "backup.db") as restored:
        scene.store = restored
        scene.start()
        scene.discord.after = [UnsureError("no answer")]
        await scene.go(ticks=3)
        await scene.worker.close(1)
    assert [message.deleted for message in scene.discord.messages] == [False]
    assert scene.discord.messages[0].edits == 2


async def test_an_older_copy_that_knows_of_none_looks_for_it_however_late_the_next_standings_are_due(
    scene: Scene, tmp_path: Path
) -> None:
    await scene.wants(standings=True)
    await scene.store.backup(tmp_path / "backup.db")
    await scene.go()
    await scene.worker.close(1)
    scene.clock.advance(minutes=2)
    async with await Store.open(tmp_path / "backup.db") as restored:
        scene.store = restored
        scene.start()
        scene.hold()
        await scene.go()
        scene.clock.moment = HELD
        scene.hold(after(3))
        await scene.go(ticks=9)
        await scene.worker.close(1)
    (message,) = scene.discord.messages
    assert message.edits == 1
    assert through(scene.discord.texts()[0]) == 3
