"""/laps: a driver's race in numbers and as a chart of running positions, from the laps of the truck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from discord import ui

from bot.championship.distance import laps_run
from bot.laps.numbers import DriverNumbers
from bot.laps.pit_road import is_stop
from bot.questions.core import ResultsQuestion
from bot.questions.laps import LapsQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import card, freshness, make_accent
from bot.render.buttons import OPTIONS, Link, row, select_of
from bot.render.formatting import average, count, day, escape, listed, name_of, ordinal, race_name, status
from bot.render.lap_chart import YELLOW, lap_chart
from bot.render.tables import Column, table
from db.laps.models import PitStop
from db.models import Driver, Outcome, Race, Result, Season

MOST_LEADS = 6
"""Leads that are named with their laps at most."""
MOST_STOPS = 12
"""Visits to pit road that are listed at most; who has more of them was mending the truck."""
TIMES = "Pit road, Stop: time on pit road and in the pit box"
STOPS = "+/−: places won or lost against the trucks that came in at the same time under yellow"
_COLUMNS = (
    Column("Lap", right=True),
    Column("Flag"),
    Column("Pit road", right=True),
    Column("Stop", right=True),
    Column("Tires"),
    Column("+/−", right=True),
)


@dataclass(frozen=True, slots=True)
class LapsFacts:
    """What the card shows, as of one moment.

    Attributes:
        driver: who.
        season: the season of ``race``.
        race: a race with results that the driver was in.
        result: the driver's.
        numbers: from the laps; None where those are not held.
        timed: the races of which laps are held, the last one last.
        own: those of the driver among them.
    """

    driver: Driver
    season: Season
    race: Race
    result: Result
    numbers: DriverNumbers | None
    timed: tuple[Race, ...]
    own: tuple[Race, ...]


def laps_card(facts: LapsFacts, now: datetime) -> ui.LayoutView:
    """The driver's race; where its laps are not held, what the results say, and of which races they are."""
    race, result, numbers = facts.race, facts.result, facts.numbers
    rows = facts.season.results[race.round]
    outcome = race.outcome or Outcome()
    title = (
        f"#{escape(result.entry.number)} {escape(name_of(facts.season, result.driver))} · {escape(race.track.short)}"
    )
    head = f"{_finish(result)} · {escape(race_name(race))} · {day(race.date)}, {race.season}"
    if numbers is None:
        body, small = [_from_results(result, outcome), _what_is_held(facts.timed)], []
    else:
        laps = laps_run(race, rows) or numbers.truck.completed
        body = [
            _running(numbers),
            lap_chart(numbers.truck.laps, laps, outcome.caution_periods),
            _figures(numbers, result, outcome),
            _stops(numbers),
        ]
        small = [
            f"{YELLOW} under caution" if outcome.caution_periods else "",
            TIMES if numbers.visits else "",
            STOPS if numbers.pit_places else "",
            _left_out(numbers),
        ]
    return card(
        title,
        f"{head}\n{body[0]}",
        *body[1:],
        accent=make_accent(result.entry.make),
        small=[*small, freshness(facts.season, now)],
        controls=row(_links(facts)),
        select=_others(facts, rows),
    )


def _finish(result: Result) -> str:
    """``Started 3rd, finished **12th** (out: crash)``; without a start on record ``The truck finished …``."""
    if result.disqualified:
        how = "was **disqualified**"
    else:
        how = "**won**" if result.finish == 1 else f"finished **{ordinal(result.finish)}**"
    out = f" (out: {escape(status(result))})" if not result.running and not result.disqualified else ""
    return f"Started {ordinal(result.start)}, {how}{out}" if result.start is not None else f"The truck {how}{out}"


def _left_out(numbers: DriverNumbers) -> str:
    """How many laps have no time, or one that cannot be; nothing where all are timed."""
    without = sum(lap.milliseconds is None for lap in numbers.truck.laps[1:])
    return f"{count(without, 'lap')} without a time that can be true left out" if without else ""


def _running(numbers: DriverNumbers) -> str:
    """``**Average running position 7.1** · 1st at best, 32nd at worst``."""
    if numbers.average is None or numbers.highest is None or numbers.lowest is None:
        return "Running positions are not on record."
    ranged = f"{ordinal(numbers.highest)} at best, {ordinal(numbers.lowest)} at worst"
    if numbers.highest == numbers.lowest:
        ranged = f"{ordinal(numbers.highest)} on every lap"
    return f"**Average running position {average(numbers.average)}** · {ranged}"


def _figures(numbers: DriverNumbers, result: Result, outcome: Outcome) -> str:
    best, run = numbers.best_lap, numbers.best_run
    lines = [f"**Best lap** {best.milliseconds / 1000:.3f} s, on lap {best.lap}" if best is not None else ""]
    lines += [_pace(numbers), _led(result, outcome)]
    if run is not None:
        laps = f"laps {run.run.first}–{run.run.last}" if run.run.laps > 1 else f"lap {run.run.first}"
        lines.append(f"**Biggest gain in a run** {ordinal(run.before)} to {ordinal(run.after)}, {laps}")
    return "\n".join(filter(None, lines))


