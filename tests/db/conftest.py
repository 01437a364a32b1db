"""Fixtures for the tests of the store."""

from __future__ import annotations

import pytest

from db.connection import Store
from db.reminders.models import Target
from db.reminders.targets import save
from tests.db.outbox_rows import DUE


@pytest.fixture
async def bare(store: Store) -> Store:
    """The bundled seasons without the quotes and recaps that come with them."""
    async with store.write() as connection:
        for table in ("quotes", "quote_history", "recaps", "recap_history"):
            await connection.execute(f"DELETE FROM {table}")
    return store


@pytest.fixture
async def target(empty_store: Store) -> int:
    """The id of a server's target in an empty store."""
    return (await save(empty_store, Target(guild=1, channel=900), DUE)).id
