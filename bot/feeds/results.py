"""The trucks of a weekend as rows of results, once they have been found to agree with each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bot.feeds.clashes import RefusedError
from bot.feeds.people import People
from bot.feeds.schemas.weekend import ResultFacts, Stage, Weekend
from db.models import Entry, Race, Result, Season

STATUSES = {"accident": "crash"}
"""How a truck ended, where the results have another word for it."""
DID_NOT_START = "did not start"
FASTEST_LAP_PAYS_FROM = 2025
"""The first season in which the fastest lap pays a point."""
WIN_PAYS = {2017: 40, 2026: 55}
"""The winner's points, from each of these seasons on; second place pays 35 and each further one less."""
MOST_STAGE_POINTS = 10
LEAST_ENTERED = 0.5
"""An entry list with fewer trucks than this part of those that are held is not whole."""


@dataclass(frozen=True)
class Field:
    """The trucks of a weekend with their drivers as documents call them, in finishing order."""

    weekend: Weekend
    people: People
    trucks: tuple[tuple[ResultFacts, str], ...]

    @classmethod
    def of(cls, weekend: Weekend, people: People) -> Field:
        """Joins the drivers. Raises ClashError if it cannot be said who one of them is."""
        joined = [(row, people.join(row.driver_id, row.name, row.driver_hometown)) for row in weekend.rows]
        return cls(weekend, people, tuple(sorted(joined, key=lambda each: (each[0].place or 1000, each[0].car_number))))

    @cached_property
    def finishers(self) -> tuple[tuple[ResultFacts, str], ...]:
        """Those who have a place."""
        return tuple(each for each in self.trucks if each[0].place)

    @property
    def has_points(self) -> bool:
        """Whether points are there yet; until they are, everybody has 0."""
        return any(row.points_earned for row, _ in self.finishers)

    def driver_of(self, number: str | None) -> str | None:
        """Who raced a truck; None where nobody did, or two."""
        drivers = {driver for row, driver in self.finishers if row.car_number == number}
        return drivers.pop() if len(drivers) == 1 else None

    def of_id(self, driver_id: int | None) -> str | None:
        """The driver of that id, if they raced."""
        return next((driver for row, driver in self.finishers if driver_id and row.driver_id == driver_id), None)


def must_agree(field: Field, laps: int | None) -> None:
    """Refuses results that contradict themselves.

    Args:
        field: of a race that was run.
        laps: how many were run, if that is known.

    Raises:
        RefusedError: says what contradicts what.
    """
    places = [row.place for row, _ in field.finishers]
    if places != list(range(1, len(places) + 1)):
        wrong = next(place for place, held in enumerate(places, 1) if held != place)
        what = f"two trucks in place {wrong - 1}" if places[wrong - 1] == wrong - 1 else f"nobody in place {wrong}"
        raise RefusedError(f"has {what}, with {len(places)} trucks")
    if len(places) < 2:
        raise RefusedError("has a single truck")
    expected = field.weekend.race.number_of_cars_in_field
    # In some years those who did not start are counted as well.
    if expected and len(field.trucks) < expected:
        raise RefusedError(f"has {len(field.trucks)} trucks of the {expected} that it says were in the field")
    drivers, trucks = [driver for _, driver in field.finishers], [row.car_number for row, _ in field.finishers]
    for what, names in (("driver", drivers), ("truck", trucks)):
        twice = next((name for name, many in Counter(names).items() if many > 1), None)
        if twice is not None:
            raise RefusedError(f"has {what} {twice} in two places")
    _laps_must_agree(field, laps)


def _laps_must_agree(field: Field, laps: int | None) -> None:
    for row, driver in field.finishers:
        if row.finishing_status is None:
            raise RefusedError(f"does not say how {driver}'s race ended")
        completed, led = row.laps_completed or 0, row.laps_led or 0
        if led > completed:
            raise RefusedError(f"has {driver} leading {led} of {completed} laps")
        if laps and completed > laps:
            raise RefusedError(f"has {driver} completing {completed} of {laps} laps")
    led = sum(row.laps_led or 0 for row, _ in field.finishers)
    if laps and led > laps:
        raise RefusedError(f"has {led} laps led of the {laps} that were run")


