"""Reads a text as a fan types it: which drivers, year, track and race it names, in whatever order, and what is left.

Every command that takes a name or a race reads it with ``read``, and so does whoever answers a whole question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.finder.finder import Finder
from bot.finder.lexicon import Least, Likes, Named, Span
from bot.finder.race_choice import RaceWords, choose, in_order
from bot.finder.tokens import Kind, Token, Tokens, counts_something, is_picked, tokens_of
from bot.finder.words import CLEAR
from db.models import EASTERN, Driver, Race, Season, Track

FEW = 4
"""Up to this many words that are not everyday ones, a text is a name or two rather than a sentence."""
CLEARER = 72.0
"""The score that a word of many must have to be taken for a name; ``CLEAR`` is that of a word of a few."""
SAME_INITIAL = 65.0
"""The same for a word of a few in a sentence: a word of four letters with a typo, but not in its first letter."""
EVERYDAY = 2
"""From this many everyday words on a text is a sentence."""
SHORT, LONG = 3, 5
"""Letters of a name's beginning, by itself and in a sentence, where other words begin like names as well."""


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
    expected: Named | None = None,
) -> Reading:
    """What a text names.

    Args:
        text: as typed; only its beginning is read where it is very long.
        finder: of all seasons on record.
        seasons: those seasons as they were known at ``now``, oldest first.
        now: the current time, aware.
        current: the season of the day, which goes before others where a name fits races of several.
        year: the season that was chosen beside the text; a year in the text goes before it.
        expected: what is asked for. It decides what a number by itself means, which is a round where a race is
            expected and a truck otherwise, and what a word means that names a driver and a race.
    """
    told_apart = finder.labeled(text, current)
    if told_apart is not None:
        return Reading(text, (told_apart,))
    key, _, beside = text.strip().partition(" ")
    chosen = finder.keyed(key)
    tokens = tokens_of(beside if chosen else text, now.astimezone(EASTERN).year)
    if chosen is not None:
        # What a list sends back is a key, with the year and the track that were typed beside the name.
        rest = _Reader(tokens, finder, seasons, now, current, tokens.year or year, "race").reading(text)
        return replace(rest, drivers=(chosen, *(each for each in rest.drivers if each != chosen)))
    if beside and is_picked(key):
        # The same for a race, with the drivers who were typed beside it.
        race = _Reader(tokens_of(key, 0), finder, seasons, now, current, int(key[:4]), expected).reading(text)
        rest = _Reader(tokens_of(beside, 0), finder, seasons, now, current, int(key[:4]), "driver").reading(text)
        return replace(race, drivers=rest.drivers, rest=rest.rest, not_understood=rest.not_understood)
    return _Reader(tokens, finder, seasons, now, current, tokens.year or year, expected).reading(text)


