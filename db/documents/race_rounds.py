"""Places on the schedule: what a document that puts in, moves or drops races does to the rounds of all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

MOST = 60
"""The last round that the store can hold."""


def rounds_after(stored: Mapping[int, int], listed: Mapping[int, int], new: Collection[int]) -> dict[int, int]:
    """The rounds of the races that were stored, once those that a document lists are where it says.

    A race that the document does not list keeps its round unless another takes it. Where races only change places, the
    others close up or make room between them; where a race is put in, the one in its place and those right behind it
    move up.

    Args:
        stored: by row id, the rounds of the races that stay on the schedule.
        listed: by row id, the rounds that the document gives to some of them.
        new: the rounds of the document's new races.
    """
    fixed = {*listed.values(), *new}
    others = sorted((number for number in stored if number not in listed), key=lambda number: stored[number])
    free = sorted(set(stored.values()) - fixed)
    placed = dict(listed)
    if not fixed.isdisjoint(stored[number] for number in others):
        if len(free) == len(others):
            return placed | dict(zip(others, free, strict=True))
        last = 0
        for number in others:
            last = max(stored[number], last + 1)
            while last in fixed:
                last += 1
            placed[number] = last
        return placed
    return placed | {number: stored[number] for number in others}


def steps(before: Mapping[int, int], after: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """The changes of rounds as (row id, round), in an order in which no two races ever have the same round.

    Args:
        before: by row id, the rounds of all races of a season that the store has a row of.
        after: by row id, the rounds that they are to have.

    Raises:
        ValueError: all rounds that the store can hold are taken, so that none is free to step aside to.
    """
    held = {number: row for row, number in before.items()}
    waiting = {row: number for row, number in after.items() if before[row] != number}
    while waiting:
        row = next((row for row, number in waiting.items() if number not in held), None)
        if row is None:
            # The races wait for each other in a circle; one of them steps aside.
            row = next(iter(waiting))
            target = next((number for number in range(MOST, 0, -1) if number not in held), None)
            if target is None:
                raise ValueError(f"a season has at most {MOST} races, those dropped from its schedule included")
        else:
            target = waiting.pop(row)
        del held[next(number for number, holder in held.items() if holder == row)]
        held[target] = row
        yield row, target


def with_rounds_aside(placed: Mapping[int, int], new: Collection[int], dropped: Collection[int]) -> dict[int, int]:
    """The rounds of all rows of a season: those dropped from the schedule get the last ones that nobody needs.

    Raises:
        ValueError: there are more races than rounds.
    """
    taken = {*placed.values(), *new}
    free = [number for number in range(MOST, 0, -1) if number not in taken]
    if max(taken, default=0) > MOST or len(free) < len(dropped):
        raise ValueError(f"a season has at most {MOST} races, those dropped from its schedule included")
    return dict(placed) | dict(zip(sorted(dropped), free, strict=False))
