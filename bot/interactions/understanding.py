"""Turns what a fan typed into a command's options into the question that it asks, and says what was not understood."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.errors import FriendlyError, UnknownDriver
from bot.finder.reading import Reading
from bot.finder.words import name_words
from bot.questions.core import (
    ClinchQuestion,
    CompareQuestion,
    DriverQuestion,
    PlayoffsQuestion,
    Question,
    ResultsQuestion,
    ScheduleQuestion,
    StandingsQuestion,
)
from bot.questions.recaps import RecapQuestion
from bot.render.formatting import escape
from bot.render.playoff_table import playoff_line
from bot.render.schedule import page_of
from bot.render.standings import points_line
from bot.render.understood import (
    MOST_SAID,
    finish_of,
    not_run_there,
    not_understood,
    one_of_two,
    other_year,
    place_of,
    race_taken,
    races_at,
)
from bot.seasons.as_of import AsOf
from db.models import Driver, Race

_WINS = frozenset({"win", "wins", "won"})
"""Words beside "last" or "first" and a driver that ask for a race that the driver won."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question, and lines that its answer gets besides: what was not understood, and what else the text named."""

    question: Question
    lines: tuple[str, ...] = ()


def results_asked(as_of: AsOf, text: str | None, year: int | None) -> Understood:
    """What /results is asked: a race, or the races of a driver where the text names a driver and no race.

    Raises:
        FriendlyError: the text or the year names nothing on record.
    """

    def of_driver(driver: Driver, named: int | None) -> Question:
        return DriverQuestion(driver.key, named, "races")

    return _race_asked(as_of, text, year, ResultsQuestion, of_driver)


def recap_asked(as_of: AsOf, text: str | None, year: int | None) -> Understood:
    """What /recap is asked: a race, or the last one of a driver where the text names a driver and no race.

    Raises:
        FriendlyError: the text or the year names nothing on record.
    """

    def of_driver(driver: Driver, named: int | None) -> Question:
        races = [
            each.race
            for season in as_of.seasons
            if named in {None, season.year}
            for each in as_of.computed(season).races_of(driver.key)
        ]
        if not races:
            raise FriendlyError(f"{driver.name} has no race{f' in {named}' if named else ''} on record to recap.")
        return RecapQuestion(races[-1].season, races[-1].round)

    return _race_asked(as_of, text, year, RecapQuestion, of_driver)


def _race_asked(
    as_of: AsOf,
    text: str | None,
    year: int | None,
    of_race: Callable[[int | None, int | None], Question],
    of_driver: Callable[[Driver, int | None], Question],
) -> Understood:
    if text is None:
        return Understood(of_race(year, None))
    reading = as_of.read(text, year, "race")
    named = reading.year or year
    which = _which_win(reading)
    if which is not None and not reading.drivers:
        # Where a win is asked for a number by itself is the truck that won, rather than a round.
        reading = as_of.read(text, year, "driver")
        if reading.numbers:
            driver_read(as_of, reading, year)
    if which is not None and len(reading.drivers) == 1:
        won = _win(as_of, reading.drivers[0], reading, named, first=which == "first")
        taken = f"the {which} win of {escape(reading.drivers[0].name)}{' on record' if which == 'first' else ''}"
        finish = finish_of(as_of.season(won.season), won, reading.drivers[0])
        return Understood(
            of_race(won.season, won.round), (finish, _unused(reading, taken), *_other_year(reading, year))
        )
    nothing_of_a_race = reading.race is None and reading.round is None and reading.when is None
    if nothing_of_a_race and reading.driver is not None:
        season = as_of.season(named)
        taken = f"{escape(reading.driver.name)}{f' in {season.year}' if named else ''}"
        question = of_driver(reading.driver, named)
        return Understood(question, (_unused(reading, taken), *_other_year(reading, year)))
    if nothing_of_a_race:
        _refuse_several(as_of, reading)
    race = as_of.last_held(reading, year)
    season = as_of.season(race.season)
    finishes = [finish_of(season, race, driver) for driver in reading.drivers[:MOST_SAID]]
    lines = (*finishes, unused_beside(as_of, reading, race, race_taken(race)), *_other_year(reading, year))
    return Understood(of_race(race.season, race.round), lines)


def _which_win(reading: Reading) -> Literal["first", "last"] | None:
    """Which of a driver's wins a text asks for; None where it asks for none."""
    words = {word.casefold() for word in reading.rest}
    if not _WINS & words:
        return None
    return "last" if reading.when == "latest" else "first" if "first" in words else None


