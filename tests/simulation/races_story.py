"""What happens in one simulated race night, drawn from one seed: how the race goes, who sees it, what goes wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from db.reminders.race_day import RaceDay
from tests.simulation.events import Backup, Chat, Delay, Event, Forbid, Hide, Jump, Kill, Outage, Stall, Stop, Weather
from tests.simulation.feeds_story import FeedWeather
from tests.simulation.races_documents import FEED, FLAGS, STAGES
from tests.simulation.races_server import FATES
from tests.simulation.races_truth import GREEN, Tale, tale_of
from tests.simulation.story import HOUR, MINUTE, SERVERS, Place, Story

DELAYS = (0, 0, 0, 7, 45, 30 * 60, 3 * 3600)
"""Seconds by which places see a race later."""
MOMENTS = (
    *("any", "any", "before commit", "committed", "leaves", "lands", "answered"),
    *("asks NASCAR", "NASCAR answers"),
)
"""At which moments a process may be stopped or killed."""
CALM = 10 * MINUTE


@dataclass(frozen=True)
class Results(Event):
    """The results come, first or corrected, and are imported as soon as the program is there."""

    edition: int


@dataclass(frozen=True)
class RaceStory(Story):
    """One race night.

    Attributes:
        tale: how the race goes, and what NASCAR says of it when.
        nascar: how many seconds NASCAR's server takes.
    """

    tale: Tale | None = field(default=None, compare=False)
    nascar: float = 0.1

    @property
    def race(self) -> Tale:
        """The race that the night is about."""
        assert self.tale is not None
        return self.tale

    @classmethod
    def from_seed(cls, seed: int) -> RaceStory:
        """The race night of a seed."""
        dice = random.Random(f"{seed} race")
        tale = tale_of(dice)
        places = _places(dice)
        length = tale.ended - GREEN
        begins = GREEN + (timedelta(minutes=-dice.uniform(5, 25)) if dice.random() < 0.8 else length * dice.random())
        flag = (tale.ended - begins).total_seconds()
        came = flag + dice.choice([dice.uniform(1, 10), dice.uniform(10, 60)]) * MINUTE
        corrected = came + dice.uniform(3, 60) * MINUTE
        news: list[Event] = [Results(came, 1)]
        news += [Results(corrected, 2)] if tale.out or dice.random() < 0.4 else []
        seconds = news[-1].at + dice.uniform(8, 20) * MINUTE
        if any(place.delay >= HOUR for place in places) and dice.random() < 0.6:
            seconds += 3 * HOUR
        events = [*news, *_troubles(dice, places, min(flag, 3 * HOUR), seconds)]
        return cls(
            seed,
            begins,
            seconds,
            _with_boards(seed, places),
            tuple(sorted(events, key=lambda each: each.at)),
            memory=dice.choice([5.0, 30.0, 180.0, 300.0]),
            skew=dice.choice([0.0, 0.0, dice.uniform(-60, 60)]),
            latency=dice.choice([0.05, 0.1, 0.3]),
            told=dice.choice([0.0, 1.0, 5.0]),
            in_doubt=dice.choice(["again", "drop"]),
            name=tale.kind,
            tale=tale,
            nascar=dice.choice([0.05, 0.2, 0.8]),
        )


def _places(dice: random.Random) -> tuple[Place, ...]:
    days = (RaceDay.RESULT, RaceDay.STAGES, RaceDay.EVERYTHING, RaceDay.EVERYTHING)
    many = dice.randint(2, 4)
    servers = [
        Place(
            number,
            hidden=dice.random() < 0.2,
            delay=dice.choice(DELAYS),
            race_day=dice.choice(days),
            standings=dice.random() < 0.3,
        )
        for number in range(1, many + 1)
    ]
    person = Place(7, person=True, results=True, recap=dice.random() < 0.5, delay=dice.choice(DELAYS))
    return (*servers, person)


def _with_boards(seed: int, places: tuple[Place, ...]) -> tuple[Place, ...]:
    """In every third night servers have boards; dice of their own leave all else of each night as it was."""
    if seed % 3 != 1:
        return places
    dice = random.Random(f"{seed} boards")
    return tuple(replace(place, board=not place.person and dice.random() < 0.7) for place in places)


def _troubles(dice: random.Random, places: tuple[Place, ...], race: float, seconds: float) -> Iterator[Event]:
    """What goes wrong, mostly while the race runs; most of it with NASCAR's server."""
    for _ in range(dice.choice([0, 1, 2, 2, 3, 4, 5])):
        at = dice.choice([dice.uniform(0, seconds), *(dice.uniform(0, max(race, 60.0)) for _ in range(4))])
        yield from _trouble(dice, places, at)
    if dice.random() < 0.15:
        # It dies in the middle of the race and comes back.
        lasts = dice.choice([dice.uniform(2, 8), dice.uniform(8, 40)]) * MINUTE
        yield FeedWeather(dice.uniform(0, max(race, 60.0)), lasts, dice.choice(["broken", "dropped", "forbidden"]), 1.0)


