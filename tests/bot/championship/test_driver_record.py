"""A driver's season, and two drivers head to head."""

from __future__ import annotations

import pytest
from hypothesis import given

from bot.championship.computed_season import ComputedSeason
from bot.championship.driver_record import Record, head_to_head, record
from bot.championship.table import points_table
from db.models import Outcome, Season
from tests.seasons import NAMES, Order, Row, bundled_season, drawn_seasons, make_season


def known(season: Season, key: str) -> Record:
    found = record(ComputedSeason(season), key)
    assert found is not None
    return found


def test_who_has_no_entry_has_no_record() -> None:
    assert record(ComputedSeason(make_season(2025, [["Corey Heim"]])), "ty-majeski") is None


def test_who_only_failed_to_qualify_has_a_record_without_starts() -> None:
    season = make_season(2025, [["Corey Heim"]], absent={1: [Row("Norm Benning", number="6", team="Benning")]})
    found = known(season, "norm-benning")
    assert (found.starts, found.number, found.team, found.position, found.eligible) == (0, "6", "Benning", None, True)
    assert (found.average_finish, found.best_finish, found.last_five) == (None, None, ())


LATER = {
    "results without a team": ([Row("Corey Heim", number="11", make=None)], {}, ("11", "Toyota", "TRICON")),
    "an entry without one": ([], {2: [Row("Corey Heim", number="11", make=None)]}, ("11", "Toyota", "TRICON")),
    "another team": (
        [Row("Corey Heim", number="11", make="Ford", team="ThorSport")],
        {},
        ("11", "Ford", "ThorSport"),
    ),
    "another truck, whose team nobody gave": ([Row("Corey Heim", number="5", make=None)], {}, ("5", None, None)),
}


@pytest.mark.parametrize("what", LATER)
def test_the_team_of_the_truck_is_the_latest_that_is_known(what: str) -> None:
    order, absent, expected = LATER[what]
    first = Row("Corey Heim", number="11", make="Toyota", team="TRICON")
    season = make_season(2025, [[first], [*order, "Ty Majeski"]], absent=absent)
    found = known(season, "corey-heim")
    assert (found.number, found.make, found.team) == expected


def test_what_is_counted() -> None:
    orders = [
        [Row("Corey Heim", start=3, laps=100, led=60, stages=(1, 4))],
        [*"ABCDEF", Row("Corey Heim", start=5, laps=90, status="crash")],
        [*"ABCDEFGHIJK", Row("Corey Heim", laps=80, led=2)],
    ]
    found = known(make_season(2025, orders), "corey-heim")
    assert (found.starts, found.wins, found.top_fives, found.top_tens) == (3, 1, 1, 2)
    assert (found.laps, found.laps_led, found.dnfs, found.stage_wins, found.best_finish) == (270, 62, 1, 1, 1)
    assert found.average_start == 4.0
    assert found.average_finish == pytest.approx(20 / 3)


@pytest.mark.parametrize(
    ("row", "dnfs", "disqualifications"),
    [
        (Row("Corey Heim"), 0, 0),
        (Row("Corey Heim", status="engine"), 1, 0),
        (Row("Corey Heim", disqualified=True), 0, 1),
        (Row("Corey Heim", status="disqualified", disqualified=True), 0, 1),
    ],
)
def test_a_disqualification_is_no_dnf(row: Row, dnfs: int, disqualifications: int) -> None:
    found = known(make_season(2025, [["A", "B", row]]), "corey-heim")
    assert (found.dnfs, found.disqualifications, found.starts, found.average_finish) == (dnfs, disqualifications, 1, 3)


@pytest.mark.parametrize(
    ("on_pole", "poles", "poles_known"),
    [((None, None), None, 0), (("corey-heim", None), 1, 1), (("corey-heim", "ty-majeski"), 1, 2), (("x", "x"), 0, 2)],
)
def test_poles_count_where_they_are_on_record(
    on_pole: tuple[str | None, ...], poles: int | None, poles_known: int
) -> None:
    outcomes = {number: Outcome(pole=key) for number, key in enumerate(on_pole, 1)}
    found = known(make_season(2025, [["Corey Heim"], ["Corey Heim"]], outcomes=outcomes), "corey-heim")
    assert (found.poles, found.poles_known, found.races) == (poles, poles_known, 2)


def test_stage_wins_count_where_they_are_on_record() -> None:
    outcomes = {2: Outcome(stage_winners=("corey-heim", None)), 3: Outcome(stage_winners=("corey-heim", "a"))}
    found = known(make_season(2025, [["Corey Heim"]] * 3, outcomes=outcomes), "corey-heim")
    assert (found.stage_wins, found.races) == (2, 3)


