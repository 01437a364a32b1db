"""How a race went besides its finishing order: who led, cautions, pole, margin, fastest lap."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from bot.feeds.results import Field, stage_scores, stage_winner
from bot.feeds.schemas.timing import LapTimes
from bot.feeds.schemas.weekend import Caution, LeadFacts
from db.models import Race

_STAGE_END = re.compile(r"stage (\d) conclu", re.IGNORECASE)
_UNDER_CAUTION = frozenset({"caution", "under caution"})
REASONS = {"competition": "competition caution", "unknown": None, "fluid on track": "fluid on the track"}
"""What a caution was for, where the results have other words for it."""


def outcome_of(field: Field, held: Race | None, fastest: dict[str, Any] | None, *, timed: bool) -> dict[str, Any]:
    """The ``outcome`` of a race that was run; what is not known is left out.

    Args:
        field: the trucks.
        held: the race as it is stored. Of its outcome stays what NASCAR's documents do not have.
        fastest: the fastest lap, as ``fastest_lap`` finds it.
        timed: whether the lap times were there; if not, the fastest lap that is held stays.
    """
    race = field.weekend.race
    stages = stage_scores(field)
    winners = [stage_winner(stages.get(number, {})) for number in (1, 2)]
    found: dict[str, Any] = {
        "laps": race.actual_laps or None,
        "pole": field.of_id(race.pole_winner_driver_id) if race.pole_winner_speed else None,
        "pole_mph": race.pole_winner_speed if field.of_id(race.pole_winner_driver_id) else None,
        "stage_winners": winners if any(winners) else None,
        "fastest_lap": fastest if timed else _held_fastest_lap(field, held),
        "rookie_of_the_race": _still_there(field, held),
        "cautions": race.number_of_cautions,
        "caution_laps": race.number_of_caution_laps,
        "lead_changes": race.number_of_lead_changes,
        "average_mph": race.average_speed,
        "seconds": race.seconds,
        **_margin(field),
        "leads": _leads(field, race.race_leaders or ()),
        "caution_periods": _cautions(race.caution_segments or (), race.actual_laps),
    }
    return {name: value for name, value in found.items() if value not in (None, [])}


def _margin(field: Field) -> dict[str, Any]:
    """The margin in seconds, or that the race ended under caution.

    It is left out where somebody was disqualified who finished on the lead lap: it is the margin to that truck.
    """
    text = (field.weekend.race.margin_of_victory or "").casefold()
    if text in _UNDER_CAUTION:
        return {"under_caution": True}
    laps = max((row.laps_completed or 0 for row, _ in field.finishers), default=0)
    gone = any(row.disqualified and (row.laps_completed or 0) >= laps for row, _ in field.finishers)
    if gone or not re.fullmatch(r"\d{0,3}\.\d{1,3}", text):
        return {}
    return {"margin": float(text)}


def _leads(field: Field, segments: Iterable[LeadFacts]) -> list[list[Any]]:
    """Who led from which lap to which, of one leader's laps in a row one lead.

    Empty unless they cover every lap and agree with the laps led in the results. The segment of lap 0 is the pole.
    """
    leads: list[list[Any]] = []
    for segment in sorted(segments, key=lambda each: (each.start_lap or 0, each.end_lap or 0)):
        if not segment.end_lap:
            continue
        driver, first = field.driver_of(segment.car_number), max(segment.start_lap or 0, 1)
        if driver is None or first != (leads[-1][2] + 1 if leads else 1) or segment.end_lap < first:
            return []
        if leads and leads[-1][0] == driver:
            leads[-1][2] = segment.end_lap
        else:
            leads.append([driver, first, segment.end_lap])
    led = Counter[str]()
    for driver, first, last in leads:
        led[driver] += last - first + 1
    counted = {driver: row.laps_led for row, driver in field.finishers if row.laps_led}
    laps = field.weekend.race.actual_laps
    return leads if led == Counter(counted) and (not laps or led.total() == laps) else []


def _cautions(segments: Iterable[Caution], laps: int | None) -> list[list[Any]]:
    """The cautions in order; none of them where one overlaps another or goes beyond the race."""
    found: list[list[Any]] = []
    for segment in sorted(segments, key=lambda each: each.start_lap or 0):
        first, last = segment.start_lap or 0, segment.end_lap or 0
        if last < 1:
            continue
        first = max(first, 1)
        if last < first or (found and first <= found[-1][1]) or (laps and last > laps):
            return []
        number = (segment.beneficiary_car_number or "").strip()
        found.append([first, last, _reason(segment), number if re.fullmatch("[0-9]{1,3}", number) else None])
    return found


def _reason(segment: Caution) -> str | None:
    """The reason; a stage's break is called "Competition", or by what brought out the caution with which it ended."""
    stage = _STAGE_END.search(segment.comment or "")
    if stage:
        return f"end of stage {stage[1]}"
    reason = (segment.reason or "").casefold()
    if reason == "unknown":
        return REASONS.get((segment.comment or "").casefold())
    return REASONS.get(reason, reason or None)


def fastest_lap(field: Field, lap_times: LapTimes | None) -> dict[str, Any] | None:
    """Who had the fastest lap, as an outcome has it; None where the lap times are not there or do not say."""
    fastest = lap_times.fastest() if lap_times is not None else None
    if fastest is None:
        return None
    truck, lap = fastest
    driver = field.of_id(truck.driver_id) or field.driver_of(truck.number)
    if driver is None:
        return None
    row: dict[str, Any] = {"driver": driver, "seconds": lap.seconds}
    return row | ({"mph": lap.mph} if lap.mph else {})


def _held_fastest_lap(field: Field, held: Race | None) -> dict[str, Any] | None:
    """The fastest lap that is on record."""
    fastest = held.outcome.fastest_lap if held is not None and held.outcome is not None else None
    if fastest is None:
        return None
    known = {"driver": field.people.called(fastest.driver), "seconds": fastest.seconds, "mph": fastest.mph}
    return {name: value for name, value in known.items() if value is not None}


def _still_there(field: Field, held: Race | None) -> str | None:
    rookie = held.outcome.rookie_of_the_race if held is not None and held.outcome is not None else None
    return field.people.called(rookie) if rookie else None
