"""From a topic and the names in a text to a question, and whether that is surely the one that was asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from bot.errors import FriendlyError
from bot.mentions.asked import Asked
from bot.mentions.record_questions import of_all_time, records_question
from bot.mentions.vocabulary import BARE, FEW, FIGURES, Topic
from bot.questions.core import (
    AboutQuestion,
    ClinchQuestion,
    CompareQuestion,
    DriverQuestion,
    HelpQuestion,
    NextQuestion,
    PlayoffsQuestion,
    Question,
    ResultsQuestion,
    ScheduleQuestion,
    StandingsQuestion,
)
from bot.questions.laps import LapsQuestion, LineupQuestion
from bot.questions.live import LiveQuestion
from bot.questions.quotes import QuoteQuestion, RandomQuoteQuestion
from bot.questions.recaps import RecapQuestion
from bot.questions.replay import ReplayQuestion
from bot.quotes.parsing import parse_search
from bot.quotes.query import LONGEST
from bot.render.driver_at_track import DriverAtTrackQuestion
from bot.render.results import ROWS
from bot.render.schedule import page_of
from bot.render.stats import StatsQuestion
from bot.seasons.as_of import AsOf
from db.models import Race

_FUTURE = frozenset({"will", "gonna", "going"})
_STILL = frozenset({"defending", "reigning"})
_PAST = frozenset({"did", "was", "were", "won", "had"})
_AFTER = frozenset({"after", "following", "through", "of"})
_DATE = frozenset({"when", "whens", "date", "day"})
_WON = frozenset({"win", "won", "wins"})
_LEAST = frozenset({"worst", "lowest", "highest", "fewest", "least"})
"""Which end of a ranking these mean is not always clear, and it begins with the best."""
_OF_SEASON = frozenset({"average", "avg", "best", "worst"})
"""Words beside a finish that make it one of the season, rather than of the latest race."""
_LEADING = frozenset({"leading", "leads", "lead"})
_IN_POINTS = frozenset({"points", "standings", "championship", "series", "season", "playoffs", "chase"})
"""Words beside them that ask who leads in points, and not who leads the race that is on."""
_WEATHER = frozenset({"weather", "forecast", "rain", "raining", "rains", "rained"})
"""What the weather will be is not known here; it is asked of the next race, which may be of use."""
_BEAT = frozenset({"beat", "beats", "beaten"})
_SEVERAL_RACES = re.compile(rf"\b(?:last|past|previous|next|upcoming) {FEW} (?:races|starts)\b")
_LAST_PLACE = re.compile(
    r"\b(?:(?:finish|finished|finishes|came|came in|placed|dead|took|got|was) last|last place)(?= (?:at|in|on)\b|$)"
)


class Answerable(NamedTuple):
    """A question, and whether it is surely the one that was asked."""

    question: Question
    sure: bool = True


def question_of(topic: Topic | None, asked: Asked) -> Answerable | None:
    """The question that asks for a topic of what is named; without a topic of what the names alone ask for.

    None where the topic cannot be asked for like this, as a comparison of a single driver cannot.

    Raises:
        FriendlyError: no season is on record.
    """
    return _QUESTIONS[topic](asked)


def _quote(asked: Asked) -> Answerable | None:
    """What somebody said, or what was said about something: the whole question, or else the words that it is about."""
    words = " ".join(asked.about)
    if len(words) > LONGEST:
        words = words[: LONGEST + 1].rpartition(" ")[0]
    if not words:
        return Answerable(RandomQuoteQuestion(), bool(asked.words & {"quote", "quotes"}))
    questions = [found for text in (asked.text, words) if (found := _search(asked.as_of, text)) is not None]
    question = next((each for each in questions if each.driver is not None), questions[-1] if questions else None)
    if question is None:
        return None
    said = asked.words & {"quote", "quotes", "said", "say", "says"}
    return Answerable(question, bool(asked.drivers or said))


def _search(as_of: AsOf, text: str) -> QuoteQuestion | None:
    try:
        question = parse_search(as_of, text, None, None, None)
    except FriendlyError:
        return None
    return question if isinstance(question, QuoteQuestion) else None


def _standings(view: str | None = None) -> Callable[[Asked], Answerable | None]:
    def standings(asked: Asked) -> Answerable | None:
        reading, race = asked.reading, asked.reading.race
        if asked.driver is not None and view in (None, "playoffs"):
            return Answerable(DriverQuestion(asked.driver.key, reading.year), race is None)
        year = race.season if race is not None else reading.year
        after = race.round if race is not None and asked.has_results(race) else None
        if view is None and _leads_a_race(asked):
            return _live(asked)
        # Points at a race are not those after it.
        fits = race is None or (after is not None and bool(asked.words & _AFTER))
        sure = not asked.drivers and fits and reading.round is None
        return Answerable(StandingsQuestion(year, after, view), sure and asked.of_now and reading.when != "next")

    return standings


def _leads_a_race(asked: Asked) -> bool:
    """Whether somebody asks who leads a race: the one they say, or the one that is on while they ask."""
    if not asked.words & _LEADING or asked.words & _IN_POINTS or asked.reading.year is not None:
        return False
    ahead = asked.as_of.next_race()
    return "race" in asked.words or (ahead is not None and ahead[1].begins <= asked.as_of.now)


def _live(asked: Asked) -> Answerable | None:
    """How the race stands that is on, or the next one; of others there is nothing live."""
    reading, ahead = asked.reading, asked.as_of.next_race()
    this = reading.race is None or (ahead is not None and asked.to_come(reading.race) == ahead[1])
    sure = this and not asked.drivers and reading.round is None and reading.when is None and not asked.words & _PAST
    return Answerable(LiveQuestion(), sure and reading.year is None)


def _stats(asked: Asked) -> Answerable | None:
    """Who has the most of something in a season; of one race the stats say nothing, of a track or all years records."""
    # Who led most laps at a track may be asked of its last race.
    there = asked.reading.race is not None and not asked.words & ({"led", "laps"} | _AFTER)
    kept = _records(asked) if "most" in asked.words and (there or of_all_time(asked.words)) else None
    if kept is not None and kept.sure:
        return kept
    found = _standings("stats")(asked)
    if found is None or not isinstance(found.question, StandingsQuestion):
        return found
    if re.search(r"\bpoints?\b", asked.text.casefold()):
        in_standings = _standings()(asked)
        # The points of stages alone are in no table.
        return in_standings and in_standings._replace(sure=in_standings.sure and "stage" not in asked.words)
    everything = of_all_time(asked.words)
    sure = found.sure and asked.reading.when != "latest" and not everything and not asked.words & _LEAST
    text = asked.text.casefold()
    by = next((figure for figure, words in FIGURES.items() if re.search(rf"\b(?:{words})\b", text)), "wins")
    of_one_race = asked.wants_latest or (asked.race_run() is not None and not asked.words & _AFTER)
    if by == "laps-led" and of_one_race and not asked.drivers:
        return _results(asked)
    return Answerable(StatsQuestion(found.question.year, found.question.after, by), sure)


def _records(asked: Asked) -> Answerable | None:
    """Who holds a record, at a track or in a year where the text names one."""
    reading = asked.reading
    question = records_question(asked.text, asked.as_of, reading.track, asked.driver, reading.year)
    one_race = reading.round is not None or reading.when is not None or bool(asked.days)
    return Answerable(question, (bool(question.what) or "record" in asked.text) and not one_race)


def _playoffs(asked: Asked) -> Answerable | None:
    """Who is in and out now is in the standings, with the cut line; how the rounds went is a topic of its own."""
    if asked.words & {"rounds", "bracket", "grid", "picture", "field", "eliminated"} and not asked.drivers:
        reading = asked.reading
        return Answerable(PlayoffsQuestion(reading.year), reading.race is None and reading.when != "next")
    return _standings("playoffs")(asked)


def _champion(asked: Asked) -> Answerable | None:
    """A champion is crowned at the end of a season; who will be one is not known."""
    crowned = [season.year for season in asked.as_of.seasons if season.champion is not None]
    if asked.driver is not None and len(asked.drivers) == 1:
        # What a driver's season came to stands on top of it.
        alone = asked.reading.race is None and not asked.words & _FUTURE
        return Answerable(DriverQuestion(asked.driver.key, asked.reading.year), alone)
    year = asked.reading.year or max(crowned, default=None)
    known = asked.reading.year is not None or year == asked.as_of.season().year or asked.words & _STILL
    to_come = asked.words & (_FUTURE | {"win", "wins"}) or asked.reading.when == "next"
    sure = bool(known) and not to_come and not asked.drivers and asked.reading.race is None
    return Answerable(StandingsQuestion(year), sure)


def _clinch(asked: Asked) -> Answerable | None:
    reading = asked.reading
    year = reading.year in (None, asked.as_of.season().year)
    key = asked.driver.key if asked.driver is not None else None
    ahead = asked.as_of.next_race()
    race = reading.race is None or (ahead is not None and reading.race == ahead[1])
    return Answerable(ClinchQuestion(key), len(asked.drivers) < 2 and year and race)


def _compare(asked: Asked) -> Answerable | None:
    if len(asked.drivers) < 2:
        return None
    a, b, *more = asked.drivers
    reading = asked.reading
    alone = reading.race is None and not more and not asked.days and reading.when is None
    return Answerable(CompareQuestion(a.key, b.key, reading.year), alone and reading.round is None)


def _next(asked: Asked) -> Answerable | None:
    """When something is: the next race, one later on, or one that was."""
    reading = asked.reading
    was = reading.when == "latest" or bool(asked.words & _PAST)
    # A race that was and the next one are two questions.
    both = was and asked.words & {"next", "upcoming"}
    if both or asked.drivers or reading.round is not None or asked.words & _WEATHER:
        return Answerable(NextQuestion(), sure=False)
    if reading.when == "latest" or (reading.race is not None and asked.words & _PAST):
        return _results(asked)
    if reading.race is None:
        current = reading.year in (None, asked.as_of.season().year)
        return Answerable(NextQuestion(), current and not asked.words & _PAST)
    ahead, race = asked.as_of.next_race(), asked.to_come(reading.race)
    if race is None:
        return _results(asked) if reading.year is not None else Answerable(ScheduleQuestion(), sure=False)
    if ahead is not None and race == ahead[1]:
        return Answerable(NextQuestion())
    page = page_of(asked.as_of.season(race.season), race)
    return Answerable(ScheduleQuestion(race.season, page), bool(asked.words & _DATE))


def _schedule(asked: Asked) -> Answerable | None:
    reading = asked.reading
    if asked.driver is not None and asked.words & _WON:
        return _driver(asked)  # how many races somebody won, rather than how many there are
    if asked.driver is not None and _SEVERAL_RACES.search(asked.text.casefold()):
        return Answerable(DriverQuestion(asked.driver.key, reading.year), reading.race == asked.latest)
    another = reading.when is not None and bool(asked.words & {"year", "season"})
    # The next few races are those that the schedule shows at first; one race is another question.
    some = reading.race is None or (reading.track is None and _SEVERAL_RACES.search(asked.text.casefold()) is not None)
    sure = not asked.drivers and some and reading.round is None and not asked.days
    return Answerable(ScheduleQuestion(reading.year), sure and not another)


def _results(asked: Asked) -> Answerable | None:
    """How a race ended; whoever asks who was last sees the page that the last place is on.

    Who beat somebody stands above them there.
    """
    if asked.words & _BEAT and asked.driver is not None:
        asked = replace(asked, reading=replace(asked.reading, drivers=()))
    found = _of_race(asked, lambda race: ResultsQuestion(race.season, race.round), ResultsQuestion())
    if found is None or not isinstance(found.question, ResultsQuestion) or not _is_last(asked):
        return found
    year, number = found.question.year, found.question.round
    rows = [len(s.results.get(number or 0, ())) for s in asked.as_of.seasons if s.year == year]
    page = -(-max(rows, default=0) // ROWS)
    return found._replace(question=replace(found.question, page=page)) if page and found.sure else found


def _is_last(asked: Asked) -> bool:
    return _LAST_PLACE.search(asked.text.casefold()) is not None


def _recap(asked: Asked) -> Answerable | None:
    return _of_race(asked, lambda race: RecapQuestion(race.season, race.round), RecapQuestion())


def _laps(asked: Asked) -> Answerable | None:
    """A driver's race, lap by lap: the one that is named, or the last one of which laps are held."""
    race, reading = asked.race_run(), asked.reading
    if asked.driver is None:
        # Whose laps is not said: the results are one offer among others, unless a race is named.
        found, named = _results(asked), reading.race is not None or asked.wants_latest or bool(asked.days)
        return found if found is None or named else found._replace(sure=False)
    if race is None and asked.wants_latest:
        race = asked.latest
    sure = not asked.words & _FUTURE and reading.when != "next" and not (asked.days and not asked.day_fits)
    if race is not None:
        return Answerable(LapsQuestion(asked.driver.key, race.season, race.round), sure)
    alone = reading.race is None and reading.round is None
    return Answerable(LapsQuestion(asked.driver.key, reading.year), sure and alone)


