"""Documents are imported completely or not at all, once, and each person under one name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.connection import Store
from db.documents.importer import Counts, import_documents
from db.documents.json_writer import write_document
from db.documents.reader import read_bytes
from db.documents.rows_from_models import season_header, season_sections
from db.errors import DocumentError
from db.models import Lead, RaceStatus, Season
from db.snapshots import Snapshots
from tests.db.documents import SMALL, read, small
from tests.stores import open_unsynced

NOW = datetime(2025, 1, 1, tzinfo=UTC)


async def dump(store: Store) -> list[str]:
    """Every row of every table, so that "nothing changed" can be checked for the whole store."""
    tables = await store.fetch("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [
        f"{table['name']}: {tuple(row)}"
        for table in tables
        for row in await store.fetch(f"SELECT * FROM {table['name']}")
    ]


async def season_of(store: Store, year: int = 2024) -> Season:
    season = await Snapshots(store).season(year)
    assert season is not None
    return season


async def test_everything_of_a_document_is_stored(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    season = await season_of(empty_store)
    race = season.races[0]
    assert race.outcome is not None
    assert (race.outcome.pole, race.outcome.stage_winners) == ("gio-ruggiero", ("corey-heim", None))
    assert (race.stage_laps, race.scheduled_laps, race.sources) == ((20, 20, 45), 85, (("margin", "a paper"),))
    winner = season.results[1][0]
    assert (winner.entry.team, winner.stage_points, winner.led) == ("TRICON Garage", 12, 37)
    assert season.absent[1][0].note == "out with injury"
    assert [seat.driver for seat in season.playoff_field] == ["corey-heim", "gio-ruggiero"]
    assert season.adjustments[0].points == -10


async def test_who_led_when_travels_with_the_outcome(empty_store: Store) -> None:
    leads = [["Giovanni Ruggiero", 1, 13], ["corey heim", 14, 14], ["Gio Ruggiero", 16, 90]]
    race = SMALL["races"][0]
    led = small(races=[race | {"outcome": race["outcome"] | {"leads": leads}}, SMALL["races"][1]])
    await import_documents(empty_store, [read(small())], NOW)
    report = await import_documents(empty_store, [read(led)], NOW)
    assert report.sections["races"] == Counts(updated=1, unchanged=1)
    season = await season_of(empty_store)
    outcome = season.races[0].outcome
    assert outcome is not None
    assert outcome.leads == (Lead("gio-ruggiero", 1, 13), Lead("corey-heim", 14, 14), Lead("gio-ruggiero", 16, 90))
    assert [lead.laps for lead in outcome.leads] == [13, 1, 75]
    assert (await import_documents(empty_store, [read(led)], NOW)).sections["races"] == Counts(unchanged=2)
    text = write_document(season_header(season), season_sections(season))
    assert '"leads": [["Gio Ruggiero", 1, 13], ["Corey Heim", 14, 14], ["Gio Ruggiero", 16, 90]]' in text
    again = await import_documents(empty_store, [read_bytes(text.encode(), "again.json")], NOW)
    assert again.sections["races"] == Counts(unchanged=2)
    # An outcome that says nothing of them takes the place of the one that did, as everywhere.
    await import_documents(empty_store, [read(small())], NOW)
    outcome = (await season_of(empty_store)).races[0].outcome
    assert outcome is not None
    assert outcome.leads == ()


async def test_what_is_written_is_what_was_read(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    season = await season_of(empty_store)
    people = small(races=None, results=None, adjustments=None, playoff_field=None)
    text = write_document(season_header(season), season_sections(season))
    # Into a store that holds none of it, so that whatever the writer dropped is missing there.
    async with await Store.open(empty_store.path.with_name("other.db")) as other:
        await import_documents(other, [read(people), read_bytes(text.encode(), "again.json")], NOW)
        again = await season_of(other)
        assert write_document(season_header(again), season_sections(again)) == text
        assert (again.races, again.results, again.absent) == (season.races, season.results, season.absent)
        assert (again.adjustments, again.playoff_field) == (season.adjustments, season.playoff_field)


async def test_a_second_time_changes_nothing(empty_store: Store) -> None:
    first = await import_documents(empty_store, [read(small())], NOW)
    assert first.sections["results"] == Counts(created=3)
    before = [line for line in await dump(empty_store) if not line.startswith("imports")]
    second = await import_documents(empty_store, [read(small())], NOW)
    assert second.sections["results"] == Counts(unchanged=3)
    assert second.total.created == second.total.updated == second.total.removed == 0
    assert [line for line in await dump(empty_store) if not line.startswith("imports")] == before


async def test_only_the_row_that_differs_is_updated(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    rows = small()["results"]
    rows[1]["points"] = 34
    report = await import_documents(empty_store, [read(small(results=rows))], NOW)
    assert report.sections["results"] == Counts(updated=1, unchanged=2)
    assert (await season_of(empty_store)).results[1][1].points == 34


async def test_a_field_left_out_is_kept_and_null_takes_it_back(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    bare = {"round": 1, "number": "17", "driver": "Gio Ruggiero", "finish": 1, "status": "running", "laps": 90}
    await import_documents(empty_store, [read(small(results=[bare]))], NOW)
    assert (await season_of(empty_store)).results[1][0].entry.team == "TRICON Garage"
    await import_documents(empty_store, [read(small(results=[bare | {"team": None}]))], NOW)
    assert (await season_of(empty_store)).results[1][0].entry.team is None


async def test_another_spelling_is_the_same_person_and_no_change(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    rows = small()["results"]
    rows[0]["driver"] = "GIOVANNI  ruggiero"
    rows[2]["driver"] = "daniel suarez"
    report = await import_documents(empty_store, [read(small(results=rows))], NOW)
    assert report.sections["results"] == Counts(unchanged=3)
    assert len(await Snapshots(empty_store).drivers()) == 3


async def test_a_driver_keeps_the_key_when_the_name_changes(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    row = {"name": "Giovanni Ruggiero", "aliases": ["Gio Ruggiero"], "nascar_id": 5}
    await import_documents(empty_store, [read({"format": "tailgate/1", "drivers": [row]})], NOW)
    drivers = await Snapshots(empty_store).drivers()
    assert drivers["gio-ruggiero"].name == "Giovanni Ruggiero"
    assert len(drivers) == 3


async def test_two_drivers_can_swap_places_and_two_races_their_ids(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    rows, races = small()["results"], small()["races"]
    rows[0]["finish"], rows[1]["finish"] = 2, 1
    races[0]["nascar_id"], races[1]["nascar_id"] = 101, 100
    await import_documents(empty_store, [read(small(results=rows, races=races))], NOW)
    season = await season_of(empty_store)
    assert [result.driver for result in season.results[1]] == ["corey-heim", "gio-ruggiero"]
    assert [race.nascar_id for race in season.races] == [101, 100]


async def test_files_may_come_in_any_order(empty_store: Store) -> None:
    people = {"format": "tailgate/1", "drivers": SMALL["drivers"], "tracks": SMALL["tracks"]}
    rest = small(drivers=None, tracks=None)
    report = await import_documents(empty_store, [read(rest, "a.json"), read(people, "b.json")], NOW)
    assert report.sections["drivers"] == Counts(created=3)


async def test_results_stored_soon_after_a_race_count_from_then_on(empty_store: Store) -> None:
    stored = datetime(2024, 10, 4, 22, 10, tzinfo=UTC)
    await import_documents(empty_store, [read(small(retrieved=None))], stored)
    season = await season_of(empty_store)
    assert season.as_of(stored - timedelta(seconds=1)).results == {}
    assert season.as_of(stored).latest == season.races[0]


async def test_a_complete_document_takes_back_what_it_does_not_say(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    wrong = small(
        races=[{**SMALL["races"][1], "status": "postponed", "green_flag": "2024-10-11T20:20:00Z", "laps": 90}],
        results=[{**SMALL["results"][1], "disqualified": True, "led": 7, "start": 5}],
    )
    await import_documents(empty_store, [read(wrong)], NOW)
    report = await import_documents(empty_store, [read(small(complete=True))], NOW)
    assert report.sections["results"] == Counts(updated=1, unchanged=2)
    assert report.sections["races"] == Counts(updated=1, unchanged=1)
    season = await season_of(empty_store)
    result, race = season.results[1][1], season.races[1]
    assert (result.disqualified, result.led, result.start) == (False, 0, None)
    assert (race.status, race.scheduled_laps) == (RaceStatus.SCHEDULED, None)
    # What an editor knows of a race and the document does not stays.
    assert race.green_flag is not None


async def test_a_complete_document_gives_a_result_to_the_right_driver(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    rows = small()["results"]
    rows[1] |= {"driver": "Daniel Suárez", "number": "2"}
    moved = small(results=rows[:2], adjustments=[SMALL["adjustments"][0] | {"reason": "in other words"}], complete=True)
    report = await import_documents(empty_store, [read(moved)], NOW)
    assert report.sections["results"] == Counts(updated=1, unchanged=1, removed=1)
    assert report.sections["adjustments"] == Counts(created=1, removed=1)
    season = await season_of(empty_store)
    assert [result.driver for result in season.results[1]] == ["gio-ruggiero", "daniel-suarez"]
    assert [each.reason for each in season.adjustments] == ["in other words"]


async def test_a_complete_document_leaves_races_alone_whose_results_it_does_not_hold(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    later = [row | {"round": 2} for row in SMALL["results"]]
    await import_documents(empty_store, [read(small(results=later, adjustments=None))], NOW)
    await import_documents(empty_store, [read(small(complete=True))], NOW)
    assert len((await season_of(empty_store)).results[2]) == 2


async def test_a_champion_alone_is_a_change_and_no_fresher_data(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    before = (await season_of(empty_store)).refreshed
    crowned = {"format": "tailgate/1", "season": 2024, "champion": "Corey Heim"}
    report = await import_documents(empty_store, [read(crowned)], NOW)
    assert report.sections == {"seasons": Counts(updated=1)}
    season = await season_of(empty_store)
    assert (season.champion, season.refreshed) == ("corey-heim", before)


def _results(**changes: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = small()["results"]
    rows[1] |= changes
    return rows


BROKEN = {
    "an unknown driver": (small(results=_results(driver="Corey Hiem")), 20, "driver", "did you mean Corey Heim?"),
    "an unknown race": (small(results=_results(round=9)), 20, "round", "no race 9 (it has 1 to 2)"),
    "a driver twice in a race": (
        small(results=_results(driver="Giovanni Ruggiero")),
        20,
        "driver",
        "Gio Ruggiero has a result in race 1 already, in truck 17",
    ),
    "two in one place": (small(results=_results(finish=1)), 20, "finish", "Gio Ruggiero finished race 1 in place 1"),
    "a race twice": (
        small(races=[SMALL["races"][0], SMALL["races"][0]]),
        16,
        None,
        "race 1 appears here a second time",
    ),
    "an unknown track": (
        small(races=[SMALL["races"][0] | {"track": "Dayt"}]),
        15,
        "track",
        "no track is called 'Dayt'",
    ),
    "one id for two races": (
        small(races=[SMALL["races"][0], SMALL["races"][1] | {"nascar_id": 100}]),
        16,
        "nascar_id",
        "100 is the id of race 1 already",
    ),
    "an unknown pole sitter": (
        small(races=[SMALL["races"][0] | {"outcome": {"pole": "Nobody"}}]),
        15,
        "outcome.pole",
        "no driver is called 'Nobody'",
    ),
    "an unknown leader": (
        small(races=[SMALL["races"][0] | {"outcome": {"leads": [["Nobody", 1, 2]]}}]),
        15,
        "outcome.leads",
        "no driver is called 'Nobody'",
    ),
    "an unknown champion": (small(champion="Nobody"), None, "champion", "no driver is called 'Nobody'"),
    "no season": (small(season=None), None, "season", "is missing"),
    "another driver's id": (
        small(drivers=[*SMALL["drivers"], {"name": "New Guy", "nascar_id": 5}]),
        13,
        "nascar_id",
        "5 is the id of Gio Ruggiero",
    ),
    "one name for two people": (
        small(drivers=[*SMALL["drivers"], {"name": "Gio Heim", "aliases": ["Corey Heim", "Giovanni Ruggiero"]}]),
        None,
        "name",
        "which are 2 in the store",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_what_does_not_fit_is_named_and_nothing_changes(empty_store: Store, what: str) -> None:
    document, line, field, words = BROKEN[what]
    await import_documents(empty_store, [read(small(results=SMALL["results"][:1], races=SMALL["races"][:1]))], NOW)
    before = await dump(empty_store)
    with pytest.raises(DocumentError) as caught:
        await import_documents(empty_store, [read(document)], NOW)
    error = caught.value
    assert words in str(error)
    assert error.field == field
    if line is not None:
        assert error.line == line
    assert "\n" not in str(error)
    assert await dump(empty_store) == before


@given(st.permutations(range(3)), st.permutations(range(2)))
async def test_the_order_of_rows_does_not_matter(empty_file: Path, results: list[int], races: list[int]) -> None:
    shuffled = small(
        results=[SMALL["results"][i] for i in results],
        races=[SMALL["races"][i] for i in races],
    )
    with TemporaryDirectory() as folder:
        async with await open_unsynced(Path(folder) / "t.db", empty_file) as store:
            await import_documents(store, [read(shuffled)], NOW)
            season = await season_of(store)
            assert [result.finish for result in season.results[1]] == [1, 2]
            assert [race.round for race in season.races] == [1, 2]
