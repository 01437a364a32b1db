"""/compare: two drivers side by side, and every race that both started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from discord import ui

from bot.championship.driver_record import HeadToHead, Record, SharedRace
from bot.questions.core import CompareQuestion, DriverQuestion
from bot.render.blocks import Page, card, freshness, make_accent
from bot.render.buttons import Link, pager, row_or_select
from bot.render.formatting import average, count, escape, ordinal, surnames
from bot.render.tables import Column, fit, table
from db.models import Driver, Season

ROWS = 15
RECENT_RACES = 5
NAME_WIDTH = 13
"""Columns that a driver's name may take above the figures."""

NONE = "–"
SEASON_POINTS = "Season pts"
"""The line of season points without a reset, shown where the official points have one."""

_LINES: tuple[tuple[str, Callable[[Record], str]], ...] = (
    ("Standing", lambda r: ordinal(r.official.position) if r.official else NONE),
    ("Points", lambda r: f"{r.official.points:,}" if r.official else NONE),
    (SEASON_POINTS, lambda r: f"{r.points:,} ({ordinal(r.position)})" if r.position else NONE),
    ("Starts", lambda r: str(r.starts)),
    ("Wins", lambda r: str(r.wins)),
    ("Top fives", lambda r: str(r.top_fives)),
    ("Top tens", lambda r: str(r.top_tens)),
    ("Stage wins", lambda r: str(r.stage_wins)),
    ("Poles", lambda r: "?" if r.poles is None else str(r.poles)),
    ("Laps led", lambda r: f"{r.laps_led:,}"),
    ("Avg start", lambda r: average(r.average_start)),
    ("Avg finish", lambda r: average(r.average_finish)),
    ("DNFs", lambda r: str(r.dnfs)),
)


@dataclass(frozen=True, slots=True)
class CompareFacts:
    """Two drivers of a season, both with an entry in it, as of one moment; ``years`` are the seasons they share."""

    season: Season
    drivers: tuple[Driver, Driver]
    records: tuple[Record, Record]
    meetings: HeadToHead
    years: tuple[int, ...]


def compare(facts: CompareFacts, question: CompareQuestion, now: datetime) -> ui.LayoutView:
    """The tab of the comparison that is asked for."""
    a, b = (replace(driver, name=facts.season.name_of(driver.key)) for driver in facts.drivers)
    names = surnames(a, b)
    ahead = facts.records[1] if facts.meetings.ahead_b > facts.meetings.ahead_a else facts.records[0]
    asked = replace(question, year=facts.season.year)
    pairs = facts.meetings.pairs
    if question.tab == "races":
        page = Page.of(question.page, ROWS, len(pairs))
        links = [
            *pager(page, lambda number: replace(asked, page=number)),
            Link("Side by side", replace(asked, tab="season", page=1)),
        ]
        body = [_meetings(pairs[page.part], names) if pairs else ""]
    else:
        links = _links(facts, asked, names)
        last = pairs[: -RECENT_RACES - 1 : -1]
        body = [_side_by_side(facts.records, names)]
        body += [f"**Last race{'s' if len(last) > 1 else ''} together**\n{_meetings(last, names)}"] if last else []
    return card(
        f"{escape(names[0])} and {escape(names[1])} · {facts.season.year}",
        _headline(facts.meetings, names),
        *body,
        accent=make_accent(ahead.make),
        small=[freshness(facts.season, now)],
        controls=row_or_select("compare", "Races, drivers, other seasons…", links),
    )


def _links(facts: CompareFacts, asked: CompareQuestion, names: tuple[str, str]) -> list[Link]:
    pairs = facts.meetings.pairs
    links = [Link(f"All {len(pairs)} races", replace(asked, tab="races", page=1))] if len(pairs) > RECENT_RACES else []
    links += [Link(n, DriverQuestion(d.key, asked.year)) for d, n in zip(facts.drivers, names, strict=True)]
    others = sorted((year for year in facts.years if year != asked.year), reverse=True)
    return links + [Link(str(year), replace(asked, year=year, tab="season", page=1)) for year in others]


def _headline(meetings: HeadToHead, names: tuple[str, str]) -> str:
    shared = meetings.shared_starts
    if not shared:
        return f"They haven't started a race together in {meetings.year}."
    if meetings.ahead_a == meetings.ahead_b:
        return f"Even: each finished ahead {count(meetings.ahead_a, 'time')} in {count(shared, 'race')} together."
    name, ahead = max(zip(names, (meetings.ahead_a, meetings.ahead_b), strict=True), key=lambda pair: pair[1])
    return f"**{escape(name)}** finished ahead in {ahead} of {count(shared, 'race')} together."


def _side_by_side(records: tuple[Record, Record], names: tuple[str, str]) -> str:
    columns = [Column(""), *(Column(fit(name, NAME_WIDTH), right=True) for name in names)]
    reset = any(record.official is not None and record.official.reset for record in records)
    lines = [(label, figure) for label, figure in _LINES if reset or label != SEASON_POINTS]
    return table(columns, [(label, *(figure(record) for record in records)) for label, figure in lines])


def _meetings(pairs: tuple[SharedRace, ...], names: tuple[str, str]) -> str:
    columns = [
        Column("Rd", right=True),
        Column("Track", gives_way=True),
        *(Column(fit(name, NAME_WIDTH), right=True) for name in names),
    ]
    return table(columns, [(str(p.race.round), p.race.track.short, str(p.a.finish), str(p.b.finish)) for p in pairs])
