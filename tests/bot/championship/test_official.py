"""The official standings: season points until the playoffs begin, the playoffs' own order and points from then on."""

from __future__ import annotations

import pytest

from bot.championship.computed_season import ComputedSeason
from bot.championship.official import OfficialPlace, official_place, rookies
from tests.seasons import Row, bundled_season, make_season


@pytest.mark.parametrize(
    ("year", "after", "driver", "place"),
    [
        (2025, 25, "ty-majeski", (2, 4035, True, True)),
        (2025, 25, "kaden-honeycutt", (3, 4034, True, True)),
        (2025, 25, "jake-garcia", (10, 2148, True, True)),
        (2025, 23, "gio-ruggiero", (11, 666, True, False)),
        (2025, 16, "stewart-friesen", (13, 397, False, False)),
        (2026, 13, "corey-heim", (12, 274, False, False)),
    ],
)
def test_where_a_driver_stands_officially(
    year: int, after: int, driver: str, place: tuple[int, int, bool, bool]
) -> None:
    assert official_place(ComputedSeason(bundled_season(year).through(after)), driver) == OfficialPlace(*place)


def test_who_scores_elsewhere_has_no_place() -> None:
    computed = ComputedSeason(make_season(2025, [["Corey Heim", Row("Kyle Busch", eligible=False)]], upcoming=9))
    assert official_place(computed, "kyle-busch") is None
    assert official_place(computed, "nobody") is None


def test_a_season_shorter_than_its_playoffs_goes_by_points() -> None:
    computed = ComputedSeason(make_season(2025, [["Corey Heim", "Ty Majeski"], ["Ty Majeski", "Corey Heim"]]))
    assert official_place(computed, "corey-heim") == OfficialPlace(1, 75, reset=False, final=False)


def test_a_rookie_who_won_is_not_ahead_of_one_with_more_points() -> None:
    season = make_season(
        2025,
        [["Jake Garcia", "Corey Heim"], ["Layne Riggs", "Corey Heim"], ["Layne Riggs", "Corey Heim"]],
        upcoming=9,
        rookies=("jake-garcia", "corey-heim"),
    )
    assert [(place.who, official.position) for place, official in rookies(ComputedSeason(season))] == [
        ("corey-heim", 1),
        ("jake-garcia", 3),
    ]
