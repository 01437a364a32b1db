"""Which changes of the schedule a server is told, and in which words: through the store, the planner and the writer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.interactions.router import Router
from bot.notifications.reminders import ReminderWriter
from bot.notifications.schedule_changes import difference
from bot.notifications.scheduled_events import race_event
from bot.outbox.contracts import InDoubt
from bot.render.race_status import NO_DATE
from bot.services import Services
from db.connection import Store
from db.models import Race, RaceStatus
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind, OutboxRow, SeenRace, Target
from db.reminders.outbox import upcoming
from tests.bot.outbox.postings import Scene
from tests.bot.outbox.standing import CHANNEL, COVERAGE, race_at
from tests.seasons import make_season

MORNING = COVERAGE - timedelta(hours=9)
DAY = date(2025, 10, 17)
LATER = COVERAGE + timedelta(hours=20)


class Newsroom(Scene):
    """A scene whose server hears of reminders and changes, with what is really written."""

    def start(self, in_doubt: InDoubt = InDoubt.AGAIN) -> Any:
        worker = super().start(in_doubt)
        services: Any = Services(self.store, self.seasons, self.clock)  # type: ignore[arg-type]
        writer = ReminderWriter(Router(services).as_of, self.store)
        worker.compose(NotificationKind.REMINDER, writer.reminder)
        worker.compose(NotificationKind.CHANGE, writer.change)
        return worker

    async def lists(self, race: Race) -> None:
        """The race is listed like this from now on, and the worker has some minutes."""
        self.hold(make_season(2025, upcoming=1, races={1: facts_of(race)}))
        await self.go(ticks=2)
        await self.go(ticks=2, minutes=3)

    async def asks(self, **extras: Any) -> Target:
        """A server wants an hour's notice, and these extras."""
        wanted = Target(guild=1, channel=CHANNEL, leads=(60,), extras=Extras(**extras))
        return await targets.save(self.store, wanted, self.clock.now())


def facts_of(race: Race) -> dict[str, Any]:
    names = ("name", "date", "start", "status", "broadcasts", "results_at")
    return {name: getattr(race, name) for name in names}


@pytest.fixture
async def newsroom(empty_store: Store) -> AsyncIterator[Newsroom]:
    made = Newsroom(empty_store, MORNING)
    yield made
    await made.worker.close(1)


def day_only(day: date = DAY, **facts: Any) -> Race:
    """A race of which only the day is known."""
    return race_at(None, start=None, date=day, **facts)


EARLIER = DAY - timedelta(days=1)
WEEK = DAY + timedelta(days=7)
TIMED = race_at(None, start=COVERAGE, date=DAY)
WITHOUT_A_TIME = {
    "cancelled": (day_only(), day_only(status=RaceStatus.CANCELLED), "**Canceled.** It was scheduled for Friday, Oct"),
    "postponed": (
        day_only(), day_only(status=RaceStatus.POSTPONED), f"**{NO_DATE}.** It was scheduled for Friday, Oct"
    ),
    "moved": (day_only(), day_only(WEEK), "The race moved from Friday, Oct 17 to **Friday, Oct 24**, time not"),
    "restored": (day_only(status=RaceStatus.CANCELLED), day_only(), "The race is back on: **Friday, Oct 17**"),
    "moved earlier": (
        day_only(WEEK), day_only(), "The race moved from Friday, Oct 24 to **Friday, Oct 17**, time not"
    ),
    "got a start": (day_only(), TIMED, f"The race is set for **<t:{COVERAGE.timestamp():.0f}:F>**"),
    "got coverage": (day_only(), race_at(), f"Coverage is set for **<t:{COVERAGE.timestamp():.0f}:F>**"),
    "lost its start": (TIMED, day_only(), "The race is still on **Friday, Oct 17**, but its start isn't known any"),
    "moved, with a start": (day_only(WEEK), TIMED, f"from Friday, Oct 24 to **<t:{COVERAGE.timestamp():.0f}:F>**"),
    "postponed to another day": (
        day_only(), day_only(WEEK, status=RaceStatus.POSTPONED), "from Friday, Oct 17 to **Friday, Oct 24**"
    ),
    "postponed, back on": (day_only(status=RaceStatus.POSTPONED), day_only(), "is back on: **Friday, Oct 17**"),
}  # fmt: skip


