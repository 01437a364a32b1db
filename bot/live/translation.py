"""NASCAR's live documents as a ``LiveState``; pure. What they mislead about is settled here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property
from statistics import median

from bot.feeds.schemas.live import NO_LIMIT, FlagShown, LiveFeed, LivePitStop, StageOver, Vehicle
from bot.feeds.schemas.points import LivePoints
from bot.feeds.schemas.race import PRACTICE, QUALIFYING, RACE
from bot.feeds.schemas.timing import POSSIBLE, PitStop
from bot.live.source import Followed
from db.live.models import (
    Flag,
    FlagPeriod,
    LiveFastest,
    LiveLead,
    LiveStage,
    LiveState,
    LiveTruck,
    StagePlace,
    TruckStatus,
)
from db.models import Driver, SessionKind
from db.naming import fold_name

FLAGS = {1: Flag.GREEN, 2: Flag.YELLOW, 3: Flag.RED, 4: Flag.CHECKERED, 8: Flag.HOT, 9: Flag.COLD}
"""4 is the checkered flag, 5 never occurs, and 0 says nothing."""
SESSIONS = {PRACTICE: SessionKind.PRACTICE, QUALIFYING: SessionKind.QUALIFYING, RACE: SessionKind.RACE}
STATUSES = {2: TruckStatus.PITS, 3: TruckStatus.OUT, 6: TruckStatus.GARAGE}
"""1 is a truck that runs, on the track or, in practice, off it."""
MAKES = {"chv": "Chevrolet", "frd": "Ford", "tyt": "Toyota", "ram": "Ram"}
ELSEWHERE = "i"
"""The marker of a driver who scores in another series."""
SCORED_STAGES = 2
EARLY, AHEAD = timedelta(minutes=10), timedelta(seconds=5)
"""How long before it came a document may have been written, and how far a server's clock may be ahead."""
FLAGS_BEFORE_START = timedelta(hours=12)
"""Flags from longer before the start than that are another session's."""


def state_of(feed: LiveFeed, race: int, known: KnownDrivers, came: datetime) -> LiveState:
    """What the running order alone says; ``flags`` holds the flag that is shown, unless it says none.

    Args:
        feed: the document, of that race.
        race: the race, by the store's id.
        known: the drivers of the store.
        came: when it came.
    """
    session = SESSIONS.get(feed.run_type or RACE, SessionKind.RACE)
    racing = session is SessionKind.RACE
    at = moment_of(feed, came)
    lap, laps = feed.lap_number or 0, _laps(feed) if racing else None
    flag = FLAGS.get(feed.flag_state or 0)
    rows = _in_order(feed.vehicles)
    fastest = _fastest(rows)
    impossible = fastest.seconds if fastest is not None else 0.0
    trucks = tuple(_truck(row, place, feed, laps, known, impossible) for place, row in enumerate(rows, 1))
    stage = feed.stage if racing else None
    return LiveState(
        race=race,
        session=session,
        lap=lap,
        laps=laps,
        trucks=trucks if racing else tuple(replace(truck, start=None) for truck in trucks),
        at=at,
        came=came,
        stage=(stage.stage_num or None) if stage else None,
        stage_end=(stage.finish_at_lap or None) if stage else None,
        flags=(FlagPeriod(flag, lap, at),) if flag is not None else (),
        leads=_leads(rows) if racing else (),
        cautions=feed.number_of_caution_segments if racing else None,
        caution_laps=feed.number_of_caution_laps if racing else None,
        fastest=fastest,
        elapsed=feed.elapsed_time,
        run=feed.run_id,
        checkered=at if racing and _is_over(flag, feed) else None,
    )


def moment_of(feed: LiveFeed, came: datetime) -> datetime:
    """When a document with something new was true: when it was written, if that can be, else when it came.

    A document is written again and again with the same content, so this says nothing of one that is as it was.
    """
    written = feed.written
    if written is None or not came - EARLY <= written <= came + AHEAD:
        return came
    return min(written, came).replace(microsecond=0)


def _laps(feed: LiveFeed) -> int | None:
    return feed.laps_in_race if feed.laps_in_race and feed.laps_in_race < NO_LIMIT else None


def _is_over(flag: Flag | None, feed: LiveFeed) -> bool:
    """Whether the checkered flag has fallen: it is shown, or all laps are run and the track is empty."""
    if flag is Flag.CHECKERED:
        return True
    laps = _laps(feed)
    return flag is Flag.COLD and laps is not None and feed.laps_to_go == 0 and (feed.lap_number or 0) >= laps


