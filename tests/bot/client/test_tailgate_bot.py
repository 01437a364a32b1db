"""The client: what it says of listeners that fail."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.client.tailgate_bot import TailgateBot
from bot.clock import SystemClock
from bot.services import Services
from db.connection import Store
from db.errors import FileFault, StoreError
from db.key_values import remember
from db.snapshots import Snapshots


async def test_a_listener_that_comes_after_the_end_is_told_of_in_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with await Store.open(tmp_path / "t.db") as store:
        services = Services(store, Snapshots(store), SystemClock())
        bot = TailgateBot(services, local=True, shard_count=1)

    async def on_guild_remove(name: str) -> None:
        await remember(store, name, "x")

    await bot._run_event(on_guild_remove, "on_guild_remove", "late")

    async def on_guild_role_delete() -> None:
        raise StoreError("the file is damaged", FileFault.DAMAGED)

    await bot._run_event(on_guild_role_delete, "on_guild_role_delete")
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert "is closed" in record.message
    assert "on_guild_remove" in record.message
