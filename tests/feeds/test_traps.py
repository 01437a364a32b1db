"""What a guess from the names of NASCAR's fields gets wrong; each is a row or a test here."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.feeds import paths, reading
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.schemas.race_list import ListedRace
from bot.feeds.schemas.timing import LapTimes, PitStop
from bot.feeds.schemas.values import seconds_of, without_markers
from bot.feeds.schemas.weekend import Weekend

AT = datetime(2027, 3, 1, tzinfo=UTC)


def fetched(value: Any, path: str = "a/path.json") -> Fetched:
    return Fetched(path, json.dumps(value).encode(), AT)


def listed(**facts: Any) -> ListedRace:
    known = {"race_id": 6001, "series_id": 3, "race_season": 2027, "race_name": "A 200", "track_name": "A Track"}
    return ListedRace.model_validate(known | facts)


def row(**facts: Any) -> dict[str, Any]:
    known = {"car_number": "11", "driver_fullname": "Corey Heim", "driver_id": 4387, "finishing_position": 1}
    return known | facts


def weekend(*rows: dict[str, Any], **facts: Any) -> Weekend | None:
    known = {"race_id": 6001, "series_id": 3, "race_season": 2027, "race_name": "A 200", "track_name": "A Track"}
    whole = {"weekend_race": [known | {"results": list(rows)} | facts], "weekend_runs": []}
    return reading.read_weekend(fetched(whole), 2027, 6001)


def laps(*times: tuple[str, list[float | None]], **facts: Any) -> LapTimes:
    trucks = [
        {"Number": number, "Laps": [{"Lap": lap, "LapTime": each} for lap, each in enumerate(held)]}
        for number, held in times
    ]
    found = reading.read_lap_times(fetched({"laps": trucks} | facts))
    assert found is not None
    return found


def test_names_with_markers() -> None:
    rows: tuple[Any, ...] = (
        ("Nick Sanchez # (P)", "Nick Sanchez", {"#", "p"}),
        ("Leland Honeyman Jr(i)", "Leland Honeyman Jr", {"i"}),
        ("Brent Crews(i) (C)", "Brent Crews", {"i", "c"}),
        ("* Norm Benning", "Norm Benning", {"*"}),
        ("Dale Earnhardt Jr.", "Dale Earnhardt Jr.", set()),
        ("Frankie Muniz #", "Frankie Muniz", {"#"}),
    )
    for given, name, markers in rows:
        assert without_markers(given) == (name, frozenset(markers))
        entered = weekend(row(driver_fullname=given))
        assert entered is not None
        assert entered.rows[0].name == name


def test_days_and_times() -> None:
    """6, 7: what is Eastern, what is the track's own time, and what is none."""
    evening = datetime(2027, 11, 6, 2, tzinfo=UTC)
    event = {"event_name": "Race", "start_time_utc": "2027-11-06T02:10:00", "run_type": 3}
    rows: tuple[Any, ...] = (
        # Before the race all are Eastern.
        ({"date_scheduled": "2027-11-05T22:00:00", "race_date": "2027-11-05T22:00:00"}, date(2027, 11, 5), evening),
        # After it race_date is the track's own time, and date_scheduled still Eastern.
        (
            {"date_scheduled": "2027-11-05T22:00:00", "race_date": "2027-11-05T19:00:00", "average_speed": 90.1},
            date(2027, 11, 5),
            evening,
        ),
        # A time of midnight is none; the day is.
        ({"date_scheduled": "2027-11-05T00:00:00", "race_date": "2027-11-05T00:00:00"}, date(2027, 11, 5), None),
        ({"date_scheduled": "1900-01-01T00:00:00", "race_date": "2027-11-05T22:00:00"}, date(2027, 11, 5), evening),
        # The schedule of the weekend has the start itself, in UTC.
        (
            {"race_date": "2027-11-05T22:00:00", "schedule": [event]},
            date(2027, 11, 5),
            datetime(2027, 11, 6, 2, 10, tzinfo=UTC),
        ),
        # A race of the day before yesterday's plan is not that of the day to which it was moved.
        (
            {"date_scheduled": "2027-11-05T22:00:00", "race_date": "2027-11-06T22:00:00", "schedule": [event]},
            date(2027, 11, 6),
            datetime(2027, 11, 7, 2, tzinfo=UTC),
        ),
        # The day of a resumption is no day of a race.
        (
            {
                "date_scheduled": "2027-05-18T13:30:00",
                "race_date": "2027-05-18T13:30:00",
                "tunein_date": "2027-05-19T11:30:00",
            },
            date(2027, 5, 18),
            datetime(2027, 5, 18, 17, 30, tzinfo=UTC),
        ),
    )
    for facts, day, start in rows:
        assert listed(**facts).planned() == (day, start)
    assert listed(race_date="1900-01-01T00:00:00").planned() is None


