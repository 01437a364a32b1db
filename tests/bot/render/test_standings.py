from datetime import UTC, datetime, timedelta
from typing import Any

from discord import ui

from bot.championship.computed_season import ComputedSeason
from bot.questions.core import StandingsQuestion
from bot.render.blocks import Accent
from bot.render.standings import NO_RESET, standings
from bot.render.stats import StatsQuestion
from db.models import Season
from tests.bot.render.reading import accent, buttons, lines, options, small, tables
from tests.seasons import Row, full_season, make_season

LATER = datetime(2025, 12, 1, tzinfo=UTC)


def two_races(**facts: Any) -> Season:
    heim, majeski = Row("Corey Heim", number="11"), Row("Ty Majeski", number="98")
    riggs, chastain = Row("Layne Riggs", number="34", make="Ford"), Row("Ross Chastain", eligible=False)
    second = Row("Ty Majeski", number="98", points=38)
    return make_season(2025, [[heim, riggs, majeski], [heim, second, riggs, chastain]], **facts)


def ask(season: Season, now: datetime = LATER, **fields: Any) -> ui.LayoutView:
    after = fields.get("after")
    then = ComputedSeason(season.through(after)) if isinstance(after, int) else None
    return standings(ComputedSeason(season), StandingsQuestion(**fields), now, then)


def test_the_first_two_lines_say_who_leads_and_by_how_much() -> None:
    assert lines(ask(two_races()))[:2] == ["## 2025 standings", "**Corey Heim** leads by 8 · 2 wins"]


def test_the_table_has_place_number_points_gap_wins_and_change() -> None:
    head, *rows = tables(ask(two_races()))[0]
    assert head.split() == ["No", "Driver", "Pts", "Gap", "W", "+/-"]
    assert [row.split() for row in rows] == [
        ["1", "11", "Corey", "Heim", "80", "–", "2", "–"],
        ["2", "98", "Ty", "Majeski", "72", "-8", "0", "▲1"],
        ["3", "34", "Layne", "Riggs", "69", "-11", "0", "▼1"],
    ]


def test_drivers_who_score_elsewhere_have_no_place() -> None:
    assert not any("Chastain" in line for line in lines(ask(two_races())))


def test_after_a_race_the_table_is_as_it_stood_and_the_freshness_is_of_today() -> None:
    view = ask(two_races(), after=1)
    assert lines(view)[0] == "## 2025 standings after race 1, Daytona"
    assert [row.split()[1] for row in tables(view)[0][1:]] == ["11", "34", "98"]
    assert "race 2 of 2" in small(view)[-1]


def test_level_on_points_is_said() -> None:
    season = make_season(2025, [["Corey Heim", "Ty Majeski"], ["Ty Majeski", "Corey Heim"]])
    assert "tied with **Ty Majeski** on points" in lines(ask(season))[1]


def test_the_champion_is_named_though_another_has_more_points() -> None:
    season = two_races(champion="ty-majeski")
    assert lines(ask(season))[1] == "**Ty Majeski** is the champion · **Corey Heim** has the most points and 2 wins"
    season = two_races(champion="corey-heim")
    assert lines(ask(season))[1] == "**Corey Heim** is the champion · most points by 8 · 2 wins"


def test_that_the_reset_is_not_applied_is_said_where_there_are_playoffs() -> None:
    assert NO_RESET not in small(ask(two_races(races={2: {"phase": "regular season"}})))
    assert NO_RESET in small(ask(two_races(races={2: {"phase": "Round of 10"}})))


def test_a_table_that_is_not_todays_says_after_which_race_it_is() -> None:
    season = make_season(2025, [["Corey Heim", "Ty Majeski"]], upcoming=3)
    view = ask(season)
    assert lines(view)[0] == "## 2025 standings after race 1, Daytona"
    assert accent(view) == Accent.YELLOW
    assert "3 later races should be over, no results yet" in small(view)[-1]