def _trouble(  # noqa: C901, PLR0911 - a case each
    dice: random.Random, places: tuple[Place, ...], at: float
) -> list[Event]:
    channel = dice.choice(places).channel
    kind = dice.choices(
        ["feeds", "kill", "stall", "stop", "jump", "restore", "weather", "outage", "forbid", "hide", "chat", "delay"],
        [40, 16, 10, 5, 6, 6, 10, 4, 4, 3, 2, 5],
    )[0]
    if kind == "feeds":
        lasts = dice.choice([dice.uniform(5, 40), dice.uniform(40, 300), dice.uniform(5, 20) * MINUTE])
        only = dice.choice(["", "", "", FEED, FLAGS, STAGES])
        return [FeedWeather(at, lasts, dice.choice(FATES), dice.choice([0.3, 0.6, 1.0, 1.0]), only)]
    if kind == "kill":
        return [_kill(dice, at)]
    if kind == "stall":
        lasts = dice.choice([dice.uniform(1, 20), dice.uniform(20, 120), dice.uniform(2, 25) * MINUTE])
        return [Stall(at, dice.choice(MOMENTS), _nth(dice), lasts)]
    if kind == "stop":
        return [Stop(at, _pause(dice))]
    if kind == "jump":
        return [Jump(at, dice.choice([-1, -1, 1]) * dice.choice([dice.uniform(1, 60), dice.uniform(1, 30) * MINUTE]))]
    if kind == "restore":
        return [Backup(max(0.0, at - dice.uniform(0, 40) * MINUTE)), _kill(dice, at, restored=True)]
    if kind == "weather":
        fate = dice.choice(["lost", "answer lost", "cut", "refused", "slow", "late", "limited", "limited everywhere"])
        return [Weather(at, dice.uniform(5, 300), fate, dice.choice([0.3, 1.0]))]
    if kind == "outage":
        return [Outage(at, _pause(dice))]
    if kind == "delay":
        return [Delay(at, dice.randint(0, 3), dice.uniform(36, 60))]
    if channel < SERVERS:
        return []
    if kind == "forbid":
        return [Forbid(at, channel, dice.uniform(10, 1000))]
    if kind == "hide":
        return [Hide(at, channel, dice.uniform(10, 1000))]
    return [Chat(at, channel, dice.choice([1, 30, 150]))]


def _kill(dice: random.Random, at: float, *, restored: bool = False) -> Kill:
    return Kill(at, dice.choice(MOMENTS), _nth(dice), _pause(dice), restored=restored)


def _nth(dice: random.Random) -> int:
    return dice.choice([0, 0, 1, dice.randint(0, 10), dice.randint(0, 60)])


def _pause(dice: random.Random) -> float:
    low, high = dice.choice([(1, 3), (1, 60), (20, 240), (240, 1200)])
    return dice.uniform(low, high)
