"""Finds out which stored race a row of a document's schedule is, whatever its place there was until now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from db.documents.file_format import RaceRow
from db.documents.reader import Line
from db.errors import DocumentError
from db.naming import fold_name

NEAR = timedelta(days=10)
"""Two dates at most this far apart may be those of one race."""
TAKE_AWAY = 'take it away first with "nascar_id": null'


@dataclass(frozen=True, slots=True)
class StoredRace:
    """A race of the store as the row of a document; ``dropped`` says that it is not on the schedule any more."""

    id: int
    row: RaceRow
    dropped: bool = False

    @property
    def label(self) -> str:
        """What an operator knows it by."""
        place = "no longer on the schedule" if self.dropped else f"round {self.row.round}"
        return f"{self.row.name} ({place}, {self.row.date})"


@dataclass(frozen=True, slots=True)
class _Likeness:
    """What a row and a stored race have in common."""

    track: bool
    name: bool
    date: bool
    round: bool

    @property
    def count(self) -> int:
        return self.name + self.date + self.round

    @property
    def same(self) -> bool:
        return (self.track and self.count >= 2) or self.count == 3


def match_races(
    lines: Sequence[Line], stored: Sequence[StoredRace], elsewhere: Mapping[int, str]
) -> list[StoredRace | None]:
    """The stored race of each row, in the rows' order; None for a race that is new.

    NASCAR's id says which race a row is. Without one that is known, it is the race at the same track with two of the
    same name, a date within ten days and the same round; the best such row for a race is taken, whatever their order.

    Args:
        lines: rows of ``races`` of one season, with the canonical names of their tracks.
        stored: the season's races, those no longer on the schedule included.
        elsewhere: by NASCAR's id, what the races of other seasons are called.

    Raises:
        DocumentError: which race a row is cannot be said, or what it says contradicts itself.
    """
    return _Matching(lines, stored, elsewhere).run()


class _Matching:
    """The matching of one season's rows."""

    def __init__(self, lines: Sequence[Line], stored: Sequence[StoredRace], elsewhere: Mapping[int, str]) -> None:
        self._lines = lines
        self._stored = stored
        self._elsewhere = elsewhere
        # By the place of a row among the lines.
        self._found: dict[int, StoredRace] = {}

    def run(self) -> list[StoredRace | None]:
        self._must_differ()
        self._by_id()
        for fits in (
            lambda like: like.track and like.count == 3,
            lambda like: like.track and like.count == 2 and like.name,
            lambda like: like.track and like.count == 2,
            lambda like: like.count == 3,
        ):
            self._by_likeness(fits)
        # A complete document lists all there is: the one race of that name is the one that was stored.
        self._by_likeness(lambda like: like.track and like.name, whole=True)
        for place, line in enumerate(self._lines):
            if place not in self._found:
                self._must_be_new(line)
        return [self._found.get(place) for place in range(len(self._lines))]

    def _must_differ(self) -> None:
        """Refuses two rows of one race that no id tells apart."""
        by_name: dict[tuple[str, str], list[Line]] = {}
        for line in self._lines:
            row = _row(line)
            same_name = by_name.setdefault((row.track, fold_name(row.name)), [])
            for first in same_name:
                told_apart = None not in (row.nascar_id, _row(first).nascar_id)
                if abs(row.date - _row(first).date) <= NEAR and not told_apart:
                    raise _second(line, row.name, first)
            same_name.append(line)

    def _by_id(self) -> None:
        known = {race.row.nascar_id: race for race in self._stored if race.row.nascar_id is not None}
        first: dict[int, RaceRow] = {}
        for place, line in enumerate(self._lines):
            number = _row(line).nascar_id
            if number is None:
                continue
            other = first.setdefault(number, _row(line))
            if other is not _row(line):
                raise line.error(f"{number} is the id of race {other.round} already", "nascar_id")
            if number in self._elsewhere:
                raise line.error(f"{number} is the id of {self._elsewhere[number]} already", "nascar_id")
            if number in known:
                self._claim(place, known[number])
        for place, race in list(self._found.items()):
            self._must_agree(self._lines[place], race)

    def _claim(self, place: int, race: StoredRace) -> None:
        first = next((other for other, claimed in self._found.items() if claimed is race), None)
        if first is not None:
            raise _second(self._lines[place], race.row.name, self._lines[first])
        self._found[place] = race

    def _must_agree(self, line: Line, race: StoredRace) -> None:
        """Refuses an id of one race beside the track, name and date of another that has no such row itself."""
        if _likeness(_row(line), race).same:
            return
        for other in self._free():
            if _likeness(_row(line), other).same:
                raise line.error(
                    f"{_row(line).nascar_id} is the id of {race.label}, but the rest of the row is {other.label}; "
                    f"give the id of the race that is meant, or, if a stored id is wrong, {TAKE_AWAY}",
                    "nascar_id",
                )

    def _by_likeness(self, fits: Callable[[_Likeness], bool], *, whole: bool = False) -> None:
        wanted: dict[int, list[StoredRace]] = {}
        for place, line in enumerate(self._lines):
            if place in self._found or (whole and not line.whole):
                continue
            wanted[place] = [race for race in self._candidates(line) if fits(_likeness(_row(line), race))]
        for place, races in wanted.items():
            if len(races) > 1:
                both = " or ".join(race.label for race in races)
                raise self._lines[place].error(
                    f"may be {both}; give the nascar_id of the race that is meant", "nascar_id"
                )
        for place, races in wanted.items():
            for race in races:
                self._claim(place, race)

    def _free(self) -> Iterator[StoredRace]:
        taken = {race.id for race in self._found.values()}
        return (race for race in self._stored if race.id not in taken)

    def _candidates(self, line: Line) -> Iterator[StoredRace]:
        """The races that a row without a known id may be: those not taken, without another id of their own."""
        number = _row(line).nascar_id
        return (race for race in self._free() if number is None or race.row.nascar_id is None)

    def _must_be_new(self, line: Line) -> None:
        """Refuses a row that is no stored race by the rules, and yet too much like one to be taken for a new race."""
        row = _row(line)
        for race in self._free():
            like = _likeness(row, race)
            if row.nascar_id is not None:
                if like.same and race.row.nascar_id is not None:
                    raise line.error(
                        f"{row.nascar_id} is not the id of {race.label}, which is {race.row.nascar_id}, but the rest "
                        f"of the row is that race; give its id or, if the stored one is wrong, {TAKE_AWAY}",
                        "nascar_id",
                    )
            elif like.track and (like.name or like.round):
                raise line.error(
                    f"may be {race.label} or another race; give the nascar_id of the race that is meant, "
                    "or two of its stored name, date and round",
                    "name" if like.name else "round",
                )


def _second(line: Line, name: str, first: Line) -> DocumentError:
    return line.error(f"{name} appears here a second time; first in {first.file}, line {first.number}", "name")


def _row(line: Line) -> RaceRow:
    assert isinstance(line.row, RaceRow)
    return line.row


def _likeness(row: RaceRow, race: StoredRace) -> _Likeness:
    return _Likeness(
        track=row.track == race.row.track,
        name=not _names(row).isdisjoint(_names(race.row)),
        date=abs(row.date - race.row.date) <= NEAR,
        round=row.round == race.row.round and not race.dropped,
    )


def _names(row: RaceRow) -> set[str]:
    return {fold_name(name) for name in (row.name, *row.aliases)}
