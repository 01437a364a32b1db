"""Places on the schedule: no race is lost, none doubled, and what a document says holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.documents.race_rounds import MOST, rounds_after, steps, with_rounds_aside

SCHEDULES: dict[str, tuple[dict[int, int], dict[int, int], set[int], dict[int, int]]] = {
    # By row id: the stored rounds, those listed, the new ones' rounds, and what comes of it.
    "nothing": ({1: 1, 2: 2}, {}, set(), {1: 1, 2: 2}),
    "one put in": ({1: 1, 2: 2, 3: 3}, {}, {2}, {1: 1, 2: 3, 3: 4}),
    "one put in where there is room": ({1: 1, 2: 3}, {}, {2}, {1: 1, 2: 3}),
    "one put in before a gap": ({1: 1, 2: 2, 3: 5}, {}, {2}, {1: 1, 2: 3, 3: 5}),
    "one moved back": ({1: 1, 2: 2, 3: 3, 4: 4}, {2: 4}, set(), {1: 1, 2: 4, 3: 2, 4: 3}),
    "one moved forward": ({1: 1, 2: 2, 3: 3, 4: 4}, {4: 2}, set(), {1: 1, 2: 3, 3: 4, 4: 2}),
    "two swapped": ({1: 1, 2: 2}, {1: 2, 2: 1}, set(), {1: 2, 2: 1}),
    "one moved where there is room": ({1: 1, 23: 23}, {1: 3}, set(), {1: 3, 23: 23}),
    "one moved and one put in": ({1: 1, 2: 2, 3: 3}, {3: 1}, {2}, {1: 3, 2: 4, 3: 1}),
}


@pytest.mark.parametrize("what", SCHEDULES)
def test_the_others_make_room_or_close_up(what: str) -> None:
    stored, listed, new, after = SCHEDULES[what]
    assert rounds_after(stored, listed, new) == after


@st.composite
def rearranged(draw: st.DrawFn) -> tuple[dict[int, int], dict[int, int], set[int], set[int]]:
    """Stored rounds, listed ones, new ones, and rows that are off the schedule."""
    size = draw(st.integers(0, 12))
    places = draw(st.lists(st.integers(1, 20), min_size=size, max_size=size, unique=True))
    stored = dict(enumerate(places, 1))
    chosen = draw(st.lists(st.sampled_from(sorted(stored)), unique=True)) if stored else []
    fixed = draw(st.lists(st.integers(1, 20), min_size=len(chosen), unique=True, max_size=len(chosen) + 3))
    aside = draw(st.sets(st.integers(101, 110)))
    return stored, dict(zip(chosen, fixed, strict=False)), set(fixed[len(chosen) :]), aside


@given(rearranged())
def test_every_race_has_one_place_and_those_not_listed_keep_their_order(drawn: Any) -> None:
    stored, listed, new, aside = drawn
    placed = rounds_after(stored, listed, new)
    assert placed.keys() == stored.keys()
    assert listed.items() <= placed.items()
    assert len(set(placed.values()) | new) == len(placed) + len(new)
    others = sorted(stored.keys() - listed.keys(), key=lambda row: stored[row])
    assert [placed[row] for row in others] == sorted(placed[row] for row in others)
    before = stored | {row: MOST - place for place, row in enumerate(sorted(aside))}
    after = with_rounds_aside(placed, new, aside)
    assert not set(after.values()) & new
    held = dict(before)
    for row, number in steps(before, after):
        assert number not in held.values()
        held[row] = number
    assert held == after


def test_a_full_store_says_so() -> None:
    full = {row: row for row in range(1, MOST + 1)}
    assert list(steps(full, full)) == []
    with pytest.raises(ValueError, match="at most 60 races"):
        list(steps(full, full | {1: 2, 2: 1}))
    with pytest.raises(ValueError, match="at most 60 races"):
        with_rounds_aside(full, (), {99})
    with pytest.raises(ValueError, match="at most 60 races"):
        with_rounds_aside(rounds_after(full, {}, {2}), {2}, ())
