from datetime import UTC, datetime, timedelta
from typing import Any

from discord import ui

from bot.questions.core import NextQuestion, ResultsQuestion, ScheduleQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent
from bot.render.results import ELSEWHERE, NO_STAGES, ROOKIE, results
from db.models import Adjustment, FastestLap, Outcome, RaceStatus, Season
from tests.bot.render.reading import accent, buttons, lines, small, tables, text
from tests.seasons import Row, full_season, make_race, make_season

LATER = datetime(2025, 12, 1, tzinfo=UTC)
KNOWN = Outcome(
    laps=70,
    pole="corey-heim",
    stage_winners=("kaden-honeycutt", "kaden-honeycutt"),
    fastest_lap=FastestLap("brent-crews", 86.666, 94.708),
    rookie_of_the_race="brent-crews",
    cautions=5,
    caution_laps=12,
    lead_changes=8,
    margin=1.338,
)


def roval(outcome: Outcome = KNOWN, **facts: Any) -> Season:
    order = [
        Row("Corey Heim", number="11", start=1, led=6, stages=(None, None)),
        Row("Brent Crews", number="1", start=3, led=56, stages=(5, None)),
        Row("Connor Zilisch", number="7", start=6, led=0, eligible=False),
        Row("Kaden Honeycutt", number="52", start=2, stages=(1, 1)),
        Row("Ben Rhodes", number="99", status="crash", stages=(None, None)),
        Row("Parker Kligerman", number="75", disqualified=True, stages=(None, None)),
    ]
    race = {"name": "EcoSave 250 presented by somebody", "phase": "Round of 8"}
    return make_season(2025, [order], tracks=["Charlotte ROVAL"], outcomes={1: outcome}, races={1: race}, **facts)


def ask(season: Season, number: int = 1, page: int = 1, now: datetime = LATER, **more: Any) -> ui.LayoutView:
    race = season.race(number)
    assert race is not None
    return results(season, race, ResultsQuestion(season.year, number, page), now, **more)


def test_the_first_two_lines_say_what_was_won_and_by_whom() -> None:
    assert lines(ask(roval()))[:2] == [
        "## EcoSave 250 · Charlotte ROVAL",
        "**Corey Heim** won from the pole · Feb 14, 2025 · race 1 of 1 · Round of 8",
    ]


def test_everything_known_of_the_race_is_told() -> None:
    assert lines(ask(roval()))[2:8] == [
        "**Both stages** Kaden Honeycutt",
        "**Most laps led** Brent Crews (56 of 70)",
        "**Fastest lap** Brent Crews, 86.666 s (94.708 mph)",
        "**Rookie of the race** Brent Crews",
        "**Cautions** 5 (12 laps) · **Lead changes** 8 · **Margin** 1.338 s",
        "```",
    ]


def test_what_is_not_known_is_left_out() -> None:
    said = text(ask(roval(Outcome())))
    for word in ("Pole", "from the pole", "Fastest", "Rookie", "Cautions", "Lead changes", "Margin", "None", "?, "):
        assert word not in said
    assert "**Most laps led** Brent Crews (56 of 100)" in said


def test_a_pole_that_did_not_win_is_named() -> None:
    assert "**Pole** Brent Crews" in lines(ask(roval(Outcome(pole="brent-crews"))))


def test_a_fastest_lap_may_lack_its_time() -> None:
    assert "**Fastest lap** Brent Crews" in lines(ask(roval(Outcome(fastest_lap=FastestLap("brent-crews")))))
    timed = roval(Outcome(fastest_lap=FastestLap("brent-crews", seconds=49.783)))
    assert "**Fastest lap** Brent Crews, 49.783 s" in lines(ask(timed))


def test_a_finish_under_caution_has_no_margin() -> None:
    assert "Ended under caution" in lines(ask(roval(Outcome(under_caution=True))))


def test_the_order_has_finish_start_number_name_led_stage_points_and_points() -> None:
    head, *rows = [row.split() for row in tables(ask(roval()))[0]]
    assert head == ["Fin", "St", "No", "Driver", "Led", "Stg", "Pts"]
    assert rows[0] == ["1", "1", "11", "Corey", "Heim", "6", "–", "40"]
    assert rows[1] == ["2", "3", "1", "Brent", "Crews", "56", "6", "41"]
    assert rows[2] == ["3", "6", "7", "Connor", "Zilisch", "–", "?", "(i)"]
    assert rows[4][1] == "?"


def test_the_sign_for_scoring_elsewhere_is_explained() -> None:
    assert ELSEWHERE in small(ask(roval()))
    assert ELSEWHERE not in small(ask(make_season(2025, [["Corey Heim"]])))


