"""NASCAR's live documents as a live state, and everything about them that misleads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.feeds import paths
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.reading import read_flags, read_live_feed, read_live_points, read_pit_stops, read_stage_points
from bot.feeds.schemas.points import LivePoints
from bot.live.translation import KnownDrivers, flags_of, stages_of, state_of, with_points, with_stops
from db.live.models import Flag, LiveFastest, LiveState, LiveTruck, TruckStatus
from db.models import Driver, SessionKind
from tests.bot.live.documents import (
    CAME,
    FLAGS,
    IDS,
    RACE,
    TRUCKS,
    fetched,
    flag,
    followed,
    live_feed,
    points,
    season,
    stage,
    vehicle,
)

FEEDS = Path(__file__).parents[4] / "shared" / "data" / "feeds"
needs_feeds = pytest.mark.skipif(not FEEDS.exists(), reason="the documents beside a maintainers' checkout are not here")


def read(document: dict[str, Any], at: datetime = CAME) -> LiveState:
    feed = read_live_feed(fetched(paths.live_feed(RACE), document, at), RACE)
    assert feed is not None
    return state_of(feed, followed().race.id, KnownDrivers(season().drivers), at)


def truck(**facts: Any) -> LiveTruck:
    """The second truck, of which something is told otherwise."""
    return read(live_feed([TRUCKS[0], vehicle("98", 2, **({"name": "Ty Majeski"} | facts))])).trucks[1]


def test_a_frame_is_read_whole() -> None:
    state = read(live_feed())
    assert (state.session, state.lap, state.laps, state.laps_left) == (SessionKind.RACE, 50, 100, 50)
    assert (state.stage, state.stage_end, state.stage_left) == (2, 60, 10)
    assert (state.flag, state.cautions, state.caution_laps, state.under_way) == (Flag.GREEN, 1, 4, True)
    assert [(each.number, each.driver, each.name, each.gap) for each in state.trucks] == [
        ("11", "corey-heim", "Corey Heim", 0.0),
        ("98", "ty-majeski", "Ty Majeski", 0.5),
        ("34", "layne-riggs", "Layne Riggs", 1.0),
    ]
    assert state.trucks[0].make == "Toyota"
    assert state.fastest == LiveFastest("11", 50.1, 12)


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"series_id": 1}, "is of series 1, and 3 was asked for"),
        ({"series_id": 999, "race_id": 10000}, "is of series 999"),
        ({"race_id": 5575}, "is of race 5575, and 5504 was asked for"),
        ({"vehicles": None}, "vehicles"),
        ({"lap_number": "many"}, "lap_number"),
    ],
)
def test_another_series_another_race_and_nonsense_are_refused(facts: dict[str, Any], problem: str) -> None:
    with pytest.raises(FeedError, match=problem):
        read(live_feed(**facts))


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1, Flag.GREEN), (2, Flag.YELLOW), (3, Flag.RED), (4, Flag.CHECKERED), (8, Flag.HOT), (9, Flag.COLD)],
)
def test_flags_by_their_numbers(number: int, shown: Flag) -> None:
    assert read(live_feed(flag_state=number)).flag is shown


@pytest.mark.parametrize("number", [0, 5, 77, None])
def test_a_number_that_is_no_flag_says_nothing(number: int | None) -> None:
    assert read(live_feed(flag_state=number)).flags == ()


@pytest.mark.parametrize(
    ("facts", "over"),
    [
        ({"flag_state": 4}, True),  # before the lap count is raised
        ({"flag_state": 9, "lap_number": 100, "laps_to_go": 0}, True),
        ({"flag_state": 9}, False),  # stopped by rain with laps to go
        ({"flag_state": 2, "lap_number": 100, "laps_to_go": 0}, False),  # overtime is to come
        ({"flag_state": 1, "lap_number": 100, "laps_to_go": 0}, False),
    ],
)
def test_the_race_is_over_with_the_checkered_flag_and_no_sooner(facts: dict[str, Any], over: bool) -> None:
    state = read(live_feed(**facts))
    assert (state.checkered is not None) == over


def test_lap_0_is_the_start() -> None:
    state = read(
        live_feed([vehicle("11", 1, laps_completed=0, laps_led=[{"start_lap": 0, "end_lap": 0}])], lap_number=0)
    )
    assert (state.lap, state.leads, state.trucks[0].led) == (0, (), 0)


def test_laps_led_are_ranges_and_lap_0_is_none_of_them() -> None:
    led = [{"start_lap": 0, "end_lap": 20}, {"start_lap": 41, "end_lap": 45}]
    other = [{"start_lap": 21, "end_lap": 40}, {"start_lap": 46, "end_lap": 48}, {"start_lap": 49, "end_lap": 50}]
    state = read(live_feed([vehicle("11", 1, laps_led=led), vehicle("98", 2, laps_led=other)]))
    assert [(each.number, each.from_lap, each.to_lap) for each in state.leads] == [
        ("11", 1, 20), ("98", 21, 40), ("11", 41, 45), ("98", 46, 50),
    ]  # fmt: skip
    assert [each.led for each in state.trucks] == [25, 25]


def test_practice_has_no_end_no_stage_and_no_start() -> None:
    rows = [vehicle("11", 1, starting_position=98, is_on_track=False), vehicle("98", 2, starting_position=99)]
    state = read(live_feed(rows, run_type=1, laps_in_race=999, laps_to_go=949, number_of_caution_laps=-1))
    assert (state.session, state.laps, state.stage, state.stage_left) == (SessionKind.PRACTICE, None, None, None)
    assert [each.start for each in state.trucks] == [None, None]
    assert (state.caution_laps, state.begun, state.trucks[0].status) == (None, False, TruckStatus.ON_TRACK)


@pytest.mark.parametrize(
    ("facts", "gap", "down"),
    [
        ({"delta": 1.021}, 1.021, 0),
        ({"delta": -2}, None, 2),
        ({"delta": -146.0}, None, 146),
        ({"delta": 0}, 0, 0),
        ({"delta": None, "laps_completed": 48}, None, 2),
        ({"delta": None, "laps_completed": None}, None, 0),
    ],
)
def test_delta_is_seconds_or_laps(facts: dict[str, Any], gap: float | None, down: int) -> None:
    found = truck(**facts)
    assert (found.gap, found.laps_down) == (gap, down)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"status": 1}, TruckStatus.ON_TRACK),
        ({"status": 1, "is_on_track": False}, TruckStatus.ON_TRACK),
        ({"status": 2}, TruckStatus.PITS),
        ({"status": 3, "is_on_track": False}, TruckStatus.OUT),
        ({"status": 6, "is_on_track": False}, TruckStatus.GARAGE),
        ({"status": 42, "is_on_track": False}, TruckStatus.OUT),
        ({"status": 42, "is_on_track": True}, TruckStatus.ON_TRACK),
        ({"status": None, "is_on_track": None}, TruckStatus.ON_TRACK),
    ],
)
def test_where_a_truck_is(facts: dict[str, Any], status: TruckStatus) -> None:
    assert truck(**facts).status is status


def test_only_what_lies_between_start_and_finish_is_a_stop() -> None:
    laps = [(0, 0), (0, 0), (12, 12), (33, 34), (33, 34), (99, 100)]
    stops = [{"pit_in_lap_count": own, "pit_in_leader_lap": leader} for own, leader in laps]
    found = truck(pit_stops=stops)
    assert (found.stops, found.last_stop) == (2, 33)
    assert truck(pit_stops=None).stops == 0


@pytest.mark.parametrize(
    ("name", "said", "eligible"),
    [
        ("Ty Majeski", "Ty Majeski", True),
        ("Ty Majeski # (P)", "Ty Majeski", True),
        ("Leland Honeyman Jr(i)", "Leland Honeyman Jr", False),
        ("Brent Crews(i) (C)", "Brent Crews", False),
        ("* Sam Mayer *", "Sam Mayer", True),
    ],
)
def test_markers_are_no_part_of_a_name(name: str, said: str, eligible: bool) -> None:
    found = truck(name=name)
    assert (found.name, found.eligible) == (said, eligible)


def test_the_running_position_counts_and_not_the_order_of_rows() -> None:
    rows = [vehicle("34", 3), vehicle("11", 1), vehicle("5", 0), vehicle("98", 2)]
    assert [(each.number, each.position) for each in read(live_feed(rows)).trucks] == [
        ("11", 1), ("98", 2), ("34", 3), ("5", 4),
    ]  # fmt: skip


def test_a_truck_that_stands_twice_is_there_once() -> None:
    rows = [vehicle("11", 1, laps_completed=10), vehicle("11", 2, laps_completed=50), vehicle("98", 2)]
    assert [each.number for each in read(live_feed(rows)).trucks] == ["11", "98"]


def test_02_and_2_are_two_trucks() -> None:
    assert [each.number for each in read(live_feed([vehicle("02", 1), vehicle("2", 2)])).trucks] == ["02", "2"]


def test_numbers_may_be_written_with_commas_and_as_text() -> None:
    state = read(live_feed([vehicle("11", 1, best_lap_time="50.1", laps_completed="50")], elapsed_time="2,600"))
    assert (state.elapsed, state.trucks[0].best_lap, state.trucks[0].laps) == (2600, 50.1, 50)


def test_a_lap_that_cannot_be_is_nobodys_fastest() -> None:
    rows = [vehicle("11", 1, best_lap_time=2.625), vehicle("98", 2), vehicle("34", 3)]
    state = read(live_feed(rows))
    assert state.fastest == LiveFastest("98", 50.2, 12)
    assert (state.trucks[0].best_lap, state.trucks[0].best_lap_number) == (None, None)


def test_a_fastest_lap_that_two_share_is_nobodys() -> None:
    assert read(live_feed([vehicle("11", 1, best_lap_time=50.0), vehicle("98", 2, best_lap_time=50.0)])).fastest is None
    assert read(live_feed([vehicle("11", 1, best_lap_time=0)])).fastest is None


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2025-10-17T16:29:58.1234567-05:00", CAME - timedelta(seconds=2)),  # the track's own time
        ("2025-10-17T17:29:58-04:00", CAME - timedelta(seconds=2)),
        ("2025-10-17T17:30:03-04:00", CAME),  # the server's clock is ahead
        ("2025-10-17T15:29:58-04:00", CAME),  # hours ago, and new all the same
        ("2025-10-17T17:29:58", CAME),  # nobody knows in which zone
        (None, CAME),
    ],
)
def test_when_it_was_true(written: str | None, at: datetime) -> None:
    assert read(live_feed(time_of_day_os=written)).at == at


def test_without_a_stage_nothing_is_said_of_one() -> None:
    state = read(live_feed(stage=None))
    assert (state.stage, state.stage_end) == (None, None)
    assert read(live_feed(stage={"stage_num": 2, "finish_at_lap": 45})).stage_left is None


class TestDrivers:
    KNOWN = KnownDrivers(
        {
            "a": Driver("a", "Jason White", nascar_id=1),
            "b": Driver("b", "Jason White", nascar_id=2),
            "c": Driver("c", "Nick Sanchez", aliases=("Nicholas Sanchez",)),
        }
    )

    @pytest.mark.parametrize(
        ("number", "name", "key"),
        [
            (2, "Jason White", "b"),
            (2, "Called Otherwise", "b"),
            (None, "Jason White", None),
            (3, "Jason White", None),
            (9, "Nicholas Sanchez", "c"),
            (None, "Nick  SANCHEZ", "c"),
            (9, "Nobody Known", None),
            (None, "", None),
        ],
    )
    def test_a_driver_is_found_by_id_else_by_a_name_of_one(
        self, number: int | None, name: str, key: str | None
    ) -> None:
        assert self.KNOWN.key(number, name) == key


class TestFlags:
    def flags(self, rows: list[dict[str, Any]]) -> list[tuple[Flag, int]]:
        found = read_flags(fetched(paths.flags(RACE), rows))
        return [(each.flag, each.lap) for each in flags_of(found or [], read(live_feed()), followed())]

    def test_they_come_with_moment_reason_and_free_pass(self) -> None:
        found = read_flags(fetched(paths.flags(RACE), {"FlagStates": FLAGS}))
        caution = flags_of(found or [], read(live_feed()), followed())[2]
        assert (caution.flag, caution.lap, caution.reason, caution.free_pass) == (
            Flag.YELLOW, 30, "Stage 1 Conclusion", "34",
        )  # fmt: skip
        assert caution.since == datetime(2025, 10, 17, 20, 50, tzinfo=UTC)

    def test_a_flag_that_is_listed_twice_is_one(self) -> None:
        assert self.flags([flag(0, 1, "16:20:00"), flag(0, 1, "16:20:05"), flag(0, 0, "16:21:00")]) == [(Flag.GREEN, 0)]

    def test_those_of_another_days_session_are_none(self) -> None:
        old = [row | {"time_of_day_os": "2025-10-16T16:20:00-04:00"} for row in FLAGS]
        assert self.flags(old) == []

    def test_without_a_moment_it_is_counted_from_the_race_clock(self) -> None:
        found = read_flags(fetched(paths.flags(RACE), [flag(30, 2, None, elapsed_time=1600.0)]))
        state = read(live_feed())
        assert flags_of(found or [], state, followed())[0].since == state.at - timedelta(seconds=1000)


class TestStages:
    def test_everybody_is_listed_and_those_scoring_elsewhere_have_no_points(self) -> None:
        rows = read_stage_points(fetched("x", [stage(1, ["98", "11", "34", "7"], [10, 0, 8, 7])]), RACE)
        found = stages_of(rows or [], read(live_feed()), followed())
        assert [(each.position, each.number, each.points) for each in found[0].places] == [
            (1, "98", 10), (2, "11", 0), (3, "34", 8),
        ]  # fmt: skip

    def test_the_last_part_of_a_race_is_no_stage(self) -> None:
        rows = read_stage_points(fetched("x", [stage(n, ["11"], [10]) for n in (1, 2, 3)]), RACE)
        assert [each.number for each in stages_of(rows or [], read(live_feed()), followed())] == [1, 2]

    def test_another_races_are_refused(self) -> None:
        with pytest.raises(FeedError, match="is of race 1, and 5504"):
            read_stage_points(fetched("x", [stage(1, ["11"], [10], race_id=1)]), RACE)


class TestPoints:
    def with_rows(self, *rows: dict[str, Any]) -> LiveState:
        found = read_live_points(fetched("x", list(rows))) or []
        return with_points(read(live_feed()), found, {"11": IDS["Corey Heim"], "98": IDS["Ty Majeski"]})

    def test_they_are_joined_by_the_driver_for_the_document_names_no_race_and_no_truck(self) -> None:
        state = self.with_rows(points("Corey Heim", 51), points("Layne Riggs", 3))
        assert [each.points for each in state.trucks] == [51, None, None]

    def test_it_says_who_scores_here_and_who_has_the_fastest_laps_point(self) -> None:
        rows = points("Corey Heim", 0, is_points_eligible=False), points("Ty Majeski", 1, is_fastest_lap_point=True)
        state = self.with_rows(*rows)
        assert [each.eligible for each in state.trucks] == [False, True, True]
        assert state.fastest_point == "98"

    def test_what_is_not_there_says_nothing(self) -> None:
        assert with_points(read(live_feed()), [LivePoints(driver_id=None)], {}) == read(live_feed())


class TestPitRoad:
    def stops(self, *laps: int, number: str = "98", flags: int = 2) -> LiveTruck:
        rows = [{"vehicle_number": number, "lap_count": lap, "pit_in_flag_status": flags} for lap in laps]
        found = read_pit_stops(fetched("x", rows), frozenset(read(live_feed()).by_number)) or []
        return with_stops(read(live_feed()), found).trucks[1]

    def test_it_may_know_of_more_stops(self) -> None:
        assert (self.stops(0, 20, 41, 100).stops, self.stops(0, 20, 41, 100).last_stop) == (2, 41)

    def test_another_series_trucks_are_passed_over(self) -> None:
        assert self.stops(20, number="777").stops == 0

    def test_fewer_stops_than_are_known_take_none_back(self) -> None:
        state = read(live_feed([TRUCKS[0], vehicle("98", 2, pit_stops=[{"pit_in_lap_count": n} for n in (9, 31)])]))
        assert with_stops(state, []).trucks[1].last_stop == 31


RECORDED = {
    "live-feed_2023_1_5272_lap233.json": (233, 260, 36, Flag.GREEN, False),
    "live-feed_2025_1_5575_final.json": (367, 367, 38, Flag.COLD, True),
    "stage1-feed_2019_2_4817_caution.json": (87, 300, 37, Flag.YELLOW, False),
    "live-feed_2019_series999_kn_final.json": (150, 150, 19, Flag.COLD, True),
    "live-feed_2019_2_4817_practice_running.json": (16, None, 25, Flag.GREEN, False),
    "live-feed_2023_1_5273_practice_start.json": (0, None, 37, Flag.GREEN, False),
}


@needs_feeds
@pytest.mark.shared
@pytest.mark.parametrize("name", RECORDED)
def test_recorded_frames_are_read_once_they_are_taken_for_this_series(name: str) -> None:
    body = (FEEDS / name).read_bytes()
    with pytest.raises(FeedError, match="is of series"):
        read_live_feed(Fetched("x", body, CAME), RACE)
    import json

    document = json.loads(body) | {"series_id": 3, "race_id": RACE}
    state = read(document)
    laps, flags = (state.lap, state.laps), (state.flag, state.checkered is not None)
    assert (*laps, len(state.trucks), *flags) == RECORDED[name]
    assert [each.position for each in state.trucks] == list(range(1, len(state.trucks) + 1))
    on_lap = [each.gap for each in state.trucks if each.gap is not None and state.session is SessionKind.RACE]
    assert on_lap == sorted(on_lap)


@needs_feeds
@pytest.mark.shared
def test_recorded_flags_stages_and_points_are_read() -> None:
    state = replace(read(live_feed()), at=datetime(2026, 7, 5, 5, tzinfo=UTC))
    long_before = followed(start=datetime(2026, 7, 5, 0, tzinfo=UTC))
    rows = read_flags(Fetched("x", (FEEDS / "live-flag-data_2026.json").read_bytes(), CAME))
    found = flags_of(rows or [], state, long_before)
    assert [each.flag for each in found[:3]] == [Flag.HOT, Flag.GREEN, Flag.YELLOW]
    assert [each.flag for each in found[-2:]] == [Flag.CHECKERED, Flag.COLD]
    wrapped = read_flags(Fetched("x", (FEEDS / "live-flag-data_2023_2_5314_wrapped.json").read_bytes(), CAME))
    assert wrapped
    # A yellow follows the checkered flag there.
    assert [row.flag_state for row in wrapped][-2:] == [4, 2]
    stages = read_stage_points(Fetched("x", (FEEDS / "live-stage-points_2023_2_5314.json").read_bytes(), CAME), 5314)
    assert [len(each.results or ()) for each in stages or ()] == [38, 38]
    for name in (
        "live-points_2019_2_strings.json",
        "live-points_2023_cup.json",
        "rebuilt/live-points_2022_3_5240.json",
    ):
        assert read_live_points(Fetched("x", (FEEDS / name).read_bytes(), CAME))
