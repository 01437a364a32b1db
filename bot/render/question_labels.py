"""What a button is called that asks a question by itself, away from the answer that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

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
from bot.questions.live import LiveAloneQuestion, LiveQuestion
from bot.questions.quotes import QuoteQuestion, RandomQuoteQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.driver_at_track import DriverAtTrackQuestion
from bot.render.formatting import surnames
from bot.render.standings_views import view_label
from bot.render.stats import StatsQuestion, figure_name
from bot.render.tables import cut
from db.models import Driver, Season

SHOWN_WORDS = 30
"""Characters of a search that are shown."""


def question_label(question: Question, seasons: Sequence[Season]) -> str:
    """The label, such as ``Standings, 2024``, ``Results: Bristol 2025`` or ``Corey Heim``.

    Args:
        question: any question; one of a kind that is not known here is called by its topic's word.
        seasons: as of now, the current one last.
    """
    label = _of_drivers(question, seasons) or _of_races(question, seasons) or _of_season(question, seasons)
    return label or _FIXED.get(type(question), question.topic.capitalize())


def _of_drivers(question: Question, seasons: Sequence[Season]) -> str | None:
    match question:
        case ClinchQuestion(driver=str(key)):
            return f"What {_name(key, seasons)} needs"
        case DriverQuestion(driver=key, year=year):
            return _dated(_name(key, seasons), year)
        case DriverAtTrackQuestion(driver=key, year=year, round=number):
            return f"{_name(key, seasons)} at {_race(year, number, seasons)}"
        case CompareQuestion(a=a, b=b):
            one, other = _driver(a, seasons), _driver(b, seasons)
            return "Compare " + " and ".join(surnames(one, other) if one and other else (a, b))
        case QuoteQuestion(about=about, driver=key):
            named = [_name(key, seasons)] if key else []
            return cut(f"Quotes: {', '.join([*named, *filter(None, [(about or '').replace('_', ' ')])])}", SHOWN_WORDS)
    return None


def _of_races(question: Question, seasons: Sequence[Season]) -> str | None:
    match question:
        case ResultsQuestion(year=year, round=int(number)):
            return f"Results: {_race(year, number, seasons)}"
        case RecapQuestion(year=year, round=int(number)):
            return f"Recap: {_race(year, number, seasons)}"
        case LapsQuestion(driver=key, year=year, round=number):
            where = f": {_race(year, number, seasons)}" if number is not None else ""
            return f"{_name(key, seasons)}, lap by lap{where}"
        case LineupQuestion(year=year, round=int(number)):
            return f"Lineup: {_race(year, number, seasons)}"
        case StandingsQuestion(year=year, after=int(number)) | StatsQuestion(year=year, after=int(number)):
            return f"{_table(question, seasons)} after {_race(year, number, seasons)}"
    return None


def _of_season(question: Question, seasons: Sequence[Season]) -> str | None:
    match question:
        case StandingsQuestion(year=year) | StatsQuestion(year=year):
            return _dated(_table(question, seasons), year)
        case PlayoffsQuestion(year=year):
            return _dated("Playoffs, round by round", year)
        case ResultsQuestion(year=year):
            return _dated("Latest results", year)
        case RecapQuestion(year=year):
            return _dated("Latest recap", year)
        case ScheduleQuestion(year=year):
            return _dated("Schedule", year)
    return None


_FIXED: dict[type[Question], str] = {
    NextQuestion: "Next race",
    LiveQuestion: "Live",
    LiveAloneQuestion: "Live",
    LineupQuestion: "Lineup of the next race",
    ClinchQuestion: "Clinch scenarios",
    RandomQuoteQuestion: "A quote",
    HelpQuestion: "Help",
    AboutQuestion: "About Tailgate",
}


def _table(question: StandingsQuestion | StatsQuestion, seasons: Sequence[Season]) -> str:
    if isinstance(question, StatsQuestion):
        return f"Stats: {figure_name(question.by)}"
    view = question.view
    return "Standings" if view is None else view_label(question.year or seasons[-1].year, view)


def _dated(label: str, year: int | None) -> str:
    return label if year is None else f"{label}, {year}"


def _driver(key: str, seasons: Sequence[Season]) -> Driver | None:
    return next((season.drivers[key] for season in reversed(seasons) if key in season.drivers), None)


def _name(key: str, seasons: Sequence[Season]) -> str:
    driver = _driver(key, seasons)
    return driver.name if driver is not None else key


def _race(year: int | None, number: int, seasons: Sequence[Season]) -> str:
    """``Bristol 2025``."""
    races = [race for season in seasons if season.year == year and (race := season.race(number)) is not None]
    return f"{races[0].track.short} {races[0].season}" if races else f"race {number}"