def must_not_shrink(field: Field, known: Season | None, held: Race | None) -> None:
    """Refuses a weekend that has lost what is held of the race already.

    Raises:
        RefusedError: says what is lacking.
    """
    if known is None or held is None:
        return
    stored = known.results.get(held.round) or known.partial.get(held.round, ())
    if not field.weekend.has_results:
        if stored:
            raise RefusedError(f"has no results, and {len(stored)} trucks are held; they stay")
        entered = len(known.absent.get(held.round, ()))
        if len(field.trucks) < entered * LEAST_ENTERED:
            raise RefusedError(f"has {len(field.trucks)} entries, and {entered} are held; they stay")
        return
    if len(field.finishers) < len(stored):
        raise RefusedError(f"has {len(field.finishers)} trucks, and {len(stored)} are held; they stay")
    if not field.has_points and any(row.points for row in stored):
        raise RefusedError("has no points any more; the results that are held stay")
    staged = any(stage.finish for row in stored for stage in row.stages)
    if staged and not any(stage.results for stage in field.weekend.race.stage_results or ()):
        raise RefusedError("has no stages any more; the results that are held stay")


def result_rows(
    field: Field, number: int, known: Season | None, held: Race | None, quickest: str | None
) -> list[dict[str, Any]]:
    """The rows of ``results``; without a finish those of an entry list, and of trucks that did not start.

    Args:
        field: the trucks.
        number: the race's round on the schedule.
        known: the season as it is stored.
        held: the race as it is stored.
        quickest: who had the fastest lap, where that is known.

    Raises:
        RefusedError: the stages contradict the results.
    """
    stages = stage_scores(field)
    rookies = frozenset(map(field.people.called, known.rookies)) if known is not None else frozenset[str]()
    before = _Before(field.people, known, held)
    year = field.weekend.race.race_season
    fastest = None
    if year >= FASTEST_LAP_PAYS_FROM:
        fastest = fastest_lap_point(field, stages) or _who_scores_elsewhere(field, quickest)
    run = field.weekend.has_results
    grid = not run and _has_starting_order(field)
    rows = []
    for facts, driver in field.trucks:
        row = _entry_row(facts, driver, number, rookies)
        if grid and facts.starting_position:
            row["start"] = facts.starting_position
        if run and facts.place:
            row |= _finish_row(facts)
            for stage, scores in stages.items():
                finish, points = scores.get(driver, (None, 0))
                row |= {f"stage{stage}_points": points if row["eligible"] else 0}
                row |= {f"stage{stage}_finish": finish} if finish else {}
            if driver == fastest:
                row["fastest_lap"] = True
            if facts.disqualified:
                row |= {"disqualified": True, **before.note_of(driver, facts.place)}
        elif run:
            row["note"] = before.note(driver, facts.car_number) or DID_NOT_START
        rows.append(row)
    return rows


def _has_starting_order(field: Field) -> bool:
    """Whether the starting order of a race to come is there: places from the first on without a gap, of most trucks."""
    places = sorted(row.starting_position for row, _ in field.trucks if row.starting_position)
    return places == list(range(1, len(places) + 1)) and len(places) > len(field.trucks) * LEAST_ENTERED


def _entry_row(facts: ResultFacts, driver: str, number: int, rookies: Collection[str]) -> dict[str, Any]:
    texts = {
        "make": facts.car_make,
        "team": facts.team_name,
        "owner": facts.owner_fullname,
        "sponsor": facts.sponsor,
        "crew_chief": facts.crew_chief_fullname,
    }
    row: dict[str, Any] = {"round": number, "number": facts.car_number, "driver": driver}
    row |= {field: value for field, value in texts.items() if value}
    if driver in rookies:
        row["rookie"] = True
    return row


def _finish_row(facts: ResultFacts) -> dict[str, Any]:
    status = (facts.finishing_status or "").casefold()
    row: dict[str, Any] = {
        "finish": facts.place,
        "laps": facts.laps_completed or 0,
        "led": facts.laps_led or 0,
        "status": STATUSES.get(status, status),
        "points": facts.points_earned or 0,
        # Everybody who scores here gets at least one point, whatever the place.
        "eligible": bool(facts.points_earned),
    }
    if facts.starting_position:
        row["start"] = facts.starting_position
    return row


def stage_scores(field: Field) -> dict[int, dict[str, tuple[int, int]]]:
    """Place and points of the first ten of the first two stages, by stage and driver.

    Raises:
        RefusedError: somebody is there who did not race, a place is taken twice, or points cannot be.
    """
    scores: dict[int, dict[str, tuple[int, int]]] = {}
    for stage in field.weekend.race.stage_results or ():
        if stage.stage_number in (1, 2) and stage.results:
            scores[stage.stage_number] = _scores_of(field, stage)
    return scores


