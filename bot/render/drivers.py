"""/driver: a driver's season, and every race of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from discord import ui

from bot.championship.computed_season import ComputedSeason, DriverRace
from bot.championship.distance import stages_not_run
from bot.championship.driver_record import Record
from bot.championship.formats import format_of
from bot.questions.core import DriverQuestion
from bot.questions.quotes import QuoteQuestion
from bot.render.blocks import Page, card, freshness, last_held, make_accent, scored_stages, short_distance
from bot.render.buttons import BUTTONS, Link, pager, row, select_of
from bot.render.careers import best_track, career_line, person
from bot.render.formatting import average, count, escape, listed, ordinal, status
from bot.render.penalties import of_driver
from bot.render.playoff_table import playoff_line
from bot.render.tables import Column, table
from db.history.models import Career
from db.models import EASTERN, Driver, Race, Result, Season

ROWS = 15
UNKNOWN = "?"
ELSEWHERE = "(i): scores points in another series."

_FACTS = (
    Column(""),
    Column("", right=True),
    Column(""),
    Column(""),
    Column("", right=True),
)
_RACES = (
    Column("Rd", right=True),
    Column("Track", gives_way=True),
    Column("St", right=True),
    Column("Fin", right=True),
    Column("Led", right=True),
    Column("Pts", right=True),
)
_RECENT_LABELS = ("The only race", "Last two races", "Last three races", "Last four races", "Last five races")
_OUT = Column("Out", gives_way=True)


@dataclass(frozen=True, slots=True)
class DriverFacts:
    """What a driver's card shows, as of one moment.

    ``years`` are the seasons with an entry of theirs; ``career`` is None where it cannot be read; ``quotes`` is how
    many of the driver's quotes the requester may read.
    """

    driver: Driver
    computed: ComputedSeason
    record: Record
    career: Career | None
    races: tuple[DriverRace, ...]
    years: tuple[int, ...]
    quotes: int = 0

    @property
    def season(self) -> Season:
        return self.computed.season


def driver(facts: DriverFacts, question: DriverQuestion, now: datetime) -> ui.LayoutView:
    """The tab of a driver's card that is asked for."""
    return _races(facts, question, now) if question.tab == "races" else _season(facts, question, now)


def _season(facts: DriverFacts, question: DriverQuestion, now: datetime) -> ui.LayoutView:
    record = facts.record
    asked = replace(question, year=record.year, tab="season", page=1)
    links = [Link(f"All {count(record.starts, 'race')}", replace(asked, tab="races"))] if record.starts > 1 else []
    others = sorted((year for year in facts.years if year != record.year), reverse=True)
    career = facts.career if facts.career and facts.career.starts else None
    if career is not None and others:
        links.append(Link("Career", replace(asked, year=None, tab="career")))
    if facts.quotes:
        links.append(Link(count(facts.quotes, "quote"), QuoteQuestion(driver=facts.driver.key)))
    years = [Link(str(year), replace(asked, year=year)) for year in others]
    few = len(links) + len(years) <= BUTTONS
    return card(
        f"#{escape(record.number)} {escape(facts.season.name_of(facts.driver.key))} · {record.year}",
        _headline(facts, now),
        "\n".join(filter(None, _about(facts, now))),
        _totals(record) if record.starts else "",
        _recent(record.last_five),
        "\n".join(filter(None, [best_track(career), career_line(career)])) if career else "",
        accent=make_accent(record.make),
        small=[
            *_gaps(facts),
            _cut_short(facts.season, record.last_five),
            _elsewhere(record.last_five),
            *_penalties(facts),
            freshness(facts.season, now),
        ],
        controls=row([*links, *years] if few else links),
        select=None if few else select_of("driver", "Another season…", years),
    )


def _about(facts: DriverFacts, now: datetime) -> list[str]:
    """Who they are and drive for, and where they stand."""
    record = facts.record
    return [
        person(facts.driver, now, racing=record.year >= now.astimezone(EASTERN).year - 1),
        _who(record),
        playoff_line(facts.computed, facts.driver.key),
        _season_points(record),
    ]


def _races(facts: DriverFacts, question: DriverQuestion, now: datetime) -> ui.LayoutView:
    record = facts.record
    page = Page.of(question.page, ROWS, len(facts.races))
    asked = replace(question, year=record.year, tab="races", page=page.number)
    links = [
        *pager(page, lambda number: replace(asked, page=number)),
        Link(f"Back to {record.year}", replace(asked, tab="season", page=1)),
    ]
    lines = facts.races[page.part]
    return card(
        f"#{escape(record.number)} {escape(facts.season.name_of(facts.driver.key))} · {record.year} races",
        _headline(facts, now),
        race_table(lines) if lines else "",
        accent=make_accent(record.make),
        small=[
            _cut_short(facts.season, lines),
            _elsewhere(lines),
            *_penalties(facts),
            freshness(facts.season, now),
        ],
        controls=row(links),
    )