def _replay(asked: Asked) -> Answerable | None:
    """A race played again: the one that is named, or the last one of which laps are held."""
    race, reading = asked.race_run(), asked.reading
    sure = not asked.drivers and not asked.words & _FUTURE and reading.when != "next"
    if race is not None:
        return Answerable(ReplayQuestion(race.season, race.round), sure)
    if reading.race is not None or reading.round is not None:
        return None
    return Answerable(ReplayQuestion(reading.year), sure and not asked.days)


def _lineup(asked: Asked) -> Answerable | None:
    """Who starts a race: the one that is named or, where none is, the next one."""
    if asked.driver is not None and asked.reading.race is None:
        return _driver(asked)
    race = asked.reading.race
    if asked.wants_latest:
        race = asked.latest
    if race is None:
        current = asked.reading.year is None and asked.reading.round is None and not asked.days
        return Answerable(LineupQuestion(), current and not asked.drivers)
    return Answerable(LineupQuestion(race.season, race.round), not asked.drivers)


def _of_race(asked: Asked, ask: Callable[[Race], Question], plain: Question) -> Answerable | None:
    """A question about the race that is named, or about the latest one."""
    if asked.driver is not None:
        return _driver(asked)
    reading, race = asked.reading, asked.race_run()
    to_come = bool(asked.words & _FUTURE) or reading.when == "next"
    # Who is on the pole, or is the winner, of a race to come is not known; who was is.
    at_present = bool(asked.words & {"is", "are", "whos", "whats"})
    to_come |= at_present and (race != reading.race or bool(asked.words & {"pole", "sitter", "polesitter"}))
    if race is not None:
        fits = not asked.days or (asked.day_fits and race == asked.latest)
        return Answerable(ask(race), fits and not to_come and not asked.drivers)
    if reading.race is not None or reading.round is not None or reading.year is not None:
        # A race that was not run, or a whole year, of which nobody knows which race is meant.
        return None
    latest = asked.latest
    question = ask(latest) if latest is not None else plain
    return Answerable(question, asked.day_fits and not to_come and not asked.drivers)


