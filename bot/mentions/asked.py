"""A text as far as it is understood, and what can be asked of whom and what it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.finder.reading import Reading
from bot.mentions.days import Day
from bot.questions.core import (
    DriverQuestion,
    HelpQuestion,
    NextQuestion,
    Question,
    ResultsQuestion,
    ScheduleQuestion,
    StandingsQuestion,
)
from bot.questions.recaps import RecapQuestion
from bot.render.driver_at_track import DriverAtTrackQuestion
from bot.seasons.as_of import AsOf
from db.models import Driver, Race


@dataclass(frozen=True, slots=True)
class Asked:
    """A text as far as it is understood.

    Attributes:
        as_of: what is known now.
        reading: whom and what it names.
        words: its words but for names, years and the like, in lower case.
        text: all its words, as typed.
        about: its words without those of phrases and those that add nothing, as typed.
        days: the days that it names, such as "last night".
        day_fits: the latest race was on each day that is named.
    """

    as_of: AsOf
    reading: Reading
    words: frozenset[str]
    text: str = ""
    about: tuple[str, ...] = ()
    days: tuple[Day, ...] = ()
    day_fits: bool = True

    @property
    def drivers(self) -> tuple[Driver, ...]:
        return self.reading.drivers

    @property
    def driver(self) -> Driver | None:
        """The one driver who is named; None where there are more."""
        return self.drivers[0] if len(self.drivers) == 1 else None

    @property
    def latest(self) -> Race | None:
        """The latest race with results."""
        found = self.as_of.latest()
        return found[1] if found is not None else None

    @property
    def of_now(self) -> bool:
        """Whether it is about the present: no day is named but today."""
        return all(0 in day.ago and day.weekday is None for day in self.days)

    @property
    def wants_latest(self) -> bool:
        """Whether it asks for the latest race, by that word or by the day on which it was."""
        return self.reading.when == "latest" or (bool(self.days) and self.day_fits)

    def has_results(self, race: Race) -> bool:
        return any(race in season.run for season in self.as_of.seasons if season.year == race.season)

    def race_run(self) -> Race | None:
        """The race that is named or, where it is still to come and no year is named, the last one at its track."""
        race = self.reading.race
        if race is None or self.has_results(race):
            return race
        return self.as_of.last_time(race) if self.reading.year is None and self.reading.when != "next" else None

    def to_come(self, race: Race) -> Race | None:
        """The race itself, if it is still to come, or the next one at its track where no year is named."""
        year = self.reading.year
        there = [
            each
            for season in self.as_of.seasons
            for each in season.races
            if each.track.key == race.track.key and each.over_at > self.as_of.now and year in (None, each.season)
        ]
        return race if race in there else min(there, key=lambda each: each.begins, default=None)

    def by_name(self) -> Iterator[Question]:
        """What can be asked of those who, and the races that, are named."""
        race = self.race_run()
        several = [driver for each in self.reading.several for driver in each.drivers]
        if race is not None:
            yield from (DriverAtTrackQuestion(d.key, race.season, race.round) for d in self.drivers)
        for driver in (*self.drivers, *several):
            yield DriverQuestion(driver.key)
        if race is not None:
            yield ResultsQuestion(race.season, race.round)
        ahead, following = self.reading.race, self.as_of.next_race()
        if ahead is not None and following is not None and ahead == following[1]:
            yield NextQuestion()
        if race is not None:
            yield RecapQuestion(race.season, race.round)
        if ahead is not None and not self.has_results(ahead):
            yield ScheduleQuestion(ahead.season if ahead.season != self.as_of.season().year else None)
        if self.reading.year is not None and self.reading.year in self.as_of.years:
            yield StandingsQuestion(self.reading.year)
            yield ScheduleQuestion(self.reading.year)

    def more(self) -> Iterator[Question]:
        """What can always be asked, so that there are three even before the first race."""
        yield ScheduleQuestion()
        yield HelpQuestion()
