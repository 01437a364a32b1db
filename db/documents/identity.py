"""Which stored driver or track a document's row is about: the same one, another of that name, or nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from db.documents.file_format import DriverRow, TrackRow
from db.documents.name_register import NameRegister
from db.documents.reader import Line
from db.models import Driver, Track
from db.naming import fold_name, slug

M = TypeVar("M", Driver, Track)
R = TypeVar("R", DriverRow, TrackRow)

SAME_DRIVER = "give its nascar_id or born to say which one it is"
SAME_TRACK = "give its city and state to say which one it is"


def same_person(row: DriverRow, driver: Driver) -> bool | None:
    """Whether NASCAR's ids, or else the birth dates, say that they are one person; None where they say nothing."""
    for given, known in ((row.nascar_id, driver.nascar_id), (row.born, driver.born)):
        if given is not None and known is not None:
            return given == known
    return None


def same_place(row: TrackRow, track: Track) -> bool | None:
    """Whether they are one track: in one city, or alike in all else that sources agree on; None where nothing says so.

    Sources name different towns for a track between two of them, which is no other track. Two tracks of one city, such
    as an oval and a raceway park, may share a short name.
    """
    if row.city and track.city:
        facts = (row.state, row.length, row.shape)
        alike = None not in facts and facts == (track.state, track.length, track.shape)
        if not alike and fold_name(row.city) != fold_name(track.city):
            return False
        return True if names_it(row, track) else None
    if row.state and track.state and fold_name(row.state) != fold_name(track.state):
        return False
    return None


def names_it(row: DriverRow | TrackRow, stored: Driver | Track) -> bool:
    """Whether the one's own name is a name of the other, as it is where somebody was renamed."""
    given, known = fold_name(row.name), fold_name(stored.name)
    return given in map(fold_name, (stored.name, *stored.aliases)) or known in map(fold_name, row.aliases)


class Identification(Generic[M, R]):
    """Finds the stored rows that the rows of one import are about.

    A name alone names somebody as long as nothing speaks against it. Where NASCAR's ids or birth dates differ, or the
    places of two tracks, the row is about another one of that name: nobody gets the id or the birth date of another.
    """

    def __init__(self, register: NameRegister[M], same: Callable[[R, M], bool | None], advice: str) -> None:
        self._register: NameRegister[M] = register
        self._same: Callable[[R, M], bool | None] = same
        self._advice = advice
        # Whom a row of this import was taken to be about for the name alone, as they were before it.
        self._by_name_alone: dict[int, tuple[M, Line]] = {}

    def find(self, row: R, line: Line, *, decided: int | None = None, bundled: bool) -> int | None:
        """The row id of the one that a row is about; None for a new one.

        Args:
            row: the row; its name has no detail behind it.
            line: where it is.
            decided: the one whose NASCAR id the row has.
            bundled: it comes with the program, which names by name alone only those whom it brought.

        Raises:
            DocumentError: its names belong to several, or nothing says to which.
        """
        verdicts = {number: self._same(row, self._register.rows[number]) for number in sorted(self.sharing(row))}
        same: list[int] = [decided] if decided is not None else [n for n, verdict in verdicts.items() if verdict]
        unknown: list[int] = [number for number, verdict in verdicts.items() if verdict is None]
        if decided is not None:
            self._refuse_twins(decided, [number for number, verdict in verdicts.items() if verdict], line)
        if len(same) == 1:
            # Another one whose name the row takes for the first time may be the same person under another name.
            self._refuse_several([*same, *(n for n in unknown if not self._share_name(n, same[0]))], row, line)
            return same[0]
        brought = self._register.with_key(slug(row.name))
        if bundled and not same and brought in unknown:
            return brought
        self._refuse_several(same or unknown, row, line)
        if not unknown:
            self._refuse_unclear(row, line)
            return None
        (found,) = unknown
        stored = self._register.rows[found]
        if found != brought and not names_it(row, stored):
            raise line.error(
                f"it shares a name with {self._register.called[found].name} and nothing says whether they are one; if "
                f"they are, give {stored.name} among its aliases, if not, take that name out",
                "name",
            )
        self._by_name_alone.setdefault(found, (stored, line))
        return found

    def sharing(self, row: R) -> set[int]:
        """The row ids of all who bear one of a row's names, and of the one who once bore a name that nobody has now."""
        numbers = set[int]().union(*(self._register.bearers(name) for name in _spellings(row)))
        keyed = None if self._register.bearers(row.name) else self._register.with_key(slug(row.name))
        return numbers if keyed is None else numbers | {keyed}

    def _share_name(self, one: int, other: int) -> bool:
        names = self._register.kind.spellings(self._register.rows[one])
        return any(other in self._register.bearers(name) for name in names)

    def _refuse_several(self, numbers: list[int], row: R, line: Line) -> None:
        if len(numbers) < 2:
            return
        both = " and ".join(self._register.called[number].name for number in numbers)
        if self._register.bearers(row.name).issuperset(numbers):
            raise line.error(f"{both} bear this name; {self._advice}", "name")
        raise line.error(
            f"its names belong to {both}, which are {len(numbers)} in the store; give each name to one of them alone, "
            f"or {self._advice}",
            "name",
        )

    def _refuse_twins(self, decided: int, alike: list[int], line: Line) -> None:
        """Refuses a birth date that would make another one of the name, who has no id, the same in every detail."""
        for number in alike:
            if number != decided:
                raise line.error(
                    f"{self._register.called[number].name} bears this name and was born on that day too; import that "
                    "one's nascar_id first",
                    "born",
                )

    def _refuse_unclear(self, row: R, line: Line) -> None:
        """Refuses one more of a name where another row of this import has just said who its only bearer is."""
        for number in self.sharing(row):
            before, first = self._by_name_alone.get(number, (None, line))
            if before is not None and self._same(row, before) is None:
                raise line.error(
                    f"two of the documents' rows are about somebody of this name (the first is in {first.file}, line "
                    f"{first.number}), and the store holds one without anything that says which; import the row of "
                    "the one in the store alone, then the other",
                    "name",
                )


def _spellings(row: DriverRow | TrackRow) -> tuple[str, ...]:
    return (row.name, *row.aliases) if isinstance(row, DriverRow) else (row.name, row.short, *row.aliases)
