"""What a document says of a race's results goes to the race that it is matched to, whoever brought the results."""

from __future__ import annotations

import pytest

from db.connection import Store
from db.errors import DocumentError
from db.results_state import ResultsState
from tests.db.schedules import ALPHA, BRAVO, CHARLIE, EXTRA, numbered, race, result, schedule, season_of, take_in

ORDER = ("Layne Riggs", "Corey Heim", "Ty Majeski")
NEWER = "2027-08-01T00:00:00Z"


async def states(store: Store) -> dict[str, ResultsState]:
    """How final the results of each race on the schedule are."""
    season = await season_of(store)
    return {each.name: season.results_state(each.round) for each in season.races}


async def test_results_are_taken_back_from_the_race_and_not_from_its_round(empty_store: Store) -> None:
    await take_in(empty_store, schedule(*numbered(ALPHA, BRAVO), results=[*result(1, *ORDER), *result(2, *ORDER)]))
    rows = numbered(ALPHA, EXTRA, BRAVO | {"results_state": "none"})
    await take_in(empty_store, schedule(*rows))
    season = await season_of(empty_store)
    assert await states(empty_store) == {
        "Alpha 150": ResultsState.UNOFFICIAL,
        "Extra 100": ResultsState.NONE,
        "Bravo 200": ResultsState.NONE,
    }
    assert [each.results_at is None for each in season.races] == [False, True, True]
    assert {entry.driver for entry in season.absent[3]} == {"layne-riggs", "corey-heim", "ty-majeski"}


@pytest.mark.parametrize("says", [{"results_state": "none"}, {"results_state": "partial"}, {}])
async def test_what_comes_with_the_program_takes_back_no_results_of_an_operators(
    empty_store: Store, says: dict[str, str]
) -> None:
    await take_in(empty_store, schedule(*numbered(ALPHA, BRAVO)), bundled=True)
    await take_in(empty_store, schedule(*numbered(ALPHA, EXTRA, BRAVO)))
    await take_in(empty_store, schedule(results=result(3, *ORDER)))
    program = schedule(*numbered(ALPHA, BRAVO | says), results=[], complete=True, retrieved=NEWER)
    await take_in(empty_store, program, bundled=True)
    assert (await states(empty_store))["Bravo 200"] is ResultsState.UNOFFICIAL
    assert (await season_of(empty_store)).races[2].results_at is not None


async def test_the_program_takes_nothing_back_for_what_it_does_not_know_yet(empty_store: Store) -> None:
    await take_in(empty_store, schedule(*numbered(ALPHA, BRAVO), results=result(1, *ORDER)), bundled=True)
    program = schedule(*numbered(ALPHA, BRAVO), results=[], complete=True, retrieved=NEWER)
    await take_in(empty_store, program, bundled=True)
    assert (await states(empty_store))["Alpha 150"] is ResultsState.UNOFFICIAL
    await take_in(empty_store, program)
    assert (await states(empty_store))["Alpha 150"] is ResultsState.NONE


async def test_a_race_with_partial_results_is_not_dropped(empty_store: Store) -> None:
    await take_in(empty_store, schedule(*numbered(ALPHA, BRAVO, CHARLIE), results=result(2, ORDER[0])))
    assert (await states(empty_store))["Bravo 200"] is ResultsState.PARTIAL
    with pytest.raises(DocumentError, match=r"does not list Bravo 200 .* but that has results"):
        await take_in(empty_store, schedule(*numbered(ALPHA, CHARLIE), complete=True))


async def test_results_go_with_a_race_that_changes_places(empty_store: Store) -> None:
    late = race(1, "Alpha 150", "Kansas", "2027-07-03", nascar_id=1)
    await take_in(empty_store, schedule(*numbered(ALPHA | {"nascar_id": 1}, BRAVO), results=result(1, ORDER[0])))
    report = await take_in(empty_store, schedule(*numbered(BRAVO, late), results=result(2, *ORDER)))
    assert await states(empty_store) == {"Bravo 200": ResultsState.NONE, "Alpha 150": ResultsState.UNOFFICIAL}
    assert report.rounds == {2027: {1, 2}}