def test_whether_a_race_is_over() -> None:
    """The winner is missing for many races that were run; laps and stages are there before."""
    rows: tuple[Any, ...] = (
        ({"scheduled_laps": 100, "actual_laps": 100, "stage_1_laps": 20}, False),
        ({"winner_driver_id": 4387}, True),
        ({"winner_driver_id": 0, "total_race_time": "1:41:02"}, True),
        ({"winner_driver_id": None, "average_speed": 101.5}, True),
        ({"average_speed": 0, "total_race_time": "0:00:00"}, False),
        ({"average_speed": "", "total_race_time": ""}, False),
    )
    for facts, over in rows:
        assert listed(**facts).is_over is over


def test_stages_are_those_planned() -> None:
    """10: the last stage is rewritten so that they add up to the laps that were run."""
    rows: tuple[Any, ...] = (
        ({"scheduled_laps": 200, "stage_1_laps": 50, "stage_2_laps": 50, "stage_3_laps": 103}, [50, 50, 100]),
        ({"scheduled_laps": 100, "stage_1_laps": 20, "stage_2_laps": 20, "stage_3_laps": 39}, [20, 20, 60]),
        ({"scheduled_laps": 100, "stage_1_laps": 0, "stage_2_laps": 0, "stage_3_laps": 0}, []),
        (
            {"scheduled_laps": 400, "stage_1_laps": 90, "stage_2_laps": 90, "stage_3_laps": 90, "stage_4_laps": 140},
            [90, 90, 90, 130],
        ),
    )
    for facts, stages in rows:
        assert listed(**facts).stages == stages


def test_values_as_texts() -> None:
    """20, 25: numbers were texts, with commas between the thousands; empty texts are nothing."""
    found = listed(average_speed="1,101.5", number_of_cautions="7", playoff_round="", inspection_complete="")
    assert (found.average_speed, found.number_of_cautions) == (1101.5, 7)
    assert (found.playoff_round, found.official) == (None, False)
    text = reading.read_lap_times(
        fetched({"laps": [{"Laps": [{"Lap": 1, "LapTime": 47.1, "LapSpeed": "27,950.311"}]}]})
    )
    assert text is not None
    assert [lap.mph for truck in text.laps for lap in truck.laps or ()] == [27950.311]
    old = {"driver_id": 4387, "wins": "3", "points": "52", "last_name": "Heim # (P)", "first_name": "Corey"}
    points = reading.read_live_points(fetched([old | {"car_number": ""}]))
    assert points is not None
    assert (points[0].wins, points[0].points, points[0].name, points[0].car_number) == (3, 52, "Corey Heim", None)
    assert seconds_of("2:00:27") == 7227.0
    assert seconds_of("0:00:00") is None


def test_laps_that_nobody_drove() -> None:
    """19: a lap far below what is usual was timed wrongly; 39: lap 0 is none."""
    usual = [None, 55.4, 55.2, 55.9, 56.0]
    rows: tuple[Any, ...] = (
        ("one impossible lap", laps(("11", usual), ("9", [*usual, 33.063]), ("38", [None, 55.1, 55.6, 55.7])), "38"),
        ("a very short one", laps(("11", [*usual, 0.322]), ("9", [None, 55.0, 55.3, 55.4])), "9"),
        ("lap 0 has a time", laps(("11", [53.0, 55.4, 55.2, 55.9]), ("9", [None, 55.0, 55.3, 55.4])), "9"),
        ("a lap in the draft", laps(("11", [*usual, 52.0]), ("9", usual)), "11"),
    )
    for _, found, number in rows:
        fastest = found.fastest()
        assert fastest is not None
        assert fastest[0].number == number
    assert laps(("11", [None])).fastest() is None
    # Two trucks with the same time: it does not say which was first.
    assert laps(("11", usual), ("9", usual)).fastest() is None


