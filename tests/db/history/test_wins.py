"""Wins as read from a store that lacks something."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from db.connection import Store
from db.documents.importer import import_documents
from db.history.known_races import load_known_races
from db.history.models import Win
from db.history.wins import load_wins
from tests.db.documents import read, small

NOW = datetime(2030, 1, 1, tzinfo=UTC)


async def wins_of(store: Store, document: dict[str, Any]) -> tuple[Win, ...]:
    await import_documents(store, [read(document)], NOW)
    async with store.read() as connection:
        return (await load_wins(connection, await load_known_races(connection, NOW))).wins


async def test_results_that_stand_without_a_winner_have_no_win(empty_store: Store) -> None:
    document = small()
    first = document["races"][0] | {"results_state": "unofficial"}
    second = [row for row in document["results"] if row.get("finish") == 2]
    assert await wins_of(empty_store, document | {"races": [first, document["races"][1]], "results": second}) == ()


@pytest.mark.parametrize("called_off", [True, False])
async def test_a_champion_is_told_of_the_race_that_ended_the_season(empty_store: Store, *, called_off: bool) -> None:
    """Where the last race on the schedule has no results, the one before it did not end the season."""
    document = small(champion="Gio Ruggiero")
    last = document["races"][1] | ({"status": "cancelled"} if called_off else {})
    (win,) = await wins_of(empty_store, document | {"races": [document["races"][0], last]})
    assert win.driver == "gio-ruggiero"
    assert win.champion == ("gio-ruggiero" if called_off else None)