def _in_order(vehicles: Iterable[Vehicle]) -> list[Vehicle]:
    """The trucks in running order, each once; who has no place comes last. The document need not be in order."""
    kept: dict[str, Vehicle] = {}
    for row in vehicles:
        other = kept.get(row.vehicle_number)
        if other is None or (row.laps_completed or 0) > (other.laps_completed or 0):
            kept[row.vehicle_number] = row
    return sorted(kept.values(), key=lambda row: (row.running_position or 1000, -(row.laps_completed or 0)))


def _truck(
    row: Vehicle, place: int, feed: LiveFeed, laps: int | None, known: KnownDrivers, fastest: float
) -> LiveTruck:
    name, markers = row.driver.called
    down, gap = _behind(row, feed.lap_number or 0)
    stops = sorted({lap for stop in row.pit_stops or () if (lap := _stop(stop, laps))})
    possible = row.best_lap_time is not None and row.best_lap_time >= fastest
    return LiveTruck(
        number=row.vehicle_number,
        driver=known.key(row.driver.driver_id, name),
        name=name or f"No. {row.vehicle_number}",
        position=place,
        laps=row.laps_completed or 0,
        gap=gap,
        laps_down=down,
        led=sum(last - first + 1 for first, last in _led(row)),
        last_lap=row.last_lap_time,
        best_lap=row.best_lap_time if possible else None,
        best_lap_number=(row.best_lap or None) if possible else None,
        last_stop=stops[-1] if stops else None,
        stops=len(stops),
        status=_status(row),
        start=row.starting_position or None,
        eligible=ELSEWHERE not in markers,
        make=MAKES.get((row.vehicle_manufacturer or "").casefold()),
    )


def _behind(row: Vehicle, lap: int) -> tuple[int, float | None]:
    """Laps down, and seconds behind the leader for who is on the lead lap. ``delta`` holds now one, now the other."""
    delta = row.delta
    if delta is None:
        return max(lap - (row.laps_completed if row.laps_completed is not None else lap), 0), None
    return (int(-delta), None) if delta < 0 else (0, delta)


def _stop(row: LivePitStop, laps: int | None) -> int | None:
    """The lap of a stop; None for a row of before the start or after the finish."""
    lap = row.pit_in_lap_count
    return lap if lap and (laps is None or (row.pit_in_leader_lap or lap) < laps) else None


def _status(row: Vehicle) -> TruckStatus:
    if row.status in STATUSES:
        return STATUSES[row.status]
    # A number that nobody has seen yet says less than whether the truck is on the track.
    return TruckStatus.OUT if row.status not in (None, 1) and row.is_on_track is False else TruckStatus.ON_TRACK


def _led(row: Vehicle) -> list[tuple[int, int]]:
    """The laps that a truck led; lap 0 is none."""
    known = [(e.start_lap, e.end_lap) for e in row.laps_led or () if e.start_lap is not None and e.end_lap]
    return [(max(first, 1), last) for first, last in known if last >= first]


def _leads(rows: Iterable[Vehicle]) -> tuple[LiveLead, ...]:
    """Every lead in order; two that follow each other and are one truck's are one."""
    ranges = sorted((first, last, row.vehicle_number) for row in rows for first, last in _led(row))
    leads: list[LiveLead] = []
    for first, last, number in ranges:
        if leads and leads[-1].number == number and first <= leads[-1].to_lap + 1:
            leads[-1] = replace(leads[-1], to_lap=max(last, leads[-1].to_lap))
        else:
            leads.append(LiveLead(number, first, last))
    return tuple(leads)


def _fastest(rows: Sequence[Vehicle]) -> LiveFastest | None:
    """The fastest lap that can have been; None where none was timed, or two trucks share it."""
    timed = [(row.best_lap_time, row) for row in rows if row.best_lap_time is not None]
    if not timed:
        return None
    least = median(seconds for seconds, _ in timed) * POSSIBLE
    quickest = min(seconds for seconds, _ in timed if seconds >= least)
    found = [row for seconds, row in timed if seconds == quickest]
    if len(found) > 1:
        return None
    return LiveFastest(found[0].vehicle_number, quickest, found[0].best_lap or None)


