"""Whom a document means: people by NASCAR's id, by their name where there is none, and never by a guess."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.feeds.clashes import ClashError
from bot.feeds.schemas.people_and_places import DriverFacts
from db.models import Driver
from db.naming import fold_name

UNKNOWN_BIRTHS = ("1970-01-01", "0001-01-01", "1900-01-01")
"""Days that stand for a birth date that is not known."""


class Register(Mapping[str, Driver]):
    """The drivers of the store by key; it is made once for all the documents that are read together.

    Attributes:
        drivers: the same, as they were given.
        by_id: those of whom NASCAR's id is known, by it.
        by_name: all, by each of their names, folded.
    """

    def __init__(self, drivers: Mapping[str, Driver]) -> None:
        self.drivers = drivers
        self.by_id = {each.nascar_id: each for each in drivers.values() if each.nascar_id is not None}
        self.by_name: dict[str, list[Driver]] = {}
        for driver in drivers.values():
            for name in _spellings(driver):
                self.by_name.setdefault(name, []).append(driver)

    def __getitem__(self, key: str) -> Driver:
        return self.drivers[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.drivers)

    def __len__(self) -> int:
        return len(self.drivers)


class People:
    """The drivers of the store, for one document.

    Attributes:
        clashes: one line for each driver who is called otherwise than the store knows.
    """

    def __init__(self, drivers: Mapping[str, Driver], facts: Iterable[DriverFacts] = ()) -> None:
        """``drivers`` are all of the store by key; ``facts`` is what NASCAR says of its drivers."""
        self.clashes: list[str] = []
        self._facts = {each.driver_id: each for each in facts if each.driver_id is not None}
        register = drivers if isinstance(drivers, Register) else Register(drivers)
        self._by_id, self._by_name = register.by_id, register.by_name
        self._rows: dict[str, dict[str, Any]] = {}
        self._by_key = drivers

    def called(self, key: str) -> str:
        """What a document calls a driver of the store."""
        driver = self._by_key.get(key)
        return self._reference(driver) if driver is not None else key

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of drivers that the document needs: new ones, and ids that the store lacks."""
        return list(self._rows.values())

    def join(self, number: int | None, name: str, hometown: str | None = None) -> str:
        """What a document calls the driver of that id and name, who is noted as a new one where the store has nobody.

        Raises:
            ClashError: the id is one driver's and the name another's, or several bear the name.
        """
        bearers = self._by_name.get(fold_name(name), [])
        known = self._by_id.get(number) if number is not None else None
        if known is not None:
            return self._of_that_id(known, name, bearers)
        if len(bearers) > 1:
            both = " or ".join(f"{each.name} ({each.key})" for each in bearers)
            raise ClashError(f"{_called(name, number)} may be {both}; give the driver who is meant that nascar_id")
        if not bearers:
            return self._new(number, name, hometown)
        driver = bearers[0]
        if number is not None and driver.nascar_id is not None:
            raise ClashError(
                f"{_called(name, number)} has the name of {_called(driver.name, driver.nascar_id)}; correct that id "
                "or, if they are two people, import the new one with the id"
            )
        called = self._reference(driver)
        if number is not None:
            self._must_be_alone(called, number, name)
            self._rows[called] = {"name": called, "nascar_id": number}
        return called

    def _of_that_id(self, driver: Driver, name: str, bearers: list[Driver]) -> str:
        called = self._reference(driver)
        if driver in bearers:
            return called
        if bearers:
            raise ClashError(
                f"{_called(name, driver.nascar_id)} has the id of {driver.name}; correct the id of one of the two"
            )
        if _share_a_name(driver.name, name):
            self._rows[called] = {"name": called, "aliases": [*driver.aliases, name]}
        else:
            line = f"{_called(name, driver.nascar_id)} is {driver.name} here; give that alias, or correct the id"
            self.clashes += [] if line in self.clashes else [line]
        return called

    def _new(self, number: int | None, name: str, hometown: str | None) -> str:
        self._must_be_alone(name, number, name)
        row: dict[str, Any] = {"name": name}
        facts = self._facts.get(number) if number is not None else None
        if number is not None:
            row["nascar_id"] = number
        if hometown:
            row["hometown"] = hometown
        born = (facts.born or "")[:10] if facts is not None else ""
        if born and born not in UNKNOWN_BIRTHS:
            row["born"] = born
        self._rows[name] = row
        return name

    def _must_be_alone(self, called: str, number: int | None, name: str) -> None:
        """Refuses a second id for one name within a document."""
        other = self._rows.get(called)
        if other is not None and other.get("nascar_id") != number:
            raise ClashError(f"{name} has two ids here, {other.get('nascar_id')} and {number}")

    def _reference(self, driver: Driver) -> str:
        alone = len(self._by_name.get(fold_name(driver.name), ())) == 1
        return driver.name if alone else f"{driver.name} (key {driver.key})"


def _spellings(driver: Driver) -> set[str]:
    return {fold_name(name) for name in (driver.name, *driver.aliases)}


def _share_a_name(one: str, other: str) -> bool:
    """Whether two names have a word in common, as those of one person nearly always have."""
    return not set(fold_name(one).split()).isdisjoint(fold_name(other).split())


def _called(name: str, number: int | None) -> str:
    return f"{name} (NASCAR id {number})" if number is not None else name