def _driver(asked: Asked) -> Answerable | None:
    """A driver's season or, with a race or its day, what the driver did there."""
    driver, reading = asked.driver, asked.reading
    if driver is None:
        return _of_nobody(asked) if asked.words & {"stat", "stats", "statistics"} else _compare(asked)
    sure = not asked.words & _FUTURE and reading.when != "next"
    race = asked.race_run()
    at_the_end = asked.words & {"finish", "finished"} and not asked.words & _OF_SEASON and reading.year is None
    if race is None and reading.race is None and (asked.wants_latest or (at_the_end and not asked.days)):
        race = asked.latest
    if race is not None:
        fits = not asked.days or (asked.day_fits and race == asked.latest)
        return Answerable(DriverAtTrackQuestion(driver.key, race.season, race.round), sure and fits)
    alone = reading.race is None and reading.round is None and not asked.days
    return Answerable(DriverQuestion(driver.key, reading.year), sure and alone)


def _of_nobody(asked: Asked) -> Answerable | None:
    """Stats without a driver are those of the season."""
    found = _compare(asked)
    return found if asked.drivers else _stats(asked)


def _names(asked: Asked) -> Answerable | None:
    """What names alone ask for: a driver, two of them, or a driver at a track."""
    found = _driver(asked) if asked.driver is not None else _compare(asked)
    return found and Answerable(found.question, found.sure and asked.words <= BARE)