def test_the_checkered_flag() -> None:
    """1, 2: 4 is the checkered flag, and what follows does not take it back; there is no 5."""
    flags = [
        {"LapsCompleted": lap, "FlagState": state} for lap, state in ((0, 8), (1, 1), (162, 1), (163, 4), (163, 2))
    ]
    assert laps(("11", [None]), flags=flags).checkered_on == 163
    assert laps(("11", [None]), flags=flags[:3]).checkered_on is None


def test_lap_times_that_lag_behind_the_race() -> None:
    """1, 2: they are whole once the checkered flag is in them, whatever follows it, or the last lap is."""
    cold, yellow = {"LapsCompleted": 3, "FlagState": 9}, {"LapsCompleted": 3, "FlagState": 2}
    checkered = {"LapsCompleted": 3, "FlagState": 4}
    two_of_three = ("11", [None, 55.4, 55.2])
    rows: tuple[Any, ...] = (
        (laps(two_of_three), 3, False),
        (laps(two_of_three, flags=[yellow]), 3, False),
        (laps(two_of_three, flags=[cold]), 3, False),
        (laps(two_of_three, flags=[checkered, yellow]), 3, True),
        (laps(two_of_three, flags=[checkered, cold]), 3, True),
        (laps(("9", [None, 55.1]), ("11", [None, 55.4, 55.2, 55.9])), 3, True),
        (laps(two_of_three), None, True),
    )
    for found, of, whole in rows:
        assert found.covers(of) is whole


def test_stops_are_those_in_the_race() -> None:
    """27, 28, 29: rows before the start and after the flag, stops that were not measured, and other series' trucks."""
    stopped = [
        {"vehicle_number": "17", "lap_count": lap, "pit_stop_duration": lasted}
        for lap, lasted in ((0, 5.0), (10, 4.88), (40, -1), (90, -1))
    ]
    stops = reading.read_pit_stops(
        fetched([*stopped, {"vehicle_number": "24", "lap_count": 3}]), frozenset({"17", "02"})
    )
    assert stops is not None
    assert [(stop.lap_count, stop.stood) for stop in stops if stop.is_stop(90)] == [(10, 4.88), (40, None)]
    assert PitStop.model_validate({"vehicle_number": "02"}).vehicle_number == "02"
    assert reading.read_pit_stops(Fetched("a", None, AT), frozenset()) is None


def test_one_driver_twice() -> None:
    """45: one copy of a row that stands twice counts, and of two entries the one that raced."""
    twice = weekend(row(points_position=26), row(points_position=30), average_speed=100)
    assert twice is not None
    assert len(twice.rows) == 1
    for both in ((row(finishing_position=0), row()), (row(), row(finishing_position=0))):
        raced = weekend(*both, average_speed=100)
        assert raced is not None
        assert [each.place for each in raced.rows] == [1]
    two_cars = weekend(row(finishing_position=0, car_number="1"), row(), average_speed=100)
    assert two_cars is not None
    assert [each.car_number for each in two_cars.rows] == ["1", "11"]
    with pytest.raises(FeedError, match="twice"):
        weekend(row(), row(finishing_position=2), average_speed=100)


def test_what_is_not_there() -> None:
    """42: null with status 200, and nothing where a document is missing."""
    rows: tuple[Any, ...] = (
        Fetched("a", None, AT),
        fetched(None),
        fetched({"weekend_race": None, "weekend_runs": []}),
        fetched({"weekend_race": [], "weekend_runs": []}),
        fetched({}),
    )
    for each in rows:
        assert reading.read_weekend(each, 2027, 6001) is None
    for reader in (reading.read_live_points, reading.read_standings, reading.read_sessions, reading.read_lap_times):
        assert reader(fetched(None)) is None
        assert reader(Fetched("a", None, AT)) is None
    assert reading.read_loop_stats(fetched(None), 1) is None


