"""A race that is put in before another moves nothing: what was planned and sent stays with its race."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.interactions.router import Router
from bot.notifications.reminders import ReminderWriter
from bot.notifications.scheduled_events import EventKeeper, Listed, event_mark, old_event_mark
from bot.outbox.worker import Worker
from bot.services import Services
from db.connection import Store
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind, OutboxRow, RowState, Target
from db.reminders.outbox import recent, upcoming
from db.snapshots import Snapshots
from tests.bot.notifications.events_desk import Desk
from tests.bot.outbox.postings import CHANNEL, Scene
from tests.bot.outbox.standing import step
from tests.db.schedules import race, schedule, take_in

NOW = datetime(2027, 6, 10, 12, tzinfo=UTC)
ALPHA = race(1, "Alpha 150", "Kansas", "2027-06-12", nascar_id=99001)
BRAVO = race(2, "Bravo 200", "Dover", "2027-06-16", nascar_id=99002)
EXTRA = race(2, "Extra 100", "Bristol", "2027-06-14", nascar_id=99009)
BRAVO_THIRD = BRAVO | {"round": 3}
PUT_IN = schedule(ALPHA, EXTRA, BRAVO_THIRD, drivers=[])
EXTRA_STARTS = datetime(2027, 6, 14, 17, tzinfo=UTC)
BRAVO_STARTS = datetime(2027, 6, 16, 17, tzinfo=UTC)


class Track(Scene):
    """A server with reminders, changes and events, on a real store."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, NOW)
        self.seasons = Snapshots(store)  # type: ignore[assignment]
        self.desk = Desk(self.clock)
        self.worker = self.start()

    def start(self, *options: Any) -> Worker:
        worker = super().start(*options)
        services: Any = Services(self.store, self.seasons, self.clock)  # type: ignore[arg-type]
        writer = ReminderWriter(Router(services).as_of, self.store)
        worker.compose(NotificationKind.REMINDER, writer.reminder)
        worker.compose(NotificationKind.CHANGE, writer.change)
        if hasattr(self, "desk"):
            worker.perform(NotificationKind.EVENT, EventKeeper(self.store, self.desk).keep)
        return worker

    async def asks(self) -> Target:
        wanted = Target(guild=1, channel=CHANNEL, leads=(60,), extras=Extras(events=True))
        return await targets.save(self.store, wanted, self.clock.now())

    def events(self) -> dict[str, list[int]]:
        """The ids of the events that stand there, by the race's name."""
        made: dict[str, list[int]] = {}
        for number, each in self.desk.there.items():
            made.setdefault(each.content.name.split(" · ")[0], []).append(number)
        return made


@pytest.fixture
async def track(empty_store: Store) -> AsyncIterator[Track]:
    await take_in(empty_store, schedule(ALPHA, BRAVO, drivers=[]))
    made = Track(empty_store)
    yield made
    await made.worker.close(1)


async def ids(store: Store) -> dict[str, int]:
    return {each.name: each.id for season in await Snapshots(store).all() for each in season.races}


async def test_nothing_moves_and_each_event_stays_with_its_race(track: Track) -> None:
    target = await track.asks()
    await track.go(ticks=9)
    before = track.events()
    planned = {row.id: row.mark for row in await upcoming(track.store, target.id, 99)}
    assert before.keys() == {"Alpha 150", "Bravo 200"}
    await take_in(track.store, PUT_IN)
    await track.go(ticks=9, minutes=5)
    assert track.discord.texts() == [], "no race was moved"
    after = track.events()
    assert {name: after[name] for name in before} == before
    assert after.keys() == {"Alpha 150", "Bravo 200", "Extra 100"}
    kept = {row.id: row.mark for row in await upcoming(track.store, target.id, 99)}
    assert planned.items() <= kept.items()
    by_name = await ids(track.store)
    assert event_mark(by_name["Extra 100"]) in track.desk.there[after["Extra 100"][0]].content.description
    assert "Race 3 of 3" in track.desk.there[after["Bravo 200"][0]].content.description


async def test_each_race_is_reminded_of_once_and_at_its_own_time(track: Track) -> None:
    await track.asks()
    await track.go(ticks=9)
    await take_in(track.store, PUT_IN)
    for start, name in ((EXTRA_STARTS, "Extra 100"), (BRAVO_STARTS, "Bravo 200")):
        before = len(track.discord.texts())
        track.clock.moment = start - timedelta(hours=1)
        for _ in range(3):
            await step(track.worker)
        assert [name in said for said in track.discord.texts()[before:]] == [True]


async def test_what_was_reminded_of_already_is_not_reminded_of_again(track: Track) -> None:
    target = await track.asks()
    await track.go()
    track.clock.moment = BRAVO_STARTS - timedelta(hours=1)
    await track.go()
    (sent,) = [row for row in await recent(track.store, target.id, 99) if row.message in {m.id for m in _said(track)}]
    await take_in(track.store, PUT_IN)
    await track.go(ticks=9)
    assert len(track.discord.texts()) == 1
    again = next(row for row in await recent(track.store, target.id, 99) if row.id == sent.id)
    assert again.mark == sent.mark


def _said(track: Track) -> list[Any]:
    return [message for message in track.discord.messages if message.channel == CHANNEL]


async def test_a_change_of_the_schedule_is_told_of_the_race_that_moved(track: Track) -> None:
    await track.asks()
    await track.go(ticks=9)
    later = race(3, "Bravo 200", "Dover", "2027-06-17", nascar_id=99002)
    await take_in(track.store, schedule(ALPHA, EXTRA, later, drivers=[]))
    await track.go(ticks=3)
    await track.go(ticks=9, minutes=3)
    (said,) = track.discord.texts()
    assert "Bravo 200" in said
    assert f"moved from <t:{BRAVO_STARTS.timestamp():.0f}:F>" in said


