"""Cautions late in a race, which decide many of them: on which laps, why, and how many laps were left."""

from __future__ import annotations

from collections.abc import Sequence

from bot.recaps.context import RecapContext
from bot.recaps.phrases import capital, count, joined, spelled
from db.models import CautionPeriod

LATE = 5
"""The last one of this many parts of a race is late."""
MOST_TOLD = 4
"""Of more late cautions than this, only the last one is told with its laps."""
_PLANNED = ("end of stage", "competition")
_WORDS = {
    "accident": ("an accident", "accidents"),
    "spin": ("a spin", "spins"),
    "oil on track": ("oil on the track",) * 2,
}
"""What a reason is called once and more than once, where that is not the reason itself."""


def late_cautions(context: RecapContext) -> str:
    """The sentence; empty where there were none, or the laps are not on record."""
    laps = context.laps or 0
    late = [
        CautionPeriod(each.from_lap, min(each.to_lap, laps), each.reason)
        for each in context.outcome.caution_periods
        if laps * (LATE - 1) < each.from_lap * LATE <= laps * LATE and not (each.reason or "").startswith(_PLANNED)
    ]
    if not late:
        return ""
    if len(late) == 1:
        return _one(context, late[0], laps)
    number, end = spelled(len(late)), _restart(context, late[-1], laps)
    if len(late) > MOST_TOLD:
        since = count(laps - late[0].from_lap + 1, "lap")
        last = f"the last of them {_why(late[-1:])}{_when(late[-1:])}"
        return context.pick(
            f"{capital(number)} cautions came out in the last {since}, {last}{end}.",
            f"The last {since} saw {number} cautions, {last}{end}.",
        )
    told = _grouped(late)
    return context.pick(
        f"There were {number} late cautions, {told}{end}.",
        f"Late in the race there were {number} cautions, {told}{end}.",
        f"{capital(number)} cautions came late, {told}{end}.",
    )


def _one(context: RecapContext, caution: CautionPeriod, laps: int) -> str:
    told, left = f"{_why([caution])}{_when([caution])}", laps - caution.to_lap
    if not left:
        return context.pick(f"The last caution came out {told}.", f"A late caution, {told}, was the last.")
    return context.pick(
        f"A late caution, {told}, left {count(left, 'lap')} to run.",
        f"The last caution, {told}, set up a restart with {count(left, 'lap')} to go.",
        f"The last restart came with {count(left, 'lap')} to go, after a caution {told}.",
    )


def _restart(context: RecapContext, last: CautionPeriod, laps: int) -> str:
    left = laps - last.to_lap
    if not left:
        return ""
    return context.pick(
        f"; the last restart came with {count(left, 'lap')} to go",
        f"; {count(left, 'lap')} {'was' if left == 1 else 'were'} left at the last restart",
    )


def _grouped(cautions: Sequence[CautionPeriod]) -> str:
    """``for accidents on laps 90 to 93 and 107 to 109, and for debris on laps 95 to 97``: by reason."""
    by_reason: dict[str | None, list[CautionPeriod]] = {}
    for each in cautions:
        by_reason.setdefault(each.reason, []).append(each)
    # One whose reason is not on record is told last, as another one.
    unknown = by_reason.pop(None, [])
    told = [_why(group) + _when(group) for group in by_reason.values()]
    if unknown:
        other = "another " if len(unknown) == 1 else "others "
        told.append(f"{other if told else ''}{_when(unknown)}")
    short = all(len(group) < 2 for group in (*by_reason.values(), unknown))
    return joined(told) if short else ", and ".join(told)


def _why(cautions: Sequence[CautionPeriod]) -> str:
    """``for a spin ``; empty without a reason on record."""
    reason = cautions[0].reason
    if reason is None:
        return ""
    one, many = _WORDS.get(reason, (reason, reason))
    return f"for {one if len(cautions) == 1 else many} "


def _when(cautions: Sequence[CautionPeriod]) -> str:
    """``on laps 90 to 93 and 95``."""
    laps = [f"{each.from_lap}" if each.laps == 1 else f"{each.from_lap} to {each.to_lap}" for each in cautions]
    single = len(cautions) == 1 and cautions[0].laps == 1
    return f"on {'lap' if single else 'laps'} {joined(laps)}"
