"""When what is asked for: a table of moments around a race, and whole years lived through by a clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.planning import (
    DAILY,
    HOURLY,
    OFTEN,
    is_due,
    list_every,
    races_due,
    table_every,
    weekend_every,
    years_to_list,
)
from db.feeds.models import FeedDocument
from db.models import EASTERN, Race, RaceStatus, Season, Session, SessionKind
from db.results_state import ResultsState
from tests.seasons import make_season

GREEN = datetime(2025, 10, 17, 20, tzinfo=UTC)
"""Friday, 4 p.m. Eastern."""
QUALIFYING = GREEN - timedelta(hours=25)
SATURDAY = GREEN + timedelta(hours=20)


def season_with(
    *, results_at: datetime | None = None, state: ResultsState | None = None, status: RaceStatus = RaceStatus.SCHEDULED
) -> Season:
    """A season of one race at that green flag, with results or without."""
    orders = [["Corey Heim", "Ty Majeski"]] if results_at else []
    facts = {1: {"start": GREEN, "date": GREEN.date()}}
    made = make_season(2025, orders, upcoming=0 if results_at else 1, races=facts)
    race = replace(
        made.races[0],
        nascar_id=5504,
        id=1,
        status=status,
        sessions=(Session(SessionKind.QUALIFYING, QUALIFYING),),
        results_at=results_at,
        results_stated=state,
    )
    return replace(made, races=(race,))


def race_of(season: Season) -> Race:
    return season.races[0]


HELD = GREEN + timedelta(hours=2)
UNOFFICIAL = {"results_at": HELD, "state": ResultsState.UNOFFICIAL}
OFFICIAL = {"results_at": HELD, "state": ResultsState.OFFICIAL}
AROUND = {
    "weeks before": (GREEN - timedelta(days=20), {}, None),
    "a week before": (GREEN - timedelta(days=7), {}, None),
    "race week": (GREEN - timedelta(days=5), {}, HOURLY),
    "before qualifying": (QUALIFYING - timedelta(minutes=31), {}, HOURLY),
    "around qualifying": (QUALIFYING - timedelta(minutes=29), {}, OFTEN),
    "after qualifying": (QUALIFYING + timedelta(hours=2), {}, HOURLY),
    "the morning of the race": (GREEN - timedelta(hours=6), {}, HOURLY),
    "the race itself": (GREEN + timedelta(hours=1), {}, OFTEN),
    "the night after it": (HELD + timedelta(hours=11, minutes=59), UNOFFICIAL, OFTEN),
    "twelve hours after it": (HELD + timedelta(hours=12), UNOFFICIAL, HOURLY),
    "official the same night": (HELD + timedelta(hours=3), OFFICIAL, OFTEN),
    "official the next day": (HELD + timedelta(hours=13), OFFICIAL, DAILY),
    "penalties on Tuesday": (HELD + timedelta(days=4), OFFICIAL, DAILY),
    "a week after it was official": (HELD + timedelta(days=7), OFFICIAL, None),
    "not official on day five": (HELD + timedelta(days=5), UNOFFICIAL, HOURLY),
    "not official on day seven": (HELD + timedelta(days=7), UNOFFICIAL, DAILY),
    "never declared official": (HELD + timedelta(days=30), UNOFFICIAL, None),
    "no results for weeks": (GREEN + timedelta(days=30), {}, DAILY),
}


@pytest.mark.parametrize("name", AROUND)
def test_how_often_a_weekend_is_asked_for(name: str) -> None:
    now, facts, every = AROUND[name]
    season = season_with(**facts)  # type: ignore[arg-type]
    assert weekend_every(season, race_of(season), None, now) == every


def test_the_week_of_penalties_begins_when_the_results_are_official() -> None:
    season = season_with(results_at=HELD, state=ResultsState.OFFICIAL)
    late = HELD + timedelta(days=5)
    assert weekend_every(season, race_of(season), late, late + timedelta(days=6)) == DAILY
    assert weekend_every(season, race_of(season), late, late + timedelta(days=7)) is None


def test_a_race_is_judged_anew_once_nobody_will_declare_it_official() -> None:
    season = season_with(results_at=HELD, state=ResultsState.UNOFFICIAL)
    (before,) = races_due([season], {}, HELD + timedelta(days=4, hours=23))
    (after,) = races_due([season], {}, HELD + timedelta(days=5))
    assert (before.anew, after.anew) == (False, True)


def test_a_race_off_the_schedule_or_unknown_to_the_feeds_is_left_alone() -> None:
    called_off = season_with(status=RaceStatus.CANCELLED)
    assert list(races_due([called_off], {}, GREEN)) == []
    unknown = season_with()
    unknown = replace(unknown, races=(replace(race_of(unknown), nascar_id=None),))
    assert list(races_due([unknown], {}, GREEN)) == []


def test_a_postponed_race_is_looked_for_on_its_day() -> None:
    season = season_with(status=RaceStatus.POSTPONED)
    assert weekend_every(season, race_of(season), None, GREEN + timedelta(hours=8)) == OFTEN
    assert list_every(season, GREEN + timedelta(hours=8)) == OFTEN


def test_the_list_is_daily_out_of_season_and_hourly_in_race_week() -> None:
    season = season_with()
    assert list_every(None, GREEN) == DAILY
    assert list_every(season, GREEN - timedelta(days=30)) == DAILY
    assert list_every(season, GREEN - timedelta(days=3)) == HOURLY
    assert list_every(season, GREEN) == OFTEN


TABLE = {
    "the race itself": (GREEN + timedelta(hours=1), {}, None),
    "the night after it": (HELD + timedelta(hours=1), UNOFFICIAL, HOURLY),
    "until it is official": (HELD + timedelta(days=2), UNOFFICIAL, HOURLY),
    "penalties on Tuesday": (HELD + timedelta(days=4), OFFICIAL, DAILY),
    "a week after it was official": (HELD + timedelta(days=7), OFFICIAL, None),
}


@pytest.mark.parametrize("name", TABLE)
def test_how_often_nascars_table_is_compared(name: str) -> None:
    now, facts, every = TABLE[name]
    assert table_every(season_with(**facts), {}, now) == every  # type: ignore[arg-type]


YEARS = {
    "in season": (datetime(2025, 6, 1, tzinfo=UTC), [2025]),
    "its last race ahead, the next schedule may come": (datetime(2025, 10, 1, tzinfo=UTC), [2025, 2026]),
    "the season is over": (datetime(2025, 12, 20, tzinfo=UTC), [2025, 2026]),
    "New Year's Eve in New York": (datetime(2025, 12, 31, 23, tzinfo=EASTERN), [2025, 2026]),
    "the new year": (datetime(2026, 1, 1, 1, tzinfo=EASTERN), [2025, 2026]),
    "a program that is a year old": (datetime(2026, 11, 20, tzinfo=UTC), [2025, 2026, 2027]),
}


@pytest.mark.parametrize("name", YEARS)
def test_which_seasons_are_listed(name: str) -> None:
    now, years = YEARS[name]
    assert years_to_list([season_with()], now) == years


def test_a_season_that_is_over_is_not_listed_any_more() -> None:
    assert years_to_list([season_with(results_at=HELD)], datetime(2026, 3, 1, tzinfo=UTC)) == [2026]
    assert years_to_list([], datetime(2026, 3, 1, tzinfo=UTC)) == [2026]


def test_old_gaps_make_nobody_ask_for_old_seasons() -> None:
    assert years_to_list([season_with()], datetime(2032, 3, 1, tzinfo=UTC))[0] == 2030


def known(asked_at: datetime) -> FeedDocument:
    return FeedDocument("a.json", 2025, asked_at)


def test_what_was_never_asked_for_is_due_and_a_clock_set_back_delays_nothing() -> None:
    assert is_due(None, DAILY, GREEN)
    assert not is_due(known(GREEN), OFTEN, GREEN + timedelta(minutes=9))
    assert is_due(known(GREEN), OFTEN, GREEN + timedelta(minutes=10))
    assert is_due(known(GREEN + timedelta(days=3)), DAILY, GREEN)


@given(minutes=st.integers(0, 40 * 24 * 60), state=st.sampled_from([{}, UNOFFICIAL, OFFICIAL]))
def test_nobody_asks_more_often_than_every_ten_minutes(minutes: int, state: dict[str, object]) -> None:
    season = season_with(**state)  # type: ignore[arg-type]
    every = weekend_every(season, race_of(season), None, GREEN - timedelta(days=10) + timedelta(minutes=minutes))
    assert every is None or every >= OFTEN


def test_the_budget_of_a_race_week() -> None:
    """What docs/feeds.md promises, lived through minute by minute."""
    asked: Counter[str] = Counter()
    last: dict[str, FeedDocument] = {}
    now = GREEN - timedelta(days=7)
    while now < GREEN + timedelta(days=14):
        held: dict[str, object] = {}
        if now >= HELD:
            held = dict(OFFICIAL if now >= HELD + timedelta(hours=20) else UNOFFICIAL)
        season = season_with(**held)  # type: ignore[arg-type]
        every = {"list": list_every(season, now), "weekend": weekend_every(season, race_of(season), None, now)}
        every["table"] = table_every(season, {}, now)
        for name, often in every.items():
            if often is not None and is_due(last.get(name), often, now):
                asked[name] += 1
                last[name] = known(now)
        now += timedelta(minutes=1)
    assert asked["list"] < 300
    assert asked["weekend"] < 300
    assert asked["table"] < 40
