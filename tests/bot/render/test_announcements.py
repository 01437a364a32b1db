"""The messages that results bring."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.championship.computed_season import ComputedSeason
from bot.laps.report import RaceReport, RunMoves
from bot.laps.runs import Move, Run
from bot.questions.core import ResultsQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.questions.reminders import RemindMeQuestion
from bot.recaps import recap
from bot.recaps.facts import TITLES, Recap, RecapLine, Section, facts_of
from bot.render.announcements import (
    ITSELF,
    PostOptions,
    recap_post,
    results_post,
    standings_post,
)
from bot.render.blocks import Accent
from bot.render.reminders import SERVERS, YOURS
from db.models import Race, Result, Season
from db.recaps.models import SectionKind
from tests.bot.render.reading import CONTAINER, body, buttons, components_of, options, parts, small, text
from tests.checks.limits import check_message
from tests.rows import each_row
from tests.seasons import Row, bundled_season, bundled_seasons, full_season, make_season

SIGNS = "aZ é日\u0301\u202e*_~|`<>[]()#@\n.-"
MARK = "abcdefghij234567"
NOW = datetime(2025, 10, 18, 12, tzinfo=UTC)
TALLADEGA = 23
START = datetime(2025, 10, 17, 20, tzinfo=UTC)


def known() -> Season:
    return bundled_season(2025).as_of(NOW)


def talladega() -> Race:
    race = known().race(TALLADEGA)
    assert race is not None
    return race


def results_of(*, covered: bool = False, personal: bool = False) -> ui.LayoutView:
    return results_post(known(), talladega(), PostOptions(MARK, personal, covered), NOW)


def recap_of(*, covered: bool = False) -> ui.LayoutView:
    seasons = [each.as_of(NOW) for each in bundled_seasons()]
    return recap_post(
        recap(facts_of(seasons, talladega())), ComputedSeason(known()), PostOptions(MARK, covered=covered), NOW
    )


def covers(view: ui.LayoutView) -> list[bool]:
    return [bool(part.get("spoiler")) for part in parts(view) if part["type"] == CONTAINER]


def above(view: ui.LayoutView) -> str:
    """What can be read before the cover is pressed."""
    first = components_of(view)[0]
    return str(first.get("content", ""))


@pytest.mark.parametrize("post", [results_of, recap_of])
def test_under_a_cover_nothing_tells_who_won(post: Callable[..., ui.LayoutView]) -> None:
    view = post(covered=True)
    assert covers(view) == [True]
    assert "Gio Ruggiero" in text(view)
    assert "Talladega" in above(view)
    for name in ("Ruggiero", "won", "Toyota"):
        assert name not in above(view).replace("who won", "")
    (colour,) = (part["accent_color"] for part in parts(view) if part["type"] == CONTAINER)
    assert colour == Accent.CHECKERED


@pytest.mark.parametrize("post", [results_of, recap_of])
def test_without_a_cover_it_is_the_answer_itself(post: Callable[..., ui.LayoutView]) -> None:
    view = post()
    assert covers(view) == [False]
    assert len(view.children) == 1
    assert "Gio Ruggiero" in text(view)


def test_results_lead_on_and_carry_the_mark() -> None:
    assert buttons(results_of()) == {
        "13–24 →": ResultsQuestion(2025, TALLADEGA, 2),
        "Recap": RecapQuestion(2025, TALLADEGA),
        "Standings": StandingsQuestion(2025, TALLADEGA),
        "Race 22": ResultsQuestion(2025, 22),
        "Remind me": RemindMeQuestion(MARK),
    }
    assert small(results_of())[-1] == SERVERS
    mine = results_of(personal=True)
    assert (buttons(mine)["My reminders"], small(mine)[-1]) == (RemindMeQuestion(MARK), YOURS)


def a_report(laps: int) -> RaceReport:
    """The winner stopped after each of so many laps, and somebody won most places in a run."""
    run = Run(47, 65)
    move = Move(results_rows()[0].driver, run, 29, 12)
    return RaceReport((RunMoves(run, (move,)),), tuple(range(1, laps + 1)))


def results_rows() -> Sequence[Result]:
    return known().results[TALLADEGA]


def test_results_tell_what_the_laps_tell_where_there_is_room() -> None:
    short = results_post(known(), talladega(), PostOptions(MARK), NOW, a_report(3))
    assert "**Biggest move in a run** Gio Ruggiero, 29th to 12th (laps 47–65)" in text(short)
    assert "**Winner's stops** laps 1, 2, 3" in text(short)
    assert check_message(body(short)) == []
    long = results_post(known(), talladega(), PostOptions(MARK), NOW, a_report(1000))
    assert "Winner's stops" not in text(long)
    assert text(long) == text(results_of())


def test_a_full_row_gives_its_last_place_to_the_mark() -> None:
    view = results_post(full_season(2025, 3), full_season(2025, 3).races[1], PostOptions(MARK), NOW)
    assert list(buttons(view)) == ["13–24 →", "Recap", "Standings", "Race 1", "Remind me"]


def test_the_recap_is_its_first_screen_with_everything_a_press_away() -> None:
    view = recap_of()
    assert {RecapQuestion(2025, TALLADEGA, "top"), RecapQuestion(2025, TALLADEGA)} <= set(options(view).values())
    assert buttons(view)["Remind me"] == RemindMeQuestion(MARK)


def test_the_standings_say_through_which_race_they_run_and_that_they_stay_current() -> None:
    view = standings_post(ComputedSeason(known()), PostOptions(MARK), NOW)
    assert "Data through race 23 of 25, Love's RV Stop 225 (Oct 17)" in small(view)[-2]
    assert small(view)[-1] == f"{ITSELF} · {SERVERS}"
    assert buttons(view)["Remind me"] == RemindMeQuestion(MARK)


def test_a_card_without_buttons_gets_a_row_for_the_mark() -> None:
    view = standings_post(ComputedSeason(make_season(2025, upcoming=3)), PostOptions(MARK), NOW)
    assert buttons(view) == {"Remind me": RemindMeQuestion(MARK)}
    assert check_message(body(view)) == []


def _posts() -> list[ui.LayoutView]:
    made = [results_of(covered=c, personal=p) for c in (False, True) for p in (False, True)]
    return [*made, recap_of(), recap_of(covered=True), standings_post(ComputedSeason(known()), PostOptions(MARK), NOW)]


@each_row(_posts, lambda view: {"view": view})
def test_discord_takes_every_post(view: ui.LayoutView) -> None:
    assert check_message(body(view)) == []


@given(
    words=st.text(alphabet=SIGNS, min_size=1, max_size=6000), author=st.text(alphabet=SIGNS, min_size=1, max_size=80)
)
def test_discord_takes_a_recap_of_any_length(words: str, author: str) -> None:
    season = make_season(2025, [[Row("Corey Heim"), Row("Ty Majeski")]], upcoming=1)
    kinds = (SectionKind.NUTSHELL, SectionKind.TOP, SectionKind.PLAYOFFS)
    sections = tuple(Section(kind, TITLES[kind], (words,), (RecapLine("", words),), author=author) for kind in kinds)
    view = recap_post(Recap(season.races[0], sections), ComputedSeason(season), PostOptions(MARK, covered=True), NOW)
    assert check_message(body(view)) == []
    assert MARK in json.dumps(body(view))
