"""A season has a new version when a fact of it changed, and stays the same object until then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

import db.snapshots
from bot.seasons.as_of import AsOfKeeper
from db.bundled import bundled_documents
from db.connection import Store
from db.documents import import_sql
from db.documents.importer import import_documents
from db.models import Driver, Season
from db.people_and_places import load_drivers
from db.racing import load_season
from db.snapshots import Snapshots
from tests.db.documents import SMALL, read, small
from tests.db.test_importer import dump
from tests.stores import AFTER_ALL_RESULTS, open_unsynced

NOW = datetime(2025, 1, 1, tzinfo=UTC)
RETRIEVED = datetime(2024, 12, 1, tzinfo=UTC)
EARLIER = small(season=2023, drivers=None, tracks=None, races=[race | {"nascar_id": None} for race in SMALL["races"]])
"""The season before, of the same drivers and tracks."""
ELSEWHERE = {
    "format": "tailgate/1",
    "season": 2022,
    "retrieved": "2024-12-01T00:00:00Z",
    "tracks": [{"name": "Lime Rock Park", "short": "Lime Rock"}],
    "drivers": [{"name": "Ty Majeski"}],
    "races": [{"round": 1, "name": "First", "track": "Lime Rock", "date": "2022-06-01"}],
    "results": [{"round": 1, "finish": 1, "number": "98", "driver": "Ty Majeski", "status": "running"}],
}
"""A season that has nobody and nothing in common with the others."""


@pytest.fixture
async def filled(empty_store: Store) -> Store:
    """Three seasons: 2022 by itself, 2023 and 2024 with the same drivers and track."""
    await import_documents(
        empty_store, [read(small(), "a.json"), read(EARLIER, "b.json"), read(ELSEWHERE, "c.json")], NOW
    )
    return empty_store


async def take_in(store: Store, document: Mapping[str, Any], now: datetime = NOW) -> None:
    await import_documents(store, [read(dict(document))], now)


async def imports(store: Store) -> int:
    return int((await store.fetch("SELECT count(*) FROM imports"))[0][0])


async def test_an_unchanged_import_leaves_nothing_behind(filled: Store) -> None:
    seasons = Snapshots(filled)
    before, versions, version = await seasons.all(), seasons.versions, seasons.version
    rows, changes = await dump(filled), await filled.data_version()
    for document in (small(), EARLIER, ELSEWHERE, small(retrieved=None), small(complete=True)):
        await take_in(filled, document, NOW + timedelta(days=9))
    assert await dump(filled) == rows
    assert await filled.data_version() == changes
    assert all(new is old for new, old in zip(await seasons.all(), before, strict=True))
    assert (seasons.versions, seasons.version) == (versions, version)


async def test_the_bundled_files_a_second_time_leave_nothing_behind(every_season_store: Path, tmp_path: Path) -> None:
    async with await open_unsynced(tmp_path / "tailgate.db", copy_of=every_season_store) as store:
        before = await dump(store)
        report = await import_documents(store, bundled_documents(), AFTER_ALL_RESULTS)
        assert report.total.changed == 0
        assert report.total.unchanged > 0
        assert await dump(store) == before


RESULTS, RACES = SMALL["results"], SMALL["races"]
CHANGES: dict[str, dict[str, Any]] = {
    "points": small(results=[RESULTS[0] | {"points": 51}, *RESULTS[1:]]),
    "a result removed": small(results=RESULTS[:2], complete=True),
    "a race moved": small(races=[RACES[0], RACES[1] | {"date": "2024-10-12"}]),
    "a race added": small(races=[*RACES, RACES[1] | {"round": 3, "name": "Third", "nascar_id": None}]),
    "an outcome": small(races=[RACES[0] | {"outcome": RACES[0]["outcome"] | {"cautions": 7}}, RACES[1]]),
    "a broadcast": small(races=[RACES[0] | {"broadcasts": []}, RACES[1]]),
    "a penalty": small(adjustments=[SMALL["adjustments"][0] | {"points": -25}]),
    "the playoff field": small(playoff_field=SMALL["playoff_field"][::-1]),
    "the champion": small(champion="Corey Heim"),
    "rookies": small(rookies=["Gio Ruggiero"]),
}


@pytest.mark.parametrize("what", CHANGES)
async def test_a_changed_fact_makes_its_own_season_new_and_no_other(filled: Store, what: str) -> None:
    seasons = Snapshots(filled)
    before, versions, version = await seasons.all(), seasons.versions, seasons.version
    rows = await imports(filled)
    await take_in(filled, CHANGES[what])
    after = await seasons.all()
    assert [new is old for new, old in zip(after, before, strict=True)] == [True, True, False]
    assert {year for year, number in seasons.versions.items() if number > versions[year]} == {2024}
    assert {year for year, number in seasons.versions.items() if number != versions[year]} == {2024}
    assert seasons.version != version
    assert await imports(filled) == rows + 1


async def test_rookies_in_another_order_are_a_change(filled: Store) -> None:
    seasons = Snapshots(filled)
    await take_in(filled, small(rookies=["Gio Ruggiero", "Corey Heim"]))
    before = await seasons.season(2024)
    await take_in(filled, small(rookies=["Corey Heim", "Gio Ruggiero"]))
    after = await seasons.season(2024)
    assert before is not None
    assert after is not None
    assert before.rookies == ("gio-ruggiero", "corey-heim")
    assert after.rookies == ("corey-heim", "gio-ruggiero")


async def test_a_renamed_driver_makes_the_seasons_new_that_show_the_name(filled: Store) -> None:
    seasons = Snapshots(filled)
    before = await seasons.all()
    row = {"name": "Giovanni Ruggiero", "aliases": ["Gio Ruggiero"]}
    await take_in(filled, {"format": "tailgate/1", "drivers": [row]})
    after = await seasons.all()
    assert [new is old for new, old in zip(after, before, strict=True)] == [True, False, False]
    assert {season.drivers["gio-ruggiero"].name for season in after} == {"Giovanni Ruggiero"}


LEFT_AS = {
    "pole": {"pole": "New Name"},
    "fastest lap": {"fastest_lap": {"driver": "New Name"}},
    "rookie of the race": {"rookie_of_the_race": "New Name"},
    "stage winner": {"stage_winners": ["New Name"]},
    "leader": {"leads": [["New Name", 1, 2]]},
}


@pytest.mark.parametrize("what", LEFT_AS)
async def test_a_driver_is_shown_by_whatever_names_them(filled: Store, what: str) -> None:
    await take_in(filled, {"format": "tailgate/1", "drivers": [{"name": "New Name"}]})
    outcome = RACES[0]["outcome"] | LEFT_AS[what]
    await take_in(filled, small(races=[RACES[0] | {"outcome": outcome}, RACES[1]]))
    seasons = Snapshots(filled)
    before = await seasons.all()
    await take_in(filled, {"format": "tailgate/1", "drivers": [{"name": "New Name", "hometown": "Daytona Beach"}]})
    assert [n is o for n, o in zip(await seasons.all(), before, strict=True)] == [True, True, False]


async def test_a_renamed_track_makes_the_seasons_new_that_race_there(filled: Store) -> None:
    seasons = Snapshots(filled)
    before = await seasons.all()
    await take_in(filled, {"format": "tailgate/1", "tracks": [{"name": "Lime Rock Park", "short": "The Rock"}]})
    after = await seasons.all()
    assert [new is old for new, old in zip(after, before, strict=True)] == [False, True, True]
    assert after[0].races[0].track.short == "The Rock"


async def test_a_new_driver_is_known_everywhere_and_makes_no_season_new(filled: Store) -> None:
    seasons = Snapshots(filled)
    before, version = await seasons.all(), seasons.version
    await take_in(filled, {"format": "tailgate/1", "drivers": [{"name": "Nobody Yet"}]})
    after = await seasons.all()
    assert all(new is old for new, old in zip(after, before, strict=True))
    assert all("nobody-yet" in season.drivers for season in after)
    assert "nobody-yet" in await seasons.drivers()
    assert seasons.version != version


async def test_a_newer_document_that_says_the_same_makes_the_facts_fresher_and_no_season_new(filled: Store) -> None:
    seasons = Snapshots(filled)
    before, versions, rows = await seasons.all(), seasons.versions, await imports(filled)
    early = before[2].through(1)
    assert early.refreshed == RETRIEVED
    await take_in(filled, small(retrieved="2024-12-24T00:00:00Z"))
    after = await seasons.all()
    assert all(new is old for new, old in zip(after, before, strict=True))
    assert (seasons.versions, await imports(filled)) == (versions, rows)
    newer = datetime(2024, 12, 24, tzinfo=UTC)
    assert [season.refreshed for season in (*after, early)] == [RETRIEVED, RETRIEVED, newer, newer]
    again = await Snapshots(filled).season(2024)
    assert again is not None
    assert again.freshness == after[2].freshness


async def test_an_older_document_makes_nothing_less_fresh(filled: Store) -> None:
    changed = small(retrieved="2024-11-01T00:00:00Z", results=[RESULTS[0] | {"points": 51}, *RESULTS[1:]])
    await take_in(filled, changed)
    season = await Snapshots(filled).season(2024)
    assert season is not None
    assert season.refreshed == RETRIEVED


async def test_drivers_and_tracks_are_loaded_once_for_all_seasons(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[int] = []

    async def counted(connection: aiosqlite.Connection) -> dict[int, Driver]:
        loads.append(1)
        return await load_drivers(connection)

    monkeypatch.setattr(db.snapshots, "load_drivers", counted)
    assert len(await Snapshots(filled).all()) == 3
    assert len(loads) == 1


async def test_only_the_changed_season_is_loaded(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seasons, loaded = Snapshots(filled), []
    await seasons.all()
    load = load_season

    async def noted(connection: aiosqlite.Connection, year: int, *rest: Any) -> Season | None:
        loaded.append(year)
        return await load(connection, year, *rest)

    monkeypatch.setattr(db.snapshots, "load_season", noted)
    await take_in(filled, CHANGES["points"])
    await seasons.all()
    assert loaded == [2024]


async def test_quotes_change_no_season_and_are_recorded(filled: Store) -> None:
    seasons = Snapshots(filled)
    before, version, rows = await seasons.all(), seasons.version, await imports(filled)
    await take_in(filled, {"format": "tailgate/1", "quotes": [{"words": "Four wide!", "speaker": "A spotter"}]})
    assert all(new is old for new, old in zip(await seasons.all(), before, strict=True))
    assert seasons.version == version
    assert await imports(filled) == rows + 1


async def test_the_record_of_imports_is_bounded_and_freshness_stays(
    filled: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_sql, "KEPT_IMPORTS", 3)
    for points in range(10):
        await take_in(filled, small(results=[RESULTS[0] | {"points": points}, *RESULTS[1:]]))
    assert await imports(filled) == 3
    assert {season.refreshed for season in await Snapshots(filled).all()} == {RETRIEVED}


async def test_a_driver_whom_no_season_shows_is_found_at_once(filled: Store) -> None:
    seasons, keeper = Snapshots(filled), AsOfKeeper()
    keeper.at(NOW, await seasons.all(), seasons.version)
    await take_in(filled, {"format": "tailgate/1", "drivers": [{"name": "Zebulon Quixote"}]}, NOW)
    assert keeper.at(NOW, await seasons.all(), seasons.version).driver("Zebulon Quixote").key == "zebulon-quixote"
    again = {"format": "tailgate/1", "drivers": [{"name": "Zebulon Quixote", "aliases": ["Zebby"]}]}
    await take_in(filled, again, NOW)
    assert keeper.at(NOW, await seasons.all(), seasons.version).driver("Zebby").key == "zebulon-quixote"


async def test_a_renamed_driver_keeps_their_name_in_an_answer_that_is_under_way(filled: Store) -> None:
    seasons = Snapshots(filled)
    season = (await seasons.all())[-1]
    driver = season.drivers[next(iter(season.results.values()))[0].driver]
    renamed = {"name": f"Renamed {driver.name}", "aliases": [driver.name, *driver.aliases]}
    await take_in(filled, {"format": "tailgate/1", "drivers": [renamed]}, NOW)
    assert (await seasons.all())[-1].drivers[driver.key].name == f"Renamed {driver.name}"
    assert season.drivers[driver.key] == driver
