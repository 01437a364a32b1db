"""The real program on a store that is spoiled while it runs: it says so once, goes on answering, and stops cleanly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.connection import Store
from db.key_values import remember
from tests.db.spoiling import damage
from tests.wire.interactions import ids_in
from tests.wire.process import READY, Program, running_bot
from tests.wire.standin import StandIn
from tests.wire.test_run import EVE_OF_TALLADEGA

GONE = "its store is gone. The people who run it have been told."


@pytest.fixture
async def program(standin: StandIn, store_path: Path, tmp_path: Path) -> AsyncIterator[Program]:
    """The bot on the store, once it is ready."""
    async with running_bot(store_path, standin, home=tmp_path, at=EVE_OF_TALLADEGA) as running:
        await running.says(READY)
        yield running


async def test_whoever_saves_into_a_removed_store_is_told(standin: StandIn, store_path: Path, program: Program) -> None:
    moderator = standin.world.moderator
    panel = standin.answer_to(await standin.slash("reminders", person=moderator))
    (button,) = [each for each in ids_in(panel) if ":remdo:on:" in each]
    store_path.unlink()
    for _ in range(2):
        pressed = await standin.press(panel, button, person=moderator)
        assert GONE in pressed.answer["data"]["content"]
    asked = await standin.slash("next")
    assert "Talladega" in str(asked.answer["data"])
    errors = [line for line in program.lines if " ERROR " in line]
    assert len(errors) == 1, program.output
    assert errors[0].endswith("nothing is saved anymore; stop Tailgate, put back a backup, start it again")
    await program.stop()


async def test_damage_that_the_worker_meets_is_said_once_and_answers_go_on(
    standin: StandIn, store_path: Path, program: Program
) -> None:
    damage(store_path, "outbox", indexes=True)
    # What the bot has in memory of the file is good until somebody writes.
    async with await Store.open(store_path) as other:
        await remember(other, "something", "else")
    await program.says("is damaged: ")
    assert "Talladega" in str((await standin.slash("next")).answer["data"])
    panel = await standin.slash("remindme", {"show": "status"})
    assert panel.answer["data"]
    await program.stop()
    errors = [line for line in program.lines if " ERROR " in line]
    assert len(errors) == 1, program.output
    assert errors[0].endswith("stop Tailgate, put back a backup, start it again")
