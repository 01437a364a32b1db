"""One quote a day whatever is switched off, moved or put back in the middle of sending it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.notifications.quote_of_the_day import due_at
from bot.outbox.contracts import UnsureError
from db.connection import Store
from db.reminders import targets
from db.reminders.models import Purpose
from tests.bot.notifications.test_quote_of_the_day import FALL, Scene, bare
from tests.bot.outbox.standing import step
from tests.db.sample_texts import loose, save
from tests.patience import PATIENCE

__all__ = ["bare"]


async def switch(scene: Scene, *, on: bool, hour: int | None = None) -> None:
    """A moderator's press in the panel of the quote of the day."""
    await targets.change(
        scene.store,
        lambda held: (
            held
            and replace(
                held,
                on=on,
                off_reason=None,
                extras=held.extras if hour is None else replace(held.extras, quote_hour=hour),
            )
        ),
        scene.clock.now(),
        guild=1,
        purpose=Purpose.QUOTES,
    )


async def go_on(scene: Scene, times: int, **time: int) -> None:
    for _ in range(times):
        scene.clock.advance(**time)
        await step(scene.worker)


@pytest.fixture
async def three(bare: Store) -> Store:
    await save(bare, loose("One"), loose("Two"), loose("Three"), guild=None)
    return bare


@pytest.mark.parametrize("wait", [1, 600])
async def test_an_unsure_quote_is_not_sent_again_after_off_and_on(three: Store, wait: int) -> None:
    scene = Scene(three, due_at(FALL, 8))
    await scene.wants(9)
    await step(scene.worker)
    scene.discord.after = [UnsureError("502")]
    await go_on(scene, 1, hours=1)
    await switch(scene, on=False)
    await go_on(scene, 1, seconds=wait)
    await switch(scene, on=True)
    await go_on(scene, 5, seconds=61)
    assert len(scene.discord.messages) == 1


async def test_a_crash_while_it_is_sent_then_off_and_on_at_another_hour(three: Store) -> None:
    scene = Scene(three, due_at(FALL, 9))
    await scene.wants(9)
    scene.discord.answers.clear()
    async with asyncio.timeout(PATIENCE):
        while not scene.discord.messages:
            await scene.worker.tick()
    await switch(scene, on=False)
    scene.start()
    scene.discord.answers.set()
    await go_on(scene, 4, seconds=61)
    await switch(scene, on=True, hour=10)
    scene.clock.advance(hours=1)
    await go_on(scene, 5, seconds=61)
    assert len(scene.discord.messages) == 1


async def test_a_backup_with_another_hour_is_put_back(three: Store, tmp_path: Path) -> None:
    scene = Scene(three, due_at(FALL, 8))
    await scene.wants(20)
    await step(scene.worker)
    backup = tmp_path / "backup.db"
    await three.backup(backup)
    await scene.wants(9)
    scene.clock.advance(hours=1)
    await go_on(scene, 3, seconds=1)
    assert len(scene.discord.messages) == 1
    async with await Store.open(backup) as older:
        scene.store = older
        scene.clock.advance(hours=1)
        scene.start()
        await go_on(scene, 14 * 6, minutes=10)
        assert len(scene.discord.messages) == 1
