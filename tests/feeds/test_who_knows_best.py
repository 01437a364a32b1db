"""Operator and editor before the program, the program before NASCAR's feeds; whoever does not agree is told, once."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from db.bundled import season_documents
from db.connection import Store
from db.documents.importer import import_documents
from db.results_state import ResultsState
from tests.db.documents import read
from tests.feeds import fake_nascar
from tests.feeds.taking import LATER, refresh, season_of

TALLADEGA = 5504
ROUND = 23


def one_race(**results: Any) -> dict[str, bytes]:
    """What NASCAR serves of 2025, with other facts in the winner's row at Talladega."""
    season = copy.deepcopy(fake_nascar.season(2025))
    season.weekend(TALLADEGA)["results"][0] |= results
    return season.documents()


async def test_what_came_with_the_program_stands_and_the_difference_is_told(store: Store) -> None:
    before = await season_of(store, 2025)
    for _ in range(2):
        taken = await refresh(store, one_race(points_earned=53, laps_led=36), 2025, [TALLADEGA])
        assert taken.changed == 0
        assert taken.disagreements == [
            "2025 race 23: NASCAR's feed has Gio Ruggiero led 36 (held: 37); Gio Ruggiero points 53 (held: 52)"
        ]
        assert taken.corrections == []
    after = await season_of(store, 2025)
    assert before is not None
    assert after is not None
    assert after.results == before.results
    assert after.races == before.races


async def test_a_season_that_agrees_changes_nothing_and_says_nothing(store: Store) -> None:
    season = fake_nascar.season(2024)
    taken = await refresh(store, season.documents(), 2024, [race["race_id"] for race in season.races[::5]])
    assert (taken.changed, taken.refused, taken.clashes) == (0, [], [])
    # Among them are races with penalties, which are in the points held and in no feed's.
    assert taken.disagreements == []


async def test_a_race_is_handed_to_the_feed(store: Store) -> None:
    served = one_race(points_earned=53)
    taken = await refresh(store, served, 2025, [TALLADEGA], trust=frozenset({TALLADEGA}))
    assert taken.refused == []
    season = await season_of(store, 2025)
    assert season is not None
    assert season.results[ROUND][0].points == 53
    # From then on it is the feed's, and the next change needs no word.
    await refresh(store, one_race(points_earned=54), 2025, [TALLADEGA])
    season = await season_of(store, 2025)
    assert season is not None
    assert season.results[ROUND][0].points == 54
    # And the program's again when it brings the season.
    await import_documents(store, season_documents(2025), LATER)
    taken = await refresh(store, served, 2025, [TALLADEGA])
    assert taken.disagreements != []
    season = await season_of(store, 2025)
    assert season is not None
    assert season.results[ROUND][0].points == 52


async def test_an_operators_results_stand(store: Store) -> None:
    row = next(each for each in fake_nascar.bundled(2025)["results"] if each["round"] == ROUND)
    await import_documents(
        store, [read({"format": "tailgate/1", "season": 2025, "results": [row | {"points": 50}]}, "mine.json")], LATER
    )
    taken = await refresh(store, one_race(), 2025, [TALLADEGA])
    assert taken.changed == 0
    assert taken.disagreements == ["2025 race 23: NASCAR's feed has Gio Ruggiero points 52 (held: 50)"]
    await refresh(store, one_race(), 2025, [TALLADEGA], trust=frozenset({TALLADEGA}))
    season = await season_of(store, 2025)
    assert season is not None
    assert season.results[ROUND][0].points == 52


async def test_who_an_operator_said_is_hurt_stays_beside_the_feeds_results(empty_store: Store) -> None:
    documents = [each for each in season_documents(2025) if "results" not in each.sections]
    early = datetime(2025, 1, 1, tzinfo=UTC)
    await import_documents(empty_store, documents, early)
    await refresh(empty_store, fake_nascar.season(2025).documents(), 2025, [], at=early)
    hurt = {"round": ROUND, "number": "95", "driver": "Clay Greenfield", "note": "out with injury"}
    document = read({"format": "tailgate/1", "season": 2025, "results": [hurt]}, "mine.json")
    await import_documents(empty_store, [document], early)
    taken = await refresh(empty_store, one_race(), 2025, [TALLADEGA])
    assert (taken.refused, taken.disagreements) == ([], [])
    held = await season_of(empty_store, 2025)
    assert held is not None
    assert held.results_state(ROUND) is ResultsState.OFFICIAL
    notes = {held.drivers[entry.driver].name: entry.note for entry in held.absent[ROUND]}
    assert notes == {"Clay Greenfield": "out with injury"}


