"""Top truckers: winner, pole, stage winners, most laps led, fastest lap, biggest mover; one line for each driver."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.recaps.context import RecapContext
from bot.recaps.facts import TITLES, RecapLine, Section
from bot.recaps.phrases import decimals, figures, joined, ordinal, plain, seconds
from db.models import Result
from db.recaps.models import SectionKind

ALSO_LED = 4
"""A driver behind the winner is named for the second-most laps led with one lap in this many, or more."""
MOST_SHARING = 3
"""If more drivers than this share a distinction, it is left out."""
_DISQUALIFIED = re.compile(r"^disqualified\b,?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Distinction:
    """A distinction of one driver or of several, by key; ``detail`` may be empty."""

    label: str
    keys: tuple[str, ...]
    detail: str = ""


def top_drivers(context: RecapContext) -> Section | None:
    """A line for each driver with a distinction, all of them together; None without results."""
    if context.winner is None:
        return None
    distinctions = [
        _winner(context, context.winner),
        *_pole(context),
        *_stages(context),
        *_laps(context),
        *_mover_and_rookie(context),
    ]
    lines = []
    alone = {
        distinction.keys[0]: [m for m in distinctions if m.keys == distinction.keys]
        for distinction in distinctions
        if len(distinction.keys) == 1
    }
    for distinction in distinctions:
        if len(distinction.keys) > 1:
            lines.append(
                RecapLine(
                    distinction.label, _comma_joined([joined(map(context.name, distinction.keys)), distinction.detail])
                )
            )
        elif own := alone.pop(distinction.keys[0], None):
            labels = ", ".join([own[0].label, *(_lower(m.label) for m in own[1:])])
            key, details = distinction.keys[0], _details(context, distinction.keys[0], own)
            lines.append(
                RecapLine(
                    labels,
                    _comma_joined([_called(context, key), *details]),
                    _comma_joined([context.name(key), *details]),
                )
            )
    lines += _pole_speed(context)
    lines += [RecapLine("Disqualified", context.name(r.driver) + _why(r)) for r in context.rows if r.disqualified]
    return Section(SectionKind.TOP, TITLES[SectionKind.TOP], lines=tuple(lines))


def _why(row: Result) -> str:
    """`` (crossed the line first; truck too low)``: the entry's note without "disqualified", which the label says."""
    parts = (_DISQUALIFIED.sub("", part.strip()) for part in plain(row.entry.note or "").split(";"))
    said = "; ".join(filter(None, parts))
    return f" ({said})" if said else ""


def _comma_joined(parts: list[str]) -> str:
    return ", ".join(part for part in parts if part)


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _called(context: RecapContext, key: str) -> str:
    """``Corey Heim (No. 11 TRICON Garage Toyota)``."""
    row = context.row(key)
    if row is None:
        return context.name(key)
    truck = " ".join(filter(None, (plain(row.entry.team or ""), plain(row.entry.make or ""))))
    return f"{context.name(key)} (No. {plain(row.entry.number)}{f' {truck}' if truck else ''})"


def _details(context: RecapContext, key: str, distinctions: list[_Distinction]) -> list[str]:
    """The details of the distinctions, and the finish, unless the driver won."""
    row = context.row(key)
    details = list(dict.fromkeys(distinction.detail for distinction in distinctions if distinction.detail))
    if row is not None and row is not context.winner:
        out = "" if row.running or row.disqualified else f" ({_status(row)})"
        details.append("disqualified" if row.disqualified else f"finished {ordinal(row.finish)}{out}")
    return details


def _status(row: Result) -> str:
    status = plain(row.status)
    return status.upper() if status.casefold() == "dvp" else status


def _winner(context: RecapContext, winner: Result) -> _Distinction:
    if winner.start is None:
        return _Distinction("Winner", (winner.driver,))
    if winner.start == 1 and context.outcome.pole == winner.driver:
        mph = context.outcome.pole_mph
        return _Distinction("Winner", (winner.driver,), f"from the pole{f' at {decimals(mph)} mph' if mph else ''}")
    return _Distinction("Winner", (winner.driver,), f"started {ordinal(winner.start)}")


