"""The one place where what is computed from seasons is kept: standings, tables, records, careers, recaps, laps.

What is kept belongs to a season object as of a moment. When a race ends or an import changes a season, there is a new
object for it, and everything of the old one is dropped at once. Seasons that did not change keep their objects and all
that was computed for them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from bot.championship.all_time import Records, Rows, Source
from bot.championship.computed_season import ComputedSeason
from bot.laps.report import RaceReport
from bot.recaps.facts import Facts
from bot.recaps.recap import GeneratedRecap, generate
from db.history.known_races import KnownRaces
from db.history.models import Career, Wins
from db.history.record_models import Scope, TrackHistory
from db.history.records import Finishers, Led
from db.models import Season

_K = TypeVar("_K")
_V = TypeVar("_V")

PAST_STATES = 64
"""How many past states (a season as of after one of its races) are kept; a season has 25."""
RECAPS = 128
"""How many recaps are kept, from all seasons: a few kilobytes each."""
REPORTS = 128
"""How many reports of a race's laps are kept: a few kilobytes each."""
CAREERS = 512
"""How many careers are kept: about 100 bytes a start."""
RECORDS = 128
"""How many records are kept, and how many sets of the rows that they are made of: 100 kilobytes each at most."""

LATER_VIEWS = 4
"""How many later views are kept: seldom more than a race or two are told to some and not yet to others."""

RecordsPlace: TypeAlias = tuple[tuple[str, ...], Scope, str | None]
"""Records by their kinds, the races that count, and the driver whose wins alone do for those that no driver holds."""


@dataclass(slots=True)
class KeptHistory:
    """What was read of all seasons as they were known at a moment."""

    known: KnownRaces | None = None
    wins: Wins | None = None
    careers: OrderedDict[str, Career] = field(default_factory=OrderedDict)
    finishers: Finishers | None = None
    led: Led | None = None
    rows: OrderedDict[tuple[Source, Scope], Rows] = field(default_factory=OrderedDict)
    records: OrderedDict[RecordsPlace, Records] = field(default_factory=OrderedDict)
    tracks: OrderedDict[str, TrackHistory] = field(default_factory=OrderedDict)

    def keep(self, career: Career) -> None:
        _keep(self.careers, career.driver, career, CAREERS)

    def keep_rows(self, source: Source, scope: Scope, rows: Rows) -> None:
        _keep(self.rows, (source, scope), rows, RECORDS)

    def keep_records(self, place: RecordsPlace, records: Records) -> None:
        _keep(self.records, place, records, RECORDS)

    def keep_track(self, track: TrackHistory) -> None:
        _keep(self.tracks, track.track.key, track, RECORDS)


@dataclass(frozen=True, slots=True)
class _KeptRecap:
    """A recap and the seasons that it was made from: all those up to ``last_year``, or all where that is None."""

    recap: GeneratedRecap
    seasons: tuple[Season, ...]
    last_year: int | None

    def is_current(self, seasons: Sequence[Season]) -> bool:
        # Seasons are equal only if they are the same object.
        return self.seasons == _up_to(seasons, self.last_year)


@dataclass(frozen=True, slots=True)
class LaterView:
    """The seasons as known to who has not been told of some races yet, and what is computed from them."""

    seasons: tuple[Season, ...]
    cache: SeasonCache