def _fixed(question: Question) -> Callable[[Asked], Answerable | None]:
    """A topic that is about nobody and no race."""

    def fixed(asked: Asked) -> Answerable | None:
        return Answerable(question, not asked.drivers and asked.reading.race is None)

    return fixed


def _nothing(asked: Asked) -> Answerable | None:
    """Praise and greetings ask nothing."""
    del asked
    return None


_QUESTIONS: dict[Topic | None, Callable[[Asked], Answerable | None]] = {
    None: _names,
    Topic.QUOTE: _quote,
    Topic.REMINDERS: _fixed(HelpQuestion("reminders")),
    Topic.COMPARE: _compare,
    Topic.CLINCH: _clinch,
    Topic.CHAMPION: _champion,
    Topic.PLAYOFFS: _playoffs,
    Topic.RECORDS: _records,
    Topic.STATS: _stats,
    Topic.OWNERS: _standings("owners"),
    Topic.MANUFACTURERS: _standings("manufacturers"),
    Topic.ROOKIES: _standings("rookies"),
    Topic.FULL_SEASON: _standings("full-season"),
    Topic.CHASE_RULES: _standings("what-if-chase"),
    Topic.PLAYOFF_RULES: _standings("what-if-playoffs"),
    Topic.STANDINGS: _standings(),
    Topic.LIVE: _live,
    Topic.NEXT: _next,
    Topic.SCHEDULE: _schedule,
    Topic.RESULTS: _results,
    Topic.RECAP: _recap,
    Topic.LAPS: _laps,
    Topic.REPLAY: _replay,
    Topic.LINEUP: _lineup,
    Topic.DRIVER: _driver,
    Topic.HELP: _fixed(HelpQuestion()),
    Topic.ABOUT: _fixed(AboutQuestion()),
    Topic.NOTHING: _nothing,
}
