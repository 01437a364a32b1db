"""What is computed from a season is kept, as the bot keeps it: many tests tell the same races in other words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest

from bot.championship.computed_season import ComputedSeason
from bot.recaps import Facts, Recap
from tests.bot.recaps.sample_recaps import bundled_facts, bundled_recap

# Two for each of the bundled races. A season is equal to itself alone, and cannot change.
_computed = lru_cache(200)(ComputedSeason)


@pytest.fixture(scope="module", autouse=True)
def seasons_computed_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.recaps.context.ComputedSeason", _computed)
        yield


@pytest.fixture
def facts(race: tuple[int, int]) -> Facts:
    """What is known of the race, for a test of each one."""
    return bundled_facts(*race)


@pytest.fixture
def made(race: tuple[int, int]) -> Recap:
    """The recap of the race."""
    return bundled_recap(*race)
