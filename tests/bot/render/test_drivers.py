from datetime import UTC, datetime
from typing import Any

from discord import ui

from bot.championship.computed_season import ComputedSeason
from bot.championship.driver_record import head_to_head, record
from bot.questions.core import CompareQuestion, DriverQuestion
from bot.render.blocks import Accent
from bot.render.compare import CompareFacts, compare
from bot.render.drivers import ELSEWHERE, DriverFacts, driver
from db.models import Adjustment, Outcome, Season
from tests.bot.render.reading import accent, buttons, lines, options, small, tables, text
from tests.careers import career_in
from tests.seasons import Row, full_season, make_season

LATER = datetime(2025, 12, 1, tzinfo=UTC)


def ask(key: str, *seasons: Season, **fields: Any) -> ui.LayoutView:
    season = seasons[-1]
    computed = ComputedSeason(season)
    own = record(computed, key)
    assert own is not None
    years = tuple(each.year for each in seasons if key in each.starts)
    facts = DriverFacts(season.drivers[key], computed, own, career_in(seasons, key), computed.races_of(key), years)
    return driver(facts, DriverQuestion(key, **fields), LATER)


def two_races(year: int = 2025, **facts: Any) -> Season:
    heim = Row("Corey Heim", number="11", team="TRICON Garage", start=2, led=60, stages=(1, 1))
    return make_season(
        year,
        [
            [heim, Row("Ty Majeski", number="98", make="Ford", start=1, stages=(2, 2))],
            [Row("Ty Majeski", make="Ford"), Row("Corey Heim", number="11", team="TRICON Garage", status="crash")],
        ],
        **facts,
    )


def test_the_first_lines_say_who_he_is_and_how_he_stands() -> None:
    assert lines(ask("corey-heim", two_races()))[:3] == [
        "## #11 Corey Heim · 2025",
        "**1st in season points with 95** · 1 win in 2 starts",
        "Toyota · TRICON Garage",
    ]


def test_all_his_figures_are_there() -> None:
    said = text(ask("corey-heim", two_races()))
    for label in (
        "Starts",
        "Wins",
        "Top fives",
        "Top tens",
        "Laps led",
        "DNFs",
        "Avg start",
        "Avg finish",
        "Stage wins",
        "Poles",
    ):
        assert label in said


def test_poles_not_on_record_are_unknown_and_said() -> None:
    view = ask("corey-heim", two_races())
    assert any(line.split()[-2:] == ["Poles", "?"] for line in tables(view)[0])
    assert "Poles for 2025 are not on record." in small(view)[0]


def test_poles_on_record_for_some_races_are_said_to_be() -> None:
    view = ask("corey-heim", two_races(outcomes={1: Outcome(pole="corey-heim"), 2: Outcome()}))
    assert any(line.split()[-2:] == ["Poles", "1"] for line in tables(view)[0])
    assert "Poles are on record for 1 of 2 races." in small(view)[0]


def test_stages_not_on_record_are_said() -> None:
    assert "Stage winners for race 2 are not on record." in small(ask("corey-heim", two_races()))[0]


def test_last_races_are_newest_first_and_say_why_he_was_out() -> None:
    head, first, second = tables(ask("corey-heim", two_races()))[1]
    assert head.split() == ["Rd", "Track", "St", "Fin", "Led", "Pts", "Out"]
    assert first.split() == ["2", "Atlanta", "?", "2", "–", "35", "crash"]
    assert second.split() == ["1", "Daytona", "2", "1", "60", "60"]


def test_his_penalties_are_said_on_his_season_and_under_his_races() -> None:
    season = two_races(
        adjustments=(Adjustment(2, "corey-heim", -25, -5, "window net"), Adjustment(2, "ty-majeski", -1))
    )
    line = "Penalty after race 2 (Atlanta, Feb 21): −25 points, −5 playoff points: window net"
    for tab in ("season", "races"):
        assert line in small(ask("corey-heim", season, tab=tab))
        assert "−1 point" not in text(ask("corey-heim", season, tab=tab))


def test_rookies_are_said_to_be() -> None:
    view = ask("corey-heim", two_races(rookies=frozenset({"corey-heim"})))
    assert "Rookie of the Year contender" in lines(view)[2]


def test_who_scores_elsewhere_has_no_place_and_the_sign_is_explained() -> None:
    season = make_season(2025, [[Row("Corey Heim"), Row("Kyle Busch", eligible=False, start=4)]])
    view = ask("kyle-busch", season)
    assert lines(view)[1] == "**1 start, best finish 2nd**"
    assert "scores points in another series (i)" in lines(view)[2]
    assert tables(view)[1][1].split()[-1] == "(i)"
    assert ELSEWHERE in small(view)


def test_an_entry_that_never_raced_has_no_figures() -> None:
    view = ask("kyle-busch", make_season(2025, [["Corey Heim"]], absent={1: ["Kyle Busch"]}))
    assert lines(view)[1] == "Entered in 2025, no starts yet."
    assert not tables(view)


def test_career_and_best_track_run_over_the_seasons_held() -> None:
    said = text(ask("corey-heim", two_races(2024), two_races(2025)))
    assert "**Seasons on record, 2024–2025** 4 starts, 2 wins" in said
    assert "**Best track** Daytona: average finish 1.0 in 2 starts, 2 wins" in said


def test_a_title_is_said() -> None:
    view = ask("corey-heim", two_races(2024), two_races(2025, champion="corey-heim"))
    assert lines(view)[1] == "**2025 champion** · 1 win in 2 starts · 1st in season points with 95"
    assert "champion 2025" in text(view)


