"""Who knows best: what an operator imported stays when a newer version of the program brings its own facts."""

from __future__ import annotations

from typing import Any

import pytest

from db.connection import Store
from db.documents.importer import Counts
from db.quotes import quotes_of_scope
from db.recaps.texts import all_recap_texts
from db.snapshots import Snapshots
from tests.db.schedules import (
    ALPHA,
    BRAVO,
    CHARLIE,
    DRIVERS,
    EXTRA,
    TRACKS,
    numbered,
    race,
    races_of,
    result,
    rounds,
    schedule,
    season_of,
    take_in,
)

TV = {"kind": "tv", "network": "FS1", "coverage": "2027-06-26T16:30:00Z"}
OURS = [
    row | {"nascar_id": 99000 + place} for place, row in enumerate((ALPHA, BRAVO | {"broadcasts": [TV]}, CHARLIE), 1)
]
SUNDAY = {"date": "2027-06-27", "start": "2027-06-27T17:00:00Z"}


def program(*rows: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """The schedule as it comes with the program, complete as its files are."""
    return schedule(*(rows or OURS), complete=True, **parts)


async def test_a_move_stays_and_with_it_the_coverage_that_is_forgotten(empty_store: Store) -> None:
    await take_in(empty_store, program(), bundled=True)
    await take_in(empty_store, schedule(BRAVO | SUNDAY))
    newer = [OURS[0], OURS[1] | {"laps": 200}, OURS[2]]
    for _ in range(2):
        report = await take_in(empty_store, program(*newer), bundled=True)
        assert report.notes == ["2027 Bravo 200: kept what you imported (date, start)"]
        bravo = (await races_of(empty_store))["Bravo 200"]
        assert (bravo.date.isoformat(), bravo.coverage) == ("2027-06-27", None)
        # What the operator said nothing of follows the program.
        assert bravo.scheduled_laps == 200


async def test_coverage_comes_once_the_program_knows_of_the_move(empty_store: Store) -> None:
    await take_in(empty_store, program(), bundled=True)
    await take_in(empty_store, schedule(BRAVO | SUNDAY))
    new = TV | {"coverage": "2027-06-27T16:30:00Z"}
    report = await take_in(
        empty_store, program(OURS[0], OURS[1] | SUNDAY | {"broadcasts": [new]}, OURS[2]), bundled=True
    )
    assert report.notes == []
    assert (await races_of(empty_store))["Bravo 200"].coverage is not None


FACTS: dict[str, tuple[str, Any, Any]] = {
    # The field, what the operator says, and what a newer version of the program says.
    "name": ("name", "Bravo 250", "Bravo 225"),
    "laps": ("laps", 250, 225),
    "status": ("status", "cancelled", "postponed"),
    "stages": ("stages", [50, 50, 100], [60, 60, 80]),
    "broadcasts": ("broadcasts", [TV | {"network": "FOX"}], [TV | {"network": "FS2"}]),
    "phase": ("phase", "regular season", None),
}


@pytest.mark.parametrize("what", FACTS)
async def test_each_fact_of_a_race_stays(empty_store: Store, what: str) -> None:
    field, theirs, ours = FACTS[what]
    await take_in(empty_store, program(), bundled=True)
    await take_in(empty_store, schedule(BRAVO | {field: theirs}))
    before = (await season_of(empty_store)).races
    report = await take_in(empty_store, program(OURS[0], OURS[1] | {field: ours}, OURS[2]), bundled=True)
    assert (await season_of(empty_store)).races == before
    assert report.notes == [f"2027 {before[1].name}: kept what you imported ({field})"]


async def test_what_an_operator_only_confirms_follows_the_program(empty_store: Store) -> None:
    await take_in(empty_store, program(), bundled=True)
    await take_in(empty_store, schedule(BRAVO | {"broadcasts": [TV]}))
    await take_in(empty_store, program(OURS[0], OURS[1] | SUNDAY | {"broadcasts": []}, OURS[2]), bundled=True)
    assert (await races_of(empty_store))["Bravo 200"].date.isoformat() == "2027-06-27"
    assert await empty_store.fetch("SELECT * FROM fact_origins") == []


async def test_an_operators_later_word_replaces_the_former_one(empty_store: Store) -> None:
    await take_in(empty_store, program(), bundled=True)
    await take_in(empty_store, schedule(BRAVO | {"laps": 250}))
    await take_in(empty_store, schedule(BRAVO | {"laps": 260}))
    assert (await races_of(empty_store))["Bravo 200"].scheduled_laps == 260


@pytest.mark.parametrize("part", ["results", "adjustments"])
async def test_results_stay_as_a_whole(empty_store: Store, part: str) -> None:
    order = result(1, "Layne Riggs", "Corey Heim", "Ty Majeski")
    await take_in(empty_store, program(results=order), bundled=True)
    if part == "results":
        theirs = [order[0], order[1] | {"finish": 3}, order[2] | {"finish": 2}]
        await take_in(empty_store, schedule(results=theirs))
    else:
        fine = {"round": 1, "driver": "Corey Heim", "points": -10, "reason": "too low", "source": "a paper"}
        await take_in(empty_store, schedule(adjustments=[fine]))
    before = await season_of(empty_store)
    second = result(2, "Ty Majeski", "Corey Heim", "Layne Riggs")
    report = await take_in(empty_store, program(results=[*order, *second]), bundled=True)
    after = await season_of(empty_store)
    assert (after.results[1], after.adjustments) == (before.results[1], before.adjustments)
    # Those of another race, of which the operator said nothing, are the program's.
    assert report.sections["results"] == Counts(created=3, unchanged=3)
    assert len(after.results[2]) == 3


async def test_a_schedule_that_an_operator_rearranged_stays(empty_store: Store) -> None:
    said = {"words": "Zebra", "driver": "Layne Riggs", "season": 2027}
    text = {
        "season": 2027,
        "round": 2,
        "section": "move",
        "words": "Go.",
        "author": "A",
        "edited": "2027-05-01T00:00:00Z",
    }
    await take_in(empty_store, program(), bundled=True)
    await take_in(empty_store, schedule(EXTRA))
    delta = race(4, "Delta 400", "Martinsville", "2027-08-01", nascar_id=99004)
    report = await take_in(
        empty_store,
        program(
            *OURS, delta, results=result(2, "Layne Riggs", "Corey Heim"), quotes=[said | {"round": 3}], recaps=[text]
        ),
        bundled=True,
    )
    assert await rounds(empty_store) == {
        "Alpha 150": 1,
        "Extra 100": 2,
        "Bravo 200": 3,
        "Charlie 300": 4,
        "Delta 400": 5,
    }
    assert report.notes[0] == "2027 Extra 100: stays on the schedule, as you have it"
    # What the program says of its race 2 is of Bravo, wherever that is here.
    season = await season_of(empty_store)
    assert [each.name for each in season.run] == ["Bravo 200"]
    assert [quote.round for quote in await quotes_of_scope(empty_store, None)] == [4]
    assert [each.round for each in await all_recap_texts(empty_store)] == [3]


async def test_a_race_that_an_operator_dropped_stays_off_the_schedule(empty_store: Store) -> None:
    await take_in(empty_store, program(), bundled=True)
    await take_in(empty_store, schedule(*numbered(OURS[0], OURS[2]), complete=True))
    said = [{"words": f"At {number}", "driver": "Layne Riggs", "season": 2027, "round": number} for number in (2, 3)]
    text = {
        "season": 2027,
        "round": 2,
        "section": "move",
        "words": "Go.",
        "author": "A",
        "edited": "2027-05-01T00:00:00Z",
    }
    results = [*result(2, "Layne Riggs", "Corey Heim"), *result(3, "Corey Heim", "Layne Riggs")]
    report = await take_in(empty_store, program(results=results, quotes=said, recaps=[text]), bundled=True)
    assert await rounds(empty_store) == {"Alpha 150": 1, "Charlie 300": 2}
    assert "2027 Bravo 200: stays off the schedule, as you have it" in report.notes
    season = await season_of(empty_store)
    assert {number: rows[0].driver for number, rows in season.results.items()} == {2: "corey-heim"}
    assert {quote.words: quote.round for quote in await quotes_of_scope(empty_store, None)} == {"At 2": None, "At 3": 2}
    assert await all_recap_texts(empty_store) == ()


async def test_a_race_that_the_program_no_longer_has_is_dropped_where_nobody_touched_it(empty_store: Store) -> None:
    await take_in(empty_store, program(), bundled=True)
    await take_in(empty_store, program(*numbered(OURS[0], OURS[2])), bundled=True)
    assert await rounds(empty_store) == {"Alpha 150": 1, "Charlie 300": 2}


async def test_what_an_operator_said_of_a_season_a_driver_and_a_track_stays(empty_store: Store) -> None:
    field = [{"driver": "Layne Riggs"}, {"driver": "Corey Heim"}]
    await take_in(
        empty_store, program(champion="Layne Riggs", rookies=["Corey Heim"], playoff_field=field), bundled=True
    )
    theirs = schedule(
        champion="Ty Majeski",
        rookies=["Layne Riggs"],
        playoff_field=field[::-1],
        drivers=[DRIVERS[0] | {"hometown": "Bahama, North Carolina"}],
        tracks=[TRACKS[0] | {"length": 1.5}],
    )
    await take_in(empty_store, theirs)
    ours = program(
        champion="Corey Heim",
        rookies=["Corey Heim"],
        playoff_field=field,
        drivers=[DRIVERS[0] | {"hometown": "Elsewhere", "born": "2002-06-11"}],
        tracks=[TRACKS[0] | {"length": 2.0}],
    )
    report = await take_in(empty_store, ours, bundled=True)
    season = await season_of(empty_store)
    assert (season.champion, season.rookies) == ("ty-majeski", ("layne-riggs",))
    assert [seat.driver for seat in season.playoff_field] == ["corey-heim", "layne-riggs"]
    assert season.races[0].track.length == 1.5
    assert report.notes == [
        "Kansas Speedway: kept what you imported (length)",
        "Layne Riggs: kept what you imported (hometown)",
    ]
    riggs = (await Snapshots(empty_store).drivers())["layne-riggs"]
    assert (riggs.hometown, str(riggs.born)) == ("Bahama, North Carolina", "2002-06-11")


async def test_an_origin_says_who_and_since_when(empty_store: Store) -> None:
    await take_in(empty_store, program(), bundled=True)
    await take_in(empty_store, schedule(BRAVO | {"laps": 250}))
    number = (await races_of(empty_store))["Bravo 200"].id
    rows = [tuple(row) for row in await empty_store.fetch("SELECT * FROM fact_origins")]
    assert rows == [("race", number, "laps", "operator", "2027-06-01T00:00:00Z")]