@pytest.mark.parametrize("change", WITHOUT_A_TIME)
async def test_a_change_of_a_race_without_a_time_is_told_once(newsroom: Newsroom, change: str) -> None:
    before, after, said = WITHOUT_A_TIME[change]
    await newsroom.asks()
    await newsroom.lists(before)
    assert newsroom.discord.texts() == []
    for _ in range(3):
        await newsroom.lists(after)
    (told,) = newsroom.discord.texts()
    assert said in told


@pytest.mark.parametrize(
    ("before", "after", "moment"),
    [
        (day_only(), day_only(name="Another sponsor's 250"), MORNING),
        (day_only(WEEK + timedelta(days=30)), day_only(WEEK + timedelta(days=31)), MORNING),
        (day_only(), day_only(EARLIER), COVERAGE + timedelta(days=1)),
        # While the race runs, the record of its start is lost.
        (TIMED, day_only(), COVERAGE + timedelta(hours=1)),
    ],
    ids=["the name", "far away", "over", "under way"],
)
async def test_what_is_no_news_of_a_race_without_a_time_is_told_to_nobody(
    newsroom: Newsroom, before: Race, after: Race, moment: datetime
) -> None:
    newsroom.clock.moment = moment
    await newsroom.asks()
    await newsroom.lists(before)
    await newsroom.lists(after)
    assert newsroom.discord.texts() == []


POSTPONED = RaceStatus.POSTPONED
TWICE = {
    "its new time is withdrawn": (race_at(LATER, status=POSTPONED), day_only(LATER.date(), status=POSTPONED)),
    "it is listed for the old time again": (race_at(LATER, status=POSTPONED), race_at(status=POSTPONED)),
    "it was on again": (race_at(LATER), race_at(LATER, status=POSTPONED)),
    "its new day is the old one": (day_only(WEEK, status=POSTPONED), day_only(status=POSTPONED)),
}


@pytest.mark.parametrize("how", TWICE)
async def test_a_second_postponement_is_told_like_the_first(newsroom: Newsroom, how: str) -> None:
    new_date, again = TWICE[how]
    await newsroom.asks()
    await newsroom.lists(race_at())
    await newsroom.lists(race_at(status=POSTPONED))
    await newsroom.lists(new_date)
    await newsroom.lists(again)
    first, moved, second = newsroom.discord.texts()
    assert NO_DATE in first
    assert "moved from" in moved
    assert NO_DATE in second
    row = (await newsroom.rows(await newsroom.asks()))[-1]
    assert (row.notification.detail["what"], row.notification.detail["to_day"]) == ("postponed", None)


async def test_a_second_postponement_to_a_third_date_is_a_move(newsroom: Newsroom) -> None:
    third = LATER + timedelta(days=1)
    await newsroom.asks()
    for race in (race_at(), race_at(LATER, status=POSTPONED), race_at(third, status=POSTPONED)):
        await newsroom.lists(race)
    _, told = newsroom.discord.texts()
    assert f"moved from <t:{LATER.timestamp():.0f}:F> to **<t:{third.timestamp():.0f}:F>**" in told


async def test_postponed_again_before_the_new_date_was_told_says_only_that_it_has_none(newsroom: Newsroom) -> None:
    """Within the two minutes in which a change waits."""
    await newsroom.asks()
    for race in (race_at(), race_at(status=POSTPONED)):
        await newsroom.lists(race)
    newsroom.hold(make_season(2025, upcoming=1, races={1: facts_of(race_at(LATER, status=POSTPONED))}))
    await newsroom.go(ticks=1)
    await newsroom.lists(day_only(LATER.date(), status=POSTPONED))
    assert len(newsroom.discord.texts()) == 1, "it was postponed, and it still is"


