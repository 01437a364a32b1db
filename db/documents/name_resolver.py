"""Resolves the names in documents to the drivers and tracks of the store while an import runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol, TypeVar

from db.documents.file_format import DriverRow, TrackRow
from db.documents.identity import SAME_DRIVER, SAME_TRACK, Identification, same_person, same_place
from db.documents.name_register import DRIVERS, TRACKS, NameRegister, shared_names
from db.documents.reader import Line, is_csv
from db.errors import DocumentError
from db.models import Driver, Track
from db.namesakes import Reference
from db.naming import nearest

M = TypeVar("M", Driver, Track)


class Place(Protocol):
    """Where in a document a name stands: a row, or the document itself."""

    @property
    def file(self) -> str: ...

    def error(self, problem: str, field: str) -> DocumentError: ...


class NameResolver:
    """All drivers and tracks by each of their names; the import adds new ones as it finds them.

    Attributes:
        drivers: drivers by row id, each called as documents call them: by name or, where others bear the name too, by
            the name with a detail behind it. Rows are compared by these names.
        tracks: the same for tracks.
        people: drivers by row id as they are stored.
        places: tracks by row id as they are stored.
    """

    def __init__(
        self, drivers: dict[int, Driver], tracks: dict[int, Track], bundled: Collection[str] = frozenset()
    ) -> None:
        """``bundled`` names the files that come with the program: they know of no namesakes but those they list."""
        self._drivers = NameRegister(DRIVERS, drivers)
        self._tracks = NameRegister(TRACKS, tracks)
        self.drivers: Mapping[int, Driver] = self._drivers.called
        self.tracks: Mapping[int, Track] = self._tracks.called
        self.people: Mapping[int, Driver] = self._drivers.rows
        self.places: Mapping[int, Track] = self._tracks.rows
        self._bundled = bundled
        self._bundled_rows: tuple[set[int], set[int]] = set(), set()
        self._whose = Identification(self._drivers, same_person, SAME_DRIVER)
        self._where = Identification(self._tracks, same_place, SAME_TRACK)
        self._references = {each: number for number, driver in drivers.items() for each in driver.racing_reference}
        self._names_given: tuple[list[str], list[str]] = [], []

    def add_driver(self, number: int, driver: Driver) -> None:
        """Makes a driver known under all names, in place of the one with that row id."""
        self._drivers.add(number, driver)
        self._references |= dict.fromkeys(driver.racing_reference, number)
        self._names_given[0].extend(DRIVERS.spellings(driver))

    def add_track(self, number: int, track: Track) -> set[int]:
        """Makes a track known under all names, in place of the one with that row id.

        Returns:
            the row ids of all that answers may call otherwise now: the track, and those that bear one of its names.
        """
        self._tracks.add(number, track)
        self._names_given[1].extend(TRACKS.spellings(track))
        return set[int]().union(*(self._tracks.bearers(name) for name in TRACKS.spellings(track)))

    def new_driver_key(self, name: str) -> str:
        """The key of a driver who is to be added."""
        return self._drivers.new_key(name)

    def new_track_key(self, name: str) -> str:
        """The key of a track that is to be added."""
        return self._tracks.new_key(name)

    def driver_id(self, name: str, place: Place, field: str) -> int:
        """The row id of a driver named in a document.

        Raises:
            DocumentError: no driver has that name, or several have.
        """
        return self._only(self._drivers, self._bundled_rows[0], name, place, field)

    def find_driver(self, name: str) -> int | None:
        """The row id of a driver by any name; None if no driver has it, or several have."""
        numbers = self._drivers.meant(name)
        return numbers.pop() if len(numbers) == 1 else None

    def track_id(self, name: str, line: Line) -> int:
        """The row id of a track named in a document.

        Raises:
            DocumentError: no track has that name, or several have.
        """
        return self._only(self._tracks, self._bundled_rows[1], name, line, "track")

    def driver_name(self, name: str, line: Line, field: str) -> str:
        """What documents call a driver, whatever spelling this one uses."""
        return self.drivers[self.driver_id(name, line, field)].name

    def _only(
        self,
        register: NameRegister[M],
        bundled: set[int],
        name: str,
        place: Place,
        field: str,
    ) -> int:
        numbers = register.meant(name)
        if len(numbers) > 1 and place.file in self._bundled:
            numbers = numbers & bundled or numbers
        if not numbers and place.file in self._bundled:
            # Whoever runs the bot may have given them another name; the program knows them by NASCAR's id.
            numbers = register.told(name)
        if not numbers:
            raise place.error(self._unknown(register, name, place.file), field)
        if len(numbers) > 1:
            choices = " or ".join(repr(called) for called in sorted(register.called[n].name for n in numbers))
            raise place.error(
                f"{name!r} is a name of {len(numbers)} {register.kind.word}s; write {choices} to say which one", field
            )
        return numbers.pop()

    @staticmethod
    def _unknown(register: NameRegister[M], name: str, file: str) -> str:
        """What is wrong with a name that nobody has, and how a file of that kind brings a new one."""
        word = register.kind.word
        near = nearest(name, [row.name for row in register.rows.values()])
        hint = f"; did you mean {' or '.join(near)}?" if near else "."
        problem = f"no {word} is called {name!r}{hint}"
        if not is_csv(file):
            return f"{problem} Add a new one under {word + 's'!r}"
        columns = "name and, where known, nascar_id, born, hometown" if word == "driver" else "name, short, city, state"
        return (
            f"{problem} A new one goes into a CSV file of {word}s, whose columns are {columns}; import both: "
            f"tailgate import {word}s.csv {file}"
        )

    def same_driver(self, row: DriverRow, line: Line) -> tuple[int | None, DriverRow]:
        """The row id of the driver that a row is about, None for a new one, and the row with the name alone.

        Raises:
            DocumentError: its names, or its id, belong to several drivers, or nothing says to which.
        """
        number = self._referred(self._drivers, row.name, line)
        wanted = row.nascar_id
        owner = next((n for n, d in self.people.items() if d.nascar_id == wanted), None) if wanted else None
        if owner is not None and owner not in (self._whose.sharing(row) if number is None else {number}):
            # An id alone does not identify a driver: a typing error in it would turn one driver into another.
            raise line.error(
                f"{row.nascar_id} is the id of {self.drivers[owner].name}; if they are one person, name both under "
                "aliases",
                "nascar_id",
            )
        found = self._driver_meant(row, line, number, owner)
        self._refuse_reference_of_another(row, line, found[0])
        return found

    def _driver_meant(
        self, row: DriverRow, line: Line, number: int | None, owner: int | None
    ) -> tuple[int | None, DriverRow]:
        if number is not None:
            return number, row.model_copy(update={"name": self.people[number].name})
        return self._whose.find(row, line, decided=owner, bundled=line.file in self._bundled), row

    def _refuse_reference_of_another(self, row: DriverRow, line: Line, number: int | None) -> None:
        """Refuses an id of racing-reference that another driver has."""
        for reference in row.racing_reference:
            owner = self._references.get(reference, number)
            if owner is not None and owner != number and reference in self.people[owner].racing_reference:
                raise line.error(
                    f"{reference} is the id of {self.drivers[owner].name}; take it away there first, or leave it out",
                    "racing_reference",
                )

    def same_track(self, row: TrackRow, line: Line) -> tuple[int | None, TrackRow]:
        """The row id of the track that a row is about, None for a new one, and the row with the name alone.

        Raises:
            DocumentError: its names belong to several tracks, or nothing says to which.
        """
        number = self._referred(self._tracks, row.name, line)
        if number is not None:
            return number, row.model_copy(update={"name": self.places[number].name})
        return self._where.find(row, line, bundled=line.file in self._bundled), row

    @staticmethod
    def _referred(register: NameRegister[M], name: str, line: Line) -> int | None:
        """Whom a row's name refers to by the detail behind it; None where it is a name alone.

        Raises:
            DocumentError: the detail fits several, or nobody.
        """
        numbers = register.referred(name)
        read = Reference.read(name)
        if len(numbers) > 1 or (not numbers and read is not None and read.is_of_driver):
            whom = "several" if numbers else "nobody in the store"
            raise line.error(
                f"{name!r} fits {whom}; give the name alone here, and the rest in fields of its own", "name"
            )
        return next(iter(numbers), None)

    def listed(self, number: int, line: Line) -> None:
        """Notes that a document lists that driver, or that track."""
        if line.file in self._bundled:
            self._bundled_rows[isinstance(line.row, TrackRow)].add(number)

    def notes(self) -> list[str]:
        """One line for each name that the import gave to somebody and that several bear.

        Those whom the program lists itself are left out: its own documents say which one they mean.
        """
        drivers = [name for name in self._names_given[0] if self._drivers.bearers(name) - self._bundled_rows[0]]
        tracks = [name for name in self._names_given[1] if self._tracks.bearers(name) - self._bundled_rows[1]]
        return shared_names(self._drivers, drivers) + shared_names(self._tracks, tracks)
