"""The standings of every season since 1995 in every view: sound messages, and no more than the season had."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from discord import ui

from bot.championship.computed_season import ComputedSeason
from bot.championship.formats import format_of
from bot.questions.core import STANDINGS_VIEWS, PlayoffsQuestion, StandingsQuestion
from bot.render.playoffs import playoffs
from bot.render.standings import settled_view, standings
from tests.bot.render.reading import body, lines, options, small, tables, text
from tests.checks.limits import check_message
from tests.seasons import any_season

NOW = datetime(2026, 11, 30, tzinfo=UTC)
YEARS = range(1995, 2027)


def table(year: int, after: int | None = None, **fields: Any) -> ui.LayoutView:
    season = any_season(year)
    then = ComputedSeason(season.through(after)) if after else None
    return standings(ComputedSeason(season), StandingsQuestion(year, after, **fields), NOW, then)


def rounds(year: int, after: int | None = None) -> ui.LayoutView:
    season = any_season(year)
    return playoffs(ComputedSeason(season.through(after) if after else season), PlayoffsQuestion(year), NOW, YEARS)


@pytest.mark.parametrize("year", YEARS)
def test_every_view_of_a_season_is_a_sound_message(year: int) -> None:
    season = any_season(year)
    last = len(season.run)
    for after, page in ((last // 2, 1), (last - 1, 2), (last, 1), (last, 99)):
        computed = ComputedSeason(season.through(after))
        for view in STANDINGS_VIEWS if after != last - 1 else ("points", "playoffs"):
            asked = StandingsQuestion(year, after, view, page)
            assert check_message(body(standings(ComputedSeason(season), asked, NOW, computed))) == [], asked
        assert check_message(body(playoffs(computed, PlayoffsQuestion(year), NOW, YEARS))) == [], after


@pytest.mark.parametrize(("year", "staged"), [(1995, False), (2010, False), (2016, False), (2017, True), (2022, True)])
def test_stages_have_a_column_where_the_season_had_stages(year: int, staged: bool) -> None:
    shown = table(year, view="stats")
    assert ("Stg" in tables(shown)[0][0].split()) is staged
    assert any("stage wins" in line for line in small(shown)) is staged


@pytest.mark.parametrize("year", [1995, 2008, 2015])
def test_a_season_without_playoffs_has_no_cut_and_no_such_view(year: int) -> None:
    offered = options(table(year))
    assert not any("Playoffs" in label or "Full-season" in label for label in offered)
    assert "Cut" not in tables(table(year, view="playoffs"))[0][0]
    assert not any("reset" in line for line in small(table(year)))


def test_the_playoffs_of_a_season_without_them_say_who_won_the_title_and_how() -> None:
    assert lines(rounds(2008)) == [
        "## 2008 championship",
        "**Johnny Benson** is champion by 7 · 5 wins",
        "2008 had no playoffs: the most points of its 25 races won the title.",
        *lines(rounds(2008))[3:],
    ]
    assert "2008 has no playoffs: the most points of its 25 races win the title." in text(rounds(2008, 12))


def test_the_chase_of_2016_has_its_own_rounds_and_bonus_points() -> None:
    said = text(rounds(2016))
    assert lines(rounds(2016))[:2] == ["## 2016 Chase", "**Johnny Sauter** is the champion · 3 wins"]
    assert "**Bonus points** at the reset: Byron 15, Crafton 6, Nemechek 6, Sauter 3," in said
    assert [part in said for part in ("**Round of 8**", "**Round of 6**", "**Championship 4**")] == [True] * 3
    assert "Brett Moffitt won race 14" in said


def test_nothing_is_said_of_a_race_to_come() -> None:
    assert "Moffitt won" not in text(rounds(2016, 13))
    assert "won twice" not in text(rounds(2022, 5))


def test_a_winner_who_is_not_eligible_stands_outside_the_playoffs() -> None:
    shown = tables(table(2022, 15, view="playoffs", page=99))[0]
    assert any("Corey Heim" in line for line in shown[shown.index(next(x for x in shown if "outside" in x)) :])


@pytest.mark.parametrize(
    ("year", "view", "notes"),
    [
        (2008, "what-if-playoffs", ["had no stages", "fastest lap of 25 races is not on record", "top 20 in points"]),
        (2016, "what-if-chase", ["had no stages", "fastest lap of 23 races is not on record"]),
        (2016, "full-season", ["The finalists' points for leading in the finale are counted."]),
        (2021, "full-season", ["The finalists' stage points in the finale are counted."]),
        (2021, "what-if-classic", ["the same results under other rules"]),
    ],
)
def test_a_what_if_says_what_the_season_cannot_tell(year: int, view: str, notes: list[str]) -> None:
    said = "\n".join(small(table(year, view=view)))
    assert [note for note in notes if note not in said] == []


@pytest.mark.parametrize(
    ("year", "scoring"),
    [
        (2008, "In every race the makes score 9-6-4-3-2-1, in the order of their best trucks."),
        (2015, "A make scores the points of its best truck for finishing and leading in every race."),
        (2019, "A make scores the finish points of its best truck in every race."),
    ],
)
def test_the_makes_say_how_they_score(year: int, scoring: str) -> None:
    assert scoring in small(table(year, view="manufacturers"))


@pytest.mark.parametrize(
    ("year", "view"), [(2008, "what-if-classic"), (2019, "what-if-playoffs"), (2005, "full-season")]
)
def test_a_season_under_its_own_rules_is_no_what_if(year: int, view: str) -> None:
    computed = ComputedSeason(any_season(year))
    assert settled_view(computed, view) == ("playoffs" if format_of(year).rounds else "points")