class KnownDrivers:
    """Finds the driver of the store by NASCAR's id or, where that is not known, by a name that only one bears."""

    def __init__(self, drivers: Mapping[str, Driver]) -> None:
        self._by_id = {driver.nascar_id: key for key, driver in drivers.items() if driver.nascar_id is not None}
        self._drivers = drivers

    def key(self, number: int | None, name: str) -> str | None:
        """The driver's key; None where nobody, or more than one, can be meant."""
        if number is not None and number in self._by_id:
            return self._by_id[number]
        # Who has another id is another person.
        keys = self._by_name.get(fold_name(name), ())
        found = [key for key in keys if number is None or self._drivers[key].nascar_id is None]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _by_name(self) -> Mapping[str, list[str]]:
        names: dict[str, list[str]] = defaultdict(list)
        for key, driver in self._drivers.items():
            for name in {fold_name(each) for each in (driver.name, *driver.aliases)}:
                names[name].append(key)
        return names


def flags_of(rows: Sequence[FlagShown], state: LiveState, followed: Followed) -> tuple[FlagPeriod, ...]:
    """The flags of a race from the document that lists them; empty where they are another session's.

    Args:
        rows: the document's, in order.
        state: the race as it stands, from which moments are counted where the document has none.
        followed: the race.
    """
    flags: list[FlagPeriod] = []
    for row in rows:
        flag = FLAGS.get(row.flag_state or 0)
        if flag is None or (flags and flags[-1].flag is flag):
            continue
        free_pass = row.beneficiary if (row.beneficiary or "").isdigit() else None
        flags.append(FlagPeriod(flag, row.lap_number or 0, _shown(row, state), row.comment, free_pass))
    if flags and flags[0].since < followed.race.begins - FLAGS_BEFORE_START:
        return ()
    return tuple(flags)


def _shown(row: FlagShown, state: LiveState) -> datetime:
    moment = row.time_of_day_os
    if moment is not None and moment.tzinfo is not None:
        return moment.astimezone(state.at.tzinfo).replace(microsecond=0)
    ago = (state.elapsed or 0) - (row.elapsed_time or 0) if row.elapsed_time is not None else 0
    return state.at - timedelta(seconds=max(round(ago), 0))


def stages_of(rows: Iterable[StageOver], state: LiveState, followed: Followed) -> tuple[LiveStage, ...]:
    """The scored stages that are over; the last part of a race ends with its finish and is none."""
    scored = len(followed.race.stage_laps) - 1 if followed.race.stage_laps else SCORED_STAGES
    found: dict[int, LiveStage] = {}
    for row in rows:
        if not row.stage_number or row.stage_number > scored:
            continue
        places = {
            each.position: StagePlace(each.position, each.vehicle_number, each.stage_points or 0)
            for each in row.results or ()
            if each.position and each.vehicle_number in state.by_number
        }
        if places:
            found[row.stage_number] = LiveStage(row.stage_number, tuple(places[each] for each in sorted(places)))
    return tuple(found[number] for number in sorted(found))


def with_points(state: LiveState, rows: Iterable[LivePoints], ids: Mapping[str, int]) -> LiveState:
    """The state with what NASCAR counts so far: points of this race, who scores here, who has the fastest lap's point.

    Args:
        state: the race as it stands.
        rows: everybody who has points, in the race or not.
        ids: NASCAR's id of each truck's driver, by the truck's number.
    """
    by_id = {row.driver_id: row for row in rows if row.driver_id is not None}
    trucks, fastest = [], state.fastest_point
    for truck in state.trucks:
        row = by_id.get(ids.get(truck.number, 0))
        if row is None:
            trucks.append(truck)
            continue
        eligible = truck.eligible and row.is_points_eligible is not False
        trucks.append(replace(truck, points=row.points_earned_this_race, eligible=eligible))
        fastest = truck.number if row.is_fastest_lap_point else fastest
    return replace(state, trucks=tuple(trucks), fastest_point=fastest)


def with_stops(state: LiveState, rows: Iterable[PitStop]) -> LiveState:
    """The state with the stops of pit road's document, where that knows of more than the running order does."""
    stops: dict[str, set[int]] = {}
    for row in rows:
        if row.vehicle_number in state.by_number and row.is_stop(state.laps or NO_LIMIT):
            stops.setdefault(row.vehicle_number, set()).add(row.lap_count or 0)
    trucks = tuple(_with_stops(truck, stops.get(truck.number, set())) for truck in state.trucks)
    return replace(state, trucks=trucks)


def _with_stops(truck: LiveTruck, laps: set[int]) -> LiveTruck:
    if len(laps) <= truck.stops:
        return truck
    return replace(truck, stops=len(laps), last_stop=max(laps))
