from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.errors import FriendlyError, UnknownDriver, UnknownRace, UnknownSeason
from bot.finder import Finder
from bot.seasons.as_of import AsOf
from db.models import RaceStatus, Season
from tests.bot.recaps.sample_recaps import last_time
from tests.seasons import bundled_season, bundled_seasons, make_season


def as_of(now: datetime, *seasons: Season) -> AsOf:
    return AsOf(now, tuple(season.as_of(now) for season in seasons), Finder(seasons))


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
    assert as_of(now, OLD, NEW).season().year == year


def test_a_season_not_held_is_unknown_and_none_at_all_is_said() -> None:
    with pytest.raises(UnknownSeason):
        as_of(moment(NEW, 1, 4), OLD, NEW).season(1999)
    with pytest.raises(FriendlyError, match="no seasons"):
        as_of(moment(NEW, 1, 4)).season()


def test_the_next_race_is_looked_for_in_every_season() -> None:
    between = as_of(moment(OLD, 3, 99), OLD, NEW)
    found = between.next_race()
    assert found is not None
    assert (found[0].year, found[1].round) == (2025, 1)
    assert between.ended_before(found[0]) is between.seasons[0]
    assert as_of(moment(NEW, 3, 99), OLD, NEW).next_race() is None


def test_once_the_new_season_has_begun_the_old_one_is_no_news() -> None:
    running = as_of(moment(NEW, 1, 1), OLD, NEW)
    assert running.ended_before(running.season(2025)) is None


def at_bristol(year: int, *days: tuple[int, int], run: int = 2, **races: Any) -> Season:
    """A season at Bristol on those days, won by a driver of its own each."""
    winners = [["Ty Majeski"], ["Corey Heim"]][:run]
    known = {number: {"date": date(year, *day), **races} for number, day in enumerate(days, 1)}
    return make_season(year, winners, tracks=["Bristol"], upcoming=len(days) - run, races=known)


TWICE = at_bristol(2024, (3, 16), (9, 19))
LATE = datetime(2025, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "season", "number", "told"),
    [
        # The only race a year later, in autumn; one in spring, with the autumn's in between.
        ((TWICE,), at_bristol(2025, (9, 11), run=0), 1, (2024, 2, "corey-heim", True)),
        ((TWICE,), at_bristol(2025, (4, 11), run=0), 1, (2024, 2, "corey-heim", False)),
        # The same season's comes before any of another.
        ((TWICE,), at_bristol(2025, (4, 11), (9, 11), run=1), 2, (2025, 1, "ty-majeski", False)),
        ((at_bristol(2024, (10, 26), run=1),), at_bristol(2025, (3, 21), run=0), 1, (2024, 1, "ty-majeski", True)),
        ((TWICE, make_season(2025)), at_bristol(2026, (9, 11), run=0), 1, (2024, 2, "corey-heim", False)),
        # Nobody knows who won there since.
        ((TWICE,), at_bristol(2026, (9, 11), run=0), 1, None),
        ((TWICE,), at_bristol(2025, (4, 11), (9, 11), run=0), 2, None),
        ((), at_bristol(2025, (9, 11), run=0), 1, None),
    ],
)
def test_who_won_there_last_and_whether_he_defends(
    held: tuple[Season, ...], season: Season, number: int, told: tuple[int, int, str, bool] | None
) -> None:
    race = season.race(number)
    assert race is not None
    last = as_of(LATE, *held, season).last_winner(race)
    assert (last and (last.race.season, last.race.round, last.winner, last.defending)) == told


def test_a_race_called_off_had_no_winner_and_hides_none() -> None:
    off = at_bristol(2025, (4, 11), (9, 11), run=0)
    off = replace(off, races=(replace(off.races[0], status=RaceStatus.CANCELLED), off.races[1]))
    last = as_of(LATE, TWICE, off).last_winner(off.races[1])
    assert last is not None
    assert (last.winner, last.defending) == ("corey-heim", True)


def test_results_that_cannot_be_so_name_no_last_winner_and_are_there_to_be_seen() -> None:
    rows = TWICE.results[2]
    bad = replace(TWICE, results={**TWICE.results, 2: (replace(rows[0], finish=2),)})
    autumn = at_bristol(2025, (9, 11), run=0)
    known = as_of(LATE, bad, autumn)
    assert known.last_winner(autumn.races[0]) is None
    assert known.last_time(autumn.races[0]) == TWICE.races[1]
    assert as_of(LATE, autumn).last_time(autumn.races[0]) is None


