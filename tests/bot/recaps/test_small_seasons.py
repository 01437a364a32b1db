"""Recaps of races made up for what is rare: nothing known, no points for the winner, ties, titles, races called off."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from bot.recaps import Recap, facts_of, recap
from db.models import FastestLap, Lead, Outcome, RaceStatus, Season
from db.recaps.models import SectionKind
from tests.bot.recaps.sample_recaps import UNCLEAN, bundled_recap, facts_in, finished, line, said, text
from tests.examples import examples
from tests.seasons import NAMES, Order, Row, drawn_seasons, make_season

NUTSHELL, TOP, MOVE = SectionKind.NUTSHELL, SectionKind.TOP, SectionKind.MOVE
PLAYOFFS, NEXT, ROOKIES = SectionKind.PLAYOFFS, SectionKind.NEXT, SectionKind.ROOKIES
FIELD = [Row(name) for name in NAMES[:14]]


def turned(places: int) -> list[Row]:
    """The field with somebody else in front."""
    return FIELD[places:] + FIELD[:places]


def won_by(name: str, **facts: object) -> list[Row]:
    first = next(row for row in FIELD if row.driver == name)
    return [replace(first, **facts), *(row for row in FIELD if row.driver != name)]  # type: ignore[arg-type]


def decided(year: int, last: list[Row], **facts: object) -> Season:
    """A season with seven races of playoffs behind three others, all run."""
    return make_season(year, [FIELD] * 9 + [last], **facts)  # type: ignore[arg-type]


def test_a_race_of_which_only_the_order_is_known() -> None:
    season = make_season(2025, [["Corey Heim", "Ty Majeski"]], races={1: {"outcome": None}}, upcoming=2)
    made = finished(season)
    assert said(made, NUTSHELL) == (
        "Corey Heim won the Daytona 101 at Daytona, ahead of Ty Majeski. Heim leads the standings by five points."
    )
    assert line(made, TOP, "Winner") == "Corey Heim (No. 1 Toyota)"
    assert made.section(MOVE) is None
    assert made.section(ROOKIES) is None


def test_a_season_of_one_race() -> None:
    made = finished(make_season(2025, [["Corey Heim"]]))
    assert said(made, NUTSHELL) == "Corey Heim won the Daytona 101 at Daytona."
    assert said(made, PLAYOFFS) == "Corey Heim leads the standings."
    assert made.section(PLAYOFFS).title == "Points rundown"  # type: ignore[union-attr]
    assert made.section(NEXT) is None


def test_a_winner_who_scores_elsewhere_moves_nobody() -> None:
    season = make_season(2025, [[Row("Kyle Busch", eligible=False, start=1), "Corey Heim", "Ty Majeski"]], upcoming=9)
    made = finished(season)
    assert "Busch does not race for points in this series" in said(made, NUTSHELL)
    assert "standings" not in said(made, NUTSHELL)
    assert "Corey Heim leads the standings by one point over Ty Majeski." in said(made, PLAYOFFS)
    assert line(made, PLAYOFFS, "Race winners") == ""


def test_results_that_cannot_be_so_are_not_told() -> None:
    season = make_season(2025, [["Corey Heim", "Ty Majeski"], ["Ty Majeski", "Corey Heim"]], upcoming=8)
    rows = season.results[2]
    season = replace(season, results={**season.results, 2: (rows[0], replace(rows[1], finish=1))})
    assert [section.kind for section in finished(season, 2).sections] == [NEXT]


def test_who_crossed_the_line_first_and_lost_it() -> None:
    order: Order = [
        Row("Corey Heim", start=3),
        "Ty Majeski",
        Row("Ben Rhodes", disqualified=True, status="disqualified"),
    ]
    season = make_season(2025, [order], upcoming=9)
    rows = season.results[1]
    entry = replace(rows[2].entry, note="crossed the line first; disqualified, truck too low")
    made = finished(replace(season, results={1: (*rows[:2], replace(rows[2], entry=entry))}))
    assert "; Ben Rhodes crossed the line first and was disqualified." in said(made, NUTSHELL)
    assert line(made, TOP, "Disqualified") == "Ben Rhodes (crossed the line first; truck too low)"


def test_a_race_called_off_has_no_winner() -> None:
    season = make_season(2025, [FIELD, [], FIELD], races={2: {"status": RaceStatus.CANCELLED}}, upcoming=8)
    made = finished(season, 2)
    assert re.fullmatch(
        r"(?:The|There was no race at Atlanta: the) Atlanta 102.* was called off\.", said(made, NUTSHELL)
    )
    assert made.section(TOP) is None
    # Nobody waits for it: it is no gap in the season.
    assert "second of the season" in said(finished(season, 3), NUTSHELL)
    # The next stop before it is the one behind it.
    assert "Las Vegas" in said(finished(season, 1), NEXT)


def test_a_hole_in_the_season_is_said() -> None:
    made = finished(make_season(2025, [FIELD, [], FIELD], upcoming=8), 3)
    assert "second win in the two races of 2025 on record" in said(made, NUTSHELL)
    assert "in a row" not in said(made, NUTSHELL)


def test_seasons_with_a_year_missing_between_are_not_told_as_one() -> None:
    old, now = make_season(2023, [FIELD]), make_season(2025, [FIELD, FIELD], upcoming=8)
    assert "2023" not in said(finished(now, 2, old), NUTSHELL)
    assert "since 2023" in said(finished(now, 2, old, make_season(2024, [turned(1)])), NUTSHELL)


def test_a_season_held_in_part_proves_nothing_about_before() -> None:
    old = make_season(2024, [FIELD, []])
    assert "2024" not in said(finished(make_season(2025, [FIELD], upcoming=9), 1, old), NUTSHELL)


def test_a_first_win_is_one_of_the_seasons_held() -> None:
    old = make_season(2024, [turned(1)] * 4)
    made = finished(make_season(2025, [turned(1), FIELD], upcoming=8), 2, old)
    assert re.search(r"(?:first.* in six starts|winless in five starts) since 2024", said(made, NUTSHELL))
    assert "career" not in text(made.section(NUTSHELL))


def test_the_most_wins_of_any_season_held() -> None:
    old = make_season(2024, [FIELD, turned(1), FIELD])
    season = make_season(2025, [FIELD] * 3, upcoming=8)
    assert "the most in any season since 2024" in said(finished(season, 3, old), NUTSHELL)
    assert "most in any season" not in said(finished(season, 2, old), NUTSHELL)


def test_two_for_two() -> None:
    some = [Row("Kyle Busch", eligible=False), *FIELD]
    made = finished(make_season(2025, [some, FIELD, some], upcoming=8), 3)
    assert "two for two this year" in said(made, NUTSHELL)


LED = Outcome(laps=100)


@pytest.mark.parametrize(
    ("leads", "pattern"),
    [
        ([("corey-heim", 1, 60), ("ty-majeski", 61, 90), ("corey-heim", 91, 100)], r"(?:lap 91|10 laps to go).*"),
        ([("ty-majeski", 1, 99), ("corey-heim", 100, 100)], r".*(?:the last lap|final lap).*"),
        # One who is listed twice running has not passed anybody.
        ([("ty-majeski", 1, 50), ("corey-heim", 51, 80), ("corey-heim", 81, 100)], r".*(?:lap 51|50 laps to go).*"),
    ],
)
def test_the_last_lead_change(leads: list[tuple[str, int, int]], pattern: str) -> None:
    outcome = replace(LED, leads=tuple(Lead(*lead) for lead in leads))
    for position in range(3):
        before = [FIELD] * position
        season = make_season(2025, [*before, FIELD], outcomes={position + 1: outcome}, upcoming=9)
        move = said(finished(season, position + 1), MOVE)
        assert re.search(pattern, move), move
        assert "Ty Majeski" in move
        twice = len(leads) == 3 and leads[1][0] != leads[2][0]
        assert re.search("two lead changes|twice" if twice else "one lead change|once", move), move


@pytest.mark.parametrize(
    "leads",
    [
        [("corey-heim", 1, 60), ("ty-majeski", 70, 100)],
        [("corey-heim", 1, 60), ("ty-majeski", 61, 100)],
        [("ty-majeski", 1, 60), ("corey-heim", 61, 90)],
    ],
)
def test_leads_that_do_not_end_with_the_winner_tell_no_pass(leads: list[tuple[str, int, int]]) -> None:
    outcome = replace(LED, leads=tuple(Lead(*lead) for lead in leads))
    move = said(finished(make_season(2025, [FIELD], outcomes={1: outcome}, upcoming=9)), MOVE)
    assert not re.search(r"took the lead|from .* to|to go|last lap", move)


def test_overtime_and_a_finish_under_caution() -> None:
    outcome = Outcome(laps=103, under_caution=True)
    season = make_season(2025, [FIELD], outcomes={1: outcome}, races={1: {"scheduled_laps": 100}}, upcoming=9)
    assert re.search(r"three laps past the scheduled 100,? and.* ended under caution", said(finished(season), MOVE))
    assert "second as the race ended under caution" in said(finished(season), NUTSHELL)


def test_led_from_the_first_lap_to_the_last() -> None:
    made = finished(make_season(2025, [won_by("Corey Heim", led=100)], upcoming=9))
    assert re.search(r"led (?:all|every one of the) 100 laps", said(made, MOVE))


def test_one_of_a_thing_is_said_in_the_singular() -> None:
    outcome = Outcome(laps=101, margin=1.0, cautions=1, caution_laps=1, lead_changes=1)
    season = make_season(2025, [FIELD], outcomes={1: outcome}, races={1: {"scheduled_laps": 100}}, upcoming=9)
    assert "1 second " in said(finished(season), NUTSHELL)
    assert UNCLEAN.search(text(finished(season).section(MOVE))) is None


def test_without_stages_no_stage_is_told() -> None:
    section = finished(make_season(2025, [FIELD], upcoming=9)).section(TOP)
    assert section is not None
    assert not any("tage" in each.label for each in section.lines)


def test_what_one_driver_did_stands_in_one_line() -> None:
    outcome = Outcome(
        laps=100, pole="corey-heim", pole_mph=180.5, stage_winners=("corey-heim", "corey-heim"),
        fastest_lap=FastestLap("corey-heim", 30.1, 179.25), rookie_of_the_race="ty-majeski",
    )  # fmt: skip
    rows = won_by("Corey Heim", number="11", team="TRICON Garage", start=1, led=60)
    section = finished(make_season(2025, [rows], outcomes={1: outcome}, upcoming=9)).section(TOP)
    assert section is not None
    assert [(each.label, each.text) for each in section.lines] == [
        (
            "Winner, pole, stage 1 and 2 winner, most laps led, fastest lap",
            (
                "Corey Heim (No. 11 TRICON Garage Toyota), from the pole at 180.5 mph, 60 of 100 laps led, "
                "best lap 30.1 seconds at 179.25 mph"
            ),
        ),
        ("Rookie of the race", "Ty Majeski (No. 1 Toyota), finished second"),
    ]


@pytest.mark.parametrize(
    ("winner", "others", "named"),
    [
        (60, (40,), "Ty Majeski (No. 2 Toyota), 40 of 100 laps led, finished second"),
        (50, (20, 30), "Layne Riggs (No. 3 Toyota), 30 of 100 laps led, finished third"),
        (60, (20, 20), ""),
        (80, (20,), ""),
        (40, (60,), ""),
        (10, (60, 30), "Layne Riggs (No. 3 Toyota), 30 of 100 laps led, finished third"),
    ],
)
def test_who_led_the_second_most_laps_is_named_where_those_are_many(
    winner: int, others: tuple[int, ...], named: str
) -> None:
    names = ("Ty Majeski", "Layne Riggs")
    rows = [Row("Corey Heim", led=winner), *(Row(name, led=led) for name, led in zip(names, others, strict=False))]
    made = finished(make_season(2025, [rows], upcoming=9))
    assert line(made, TOP, "Second-most laps led") == named
    assert "luck" not in text(made.section(TOP)).casefold()


def test_a_tie_at_the_cut_is_said() -> None:
    # Ten are in; two behind them are level, with points given by hand.
    rows = [Row(name, points=40 - place) for place, name in enumerate(NAMES[:9])]
    level = [Row(NAMES[9], points=10), Row(NAMES[10], points=10), Row(NAMES[11], points=1)]
    season = make_season(2025, [rows + level] * 2, upcoming=8)
    made = finished(season, 2)
    assert re.search(r"Jake Garcia.*tied on points|tied on points.*Jake Garcia", said(made, PLAYOFFS))
    assert line(made, PLAYOFFS, "Below the line").startswith("Ruggiero 0")


def test_a_tie_that_sent_somebody_home_is_told_with_what_decided_it() -> None:
    homestead, martinsville = bundled_recap(2023, 22), bundled_recap(2025, 24)
    assert "Rhodes and Sanchez were tied at 3,123 points" in said(homestead, PLAYOFFS)
    assert "better finish in the round, second against seventh" in said(homestead, PLAYOFFS)
    assert "Honeycutt and Riggs were tied at 3,129 points" in said(martinsville, PLAYOFFS)


def test_the_title_goes_to_the_winner_or_to_somebody_behind() -> None:
    winner = finished(decided(2025, FIELD))
    assert re.search(r"Heim.* the 2025 champion\.", said(winner, NUTSHELL))
    other = finished(decided(2025, turned(12)))
    assert re.search(r"not in the playoffs|2025 champion", said(other, NUTSHELL))
    assert "2025 title" in said(other, PLAYOFFS)
    assert len(other.section(PLAYOFFS).lines) == 4  # type: ignore[union-attr]


CHASE = [FIELD] * 3


def test_the_chase_has_a_leader_a_title_won_early_and_a_champion() -> None:
    season = make_season(2026, [*CHASE, *[FIELD] * 7])
    first = finished(season, 4)
    assert first.section(PLAYOFFS).title == "Chase rundown"  # type: ignore[union-attr]
    assert re.search(r"Corey Heim.*30 points ahead of Ty Majeski", said(first, PLAYOFFS))
    assert "six races left" in said(first, PLAYOFFS)
    far_ahead = [replace(row, points=55 if place == 0 else 1) for place, row in enumerate(FIELD)]
    early = finished(make_season(2026, [*CHASE, *[far_ahead] * 6], upcoming=1))
    assert re.search(r"one race to go|nobody can catch", said(early, PLAYOFFS))
    assert re.search(r"2026 title|can no longer be caught", said(early, NUTSHELL))
    last = finished(season, 10)
    assert re.search(r"Corey Heim.* 2026 champion|2026 title goes to Corey Heim", said(last, PLAYOFFS))
    assert (
        "eliminated" not in "".join(text(finished(season, number).section(PLAYOFFS)) for number in range(1, 11)).lower()
    )


def test_who_is_outside_the_chase_can_still_win_a_race() -> None:
    made = finished(make_season(2026, [*CHASE, turned(12)], upcoming=6))
    assert re.search(r"Ross Chastain|Tanner Gray", said(made, NUTSHELL))
    assert "outside the Chase" in said(made, NUTSHELL) or "not in the Chase" in said(made, NUTSHELL)


def test_a_playoff_win_locks_in_and_a_second_one_changes_nothing() -> None:
    season = make_season(2025, [FIELD] * 6, upcoming=4)
    assert re.search(r"Heim.*(?:locked|spot|locks).*the Round of 8", said(finished(season, 4), NUTSHELL))
    assert re.search(r"already", said(finished(season, 5), NUTSHELL))
    assert re.search(r"advances to the Round of 8", said(finished(season, 6), NUTSHELL))


def test_the_next_race_postponed_has_no_time() -> None:
    facts = facts_in([make_season(2025, [FIELD], races={2: {"status": RaceStatus.POSTPONED}}, upcoming=9)], 2025, 1)
    words = said(recap(facts), NEXT)
    assert "postponed" in words
    assert "p.m." not in words


def test_the_next_season_opens_with_its_year() -> None:
    seasons = [make_season(2025, [FIELD] * 10), make_season(2026, [], upcoming=10)]
    words = said(recap(facts_in(seasons, 2025, 10)), NEXT)
    assert re.search(r"2026.*Daytona 101 at Daytona Speedway on Saturday, Feb\. 14, 2026", words)
    assert "Corey Heim" in words


def test_a_listed_start_is_not_called_coverage() -> None:
    season = make_season(2025, [FIELD], upcoming=9)
    words = said(finished(season), NEXT)
    assert "7:30 p.m. ET" in words
    assert "overage" not in words
    bare = [replace(race, start=None) for race in season.races]
    assert "p.m." not in said(finished(replace(season, races=tuple(bare))), NEXT)


def test_facts_of_a_season_that_is_not_held() -> None:
    race = make_season(2025, [FIELD]).races[0]
    with pytest.raises(LookupError):
        facts_of([make_season(2024, [FIELD])], race)


def test_a_recap_knows_nothing_of_what_came_after() -> None:
    whole = make_season(2025, [FIELD, turned(1), turned(2)], upcoming=8)
    then = make_season(2025, [FIELD], upcoming=10)
    assert finished(whole, 1).sections == finished(then, 1).sections


@examples(150)
@given(drawn_seasons())
def test_whatever_was_raced_can_be_told(season: Season) -> None:
    for race in season.run:
        made: Recap = finished(season, race.round)
        for section in made.sections:
            whole = text(section)
            assert UNCLEAN.search(whole) is None
            assert all(paragraph.endswith(".") for paragraph in section.paragraphs)
            assert all(paragraph[0].isupper() or paragraph[0].isdigit() for paragraph in section.paragraphs)
        assert made.sections == finished(season, race.round).sections


def test_sundays_and_abbreviated_months() -> None:
    sunday = {"date": date(2025, 9, 21), "start": datetime(2025, 9, 21, 16, tzinfo=UTC)}
    words = said(finished(make_season(2025, [FIELD], races={2: sunday}, upcoming=1), 1), NEXT)
    assert "Sunday, Sept. 21" in words
    assert "noon ET" in words
