"""What is computed from a season is kept, as the bot keeps it: many tests tell the same races in other words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest

from bot.championship.computed_season import ComputedSeason

# Two for each of the bundled races. A season is equal to itself alone, and cannot change.
_computed = lru_cache(200)(ComputedSeason)


@pytest.fixture(scope="module", autouse=True)
def seasons_computed_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.recaps.context.ComputedSeason", _computed)
        yield
