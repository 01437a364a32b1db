"""The playoff picture of small seasons: three races that count, seven of playoffs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.championship.computed_season import ComputedSeason
from bot.championship.formats import CHASE, PLAYOFFS
from bot.championship.ties import Tie, TieBreak
from bot.questions.core import ClinchQuestion, PlayoffsQuestion, StandingsQuestion
from bot.render.clinch import ClinchFacts, clinch
from bot.render.playoff_table import (
    StandingsBoard,
    board_of,
    fate,
    headline,
    playoff_line,
    postseason,
    race_stakes,
    tie_line,
)
from bot.render.playoffs import playoffs
from bot.render.standings import standings
from db.models import Season
from tests.bot.render.reading import lines, small, tables, text
from tests.seasons import NAMES, Row, make_season

EARLY, LATER = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)
FIELD = [Row(name, stages=(None, None)) for name in NAMES[:14]]


def season_of(*orders: list[Row], races: int = 10) -> Season:
    return make_season(2025, list(orders), upcoming=races - len(orders))


def board(season: Season) -> StandingsBoard:
    return board_of(ComputedSeason(season))


def turned(places: int) -> list[Row]:
    return FIELD[places:] + FIELD[:places]


def test_winners_come_first_and_the_last_spot_is_on_points() -> None:
    assert headline(board(season_of(FIELD, FIELD))) == (
        "**Corey Heim** is locked in; **Jake Garcia** holds the last spot, two points ahead of **Gio Ruggiero**"
    )


def test_level_on_points_at_the_line_is_said() -> None:
    swapped = [*FIELD[:9], FIELD[10], FIELD[9], *FIELD[11:]]
    level = headline(board(season_of(FIELD, swapped)))
    assert level.endswith("**Gio Ruggiero** holds the last spot, tied on points with **Jake Garcia**")


def test_a_round_not_begun_has_its_field_and_its_reset() -> None:
    season = season_of(FIELD, turned(1), FIELD)
    assert board(season).standings.current.name == "Round of 10"
    view = standings(ComputedSeason(season), StandingsQuestion(2025), LATER)
    assert lines(view)[0] == "## 2025 playoffs · Round of 10 after race 3, Las Vegas"
    ruled = [line for line in tables(view)[0] if line.startswith("──")]
    assert [line.strip("─ ") for line in ruled] == ["cut line", "outside the playoffs"]


def test_what_cannot_be_so_is_left_out_and_said() -> None:
    twice = [*FIELD[:12], FIELD[0]]
    season = season_of(FIELD, twice, turned(2), races=11)
    view = standings(ComputedSeason(season), StandingsQuestion(2025, view="playoffs"), LATER)
    assert "Left out, since it can't be right: race 2: corey-heim is in it twice." in small(view)
    assert ComputedSeason(season).standings.standings.current.run == 2


def test_a_short_schedule_has_no_playoffs_and_says_so() -> None:
    season = make_season(2025, [FIELD, FIELD])
    assert playoff_line(ComputedSeason(season), "corey-heim") == ""
    assert (
        lines(playoffs(ComputedSeason(season), PlayoffsQuestion(2025), LATER, (2025,)))[1]
        == "This season has no playoffs."
    )
    assert (
        lines(standings(ComputedSeason(season), StandingsQuestion(2025, view="playoffs"), LATER))[0]
        == "## 2025 standings"
    )


def test_before_the_first_race_the_rounds_are_listed() -> None:
    view = playoffs(ComputedSeason(season_of()), PlayoffsQuestion(2025), LATER, (2024, 2025))
    assert lines(view)[1] == "No results for 2025 yet."
    assert "**Championship 4** · Daytona, Apr 18 · four start, the best finisher is the champion" in text(view)


def test_a_whole_season_has_a_champion_and_every_round() -> None:
    season = season_of(*[FIELD] * 10)
    view = playoffs(ComputedSeason(season), PlayoffsQuestion(2025), LATER, (2025,))
    assert lines(view)[1] == "**Corey Heim** is the champion · 10 wins"
    assert [len(table) for table in tables(view)] == [12, 10, 5]
    assert playoff_line(ComputedSeason(season), "corey-heim") == "**Playoffs** Champion, 4,040 points"


def test_a_champion_that_the_data_does_not_state_is_the_one_reckoned() -> None:
    season = season_of(*[FIELD] * 9, turned(1))
    assert season.champion is None
    view = standings(ComputedSeason(season), StandingsQuestion(2025, view="points"), LATER)
    assert lines(view)[1] == "**Ty Majeski** is the champion · **Corey Heim** has the most points and 9 wins"


def test_two_of_one_surname_are_told_apart_in_the_playoff_points() -> None:
    field = [*FIELD[:9], Row("Zane Smith"), *FIELD[10:]]
    said = text(playoffs(ComputedSeason(season_of(field, field, field)), PlayoffsQuestion(2025), LATER, (2025,)))
    line = next(line for line in said.splitlines() if line.startswith("**Playoff points** at the reset: "))
    # Three wins and the places of the regular season.
    assert line.endswith(
        ": Heim 30, Majeski 10, Honeycutt 8, Ankrum 7, Riggs 6, Caruth 5, Enfinger 4, Chandler Smith 3, Hemric 2, "
        "Zane Smith 1"
    )


def test_one_winner_has_won() -> None:
    season = season_of(FIELD, FIELD, races=25)
    facts = ClinchFacts(ComputedSeason(season), season.races[2], season.drivers["corey-heim"])
    assert "one has won, 16 races left, ten spots" in text(clinch(facts, ClinchQuestion(), EARLY))


def tied(by: TieBreak, best: tuple[int | None, int | None] = (None, None)) -> Tie:
    return Tie("ty-majeski", "layne-riggs", 3129, by, best)


@pytest.mark.parametrize(
    ("tie", "said"),
    [
        (
            Tie("ty-majeski", "layne-riggs", 3129, TieBreak.FINISH_IN_ROUND, (2, 3)),
            "best finish in the round, 2nd to 3rd",
        ),
        (
            Tie("ty-majeski", "layne-riggs", 3129, TieBreak.FINISHES, (1, 4)),
            "better finishes over the season, 1st to 4th",
        ),
        (tied(TieBreak.FINISHES, (5, 10_000)), "better finishes over the season"),
        (tied(TieBreak.NAME), "nothing on record tells them apart"),
    ],
)
def test_a_tie_says_by_what_it_was_broken(tie: Tie, said: str) -> None:
    line = tie_line(board(season_of(FIELD)), "Round of 8", tie)
    assert line == f"**Round of 8** Ty Majeski ahead of Layne Riggs, tied at 3,129: {said}"


def test_a_race_of_the_playoffs_says_what_it_decides() -> None:
    season = season_of()
    phases = {4: "Round of 10", 8: "Round of 8", 10: "Championship 4"}
    races = tuple(replace(race, phase=phases.get(race.round, "regular season")) for race in season.races)
    season = replace(season, races=races)
    assert [race_stakes(season, races[n - 1]) for n in (3, 4, 8, 10)] == [
        "",
        "Round of 10, race 1 of 3 · eight advance",
        "Round of 8, race 2 of 3 · four advance",
        "Championship 4 · the best finisher is the champion",
    ]


def test_formats_are_called_as_fans_call_them() -> None:
    assert [postseason(rules) for rules in (PLAYOFFS, CHASE)] == ["playoffs", "Chase"]
    assert fate(CHASE, 0) == "most points win the title"
