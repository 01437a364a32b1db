"""What is computed from seasons: kept while it is right, dropped when a season changes, and never wrong."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.championship.clinching import needs
from bot.championship.computed_season import ComputedSeason
from bot.championship.standings import driver_standings, manufacturer_standings, owner_standings, what_if_formats
from bot.championship.table import points_table
from bot.finder import Finder
from bot.recaps import recap
from bot.recaps.facts import facts_of, race_after
from bot.seasons.as_of import AsOf, AsOfKeeper
from bot.seasons.cache import SeasonCache
from db.models import Season
from db.quotes.models import Quote
from db.recaps.models import RecapText, SectionKind
from tests.seasons import bundled_season, bundled_seasons, make_season

LATER = datetime.fromisoformat("2027-01-01T12:00+00:00")


def over(season: Season, number: int) -> datetime:
    race = season.race(number)
    assert race is not None
    return race.over_at


def changed(season: Season) -> Season:
    """The season as an import brings it: another object, and the first two of the last race have changed places."""
    latest = season.latest
    assert latest is not None
    first, second, *rest = season.results[latest.round]
    rows = (replace(second, finish=1), replace(first, finish=2), *rest)
    return replace(season, results={**season.results, latest.round: rows})


def fresh_recap(as_of: AsOf, year: int, number: int) -> object:
    race = as_of.season(year).race(number)
    assert race is not None
    ahead = race_after(as_of.seasons, race)
    last = as_of.last_winner(ahead[1]) if ahead else None
    return recap(facts_of(as_of.seasons, race, ahead=ahead, ahead_last=last))


def kept_recap(as_of: AsOf, year: int, number: int) -> object:
    race = as_of.season(year).race(number)
    assert race is not None
    return as_of.recap(race, (), {})


# --- what is kept


def test_an_answer_repeated_is_not_computed_again() -> None:
    keeper = AsOfKeeper()
    one, other = (keeper.at(LATER, bundled_seasons()) for _ in range(2))
    season = one.season(2025)
    assert other.season(2025) is season
    assert other.computed(season).standings is one.computed(season).standings
    assert other.computed_after(season, 20).standings is one.computed_after(season, 20).standings


def test_a_recap_repeated_is_not_made_again() -> None:
    cache, season = SeasonCache(), bundled_season(2025)
    cache.keep_only([season])
    race = season.races[20]
    made = [cache.recap([season], season, race.round, lambda: facts_of([season], race)) for _ in range(2)]
    assert made[0] is made[1]


def test_however_many_past_states_are_asked_for_the_current_one_is_kept() -> None:
    cache = SeasonCache(past_states=3)
    cache.keep_only(bundled_seasons())
    today = [cache.computed(season) for season in bundled_seasons()]
    for season in bundled_seasons():
        for race in season.run[:-1]:
            cache.computed_after(season, race.round)
    assert [cache.computed(season) for season in bundled_seasons()] == today


def test_past_states_and_recaps_have_a_limit_and_the_latest_asked_for_stay() -> None:
    cache, season = SeasonCache(past_states=2, recaps=2), bundled_season(2025)
    cache.keep_only([season])

    def after(number: int) -> ComputedSeason:
        return cache.computed_after(season, number)

    def told(number: int) -> object:
        return cache.recap([season], season, number, lambda: facts_of([season], season.races[number - 1]))

    for ask in (after, told):
        one, two = ask(1), ask(2)
        assert ask(1) is one
        ask(3)
        assert ask(1) is one
        assert ask(2) is not two


def test_a_round_that_the_season_lacks_is_refused() -> None:
    cache, season = SeasonCache(), bundled_season(2025)
    cache.keep_only([season])
    with pytest.raises(LookupError):
        cache.computed_after(season, 99)


# --- what is dropped


@pytest.mark.parametrize("which", ["current", "past", "recap"])
def test_a_replaced_season_does_not_stay_alive(which: str) -> None:
    keeper = AsOfKeeper()
    dead = replace(bundled_season(2025))
    as_of = keeper.at(LATER, [bundled_season(2024), dead])
    if which == "current":
        assert as_of.computed(dead).needs is not None
    elif which == "past":
        assert as_of.computed_after(dead, 20).standings is not None
    else:
        assert kept_recap(as_of, 2025, 25)
    seen = weakref.ref(dead)
    del dead, as_of
    keeper.at(LATER, [bundled_season(2024), replace(bundled_season(2025))])
    gc.collect()
    assert seen() is None


def test_a_change_to_one_season_leaves_what_belongs_to_the_others() -> None:
    keeper = AsOfKeeper()
    old, new = bundled_season(2024), bundled_season(2025)
    one = keeper.at(LATER, [old, new])
    kept, past = one.computed(old), one.computed_after(old, 10)
    other = keeper.at(LATER, [old, changed(new)])
    assert other.computed(old) is kept
    assert other.computed_after(old, 10) is past
    assert other.season(2025) is not one.season(2025)


def test_a_race_that_ends_replaces_its_own_season_alone() -> None:
    keeper = AsOfKeeper()
    season = bundled_season(2025)
    before = keeper.at(over(season, 21) - timedelta(minutes=1), bundled_seasons())
    after = keeper.at(over(season, 21), bundled_seasons())
    same = [a is b for a, b in zip(before.seasons, after.seasons, strict=True)]
    assert [each.year for each, kept in zip(after.seasons, same, strict=True) if not kept] == [2025]


def test_an_old_answer_under_way_is_right_and_keeps_nothing() -> None:
    keeper = AsOfKeeper()
    dead = replace(bundled_season(2025))
    as_of = keeper.at(LATER, [dead])
    keeper.at(LATER, [changed(dead)])
    assert as_of.computed(dead).standings == driver_standings(dead)
    then = driver_standings(dead.through(9))
    assert as_of.computed_after(dead, 9).standings.standings == then.standings
    assert kept_recap(as_of, 2025, 9) == fresh_recap(as_of, 2025, 9)
    seen = weakref.ref(dead)
    del dead, as_of, then
    gc.collect()
    assert seen() is None


def test_a_season_that_comes_later_changes_what_the_last_recap_says_of_the_next_race() -> None:
    keeper = AsOfKeeper()
    old = make_season(2025, [["Corey Heim"], ["Ty Majeski"]], tracks=["Daytona", "Bristol"])
    new = make_season(2026, upcoming=1, tracks=["Daytona"])
    alone = keeper.at(LATER, [old])
    assert kept_recap(alone, 2025, 2) == fresh_recap(alone, 2025, 2)
    both = keeper.at(LATER, [old, new])
    assert kept_recap(both, 2025, 2) == fresh_recap(both, 2025, 2) != fresh_recap(alone, 2025, 2)


def test_words_of_one_server_are_in_no_recap_of_another() -> None:
    as_of = AsOfKeeper().at(LATER, bundled_seasons())
    race = as_of.season(2025).races[20]
    quote = Quote(
        id=1,
        guild=7,
        driver=None,
        speaker="A fan",
        role=None,
        words="Our secret.",
        context=None,
        season=2025,
        round=race.round,
        said_on=race.date,
        source=None,
        link=None,
        added_by=1,
        added_at=LATER,
    )
    text = RecapText(2025, race.round, SectionKind.MOVE, "Ours.", None, "Dana Fox", LATER)
    ours = as_of.recap(race, [quote], {SectionKind.MOVE: text})
    assert "Our secret." in str(ours)
    assert "Ours." in str(ours)
    theirs = as_of.recap(race, (), {})
    assert "Our secret." not in str(theirs)
    assert "Ours." not in str(theirs)


# --- what is kept is what would be computed


def assert_right(as_of: AsOf, season: Season, number: int) -> None:
    """Everything asked of the cache is what is computed anew."""
    kept = as_of.computed(season)
    assert kept.standings == driver_standings(season)
    assert kept.owner_standings == owner_standings(season)
    assert kept.manufacturer_standings == manufacturer_standings(season)
    assert list(kept.needs.values()) == list(needs(driver_standings(season).standings))
    assert kept.points_table == points_table(season)
    for rules in what_if_formats(season.year).values():
        assert kept.standings_under(rules) == driver_standings(season, rules)
    then = as_of.computed_after(season, number)
    fresh = ComputedSeason(season.through(number))
    counted, expected = then.standings, fresh.standings
    assert (counted.standings, counted.left_out) == (expected.standings, expected.left_out)
    assert then.points_table == fresh.points_table
    if season.results.get(number):
        assert kept_recap(as_of, season.year, number) == fresh_recap(as_of, season.year, number)


@given(data=st.data())
def test_at_every_moment_and_after_every_import_a_kept_answer_is_the_right_one(data: st.DataObject) -> None:
    keeper = AsOfKeeper()
    keeper.cache = SeasonCache(past_states=2, recaps=2)
    seasons: Sequence[Season] = SMALL
    for _ in range(data.draw(st.integers(1, 5))):
        now = data.draw(st.sampled_from(SMALL_MOMENTS))
        what = data.draw(st.sampled_from(["nothing", "same", "change", "leave out"]))
        if what == "change":
            spot = data.draw(st.integers(0, len(seasons) - 1))
            seasons = [changed(each) if i == spot and each.run else each for i, each in enumerate(seasons)]
        elif what == "same":
            seasons = [replace(each) for each in seasons]
        elif what == "leave out":
            seasons = SMALL[: data.draw(st.integers(1, len(SMALL)))]
        as_of = keeper.at(now, seasons)
        assert [each.year for each in as_of.seasons] == [each.year for each in seasons]
        expected = AsOf(now, tuple(each.as_of(now) for each in seasons), Finder(()))
        for season, other in zip(as_of.seasons, expected.seasons, strict=True):
            assert (season.results, season.champion) == (other.results, other.champion)
        season = data.draw(st.sampled_from(as_of.seasons))
        assert_right(as_of, season, data.draw(st.sampled_from([race.round for race in season.races])))


SMALL = [
    make_season(2024, [["Ty Majeski", "Corey Heim"], ["Corey Heim", "Ty Majeski"]], tracks=["Milwaukee", "Bristol"]),
    make_season(
        2025,
        [["Corey Heim", "Ty Majeski"], ["Layne Riggs", "Corey Heim"], ["Ty Majeski", "Layne Riggs"]],
        upcoming=1,
        tracks=["Daytona", "Bristol", "Milwaukee", "Phoenix"],
    ),
    make_season(2026, upcoming=2, tracks=["Daytona", "Bristol"]),
]
SMALL_MOMENTS = [
    end + timedelta(minutes=minutes)
    for season in SMALL
    for race in season.races
    for end in [race.over_at]
    for minutes in (-1, 0)
]


@pytest.mark.parametrize("number", [3, 16, 17, 18, 24])
def test_through_a_real_season_a_kept_answer_is_the_right_one(number: int) -> None:
    keeper, season = AsOfKeeper(), bundled_season(2025)
    for minutes in (-1, 0, 0, -1):
        as_of = keeper.at(over(season, number) + timedelta(minutes=minutes), bundled_seasons())
        assert_right(as_of, as_of.season(2025), number)
