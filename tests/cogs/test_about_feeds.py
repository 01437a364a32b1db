"""What a fan and an editor are told of NASCAR's feeds: in /about, and in the small print of every answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.feeds import paths
from bot.render.blocks import freshness
from bot.services import Services
from db.connection import Store
from db.feeds.models import FeedPause
from db.feeds.remembered import Remembered
from db.key_values import remember
from db.snapshots import Snapshots
from tests.checks.recorder import SentBodies
from tests.cogs.conftest import Stand
from tests.cogs.editing import editors_bot, open_newsroom
from tests.cogs.looking import words
from tests.stores import EVE_OF_TALLADEGA

LIST = paths.race_list(2025)
HOUR = timedelta(hours=1)


@pytest.fixture
async def feeds(services: Services) -> Remembered:
    return await Remembered.load(services.store)


@pytest.fixture
def simcord_bot(services: Services, feeds: Remembered, sent: SentBodies) -> TailgateBot:
    del sent  # it only has to listen first
    return editors_bot(replace(services, feeds=feeds))


def stamp(hours: float, style: str) -> str:
    return f"<t:{(EVE_OF_TALLADEGA + hours * HOUR).timestamp():.0f}:{style}>"


async def test_about_says_when_each_thing_was_fetched(stand: Stand, feeds: Remembered) -> None:
    assert "**NASCAR's feeds** nothing fetched yet" in words(await stand.ask("about"))
    feeds.taken(paths.weekend(2025, 5504), 2025, EVE_OF_TALLADEGA - 2 * HOUR, "b", None, None)
    feeds.taken(paths.weekend(2025, 5503), 2025, EVE_OF_TALLADEGA - 9 * HOUR, "c", None, None)
    feeds.taken(LIST, 2025, EVE_OF_TALLADEGA - HOUR, "a", None, None)
    feeds.absent(paths.lap_times(2025, 5504), 2025, EVE_OF_TALLADEGA)
    shown = words(await stand.ask("about"))
    assert f"**NASCAR's feeds** schedule {stamp(-1, 'R')}, entries and results {stamp(-2, 'R')}\n" in shown
    assert "lap times" not in shown
    assert "Failing" not in shown


async def test_about_says_since_when_what_fails_and_that_nothing_is_asked(stand: Stand, feeds: Remembered) -> None:
    feeds.taken(LIST, 2025, EVE_OF_TALLADEGA - 9 * HOUR, "a", None, None)
    feeds.failed(LIST, 2025, EVE_OF_TALLADEGA - 3 * HOUR, "took too long")
    feeds.failed(LIST, 2025, EVE_OF_TALLADEGA - HOUR, "is no JSON")
    feeds.failed(paths.session_times(2025), 2025, EVE_OF_TALLADEGA - 3 * HOUR, "took too long")
    feeds.pause = FeedPause(EVE_OF_TALLADEGA + HOUR, 2)
    shown = words(await stand.ask("about"))
    assert f"**Failing** session times and schedule since {stamp(-3, 'f')}" in shown
    assert f"**Paused** until {stamp(1, 't')}" in shown
    feeds.pause = FeedPause(EVE_OF_TALLADEGA - HOUR, 2)
    assert "Paused" not in words(await stand.ask("about"))


async def test_what_was_left_out_is_for_editors(
    simcord_bot: TailgateBot, simcord_env: Any, clock: TravelClock, feeds: Remembered
) -> None:
    room = await open_newsroom(simcord_bot, simcord_env, clock)
    lines = [f"2025 race {number}: *two* people may be Sam Doe" for number in range(1, 6)]
    await feeds.note_findings(LIST, lines, EVE_OF_TALLADEGA)
    shown = words(await room.mo.slash(room.channel, "about"))
    assert "2025 race 3: \\*two\\* people may be Sam Doe" in shown
    assert "race 4" not in shown
    assert "and 2 more, which `tailgate check` lists" in shown
    assert "Sam Doe" not in words(await room.fay.slash(room.channel, "about"))


async def test_without_feeds_nothing_is_said_of_them(
    simcord_bot: TailgateBot, services: Services, stand: Stand
) -> None:
    simcord_bot.services = services
    assert "feeds" not in words(await stand.ask("about"))


async def test_the_small_print_says_when_it_was_looked_and_since_when_that_fails(store: Store) -> None:
    # Snapshots of its own: what is noted here is no other test's.
    seasons, now = Snapshots(store), EVE_OF_TALLADEGA + 10 * HOUR
    season = await seasons.season(2025)
    assert season is not None
    assert freshness(season, now).endswith(f"refreshed {stamp(0, 'R')}")
    seasons.looked_at(2025, EVE_OF_TALLADEGA + 9 * HOUR, None)
    assert freshness(season, now).endswith(f"refreshed {stamp(9, 'R')}")
    seasons.looked_at(2025, EVE_OF_TALLADEGA + 9 * HOUR, EVE_OF_TALLADEGA + 8 * HOUR)
    assert freshness(season, now).endswith(f"NASCAR's feed failing since {stamp(8, 'f')}")
    # For minutes it is no news; and whatever else is written meanwhile, what was seen stays seen.
    seasons.looked_at(2025, EVE_OF_TALLADEGA + 9 * HOUR, EVE_OF_TALLADEGA + 9.5 * HOUR)
    await remember(store, "a", "b")
    assert await seasons.season(2025) is season
    assert freshness(season, now).endswith(f"refreshed {stamp(9, 'R')}")
    # What is stored may be newer than the last look.
    seasons.looked_at(2025, EVE_OF_TALLADEGA - HOUR, None)
    await remember(store, "a", "c")
    assert await seasons.season(2025) is season
    assert freshness(season, now).endswith(f"refreshed {stamp(0, 'R')}")