def test_a_canceled_race_that_is_postponed_instead_awaits_its_date() -> None:
    seen = SeenRace(DAY, COVERAGE, None, RaceStatus.CANCELLED)
    after = replace(seen, status=POSTPONED, put_off=COVERAGE, put_off_start=COVERAGE, put_off_day=DAY)
    told = difference(seen, after)
    assert told is not None
    assert (told["what"], told["to"], told["to_day"]) == ("postponed", None, None)


# A race that moved by date and start, and has no coverage any more.
MOVED = race_at(None, start=LATER + timedelta(minutes=30), date=LATER.date())
AN_HOUR = timedelta(hours=1)


async def test_a_moved_race_without_coverage_is_reminded_of_by_its_listed_start(newsroom: Newsroom) -> None:
    await newsroom.asks()
    await newsroom.lists(race_at())
    await newsroom.lists(MOVED)
    (told,) = newsroom.discord.texts()
    old, new = (COVERAGE + timedelta(minutes=30)).timestamp(), (LATER + timedelta(minutes=30)).timestamp()
    assert f"The race moved from <t:{old:.0f}:F> to **<t:{new:.0f}:F>**" in told
    newsroom.clock.moment = COVERAGE - AN_HOUR
    await newsroom.go(ticks=5)
    newsroom.clock.moment = COVERAGE
    await newsroom.go(ticks=5)
    assert len(newsroom.discord.texts()) == 1, "the old day brings nothing"
    newsroom.clock.moment = LATER - timedelta(minutes=31)
    await newsroom.go(ticks=1)
    assert len(newsroom.discord.texts()) == 1
    newsroom.clock.moment = LATER - timedelta(minutes=30)
    await newsroom.go(ticks=2)
    _, reminded = newsroom.discord.texts()
    assert f"The race is listed for <t:{new:.0f}:F>" in reminded
    assert "Coverage" not in reminded


async def test_the_event_of_a_moved_race_without_coverage_follows(newsroom: Newsroom) -> None:
    kept: list[OutboxRow] = []

    async def keep(row: OutboxRow, _: Target, __: object) -> int:
        kept.append(row)
        return 77

    newsroom.worker.perform(NotificationKind.EVENT, keep)
    await newsroom.asks(events=True)
    await newsroom.lists(race_at())
    await newsroom.lists(MOVED)
    before, after = kept
    assert before.notification.event_at == COVERAGE
    assert after.notification.event_at == MOVED.start
    season = make_season(2025, upcoming=1, races={1: facts_of(MOVED)})
    wanted = race_event(season, season.races[0])
    assert wanted is not None
    assert after.notification.detail == wanted.detail


async def test_reminders_come_back_with_results_that_are_taken_back(newsroom: Newsroom) -> None:
    """Results were stored on race morning by mistake, which made the race count as over."""
    target = await newsroom.asks()
    await newsroom.lists(race_at())
    mistaken = race_at(results_at=newsroom.clock.now())
    await newsroom.lists(mistaken)
    assert await upcoming(newsroom.store, target.id) == ()
    await newsroom.lists(race_at())
    newsroom.clock.moment = COVERAGE - AN_HOUR
    await newsroom.go(ticks=2)
    (told,) = newsroom.discord.texts()
    assert "Coverage starts" in told


async def test_reminders_that_were_too_late_for_a_race_that_was_over_come_back_as_well(newsroom: Newsroom) -> None:
    """By a document from a machine whose clock is ahead the race is over before its reminder is due, and then it is."""
    target = await newsroom.asks()
    await newsroom.lists(race_at(results_at=COVERAGE - timedelta(minutes=50)))
    newsroom.discord.ready = False
    newsroom.clock.moment = COVERAGE - timedelta(minutes=45)
    await newsroom.go(ticks=2)
    assert await upcoming(newsroom.store, target.id) == ()
    newsroom.discord.ready = True
    await newsroom.lists(race_at())
    (told,) = newsroom.discord.texts()
    assert "Coverage starts" in told
