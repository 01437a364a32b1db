"""A season that never was, kept current from the fake NASCAR: it appears by itself, is raced, and is corrected."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from bot.feeds import paths
from bot.feeds.keeper import Keeper
from bot.feeds.nascar import NascarTranslator
from bot.feeds.politeness import Politeness
from bot.notifications.results_planner import plan_outcomes
from bot.services import Services
from db.connection import Store
from db.feeds.remembered import Remembered
from db.models import EASTERN
from db.reminders.models import NotificationKind
from db.results_state import ResultsState
from db.snapshots import Snapshots
from tests.bot.feeds.conftest import FeedServer, HandClock
from tests.feeds import fake_nascar

YEAR = 2027


@pytest.fixture
async def keeper(empty_store: Store, feed_server: FeedServer, hand_clock: HandClock) -> AsyncIterator[Keeper]:
    remembered = await Remembered.load(empty_store)
    services = Services(empty_store, Snapshots(empty_store), hand_clock, remembered)
    polite = Politeness(monotonic=hand_clock.monotonic, sleep=hand_clock.sleep)
    made = Keeper(services, feed_server.address, NascarTranslator(), politeness=polite)
    yield made
    await made.close()


def told(services: Services, seasons: tuple[object, ...]) -> set[int]:
    """The rounds whose results are news."""
    slots = plan_outcomes(seasons, services.clock.now())  # type: ignore[arg-type]
    return {slot.round for slot in slots if slot.kind is NotificationKind.RESULTS and not slot.newcomers}


async def test_a_season_comes_is_raced_and_is_corrected(
    keeper: Keeper, feed_server: FeedServer, hand_clock: HandClock
) -> None:
    services = keeper._services
    season = fake_nascar.season_to_be(YEAR)
    first = season.races[0]["race_id"]
    whole = season.documents()
    for row in season.races:
        season.forget_results(row["race_id"])
    feed_server.documents = {paths.race_list(YEAR): season.documents()[paths.race_list(YEAR)]}
    hand_clock.moment = hand_clock.moment.replace(year=YEAR, month=1, day=10)
    await keeper.tick()
    held = await services.seasons.season(YEAR)
    assert held is not None
    assert len(held.races) == len(season.races)
    race = held.races[0]
    assert race.start is not None
    # The entry list, in race week.
    hand_clock.moment = race.start - timedelta(days=1)
    feed_server.documents[paths.weekend(YEAR, first)] = season.documents()[paths.weekend(YEAR, first)]
    await keeper.tick()
    held = await services.seasons.season(YEAR)
    assert held is not None
    assert held.results_state(1) is ResultsState.NONE
    assert told(services, (held,)) == set()
    # The checkered flag: known within ten minutes, and news.
    hand_clock.moment = race.start + timedelta(hours=3)
    feed_server.documents[paths.weekend(YEAR, first)] = whole[paths.weekend(YEAR, first)]
    await keeper.tick()
    held = await services.seasons.season(YEAR)
    assert held is not None
    assert held.results_state(1) in {ResultsState.UNOFFICIAL, ResultsState.OFFICIAL}
    assert told(services, (held,)) == {1}
    assert held.refreshed is not None
    assert hand_clock.moment - held.refreshed < timedelta(minutes=1)
    # Ten minutes later all is as it was, and nothing is made anew.
    version = await services.store.data_version()
    hand_clock.advance(minutes=10)
    await keeper.tick()
    assert await services.seasons.season(YEAR) is held
    assert await services.store.data_version() == version


async def test_a_bot_that_was_off_for_months_catches_up_silently_and_within_its_budget(
    keeper: Keeper, feed_server: FeedServer, hand_clock: HandClock
) -> None:
    services = keeper._services
    season = fake_nascar.season_to_be(YEAR)
    feed_server.documents.update(season.documents())
    hand_clock.moment = hand_clock.moment.replace(year=YEAR, month=12, day=20)
    await keeper.tick()
    await keeper.tick()
    held = await services.seasons.season(YEAR)
    assert held is not None
    assert len(held.run) == len(season.races)
    assert told(services, (held,)) == set()
    assert len(feed_server.asked) < 200
    assert held.races[0].date.year == hand_clock.now().astimezone(EASTERN).year
    # From here on there is nothing to ask for but the lists, once a day.
    feed_server.forget()
    hand_clock.advance(hours=23)
    await keeper.tick()
    assert not any("weekend" in path for path in feed_server.asked)


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_new_driver_comes_with_the_day_on_which_they_were_born(
    keeper: Keeper, feed_server: FeedServer, hand_clock: HandClock, is_restarted: bool
) -> None:
    season = fake_nascar.season_to_be(YEAR)
    first = season.races[0]["race_id"]
    weekend = season.documents()[paths.weekend(YEAR, first)]
    born = {row["Nascar_Driver_ID"]: row for row in season.drivers}
    one, other, third = (row["driver_id"] for row in season.weekend(first)["results"][:3])
    born[one]["DOB"], born[other]["DOB"] = "1999-08-07T00:00:00", "the seventh of August"
    born[third]["DOB"] = f"{YEAR}-01-01T00:00:00"
    feed_server.documents |= {path: body for path, body in season.documents().items() if "weekend" not in path}
    hand_clock.moment = hand_clock.moment.replace(year=YEAR, month=3, day=2)
    await keeper.tick()
    if is_restarted:
        # Nothing of the schedule has changed since, so that nobody has the drivers at hand.
        await keeper.close()
        services = Services(keeper._services.store, keeper._services.seasons, hand_clock, keeper._remembered)
        polite = Politeness(monotonic=hand_clock.monotonic, sleep=hand_clock.sleep)
        keeper = Keeper(services, feed_server.address, NascarTranslator(), politeness=polite)
    feed_server.documents[paths.weekend(YEAR, first)] = weekend
    hand_clock.advance(hours=25)
    await keeper.tick()
    held = await keeper._services.seasons.season(YEAR)
    assert held is not None
    assert held.has_results(1)
    births = {each.nascar_id: each.born for each in held.drivers.values()}
    assert (births[one], births[other], births[third]) == (date(1999, 8, 7), None, None)
    await keeper.close()


@pytest.mark.parametrize("body", [b"<html>no</html>", b'{"response": [{"Nascar_Driver_ID": []}]}', None])
async def test_drivers_that_cannot_be_read_keep_no_race_back(
    keeper: Keeper, feed_server: FeedServer, hand_clock: HandClock, body: bytes | None
) -> None:
    season = fake_nascar.season_to_be(YEAR)
    feed_server.documents |= season.documents()
    if body is None:
        del feed_server.documents[paths.drivers()]
    else:
        feed_server.documents[paths.drivers()] = body
    hand_clock.moment = hand_clock.moment.replace(year=YEAR, month=3, day=2)
    await keeper.tick()
    held = await keeper._services.seasons.season(YEAR)
    assert held is not None
    assert held.has_results(1)
    # It is told once, and not of each race.
    assert {each.path for each in keeper._remembered.findings} <= {paths.race_list(YEAR)}
