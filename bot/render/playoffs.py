"""/playoffs: round by round who advanced and how, and who was eliminated; before them, who would be in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from discord import ui

from bot.championship import scores
from bot.championship.computed_season import ComputedSeason
from bot.championship.formats import format_of
from bot.championship.phase import Phase
from bot.questions.core import ClinchQuestion, PlayoffsQuestion, StandingsQuestion
from bot.recaps.phrases import surname
from bot.render.blocks import Accent, card, freshness, last_held, make_accent, missing
from bot.render.buttons import Link, row
from bot.render.formatting import count, day, escape, joined, listed, spelled
from bot.render.playoff_table import (
    CHAMPION,
    CUT_LINE,
    StandingsBoard,
    board_of,
    by_gap,
    fate,
    has_cut,
    has_postseason,
    headline,
    left_out,
    legend,
    postseason,
    progress,
    signed,
    standings_table,
    tie_line,
)
from bot.render.tables import Column, table
from db.models import Race, Season

NEAR = 5
"""How many drivers below the line are shown while the field is open."""
SURNAME_WIDTH = 20
"""Columns for a name in a line that holds the whole field."""


def playoffs(
    computed: ComputedSeason, question: PlayoffsQuestion, now: datetime, years: Sequence[int]
) -> ui.LayoutView:
    """A season's playoffs, round by round.

    Args:
        computed: the season as it stands at ``now``.
        question: the question.
        now: the current time.
        years: the seasons on record.
    """
    del question
    season = computed.season
    rules = format_of(season.year)
    called = postseason(rules) if rules.rounds else "championship"
    links = [Link("Standings", StandingsQuestion(season.year, view="playoffs"))]
    if season.next_race(now) is not None and season.run:
        links.append(Link("Clinch scenarios", ClinchQuestion()))
    links += [Link(str(y), PlayoffsQuestion(y)) for y in (season.year - 1, season.year + 1) if y in years]
    board = board_of(computed)
    if not rules.rounds:
        body, small = [headline(board), _no_playoffs(computed)], ""
    elif not season.run or not has_postseason(season):
        said = f"No results for {season.year} yet." if has_postseason(season) else "This season has no playoffs."
        body, small = [said, _ahead(season, board) if has_postseason(season) else ""], ""
    elif len(board.standings.phases) == 1:
        body, small = _before(board), legend(board)
    else:
        body, small = _rounds(board), _legend(board)
    leader = board.standings.places[0].who if board.standings.places else ""
    stale = not season.run or missing(season, now)
    last = last_held(season, now)
    return card(
        f"{season.year} {called}" + (f" after race {last.round}, {escape(last.track.short)}" if last else ""),
        *body,
        accent=Accent.YELLOW if stale else make_accent(board.makes.get(leader)),
        small=[small, left_out(computed.standings), freshness(season, now)],
        controls=row(links),
    )


def _no_playoffs(computed: ComputedSeason) -> str:
    """What a season without a postseason had instead: the title went to the most points of all its races."""
    season, over = computed.season, computed.standings.standings.champion is not None
    races = count(len(season.races), "race")
    verb = "had" if over else "has"
    return f"{season.year} {verb} no playoffs: the most points of its {races} {'won' if over else 'win'} the title."


def _before(board: StandingsBoard) -> list[str]:
    """Before the playoffs: who would be in now, and who is nearest to them."""
    now = board.standings.current
    they = "they" if postseason(board.standings.rules).endswith("s") else "it"
    shown = board.standings.places[: now.spots + NEAR]
    return [
        headline(board),
        f"**If {they} started now** · {progress(board.standings)}",
        standings_table(board, shown),
        _ahead(board.season, board),
    ]


def _rounds(board: StandingsBoard) -> list[str]:
    standings = board.standings
    parts = [headline(board), _seats(board), _playoff_points(board)]
    for each in standings.phases[1:]:
        head = listed([f"**{each.name}**", _places_of(board.season, each.first, each.last), _state(board.season, each)])
        tie = f"\n{tie_line(board, 'Tie', each.tie)}" if each.tie else ""
        parts.append(f"{head}\n{_round_table(board, each)}{tie}")
    return [*parts, _ahead(board.season, board)]


def _playoff_points(board: StandingsBoard) -> str:
    """The playoff points that each driver brought to the first reset, most first; empty where there are none."""
    standings, opening = board.standings, board.standings.phases[1]
    if standings.rules.playoff_points is None or not standings.rules.rounds[0].carries:
        return ""
    scored, base = scores.driver_scores(board.season, standings.rules), standings.rules.rounds[0].base
    brought = {
        who: total - base - scored.points(who, opening.first, opening.last) for who, total in opening.totals.items()
    }
    field = [who for who in standings.phases[0].advanced if who in brought]
    names = _called(board, field)
    said = ", ".join(f"{names[who]} {brought[who]}" for who in sorted(field, key=lambda who: -brought[who]))
    called = standings.rules.playoff_points.name.capitalize()
    return f"**{called}** at the reset: {said}" if said else ""


def _called(board: StandingsBoard, field: Sequence[str]) -> dict[str, str]:
    """Surnames, or full names where two share one; escaped."""
    whole = {who: board.names.get(who, who) for who in field}
    short = {who: surname(name) for who, name in whole.items()}
    shared = {name for name, times in Counter(short.values()).items() if times > 1}
    return {who: escape(whole[who] if short[who] in shared else short[who], SURNAME_WIDTH) for who in field}


def _state(season: Season, each: Phase) -> str:
    """How far a round is; for a round of one race, its date."""
    race = season.race(each.last)
    if each.over or race is None:
        return ""
    return f"{each.run} of {count(each.races, 'race')} run" if each.first < each.last else day(race.date)


def _places_of(season: Season, first: int, last: int) -> str:
    """The tracks of a phase, by short name."""
    races = [race for race in season.races if first <= race.round <= last]
    return ", ".join(escape(race.track.short, 24) for race in races)


def _round_table(board: StandingsBoard, each: Phase) -> str:
    """Everyone in a round, best first: number, name, points, and how they advanced or by how much they missed."""
    rows = [
        (
            str(place),
            board.numbers.get(who, ""),
            board.names.get(who, who),
            str(each.totals[who]),
            _how(board, each, who),
        )
        for place, who in enumerate(each.entered, 1)
    ]
    columns = (
        Column("", right=True),
        Column("No", right=True),
        Column("Driver", gives_way=True),
        Column("Pts", right=True),
        Column("Gap" if by_gap(board) else "", right=True),
    )
    cut = {each.spots: CUT_LINE} if 1 < each.spots < len(each.entered) else None
    return table(columns, rows, cut)


def _how(board: StandingsBoard, each: Phase, who: str) -> str:
    """``win``, ``+12``, ``tie``, ``-8``; in the last round ``champ`` for the champion."""
    rules = board.standings.rules
    if each.spots == 1:
        if board.standings.champion == who:
            return CHAMPION
        return str(each.totals[who] - each.totals[each.entered[0]] or "–") if len(rules.rounds) < 2 else ""
    if who in each.winners:
        return "win"
    if each.tie is not None and who in (each.tie.ahead, each.tie.behind):
        return "tie"
    now = board.standings.current
    if each is now and has_cut(board):
        place = board.standings.place(who)
        return signed(place.to_cut) if place is not None and place.to_cut is not None else "–"
    return _margin(each, who)


def _margin(each: Phase, who: str) -> str:
    """Points above the first driver out, or below the last one in on points."""
    last_in, first_out = each.entered[each.spots - 1], each.entered[each.spots]
    if each.entered.index(who) < each.spots:
        return signed(each.totals[who] - each.totals[first_out])
    return "–" if last_in in each.winners else signed(each.totals[who] - each.totals[last_in])


def _seats(board: StandingsBoard) -> str:
    """How the field was made up: winners, drivers in on points, and the notes on their spots."""
    standings = board.standings
    regular = standings.phases[0]
    field = regular.advanced
    notes = _notes(board)
    if not standings.rules.winners_first:
        return "\n".join([f"**The field** {spelled(len(field))} on points", *notes])
    winners = [board.plain(who) for who in field if who in regular.winners]
    rest = [board.plain(who) for who in field if who not in regular.winners]
    said = [f"with a win {joined(winners)}"] if winners else []
    said += [f"on points {joined(rest)}"] if rest else []
    tie = [tie_line(board, "Tie", regular.tie)] if regular.tie else []
    return "\n".join([f"**In** {'; '.join(said)}", *tie, *notes])


def _notes(board: StandingsBoard) -> list[str]:
    """The notes on spots of the field, and on those who could not have one."""
    regular = board.standings.phases[0]
    return [
        f"{board.plain(seat.driver)} {escape(seat.note, 160)}."
        for seat in board.season.playoff_field
        if seat.note is not None and (seat.driver in regular.advanced or seat.driver in regular.barred)
    ]


def _ahead(season: Season, board: StandingsBoard) -> str:
    """The rounds that have not begun: where they are raced and how many advance."""
    rules = board.standings.rules
    begun = len(board.standings.phases) - 1 if season.run else 0
    first = len(season.races) - rules.postseason + 1
    lines = []
    for number, each in enumerate(rules.rounds):
        last = first + each.races - 1
        if number >= begun:
            races = [race for race in season.races if first <= race.round <= last]
            lines.append(
                listed([f"**{each.name}**", _dates(races), f"{spelled(each.drivers)} start, {fate(rules, number)}"])
            )
        first = last + 1
    return "\n".join(lines)


def _dates(races: Sequence[Race]) -> str:
    if not races:
        return ""
    when = day(races[0].date) if len(races) == 1 else f"{day(races[0].date)} to {day(races[-1].date)}"
    if len(races) == 1:
        return f"{escape(races[0].track.short, 24)}, {when}"
    return f"{count(len(races), 'race')}, {when}"


def _legend(board: StandingsBoard) -> str:
    if by_gap(board):
        return ""
    return "Last column: won in the round, or points above (+) or below (-) the line."
