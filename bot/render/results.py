"""/results: who won a race and how, then the finishing order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from discord import ui

from bot.championship.distance import stages_not_run
from bot.laps.report import RaceReport
from bot.questions.core import ResultsQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent, Page, card, freshness, scored_stages, short_distance
from bot.render.buttons import BUTTONS, Link, fitted, pager, row
from bot.render.formatting import count, escape, listed, name_of, ordinal, race_name, status
from bot.render.not_held import RESULTS, not_held, when_held
from bot.render.penalties import of_race
from bot.render.tables import MARK, Column, initialled, table
from db.models import Outcome, Race, Result, Season
from db.results_state import ResultsState

ROWS = 12
NAME_WIDTH, SHORT_NAME_WIDTH = 40, 16
"""Columns of a name in a line, and in a list of names."""
ELSEWHERE = "(i): scores points in another series."
ROOKIE = f"\\{MARK} rookie"
UNOFFICIAL = "These results are not official yet."
NO_STAGES = "Stage points by driver are not on record."
_COLUMNS = (
    Column("Fin", right=True),
    Column("St", right=True),
    Column("No", right=True),
    Column("Driver", gives_way=True),
    Column("Led", right=True),
    Column("Stg", right=True),
    Column("Pts", right=True),
)
_STAGE_COLUMN = 5


def results(
    season: Season,
    race: Race,
    question: ResultsQuestion,
    now: datetime,
    before: Race | None = None,
    report: RaceReport | None = None,
) -> ui.LayoutView:
    """A race's results, or a note that there are none.

    Args:
        season: as it stands at ``now``; ``race`` is one of its races.
        race: the race asked for.
        question: its page.
        now: the current time.
        before: the last race at this track before it, offered where this one has no results.
        report: what the race's laps tell, where they are held.
    """
    standing = season.results.get(race.round, ())
    rows = standing or season.partial.get(race.round, ())
    page = Page.of(question.page, ROWS, len(rows))
    asked = ResultsQuestion(season.year, race.round, page.number)
    pages = pager(page, lambda number: replace(asked, page=number))
    part, stages = rows[page.part], any(r.stage_points is not None for r in rows)
    order = _order(season, part, stages) if rows else ""
    if not standing:
        return not_held(RESULTS, season, race, now, before, order=order, pages=pages)
    small = [
        "" if stages else NO_STAGES,
        ELSEWHERE if any(not r.entry.eligible for r in part) else "",
        ROOKIE if any(r.entry.rookie for r in part) else "",
        UNOFFICIAL if race.results_stated is ResultsState.UNOFFICIAL else "",
        *of_race(season, race.round),
        freshness(season, now),
    ]
    links = [
        *pages,
        Link("Recap", RecapQuestion(season.year, race.round)),
        Link("Standings", StandingsQuestion(season.year, race.round)),
    ]
    beside = _neighbours(season, race)
    # On later pages the pager comes first: other races are offered only if there is room for both.
    links += beside if page.number == 1 or len(links) + len(beside) <= BUTTONS else []
    return card(
        f"{escape(race_name(race))} · {escape(race.track.short)}",
        _headline(season, race, rows),
        _story(season, race, rows, report),
        order,
        _out(season, part),
        accent=Accent.CHECKERED,
        small=small,
        controls=row(fitted(links)),
    )


def _neighbours(season: Season, race: Race) -> list[Link]:
    """The races with results before and after this one."""
    before = [r for r in season.run if r.day_run < race.day_run][-1:]
    after = [r for r in season.run if r.day_run > race.day_run][:1]
    links = [Link(f"Race {r.round}", ResultsQuestion(season.year, r.round)) for r in before]
    return links + [Link(f"Race {r.round}", ResultsQuestion(season.year, r.round)) for r in after]


def _headline(season: Season, race: Race, rows: Sequence[Result]) -> str:
    winner = rows[0].driver
    pole = race.outcome.pole if race.outcome else None
    won = f"**{escape(name_of(season, winner))}** won{' from the pole' if pole == winner else ''}"
    return f"{won} · {when_held(season, race)}"


def _story(season: Season, race: Race, rows: Sequence[Result], report: RaceReport | None) -> str:
    """Pole, stages, laps led, fastest lap, the biggest move, stops, cautions and margin, each where it is known."""
    outcome = race.outcome or Outcome()

    def who(key: str) -> str:
        return escape(name_of(season, key), NAME_WIDTH)

    short = short_distance(race, rows)
    lines = [f"**{short[0].upper()}{short[1:]}**" if short else ""]
    if outcome.pole and outcome.pole != rows[0].driver:
        lines.append(f"**Pole** {who(outcome.pole)}")
    stages, never = scored_stages(race, rows), stages_not_run(race, rows)
    if any(stages) or never:
        said = [
            who(key) if key else "not run" if number in never else "not on record"
            for number, key in enumerate(stages, 1)
        ]
        both = len(said) == 2 and said[0] == said[1] and all(stages)
        lines.append(f"**Both stages** {said[0]}" if both else f"**Stages** {', '.join(said)}")
    most = max(r.led for r in rows)
    if most:
        laps = outcome.laps or max(r.laps for r in rows)
        leaders = " and ".join(who(r.driver) for r in rows if r.led == most)
        lines.append(f"**Most laps led** {leaders} ({most} of {laps})")
    if outcome.fastest_lap:
        lines.append(f"**Fastest lap** {who(outcome.fastest_lap.driver)}{_speed(outcome)}")
    if outcome.rookie_of_the_race:
        lines.append(f"**Rookie of the race** {who(outcome.rookie_of_the_race)}")
    lines += _from_laps(season, report) if report is not None else []
    lines.append(_flags(outcome))
    return "\n".join(filter(None, lines))


def _from_laps(season: Season, report: RaceReport) -> list[str]:
    """``**Biggest move in a run** Nathan Byrd, 29th to 12th (laps 47–65)`` and ``**Winner's stops** laps 22, 42``."""
    lines = []
    if report.biggest is not None:
        move, run = report.biggest, report.biggest.run
        who, places = (
            escape(name_of(season, move.driver), NAME_WIDTH),
            f"{ordinal(move.before)} to {ordinal(move.after)}",
        )
        lines.append(f"**Biggest move in a run** {who}, {places} (laps {run.first}–{run.last})")
    if report.winner_stops:
        several = "s" if len(report.winner_stops) > 1 else ""
        lines.append(f"**Winner's stops** lap{several} {', '.join(map(str, report.winner_stops))}")
    return lines


