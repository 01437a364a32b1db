"""What a recap is made from, and what it consists of: sections of plain text, to be escaped where they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from bot.championship.audit import faults
from db.models import Race, RaceStatus, Season
from db.quotes.models import Quote
from db.recaps.models import RecapText, SectionKind

TITLES = {
    SectionKind.NUTSHELL: "In a nutshell",
    SectionKind.TOP: "Top truckers",
    SectionKind.MOVE: "The winning move",
    SectionKind.RUNS: "Run by run",
    SectionKind.PLAYOFFS: "Playoff rundown",
    SectionKind.ROOKIES: "Rookie report",
    SectionKind.QUOTES: "Talkin' truckers",
    SectionKind.PAINT: "Paint scheme of the race",
    SectionKind.NEXT: "Next stop",
}
"""The titles of the sections, in the order in which they are shown."""
FOLLOWED = frozenset({SectionKind.PLAYOFFS, SectionKind.QUOTES})
"""Sections whose generated lines follow an editor's text: points to the cut line, and quotes of the race."""


@dataclass(frozen=True, slots=True)
class LastTime:
    """The last race at a track before a coming one, and the key of its winner.

    ``defending`` says whether that driver is the defending winner: it was the race of a year before, and the track
    had no other race since.
    """

    race: Race
    winner: str
    defending: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a recap may use.

    Attributes:
        season: as it stood after the race.
        before: the same season as it stood before the race.
        race: the race, one of ``season.races``.
        seasons: all seasons up to this one, oldest first, each as known when the race was over; the last is ``season``.
        ahead: the next race and its season, as known now; None where no known schedule has one.
        ahead_last: the last race at that race's track; None where its winner is not known.
        quotes: quotes from the race that the reader may see, in the order in which they were saved.
        texts: the editors' texts by section.
    """

    season: Season
    before: Season
    race: Race
    seasons: tuple[Season, ...]
    ahead: tuple[Season, Race] | None = None
    ahead_last: LastTime | None = None
    quotes: tuple[Quote, ...] = ()
    texts: Mapping[SectionKind, RecapText] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RecapLine:
    """A line of a section. ``label`` ("Winner") may be empty; ``brief`` replaces ``text`` where room is short."""

    label: str
    text: str
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section, in plain text.

    ``author``, ``edited_at`` and ``picture`` (an https link) belong to an editor's text; they are None without one.
    """

    kind: SectionKind
    title: str
    paragraphs: tuple[str, ...] = ()
    lines: tuple[RecapLine, ...] = ()
    author: str | None = None
    picture: str | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recap:
    """A race's recap: the sections for which there are facts or an editor's text, in order."""

    race: Race
    sections: tuple[Section, ...]

    def section(self, kind: SectionKind) -> Section | None:
        return next((each for each in self.sections if each.kind is kind), None)


def facts_of(
    seasons: Sequence[Season],
    race: Race,
    *,
    ahead: tuple[Season, Race] | None = None,
    ahead_last: LastTime | None = None,
    quotes: Sequence[Quote] = (),
    texts: Mapping[SectionKind, RecapText] | None = None,
) -> Facts:
    """A race's facts, with every season cut to what was known when the race was over.

    Args:
        seasons: all seasons, in any order, as known now; the race's own must be among them.
        race: the race.
        ahead: the next race and its season, as ``race_after`` returns it.
        ahead_last: the last race at that race's track.
        quotes: quotes from the race.
        texts: the editors' texts by section.

    Raises:
        LookupError: no season has the race.
    """
    own = next((season for season in seasons if season.year == race.season), None)
    if own is None:
        raise LookupError(f"no season {race.season} among those given")
    season = own.through(race.round)
    earlier = sorted((each for each in seasons if each.year < race.season), key=lambda each: each.year)
    before = own.before(race.round)
    known = season.race(race.round) or race
    return Facts(season, before, known, (*earlier, season), ahead, ahead_last, tuple(quotes), texts or {})


def winner_of(season: Season, number: int) -> str | None:
    """The key of the winner of that round's race; None without results, or where they contradict themselves."""
    rows = season.results.get(number, ())
    alone = replace(season, results=MappingProxyType({number: rows}))
    if any(fault.stage is None for fault in faults(alone)):
        return None
    return next((row.driver for row in rows if row.finish == 1), None)


def race_after(seasons: Iterable[Season], race: Race) -> tuple[Season, Race] | None:
    """The first race after this one that was not called off, with its season; None where no schedule has one."""
    for season in sorted(seasons, key=lambda each: each.year):
        if season.year < race.season:
            continue
        behind = [
            each
            for each in season.races
            if each.status is not RaceStatus.CANCELLED and (each.begins, each.round) > (race.begins, race.round)
        ]
        if behind:
            return season, min(behind, key=lambda each: (each.begins, each.round))
    return None
