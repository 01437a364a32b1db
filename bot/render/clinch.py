"""/clinch: what a driver needs at the next race to clinch a spot; or what everyone needs, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from discord import ui

from bot.championship.clinching import NEAR, Need, Verdict
from bot.championship.computed_season import ComputedSeason
from bot.championship.postseason import Place
from bot.questions.core import ClinchQuestion, DriverQuestion, NextQuestion, StandingsQuestion
from bot.render.blocks import Accent, card, freshness, make_accent, missing
from bot.render.buttons import Link, row
from bot.render.formatting import count, day, escape, joined, name_of, ordinal, race_name, spelled
from bot.render.playoff_table import (
    CUT_LINE,
    ELIGIBLE,
    StandingsBoard,
    board_of,
    by_gap,
    cut_figure,
    has_cut,
    has_postseason,
    headline,
    left_out,
    postseason,
    progress,
    standing,
)
from bot.render.tables import Column, table
from db.models import Driver, Race, Season

_COLUMNS = (
    Column("", right=True),
    Column("No", right=True),
    Column("Driver", gives_way=True),
    Column("Cut", right=True),
    Column("Needs", right=True),
)
LEGEND = "Needs: points at the next race that clinch no matter what anyone else does; win: a win clinches"
NOTHING = "–"
"""Shown where no result of the next race clinches on its own."""


@dataclass(frozen=True, slots=True)
class ClinchFacts:
    """The season as it stands, its next race, and the driver; None for everyone."""

    computed: ComputedSeason
    race: Race | None
    driver: Driver | None = None

    @property
    def season(self) -> Season:
        return self.computed.season


def clinch(facts: ClinchFacts, question: ClinchQuestion, now: datetime) -> ui.LayoutView:
    """What the driver needs at the next race, or what everyone needs."""
    del question
    season = facts.season
    board = board_of(facts.computed)
    title, body, legend = _answer(facts, board, now)
    links = [Link("Standings", StandingsQuestion(season.year, view="playoffs" if has_postseason(season) else None))]
    if facts.driver is not None:
        everybody = [Link("Clinch scenarios", ClinchQuestion())] if _open(facts, board, now) else []
        links = [*everybody, Link("Season", DriverQuestion(facts.driver.key, season.year)), *links]
    if facts.race is not None:
        links.append(Link("Next race", NextQuestion()))
    who = facts.driver.key if facts.driver else board.standings.places[0].who if board.standings.places else ""
    return card(
        title,
        *body,
        accent=Accent.YELLOW if missing(season, now) else make_accent(board.makes.get(who)),
        small=[legend, left_out(facts.computed.standings), freshness(season, now)],
        controls=row(links),
    )


def _open(facts: ClinchFacts, board: StandingsBoard, now: datetime) -> bool:
    """Whether anything is left to decide, and the results of all races run are known."""
    return (
        has_postseason(facts.season)
        and bool(facts.season.run)
        and board.standings.champion is None
        and facts.race is not None
        and not missing(facts.season, now)
    )


def _answer(facts: ClinchFacts, board: StandingsBoard, now: datetime) -> tuple[str, list[str], str]:
    """Title, body and legend of the answer."""
    season, standings = facts.season, board.standings
    who = escape(name_of(season, facts.driver.key)) if facts.driver else ""
    name = f"#{escape(board.numbers.get(facts.driver.key, ''))} {who}" if facts.driver else ""
    title = f"{name.removeprefix('# ') or 'Clinch scenarios'} · {_phase_name(board)}"
    place = standings.place(facts.driver.key) if facts.driver else None
    applies_here = place is not None and has_postseason(season) and season.run
    position = standing(facts.computed, board, place) if place is not None and applies_here else ""
    if facts.race is None or not _open(facts, board, now):
        return title, [_closed(facts, board), position], ""
    known = facts.computed.needs
    if facts.driver is None:
        return title, [*_everyone(board, facts.race, known)], _legend(board, known)
    if place is None:
        said = f"{who} isn't in the {season.year} standings."
        return title, [said, "That means points in another series, or no starts yet."], ""
    at = f"Next: {escape(race_name(facts.race))}, {escape(facts.race.track.short)}, {day(facts.race.date)}"
    applies = place.who in standings.current.totals and bool(known)
    need = known.get(place.who)
    small = _while_eligible(board) if need is not None and _assured(need) else ""
    return title, [_sentence(board, place, facts.race, known), f"{position}\n{at}" if applies else at], small


def _assured(need: Need) -> bool:
    """Whether something is certain, now or with a result of the next race."""
    return need.verdict is Verdict.CERTAIN or need.win or need.points is not None


def _while_eligible(board: StandingsBoard) -> str:
    """The note that a driver must stay eligible: until the field is set, results alone do not make a spot certain."""
    return ELIGIBLE if len(board.standings.phases) == 1 and board.standings.rules.rounds else ""


def _legend(board: StandingsBoard, known: Mapping[str, Need]) -> str:
    """What the column of needs means; empty where nothing in it needs one."""
    needed = [_short(need) for need in known.values()]
    if set(needed) <= {NOTHING}:
        return ""
    dash = f"; {NOTHING}: nothing at this race clinches on its own" if NOTHING in needed else ""
    return " ".join(filter(None, [f"{LEGEND}{dash}.", _while_eligible(board)]))


def _phase_name(board: StandingsBoard) -> str:
    """What is being decided: the name of the phase under way."""
    standings = board.standings
    if len(standings.phases) == 1:
        return f"making the {postseason(standings.rules)}" if standings.rules.rounds else "the title"
    return standings.current.name


def _closed(facts: ClinchFacts, board: StandingsBoard) -> str:
    season = facts.season
    if not has_postseason(season):
        return "This season has no playoffs, so there's nothing to clinch but the title."
    if not season.run:
        return f"No results for {season.year} yet, so there are no clinch scenarios."
    if board.standings.champion is not None:
        return f"The {season.year} championship is decided: {board.bold(board.standings.champion)} is champion."
    last = season.latest.round if season.latest else 0
    return f"Results run only through race {last} of {len(season.races)}, so there are no clinch scenarios."


def _everyone(board: StandingsBoard, race: Race, known: Mapping[str, Need]) -> list[str]:
    """The table of the phase under way; in a finale, who races for the title."""
    at = f"At {escape(race_name(race))}, {escape(race.track.short)}, {day(race.date)}"
    far = progress(board.standings, named=len(board.standings.phases) < 2)
    said = "\n".join(filter(None, [headline(board), far, at]))
    if not known:
        lines = [(board.numbers.get(who, ""), board.names.get(who, who)) for who in board.standings.current.entered]
        return [said, table((Column("No", right=True), Column("Driver", gives_way=True)), lines)]
    if all(_short(need) == NOTHING for need in known.values()):
        nothing = f"No result at {escape(race.track.short)} clinches anything on its own."
        return [said, f"{nothing} {'The cut line' if has_cut(board) else 'The order'} so far is under **Standings**."]
    places = [place for place in board.standings.places if place.who in known]
    rows = [
        (
            str(place.position),
            board.numbers.get(place.who, ""),
            board.names.get(place.who, place.who),
            cut_figure(board, place),
            _short(known[place.who]),
        )
        for place in places
    ]
    spots = board.standings.current.spots
    columns = _COLUMNS if has_cut(board) else (*_COLUMNS[:3], Column("Gap", right=True), _COLUMNS[4])
    return [said, table(columns, rows, {spots: CUT_LINE} if has_cut(board) and spots < len(rows) else None)]


def _short(need: Need) -> str:
    """``in``, ``out``, ``47 or win``, ``win``; a dash where nothing at one race clinches."""
    if need.verdict is Verdict.CERTAIN:
        return "in"
    if need.verdict is Verdict.OUT:
        return "out"
    return (
        " or ".join([*([str(need.points)] if need.points is not None else []), *(["win"] if need.win else [])])
        or NOTHING
    )


def _goal(board: StandingsBoard) -> str:
    """What is clinched: a spot in the playoffs, in the next round, or the title."""
    standings = board.standings
    if standings.current.spots == 1:
        return "the title"
    if len(standings.phases) == 1:
        return f"a spot in the {postseason(standings.rules)}"
    return f"a spot in the {standings.rules.rounds[len(standings.phases) - 1].name}"


def _sentence(board: StandingsBoard, place: Place, race: Race, known: Mapping[str, Need]) -> str:
    """What the driver needs, in words."""
    now = board.standings.current
    need, track = known.get(place.who), escape(race.track.short)
    if place.who not in now.totals:
        return _not_in_it(board, place)
    if need is not None:
        return _need(board, need, track)
    if now.spots == 1 and not by_gap(board):
        rest = joined(board.bold(who) for who in now.entered if who != place.who)
        return f"Wins the title by finishing **ahead of the other {spelled(len(now.entered) - 1)}** at {track}: {rest}"
    if any(each.win for each in known.values()):
        return f"Needs **a win** at {track} to clinch {_goal(board)}; points aren't figured this far back"
    return f"A long way from {_goal(board)}; needs are figured only for the top {spelled(NEAR)}"


def _need(board: StandingsBoard, need: Need, track: str) -> str:
    """What a driver in the phase under way needs."""
    now, goal = board.standings.current, _goal(board)
    won = need.who in now.winners
    if need.verdict is Verdict.CERTAIN:
        how = "with a win" if won else "on points"
        return "**Has clinched the title**" if now.spots == 1 else f"**Locked in** {how}: has clinched {goal}"
    if need.verdict is Verdict.OUT:
        return f"**Can no longer** get {goal}"
    if won:
        return f"In with a win, but not locked in yet: {_crowd(board)}"
    if need.points is not None:
        win = ", or a win" if need.win else ""
        return (
            f"Needs **{count(need.points, 'point')}** at {track} to clinch {goal} no matter what anyone else does{win}"
        )
    if need.win:
        return f"Needs **a win** at {track} to clinch {goal}; no points total is enough on its own"
    crowded = board.standings.rules.winners_first and len(board.standings.phases) == 1
    return f"No result at {track} clinches {goal} on its own" + (f": {_crowd(board)}" if crowded else "")


def _crowd(board: StandingsBoard) -> str:
    now = board.standings.current
    have = "has" if len(now.winners) == 1 else "have"
    return f"{spelled(len(now.winners))} {have} won, {count(now.left, 'race')} left, {spelled(now.spots)} spots"


def _not_in_it(board: StandingsBoard, place: Place) -> str:
    """Why a driver outside the phase under way has nothing to clinch."""
    name, spot = board.plain(place.who), ordinal(place.position)
    rest = f"{spot} in the standings, with races still to win, but not the title."
    for each in board.standings.phases[1:-1]:
        if place.who in each.eliminated:
            return f"**{name}** was eliminated in the {each.name}: {rest}"
    return f"**{name}** is not in the {postseason(board.standings.rules)} this year: {rest}"
