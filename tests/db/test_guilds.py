"""A server's settings are its own, and a removed server leaves no rows behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from db.connection import Store
from db.guilds import forget_guild, set_setting, setting
from db.quotes import add, delete, edit
from db.quotes.draws import save_draw
from tests.db.sample_texts import AWAY, HOME, LATER, MODERATOR, NOW, TODAY, draft


async def all_of(store: Store, name: str) -> dict[int, Any]:
    """Every server's value of one setting, where it has one."""
    rows = await store.fetch("SELECT guild_id FROM guild_settings WHERE name = ?", (name,))
    return {row["guild_id"]: await setting(store, row["guild_id"], name) for row in rows}


@pytest.mark.parametrize("value", [7, 2**60, "a", True, 0, "", [], {"channel": 5, "hour": None}, [1, "b"]])
async def test_a_setting_is_read_as_it_was_set(empty_store: Store, value: Any) -> None:
    await set_setting(empty_store, HOME, "a", value, MODERATOR, NOW)
    assert await setting(empty_store, HOME, "a") == value
    assert await all_of(empty_store, "a") == {HOME: value}
    assert await setting(empty_store, AWAY, "a") is None
    assert await setting(empty_store, HOME, "b") is None


async def test_a_setting_is_replaced_and_taken_away(empty_store: Store) -> None:
    for guild in (AWAY, HOME):
        await set_setting(empty_store, guild, "a", 1, MODERATOR, NOW)
    await set_setting(empty_store, HOME, "a", 2, 99, LATER)
    assert await all_of(empty_store, "a") == {HOME: 2, AWAY: 1}
    row = (await empty_store.fetch("SELECT changed_by, changed_at FROM guild_settings WHERE guild_id = ?", (HOME,)))[0]
    assert tuple(row) == (99, "2025-10-19T12:00:00Z")
    await set_setting(empty_store, HOME, "a", None, 99, LATER)
    await set_setting(empty_store, HOME, "a", None, 99, LATER)
    assert await all_of(empty_store, "a") == {AWAY: 1}


async def test_a_forgotten_server_is_in_no_table(bare: Store) -> None:
    for guild in (HOME, AWAY):
        await set_setting(bare, guild, "a", 1, MODERATOR, NOW)
        gone, kept = [await add(bare, draft(words), guild, MODERATOR, NOW) for words in ("One", "Two")]
        await edit(bare, guild, kept.id, draft("Three"), MODERATOR, NOW)
        await save_draw(bare, guild, TODAY, kept.id)
        await save_draw(bare, guild, TODAY + timedelta(1), gone.id)
        await delete(bare, guild, gone.id, MODERATOR, NOW)
    await forget_guild(bare, HOME)
    tables = await bare.fetch(
        "SELECT DISTINCT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND c.name = 'guild_id'"
    )
    left = {
        row["name"]: [guild["guild_id"] for guild in await bare.fetch(f"SELECT guild_id FROM {row['name']}")]
        for row in tables
    }
    assert {"quotes", "quote_history", "quote_draws", "guild_settings"} <= set(left)
    assert {name for name, guilds in left.items() if HOME in guilds} == set()
    assert [len(left[name]) for name in ("quotes", "quote_history", "quote_draws", "guild_settings")] == [1, 4, 1, 1]
