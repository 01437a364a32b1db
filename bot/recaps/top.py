"""Top truckers: who won, started first, took the stages, led most, was fastest, gained most; one line a driver."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.recaps.facts import TITLES, Line, Section
from bot.recaps.phrases import decimals, figures, joined, ordinal, plain, seconds
from bot.recaps.scene import Scene
from db.models import Result
from db.recaps.models import SectionKind

HARD_LUCK = 4
"""Hard luck is to lead more laps than the winner, or one in so many, and not to win."""
SHARED = 3
"""With more than so many level nobody is singled out."""
_DISQUALIFIED = re.compile(r"^disqualified\b,?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Something to be told of a driver: what it is called and a detail, which may be ""."""

    label: str
    keys: tuple[str, ...]
    detail: str = ""


def top(scene: Scene) -> Section | None:
    """A line for each driver of note, his distinctions together; None where there are no results."""
    if scene.winner is None:
        return None
    marks = [_winner(scene, scene.winner), *_pole(scene), *_stages(scene), *_laps(scene), *_people(scene)]
    lines = []
    alone = {mark.keys[0]: [m for m in marks if m.keys == mark.keys] for mark in marks if len(mark.keys) == 1}
    for mark in marks:
        if len(mark.keys) > 1:
            lines.append(Line(mark.label, _said([joined(map(scene.name, mark.keys)), mark.detail])))
        elif mine := alone.pop(mark.keys[0], None):
            labels = ", ".join([mine[0].label, *(_lower(m.label) for m in mine[1:])])
            key, details = mark.keys[0], _details(scene, mark.keys[0], mine)
            lines.append(Line(labels, _said([_called(scene, key), *details]), _said([scene.name(key), *details])))
    lines += [Line("Disqualified", scene.name(r.driver) + _why(r)) for r in scene.rows if r.disqualified]
    return Section(SectionKind.TOP, TITLES[SectionKind.TOP], lines=tuple(lines))


def _why(row: Result) -> str:
    """`` (crossed the line first; truck too low)``: the entry's note without the word that the line begins with."""
    parts = (_DISQUALIFIED.sub("", part.strip()) for part in plain(row.entry.note or "").split(";"))
    said = "; ".join(filter(None, parts))
    return f" ({said})" if said else ""


def _said(parts: list[str]) -> str:
    return ", ".join(part for part in parts if part)


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


def _called(scene: Scene, key: str) -> str:
    """``Corey Heim (No. 11 TRICON Garage Toyota)``."""
    row = scene.row(key)
    if row is None:
        return scene.name(key)
    truck = " ".join(filter(None, (plain(row.entry.team or ""), plain(row.entry.make or ""))))
    return f"{scene.name(key)} (No. {plain(row.entry.number)}{f' {truck}' if truck else ''})"


def _details(scene: Scene, key: str, marks: list[_Mark]) -> list[str]:
    """The details of his distinctions, and where he finished unless he won or a detail says it."""
    row = scene.row(key)
    details = list(dict.fromkeys(mark.detail for mark in marks if mark.detail))
    if row is not None and row is not scene.winner:
        out = "" if row.running or row.disqualified else f" ({_status(row)})"
        details.append("disqualified" if row.disqualified else f"finished {ordinal(row.finish)}{out}")
    return details


def _status(row: Result) -> str:
    status = plain(row.status)
    return status.upper() if status.casefold() == "dvp" else status


def _winner(scene: Scene, winner: Result) -> _Mark:
    if winner.start is None:
        return _Mark("Winner", (winner.driver,))
    if winner.start == 1 and scene.outcome.pole == winner.driver:
        mph = scene.outcome.pole_mph
        return _Mark("Winner", (winner.driver,), f"from the pole{f' at {decimals(mph)} mph' if mph else ''}")
    return _Mark("Winner", (winner.driver,), f"started {ordinal(winner.start)}")


def _pole(scene: Scene) -> list[_Mark]:
    outcome = scene.outcome
    if outcome.pole is None:
        return []
    told = scene.winner is not None and outcome.pole == scene.winner.driver and scene.winner.start == 1
    speed = f"{decimals(outcome.pole_mph)} mph" if outcome.pole_mph and not told else ""
    return [_Mark("Pole", (outcome.pole,), speed)]


def _stages(scene: Scene) -> list[_Mark]:
    """One mark for each stage winner: ``Stage 1 winner``, ``Stage 1 and 2 winner``."""
    won: dict[str, list[int]] = {}
    for number, key in enumerate(scene.stage_winners, 1):
        if key is not None:
            won.setdefault(key, []).append(number)
    return [_Mark(f"Stage {joined(map(str, numbers))} winner", (key,)) for key, numbers in won.items()]


def _laps(scene: Scene) -> list[_Mark]:
    """Most laps led, the fastest lap, and the hard luck of leading without winning."""
    marks = []
    laps = scene.laps
    most = max(row.led for row in scene.rows)
    leaders = tuple(row.driver for row in scene.rows if row.led == most)
    of = f" of {figures(laps, 'lap')}" if laps else ""
    if most and len(leaders) <= SHARED:
        each = " each" if len(leaders) > 1 else ""
        led = f"{most}{of} led{each}" if of else f"{figures(most, 'lap')} led{each}"
        marks.append(_Mark("Most laps led", leaders, led))
    if scene.fastest is not None:
        best = scene.outcome.fastest_lap
        time = seconds(best.seconds) if best and best.seconds else ""
        speed = f"{decimals(best.mph)} mph" if best and best.mph else ""
        said = f"best lap {' at '.join(filter(None, (time, speed)))}" if time or speed else ""
        marks.append(_Mark("Fastest lap", (scene.fastest,), said))
    marks += _hard_luck(scene, leaders if most else (), of)
    return marks


def _hard_luck(scene: Scene, leaders: tuple[str, ...], of: str) -> list[_Mark]:
    rest = scene.rows[1:]
    led = max((row.led for row in rest), default=0)
    keys = tuple(row.driver for row in rest if row.led == led)
    enough = scene.winner is not None and (led > scene.winner.led or (scene.laps or 0) <= led * HARD_LUCK)
    if not led or not enough or len(keys) > 1:
        return []
    detail = "" if keys[0] in leaders and len(leaders) == 1 else f"{led}{of} led" if of else f"{led} laps led"
    return [_Mark("Hard luck", keys, detail)]


def _people(scene: Scene) -> list[_Mark]:
    """The biggest mover and the rookie of the race."""
    marks = []
    gained = {row.driver: row.start - row.finish for row in scene.rows if row.running and row.start is not None}
    most = max(gained.values(), default=0)
    movers = tuple(key for key, places in gained.items() if places == most)
    if most > 0 and len(movers) == 1:
        row = scene.row(movers[0])
        if row is not None:
            spots = f"{figures(most, 'place')} gained"
            started = "" if row is scene.winner else f" from {ordinal(row.start or 0)}"
            marks.append(_Mark("Biggest mover", movers, spots + started))
    elif most > 0 and len(movers) <= SHARED:
        marks.append(_Mark("Biggest movers", movers, f"{figures(most, 'place')} gained each"))
    if scene.outcome.rookie_of_the_race is not None:
        marks.append(_Mark("Rookie of the race", (scene.outcome.rookie_of_the_race,)))
    return marks