class _Reader:
    """Reads one text: first its words, then the race, then the drivers, who may depend on the season of the race."""

    def __init__(
        self,
        tokens: Tokens,
        finder: Finder,
        seasons: Sequence[Season],
        now: datetime,
        current: Season,
        year: int | None,
        expected: Named | None,
    ) -> None:
        self._tokens, self._finder, self._now, self._expected = tokens, finder, now, expected
        self._asked = [season for season in seasons if season.year == year]
        self._current = self._asked[0] if self._asked else current
        # A year that is not on record has no races, and is not replaced by another year.
        self._seasons = in_order(seasons, current) if year is None else self._asked
        self._words = [token for token in tokens.words if token.kind in {Kind.NAME, Kind.FILLER}]
        meant = sum(token.kind is Kind.NAME for token in self._words)
        sentence = len(self._words) - meant >= EVERYDAY
        few = SAME_INITIAL if sentence else CLEAR
        self._least = Least(few if meant <= FEW else CLEARER, LONG if sentence else SHORT)
        self._spans = finder.lexicon.spans(self._words, self._least, expected)
        if year is None and expected is not None:
            self._take_short_year(seasons)
        self._left: list[Token] = []

    def reading(self, text: str) -> Reading:
        races = self._races()
        season = self._season_of_drivers(races)
        drivers, several, numbers = self._people(season, races)
        named = {at for span in self._spans for at in range(span.start, span.end)}
        self._left += [token for at, token in enumerate(self._words) if at not in named]
        places = {id(token): at for at, token in enumerate(self._tokens.words)}
        left = sorted(self._left, key=lambda token: places[id(token)])
        race = races[0] if races else None
        return Reading(
            text,
            drivers,
            several,
            numbers,
            self._tokens.year,
            self._tokens.round,
            self._tokens.when,
            race.track if race and self._race_words() else None,
            race,
            races,
            tuple(token.typed for token in left),
            tuple(token.typed for token in left if token.kind is not Kind.FILLER),
        )

    def _race_words(self) -> list[Token]:
        """The words that name a race, in order. Everyday words count only as part of a whole name."""
        spans = [self._words[span.start : span.end] for span in self._spans if span.kind == "race"]
        return [token for span in spans for token in span if token.kind is not Kind.FILLER]

    def _races(self) -> tuple[Race, ...]:
        """The races that fit; a number by itself is a round where a race is expected and no name says which."""
        tokens, words = self._tokens, self._race_words()
        if self._expected == "race" and not words and tokens.round is None:
            self._take_round()
        if tokens.round is not None and not words:
            found = (season.race(tokens.round) for season in self._seasons)
            race = next(filter(None, found), None)
            return (race,) if race is not None else ()
        if not words and tokens.when is None:
            if tokens.part_of_year is not None:
                self._left.append(tokens.part_of_year)
            return ()
        lexicon = self._finder.lexicon
        likes = {id(token): lexicon.race_likes(token, self._least) for token in words}
        spans = [self._words[span.start : span.end] for span in self._spans if span.kind == "race"]
        # A whole name counts for more even if it was misspelled: "charlote" is the track called Charlotte.
        joined = {"".join(_meant(token, likes.get(id(token), {})) for token in span) for span in spans}
        race_words = RaceWords(
            lexicon.race_names, tuple(words), tuple(likes[id(token)] for token in words), frozenset(joined)
        )
        races = choose(race_words, self._seasons, self._now, when=tokens.when, months=tokens.months)
        if tokens.round is not None:
            races = tuple(race for race in races if race.round == tokens.round) or races
        self._left += race_words.missing(races[0]) if races else words
        if tokens.part_of_year is not None and not any(race.date.month in tokens.months for race in races[:1]):
            self._left.append(tokens.part_of_year)
        return races

    def _take_short_year(self, seasons: Sequence[Season]) -> None:
        """Takes "martinsville 23" for the year 2023, where the name beside the number is what is expected.

        A number that one of the drivers drives, or that is a truck's or a round's for sure, is none.
        """
        years = {str(season.year)[2:]: season for season in seasons}
        named = [span for span in self._spans if span.kind == self._expected]
        for token in self._tokens.words:
            season = years.get(token.bare) if token.kind is Kind.NUMBER else None
            if not named or season is None:
                continue
            drivers = set(self._finder.trucks(token.bare, self._current))
            if not drivers & set(self._by_name(self._current)):
                token.kind, self._tokens.year = Kind.USED, season.year
                self._asked, self._current, self._seasons = [season], season, [season]
                return

    def _take_round(self) -> None:
        for token in self._tokens.words:
            drivers = self._finder.trucks(token.bare, self._current) if token.kind is Kind.NUMBER else ()
            if token.kind is Kind.NUMBER and not set(drivers) & set(self._by_name(self._current)):
                self._tokens.round, token.kind = int(token.bare), Kind.USED
                return
        trucks = [token for token in self._tokens.words if token.kind is Kind.TRUCK]
        if len(trucks) == 1 and not self._spans:
            # "#2" by itself, where nothing but a race can be meant.
            self._tokens.round, trucks[0].kind = int(trucks[0].bare), Kind.USED

    def _season_of_drivers(self, races: Sequence[Race]) -> Season:
        """The season in which truck numbers and names are looked up: that of the race, where one is named."""
        if self._asked or not races or not races[0].season:
            return self._current
        season = next((each for each in self._seasons if each.year == races[0].season), self._current)
        return season if season.run else self._current

    def _by_name(self, season: Season) -> list[Driver]:
        """The drivers whom names by themselves tell clearly."""
        found = [self._fitting(span, season, ()) for span in self._spans if span.kind == "driver"]
        return [drivers[0] for drivers in found if len(drivers) == 1]

    def _fitting(self, span: Span, season: Season, numbers: Sequence[str]) -> tuple[Driver, ...]:
        words = [self._finder.lexicon.spelled(token) for token in self._words[span.start : span.end]]
        return self._finder.named(words, numbers, season)

    def _people(
        self, season: Season, races: Sequence[Race]
    ) -> tuple[tuple[Driver, ...], tuple[Several, ...], tuple[str, ...]]:
        """Who is named by name or by number, names that fit several, and numbers that nobody drove.

        A number beside a name decides between drivers of that name, and names nobody else.
        """
        trucks = [token for token in self._tokens.words if token.kind in {Kind.TRUCK, Kind.NUMBER}]
        numbers = {token.bare: self._in_truck(token.bare, season, races) for token in trucks}
        people: list[tuple[int, Driver]] = []
        several: list[Several] = []
        places = {id(token): at for at, token in enumerate(self._tokens.words)}
        for span in (each for each in self._spans if each.kind == "driver"):
            tokens = self._words[span.start : span.end]
            fitting = self._fitting(span, season, tuple(numbers))
            among = [driver for driver in fitting if any(driver in some for some in numbers.values())]
            if len(fitting) == 1 or len(among) == 1:
                people.append((places[id(tokens[0])], (among or fitting)[0]))
            elif fitting:
                several.append(Several(" ".join(token.typed for token in tokens), fitting))
            else:
                self._left += tokens
        named = {driver for _, driver in people}
        unknown = []
        for token in trucks:
            drivers = numbers[token.bare]
            if self._expected == "race" and token.kind is Kind.NUMBER and not named & set(drivers):
                there = None if counts_something(self._tokens, token) else self._in_race(token.bare, races)
                if there is None:
                    self._left.append(token)
                else:
                    people.append((places[id(token)], there))
            elif not drivers:
                unknown.append(token.bare)
            elif not named & set(drivers):
                people.append((places[id(token)], drivers[0]))
        in_order_typed = dict.fromkeys(driver for _, driver in sorted(people, key=lambda pair: pair[0]))
        return tuple(in_order_typed), tuple(several), tuple(unknown)

    def _in_race(self, number: str, races: Sequence[Race]) -> Driver | None:
        """Who drove a number in the race that is shown: the first with results of those that fit."""
        if not self._race_words():
            return None
        results = {season.year: season.results for season in self._seasons}
        rows = next((rows for race in races if (rows := results.get(race.season, {}).get(race.round))), ())
        there = (row.driver for row in rows if row.entry.number.lstrip("0") == number.lstrip("0"))
        return self._finder.keyed(next(there, ""))

    def _in_truck(self, number: str, season: Season, races: Sequence[Race]) -> tuple[Driver, ...]:
        """Who drove a number: in the race that is named where it was in it, else in the season, the latest first."""
        drivers = self._finder.trucks(number, season)
        rows = season.results.get(races[0].round, ()) if races and races[0].season == season.year else ()
        there = [row.driver for row in rows if row.entry.number.lstrip("0") == number.lstrip("0")]
        return tuple(sorted(drivers, key=lambda driver: driver.key not in there))


def _meant(token: Token, likes: Likes) -> str:
    """A word of a race's name as it is spelled there."""
    return max(likes, key=likes.__getitem__) if likes else token.bare
