"""The championship as a race runs: who would be in, who out and by how much, if it ended now."""

from __future__ import annotations

from collections.abc import Sequence

from bot.championship.as_it_runs import ChampionshipAsItRuns, StandingAsItRuns
from bot.render.formatting import escape, listed, name_of, spelled
from bot.render.playoff_table import CUT_LINE, WIN, signed
from bot.render.tables import Column, table
from db.live.models import LiveState

AROUND = 3
"""In the regular season so many on each side of the cut line are shown."""
MOST = 10


def as_it_would_stand(picture: ChampionshipAsItRuns, state: LiveState) -> str:
    """A line that says what is decided, and the table of the phase with its cut line."""
    shown = _shown(picture)
    if not shown:
        return ""
    return f"{_headline(picture, state)}\n{_table(picture, state, shown)}"


def _shown(picture: ChampionshipAsItRuns) -> Sequence[StandingAsItRuns]:
    """In the postseason everybody, in the regular season those around the line or, without one, the first."""
    rows = picture.rows
    if len(rows) <= MOST or not picture.has_cut:
        return rows[:MOST]
    first = max(picture.phase.spots - AROUND, 0)
    return rows[first : first + 2 * AROUND]


def _headline(picture: ChampionshipAsItRuns, state: LiveState) -> str:
    season = picture.season
    now = "If it ended now" if state.checkered is None else "If this stands"
    if picture.champion is not None:
        return f"**{now}** **{escape(name_of(season, picture.champion))}** would be the champion"
    left = picture.phase.left
    until = "" if not left else f"{spelled(left)} race{'s' if left > 1 else ''} left in it"
    if not picture.has_cut:
        leader = escape(name_of(season, picture.rows[0].driver))
        return f"**{now}** {listed([f'**{leader}** would lead', picture.phase.name, until])}"
    spots = spelled(picture.phase.spots)
    # The regular season decides who makes the postseason, a round who goes on.
    fate = "would be in" if picture.phase.first == 1 else "would advance"
    how = f"{spots} {fate}" if picture.is_last else ""
    return f"**{now}** {listed([picture.phase.name, how, until])}"


def _table(picture: ChampionshipAsItRuns, state: LiveState, shown: Sequence[StandingAsItRuns]) -> str:
    running = {truck.driver: truck for truck in state.trucks if truck.driver is not None}
    rows: list[Sequence[str]] = []
    rules: dict[int, str] = {}
    for index, row in enumerate(shown):
        if picture.has_cut and not row.inside and (index == 0 or shown[index - 1].inside):
            rules[index] = CUT_LINE
        truck = running.get(row.driver)
        where = "–" if truck is None else "out" if truck.out else str(truck.position)
        number = truck.number if truck is not None else ""
        name = name_of(picture.season, row.driver)
        rows.append((str(row.place), number, name, where, str(row.points), _figure(picture, row)))
    columns: Sequence[Column] = (
        Column("", right=True),
        Column("No", right=True),
        Column("Driver", gives_way=True),
        Column("Runs", right=True),
        Column("Pts", right=True),
        Column("Cut" if picture.has_cut else "Gap", right=True),
    )
    # In the finale the best finisher is champion, and a gap in points says nothing.
    kept = len(columns) - (1 if picture.by_finish else 0)
    return table(columns[:kept], [row[:kept] for row in rows], rules)


def _figure(picture: ChampionshipAsItRuns, row: StandingAsItRuns) -> str:
    if not picture.has_cut:
        behind = picture.rows[0].points - row.points
        return str(-behind) if behind else "–"
    if row.won:
        return WIN
    return signed(row.to_cut) if row.to_cut is not None else ""
