"""What is posted once a race is run, and what a race's scheduled event says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.championship.computed import ComputedSeason
from bot.questions.core import ResultsQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.questions.reminders import RemindMeQuestion
from bot.recaps import recap
from bot.recaps.facts import TITLES, Recap, RecapLine, Section, facts_of
from bot.render.announcements import (
    ITSELF,
    MOST_DESCRIPTION,
    MOST_LOCATION,
    MOST_NAME,
    Happening,
    Sent,
    event_mark,
    happening,
    recap_post,
    results_post,
    standings_post,
)
from bot.render.blocks import Accent
from bot.render.reminders import SERVERS, YOURS
from db.models import Broadcast, BroadcastKind, Race, RaceStatus, Season
from db.texts import SectionKind
from tests.bot.render.reading import CONTAINER, body, buttons, options, parts, small, text
from tests.bot.render.test_limits import ODD
from tests.checks.limits import check_message
from tests.seasons import Row, bundled_season, bundled_seasons, full_season, make_race, make_season, make_track

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
    return results_post(known(), talladega(), Sent(MARK, personal, covered), NOW)


def recap_of(*, covered: bool = False) -> ui.LayoutView:
    seasons = [each.as_of(NOW) for each in bundled_seasons()]
    return recap_post(recap(facts_of(seasons, talladega())), ComputedSeason(known()), Sent(MARK, covered=covered), NOW)


def covers(view: ui.LayoutView) -> list[bool]:
    return [bool(part.get("spoiler")) for part in parts(view) if part["type"] == CONTAINER]


def above(view: ui.LayoutView) -> str:
    """What can be read before the cover is pressed."""
    first = view.to_components()[0]
    return str(first.get("content", ""))


@pytest.mark.parametrize("view", [results_of(covered=True), recap_of(covered=True)], ids=["results", "recap"])
def test_under_a_cover_nothing_tells_who_won(view: ui.LayoutView) -> None:
    assert covers(view) == [True]
    assert "Gio Ruggiero" in text(view)
    assert "Talladega" in above(view)
    for name in ("Ruggiero", "won", "Toyota"):
        assert name not in above(view).replace("who won", "")
    (colour,) = (part["accent_color"] for part in parts(view) if part["type"] == CONTAINER)
    assert colour == Accent.CHECKERED


@pytest.mark.parametrize("view", [results_of(), recap_of()], ids=["results", "recap"])
def test_without_a_cover_it_is_the_answer_itself(view: ui.LayoutView) -> None:
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


def test_a_full_row_gives_its_last_place_to_the_mark() -> None:
    view = results_post(full_season(2025, 3), full_season(2025, 3).races[1], Sent(MARK), NOW)
    assert list(buttons(view)) == ["13–24 →", "Recap", "Standings", "Race 1", "Remind me"]


def test_the_recap_is_its_first_screen_with_everything_a_press_away() -> None:
    view = recap_of()
    assert {RecapQuestion(2025, TALLADEGA, "top"), RecapQuestion(2025, TALLADEGA)} <= set(options(view).values())
    assert buttons(view)["Remind me"] == RemindMeQuestion(MARK)


def test_the_standings_say_through_which_race_they_run_and_that_they_stay_current() -> None:
    view = standings_post(ComputedSeason(known()), Sent(MARK), NOW)
    assert "Data through race 23 of 25, Love's RV Stop 225 (Oct 17)" in small(view)[-2]
    assert small(view)[-1] == f"{ITSELF} · {SERVERS}"
    assert buttons(view)["Remind me"] == RemindMeQuestion(MARK)


def test_a_card_without_buttons_gets_a_row_for_the_mark() -> None:
    view = standings_post(ComputedSeason(make_season(2025, upcoming=3)), Sent(MARK), NOW)
    assert buttons(view) == {"Remind me": RemindMeQuestion(MARK)}
    assert check_message(body(view)) == []


def _posts() -> list[ui.LayoutView]:
    made = [results_of(covered=c, personal=p) for c in (False, True) for p in (False, True)]
    return [*made, recap_of(), recap_of(covered=True), standings_post(ComputedSeason(known()), Sent(MARK), NOW)]


@pytest.mark.parametrize("view", _posts())
def test_discord_takes_every_post(view: ui.LayoutView) -> None:
    assert check_message(body(view)) == []


@given(
    words=st.text(alphabet=SIGNS, min_size=1, max_size=6000), author=st.text(alphabet=SIGNS, min_size=1, max_size=80)
)
def test_discord_takes_a_recap_of_any_length(words: str, author: str) -> None:
    season = make_season(2025, [[Row("Corey Heim"), Row("Ty Majeski")]], upcoming=1)
    kinds = (SectionKind.NUTSHELL, SectionKind.TOP, SectionKind.PLAYOFFS)
    sections = tuple(Section(kind, TITLES[kind], (words,), (RecapLine("", words),), author=author) for kind in kinds)
    view = recap_post(Recap(season.races[0], sections), ComputedSeason(season), Sent(MARK, covered=True), NOW)
    assert check_message(body(view)) == []
    assert MARK in json.dumps(body(view))


def test_an_event_says_when_coverage_starts_and_where_to_see_it() -> None:
    event = happening(known(), talladega())
    assert event is not None
    assert (event.name, event.start) == ("Love's RV Stop 225 · Talladega", START)
    assert event.end == START + timedelta(hours=3)
    assert event.location == "FOX Sports 1 (FS1) · Talladega Superspeedway"
    first, tv, *_, last = event.description.splitlines()
    assert first == "Coverage starts Friday, Oct 17, about 4 p.m. Eastern."
    assert tv == "TV: FOX Sports 1 (FS1), from about 4 p.m. Eastern"
    assert last == event_mark(2025, TALLADEGA)


def race(**facts: object) -> Race:
    return make_race(2025, TALLADEGA, **{"track": "Talladega", "start": START, **facts})  # type: ignore[arg-type]


def begins(**facts: object) -> str:
    event = happening(Season(2025, (race(**facts),)), race(**facts))
    assert event is not None
    return event.description.splitlines()[0]


def test_an_event_tells_coverage_from_the_race() -> None:
    on = Broadcast(BroadcastKind.TV, "FS1", START - timedelta(minutes=30))
    assert begins() == "The race is listed for Friday, Oct 17, 4 p.m. Eastern; when coverage starts is not known."
    assert begins(broadcasts=(on,)) == (
        "Coverage starts Friday, Oct 17, 3:30 p.m. Eastern; race listed for 4 p.m. Eastern."
    )
    assert begins(broadcasts=(on,), green_flag=START + timedelta(minutes=12)) == (
        "Coverage starts Friday, Oct 17, 3:30 p.m. Eastern; green flag 4:12 p.m. Eastern."
    )


def test_an_event_ends_when_the_race_is_over_whatever_the_store_knows_of_that() -> None:
    for facts in ({}, {"status": RaceStatus.POSTPONED}, {"results_at": START - timedelta(hours=2)}):
        one = race(**facts)
        event = happening(Season(2025, (one,)), one)
        assert event is not None
        assert event.end == START + timedelta(hours=3)


@pytest.mark.parametrize("facts", [{"status": RaceStatus.CANCELLED}, {"start": None}])
def test_what_is_off_or_has_no_time_has_no_event(facts: dict[str, object]) -> None:
    assert happening(Season(2025, ()), race(**facts)) is None


@given(st.lists(st.text(alphabet=SIGNS, min_size=1, max_size=300) | st.sampled_from(ODD), min_size=4, max_size=4))
def test_an_event_is_plain_text_that_discord_takes(words: list[str]) -> None:
    name, track, network, city = words
    shown = [Broadcast(kind, network + str(i), START) for kind in BroadcastKind for i in range(9)]
    one = race(name=name, track=make_track(f"T{track}", city=city), broadcasts=tuple(shown))
    event = happening(Season(2025, (one,)), one)
    assert event is not None
    limits = ((event.name, MOST_NAME), (event.location, MOST_LOCATION), (event.description, MOST_DESCRIPTION))
    for said, most in limits:
        assert 1 <= len(said.strip()) <= len(said) <= most
        assert not set(said) & set("*_~|`<>[]#\\")
    assert event.description.endswith(event_mark(2025, TALLADEGA))
    assert Happening.of(json.loads(json.dumps(event.detail))) == event
