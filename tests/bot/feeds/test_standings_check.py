"""NASCAR's own table is compared with ours after a race, told where it differs, and never taken over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.championship.compared import table_differences
from bot.commandline.feed_lines import feed_lines
from bot.feeds import paths
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.keeper import Keeper
from bot.feeds.nascar import NascarTranslator
from bot.feeds.politeness import Politeness
from bot.feeds.refresh import Refresh, Wish
from bot.feeds.standings import published_places
from bot.services import Services
from db.connection import Store
from db.feeds.remembered import Remembered
from db.feeds.rows import load_memory
from db.models import Driver, Season
from db.snapshots import Snapshots
from tests.bot.feeds.conftest import START, FeedServer, HandClock
from tests.feeds import fake_nascar

YEAR, RUN = 2027, 2
"""Two races were run before the one that the nights are about."""
TABLE = paths.standings(YEAR)


class Weekend:
    """The night after the third race of a season that never was, kept current by the bot."""

    def __init__(self, store: Store, server: FeedServer, clock: HandClock) -> None:
        self.store, self.server, self.clock = store, server, clock
        self._keepers: list[Keeper] = []
        self.season = fake_nascar.season_to_be(YEAR)
        self.season.weekends = {
            race["race_id"]: self.season.weekend(race["race_id"]) for race in self.season.races[: RUN + 1]
        }
        for race in self.season.races[RUN + 1 :]:
            race |= {**fake_nascar.NOT_RUN, "winner_driver_id": None}
        start = datetime.fromisoformat(self.season.races[RUN]["schedule"][0]["start_time_utc"])
        clock.moment = start.replace(tzinfo=START.tzinfo) + timedelta(hours=3)
        for race in (self.season.races[RUN], self.season.weekend(self.season.races[RUN]["race_id"])):
            race["inspection_complete"] = False
        server.documents.update(self.season.documents())

    async def start(self) -> None:
        remembered = await Remembered.load(self.store)
        self.services = Services(self.store, Snapshots(self.store), self.clock, remembered)
        polite = Politeness(monotonic=self.clock.monotonic, sleep=self.clock.sleep)
        self.keeper = Keeper(
            self.services,
            self.server.address,
            NascarTranslator(),
            differences=table_differences,
            agent="Tailgate of a test",
            politeness=polite,
        )
        self._keepers.append(self.keeper)

    async def tick(self, **later: float) -> list[str]:
        """What is asked for at that much later."""
        self.clock.advance(**later)
        self.server.forget()
        await self.keeper.tick()
        return list(self.server.asked)

    async def held(self) -> Season:
        season = await self.services.seasons.season(YEAR)
        assert season is not None
        return season

    async def serve(self, **changed: Any) -> None:
        """Serves the table of what is held, with something else in its first row."""
        table = fake_nascar.standings(await self.held())
        self.server.documents[TABLE] = fake_nascar.as_bytes([table[0] | changed, *table[1:]])

    async def findings(self) -> list[str]:
        return [each.line for each in (await load_memory(self.store)).findings if each.path == TABLE]

    async def close(self) -> None:
        for keeper in self._keepers:
            await keeper._client.close()


@pytest.fixture
async def weekend(empty_store: Store, feed_server: FeedServer, hand_clock: HandClock) -> AsyncIterator[Weekend]:
    made = Weekend(empty_store, feed_server, hand_clock)
    await made.start()
    yield made
    await made.close()


async def test_a_table_that_differs_is_told_and_not_taken_over(weekend: Weekend) -> None:
    # It is not there yet, which is normal: it is asked for every six hours.
    assert TABLE in await weekend.tick()
    assert TABLE not in await weekend.tick(hours=5)
    assert await weekend.findings() == []
    held = await weekend.held()
    leader = fake_nascar.standings(held)[0]
    await weekend.serve(points=leader["points"] - 25)
    assert TABLE in await weekend.tick(hours=2)
    name = leader["driver_name"]
    line = (
        f"{YEAR} standings after race {RUN + 1}, {held.races[RUN].name}: NASCAR's table has {name} "
        f"{leader['points'] - 25} points (held: {leader['points']})"
    )
    assert await weekend.findings() == [line]
    assert f"note: the feeds' {TABLE}: {line}" in list(feed_lines(await load_memory(weekend.store)))
    assert await weekend.held() is held
    # By the hour from now on.
    assert TABLE not in await weekend.tick(minutes=50)
    assert TABLE in await weekend.tick(minutes=10)
    assert weekend.server.statuses[weekend.server.asked.index(TABLE)] == 304
    assert await weekend.findings() == [line]
    assert await weekend.held() is held
    # NASCAR's table is ours again.
    await weekend.serve()
    await weekend.tick(hours=1)
    assert await weekend.findings() == []


async def test_a_penalty_that_comes_in_later_ends_the_difference_though_the_table_is_as_it_was(
    weekend: Weekend,
) -> None:
    await weekend.tick()
    winner = weekend.season.weekend(weekend.season.races[RUN]["race_id"])["results"][0]
    table = fake_nascar.standings(await weekend.held())
    row = next(each for each in table if each["driver_id"] == winner["driver_id"])
    row["points"] -= 5
    table.sort(key=lambda each: (-each["points"], each["position"]))
    for place, each in enumerate(table, 1):
        each["position"] = place
    weekend.server.documents[TABLE] = fake_nascar.as_bytes(table)
    await weekend.tick(hours=7)
    assert len(await weekend.findings()) == 1
    winner["points_earned"] -= 5
    weekend.server.documents.update(weekend.season.documents())
    await weekend.tick(hours=1)
    assert weekend.server.statuses[weekend.server.asked.index(TABLE)] == 304
    assert await weekend.findings() == []


async def test_points_of_somebody_who_does_not_score_are_found_by_the_table(weekend: Weekend) -> None:
    """NASCAR's results give points to some who do not score here, and nothing in them says so."""
    guest = weekend.season.weekend(weekend.season.races[RUN]["race_id"])["results"][6]
    await weekend.tick()
    table = fake_nascar.standings(await weekend.held())
    row = next(each for each in table if each["driver_id"] == guest["driver_id"])
    held = row["points"]
    weekend.server.documents[TABLE] = fake_nascar.as_bytes(
        [*(each for each in table if each is not row), row | {"points": 0}]
    )
    await weekend.tick(hours=7)
    (line,) = await weekend.findings()
    assert f"{guest['driver_fullname']} 0 points (held: {held})" in line


