"""What happens in one simulated night, drawn from one seed: who wants what, and everything that goes wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.reminders.race_day import RaceDay
from tests.simulation.events import (
    Backup,
    Chat,
    Delay,
    Event,
    Forbid,
    Hide,
    Import,
    Jump,
    Kill,
    NoEvents,
    OffAndOn,
    Outage,
    Stall,
    Stop,
    Weather,
)
from tests.simulation.schedule import COVERAGE, NOON

SERVERS = 900_000
"""A server's channel has its number, added to this."""
MINUTE, HOUR = 60.0, 3600.0

MOMENTS = ("any", "before commit", "committed", "leaves", "lands", "answered")
"""At which moments a process may be stopped or killed: see ``Process.moment``."""
BAD_WEATHER = ("lost", "reset", "answer lost", "cut", "refused", "slow", "late", "limited", "limited everywhere")
"""What may become of a request: see ``Discord.fate``."""


@dataclass(frozen=True)
class Place:
    """A server or a person, and what they want.

    ``hidden`` says that the bot may never read the history there. ``hour`` is that of the quote of the day. ``delay``
    is in seconds: so much later everything about a race comes.
    """

    number: int
    person: bool = False
    leads: tuple[int, ...] = ()
    sessions: tuple[str, ...] = ("coverage",)
    changes: bool = False
    results: bool = False
    recap: bool = False
    standings: bool = False
    events: bool = False
    hour: int | None = None
    past: bool = False
    hidden: bool = False
    delay: int = 0
    race_day: RaceDay = RaceDay.NOTHING
    board: bool = False

    def __str__(self) -> str:
        wants = [f"{lead} minutes' notice" for lead in self.leads]
        wants += [
            name for name in ("changes", "results", "recap", "standings", "events", "board") if getattr(self, name)
        ]
        wants += [f"a quote{' and the past' * self.past} at {self.hour}"] if self.hour is not None else []
        wants += [f"of a race {self.race_day}"] if self.race_day is not RaceDay.NOTHING else []
        wants += [f"all {self.delay} s later"] if self.delay else []
        hidden = " (its history may not be read)" if self.hidden else ""
        return f"{'person' if self.person else 'server'} {self.number}{hidden} wants {', '.join(wants) or 'nothing'}"

    @property
    def told_results(self) -> bool:
        """Whether anything is to come once there are results."""
        return self.results or self.recap or self.standings or self.race_day is not RaceDay.NOTHING

    @property
    def channel(self) -> int:
        return self.number * 10 if self.person else SERVERS + self.number


@dataclass(frozen=True)
class Story:
    """One night.

    Attributes:
        seed: everything is drawn from it.
        begins: the moment at which the bot is first started.
        seconds: how long the night is; after it nothing goes wrong any more.
        places: who gets what.
        events: what happens.
        memory: for how many seconds Discord knows a nonce.
        skew: by how many seconds Discord's clock is ahead of the bot's.
        latency: how many seconds a request usually takes.
        told: how many seconds after a start the bot knows its permissions.
        in_doubt: what the operator has chosen: ``again`` or ``drop``.
        slow_disk: whether the store takes its time, and now and then seconds.
    """

    seed: int
    begins: datetime
    seconds: float
    places: tuple[Place, ...]
    events: tuple[Event, ...]
    memory: float = 180.0
    skew: float = 0.0
    latency: float = 0.1
    told: float = 1.0
    in_doubt: str = "again"
    slow_disk: bool = False
    name: str = field(default="", compare=False)

    @classmethod
    def from_seed(cls, seed: int) -> Story:
        """The night of a seed."""
        dice = random.Random(seed)
        name = dice.choices(list(NIGHTS), [weight for _, weight in NIGHTS.values()])[0]
        begins, seconds, places = NIGHTS[name][0](dice)
        events = [
            *_troubles(dice, places, seconds, name),
            *_refusals(seed, places, seconds, name),
            *_taken_back(seed, seconds, name),
        ]
        return cls(
            seed,
            begins,
            seconds,
            places,
            tuple(sorted(events, key=lambda each: each.at)),
            memory=dice.choice([5.0, 20.0, 30.0, 60.0, 180.0, 300.0]),
            skew=dice.choice([0.0, 0.0, dice.uniform(-120, 120)]),
            latency=dice.choice([0.05, 0.1, 0.3, 1.0]),
            told=dice.choice([0.0, 1.0, 5.0]),
            in_doubt=dice.choice(["again", "drop"]),
            slow_disk=dice.random() < 0.15,
            name=name,
        )


Night = tuple[datetime, float, tuple[Place, ...]]


def _before_the_race(dice: random.Random) -> Night:
    """Reminders of one lead, or of several."""
    leads = dice.choice([(5,), (15,), (60,), (30, 0), (15, 5, 0), (60, 15)])
    places = [_place(dice, number, leads=_some(dice, leads)) for number in range(1, dice.randint(2, 4))]
    places.append(Place(7, person=True, leads=_some(dice, leads)))
    begins = COVERAGE - timedelta(minutes=max(leads), seconds=dice.uniform(-30, 400))
    seconds = (COVERAGE - begins).total_seconds()
    return begins, min(seconds, 40 * MINUTE) + dice.uniform(0, 10 * MINUTE), tuple(places)


