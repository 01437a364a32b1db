"""/standings: as they are or as they were after a race, in the view asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from discord import ui

from bot.championship.computed_season import ComputedSeason
from bot.championship.formats import format_of
from bot.championship.official import official_place, postseason_begun
from bot.championship.ranking import ranking
from bot.championship.table import PointsStanding
from bot.questions.core import STANDINGS_VIEWS, ClinchQuestion, PlayoffsQuestion, StandingsQuestion
from bot.render.blocks import Accent, Page, card, freshness, has_playoffs, last_held, make_accent, missing
from bot.render.buttons import Link, QuestionSelect, pager, row
from bot.render.formatting import average, count, escape, joined, listed, name_of, ordinal
from bot.render.playoff_table import has_postseason, left_out, playoffs_matter
from bot.render.standings_views import StandingsContent, content_of, title, view_label, what_if_rules
from bot.render.stats import MOST_NAMED, StatsQuestion, figure_name
from bot.render.tables import Column, initialled, table
from db.models import Season

T = TypeVar("T")

ROWS = 15
NO_RESET = "Season points; the playoff reset is not applied."
NO_CHANGE = "–"
_POINTS = (
    Column("", right=True),
    Column("No", right=True),
    Column("Driver", gives_way=True),
    Column("Pts", right=True),
    Column("Gap", right=True),
    Column("W", right=True),
    Column("+/-"),
)
_STAGE_WINS = Column("Stg", right=True)
_STATS = (
    Column("", right=True),
    Column("Driver", gives_way=True),
    Column("W", right=True),
    Column("T5", right=True),
    Column("T10", right=True),
    _STAGE_WINS,
    Column("Led", right=True),
    Column("AvF", right=True),
)
_COUNTED = ("wins", "top-fives", "top-tens", "stage-wins", "laps-led")
"""What the stats count, of which whoever has the most need not have the most points."""


def standings(
    computed: ComputedSeason, question: StandingsQuestion, now: datetime, then: ComputedSeason | None = None
) -> ui.LayoutView:
    """The standings in the view asked for, or in the one that matters at the time.

    Args:
        computed: the season as it stands at ``now``.
        question: its ``after`` is a race of the season with results, or None for the latest.
        now: the current time.
        then: the season as it stood after that race; None for the latest.
    """
    season, shown = computed.season, then or computed
    view = settled_view(shown, question.view)
    asked = replace(question, year=season.year, view=view)
    past = question.after is not None or last_held(season, now) is not None
    content = content_of(shown, view, past=past) or _points_content(shown, view, past=past)
    page = Page.of(question.page, ROWS, content.rows)
    links = pager(page, lambda number: replace(asked, page=number))
    if view == "playoffs":
        links += [Link("Round by round", PlayoffsQuestion(season.year))]
        ahead = question.after is None and season.next_race(now) is not None
        links += [Link("Clinch scenarios", ClinchQuestion())] if ahead else []
    if view == "stats":
        links.append(Link("Rank by a figure", StatsQuestion(season.year, question.after)))
    yellow = not content.rows or (question.after is None and missing(season, now))
    return card(
        content.title,
        *content.above,
        content.table(page.part),
        *content.below,
        accent=Accent.YELLOW if yellow else make_accent(content.make),
        small=[*content.small, left_out(shown.standings), freshness(season, now)],
        select=_select(shown, asked) if content.rows else None,
        controls=row(links if content.rows else []),
    )


def settled_view(computed: ComputedSeason, view: str | None) -> str:
    """The view to show when this one is asked for: the same where the season has it, else the one that matters."""
    season = computed.season
    if view is None:
        return "playoffs" if playoffs_matter(computed) else "points"
    if view == "playoffs" and not has_postseason(season):
        return "points"
    if view == "full-season" and not postseason_begun(computed):
        return "points"  # nothing was reset yet, so it is the same table
    rules = what_if_rules(season.year, view)
    if rules == format_of(season.year):
        return settled_view(computed, "playoffs")
    if rules is not None and rules.rounds and not has_postseason(season, rules):
        return "points"
    return view


def points_line(computed: ComputedSeason, key: str) -> str:
    """A driver's place in the standings: ``**Points** 2nd, 3,718 points``; empty where there is none."""
    place = official_place(computed, key)
    return f"**Points** {ordinal(place.position)}, {count(place.points, 'point')}" if place is not None else ""


