"""What a race that runs remembers from one state to the next: its flags, the last restart, the checkered flag; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db.live.models import RACING, Flag, FlagPeriod, LiveState, LiveTruck, Restart
from db.models import SessionKind

ANOTHER_DAY = timedelta(hours=1)
"""So much later the counters of a feed may have begun anew, as for a race that is finished on the next day."""
AFTER_THE_FLAG = timedelta(minutes=10)
"""So long after the checkered flag everybody has finished, even where the feed never says that the track is cold."""
A_LAP_OR_TWO = 2
"""By so much the documents differ about the lap of a flag."""
_ORDER = {SessionKind.PRACTICE: 0, SessionKind.QUALIFYING: 1, SessionKind.RACE: 2}


class StaleError(Exception):
    """What came is older than what is held."""


def must_not_be_older(held: LiveState | None, new: LiveState) -> None:
    """Refuses a state of an earlier session, or of an earlier moment of the same one.

    Laps are no measure: the count is corrected now and then. Seconds since the green flag only grow, within a day.

    Raises:
        StaleError: it is older.
    """
    if held is None or held.race != new.race:
        return
    if new.session is not held.session:
        if _ORDER[new.session] < _ORDER[held.session]:
            raise StaleError
        return
    if new.at >= held.at + ANOTHER_DAY and new.lap >= held.lap:
        return
    if held.checkered is not None and new.lap < held.lap:
        raise StaleError
    if held.run == new.run and held.elapsed is not None and new.elapsed is not None:
        older = new.elapsed < held.elapsed
    else:
        older = new.lap < held.lap
    if older:
        raise StaleError


def carry_on(held: LiveState | None, new: LiveState, flags: Sequence[FlagPeriod] = ()) -> LiveState:
    """The new state with what was known before; the very same object as ``held`` where nothing is new.

    Args:
        held: the state before; None before the first.
        new: what came.
        flags: every flag of the race so far, where the document that lists them was read and is as new.
    """
    if held is not None and (held.race, held.session) != (new.race, new.session):
        held = None
    made = replace(new, flags=tuple(flags) if _is_as_new(flags, new, held) else _with_flag(held, new))
    if held is not None:
        made = replace(
            made,
            stages=new.stages or held.stages,
            fastest_point=new.fastest_point or held.fastest_point,
            cautions=new.cautions if new.cautions is not None else held.cautions,
            caution_laps=new.caution_laps if new.caution_laps is not None else held.caution_laps,
            trucks=tuple(_truck_with(held, truck) for truck in new.trucks),
            checkered=held.checkered or new.checkered,
        )
    if made.checkered is None:
        made = replace(made, checkered=_first_checkered(made))
    made = replace(made, restart=_restart(held, made))
    if made.checkered is not None and (made.flag is Flag.COLD or made.at >= made.checkered + AFTER_THE_FLAG):
        made = replace(made, ended=(held.ended if held is not None else None) or made.at)
    return held if held is not None and _same(held, made) else made


def ended_by(state: LiveState, now: datetime) -> LiveState:
    """The state, ended if its checkered flag fell long enough ago: the feed stays as it was when all is over."""
    if state.checkered is None or state.ended is not None or now < state.checkered + AFTER_THE_FLAG:
        return state
    return replace(state, ended=now)


def _same(held: LiveState, made: LiveState) -> bool:
    """Whether only the moment differs."""
    return replace(made, at=held.at, came=held.came) == held


def _is_as_new(flags: Sequence[FlagPeriod], new: LiveState, held: LiveState | None) -> bool:
    """Whether a list of flags ends with the one that is shown, and lacks none that was seen."""
    if not flags or (new.flags and flags[-1].flag is not new.flag):
        return False
    if held is None or not held.flags:
        return True
    last = held.flags[-1]
    # An older list may end with the same flag, shown once before.
    was_shown = any(each.flag is flags[-1].flag for each in held.flags)
    is_older = was_shown and flags[-1].flag is not last.flag and flags[-1].since <= last.since
    return not is_older and flags[-1].lap >= last.lap - A_LAP_OR_TWO


def _with_flag(held: LiveState | None, new: LiveState) -> tuple[FlagPeriod, ...]:
    before = held.flags if held is not None else ()
    if not new.flags or (before and before[-1].flag is new.flag):
        return before
    return (*before, *new.flags)


def _truck_with(held: LiveState, truck: LiveTruck) -> LiveTruck:
    """A truck with what documents that are read more seldom said of it."""
    before = held.by_number.get(truck.number)
    if before is None or before.driver != truck.driver:
        return truck
    if before.stops > truck.stops:
        truck = replace(truck, stops=before.stops, last_stop=before.last_stop)
    points = truck.points if truck.points is not None else before.points
    return replace(truck, points=points, eligible=truck.eligible and before.eligible, start=truck.start or before.start)


def _first_checkered(state: LiveState) -> datetime | None:
    if state.session is not SessionKind.RACE:
        return None
    return next((each.since for each in state.flags if each.flag is Flag.CHECKERED), None)


def _restart(held: LiveState | None, made: LiveState) -> Restart | None:
    """The last restart and the order then; None where nobody saw that order, and before the first restart."""
    greens = [place for place, each in enumerate(made.flags) if each.flag is Flag.GREEN]
    begun = next((place for place, each in enumerate(made.flags) if each.flag in RACING), None)
    if not greens or begun is None or greens[-1] <= begun or greens[-1] != _last_racing(made):
        # Before the first restart there is none; under yellow and red the last one is still the last.
        return held.restart if held is not None else None
    period = made.flags[greens[-1]]
    if held is not None and held.flags and held.flag is Flag.GREEN and _greens(held) == len(greens):
        return held.restart
    if made.lap - period.lap > 1:
        return None  # it was a while ago, and nobody looked
    return Restart(period.lap, tuple(truck.number for truck in made.trucks))


def _greens(state: LiveState) -> int:
    return sum(each.flag is Flag.GREEN for each in state.flags)


def _last_racing(state: LiveState) -> int:
    """The place of the last flag under which the race ran; what comes after the checkered flag is none."""
    return max((place for place, each in enumerate(state.flags) if each.flag in RACING), default=-1)
