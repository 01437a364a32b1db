"""A race made up later counts when it was run: what is latest, before, through and next goes by the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.championship.computed_season import ComputedSeason
from bot.championship.driver_record import record
from bot.championship.table import points_table
from bot.finder.drivers_in_season import Presence
from bot.questions.core import ResultsQuestion
from bot.questions.recaps import RecapQuestion
from bot.recaps.context import RecapContext
from bot.recaps.facts import facts_of
from bot.recaps.recap import generate
from bot.render.blocks import freshness, last_held, missing
from bot.render.recap import recap_card
from bot.render.results import results
from bot.seasons.as_of import AsOfKeeper
from db.models import Race, Season
from tests.bot.render.reading import buttons
from tests.seasons import Row, make_race, make_season

DAYS = {1: date(2025, 6, 21), 2: date(2025, 6, 19), 3: date(2025, 6, 28), 4: date(2025, 7, 5)}
"""Round 1 is run after round 2."""
MADE_UP = make_season(
    2025,
    [
        [Row("Ty Majeski", number="81", points=55), Row("Corey Heim", number="82"), Row("Layne Riggs", number="83")],
        [Row("Layne Riggs", number="11", points=55), Row("Corey Heim", number="12"), Row("Ty Majeski", number="13")],
    ],
    upcoming=2,
    races={
        number: {"date": day, "start": datetime(day.year, day.month, day.day, 17, tzinfo=UTC)}
        for number, day in DAYS.items()
    },
)
AFTER = datetime(2025, 6, 22, tzinfo=UTC)
BETWEEN = datetime(2025, 6, 20, tzinfo=UTC)


def race(number: int, season: Season = MADE_UP) -> Race:
    found = season.race(number)
    assert found is not None
    return found


def rounds(season: Season) -> list[int]:
    return [each.round for each in season.run]


def test_races_run_and_the_latest_of_them() -> None:
    assert rounds(MADE_UP) == [2, 1]
    assert MADE_UP.latest is race(1)
    assert rounds(MADE_UP.as_of(BETWEEN)) == [2]
    assert MADE_UP.next_race(BETWEEN) is race(1)
    assert MADE_UP.next_race(AFTER) is race(3)
    assert [each.round for each in MADE_UP.races] == [1, 2, 3, 4]


@pytest.mark.parametrize(("number", "through", "before"), [(2, [2], []), (1, [2, 1], [2]), (3, [2, 1], [2, 1])])
def test_a_season_through_a_race_and_before_it(number: int, through: list[int], before: list[int]) -> None:
    assert rounds(MADE_UP.through(number)) == through
    assert rounds(MADE_UP.before(number)) == before
    facts = facts_of((MADE_UP,), race(number))
    assert (rounds(facts.season), rounds(facts.before)) == (through, before)


def test_a_round_that_is_not_there_has_no_state() -> None:
    for state in (MADE_UP.through, MADE_UP.before):
        with pytest.raises(LookupError, match="2025 has no race 9"):
            state(9)


def test_a_race_of_the_same_day_goes_by_its_start_and_then_by_its_round() -> None:
    day = date(2025, 6, 21)
    late, early = (
        make_race(2025, n, date=day, start=datetime(2025, 6, 21, h, tzinfo=UTC)) for n, h in ((1, 22), (2, 17))
    )
    bare = [make_race(2025, n, date=day + timedelta(days=1), start=None) for n in (4, 3)]
    season = Season(2025, (late, early, *bare[::-1]))
    assert sorted(season.order, key=season.order.__getitem__) == [2, 1, 3, 4]


def test_the_points_table_changes_with_the_race_run_last_and_shows_its_trucks() -> None:
    table = {line.driver: line for line in points_table(MADE_UP)}
    assert table["ty-majeski"].points == table["layne-riggs"].points == 89
    # Riggs was first when only round 2 was run; of equals the one with the earlier best finish is ahead.
    assert (table["layne-riggs"].position, table["layne-riggs"].change) == (1, 0)
    assert (table["ty-majeski"].position, table["ty-majeski"].change) == (2, 1)
    assert [table[key].number for key in ("ty-majeski", "corey-heim", "layne-riggs")] == ["81", "82", "83"]


def test_a_drivers_races_and_truck_are_the_latest_by_day() -> None:
    found = record(ComputedSeason(MADE_UP), "ty-majeski")
    assert found is not None
    assert (found.number, [line.race.round for line in found.last_five]) == ("81", [1, 2])
    assert Presence.of(MADE_UP).numbers["ty-majeski"] == "81"


def test_an_entry_that_did_not_race_counts_by_its_day_too() -> None:
    absent = {2: MADE_UP.results[2][0].entry}
    only = make_season(
        2025,
        [["Layne Riggs", "Ty Majeski"], ["Ty Majeski"]],
        races={1: {"date": DAYS[1], "start": None}, 2: {"date": DAYS[2], "start": None}},
        absent={2: [Row("Layne Riggs", number="99")]},
    )
    assert absent[2].driver == "layne-riggs"
    (number,) = {line.number for line in points_table(only) if line.driver == "layne-riggs"}
    assert number == "1"
    found = record(ComputedSeason(only), "layne-riggs")
    assert found is not None
    assert found.number == "1"


@pytest.mark.parametrize(("number", "beside"), [(2, {"Race 1"}), (1, {"Race 2"})])
def test_results_and_recap_lead_to_the_races_run_before_and_after(number: int, beside: set[str]) -> None:
    seen = buttons(results(MADE_UP, race(number), ResultsQuestion(2025, number), AFTER))
    assert {label for label in seen if label.startswith("Race ")} == beside
    recap = generate(facts_of((MADE_UP,), race(number)))
    as_of = AsOfKeeper().at(AFTER, (MADE_UP,))
    shown = buttons(
        recap_card(as_of.recap(race(number), (), {}), ComputedSeason(MADE_UP), RecapQuestion(2025, number), AFTER)
    )
    assert recap is not None
    assert {label for label in shown if label.startswith("Race ")} == beside
    assert ("Next race" in shown) == (number == 1)


def test_the_recap_of_a_race_made_up_counts_what_was_run_before_it() -> None:
    first, made_up = (RecapContext(facts_of((MADE_UP,), race(number))) for number in (2, 1))
    assert (first.position, made_up.position) == (0, 1)
    assert (first.whole, made_up.whole) == (True, True)
    assert [line.driver for line in first.table] == ["layne-riggs", "corey-heim", "ty-majeski"]
    assert {line.driver: line.points for line in made_up.table_before} == {
        "layne-riggs": 55,
        "corey-heim": 35,
        "ty-majeski": 34,
    }


def test_what_is_missing_comes_later_or_before_by_day() -> None:
    only_first = make_season(
        2025,
        [["Corey Heim", "Ty Majeski"]],
        upcoming=3,
        races={number: {"date": day, "start": None} for number, day in DAYS.items()},
    )
    assert [each.round for each in missing(only_first, AFTER)] == [2]
    assert last_held(only_first, AFTER) is None
    assert "no results for race 2" in freshness(only_first, AFTER)
    later = datetime(2025, 6, 30, tzinfo=UTC)
    assert last_held(only_first, later) is race(1, only_first)
    assert "1 later race should be over" in freshness(only_first, later)


def test_partial_results_are_known_from_the_start_of_their_race_and_only_then() -> None:
    start = race(3).start
    assert start is not None
    held = make_season(2025, [["Corey Heim", "Ty Majeski"]], upcoming=1)
    first = race(2, held)
    partial = Season(2025, held.races, held.results, drivers=held.drivers, partial={2: held.results[1]})
    keeper = AsOfKeeper()
    moments = [first.begins + timedelta(seconds=s) for s in (-1, 0, 3600)]
    known = [keeper.at(moment, (partial,)).seasons[0] for moment in moments]
    assert [set(each.partial) for each in known] == [set(), {2}, {2}]
    assert known[1] is known[2]
    assert keeper.at(first.over_at, (partial,)).next_race() is None
