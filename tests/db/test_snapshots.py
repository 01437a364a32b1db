"""Seasons are loaded once, and again only when their facts change, whichever process changed them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import aiosqlite
import pytest

from db import racing, snapshots
from db.connection import Store
from db.documents.importer import import_documents
from db.errors import FileFault, StoreError
from db.key_values import remember
from db.snapshots import Snapshots
from tests.db.documents import read, small
from tests.db.spoiling import damage

NOW = datetime(2025, 1, 1, tzinfo=UTC)


async def test_a_season_is_read_once(store: Store) -> None:
    seasons = Snapshots(store)
    first = await seasons.season(2025)
    assert first is not None
    assert await seasons.season(2025) is first
    assert await seasons.years() == (2023, 2024, 2025, 2026)
    assert [season.year for season in await seasons.all()] == [2023, 2024, 2025, 2026]
    assert await seasons.season(1999) is None


async def test_what_concerns_no_season_makes_no_new_one(store: Store) -> None:
    seasons = Snapshots(store)
    first = await seasons.season(2025)
    await remember(store, "something", "else")
    assert await seasons.season(2025) is first


async def test_an_import_by_another_process_is_seen(store: Store) -> None:
    seasons = Snapshots(store)
    before, version = await seasons.years(), seasons.version
    async with await Store.open(store.path) as other:
        await import_documents(
            other,
            [
                read(
                    small(
                        season=2022,
                        drivers=[{"name": "Nobody Yet"}],
                        results=None,
                        races=None,
                        adjustments=None,
                        playoff_field=None,
                        tracks=None,
                    )
                )
            ],
            NOW,
        )
    assert await seasons.years() == (2022, *before)
    assert "nobody-yet" in await seasons.drivers()
    assert seasons.version != version


async def test_many_asking_at_once_read_once(store: Store) -> None:
    seasons = Snapshots(store)
    found = await asyncio.gather(*(seasons.season(2025) for _ in range(20)))
    assert len({id(season) for season in found}) == 1


async def test_who_asks_during_a_look_gets_a_later_one_which_all_of_them_share(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshots = Snapshots(store)
    await snapshots.all()
    looks: asyncio.Queue[asyncio.Event] = asyncio.Queue()
    look = store.data_version

    async def slow() -> int:
        go = asyncio.Event()
        looks.put_nowait(go)
        found = await look()
        await go.wait()
        return found

    monkeypatch.setattr(store, "data_version", slow)
    first = asyncio.create_task(snapshots.all())
    go_on = await looks.get()
    during = [asyncio.create_task(snapshots.all()) for _ in range(5)]
    await asyncio.sleep(0)
    go_on.set()
    go_on = await looks.get()
    assert first.done()
    assert not any(task.done() for task in during)
    go_on.set()
    await asyncio.gather(*during)
    assert looks.empty()


async def test_freshness_is_the_documents_or_the_imports_whichever_came_first(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    season = await Snapshots(empty_store).season(2024)
    assert season is not None
    assert season.refreshed == datetime(2024, 12, 1, tzinfo=UTC)
    earlier = datetime(2024, 11, 1, tzinfo=UTC)
    async with await Store.open(empty_store.path.with_name("travelled.db")) as travelled:
        await import_documents(travelled, [read(small())], earlier)
        season = await Snapshots(travelled).season(2024)
        assert season is not None
        assert season.refreshed == earlier


async def test_importing_stored_facts_again_without_a_date_makes_nothing_fresher(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    await import_documents(empty_store, [read(small(retrieved=None))], datetime(2026, 6, 1, tzinfo=UTC))
    season = await Snapshots(empty_store).season(2024)
    assert season is not None
    assert season.refreshed == datetime(2024, 12, 1, tzinfo=UTC)


async def test_what_was_loaded_is_answered_from_where_the_file_is_damaged(store: Store) -> None:
    seasons = Snapshots(store)
    before = await seasons.season(2025)
    damage(store.path, "seasons")
    await remember(store, "something", "else")
    assert await seasons.season(2025) is before
    assert await seasons.years() == (2023, 2024, 2025, 2026)
    assert store.faults.known == (FileFault.DAMAGED,)


async def test_where_nothing_was_loaded_the_damage_is_said(store: Store) -> None:
    damage(store.path, "results")
    for _ in range(2):
        with pytest.raises(StoreError, match="is damaged"):
            await Snapshots(store).season(2025)


async def test_a_damaged_season_is_not_tried_again_until_something_changes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seasons = Snapshots(store)
    await seasons.all()
    damage(store.path, "seasons")
    tried = 0
    load_stored_seasons = racing.load_stored_seasons

    async def counted(connection: aiosqlite.Connection) -> Any:
        nonlocal tried
        tried += 1
        return await load_stored_seasons(connection)

    monkeypatch.setattr(snapshots, "load_stored_seasons", counted)
    for change, expected in ((1, 1), (2, 2)):
        await remember(store, "something", str(change))
        for _ in range(3):
            await seasons.all()
        assert tried == expected


async def test_a_store_that_is_closed_says_so_in_spite_of_what_was_loaded(store: Store) -> None:
    seasons = Snapshots(store)
    await seasons.all()
    await store.close()
    with pytest.raises(StoreError, match="is closed"):
        await seasons.all()
