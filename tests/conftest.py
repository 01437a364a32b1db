"""Fixtures that many tests share: a real file store with the bundled seasons, and a clock on the eve of Talladega."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.clock import TravelClock
from bot.services import Services
from db.connection import Store
from tests.every_season import make_every_season
from tests.examples import register_profiles
from tests.patience import wait_patiently
from tests.seasons import bundled_seasons as seasons_of_tests
from tests.sharing import BundledSeasons, SharedSnapshots, run_cogs_once
from tests.stores import EVE_OF_TALLADEGA, make_bundled, make_empty, open_unsynced, run_quietly

register_profiles()

LONGEST = ("tests/simulation/", "tests/cogs/test_everything.py", "tests/bench/")
"""Whose tests take many seconds each. Begun last, one of them would keep a single worker busy at the end."""
READ_EARLY = pytest.StashKey[bool]()
"""Whether a test read the bundled seasons while tests were collected, which every worker would do."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crash-trials", type=int, default=3, metavar="N", help="how often the bot is killed and judged")
    parser.addoption("--crash-from", type=int, default=0, metavar="SEED", help="the seed of the first such trial")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, since some tests wait for a browser or for another process; four at most."""
    return min((os.cpu_count() or 1) + 1, 4)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest tests first, and leaves all others in their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Sets the thousands of tests aside, which stay to the end, and looks for garbage more seldom."""
    session.config.stash[READ_EARLY] = seasons_of_tests.cache_info().currsize > 0
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)


@pytest.fixture(scope="session")
def shared_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of a run have in common."""
    own = tmp_path_factory.getbasetemp()
    # The environment would say so in a process that a worker started as well, whose folder is no worker's.
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def bundled_store(shared_folder: Path) -> Path:
    """A store with the bundled seasons, made once in a run; tests copy it, and nobody opens it."""
    return make_bundled(shared_folder, EVE_OF_TALLADEGA)


@pytest.fixture(scope="session")
def bundled_seasons(bundled_store: Path, tmp_path_factory: pytest.TempPathFactory) -> BundledSeasons:
    """The bundled seasons as read from their store, once: they are frozen, and reading them takes long."""

    async def read() -> BundledSeasons:
        path = tmp_path_factory.mktemp("bundled") / "tailgate.db"
        async with await open_unsynced(path, copy_of=bundled_store) as store:
            return await BundledSeasons.read(store)

    return run_quietly(read())


@pytest.fixture(scope="session")
def every_season_store(shared_folder: Path) -> Path:
    """A store with every season since 1995; tests that write copy it. Few need it: most do with the recent seasons."""
    return make_every_season(shared_folder)


@pytest.fixture(scope="session")
def every_season(every_season_store: Path) -> BundledSeasons:
    """Every season as read from that store, once."""

    async def read() -> BundledSeasons:
        async with await Store.open(every_season_store) as store:
            return await BundledSeasons.read(store)

    return run_quietly(read())


@pytest.fixture(scope="session", autouse=True)
def patient_and_quick(shared_folder: Path) -> Iterator[None]:
    """For the whole process: simcord waits for a busy machine, and what is the same for all tests is made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.stores.SHARED", shared_folder)
        wait_patiently(patch)
        run_cogs_once(patch)
        yield


@pytest.fixture
def store_path(bundled_store: Path, tmp_path: Path) -> Path:
    """A test's own copy of the bundled store."""
    return Path(shutil.copy(bundled_store, tmp_path / "tailgate.db"))


@pytest.fixture
async def store(store_path: Path) -> AsyncIterator[Store]:
    async with await open_unsynced(store_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without any rows, made once; tests copy it."""
    return make_empty(tmp_path_factory.mktemp("empty") / "empty.db")


@pytest.fixture
async def empty_store(empty_file: Path, tmp_path: Path) -> AsyncIterator[Store]:
    async with await open_unsynced(tmp_path / "empty.db", copy_of=empty_file) as opened:
        yield opened


@pytest.fixture
def clock() -> TravelClock:
    """Stands still on the eve of Talladega."""
    return TravelClock(EVE_OF_TALLADEGA, 0)


@pytest.fixture
def services(store: Store, bundled_seasons: BundledSeasons, clock: TravelClock) -> Services:
    return Services(store, SharedSnapshots(store, bundled_seasons), clock)
