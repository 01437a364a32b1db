"""A driver's running position over the laps, drawn in a code block that a phone does not wrap."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from bot.render.tables import WIDTH
from db.laps.models import Lap
from db.models import CautionPeriod

LABELS = 3
"""Columns of the positions at the left, with their line."""
ROOM = WIDTH - LABELS
LEVELS = 16
"""Heights that are told apart; a row of text has two, its upper and its lower half."""
UPPER, LOWER = "▀", "▄"
GREEN, YELLOW = "─", "▒"


def lap_chart(laps: Sequence[Lap], run: int, cautions: Sequence[CautionPeriod]) -> str:
    """The chart: the mean position of each few laps, and under it which of them were run under caution.

    Args:
        laps: a truck's, lap 0 first.
        run: how many laps the race had; the truck may have completed fewer.
        cautions: the race's.
    """
    columns = [range(run * i // (many := min(ROOM, run)) + 1, run * (i + 1) // many + 1) for i in range(min(ROOM, run))]
    drawn = [_position(laps, column) for column in columns]
    known = [position for position in drawn if position is not None]
    if not known:
        return ""
    top, bottom = min(known), max(known)
    step = -(-(bottom - top + 1) // LEVELS)
    rows = [[" "] * len(columns) for _ in range((bottom - top) // step // 2 + 1)]
    for place, position in enumerate(drawn):
        if position is not None:
            row, half = divmod((position - top) // step, 2)
            rows[row][place] = LOWER if half else UPPER
    lines = [f"{top + 2 * step * i:>2}│{''.join(row)}".rstrip() for i, row in enumerate(rows)]
    lines.append("  └" + "".join(YELLOW if _under_caution(column, cautions) else GREEN for column in columns))
    lines.append(" " * LABELS + _scale(run, len(columns)))
    return "```\n" + "\n".join(lines) + "\n```"


def _position(laps: Sequence[Lap], column: range) -> int | None:
    held = [position for lap in column if lap < len(laps) and (position := laps[lap].position) is not None]
    return round(statistics.fmean(held)) if held else None


def _under_caution(column: range, cautions: Sequence[CautionPeriod]) -> bool:
    """Whether most laps of a column were run under caution."""
    under = sum(any(each.from_lap <= lap <= each.to_lap for each in cautions) for lap in column)
    return under * 2 > len(column)


def _scale(run: int, columns: int) -> str:
    """The first lap, the middle one and the last one, each under its column; of a short race the first and the last."""
    first, middle, last = "1", str(round(run / 2)), str(run)
    if columns < len(first) + len(middle) + len(last) + 4:
        return first + last.rjust(max(columns - len(first), len(last) + 1))
    left = columns // 2 - len(middle) // 2
    return (first.ljust(left) + middle).ljust(columns - len(last)) + last
