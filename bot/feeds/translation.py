"""From documents of the feeds to the project's own: the one place where fetching meets reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.feeds.fetched import Fetched
from db.documents.reader import Document
from db.laps.models import PackedRace
from db.models import Driver, Season
from db.tracks import Track


@dataclass(frozen=True, slots=True)
class Known:
    """What the store holds, for whoever compares with it.

    Attributes:
        season: the season that is refreshed, whole; None where it is not on record.
        drivers, tracks: all of them, by key.
    """

    season: Season | None
    drivers: Mapping[str, Driver]
    tracks: Mapping[str, Track]


@dataclass(frozen=True, slots=True)
class Translated:
    """What was made of the feeds' documents.

    Attributes:
        documents: for the importer.
        refused: what was left out, a line each.
        clashes: who or what cannot be told for sure, a line each.
        unread: by path, what is wrong with documents that would have added to the rest; they are asked for again.
        laps: by NASCAR's id, the laps of races that are kept beside the documents.
    """

    documents: Sequence[Document]
    refused: Sequence[str] = field(default=())
    clashes: Sequence[str] = field(default=())
    unread: Mapping[str, str] = field(default_factory=dict)
    laps: Mapping[int, PackedRace] = field(default_factory=dict)


class Translator(Protocol):
    """Reads the feeds' documents; pure, and run in a thread."""

    def season_extras(self, year: int) -> tuple[str, ...]:
        """The paths, beside the list of races, from which a season's schedule is made."""
        ...

    def race_extras(self, year: int, race: int) -> tuple[str, ...]:
        """The paths, beside its weekend, from which a race's results are made."""
        ...

    def schedule(self, year: int, known: Known, races: Fetched, extra: Mapping[str, Fetched]) -> Translated:
        """The season's schedule. Raises FeedError where the list of races cannot be used."""
        ...

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
        """One race: who is entered, or the results.

        Args:
            year: the season.
            race: NASCAR's id.
            known: what the store holds.
            races: the season's list of races.
            weekend: the race's weekend.
            extra: what else was got of the race, by path.
            trusted: the feed's word stands even against what the operator or the program said of this race.

        Raises:
            FeedError: one of the documents cannot be used.
        """
        ...
