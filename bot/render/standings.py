"""The table of points, as it stands or as it stood after a race."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from discord import ui

from bot.championship.table import Standing, points_table
from bot.render.blocks import Accent, Page, card, freshness, has_playoffs, last_held, make_accent, missing
from bot.render.buttons import Link, pager, row
from bot.render.questions import StandingsQuestion
from bot.render.tables import Column, initialled, table
from bot.render.words import average, count, escape, listed, name_of
from db.nouns import Season

ROWS = 15
NO_RESET = "Season points; the playoff reset is not applied."
NO_CHANGE = "–"
VIEWS = {"points": "Points", "stats": "Stats"}
"""The views by name, as their buttons call them."""

_POINTS = (
    Column("", right=True),
    Column("No", right=True),
    Column("Driver", gives_way=True),
    Column("Pts", right=True),
    Column("Gap", right=True),
    Column("W", right=True),
    Column("+/-"),
)
_STATS = (
    Column("", right=True),
    Column("Driver", gives_way=True),
    Column("W", right=True),
    Column("T5", right=True),
    Column("T10", right=True),
    Column("Stg", right=True),
    Column("Led", right=True),
    Column("AvF", right=True),
)
_STATS_LEGEND = "T5, T10: top fives and tens · Stg: stage wins · Led: laps led · AvF: average finish."


def standings(season: Season, question: StandingsQuestion, now: datetime) -> ui.LayoutView:
    """The season's table.

    Args:
        season: as it stands at ``now``.
        question: its ``after`` is a race of the season with results, or None for the latest.
        now: the asker's moment.
    """
    shown = season if question.after is None else season.through(question.after)
    rows = points_table(shown)
    page = Page.of(question.page, ROWS, len(rows))
    asked = replace(question, year=season.year, page=page.number)
    part = rows[page.part]
    lines = _stats(shown, part) if question.view == "stats" else _points(shown, part)
    small = [
        NO_RESET if rows and has_playoffs(season) else "",
        _STATS_LEGEND if rows and question.view == "stats" else "",
        freshness(season, now),
    ]
    links = pager(page, lambda number: replace(asked, page=number))
    links += [Link(label, replace(asked, view=view)) for view, label in VIEWS.items() if view != question.view]
    yellow = not rows or (question.after is None and missing(season, now))
    return card(
        _title(shown, question.after is not None or last_held(season, now) is not None),
        _headline(shown, rows),
        lines,
        accent=Accent.YELLOW if yellow else make_accent(rows[0].make),
        small=small,
        controls=row(links if rows else []),
    )


def _title(season: Season, past: bool) -> str:
    """``past`` says that the table is not today's: races were run since."""
    latest = season.latest
    if not past or latest is None:
        return f"{season.year} standings"
    return f"{season.year} standings after race {latest.round}, {escape(latest.track.short)}"


def _headline(season: Season, rows: Sequence[Standing]) -> str:
    """Who leads and by how much; after the last race who is champion, which the points alone do not say."""
    if not rows:
        return f"No results of {season.year} are held yet."
    leader = f"**{escape(name_of(season, rows[0].driver))}**"
    wins = count(rows[0].wins, "win") if rows[0].wins else "no win yet"
    lead = rows[1].points - rows[0].points if len(rows) > 1 else 0
    level = f"level with **{escape(name_of(season, rows[1].driver))}** on points" if len(rows) > 1 and not lead else ""
    if season.champion is None:
        ahead = level or (f"by {-lead:,}" if lead else "")
        return listed([" ".join(part for part in (leader, "leads", ahead) if part), wins])
    if season.champion == rows[0].driver:
        return listed([f"{leader} is the champion", f"most points by {-lead:,}" if lead else level, wins])
    champion = f"**{escape(name_of(season, season.champion))}** is the champion"
    return listed([champion, f"{leader} has the most points", wins])


def _points(season: Season, rows: Sequence[Standing]) -> str:
    return (
        table(
            _POINTS,
            [
                (
                    str(r.position),
                    r.number or "",
                    name_of(season, r.driver),
                    str(r.points),
                    str(-r.gap) if r.gap else NO_CHANGE,
                    str(r.wins),
                    _change(r.change),
                )
                for r in rows
            ],
        )
        if rows
        else ""
    )


def _stats(season: Season, rows: Sequence[Standing]) -> str:
    return (
        table(
            _STATS,
            [
                (
                    str(r.position),
                    initialled(name_of(season, r.driver)),
                    str(r.wins),
                    str(r.top_fives),
                    str(r.top_tens),
                    str(r.stage_wins),
                    str(r.led),
                    average(r.average_finish),
                )
                for r in rows
            ],
        )
        if rows
        else ""
    )


def _change(places: int | None) -> str:
    """▲2 gained, ▼1 lost, – the same; nothing for who was not in the table before."""
    if places is None:
        return ""
    return f"▲{places}" if places > 0 else f"▼{-places}" if places < 0 else NO_CHANGE
