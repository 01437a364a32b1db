"""The rookie report: the best of them in a sentence, and how each rookie in the field finished."""

from __future__ import annotations

from bot.recaps.facts import TITLES, Line, Section
from bot.recaps.phrases import count, ordinal, plain, spelled
from bot.recaps.scene import Scene, who
from db.models import Entry, Result
from db.recaps.models import SectionKind

LED = 1
"""Laps led from which a rookie's are told."""
GAINED = 10
"""So are so many places gained from the start."""


def rookies(scene: Scene) -> Section | None:
    """None where no rookie raced."""
    rows = [row for row in scene.rows if _is_rookie(scene, row.entry)]
    if not rows:
        return None
    away = [entry for entry in scene.season.absent.get(scene.race.round, ()) if _is_rookie(scene, entry)]
    named = sorted(
        [(row.entry, _finish(row)) for row in rows] + [(entry, _absent(entry)) for entry in away],
        key=lambda each: _by_number(each[0].number),
    )
    lines = [
        Line(f"No. {plain(entry.number)}", f"{scene.name(entry.driver)}{_star(scene, entry)} ({how})")
        for entry, how in named
    ]
    if any(_star(scene, entry) for entry, _ in named):
        lines.append(Line("", f"* {scene.season.year} Rookie of the Year contender"))
    paragraphs = scene.told([[_best(scene, rows), _named(scene, rows[0])]])
    return Section(SectionKind.ROOKIES, TITLES[SectionKind.ROOKIES], paragraphs, tuple(lines))


def _is_rookie(scene: Scene, entry: Entry) -> bool:
    named = scene.outcome.rookie_of_the_race
    return entry.rookie or entry.driver in scene.season.rookies or entry.driver == named


def _star(scene: Scene, entry: Entry) -> str:
    return "*" if entry.driver in scene.season.rookies else ""


def _by_number(number: str) -> tuple[int, str]:
    return (int(number), number) if number.isdecimal() else (1_000, number)


def _finish(row: Result) -> str:
    """``second``; ``34th, crash`` for one who was not running at the finish."""
    if row.disqualified:
        return f"{ordinal(row.finish)}, disqualified"
    status = plain(row.status)
    return ordinal(row.finish) + ("" if row.running else f", {status.upper() if status == 'dvp' else status}")


def _absent(entry: Entry) -> str:
    return plain(entry.note or "") or "did not race"


def _best(scene: Scene, rows: list[Result]) -> str:
    best = rows[0]
    he, spot, more = who(best.driver), ordinal(best.finish), _more(best)
    if len(rows) == 1:
        return scene.pick(
            f"{he}, the only rookie in the field, finished {spot}{more}.",
            f"The only rookie in the field was {he}, who finished {spot}{more}.",
        )
    if best.finish == 1:
        more = f",{more}" if more else ""
        return scene.pick(
            f"The winner was one of the {spelled(len(rows))} rookies in the field, {he}{more}.",
            f"{he} won as one of {spelled(len(rows))} rookies in the field{more}.",
        )
    best_of, ahead = ("better", "ahead") if len(rows) == 2 else ("best", "best")
    return scene.pick(
        f"{he} was the {best_of} of the {count(len(rows), 'rookie')}, in {spot}{more}.",
        f"Of the {count(len(rows), 'rookie')} in the field {he} came out {ahead}, finishing {spot}{more}.",
        f"The {best_of} of the {count(len(rows), 'rookie')} was {he}, who finished {spot}{more}.",
    )


def _more(row: Result) -> str:
    """Laps led, or places gained."""
    if row.led >= LED:
        return f" with {count(row.led, 'lap')} led"
    if row.start is not None and row.running and row.start - row.finish >= GAINED:
        return f" after starting {ordinal(row.start)}"
    return ""


def _named(scene: Scene, best: Result) -> str:
    """Who was named rookie of the race."""
    key = scene.outcome.rookie_of_the_race
    if key is None:
        return ""
    if key == best.driver:
        return scene.pick(f"{who(key)} is the rookie of the race.", f"The rookie of the race is {who(key)}.")
    return scene.pick(f"The rookie of the race, though, is {who(key)}.", f"Named rookie of the race was {who(key)}.")
