"""All drivers, or all tracks, by each of their names, and what a document has to write to mean one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import Generic, TypeVar

from db.models import Driver, Track
from db.namesakes import Reference, driver_details, track_details
from db.naming import fold_name, slug

T = TypeVar("T", Driver, Track)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What drivers and tracks differ in: the ``word`` for one, all spellings of one, and what tells one from others."""

    word: str
    spellings: Callable[[T], tuple[str, ...]]
    details: Callable[[T], list[str]]
    means: Callable[[Reference, T], bool]


DRIVERS: Kind[Driver] = Kind("driver", lambda d: (d.name, *d.aliases), driver_details, Reference.means_driver)
TRACKS: Kind[Track] = Kind("track", lambda t: (t.name, t.short, *t.aliases), track_details, Reference.means_track)


class NameRegister(Generic[T]):
    """Drivers, or tracks, by row id; each of them may be added again with other names.

    Attributes:
        rows: as they are stored.
        called: the same, each with the name that means nobody else in a document: where others bear the name too, it
            has a detail in parentheses behind it.
    """

    def __init__(self, kind: Kind[T], rows: Mapping[int, T]) -> None:
        self.kind: Kind[T] = kind
        self.rows: dict[int, T] = {}
        self.called: dict[int, T] = {}
        self._bearers: dict[str, set[int]] = defaultdict(set)
        # Who bore a name until this import took it away: its other rows may still say it, if nobody else bears it now.
        self._former: dict[str, set[int]] = defaultdict(set)
        self._keys: dict[str, int] = {}
        for number, row in rows.items():
            self._index(number, row)
        self._call(rows)

    def _index(self, number: int, row: T) -> None:
        self.rows[number] = row
        self._keys[row.key] = number
        for name in self.kind.spellings(row):
            self._bearers[fold_name(name)].add(number)

    def add(self, number: int, row: T) -> None:
        """Makes one known under all names, in place of the one with that row id."""
        names = {*self.kind.spellings(row)}
        if number in self.rows:
            names |= {*self.kind.spellings(self.rows[number])}
        for name in names:
            self._bearers[fold_name(name)].discard(number)
            self._former[fold_name(name)].add(number)
        self._index(number, row)
        # Those who bear one of its names, or bore one with it, may have to be called otherwise now.
        self._call({number}.union(*(self._bearers[fold_name(name)] for name in names)))

    def _call(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            row = self.rows[number]
            rivals = self.bearers(row.name) - {number}
            self.called[number] = replace(row, name=self._reference(row, rivals)) if rivals else row

    def _reference(self, row: T, rivals: Iterable[int]) -> str:
        taken = {detail for rival in rivals for detail in self.kind.details(self.rows[rival])}
        return f"{row.name} ({next(detail for detail in self.kind.details(row) if detail not in taken)})"

    def bearers(self, name: str) -> set[int]:
        """The row ids of all who bear a name."""
        return set(self._bearers.get(fold_name(name), ()))

    def referred(self, text: str) -> set[int]:
        """The row ids of all whom a name with a detail behind it refers to; none for a name alone."""
        read = Reference.read(text)
        if read is None:
            return set()
        return {number for number in self.bearers(read.name) if self.kind.means(read, self.rows[number])}

    def told(self, text: str) -> set[int]:
        """The row ids of all whom the detail behind a name is true of, whatever they are called."""
        read = Reference.read(text)
        if read is None or not read.is_of_driver:
            return set()
        return {number for number, row in self.rows.items() if self.kind.means(read, row)}

    def meant(self, text: str) -> set[int]:
        """The row ids of all whom a name in a document may mean, with or without a detail behind it."""
        return self.referred(text) or self.bearers(text) or set(self._former.get(fold_name(text), ()))

    def with_key(self, key: str) -> int | None:
        """The row id of the one with that key, which never changes."""
        return self._keys.get(key)

    def new_key(self, name: str) -> str:
        """The key of a new one with that name. ``slug`` gives nobody a key with two dashes, so each stays free."""
        key = slug(name)
        return next(free for free in chain([key], (f"{key}--{n}" for n in count(2))) if free not in self._keys)

    def names(self) -> list[str]:
        """Every name that anybody bears."""
        return [name for row in self.rows.values() for name in self.kind.spellings(row)]

    def shared(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Which of these names several bear, each as first given, with what documents call its bearers, sorted."""
        groups: dict[str, list[str]] = {}
        for name in {fold_name(name): name for name in names}.values():
            numbers = self.bearers(name)
            if len(numbers) > 1:
                groups[name] = sorted(self.called[number].name for number in numbers)
        return groups


def shared_names(register: NameRegister[T], names: Iterable[str]) -> list[str]:
    """One line for each of these names that several bear."""
    return [
        f"{name} is a name of {' and of '.join(called)}; documents have to say which one they mean"
        for name, called in register.shared(names).items()
    ]


def called_in_documents(kind: Kind[T], rows: Iterable[T]) -> dict[str, T]:
    """By key, each with the name by which documents mean nobody else."""
    register = NameRegister(kind, dict(enumerate(rows)))
    return {row.key: row for row in register.called.values()}
