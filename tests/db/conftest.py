"""Fixtures for the tests of the store."""

from __future__ import annotations

import pytest

from db.connection import Store


@pytest.fixture
async def bare(store: Store) -> Store:
    """The bundled seasons without the quotes and recaps that come with them."""
    async with store.write() as connection:
        for table in ("quotes", "quote_history", "recaps", "recap_history"):
            await connection.execute(f"DELETE FROM {table}")
    return store
