"""Resolves the names in documents to the drivers and tracks of the store while an import runs."""

from __future__ import annotations

from collections.abc import Iterable

from db.documents.file_format import DriverRow, TrackRow
from db.documents.reader import Line
from db.models import Driver, Track
from db.naming import fold, nearest, slug


class NameResolver:
    """All drivers and tracks by each of their names; the import adds new ones as it finds them.

    Attributes:
        drivers: drivers by row id.
        tracks: tracks by row id.
    """

    def __init__(self, drivers: dict[int, Driver], tracks: dict[int, Track]) -> None:
        self.drivers = drivers
        self.tracks = tracks
        self._driver_ids: dict[str, int] = {}
        self._track_ids: dict[str, int] = {}
        for number, driver in drivers.items():
            self.add_driver(number, driver)
        for number, track in tracks.items():
            self.add_track(number, track)

    def add_driver(self, number: int, driver: Driver) -> None:
        """Makes a driver known under all names, in place of the one with that row id."""
        self.drivers[number] = driver
        for name in (driver.name, *driver.aliases):
            self._driver_ids[fold(name)] = number

    def add_track(self, number: int, track: Track) -> None:
        """Makes a track known under all names, in place of the one with that row id."""
        self.tracks[number] = track
        for name in (track.name, track.short, *track.aliases):
            self._track_ids[fold(name)] = number

    def driver_id(self, name: str, line: Line, field: str) -> int:
        """The row id of a driver named in a document.

        Raises:
            DocumentError: no driver has that name.
        """
        number = self._driver_ids.get(fold(name))
        if number is None:
            raise line.error(self.unknown("driver", name), field)
        return number

    def find_driver(self, name: str) -> int | None:
        """The row id of a driver by any name; None if no driver has it."""
        return self._driver_ids.get(fold(name))

    def track_id(self, name: str, line: Line) -> int:
        """The row id of a track named in a document.

        Raises:
            DocumentError: no track has that name.
        """
        number = self._track_ids.get(fold(name))
        if number is None:
            raise line.error(self.unknown("track", name), "track")
        return number

    def driver_name(self, name: str, line: Line, field: str) -> str:
        """The canonical name of a driver, whatever spelling the document uses."""
        return self.drivers[self.driver_id(name, line, field)].name

    def unknown(self, kind: str, name: str) -> str:
        """The text of an error for a name that nobody has; ``kind`` is driver or track."""
        known = [d.name for d in self.drivers.values()] if kind == "driver" else [t.name for t in self.tracks.values()]
        near = nearest(name, known)
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        return f"no {kind} is called {name!r}{hint} Add a new one under {kind + 's'!r}"

    def same_driver(self, row: DriverRow, line: Line) -> int | None:
        """The row id of the driver that a row is about; None for a new driver.

        Raises:
            DocumentError: its names, or its id, belong to several drivers of the store.
        """
        key = slug(row.name)
        numbers = {self._driver_ids.get(fold(name)) for name in (row.name, *row.aliases)}
        numbers |= {n for n, d in self.drivers.items() if d.key == key}
        same = self._only(numbers, {n: d.name for n, d in self.drivers.items()}, line)
        # An id alone does not identify a driver: a typing error in it would turn one driver into another.
        rival = next((n for n, d in self.drivers.items() if row.nascar_id and d.nascar_id == row.nascar_id), same)
        if rival is not None and rival != same:
            whose = self.drivers[rival].name
            raise line.error(
                f"{row.nascar_id} is the id of {whose}; if they are one person, name both under aliases", "nascar_id"
            )
        return same

    def same_track(self, row: TrackRow, line: Line) -> int | None:
        """The row id of the track that a row is about; None for a new track. Raises as ``same_driver`` does."""
        numbers = {self._track_ids.get(fold(name)) for name in (row.name, row.short, *row.aliases)}
        key = slug(row.name)
        numbers |= {n for n, t in self.tracks.items() if t.key == key}
        return self._only(numbers, {n: t.name for n, t in self.tracks.items()}, line)

    @staticmethod
    def _only(numbers: Iterable[int | None], names: dict[int, str], line: Line) -> int | None:
        found = sorted(number for number in numbers if number is not None)
        if len(found) > 1:
            both = " and ".join(names[number] for number in found)
            raise line.error(
                f"its names belong to {both}, which are two in the store; give each name to only one of them", "name"
            )
        return found[0] if found else None