def _headline(facts: DriverFacts, now: datetime) -> str:
    record = facts.record
    if not record.starts:
        return f"Entered in {record.year}, no starts yet."
    wins = f"{count(record.wins, 'win')} in {count(record.starts, 'start')}"
    if not record.wins and record.best_finish:
        wins = f"{count(record.starts, 'start')}, best finish {ordinal(record.best_finish)}"
    place = _official(record)
    last = last_held(facts.season, now)
    if place and last is not None:
        place += f" after race {last.round} of {len(facts.season.races)}"
    if record.champion:
        return listed([f"**{record.year} champion**", wins, place])
    return listed([f"**{place}**" if place else "", wins if place else f"**{wins}**"])


def _official(record: Record) -> str:
    """``3rd in the final standings with 4,034``; before the postseason ``3rd in season points with 512``."""
    official = record.official
    if official is None:
        return ""
    table = "season points" if not official.reset else "the final standings" if official.final else "the standings"
    return f"{ordinal(official.position)} in {table} with {official.points:,}"


def _season_points(record: Record) -> str:
    """Points of the whole season without a reset, where the official standings have one."""
    if record.position is None or record.official is None or not record.official.reset:
        return ""
    return f"**Season points** {ordinal(record.position)} with {record.points:,}, no reset"


def _who(record: Record) -> str:
    rookie = "Rookie of the Year contender" if record.rookie else ""
    eligible = "" if record.eligible else "scores points in another series (i)"
    chief = f"crew chief {escape(record.crew_chief)}" if record.crew_chief else ""
    return listed([escape(record.make or ""), escape(record.team or ""), chief, rookie, eligible])


def _totals(record: Record) -> str:
    cells = [
        ("Starts", str(record.starts)),
        ("Avg start", average(record.average_start)),
        ("Wins", str(record.wins)),
        ("Avg finish", average(record.average_finish)),
        ("Top fives", str(record.top_fives)),
        ("Best", ordinal(record.best_finish) if record.best_finish else "–"),
        ("Top tens", str(record.top_tens)),
        *([("Stage wins", str(record.stage_wins))] if format_of(record.year).stage else []),
        ("Laps led", f"{record.laps_led:,}"),
        ("Poles", UNKNOWN if record.poles is None else str(record.poles)),
        ("DNFs", str(record.dnfs)),
        ("Disq.", str(record.disqualifications)) if record.disqualifications else ("Laps", f"{record.laps:,}"),
    ]
    cells += [("", "")] * (len(cells) % 2)
    return table(_FACTS, [(*cells[i], "", *cells[i + 1]) for i in range(0, len(cells), 2)])


def race_table(lines: Sequence[DriverRace]) -> str:
    """Races and their results, with a column for why the truck was out if it was out in any of them."""
    out = any(not line.result.running or line.result.disqualified for line in lines)
    rows = [
        (
            str(line.race.round),
            line.race.track.short,
            UNKNOWN if line.result.start is None else str(line.result.start),
            str(line.result.finish),
            str(line.result.led or "–"),
            str(line.result.points) if line.result.entry.eligible else "(i)",
            *((_why(line),) if out else ()),
        )
        for line in lines
    ]
    return table([*_RACES, _OUT] if out else _RACES, rows)


def _why(line: DriverRace) -> str:
    if line.result.disqualified:
        return "DQ"
    return "" if line.result.running else status(line.result)


def _recent(lines: Sequence[DriverRace]) -> str:
    if not lines:
        return ""
    return f"**{_RECENT_LABELS[min(len(lines), len(_RECENT_LABELS)) - 1]}**\n{race_table(lines)}"


def _gaps(facts: DriverFacts) -> list[str]:
    """Notes on what is missing from the season's totals."""
    season, record = facts.season, facts.record
    run = len(season.run)
    said = []
    if record.poles is None:
        said.append(f"Poles for {record.year} are not on record.")
    elif record.poles_known < run:
        said.append(f"Poles are on record for {record.poles_known} of {run} races.")
    staged = season.run if format_of(season.year).stage else ()
    silent = [str(race.round) for race in staged if _stage_unknown(race, season.results[race.round])]
    if silent:
        said.append(f"Stage winners for race{'s' if len(silent) > 1 else ''} {', '.join(silent)} are not on record.")
    return [" ".join(said)] if said else []


def _stage_unknown(race: Race, rows: Sequence[Result]) -> bool:
    """Whether a stage was run and its winner is not on record."""
    never = stages_not_run(race, rows)
    return any(who is None and stage not in never for stage, who in enumerate(scored_stages(race, rows), 1))


def _cut_short(season: Season, lines: Sequence[DriverRace]) -> str:
    """``Race 7 was cut short at 124 of 200 laps``: a note on those of the races shown that were."""
    short = [(line.race, short_distance(line.race, season.results[line.race.round])) for line in lines]
    said = [f"Race {race.round} was {how}." for race, how in sorted(short, key=lambda each: each[0].day_run) if how]
    return " ".join(said)


def _penalties(facts: DriverFacts) -> list[str]:
    return of_driver(facts.season, facts.driver.key)


def _elsewhere(lines: Sequence[DriverRace]) -> str:
    return "" if all(line.result.entry.eligible for line in lines) else ELSEWHERE