@pytest.mark.parametrize(
    ("year", "number", "winner", "then", "defending"),
    [
        (2025, 23, "grant-enfinger", (2024, 20), True),  # Talladega
        (2024, 4, "corey-heim", (2023, 20), False),  # Bristol in March, where Heim had won in September
        (2024, 18, "christian-eckes", (2024, 4), False),  # Bristol in September
        (2024, 22, "christian-eckes", (2024, 6), False),  # Martinsville in November
        (2025, 5, "christian-eckes", (2024, 22), False),  # Martinsville in March
        (2026, 24, "corey-heim", (2025, 24), True),  # Martinsville, once a year again
        (2025, 4, "grant-enfinger", (2024, 21), True),  # Homestead
        (2025, 9, "corey-heim", (2024, 19), False),  # Kansas in May
        (2026, 21, "layne-riggs", (2026, 10), False),  # Charlotte in October
        (2026, 10, "corey-heim", (2025, 11), True),  # Charlotte in May
    ],
)
def test_who_won_there_last_in_the_seasons_that_come_with_the_program(
    year: int, number: int, winner: str, then: tuple[int, int], defending: bool
) -> None:
    race = bundled_season(year).race(number)
    assert race is not None
    last = as_of(race.begins, *bundled_seasons()).last_winner(race)
    assert last is not None
    assert (last.winner, (last.race.season, last.race.round), last.defending) == (winner, then, defending)


def test_the_almanac_finds_what_is_found_by_hand() -> None:
    seasons = bundled_seasons()
    for race in (race for season in seasons for race in season.races):
        by_hand = last_time([season.as_of(race.begins) for season in seasons], race)
        assert as_of(race.begins, *seasons).last_winner(race) == by_hand, (race.season, race.round)


def test_a_race_of_an_earlier_season_alone_is_found_without_its_year() -> None:
    now = as_of(moment(NEW, 2, 99), OLD, NEW)
    assert (now.race("milwaukee").season, now.race("bristol").season) == (2024, 2025)
    with pytest.raises(UnknownRace):
        now.race("milwaukee", 2025)
    with pytest.raises(UnknownRace):
        now.race("monaco")


def test_the_latest_race_is_one_before_where_the_season_of_the_day_has_no_results() -> None:
    begun = make_season(2026, [], upcoming=2)
    found = as_of(moment(begun, 1, 4), OLD, NEW, begun).latest()
    assert found is not None
    assert (found[0].year, found[1].round) == (2025, 2)
    assert as_of(moment(OLD, 1, -9), OLD, NEW).latest() is None


def test_a_race_that_all_the_words_fit_comes_before_one_that_some_fit() -> None:
    old = make_season(2025, [["Corey Heim"], ["Corey Heim"]], tracks=["Charlotte", "Charlotte ROVAL"])
    new = make_season(2026, [["Corey Heim"]], tracks=["Charlotte"])
    now = as_of(moment(new, 1, 99), old, new)
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
    found = as_of(moment(rained_out, 1, 99), rained_out, new).next_race()
    assert found is not None
    assert found[0].year == 2026
    alone = as_of(moment(rained_out, 1, 99), rained_out).next_race()
    assert alone is not None
    assert alone[1].round == 1


def test_keys_from_outside_are_looked_up() -> None:
    now = as_of(moment(NEW, 2, 99), OLD, NEW)
    assert now.known("ty-majeski").name == "Ty Majeski"
    assert now.entered("corey-heim") == [2024, 2025]
    with pytest.raises(UnknownDriver):
        now.known("nobody")


def test_a_track_whose_race_is_to_come_means_its_last_one_where_results_are_asked_for() -> None:
    known = as_of(moment(NEW, 1, 5), OLD, NEW)
    assert (known.race("bristol").season, known.race("bristol").round) == (2025, 2)
    assert known.race_with_results("bristol").season == 2024
    assert known.race_with_results("daytona").season == 2025
    for picked in ("2025.2", "next"):
        assert known.race_with_results(picked).season == 2025
    assert known.race_with_results("bristol", 2025).season == 2025
    assert known.race_with_results("phoenix").round == 3