def _win(as_of: AsOf, driver: Driver, reading: Reading, year: int | None, *, first: bool) -> Race:
    """The last race that a driver won, or the first one, at the track and in the year that are asked for, if any.

    Raises:
        UnknownSeason: the year is not on record.
        FriendlyError: they won none.
    """
    seasons = as_of.seasons if year is None else (as_of.season(year),)
    wins = [
        each.race
        for season in seasons
        for each in as_of.computed(season).races_of(driver.key)
        if each.result.finish == 1
        and not each.result.disqualified
        and (reading.track is None or _there(each.race, reading))
    ]
    if wins:
        return wins[0 if first else -1]
    where = f" at {reading.track.short}" if reading.track else ""
    raise FriendlyError(f"{driver.name} has no win{where}{f' in {year}' if year else ''} on record.")


def standings_asked(as_of: AsOf, after: str | None, year: int | None, view: str | None) -> Understood:
    """What /standings is asked: those of a season, or as they were after a race; a year is enough to name a season.

    Raises:
        FriendlyError: the text or the year names nothing on record.
    """
    if after is None:
        return Understood(StandingsQuestion(as_of.season(year).year, None, view))
    reading = as_of.read(after, year, "race")
    season, lines = as_of.season(reading.year or year), _other_year(reading, year)
    drivers = [
        f"**{escape(driver.name)}** {line}"
        for driver in reading.drivers[:MOST_SAID]
        if (line := playoff_line(as_of.computed(season), driver.key))
    ]
    if reading.race is None and reading.round is None and (reading.year or reading.drivers):
        taken = f"the standings of {season.year}"
        return Understood(StandingsQuestion(season.year, None, view), (*drivers, _unused(reading, taken), *lines))
    race = as_of.last_held(reading, year) if reading.when != "latest" else as_of.race_read(reading, year)
    question = StandingsQuestion(race.season, race.round, view)
    finishes = [finish_of(as_of.season(race.season), race, driver) for driver in reading.drivers[:MOST_SAID]]
    return Understood(
        question, (*finishes, unused_beside(as_of, reading, race, f"the standings after {race_taken(race)}"), *lines)
    )


def driver_asked(as_of: AsOf, text: str, year: int | None) -> Understood:
    """What /driver is asked: a driver's season, with how they did at a track where the text names one.

    Raises:
        FriendlyError: the text names no driver, or the year is not on record.
    """
    reading = as_of.read(text, year, "driver")
    named = reading.year or year
    if named is not None:
        as_of.season(named)
    driver = driver_read(as_of, reading, year)
    taken = f"{escape(driver.name)}{f' in {named}' if named else ''}"
    others = [escape(each.name) for each in reading.drivers[1 : MOST_SAID + 1]]
    beside = f"-# `/compare` puts {escape(driver.name)} beside {others[0]}." if others else ""
    unused = _unused(reading, taken) if reading.drivers else ""
    lines = (_at_track(as_of, driver, reading), beside, unused, *_other_year(reading, year))
    return Understood(DriverQuestion(driver.key, named), lines)


def compare_asked(as_of: AsOf, first: str, second: str, year: int | None) -> Understood:
    """What /compare is asked: the driver in each of two texts, which may name a year and a track as well.

    Raises:
        FriendlyError: a text names no driver, or the year is not on record.
    """
    readings = [as_of.read(text, year, "driver") for text in (first, second)]
    named = next((each.year for each in readings if each.year), year)
    if named is not None:
        as_of.season(named)
    a, b = (driver_read(as_of, each, year) for each in readings)
    words = [word for each in readings for word in each.not_understood]
    tracks = {each.track.key: each for each in readings if each.track is not None}
    lines = [_at_track(as_of, driver, each, name=True) for each in tracks.values() for driver in (a, b)]
    taken = f"{escape(a.name)} and {escape(b.name)}{f' in {named}' if named else ''}"
    others = [other_year(named, year)] if named is not None else []
    return Understood(CompareQuestion(a.key, b.key, named), (*lines, not_understood(taken, words), *others))


def clinch_asked(as_of: AsOf, text: str | None) -> Understood:
    """What /clinch is asked: what a driver needs, or every driver. Raises FriendlyError where nobody is named."""
    if text is None:
        return Understood(ClinchQuestion())
    reading = as_of.read(text, None, "driver")
    driver = driver_read(as_of, reading)
    unused = _unused(reading, escape(driver.name)) if reading.drivers else ""
    return Understood(ClinchQuestion(driver.key), (unused,))


