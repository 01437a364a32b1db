"""What an older store names by a season and a round names the race from then on."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.connection import Store
from db.quotes import history
from db.quotes.drafts import typed_quote
from db.quotes.server_ownership import deleted_quotes

OLD = Path(__file__).parent / "stores" / "schema9.sql"
NOW = datetime(2025, 10, 19, tzinfo=UTC)


@pytest.fixture
def old_path(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript(OLD.read_text())
    old.close()
    return path


async def test_earlier_versions_of_quotes_name_the_race(old_path: Path) -> None:
    async with await Store.open(old_path) as store:
        stored = [
            json.loads(row[0]) for row in await store.fetch("SELECT before FROM quote_history WHERE before NOT NULL")
        ]
        assert [step["race"] for step in stored] == [1, None]
        assert not any({"season", "round"} & step.keys() for step in stored)
        edited = [step.before for step in await history(store, None, 1) if step.before]
        assert [(draft.season, draft.round, draft.words) for draft in edited] == [(2025, 23, "Out of fuel — é")]
        (deleted,) = await deleted_quotes(store, 42, 5)
        assert (deleted.draft.words, deleted.draft.round) == ("Gone", None)
        async with store.write() as connection:
            await connection.execute("UPDATE races SET round = 24")
        assert [step.before.round for step in await history(store, None, 1) if step.before] == [24]


async def test_drafts_name_the_race(old_path: Path) -> None:
    async with await Store.open(old_path) as store:
        async with store.write() as connection:
            await connection.execute("UPDATE races SET round = 24")
        drafts = [await typed_quote(store, number, 5, NOW) for number in (1, 2)]
        assert [draft.typed["when"] for draft in drafts if draft] == ["2025.24 2025-10-17", "Talladega"]


async def test_facts_of_an_older_store_are_the_programs(old_path: Path) -> None:
    async with await Store.open(old_path) as store:
        assert await store.fetch("SELECT * FROM fact_origins") == []
        assert [tuple(row) for row in await store.fetch("SELECT id, dropped_at FROM races")] == [(1, None)]
