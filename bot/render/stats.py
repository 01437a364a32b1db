"""/stats: a season's drivers ranked by any figure that is kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from discord import ui

from bot.championship.computed_season import ComputedSeason
from bot.championship.driver_record import Totals
from bot.championship.ranking import FIGURES, Ranked, ranking, starts_needed
from bot.questions.core import PAGE, ROUND, YEAR, Question, StandingsQuestion, Word, parameter
from bot.render.blocks import Accent, Page, card, freshness, last_held, make_accent, missing
from bot.render.buttons import Link, QuestionSelect, pager, row
from bot.render.formatting import average, count, escape, joined, name_of
from bot.render.standings_views import title
from bot.render.tables import Column, table

ROWS = 15
MOST_NAMED = 3
"""Drivers who share the first place and are named; more than that are counted."""


class StatsQuestion(Question, topic="stats"):
    """A season's drivers ranked by a figure; ``after`` is a round."""

    year: int | None = parameter(YEAR, default=None)
    after: int | None = parameter(ROUND, default=None)
    by: str = parameter(Word(tuple(FIGURES)), default="wins")
    page: int = parameter(PAGE, default=1)


@dataclass(frozen=True, slots=True)
class _Label:
    """How a figure is called: in a select, in a sentence, and at the head of a column."""

    name: str
    best: str
    head: str


_LABELS: dict[str, _Label] = {
    "wins": _Label("Wins", "the most wins", "W"),
    "top-fives": _Label("Top fives", "the most top fives", "T5"),
    "top-tens": _Label("Top tens", "the most top tens", "T10"),
    "poles": _Label("Poles", "the most poles", "Poles"),
    "stage-wins": _Label("Stage wins", "the most stage wins", "Stg"),
    "laps-led": _Label("Laps led", "the most laps led", "Led"),
    "average-finish": _Label("Average finish", "the best average finish", "AvF"),
    "average-start": _Label("Average start", "the best average start", "AvS"),
    "dnfs": _Label("DNFs", "the most DNFs", "DNF"),
    "starts": _Label("Starts", "the most starts", "Starts"),
}
_BESIDE = ("starts", "wins", "top-tens", "average-finish")
"""What the table shows beside the figure that it ranks by."""
_MEANS = {
    "T5": "T5: top fives",
    "T10": "T10: top tens",
    "Stg": "Stg: stage wins",
    "Led": "Led: laps led",
    "AvF": "AvF: average finish",
    "AvS": "AvS: average start",
    "DNF": "DNF: races not finished",
}


def figure_name(by: str) -> str:
    """What a figure is called by itself: ``Average finish``."""
    return _LABELS[by].name


def stats(
    computed: ComputedSeason, question: StatsQuestion, now: datetime, then: ComputedSeason | None = None
) -> ui.LayoutView:
    """The ranking by the figure that is asked for.

    Args:
        computed: the season as it stands at ``now``.
        question: its ``after`` is a race of the season with results, or None for the latest.
        now: the current time.
        then: the season as it stood after that race; None for the latest.
    """
    season, shown = computed.season, then or computed
    asked = replace(question, year=season.year)
    past = question.after is not None or last_held(season, now) is not None
    ranked = ranking(shown, question.by)
    page = Page.of(question.page, ROWS, len(ranked))
    columns = list(dict.fromkeys((question.by, *_BESIDE)))
    links = pager(page, lambda number: replace(asked, page=number))
    links.append(Link("Standings", StandingsQuestion(season.year, question.after)))
    leader = _make_of(shown, ranked[0].driver) if ranked else None
    yellow = not ranked or (question.after is None and missing(season, now))
    return card(
        title(shown.season, f"{season.year} stats · {figure_name(question.by)}", past=past),
        _answer(shown, question.by, ranked),
        _table(shown, columns, ranked[page.part]) if ranked else "",
        accent=Accent.YELLOW if yellow else make_accent(leader),
        small=[_legend(columns, ranked[page.part]), *_notes(shown, question.by), freshness(season, now)],
        select=_select(asked) if season.run else None,
        controls=row(links),
    )


def _make_of(computed: ComputedSeason, driver: str) -> str | None:
    return next(
        (each.result.entry.make for each in reversed(computed.races_of(driver)) if each.result.entry.make), None
    )


def _answer(computed: ComputedSeason, by: str, ranked: Sequence[Ranked]) -> str:
    season, label = computed.season, _LABELS[by]
    if not season.run:
        return f"No results for {season.year} yet."
    if not ranked:
        what = label.best.removeprefix("the most ").removeprefix("the best ")
        return f"No {what} on record for {season.year} yet."
    first = [each.driver for each in ranked if each.position == 1]
    names = joined(f"**{escape(name_of(season, driver))}**" for driver in first)
    who = names if len(first) <= MOST_NAMED else count(len(first), "driver")
    verb, each = ("have", " each") if len(first) > 1 else ("has", "")
    return f"{who} {verb} {label.best}, {_shown(by, ranked[0].totals)}{'' if FIGURES[by].average else each}"


def _shown(by: str, totals: Totals) -> str:
    value = FIGURES[by].value(totals)
    if FIGURES[by].average:
        return average(value)
    return "?" if value is None else f"{value:,.0f}"


def _table(computed: ComputedSeason, figures: Sequence[str], ranked: Sequence[Ranked]) -> str:
    columns = [Column("", right=True), Column("Driver", gives_way=True)]
    columns += [Column(_LABELS[each].head, right=True) for each in figures]
    rows = [
        (
            f"{'T' if each.tied else ''}{each.position}",
            name_of(computed.season, each.driver),
            *(_shown(figure, each.totals) for figure in figures),
        )
        for each in ranked
    ]
    return table(columns, rows)


def _legend(figures: Sequence[str], ranked: Sequence[Ranked]) -> str:
    """What the heads of the columns mean that are not words, and the letter before a place that is shared."""
    heads = [_LABELS[each].head for each in figures]
    said = [_MEANS[head] for head in heads if head in _MEANS] if ranked else []
    said += ["T before a place: tied"] if any(each.tied for each in ranked) else []
    return " · ".join(said) + "." if said else ""


def _notes(computed: ComputedSeason, by: str) -> list[str]:
    """What the ranking leaves out."""
    run = len(computed.season.run)
    notes = []
    if FIGURES[by].average and run:
        least = starts_needed(computed)
        notes.append(f"Drivers with at least {count(least, 'start')}, half of the races run.")
    known = sum(1 for race in computed.season.run if race.outcome and race.outcome.pole)
    if by == "poles" and known < run:
        notes.append(f"Poles are on record for {known} of {run} races.")
    return notes


def _select(asked: StatsQuestion) -> ui.ActionRow[Any]:
    links = [Link(figure_name(by), replace(asked, by=by, page=1), off=by == asked.by) for by in FIGURES]
    return ui.ActionRow(QuestionSelect.of("by", "Rank by another figure", links))