def test_rookies_are_marked_where_the_race_knows_them() -> None:
    rows = [Row("Corey Heim"), Row("Gio Ruggiero", rookie=True), Row("A" * 30 + " " + "B" * 30, rookie=True)]
    view = ask(make_season(2025, [rows]))
    assert [row.split()[-3] for row in tables(view)[0][2:]] == ["Ruggiero*", "BBBBBBBBBBBBBBBBB…*"]
    assert tables(view)[0][1].split()[-3] == "Heim"
    assert ROOKIE in small(view)
    assert ROOKIE not in small(ask(roval()))


def test_penalties_stand_under_the_race_they_belong_to() -> None:
    penalties = (
        Adjustment(1, "ben-rhodes", -75, -5, "valve stem against the *rules*"),
        Adjustment(1, "corey-heim", points=-1),
        Adjustment(1, "brent-crews", playoff_points=2, reason="won on appeal"),
        Adjustment(2, "corey-heim", points=-10),
    )
    assert small(ask(roval(adjustments=penalties)))[1:4] == [
        "Penalty: Rhodes −75 points, −5 playoff points: valve stem against the \\*rules\\*",
        "Penalty: Heim −1 point",
        "Correction: Crews +2 playoff points: won on appeal",
    ]
    many = small(ask(roval(adjustments=(Adjustment(1, "ben-rhodes", -1),) * 5)))
    assert many[1:5] == ["Penalty: Rhodes −1 point"] * 3 + ["2 more penalties not shown here"]


def test_who_was_out_is_named_with_the_reason() -> None:
    assert "**Out** crash: B. Rhodes; disqualified: P. Kligerman" in lines(ask(roval()))


def test_stage_points_not_on_record_are_said_and_have_no_column() -> None:
    view = ask(make_season(2025, [["Corey Heim", "Ty Majeski"]]))
    assert tables(view)[0][0].split() == ["Fin", "St", "No", "Driver", "Led", "Pts"]
    assert NO_STAGES in small(view)


def test_pages_races_beside_and_the_standings_after() -> None:
    view = ask(full_season(2025, 3), number=2)
    assert buttons(view) == {
        "13–24 →": ResultsQuestion(2025, 2, 2),
        "Recap": RecapQuestion(2025, 2),
        "Race 1": ResultsQuestion(2025, 1),
        "Race 3": ResultsQuestion(2025, 3),
        "Standings": StandingsQuestion(2025, 2),
    }
    later = ask(full_season(2025, 3), number=2, page=2)
    assert set(buttons(later)) == {"← 1–12", "25–36 →", "Recap", "Standings"}
    assert tables(ask(full_season(2025, 3), page=99))[0][-1].split()[0] == "36"


def test_a_race_to_come_says_when_and_offers_last_years() -> None:
    season = make_season(2025, [["Corey Heim"]], upcoming=2)
    race = season.races[1]
    assert race.start is not None
    view = ask(season, 2, now=race.start - timedelta(days=1), before=make_race(2024, 7))
    assert lines(view)[1] == f"Not run yet: <t:{int(race.start.timestamp())}:F>"
    assert accent(view) == Accent.GREEN
    assert buttons(view) == {
        "2024 results": ResultsQuestion(2024, 7),
        "Next race": NextQuestion(),
        "Schedule": ScheduleQuestion(2025),
        "Latest results": ResultsQuestion(2025),
    }


def test_a_race_to_come_without_a_time_says_the_day() -> None:
    season = make_season(2025, [], upcoming=1, races={1: {"start": None}})
    assert lines(ask(season, now=datetime(2025, 1, 1, tzinfo=UTC)))[1] == "Not run yet: Friday, Feb 14"


def test_a_race_under_way_is_said_to_be() -> None:
    season = make_season(2025, [], upcoming=1)
    start = season.races[0].start
    assert start is not None
    assert lines(ask(season, now=start + timedelta(hours=1)))[1] == (
        f"Listed for <t:{int(start.timestamp())}:t>; should be on now. No results yet."
    )
    flagged = make_season(2025, [], upcoming=1, races={1: {"green_flag": start + timedelta(minutes=20)}})
    assert lines(ask(flagged, now=start + timedelta(hours=1)))[1].startswith("**Under way** since ")


def test_a_race_over_without_results_says_so() -> None:
    view = ask(make_season(2025, [], upcoming=1))
    assert lines(view)[1] == "Should be over by now; no result on record."
    assert accent(view) == Accent.YELLOW


def test_a_race_postponed_without_a_date_is_neither_under_way_nor_over() -> None:
    season = make_season(2025, [], upcoming=1, races={1: {"status": RaceStatus.POSTPONED}})
    start = season.races[0].begins
    for hours in (1, 4, 2000):
        view = ask(season, now=start + timedelta(hours=hours))
        assert lines(view)[1] == "Postponed; new date not known yet."
        assert accent(view) == Accent.YELLOW
    assert lines(ask(season, now=start - timedelta(hours=1)))[1].startswith("Not run yet: ")


def test_a_cancelled_race_says_so() -> None:
    season = make_season(2025, [], upcoming=1, races={1: {"status": RaceStatus.CANCELLED}})
    assert lines(ask(season))[1] == "This race was canceled."
