"""What the quote of the day says of the same day in other years: the race most worth telling."""

from __future__ import annotations

from datetime import date

import pytest

from bot.render.on_this_day import OnThisDayFacts, OnThisDayQuestion, past_day
from db.history.models import Win, Wins
from tests.seasons import make_race, make_season

SEASON = make_season(2025, [["Corey Heim", "Ty Majeski", "Jack Sprague"]])


def win(year: int, driver: str, nth: int = 5, margin: float | None = None, champion: str | None = None) -> Win:
    return Win(make_race(year, 1, "Texas", date=date(year, 10, 17)), driver, nth, margin, champion)


NEW, OLD = win(2024, "corey-heim"), win(2003, "ty-majeski")
FIRST = win(1999, "jack-sprague", nth=1)
CLOSE = win(2010, "ty-majeski", margin=0.001)
TITLE = win(1998, "jack-sprague", champion="ty-majeski")


@pytest.mark.parametrize(
    ("wins", "told"),
    [
        ((OLD,), "2003** Ty Majeski won the Texas 101 (Texas)."),
        ((OLD, NEW), "2024** Corey Heim won the Texas 101 (Texas). 1 more race on this day."),
        ((NEW, CLOSE), "2010** Ty Majeski won the Texas 101 (Texas): by 0.001 seconds, the closest finish since 2010."),
        ((NEW, CLOSE, FIRST), "1999** Jack Sprague won the Texas 101 (Texas): first career win."),
        (
            (NEW, CLOSE, FIRST, TITLE),
            "1998** Jack Sprague won the Texas 101 (Texas): the season's last race, Ty Majeski was champion.",
        ),
    ],
)
def test_a_title_comes_before_a_first_win_before_a_close_finish_before_the_newest(
    wins: tuple[Win, ...], told: str
) -> None:
    past = past_day(
        OnThisDayFacts(10, 17, Wins(tuple(sorted(wins, key=lambda each: each.race.season)), 1995), SEASON), SEASON.year
    )
    assert past is not None
    assert past.line.startswith(f"**On this day in {told}")
    assert past.question == OnThisDayQuestion(10, 17)


def test_a_day_without_a_race_has_nothing_to_tell() -> None:
    assert past_day(OnThisDayFacts(10, 18, Wins((OLD,), 1995), SEASON), 2025) is None


def test_what_was_run_this_year_is_no_past() -> None:
    wins = Wins((OLD, win(2025, "corey-heim")), 1995)
    past = past_day(OnThisDayFacts(10, 17, wins, SEASON), 2025)
    assert past is not None
    assert past.line == "**On this day in 2003** Ty Majeski won the Texas 101 (Texas)."
    assert past_day(OnThisDayFacts(10, 17, Wins((win(2025, "corey-heim"),), 1995), SEASON), 2025) is None
