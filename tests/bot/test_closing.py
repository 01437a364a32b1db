"""The end of a run: each thing is closed whatever becomes of the others."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot import app
from bot.client.tailgate_bot import TailgateBot
from bot.feeds.keeper import Keeper
from bot.jobs.schedule import Jobs
from bot.outbox.worker import Worker
from bot.settings import Settings
from db.errors import StoreError

FAULTS: dict[str, Exception] = {
    "a row that the store does not take": sqlite3.IntegrityError("CHECK constraint failed: etag <> ''"),
    "a text that cannot be written": UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
    "a full disk": StoreError("the disk is full"),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_feeds_that_cannot_be_written_keep_nothing_open(
    store_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    closed = await _closed(store_path, monkeypatch, Keeper, FAULTS[name])
    assert closed == ["Jobs", "Keeper", "Worker", "TailgateBot"]


@pytest.mark.parametrize("broken", [Jobs, Worker])
async def test_what_cannot_be_closed_keeps_nothing_else_open(
    store_path: Path, monkeypatch: pytest.MonkeyPatch, broken: type
) -> None:
    with pytest.raises(ZeroDivisionError):
        await _closed(store_path, monkeypatch, broken, ZeroDivisionError())
    assert CLOSED == ["Jobs", "Keeper", "Worker", "TailgateBot"]


CLOSED: list[str] = []


async def _closed(path: Path, monkeypatch: pytest.MonkeyPatch, broken: type, error: Exception) -> list[str]:
    """What is closed, in order, by a run that ends at once and in which one thing cannot be."""
    CLOSED.clear()

    async def nothing(*_: object) -> None:
        return None

    for each, method in ((Jobs, "stop"), (Keeper, "close"), (Worker, "close"), (TailgateBot, "close")):

        async def close(self: object, *_: object, raises: bool = each is broken) -> None:
            CLOSED.append(type(self).__name__)
            if raises:
                raise error

        monkeypatch.setattr(each, method, close)
    monkeypatch.setattr(app, "_until_stopped", nothing)
    monkeypatch.setenv("DISCORD_TOKEN", "a.b.c")
    monkeypatch.setenv("TAILGATE_FEEDS", "http://127.0.0.1:1")
    await app.run(Settings(), path, asyncio.Event(), lambda _: None)
    return CLOSED
