"""The line in the member list, and ticks that fail without taking the others along."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.background import presence
from tests.seasons import bundled_season


def test_the_presence_says_what_is_next_in_eastern_time() -> None:
    race = bundled_season(2025).race(23)
    assert race is not None
    assert presence(race) == "Next: Talladega, Fri Oct 17, 4 PM ET"
    assert presence(replace(race, start=datetime(2025, 10, 17, 23, 45, tzinfo=UTC))).endswith("7:45 PM ET")
    assert presence(replace(race, start=None)) == "Next: Talladega, Fri Oct 17"


def test_a_presence_fits_for_every_race_held() -> None:
    for year in (2023, 2024, 2025, 2026):
        for race in bundled_season(year).races:
            assert len(presence(race)) <= 128
