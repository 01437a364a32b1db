"""The championships of 1995 to 2022, computed from every result, against what is publicly known of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.championship.audit import mismatches
from bot.championship.formats import format_of
from bot.championship.postseason import Standings, Status
from bot.championship.scores import unpaid
from bot.championship.standings import (
    FULL_SEASON,
    contradictions,
    driver_standings,
    manufacturer_standings,
    owner_standings,
    what_if_formats,
)
from tests.seasons import any_season, historic_season

LIVE_POINTS = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "feeds" / "rebuilt"
MISSING = "NASCAR's live points are not at hand: they are looked for in shared/data/feeds/rebuilt/ beside the checkout"
YEARS = range(1995, 2023)
each_year = pytest.mark.parametrize("year", YEARS)

CHAMPIONS = {
    1995: ("Mike Skinner", 3224, "Joe Ruttman", 126),
    1996: ("Ron Hornaday Jr.", 3831, "Jack Sprague", 53),
    1997: ("Jack Sprague", 3969, "Rich Bickle", 232),
    1998: ("Ron Hornaday Jr.", 4072, "Jack Sprague", 3),
    1999: ("Jack Sprague", 3747, "Greg Biffle", 8),
    2000: ("Greg Biffle", 3826, "Kurt Busch", 230),
    2001: ("Jack Sprague", 3670, "Ted Musgrave", 73),
    2002: ("Mike Bliss", 3359, "Rick Crawford", 46),
    2003: ("Travis Kvapil", 3837, "Dennis Setzer", 9),
    2004: ("Bobby Hamilton", 3624, "Dennis Setzer", 46),
    2005: ("Ted Musgrave", 3535, "Dennis Setzer", 55),
    2006: ("Todd Bodine", 3666, "Johnny Benson", 127),
    2007: ("Ron Hornaday Jr.", 3982, "Mike Skinner", 54),
    2008: ("Johnny Benson", 3725, "Ron Hornaday Jr.", 7),
    2009: ("Ron Hornaday Jr.", 3959, "Matt Crafton", 187),
    2010: ("Todd Bodine", 3937, "Aric Almirola", 207),
    2011: ("Austin Dillon", 888, "Johnny Sauter", 6),
    2012: ("James Buescher", 808, "Timothy Peters", 6),
    2013: ("Matt Crafton", 804, "Ty Dillon", 40),
    2014: ("Matt Crafton", 833, "Ryan Blaney", 21),
    2015: ("Erik Jones", 899, "Tyler Reddick", 15),
    2016: ("Johnny Sauter", 4030, "Matt Crafton", 4),
    2017: ("Christopher Bell", 4035, "Johnny Sauter", 1),
    2018: ("Brett Moffitt", 4040, "Noah Gragson", 6),
    2019: ("Matt Crafton", 4035, "Ross Chastain", 2),
    2020: ("Sheldon Creed", 4040, "Zane Smith", 5),
    2021: ("Ben Rhodes", 4034, "Zane Smith", 2),
    2022: ("Zane Smith", 4040, "Ben Rhodes", 5),
    2023: ("Ben Rhodes", 4032, "Grant Enfinger", 1),
    2024: ("Ty Majeski", 4040, "Corey Heim", 5),
    2025: ("Corey Heim", 4040, "Ty Majeski", 5),
}
"""Champion with points, runner-up, margin: Wikipedia's list of champions to 2005, race reports and NASCAR since."""

NOT_BY_THE_RULE = {
    1996: {(21, "bob-keselowski", 115, 112)},
    1998: {
        (22, "rick-crawford", 145, 146),
        (24, "lance-norick", 145, 146),
        (25, "butch-miller", 145, 146),
        (27, "joe-ruttman", 145, 146),
    },
    1999: {(10, "stacy-compton", 142, 143), (11, "andy-houston", 145, 146), (16, "randy-renfrow", 88, 90)},
    2000: {(4, "phil-bonifield", 68, 67), (4, "kenny-martin", 65, 64), (6, "andy-houston", 175, 180)},
    2001: {(2, "carlos-contreras", 148, 146), (19, "bobby-dotter", 118, 123), (24, "brian-rose", 127, 132)},
    2004: {(21, "bill-lester", 79, 84)},
    2012: {(17, "bryan-silas", 28, 29)},
}
"""The rows whose points the rule does not give, as race, driver, points held and points by the rule."""