def test_a_byte_order_mark_does_no_harm() -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"series_3": [listed().model_dump(mode="json")]}).encode()
    assert reading.read_race_list(Fetched(paths.race_list(2027), body, AT), 2027).races[0].race_id == 6001
    # Some years have the list of one series alone.
    bare = fetched([listed().model_dump(mode="json")])
    assert len(reading.read_race_list(bare, 2027).races) == 1


def test_what_cannot_be_used_is_said_in_a_line() -> None:
    race = listed(race_date="2027-11-05T22:00:00").model_dump(mode="json")

    def served(body: bytes) -> Fetched:
        return Fetched("a/list.json", body, AT)

    rows: tuple[Any, ...] = (
        (served(b"<!DOCTYPE html><html></html>"), "is a web page and not data"),
        (served(b""), "is empty"),
        (served(b'{"series_3": ['), "is cut short"),
        (served(b'{"series_3": \xe9}'), "is not UTF-8 text"),
        (served(b'{"series_3": NaN}'), "cannot be read; NaN is no number; leave out what is not known"),
        (served(b"[" * 200_000), "cannot be read; it is nested too deeply"),
        (served(b"{}{}"), "goes on after its end"),
        (fetched({"series_1": []}), "has no races of the Truck Series"),
        (fetched(None), "has no races of the Truck Series"),
        (Fetched("a", None, AT), "has no races of the Truck Series"),
        (fetched([race | {"race_season": 2018}]), "race 6001 is of the season 2018, and 2027 was asked for"),
        (fetched([race | {"series_id": 2}]), "race 6001 is of series 2, and 3 was asked for"),
        (fetched([race, race | {"race_name": "B"}]), "has race 6001 twice, and each says something else"),
        (fetched([race | {"race_type_id": 2}]), "has no races of the Truck Series"),
        (fetched([race | {"scheduled_laps": -5}]), "0.scheduled_laps: Input should be greater than or equal to 0"),
        (fetched([race | {"race_name": None}]), "0.race_name: Input should be a valid string"),
        (fetched([race | {"race_date": "tomorrow"}]), "0.race_date: is no day and time"),
        (fetched([race | {"average_speed": "fast"}]), "0.average_speed: is no number"),
        (fetched([race | {"total_race_time": "soon"}]), "0.total_race_time: 'soon' is no race time such as 2:00:27"),
    )
    for each, problem in rows:
        with pytest.raises(FeedError) as caught:
            reading.read_race_list(each, 2027)
        assert caught.value.problem == problem


def test_another_weekend_is_refused() -> None:
    rows: tuple[Any, ...] = (
        ({"race_id": 6002}, "is of race 6002, and 6001 was asked for"),
        ({"race_season": 2026}, "is of the season 2026, and 2027 was asked for"),
        ({"series_id": 1}, "is of series 1, and 3 was asked for"),
    )
    for facts, problem in rows:
        with pytest.raises(FeedError) as caught:
            weekend(row(), **facts)
        assert caught.value.problem == problem
    with pytest.raises(FeedError, match="is of race 7"):
        reading.read_loop_stats(fetched([{"race_id": 7, "drivers": []}]), 8)


def test_fields_that_nobody_knows_do_no_harm() -> None:
    found = weekend(row(something_new={"a": [1]}), average_speed=100, another=None, winnings=-1)
    assert found is not None
    assert found.has_results


def test_drivers_tracks_and_sessions() -> None:
    drivers = reading.read_drivers(
        fetched({"response": [{"Nascar_Driver_ID": 0, "Full_Name": "A", "DOB": "1970-01-01"}]})
    )
    assert drivers is not None
    assert drivers[0].driver_id is None
    tracks = reading.read_tracks(
        fetched({"items": [{"track_id": 4, "track_name": "Darlington Raceway", "length": 1.366}]})
    )
    assert tracks is not None
    assert tracks[0].length == 1.366
    held = [
        {"race_id": 1, "series_id": series, "run_type": 2, "start_time": "2027-06-27T11:00:00", "start_time_utc": utc}
        for series, utc in ((1, "2027-06-27T18:00:00"), (3, "2027-06-27T19:00:00"))
    ]
    sessions = reading.read_sessions(fetched(held))
    assert sessions is not None
    # The track's own time is not looked at, and other series' sessions are left out.
    assert [each.start for each in sessions] == [datetime(2027, 6, 27, 19, tzinfo=UTC)]
