"""A race without results, where results, recap or standings of it were asked for: what there is instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from bot.questions.core import NextQuestion, Question, ResultsQuestion, ScheduleQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent, card, freshness, phase_of
from bot.render.buttons import Link, fitted, row
from bot.render.formatting import count, day, escape, listed, race_name, stamp
from bot.render.race_status import awaits_new_date, status_now
from db.models import Race, RaceStatus, Season

PARTIAL = "Partial results: places and points may change, and nothing is counted from them yet."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for of a race: its ``name`` on a button, and the question for it by year and round."""

    name: str
    ask: Callable[[int, int | None], Question]


RESULTS = Wanted("results", ResultsQuestion)
RECAP = Wanted("recap", RecapQuestion)
STANDINGS = Wanted("standings", StandingsQuestion)


def not_held(
    wanted: Wanted,
    season: Season,
    race: Race,
    now: datetime,
    before: Race | None,
    *,
    order: str = "",
    pages: Sequence[Link] = (),
) -> ui.LayoutView:
    """That a race is not run yet, under way, canceled, postponed, or over with no results on record.

    Where some of its results are held, that is said instead.

    Args:
        wanted: what was asked for.
        season: as it stands at ``now``; ``race`` is one of its races.
        race: the race asked for, without results.
        now: the current time.
        before: the last race at this track before it, which is offered instead.
        order: the part of its partial results that is shown, as a table.
        pages: buttons to the other parts.
    """
    start = race.green_flag or race.start
    when = stamp(start, "F") if start else f"{race.date:%A}, {day(race.date)}"
    accent, links = Accent.YELLOW, [Link("Schedule", ScheduleQuestion(season.year))]
    begun, partial = status_now(race, now), season.partial.get(race.round, ())
    if race.status is RaceStatus.CANCELLED:
        said = "This race was canceled."
    elif partial:
        said = f"**Partial results: {count(len(partial), 'truck')}**"
    elif begun is not None and (race.over_at <= now or awaits_new_date(race, now)):
        said = f"{begun}."
    elif begun is not None:
        said, accent = f"{begun}. No results yet.", Accent.GREEN
    else:
        said, accent = f"Not run yet: {when}", Accent.GREEN
        links = [Link("Next race", NextQuestion()), *links]
    if partial and not order:
        links = [Link("Partial results", ResultsQuestion(season.year, race.round)), *links]
    links = [*pages, *links]
    if before is not None:
        links = [Link(label_of_earlier(before, race, wanted.name), wanted.ask(before.season, before.round)), *links]
    if season.latest is not None:
        links.append(Link(f"Latest {wanted.name}", wanted.ask(season.year, None)))
    return card(
        f"{escape(race_name(race))} · {escape(race.track.short)}",
        said,
        when_held(season, race),
        begun if partial and begun else "",
        order,
        accent=accent,
        small=[PARTIAL if partial else "", freshness(season, now)],
        controls=row(fitted(links)),
    )


def when_held(season: Season, race: Race) -> str:
    """``Oct 17, 2025 · race 23 of 25 · Round of 8``."""
    return listed([f"{day(race.date)}, {race.season}", f"race {race.round} of {len(season.races)}", phase_of(race)])


def label_of_earlier(past: Race, race: Race, wanted: str) -> str:
    """What a button to an earlier race at the same track says: ``2024 results``, ``May recap``."""
    return f"{f'{past.date:%B}' if past.season == race.season else past.season} {wanted}"
