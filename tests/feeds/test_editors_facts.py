"""A store that holds only what an editor knows of 2025 gives, refreshed, the answers of the season as it is bundled.

But for a listed set, each with its reason; a number is that of a thing which a guess from NASCAR's fields gets wrong.
What fans are answered is compared in ``test_editors_answers``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from bot.championship.standings import driver_standings
from db.connection import Store
from db.models import Entry, Outcome, Race, Result, Season
from tests.feeds import fake_nascar, recorded
from tests.feeds.taking import refresh, season_of

Difference = tuple[int, str]
"""The round and what is otherwise: a field of the race, of its outcome, or a driver's of the results."""

NOT_IN_ANY_FEED = {
    # Who the rookie of the race was, and who raced as one without contending for the title, is in reports alone.
    *((number, "outcome rookie_of_the_race") for number in (1, 2, 4, 22)),
    *(
        (22, f"entry rookie {driver}")
        for driver in (
            *("ben-maier", "brent-crews", "carter-fartuch", "connor-zilisch", "tyler-tomassi", "wesley-slimp"),
            "will-rodgers",
        )
    ),
    # Why somebody was disqualified, and that a driver was hurt.
    (1, "entry note parker-kligerman"),
    (9, "entry note layne-riggs"),
    (16, "entry note stewart-friesen"),
}
NO_LAP_TIMES = {
    # 29: lap times that are missing are normal; of these races reports tell the driver of the fastest lap alone.
    (race["round"], "outcome fastest_lap")
    for race in fake_nascar.bundled(2025)["races"]
    if "seconds" not in race["outcome"].get("fastest_lap", {"seconds": None})
}
REPORTED = "it was reported otherwise"
AS_NASCAR_HAS_IT: dict[Difference, int | str] = {
    # Points of somebody who does not score here.
    (16, "result points brenden-queen"): 17,
    (16, "entry eligible brenden-queen"): 17,
    # The point for the fastest lap, which NASCAR never took back from another.
    (24, "result points clayton-green"): 18,
    (24, "result points layne-riggs"): 18,
    (24, "result fastest_lap clayton-green"): 18,
    (24, "result fastest_lap layne-riggs"): 18,
    # The fastest lap was his who scores elsewhere, and nobody was paid for it.
    (8, "result fastest_lap carson-hocevar"): 21,
    # The finalists have 0 stage points in the finale.
    **{(25, f"result stages {driver}"): 23 for driver in ("corey-heim", "kaden-honeycutt", "ty-majeski")},
    (5, "result status frankie-muniz"): REPORTED,
    (18, "result status frankie-muniz"): REPORTED,
    (11, "outcome margin"): REPORTED,
}
"""By which of those things it is that NASCAR's own values differ."""
WORDING = {"team", "owner", "sponsor", "crew_chief"}
"""Facts of an entry that any two sources spell otherwise."""


@pytest.fixture
async def bundled_2025(programs_store: Store) -> Season:
    season = await season_of(programs_store, 2025)
    assert season is not None
    return season


async def test_the_answers_are_the_bundled_ones(editors_store: Store, bundled_2025: Season) -> None:
    served = fake_nascar.season(2025).documents()
    taken = await refresh(editors_store, served, 2025)
    assert (taken.refused, taken.clashes, taken.disagreements) == ([], [], [])
    season = await season_of(editors_store, 2025)
    assert season is not None
    assert set(_differences(bundled_2025, season)) == NOT_IN_ANY_FEED | NO_LAP_TIMES
    assert _table(season) == _table(bundled_2025)
    again = await refresh(editors_store, served, 2025)
    assert (again.changed, again.corrections) == (0, [])


@recorded.at_hand
async def test_the_answers_from_nascars_own_values(editors_store: Store, bundled_2025: Season) -> None:
    days = {race["nascar_id"]: fake_nascar.local_start(race) for race in fake_nascar.bundled(2025)["races"]}
    taken = await refresh(editors_store, recorded.season(2025, days).documents(), 2025)
    assert taken.refused == []
    what = "Clayton Green has the point for the fastest lap, and by the lap times it was Layne Riggs's"
    assert taken.clashes == [f"2025 race 24, Slim Jim 200: {what}"]
    season = await season_of(editors_store, 2025)
    assert season is not None
    found = {each for each in _differences(bundled_2025, season) if each[1] not in {"outcome fastest_lap", "sessions"}}
    hurt = {(22, "absent frankie-muniz")}  # 42: who did not come is not in NASCAR's results.
    assert found - hurt == NOT_IN_ANY_FEED | AS_NASCAR_HAS_IT.keys()
    ours, theirs = dict(_table(bundled_2025)), dict(_table(season))
    assert {driver for driver in ours.keys() | theirs.keys() if ours.get(driver) != theirs.get(driver)} == {
        "brenden-queen",
        "clayton-green",
        "layne-riggs",
    }


def _table(season: Season) -> list[tuple[str, int]]:
    return [(row.who, row.points) for row in driver_standings(season).standings.places]


def _differences(ours: Season, theirs: Season) -> Iterator[Difference]:
    for race in ours.races:
        other = theirs.race(race.round)
        assert other is not None
        for name in ("name", "date", "start", "nascar_id", "scheduled_laps", "stage_laps", "phase", "sessions"):
            if getattr(race, name) != getattr(other, name):
                yield race.round, name
        yield from _of_outcomes(race, other)
        yield from _of_results(race.round, ours.results[race.round], theirs.results[race.round])
        mine, others = ({each.driver for each in season.absent.get(race.round, ())} for season in (ours, theirs))
        yield from ((race.round, f"absent {driver}") for driver in mine ^ others)


def _of_outcomes(race: Race, other: Race) -> Iterator[Difference]:
    mine, theirs = race.outcome or Outcome(), other.outcome or Outcome()
    for each in fields(Outcome):
        if getattr(mine, each.name) != getattr(theirs, each.name):
            yield race.round, f"outcome {each.name}"


def _of_results(number: int, ours: tuple[Result, ...], theirs: tuple[Result, ...]) -> Iterator[Difference]:
    others = {(row.driver, row.entry.number): row for row in theirs}
    assert {(row.driver, row.entry.number) for row in ours} == others.keys()
    for row in ours:
        other = others[row.driver, row.entry.number]
        for what, model, mine, hers in (("result", Result, row, other), ("entry", Entry, row.entry, other.entry)):
            for each in fields(model):
                old, new = _fact(mine, each.name), _fact(hers, each.name)
                if old != new and each.name not in WORDING | {"entry"}:
                    yield number, f"{what} {each.name} {row.driver}"


def _fact(row: object, name: str) -> Any:
    return getattr(row, name)