def test_a_season_without_results_says_so() -> None:
    view = ask(make_season(2026, [], upcoming=3), datetime(2026, 1, 5, tzinfo=UTC), year=2026)
    assert lines(view)[1] == "No results for 2026 yet."
    assert not buttons(view)


def test_the_colour_is_the_leaders_make() -> None:
    assert accent(ask(two_races())) == Accent.TOYOTA


def test_pages_turn_and_keep_view_and_race() -> None:
    view = ask(full_season(2025, 5), view="stats", after=4)
    assert buttons(view) == {
        "16–30 →": StandingsQuestion(2025, 4, "stats", 2),
        "Rank by a figure": StatsQuestion(2025, 4),
    }
    second = ask(full_season(2025, 5), view="stats", after=4, page=2)
    assert set(buttons(second)) == {"← 1–15", "31–36 →", "Rank by a figure"}
    assert tables(second)[0][1].split()[0] == "16"


def test_the_select_turns_to_every_view_that_the_season_has() -> None:
    assert options(ask(full_season(2025, 5), view="stats", after=4, page=2)) == {
        "Points": StandingsQuestion(2025, 4, "points"),
        "Stats": StandingsQuestion(2025, 4, "stats"),
        "Owners": StandingsQuestion(2025, 4, "owners"),
        "Manufacturers": StandingsQuestion(2025, 4, "manufacturers"),
        "What if: the points of 2007–2010": StandingsQuestion(2025, 4, "what-if-classic"),
    }
    longer = options(ask(full_season(2025, 9, run=1)))
    assert "Playoffs" in longer
    assert "What if: the 2026 Chase" in longer
    assert "Rookies" not in longer


def test_a_page_out_of_range_is_the_last() -> None:
    view = ask(full_season(2025, 5), page=900)
    assert tables(view)[0][-1].split()[0] == "36"


def test_stats_say_wins_fives_tens_stages_laps_and_average() -> None:
    head, first, *_ = tables(ask(full_season(2025, 2), view="stats"))[0]
    assert head.split() == ["Driver", "W", "T5", "T10", "Stg", "Led", "AvF"]
    assert len(first.split()) == 9


def test_stats_name_who_has_the_most_of_each_though_another_leads_in_points() -> None:
    heim, majeski = Row("Corey Heim", points=50), Row("Ty Majeski", led=70, stages=(1, 1), points=10)
    season = make_season(2025, [[heim, majeski], [majeski, heim]])
    found = lines(ask(season, view="stats"))
    assert found[1].startswith("**Corey Heim** leads by 80")
    assert found[2:4] == [
        "**Corey Heim** and **Ty Majeski**: most wins (1 each), top fives (2 each) and top tens (2 each)",
        "**Ty Majeski**: most stage wins (4) and laps led (140)",
    ]
    assert not any("most stage wins" in line for line in lines(ask(season, view="points")))


def test_many_who_have_the_most_are_counted_and_nothing_is_said_of_what_nobody_has() -> None:
    season = make_season(2025, [["Corey Heim", "Ty Majeski", "Layne Riggs", "Ben Rhodes"]])
    assert lines(ask(season, view="stats"))[2:4] == [
        "**Corey Heim**: most wins (1)",
        "4 drivers: most top fives (1 each) and top tens (1 each)",
    ]


def test_who_scores_no_points_may_have_the_most() -> None:
    season = make_season(2025, [[Row("Kyle Busch", eligible=False, led=100), "Corey Heim"]])
    assert "**Kyle Busch**: most wins (1) and laps led (100)" in lines(ask(season, view="stats"))


def test_a_leader_without_a_win() -> None:
    season = make_season(2025, [[Row("Kyle Busch", eligible=False), Row("Corey Heim"), Row("Ty Majeski")]])
    assert lines(ask(season, LATER + timedelta(days=1)))[1] == "**Corey Heim** leads by 1 · no wins yet"
