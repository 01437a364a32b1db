"""Reads a text as a fan types it: which drivers, year, track and race it names, in whatever order, and what is left.

Every command that takes a name or a race reads it with ``read``, and so does whoever answers a whole question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.errors import UnknownDriver, UnknownRace, UnknownSeason
from bot.finder.finder import Finder
from bot.finder.tokens import BareNumber, Kind, tokens_of
from db.models import EASTERN, Driver, Race, Season, Track


@dataclass(frozen=True, slots=True)
class Several:
    """A name as ``typed`` that fits these drivers equally well."""

    typed: str
    drivers: tuple[Driver, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text names. What it does not name is None or empty; nothing is guessed.

    Attributes:
        text: as it was typed.
        drivers: who is named, by name, nickname or truck number, in the order of the text, each once.
        several: names that fit several drivers equally well; none of those is in ``drivers``.
        numbers: truck numbers that nobody drove in the season that was asked for.
        year: the year that is named ("2024", "'24", "last year"), on record or not.
        round: the round that is named ("round 22", "2025.22"), which the season may not have.
        when: the text asks for the latest or the next race, of a track where it names one as well.
        track: the track at which ``race`` is, where the text names the track or the race.
        race: the one race meant: of those that fit equally well the latest one run, else the next.
        races: all that fit equally well, ``race`` first.
        rest: the words that name nothing, as typed and in order.
        not_understood: those of ``rest`` that are not everyday words of a question ("how did … do at").
    """

    text: str
    drivers: tuple[Driver, ...] = ()
    several: tuple[Several, ...] = ()
    numbers: tuple[str, ...] = ()
    year: int | None = None
    round: int | None = None
    when: Literal["latest", "next"] | None = None
    track: Track | None = None
    race: Race | None = None
    races: tuple[Race, ...] = ()
    rest: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()

    @property
    def driver(self) -> Driver | None:
        """The driver named first."""
        return self.drivers[0] if self.drivers else None


def read(
    text: str,
    finder: Finder,
    seasons: Sequence[Season],
    now: datetime,
    *,
    current: Season,
    year: int | None = None,
    bare_number: BareNumber = "truck",
) -> Reading:
    """What a text names.

    Args:
        text: as typed; only its beginning is read where it is very long.
        finder: of all seasons on record.
        seasons: those seasons as they were known at ``now``, oldest first.
        now: the current time, aware.
        current: the season of the day, which goes before others where a name fits races of several.
        year: the season that was chosen beside the text; a year in the text goes before it.
        bare_number: what a number by itself means, a truck or a round.
    """
    tokens = tokens_of(text, now.astimezone(EASTERN).year)
    asked = tokens.year or year
    season = next((each for each in seasons if each.year == asked), current)
    words = [token.typed for token in tokens.words if token.kind is Kind.NAME]
    drivers: tuple[Driver, ...] = ()
    race: Race | None = None
    left: list[str] = []
    trucks = [token.bare for token in tokens.words if token.kind is Kind.TRUCK]
    numbers = [token.bare for token in tokens.words if token.kind is Kind.NUMBER]
    words += [f"#{number}" for number in (trucks if bare_number == "round" else [*trucks, *numbers])]
    if bare_number == "round" and numbers and tokens.round is None:
        tokens.round = int(numbers[0])
    for word in words:
        try:
            drivers = (*drivers, finder.driver(word, season))
            continue
        except UnknownDriver:
            pass
        try:
            race = race or finder.race(word, season, now, whole=True)
        except (UnknownRace, UnknownSeason):
            left.append(word)
    return Reading(
        text,
        tuple(dict.fromkeys(drivers)),
        year=tokens.year,
        round=tokens.round,
        when=tokens.when,
        track=race.track if race else None,
        race=race,
        races=(race,) if race else (),
        rest=tuple(left),
        not_understood=tuple(left),
    )
