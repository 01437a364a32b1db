"""What a table of NASCAR's says otherwise than the standings computed here, and what is no difference at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.championship.compared import table_differences
from bot.championship.standings import driver_standings
from db.feeds.models import PublishedPlace
from db.models import Adjustment, Season
from tests.seasons import NAMES, Row, bundled_season, make_season

ORDERS: list[list[str | Row]] = [
    [*NAMES[:8], Row("Guest Driver", eligible=False)],
    [*NAMES[3:8], *NAMES[:3]],
    [Row("Guest Driver", eligible=False), *NAMES[7::-1]],
]
HEAD = "2025 standings after race 3, Gateway 103: NASCAR's table has "
Table = list[PublishedPlace]


def season_of(orders: list[list[str | Row]] | None = None, year: int = 2025, **facts: object) -> Season:
    return make_season(year, orders or ORDERS, tracks=("Daytona", "Darlington", "Gateway"), upcoming=22, **facts)  # type: ignore[arg-type]


def published(season: Season) -> Table:
    """The table as NASCAR would have it, with those who score elsewhere behind it."""
    table = [
        PublishedPlace(
            each.who, season.name_of(each.who), each.position, each.points, each.wins, season.starts[each.who]
        )
        for each in driver_standings(season).standings.places
    ]
    there = {row.driver for row in table}
    guests = [key for key in season.starts if key not in there]
    return table + [
        PublishedPlace(key, season.name_of(key), len(table) + place, 0, 0, season.starts[key])
        for place, key in enumerate(guests, 1)
    ]


def changed(table: Table, at: int, **facts: object) -> Table:
    return [*table[:at], replace(table[at], **facts), *table[at + 1 :]]  # type: ignore[arg-type]


def test_a_table_that_agrees_says_nothing() -> None:
    for season in (season_of(), make_season(2025, [], upcoming=25)):
        assert table_differences(season, published(season)) == []
    assert table_differences(season_of(), []) == []


def test_after_every_race_of_a_season_with_playoffs_it_agrees_with_itself() -> None:
    season = bundled_season(2025)
    for race in season.run:
        known = season.through(race.round)
        assert table_differences(known, published(known)) == []


def test_what_differs_is_told_in_one_line() -> None:
    season = season_of()
    table = published(season)
    first, second = (season.name_of(row.driver or "") for row in table[:2])
    points, wins = table[0].points or 0, table[0].wins or 0
    rows: dict[str, tuple[Table, str]] = {
        "points": (changed(table, 0, points=points - 9), f"{first} {points - 9} points (held: {points})"),
        "wins": (changed(table, 0, wins=wins + 1), f"{first} {wins + 1} win"),
        "a place": (
            [replace(table[1], place=1), replace(table[0], place=2), *table[2:]],
            f"{first} in place 2 (held: 1); {second} in place 1 (held: 2)",
        ),
        "somebody who scores nothing here": (
            changed(table, len(table) - 1, points=20),
            "Guest Driver 20 points (held: none)",
        ),
        "a stranger": ([*table, PublishedPlace(None, "Sam Doe", 90, 12, 0)], "Sam Doe 12 points (held: none)"),
        "somebody who is missing": (table[1:], f"no {first} (held: {points} points)"),
        "a race that is not held": ([replace(row, starts=4) for row in table], "4 races, and results of 3 are held"),
        "another season": (
            [replace(row, points=(row.points or 0) + 500) for row in table],
            "other points for most drivers; it may be another season's",
        ),
        "many things": (
            [replace(row, wins=7) for row in table],
            "7 wins (held: 0); and 4 more",
        ),
    }

    for name, (other, line) in rows.items():
        found = table_differences(season, other)
        assert len(found) == 1, name
        assert found[0].startswith(HEAD), name
        assert line in found[0], (name, found[0])


def test_what_is_known_to_differ_is_no_difference() -> None:
    season = season_of()
    table = published(season)
    leader = table[0].driver or ""
    penalty = (Adjustment(2, leader, points=-25, reason="an engine"),)
    fined = season_of(adjustments=penalty)
    playoffs = bundled_season(2025)
    raw: dict[str, int] = {}
    for rows_of in playoffs.results.values():
        for row in rows_of:
            raw[row.driver] = raw.get(row.driver, 0) + (row.points if row.entry.eligible else 0)
    cases: dict[str, Callable[[], tuple[Season, Table]]] = {
        "a table without a penalty that is held": lambda: (
            fined,
            changed(table, 0, points=(table[0].points or 0) + 25),
        ),
        "the table of the race before": lambda: (season, published(season.through(2))),
        "points without the postseason's reset": lambda: (
            playoffs,
            [replace(row, points=raw[row.driver or ""]) for row in published(playoffs)],
        ),
        "what it does not say": lambda: (season, [replace(r, place=None, wins=None, starts=None) for r in table]),
        "winners who are not put first": lambda: (
            season,
            [
                replace(row, place=place)
                for place, row in enumerate(sorted(table, key=lambda row: (-(row.points or 0), row.place or 0)), 1)
            ],
        ),
    }

    for name, made in cases.items():
        assert table_differences(*made()) == [], name