def _the_day_before(dice: random.Random) -> Night:
    """Reminders a day and an hour ahead, with time enough for long absences."""
    places = [_place(dice, number, leads=_some(dice, (1440, 180, 60, 15))) for number in range(1, 3)]
    begins = COVERAGE - timedelta(days=1, seconds=dice.uniform(5, 600))
    return begins, dice.uniform(20, 24.3) * HOUR, tuple(places)


def _after_the_race(dice: random.Random) -> Night:
    """Results, recaps and standings."""
    wants = {"results": dice.random() < 0.6, "recap": dice.random() < 0.4, "standings": dice.random() < 0.6}
    places = [_place(dice, number, **wants) for number in range(1, dice.randint(2, 4))]
    begins = COVERAGE + timedelta(hours=2, minutes=dice.choice([40, 49]))
    return begins, dice.uniform(25, 60) * MINUTE, tuple(places)


def _quote_time(dice: random.Random) -> Night:
    """Quotes of the day."""
    hours = [9, 9, 10]
    places = [_place(dice, each, hour=dice.choice(hours), past=each % 2 == 0) for each in range(1, dice.randint(2, 4))]
    begins = NOON - timedelta(hours=3, seconds=dice.uniform(-100, 400))
    return begins, dice.uniform(20, 80) * MINUTE, tuple(places)


def _events_and_changes(dice: random.Random) -> Night:
    """Scheduled events, and messages about schedule changes."""
    places = [
        _place(dice, number, events=dice.random() < 0.8, changes=True, leads=(15,))
        for number in range(1, dice.randint(2, 4))
    ]
    begins = COVERAGE - timedelta(hours=dice.choice([3, 20, 50]), seconds=dice.uniform(0, 600))
    return begins, dice.uniform(20, 60) * MINUTE, tuple(places)


def _many_servers(dice: random.Random) -> Night:
    """So many servers that their reminders take seconds to go out, all at the same time."""
    many = dice.choice([60, 120])
    share = dice.choice([0.0, 0.5, 1.0])
    places = tuple(Place(number, leads=(15,), hidden=dice.random() < share) for number in range(1, many + 1))
    begins = COVERAGE - timedelta(minutes=15, seconds=dice.choice([dice.uniform(-60, 30), dice.uniform(30, 400)]))
    return begins, (COVERAGE - begins).total_seconds() - dice.uniform(60, 600), places


NIGHTS: dict[str, tuple[Callable[[random.Random], Night], float]] = {
    "before the race": (_before_the_race, 40),
    "the day before": (_the_day_before, 10),
    "after the race": (_after_the_race, 20),
    "quote of the day": (_quote_time, 10),
    "events and changes": (_events_and_changes, 18),
    "many servers": (_many_servers, 3),
}
"""What a night is about, and how often it is drawn."""


