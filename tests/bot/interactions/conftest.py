"""One bot that hears raw interactions, for all tests of a file: that is also how it has to live with what is odd."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.clock import TravelClock
from bot.services import Services
from db.connection import Store
from db.snapshots import Snapshots
from tests.bot.interactions.raw import Raw, raw
from tests.stores import EVE_OF_TALLADEGA


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def odd(bundled_store: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Raw]:
    path = Path(shutil.copy(bundled_store, tmp_path_factory.mktemp("odd") / "tailgate.db"))
    async with await Store.open(path) as store:
        services = Services(store, Snapshots(store), TravelClock(EVE_OF_TALLADEGA, 0))
        async with raw(services, path) as made:
            yield made