MAKES = {
    1995: "Chevrolet", 1996: "Chevrolet", 1997: "Chevrolet", 1998: "Chevrolet", 1999: "Ford", 2000: "Ford",
    2001: "Dodge", 2002: "Chevrolet", 2003: "Dodge", 2004: "Dodge", 2005: "Chevrolet", 2006: "Toyota",
    2007: "Toyota", 2008: "Toyota", 2009: "Toyota", 2010: "Toyota", 2011: "Chevrolet", 2012: "Chevrolet",
    2013: "Toyota", 2014: "Toyota", 2015: "Toyota", 2016: "Toyota", 2017: "Toyota", 2018: "Chevrolet",
    2019: "Toyota", 2020: "Chevrolet", 2021: "Toyota", 2022: "Toyota",
}  # fmt: skip
"""The manufacturers' champions."""

SEEDS = {
    2016: (15, 6, 6, 3, 3, 3, 0, 0),
    2018: (42, 27, 22, 14, 12, 11, 9, 3),
    2019: (22, 19, 14, 12, 12, 11, 9, 5),
    2020: (26, 22, 22, 19, 15, 14, 9, 5, 3, 2),
    2021: (49, 21, 19, 15, 11, 9, 4, 2, 1, 1),
    2022: (37, 22, 17, 16, 13, 7, 6, 5, 2, 1),
}
"""What each seed brought to the first reset, best first: Auto Racing Daily, 17 August 2018; NASCAR's live points."""

FINAL = {
    2019: {"austin-hill": 2298, "johnny-sauter": 2238, "grant-enfinger": 2236, "tyler-ankrum": 2182},
    2020: {
        "matt-crafton": 2274,
        "austin-hill": 2242,
        "ben-rhodes": 2240,
        "christian-eckes": 2238,
        "tyler-ankrum": 2198,
        "todd-gilliland": 2141,
    },
    2021: {
        "sheldon-creed": 2325,
        "stewart-friesen": 2275,
        "todd-gilliland": 2262,
        "chandler-smith": 2230,
        "austin-hill": 2210,
        "carson-hocevar": 2204,
    },
    2022: {
        "john-hunter-nemechek": 2285,
        "stewart-friesen": 2276,
        "grant-enfinger": 2266,
        "christian-eckes": 2230,
        "matt-crafton": 2208,
        "carson-hocevar": 2186,
    },
}
"""The totals of those who were eliminated, best first, as NASCAR's live points have them after the last race."""


def final(year: int, which: str | None = None) -> Standings:
    return driver_standings(any_season(year), what_if_formats(year)[which] if which else None).standings


@pytest.mark.parametrize("year", CHAMPIONS)
def test_champion_runner_up_points_and_margin_are_those_published(year: int) -> None:
    season, held = any_season(year), final(year)
    first, second = held.places[:2]
    margin = first.points - second.points
    assert (season.name_of(first.who), first.points, season.name_of(second.who), margin) == CHAMPIONS[year]
    assert held.champion == first.who == season.champion
    assert contradictions(season) == ()


@each_year
def test_every_row_pays_what_the_rule_gives_but_those_listed(year: int) -> None:
    found = {(each.round, each.driver, each.stored, each.computed) for each in mismatches(historic_season(year))}
    assert found == NOT_BY_THE_RULE.get(year, set())