def _select(computed: ComputedSeason, asked: StandingsQuestion) -> ui.ActionRow[Any]:
    season = computed.season
    offered = [view for view in STANDINGS_VIEWS if settled_view(computed, view) == view]
    if not season.rookies:
        offered.remove("rookies")
    links = [
        Link(view_label(season.year, view), replace(asked, view=view, page=1), off=view == asked.view)
        for view in offered
    ]
    return ui.ActionRow(QuestionSelect.of("view", "Another view", links))


def _points_content(computed: ComputedSeason, which: str, *, past: bool) -> StandingsContent:
    """The views of season points without a reset: ``points`` and ``stats``."""
    season, rows = computed.standings.season, computed.counted_points_table
    lines = _stats if which == "stats" else _points
    return StandingsContent(
        title(season, _points_title(computed, which), past=past),
        (_headline(computed, rows), *([_most(computed)] if rows and which == "stats" else [])),
        lambda part: lines(season, rows[part]),
        len(rows),
        make=rows[0].make if rows else None,
        small=(
            NO_RESET if rows and has_playoffs(season) else "",
            _stats_legend(season) if rows and which == "stats" else "",
        ),
    )


def _points_title(computed: ComputedSeason, which: str) -> str:
    """What the table is: the standings, until the postseason makes them another table than season points."""
    year = computed.season.year
    if not postseason_begun(computed):
        return f"{year} standings"
    return f"{year} stats, in order of season points" if which == "stats" else f"{year} season points"


def _headline(computed: ComputedSeason, rows: Sequence[PointsStanding]) -> str:
    """Who leads and by how much; after the last race who is champion, which points alone do not decide."""
    season = computed.season
    if not rows:
        return f"No results for {season.year} yet."
    leader = f"**{escape(name_of(season, rows[0].driver))}**"
    wins = count(rows[0].wins, "win") if rows[0].wins else "no wins yet"
    lead = rows[1].points - rows[0].points if len(rows) > 1 else 0
    level = f"tied with **{escape(name_of(season, rows[1].driver))}** on points" if len(rows) > 1 and not lead else ""
    champion = season.champion or computed.standings.standings.champion
    if champion is None:
        ahead = level or (f"by {-lead:,}" if lead else "")
        return listed([" ".join(part for part in (leader, "leads", ahead) if part), wins])
    if champion == rows[0].driver:
        return listed([f"{leader} is the champion", f"most points by {-lead:,}" if lead else level, wins])
    crowned = f"**{escape(name_of(season, champion))}** is the champion"
    return listed([crowned, f"{leader} has the most points and {wins}"])


def _most(computed: ComputedSeason) -> str:
    """Who has the most of each thing that the stats count, a line for each driver or those who share a place."""
    found: dict[tuple[str, ...], list[str]] = {}
    for by in _COUNTED:
        ranked = [each for each in ranking(computed, by) if each.position == 1]
        if ranked:
            each = " each" if len(ranked) > 1 else ""
            figure = f"{figure_name(by).casefold()} ({ranked[0].figure:,.0f}{each})"
            found.setdefault(tuple(each.driver for each in ranked), []).append(figure)
    names = {drivers: [f"**{escape(name_of(computed.season, key))}**" for key in drivers] for drivers in found}
    return "\n".join(
        f"{joined(names[drivers]) if len(drivers) <= MOST_NAMED else count(len(drivers), 'driver')}: "
        f"most {joined(figures)}"
        for drivers, figures in found.items()
    )


def _points(season: Season, rows: Sequence[PointsStanding]) -> str:
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


def _stats(season: Season, rows: Sequence[PointsStanding]) -> str:
    if not rows:
        return ""
    lines = [
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
    ]
    if format_of(season.year).stage:
        return table(_STATS, lines)
    staged = _STATS.index(_STAGE_WINS)
    return table(_without(_STATS, staged), [_without(line, staged) for line in lines])


def _without(row: tuple[T, ...], index: int) -> tuple[T, ...]:
    return row[:index] + row[index + 1 :]


def _stats_legend(season: Season) -> str:
    stages = "Stg: stage wins · " if format_of(season.year).stage else ""
    return f"T5, T10: top fives and tens · {stages}Led: laps led · AvF: average finish."


def _change(places: int | None) -> str:
    """▲2 for places gained, ▼1 for lost, – for the same; empty for a driver who was not in the table before."""
    if places is None:
        return ""
    return f"▲{places}" if places > 0 else f"▼{-places}" if places < 0 else NO_CHANGE
