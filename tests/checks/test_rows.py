"""A walk through a table asks every row and tells which ones failed."""

from __future__ import annotations

import pytest

from tests.rows import each_row


def test_every_row_is_asked_and_those_that_fail_are_named() -> None:
    asked = list[int]()

    @each_row(range(6), lambda row: {"number": row})
    def odd_ones_fail(number: int) -> None:
        asked.append(number)
        assert number % 2 == 0

    with pytest.raises(ExceptionGroup, match="3 of 6 rows failed") as told:
        odd_ones_fail()
    assert asked == [0, 1, 2, 3, 4, 5]
    assert [error.__notes__[-1] for error in told.value.exceptions] == ["row: 1", "row: 3", "row: 5"]


def test_what_cannot_be_made_of_a_row_is_its_failure() -> None:
    @each_row({"a": 1, "b": 0}.items, lambda row: {"share": 1 / row[1]})
    def any_share_will_do(share: float) -> None:
        assert share == 1

    with pytest.raises(ExceptionGroup, match="1 of 2 rows failed") as told:
        any_share_will_do()
    assert told.group_contains(ZeroDivisionError)


def test_a_sound_table_passes_and_an_empty_one_does_not() -> None:
    def is_small(number: int) -> None:
        assert number < 3

    each_row([1, 2], lambda row: {"number": row})(is_small)()
    with pytest.raises(AssertionError, match="without rows"):
        each_row([], lambda row: {"number": row})(is_small)()