def schedule_asked(as_of: AsOf, text: str | None, year: int | None) -> Understood:
    """What /schedule is asked: a season, opened where a race is that the text names.

    Raises:
        FriendlyError: the text or the year names nothing on record.
    """
    if text is None:
        return Understood(ScheduleQuestion(year))
    reading = as_of.read(text, year, "race")
    lines = _other_year(reading, year)
    if reading.race is None and reading.year is not None:
        season = as_of.season(reading.year)
        return Understood(ScheduleQuestion(season.year), (_unused(reading, f"the {season.year} schedule"), *lines))
    race = as_of.race_read(reading, year)
    season = as_of.season(race.season)
    finishes = [finish_of(season, race, driver) for driver in reading.drivers[:MOST_SAID]]
    lines = [place_of(race, season), *finishes, *lines]
    return Understood(
        ScheduleQuestion(race.season, page_of(season, race)),
        (unused_beside(as_of, reading, race, race_taken(race)), *lines),
    )


def playoffs_asked(as_of: AsOf, text: str | None, year: int | None) -> Understood:
    """What /playoffs is asked: those of a season, and where the drivers stand whom the text names.

    Raises:
        FriendlyError: the text names nothing, or the year is not on record.
    """
    if text is None:
        return Understood(PlayoffsQuestion(year))
    reading = as_of.read(text, year, "driver")
    race = reading.race if reading.year is None and year is None else None
    season = as_of.season(reading.year or year or (race.season if race else None))
    if reading.year is None and race is None:
        driver_read(as_of, reading, year)
    computed = as_of.computed(season)
    stand = [
        f"**{escape(driver.name)}** {line.partition('** ')[2]}"
        if (line := playoff_line(computed, driver.key) or points_line(computed, driver.key))
        else f"**{escape(driver.name)}** has no place in the standings of {season.year}."
        for driver in reading.drivers[:MOST_SAID]
    ]
    unused = _unused(reading, f"the playoffs of {season.year}")
    named = reading.year or year or (season.year if race else None)
    return Understood(PlayoffsQuestion(named), (*stand, unused, *_other_year(reading, year)))


def driver_read(as_of: AsOf, reading: Reading, year: int | None = None) -> Driver:
    """The driver named first.

    Raises:
        UnknownDriver: nobody is named, or the name fits several; with the nearest names.
    """
    if reading.driver is not None:
        return reading.driver
    _refuse_several(as_of, reading)
    season = as_of.season(reading.year or year)
    named = reading.numbers or reading.rest or reading.race is not None or reading.round is not None or reading.when
    if reading.year is not None and not named:
        raise FriendlyError(f"{reading.year} is a season. Name a driver as well, by name, nickname or truck number.")
    if reading.numbers and not reading.not_understood:
        return as_of.finder.driver(f"#{reading.numbers[0]}", season)
    return as_of.finder.driver(reading.text, season)


def _refuse_several(as_of: AsOf, reading: Reading) -> None:
    for each in reading.several[:1]:
        names = [as_of.finder.called(driver.key, as_of.season()) for driver in each.drivers]
        raise UnknownDriver(each.typed, names[:MOST_SAID], several=True)


def _unused(reading: Reading, taken: str) -> str:
    return not_understood(taken, [*reading.not_understood, *(each.typed for each in reading.several)])


def unused_beside(as_of: AsOf, reading: Reading, race: Race, taken: str) -> str:
    """What of a text was not used where one race is shown: words not understood, or the name of another track."""
    words = " ".join(reading.not_understood)
    other = as_of.read(words, None, "race") if words else None
    track = other.track if other and not (other.drivers or other.several or other.not_understood) else None
    whole = {"".join(name_words(name)) for name in (track.short, track.name, *track.aliases)} if track else set()
    if track is None or track.key == race.track.key or "".join(name_words(words)) not in whole:
        return _unused(reading, taken)
    if reading.year is not None and all(each.track.key != track.key for each in as_of.season(reading.year).races):
        return not_run_there(taken, track.short, reading.year)
    return one_of_two(taken, track.short)


def _other_year(reading: Reading, year: int | None) -> Sequence[str]:
    return [other_year(reading.year, year)] if reading.year is not None else []


def _at_track(as_of: AsOf, driver: Driver, reading: Reading, *, name: bool = False) -> str:
    """How a driver did at the track that a text names; nothing where it names none."""
    if reading.track is None:
        return ""
    races = [
        each
        for season in reversed(as_of.seasons)
        if reading.year in {None, season.year}
        for each in reversed(as_of.computed(season).races_of(driver.key))
        if _there(each.race, reading)
    ]
    line = races_at(reading.track.short, driver, races)
    return f"**{escape(driver.name)}** {line}" if name and races else line


def _there(race: Race, reading: Reading) -> bool:
    return reading.track is not None and race.track.key == reading.track.key
