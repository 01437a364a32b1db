"""The views of the standings other than points: playoffs, rookies, owners, manufacturers, what-ifs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.championship.computed_season import ComputedSeason
from bot.championship.formats import Format, format_of
from bot.championship.official import rookies
from bot.championship.standings import (
    CHASE,
    CLASSIC,
    FULL_SEASON,
    PLAYOFFS,
    what_if_formats,
)
from bot.render.formatting import count, escape, listed, ordinal
from bot.render.playoff_table import (
    StandingsBoard,
    board_of,
    headline,
    legend,
    owners_board,
    postseason,
    progress,
    standings_table,
    ties,
    who_is_out,
)
from bot.render.tables import Column, table
from db.models import Season

WHAT_IFS = {
    "full-season": FULL_SEASON,
    "what-if-playoffs": PLAYOFFS,
    "what-if-chase": CHASE,
    "what-if-classic": CLASSIC,
}
"""The what-if views, and the names of their formats in the championship."""
_FORMAT_NAMES = {
    "full-season": "full-season points",
    "what-if-playoffs": "the playoffs of 2017–2025",
    "what-if-chase": "the 2026 Chase",
    "what-if-classic": "the points of 2007–2010",
}
FINALE_COUNTS = "The finalists' stage and fastest-lap points in the finale are counted."
FINALE_COUNTS_STAGES = "The finalists' stage points in the finale are counted."
FINALE_COUNTS_LEADING = "The finalists' points for leading in the finale are counted."
BY_NUMBER = "By truck number: a truck whose number changed counts as two unless Tailgate knows of the change."
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
class StandingsContent:
    """What a view of the standings shows.

    Attributes:
        title: the heading.
        above: the lines above the table.
        table: the table for a slice of the rows.
        rows: how many rows there are.
        make: the leader's make, for the accent color.
        below: the lines below the table.
        small: the small print.
    """

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
        return f"What if: {_FORMAT_NAMES[view]}"
    return view.capitalize()


def what_if_rules(year: int, view: str) -> Format | None:
    """The format of a what-if view; None for the other views."""
    return what_if_formats(year)[WHAT_IFS[view]] if view in WHAT_IFS else None


def title(season: Season, what: str, *, past: bool) -> str:
    """The heading; with ``past`` it names the race, since races were run after it."""
    latest = season.latest
    return f"{what} after race {latest.round}, {escape(latest.track.short)}" if past and latest else what


def content_of(computed: ComputedSeason, which: str, *, past: bool) -> StandingsContent | None:
    """The content of a view by its name; None for the views of points."""
    season = computed.standings.season
    rules = what_if_rules(season.year, which)
    if rules is not None:
        board = board_of(computed, rules)
        named = title(season, f"What if: {season.year} under {_FORMAT_NAMES[which]}", past=past)
        unknown = (_rank_of_winners(rules), _no_stages(season, rules), _unknown_laps(season, rules))
        return _championship_content(board, named, (*unknown, _finale(season, rules), WHAT_IF))
    if which == "playoffs":
        board = board_of(computed)
        return _championship_content(
            board, title(season, _championship_title(board), past=past), named=len(board.standings.phases) < 2
        )
    if which == "owners":
        board = owners_board(computed)
        return _championship_content(board, title(season, f"{season.year} owner standings", past=past), (BY_NUMBER,))
    if which == "rookies":
        return _rookies_content(computed, past=past)
    if which == "manufacturers":
        return _manufacturers_content(computed, past=past)
    return None


def _championship_title(board: StandingsBoard) -> str:
    year, standings = board.season.year, board.standings
    called = postseason(standings.rules)
    if standings.champion is not None:
        return f"{year} final standings"
    if len(standings.phases) == 1:
        return f"{year} {called.removesuffix('s')} picture"
    return f"{year} {called} · {standings.current.name}" if len(standings.rules.rounds) > 1 else f"{year} {called}"


def _championship_content(
    board: StandingsBoard, head: str, small: tuple[str, ...] = (), *, named: bool = True
) -> StandingsContent:
    """The content of a view with a playoff table; ``named`` says whether to name the phase above it."""
    places = board.standings.places
    return StandingsContent(
        head,
        (_stacked(headline(board), who_is_out(board), progress(board.standings, named=named)),),
        lambda part: standings_table(board, places[part]),
        len(places),
        make=board.makes.get(places[0].who) if places else None,
        below=(ties(board),),
        small=(legend(board) if places else "", *small),
    )


def _stacked(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _rank_of_winners(rules: Format) -> str:
    """A note on the rank that a win needs; without it whoever raced a few times and won would be in the field."""
    return f"A win counts within the top {rules.winners_within} in points, as in 2019." if rules.winners_within else ""


def _no_stages(season: Season, rules: Format) -> str:
    """A note on stages that would pay under these rules but were not raced."""
    if not rules.stage or format_of(season.year).stage:
        return ""
    wins = " or stage wins" if rules.playoff_points is not None else ""
    return f"The races of {season.year} had no stages, so there are no stage points{wins}."


def _unknown_laps(season: Season, rules: Format) -> str:
    """A note on fastest laps that would pay under these rules but are not on record."""
    if rules.fastest_lap <= format_of(season.year).fastest_lap:
        return ""
    silent = sum(not any(row.fastest_lap for row in season.results[race.round]) for race in season.run)
    if not silent:
        return ""
    return f"The fastest lap of {count(silent, 'race')} is not on record, so its point is not counted."


def _finale(season: Season, rules: Format) -> str:
    """A note after a finale that paid its finalists their finish alone: here every point of it counts."""
    own = format_of(season.year)
    alone = bool(own.rounds) and own.rounds[-1].finish_only
    run = any(race.round == len(season.races) for race in season.run)
    if rules.name != FULL_SEASON or not alone or not run:
        return ""
    if own.fastest_lap:
        return FINALE_COUNTS
    return FINALE_COUNTS_STAGES if own.stage else FINALE_COUNTS_LEADING


def _rookies_content(computed: ComputedSeason, *, past: bool) -> StandingsContent:
    board, season = board_of(computed), computed.standings.season
    standings = board.standings
    order = rookies(computed)
    rows = [
        (
            str(number),
            board.numbers.get(place.who, ""),
            board.names[place.who],
            str(place.points),
            ordinal(official.position),
            str(place.wins),
        )
        for number, (place, official) in enumerate(order, 1)
    ]
    said = "No rookie has points yet this season."
    if order:
        first, official = order[0]
        verb = "is Rookie of the Year" if standings.champion is not None else "leads the rookies"
        said = f"{board.bold(first.who)} {verb}, {ordinal(official.position)} overall"
    return StandingsContent(
        title(season, f"{season.year} rookies", past=past),
        (said,),
        lambda part: table(_ROOKIES, rows[part]) if rows[part] else "",
        len(rows),
        make=board.makes.get(order[0][0].who) if order else None,
        small=("Declared Rookie of the Year contenders, in standings order.",),
    )


def _manufacturers_content(computed: ComputedSeason, *, past: bool) -> StandingsContent:
    season, places = computed.standings.season, computed.manufacturer_standings
    rows = [(str(p.position), p.make, str(p.points), str(-p.gap) if p.gap else "–", str(p.wins)) for p in places]
    said = f"No results for {season.year} yet."
    if places:
        lead = places[1].gap if len(places) > 1 else 0
        by = f" by {lead:,}" if lead else ""
        over = len(season.run) == len(season.races)
        leads = f"**{escape(places[0].make)}** {'has the title' if over else 'leads'}{by}"
        said = listed([leads, count(places[0].wins, "win") if places[0].wins else "no wins yet"])
    return StandingsContent(
        title(season, f"{season.year} manufacturers", past=past),
        (said,),
        lambda part: table(_MAKES, rows[part]) if rows[part] else "",
        len(rows),
        make=places[0].make if places else None,
        small=(_make_scoring(format_of(season.year)),),
    )


def _make_scoring(rules: Format) -> str:
    """How a make scores, for the small print."""
    if rules.makes:
        points = "-".join(map(str, rules.makes))
        return f"In every race the makes score {points}, in the order of their best trucks."
    if rules.lap_led:
        return "A make scores the points of its best truck for finishing and leading in every race."
    return "A make scores the finish points of its best truck in every race."
