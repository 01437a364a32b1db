"""What was planned last, what that depended on, and what of it has to be brought in step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.outbox.contracts import Planner, PlanVersion
from db.connection import Store
from db.models import Season
from db.reminders.models import PlannedNotification
from db.reminders.plans import Connection

REPLAN = timedelta(minutes=1)
"""How often everything is planned again although nothing is known to have changed."""


@dataclass(frozen=True, slots=True)
class LastPlan:
    """What the last planning was made from, and what came of it.

    ``versions`` are those of the seasons and of the settings; ``planned`` is None if planning failed. ``stale``
    says that a row was delivered since, which may have blocked another one, so that everything is planned again after a
    while.
    """

    versions: tuple[int, int]
    at: datetime
    planned: Sequence[PlannedNotification] | None = None
    stale: bool = False

    def changed(
        self, versions: tuple[int, int], planned: Sequence[PlannedNotification], now: datetime
    ) -> frozenset[str] | None:
        """The kinds of which something else is planned now; None where the rows of all targets may have to change."""
        if self.planned is None or self.versions[0] != versions[0]:
            return None
        if self.stale and not timedelta(0) <= now - self.at < REPLAN:
            return None
        before = _by_kind(each for each in self.planned if each.useless_from > now)
        after = _by_kind(planned)
        return frozenset(kind for kind in before.keys() | after.keys() if before.get(kind) != after.get(kind))


@dataclass(slots=True)
class Planning:
    """A planner, what it planned last, and what that depended on."""

    planner: Planner
    version: PlanVersion | None = None
    planned: list[PlannedNotification] = field(default_factory=list)
    _asked: object = None
    _made_from: object = None

    async def is_due(self, store: Store) -> bool:
        """Whether its plan may be another one by what it alone depends on."""
        if self.version is None:
            return False
        self._asked = await self.version(store)
        return self._asked != self._made_from

    async def plan(self, connection: Connection, seasons: Sequence[Season], now: datetime) -> None:
        """Plans again. What is written after the version was asked for is seen now or with the next one."""
        self.planned = list(await self.planner(connection, seasons, now))
        self._made_from = self._asked

    def give_up(self) -> None:
        """Lets it plan again with the others, or when something changes, and not before."""
        self._made_from = self._asked

    def forget(self) -> None:
        """Has it plan again."""
        self._made_from = None


def _by_kind(planned: Iterable[PlannedNotification]) -> dict[str, list[PlannedNotification]]:
    kinds: dict[str, list[PlannedNotification]] = {}
    for each in planned:
        kinds.setdefault(each.kind, []).append(each)
    return kinds