def _speed(outcome: Outcome) -> str:
    lap = outcome.fastest_lap
    if lap is None or (lap.seconds is None and lap.mph is None):
        return ""
    seconds = f"{lap.seconds:.3f} s" if lap.seconds is not None else ""
    mph = f"{lap.mph:.3f} mph" if lap.mph is not None else ""
    return f", {seconds} ({mph})" if seconds and mph else f", {seconds or mph}"


def _flags(outcome: Outcome) -> str:
    cautions = ""
    if outcome.cautions is not None:
        laps = f" ({count(outcome.caution_laps, 'lap')})" if outcome.caution_laps is not None else ""
        cautions = f"**Cautions** {outcome.cautions}{laps}"
    changes = f"**Lead changes** {outcome.lead_changes}" if outcome.lead_changes is not None else ""
    margin = f"**Margin** {outcome.margin:.3f} s" if outcome.margin is not None else ""
    if outcome.under_caution:
        margin = "Ended under caution"
    return listed([cautions, changes, margin])


def _order(season: Season, rows: Sequence[Result], stages: bool) -> str:
    lines = [
        [
            str(r.finish),
            "?" if r.start is None else str(r.start),
            r.entry.number,
            name_of(season, r.driver) + (MARK if r.entry.rookie else ""),
            str(r.led or "–"),
            "?" if r.stage_points is None else str(r.stage_points or "–"),
            str(r.points) if r.entry.eligible else "(i)",
        ]
        for r in rows
    ]
    kept = [i for i in range(len(_COLUMNS)) if stages or i != _STAGE_COLUMN]
    return table([_COLUMNS[i] for i in kept], [[line[i] for i in kept] for line in lines])


def _out(season: Season, rows: Sequence[Result]) -> str:
    """The drivers of this page who were not running at the finish, by reason."""
    why: dict[str, list[str]] = {}
    for r in rows:
        if r.disqualified or not r.running:
            reason = "disqualified" if r.disqualified else status(r)
            why.setdefault(reason, []).append(escape(initialled(name_of(season, r.driver)), SHORT_NAME_WIDTH))
    said = "; ".join(f"{escape(reason, SHORT_NAME_WIDTH)}: {', '.join(names)}" for reason, names in why.items())
    return f"**Out** {said}" if said else ""
