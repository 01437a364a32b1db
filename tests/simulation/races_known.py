"""What could be known of a race at each moment: what NASCAR's server really handed out, nothing of the program's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from db.live.models import Flag, FlagPeriod, LiveState
from db.reminders.race_day import RacePost
from tests.simulation.races_documents import FEED, FLAGS, STAGES
from tests.simulation.races_server import Handed
from tests.simulation.races_truth import Tale

LATE_LAPS = 10
"""So many laps before the end lead changes are told."""
JUST_NOW = 2
"""A lead is told while it is so many laps old."""


@dataclass
class Fact:
    """Something that happened and may be told.

    Attributes:
        post: what is told.
        lap: the lap; of a stage its number.
        since: when it happened.
        who: the trucks one of which must be named, if any must.
        owed: whether it must be told, and not only may.
        handed: when it was in what NASCAR's server handed out, in seconds.
    """

    post: RacePost
    lap: int
    since: datetime
    who: frozenset[str] = frozenset()
    owed: bool = True
    handed: list[Handed] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.post.value} of lap {self.lap}"


class Known:
    """All that was handed out.

    Args:
        tale: the race.
        handed: the documents, in order.
    """

    def __init__(self, tale: Tale, handed: list[Handed]) -> None:
        self._tale, self._handed = tale, handed
        self._same: frozenset[datetime] = frozenset()
        self._ends = (tale.stages[0], tale.stages[0] + tale.stages[1]) if len(tale.stages) > 2 else tale.stages[:-1]

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """Everything that may be told, in the order in which it could be known."""
        found: dict[object, Fact] = {}
        newest: LiveState | None = None
        for each in self._handed:
            before = newest
            if each.path == FEED and (newest is None or each.state.at >= newest.at):
                newest = each.state
            for key, fact in self._told(each):
                if each.path == FEED and self._looks_the_same(before, each.state, fact):
                    continue
                kept = found.setdefault(key, fact)
                kept.handed.append(each)
                kept.owed |= fact.owed
                kept.who |= fact.who
        return tuple(sorted(found.values(), key=lambda fact: (fact.handed[0].at, fact.since)))

    def _looks_the_same(self, before: LiveState | None, state: LiveState, fact: Fact) -> bool:
        """Whether the running order shows the flag that it showed before, though it was another one in between.

        It does not say since when, and only the list tells one caution from the next then.
        """
        if before is None or fact.post not in {RacePost.CAUTION, RacePost.RED, RacePost.GREEN}:
            return False
        return fact.since in self._unseen(before.flags[-1], state.flags[-1])

    def _unseen(self, last: FlagPeriod, now: FlagPeriod) -> frozenset[datetime]:
        """Flags that looked the same once go on to, until another one is shown."""
        if last.flag is not now.flag:
            self._same = frozenset()
        elif last.since != now.since:
            self._same = frozenset({*self._same, now.since})
        return self._same

    def lap_by(self, handed: list[Handed]) -> int:
        """The latest lap that any of these told of."""
        return max((each.state.lap for each in handed), default=0)

    def _told(self, handed: Handed) -> Iterator[tuple[object, Fact]]:
        state = handed.state
        if handed.path == FLAGS:
            yield from self._flags(state, state.flags)
        elif handed.path == STAGES:
            for stage in state.stages:
                first = next((each.number for each in stage.places if each.position == 1), "")
                since = self._when(self._ends[stage.number - 1])
                yield ("stage", stage.number), Fact(RacePost.STAGE, stage.number, since, frozenset({first}))
        elif handed.path == FEED:
            shown = state.flags[-1:]
            if shown and shown[-1].flag is Flag.COLD and state.lap >= (state.laps or 0):
                # All laps are run and the track is empty: the checkered flag has fallen, though nobody saw it.
                shown = tuple(each for each in state.flags if each.flag is Flag.CHECKERED)
            yield from self._flags(state, shown)
            yield from self._leads(state)
            overtime = (state.laps or 0) > self._tale.planned and state.lap >= self._tale.planned - LATE_LAPS
            if overtime and not self._is_over(state):
                last = [each for each in state.flags if each.flag is Flag.YELLOW]
                key = last[-1].since if last else None
                owed = len({each.lap for each in last if each.lap > self._tale.planned - 5}) < 2
                yield ("overtime", key), Fact(RacePost.OVERTIME, state.lap, state.at, owed=owed)

    def _flags(self, state: LiveState, told: tuple[FlagPeriod, ...]) -> Iterator[tuple[object, Fact]]:
        begun = stopped = False
        for each in state.flags:
            is_told, fact = each in told, None
            if each.flag is Flag.GREEN:
                fact = Fact(RacePost.GREEN, each.lap, each.since, owed=not begun) if not begun or stopped else None
                begun, stopped = True, False
            elif each.flag is Flag.RED:
                fact, stopped = Fact(RacePost.RED, each.lap, each.since), True
            elif each.flag is Flag.YELLOW:
                at_end = any(0 <= each.lap - end <= JUST_NOW for end in self._ends)
                of_stage = at_end or "stage" in (each.reason or "").casefold()
                fact = Fact(RacePost.CAUTION, each.lap, each.since, owed=not of_stage and not stopped)
            elif each.flag is Flag.CHECKERED:
                leads = {state.trucks[0].number}
                fact = Fact(RacePost.CHECKERED, 0, each.since, frozenset(leads))
            # A list that was handed out tells of the checkered flag as well, and the order is in the other one.
            if fact is not None and is_told and (fact.post is not RacePost.CHECKERED or len(told) == 1):
                yield (fact.post, each.since), fact

    def _leads(self, state: LiveState) -> Iterator[tuple[object, Fact]]:
        for each in state.leads[1:]:
            if each.from_lap > (state.laps or 0) - LATE_LAPS:
                owed = each.from_lap >= state.lap - 1 and each is state.leads[-1]
                since = self._when(each.from_lap)
                yield ("lead", each.from_lap), Fact(RacePost.LEAD, each.from_lap, since, frozenset({each.number}), owed)

    def _when(self, lap: int) -> datetime:
        """When the leader completed a lap."""
        return next((each.at for each in self._tale.states if each.lap >= lap), self._tale.ended)

    @staticmethod
    def _is_over(state: LiveState) -> bool:
        return any(each.flag is Flag.CHECKERED for each in state.flags)
