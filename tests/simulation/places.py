"""Stores for simulated nights: one with quotes in it to begin with, and in each what its places want."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from db.connection import Store
from db.reminders import targets
from db.reminders.models import Extras, Purpose, Target, WeekendSession
from tests.db.sample_texts import loose, save
from tests.simulation.schedule import NOON
from tests.simulation.story import Place

SINCE = NOON - timedelta(days=4)
"""When everybody said what they want."""

OWNERS = 5_000
"""A server's owner has its number, added to this."""


def owner_of(guild: int) -> int:
    """Who owns a server."""
    return OWNERS + guild


async def make_template(path: Path) -> None:
    """Makes a store with quotes for everybody in it, and nothing else."""
    async with await Store.open(path) as store:
        await save(store, *(loose(f"Words number {number}") for number in range(1, 9)), guild=None)


async def settle(path: Path, places: tuple[Place, ...], at: datetime) -> None:
    """Saves what the places want, in a store that nothing else has open."""
    async with await Store.open(path) as store:
        for place in places:
            await _save(store, place, at)


async def _save(store: Store, place: Place, at: datetime) -> None:
    extras = Extras(
        changes=place.changes,
        results=place.results,
        recap=place.recap,
        standings=place.standings,
        events=place.events,
        spoiler=False,
        delay=place.delay,
        race_day=place.race_day,
        board=place.board,
    )
    where: dict[str, int] = (
        {"user": place.number} if place.person else {"guild": place.number, "channel": place.channel}
    )
    sessions = frozenset(WeekendSession(each) for each in place.sessions)
    await targets.save(store, Target(leads=place.leads, sessions=sessions, extras=extras, **where), at)  # type: ignore[arg-type]
    if place.hour is not None:
        quotes = Target(
            leads=(),
            sessions=frozenset(),
            purpose=Purpose.QUOTES,
            extras=Extras(quote_hour=place.hour, on_this_day=place.past),
            **where,  # type: ignore[arg-type]
        )
        await targets.save(store, quotes, at)