def test_last_five_are_newest_first() -> None:
    season = make_season(2025, [["Corey Heim"]] * 7, upcoming=2)
    assert [line.race.round for line in known(season, "corey-heim").last_five] == [7, 6, 5, 4, 3]
    assert [line.race.round for line in ComputedSeason(season).races_of("corey-heim")] == [1, 2, 3, 4, 5, 6, 7]


def test_points_and_position_are_the_tables() -> None:
    season = make_season(2025, [["Corey Heim", "Ty Majeski"], ["Ty Majeski", "Layne Riggs"]])
    assert [
        (known(season, line.driver).position, known(season, line.driver).points) for line in points_table(season)
    ] == [
        (1, 75),
        (2, 40),
        (3, 35),
    ]


def test_a_winner_who_scores_elsewhere_keeps_his_win() -> None:
    found = known(make_season(2025, [[Row("Kyle Busch", eligible=False), "Corey Heim"]]), "kyle-busch")
    assert (found.wins, found.points, found.position, found.eligible) == (1, 0, None, False)


def test_who_once_scored_here_is_eligible_though_his_last_start_paid_nothing() -> None:
    orders: list[Order] = [["Brenden Queen"], [Row("Brenden Queen", eligible=False)]]
    found = known(make_season(2025, orders), "brenden-queen")
    assert (found.eligible, found.position, found.points) == (True, 1, 40)


def test_only_declared_contenders_are_rookies() -> None:
    season = make_season(2025, [["Gio Ruggiero", Row("Ben Maier", rookie=True)]], rookies=("gio-ruggiero",))
    assert (known(season, "gio-ruggiero").rookie, known(season, "ben-maier").rookie) == (True, False)


def test_the_champion_is_the_stated_one() -> None:
    season = make_season(2024, [["Christian Eckes", "Ty Majeski"]], champion="ty-majeski")
    assert (known(season, "ty-majeski").champion, known(season, "christian-eckes").champion) == (True, False)


def test_head_to_head_counts_shared_starts_only() -> None:
    orders: list[Order] = [
        [Row("Corey Heim", start=2), Row("Ty Majeski", start=1)],
        ["Corey Heim"],
        [Row("Ty Majeski", start=4), "Corey Heim"],
        ["Corey Heim", "Ty Majeski"],
    ]
    duel = head_to_head(ComputedSeason(make_season(2025, orders)), "corey-heim", "ty-majeski")
    assert (duel.shared_starts, duel.ahead_a, duel.ahead_b) == (3, 2, 1)
    assert [(pair.race.round, pair.ahead) for pair in duel.pairs] == [
        (1, "corey-heim"),
        (3, "ty-majeski"),
        (4, "corey-heim"),
    ]


@given(drawn_seasons())
def test_head_to_head_turned_round_says_the_same(season: Season) -> None:
    a, b = (name.lower().replace(" ", "-") for name in NAMES[:2])
    computed = ComputedSeason(season)
    one, other = head_to_head(computed, a, b), head_to_head(computed, b, a)
    assert (one.ahead_a, one.ahead_b) == (other.ahead_b, other.ahead_a)
    assert one.ahead_a + one.ahead_b == one.shared_starts


@given(drawn_seasons())
def test_records_of_all_drivers_add_up_to_the_races(season: Season) -> None:
    found = [line for key in season.drivers if (line := record(ComputedSeason(season), key))]
    assert sum(line.wins for line in found) == len(season.run)
    assert sum(line.starts for line in found) == sum(map(len, season.results.values()))
    assert sum(line.points for line in found) == sum(line.points for line in points_table(season))


@given(drawn_seasons())
def test_the_table_and_the_record_agree(season: Season) -> None:
    for line in points_table(season):
        found = known(season, line.driver)
        assert (found.wins, found.starts, found.stage_wins, found.laps_led, found.average_finish, found.number) == (
            line.wins,
            line.starts,
            line.stage_wins,
            line.led,
            line.average_finish,
            line.number,
        )


# --- the seasons that come with the program


def test_the_champions_season() -> None:
    found = known(bundled_season(2025), "corey-heim")
    assert (found.starts, found.wins, found.champion, found.number, found.make) == (25, 12, True, "11", "Toyota")
    assert [line.result.finish for line in found.last_five] == [1, 1, 2, 1, 1]


def test_heim_beat_majeski_21_times_in_25() -> None:
    duel = head_to_head(ComputedSeason(bundled_season(2025)), "corey-heim", "ty-majeski")
    assert (duel.shared_starts, duel.ahead_a, duel.ahead_b) == (25, 21, 4)
