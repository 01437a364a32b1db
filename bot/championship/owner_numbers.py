"""Which number an owner's points are under, where a team changed a truck's number during a season.

A result says which number was raced, not whose points it was raced for; so the changes are a table of data.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NumberChange:
    """From the race of round ``since`` on, truck ``raced`` scores for the owner points of ``counts_for``.

    What ``raced`` scored before stays its own. ``source`` says where that was read.
    """

    since: int
    raced: str
    counts_for: str
    source: str


NUMBER_CHANGES: dict[int, tuple[NumberChange, ...]] = {
    2025: (
        NumberChange(
            18,
            "77",
            "07",
            "Spire announced Corey LaJoie's races from Richmond on for the No. 07 (Speedway Media, 2 June 2025) and "
            "ran them as the No. 77; the final owner points of the No. 07 include them",
        ),
    )
}
"""The changes of each season by year."""


def owner_number(year: int, number: int, raced: str) -> str:
    """The number whose owner points a truck scores for.

    Args:
        year: the season.
        number: the race's round.
        raced: the number on the truck.
    """
    changes = (each for each in NUMBER_CHANGES.get(year, ()) if each.raced == raced and number >= each.since)
    return next((each.counts_for for each in changes), raced)
