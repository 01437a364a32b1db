"""/driver over all seasons since 1995: careers as they were published, namesakes, and who is found by what."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cogs.conftest import Stand
from tests.cogs.looking import words
from tests.sharing import BundledSeasons


@pytest.fixture
def store_path(every_season_store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(every_season_store, tmp_path / "tailgate.db"))


@pytest.fixture
def bundled_seasons(every_season: BundledSeasons) -> BundledSeasons:
    return every_season


async def test_x(stand: Stand) -> None:
    for name in ("hornaday", "ronnie hornaday", "hornady", "jason white", "busch", "jones"):
        try:
            r = await stand.ask("driver", name=name)
            print("=====", name); print(words(r))
            if name in ("hornaday", "crafton"):
                a = r
                if name == "hornaday":
                    await stand.fan.click(a.response, label="By season"); print(words(a))
                    await stand.fan.click(a.response, label="By track"); print(words(a))
        except AssertionError:
            print("=====", name, await stand.refused("driver", name=name))
