"""The season of the simulated nights, and the ways in which an import changes it.

Seasons are immutable, so each state of the schedule is made once and shared by all nights of a process.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from bot.seasons.as_of import AsOf, AsOfKeeper
from db.models import EASTERN, Broadcast, BroadcastKind, RaceStatus, Season
from tests.seasons import Row, make_season

COVERAGE = datetime(2025, 10, 17, 20, tzinfo=UTC)
"""4 p.m. Eastern: when coverage of the race starts, unless an import says otherwise."""
NOON = datetime(2025, 10, 17, 16, tzinfo=UTC)
YEAR, ROUND = 2025, 3
"""The race that all is about."""
RACE_ID = 2311
"""What the store calls it, whatever its round."""
RESULTS_AFTER = timedelta(hours=2, minutes=50)
"""How long after coverage starts the race is over."""
_ORDERS = (
    [Row("Corey Heim"), Row("Ty Majeski"), Row("Layne Riggs")],
    [Row("Ty Majeski"), Row("Corey Heim"), Row("Layne Riggs")],
    [Row("Layne Riggs"), Row("Corey Heim"), Row("Ty Majeski")],
)
_CORRECTED = [Row("Corey Heim"), Row("Layne Riggs"), Row("Ty Majeski")]


@dataclass(frozen=True)
class Schedule:
    """A state of the schedule: when coverage starts, whether the race is on, and what its results are.

    ``results`` is 0 without any, 1 as first imported and 2 as corrected.
    """

    coverage: datetime = COVERAGE
    status: RaceStatus = RaceStatus.SCHEDULED
    results: int = 0

    def edited(self, edit: str) -> Schedule:  # noqa: C901, PLR0911 - a case each
        """The schedule after an import."""
        match edit:
            case "results":
                return replace(self, results=max(1, self.results))
            case "corrected":
                return replace(self, results=2)
            case "taken back":
                return replace(self, results=min(1, self.results))
            case "later":
                return replace(self, coverage=self.coverage + timedelta(minutes=30))
            case "much later":
                return replace(self, coverage=self.coverage + timedelta(hours=3))
            case "sooner":
                return replace(self, coverage=self.coverage - timedelta(minutes=20))
            case "next day":
                return replace(self, coverage=self.coverage + timedelta(days=1))
            case "postponed":
                return replace(self, status=RaceStatus.POSTPONED)
            case "cancelled":
                return replace(self, status=RaceStatus.CANCELLED)
            case "back":
                return replace(self, coverage=COVERAGE, status=RaceStatus.SCHEDULED)
            case _:
                raise ValueError(edit)

    @property
    def season(self) -> Season:
        return _season(self)


@cache
def _season(schedule: Schedule) -> Season:
    orders = list(_ORDERS[: 3 if schedule.results else 2])
    if schedule.results > 1:
        orders[2] = _CORRECTED
    race: dict[str, Any] = {
        "id": RACE_ID,
        "date": schedule.coverage.astimezone(EASTERN).date(),
        "start": schedule.coverage + timedelta(minutes=30),
        "status": schedule.status,
        "broadcasts": (Broadcast(BroadcastKind.TV, "FS1", schedule.coverage),),
        "results_at": COVERAGE + RESULTS_AFTER if schedule.results else None,
    }
    earlier: dict[int, dict[str, Any]] = {
        number: {"date": (NOON - timedelta(weeks=9 - number)).date(), "start": NOON - timedelta(weeks=9 - number)}
        for number in (1, 2)
    }
    later = {"date": (NOON + timedelta(weeks=2)).date(), "start": NOON + timedelta(weeks=2)}
    facts = {**earlier, ROUND: race, ROUND + 1: later}
    return make_season(YEAR, orders, upcoming=4 - len(orders), races=facts)


class Seasons:
    """Hands out the one season as it is now; what the worker and the planners see of imports."""

    def __init__(self) -> None:
        self.schedule = Schedule()
        self.version = 1

    def edit(self, edit: str) -> None:
        """Imports a change."""
        self.schedule = self.schedule.edited(edit)
        self.version += 1

    async def all(self) -> tuple[Season, ...]:
        return (self.schedule.season,)

    def as_of(self, now: datetime) -> AsOf:
        """What is known at a moment; what is computed for it is computed once a process."""
        season = self.schedule.season
        over = frozenset(race.round for race in season.races if race.over_at <= now)
        return _keeper(self.schedule, over).at(now, (season,))


@cache
def _keeper(schedule: Schedule, over: frozenset[int]) -> AsOfKeeper:
    del schedule, over
    return AsOfKeeper()
