"""Chooses the race that words, a month and "last" or "next" mean, among the races of all seasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.finder.finder import ranks
from bot.finder.lexicon import WHOLE, Likes
from bot.finder.tokens import Token
from bot.finder.words import EXACT
from db.models import Race, RaceStatus, Season


@dataclass(frozen=True, slots=True)
class RaceWords:
    """Words that name a race, each with what it may stand for; ``joined`` are whole names among them.

    ``names`` are those of all races, as a lexicon has them.
    """

    names: Mapping[tuple[int, int], tuple[frozenset[str], frozenset[str]]]
    tokens: tuple[Token, ...] = ()
    likes: tuple[Likes, ...] = ()
    joined: frozenset[str] = frozenset()

    def score(self, race: Race) -> float:
        """How many letters of the words the names of a race explain, about; a whole name of it counts for more."""
        words, whole = self._of(race)
        found = sum(
            len(token.bare) * max((score for word, score in likes.items() if word in words), default=0.0) / EXACT
            for token, likes in zip(self.tokens, self.likes, strict=True)
        )
        return found + WHOLE * len(self.joined & whole)

    def missing(self, race: Race) -> list[Token]:
        """The words that are no part of any name of the race."""
        words, _ = self._of(race)
        return [token for token, likes in zip(self.tokens, self.likes, strict=True) if words.isdisjoint(likes)]

    def _of(self, race: Race) -> tuple[frozenset[str], frozenset[str]]:
        words, whole = self.names.get((race.season, race.round), (frozenset(), frozenset()))
        return (words | whole if any(likes.keys() & whole for likes in self.likes) else words), whole


def in_order(seasons: Sequence[Season], current: Season) -> list[Season]:
    """Seasons in the order in which races are looked for: that of the day, then backward, then those to come."""
    past = [season for season in reversed(seasons) if season.year <= current.year]
    return [*past, *(season for season in seasons if season.year > current.year)]


def choose(
    words: RaceWords,
    seasons: Sequence[Season],
    now: datetime,
    *,
    when: Literal["latest", "next"] | None = None,
    months: frozenset[int] = frozenset(),
) -> tuple[Race, ...]:
    """The races that fit equally well, the one meant first: by season as given, then run before to come.

    The words decide first: a race that more of them name goes before every race that fewer name, in whatever season.

    Args:
        words: that name the race; without any, every race fits.
        seasons: as they were known at ``now``, in the order in which they are preferred.
        now: the current time.
        when: only races that were run, or only those to come, soonest first.
        months: only races of these months, unless there are none.
    """
    scored = [(words.score(race), race, season) for season in seasons for race in season.races]
    if when == "latest":
        scored = [each for each in scored if each[2].has_results(each[1].round)]
    elif when == "next":
        scored = [each for each in scored if each[1].over_at > now and each[1].status is not RaceStatus.CANCELLED]
    best = max((score for score, *_ in scored), default=0.0)
    if not best and words.tokens:
        return ()
    fitting = [(race, season) for score, race, season in scored if best - score < 0.01]
    in_months = [each for each in fitting if each[0].date.month in months]
    places = {season.year: place for place, season in enumerate(seasons)}
    orders = {season.year: ranks(season, now) for season in seasons}

    def order(pair: tuple[Race, Season]) -> tuple[float, ...]:
        race, _ = pair
        if when == "next":
            waiting = race.status is RaceStatus.POSTPONED and race.begins <= now
            return float(waiting), race.begins.timestamp()
        return float(places[race.season]), *orders[race.season][race.round]

    return tuple(race for race, _ in sorted(in_months or fitting, key=order))
