"""What happens in one simulated weekend, drawn from one seed: what NASCAR says when, and what goes wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.simulation.events import Backup, Chat, Event, Forbid, Hide, Jump, Kill, Outage, Stall, Stop, Weather
from tests.simulation.feeds_server import FATES
from tests.simulation.feeds_weekend import GREEN, LAP_TIMES, LENGTH, LIST, WEEKEND
from tests.simulation.story import HOUR, MINUTE, SERVERS, Place, Story

DAY = 24 * HOUR
MOMENTS = (
    *("any", "before commit", "committed", "asks NASCAR", "NASCAR answers", "leaves", "answered"),
    *("works", "writes", "writes", "worked", "worked"),
)
"""At which moments a process may be stopped or killed, beside those of ``story.MOMENTS``."""
BEGINS = 120.0
"""In the first seconds nothing happens, so that the program has seen what is known when it begins."""
KINDS = {"race night": 5, "race week": 1, "days after": 2, "late results": 1}
"""Which part of a weekend is lived through, and how often it is drawn."""


@dataclass(frozen=True)
class Publish(Event):
    """NASCAR says something new: see ``feeds_weekend.EDITS``."""

    edit: str


@dataclass(frozen=True)
class StampAnew(Event):
    """NASCAR writes a document once more as it was."""

    path: str


@dataclass(frozen=True)
class FeedWeather(Event):
    """For some seconds, requests to NASCAR meet such a fate with such a chance: see ``feeds_server.FATES``.

    ``only`` is the path of the one document that is met by it; empty where all are.
    """

    seconds: float
    fate: str
    chance: float
    only: str = ""


@dataclass(frozen=True)
class FeedStory(Story):
    """One weekend, or a part of one; it goes on where NASCAR has said everything that was said before it begins.

    Attributes:
        calm: for how many seconds nothing goes wrong at the end, so that everything is looked at once more.
        validators: whether NASCAR sends tags and dates, or dates alone.
        nascar: how many seconds a request to NASCAR takes.
    """

    calm: float = 80 * MINUTE
    validators: str = "both"
    nascar: float = 0.2

    @classmethod
    def from_seed(cls, seed: int) -> FeedStory:
        """The weekend of a seed."""
        dice = random.Random(f"{seed} feeds")
        name = dice.choices(list(KINDS), list(KINDS.values()))[0]
        said, green = _said(dice, late=name == "late results")
        begins, seconds = _when(dice, name, green)
        news = [_later(each, (GREEN - begins).total_seconds()) for each in said]
        places = _places(dice)
        # What is said later is not waited for.
        news = [replace(each, at=-1.0) if -1.0 < each.at < BEGINS else each for each in news if each.at < seconds]
        troubles = _troubles(dice, places, seconds, news)
        return cls(
            seed,
            begins,
            seconds,
            places,
            tuple(sorted([*news, *troubles], key=lambda each: each.at)),
            memory=dice.choice([5.0, 60.0, 300.0]),
            skew=dice.choice([0.0, 0.0, dice.uniform(-60, 60)]),
            latency=dice.choice([0.05, 0.3]),
            told=dice.choice([0.0, 1.0, 5.0]),
            in_doubt=dice.choice(["again", "drop"]),
            slow_disk=dice.random() < 0.1,
            name=name,
            # Once official, results are looked at once a day.
            calm=80 * MINUTE if name in {"race night", "late results"} else 26 * HOUR,
            validators=dice.choice(["both", "both", "dates"]),
            nascar=dice.choice([0.05, 0.2, 2.0]),
        )


def _later(event: Event, seconds: float) -> Event:
    facts = {**vars(event), "at": event.at + seconds}
    return type(event)(**facts)


def _when(dice: random.Random, name: str, green: datetime) -> tuple[datetime, float]:
    """When a night begins, and how long it is."""
    if name == "race night":
        return green - timedelta(hours=dice.uniform(0.3, 6)), dice.uniform(5, 10) * HOUR
    if name == "late results":
        return green + timedelta(hours=20), 30 * HOUR
    if name == "race week":
        begins = green - timedelta(days=dice.uniform(1, 6.2))
        return begins, (green - begins).total_seconds() + dice.uniform(0.5, 1.5) * DAY
    return green + timedelta(hours=dice.uniform(0, 2)), dice.choice([dice.uniform(4.5, 6), 9.4]) * DAY


def _said(dice: random.Random, *, late: bool) -> tuple[list[Event], datetime]:
    """What NASCAR says, in seconds from the green flag as first listed; and when the race is run after all."""
    said: list[Event] = [Publish(-dice.uniform(2, 5) * DAY, "entry list")]
    if dice.random() < 0.4:
        said.append(Publish(-dice.uniform(1, 1.9) * DAY, "entries changed"))
    if dice.random() < 0.7:
        said.append(Publish(-dice.uniform(1, 3) * DAY, "sessions"))
    moved = 0.0
    if dice.random() < 0.6:
        moved = _moves(dice, said)
    said += _results(dice, moved + LENGTH.total_seconds(), late=late)
    first, last = said[0].at, max(each.at for each in said)
    said += [
        StampAnew(dice.uniform(first, last), dice.choice([LIST, WEEKEND, WEEKEND, LAP_TIMES]))
        for _ in range(dice.choice([0, 1, 3]))
    ]
    return sorted(said, key=lambda each: each.at), GREEN + timedelta(seconds=moved)


def _moves(dice: random.Random, said: list[Event]) -> float:
    """Moves the start, once or twice; returns by how many seconds."""
    how = dice.choice(["later", "later", "next day", "sooner"])
    by = {"later": 75 * MINUTE, "next day": DAY, "sooner": -30 * MINUTE}
    at = -dice.choice([dice.uniform(40, 180) * MINUTE, dice.uniform(3, 30) * HOUR])
    said.append(Publish(at, how))
    if dice.random() < 0.3:
        again = at + dice.choice([dice.uniform(1, 10), dice.uniform(10, 35)]) * MINUTE
        other = dice.choice(["moved back", "later"])
        said.append(Publish(again, other))
        return 0.0 if other == "moved back" else by[how] + by["later"]
    return by[how]


def _results(dice: random.Random, flag: float, *, late: bool) -> Iterator[Event]:
    """From the checkered flag to what is corrected in the week after it."""
    # NASCAR's own delay; more than a day after the race is over, by the clock or by its length, it is no news.
    at = flag + (
        dice.choice([dice.uniform(18.5, 20), dice.uniform(29, 44)]) * HOUR if late else dice.uniform(2, 30) * MINUTE
    )
    yield Publish(at + dice.uniform(-2, 20) * MINUTE, "list over")
    if dice.random() < 0.3:
        yield Publish(at, "no points")
        at += dice.uniform(5, 30) * MINUTE
    yield Publish(at, "results")
    if dice.random() < 0.5:
        yield Publish(at + dice.uniform(1, 90) * MINUTE, "lap times")
    if dice.random() < 0.5:
        led = at + dice.choice([dice.uniform(1, 60) * MINUTE, dice.uniform(1, 10) * HOUR])
        yield Publish(led, "laps led")
        if dice.random() < 0.2:
            yield Publish(led + dice.uniform(1, 25) * MINUTE, "laps led after all")
    if dice.random() < 0.4:
        yield Publish(at + dice.uniform(1, 4) * HOUR, "inspection")
    official = at + dice.uniform(1.5, 44) * HOUR
    if dice.random() < 0.75:
        yield Publish(official, "official")
    if dice.random() < 0.6:
        # On Tuesday or, on appeal, the week after.
        yield Publish(
            dice.choice([flag + dice.uniform(3.6, 4.2) * DAY, official + dice.uniform(5.4, 5.9) * DAY]), "penalty"
        )


def _places(dice: random.Random) -> tuple[Place, ...]:
    places = [
        Place(
            number,
            hidden=dice.random() < 0.2,
            leads=dice.choice([(), (15,), (15,), (60, 15)]),
            changes=dice.random() < 0.8,
            results=dice.random() < 0.8,
            recap=dice.random() < 0.3,
            standings=dice.random() < 0.4,
        )
        for number in range(1, dice.randint(2, 3))
    ]
    return (*places, Place(7, person=True, leads=(15,), changes=True, results=True))


def _troubles(dice: random.Random, places: tuple[Place, ...], seconds: float, news: list[Event]) -> list[Event]:
    """What goes wrong, often just when something new is said or a little later."""
    events: list[Event] = []
    for _ in range(dice.choice([0, 1, 2, 2, 3, 4])):
        at = dice.uniform(BEGINS, seconds)
        coming = [each.at for each in news if each.at >= 0]
        if coming and dice.random() < 0.7:
            at = max(BEGINS, dice.choice(coming) + dice.choice([-1, 1, 1, 1]) * dice.uniform(0, 15) * MINUTE)
        events += _trouble(dice, places, min(at, seconds - 1))
    return events


def _trouble(  # noqa: C901, PLR0911 - a case each
    dice: random.Random, places: tuple[Place, ...], at: float
) -> list[Event]:
    channel = dice.choice(places).channel
    kind = dice.choices(
        ["feeds", "storm", "kill", "stall", "stop", "jump", "restore", "weather", "outage", "forbid", "hide", "chat"],
        [40, 5, 20, 8, 4, 6, 6, 6, 4, 3, 3, 2],
    )[0]
    if kind == "feeds":
        lasts = dice.choice([dice.uniform(10, 120), dice.uniform(2, 60) * MINUTE, dice.uniform(1, 7) * HOUR])
        only = dice.choice(["", "", "", LIST, WEEKEND, LAP_TIMES])
        return [FeedWeather(at, lasts, dice.choice(FATES), dice.choice([0.3, 0.6, 1.0, 1.0]), only)]
    if kind == "storm":
        # We are not welcome for hours, and the program is started anew meanwhile.
        lasts = dice.uniform(1, 7) * HOUR
        return [FeedWeather(at, lasts, "forbidden", 1.0), Stop(at + dice.uniform(0.3, 1.0) * lasts, _pause(dice))]
    if kind == "kill":
        return [_kill(dice, at)]
    if kind == "stall":
        return [
            Stall(
                at, dice.choice(MOMENTS), _nth(dice), dice.choice([dice.uniform(1, 60), dice.uniform(1, 50) * MINUTE])
            )
        ]
    if kind == "stop":
        return [Stop(at, _pause(dice))]
    if kind == "jump":
        return [Jump(at, dice.choice([-1, -1, 1]) * dice.choice([dice.uniform(1, 60), dice.uniform(1, 30) * MINUTE]))]
    if kind == "restore":
        back = dice.choice([dice.uniform(0, 60) * MINUTE, dice.uniform(0, 20) * HOUR])
        return [Backup(max(0.0, at - back)), _kill(dice, at, restored=True)]
    if kind == "weather":
        fate = dice.choice(["lost", "answer lost", "cut", "refused", "slow", "limited"])
        return [Weather(at, dice.uniform(5, 600), fate, dice.choice([0.3, 1.0]))]
    if kind == "outage":
        return [Outage(at, _pause(dice))]
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
    low, high = dice.choice([(1, 3), (1, 60), (60, 1200), (1200, 3 * HOUR)])
    return dice.uniform(low, high)
