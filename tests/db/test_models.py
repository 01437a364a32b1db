"""What is known when: a season as of a moment, and the races before and after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import Broadcast, BroadcastKind, Race, RaceStatus, Season, Track
from tests.seasons import bundled_season

TALLADEGA = datetime(2025, 10, 17, 20, tzinfo=UTC)
BARE = Race(season=2025, round=1, name="A", track=Track("a", "A", "A"), date=date(2025, 10, 17))


def test_the_eve_knows_nothing_of_the_day() -> None:
    season = bundled_season(2025).as_of(TALLADEGA - timedelta(hours=23))
    assert season.latest is not None
    assert season.latest.round == 22
    assert max(season.results) == 22
    assert season.champion is None
    assert [race.outcome for race in season.races[22:]] == [None, None, None]
    following = season.next_race(TALLADEGA - timedelta(hours=23))
    assert following is not None
    assert following.round == 23
    assert following.broadcasts


def test_a_race_counts_as_run_three_hours_after_its_start() -> None:
    season = bundled_season(2025)
    during, after = TALLADEGA + timedelta(hours=2, minutes=59), TALLADEGA + timedelta(hours=3)
    assert 23 not in season.as_of(during).results
    assert season.next_race(during) is season.race(23)
    assert season.as_of(after).results[23][0].driver == "gio-ruggiero"
    assert season.next_race(after) is season.race(24)


def test_the_playoff_field_is_known_once_the_regular_season_is_over() -> None:
    season = bundled_season(2025)
    last = season.race(18)
    assert last is not None
    assert season.as_of(last.over_at - timedelta(seconds=1)).playoff_field == ()
    assert len(season.as_of(last.over_at).playoff_field) == 10
    assert season.through(17).playoff_field == ()


def test_the_whole_season_is_handed_back_once_it_is_over() -> None:
    season = bundled_season(2025)
    assert season.as_of(datetime(2026, 1, 1, tzinfo=UTC)) is season
    assert season.through(25) is season
    assert season.champion == "corey-heim"


@given(st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))
def test_nothing_later_is_known(moment: datetime) -> None:
    season = bundled_season(2025).as_of(moment)
    for race in season.races:
        if race.over_at > moment:
            assert race.outcome is None
            assert race.round not in season.results
            assert race.round not in season.absent
        else:
            assert season.results[race.round]
    assert all(adjustment.round in season.results for adjustment in season.adjustments)


def test_a_race_without_a_time_is_over_when_its_day_is_in_the_east() -> None:
    assert BARE.over_at == datetime(2025, 10, 18, 4, tzinfo=UTC)
    assert BARE.begins == datetime(2025, 10, 17, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (timedelta(hours=2, minutes=10), timedelta(hours=2, minutes=10)),
        (timedelta(hours=5), timedelta(hours=5)),
        (timedelta(hours=6), timedelta(hours=3)),
        (timedelta(days=-1), timedelta(hours=3)),
        (timedelta(hours=-2), timedelta(hours=-2)),
        (None, timedelta(hours=6)),
    ],
)
def test_results_stored_on_the_day_of_the_race_are_known_from_then_on(
    stored: timedelta | None, expected: timedelta
) -> None:
    race = replace(BARE, start=TALLADEGA, results_at=None if stored is None else TALLADEGA + stored)
    assert race.over_at == TALLADEGA + expected


def test_a_cancelled_race_is_not_next() -> None:
    later = replace(BARE, round=2, date=date(2025, 10, 24))
    season = Season(2025, (replace(BARE, status=RaceStatus.CANCELLED), later))
    assert season.next_race(datetime(2025, 10, 1, tzinfo=UTC)) is later


def test_a_postponed_race_waits_for_its_new_date_and_the_season_goes_on() -> None:
    rained_out = replace(BARE, start=TALLADEGA, status=RaceStatus.POSTPONED)
    later = replace(BARE, round=2, date=date(2025, 10, 24), start=TALLADEGA + timedelta(days=7))
    season = Season(2025, (rained_out, later))
    assert season.next_race(TALLADEGA - timedelta(hours=1)) is rained_out
    assert season.next_race(TALLADEGA + timedelta(hours=1)) is later
    assert season.next_race(TALLADEGA + timedelta(days=30)) is rained_out
    run = replace(rained_out, results_at=TALLADEGA + timedelta(days=2))
    assert run.over_at == TALLADEGA + timedelta(hours=3)


def test_coverage_is_television_first_and_the_earliest() -> None:
    radio = Broadcast(BroadcastKind.RADIO, "R", TALLADEGA - timedelta(hours=2))
    late = Broadcast(BroadcastKind.TV, "B", TALLADEGA)
    early = Broadcast(BroadcastKind.TV, "A", TALLADEGA - timedelta(hours=1))
    unknown = Broadcast(BroadcastKind.TV, "C")
    assert replace(BARE, broadcasts=(radio, late, early, unknown)).coverage is early
    assert replace(BARE, broadcasts=(radio, unknown)).coverage is radio
    assert replace(BARE, broadcasts=(unknown,)).coverage is None
