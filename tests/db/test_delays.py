"""Delays, held in memory and read again only when a setting has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db.connection import Store
from db.reminders.delays import Delays
from db.reminders.models import Extras, Purpose, Target
from db.reminders.race_day import NO_DELAY, Delay
from db.reminders.targets import save, switch_off

NOW = datetime(2025, 10, 16, tzinfo=UTC)


async def test_the_longer_of_a_servers_and_a_persons_counts(empty_store: Store) -> None:
    delays = Delays(empty_store)
    assert await delays.of(1, 9) == NO_DELAY
    await save(empty_store, Target(guild=1, channel=5, extras=Extras(delay=45)), NOW)
    await save(empty_store, Target(user=9, extras=Extras(delay=60)), NOW)
    await save(empty_store, Target(user=8, extras=Extras(delay=10)), NOW)
    await save(empty_store, Target(guild=3, channel=5, extras=Extras(delay=99), purpose=Purpose.QUOTES), NOW)
    assert await delays.of(1, None) == Delay(45)
    assert await delays.of(1, 9) == await delays.of(None, 9) == Delay(60, own=True)
    assert await delays.of(1, 8) == Delay(45)
    assert await delays.of(2, 7) == await delays.of(3, 7) == await delays.of(None, None) == NO_DELAY


async def test_what_is_changed_or_switched_off_counts_at_once(empty_store: Store) -> None:
    delays = Delays(empty_store)
    saved = await save(empty_store, Target(guild=1, channel=5, extras=Extras(delay=45)), NOW)
    assert await delays.of(1, None) == Delay(45)
    await save(empty_store, replace(saved, extras=Extras(delay=46)), NOW)
    assert await delays.of(1, None) == Delay(46)
    await switch_off(empty_store, saved.id, None)
    assert await delays.of(1, None) == NO_DELAY


async def test_nothing_is_read_while_nothing_changes(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await save(empty_store, Target(guild=1, channel=5, extras=Extras(delay=45)), NOW)
    delays, version = Delays(empty_store), await empty_store.data_version()
    await delays.of(1, None, version)
    monkeypatch.setattr(empty_store, "fetch", None)
    monkeypatch.setattr(empty_store, "data_version", None)
    assert await delays.of(1, None, version) == Delay(45)
