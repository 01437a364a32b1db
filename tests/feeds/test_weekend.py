"""A weekend as it happens: entry list, checkered flag, corrections, inspection, and a disqualification on Tuesday."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from db.connection import Store
from db.models import EASTERN, Race, Season
from db.results_state import ResultsState
from tests.feeds import fake_nascar
from tests.feeds.taking import Taken, refresh, season_of

YEAR = 2027
ROUND = 5


@cache
def _season() -> fake_nascar.Season:
    return fake_nascar.season_to_be(YEAR)


class Weekend:
    """A season that never was, before its fifth race, and what a store knows of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.whole = copy.deepcopy(_season())
        self.now = copy.deepcopy(self.whole)
        for race in self.whole.races[ROUND - 1 :]:
            self.now.forget_results(race["race_id"])
        self.race_id = self.whole.races[ROUND - 1]["race_id"]
        self.start = datetime.fromisoformat(self.whole.races[ROUND - 1]["schedule"][0]["start_time_utc"]).replace(
            tzinfo=UTC
        )

    def run(self) -> None:
        """The race is over: everything is there, and nothing is official."""
        self.now.races[ROUND - 1] = copy.deepcopy(self.whole.races[ROUND - 1])
        self.now.weekends[self.race_id] = copy.deepcopy(self.whole.weekend(self.race_id))
        if self.race_id in self.whole.laps:
            self.now.laps[self.race_id] = self.whole.laps[self.race_id]
        self.official(False)

    def official(self, value: bool) -> None:
        for race in (self.now.listed(self.race_id), self.now.weekend(self.race_id)):
            race["inspection_complete"] = value

    def rows(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.now.weekend(self.race_id)["results"]
        return found

    async def refresh(self, after: timedelta, races: int = 1) -> Taken:
        """Refreshes the schedule and this race, or some before it as well, so long after the race's start."""
        ids = [race["race_id"] for race in self.now.races[ROUND - races : ROUND]]
        return await refresh(self.store, self.now.documents(), YEAR, ids, at=self.start + after)

    async def season(self) -> Season:
        season = await season_of(self.store, YEAR)
        assert season is not None
        return season

    async def race(self) -> Race:
        race = (await self.season()).race(ROUND)
        assert race is not None
        return race


@pytest.fixture
async def weekend(store: Store) -> Weekend:
    made = Weekend(store)
    taken = await made.refresh(-timedelta(days=2), races=ROUND)
    assert (taken.refused, taken.clashes) == ([], [])
    return made


async def test_a_season_that_never_was_appears_by_itself(weekend: Weekend) -> None:
    season = await weekend.season()
    assert [race.round for race in season.races] == list(range(1, 26))
    assert [race.nascar_id for race in season.races] == [race["race_id"] for race in weekend.whole.races]
    assert [race.round for race in season.run] == [1, 2, 3, 4]
    race = await weekend.race()
    assert race.start == weekend.start
    assert {race.phase for race in season.races} == {"regular season", "Chase"}
    # Everybody is the person of the seasons before, and nobody is there twice.
    assert {season.drivers[row.driver].nascar_id for row in season.results[4]} <= set(fake_nascar.driver_ids().values())
    there = {row.driver for rows in season.results.values() for row in rows}
    # Of one name there are two people, and the second of them it is who raced.
    assert {key for key in there if key.endswith("--2")} <= {"jason-white--2"}


async def test_an_entry_list_is_no_result(weekend: Weekend) -> None:
    season = await weekend.season()
    assert season.results_state(ROUND) is ResultsState.NONE
    assert len(season.absent[ROUND]) == len(weekend.rows())
    assert (await weekend.race()).outcome is None
    # Places before anybody is said to have won are none: others have taken such a list for results.
    for place, row in enumerate(weekend.rows(), 1):
        row["finishing_position"] = place
    await weekend.refresh(timedelta(hours=1))
    assert (await weekend.season()).results_state(ROUND) is ResultsState.NONE


@pytest.mark.parametrize(
    ("places", "known"),
    [
        ("all", True),
        # A list in which places are missing, or one that few trucks are in, is no starting order yet.
        ("a gap", False),
        ("one twice", False),
        ("the first three", False),
        ("none", False),
    ],
)
async def test_the_starting_order_comes_before_the_race_once_it_is_whole(
    weekend: Weekend, places: str, known: bool
) -> None:
    rows = weekend.rows()
    for place, row in enumerate(rows, 1):
        row["starting_position"] = 0 if places == "none" or (places == "the first three" and place > 3) else place
    if places == "a gap":
        rows[4]["starting_position"] = 0
    if places == "one twice":
        rows[4]["starting_position"] = 4
    await weekend.refresh(-timedelta(hours=3))
    starts = {entry.driver: entry.start for entry in (await weekend.season()).absent[ROUND]}
    assert sorted(start for start in starts.values() if start) == (list(range(1, len(rows) + 1)) if known else [])
    # Of the race that was run the results tell it, and they may say otherwise.
    weekend.run()
    await weekend.refresh(timedelta(hours=5))
    season = await weekend.season()
    assert all(row.entry.start is None for row in season.results[ROUND])
    assert {row.start for row in season.results[ROUND]} != {None}


async def test_a_driver_who_is_replaced_before_the_race_is_gone(weekend: Weekend) -> None:
    row = weekend.rows()[0]
    before = row["driver_fullname"]
    row |= {"driver_fullname": "Somebody New", "driver_id": 777_777}
    await weekend.refresh(-timedelta(hours=5))
    season = await weekend.season()
    names = {season.drivers[entry.driver].name for entry in season.absent[ROUND]}
    assert "Somebody New" in names
    assert before not in names


async def test_from_the_checkered_flag_to_a_disqualification_on_tuesday(weekend: Weekend) -> None:
    weekend.run()
    taken = await weekend.refresh(timedelta(hours=3))
    assert taken.refused == []
    season = await weekend.season()
    assert season.results_state(ROUND) is ResultsState.UNOFFICIAL
    assert season.latest is not None
    assert season.latest.round == ROUND
    race = await weekend.race()
    assert race.results_at is not None

    # Nothing new: no row changes.
    assert (await weekend.refresh(timedelta(hours=4))).changed == 0

    # Laps led are counted anew.
    led = next(row for row in weekend.rows() if row["laps_led"] > 1)
    led["laps_led"] -= 1
    taken = await weekend.refresh(timedelta(hours=5))
    assert [line.split(": ", 1)[0] for line in taken.corrections] == [f"2027 race {ROUND}, {race.name}"]
    assert f"{led['driver_fullname']} led" in taken.corrections[0]
    # Who led when does not add up to that, so it is left out and not guessed.
    assert (outcome := (await weekend.race()).outcome) is not None
    assert outcome.leads == ()
    led["laps_led"] += 1

    weekend.official(True)
    await weekend.refresh(timedelta(days=1))
    assert (await weekend.season()).results_state(ROUND) is ResultsState.OFFICIAL

    # On Tuesday the third is disqualified, and everybody behind moves up.
    third = next(row for row in weekend.rows() if row["finishing_position"] == 3)
    for row in weekend.rows():
        if row["finishing_position"] > 3:
            row["finishing_position"] -= 1
            row["points_earned"] += bool(row["points_earned"])
    third |= {"finishing_position": len(weekend.rows()), "points_earned": 1, "disqualified": True}
    taken = await weekend.refresh(timedelta(days=4))
    place = len(weekend.rows())
    assert f": {third['driver_fullname']} disqualified, finish 3 → {place}, points " in taken.corrections[0]
    season = await weekend.season()
    gone = next(row for row in season.results[ROUND] if season.drivers[row.driver].name == third["driver_fullname"])
    assert (gone.finish, gone.points, gone.disqualified) == (len(weekend.rows()), 1, True)
    assert gone.entry.note == "place 3 before the disqualification"
    assert gone.status == "running"
    # The margin to a truck that is gone is nobody's.
    assert (outcome := (await weekend.race()).outcome) is not None
    assert outcome.margin is None
    # What was noted stays when the same is read again.
    assert (await weekend.refresh(timedelta(days=5))).changed == 0


async def test_results_are_official_five_days_later_though_nobody_says_so(weekend: Weekend) -> None:
    weekend.run()
    await weekend.refresh(timedelta(days=4, hours=23))
    assert (await weekend.season()).results_state(ROUND) is ResultsState.UNOFFICIAL
    await weekend.refresh(timedelta(days=5))
    assert (await weekend.season()).results_state(ROUND) is ResultsState.OFFICIAL


async def test_what_is_unofficial_replaces_nothing_official(weekend: Weekend) -> None:
    weekend.run()
    weekend.official(True)
    await weekend.refresh(timedelta(days=1))
    weekend.official(False)
    first, second = weekend.rows()[:2]
    first["finishing_position"], second["finishing_position"] = 2, 1
    taken = await weekend.refresh(timedelta(days=2))
    assert taken.changed == 0
    assert taken.disagreements[0].startswith(f"2027 race {ROUND}: NASCAR's feed has ")
    season = await weekend.season()
    assert season.results_state(ROUND) is ResultsState.OFFICIAL
    assert season.drivers[season.results[ROUND][0].driver].name == first["driver_fullname"]


async def test_a_fastest_lap_waits_for_lap_times_that_are_whole(weekend: Weekend) -> None:
    weekend.run()
    trucks = [
        {
            "Number": row["car_number"],
            "NASCARDriverID": row["driver_id"],
            "Laps": [{"Lap": lap, "LapTime": 50 + lap + place / 100} for lap in range(1, 4)],
        }
        for place, row in enumerate(weekend.rows())
    ]
    checkered = [{"LapsCompleted": 0, "FlagState": 8}, {"LapsCompleted": 3, "FlagState": 4}]
    weekend.now.laps[weekend.race_id] = {"laps": trucks, "flags": checkered[:1]}
    taken = await weekend.refresh(timedelta(hours=3))
    assert taken.refused == []
    assert (outcome := (await weekend.race()).outcome) is not None
    assert outcome.fastest_lap is None
    # A yellow may follow the checkered flag, and takes nothing back.
    yellow = {"LapsCompleted": 3, "FlagState": 2}
    weekend.now.laps[weekend.race_id] = {"laps": trucks, "flags": [*checkered, yellow]}
    await weekend.refresh(timedelta(hours=4))
    assert (outcome := (await weekend.race()).outcome) is not None
    assert outcome.fastest_lap is not None
    assert outcome.fastest_lap.seconds == 51


async def test_results_without_points_are_partial(weekend: Weekend) -> None:
    weekend.run()
    for row in weekend.rows():
        row["points_earned"] = 0
    await weekend.refresh(timedelta(hours=3))
    assert (await weekend.season()).results_state(ROUND) is ResultsState.PARTIAL
    weekend.run()
    await weekend.refresh(timedelta(hours=4))
    assert (await weekend.season()).results_state(ROUND) is ResultsState.UNOFFICIAL


async def test_an_older_copy_replaces_nothing(weekend: Weekend) -> None:
    weekend.run()
    await weekend.refresh(timedelta(hours=5))
    before = (await weekend.season()).results[ROUND]
    weekend.rows()[3]["points_earned"] += 1
    assert (await weekend.refresh(timedelta(hours=4))).changed == 0
    assert (await weekend.season()).results[ROUND] == before


async def test_the_time_to_tune_in_is_no_start_of_coverage(weekend: Weekend) -> None:
    """7: it is the race's own start, or for a race that goes on a day later that of the resumption."""
    for race in weekend.now.races:
        race["tunein_date"] = (datetime.fromisoformat(race["race_date"]) - timedelta(minutes=30)).isoformat()
    weekend.now.listed(weekend.race_id)["tunein_date"] = (weekend.start + timedelta(days=1)).isoformat()[:19]
    await weekend.refresh(-timedelta(days=1))
    season = await weekend.season()
    assert all(race.broadcasts for race in season.races)
    assert {each.coverage for race in season.races for each in race.broadcasts} == {None}
    assert (await weekend.race()).start == weekend.start


@pytest.mark.parametrize("listed", ["1900-01-01T00:00:00", None])
async def test_the_tracks_own_time_moves_no_race_that_was_run(weekend: Weekend, listed: str | None) -> None:
    """6: once it was run, the list writes the track's time; where the listed one is gone, what is held stays."""
    weekend.run()
    race = weekend.now.listed(weekend.race_id)
    local = weekend.start.astimezone(EASTERN) - timedelta(hours=3)
    race |= {"race_date": local.isoformat()[:19], "date_scheduled": listed, "schedule": []}
    await weekend.refresh(timedelta(hours=4))
    assert (await weekend.race()).start == weekend.start


async def test_a_race_that_is_moved_loses_its_coverage_and_keeps_its_place(weekend: Weekend) -> None:
    listed = weekend.now.listed(weekend.race_id)
    moved = weekend.start + timedelta(days=1)
    listed["race_date"] = (datetime.fromisoformat(listed["race_date"]) + timedelta(days=1)).isoformat()
    listed["schedule"] = [{"event_name": "Race", "start_time_utc": moved.isoformat()[:19], "run_type": 3}]
    await weekend.refresh(-timedelta(days=1))
    race = await weekend.race()
    assert (race.start, race.round, race.nascar_id) == (moved, ROUND, weekend.race_id)
    assert all(broadcast.coverage is None for broadcast in race.broadcasts)
