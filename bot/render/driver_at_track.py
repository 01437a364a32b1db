"""What a driver did at a track: in one race there, and in all of them on record."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from discord import ui

from bot.championship.computed_season import DriverRace
from bot.questions.core import KEY, PAGE, ROUND, YEAR, DriverQuestion, Question, ResultsQuestion, parameter
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent, Page, card, freshness, make_accent
from bot.render.buttons import Link, pager, row
from bot.render.formatting import count, day, escape, listed, ordinal, race_name, status
from bot.render.tables import Column, table
from db.history.models import FIRST_SEASON
from db.models import Driver, Race, Result, Season

ROWS = 15
UNKNOWN = "?"
_COLUMNS = (
    Column("Year", right=True),
    Column("Day"),
    Column("St", right=True),
    Column("Fin", right=True),
    Column("Led", right=True),
    Column("Pts", right=True),
)
_OUT = Column("Out", gives_way=True)


class DriverAtTrackQuestion(Question, topic="driverat"):
    """What a driver did in a race, and at its track as a whole."""

    driver: str = parameter(KEY)
    year: int = parameter(YEAR)
    round: int = parameter(ROUND)
    page: int = parameter(PAGE, default=1)


@dataclass(frozen=True, slots=True)
class DriverAtTrackFacts:
    """What the card shows, as of one moment.

    Attributes:
        driver: who.
        season: the season of ``race``.
        race: the race that is asked for; it has results.
        races: the driver's races at its track, newest first; there is at least one, which may be another one.
        since: the first of the seasons that are on record without a gap.
    """

    driver: Driver
    season: Season
    race: Race
    races: tuple[DriverRace, ...]
    since: int


def driver_at_track(facts: DriverAtTrackFacts, question: DriverAtTrackQuestion, now: datetime) -> ui.LayoutView:
    """The race that is asked for in a sentence, all races at its track as a table, and what they add up to."""
    race = facts.race
    here = next(
        (each for each in facts.races if (each.race.season, each.race.round) == (race.season, race.round)), None
    )
    shown = here or facts.races[0]
    entry, year = shown.result.entry, shown.race.season
    page = Page.of(question.page, ROWS, len(facts.races))
    lines = facts.races[page.part]
    elsewhere = any(not line.result.entry.eligible for line in lines)
    return card(
        f"#{escape(entry.number)} {escape(facts.driver.name)} · {escape(race.track.short)}",
        _headline(facts.driver, race, here.result if here else None),
        _totals(facts),
        _table(lines),
        accent=make_accent(entry.make) if here else Accent.CHECKERED,
        small=["(i): scores points in another series." if elsewhere else "", freshness(facts.season, now)],
        controls=row(
            [
                *pager(page, lambda number: replace(question, page=number)),
                Link("Results", ResultsQuestion(race.season, race.round)),
                Link("Recap", RecapQuestion(race.season, race.round)),
                Link(f"{year} season", DriverQuestion(facts.driver.key, year)),
            ]
        ),
    )


def _headline(driver: Driver, race: Race, result: Result | None) -> str:
    where = f"{escape(race_name(race))} ({day(race.date)}, {race.season})"
    if result is None:
        return f"{escape(driver.name)} did not start the {where}."
    if result.disqualified:
        finish = "**Disqualified**"
    else:
        finish = "**Won**" if result.finish == 1 else f"Finished **{ordinal(result.finish)}**"
    out = f"out: {escape(status(result))}" if not result.running and not result.disqualified else ""
    details = listed(
        [
            f"started {ordinal(result.start)}" if result.start is not None else "",
            f"led {count(result.led, 'lap')}" if result.led else "",
            count(result.points, "point") if result.entry.eligible else "",
            out,
        ]
    )
    return f"{finish} in the {where}" + (f"\n{details[0].upper()}{details[1:]}" if details else "")


def _totals(facts: DriverAtTrackFacts) -> str:
    """``5 starts here, since 2019: 1 win, 3 top tens, average finish 8.4``; nothing for a single race.

    Where seasons are missing it says since when they are on record.
    """
    races = facts.races
    if len(races) < 2:
        return ""
    finishes = [line.result.finish for line in races]
    won = sum(finish == 1 for finish in finishes)
    parts = [
        count(won, "win") if won else f"best finish {ordinal(min(finishes))}",
        count(sum(finish <= 10 for finish in finishes), "top ten"),
        f"average finish {statistics.fmean(finishes):.1f}",
    ]
    whole = facts.since <= FIRST_SEASON
    since = f", since {races[-1].race.season}" if whole else f" on record, since {facts.since}"
    return f"**{count(len(races), 'start')} here{since}:** {', '.join(parts)}"


def _table(lines: Sequence[DriverRace]) -> str:
    out = any(not line.result.running or line.result.disqualified for line in lines)
    return table(
        [*_COLUMNS, _OUT] if out else _COLUMNS,
        [
            (
                str(line.race.season),
                day(line.race.date),
                UNKNOWN if line.result.start is None else str(line.result.start),
                str(line.result.finish),
                str(line.result.led or "–"),
                str(line.result.points) if line.result.entry.eligible else "(i)",
                *((_why(line.result),) if out else ()),
            )
            for line in lines
        ],
    )


def _why(result: Result) -> str:
    if result.disqualified:
        return "DQ"
    return "" if result.running else status(result)
