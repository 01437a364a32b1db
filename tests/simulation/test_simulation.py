"""A few hundred nights in every run, and each known way to break the engine in a night that catches it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.forking import run_forked
from tests.simulation.events import Kill, Weather
from tests.simulation.loop import Crash, DeadlockError, SimulatedLoop, Timeline
from tests.simulation.mutations import mutated
from tests.simulation.night import nights, shrink
from tests.simulation.schedule import COVERAGE
from tests.simulation.story import Place, Story

NIGHTS, PORTION = 300, 100
"""A portion has a process of its own, so that the workers share the nights."""


def simulate(*arguments: str, fresh: bool = False) -> subprocess.CompletedProcess[str]:
    """Runs the simulation as a person does, in a process whose sets have always the same order.

    It is forked from one that has imported it, unless ``fresh``.
    """
    surroundings = {**os.environ, "COLUMNS": "200"}
    if hasattr(os, "fork") and not fresh:
        return run_forked("tests.simulation.__main__", arguments, surroundings, hash_seed="0")
    return subprocess.run(
        [sys.executable, "-m", "tests.simulation", *arguments],
        env={**surroundings, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("first", range(0, NIGHTS, PORTION))
def test_nothing_is_lost_or_doubled_or_late_whatever_goes_wrong(first: int) -> None:
    told = simulate("--seeds", str(PORTION), "--from", str(first), "--processes", "1")
    assert told.returncode == 0, told.stdout + told.stderr
    assert f"{PORTION} nights" in told.stdout


def test_nights_that_went_wrong_once_go_right() -> None:
    told = simulate("--known", fresh=True)
    assert told.returncode == 0, told.stdout + told.stderr


def test_each_way_to_break_the_engine_is_caught() -> None:
    told = simulate("--mutations")
    assert told.returncode == 0, told.stdout + told.stderr


def story(*events: Weather | Kill, **facts: object) -> Story:
    """A quarter of an hour before coverage, with two servers that want five minutes' notice."""
    places = (Place(1, leads=(5,)), Place(2, leads=(5,)))
    return Story(4, COVERAGE - timedelta(minutes=10), 420.0, places, events, **facts)  # type: ignore[arg-type]


def test_a_night_without_trouble_brings_what_is_due_and_nothing_else() -> None:
    told: list[str] = []
    with nights() as live:
        verdict = live.live(story(), told.append)
    assert (verdict.due, verdict.seen, verdict.sound) == (2, 2, True)
    assert [line.split()[3:5] for line in told if "message" in line] == [["900001:", "message"], ["900002:", "message"]]


def test_what_goes_wrong_is_seen_and_shrunk_to_what_it_takes() -> None:
    """Answers are lost for a while, and the broken program does not believe what it finds."""
    lost = Weather(295.0, 30.0, "answer lost", 1.0)
    idle = (Weather(10.0, 5.0, "slow", 1.0), Kill(400.0, "any", 0, 5.0))
    night = story(idle[0], lost, idle[1], memory=1.0)
    with mutated("believe nothing"), nights() as live:
        verdict = live.live(night)
        assert verdict.doubled == 2
        least = shrink(live, night, verdict.faults)
    assert least.events == (lost,)
    assert len(least.places) == 1
    with nights() as live:
        assert live.live(night).sound


def test_a_seed_is_one_story_and_one_verdict() -> None:
    with nights() as live:
        assert Story.from_seed(17) == Story.from_seed(17)
        assert live.live(Story.from_seed(17)) == live.live(Story.from_seed(17))


def test_time_moves_only_when_nothing_is_left_to_do() -> None:
    timeline, seen = Timeline(), list[tuple[str, float]]()
    loop = SimulatedLoop(timeline)
    timeline.at(5.0, lambda: seen.append(("world", timeline.now)))

    async def lives() -> None:
        for _ in range(1000):
            await asyncio.sleep(0)
        seen.append(("busy", timeline.now))
        await asyncio.sleep(10)
        seen.append(("rested", timeline.now))

    loop.run_until_complete(lives())
    loop.close()
    assert seen == [("busy", 0.0), ("world", 5.0), ("rested", 10.0)]


def test_who_waits_for_nothing_is_told_so() -> None:
    loop = SimulatedLoop(Timeline())
    with pytest.raises(DeadlockError):
        loop.run_until_complete(asyncio.Event().wait())
    loop.abandon()


def test_a_crash_ends_everything_at_once() -> None:
    timeline, done = Timeline(), list[str]()
    loop = SimulatedLoop(timeline)

    def dies() -> None:
        raise Crash

    timeline.at(1.0, dies)

    async def lives() -> None:
        try:
            await asyncio.sleep(2)
        finally:
            done.append("tidied up")

    with pytest.raises(Crash):
        loop.run_until_complete(lives())
    assert done == []
    loop.abandon()


def test_a_story_can_be_changed_and_stays_a_value() -> None:
    night = Story.from_seed(3)
    assert replace(night, events=()) != night
    assert hash(night.places) == hash(Story.from_seed(3).places)
