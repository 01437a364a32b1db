"""/lineup: who is entered in a race, who is new, and from where they start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from discord import ui

from bot.championship.lineup import Lineup
from bot.questions.core import NextQuestion, ResultsQuestion, ScheduleQuestion
from bot.questions.laps import LineupQuestion
from bot.render.blocks import Accent, Page, card, freshness
from bot.render.buttons import Link, fitted, pager, row
from bot.render.formatting import count, escape, name_of, race_name, stamp
from bot.render.not_held import when_held
from bot.render.tables import MARK, Column, fit, table
from db.models import Entry, Race, Season, SessionKind

ROWS = 20
MOST_NAMED = 8
"""Drivers that are named at most of those who are new, of those who are missing, and of trucks with another driver."""
NAME_WIDTH, TEAM_WIDTH = 32, 16
"""Columns of a name in a line, and of a team in the table."""
ROOKIE = f"\\{MARK} rookie"
ELSEWHERE = "(i): scores points in another series."
_COLUMNS = (
    Column("St", right=True),
    Column("No", right=True),
    Column("Driver", gives_way=True),
    Column("Team"),
)


def lineup_card(
    season: Season, race: Race, lineup: Lineup | None, question: LineupQuestion, now: datetime
) -> ui.LayoutView:
    """The starting order of a race, or its entry list before qualifying, or that there is none yet.

    Args:
        season: as it stands at ``now``; ``race`` is one of its races.
        race: the race asked for.
        lineup: what is known of it; None where that is nothing.
        question: its page.
        now: the current time.
    """
    title = f"{escape(race_name(race))} · {escape(race.track.short)}"
    over = race in season.run
    links = [Link("Results", ResultsQuestion(season.year, race.round))] if over else [Link("Next race", NextQuestion())]
    latest = season.latest
    if latest is not None and latest.round != race.round:
        links.append(Link(f"{latest.track.short} lineup", LineupQuestion(latest.season, latest.round)))
    links.append(Link("Schedule", ScheduleQuestion(season.year)))
    if lineup is None:
        return card(
            title,
            "No entry list here yet. NASCAR publishes it in the week of the race.",
            when_held(season, race),
            accent=Accent.YELLOW,
            small=[freshness(season, now)],
            controls=row(links),
        )
    lines = [(str(start), entry) for start, entry in lineup.order] or [("", entry) for entry in lineup.entries]
    page = Page.of(question.page, ROWS, len(lines))
    part = lines[page.part]
    pages = pager(page, lambda number: LineupQuestion(season.year, race.round, number))
    shown = [entry for _, entry in part]
    order, changes = _table(season, part), _differences(season, lineup) if page.number == 1 else ""
    return card(
        title,
        f"{_headline(season, race, lineup, now)}\n{when_held(season, race)}",
        # Before qualifying who is new is the news, afterwards the order.
        *((order, changes) if lineup.order else (changes, order)),
        _not_in_the_field(season, lineup),
        accent=Accent.CHECKERED if over else Accent.GREEN,
        small=[
            ROOKIE if any(entry.rookie for entry in shown) else "",
            ELSEWHERE if any(not entry.eligible for entry in shown) else "",
            freshness(season, now),
        ],
        controls=row(fitted([*pages, *links])),
    )


def _headline(season: Season, race: Race, lineup: Lineup, now: datetime) -> str:
    if lineup.order:
        _, first = lineup.order[0]
        who = f"**{escape(name_of(season, first.driver))}** starts first" if race not in season.run else ""
        started = f"**{escape(name_of(season, first.driver))}** started first" if race in season.run else ""
        return f"{who or started} · {count(len(lineup.order), 'truck')}"
    qualifying = [each.start for each in race.sessions if each.kind is SessionKind.QUALIFYING and each.start > now]
    when = f"qualifying {stamp(min(qualifying), 'f')}" if qualifying else "the starting order is not here yet"
    return f"**Entry list: {count(len(lineup.entries), 'truck')}** · {when}"


def _differences(season: Season, lineup: Lineup) -> str:
    """Which trucks have another driver than in the race before, and who else is new or missing."""
    if lineup.before is None:
        return ""
    since = escape(lineup.before.track.short)
    named = {driver for change in lineup.changes for driver in (change.before, change.now)}
    also = "Also " if lineup.changes else ""
    new = [entry for entry in lineup.new if entry.driver not in named]
    missing = [entry for entry in lineup.missing if entry.driver not in named]
    lines = []
    if lineup.changes:
        changed = [
            f"No. {escape(each.number)} {_name(season, each.now)} for {_name(season, each.before)}"
            for each in lineup.changes[:MOST_NAMED]
        ]
        lines.append(f"**Changed since {since}** {_more(changed, len(lineup.changes), '; ')}")
    for word, entries in ((f"{also}new", new), (f"{also}missing", missing)):
        if entries:
            label = word if also else f"{word.capitalize()} since {since}"
            lines.append(f"**{label}** {_named(season, entries)}")
    return "\n".join(lines) or f"The same drivers as at {since}, in the same trucks."


def _named(season: Season, entries: Sequence[Entry]) -> str:
    return _more([f"{_name(season, e.driver)} (No. {escape(e.number)})" for e in entries[:MOST_NAMED]], len(entries))


def _more(said: Sequence[str], total: int, between: str = ", ") -> str:
    more = total - len(said)
    return between.join(said) + (f" and {more} more" if more > 0 else "")


def _name(season: Season, key: str) -> str:
    return escape(name_of(season, key), NAME_WIDTH)


def _table(season: Season, lines: Sequence[tuple[str, Entry]]) -> str:
    rows = [
        [
            start,
            entry.number,
            name_of(season, entry.driver) + (MARK if entry.rookie else "") + ("" if entry.eligible else " (i)"),
            fit(entry.team or "", TEAM_WIDTH),
        ]
        for start, entry in lines
    ]
    first = 0 if any(line[0] for line in rows) else 1
    return table(_COLUMNS[first:], [line[first:] for line in rows])


def _not_in_the_field(season: Season, lineup: Lineup) -> str:
    """Who is entered and has no place in the starting order, with the reason where it is on record."""
    if not lineup.order or not lineup.entries:
        return ""
    said = []
    for entry in lineup.entries[:MOST_NAMED]:
        why = f", {escape(entry.note, NAME_WIDTH)}" if entry.note else ""
        said.append(f"{_name(season, entry.driver)} (No. {escape(entry.number)}{why})")
    return f"**Not in the starting order** {_more(said, len(lineup.entries))}"