async def test_a_table_that_cannot_be_used_is_no_fault_of_the_answers(weekend: Weekend) -> None:
    await weekend.tick()
    weekend.server.documents[TABLE] = b"<html>no</html>"
    await weekend.tick(hours=7)
    assert [each.thing for each in (await load_memory(weekend.store)).failures()] == ["standings"]
    assert await weekend.findings() == [f"{TABLE}: is a web page and not data"]
    assert (await weekend.held()).freshness.failing_since is None
    await weekend.serve()
    await weekend.tick(hours=1)
    assert (await load_memory(weekend.store)).failures() == []
    assert await weekend.findings() == []


async def test_after_a_restart_the_difference_is_still_told(weekend: Weekend) -> None:
    await weekend.tick()
    await weekend.serve(wins=9)
    await weekend.tick(hours=7)
    before = await weekend.findings()
    await weekend.start()
    await weekend.tick(hours=1)
    assert len(before) == 1
    assert await weekend.findings() == before


async def test_weeks_later_nobody_asks_for_the_table(weekend: Weekend) -> None:
    await weekend.tick()
    assert TABLE not in await weekend.tick(days=40)


async def test_a_refresh_by_hand_compares_too_and_counts_it_beforehand(weekend: Weekend) -> None:
    await weekend.tick()
    await weekend.serve(points=1)
    remembered = await Remembered.load(weekend.store)
    services = Services(weekend.store, Snapshots(weekend.store, whole=True), weekend.clock, remembered)
    polite = Politeness(monotonic=weekend.clock.monotonic, sleep=weekend.clock.sleep)
    made = Refresh(
        services,
        weekend.server.address,
        NascarTranslator(),
        differences=table_differences,
        agent="Tailgate of a test",
        politeness=polite,
        sleep=weekend.clock.sleep,
    )
    weekend.clock.advance(hours=1)
    weekend.server.forget()
    async with made as refreshing:
        estimated = await refreshing.estimate(Wish((YEAR,)))
        summary = await refreshing.run(Wish((YEAR,)), lambda *_: None)
        assert weekend.server.asked.count(TABLE) == 1
        assert {headers["User-Agent"] for headers in weekend.server.headers} == {"Tailgate of a test"}
        assert summary.asked <= estimated
        assert [line for line in summary.outcome.notes if "1 points (held: " in line] != []
        weekend.server.forget()
        await refreshing.run(Wish(race=weekend.season.races[0]["race_id"]), lambda *_: None)
        assert TABLE not in weekend.server.asked


def test_who_is_who_in_a_table() -> None:
    drivers = {
        "corey-heim": Driver("corey-heim", "Corey Heim", nascar_id=4387),
        "ann-new": Driver("ann-new", "Ann New", aliases=("A. New",)),
        "sam-doe": Driver("sam-doe", "Sam Doe"),
        "sam-doe--2": Driver("sam-doe--2", "Sam Doe"),
        "ty-other": Driver("ty-other", "Ty Other", nascar_id=7),
    }
    rows = [
        {"driver_id": 4387, "driver_name": "C. Heim (P)", "position": "1", "points": "52", "wins": "1"},
        {"driver_id": 12, "driver_name": "* A. New #", "points": 30},
        {"driver_id": 13, "driver_name": "Sam Doe", "points": 20},
        # Of this name there is one here, and that one has another id.
        {"driver_id": 14, "driver_name": "Ty Other(i)", "points": 0},
        {"driver_id": 4387, "driver_name": "Corey Heim", "points": 0},
    ]
    found = published_places(Fetched(TABLE, fake_nascar.as_bytes(rows), START), drivers)
    assert [(row.driver, row.name, row.points) for row in found] == [
        ("corey-heim", "C. Heim", 52),
        ("ann-new", "A. New", 30),
        (None, "Sam Doe", 20),
        (None, "Ty Other", 0),
    ]
    assert (found[0].place, found[0].wins, found[0].starts) == (1, 1, None)
    assert published_places(Fetched(TABLE, None, START), drivers) == []
    with pytest.raises(FeedError, match="is cut short"):
        published_places(Fetched(TABLE, b"[{", START), drivers)
