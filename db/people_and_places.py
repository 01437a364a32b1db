"""Queries for what outlives a season: drivers and tracks, returned as models by row id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import aiosqlite

from db.fetching import all_rows, grouped
from db.models import Driver, Layout, Track, TrackName
from db.timestamps import day_from_text

DRIVERS = "SELECT id, key, name, nascar_id, born, hometown FROM drivers ORDER BY key"
DRIVER_ALIASES = "SELECT driver_id AS id, alias FROM driver_aliases ORDER BY driver_id, ordinal"
DRIVER_REFERENCES = "SELECT driver_id AS id, reference_id FROM racing_reference_ids ORDER BY driver_id, ordinal"
DRIVER_SOURCES = "SELECT driver_id AS id, fact, source FROM driver_sources ORDER BY driver_id, ordinal"
TRACKS = "SELECT id, key, name, short, city, state, length, shape FROM tracks ORDER BY key"
TRACK_ALIASES = "SELECT track_id AS id, alias FROM track_aliases ORDER BY track_id, ordinal"
TRACK_NAMES = "SELECT track_id AS id, name, first_season, last_season FROM track_names ORDER BY track_id, first_season"
TRACK_LAYOUTS = """
SELECT track_id AS id, first_season, last_season, length, shape, surface FROM track_layouts
 ORDER BY track_id, first_season
"""

T = TypeVar("T")


async def load_drivers(connection: aiosqlite.Connection) -> dict[int, Driver]:
    """Every driver in the store, by row id."""
    aliases = _by_driver((row[0], row[1]) for row in await all_rows(connection, DRIVER_ALIASES))
    references = _by_driver((row[0], row[1]) for row in await all_rows(connection, DRIVER_REFERENCES))
    sources = _by_driver((row[0], (row[1], row[2])) for row in await all_rows(connection, DRIVER_SOURCES))
    # By the order of the columns: there are more than a thousand drivers, and each import and each change reads them.
    return {
        number: Driver(
            key=key,
            name=name,
            aliases=aliases.get(number, ()),
            nascar_id=nascar_id,
            born=day_from_text(born),
            hometown=hometown,
            racing_reference=references.get(number, ()),
            sources=sources.get(number, ()),
        )
        for number, key, name, nascar_id, born, hometown in await all_rows(connection, DRIVERS)
    }


def _by_driver(pairs: Iterable[tuple[int, T]]) -> dict[int, tuple[T, ...]]:
    """Values by the row ids of those whose they are, each in the order of the pairs."""
    found: dict[int, tuple[T, ...]] = {}
    for number, value in pairs:
        found[number] = (*found.get(number, ()), value)
    return found


async def load_tracks(connection: aiosqlite.Connection) -> dict[int, Track]:
    """Every track, by row id."""
    aliases = grouped(await all_rows(connection, TRACK_ALIASES), "id")
    names = grouped(await all_rows(connection, TRACK_NAMES), "id")
    layouts = grouped(await all_rows(connection, TRACK_LAYOUTS), "id")
    return {
        row["id"]: Track(
            key=row["key"],
            name=row["name"],
            short=row["short"],
            aliases=tuple(a["alias"] for a in aliases[row["id"]]),
            city=row["city"],
            state=row["state"],
            length=row["length"],
            shape=row["shape"],
            names=tuple(TrackName(n["name"], n["first_season"], n["last_season"]) for n in names[row["id"]]),
            layouts=tuple(
                Layout(each["first_season"], each["last_season"], each["length"], each["shape"], each["surface"])
                for each in layouts[row["id"]]
            ),
        )
        for row in await all_rows(connection, TRACKS)
    }