async def test_an_operators_start_stands_and_the_rest_of_the_race_follows_the_feed(empty_store: Store) -> None:
    season = fake_nascar.season_to_be(2027)
    for race in season.races:
        season.forget_results(race["race_id"])
    early = datetime(2027, 1, 1, tzinfo=UTC)
    await refresh(empty_store, season.documents(), 2027, [], at=early)
    held = await season_of(empty_store, 2027)
    assert held is not None
    first = held.races[0]
    mine = {"round": 1, "name": first.name, "track": first.track.name, "date": first.date.isoformat()}
    mine |= {"start": "2027-02-13T01:15:00Z"}
    await import_documents(
        empty_store, [read({"format": "tailgate/1", "season": 2027, "races": [mine]}, "a.json")], early
    )
    season.races[0]["scheduled_laps"] = 111
    taken = await refresh(empty_store, season.documents(), 2027, [], at=LATER.replace(year=2027))
    held = await season_of(empty_store, 2027)
    assert held is not None
    assert held.races[0].start == datetime(2027, 2, 13, 1, 15, tzinfo=UTC)
    assert held.races[0].scheduled_laps == 111
    assert any(line.startswith("2027 race 1,") and "start" in line for line in taken.disagreements)


async def test_a_schedule_that_a_feed_moved_stays_when_the_program_brings_the_one_it_knew(store: Store) -> None:
    season = fake_nascar.season(2026)
    ahead = season.races[-1]
    ahead["race_date"] = ahead["date_scheduled"] = "2026-11-07T13:00:00"
    ahead["schedule"] = []
    await refresh(store, season.documents(), 2026, [], at=LATER)
    await import_documents(store, season_documents(2026), LATER)
    held = await season_of(store, 2026)
    assert held is not None
    assert held.races[-1].start == datetime(2026, 11, 7, 18, tzinfo=UTC)


async def test_results_of_the_program_replace_a_feeds(empty_store: Store) -> None:
    documents = season_documents(2025)
    people = [each for each in documents if "results" not in each.sections]
    await import_documents(empty_store, people, datetime(2025, 1, 1, tzinfo=UTC))
    await refresh(empty_store, one_race(points_earned=53), 2025, [TALLADEGA])
    await import_documents(empty_store, documents, LATER)
    held = await season_of(empty_store, 2025)
    assert held is not None
    assert held.results[ROUND][0].points == 52
    assert held.results_state(ROUND) in {ResultsState.OFFICIAL, ResultsState.UNOFFICIAL}


async def test_an_operator_who_rearranged_the_schedule_keeps_it(empty_store: Store) -> None:
    season = fake_nascar.season_to_be(2027)
    for race in season.races:
        season.forget_results(race["race_id"])
    early = datetime(2027, 1, 1, tzinfo=UTC)
    await refresh(empty_store, season.documents(), 2027, [], at=early)
    held = await season_of(empty_store, 2027)
    assert held is not None
    rows = [
        {"round": number, "name": race.name, "track": race.track.name, "date": race.date.isoformat()}
        for number, race in ((2, held.races[0]), (1, held.races[1]))
    ]
    await import_documents(
        empty_store, [read({"format": "tailgate/1", "season": 2027, "races": rows}, "a.json")], early
    )
    await refresh(empty_store, season.documents(), 2027, [], at=LATER.replace(year=2027))
    after = await season_of(empty_store, 2027)
    assert after is not None
    assert [race.nascar_id for race in after.races[:2]] == [held.races[1].nascar_id, held.races[0].nascar_id]