async def test_the_event_of_a_dropped_race_is_removed_and_is_made_again_if_the_race_comes_back(track: Track) -> None:
    target = await track.asks()
    await track.go(ticks=9)
    before = track.events()
    await take_in(track.store, schedule(ALPHA, drivers=[], complete=True))
    await track.go(ticks=9, minutes=5)
    assert track.events() == {"Alpha 150": before["Alpha 150"]}
    assert {row.notification.race for row in await upcoming(track.store, target.id, 99)} <= {
        (await ids(track.store))["Alpha 150"]
    }
    assert track.desk.requests.count("delete") == 1, "removed once"
    await take_in(track.store, schedule(ALPHA, BRAVO, drivers=[]))
    await track.go(ticks=9, minutes=5)
    after = track.events()
    assert after.keys() == before.keys()
    assert len(after["Bravo 200"]) == 1


async def test_the_event_of_a_race_that_another_one_takes_the_place_of_is_removed(track: Track) -> None:
    await track.asks()
    await track.go(ticks=9)
    await take_in(track.store, schedule(ALPHA, race(2, "Charlie 75", "Texas", "2027-06-15"), drivers=[], complete=True))
    await track.go(ticks=9, minutes=5)
    assert track.events().keys() == {"Alpha 150", "Charlie 75"}


async def test_an_event_that_an_earlier_release_made_is_known_by_what_it_made(track: Track) -> None:
    await track.asks()
    await track.go(ticks=9)
    (number,) = track.events()["Bravo 200"]
    old = track.desk.there[number]
    described = old.content.description.splitlines()[:-1]
    content = type(old.content)(
        old.content.name,
        "\n".join([*described, old_event_mark(2027, 2)]),
        old.content.location,
        old.content.start,
        old.content.end,
    )
    track.desk.there[number] = Listed(number, content)
    await take_in(track.store, PUT_IN)
    await track.go(ticks=9, minutes=5)
    after = track.events()
    assert after["Bravo 200"] == [number]
    assert len(after["Extra 100"]) == 1


OLDER = """
INSERT INTO tracks (id, key, name, short) VALUES (900, 'dover-z', 'Dover Z', 'Dover Z');
INSERT INTO seasons (year) VALUES (2027);
INSERT INTO races (id, season, round, name, track_id, date, start_at)
VALUES (7001, 2027, 2, 'Bravo 200', 900, '2027-06-16', '2027-06-16T17:00:00Z');
INSERT INTO reminder_targets (id, guild_id, purpose, channel_id, leads, sessions, extras, is_on, since)
VALUES (800, 4321, 'reminders', 5, '[60]', '["coverage"]', '{}', 1, '2027-06-01T00:00:00Z');
INSERT INTO outbox (id, target_id, kind, season, round, session, lead, event_at, due_at, until, detail, state, sent_at)
VALUES (8001, 800, 'reminder', 2027, 2, 'coverage', 60, '2027-06-16T17:00:00Z', '2027-06-16T16:00:00Z',
        '2027-06-16T17:00:00Z', '{}', 'sent', '2027-06-16T16:00:00Z'),
       (8002, 800, 'reminder', 2027, 9, 'coverage', 60, '2027-06-19T17:00:00Z', '2027-06-19T16:00:00Z',
        '2027-06-19T17:00:00Z', '{}', 'sent', '2027-06-19T16:00:00Z'),
       (8003, 800, 'quote', 2027, 167, '09:00', 0, '2027-06-16T16:00:00Z', '2027-06-16T13:00:00Z',
        '2027-06-17T04:00:00Z', '{}', 'sent', '2027-06-16T13:00:00Z');
INSERT INTO schedule_seen (season, round, seen) VALUES (2027, 2, '{"day": "2027-06-16"}'), (2027, 9, '{}');
INSERT INTO schedule_changes (id, season, round, before, after, noticed_at)
VALUES (70, 2027, 2, '{}', '{}', '2027-06-10T00:00:00Z'), (71, 2027, 9, '{}', '{}', '2027-06-10T00:00:00Z');
"""


async def test_rows_of_an_earlier_release_are_about_their_race_and_keep_their_marks(tmp_path: Path) -> None:
    stores = Path(__file__).parents[2] / "db" / "stores"
    old = sqlite3.connect(tmp_path / "t.db")
    old.executescript((stores / "schema11.sql").read_text())
    old.executescript(OLDER)
    old.close()
    async with await Store.open(tmp_path / "t.db") as store:
        reminder, unknown, quote = sorted(
            (row for row in await recent(store, 800, 9) if row.id > 8000), key=lambda row: row.id
        )
        seen = [tuple(row) for row in await store.fetch("SELECT race_id FROM schedule_seen")]
        changes = [tuple(row) for row in await store.fetch("SELECT id, race_id FROM schedule_changes WHERE id >= 70")]
    assert (reminder.notification.race, reminder.notification.round, reminder.old_round) == (7001, 2, 2)
    assert unknown.notification.race == 2027009, "of a race that is not known it is a row of its own"
    assert (quote.notification.race, quote.state) == (0, RowState.SENT)
    assert (7001,) in seen
    assert changes == [(70, 7001)]
    # As the earlier release made them, of place, kind, season, round, session, lead and moment.
    assert reminder.mark == "dxpu6h3ct5ozagzw"
    assert mark_of(reminder, old_round=None) != reminder.mark


def mark_of(row: OutboxRow, *, old_round: int | None) -> str:
    return OutboxRow(row.id, row.notification, row.place, old_round=old_round).mark
