"""The finder: from words to a driver or a race."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property

from bot.errors import UnknownDriver, UnknownRace, UnknownSeason, quote
from bot.finder.drivers_in_season import HERE, Presence
from bot.finder.labels import Match, race_title
from bot.finder.lexicon import Lexicon
from bot.finder.names import DriverNames, RaceNames
from bot.finder.namesakes import Namesakes
from bot.finder.words import CLEAR, EXACT, LONGEST, NEAREST, PREFIX, TIED, name_words
from db.models import Driver, Race, RaceStatus, Season

_NUMBER_WORDS = frozenset({"no", "nr", "n", "number", "num", "truck", "car", "the", "driver"})
_ROUND_WORDS = frozenset({"round", "race", "rd", "r", "no", "number", "the"})
_FILLERS = frozenset({"the", "at", "in", "of", "race", "truck", "trucks", "series", "nascar", "results", "result"})
_LATEST = frozenset({"latest", "last", "previous", "newest"})
_NEXT = frozenset({"next", "upcoming"})
_VALUE = re.compile(r"\s*(\d{4})[\s./:-]+(?:r|rd|round|race)?\s*(\d{1,2})\s*", re.IGNORECASE | re.ASCII)
_ROUND = re.compile(r"r?(\d{1,2})", re.ASCII)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
BETTER_KNOWN = 10
"""Of drivers of one surname who no longer race, the one with this many times the starts of the others is meant."""
_KEPT_STATES = 32
"""How many states of seasons are kept. The clock only ever asks for the newest; fans also ask for earlier ones."""
WHAT_TO_TYPE = " Type part of a name, a nickname or a truck number."
"""What is said where nobody's name is near what was typed."""


