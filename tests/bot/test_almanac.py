from datetime import UTC, date, datetime, timedelta

import pytest

from bot.almanac import Almanac
from bot.errors import FriendlyError, UnknownDriver, UnknownRace, UnknownSeason
from bot.finder import Finder
from db.nouns import RaceStatus, Season
from tests.seasons import make_season


def almanac(now: datetime, *seasons: Season) -> Almanac:
    return Almanac(now, tuple(season.as_of(now) for season in seasons), Finder(seasons))


def moment(season: Season, number: int, hours: float) -> datetime:
    race = season.race(number)
    assert race is not None
    return race.begins + timedelta(hours=hours)


OLD = make_season(2024, [["Ty Majeski"], ["Corey Heim"], ["Layne Riggs"]], tracks=["Milwaukee", "Bristol", "Bristol"])
NEW = make_season(2025, [["Corey Heim"], ["Layne Riggs"]], upcoming=1, tracks=["Daytona", "Bristol", "Phoenix"])


@pytest.mark.parametrize(
    ("now", "year"),
    [
        (moment(OLD, 1, -100), 2024),
        (moment(OLD, 1, 100), 2024),
        (moment(NEW, 1, 1), 2024),
        (moment(NEW, 1, 4), 2025),
        (moment(NEW, 3, 9999), 2025),
    ],
)
def test_the_season_of_the_day_is_the_latest_with_a_race_over(now: datetime, year: int) -> None:
    assert almanac(now, OLD, NEW).season().year == year


def test_a_season_not_held_is_unknown_and_none_at_all_is_said() -> None:
    with pytest.raises(UnknownSeason):
        almanac(moment(NEW, 1, 4), OLD, NEW).season(1999)
    with pytest.raises(FriendlyError, match="No season"):
        almanac(moment(NEW, 1, 4)).season()


def test_the_next_race_is_looked_for_in_every_season() -> None:
    between = almanac(moment(OLD, 3, 99), OLD, NEW)
    found = between.next_race()
    assert found is not None
    assert (found[0].year, found[1].round) == (2025, 1)
    assert between.ended_before(found[0]) is between.seasons[0]
    assert almanac(moment(NEW, 3, 99), OLD, NEW).next_race() is None


def test_once_the_new_season_has_begun_the_old_one_is_no_news() -> None:
    running = almanac(moment(NEW, 1, 1), OLD, NEW)
    assert running.ended_before(running.season(2025)) is None


def test_last_time_is_the_nearest_race_of_the_year_at_that_track() -> None:
    twice = make_season(
        2024,
        [["Ty Majeski"], ["Corey Heim"]],
        tracks=["Bristol"],
        races={1: {"date": date(2024, 3, 16)}, 2: {"date": date(2024, 9, 19)}},
    )
    autumn = make_season(2025, [], upcoming=1, tracks=["Bristol"], races={1: {"date": date(2025, 9, 11)}})
    found = almanac(datetime(2025, 9, 10, tzinfo=UTC), twice, autumn).last_time(autumn.races[0])
    assert found is not None
    assert found[1].round == 2
    assert almanac(datetime(2025, 9, 10, tzinfo=UTC), autumn).last_time(autumn.races[0]) is None


def test_a_race_of_an_earlier_season_alone_is_found_without_its_year() -> None:
    now = almanac(moment(NEW, 2, 99), OLD, NEW)
    assert (now.race("milwaukee").season, now.race("bristol").season) == (2024, 2025)
    with pytest.raises(UnknownRace):
        now.race("milwaukee", 2025)
    with pytest.raises(UnknownRace):
        now.race("monaco")


def test_the_latest_race_is_one_before_where_the_season_of_the_day_has_no_results() -> None:
    begun = make_season(2026, [], upcoming=2)
    found = almanac(moment(begun, 1, 4), OLD, NEW, begun).latest()
    assert found is not None
    assert (found[0].year, found[1].round) == (2025, 2)
    assert almanac(moment(OLD, 1, -9), OLD, NEW).latest() is None


def test_a_race_that_all_the_words_fit_comes_before_one_that_some_fit() -> None:
    old = make_season(2025, [["Corey Heim"], ["Corey Heim"]], tracks=["Charlotte", "Charlotte ROVAL"])
    new = make_season(2026, [["Corey Heim"]], tracks=["Charlotte"])
    now = almanac(moment(new, 1, 99), old, new)
    for typed, year, number in [
        ("charlotte roval", 2025, 2),
        ("roval", 2025, 2),
        ("charlotte", 2026, 1),
        ("charlotte fall", 2026, 1),
        ("round 2", 2025, 2),
    ]:
        race = now.race(typed)
        assert (race.season, race.round) == (year, number), typed


def test_a_race_without_a_date_waits_behind_the_next_season() -> None:
    rained_out = make_season(2025, [], upcoming=1, races={1: {"status": RaceStatus.POSTPONED}})
    new = make_season(2026, [], upcoming=1)
    found = almanac(moment(rained_out, 1, 99), rained_out, new).next_race()
    assert found is not None
    assert found[0].year == 2026
    alone = almanac(moment(rained_out, 1, 99), rained_out).next_race()
    assert alone is not None
    assert alone[1].round == 1


def test_keys_from_outside_are_looked_up() -> None:
    now = almanac(moment(NEW, 2, 99), OLD, NEW)
    assert now.known("ty-majeski").name == "Ty Majeski"
    assert now.entered("corey-heim") == [2024, 2025]
    with pytest.raises(UnknownDriver):
        now.known("nobody")


def test_a_track_whose_race_is_to_come_means_its_last_one_where_results_are_asked_for() -> None:
    known = almanac(moment(NEW, 1, 5), OLD, NEW)
    assert (known.race("bristol").season, known.race("bristol").round) == (2025, 2)
    assert known.race_with_results("bristol").season == 2024
    assert known.race_with_results("daytona").season == 2025
    for picked in ("2025.2", "next"):
        assert known.race_with_results(picked).season == 2025
    assert known.race_with_results("bristol", 2025).season == 2025
    assert known.race_with_results("phoenix").round == 3
