"""What is asked of a season as it stood after one of its races: standings and stats alike."""

from __future__ import annotations

from collections.abc import Callable

from discord import ui

from bot.errors import UnknownRace
from bot.questions.core import StandingsQuestion
from bot.render.not_held import STANDINGS, not_held
from bot.render.stats import StatsQuestion
from bot.seasons.as_of import AsOf


def after_race(
    as_of: AsOf, question: StandingsQuestion | StatsQuestion, show: Callable[..., ui.LayoutView]
) -> ui.LayoutView:
    """The answer of ``show``, or what there is of a race without results.

    Args:
        as_of: what is known.
        question: its ``after`` is the race's round; None for the latest.
        show: makes the answer from the season, the question, the current time, and the season after that race or None.

    Raises:
        UnknownRace: the season has no race of that round.
    """
    season = as_of.season(question.year)
    race = season.race(question.after) if question.after else None
    if question.after and race is None:
        raise UnknownRace(f"race {question.after}", where=f"in {season.year}")
    if race is not None and race not in season.run:
        return not_held(STANDINGS, season, race, as_of.now, as_of.last_time(race))
    then = as_of.computed_after(season, race.round) if race else None
    return show(as_of.computed(season), question, as_of.now, then)
