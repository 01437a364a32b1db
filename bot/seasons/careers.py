"""Careers and wins as of a moment, read from the store once and kept until what is known changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.seasons.as_of import AsOf
from bot.seasons.cache import KeptHistory
from db.connection import Store
from db.history.careers import load_career
from db.history.known_races import Connection, KnownRaces, known_races, load_known_races
from db.history.models import Career, Wins
from db.history.wins import load_wins
from db.racing import load_version


async def career_of(store: Store, as_of: AsOf, driver: str) -> Career:
    """The career of a driver, by key, as it was known at the moment; no season is loaded or computed for it.

    Raises:
        StoreError: it is not kept, and the store cannot be read.
    """
    history = as_of.cache.history(as_of.seasons)
    kept = history.careers.get(driver)
    if kept is not None:
        history.careers.move_to_end(driver)
        return kept
    async with _reading(store, as_of) as (connection, history, known):
        career = await load_career(connection, driver, known)
    history.keep(career)
    return career


async def wins_of(store: Store, as_of: AsOf) -> Wins:
    """Every win of the series, as ``career_of`` reads a career. Raises what it raises."""
    history = as_of.cache.history(as_of.seasons)
    if history.wins is None:
        async with _reading(store, as_of) as (connection, history, known):
            history.wins = await load_wins(connection, known)
    return history.wins


@asynccontextmanager
async def _reading(store: Store, as_of: AsOf) -> AsyncIterator[tuple[Connection, KeptHistory, KnownRaces]]:
    """A connection, where to keep what is read, and the races that are known."""
    async with store.read() as connection:
        history, known = await history_at(connection, as_of)
        yield connection, history, known


async def history_at(connection: Connection, as_of: AsOf) -> tuple[KeptHistory, KnownRaces]:
    """Where to keep what is read on a connection, and the races that are known."""
    if await load_version(connection) != as_of.version:
        # Something was imported since the seasons were asked for: the next answer is to read it again.
        return KeptHistory(), await load_known_races(connection, as_of.now, as_of.held_back)
    history = as_of.cache.history(as_of.seasons)
    if history.known is None:
        history.known = known_races(as_of.whole, as_of.now, as_of.held_back)
    return history, history.known
