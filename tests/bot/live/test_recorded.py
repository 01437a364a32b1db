"""A recorded race, lap by lap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import TravelClock
from bot.live.recorded import RecordedLive, RecordedRace
from bot.live.source import Followed
from db.live.models import Flag, LiveState, TruckStatus
from db.models import CautionPeriod, Lead, Outcome, Season
from tests.bot.live.laps import Lap, Laps, Stop, Truck, bundled_races, laps_of
from tests.seasons import Row, bundled_seasons, make_season

HEIM, MAJESKI, RIGGS = "corey-heim", "ty-majeski", "layne-riggs"
NUMBERS = {HEIM: "1", MAJESKI: "2", RIGGS: "3"}
ORDERS = [
    [HEIM, MAJESKI, RIGGS],
    [HEIM, MAJESKI, RIGGS],
    [MAJESKI, HEIM, RIGGS],
    [MAJESKI, HEIM, RIGGS],
    [MAJESKI, HEIM],
    [HEIM, MAJESKI],
]


def season(**facts: object) -> Season:
    outcome = Outcome(
        laps=5,
        leads=(Lead(HEIM, 1, 1), Lead(MAJESKI, 2, 4), Lead(HEIM, 5, 5)),
        caution_periods=(CautionPeriod(2, 3, "crash", "3"),),
    )
    order = [
        Row("Corey Heim", number="1", laps=5, led=2, stages=(2,)),
        Row("Ty Majeski", number="2", laps=5, led=3, stages=(1,)),
        Row("Layne Riggs", number="3", laps=3, status="crash", stages=(None,)),
    ]
    races = {1: {"scheduled_laps": 4, "stage_laps": (2, 2), "outcome": outcome, **facts}}
    return make_season(2025, [order], races=races)


def recorded() -> RecordedRace:
    held = season()
    return RecordedRace(held, held.races[0], laps_of(ORDERS, NUMBERS, [Stop("2", 0), Stop("2", 3), Stop("1", 5)]))


def order(state: LiveState) -> str:
    return "".join(truck.number for truck in state.trucks)


def test_the_order_is_that_of_each_lap_and_at_last_the_official_one() -> None:
    assert [order(state) for state in recorded().states()] == ["123", "123", "213", "213", "213", "123"]


def test_the_flags_are_those_of_the_cautions() -> None:
    flags = [state.flag for state in recorded().states()]
    assert flags == [Flag.GREEN, Flag.GREEN, Flag.YELLOW, Flag.GREEN, Flag.GREEN, Flag.CHECKERED]
    caution = recorded().state(2).flags[-1]
    assert (caution.lap, caution.reason, caution.free_pass) == (2, "crash", "3")


def test_a_restart_knows_its_order() -> None:
    race = recorded()
    assert race.state(2).restart is None
    restart = race.state(4).restart
    assert restart is not None
    assert (restart.lap, "".join(restart.order)) == (3, "213")


def test_overtime_makes_the_race_longer_only_once_it_is_there() -> None:
    assert [state.laps for state in recorded().states()] == [4, 4, 4, 4, 5, 5]


def test_stages_end_where_they_ended() -> None:
    states = list(recorded().states())
    assert [len(state.stages) for state in states] == [0, 0, 1, 1, 1, 1]
    assert [(place.position, place.number) for place in states[2].stages[0].places] == [(1, "2"), (2, "1")]
    assert [(state.stage, state.stage_end) for state in states[1:3]] == [(1, 2), (2, 4)]


def test_who_crashed_is_out_from_then_on() -> None:
    status = [state.by_number["3"].status for state in recorded().states()]
    assert status == [TruckStatus.ON_TRACK] * 4 + [TruckStatus.OUT] * 2
    assert [state.by_number["3"].laps_down for state in recorded().states()][4:] == [1, 2]


def test_stops_are_those_between_the_start_and_the_finish() -> None:
    trucks = recorded().state(4).by_number
    assert (trucks["2"].stops, trucks["2"].last_stop, trucks["1"].stops) == (1, 3, 0)
    assert recorded().state(5).by_number["1"].last_stop is None


def test_the_leads_on_record_hold_where_the_laps_say_otherwise() -> None:
    held = season()
    orders = [ORDERS[0], *([HEIM, MAJESKI, RIGGS] for _ in range(3)), [HEIM, MAJESKI], [HEIM, MAJESKI]]
    race = RecordedRace(held, held.races[0], laps_of(orders, NUMBERS))
    assert [state.trucks[0].number for state in race.states()] == ["1", "1", "2", "2", "2", "1"]
    assert race.state(4).by_number["2"].led == 3


def test_without_leads_on_record_the_laps_say_who_led() -> None:
    held = season(outcome=Outcome(laps=5))
    race = RecordedRace(held, held.races[0], laps_of(ORDERS, NUMBERS))
    assert [(lead.number, lead.from_lap, lead.to_lap) for lead in race.state(4).leads] == [("1", 1, 1), ("2", 2, 4)]


def test_a_lap_that_was_not_timed_takes_as_long_as_everybodys() -> None:
    laps = Laps((
        Truck("1", HEIM, (Lap(None, 1), Lap(None, 1), Lap(30_000, 1), *[Lap(30_000, 1)] * 3)),
        Truck("2", MAJESKI, (Lap(None, 2), Lap(31_000, 2), Lap(30_000, 2), *[Lap(30_000, 2)] * 3)),
    ))  # fmt: skip
    held = season(outcome=Outcome(laps=5))
    state = RecordedRace(held, held.races[0], laps).state(2)
    assert order(state) == "12"
    assert (state.trucks[0].gap, state.trucks[1].gap) == (0.0, 0.0)
    assert state.elapsed == 61.0


def test_a_race_without_results_cannot_be_played() -> None:
    held = make_season(2025, upcoming=1)
    with pytest.raises(LookupError, match="no results of race 1"):
        RecordedRace(held, held.races[0], Laps(()))


async def test_it_runs_by_the_clock_like_any_other_source() -> None:
    held, race = season(), recorded()
    clock = TravelClock(race.began - timedelta(minutes=1), speed=0)
    source, followed = RecordedLive({held.races[0].id: race}, clock), Followed(held, held.races[0])
    assert await source.latest(followed, None) is None
    clock._start = race.began + timedelta(seconds=61)
    state = await source.latest(followed, None)
    assert state is not None
    assert state.lap == 2
    assert await source.latest(followed, state) is state
    clock._start = datetime(2030, 1, 1, tzinfo=UTC)
    last = await source.latest(followed, state)
    assert last is not None
    assert last.ended is not None


def problems(played: RecordedRace, lap: int) -> list[str]:
    """What cannot be about the running order on a lap."""
    state, found = played.state(lap), []
    places = [truck.position for truck in state.trucks]
    if places != list(range(1, len(places) + 1)) or len(state.by_number) != len(places):
        found.append("places")
    gaps = [truck.gap for truck in state.trucks if truck.gap is not None]
    if gaps[:1] != [0.0] or gaps != sorted(gaps):
        found.append("gaps")
    if any(truck.laps > lap or truck.laps_down < 0 for truck in state.trucks):
        found.append("laps")
    return [f"lap {lap}: {each}" for each in found]


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_every_race_whose_laps_are_held_runs_soundly_to_its_official_finish(year: int) -> None:
    held = next(each for each in bundled_seasons() if each.year == year)
    races = {race.nascar_id: race for race in held.races}
    wrong, played_races = [], 0
    for number, laps in bundled_races(year):
        race = races[number]
        played = RecordedRace(held, race, laps)
        wrong += [f"race {race.round}, {each}" for lap in range(0, played.laps, 50) for each in problems(played, lap)]
        last = played.state(played.laps)
        finish = [(row.entry.number, row.led) for row in held.results[race.round]]
        if [(truck.number, truck.led) for truck in last.trucks] != finish:
            wrong.append(f"race {race.round}: the finish")
        almost = {truck.number for truck in played.state(played.laps - 1).trucks[:10]}
        # At Daytona half of the first ten crashed on the last lap.
        if len(almost & {truck.number for truck in last.trucks[:10]}) < 4:
            wrong.append(f"race {race.round}: the last lap but one is nothing like the finish")
        played_races += 1
    assert wrong == []
    assert played_races >= 22
