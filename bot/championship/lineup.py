"""Who is entered in a race and from where they start, and what is different from the race before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from db.models import Entry, Race


@dataclass(frozen=True, slots=True)
class Change:
    """A truck with another driver than in the race before; drivers are keys."""

    number: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Lineup:
    """The entries of a race.

    Attributes:
        order: the trucks that start, each with its place, in starting order; empty where that is not known yet.
        entries: all others, by number: everybody before qualifying, afterwards who is not in the field.
        before: the race before, with which they are compared; None for the first race of a season, and where its
            entries are not on record.
        new, missing: the entries of drivers who were not entered in the race before, and of those who were and are not
            now.
        changes: the trucks of which the driver is another one.
    """

    order: tuple[tuple[int, Entry], ...]
    entries: tuple[Entry, ...]
    before: Race | None = None
    new: tuple[Entry, ...] = ()
    missing: tuple[Entry, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def everybody(self) -> tuple[Entry, ...]:
        return (*(entry for _, entry in self.order), *self.entries)


def compared(lineup: Lineup, before: Race, then: Sequence[Entry]) -> Lineup:
    """The lineup with what is different from the race before.

    Args:
        lineup: of a race.
        before: the race before it in the same season.
        then: everybody who was entered in that one.
    """
    now = lineup.everybody
    drivers_then, drivers_now = {entry.driver for entry in then}, {entry.driver for entry in now}
    return replace(
        lineup,
        before=before,
        new=_each_once(entry for entry in now if entry.driver not in drivers_then),
        missing=_each_once(entry for entry in then if entry.driver not in drivers_now),
        changes=_changes(then, now),
    )


def by_number(entry: Entry) -> tuple[int, str]:
    """What orders entries by number: 2, 02, 3."""
    return int(entry.number), entry.number


def _each_once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries by number, of a driver with two the first."""
    kept: dict[str, Entry] = {}
    for entry in sorted(entries, key=by_number):
        kept.setdefault(entry.driver, entry)
    return tuple(kept.values())


def _changes(then: Sequence[Entry], now: Sequence[Entry]) -> tuple[Change, ...]:
    """The trucks that have one driver in each of the two races, and not the same."""
    before, after = _drivers_of(then), _drivers_of(now)
    found = [
        Change(number, *before[number], *after[number])
        for number in before.keys() & after.keys()
        if len(before[number]) == len(after[number]) == 1 and before[number] != after[number]
    ]
    return tuple(sorted(found, key=lambda each: (int(each.number), each.number)))


def _drivers_of(entries: Sequence[Entry]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        found[entry.number].add(entry.driver)
    return found
