"""What a recap is made from, and what it is: plain text in sections, which whoever shows it escapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from bot.championship.audit import faults
from db.models import Race, RaceStatus, Season
from db.quotes.models import Quote
from db.recaps.models import RecapText, SectionKind

TITLES = {
    SectionKind.NUTSHELL: "In a nutshell",
    SectionKind.TOP: "Top truckers",
    SectionKind.MOVE: "The winning move",
    SectionKind.PLAYOFFS: "Playoff rundown",
    SectionKind.ROOKIES: "Rookie report",
    SectionKind.QUOTES: "Talkin' truckers",
    SectionKind.PAINT: "Paint scheme of the race",
    SectionKind.NEXT: "Next stop",
}
"""By section, in their order."""
FOLLOWED = frozenset({SectionKind.PLAYOFFS, SectionKind.QUOTES})
"""Sections whose made lines follow an editor's words: who is how far from the cut line, and what was said."""


@dataclass(frozen=True, slots=True)
class LastTime:
    """The last race at a coming one's track before it, and its winner's key.

    ``defending``: it was the one that the coming race follows a year later, and the track had no other in between.
    """

    race: Race
    winner: str
    defending: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a recap may tell.

    Attributes:
        season: as it stood after the race.
        before: the same season as it stood before the race.
        race: the race, one of ``season.races``.
        seasons: all held up to this one, oldest first, each as known when the race was over; the last is ``season``.
        ahead: the next race and its season, as known now; None where no schedule held has one.
        ahead_last: the last race at that race's track; None where it is not known who won it.
        quotes: what was said at the race, in the order it was saved.
        texts: an editor's words, by section.
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
class Line:
    """``label`` ("Winner") says what ``text`` is; it may be "". ``brief`` is the text for where room is short."""

    label: str
    text: str
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section, in plain text.

    ``author``, ``edited_at`` and ``picture`` (an https link) are None where nobody's words stand here.
    """

    kind: SectionKind
    title: str
    paragraphs: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    author: str | None = None
    picture: str | None = None
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recap:
    """A race's recap: the sections there are facts or words for, in their order."""

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
    """A race's facts, with every season cut to what was known when it was over.

    Args:
        seasons: all held, in any order, as known now; the race's own must be among them.
        race: the race.
        ahead: the next race and its season, as ``next_stop`` gives it.
        ahead_last: the last race there.
        quotes: the race's quotes.
        texts: an editor's words.

    Raises:
        LookupError: no season has the race.
    """
    own = next((season for season in seasons if season.year == race.season), None)
    if own is None:
        raise LookupError(f"no season {race.season} among those given")
    season = own.through(race.round)
    earlier = sorted((each for each in seasons if each.year < race.season), key=lambda each: each.year)
    rounds = [each.round for each in own.races if each.round < race.round]
    before = own.through(rounds[-1]) if rounds else own.as_of(datetime.min.replace(tzinfo=UTC))
    known = season.race(race.round) or race
    return Facts(season, before, known, (*earlier, season), ahead, ahead_last, tuple(quotes), texts or {})


def winner_of(season: Season, number: int) -> str | None:
    """Who won the race of that round; None where its results are not held, or cannot be so."""
    rows = season.results.get(number, ())
    alone = replace(season, results=MappingProxyType({number: rows}))
    if any(fault.stage is None for fault in faults(alone)):
        return None
    return next((row.driver for row in rows if row.finish == 1), None)


def next_stop(seasons: Iterable[Season], race: Race) -> tuple[Season, Race] | None:
    """The first race behind this one that was not called off, in its season or the one after it; None where none is."""
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