def test_one_season_alone_is_no_career() -> None:
    assert "seasons held" not in text(ask("corey-heim", two_races()))


def test_figures_that_are_not_todays_say_through_which_race_they_run() -> None:
    season = make_season(2025, [["Corey Heim"]], upcoming=3)
    assert "after race 1 of 4" in lines(ask("corey-heim", season))[1]


def test_buttons_lead_to_all_races_and_other_seasons_and_back() -> None:
    view = ask("corey-heim", two_races(2024), two_races(2025))
    assert buttons(view) == {
        "All 2 races": DriverQuestion("corey-heim", 2025, "races"),
        "Career": DriverQuestion("corey-heim", None, "career"),
        "2024": DriverQuestion("corey-heim", 2024),
    }
    races = ask("corey-heim", two_races(2024), two_races(2025), tab="races")
    assert buttons(races) == {"Back to 2025": DriverQuestion("corey-heim", 2025)}


def test_all_his_races_page() -> None:
    season = full_season(2025, 20)
    _, *rows = tables(ask("corey-heim", season, tab="races"))[0]
    assert len(rows) == 15
    assert rows[0].split()[0] == "1"
    last = ask("corey-heim", season, tab="races", page=9)
    assert [row.split()[0] for row in tables(last)[0][1:]] == ["16", "17", "18", "19", "20"]


def test_many_seasons_are_a_select_and_none_is_dropped() -> None:
    view = ask("corey-heim", *(two_races(year) for year in range(2019, 2026)))
    assert list(options(view)) == [str(year) for year in range(2024, 2018, -1)]
    assert list(buttons(view)) == ["All 2 races", "Career"]


def test_the_colour_is_his_make() -> None:
    assert accent(ask("ty-majeski", two_races())) == Accent.FORD


# --- two side by side


def side_by_side(season: Season, a: str, b: str, years: tuple[int, ...] = (2025,), **fields: Any) -> ui.LayoutView:
    computed = ComputedSeason(season)
    one, other = record(computed, a), record(computed, b)
    assert one is not None
    assert other is not None
    meetings = head_to_head(computed, a, b)
    facts = CompareFacts(season, (season.drivers[a], season.drivers[b]), (one, other), meetings, years)
    return compare(facts, CompareQuestion(a, b, **fields), LATER)


def three_meetings() -> Season:
    heim, majeski = Row("Corey Heim"), Row("Ty Majeski", make="Ford")
    return make_season(2025, [[heim, majeski], [majeski, heim], [majeski, heim], [heim]])


def test_who_finished_ahead_stands_first() -> None:
    view = side_by_side(three_meetings(), "corey-heim", "ty-majeski")
    assert lines(view)[:2] == ["## Heim and Majeski · 2025", "**Majeski** finished ahead in 2 of 3 races together."]
    assert accent(view) == Accent.FORD


def test_level_and_never_met_are_said() -> None:
    level = make_season(2025, [["Corey Heim", "Ty Majeski"], ["Ty Majeski", "Corey Heim"]])
    assert "each finished ahead 1 time in 2 races" in lines(side_by_side(level, "corey-heim", "ty-majeski"))[1]
    apart = make_season(2025, [["Corey Heim"], ["Ty Majeski"]])
    view = side_by_side(apart, "corey-heim", "ty-majeski")
    assert lines(view)[1] == "They haven't started a race together in 2025."
    assert len(tables(view)) == 1


def test_figures_stand_side_by_side() -> None:
    rows = {
        line[:10].strip(): line[10:].split()
        for line in tables(side_by_side(three_meetings(), "corey-heim", "ty-majeski"))[0]
    }
    assert rows[""] == ["Heim", "Majeski"]
    assert rows["Starts"] == ["4", "3"]
    assert rows["Wins"] == ["2", "2"]
    assert rows["Avg finish"] == ["1.5", "1.3"]


def test_meetings_show_both_finishes_newest_first() -> None:
    rows = [line.split() for line in tables(side_by_side(three_meetings(), "corey-heim", "ty-majeski"))[1]]
    assert rows == [
        ["Rd", "Track", "Heim", "Majeski"],
        ["3", "Las", "Vegas", "2", "1"],
        ["2", "Atlanta", "2", "1"],
        ["1", "Daytona", "1", "2"],
    ]


def test_brothers_go_by_their_whole_names() -> None:
    season = make_season(2025, [["Taylor Gray", "Tanner Gray"]])
    assert lines(side_by_side(season, "taylor-gray", "tanner-gray"))[0] == "## Taylor Gray and Tanner Gray · 2025"


def test_buttons_lead_to_both_drivers_every_race_and_other_seasons() -> None:
    view = side_by_side(full_season(2025, 8), "corey-heim", "ty-majeski", (2024, 2025))
    a, b = "corey-heim", "ty-majeski"
    assert buttons(view) == {
        "All 8 races": CompareQuestion(a, b, 2025, "races"),
        "Heim": DriverQuestion(a, 2025),
        "Majeski": DriverQuestion(b, 2025),
        "2024": CompareQuestion(a, b, 2024),
    }
    many = side_by_side(full_season(2025, 8), a, b, (2022, 2023, 2024, 2025))
    assert not buttons(many)
    assert options(many) == {
        "All 8 races": CompareQuestion(a, b, 2025, "races"),
        "Heim": DriverQuestion(a, 2025),
        "Majeski": DriverQuestion(b, 2025),
        **{str(year): CompareQuestion(a, b, year) for year in (2024, 2023, 2022)},
    }
    every = side_by_side(full_season(2025, 8), a, b, tab="races")
    assert len(tables(every)[0]) == 9
    assert buttons(every) == {"Side by side": CompareQuestion(a, b, 2025)}
