"""Whether the results that are held of a race stand, and what they lack if not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

FEWEST = 2
"""One truck is no race: a single row is what somebody has entered so far."""
LEAST_OF_USUAL = 0.75
"""Fewer trucks than this part of the season's usual field are not all. No race since 1995 had less than 0.8 of it."""


class ResultsState(StrEnum):
    """How final a race's results are. Only unofficial and official ones stand: the race is over, and they count."""

    NONE = "none"
    PARTIAL = "partial"
    UNOFFICIAL = "unofficial"
    OFFICIAL = "official"


STANDING = frozenset({ResultsState.UNOFFICIAL, ResultsState.OFFICIAL})
"""The states in which results count and the race is over."""


@dataclass(frozen=True, slots=True)
class HeldResults:
    """What is held of a race's results.

    Attributes:
        stated: the state that a document gave them; None where none did.
        places: the finishing places held, lowest first.
        waiting: how many entries have neither a result nor a note that says why not. A truck that raced with another
            driver, or a driver who raced another truck, is not waited for.
    """

    stated: ResultsState | None
    places: tuple[int, ...]
    waiting: int

    @classmethod
    def of(cls, stated: ResultsState | None, rows: Iterable[tuple[str, str, int | None, str | None]]) -> HeldResults:
        """From a race's entries, each as number, driver, finishing place and note."""
        entries = list(rows)
        raced = [(number, driver) for number, driver, finish, _ in entries if finish is not None]
        numbers, drivers = {number for number, _ in raced}, {driver for _, driver in raced}
        waiting = sum(
            finish is None and not note and number not in numbers and driver not in drivers
            for number, driver, finish, note in entries
        )
        return cls(stated, tuple(sorted(finish for _, _, finish, _ in entries if finish is not None)), waiting)

    @property
    def gap(self) -> int | None:
        """The first place that is missing before the last one held; None where the places run from 1 without a gap."""
        return next((place for place, held in enumerate(self.places, 1) if place != held), None)


def usual_field(held: Mapping[int, HeldResults], number: int) -> float | None:
    """How many trucks the season's other races have, as the median; None where no other has whole results."""
    return _usual_beside(_whole_sizes(held), number)


def _whole_sizes(held: Mapping[int, HeldResults]) -> dict[int, int]:
    """How many trucks each race with whole results has."""
    return {
        number: len(each.places)
        for number, each in held.items()
        if len(each.places) >= FEWEST and each.gap is None and not each.waiting
    }


def _usual_beside(sizes: Mapping[int, int], number: int) -> float | None:
    others = [size for other, size in sizes.items() if other != number]
    return median(others) if others else None


def lacking(held: HeldResults, usual: float | None) -> str | None:
    """What results lack to be whole, in words; None where they are, and where there are none at all.

    Args:
        held: the race's.
        usual: the season's usual field; None where it is not known.
    """
    many = len(held.places)
    if not many:
        return None
    if held.gap is not None:
        return "no winner" if held.gap == 1 else f"nobody in place {held.gap}"
    if held.waiting:
        return f"{held.waiting} of {many + held.waiting} entries without a result"
    if many < FEWEST:
        return "a single truck"
    if usual is not None and many < usual * LEAST_OF_USUAL:
        return f"far fewer than the season's usual {usual:g}"
    return None


def judged(held: Mapping[int, HeldResults]) -> dict[int, ResultsState]:
    """The state of each race's results by round: as stated, else unofficial if they are whole and partial if not."""
    states, sizes = {}, _whole_sizes(held)
    for number, each in held.items():
        if not each.places:
            states[number] = ResultsState.NONE
        elif each.stated in {ResultsState.PARTIAL, ResultsState.UNOFFICIAL, ResultsState.OFFICIAL}:
            states[number] = each.stated
        else:
            whole = lacking(each, _usual_beside(sizes, number)) is None
            states[number] = ResultsState.UNOFFICIAL if whole else ResultsState.PARTIAL
    return states