def test_a_start_that_paid_nothing_is_known_from_1999_to_2010_alone() -> None:
    nothing = {
        year: sum(unpaid(row, format_of(year)) for rows in historic_season(year).results.values() for row in rows)
        for year in (1995, 1998, 2001, 2011)
    }
    assert {year for year, count in nothing.items() if count} == {2001}


@pytest.mark.parametrize("year", MAKES)
def test_the_makes_title_goes_to_the_make_that_won_it(year: int) -> None:
    first, second = manufacturer_standings(historic_season(year))[:2]
    assert first.make == MAKES[year]
    assert first.points > second.points


def test_toyota_took_the_title_of_2022_with_860_points_and_twelve_wins() -> None:
    toyota = manufacturer_standings(historic_season(2022))[0]
    assert (toyota.make, toyota.points, toyota.wins) == ("Toyota", 860, 12)


def test_the_owners_title_of_2013_was_a_tie_that_six_wins_decided() -> None:
    first, second = owner_standings(historic_season(2013)).standings.places[:2]
    assert [(place.who, place.points, place.wins) for place in (first, second)] == [("51", 804, 6), ("88", 804, 1)]


# --- seeds, eliminations and ties


@pytest.mark.parametrize("year", SEEDS)
def test_each_seed_brings_what_was_published(year: int) -> None:
    season = historic_season(year)
    first = final(year).phases[1].first
    opening = driver_standings(season.through(first - 1)).standings.current
    assert tuple(opening.totals[who] - 2000 for who in opening.entered) == SEEDS[year]


@pytest.mark.parametrize("year", FINAL)
def test_the_eliminated_end_with_their_playoff_points_and_every_playoff_race(year: int) -> None:
    places = [place for place in final(year).places if place.status is Status.ELIMINATED]
    assert {place.who: place.points for place in places} == FINAL[year]
    assert [place.points for place in places] == sorted(FINAL[year].values(), reverse=True)


@pytest.mark.parametrize("year", range(2016, 2023))
def test_the_stated_field_is_what_the_rule_gives_with_those_who_were_not_eligible_left_out(year: int) -> None:
    season, held = historic_season(year), final(year)
    out = {seat.driver for seat in season.playoff_field if not seat.eligible}
    assert len(held.phases[0].advanced) == held.rules.field
    assert not out & set(held.phases[0].advanced)
    assert held.phases[0].barred == out


def test_byron_and_hemric_were_level_on_405_before_the_first_chase() -> None:
    before = driver_standings(historic_season(2016).through(16)).standings.phases[0]
    assert before.totals["william-byron"] == before.totals["daniel-hemric"] == 405


def test_in_2016_wins_of_the_regular_season_alone_earned_three_points_each() -> None:
    byron = final(2016).place("william-byron")
    assert byron is not None
    assert (byron.wins, byron.playoff_points) == (7, 5 * 3)


def test_enfinger_missed_the_field_of_2021_and_keeps_eighth_place_whose_points_go_to_nobody() -> None:
    season = historic_season(2021)
    before = driver_standings(season.through(15)).standings
    enfinger = before.place("grant-enfinger")
    assert enfinger is not None
    assert enfinger.playoff_points == 3 + 1  # eighth place, and a stage
    assert "grant-enfinger" not in before.phases[0].advanced
    assert before.phases[1].totals["carson-hocevar"] == 2002
    assert before.phases[1].totals["matt-crafton"] == 2004


@pytest.mark.parametrize(("year", "number", "who"), [(2016, 14, "brett-moffitt"), (2022, 3, "corey-heim")])
def test_a_winner_who_is_not_eligible_is_not_in_the_picture(year: int, number: int, who: str) -> None:
    held = driver_standings(historic_season(year).through(number)).standings
    place = held.place(who)
    assert place is not None
    assert (place.wins, place.status, place.to_cut) == (1, Status.NONE, None)
    assert who not in held.current.entered


def test_who_is_not_eligible_is_out_of_the_picture_from_the_first_race_missed() -> None:
    season = historic_season(2021)
    entered = [driver_standings(season.through(number)).standings.current.entered for number in (1, 2)]
    assert ["grant-enfinger" in each for each in entered] == [True, False]


