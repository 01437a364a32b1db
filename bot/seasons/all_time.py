"""Records and tracks over all seasons as of a moment, read from the store once and kept until what is known changes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from bot.championship.all_time import KINDS, Kind, Record, Records, Rows, Source, Title, record
from bot.errors import UnknownTrack
from bot.seasons.as_of import AsOf
from bot.seasons.cache import KeptHistory
from bot.seasons.careers import history_at
from db.connection import Store
from db.history.known_races import Connection, KnownRaces
from db.history.record_models import Flow, Scope, Total, TrackHistory, Win
from db.history.records import (
    Finishers,
    Led,
    finish_streaks,
    led_and_lost,
    led_streaks,
    load_finishers,
    load_led,
    load_wins,
    most_starts_without_a_win,
    races_of,
    totals_of,
)
from db.history.tracks import load_flows
from db.models import Driver, Race, Season, Track
from db.namesakes import tell_apart

_T = TypeVar("_T")


async def read_records(
    store: Store, as_of: AsOf, kinds: Sequence[str], scope: Scope, driver: str | None = None
) -> Records:
    """Records as they were known at the moment; no season is loaded for it.

    Args:
        store: where they are read from, unless they are kept.
        as_of: the moment.
        kinds: which records, by their keys.
        scope: the races that count.
        driver: whose wins alone count for records that no driver holds.

    Raises:
        StoreError: they are not kept, and the store cannot be read.
    """

    async def make(reader: _Reader) -> Records:
        kept = reader.history.records.get(place)
        if kept is not None:
            return kept
        # An overview of nobody in particular shows who holds each, and no table.
        holders = len(kinds) > 1 and driver is None
        made = tuple([await reader.record(KINDS[kind], scope, driver, holders=holders) for kind in kinds])
        counted, since = reader.races(scope), reader.known.since
        first = counted[0].season if counted else None
        keys = {key for each in made for line in each.found for key in (line.driver, line.other) if key}
        keys |= {key for each in made if each.coverage is not None for key in each.coverage.unknown}
        whole = first is not None and since is not None and since <= first
        found = Records(made, len(counted), first, whole, _names(as_of, keys))
        reader.history.keep_records(place, found)
        return found

    place = (tuple(kinds), scope, driver)
    return await _read(store, as_of, make)


async def read_track(store: Store, as_of: AsOf, track: Track) -> TrackHistory:
    """What is known of a track at the moment.

    Raises:
        FriendlyError: no season is on record.
        StoreError: it is not kept, and the store cannot be read.
    """
    tracks, scope, season = tracks_of(as_of), Scope(track.key), as_of.season()

    async def make(reader: _Reader) -> TrackHistory:
        kept = reader.history.tracks.get(track.key)
        if kept is not None:
            return kept
        totals = tuple(each for each in await reader.rows(Source.LED_TOTALS, scope) if isinstance(each, Total))
        found = TrackHistory(
            track,
            reader.races(scope),
            tuple(each for each in await reader.rows(Source.WINS, scope) if isinstance(each, Win)),
            totals,
            frozenset(result.driver for rows in season.results.values() for result in rows),
            await reader.flows(scope),
            tuple(each for each in tracks.values() if each != track and _first_word(each) == _first_word(track)),
            _names(as_of, {each.driver for each in totals}),
        )
        reader.history.keep_track(found)
        return found

    return await _read(store, as_of, make)


def tracks_of(as_of: AsOf) -> Mapping[str, Track]:
    """Every track that is on a schedule, by key: the one raced at or to be raced at last comes first."""
    tracks: dict[str, Track] = {}
    for season in reversed(as_of.seasons):
        for race in reversed(season.races):
            tracks.setdefault(race.track.key, race.track)
    return tracks


def track_of(as_of: AsOf, key: str) -> Track:
    """The track of a key that came back from Discord. Raises UnknownTrack."""
    track = tracks_of(as_of).get(key)
    if track is None:
        raise UnknownTrack(key)
    return track


def _first_word(track: Track) -> str:
    return track.name.split()[0].casefold()


def _names(as_of: AsOf, keys: set[str]) -> Mapping[str, str]:
    newest: Mapping[str, Driver] = as_of.seasons[-1].drivers if as_of.seasons else {}
    drivers = [newest.get(key) or as_of.known(key) for key in sorted(keys)]
    return {driver.key: driver.name for driver in drivers} | tell_apart(drivers)


def _titles(as_of: AsOf) -> tuple[Title, ...]:
    """Every championship that was decided, where what is computed agrees with who is on record as the champion."""
    return tuple(title for season in as_of.seasons if (title := _title(as_of, season)) is not None)


def _title(as_of: AsOf, season: Season) -> Title | None:
    if season.champion is None:
        return None
    places = as_of.computed(season).standings.standings.places
    if len(places) < 2 or places[0].who != season.champion:
        return None
    return Title(season.year, places[0].who, places[1].who, places[0].points - places[1].points)


STREAKS_OF_FINISHES = {Source.WIN_STREAKS: 1, Source.TOP_TEN_STREAKS: 10}
"""The place that every start of a streak has to end in, or a better one."""


class _NotKept(Exception):  # noqa: N818 - not a fault, a reason to read
    """Something was not read before."""


async def _read(store: Store, as_of: AsOf, make: Callable[[_Reader], Awaitable[_T]]) -> _T:
    """Makes an answer of what is kept or, where anything of it is not, reads it in one state of the store."""
    history = as_of.cache.history(as_of.seasons)
    if history.known is not None:
        with suppress(_NotKept):
            return await make(_Reader(as_of, history, history.known))
    async with store.read() as connection:
        history, known = await history_at(connection, as_of)
        return await make(_Reader(as_of, history, known, connection))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Finds what is kept, and reads and keeps the rest; without a connection it raises ``_NotKept`` instead."""

    as_of: AsOf
    history: KeptHistory
    known: KnownRaces
    connection: Connection | None = None

    def races(self, scope: Scope) -> tuple[Race, ...]:
        return races_of(self.known, scope)

    async def record(self, kind: Kind, scope: Scope, driver: str | None, *, holders: bool) -> Record:
        if holders and kind.key == "winless":
            races, finishers = self.races(scope), await self._finishers()
            return record(kind, totals_of(races, finishers, of=most_starts_without_a_win(races, finishers)))
        return record(kind, await self.rows(kind.source, scope), driver, holders=holders)

    async def rows(self, source: Source, scope: Scope) -> Rows:
        found = self.history.rows.get((source, scope))
        if found is None:
            found = await self._counted(source, self.races(scope), scope.season)
            self.history.keep_rows(source, scope, found)
        return found

    async def _counted(self, source: Source, races: Sequence[Race], season: int | None) -> Rows:
        if source is Source.WINS:
            return await load_wins(self._open, races)
        if source is Source.TITLES:
            return tuple(title for title in _titles(self.as_of) if season in {None, title.year})
        if source is Source.LED_AND_LOST:
            return led_and_lost(races, await self._led())
        finishers = await self._finishers()
        if source in STREAKS_OF_FINISHES:
            return finish_streaks(races, finishers, STREAKS_OF_FINISHES[source])
        if source is Source.LED_STREAKS:
            return led_streaks(races, finishers, await self._led())
        return totals_of(races, finishers, await self._led() if source is Source.LED_TOTALS else None)

    async def _finishers(self) -> Finishers:
        if self.history.finishers is None:
            self.history.finishers = await load_finishers(self._open)
        return self.history.finishers

    async def _led(self) -> Led:
        if self.history.led is None:
            self.history.led = await load_led(self._open)
        return self.history.led

    async def flows(self, scope: Scope) -> tuple[Flow, ...]:
        return await load_flows(self._open, self.races(scope))

    @property
    def _open(self) -> Connection:
        if self.connection is None:
            raise _NotKept
        return self.connection
