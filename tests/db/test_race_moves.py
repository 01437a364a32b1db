"""Coverage belongs to a start: what a race loses when a document moves it, and what cannot be so in one document."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from db.connection import Store
from db.documents.csv_tables import write_csv
from db.documents.importer import import_documents
from db.documents.reader import read_bytes
from db.documents.rows_from_models import season_sections
from db.errors import DocumentError
from db.models import Race, RaceStatus
from db.race_times import contradictions
from tests.db.schedules import NOW, race, races_of, schedule, season_of, take_in

TV = {"kind": "tv", "network": "FS1", "coverage": "2027-06-12T16:30:00Z", "approximate": True}
RADIO = {"kind": "radio", "network": "NRN"}
SESSIONS = [
    {"kind": "practice", "start": "2027-06-11T20:00:00Z"},
    {"kind": "qualifying", "start": "2027-06-12T14:00:00Z"},
    {"kind": "race", "start": "2027-06-12T17:00:00Z"},
]
BARE = race(1, "Alpha 150", "Kansas", "2027-06-12")
ALPHA = BARE | {"broadcasts": [TV, RADIO], "sessions": SESSIONS}
SATURDAY, SUNDAY = "2027-06-12", "2027-06-13"


def moved(day: str = SATURDAY, start: str | None = None, **facts: Any) -> dict[str, Any]:
    """Alpha's row with another date and start, the latter in UTC hours and minutes, and nothing else."""
    row = BARE | {"date": day} | facts
    if start is None:
        del row["start"]
    else:
        row["start"] = f"{day}T{start}:00Z"
    return row


async def alpha(store: Store) -> Race:
    return (await races_of(store))["Alpha 150"]


MOVES: dict[str, dict[str, Any]] = {
    "to another day": moved(SUNDAY, "17:00"),
    "to another day without a start": moved(SUNDAY),
    "to a later hour": moved(SATURDAY, "21:00"),
    "to an earlier hour, past its coverage": moved(SATURDAY, "15:00"),
    "postponed to another day": moved(SUNDAY, "17:00", status="postponed"),
    "back by a week": moved("2027-06-05", "17:00"),
}


@pytest.mark.parametrize("what", MOVES)
async def test_a_race_that_moves_forgets_coverage_and_sessions(empty_store: Store, what: str) -> None:
    await take_in(empty_store, schedule(ALPHA))
    for _ in range(2):
        await take_in(empty_store, schedule(MOVES[what]))
        after = await alpha(empty_store)
        assert [(each.network, each.coverage, each.approximate) for each in after.broadcasts] == [
            ("FS1", None, False),
            ("NRN", None, False),
        ]
        assert (after.sessions, after.coverage) == ((), None)
        assert after.date.isoformat() == MOVES[what]["date"]
        assert list(contradictions(after)) == []


async def test_a_date_alone_takes_the_start_with_it(empty_store: Store) -> None:
    await take_in(empty_store, schedule(ALPHA))
    await take_in(empty_store, schedule(moved(SUNDAY)))
    assert (await alpha(empty_store)).start is None


@pytest.mark.parametrize("start", ["16:45", "17:00", "17:30"])
async def test_a_start_listed_more_exactly_keeps_coverage_before_it(empty_store: Store, start: str) -> None:
    await take_in(empty_store, schedule(ALPHA))
    await take_in(empty_store, schedule(moved(SATURDAY, start)))
    after = await alpha(empty_store)
    assert after.coverage is not None
    assert (after.coverage.coverage, len(after.sessions)) == (datetime.fromisoformat(str(TV["coverage"])), 3)


async def test_a_start_some_minutes_before_its_coverage_forgets_that(empty_store: Store) -> None:
    late = TV | {"coverage": "2027-06-12T17:00:00Z"}
    await take_in(empty_store, schedule(ALPHA | {"broadcasts": [late, TV | {"network": "FOX"}]}))
    await take_in(empty_store, schedule(moved(SATURDAY, "16:50")))
    assert [each.coverage is None for each in (await alpha(empty_store)).broadcasts] == [True, False]


async def test_new_coverage_comes_with_the_move(empty_store: Store) -> None:
    await take_in(empty_store, schedule(ALPHA))
    new = TV | {"coverage": "2027-06-13T16:30:00Z"}
    sessions = [{"kind": "race", "start": "2027-06-13T17:00:00Z"}]
    await take_in(empty_store, schedule(moved(SUNDAY, "17:00", broadcasts=[new], sessions=sessions)))
    after = await alpha(empty_store)
    assert [each.coverage for each in after.broadcasts] == [datetime.fromisoformat("2027-06-13T16:30:00Z")]
    assert [each.start for each in after.sessions] == [after.start]


async def test_other_facts_of_a_race_that_moves_stay(empty_store: Store) -> None:
    await take_in(empty_store, schedule(ALPHA | {"laps": 134, "stages": [30, 30, 74], "aliases": ["The Alpha"]}))
    await take_in(empty_store, schedule(moved(SUNDAY, "17:00")))
    after = await alpha(empty_store)
    assert (after.scheduled_laps, after.stage_laps, after.aliases) == (134, (30, 30, 74), ("The Alpha",))


async def test_what_moves_nothing_forgets_nothing(empty_store: Store) -> None:
    await take_in(empty_store, schedule(ALPHA))
    before = await alpha(empty_store)
    await take_in(empty_store, schedule(BARE | {"laps": 134, "status": "postponed"}))
    after = await alpha(empty_store)
    assert (after.broadcasts, after.sessions, after.status) == (
        before.broadcasts,
        before.sessions,
        RaceStatus.POSTPONED,
    )