def test_what_chastain_scored_before_the_ninth_race_of_2019_counts_for_nothing() -> None:
    season = historic_season(2019)
    held = driver_standings(season.through(8)).standings
    assert held.place("ross-chastain") is None
    assert driver_standings(season.through(9)).standings.place("ross-chastain") is not None


@pytest.mark.shared
@pytest.mark.skipif(not LIVE_POINTS.exists(), reason=MISSING)
@pytest.mark.parametrize(("year", "race"), [(2021, 5142), (2022, 5240)])
def test_every_total_is_that_of_nascars_live_points(year: int, race: int) -> None:
    season, held = historic_season(year), final(year)
    keys = {driver.nascar_id: key for key, driver in season.drivers.items() if driver.nascar_id}
    rows: list[dict[str, Any]] = json.loads((LIVE_POINTS / f"live-points_{year}_3_{race}.json").read_text("utf-8"))
    known = [(row, place) for row in rows if (place := held.place(keys.get(row["driver_id"], ""))) is not None]
    assert len(known) > 60
    # The live points of a finale count the stages of its finalists, which the official ones do not. Ten points of Derek
    # Kraus are missing in 2022: a penalty of which neither the race nor the reason was found.
    live = {place.who for row, place in known if row["points"] != place.points}
    finalists = {place.who for place in held.places if place.status in {Status.CHAMPION, Status.FINALIST}}
    assert live - finalists == ({"derek-kraus"} if year == 2022 else set())


# --- what if


@pytest.mark.parametrize("year", [1995, 2003, 2006, 2010, 2015, 2016, 2019, 2024])
def test_by_the_points_of_2007_a_season_is_what_its_finishes_and_laps_led_make_it(year: int) -> None:
    season, rules = any_season(year), format_of(2008)
    held = driver_standings(season, what_if_formats(year)["points of 2007"]).standings
    expected: dict[str, int] = {}
    for number, rows in season.results.items():
        most = max(row.led for row in rows)
        for row in rows:
            if row.entry.eligible and not unpaid(row, format_of(year)):
                lost = sum(a.points for a in season.adjustments if (a.round, a.driver) == (number, row.driver))
                paid = rules.finish_points(row.finish) + (5 if row.led else 0) + (5 if row.led == most else 0) + lost
                expected[row.driver] = expected.get(row.driver, 0) + paid
    off = {place.who: place.points - expected[place.who] for place in held.places if place.who in expected}
    # What was corrected, or does not follow the rule, stays so: these are small.
    assert {who for who, points in off.items() if abs(points) > 5} == set()
    assert held.rules.rounds == ()


def test_a_season_without_stages_has_no_stage_points_under_the_playoffs() -> None:
    season = historic_season(2008)
    held = driver_standings(season, what_if_formats(2008)["playoffs"]).standings
    assert len(held.phases) == 4
    benson = held.place("johnny-benson")
    assert benson is not None
    assert benson.playoff_points >= 5 * benson.wins


def test_under_the_playoffs_a_winner_who_raced_a_few_times_makes_no_field() -> None:
    season = historic_season(2005)
    field = driver_standings(season, what_if_formats(2005)["playoffs"]).standings.phases[0].advanced
    starts = {who: sum(row.driver == who for rows in season.results.values() for row in rows) for who in field}
    assert min(starts.values()) > len(season.races) / 2


@each_year
def test_full_season_points_are_the_sum_of_all_points(year: int) -> None:
    season, held = historic_season(year), final(year, FULL_SEASON)
    if format_of(year).rounds:
        assert held.phases[-1].name == "Regular season"
    else:
        assert [place.points for place in held.places] == [place.points for place in final(year).places]
    assert sum(place.points for place in held.places) >= sum(
        row.points for rows in season.results.values() for row in rows if row.entry.eligible
    )
