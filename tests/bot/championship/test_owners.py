"""The owner standings of the bundled seasons beside the official ones, as far as those are known."""

from __future__ import annotations

from bot.championship.standings import owner_standings
from tests.seasons import bundled_season


def test_the_owners_of_2025_are_those_of_the_official_table() -> None:
    held = owner_standings(bundled_season(2025)).standings
    places = {number: held.place(number) for number in ("7", "9", "07")}
    assert {number: (each.position, each.points) for number, each in places.items() if each} == {
        "7": (7, 2215),
        "9": (8, 2197),
        "07": (11, 726),
    }
    field = held.phases[0].advanced
    assert len(field) == 10
    assert {"7", "9"} <= set(field)
    assert "07" not in field
    assert [each.wins for number in ("7", "07") if (each := held.place(number))] == [2, 1]


def test_a_part_time_truck_has_no_place_in_the_owners_field_for_a_win_that_counts_for_nothing() -> None:
    assert not {"7", "66"} & set(owner_standings(bundled_season(2023)).standings.phases[0].advanced)


def test_the_no_7_was_eighth_among_the_owners_of_2024() -> None:
    place = owner_standings(bundled_season(2024)).standings.place("7")
    assert place is not None
    assert place.position == 8


def test_the_four_owners_in_the_final_of_2025() -> None:
    held = owner_standings(bundled_season(2025)).standings
    assert [place.who for place in held.places[:4]] == ["11", "98", "52", "34"]
    assert set(held.phases[-1].entered) == {"11", "98", "52", "34"}
    assert held.champion == "11"