def _pole(context: RecapContext) -> list[_Distinction]:
    outcome = context.outcome
    if outcome.pole is None:
        return []
    finished = context.winner is not None and outcome.pole == context.winner.driver and context.winner.start == 1
    speed = f"{decimals(outcome.pole_mph)} mph" if outcome.pole_mph and not finished else ""
    return [_Distinction("Pole", (outcome.pole,), speed)]


def _pole_speed(context: RecapContext) -> list[RecapLine]:
    """The fastest qualifying lap, where it is on record and whose it was is not: before 2018."""
    mph = context.outcome.pole_mph
    return [RecapLine("Pole speed", f"{decimals(mph)} mph")] if mph and context.outcome.pole is None else []


def _stages(context: RecapContext) -> list[_Distinction]:
    """A distinction for each stage winner: ``Stage 1 winner``, ``Stage 1 and 2 winner``."""
    won: dict[str, list[int]] = {}
    for number, key in enumerate(context.stage_winners, 1):
        if key is not None:
            won.setdefault(key, []).append(number)
    return [_Distinction(f"Stage {joined(map(str, numbers))} winner", (key,)) for key, numbers in won.items()]


def _laps(context: RecapContext) -> list[_Distinction]:
    """Most laps led, the fastest lap, and who else led much."""
    distinctions = []
    laps = context.laps
    most = max(row.led for row in context.rows)
    leaders = tuple(row.driver for row in context.rows if row.led == most)
    of = f" of {figures(laps, 'lap')}" if laps else ""
    if most and len(leaders) <= MOST_SHARING:
        each = " each" if len(leaders) > 1 else ""
        led = f"{most}{of} led{each}" if of else f"{figures(most, 'lap')} led{each}"
        distinctions.append(_Distinction("Most laps led", leaders, led))
    if context.fastest is not None:
        best = context.outcome.fastest_lap
        time = seconds(best.seconds) if best and best.seconds else ""
        speed = f"{decimals(best.mph)} mph" if best and best.mph else ""
        said = f"best lap {' at '.join(filter(None, (time, speed)))}" if time or speed else ""
        distinctions.append(_Distinction("Fastest lap", (context.fastest,), said))
    distinctions += _also_led(context, most, leaders, of)
    return distinctions


def _also_led(context: RecapContext, most: int, leaders: tuple[str, ...], of: str) -> list[_Distinction]:
    """The driver with the second-most laps led, behind one who led more, where those are many."""
    led = max((row.led for row in context.rows if row.led < most), default=0)
    keys = tuple(row.driver for row in context.rows if row.led == led)
    if not led or len(leaders) > 1 or len(keys) > 1 or (context.laps or 0) > led * ALSO_LED:
        return []
    if context.winner is not None and keys[0] == context.winner.driver:
        return []
    detail = f"{led}{of} led" if of else f"{figures(led, 'lap')} led"
    return [_Distinction("Second-most laps led", keys, detail)]


def _mover_and_rookie(context: RecapContext) -> list[_Distinction]:
    """The biggest mover and the rookie of the race."""
    distinctions = []
    gained = {row.driver: row.start - row.finish for row in context.rows if row.running and row.start is not None}
    most = max(gained.values(), default=0)
    movers = tuple(key for key, places in gained.items() if places == most)
    if most > 0 and len(movers) == 1:
        row = context.row(movers[0])
        if row is not None:
            spots = f"{figures(most, 'place')} gained"
            started = "" if row is context.winner else f" from {ordinal(row.start or 0)}"
            distinctions.append(_Distinction("Biggest mover", movers, spots + started))
    elif most > 0 and len(movers) <= MOST_SHARING:
        distinctions.append(_Distinction("Biggest movers", movers, f"{figures(most, 'place')} gained each"))
    if context.outcome.rookie_of_the_race is not None:
        distinctions.append(_Distinction("Rookie of the race", (context.outcome.rookie_of_the_race,)))
    return distinctions
