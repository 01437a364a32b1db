"""How a race of a simulated night is told by NASCAR, moment by moment: drawn from a seed, or rebuilt from held laps.

A tale is a list of states, each from its own moment on. What NASCAR learns late, such as a caution that was missed
at first, is part of it: a later state then says otherwise than an earlier one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from db.live.models import (
    Flag,
    FlagPeriod,
    LiveFastest,
    LiveLead,
    LiveStage,
    LiveState,
    LiveTruck,
    StagePlace,
)
from db.models import SessionKind
from tests.seasons import NAMES

GREEN = datetime(2025, 10, 17, 20, tzinfo=UTC)
"""4 p.m. Eastern on a Friday: the listed start."""
RACE = 5504
"""NASCAR's id of the race that all is about."""
STAGE_POINTS = tuple(range(10, 0, -1))
REASONS = ("#44 in the wall, turn 2", "Debris on the backstretch", "Spin off turn 4", "#76, #88 accident, turn 3")
KINDS = {
    "green flag run": 3, "cautions": 4, "overtime": 3, "rain": 2, "disqualified": 2, "photo finish": 2, "two days": 1,
    "recorded": 1,
}  # fmt: skip
"""How a race may go, and how often that is drawn."""


@dataclass(frozen=True)
class Tale:
    """A race as it is told.

    Attributes:
        kind: how it goes, one of ``KINDS``.
        planned: how many laps it is planned to have, and ``stages`` how many each of its stages.
        states: what is said from when on; a state's ``at`` is that moment. The race has the id 0.
        result: the finishing order that is published afterwards, as truck numbers.
        out: the number of the truck that is disqualified after that, or nothing.
    """

    kind: str
    planned: int
    stages: tuple[int, ...]
    states: tuple[LiveState, ...]
    result: tuple[str, ...]
    out: str = ""

    @property
    def ended(self) -> datetime:
        """When the last thing of it was said."""
        return self.states[-1].at

    def at(self, moment: datetime) -> LiveState | None:
        """What is said at a moment."""
        return next((each for each in reversed(self.states) if each.at <= moment), None)


def tale_of(dice: random.Random) -> Tale:
    """A race drawn by lot."""
    kind = dice.choices(list(KINDS), list(KINDS.values()))[0]
    if kind == "recorded":
        from tests.simulation.races_recorded import recorded_tale

        return recorded_tale(dice)
    return _Race(dice, kind).tale()


