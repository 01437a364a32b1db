"""The rookie report: the best of them in a sentence, and how each rookie in the field finished."""

from __future__ import annotations

from bot.recaps.context import RecapContext, who
from bot.recaps.facts import TITLES, RecapLine, Section
from bot.recaps.phrases import count, ordinal, plain, spelled
from db.models import Entry, Result
from db.recaps.models import SectionKind

LAPS_LED = 1
"""Laps led from which they are mentioned."""
PLACES_GAINED = 10
"""Places gained from the start from which they are mentioned."""


def rookies(context: RecapContext) -> Section | None:
    """The section; None where no rookie raced."""
    rows = [row for row in context.rows if _is_rookie(context, row.entry)]
    if not rows:
        return None
    raced = {row.driver for row in context.rows}
    away = [
        entry
        for entry in context.season.absent.get(context.race.round, ())
        if entry.driver not in raced and _is_rookie(context, entry)
    ]
    named = sorted(
        [(row.entry, _finish(row)) for row in rows] + [(entry, _absent(entry)) for entry in away],
        key=lambda each: _by_number(each[0].number),
    )
    lines = [
        RecapLine(f"No. {plain(entry.number)}", f"{context.name(entry.driver)}{_star(context, entry)} ({how})")
        for entry, how in named
    ]
    if any(_star(context, entry) for entry, _ in named):
        lines.append(RecapLine("", f"* {context.season.year} Rookie of the Year contender"))
    paragraphs = context.finished([[_best(context, rows), _named(context, rows[0])]])
    return Section(SectionKind.ROOKIES, TITLES[SectionKind.ROOKIES], paragraphs, tuple(lines))


def _is_rookie(context: RecapContext, entry: Entry) -> bool:
    named = context.outcome.rookie_of_the_race
    return entry.rookie or entry.driver in context.season.rookies or entry.driver == named


def _star(context: RecapContext, entry: Entry) -> str:
    return "*" if entry.driver in context.season.rookies else ""


def _by_number(number: str) -> tuple[int, str]:
    return (int(number), number) if number.isdecimal() else (1_000, number)


def _finish(row: Result) -> str:
    """``second``; ``34th, crash`` where the truck was not running at the finish."""
    if row.disqualified:
        return f"{ordinal(row.finish)}, disqualified"
    status = plain(row.status)
    return ordinal(row.finish) + ("" if row.running else f", {status.upper() if status == 'dvp' else status}")


def _absent(entry: Entry) -> str:
    return plain(entry.note or "") or "did not race"


def _best(context: RecapContext, rows: list[Result]) -> str:
    best = rows[0]
    driver, spot, more = who(best.driver), ordinal(best.finish), _more(best)
    if len(rows) == 1:
        return context.pick(
            f"{driver}, the only rookie in the field, finished {spot}{more}.",
            f"The only rookie in the field was {driver}, who finished {spot}{more}.",
        )
    if best.finish == 1:
        more = f",{more}" if more else ""
        return context.pick(
            f"{driver}, one of {spelled(len(rows))} rookies in the field, won the race{more}.",
            f"The race went to one of the {spelled(len(rows))} rookies in the field, {driver}{more}.",
        )
    best_of = "better" if len(rows) == 2 else "best"
    return context.pick(
        f"{driver} was the {best_of} of the {count(len(rows), 'rookie')}, in {spot}{more}.",
        f"{driver} led the {count(len(rows), 'rookie')} in the field, finishing {spot}{more}.",
        f"The {best_of} of the {count(len(rows), 'rookie')} was {driver}, who finished {spot}{more}.",
    )


def _more(row: Result) -> str:
    """Laps led, or places gained."""
    if row.led >= LAPS_LED:
        return f" with {count(row.led, 'lap')} led"
    if row.start is not None and row.running and row.start - row.finish >= PLACES_GAINED:
        return f" after starting {ordinal(row.start)}"
    return ""


def _named(context: RecapContext, best: Result) -> str:
    """Who was named rookie of the race."""
    key = context.outcome.rookie_of_the_race
    if key is None:
        return ""
    if key == best.driver:
        return context.pick(
            f"{who(key)} was named rookie of the race.", f"Rookie of the race honors went to {who(key)}."
        )
    return context.pick(
        f"The rookie of the race award, though, went to {who(key)}.", f"{who(key)} was named rookie of the race."
    )
