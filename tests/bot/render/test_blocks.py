from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.blocks import Accent, Page, card, freshness, make_accent, missing, scored_stages
from db.models import Freshness, Outcome, RaceStatus, Season
from tests.bot.render.reading import accent, texts
from tests.seasons import Row, make_season

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


def three_run(**facts: Any) -> Season:
    order = ["Corey Heim", "Ty Majeski"]
    return make_season(2025, [order, order, order], upcoming=2, races={3: {"name": "EcoSave 250"}}, **facts)


def after(season: Season, number: int) -> datetime:
    race = season.race(number)
    assert race is not None
    return race.over_at + timedelta(hours=1)


def test_a_card_has_its_title_and_answer_first_and_its_small_print_last() -> None:
    view = card("Title", "Answer", "", "More", accent=Accent.GREEN, small=["a", "", "b"])
    assert texts(view) == ["## Title\nAnswer", "More", "-# a\n-# b"]
    assert accent(view) == Accent.GREEN


@pytest.mark.parametrize(
    ("make", "colour"),
    [
        ("Toyota", Accent.TOYOTA),
        ("FORD", Accent.FORD),
        ("Ram", Accent.RAM),
        (None, Accent.CHECKERED),
        ("Green", Accent.CHECKERED),
    ],
)
def test_a_colour_means_a_make(make: str | None, colour: Accent) -> None:
    assert make_accent(make) is colour


def test_freshness_says_through_which_race_the_data_runs() -> None:
    season = three_run()
    said = freshness(season, after(season, 3))
    assert said == "Data through race 3 of 5, EcoSave 250 (Feb 28)"


def test_freshness_says_when_data_was_refreshed_but_never_in_the_future() -> None:
    season = three_run()
    now = after(season, 3)
    assert freshness(replace(season, freshness=Freshness(now - timedelta(hours=2))), now).endswith(
        f"refreshed <t:{int(now.timestamp()) - 7200}:R>"
    )
    assert "refreshed" not in freshness(replace(season, freshness=Freshness(now + timedelta(hours=2))), now)


def test_freshness_says_what_is_missing() -> None:
    order = ["Corey Heim"]
    season = make_season(2025, [order, [], order], upcoming=3)
    said = freshness(season, after(season, 5))
    assert "no results for race 2" in said
    assert "2 later races should be over, no results yet" in said


def test_a_cancelled_race_is_not_missing() -> None:
    season = make_season(2025, [["Corey Heim"]], upcoming=2, races={2: {"status": RaceStatus.CANCELLED}})
    assert [race.round for race in missing(season, after(season, 3))] == [3]


def test_a_race_postponed_without_a_date_is_not_missing_and_said_to_wait() -> None:
    put_off = {3: {"status": RaceStatus.POSTPONED}}
    season = make_season(2025, [["Corey Heim"], ["Corey Heim"]], upcoming=2, races=put_off)
    now = season.races[3].over_at
    assert [race.round for race in missing(season, now)] == [4]
    said = freshness(season, now)
    assert "1 later race should be over, no results yet, race 3 postponed, new date not known yet" in said
    ahead = season.races[2].begins - timedelta(hours=1)
    assert "postponed" not in freshness(season, ahead)


def test_a_season_not_begun_says_so() -> None:
    season = make_season(2025, [], upcoming=3)
    assert freshness(season, NOW - timedelta(days=90)) == "No results for 2025 yet"


def test_the_last_part_of_a_race_is_no_stage() -> None:
    season = make_season(
        2025, [[Row("Corey Heim", stages=(None, 1))]], races={1: {"stage_laps": (20, 20, 60)}}, outcomes={1: Outcome()}
    )
    assert scored_stages(season.races[0], season.results[1]) == (None, "corey-heim")


@given(st.integers(-5, 2000), st.integers(1, 20), st.integers(0, 200))
def test_a_page_is_always_one_that_there_is(wanted: int, size: int, total: int) -> None:
    page = Page.of(wanted, size, total)
    assert 1 <= page.number <= page.pages
    shown = range(total)[page.part]
    assert len(shown) <= size
    assert bool(shown) == bool(total)


def test_pages_together_show_every_line_once() -> None:
    pages = [Page.of(number, 15, 68) for number in range(1, 6)]
    assert [line for page in pages for line in range(68)[page.part]] == list(range(68))
    assert [page.span(page.number) for page in pages] == ["1–15", "16–30", "31–45", "46–60", "61–68"]
    assert Page.of(2, 15, 16).span(2) == "16"