def _some(dice: random.Random, leads: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(lead for lead in leads if dice.random() < 0.8) or leads[:1]


def _place(dice: random.Random, number: int, **wants: object) -> Place:
    return Place(number, hidden=dice.random() < 0.25, **wants)  # type: ignore[arg-type]


def _troubles(dice: random.Random, places: tuple[Place, ...], seconds: float, night: str) -> list[Event]:
    """What goes wrong: mostly little, near the moments at which something is due."""
    events: list[Event] = []
    for _ in range(dice.choice([0, 1, 1, 2, 2, 3, 4, 6])):
        events += _trouble(dice, places, _when(dice, seconds, night))
    if night == "after the race":
        at = dice.choice([0.0, 10.0, 20.0]) * MINUTE
        events.append(Import(at, "results"))
        if dice.random() < 0.4:
            events.append(Import(at + dice.uniform(1, 20 * MINUTE), "corrected"))
    if night in {"events and changes", "before the race"} and dice.random() < (0.7 if night[0] == "e" else 0.15):
        for _ in range(dice.choice([1, 1, 2])):
            edit = dice.choice(["later", "much later", "next day", "postponed", "cancelled", "back", "sooner"])
            events.append(Import(dice.uniform(0, seconds), edit))
    return events


def _refusals(seed: int, places: tuple[Place, ...], seconds: float, night: str) -> list[Event]:
    """Channels that take nothing for a while, and servers full of events; drawn apart from everything else."""
    dice = random.Random(f"{seed} refusals")
    place, events = dice.choice(places), list[Event]()
    if dice.random() < 0.1:
        at, closed = _when(dice, seconds, night), dice.uniform(10, 1000)
        events.append(Forbid(at, place.channel, closed))
        if dice.random() < 0.3:
            # The machine learns the right time while it waits to try again.
            events.append(Jump(at + dice.uniform(0.5, 1.0) * closed, -dice.uniform(900, 1800)))
    if night == "events and changes" and dice.random() < 0.2:
        events.append(NoEvents(_when(dice, seconds, night), place.number, dice.uniform(10, 600), full=True))
    return events


def _taken_back(seed: int, seconds: float, night: str) -> list[Event]:
    """A correction that is taken back, often while its answers are lost; drawn apart from everything else."""
    dice = random.Random(f"{seed} turned round")
    if night != "after the race" or dice.random() >= 0.15:
        return []
    at = dice.uniform(0, seconds)
    events: list[Event] = [Import(at, "corrected"), Import(at + dice.uniform(1, dice.choice([30, 300])), "taken back")]
    if dice.random() < 0.6:
        kind = dice.choice(["answer lost", "cut", "late", "slow", "limited"])
        events.append(Weather(at, dice.uniform(5, 90), kind, dice.choice([0.5, 1.0])))
    return events


def _when(dice: random.Random, seconds: float, night: str) -> float:
    """A moment at which trouble begins; often one just when something is due."""
    if night == "many servers":
        return dice.uniform(0, 10)
    return dice.choice([dice.uniform(0, seconds), dice.uniform(0, min(seconds, 500.0)), dice.uniform(0, 60)])


def _pause(dice: random.Random) -> float:
    low, high = dice.choice([(1, 3), (1, 20), (20, 240), (240, 1200), (1200, 3600)])
    return dice.uniform(low, high)


def _kill(dice: random.Random, at: float, **more: object) -> Kill:
    elsewhere = dice.choice([0.0, 0.0, 0.0, dice.uniform(-60, 60)])
    return Kill(at, dice.choice(MOMENTS), _nth(dice), _pause(dice), elsewhere, **more)  # type: ignore[arg-type]


def _stall(dice: random.Random, at: float) -> Stall:
    low, high = dice.choice([(1, 10), (10, 60), (60, 900), (900, 3600)])
    return Stall(at, dice.choice(MOMENTS), _nth(dice), dice.uniform(low, high))


def _nth(dice: random.Random) -> int:
    return dice.choice([0, 0, dice.randint(0, 10), dice.randint(0, 100)])


def _trouble(  # noqa: C901, PLR0911, PLR0912 - a case each
    dice: random.Random, places: tuple[Place, ...], at: float
) -> list[Event]:
    place = dice.choice(places)
    kind = dice.choices(
        [
            "weather", "kill", "stall", "stop", "outage", "jump", "restore", "frozen", "forbid", "hide", "no events",
            "chat", "off and on", "delay",
        ],
        [30, 20, 20, 5, 8, 5, 5, 6, 3, 3, 3, 3, 3, 12],
    )[0]  # fmt: skip
    if kind == "weather":
        weather = Weather(at, dice.uniform(5, 300), dice.choice(BAD_WEATHER), dice.choice([0.2, 0.5, 1.0]))
        return [weather]
    if kind == "kill":
        return [_kill(dice, at)]
    if kind == "stall":
        return [_stall(dice, at)]
    if kind == "stop":
        return [Stop(at, _pause(dice))]
    if kind == "outage":
        return [Outage(at, _pause(dice))]
    if kind == "jump":
        return [Jump(at, dice.choice([-1, 1]) * dice.choice([dice.uniform(1, 60), dice.uniform(60, 1800)]))]
    if kind == "restore":
        return [Backup(max(0.0, at - _pause(dice))), _kill(dice, at, restored=True)]
    if kind == "frozen":
        # The process stands still just before its request leaves, people chat, it goes on, and is cut off again.
        still = dice.uniform(600, 1500)
        cut: Event = (
            Stall(at + still, "lands", 0, dice.uniform(200, 400))
            if dice.random() < 0.5
            else Kill(at + still, dice.choice(["lands", "answered"]), 0, dice.uniform(200, 400))
        )
        chat = Chat(at + dice.uniform(0, still), place.channel, dice.choice([20, 100, 800]))
        return [Stall(at, dice.choice(["committed", "leaves"]), dice.randint(0, 6), still), chat, cut]
    if kind == "forbid":
        return [Forbid(at, place.channel, dice.uniform(10, 1000), dice.random() < 0.3)]
    if kind == "delay":
        # So late that it was looked for in vain and sent again, and that its nonce may be forgotten when it lands.
        return [
            Delay(at, dice.choice([0, 0, 1, dice.randint(0, 5)]), dice.uniform(36, 60))
            for _ in range(dice.choice([1, 2]))
        ]
    if kind == "chat":
        return [Chat(at, place.channel, dice.choice([1, 30, 150]))]
    if place.person:
        return []
    if kind == "hide":
        return [Hide(at, place.channel, dice.uniform(10, 1000))]
    if kind == "off and on":
        return [OffAndOn(at, place.number, dice.choice([dice.uniform(0, 3), dice.uniform(3, 900)]))]
    return [NoEvents(at, place.number, dice.uniform(10, 600))]