@dataclass
class _Race:
    """A race as it runs: what is known of it by now, and what was said of it."""

    dice: random.Random
    kind: str
    lap: int = 0
    states: list[LiveState] = field(default_factory=list)
    flags: list[FlagPeriod] = field(default_factory=list)
    leads: list[LiveLead] = field(default_factory=list)
    over: list[LiveStage] = field(default_factory=list)
    later: list[tuple[datetime, FlagPeriod, FlagPeriod]] = field(default_factory=list)
    """From when a flag is told otherwise, and how."""
    missed: list[tuple[datetime, datetime, datetime]] = field(default_factory=list)
    """(from, to, told from) of a caution of which nothing is said at first."""
    paid: list[tuple[datetime, LiveStage]] = field(default_factory=list)

    def __post_init__(self) -> None:
        dice = self.dice
        many = dice.randint(5, 11)
        self.names = dict(zip(map(str, dice.sample(range(1, 100), many)), dice.sample(NAMES, many), strict=True))
        self.order = list(self.names)
        self.start = list(self.order)
        first, second, last = (dice.randint(5, 10) for _ in range(3))
        self.stages = (first, second, last + 8)
        self.planned = self.laps = sum(self.stages)
        self.seconds = dice.uniform(20, 40)
        self.now = GREEN + timedelta(seconds=dice.randint(0, 500))
        self.cautions, self.caution_laps = 0, 0

    def tale(self) -> Tale:
        """The whole of it."""
        self._show(Flag.HOT, self.now - timedelta(minutes=4))
        self._say(self.now - timedelta(minutes=4))
        self._show(Flag.GREEN, self.now)
        self._say()
        ends = (self.stages[0], self.stages[0] + self.stages[1])
        cautions = self._caution_laps(ends)
        while self.lap < self.laps:
            self._run_lap()
            if self.lap in ends:
                self._end_stage(ends.index(self.lap) + 1)
                self._caution(f"Stage {ends.index(self.lap) + 1} Conclusion", self.dice.randint(2, 3))
            elif self.kind == "rain" and self.lap >= ends[1] + 6:
                return self._rained_out()
            elif self.kind == "two days" and self.lap >= ends[1] + 5 and not self._was_stopped():
                self._stopped(timedelta(hours=self.dice.uniform(15, 19)))
            elif self.lap in cautions:
                self._caution(self.dice.choice([*REASONS, None]), self.dice.randint(2, 4))
        return self._finish()

    def _caution_laps(self, ends: tuple[int, int]) -> set[int]:
        """After which laps something happens."""
        last = self.planned
        if self.kind == "green flag run":
            return set()
        drawn = (
            {self.dice.randint(2, last - 4) for _ in range(self.dice.randint(1, 3))} if self.kind != "rain" else set()
        )
        if self.kind == "overtime":
            drawn.add(last - self.dice.randint(1, 2))
        if self.kind == "photo finish":
            drawn.add(last - 1)
        return {each for each in drawn if not any(end - 4 <= each <= end for end in ends)}

    def _run_lap(self, *, yellow: bool = False) -> None:
        """The leader completes a lap; under green places are won and lost."""
        if not yellow:
            late = self.planned - self.lap <= 10
            if self.dice.random() < (0.35 if late else 0.2):
                self.order[0], self.order[1] = self.order[1], self.order[0]
            place = self.dice.randrange(1, len(self.order) - 1)
            self.order[place], self.order[place + 1] = self.order[place + 1], self.order[place]
        self.now += timedelta(seconds=round(self.seconds * (2 if yellow else 1) * self.dice.uniform(0.97, 1.03)))
        self.lap += 1
        self.caution_laps += yellow
        if self.leads and self.leads[-1].number == self.order[0]:
            self.leads[-1] = replace(self.leads[-1], to_lap=self.lap)
        else:
            self.leads.append(LiveLead(self.order[0], self.lap, self.lap))
        self._say()

    def _caution(self, reason: str | None, laps: int) -> None:
        """Yellow for some laps. Near the end the race is made longer, but for one that ends under it."""
        began = self.now + timedelta(seconds=self.dice.randint(1, 9))
        self.cautions += 1
        told = FlagPeriod(Flag.YELLOW, self.lap, began, reason, self.dice.choice([None, self.dice.choice(self.order)]))
        # Why it is, and who gets a lap back, is said at once, later, or never.
        shown, learned = told, self.dice.choice([0, 5, 15, 40, 120])
        if learned:
            shown = replace(told, reason=None, free_pass=None)
            self.later.append((began + timedelta(seconds=learned), shown, told))
        self.now = began
        self.flags.append(shown)
        self._say()
        if self.lap + laps >= self.laps and self.kind != "photo finish":
            self.laps = self.lap + laps + 2
        for _ in range(min(laps, self.laps - self.lap)):
            self._run_lap(yellow=True)
        if self.lap < self.laps:
            ended = self.now + timedelta(seconds=self.dice.randint(1, 5))
            if reason is None and self.dice.random() < 0.6:
                self.missed.append((began, ended, ended + timedelta(seconds=self.dice.randint(30, 200))))
            self.now = ended
            self._show(Flag.GREEN, self.now)
            self._say()

    def _end_stage(self, number: int) -> None:
        """Who is where as a stage ends is said some seconds later."""
        scores = zip(self.order[:10], STAGE_POINTS, strict=False)
        places = tuple(StagePlace(place, truck, paid) for place, (truck, paid) in enumerate(scores, 1))
        self.paid.append((self.now + timedelta(seconds=self.dice.choice([0, 3, 20, 50])), LiveStage(number, places)))

    def _stopped(self, lasts: timedelta) -> None:
        self.now += timedelta(seconds=4)
        self.cautions += 1
        self.flags.append(FlagPeriod(Flag.YELLOW, self.lap, self.now, "Rain"))
        self._say()
        self._run_lap(yellow=True)
        self.now += timedelta(seconds=30)
        self._show(Flag.RED, self.now)
        self._say()
        self.now += timedelta(seconds=round(lasts.total_seconds()))
        if self.kind != "rain":
            self._show(Flag.YELLOW, self.now)
            self._say()
            self._run_lap(yellow=True)
            self.now += timedelta(seconds=3)
            self._show(Flag.GREEN, self.now)
            self._say()

    def _was_stopped(self) -> bool:
        return any(each.flag is Flag.RED for each in self.flags)

    def _rained_out(self) -> Tale:
        self._stopped(timedelta(minutes=self.dice.uniform(8, 45)))
        self.laps = self.lap
        return self._finish()

    def _finish(self) -> Tale:
        self._show(Flag.CHECKERED, self.now)
        self._say()
        if self.kind == "photo finish":
            # Who was ahead when the lights came on is looked at once more.
            self.now += timedelta(seconds=self.dice.randint(30, 200))
            self.order[0], self.order[1] = self.order[1], self.order[0]
            self._say()
        self.now += timedelta(seconds=self.dice.randint(60, 400))
        self._show(Flag.COLD, self.now)
        self._say()
        out = self.order[0] if self.kind == "disqualified" else ""
        return Tale(self.kind, self.planned, self.stages, tuple(self._told()), tuple(self.order), out)

    def _show(self, flag: Flag, since: datetime) -> None:
        self.flags.append(FlagPeriod(flag, self.lap, since))

    def _say(self, at: datetime | None = None) -> None:
        """Notes how it stands."""
        ends = (self.stages[0], self.stages[0] + self.stages[1], self.laps)
        stage = sum(end <= self.lap for end in ends[:2]) + 1
        trucks = tuple(self._truck(place, number) for place, number in enumerate(self.order, 1))
        moment = at or self.now
        self.states.append(
            LiveState(
                race=0, session=SessionKind.RACE, lap=self.lap, laps=self.laps, trucks=trucks, at=moment, came=moment,
                stage=stage, stage_end=ends[stage - 1], flags=tuple(self.flags), leads=tuple(self.leads),
                cautions=self.cautions, caution_laps=self.caution_laps,
                fastest=LiveFastest(self.start[0], self.seconds, 1) if self.lap else None,
                elapsed=max((moment - self.flags[min(1, len(self.flags) - 1)].since).total_seconds(), 0.0), run=7,
            )
        )  # fmt: skip

    def _truck(self, place: int, number: str) -> LiveTruck:
        led = sum(each.to_lap - each.from_lap + 1 for each in self.leads if each.number == number)
        return LiveTruck(
            number, None, self.names[number], place, self.lap, gap=round(0.4 * (place - 1), 1), led=led,
            last_lap=round(self.seconds + place / 10, 2) if self.lap else None, start=self.start.index(number) + 1,
            make="Toyota", best_lap=round(self.seconds + self.start.index(number) / 10, 2) if self.lap else None,
            best_lap_number=1 if self.lap else None,
        )  # fmt: skip

    def _told(self) -> Iterator[LiveState]:
        """What is said when: with what is learned late, and without what is missed at first."""
        moments = {each.at for each in self.states} | {at for at, *_ in self.later} | {at for at, _ in self.paid}
        moments |= {at for *_, at in self.missed}
        known = sorted(self.states, key=lambda each: each.at)
        for moment in sorted(each for each in moments if each >= known[0].at):
            state = next(each for each in reversed(known) if each.at <= moment)
            if moment > known[-1].at:
                continue
            yield replace(
                state,
                at=moment,
                came=moment,
                flags=tuple(self._flags_told(state, moment)),
                stages=tuple(stage for at, stage in self.paid if at <= moment),
                elapsed=(state.elapsed or 0) + (moment - state.at).total_seconds(),
            )

    def _flags_told(self, state: LiveState, moment: datetime) -> Iterator[FlagPeriod]:
        learned = {shown: told for at, shown, told in self.later if at <= moment}
        hidden = {at for began, ended, told in self.missed for at in (began, ended) if moment < told}
        for each in state.flags:
            if each.since not in hidden:
                yield learned.get(each, each)
