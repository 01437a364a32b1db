"""The views of the standings beside points: playoff picture, rookies, owners, manufacturers, what if."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.championship.formats import Format, format_of
from bot.championship.standings import FULL_SEASON, View, manufacturers, rookies, what_ifs
from bot.render.formatting import count, escape, listed, ordinal
from bot.render.playoff_table import (
    Board,
    board_of,
    drivers_view,
    headline,
    legend,
    owners_board,
    owners_view,
    picture_table,
    postseason,
    progress,
    ties,
)
from bot.render.tables import Column, table
from db.models import Season

WHAT_IFS = {"full-season": FULL_SEASON, "what-if-playoffs": "playoffs", "what-if-chase": "chase"}
"""The views that reckon by other rules, and what the championship calls those."""
_RULES_SAID = {"full-season": "full-season points", "what-if-playoffs": "the playoffs of 2017–2025"}
_RULES_SAID["what-if-chase"] = "the 2026 Chase"
FINALE_COUNTS = "The finalists' stage and fastest-lap points in the finale are counted."
WHAT_IF = "What if: the same results under other rules. Drivers raced under that season's own."

_ROOKIES = (
    Column("", right=True),
    Column("No", right=True),
    Column("Driver", gives_way=True),
    Column("Pts", right=True),
    Column("Overall", right=True),
    Column("W", right=True),
)
_MAKES = (
    Column("", right=True),
    Column("Make", gives_way=True),
    Column("Pts", right=True),
    Column("Gap", right=True),
    Column("W", right=True),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A view of the standings: what stands above its table, the lines of a page of it, what stands below."""

    title: str
    above: tuple[str, ...]
    table: Callable[[slice], str]
    rows: int
    make: str | None = None
    below: tuple[str, ...] = ()
    small: tuple[str, ...] = ()


def view_label(year: int, view: str) -> str:
    """What the select calls a view."""
    if view == "playoffs":
        return postseason(format_of(year)).capitalize()
    if view in WHAT_IFS:
        return f"What if: {_RULES_SAID[view]}"
    return view.capitalize()


def what_if_rules(year: int, view: str) -> Format | None:
    """The rules that a what-if view reckons by; None for the other views."""
    return what_ifs(year)[WHAT_IFS[view]] if view in WHAT_IFS else None


def title(season: Season, what: str, *, past: bool) -> str:
    """``past`` says that the standings are not today's: races were run since."""
    latest = season.latest
    return f"{what} after race {latest.round}, {escape(latest.track.short)}" if past and latest else what


def sheet_of(view: View, which: str, *, past: bool) -> Sheet | None:
    """The view by its name; None for those of points."""
    season = view.season
    rules = what_if_rules(season.year, which)
    if rules is not None:
        board = board_of(drivers_view(season, rules), supposed=True)
        named = title(season, f"What if: {season.year} under {_RULES_SAID[which]}", past=past)
        return _picture_sheet(board, named, (_unknown_laps(season, rules), _finale(season, rules), WHAT_IF))
    if which == "playoffs":
        board = board_of(view)
        return _picture_sheet(
            board, title(season, _picture_title(board), past=past), named=len(view.picture.stretches) < 2
        )
    if which == "owners":
        board = owners_board(owners_view(season))
        return _picture_sheet(board, title(season, f"{season.year} owner standings", past=past))
    if which == "rookies":
        return _rookies_sheet(view, past=past)
    if which == "manufacturers":
        return _makes_sheet(season, past=past)
    return None


def _picture_title(board: Board) -> str:
    year, picture = board.season.year, board.picture
    called = postseason(picture.rules)
    if picture.champion is not None:
        return f"{year} final standings"
    if len(picture.stretches) == 1:
        return f"{year} {called.removesuffix('s')} picture"
    return f"{year} {called} · {picture.now.name}" if len(picture.rules.rounds) > 1 else f"{year} {called}"


def _picture_sheet(board: Board, head: str, small: tuple[str, ...] = (), *, named: bool = True) -> Sheet:
    """``named`` says that the stretch under way is not in the heading."""
    places = board.picture.places
    return Sheet(
        head,
        (_stacked(headline(board), progress(board.picture, named=named)),),
        lambda part: picture_table(board, places[part]),
        len(places),
        make=board.makes.get(places[0].who) if places else None,
        below=(ties(board),),
        small=(legend(board) if places else "", *small),
    )


def _stacked(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _unknown_laps(season: Season, rules: Format) -> str:
    """Fastest laps that pay by these rules and are not on record, said."""
    if rules.fastest_lap <= format_of(season.year).fastest_lap:
        return ""
    silent = sum(not any(row.fastest_lap for row in season.results[race.round]) for race in season.run)
    if not silent:
        return ""
    return f"The fastest lap of {count(silent, 'race')} is not on record, so its point is not counted."


def _finale(season: Season, rules: Format) -> str:
    """After a finale that paid its finalists their finish alone: that every point of it counts here."""
    own = format_of(season.year)
    alone = bool(own.rounds) and own.rounds[-1].finish_only
    run = any(race.round == len(season.races) for race in season.run)
    return FINALE_COUNTS if rules.name == FULL_SEASON and alone and run else ""


def _rookies_sheet(view: View, *, past: bool) -> Sheet:
    board, season = board_of(view), view.season
    picture = board.picture
    order = [place for who in rookies(view) if (place := picture.place(who)) is not None]
    rows = [
        (
            str(number),
            board.numbers.get(place.who, ""),
            board.names[place.who],
            str(place.points),
            ordinal(place.position),
            str(place.wins),
        )
        for number, place in enumerate(order, 1)
    ]
    said = "No rookie has points yet this season."
    if order:
        first = order[0]
        verb = "is Rookie of the Year" if picture.champion is not None else "leads the rookies"
        said = f"{board.bold(first.who)} {verb}, {ordinal(first.position)} overall"
    return Sheet(
        title(season, f"{season.year} rookies", past=past),
        (said,),
        lambda part: table(_ROOKIES, rows[part]) if rows[part] else "",
        len(rows),
        make=board.makes.get(order[0].who) if order else None,
        small=("Declared Rookie of the Year contenders, in standings order.",),
    )


def _makes_sheet(season: Season, *, past: bool) -> Sheet:
    places = manufacturers(season)
    rows = [(str(p.position), p.make, str(p.points), str(-p.gap) if p.gap else "–", str(p.wins)) for p in places]
    said = f"No results for {season.year} yet."
    if places:
        lead = places[1].gap if len(places) > 1 else 0
        by = f" by {lead:,}" if lead else ""
        over = len(season.run) == len(season.races)
        leads = f"**{escape(places[0].make)}** {'has the title' if over else 'leads'}{by}"
        said = listed([leads, count(places[0].wins, "win") if places[0].wins else "no wins yet"])
    return Sheet(
        title(season, f"{season.year} manufacturers", past=past),
        (said,),
        lambda part: table(_MAKES, rows[part]) if rows[part] else "",
        len(rows),
        make=places[0].make if places else None,
        small=("A make scores the finish points of its best truck in every race.",),
    )
