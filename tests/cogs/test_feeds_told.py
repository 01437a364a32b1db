"""What a server's channel is told because of NASCAR's feeds, from the document to the message: each change once."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from bot.clock import TravelClock
from bot.feeds import paths
from bot.feeds.keeper import Keeper
from bot.feeds.nascar import NascarTranslator
from bot.feeds.politeness import Politeness
from bot.feeds.refresh import Refresh, Wish
from bot.outbox.discord_sender import DiscordSender
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.posting import register_writers
from bot.services import Services
from db.connection import Store
from db.feeds.remembered import Remembered
from db.models import Race
from db.reminders import targets
from db.reminders.models import Extras, Target
from db.snapshots import Snapshots
from tests.bot.feeds.conftest import FeedServer, serving
from tests.bot.outbox.standing import step
from tests.cogs.conftest import Stand
from tests.cogs.looking import words
from tests.feeds import fake_nascar

YEAR, ROUND = 2027, 5


@cache
def _season() -> fake_nascar.Season:
    return fake_nascar.season_to_be(YEAR)


class Weekend:
    """A server that wants to be told everything, and NASCAR before the fifth race of a season that never was."""

    def __init__(self, stand: Stand, services: Services, server: FeedServer) -> None:
        self.stand, self.services, self.server = stand, services, server
        self.whole = copy.deepcopy(_season())
        self.now = copy.deepcopy(self.whole)
        for race in self.now.races:
            self.now.forget_results(race["race_id"])
        self.race_id = self.whole.races[ROUND - 1]["race_id"]
        self.start = datetime.fromisoformat(self.whole.races[ROUND - 1]["schedule"][0]["start_time_utc"])
        self.start = self.start.replace(tzinfo=UTC)
        bot = stand.env.bot
        self.limiter = RateLimiter(1e6)
        self.worker = Worker(services, DiscordSender(bot), self.limiter)
        register_writers(self.worker, bot)
        self.keeper = Keeper(services, server.address, NascarTranslator(), politeness=self.politeness())

    def politeness(self) -> Politeness:
        """One that waits for nothing, since the clock stands still."""
        ticks = iter(range(10**9))
        return Politeness(monotonic=lambda: float(next(ticks)))

    async def wants(self) -> None:
        """The server wants results without a cover, and a reminder five minutes before, with what changes."""
        extras = Extras(results=True, spoiler=False)
        wanted = Target(guild=self.stand.channel.guild.id, channel=self.stand.channel.id, leads=(5,), extras=extras)
        await targets.save(self.services.store, wanted, self.services.clock.now())

    async def at(self, after: timedelta) -> None:
        """So long after the listed start the feeds are looked at, and whatever is due is sent."""
        self.stand.clock._start = self.start + after
        self.server.documents = dict(self.now.documents())
        await self.keeper.tick()
        for minutes in range(4):
            self.stand.clock._start = self.start + after + timedelta(minutes=minutes)
            await step(self.worker)

    def run(self, number: int = ROUND, *, official: bool = False) -> None:
        """A race is over."""
        race_id = self.whole.races[number - 1]["race_id"]
        self.now.races[number - 1] = copy.deepcopy(self.whole.races[number - 1])
        self.now.weekends[race_id] = copy.deepcopy(self.whole.weekend(race_id))
        for race in (self.now.listed(race_id), self.now.weekend(race_id)):
            race["inspection_complete"] = official

    def moves(self, by: timedelta) -> None:
        """NASCAR lists the race for another time."""
        listed = self.now.listed(self.race_id)
        moved = self.start + by
        listed["race_date"] = (datetime.fromisoformat(listed["date_scheduled"]) + by).isoformat()
        listed["schedule"] = [{"event_name": "Race", "start_time_utc": moved.isoformat()[:19], "run_type": 3}]

    def told(self) -> list[str]:
        """The messages in the channel, the oldest first."""
        return [_text(message) for message in self.stand.channel.history()]

    async def race(self) -> Race:
        season = await self.services.seasons.season(YEAR)
        assert season is not None
        race = season.race(ROUND)
        assert race is not None
        return race


def _text(message: Any) -> str:
    return "\n".join(part.content for part in message.components[0].children if hasattr(part, "content"))


@pytest.fixture
async def services(empty_store: Store, clock: TravelClock) -> Services:
    return Services(empty_store, Snapshots(empty_store), clock, await Remembered.load(empty_store))


@pytest.fixture
async def weekend(stand: Stand, services: Services) -> AsyncIterator[Weekend]:
    async with serving() as server:
        made = Weekend(stand, services, server)
        await made.at(-timedelta(days=5))
        await made.wants()
        await made.at(-timedelta(days=4))
        assert made.told() == []
        yield made
        await made.worker.close(1)
        await made.keeper.close()


MOVED = {
    "rain on the day before": (-timedelta(hours=20), timedelta(days=1)),
    "a delay of two hours": (-timedelta(hours=5), timedelta(hours=2)),
    "an earlier start": (-timedelta(days=2), -timedelta(hours=3)),
}


@pytest.mark.parametrize("how", MOVED)
async def test_a_start_that_moves_is_told_once(weekend: Weekend, how: str) -> None:
    known, by = MOVED[how]
    await weekend.at(known - timedelta(hours=2))
    weekend.moves(by)
    await weekend.at(known)
    race = await weekend.race()
    assert race.start == weekend.start + by
    (told,) = weekend.told()
    assert race.name in told
    assert f"<t:{(weekend.start + by).timestamp():.0f}:" in told
    # Nor when the same is read again, under whatever stamp.
    for hours in (1, 2):
        weekend.now.races[0]["something_new"] = hours
        await weekend.at(known + timedelta(hours=hours))
    assert len(weekend.told()) == 1


async def test_two_delays_are_two_changes(weekend: Weekend) -> None:
    weekend.moves(timedelta(hours=2))
    await weekend.at(-timedelta(hours=6))
    weekend.moves(timedelta(hours=3))
    await weekend.at(-timedelta(hours=4))
    told = weekend.told()
    assert len(told) == 2
    for hours, said in zip((2, 3), told, strict=True):
        assert f"<t:{(weekend.start + timedelta(hours=hours)).timestamp():.0f}:" in said


async def test_results_are_told_from_the_checkered_flag_on_and_corrected_in_place(weekend: Weekend) -> None:
    await weekend.at(timedelta(hours=1))
    assert weekend.told() == []
    weekend.run()
    await weekend.at(timedelta(hours=3))
    rows = sorted(weekend.now.weekend(weekend.race_id)["results"], key=lambda row: row["finishing_position"])
    winner, second = (row["driver_fullname"] for row in rows[:2])
    (told,) = weekend.told()
    assert f"**{winner}** won" in told
    # The finished race is stamped anew for days, and nobody is told again.
    for hours in (4, 5, 30):
        weekend.now.weekend(weekend.race_id)["time_of_day_os"] = f"2027-03-0{hours % 9}T12:00:00"
        await weekend.at(timedelta(hours=hours))
    assert weekend.told() == [told]
    # Inspection is complete, and on Tuesday the winner is disqualified.
    weekend.run(official=True)
    await weekend.at(timedelta(hours=31))
    assert weekend.told() == [told]
    for row in weekend.now.weekend(weekend.race_id)["results"]:
        if row["finishing_position"] == 1:
            row |= {
                "finishing_position": len(rows),
                "points_earned": 1,
                "disqualified": True,
                "laps_led": row["laps_led"],
            }
        else:
            row["finishing_position"] -= 1
    await weekend.at(timedelta(days=4))
    (corrected,) = weekend.told()
    assert f"**Corrected:** {winner} disqualified; {second} wins." in corrected


KNOWN_LATE = {"a day after it": (timedelta(hours=23), 1), "more than a day after it": (timedelta(hours=28), 0)}


@pytest.mark.parametrize("when", KNOWN_LATE)
async def test_what_ended_long_before_it_was_known_is_told_to_nobody(weekend: Weekend, when: str) -> None:
    after, messages = KNOWN_LATE[when]
    weekend.run()
    await weekend.at(after)
    assert (await weekend.race()).results_at is not None
    assert len(weekend.told()) == messages


async def test_a_refresh_after_months_and_of_older_seasons_is_silent(weekend: Weekend) -> None:
    weekend.now = copy.deepcopy(weekend.whole)
    await weekend.at(timedelta(days=300))
    older = fake_nascar.season(2025)
    weekend.server.documents |= older.documents()
    made = Refresh(
        weekend.services,
        weekend.server.address,
        NascarTranslator(),
        politeness=weekend.politeness(),
    )
    async with made as refreshing:
        summary = await refreshing.run(Wish((2025,)), lambda *_: None)
    assert summary.outcome.refused == []
    for _ in range(3):
        await step(weekend.worker)
    season = await weekend.services.seasons.season(2025)
    assert season is not None
    assert len(season.run) == 25
    assert len((await weekend.services.seasons.all())[-1].run) == 25
    assert weekend.told() == []


async def test_the_next_season_appears_by_itself_and_is_answered_from(weekend: Weekend) -> None:
    weekend.now = copy.deepcopy(weekend.whole)
    following = fake_nascar.season_to_be(YEAR + 1)
    for race in following.races:
        following.forget_results(race["race_id"])
    announced = {paths.race_list(YEAR + 1): following.documents()[paths.race_list(YEAR + 1)]}
    finale = datetime.fromisoformat(weekend.whole.races[-1]["schedule"][0]["start_time_utc"]).replace(tzinfo=UTC)
    await weekend.at(finale + timedelta(days=10) - weekend.start)
    assert await weekend.services.seasons.years() == (YEAR,)
    weekend.stand.clock._start = finale + timedelta(days=11)
    weekend.server.documents |= announced
    await weekend.keeper.tick()
    await step(weekend.worker)
    assert await weekend.services.seasons.years() == (YEAR, YEAR + 1)
    # It is no news of a race that anybody waits for.
    assert weekend.told() == []
    first = following.races[0]
    shown = words(await weekend.stand.ask("next"))
    assert first["race_name"] in shown
    assert first["track_name"].split()[0] in words(await weekend.stand.ask("schedule", season=YEAR + 1))
