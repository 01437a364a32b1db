"""Live states and their logs in the store."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from db.connection import Store
from db.live.held import LiveStates
from db.live.models import (
    EventKind,
    Flag,
    FlagPeriod,
    LiveEvent,
    LiveFastest,
    LiveLead,
    LiveStage,
    LiveState,
    LiveTruck,
    Restart,
    StagePlace,
    TruckStatus,
    events_of,
    stage_ends,
)
from db.live.rows import (
    forget_history,
    forget_states,
    load_events,
    load_live_version,
    load_log_version,
    load_states,
    save_heard,
    save_state,
)
from db.models import SessionKind
from db.snapshots import Snapshots
from tests.seasons import make_race

NOW = datetime(2025, 10, 17, 21, tzinfo=UTC)


def state(race: int = 23, lap: int = 50, **facts: object) -> LiveState:
    """A state in which every field has a value of its own."""
    trucks = (
        LiveTruck(
            "02", "corey-heim", "Corey Heim", 1, lap, 0.0, 0, 12, 51.5, 50.1, 12, 33, 2, TruckStatus.PITS, 3, True,
            make="Ford", points=41, disqualified=True,
        ),
        LiveTruck("98", None, "Ty Majéski", 2, lap - 2, None, 2, eligible=False),
    )  # fmt: skip
    whole = LiveState(
        race=race,
        session=SessionKind.RACE,
        lap=lap,
        laps=90,
        trucks=trucks,
        at=NOW,
        came=NOW + timedelta(seconds=3),
        stage=3,
        stage_end=90,
        flags=(FlagPeriod(Flag.GREEN, 0, NOW), FlagPeriod(Flag.YELLOW, 20, NOW, "Stage 1 Conclusion", "98")),
        leads=(LiveLead("02", 1, 30), LiveLead("98", 31, 50)),
        stages=(LiveStage(1, (StagePlace(1, "98", 10), StagePlace(2, "02", 0))),),
        cautions=1,
        caution_laps=4,
        fastest=LiveFastest("02", 50.1, 12),
        fastest_point="",
        restart=Restart(24, ("98", "02")),
        elapsed=2600.25,
        run=7,
        checkered=NOW,
        ended=NOW,
    )
    return replace(whole, **facts)  # type: ignore[arg-type]


@pytest.fixture
async def race(store: Store) -> int:
    season = await Snapshots(store).season(2025)
    assert season is not None
    return season.races[22].id


async def save(store: Store, new: LiveState) -> None:
    await save_state(store, new, NOW, events_of(new, (20, 40)))


def test_every_field_of_the_state_above_says_something() -> None:
    empty = {None, (), 0}
    assert [each.name for each in fields(LiveState) if getattr(state(), each.name) in empty] == []


async def test_a_state_comes_back_as_it_was(store: Store, race: int) -> None:
    await save(store, state(race))
    held = (await load_states(store))[race]
    assert (held.state, held.heard) == (state(race), NOW)
    columns = await store.fetch("SELECT session, lap, laps, flag, true_at, checkered_at FROM live_states")
    assert tuple(columns[0]) == ("race", 50, 90, "yellow", "2025-10-17T21:00:00Z", "2025-10-17T21:00:00Z")


async def test_a_newer_state_takes_the_place_of_an_older(store: Store, race: int) -> None:
    await save(store, state(race))
    await save(store, state(race, 51))
    assert [held.state.lap for held in (await load_states(store)).values()] == [51]


async def test_the_version_grows_with_every_change_and_no_season_changes(store: Store, race: int) -> None:
    seasons = Snapshots(store)
    season, version = await seasons.season(2025), await load_live_version(store)
    await save(store, state(race))
    await save_heard(store, race, NOW + timedelta(minutes=1))
    await forget_states(store, [race])
    assert await load_live_version(store) == version + 3
    assert await seasons.season(2025) is season


async def test_the_log_keeps_what_was_seen_first_and_corrects_what_is_said_of_it(store: Store, race: int) -> None:
    await save(store, state(race))
    flags = (*state().flags[:1], FlagPeriod(Flag.YELLOW, 19, NOW, "Turn 3"))
    await save(store, state(race, 51, flags=flags, came=NOW + timedelta(minutes=1)))
    seen = await load_events(store, race)
    caution = next(each for each in seen if each.event.what == "yellow")
    assert caution.event == LiveEvent(EventKind.FLAG, 2, 19, "yellow", "Turn 3")
    assert caution.seen == NOW + timedelta(seconds=3)
    assert [each.event.kind for each in seen].count(EventKind.LEAD) == 2


async def test_what_is_taken_back_leaves_the_log(store: Store, race: int) -> None:
    await save(store, state(race))
    await save(store, state(race, 51, leads=state().leads[:1], stages=()))
    kinds = [each.event.kind for each in await load_events(store, race)]
    assert kinds == [EventKind.FLAG, EventKind.LEAD, EventKind.FLAG]


async def test_the_logs_version_grows_only_with_what_happens(store: Store, race: int) -> None:
    versions = [await load_log_version(store)]

    async def another() -> bool:
        versions.append(await load_log_version(store))
        return versions[-1] != versions[-2]

    await save(store, state(race))
    assert await another()
    await save(store, state(race, 51, came=NOW + timedelta(seconds=8)))
    await save_heard(store, race, NOW + timedelta(minutes=1))
    assert not await another()
    await save(store, state(race, 51, leads=state().leads[:1]))
    assert await another()
    await forget_states(store, [race])
    assert await another()


async def test_who_sees_the_race_later_sees_how_it_stood_then(store: Store, race: int) -> None:
    states = LiveStates(store)
    for lap in (50, 51, 52):
        await save(store, state(race, lap, came=NOW + timedelta(seconds=30 * lap)))

    async def lap_at(seconds: float) -> int | None:
        held = await states.at(race, NOW + timedelta(seconds=seconds))
        return held.state.lap if held is not None else None

    assert [await lap_at(30 * lap) for lap in (49.9, 50, 50.9, 51, 52, 99)] == [None, 50, 50, 51, 52, 52]
    await forget_states(store, [race])
    assert [await lap_at(30 * lap) for lap in (50, 51.5, 99)] == [50, 51, 52]
    await forget_history(store, NOW + timedelta(seconds=30 * 52))
    assert await LiveStates(store).at(race, NOW + timedelta(seconds=30 * 51)) is None


async def test_what_came_by_a_clock_that_was_ahead_is_no_past(store: Store, race: int) -> None:
    await save(store, state(race, 50))
    await save(store, state(race, 51, came=NOW + timedelta(hours=1)))
    await save(store, state(race, 52, came=NOW + timedelta(minutes=1)))
    rows = await store.fetch("SELECT count(*) FROM live_history")
    assert rows[0][0] == 2
    held = await LiveStates(store).at(race, NOW + timedelta(hours=2))
    assert held is not None
    assert held.state.lap == 52


async def test_until_the_next_state_came_the_feed_answered(store: Store, race: int) -> None:
    for lap in (50, 51):
        await save_state(store, state(race, lap, came=NOW + timedelta(minutes=lap)), NOW + timedelta(minutes=lap), ())
    held = await LiveStates(store).at(race, NOW + timedelta(minutes=50, seconds=40))
    assert held is not None
    assert (held.state.lap, held.heard) == (50, NOW + timedelta(minutes=50, seconds=40))


async def test_a_stage_is_logged_with_its_lap_and_winner(store: Store, race: int) -> None:
    await save(store, state(race))
    stage = [each.event for each in await load_events(store, race) if each.event.kind is EventKind.STAGE]
    assert stage == [LiveEvent(EventKind.STAGE, 1, 20, "98")]


async def test_nothing_is_left_of_what_is_forgotten_or_whose_race_is_gone(store: Store, race: int) -> None:
    await save(store, state(race))
    await forget_states(store, [race])
    assert (await load_states(store), await load_events(store, race)) == ({}, ())
    await save(store, state(987_654))
    assert await load_states(store) == {}


async def test_a_state_of_another_version_is_passed_over(store: Store, race: int) -> None:
    await save(store, state(race))
    async with store.write() as connection:
        await connection.execute("""UPDATE live_states SET state = '{"lap": "many"}'""")
    assert await load_states(store) == {}
    await save(store, state(race))
    assert set(await load_states(store)) == {race}


async def test_whoever_asks_often_reads_it_once(store: Store, race: int) -> None:
    states = LiveStates(store)
    assert await states.all() == {}
    await save(store, state(race))
    first = await states.all()
    assert (await states.all())[race].state is first[race].state
    async with store.write() as connection:
        await connection.execute("UPDATE seasons SET refreshed_at = '2030-01-01T00:00:00Z'")
    assert (await states.all())[race].state is first[race].state
    await save(store, state(race, 51))
    assert (await states.all())[race].state.lap == 51


def test_the_laps_that_end_the_stages() -> None:
    assert stage_ends(make_race(2025, 1, stage_laps=(20, 20, 45))) == (20, 40)
    assert stage_ends(make_race(2025, 1)) == ()


@pytest.mark.parametrize(
    ("flag", "at", "heard", "silent"),
    [
        (Flag.GREEN, 119, 0, False),
        (Flag.GREEN, 121, 0, True),
        (Flag.YELLOW, 121, 0, True),
        (Flag.RED, 3600, 60, False),  # nothing changes then, and the feed answers
        (Flag.RED, 3600, 121, True),
        (Flag.COLD, 36_000, 60, False),  # overnight, for the rest of the race on the next day
        (Flag.COLD, 36_000, 121, True),
        (Flag.CHECKERED, 3600, 3600, False),
    ],
)
def test_when_a_feed_is_silent(flag: Flag, at: int, heard: int, silent: bool) -> None:
    shown = (FlagPeriod(Flag.GREEN, 0, NOW), FlagPeriod(flag, 50, NOW))
    running = state(flags=shown, checkered=NOW if flag is Flag.CHECKERED else None)
    now = NOW + timedelta(seconds=at)
    assert running.is_silent(now, now - timedelta(seconds=heard)) is silent
