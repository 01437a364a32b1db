"""The chart of running positions: never wider than a phone, and true to the laps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.render.lap_chart import LABELS, LEVELS, LOWER, UPPER, YELLOW, lap_chart
from bot.render.tables import WIDTH
from db.laps.models import Lap
from db.models import CautionPeriod


def chart(*positions: int | None, run: int | None = None, cautions: tuple[tuple[int, int], ...] = ()) -> list[str]:
    laps = [Lap(None, position) for position in positions]
    drawn = lap_chart(laps, run or len(positions) - 1, [CautionPeriod(*each) for each in cautions])
    return drawn.removeprefix("```\n").removesuffix("\n```").splitlines()


def test_a_short_race_has_a_column_a_lap() -> None:
    assert chart(4, 1, 2, 3, 4, cautions=((2, 2),)) == [
        " 1│▀▄",
        " 3│  ▀▄",
        "  └─▒──",
        "   1  4",
    ]


def test_who_goes_out_leaves_the_rest_of_the_race_blank() -> None:
    lines = chart(1, 1, 1, 1, run=60)
    assert lines[0] == " 1│▀▀"
    assert lines[1] == "  └" + "─" * (WIDTH - LABELS)
    assert lines[2].split() == ["1", "30", "60"]


def test_a_lap_without_a_position_is_a_gap() -> None:
    assert chart(9, 9, None, 9)[0] == " 9│▀ ▀"
    assert lap_chart([Lap(None, None)] * 5, 4, ()) == ""
    assert lap_chart([Lap(None, 3)], 4, ()) == ""


@given(
    st.lists(st.none() | st.integers(1, 40), min_size=2, max_size=260),
    st.integers(0, 60),
    st.lists(st.integers(1, 260), min_size=2, max_size=2, unique=True).map(sorted),
)
def test_every_chart_fits_and_shows_each_known_column_once(
    positions: list[int | None], missing: int, caution: list[int]
) -> None:
    run = len(positions) - 1 + missing
    laps = [Lap(None, position) for position in positions]
    drawn = lap_chart(laps, run, [CautionPeriod(caution[0], caution[1])])
    if all(position is None for position in positions[1:]):
        assert drawn == ""
        return
    *rows, flags, scale = drawn.removeprefix("```\n").removesuffix("\n```").splitlines()
    assert len(rows) <= LEVELS // 2
    assert max(map(len, (*rows, flags, scale))) <= WIDTH
    columns = len(flags) - LABELS
    assert columns == min(WIDTH - LABELS, run)
    marks = ["".join(row[LABELS + i] for row in rows if len(row) > LABELS + i).strip() for i in range(columns)]
    assert all(mark in {"", UPPER, LOWER} for mark in marks)
    assert any(marks)
    assert (YELLOW in flags) <= (caution[0] <= run)
