"""A copy of a store that is worked on without threads, and the rows of people and places that an import reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import bundled
from db.bundled import season_documents
from db.connection import Store
from db.scratch import Scratch

SETTING = "INSERT INTO guild_settings (guild_id, name, value, changed_at) VALUES (?, 'x', '1', '2026-01-01T00:00:00Z')"


async def test_what_is_written_to_a_copy_is_whole_or_not_there(empty_store: Store, tmp_path: Path) -> None:
    path = tmp_path / "copy.db"
    await empty_store.backup(path)
    with Scratch.open(path) as scratch:
        async with scratch.write() as connection:
            await connection.execute(SETTING, [1])
        with pytest.raises(RuntimeError, match="no"):
            async with scratch.write() as connection:
                await connection.executemany(SETTING, iter([[2], [3]]))
                raise RuntimeError("no")
        async with scratch.write() as connection:
            rows = await connection.execute_fetchall("SELECT guild_id FROM guild_settings WHERE name = ?", iter(["x"]))
    assert [row["guild_id"] for row in rows] == [1]
    assert await empty_store.fetch("SELECT 1 FROM guild_settings") == []


@pytest.mark.parametrize("name", bundled.PEOPLE_AND_PLACES)
def test_rows_that_are_passed_over_are_all_that_is_missing(name: str) -> None:
    whole = bundled._read(name)
    (section,) = whole.sections
    everybody = [getattr(line.row, "name", "") for line in whole.sections[section]]
    assert bundled._only(name, set(everybody)) == whole
    some = [each for each in everybody[::7] if everybody.count(each) == 1]
    assert [getattr(line.row, "name", "") for line in bundled._only(name, set(some)).sections[section]] == some


def test_of_two_people_of_one_name_the_one_with_the_id_is_named() -> None:
    found = bundled._only("drivers.json", {"Jason White (NASCAR id 4292)"})
    assert [getattr(line.row, "nascar_id", None) for line in found.sections["drivers"]] == [4292]


def test_a_season_brings_the_people_and_places_that_it_names() -> None:
    drivers, tracks, season = season_documents(1998)
    named = {getattr(line.row, "driver", None) for line in season.sections["results"]}
    assert named <= {getattr(line.row, "name", None) for line in drivers.sections["drivers"]}
    assert {getattr(line.row, "track", None) for line in season.sections["races"]} <= {
        getattr(line.row, "name", None) for line in tracks.sections["tracks"]
    }
