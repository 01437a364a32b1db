"""Careers and known races from the store, held against the seasons that are loaded from the same store."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.connection import Store
from db.documents.importer import import_documents
from db.history.careers import load_career
from db.history.known_races import load_known_races
from db.history.models import FIRST_SEASON, Tally
from db.history.wins import load_wins
from db.models import Season
from tests.careers import career_in
from tests.db.documents import SMALL, read
from tests.seasons import make_season
from tests.sharing import BundledSeasons

PUBLISHED = (
    Path(__file__).resolve().parents[2].parent / "shared" / "data" / "results" / "truck_drivers_bio_career_2026-06.csv"
)
END_OF_2025 = datetime(2025, 12, 31, tzinfo=UTC)


def moments(seasons: list[Season]) -> list[datetime]:
    """Around the moments at which a race is over, of every seventh race, and around midnight Eastern."""
    over = [race.over_at for season in seasons for race in season.races][::7]
    over += [datetime(2025, 10, 18, 3, 59, 59, tzinfo=UTC), datetime(2025, 10, 18, 4, tzinfo=UTC)]
    return [moment + timedelta(seconds=shift) for moment in over if moment.year < 2027 for shift in (-1, 0)]


async def test_the_same_races_are_known_as_in_the_seasons_at_any_moment(
    store: Store, bundled_seasons: BundledSeasons
) -> None:
    seasons = [*bundled_seasons.seasons.values()]
    async with store.read() as connection:
        for moment in moments(seasons):
            known = await load_known_races(connection, moment)
            then = [season.as_of(moment) for season in seasons]
            assert list(known.run) == [race.id for season in then for race in season.run], moment
            assert known.over == {season.year for season, whole in zip(then, seasons, strict=True) if season is whole}


async def test_a_career_is_the_sum_of_the_seasons_that_are_loaded(
    store: Store, bundled_seasons: BundledSeasons
) -> None:
    moment = datetime(2025, 9, 1, tzinfo=UTC)
    then = [season.as_of(moment) for season in bundled_seasons.seasons.values()]
    async with store.read() as connection:
        known = await load_known_races(connection, moment)
        for key in sorted(bundled_seasons.drivers)[::5]:
            rows = [r for s in then for race in s.run for r in s.results[race.round] if r.driver == key]
            career = await load_career(connection, key, known)
            assert [(each.number, each.finish, each.start, each.laps, each.led) for each in career.starts] == [
                (row.entry.number, row.finish, row.start, row.laps, row.led) for row in rows
            ]
            poles = [race.outcome.pole for s in then for race in s.run if race.outcome and race.outcome.pole]
            assert (career.poles or 0) == poles.count(key)
            assert career.championships == tuple(s.year for s in then if s.champion == key)
            assert sum(each.tally.starts for each in career.seasons) == len(career.starts)
            assert sum(each.tally.wins for each in career.tracks) == [row.finish for row in rows].count(1)


async def test_the_title_is_known_only_when_the_season_is_over(store: Store) -> None:
    async with store.read() as connection:
        for moment, titles in ((datetime(2025, 10, 30, tzinfo=UTC), ()), (datetime(2025, 11, 2, tzinfo=UTC), (2025,))):
            known = await load_known_races(connection, moment)
            assert (await load_career(connection, "corey-heim", known)).championships == titles


async def test_partial_results_and_a_race_without_results_count_for_nobody(empty_store: Store) -> None:
    document = {**SMALL, "results": SMALL["results"][:1]}
    await import_documents(empty_store, [read(document)], END_OF_2025)
    async with empty_store.read() as connection:
        known = await load_known_races(connection, END_OF_2025)
        assert not known.run
        assert known.since is None
        career = await load_career(connection, "gio-ruggiero", known)
        assert (career.starts, career.tally, career.poles, career.best_track) == ((), None, None, None)
        assert (await load_wins(connection, known)).wins == ()


async def test_nobody_has_a_career_whose_key_is_unknown(empty_store: Store) -> None:
    async with empty_store.read() as connection:
        career = await load_career(connection, "nobody", await load_known_races(connection, END_OF_2025))
    assert (career.starts, career.since, career.whole, career.best_season) == ((), None, False, None)


async def test_every_season_is_on_record_since_the_first(every_season_store: Path) -> None:
    async with await Store.open(every_season_store, readonly=True) as store, store.read() as connection:
        known = await load_known_races(connection, END_OF_2025)
        wins = await load_wins(connection, known)
        assert (known.since, len(known.run), len(known.over)) == (FIRST_SEASON, 737, 31)
        assert len(wins.wins) == 737


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published career totals are not on this machine")
async def test_careers_are_as_published_of_who_has_not_started_since(every_season_store: Path) -> None:
    rows = [row for row in csv.DictReader(PUBLISHED.read_text("utf-8-sig").splitlines()) if int(row["nts_starts"])]
    async with await Store.open(every_season_store, readonly=True) as store, store.read() as connection:
        known = await load_known_races(connection, datetime(2026, 6, 20, tzinfo=UTC))
        keys = {row[1]: row[0] for row in await connection.execute_fetchall("SELECT key, name FROM drivers")}
        checked = 0
        for row in rows:
            key = keys.get(row["name"])
            career = await load_career(connection, key, known) if key else None
            if career is None or not career.starts or career.starts[-1].race.season >= 2026:
                continue
            tally = Tally.of(career.starts)
            published = tuple(int(row[f"nts_{name}"]) for name in ("starts", "wins", "top5", "top10"))
            assert (tally.starts, tally.wins, tally.top_fives, tally.top_tens) == published, row
            checked += 1
    assert checked > 200


def test_a_career_is_whole_where_the_first_season_is_on_record() -> None:
    season = make_season(2025, [["Corey Heim"]])
    assert career_in([season], "corey-heim", since=1995).whole
    assert not career_in([season], "corey-heim", since=2023).whole


def test_the_best_track_needs_five_starts_else_two_else_one() -> None:
    orders = [["Corey Heim"], *[["X", "Corey Heim"]] * 2, *[["X", "Y", "Corey Heim"]] * 5]
    tracks = ("Bristol", *["Texas"] * 2, *["Kansas"] * 5)
    for races, best in ((1, "Bristol"), (2, "Bristol"), (3, "Texas"), (7, "Texas"), (8, "Kansas")):
        season = make_season(2025, orders[:races], tracks=tracks[:races])
        found = career_in([season], "corey-heim").best_track
        assert found is not None
        assert found.track.short == best, races


def test_the_best_season_has_the_title_else_the_most_wins() -> None:
    won, titled = (
        make_season(2023, [["Corey Heim"]] * 2),
        make_season(2024, [["X", "Corey Heim"]], champion="corey-heim"),
    )
    later = make_season(2025, [["X", "Corey Heim"]])
    assert career_in([won, later], "corey-heim").best_season == career_in([won], "corey-heim").seasons[0]
    best = career_in([won, titled, later], "corey-heim").best_season
    assert best is not None
    assert (best.year, best.champion) == (2024, True)


def test_the_first_win_is_counted_in_starts() -> None:
    season = make_season(2025, [["X", "Corey Heim"], ["Y"], ["X", "Corey Heim"], ["Corey Heim"], ["Corey Heim"]])
    assert career_in([season], "corey-heim").first_win == 3
    assert career_in([season], "z").first_win is None