def _pace(numbers: DriverNumbers) -> str:
    """``**Fastest run** 31.234 s a lap, laps 45–62 · slowest 32.011 s, laps 3–20``; nothing where none is known."""
    if not numbers.paces:
        return ""
    fastest, slowest = (choose(numbers.paces, key=lambda each: each.milliseconds) for choose in (min, max))
    said = f"**Fastest run** {fastest.milliseconds / 1000:.3f} s a lap, laps {fastest.run.first}–{fastest.run.last}"
    if slowest is fastest:
        return said
    return f"{said} · slowest {slowest.milliseconds / 1000:.3f} s, laps {slowest.run.first}–{slowest.run.last}"


def _led(result: Result, outcome: Outcome) -> str:
    """``**Led** 12 laps (1–4, 20–27)``, by the results; the laps where the leaders on record add up to them."""
    if not result.led:
        return ""
    own = [lead for lead in outcome.leads if lead.driver == result.driver]
    laps = ""
    if own and sum(lead.laps for lead in own) == result.led:
        spans = [f"{lead.from_lap}–{lead.to_lap}" if lead.laps > 1 else f"{lead.from_lap}" for lead in own]
        more = len(spans) - MOST_LEADS
        laps = f" ({', '.join(spans[:MOST_LEADS])}{f' and {more} more times' if more > 0 else ''})"
    return f"**Led** {count(result.led, 'lap')}{laps}"


def _stops(numbers: DriverNumbers) -> str:
    """The visits to pit road as a table, and what they add up to."""
    visits = numbers.visits
    if visits is None:
        return "Pit road is not on record for this race."
    if not visits:
        return "**Pit road** no stop on record"
    parts = [count(numbers.stops, "stop"), _moved_off_pit_road(numbers)]
    more = len(visits) - MOST_STOPS
    parts.append(f"{count(more, 'later visit')} not listed" if more > 0 else "")
    lines = [_visit(numbers, visit) for visit in visits[:MOST_STOPS]]
    return f"**Pit road** {listed(parts)}\n{table(_COLUMNS, lines)}"


def _moved_off_pit_road(numbers: DriverNumbers) -> str:
    """``3 places lost under yellow``; nothing without a stop that can be compared."""
    if not numbers.pit_places:
        return ""
    total = sum(numbers.pit_places.values())
    return f"{count(abs(total), 'place') if total else 'no place'} {'lost' if total < 0 else 'won'} under yellow"


def _visit(numbers: DriverNumbers, visit: PitStop) -> list[str]:
    gained = numbers.pit_places.get(visit)
    return [
        str(visit.lap),
        visit.flag.value,
        _seconds(visit.road_time),
        _seconds(visit.stopped_time) if is_stop(visit) else "no stop",
        visit.tires.value if visit.tires else "–",
        "" if gained is None else f"{gained:+d}".replace("-", "−") if gained else "0",
    ]


def _seconds(milliseconds: int | None) -> str:
    """``42.8``, ``1:04.3``; a question mark where it was not measured."""
    if milliseconds is None:
        return "?"
    minutes, rest = divmod(round(milliseconds / 100), 600)
    return f"{minutes}:{rest / 10:04.1f}" if minutes else f"{rest / 10:.1f}"


def _from_results(result: Result, outcome: Outcome) -> str:
    return "\n".join(filter(None, [f"**Completed** {count(result.laps, 'lap')}", _led(result, outcome)]))


def _what_is_held(timed: Sequence[Race]) -> str:
    """Of which races laps are held."""
    if not timed:
        return "Lap by lap no race is on record here."
    years = sorted({race.season for race in timed})
    span = f"in {years[0]}" if len(years) == 1 else f"from {years[0]} to {years[-1]}"
    return f"Lap by lap this race is not on record here. It is for {count(len(timed), 'race')} {span}."


def _links(facts: LapsFacts) -> list[Link]:
    """Results and recap of the race, and the driver's races with laps before and after it."""
    race, driver = facts.race, facts.driver.key
    before = [each for each in facts.own if each.day_run < race.day_run][-1:]
    after = [each for each in facts.own if each.day_run > race.day_run][:1]
    beside = [
        Link(f"{each.track.short} {each.season}", LapsQuestion(driver, each.season, each.round))
        for each in (*before, *after)
    ]
    return [
        Link("Results", ResultsQuestion(race.season, race.round)),
        Link("Recap", RecapQuestion(race.season, race.round)),
        *beside,
    ]


def _others(facts: LapsFacts, rows: Sequence[Result]) -> ui.ActionRow[Any]:
    """A select of the others in the race, as many as fit, in finishing order."""
    race = facts.race
    links = [
        Link(
            f"{each.finish} · {name_of(facts.season, each.driver)}",
            LapsQuestion(each.driver, race.season, race.round),
            off=each.driver == facts.driver.key,
        )
        for each in rows
    ]
    mine = [link for link in links if link.off]
    shown = links[:OPTIONS] if any(link.off for link in links[:OPTIONS]) else [*links[: OPTIONS - 1], *mine]
    return select_of("laps", "Another driver in this race…", shown)
