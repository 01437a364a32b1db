"""Small races under way for the tests of what is posted of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from db.connection import Store
from db.live.models import (
    Flag,
    FlagPeriod,
    LiveLead,
    LiveStage,
    LiveState,
    LiveTruck,
    StagePlace,
    events_of,
    stage_ends,
)
from db.live.rows import save_state
from db.models import Season, SessionKind
from tests.seasons import make_season

GREEN = datetime(2025, 3, 8, 1, 0, tzinfo=UTC)
"""When the green flag fell."""
LAP = timedelta(seconds=50)
DRIVERS = ("Corey Heim", "Ty Majeski", "Layne Riggs")
NUMBERS = ("1", "2", "3")
LAPS = 60
RACE = 202502
RACE_FACTS: dict[str, Any] = {
    "nascar_id": 5504,
    "scheduled_laps": LAPS,
    "stage_laps": (20, 20, 20),
    "start": GREEN,
    "date": datetime(2025, 3, 7).date(),
    "id": RACE,
}


def season(*, run: int = 1, **facts: Any) -> Season:
    """One race is run, and the second is the one under way, unless ``run`` is 2."""
    return make_season(2025, [list(DRIVERS)] * run, upcoming=3 - run, races={2: RACE_FACTS | facts})


def at_lap(lap: float) -> datetime:
    return GREEN + lap * LAP


def flag(kind: Flag, lap: int, *, reason: str | None = None, free_pass: str | None = None) -> FlagPeriod:
    return FlagPeriod(kind, lap, at_lap(lap), reason, free_pass)


START = flag(Flag.GREEN, 0)


def truck(number: str, place: int, lap: int, **facts: Any) -> LiveTruck:
    name = DRIVERS[int(number) - 1]
    return LiveTruck(number, name.casefold().replace(" ", "-"), name, place, lap, gap=0.4 * (place - 1), **facts)


def state(
    lap: int,
    flags: Sequence[FlagPeriod] = (START,),
    *,
    order: Sequence[str] = NUMBERS,
    came: datetime | None = None,
    **facts: Any,
) -> LiveState:
    """The race when the leader has completed a lap."""
    moment = came or at_lap(lap)
    made = LiveState(
        race=RACE,
        session=SessionKind.RACE,
        lap=lap,
        laps=LAPS,
        trucks=tuple(truck(number, place, lap) for place, number in enumerate(order, 1)),
        at=moment,
        came=moment,
        flags=tuple(flags),
        leads=(LiveLead(order[0], 1, max(lap, 1)),),
        cautions=sum(each.flag is Flag.YELLOW for each in flags),
    )
    return replace(made, **facts)


def stage(number: int, order: Sequence[str] = NUMBERS) -> LiveStage:
    return LiveStage(number, tuple(StagePlace(place, each, 11 - place) for place, each in enumerate(order, 1)))


def finished(flags: Sequence[FlagPeriod] = (START,), lap: int = LAPS, **facts: Any) -> LiveState:
    moment = at_lap(lap)
    ended = (*flags, FlagPeriod(Flag.CHECKERED, lap, moment))
    return state(lap, ended, checkered=moment, **facts)


async def comes(store: Store, seen: LiveState, held: Season) -> None:
    """The state comes from the feed."""
    race = next(each for each in held.races if each.id == seen.race)
    await save_state(store, seen, seen.came, events_of(seen, stage_ends(race)))
