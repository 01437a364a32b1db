"""Results and recaps are posted once when results come, and nothing is when old ones do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.outbox.contracts import UnsureError
from db.bundled import load_if_empty
from db.connection import Store
from db.documents.importer import import_documents
from db.reminders import targets
from db.reminders.models import Extras, RowState, Target
from db.snapshots import Snapshots
from tests.bot.outbox.postings import HELD, WINNER, Scene, after
from tests.bot.render.reading import body, components_of, options, parts
from tests.checks.limits import check_message
from tests.db.documents import SMALL, read, small

EVENING = HELD - timedelta(hours=1)


@pytest.fixture
async def scene(empty_store: Store) -> AsyncIterator[Scene]:
    """The third race is on, and the results of two are held."""
    made = Scene(empty_store, EVENING)
    made.hold(after(2))
    yield made
    await made.worker.close(1)


async def test_results_are_posted_once_when_they_come(scene: Scene) -> None:
    target = await scene.wants(results=True)
    await scene.go()
    assert scene.discord.messages == []
    scene.clock.moment = HELD
    scene.hold(after(3))
    for _ in range(20):
        await scene.go(minutes=20)
    (said,) = scene.discord.texts()
    assert WINNER in said
    (row,) = await scene.rows(target)
    assert (row.state, row.message) == (RowState.SENT, scene.discord.messages[0].id)
    assert scene.discord.messages[0].role is None


async def test_a_restored_store_that_takes_the_results_in_again_does_not_post_them_again(
    scene: Scene, tmp_path: Path
) -> None:
    await scene.wants(results=True, recap=True)
    await scene.go()
    await scene.store.backup(tmp_path / "backup.db")
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=9)
    await scene.worker.close(1)
    assert len(scene.discord.messages) == 2
    scene.clock.moment = HELD + timedelta(hours=9)
    async with await Store.open(tmp_path / "backup.db") as restored:
        scene.store = restored
        scene.hold(after(2))
        scene.start()
        await scene.go()
        scene.hold(after(3, again=scene.clock.now()))
        await scene.go(ticks=20, minutes=2)
        await scene.worker.close(1)
    assert len(scene.discord.messages) == 2


async def test_a_recap_follows_with_everything_a_press_away(scene: Scene) -> None:
    await scene.wants(results=True, recap=True)
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=9)
    results, recap = (scene.discord.views[message.id] for message in scene.discord.messages)
    assert "### Results" in str(components_of(results)[0])
    assert "### Recap" in str(components_of(recap)[0])
    assert len(options(recap)) > 2
    assert check_message(body(results)) == check_message(body(recap)) == []


@pytest.mark.parametrize("spoiler", [True, False])
async def test_the_cover_is_as_it_is_set(scene: Scene, spoiler: bool) -> None:
    await scene.wants(results=True, recap=True, spoiler=spoiler)
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=9)
    for view in scene.discord.views.values():
        (card,) = (part for part in parts(view) if part["type"] == 17)
        assert bool(card.get("spoiler")) is spoiler
        assert spoiler == (WINNER not in str(components_of(view)[0]))


async def test_the_outcome_is_held_back_as_long_as_is_set(scene: Scene) -> None:
    await scene.wants(results=True, recap=True, standings=True, delay=60 * 60)
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    before = list(scene.discord.texts())
    assert len(before) == 1, "the standings after two races"
    for _ in range(58):
        await scene.go(ticks=1, seconds=50)
    assert scene.discord.texts() == before
    await scene.go(minutes=5)
    assert len(scene.discord.messages) == 3
    assert all(WINNER in said for said in scene.discord.texts())


async def test_who_asks_only_afterwards_is_told_nothing(scene: Scene) -> None:
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(minutes=1)
    await scene.wants(results=True, recap=True, delay=60 * 60)
    await scene.go(ticks=9, minutes=70)
    assert scene.discord.messages == []


async def test_results_that_were_taken_back_are_not_posted(scene: Scene) -> None:
    await scene.wants(results=True, recap=True, delay=15 * 60)
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go()
    scene.hold(after(2))
    await scene.go(hours=1)
    assert scene.discord.messages == []


@pytest.mark.parametrize("wait", [timedelta(seconds=30), timedelta(hours=1)])
@pytest.mark.parametrize("kind", ["results", "recap", "standings"])
async def test_a_post_that_was_cut_off_is_there_once(scene: Scene, kind: str, wait: timedelta) -> None:
    target = await scene.wants(**{kind: True})
    scene.clock.moment = HELD
    scene.hold(after(3))
    scene.discord.after.append(UnsureError("the answer was lost"))
    await scene.go(ticks=1)
    scene.start()
    scene.clock.advance(seconds=wait.total_seconds())
    await scene.go(ticks=20)
    (message,) = scene.discord.messages
    assert [row.message for row in await scene.rows(target, RowState.SENT)] == [message.id]


async def test_a_person_gets_them_too(scene: Scene) -> None:
    wanted = Target(user=5, leads=(), extras=Extras(changes=False, results=True))
    await targets.save(scene.store, wanted, scene.clock.now())
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go()
    (said,) = scene.discord.texts(channel=50)
    assert "/remindme" in said


async def test_an_import_sets_it_off(empty_store: Store) -> None:
    """Of the race of 4 October 2024, which was listed for 4 p.m. Eastern."""
    flag = datetime(2024, 10, 4, 20, tzinfo=UTC)
    scene = Scene(empty_store, flag)
    scene.seasons = Snapshots(empty_store)  # type: ignore[assignment]
    scene.start()
    race = {name: value for name, value in SMALL["races"][0].items() if name not in {"outcome", "sources"}}
    listed = small(races=[race, SMALL["races"][1]], results=None, adjustments=None, playoff_field=None, retrieved=None)
    await import_documents(empty_store, [read(listed)], scene.clock.now())
    await scene.wants(results=True)
    await scene.go(ticks=9, hours=2)
    assert scene.discord.messages == []
    for _ in range(2):
        await import_documents(empty_store, [read(small(retrieved=None))], scene.clock.now())
        await scene.go(ticks=9)
    (said,) = scene.discord.texts()
    assert "**Gio Ruggiero** won from the pole" in said
    await scene.worker.close(1)


async def test_four_seasons_taken_in_at_once_set_off_nothing(empty_store: Store) -> None:
    scene = Scene(empty_store, datetime(2026, 11, 20, tzinfo=UTC))
    scene.seasons = Snapshots(empty_store)  # type: ignore[assignment]
    scene.start()
    target = await scene.wants(results=True, recap=True, delay=60 * 60)
    await scene.go()
    await load_if_empty(empty_store, scene.clock.now())
    await scene.go(ticks=9, hours=3)
    assert await scene.rows(target) == []
    await scene.worker.close(1)
