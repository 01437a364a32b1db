"""Targets as they are saved: one a server or person, each wish with its own age, all gone with the server."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from db.connection import Store
from db.guilds import forget_guild
from db.reminders.models import CALLED_OFF, RACE, Extras, NotificationKind, Subscription, Target, WeekendSession
from db.reminders.race_day import ARCHIVED, OPENED, POSTS, RaceDay, RacePost
from db.reminders.targets import (
    change,
    delay_of,
    forget_role,
    guilds,
    remember_channel,
    save,
    settings_version,
    switch_off,
    target,
    target_of,
)

NOON = datetime(2025, 10, 17, 16, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


async def ages(store: Store, number: int) -> dict[tuple[str, int], str]:
    """Since when each wish counts, by kind and lead."""
    rows = await store.fetch("SELECT kind, lead, since FROM reminder_wishes WHERE target_id = ?", (number,))
    return {(row["kind"], row["lead"]): row["since"] for row in rows}


async def test_a_target_comes_back_as_it_was_saved(empty_store: Store) -> None:
    wanted = Target(
        guild=1,
        channel=2,
        role=3,
        leads=(0, 1440, 60, 60),
        sessions=frozenset({WeekendSession.COVERAGE, WeekendSession.PRACTICE}),
        extras=Extras(changes=False, results=True, spoiler=False, delay=60 * 60, events=True),
    )
    saved = await save(empty_store, wanted, NOON)
    assert saved == replace(wanted, id=saved.id, leads=(1440, 60, 0), since=NOON)
    assert await target_of(empty_store, guild=1) == saved == await target(empty_store, saved.id)
    assert await target_of(empty_store, user=1) is None


async def test_a_server_and_a_person_have_one_target_each(empty_store: Store) -> None:
    server = await save(empty_store, Target(guild=1, channel=2), NOON)
    person = await save(empty_store, Target(user=1), NOON)
    again = await save(empty_store, Target(guild=1, channel=9), LATER)
    assert (again.id, again.channel) == (server.id, 9)
    assert person.id != server.id
    assert await guilds(empty_store) == {1}


async def test_a_wish_keeps_its_age_while_another_is_saved(empty_store: Store) -> None:
    saved = await save(empty_store, Target(guild=1, channel=2, leads=(60,)), NOON)
    await save(empty_store, replace(saved, leads=(60, 15), role=4), LATER)
    aged = await ages(empty_store, saved.id)
    assert (aged["reminder", 60], aged["reminder", 15]) == ("2025-10-17T16:00:00Z", "2025-10-17T17:00:00Z")


async def test_switched_off_and_on_again_all_wishes_are_new(empty_store: Store) -> None:
    saved = await save(empty_store, Target(guild=1, channel=2), NOON)
    await switch_off(empty_store, saved.id, "the channel is gone")
    off = await target(empty_store, saved.id)
    assert off is not None
    assert (off.on, off.off_reason) == (False, "the channel is gone")
    assert Subscription(NotificationKind.REMINDER, WeekendSession.COVERAGE, 60) not in off.subscriptions
    await save(empty_store, replace(off, on=True, off_reason=None), LATER)
    aged = await ages(empty_store, saved.id)
    # But the one that asks for nothing new.
    assert aged.pop(("event", 0)) == "2025-10-17T16:00:00Z"
    assert set(aged.values()) == {"2025-10-17T17:00:00Z"}


def test_what_a_target_wishes_for() -> None:
    target = Target(guild=1, leads=(60, 5), extras=Extras(results=True, delay=15 * 60, events=True))
    assert target.subscriptions == {
        Subscription(NotificationKind.REMINDER, WeekendSession.COVERAGE, 60),
        Subscription(NotificationKind.REMINDER, WeekendSession.COVERAGE, 5),
        Subscription(NotificationKind.CHANGE, RACE),
        Subscription(NotificationKind.RESULTS, RACE, delay=15 * 60),
        Subscription(NotificationKind.EVENT, RACE),
    }
    # Without a reminder nobody is told of changes to what they would not have been reminded of.
    assert replace(target, leads=()).subscriptions == {
        Subscription(NotificationKind.RESULTS, RACE, delay=15 * 60),
        Subscription(NotificationKind.EVENT, RACE),
    }
    assert replace(target, on=False).subscriptions == {Subscription(NotificationKind.EVENT, CALLED_OFF)}
    assert Target(user=1, on=False).subscriptions == frozenset()


async def test_direct_messages_once_known_are_kept(empty_store: Store) -> None:
    saved = await save(empty_store, Target(user=5), NOON)
    await remember_channel(empty_store, saved.id, 50)
    assert (await save(empty_store, Target(user=5, leads=(5,)), LATER)).channel == 50
    server = await save(empty_store, Target(guild=5, channel=7), NOON)
    await remember_channel(empty_store, server.id, 50)
    found = await target(empty_store, server.id)
    assert found is not None
    assert found.channel == 7


async def test_a_server_that_leaves_leaves_nothing_behind(empty_store: Store) -> None:
    saved = await save(empty_store, Target(guild=1, channel=2), NOON)
    other = await save(empty_store, Target(user=1), NOON)
    async with empty_store.write() as connection:
        for number in (saved.id, other.id):
            await connection.execute(
                "INSERT INTO outbox (target_id, kind, subject, season, round, session, lead, event_at, due_at, until, "
                "detail) VALUES (?, 'reminder', 1, 2025, 23, 'coverage', 60, ?, ?, ?, '{}')",
                (number, *["2025-10-17T20:00:00Z"] * 3),
            )
    await forget_guild(empty_store, 1)
    assert [row[0] for row in await empty_store.fetch("SELECT target_id FROM outbox")] == [other.id]
    assert await ages(empty_store, saved.id) == {}
    assert await target(empty_store, other.id) == other


async def test_the_edition_changes_with_every_setting(empty_store: Store) -> None:
    seen = [await settings_version(empty_store)]
    saved = await save(empty_store, Target(guild=1, channel=2), NOON)
    seen.append(await settings_version(empty_store))
    await switch_off(empty_store, saved.id, None)
    seen.append(await settings_version(empty_store))
    assert len(set(seen)) == 3


async def test_a_target_is_a_server_or_a_person(empty_store: Store) -> None:
    for wrong in (Target(channel=2), Target(guild=1, user=2)):
        with pytest.raises(sqlite3.IntegrityError):
            await save(empty_store, wrong, NOON)


async def test_a_change_is_made_of_what_is_set_at_that_moment(empty_store: Store) -> None:
    def but(**facts: Any) -> Callable[[Target | None], Target]:
        return lambda held: replace(held or Target(user=5), **facts)

    assert await change(empty_store, lambda held: held, NOON, user=5) is None
    await asyncio.gather(
        change(empty_store, but(leads=(5,)), NOON, user=5),
        change(empty_store, but(extras=Extras(recap=True)), NOON, user=5),
        change(empty_store, but(on=False), NOON, user=5),
    )
    found = await target_of(empty_store, user=5)
    assert found is not None
    assert (found.leads, found.extras.recap, found.on) == ((5,), True, False)
    before = await settings_version(empty_store)
    assert await change(empty_store, lambda _: None, LATER, user=5) == found
    assert await change(empty_store, lambda held: held, LATER, user=5) == found
    assert await settings_version(empty_store) == before


async def test_a_role_that_is_gone_is_forgotten_there(empty_store: Store) -> None:
    for guild, role in ((1, 7), (2, 7), (3, 8)):
        await save(empty_store, Target(guild=guild, channel=9, role=role), NOON)
    await forget_role(empty_store, 1, 7)
    await forget_role(empty_store, 3, 7)
    rows = await empty_store.fetch("SELECT role_id FROM reminder_targets ORDER BY guild_id")
    assert [row["role_id"] for row in rows] == [None, 7, 8]


async def test_events_made_before_are_taken_off_whoever_switched_it_off(empty_store: Store) -> None:
    saved = await save(empty_store, Target(guild=1, channel=2, extras=Extras(events=True)), NOON)
    person = await save(empty_store, Target(user=1), NOON)
    for each in (saved, person):
        await switch_off(empty_store, each.id, "gone")
    rows = await empty_store.fetch("SELECT target_id, kind, session FROM reminder_wishes")
    assert [tuple(row) for row in rows] == [(saved.id, NotificationKind.EVENT, CALLED_OFF)]


async def test_a_delay_of_minutes_is_one_of_seconds(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript((Path(__file__).parent / "stores" / "schema21.sql").read_text())
    extras = {"changes": True, "results": True, "results_delay": 180, "standings": True}
    old.execute(
        """UPDATE reminder_targets SET extras = ?, sessions = '["coverage"]' WHERE guild_id = 42""",
        (json.dumps(extras),),
    )
    old.execute("UPDATE reminder_wishes SET delay = 180")
    old.commit()
    old.close()
    async with await Store.open(path) as store:
        found = await target_of(store, guild=42)
        assert found is not None
        assert found.extras == Extras(results=True, standings=True, delay=3 * 3600)
        assert {row["delay"] for row in await store.fetch("SELECT delay FROM reminder_wishes")} == {3 * 3600}


async def test_the_delay_of_a_place_counts_while_it_is_on(empty_store: Store) -> None:
    await save(empty_store, Target(guild=1, channel=2, extras=Extras(delay=45)), NOON)
    await save(empty_store, Target(user=9, extras=Extras(delay=7)), NOON)
    assert [await delay_of(empty_store, guild=guild) for guild in (1, 2)] == [45, 0]
    assert [await delay_of(empty_store, user=user) for user in (9, 8)] == [7, 0]
    assert await delay_of(empty_store) == 0
    await save(empty_store, Target(guild=1, channel=2, extras=Extras(delay=45), on=False), LATER)
    assert await delay_of(empty_store, guild=1) == 0


async def test_an_amount_that_another_release_knows_is_none(empty_store: Store) -> None:
    saved = await save(empty_store, Target(guild=1, channel=2, extras=Extras(race_day=RaceDay.STAGES)), NOON)
    assert (await target(empty_store, saved.id)) == saved
    async with empty_store.write() as connection:
        await connection.execute("UPDATE reminder_targets SET extras = json_set(extras, '$.race_day', 'all laps')")
    found = await target(empty_store, saved.id)
    assert found is not None
    assert found.extras.race_day is RaceDay.NOTHING


@pytest.mark.parametrize("amount", RaceDay)
def test_an_amount_of_race_day_brings_its_posts_and_the_result(amount: RaceDay) -> None:
    extras = Extras(race_day=amount, delay=45, thread=True, board=True)
    wanted = Target(guild=1, leads=(), extras=extras).subscriptions
    posts = {each.session: each.delay for each in wanted if each.kind is NotificationKind.LIVE}
    assert posts == dict.fromkeys(POSTS[amount], 45)
    results = {each.kind for each in wanted} & {NotificationKind.RESULTS, NotificationKind.RECAP}
    assert bool(results) == (amount is not RaceDay.NOTHING)
    threads = {each.session for each in wanted if each.kind is NotificationKind.THREAD}
    assert threads == {OPENED, ARCHIVED}
    assert Subscription(NotificationKind.BOARD, RACE, delay=45) in wanted
    person = Target(user=1, leads=(), extras=extras).subscriptions
    assert not {each.kind for each in person} & {NotificationKind.LIVE, NotificationKind.BOARD, NotificationKind.THREAD}
    assert not POSTS[amount] - set(RacePost)
