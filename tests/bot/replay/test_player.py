"""What plays: one for each message, in bounded number, ended by a press, an error or its time."""

from __future__ import annotations

import asyncio

import pytest

from bot.questions.replay import ReplayQuestion
from bot.replay.player import EVERY, LONGEST, PATIENCE, Player

QUESTION = ReplayQuestion(2025, 23, speed=10, playing=1)


class Stage:
    """A player whose seconds pass when the test says so, and what it showed."""

    def __init__(self, most: int = 3) -> None:
        self.now = 0.0
        self.player = Player(lambda: self.now, most)
        self.shown: list[ReplayQuestion] = []

    async def show(self, question: ReplayQuestion) -> bool:
        self.shown.append(question)
        return question.second < 100

    async def passes(self, seconds: float) -> None:
        self.now += seconds
        await self.player.tick()


@pytest.fixture
def stage() -> Stage:
    return Stage()


async def test_it_shows_where_the_race_is_by_then(stage: Stage) -> None:
    stage.player.start(1, QUESTION, stage.show)
    for seconds in (EVERY / 2, EVERY / 2, EVERY - 1, 1.5, 3):
        await stage.passes(seconds)
    assert [each.second for each in stage.shown] == [40, 85]
    assert {each.playing for each in stage.shown} == {1}


async def test_it_ends_with_the_race(stage: Stage) -> None:
    stage.player.start(1, QUESTION, stage.show)
    await stage.passes(20)
    await stage.passes(20)
    assert [each.second for each in stage.shown] == [200]
    assert stage.player.playing == frozenset()


async def test_its_time_ends_it_paused(stage: Stage) -> None:
    stage.player.start(1, QUESTION, stage.show)
    await stage.passes(LONGEST)
    assert [each.playing for each in stage.shown] == [0]
    assert stage.player.playing == frozenset()


async def test_a_message_plays_one_race_and_the_player_so_many(stage: Stage) -> None:
    assert [stage.player.start(number, QUESTION, stage.show) for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert stage.player.start(2, QUESTION, stage.show)
    assert stage.player.playing == {1, 2, 3}
    stage.player.stop(1)
    assert stage.player.start(4, QUESTION, stage.show)
    await stage.passes(EVERY)
    assert len(stage.shown) == 3


async def test_a_press_ends_what_is_just_being_shown(stage: Stage) -> None:
    begun, ended = asyncio.Event(), []

    async def slow(question: ReplayQuestion) -> bool:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(question)
        return True

    stage.player.start(1, QUESTION, slow)
    stage.player.start(2, QUESTION, stage.show)
    ticking = asyncio.create_task(stage.passes(EVERY))
    await begun.wait()
    # Both presses of two at once come here; what the second one starts is what plays.
    stage.player.start(1, QUESTION, stage.show)
    stage.player.start(1, QUESTION, stage.show)
    await ticking
    assert len(ended) == 1
    assert stage.player.playing == {1, 2}
    await stage.passes(EVERY)
    assert len(stage.shown) == 3


@pytest.mark.parametrize("error", [OSError("gone"), TimeoutError(), ValueError("a fault")])
async def test_an_error_ends_it_and_no_other(stage: Stage, error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    async def fails(question: ReplayQuestion) -> bool:
        del question
        raise error

    stage.player.start(1, QUESTION, fails)
    stage.player.start(2, QUESTION, stage.show)
    await stage.passes(EVERY)
    assert stage.player.playing == {2}
    # What is our own fault is logged; that a message is gone is nobody's.
    assert [each.levelname for each in caplog.records] == (["ERROR"] if isinstance(error, ValueError) else [])


def test_it_waits_no_longer_than_its_job_may_take() -> None:
    assert PATIENCE < 30
