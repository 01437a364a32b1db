"""The championship as it runs: fed the official finishing order it is the official standings, race by race."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.championship.as_it_runs import championship_as_it_runs, season_as_it_runs
from bot.championship.standings import driver_standings
from bot.live.recorded import RecordedRace
from db.live.models import LiveFastest, LiveStage, LiveState, LiveTruck, StagePlace
from db.models import Race, Season, SessionKind
from tests.bot.live.laps import no_laps
from tests.seasons import bundled_seasons, make_season

NOON = datetime(2025, 10, 17, 16, tzinfo=UTC)
OTHERWISE = {(2024, 5): {"tyler-ankrum": -1, "matt-mills": 1}}
"""Races whose official totals are not what their parts pay: by how much the parts pay more."""


def state(race: Race, order: list[str], **facts: object) -> LiveState:
    trucks = tuple(LiveTruck(str(n), driver, driver, n, 50) for n, driver in enumerate(order, 1))
    return replace(LiveState(race.id, SessionKind.RACE, 50, 100, trucks, NOON, NOON), **facts)  # type: ignore[arg-type]


def before_with_penalties(season: Season, number: int) -> Season:
    """The season before a race; penalties of that race are none of the running order's, so they are there already."""
    return replace(season.before(number), adjustments=season.through(number).adjustments)


def test_the_official_order_as_the_last_lap_is_the_official_picture_after_every_race_of_three_seasons() -> None:
    wrong = []
    for season in bundled_seasons():
        if not 2023 <= season.year <= 2025:
            continue
        for race in season.run:
            last = RecordedRace(season, race, no_laps())
            before = before_with_penalties(season, race.round)
            supposed = season_as_it_runs(before, race, last.state(last.laps))
            off = OTHERWISE.get((season.year, race.round), {})
            official = season.through(race.round)
            held = {row.driver: row.points for row in official.results[race.round]}
            paid = {row.driver: row.points - off.get(row.driver, 0) for row in supposed.results[race.round]}
            if held != paid:
                wrong.append(f"{season.year} race {race.round}: points")
            # The field of the postseason is published with the official results, waivers included.
            supposed = replace(supposed, playoff_field=official.playoff_field)
            if not off and driver_standings(supposed).standings != driver_standings(official).standings:
                wrong.append(f"{season.year} race {race.round}: standings")
    assert wrong == []


def test_who_is_in_and_by_how_much_is_what_the_official_standings_say() -> None:
    compared = 0
    for season in bundled_seasons():
        if not 2023 <= season.year <= 2025:
            continue
        for race in season.run:
            official = driver_standings(season.through(race.round)).standings
            if official.current.first > race.round or official.champion or (season.year, race.round) in OTHERWISE:
                continue  # the phase is over, and the standings are those of the next one
            last = RecordedRace(season, race, no_laps())
            before = before_with_penalties(season, race.round)
            picture = championship_as_it_runs(before, race, last.state(last.laps))
            rows = {row.driver: (row.place, row.points, row.to_cut) for row in picture.rows}
            places = [place for place in official.places if place.who in rows]
            assert [rows[place.who] for place in places] == [(p.position, p.points, p.to_cut) for p in places]
            compared += 1
    assert compared > 50


def test_a_race_that_ends_a_round_tells_of_the_round_it_ends() -> None:
    season = next(s for s in bundled_seasons() if s.year == 2025)
    race = season.race(24)
    assert race is not None
    last = RecordedRace(season, race, no_laps())
    picture = championship_as_it_runs(season.before(24), race, last.state(last.laps))
    assert (picture.phase.name, picture.is_last, picture.champion) == ("Round of 8", True, None)
    finalists = driver_standings(season.through(24)).standings.current.entered
    assert {row.driver for row in picture.rows if row.inside} == set(finalists)
    assert [row.to_cut for row in picture.rows if row.won] == [None]


def test_the_finale_names_the_champion_by_the_finish() -> None:
    season = next(s for s in bundled_seasons() if s.year == 2025)
    race = season.races[-1]
    last = RecordedRace(season, race, no_laps())
    picture = championship_as_it_runs(season.before(race.round), race, last.state(last.laps))
    assert (picture.champion, picture.by_finish, picture.has_cut) == (season.champion, True, False)


class TestARunningOrder:
    def picture(self, order: list[str], **facts: object) -> dict[str, int]:
        season = make_season(2025, [["Corey Heim", "Ty Majeski", "Layne Riggs"]], upcoming=24)
        race = season.races[1]
        supposed = season_as_it_runs(season, race, state(race, order, **facts))
        return {row.driver: row.points for row in supposed.results[2]}

    def test_a_place_pays_what_a_finish_pays(self) -> None:
        assert self.picture(["ty-majeski", "corey-heim"]) == {"ty-majeski": 40, "corey-heim": 35}

    def test_stages_pay_ten_places(self) -> None:
        places = (StagePlace(1, "2", 10), StagePlace(11, "1", 0))
        points = self.picture(["ty-majeski", "corey-heim"], stages=(LiveStage(1, places),))
        assert points == {"ty-majeski": 40, "corey-heim": 45}

    def test_a_stage_whose_points_are_not_known_yet_pays_by_place(self) -> None:
        places = (StagePlace(1, "2", 0), StagePlace(2, "1", 0))
        assert self.picture(["ty-majeski", "corey-heim"], stages=(LiveStage(1, places),))["ty-majeski"] == 49

    @pytest.mark.parametrize(("point", "of_whom"), [(None, "corey-heim"), ("1", "ty-majeski"), ("", None)])
    def test_the_fastest_lap_pays_whom_nascar_says_else_who_drove_it(self, point: str | None, of_whom: str) -> None:
        points = self.picture(["ty-majeski", "corey-heim"], fastest=LiveFastest("2", 51.2), fastest_point=point)
        usual = {"ty-majeski": 40, "corey-heim": 35}
        assert {who for who, paid in points.items() if paid > usual[who]} == ({of_whom} if of_whom else set())

    def test_who_scores_elsewhere_takes_a_place_and_no_points(self) -> None:
        season = make_season(2025, [["Corey Heim", "Ty Majeski"]], upcoming=24)
        race = season.races[1]
        guest = LiveTruck("7", None, "Somebody Else", 1, 50, eligible=False)
        running = state(race, ["x", "corey-heim"])
        running = replace(running, trucks=(guest, *running.trucks[1:]))
        rows = season_as_it_runs(season, race, running).results[2]
        assert [(row.driver, row.points, row.entry.eligible) for row in rows] == [
            ("truck-7", 0, False),
            ("corey-heim", 35, True),
        ]

    def test_a_driver_in_two_trucks_scores_in_the_first(self) -> None:
        assert self.picture(["corey-heim", "ty-majeski", "corey-heim"]) == {
            "corey-heim": 40, "ty-majeski": 35, "truck-3": 0,
        }  # fmt: skip

    def test_a_win_as_it_runs_is_a_win_for_the_field(self) -> None:
        season = make_season(2025, [["Corey Heim", "Ty Majeski", "Layne Riggs"]], upcoming=24)
        race = season.races[1]
        picture = championship_as_it_runs(season, race, state(race, ["layne-riggs", "ty-majeski", "corey-heim"]))
        assert {row.driver for row in picture.rows if row.won} == {"corey-heim", "layne-riggs"}
        assert season.results.keys() == {1}
