"""/stats: a season's drivers ranked by a figure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.championship.computed_season import ComputedSeason
from bot.championship.ranking import FIGURES
from bot.questions.core import StandingsQuestion
from bot.render.stats import StatsQuestion, figure_name, stats
from bot.render.tables import WIDTH, width
from db.models import Outcome, Season
from tests.bot.render.reading import buttons, lines, small, tables
from tests.seasons import bundled_season, full_season, make_season

LATER = datetime(2025, 12, 1, tzinfo=UTC)


def ask(season: Season, now: datetime = LATER, **fields: Any) -> ui.LayoutView:
    return stats(ComputedSeason(season), StatsQuestion(season.year, **fields), now)


def test_the_answer_names_who_has_the_most_and_the_table_ranks_all_who_have_any() -> None:
    season = make_season(
        2025, [["Corey Heim", "Ty Majeski"], ["Corey Heim", "Ty Majeski"], ["Ty Majeski", "Corey Heim"]]
    )
    view = ask(season)
    assert lines(view)[:2] == ["## 2025 stats · Wins", "**Corey Heim** has the most wins, 2"]
    head, *rows = tables(view)[0]
    assert head.split() == ["Driver", "W", "Starts", "T10", "AvF"]
    assert [row.split() for row in rows] == [
        ["1", "Corey", "Heim", "2", "3", "3", "1.3"],
        ["2", "Ty", "Majeski", "1", "3", "3", "1.7"],
    ]
    assert buttons(view) == {"Standings": StandingsQuestion(2025)}


def test_a_tie_is_said_to_be_one() -> None:
    season = make_season(2025, [["Corey Heim"], ["Ty Majeski"]])
    view = ask(season)
    assert lines(view)[1] == "**Corey Heim** and **Ty Majeski** have the most wins, 1 each"
    assert [row.split()[0] for row in tables(view)[0][1:]] == ["T1", "T1"]
    assert "T before a place: tied" in small(view)[0]
    many = make_season(2025, [["A A"], ["B B"], ["C C"], ["D D"]])
    assert lines(ask(many))[1] == "4 drivers have the most wins, 1 each"


def test_averages_say_whom_they_leave_out_and_poles_what_is_not_on_record() -> None:
    season = make_season(
        2025, [["Corey Heim", "Ty Majeski"], ["Corey Heim", "Ty Majeski"]], outcomes={1: Outcome(pole="ty-majeski")}
    )
    view = ask(season, by="average-finish")
    assert lines(view)[1] == "**Corey Heim** has the best average finish, 1.0"
    assert "Drivers with at least 1 start, half of the races run." in small(view)
    view = ask(season, by="poles")
    assert lines(view)[1] == "**Ty Majeski** has the most poles, 1"
    assert "Poles are on record for 1 of 2 races." in small(view)


def test_what_nobody_has_and_a_season_without_results_are_said() -> None:
    assert lines(ask(make_season(2025, [["Corey Heim"]]), by="poles"))[1] == "No poles on record for 2025 yet."
    assert lines(ask(make_season(2025, [["Corey Heim"]]), by="dnfs"))[1] == "No DNFs on record for 2025 yet."
    empty = ask(make_season(2025, [], upcoming=2), datetime(2025, 1, 1, tzinfo=UTC))
    assert lines(empty)[1] == "No results for 2025 yet."


def test_pages_keep_the_figure() -> None:
    found = buttons(ask(full_season(2025, 5), by="starts"))
    assert found["16–30 →"] == StatsQuestion(2025, None, "starts", 2)


@pytest.mark.parametrize("by", FIGURES)
def test_every_figure_has_a_name(by: str) -> None:
    assert figure_name(by)


@given(
    year=st.sampled_from([2023, 2024, 2025, 2026]),
    run=st.integers(1, 23),
    by=st.sampled_from(sorted(FIGURES)),
    page=st.integers(1, 9),
)
def test_no_table_is_wider_than_a_phone(year: int, run: int, by: str, page: int) -> None:
    season = bundled_season(year)
    for block in tables(ask(season.through(min(run, len(season.run))), by=by, page=page)):
        assert max(map(width, block)) <= WIDTH
