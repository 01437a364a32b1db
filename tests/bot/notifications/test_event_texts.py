"""What a race's scheduled event says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.notifications.scheduled_events import (
    MOST_DESCRIPTION,
    MOST_LOCATION,
    MOST_NAME,
    RaceEvent,
    event_mark,
    race_event,
)
from db.models import Broadcast, BroadcastKind, Race, RaceStatus, Season
from tests.bot.render.test_limits import ODD
from tests.seasons import bundled_season, make_race, make_track

SIGNS = "aZ é日\u0301\u202e*_~|`<>[]()#@\n.-"
NOW = datetime(2025, 10, 18, 12, tzinfo=UTC)
TALLADEGA = 23
START = datetime(2025, 10, 17, 20, tzinfo=UTC)


def known() -> Season:
    return bundled_season(2025).as_of(NOW)


def talladega() -> Race:
    race = known().race(TALLADEGA)
    assert race is not None
    return race


def test_an_event_says_when_coverage_starts_and_where_to_see_it() -> None:
    event = race_event(known(), talladega())
    assert event is not None
    assert (event.name, event.start) == ("Love's RV Stop 225 · Talladega", START)
    assert event.end == START + timedelta(hours=3)
    assert event.location == "FOX Sports 1 (FS1) · Talladega Superspeedway"
    first, tv, *_, last = event.description.splitlines()
    assert first == "Coverage starts Friday, Oct 17, about 4 p.m. Eastern."
    assert tv == "TV: FOX Sports 1 (FS1), from about 4 p.m. Eastern"
    assert last == event_mark(talladega().id)


def race(**facts: object) -> Race:
    return make_race(2025, TALLADEGA, **{"track": "Talladega", "start": START, **facts})  # type: ignore[arg-type]


def begins(**facts: object) -> str:
    event = race_event(Season(2025, (race(**facts),)), race(**facts))
    assert event is not None
    return event.description.splitlines()[0]


def test_an_event_tells_coverage_from_the_race() -> None:
    on = Broadcast(BroadcastKind.TV, "FS1", START - timedelta(minutes=30))
    assert begins() == "The race is listed for Friday, Oct 17, 4 p.m. Eastern; when coverage starts is not known."
    assert begins(broadcasts=(on,)) == (
        "Coverage starts Friday, Oct 17, 3:30 p.m. Eastern; race listed for 4 p.m. Eastern."
    )
    assert begins(broadcasts=(on,), green_flag=START + timedelta(minutes=12)) == (
        "Coverage starts Friday, Oct 17, 3:30 p.m. Eastern; green flag 4:12 p.m. Eastern."
    )


def test_an_event_ends_when_the_race_is_over_whatever_the_store_knows_of_that() -> None:
    for facts in ({}, {"status": RaceStatus.POSTPONED}, {"results_at": START - timedelta(hours=2)}):
        one = race(**facts)
        event = race_event(Season(2025, (one,)), one)
        assert event is not None
        assert event.end == START + timedelta(hours=3)


@pytest.mark.parametrize("facts", [{"status": RaceStatus.CANCELLED}, {"start": None}])
def test_what_is_off_or_has_no_time_has_no_event(facts: dict[str, object]) -> None:
    assert race_event(Season(2025, ()), race(**facts)) is None


@given(st.lists(st.text(alphabet=SIGNS, min_size=1, max_size=300) | st.sampled_from(ODD), min_size=4, max_size=4))
def test_an_event_is_plain_text_that_discord_takes(words: list[str]) -> None:
    name, track, network, city = words
    shown = [Broadcast(kind, network + str(i), START) for kind in BroadcastKind for i in range(9)]
    one = race(name=name, track=make_track(f"T{track}", city=city), broadcasts=tuple(shown))
    event = race_event(Season(2025, (one,)), one)
    assert event is not None
    limits = ((event.name, MOST_NAME), (event.location, MOST_LOCATION), (event.description, MOST_DESCRIPTION))
    for said, most in limits:
        assert 1 <= len(said.strip()) <= len(said) <= most
        assert not set(said) & set("*_~|`<>[]#\\")
    assert event.description.endswith(event_mark(one.id))
    assert RaceEvent.of(json.loads(json.dumps(event.detail))) == event
