"""When results stand: what decides that a race is over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.results_state import LEAST_OF_USUAL, STANDING, HeldResults, ResultsState, judged, lacking, usual_field

NONE, PARTIAL, UNOFFICIAL, OFFICIAL = ResultsState


def held(*places: int, waiting: int = 0, stated: ResultsState | None = None) -> HeldResults:
    return HeldResults(stated, places, waiting)


def field(trucks: int, **facts: ResultsState | None) -> HeldResults:
    return held(*range(1, trucks + 1), **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("results", "usual", "lacks"),
    [
        (held(), 36, None),
        (held(1, 2, 3), None, None),
        (held(1), None, "a single truck"),
        (held(2, 3), None, "no winner"),
        (held(1, 2, 4), None, "nobody in place 3"),
        (held(1, 2, waiting=2), None, "2 of 4 entries without a result"),
        (field(4), 36, "far fewer than the season's usual 36"),
        (field(27), 36, None),
        (field(26), 35.5, "far fewer than the season's usual 35.5"),
        (field(40), 36, None),
    ],
)
def test_results_are_whole_or_lack_something(results: HeldResults, usual: float | None, lacks: str | None) -> None:
    assert lacking(results, usual) == lacks


@pytest.mark.parametrize(
    ("results", "state"),
    [
        (held(), NONE),
        (held(stated=OFFICIAL), NONE),
        (field(36), UNOFFICIAL),
        (field(36, stated=OFFICIAL), OFFICIAL),
        (field(36, stated=UNOFFICIAL), UNOFFICIAL),
        (field(36, stated=PARTIAL), PARTIAL),
        (field(4), PARTIAL),
        (field(4, stated=OFFICIAL), OFFICIAL),
        (held(1), PARTIAL),
        (held(1, 3), PARTIAL),
    ],
)
def test_what_a_document_says_comes_before_what_the_rows_tell(results: HeldResults, state: ResultsState) -> None:
    others = {number: field(trucks) for number, trucks in enumerate((36, 35, 36), 2)}
    assert judged({1: results, **others})[1] is state


def test_the_usual_field_is_that_of_the_other_races_with_whole_results() -> None:
    season = {1: field(4), 2: field(36), 3: held(1, 3), 4: field(34), 5: held(1), 6: field(30, waiting=3)}  # type: ignore[arg-type]
    assert usual_field(season, 1) == 35
    assert usual_field({1: field(4)}, 1) is None


def test_who_raced_elsewhere_and_what_raced_with_another_is_not_waited_for() -> None:
    rows = [
        ("11", "Heim", 1, None),
        ("17", "Ruggiero", 2, None),
        ("02", "Ruggiero", None, None),
        ("17", "Crews", None, None),
        ("33", "Boyd", None, "did not qualify"),
        ("45", "Wright", None, None),
    ]
    assert HeldResults.of(None, rows) == held(1, 2, waiting=1)


@given(st.sets(st.integers(1, 40), min_size=1), st.integers(0, 3), st.none() | st.integers(1, 40))
def test_results_that_stand_have_a_winner_no_gap_and_nobody_to_wait_for(
    places: set[int], waiting: int, usual: int | None
) -> None:
    each = HeldResults(None, tuple(sorted(places)), waiting)
    season = {1: each} | ({2: field(usual)} if usual is not None else {})
    enough = usual is None or usual < 2 or len(places) >= usual * LEAST_OF_USUAL
    whole = places == set(range(1, len(places) + 1)) and len(places) > 1 and not waiting and enough
    assert (judged(season)[1] in STANDING) == whole