async def test_a_schedule_as_csv_of_which_the_date_was_edited_moves_the_race(empty_store: Store) -> None:
    """It still has the coverage and the sessions of the day before."""
    await take_in(empty_store, schedule(ALPHA))
    season = await season_of(empty_store)
    text = write_csv("races", season_sections(season)["races"], 2027)
    edited = text.replace("2027-06-12,2027-06-12T17", "2027-06-13,2027-06-13T17")
    assert edited != text
    assert "2027-06-12T16:30:00Z" in edited
    document = read_bytes(edited.encode(), "schedule.csv")
    await import_documents(empty_store, [document], NOW)
    after = await alpha(empty_store)
    assert (after.date.isoformat(), after.coverage, after.sessions) == (SUNDAY, None, ())
    again = await import_documents(empty_store, [document], NOW)
    assert again.sections["races"].changed == 0


async def test_a_race_that_moves_back_can_have_its_coverage_back(empty_store: Store) -> None:
    await take_in(empty_store, schedule(ALPHA))
    await take_in(empty_store, schedule(moved(SUNDAY, "17:00")))
    await take_in(empty_store, schedule(ALPHA))
    after = await alpha(empty_store)
    assert after.coverage is not None
    assert len(after.sessions) == 3


async def test_the_flag_of_another_day_is_no_longer_the_races(empty_store: Store) -> None:
    await take_in(empty_store, schedule(ALPHA | {"green_flag": "2027-06-12T17:12:00Z"}))
    await take_in(empty_store, schedule(moved(SATURDAY, "17:05")))
    assert (await alpha(empty_store)).green_flag is not None
    await take_in(empty_store, schedule(moved(SUNDAY, "17:00")))
    assert (await alpha(empty_store)).green_flag is None


def with_coverage(moment: str) -> dict[str, Any]:
    return BARE | {"broadcasts": [RADIO, TV | {"coverage": moment}]}


CONTRADICTIONS: dict[str, tuple[dict[str, Any], str, str]] = {
    "coverage after the start": (
        with_coverage("2027-06-12T17:01:00Z"),
        "broadcasts.1.coverage",
        "of FS1 is at 13:01 Eastern, after the start at 13:00",
    ),
    "coverage after the flag": (
        with_coverage("2027-06-12T17:00:00Z") | {"green_flag": "2027-06-12T16:55:00Z"},
        "broadcasts.1.coverage",
        "after the green flag at 12:55",
    ),
    "coverage the day before": (
        with_coverage("2027-06-12T03:00:00Z"),
        "broadcasts.1.coverage",
        "of FS1 is on 2027-06-11 Eastern, the race on 2027-06-12",
    ),
    "coverage of a race without a start": (
        {name: value for name, value in with_coverage("2027-06-14T17:00:00Z").items() if name != "start"},
        "broadcasts.1.coverage",
        "is on 2027-06-14 Eastern",
    ),
    "start and date a week apart": (
        BARE | {"start": "2027-06-19T17:00:00Z"},
        "start",
        "is on 2027-06-19 Eastern, the date is 2027-06-12; give the start of that day, or none",
    ),
    "a start that is on the next day in UTC alone": (
        BARE | {"start": "2027-06-12T03:00:00Z"},
        "start",
        "is on 2027-06-11",
    ),
    "the flag of another day": (
        BARE | {"green_flag": "2027-06-11T17:00:00Z"},
        "green_flag",
        "is on 2027-06-11 Eastern",
    ),
    "practice after the start": (
        BARE | {"sessions": [{"kind": "practice", "start": "2027-06-12T18:00:00Z"}]},
        "sessions.0.start",
        "of practice is at 2027-06-12 14:00 Eastern, after the race's start",
    ),
    "the race itself at two times": (
        BARE | {"sessions": [{"kind": "race", "start": "2027-06-12T18:00:00Z"}]},
        "sessions.0.start",
        "of race is at 2027-06-12 14:00, the start at 2027-06-12 13:00 Eastern",
    ),
}


@pytest.mark.parametrize("stored", [None, BARE, ALPHA], ids=["new", "stored", "stored with coverage"])
@pytest.mark.parametrize("what", CONTRADICTIONS)
async def test_what_contradicts_itself_is_refused(empty_store: Store, what: str, stored: dict[str, Any] | None) -> None:
    row, field, words = CONTRADICTIONS[what]
    await take_in(empty_store, schedule(*([stored] if stored else [])))
    before = (await season_of(empty_store)).races
    with pytest.raises(DocumentError) as caught:
        await take_in(empty_store, schedule(row))
    assert words in str(caught.value)
    assert (caught.value.file, caught.value.field) == ("1.json", field)
    assert caught.value.line is not None
    assert "\n" not in str(caught.value)
    assert (await season_of(empty_store)).races == before


@pytest.mark.parametrize("moment", ["2027-06-12T17:00:00Z", "2027-06-12T04:00:00Z"])
async def test_coverage_of_the_day_up_to_the_start_is_fine(empty_store: Store, moment: str) -> None:
    await take_in(empty_store, schedule(with_coverage(moment)))
    assert (await alpha(empty_store)).coverage is not None


async def test_a_race_that_starts_before_midnight_eastern_is_on_that_day(empty_store: Store) -> None:
    await take_in(empty_store, schedule(BARE | {"start": "2027-06-13T02:00:00Z", "green_flag": "2027-06-13T04:20:00Z"}))
    race = await alpha(empty_store)
    assert list(contradictions(race)) == []
    assert [field for field, _ in contradictions(replace(race, date=race.date.replace(day=13)))] == ["start"]