def _scores_of(field: Field, stage: Stage) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for each in stage.results or ():
        driver = field.of_id(each.driver_id) or field.driver_of(each.car_number)
        if driver is None:
            raise RefusedError(f"has {each.driver_fullname} in stage {stage.stage_number}, who did not race")
        if not each.finishing_position or driver in found:
            raise RefusedError(f"has no place for {driver} in stage {stage.stage_number}, or two")
        points = each.stage_points or 0
        if not 0 <= points <= MOST_STAGE_POINTS:
            raise RefusedError(f"has {points} points for {driver} in stage {stage.stage_number}")
        found[driver] = each.finishing_position, points
    if len({place for place, _ in found.values()}) < len(found):
        raise RefusedError(f"has two drivers in one place of stage {stage.stage_number}")
    return found


def stage_winner(scores: Mapping[str, tuple[int, int]]) -> str | None:
    """Who won a stage; None where the first place is not among those listed."""
    return next((driver for driver, (place, _) in scores.items() if place == 1), None)


def fastest_lap_point(field: Field, stages: Mapping[int, Mapping[str, tuple[int, int]]]) -> str | None:
    """Who got the point for the fastest lap: the one whose points are one more than finish and stages give.

    The fastest lap itself may have been somebody's who does not score. None where nobody has that point, or several.
    """
    win = WIN_PAYS[max(year for year in WIN_PAYS if year <= field.weekend.race.race_season)]
    found = []
    for row, driver in field.finishers:
        place = row.place or 0
        base = win if place == 1 else max(37 - place, 1)
        staged = sum(scores.get(driver, (0, 0))[1] for scores in stages.values())
        if (row.points_earned or 0) - base - staged == 1 and not row.disqualified:
            found.append(driver)
    return found[0] if len(found) == 1 else None


def point_for_another(field: Field, quickest: str | None) -> str | None:
    """What is odd about the point for the fastest lap, in a line: somebody has it, and one who scores was faster."""
    if field.weekend.race.race_season < FASTEST_LAP_PAYS_FROM:
        return None
    paid = fastest_lap_point(field, stage_scores(field))
    scores = any(driver == quickest and row.points_earned and not row.disqualified for row, driver in field.finishers)
    if paid is None or not scores or paid == quickest:
        return None
    return f"{paid} has the point for the fastest lap, and by the lap times it was {quickest}'s"


def points_of_guests(field: Field, guests: Collection[int]) -> list[str]:
    """A line for each driver who has points although they are marked as scoring in another series.

    Their points count: most of those who had some in fact scored here. NASCAR's table tells who did not.

    Args:
        field: the trucks.
        guests: NASCAR's ids of those who are marked.
    """
    return [
        f"{driver} has {row.points_earned} points, and the lap times mark them as scoring in another series"
        for row, driver in field.finishers
        if row.driver_id in guests and row.points_earned
    ]


def _who_scores_elsewhere(field: Field, quickest: str | None) -> str | None:
    """The driver of the fastest lap, if they do not score here: then nobody gets the point."""
    return next((driver for row, driver in field.finishers if driver == quickest and not row.points_earned), None)


class _Before:
    """What was held of a race's trucks."""

    def __init__(self, people: People, known: Season | None, held: Race | None) -> None:
        self._rows: dict[str, Result] = {}
        self._entries: list[tuple[str, Entry]] = []
        if known is None or held is None:
            return
        for row in known.results.get(held.round, ()):
            self._rows[people.called(row.driver)] = row
        self._entries = [(people.called(entry.driver), entry) for entry in known.absent.get(held.round, ())]

    def note(self, driver: str, number: str) -> str | None:
        """Why a truck did not race, if that is on record."""
        return next((e.note for who, e in self._entries if who == driver and e.number == number), None)

    def note_of(self, driver: str, place: int) -> dict[str, str]:
        """The note on somebody who is disqualified: that of before or, where they are so now, what place they lost."""
        row = self._rows.get(driver)
        if row is None:
            return {}
        if row.disqualified or row.finish == place:
            return {"note": row.entry.note} if row.entry.note else {}
        return {"note": f"place {row.finish} before the disqualification"}
