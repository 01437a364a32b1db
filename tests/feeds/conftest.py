"""A store with what an editor knows of 2025, and one with that season as it comes with the program."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.bundled import season_documents
from db.connection import Store
from db.documents.importer import import_documents
from tests.db.documents import read
from tests.feeds import fake_nascar
from tests.stores import open_unsynced

BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
EDITORS = ("round", "name", "aliases", "track", "date", "phase", "broadcasts")
"""What an editor writes down of a race before it is run."""


@pytest.fixture
async def editors_store(empty_store: Store) -> Store:
    """A store that holds who drives and which tracks there are, the schedule, coverage, field and champion of 2025."""
    held = fake_nascar.bundled(2025)
    races = [{name: race[name] for name in EDITORS if name in race} for race in held["races"]]
    facts = {"format": "tailgate/1", "season": 2025, "races": races}
    facts |= {name: held[name] for name in ("champion", "rookies", "playoff_field")}
    people = [replace(each, bundled=False) for each in season_documents(2025) if "results" not in each.sections]
    await import_documents(empty_store, [*people, read(facts, "editor.json")], BEFORE)
    return empty_store


@pytest.fixture
async def programs_store(empty_file: Path, tmp_path: Path) -> AsyncIterator[Store]:
    """A store that holds 2025 as it comes with the program, and no other season."""
    async with await open_unsynced(tmp_path / "bundled.db", empty_file) as store:
        await import_documents(store, season_documents(2025), BEFORE)
        yield store
