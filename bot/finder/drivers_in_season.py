"""Who drives in a season so far: trucks, starts and points by driver, drivers by truck."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from db.models import Season

HERE = 5.0
"""Added to a driver's score, for the order of a list, for an entry in the season."""
REGULAR = 3.0
"""Added for starting in every race of it; fewer starts add in proportion."""

LONGEST_NUMBER = 3
"""Digits of the longest truck number."""


@dataclass(slots=True)
class Presence:
    """Who drives what. ``trucks`` has the drivers by number, the latest first; ``numbers`` each driver's latest."""

    numbers: dict[str, str] = field(default_factory=dict)
    trucks: dict[str, list[str]] = field(default_factory=dict)
    starts: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    most: int = 1

    @classmethod
    def of(cls, season: Season) -> Presence:
        here = cls()
        entries = []
        for rows in season.results.values():
            for result in rows:
                entry = result.entry
                entries.append(entry)
                here.starts[entry.driver] += 1
                here.points[entry.driver] += result.points
        # Of two entries in a race, the one that raced comes first: the order of those of one race is kept.
        entries += [entry for rows in season.absent.values() for entry in rows]
        entries.sort(key=lambda entry: season.order.get(entry.round, 0), reverse=True)
        for entry in entries:
            here.numbers.setdefault(entry.driver, entry.number)
            drivers = here.trucks.setdefault(entry.number, [])
            if entry.driver not in drivers:
                drivers.append(entry.driver)
        here.most = max(here.starts.values(), default=1)
        return here

    def weight(self, key: str) -> float:
        """What is added to a driver's score, for the order of a list, for taking part in the season."""
        return HERE + REGULAR * self.starts[key] / self.most if key in self.numbers else 0.0

    def entered(self, number: str) -> dict[str, bool]:
        """The drivers of a truck number, which may be typed in part; True for those of exactly that number.

        Those of exactly that number come first, then those of numbers that start with it.
        """
        exact = number if number in self.trucks else next((n for n in self.trucks if _same(n, number)), None)
        found = dict.fromkeys(self.trucks.get(exact, ()) if exact is not None else (), True)
        for longer in sorted((n for n in self.trucks if n.startswith(number)), key=lambda n: (len(n), n)):
            for key in self.trucks[longer]:
                found.setdefault(key, False)
        return found

    def near(self, number: str, count: int) -> list[tuple[str, str]]:
        """The trucks whose numbers are nearest to one that does not exist, each with its latest driver.

        None for a number that is too long for a truck.
        """
        if len(number.lstrip("0")) > LONGEST_NUMBER:
            return []
        trucks = sorted(self.trucks, key=lambda truck: (abs(int(truck) - int(number)), truck))
        return [(truck, self.trucks[truck][0]) for truck in trucks[:count]]


def _same(number: str, typed: str) -> bool:
    return number.lstrip("0") == typed.lstrip("0")
