"""NASCAR's documents, read: what ``translation`` asks for, from ``reading`` and ``documents``."""

from __future__ import annotations

from collections.abc import Mapping

from bot.feeds.documents import FeedDocuments, race_extras, season_documents, season_extras
from bot.feeds.fetched import Fetched
from bot.feeds.people import Register
from bot.feeds.reading import read_race_list, read_weekend
from bot.feeds.schemas.race_list import RaceList
from bot.feeds.schemas.weekend import Weekend
from bot.feeds.translation import Known, Translated
from db.models import Driver


class NascarTranslator:
    """A ``Translator`` of NASCAR's documents; it keeps what all races of a season are read with, one after another."""

    def __init__(self) -> None:
        self._list: tuple[Fetched, int, RaceList] | None = None
        self._register = Register({})

    def season_extras(self, year: int) -> tuple[str, ...]:
        return season_extras(year)

    def race_extras(self, year: int, race: int) -> tuple[str, ...]:
        return race_extras(year, race)

    def schedule(self, year: int, known: Known, races: Fetched, extra: Mapping[str, Fetched]) -> Translated:
        return self._documents(year, known, races, {}, extra)

    def weekend(
        self,
        year: int,
        race: int,
        known: Known,
        races: Fetched,
        weekend: Fetched,
        extra: Mapping[str, Fetched],
        *,
        trusted: bool,
    ) -> Translated:
        read = read_weekend(weekend, year, race)
        if read is None:
            # There, and empty: as good as not there.
            return Translated(())
        return self._documents(year, known, races, {race: read}, extra, frozenset({race} if trusted else ()))

    def _documents(
        self,
        year: int,
        known: Known,
        races: Fetched,
        weekends: Mapping[int, Weekend],
        extra: Mapping[str, Fetched],
        trust: frozenset[int] = frozenset(),
    ) -> Translated:
        made: FeedDocuments = season_documents(
            year,
            known.season,
            self._race_list(races, year),
            weekends,
            extra,
            known_drivers=self._everybody(known.drivers),
            known_tracks=known.tracks,
            trust=trust,
        )
        return Translated(made.documents, made.refused, made.clashes, made.unread, made.laps)

    def _race_list(self, races: Fetched, year: int) -> RaceList:
        # A reading that was given up may still be under way, and keep something else meanwhile.
        kept = self._list
        if kept is None or kept[0] is not races or kept[1] != year:
            kept = self._list = races, year, read_race_list(races, year)
        return kept[2]

    def _everybody(self, drivers: Mapping[str, Driver]) -> Register:
        kept = self._register
        if kept.drivers is not drivers:
            kept = self._register = Register(drivers)
        return kept
