"""A damaged store is found before the bot starts, and a check that takes long says what it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.app import Opened, must_be_sound_to_start, open_services, sole_runner, tell_faults
from bot.clock import TravelClock
from bot.services import Services
from db.connection import Store
from db.errors import FileFault, StoreError
from db.key_values import remember
from tests.db.spoiling import damage, unwritable
from tests.patience import PATIENCE


async def test_a_damaged_store_is_refused(services: Services) -> None:
    damage(services.store.path, "quotes")
    said: list[str] = []
    with pytest.raises(StoreError, match=r"is damaged: .*; stop Tailgate, put back a backup, start it again"):
        await must_be_sound_to_start(Opened(services, None), asyncio.Event(), said.append)
    assert said == []


@pytest.mark.parametrize("sound", [True, False])
async def test_a_check_that_takes_long_says_so(
    services: Services, monkeypatch: pytest.MonkeyPatch, sound: bool
) -> None:
    monkeypatch.setattr("bot.app.CHECK_SECONDS", 0)
    said: list[str] = []
    if not sound:
        damage(services.store.path, "quotes")
        with pytest.raises(StoreError, match="is damaged"):
            await must_be_sound_to_start(Opened(services, None), asyncio.Event(), said.append)
    else:
        await must_be_sound_to_start(Opened(services, None), asyncio.Event(), said.append)
    size = round(services.store.path.stat().st_size / 1e6)
    assert said == [f"Checking the store before the start; it has {size} MB"]


async def test_whoever_stops_the_bot_does_not_wait_for_the_check(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def endless(_: Store) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.app.must_be_sound", endless)
    stop = asyncio.Event()
    stop.set()
    async with asyncio.timeout(PATIENCE):
        await must_be_sound_to_start(Opened(services, None), stop, lambda _: None)


async def test_a_store_that_was_just_made_is_not_checked(
    tmp_path: Path, clock: TravelClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(_: Store) -> None:
        raise AssertionError("checked")

    monkeypatch.setattr("bot.app.must_be_sound", refuses)
    async with open_services(tmp_path / "t.db", clock) as opened:
        await must_be_sound_to_start(opened, asyncio.Event(), lambda _: None)


async def test_a_fault_met_while_running_is_one_error_in_the_log(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    tell_faults(services.store)
    services.store.path.unlink()
    for _ in range(3):
        with pytest.raises(StoreError):
            await remember(services.store, "a", "x")
        services.store.watch()
    assert [(record.levelname, record.exc_info) for record in caplog.records] == [("ERROR", None)]
    assert "nothing is saved anymore; stop Tailgate, put back a backup, start it again" in caplog.text


def test_the_lock_of_another_user_is_not_taken_for_another_bot(store_path: Path) -> None:
    lock = store_path.with_name("tailgate.db.lock")
    lock.touch()
    with (
        unwritable(lock),
        pytest.raises(StoreError, match=f"the user who runs this may not write {lock}") as met,
        sole_runner(store_path),
    ):
        pass
    assert met.value.fault is FileFault.SHUT


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with (
        unwritable(tmp_path),
        pytest.raises(StoreError, match=f"the user who runs this may not write {tmp_path}"),
        sole_runner(tmp_path / "deep" / "t.db"),
    ):
        pass
