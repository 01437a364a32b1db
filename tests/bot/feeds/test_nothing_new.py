"""A whole season that is asked for again and is as it was: no row is written, no season is new, nothing is planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.feeds import paths
from bot.feeds.keeper import Keeper
from bot.feeds.nascar import NascarTranslator
from bot.feeds.politeness import Politeness
from bot.feeds.refresh import Refresh, Summary, Wish
from bot.services import Services
from db.connection import Store
from db.feeds.remembered import Remembered
from db.models import EASTERN
from db.snapshots import Snapshots
from tests.bot.feeds.conftest import FeedServer, HandClock
from tests.db.test_importer import dump
from tests.feeds import fake_nascar

YEAR = 2027
SEASON = Wish((YEAR,))


class Scene:
    """A bot that answers, beside whatever asks the feeds; the season is over, and taken in."""

    def __init__(self, store: Store, server: FeedServer, clock: HandClock) -> None:
        self.store, self.server, self.clock = store, server, clock
        self.seasons = Snapshots(store)
        self.whole = fake_nascar.season_to_be(YEAR)
        server.documents.update(self.whole.documents())

    def polite(self) -> Politeness:
        return Politeness(monotonic=self.clock.monotonic, sleep=self.clock.sleep)

    async def refresh(self) -> Summary:
        """`tailgate refresh --season 2027`, in a process of its own."""
        seasons = Snapshots(self.store, whole=True)
        services = Services(self.store, seasons, self.clock, await Remembered.load(self.store))
        self.server.forget()
        translator, sleep = NascarTranslator(), self.clock.sleep
        made = Refresh(services, self.server.address, translator, politeness=self.polite(), sleep=sleep)
        async with made as refreshing:
            return await refreshing.run(SEASON, lambda *_: None)

    async def state(self) -> tuple[object, ...]:
        """What changes whenever an answer would have to be made anew, or anything to be planned anew."""
        season = await self.seasons.season(YEAR)
        # What is sent is planned anew once ``version`` is another one.
        return id(season), season, self.seasons.version, dict(self.seasons.versions)


@pytest.fixture
async def scene(empty_store: Store, feed_server: FeedServer, hand_clock: HandClock) -> Scene:
    last = fake_nascar.season_to_be(YEAR).races[-1]["date_scheduled"]
    hand_clock.moment = datetime.fromisoformat(last).replace(tzinfo=EASTERN).astimezone(UTC) + timedelta(hours=3)
    made = Scene(empty_store, feed_server, hand_clock)
    summary = await made.refresh()
    assert summary.missing == []
    season = await made.seasons.season(YEAR)
    assert season is not None
    assert len(season.run) == len(made.whole.races)
    return made


def by_new_etags(server: FeedServer) -> None:
    server.etags |= dict.fromkeys(server.documents, '"new"')


def as_it_is(server: FeedServer) -> None:
    """The server says itself that nothing changed."""
    del server


@pytest.mark.parametrize("served", [as_it_is, by_new_etags])
async def test_a_season_refreshed_again_writes_no_row(scene: Scene, served: Callable[[FeedServer], None]) -> None:
    served(scene.server)
    rows, version, state = await dump(scene.store), await scene.store.data_version(), await scene.state()
    scene.clock.advance(minutes=11)
    summary = await scene.refresh()
    assert {paths.weekend(YEAR, race["race_id"]) for race in scene.whole.races} < set(scene.server.asked)
    assert (summary.outcome.counts.changed, summary.outcome.counts.unchanged) == (0, 0)
    assert await dump(scene.store) == rows
    assert await scene.store.data_version() == version
    assert await scene.state() == state


async def test_other_bytes_that_say_the_same_change_no_fact(scene: Scene) -> None:
    """As when a field is added that nobody reads: then it is read anew, and what was read when is noted."""
    scene.server.documents = {
        path: body + b"\n" for path, body in scene.server.documents.items() if isinstance(body, bytes)
    }
    rows, state = await dump(scene.store), await scene.state()
    scene.clock.advance(minutes=11)
    summary = await scene.refresh()
    assert summary.outcome.counts.changed == 0
    assert summary.outcome.counts.unchanged > 800
    gone = {row.split(":")[0] for row in set(rows) ^ set(await dump(scene.store))}
    assert gone == {"feed_documents", "readings", "seasons"}
    assert await scene.state() == state


async def test_a_bot_that_runs_on_the_night_of_the_last_race_writes_no_row(scene: Scene) -> None:
    services = Services(scene.store, scene.seasons, scene.clock, await Remembered.load(scene.store))
    keeper = Keeper(services, scene.server.address, NascarTranslator(), politeness=scene.polite())
    # The first look of a process writes when it was.
    await keeper.tick()
    rows, version, state = await dump(scene.store), await scene.store.data_version(), await scene.state()
    asked = 0
    for _ in range(5):
        scene.clock.advance(minutes=10)
        scene.server.forget()
        await keeper.tick()
        asked += len(scene.server.asked)
    assert asked >= 5 * 2
    assert await dump(scene.store) == rows
    assert await scene.store.data_version() == version
    assert await scene.state() == state
    await keeper.close()


async def test_one_correction_among_them_makes_one_race_new(scene: Scene) -> None:
    """That the tests above could fail."""
    number = scene.whole.races[3]["race_id"]
    scene.whole.weekend(number)["results"][4]["sponsor"] = "Somebody else"
    scene.server.documents |= scene.whole.documents()
    before, state = await scene.seasons.season(YEAR), await scene.state()
    scene.clock.advance(minutes=11)
    summary = await scene.refresh()
    assert summary.outcome.counts.updated == 1
    after = await scene.seasons.season(YEAR)
    assert before is not None
    assert after is not None
    assert await scene.state() != state
    assert [race.round for race in after.run if after.results[race.round] != before.results[race.round]] == [4]
