"""Results that come in parts, are taken back or name a driver twice: what is stored of them, and what is refused."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from db.connection import Store
from db.documents.importer import Counts, import_documents
from db.documents.json_writer import write_document
from db.documents.reader import read_bytes
from db.documents.rows_from_models import season_header, season_sections
from db.errors import DocumentError
from db.models import OVER_BY_THE_CLOCK, RACE_LENGTH, Race, Season
from db.results_state import ResultsState
from db.snapshots import Snapshots
from tests.db.documents import SMALL, read, small

NOW = datetime(2025, 1, 1, tzinfo=UTC)
STORES = Path(__file__).parent / "stores"
RESULTS: list[dict[str, Any]] = SMALL["results"]
FIRST: dict[str, Any] = SMALL["races"][0]
HELD = datetime(2024, 12, 1, tzinfo=UTC)


def about(**sections: Any) -> dict[str, Any]:
    """A document with these sections and header fields alone, newer than the small season."""
    return {"format": "tailgate/1", "season": 2024, "retrieved": "2024-12-02T00:00:00Z"} | sections


async def take_in(store: Store, *documents: dict[str, Any]) -> Season:
    for document in documents:
        await import_documents(store, [read(document)], NOW)
    season = await Snapshots(store).season(2024)
    assert season is not None
    return season


def first(season: Season) -> Race:
    return season.races[0]


async def stays_the_same(store: Store, season: Season) -> None:
    """What is exported is imported again and changes nothing."""
    text = write_document(season_header(season), season_sections(season))
    report = await import_documents(store, [read_bytes(text.encode(), "again.json")], NOW)
    assert report.total.changed == 0


PARTIAL = {
    "one truck": (FIRST, RESULTS[:1]),
    "a place is missing": (FIRST, [RESULTS[0], RESULTS[1] | {"finish": 3}]),
    "no winner": (FIRST, [RESULTS[0] | {"finish": 3}, RESULTS[1]]),
    "an entry without a result": (FIRST, [*RESULTS[:2], {"round": 1, "number": "02", "driver": "Daniel Suárez"}]),
    "called so": (FIRST | {"results_state": "partial"}, RESULTS),
}


@pytest.mark.parametrize("what", PARTIAL)
async def test_partial_results_are_kept_and_the_race_is_not_over(empty_store: Store, what: str) -> None:
    race, rows = PARTIAL[what]
    season = await take_in(empty_store, small(races=[race, SMALL["races"][1]], results=rows, adjustments=None))
    assert len(season.partial[1]) == sum("finish" in row for row in rows)
    assert season.results_state(1) is ResultsState.PARTIAL
    assert (season.run, season.latest, 1 in season.results) == ((), None, False)
    start = first(season).start
    assert start is not None
    assert first(season).results_at is None
    assert first(season).over_at == start + OVER_BY_THE_CLOCK
    assert season.next_race(start + timedelta(hours=4)) is first(season)
    assert season.as_of(start - timedelta(seconds=1)).partial == {}
    assert season.as_of(start).partial == season.partial
    await stays_the_same(empty_store, season)


async def test_the_rest_makes_them_stand_from_that_moment_on(empty_store: Store) -> None:
    await take_in(empty_store, small(results=RESULTS[:1], adjustments=None))
    season = await take_in(empty_store, about(retrieved="2024-10-04T22:10:00Z", results=RESULTS[1:]))
    assert [row.driver for row in season.results[1]] == ["gio-ruggiero", "corey-heim"]
    assert (season.partial, season.results_state(1)) == ({}, ResultsState.UNOFFICIAL)
    assert first(season).over_at == first(season).results_at == datetime(2024, 10, 4, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize("state", ["official", "unofficial"])
async def test_results_stand_when_a_document_says_so(empty_store: Store, state: str) -> None:
    rows = [*RESULTS[:2], {"round": 1, "number": "02", "driver": "Daniel Suárez"}]
    races = [FIRST | {"results_state": state}, SMALL["races"][1]]
    season = await take_in(empty_store, small(races=races, results=rows, adjustments=None))
    assert season.results_state(1) == state
    assert season.latest is first(season)
    await stays_the_same(empty_store, season)


async def test_a_field_far_below_the_usual_one_is_partial(empty_store: Store) -> None:
    names = [f"Driver {chr(65 + i)}" for i in range(8)]
    drivers = [*SMALL["drivers"], *({"name": name} for name in names)]
    many = [RESULTS[1] | {"finish": i, "driver": name, "number": str(i)} for i, name in enumerate(names, 1)]
    few = [row | {"round": 2} for row in many[:3]]
    season = await take_in(empty_store, small(drivers=drivers, results=[*many, *few], adjustments=None))
    assert (len(season.results[1]), len(season.partial[2])) == (8, 3)
    more = [row | {"round": 2} for row in many[3:6]]
    assert len((await take_in(empty_store, about(results=more))).results[2]) == 6


TAKEN_BACK = {
    "row by row": about(
        results=[
            {"round": 1, "driver": row["driver"], "number": row["number"], "finish": None, "status": None}
            for row in RESULTS[:2]
        ]
    ),
    "by the state none": about(races=[{**FIRST, "outcome": None, "results_state": "none"}]),
    "by a complete document": about(complete=True, races=SMALL["races"], results=[]),
    "by a complete document with other results": about(
        complete=True, races=SMALL["races"], results=[row | {"round": 2} for row in RESULTS]
    ),
}


@pytest.mark.parametrize("how", TAKEN_BACK)
async def test_results_taken_back_make_the_race_as_it_was_before(empty_store: Store, how: str) -> None:
    bare = small(races=[FIRST | {"outcome": None}, SMALL["races"][1]], adjustments=None)
    season = await take_in(empty_store, bare)
    assert (first(season).results_at, len(season.results[1])) == (HELD, 2)
    taken = {**TAKEN_BACK[how]}
    if "races" in taken:
        taken["races"] = [row | {"outcome": None} for row in taken["races"]]
    season = await take_in(empty_store, taken)
    assert (1 in season.results, 1 in season.partial) == (False, False)
    assert (first(season).results_at, first(season).outcome) == (None, None)
    start = first(season).start
    assert start is not None
    assert season.next_race(start + timedelta(hours=1)) is first(season)
    assert season.results_state(1) is ResultsState.NONE
    again = await import_documents(empty_store, [read(taken)], NOW)
    assert again.total.changed == 0
    await stays_the_same(empty_store, season)
    assert (await take_in(empty_store, about(results=RESULTS))).results[1][0].driver == "gio-ruggiero"


async def test_what_ended_with_the_race_goes_with_its_results(empty_store: Store) -> None:
    assert first(await take_in(empty_store, small())).outcome is not None
    season = await take_in(empty_store, TAKEN_BACK["row by row"])
    assert first(season).outcome is None


async def test_an_older_complete_document_takes_nothing_back_and_one_as_new_is_noted(empty_store: Store) -> None:
    await take_in(empty_store, small())
    older = about(complete=True, retrieved="2024-11-01T00:00:00Z", races=SMALL["races"], results=[])
    report = await import_documents(empty_store, [read(older)], NOW)
    assert (report.notes, len((await take_in(empty_store)).results[1])) == ([], 2)
    as_new = older | {"retrieved": SMALL["retrieved"]}
    report = await import_documents(empty_store, [read(as_new)], NOW)
    assert len((await take_in(empty_store)).results[1]) == 2
    assert report.notes[0].startswith(
        "2024 race 1 keeps its results, which are as new as small.json; to take them back"
    )


async def test_the_moment_of_results_that_an_older_program_stored_goes_with_the_next_import(empty_store: Store) -> None:
    season = await take_in(empty_store, small(results=RESULTS[:1], adjustments=None))
    async with empty_store.write() as connection:
        await connection.execute("UPDATE races SET results_at = '2024-10-04T21:00:00Z' WHERE round = 1")
    season = await take_in(empty_store)
    assert first(season).results_at is None
    await take_in(empty_store, about(races=[SMALL["races"][1]]))
    assert [row[0] for row in await empty_store.fetch("SELECT results_at FROM races")] == [None, None]


MISSED = {"round": 1, "number": "02", "driver": "Gio Ruggiero", "note": "did not qualify"}


@pytest.mark.parametrize("turned", [False, True])
async def test_a_driver_may_have_two_entries_and_races_in_one(empty_store: Store, turned: bool) -> None:
    rows = [MISSED, *RESULTS] if turned else [*RESULTS, MISSED]
    season = await take_in(empty_store, small(results=rows))
    assert [entry.number for entry in season.absent[1] if entry.driver == "gio-ruggiero"] == ["02"]
    assert [row.entry.number for row in season.results[1] if row.driver == "gio-ruggiero"] == ["17"]
    await stays_the_same(empty_store, season)
    # One row alone is about the entry of its number, whichever it is.
    season = await take_in(empty_store, about(results=[MISSED | {"note": "too slow"}]))
    assert [entry.note for entry in season.absent[1] if entry.driver == "gio-ruggiero"] == ["too slow"]
    season = await take_in(empty_store, about(results=[RESULTS[0] | {"led": 40}]))
    assert season.results[1][0].led == 40


async def test_another_number_corrects_the_only_entry_of_a_driver(empty_store: Store) -> None:
    season = await take_in(empty_store, small(), about(results=[{"round": 1, "driver": "Corey Heim", "number": "1"}]))
    (row,) = [row for row in season.results[1] if row.driver == "corey-heim"]
    assert (row.entry.number, row.finish) == ("1", 2)


async def test_an_entry_that_a_complete_document_no_longer_lists_goes(empty_store: Store) -> None:
    await take_in(empty_store, small(results=[*RESULTS, MISSED]))
    report = await import_documents(empty_store, [read(small(complete=True))], NOW)
    assert report.sections["results"] == Counts(unchanged=3, removed=1)
    season = await take_in(empty_store)
    assert [entry.number for entry in season.absent[1]] == ["02"]
    assert season.absent[1][0].driver == "daniel-suarez"


REFUSED = {
    "a driver finishes twice": (
        [RESULTS[0], {**RESULTS[1], "driver": "Gio Ruggiero"}],
        "driver",
        "Gio Ruggiero has a result in race 1 already, in truck 17; a driver finishes a race once",
    ),
    "a truck finishes twice": (
        [RESULTS[0], {**RESULTS[1], "number": "17"}],
        "number",
        "truck 17 has a result in race 1 already, with Gio Ruggiero",
    ),
    "the same entry twice": ([RESULTS[0], RESULTS[0]], None, "Gio Ruggiero in race 1, truck 17, appears here a second"),
    "a place twice": ([RESULTS[0], RESULTS[1] | {"finish": 1}], "finish", "in place 1 already"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_cannot_be_is_refused_and_nothing_changes(empty_store: Store, what: str) -> None:
    rows, field, said = REFUSED[what]
    with pytest.raises(DocumentError, match=said) as caught:
        await import_documents(empty_store, [read(small(results=rows))], NOW)
    assert caught.value.field == field
    assert await empty_store.fetch("SELECT * FROM seasons") == []


async def test_which_of_two_entries_is_meant_has_to_be_said(empty_store: Store) -> None:
    await take_in(empty_store, small(results=[*RESULTS, MISSED]))
    with pytest.raises(DocumentError, match="entries in trucks 02 and 17 in race 1; give one of those numbers"):
        await take_in(empty_store, about(results=[RESULTS[0] | {"number": "5"}]))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([RESULTS[0], RESULTS[1] | {"finish": 4}], "race 1 is called official and has nobody in place 2"),
        ([RESULTS[1]], "race 1 is called official and has no winner; add that result, or call it partial"),
    ],
)
async def test_official_results_have_every_place(empty_store: Store, rows: list[dict[str, Any]], said: str) -> None:
    official = FIRST | {"results_state": "official"}
    with pytest.raises(DocumentError, match=said):
        await take_in(empty_store, small(races=[official], results=rows, adjustments=None, playoff_field=None))
    # The same when the results come first and the word later.
    await take_in(empty_store, small(results=rows, adjustments=None))
    with pytest.raises(DocumentError, match=said):
        await take_in(empty_store, about(races=[official]))


async def test_no_results_and_a_result_contradict_each_other(empty_store: Store) -> None:
    races = [FIRST | {"results_state": "none"}, SMALL["races"][1]]
    with pytest.raises(DocumentError, match=r"race 1 is said to have no results \(small.json, line \d+\)"):
        await take_in(empty_store, small(races=races))


NAMES = ("Gio Ruggiero", "Corey Heim", "Daniel Suárez", "Ty Majeski", "Layne Riggs")


def in_order(number: int, *names: str) -> list[dict[str, Any]]:
    """The results of a race, the winner first."""
    return [
        {"round": number, "finish": place, "number": str(place), "driver": name, "status": "running"}
        for place, name in enumerate(names, 1)
    ]


def races(count: int) -> list[dict[str, Any]]:
    return [
        {"round": number, "name": f"Race {number}", "track": "Dega", "date": f"2024-0{number}-01"}
        for number in range(1, count + 1)
    ]


async def test_races_that_a_document_says_nothing_of_are_judged_by_and_left_alone(empty_store: Store) -> None:
    drivers = [{"name": name} for name in NAMES]
    held = [*in_order(1, *NAMES), *in_order(2, *NAMES), *in_order(3, *NAMES[:2])]
    season = await take_in(
        empty_store,
        small(drivers=drivers, races=races(4), results=held, adjustments=None, playoff_field=None),
    )
    # A field of two beside the usual five is not whole.
    assert [season.results_state(number) for number in (1, 2, 3, 4)] == [
        *(ResultsState.UNOFFICIAL, ResultsState.UNOFFICIAL, ResultsState.PARTIAL, ResultsState.NONE),
    ]
    moments = {race.round: race.results_at for race in season.races}
    season = await take_in(empty_store, about(results=in_order(4, *NAMES[:3])))
    assert season.results_state(4) is ResultsState.PARTIAL
    assert {race.round: race.results_at for race in season.races} == moments
    season = await take_in(empty_store, about(results=in_order(4, *NAMES), retrieved="2024-12-03T00:00:00Z"))
    assert season.results_state(4) is ResultsState.UNOFFICIAL
    assert {race.round: race.results_at for race in season.races if race.round < 4} == {1: HELD, 2: HELD, 3: None}
    await stays_the_same(empty_store, season)


async def test_a_race_whose_results_come_to_stand_by_those_of_another_gets_its_moment(empty_store: Store) -> None:
    drivers = [{"name": name} for name in NAMES]
    held = [*in_order(1, *NAMES), *in_order(2, *NAMES[:2])]
    season = await take_in(
        empty_store, small(drivers=drivers, races=races(4), results=held, adjustments=None, playoff_field=None)
    )
    assert season.results_state(2) is ResultsState.PARTIAL
    # Small fields are usual by now.
    more = [*in_order(3, *NAMES[:2]), *in_order(4, *NAMES[:2])]
    season = await take_in(
        empty_store, about(races=[race | {"results_state": "unofficial"} for race in races(4)[2:]], results=more)
    )
    assert season.results_state(2) is ResultsState.UNOFFICIAL
    assert season.races[1].results_at == datetime(2024, 12, 2, tzinfo=UTC)


async def test_what_counted_before_results_had_a_state_goes_on_counting(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript((STORES / "schema9.sql").read_text())
    old.executescript(
        """
        INSERT INTO drivers VALUES (2, 'gio-ruggiero', 'Gio Ruggiero', NULL, NULL, NULL),
                                   (3, 'jack-wood', 'Jack Wood', NULL, NULL, NULL);
        INSERT INTO entries VALUES (2, 1, 2, '17', NULL, NULL, NULL, NULL, NULL, 0, 1, NULL),
                                   (3, 1, 3, '91', NULL, NULL, NULL, NULL, NULL, 0, 1, NULL);
        INSERT INTO results VALUES (2, 1, 1, 1, 90, 37, 'running', 52, 1, 0);
        INSERT INTO stage_results VALUES (2, 1, 3, 8), (2, 2, NULL, 0);
        UPDATE races SET results_at = '2025-10-17T23:00:00Z';
        """
    )
    old.close()
    async with await Store.open(path) as store:
        season = await Snapshots(store).season(2025)
        assert season is not None
        assert [(row.driver, row.entry.number, row.points) for row in season.results[23]] == [
            ("gio-ruggiero", "17", 52),
            ("corey-heim", "11", 35),
        ]
        assert season.results[23][0].stage_points == 8
        assert [entry.driver for entry in season.absent[23]] == ["jack-wood"]
        assert (season.results_state(23), season.races[0].over_at - TALLADEGA) == (ResultsState.OFFICIAL, RACE_LENGTH)


TALLADEGA = datetime(2025, 10, 17, 20, tzinfo=UTC)
