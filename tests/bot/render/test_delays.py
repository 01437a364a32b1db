"""How a delay is written and read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FriendlyError
from bot.questions.reminders import LATER, ReminderChoiceQuestion
from bot.render.delays import DELAYS, delay_select, read_delay, span
from db.reminders.race_day import LONGEST_DELAY
from tests.rows import each_row

READ = {
    "75": 75,
    "0": 0,
    " 45 s ": 45,
    "45s": 45,
    "45 sec": 45,
    "45 Seconds": 45,
    "1:15": 75,
    "0:05": 5,
    "90:00": 5400,
    "1:00:30": 3630,
    "24:00:00": 86400,
    "2 min": 120,
    "2min": 120,
    "2 minutes and 5 seconds": 125,
    "1m30s": 90,
    "1h": 3600,
    "1 hour, 30 minutes": 5400,
    "1h 2m 3s": 3723,
    "24h": 86400,
}
REFUSED = (
    "",
    "a while",
    "-5",
    "1.5 min",
    "1:75",
    "1:5",
    "1:60:00",
    "5s 1m",
    "1m 1m",
    "25h",
    "86401",
    "9" * 400,
    "٤٥",
    "²",
    "4 5",
    "h",
)


@each_row(READ.items(), lambda row: {"written": row[0], "seconds": row[1]})
def test_what_people_write_is_read(written: str, seconds: int) -> None:
    assert read_delay(written) == seconds


@pytest.mark.parametrize("written", REFUSED)
def test_what_is_no_delay_is_refused(written: str) -> None:
    with pytest.raises(FriendlyError):
        read_delay(written)


@given(st.integers(0, LONGEST_DELAY))
def test_what_is_said_is_read_as_the_same(seconds: int) -> None:
    assert read_delay(span(seconds)) == seconds
    assert read_delay(str(seconds)) == seconds
    assert read_delay(f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}") == seconds


@given(st.integers(0, LONGEST_DELAY))
def test_the_select_shows_what_is_set(seconds: int) -> None:
    select = delay_select(ReminderChoiceQuestion(LATER), seconds).children[0]
    values = [option.value for option in select.options]  # type: ignore[attr-defined]
    assert len(values) == len(set(values)) == len(DELAYS) == 25
    assert [option.value for option in select.options if option.default] == [str(seconds)]  # type: ignore[attr-defined]
    assert [int(each) for each in values] == sorted(map(int, values))
    assert "0" in values