class Finder:
    """Finds drivers and races in the seasons it was built from; a new version of the data needs a new finder.

    It is built from whole seasons. Each method takes a season as it was known at the current moment (``Season.as_of``),
    which decides who drives which number, who comes first and which races have been run.
    """

    def __init__(self, seasons: Iterable[Season]) -> None:
        self._seasons = {season.year: season for season in seasons}
        self._drivers: dict[str, Driver] = {}
        self._starts: Counter[str] = Counter()
        for season in self._seasons.values():
            self._drivers.update(season.drivers)
            self._starts.update(season.starts)
        self._names = DriverNames(self._drivers.values())
        self._namesakes = Namesakes(self._drivers.values(), self._seasons.values())
        self._races = {year: RaceNames(season.races) for year, season in self._seasons.items()}
        self._presences: dict[object, Presence] = {}

    # --- drivers

    def drivers(self, text: str, season: Season, limit: int = 25) -> list[Match]:
        """The drivers that match, best first; for an empty text the season's drivers, most starts and points first."""
        here = self._presence(season)
        words, numbers = _split_numbers(name_words(text))
        if numbers and set(words) <= _NUMBER_WORDS:
            entered = {key: EXACT if whole else PREFIX for key, whole in here.entered(numbers[0]).items()}
            return self._matches(entered, entered, here, season)[:limit]
        scores = self._names.scores(words) if words else dict.fromkeys(here.numbers if not text.strip() else (), EXACT)
        driven = {key for number in numbers for key in here.trucks.get(number, ())}

        def order(key: str) -> tuple[bool, float, int, int, int, str]:
            score = scores[key] + here.weight(key) + (HERE if key in driven else 0.0)
            return scores[key] < EXACT, -score, -here.starts[key], -here.points[key], -self._starts[key], key

        return self._matches(sorted(scores, key=order), scores, here, season)[:limit]

    def driver(self, text: str, season: Season) -> Driver:
        """The one driver meant: a key, a name, a number, or words that match one driver clearly best.

        Where several match equally well, it is the only one of them in a truck number typed as well, the only one
        with an entry in the season, or, of those who no longer race, the one whom nearly everybody means.

        Raises:
            UnknownDriver: with the nearest names, three at most; none where no name is like it.
        """
        known = self.labeled(text, season) or self._drivers.get(text.strip())
        if known is not None:
            return known
        words, numbers = _split_numbers(name_words(text))
        matches = self.drivers(text, season, limit=len(self._drivers)) if words or numbers else []
        if numbers and set(words) <= _NUMBER_WORDS:
            return self._in_truck(text, numbers[0], matches, season)
        tied = self._fitting(matches, numbers)
        if not tied:
            raise UnknownDriver(text, self._nearest(matches, words, season), advice=WHAT_TO_TYPE)
        if len(tied) > 1:
            raise UnknownDriver(text, [self.called(driver.key, season) for driver in tied[:NEAREST]], several=True)
        return tied[0]

    def called(self, key: str, season: Season) -> str:
        """A driver's name, with what tells its bearer from others of that name, as far as the season knows them."""
        return self._namesakes.labels(season).get(key) or self._drivers[key].name

    def named(self, words: Sequence[str], numbers: Sequence[str], season: Season) -> tuple[Driver, ...]:
        """The drivers whom words fit equally well, as ``driver`` decides; none where no name fits clearly.

        Args:
            words: of one name, as ``name_words`` makes them.
            numbers: truck numbers, any of which may decide between several drivers.
            season: as in ``driver``.
        """
        text = " ".join(words)
        return self._fitting(self.drivers(text, season, limit=len(self._drivers)), numbers)

    def trucks(self, number: str, season: Season) -> tuple[Driver, ...]:
        """The drivers of exactly that truck number in the season, the latest first; none where nobody drove it."""
        found = self._presence(season).entered(number)
        return tuple(self._drivers[key] for key, whole in found.items() if whole and key in self._drivers)

    def keyed(self, key: str) -> Driver | None:
        """The driver of a key, as a choice sends it back."""
        return self._drivers.get(key)

    def labeled(self, text: str, season: Season) -> Driver | None:
        """The driver of a name with what tells them from others of it, as ``called`` gives it; None for other texts."""
        return self._drivers.get(self._namesakes.labeled(text, season) or "")

    @cached_property
    def lexicon(self) -> Lexicon:
        """All names on record, to tell apart what the words of a text name."""
        return Lexicon(self._drivers.values(), (race for season in self._seasons.values() for race in season.races))

    def _fitting(self, matches: Sequence[Match], numbers: Sequence[str]) -> tuple[Driver, ...]:
        """The drivers who match equally well; one where something beside the name decides.

        That is a truck number typed as well, or an entry in the season; or, where none of them has one, that nearly all
        starts that they have between them are those of one; people of one name are not told apart by their starts.
        """
        best = max((match.score for match in matches), default=0.0)
        if best < CLEAR:
            return ()
        tied = [match for match in matches if match.score == best or (best < EXACT and match.score > best - TIED)]
        here = [match for match in tied if match.in_season]
        most = max(tied, key=lambda match: self._starts[match.driver.key])
        others = sum(self._starts[match.driver.key] for match in tied if match is not most)
        known = [most] if not here and self._starts[most.driver.key] > others * BETTER_KNOWN else []
        of_one_name = len({match.driver.name.casefold() for match in tied}) < len(tied)
        likely = (here,) if of_one_name else (here, known)
        for narrowed in (tied, [m for m in tied if m.number in numbers], *likely):
            if len(narrowed) == 1:
                return (narrowed[0].driver,)
        return tuple(match.driver for match in tied)

    def _in_truck(self, text: str, number: str, matches: Sequence[Match], season: Season) -> Driver:
        """The latest driver of a truck number; ``matches`` is what ``drivers`` returns for it."""
        if matches and matches[0].score == EXACT:
            return matches[0].driver
        here = self._presence(season)
        near = [Match(self._drivers[key], 0, truck, in_season=True) for truck, key in here.near(number, NEAREST)]
        raise UnknownDriver(
            text,
            [match.label for match in near],
            advice=WHAT_TO_TYPE,
            opening=f"No number {quote(number)} has been entered in {season.year}.",
        )

    def _nearest(self, matches: Sequence[Match], words: Sequence[str], season: Season) -> list[str]:
        """Names to suggest: first matches, then similar names; without a word the first of the season's list."""
        names = [match.name for match in matches[:NEAREST]]
        if len(names) < NEAREST and words:
            names += [self.called(key, season) for key in self._names.nearest(words)]
        if not words:
            names += [match.name for match in self.drivers("", season, NEAREST)]
        return list(dict.fromkeys(names))[:NEAREST]

    def _matches(self, keys: Iterable[str], scores: dict[str, float], here: Presence, season: Season) -> list[Match]:
        labels = self._namesakes.labels(season)
        return [
            Match(self._drivers[key], scores[key], here.numbers.get(key), key in here.numbers, labels.get(key))
            for key in keys
            if key in self._drivers
        ]

    def _presence(self, season: Season) -> Presence:
        state = (season.year, tuple(season.results), tuple(season.absent))
        found = self._presences.get(state)
        if found is None:
            if len(self._presences) >= _KEPT_STATES:
                self._presences.clear()
            found = self._presences[state] = Presence.of(season)
        return found

    # --- races

    def races(self, text: str, season: Season, moment: datetime, *, limit: int = 25, run: bool = False) -> list[Race]:
        """The races of the season that match, best first; ``run`` leaves out those without results.

        With another year on record in the text ("bristol 2024", "2024.3") that season is searched instead. For an empty
        text the races already run come first, newest first, then those to come, soonest first.
        """
        try:
            season, typed = self._asked(text, season, moment)
            named = self._by_time(typed, season, moment)
        except (UnknownSeason, UnknownRace):
            return []
        if named is not None:
            return [named] if not run or set(typed) <= _LATEST else []
        scores = self._race_scores(typed, season)
        order = ranks(season, moment)
        found = [season.race(number) for number in sorted(scores, key=lambda n: (-scores[n], order[n]))]
        return [race for race in found if race is not None and (not run or season.has_results(race.round))][:limit]

    def nearest_races(self, text: str, season: Season, moment: datetime) -> list[str]:
        """The titles of the races of a season that a text resembles most; without words those run or to come next.

        None where words resemble no race: three of no likeness would only mislead.
        """
        typed = [word for word in name_words(text) if not _YEAR.fullmatch(word)]
        return self._near(typed, self._race_scores(typed, season) if typed else {}, season, moment)

    def _near(self, typed: Sequence[str], scores: dict[int, float], season: Season, moment: datetime) -> list[str]:
        order = ranks(season, moment)
        near = sorted(scores, key=lambda n: (-scores[n], order[n]))
        near += self._race_names(season).nearest(typed) if typed else sorted(order, key=order.__getitem__)
        names = dict.fromkeys(race_title(race) for race in map(season.race, near) if race is not None)
        return list(names)[:NEAREST]

    def _asked(self, text: str, season: Season, moment: datetime) -> tuple[Season, list[str]]:
        """The season that a text asks for, as it was known at ``moment``, and the words without the year and fillers.

        A text without a letter or digit is kept as one word, which matches nothing; an empty text has no words.
        """
        # Discord allows 6,000 characters, and the pattern would be slow for that many spaces.
        text = text.strip()[:LONGEST]
        value = _VALUE.fullmatch(text)
        words = [value[1], value[2]] if value else list(name_words(text)) or text.split()[:1]
        years = [word for word in words if _YEAR.fullmatch(word)]
        typed = [word for word in words if word not in years]
        typed = [word for word in typed if word not in _FILLERS] or typed
        if not years or int(years[0]) == season.year:
            return season, typed
        other = self._seasons.get(int(years[0]))
        if other is None:
            raise UnknownSeason(years[0], [*self._seasons])
        return other.as_of(moment), typed

    def _by_time(self, typed: Sequence[str], season: Season, moment: datetime) -> Race | None:
        """The race that "latest" or "next" means, if necessary from an earlier or later season; None for other words.

        Raises:
            UnknownRace: there is no such race.
        """
        if not typed or not (set(typed) <= _LATEST or set(typed) <= _NEXT):
            return None
        if set(typed) <= _LATEST:
            years = sorted((year for year in self._seasons if year < season.year), reverse=True)
            found = (s.latest for s in (season, *(self._seasons[year].as_of(moment) for year in years)))
            none = "No race has results yet."
        else:
            years = sorted(year for year in self._seasons if year > season.year)
            found = (s.next_race(moment) for s in (season, *(self._seasons[year].as_of(moment) for year in years)))
            none = f"No race of {season.year} is left, and no schedule after it is here yet."
        race = next(filter(None, found), None)
        if race is None:
            raise UnknownRace(typed[0], opening=none)
        return race

    def _race_scores(self, typed: Sequence[str], season: Season) -> dict[int, float]:
        if not typed:
            return {race.round: EXACT for race in season.races}
        scores = self._race_names(season).scores(typed)
        number = [word for word in typed if word not in _ROUND_WORDS]
        asked = _ROUND.fullmatch(number[0]) if len(number) == 1 else None
        if asked:
            digits = str(int(asked[1]))
            for race in season.races:
                if str(race.round).startswith(digits):
                    scores[race.round] = EXACT if str(race.round) == digits else PREFIX
        return scores

    def _race_names(self, season: Season) -> RaceNames:
        return self._races.get(season.year) or RaceNames(season.races)


def _split_numbers(typed: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that are not numbers, and the numbers."""
    return [word for word in typed if not word.isdecimal()], [word for word in typed if word.isdecimal()]


def ranks(season: Season, moment: datetime) -> dict[int, tuple[int, float]]:
    """By round, the order of races that match equally well: races run, newest first, then those to come, soonest first.

    After them come races that are over but have no results, and cancelled ones last.
    """
    found: dict[int, tuple[int, float]] = {}
    for race in season.races:
        when = race.begins.timestamp()
        if season.has_results(race.round):
            found[race.round] = 0, -when
        elif race.status is RaceStatus.CANCELLED:
            found[race.round] = 3, when
        else:
            found[race.round] = (1, when) if race.over_at > moment else (2, -when)
    return found
