"""What is known at one moment: every season as it was known then, and which driver or race a fan's words mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bot.championship.computed_season import ComputedSeason
from bot.errors import FriendlyError, UnknownDriver, UnknownRace, UnknownSeason
from bot.finder import Finder
from bot.finder.lexicon import Named
from bot.finder.reading import Reading, read
from bot.laps.report import RaceReport
from bot.recaps.facts import Facts, LastTime, Recap, facts_of, race_after, winner_of
from bot.recaps.recap import with_words
from bot.recaps.run_by_run import run_by_run
from bot.seasons.cache import SeasonCache
from db.models import EASTERN, OVER_BY_THE_CLOCK, Driver, Race, RaceStatus, Season
from db.quotes.models import Quote
from db.recaps.models import RecapText, SectionKind

TOLD_LATER = "races are told here later than they run, and how this one went is not told yet"
"""Why nothing is told of a race that is held back."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """Everything known at a moment.

    Attributes:
        now: the moment, aware.
        seasons: all seasons on record, oldest first, each without what was not known at ``now``.
        finder: finds drivers and races by what a fan types.
        cache: keeps what is computed from the seasons.
        version: of the facts in the store that the seasons were loaded from.
        whole: the seasons with what was not known at ``now``, of which only what was known may be told.
        delay: by how many seconds who asks is told of races later than they run.
        held_back: the races, by year and round, of which they are therefore told nothing yet; ``seasons`` and
            ``cache`` are without them.
    """

    now: datetime
    seasons: tuple[Season, ...]
    finder: Finder
    cache: SeasonCache = field(default_factory=SeasonCache)
    version: int = 0
    whole: tuple[Season, ...] = ()
    delay: int = 0
    held_back: frozenset[tuple[int, int]] = frozenset()

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(season.year for season in self.seasons)

    @property
    def this_year(self) -> int:
        """The year of the day, Eastern, from which "last year" counts."""
        return self.now.astimezone(EASTERN).year

    def season(self, year: int | None = None) -> Season:
        """The season of a year; without a year the current one, which is the latest whose first race is over.

        Before any race on record is over, that is the earliest season.

        Raises:
            UnknownSeason: the year is not on record.
            FriendlyError: no season is on record.
        """
        if not self.seasons:
            raise FriendlyError("There are no seasons here yet.")
        if year is None:
            begun = (s for s in reversed(self.seasons) if any(race.over_at <= self.now for race in s.races))
            return next(begun, self.seasons[0])
        for season in self.seasons:
            if season.year == year:
                return season
        raise UnknownSeason(str(year), self.years)

    def next_race(self) -> tuple[Season, Race] | None:
        """The first race not yet over and its season; None where no known schedule has one.

        A postponed race whose time has passed comes after the races of every season.
        """
        ahead = [(season, race) for season in self.seasons if (race := season.next_race(self.now)) is not None]
        return min(ahead, key=lambda pair: (self._awaits_new_date(pair[1]), pair[1].begins), default=None)

    def _awaits_new_date(self, race: Race) -> bool:
        return race.status is RaceStatus.POSTPONED and race.begins <= self.now

    def latest(self) -> tuple[Season, Race] | None:
        """The last race with results and its season: the current season or, if it has none yet, an earlier one."""
        year = self.season().year
        latest_races = ((s, s.latest) for s in reversed(self.seasons) if s.year <= year)
        return next(((season, race) for season, race in latest_races if race is not None), None)

    def race_run(self, year: int | None = None, number: int | None = None) -> tuple[Season, Race]:
        """As ``race_of``, with results.

        Raises:
            UnknownSeason: the year is not on record.
            UnknownRace: the season has no such race.
            FriendlyError: the race has no results.
        """
        season, race = self.race_of(year, number)
        if not self.has_results(race):
            why = "it isn't over yet" if race.over_at > self.now else "Tailgate doesn't have its results"
            if self.tells_later(race):
                why = TOLD_LATER
            elif race.round in season.partial:
                why = f"only partial results are here, of {len(season.partial[race.round])} trucks"
            raise FriendlyError(f"{race.name} ({race.season}, {race.track.short}) has no recap: {why}.")
        return season, race

    def race_of(self, year: int | None = None, number: int | None = None) -> tuple[Season, Race]:
        """A race and its season: the latest race with results if no round is given, of any season without a year.

        Raises:
            UnknownSeason: the year is not on record.
            UnknownRace: the season has no such race.
            FriendlyError: the season has no results.
        """
        latest = self.latest() if year is None and number is None else None
        if latest is not None:
            return latest
        season = self.season(year)
        race = season.race(number) if number is not None else season.latest
        if race is None and number is not None:
            raise UnknownRace(f"race {number}", where=f"in {season.year}")
        if race is None:
            raise FriendlyError(f"No results for {season.year} yet.")
        return season, race

    def tells_later(self, race: Race) -> bool:
        """Whether how a race goes, or went, is not told yet, or not all of it, to who asks.

        It goes by the listed start alone: that something is held back tells nobody that a race is over.
        """
        told = self.now - timedelta(seconds=self.delay)
        return self.delay > 0 and race.begins <= self.now and told < race.begins + OVER_BY_THE_CLOCK

    def computed(self, season: Season) -> ComputedSeason:
        """One of ``seasons`` with its standings, tables and records."""
        return self.cache.computed(season)

    def computed_after(self, season: Season, number: int) -> ComputedSeason:
        """One of ``seasons`` as it stood after the race of a round. Raises LookupError if it has no such race."""
        return self.cache.computed_after(season, number)

    def recap(
        self,
        race: Race,
        quotes: Sequence[Quote],
        texts: Mapping[SectionKind, RecapText],
        report: RaceReport | None = None,
    ) -> Recap:
        """The recap of a race with results.

        Args:
            race: the race.
            quotes: quotes from the race that the reader may see.
            texts: the editors' texts by section.
            report: what the race's laps tell, where they are held.
        """
        season = self.season(race.season)
        generated = self.cache.recap(self.seasons, season, race.round, lambda: self._recap_facts(race))
        runs = run_by_run(season, season.race(race.round) or race, report) if report is not None else None
        return with_words(generated, quotes, texts, runs)

    def _recap_facts(self, race: Race) -> Facts:
        """What the recap tells: what was known when the race was over, and what comes next."""
        ahead = race_after(self.seasons, race)
        last = self.last_winner(ahead[1]) if ahead else None
        return facts_of(self.seasons, race, ahead=ahead, ahead_last=last)

    def ended_before(self, season: Season) -> Season | None:
        """The season before this one, if it is over and this one has not begun."""
        if any(race.begins <= self.now for race in season.races):
            return None
        before = [s for s in self.seasons if s.year < season.year and s.next_race(self.now) is None]
        return before[-1] if before else None

    def last_time(self, race: Race) -> Race | None:
        """The last earlier race with results at the same track, in the same season or an earlier one."""
        return max((each for each in self._earlier_at_track(race) if self.has_results(each)), key=_begins, default=None)

    def last_winner(self, race: Race) -> LastTime | None:
        """The last earlier race at the same track and its winner.

        None where that cannot be known: its results are missing or contradict themselves, or a season in between is
        not on record.
        """
        there = self._earlier_at_track(race)
        last = max(there, key=_begins, default=None)
        by_year = {season.year: season for season in self.seasons}
        if last is None or not all(year in by_year for year in range(last.season, race.season)):
            return None
        winner = winner_of(by_year[last.season], last.round)
        a_year_ago = [each for each in there if each.season == race.season - 1]
        this_year = [each for each in self._at_track(race) if each.season == race.season]
        # A track may have two races a year. The defending winner of the spring race won the spring race a year ago, so
        # the two races have to be nearest to each other by date, seen from either one.
        own = _nearest(last, this_year) or race
        same = _nearest(race, a_year_ago) is last and own.round == race.round
        return LastTime(last, winner, defending=same) if winner is not None else None

    def _earlier_at_track(self, race: Race) -> list[Race]:
        """The earlier races at the same track, without those called off."""
        return [each for each in self._at_track(race) if each.begins < race.begins]

    def _at_track(self, race: Race) -> list[Race]:
        """All races at the same track, including this one, without those called off."""
        return [
            each
            for season in self.seasons
            for each in season.races
            if each.track.key == race.track.key and each.status is not RaceStatus.CANCELLED
        ]

    def has_results(self, race: Race) -> bool:
        """Whether the results of a race are known."""
        return any(season.has_results(race.round) for season in self.seasons if season.year == race.season)

    def read(self, text: str, year: int | None = None, expected: Named | None = None) -> Reading:
        """What a text names, as ``bot.finder.reading.read`` says; ``year`` is the season chosen beside the text.

        Raises:
            FriendlyError: no season is on record.
        """
        return read(text, self.finder, self.seasons, self.now, current=self.season(), year=year, expected=expected)

    def driver(self, text: str, year: int | None = None) -> Driver:
        """The driver meant by a name, number or key. Raises UnknownDriver with the nearest names."""
        return self.finder.driver(text, self.season(year))

    def known(self, key: str) -> Driver:
        """The driver of a key that came back from Discord. Raises UnknownDriver."""
        for season in reversed(self.seasons):
            if key in season.drivers:
                return season.drivers[key]
        raise UnknownDriver(key)

    def entered(self, key: str) -> list[int]:
        """The years in which the driver has an entry, raced or not, oldest first."""
        return [season.year for season in self.seasons if key in season.starts]

    def race_with_results(self, text: str, year: int | None = None) -> Race:
        """Like ``race``, but a track whose race is still to come means its last race with results, if there is one.

        A race picked from a list, or asked for by round, by year or as the next one, is taken literally. Raises what
        ``race`` raises.
        """
        return self.last_held(self.read(text, year, "race"), year)

    def race(self, text: str, year: int | None = None) -> Race:
        """The race meant by words: a round, a name, a track, "latest" or "next", with or without a year.

        Raises:
            UnknownSeason: the year is not on record.
            UnknownRace: with the nearest names.
        """
        return self.race_read(self.read(text, year, "race"), year)

    def last_held(self, reading: Reading, year: int | None = None) -> Race:
        """The race that was read, or the last one held of those that fit, as ``race_with_results`` says."""
        race = self.race_read(reading, year)
        picked = year is not None or reading.year is not None or reading.round is not None or reading.when is not None
        if picked or race.begins <= self.now:
            return race
        return next(filter(self.has_results, reading.races), None) or self.last_time(race) or race

    def race_read(self, reading: Reading, year: int | None = None) -> Race:
        """The race that was read from a text; of a year alone the latest one run, else its first.

        Args:
            reading: of a text in which a race was expected.
            year: the season that was chosen beside the text.

        Raises:
            UnknownSeason: the year is not on record.
            UnknownRace: with the nearest names.
        """
        named = reading.year or year
        season = self.season(named)
        if reading.race is not None:
            return reading.race
        if reading.round is not None:
            near = self.finder.nearest_races("", season, self.now)
            raise UnknownRace(f"race {reading.round}", near, where=f"in {season.year}")
        if reading.year is not None and not reading.not_understood:
            race = season.latest or next(iter(season.races), None)
            if race is not None:
                return race
        if reading.when is not None:
            raise UnknownRace(reading.text, opening=self._no_race(reading, season))
        near = self.finder.nearest_races(reading.text, season, self.now)
        where = self._in(named) if near else f"{self._in(named)}; /schedule by itself lists the races"
        raise UnknownRace(reading.text, near, where=where)

    def _no_race(self, reading: Reading, season: Season) -> str:
        if reading.when == "next":
            return f"No race of {season.year} is left, and no schedule after it is here yet."
        return "No race has results yet."

    def _in(self, year: int | None) -> str:
        """Where a race was looked for, in words."""
        if year is not None or len(self.years) == 1:
            return f"in {year or self.years[0]}"
        return f"in the seasons {self.years[0]} to {self.years[-1]}"


@dataclass(frozen=True, slots=True)
class _SeasonState:
    """A season as of a moment: the whole season, how many of its moments had come, and what was known then."""

    whole: Season
    come: int
    known: Season


class AsOfKeeper:
    """Makes ``AsOf``, and keeps the one cache of what is computed from its seasons.

    What is known changes only when a race ends or an import changes a season. Then that season becomes a new object,
    and the cache drops what belonged to the old one; every other season stays the very same object, so that all that
    was computed for it is still there.
    """

    def __init__(self) -> None:
        self.cache = SeasonCache()
        self._finder = Finder(())
        self._whole: tuple[Season, ...] = ()
        self._version = 0
        self._states: dict[int, _SeasonState] = {}
        self._seasons: tuple[Season, ...] = ()
        # The moments at which the same races are over as now; none at first.
        self._from = self._until = datetime.min.replace(tzinfo=UTC)

    def at(self, now: datetime, seasons: Sequence[Season], version: int = 0) -> AsOf:
        """What is known at a moment.

        Args:
            now: the moment, aware; it may be earlier than that of the last call.
            seasons: whole seasons, oldest first; one that did not change is the same object as in the last call.
            version: changes with any driver or track as well, those of whom no season shows anything included.
        """
        whole = tuple(seasons)
        changed = whole != self._whole  # seasons are equal only if they are the same object
        # Results of past seasons may have to be read for the states. If that fails, nothing has changed yet.
        late = changed or not self._from <= now < self._until
        states = {season.year: self._state(season, now) for season in whole} if late else self._states
        if changed or version != self._version:
            self._finder = Finder(whole)
            self._whole, self._version = whole, version
        if late:
            moments = [moment for season in whole for moment in _moments(season)]
            self._from = max((each for each in moments if each <= now), default=datetime.min.replace(tzinfo=UTC))
            self._until = min((each for each in moments if each > now), default=datetime.max.replace(tzinfo=UTC))
            self._states = states
            self._seasons = tuple(state.known for state in self._states.values())
            self.cache.keep_only(self._seasons)
        return AsOf(now, self._seasons, self._finder, self.cache, version, whole)

    def _state(self, season: Season, now: datetime) -> _SeasonState:
        """The season as of now; the same object as before where neither the season nor what is known has changed."""
        come = sum(moment <= now for moment in _moments(season))
        before = self._states.get(season.year)
        if before is not None and before.whole is season and before.come == come:
            return before
        return _SeasonState(season, come, season.as_of(now))


def _moments(season: Season) -> list[datetime]:
    """The moments at which more of a season is known: a race is over, or begins, from when partial results show.

    Which races have such is not asked: of past seasons that would have to be read first.
    """
    return [moment for race in season.races for moment in (race.over_at, race.begins)]


def _begins(race: Race) -> datetime:
    return race.begins


def _nearest(race: Race, others: Iterable[Race]) -> Race | None:
    """The race nearest to it by day of the year."""
    return min(others, key=lambda each: abs(_day_of_year(each.date) - _day_of_year(race.date)), default=None)


def _day_of_year(value: date) -> int:
    return value.timetuple().tm_yday