class SeasonCache:
    """Keeps what is computed from the seasons as they are now, and a limited number of past states and recaps.

    The seasons as they are now are kept for as long as they are current, apart from the past states: however many of
    those are asked for, they cannot push today's standings out.

    Args:
        past_states: how many past states to keep.
        recaps: how many recaps to keep.
    """

    def __init__(self, past_states: int = PAST_STATES, recaps: int = RECAPS) -> None:
        self._most_past, self._most_recaps = past_states, recaps
        self._seasons: tuple[Season, ...] = ()
        self._current: dict[Season, ComputedSeason] = {}
        self._past: OrderedDict[tuple[Season, int], ComputedSeason] = OrderedDict()
        self._recaps: OrderedDict[tuple[Season, int], _KeptRecap] = OrderedDict()
        self._reports: OrderedDict[tuple[Season, int], tuple[str, RaceReport]] = OrderedDict()
        self._history = KeptHistory()
        self._later: OrderedDict[AbstractSet[tuple[int, int]], LaterView] = OrderedDict()

    def later(self, seasons: tuple[Season, ...], held_back: AbstractSet[tuple[int, int]]) -> LaterView:
        """The seasons without the races that somebody has not been told of yet; the others stay the same objects.

        Args:
            seasons: the seasons as of now.
            held_back: years and rounds of races; the same set finds the same view.
        """
        kept = self._later.get(held_back) if self._seasons == seasons else None
        if kept is not None:
            self._later.move_to_end(held_back)
            return kept
        rounds = {season.year: {number for year, number in held_back if year == season.year} for season in seasons}
        known = tuple(season.without(rounds[season.year]) for season in seasons)
        made = LaterView(known, SeasonCache(self._most_past, self._most_recaps))
        made.cache._show(known, self._current)  # noqa: SLF001 - another of its own kind
        if self._seasons == seasons:
            _keep(self._later, held_back, made, LATER_VIEWS)
        return made

    def _show(self, seasons: tuple[Season, ...], computed: dict[Season, ComputedSeason]) -> None:
        """Makes these the current seasons; what was computed elsewhere from those that are the same is shared."""
        self._seasons = seasons
        self._current = {season: computed.get(season) or ComputedSeason(season) for season in seasons}

    def keep_only(self, seasons: Sequence[Season]) -> None:
        """Makes these the current seasons, and drops all that was computed from any other.

        Args:
            seasons: all seasons as of now, oldest first; a season that did not change must be the same object as
                before, or its results are computed anew.
        """
        if self._seasons != tuple(seasons):
            self._history = KeptHistory()
            self._later.clear()
        self._show(tuple(seasons), self._current)
        for place in [place for place in self._past if place[0] not in self._current]:
            del self._past[place]
        for place in [place for place in self._reports if place[0] not in self._current]:
            del self._reports[place]
        for place in [place for place, kept in self._recaps.items() if not kept.is_current(self._seasons)]:
            del self._recaps[place]

    def computed(self, season: Season) -> ComputedSeason:
        """What is computed from a season as it is now.

        One that is not current any more, which an answer under way may still hold, is computed anew and not kept.
        """
        return self._current.get(season) or ComputedSeason(season)

    def computed_after(self, season: Season, number: int) -> ComputedSeason:
        """What is computed from a season as it stood after the race of a round.

        Raises:
            LookupError: the season has no such race.
        """
        place = (season, number)
        if place in self._past:
            self._past.move_to_end(place)
            return self._past[place]
        then = season.through(number)
        if then is season:
            return self.computed(season)
        found = ComputedSeason(then)
        if season in self._current:
            _keep(self._past, place, found, self._most_past)
        return found

    def report(self, season: Season, number: int, state: str) -> RaceReport | None:
        """What was told by the laps of a race of one of the current seasons; None where it is not kept.

        Args:
            season: the race's own.
            number: its round.
            state: of its laps, which may change while no season does.
        """
        kept = self._reports.get((season, number))
        return kept[1] if kept is not None and kept[0] == state else None

    def keep_report(self, season: Season, number: int, state: str, report: RaceReport) -> None:
        """Keeps that, as long as the season is current."""
        if season in self._current:
            _keep(self._reports, (season, number), (state, report), REPORTS)

    def history(self, seasons: Sequence[Season]) -> KeptHistory:
        """What was read of all seasons, to be added to; nothing, and not kept, for seasons that are not current."""
        return self._history if self._seasons == tuple(seasons) else KeptHistory()

    def recap(
        self, seasons: Sequence[Season], season: Season, number: int, facts: Callable[[], Facts]
    ) -> GeneratedRecap:
        """The recap of a race, without quotes and editors' texts, which depend on who reads and when.

        Args:
            seasons: the seasons that the facts are taken from, oldest first.
            season: the race's own, one of them.
            number: the race's round.
            facts: collects the facts; called only if the recap is not kept.
        """
        place = (season, number)
        kept = self._recaps.get(place)
        if kept is not None and kept.is_current(seasons):
            self._recaps.move_to_end(place)
            return kept.recap
        known = facts()
        # A recap looks back at every season before it and ahead to the next race, and no farther.
        last_year = known.ahead[0].year if known.ahead is not None else None
        made = _KeptRecap(generate(known), _up_to(seasons, last_year), last_year)
        if made.is_current(self._seasons):
            _keep(self._recaps, place, made, self._most_recaps)
        return made.recap


def _up_to(seasons: Sequence[Season], last_year: int | None) -> tuple[Season, ...]:
    return tuple(season for season in seasons if last_year is None or season.year <= last_year)


def _keep(kept: OrderedDict[_K, _V], place: _K, value: _V, most: int) -> None:
    """Adds a value, and drops the one that was not asked for the longest where there are too many."""
    kept[place] = value
    while len(kept) > most:
        kept.popitem(last=False)
