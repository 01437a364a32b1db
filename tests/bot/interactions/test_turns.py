"""Turns: how many answers are made at once, who comes next, and that none of them is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest

from bot.interactions.turns import Turns, give_back
from bot.services import Services
from tests.bot.interactions.odd_payloads import STRING, asked, menu, option, press, typed
from tests.bot.interactions.raw import Raw, raw

LONG = 1000.0
"""Seconds that no turn here takes."""


def turns(at_once: int = 2) -> Turns:
    return Turns(at_once, longest_pause=0, longest_turn=LONG)


class Making:
    """Answers that are made until each is told to end, and the order in which they began."""

    def __init__(self, kept: Turns) -> None:
        self.turns, self.urgent, self.late = kept, True, False
        kept.urgent, kept.late = lambda: self.urgent, lambda: self.late
        self.begun: list[int] = []
        self.third = asyncio.Event()
        self.ends: dict[int, asyncio.Event] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}

    async def _make(self, number: int) -> None:
        async with self.turns.turn():
            self.begun.append(number)
            if len(self.begun) == 3:
                self.third.set()
            await self.ends[number].wait()

    async def start(self, *numbers: int) -> None:
        for number in numbers:
            self.ends[number] = asyncio.Event()
            self.tasks[number] = asyncio.create_task(self._make(number))
        await rest()

    async def end(self, *numbers: int) -> None:
        for number in numbers:
            self.ends[number].set()
            await self.tasks[number]
        await rest()


async def rest() -> None:
    """Lets everything go on that can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_few_at_once_and_first_come_first_served() -> None:
    making = Making(turns())
    await making.start(1, 2, 3, 4, 5)
    assert making.begun == [1, 2]
    await making.end(2)
    assert making.begun == [1, 2, 3]
    await making.end(3, 1)
    assert making.begun == [1, 2, 3, 4, 5]
    await making.end(4, 5)
    await making.start(6, 7, 8)
    assert making.begun[5:] == [6, 7]
    await making.end(6, 7, 8)


async def test_whoever_leaves_the_line_keeps_nobody_waiting() -> None:
    making = Making(turns(1))
    await making.start(1, 2, 3)
    making.tasks[2].cancel()
    await rest()
    await making.end(1)
    assert making.begun == [1, 3]
    making.tasks[3].cancel()
    await rest()
    await making.start(4)
    assert making.begun == [1, 3, 4]
    await making.end(4)


async def test_one_who_leaves_as_their_turn_comes_hands_it_on() -> None:
    making = Making(turns(1))
    await making.start(1, 2, 3)
    making.ends[1].set()
    await making.tasks[1]
    making.turns._next()
    making.tasks[2].cancel()
    with suppress(asyncio.CancelledError):
        await making.tasks[2]
    await rest()
    assert making.begun[-1] == 3
    await making.end(3)


async def test_while_nothing_is_urgent_nobody_waits() -> None:
    making = Making(turns(1))
    making.urgent = False
    await making.start(1, 2, 3)
    assert making.begun == [1, 2, 3]
    making.urgent = True
    await making.start(4, 5)
    await making.end(1, 2)
    assert making.begun == [1, 2, 3]
    await making.end(3)
    assert making.begun == [1, 2, 3, 4]
    await making.end(4, 5)
    assert making.turns.taken == 0


async def test_what_is_late_lets_in_one_at_a_time() -> None:
    making = Making(turns(3))
    await making.start(1, 2, 3, 4, 5, 6, 7)
    assert making.begun == [1, 2, 3]
    making.late = True
    await making.end(1, 2)
    assert making.begun == [1, 2, 3]
    await making.end(3)
    assert making.begun == [1, 2, 3, 4]
    making.late = False
    await making.end(4)
    assert making.begun == [1, 2, 3, 4, 5, 6, 7]
    await making.end(5, 6, 7)
    assert making.turns.taken == 0


async def test_who_waits_is_let_in_when_nothing_is_urgent_any_more() -> None:
    making = Making(turns(1))
    await making.start(1, 2, 3, 4)
    making.urgent = False
    await making.start(5, 6)
    assert making.begun == [1, 5, 6]
    await making.end(5)
    assert making.begun == [1, 5, 6, 2, 3, 4]
    await making.end(1, 2, 3, 4, 6)
    assert making.turns.taken == 0


async def test_a_turn_is_given_back_early_and_only_once() -> None:
    kept = turns(1)
    making = Making(kept)
    async with kept.turn():
        await making.start(1, 2)
        assert making.begun == []
        give_back()
        give_back()
        await rest()
        assert making.begun == [1]
    await rest()
    assert making.begun == [1]
    await making.end(1)
    await making.end(2)
    give_back()


async def test_an_answer_that_takes_long_holds_up_nobody() -> None:
    making = Making(Turns(1, longest_pause=0, longest_turn=0))
    await making.start(1, 2, 3)
    await making.third.wait()
    await making.end(3, 2, 1)
    await making.start(4)
    assert making.begun == [1, 2, 3, 4]
    await making.end(4)
    assert making.turns.taken == 0


async def test_the_pause_is_shorter_the_more_people_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    at: list[float] = []
    monkeypatch.setattr(loop, "time", lambda: 100.0)

    def call_at(when: float, call: Callable[[], object], *_: object, **__: object) -> asyncio.Handle:
        if when >= 100 + LONG:
            return loop.call_soon(lambda: None)
        at.append(when - 100)
        return loop.call_soon(call)

    monkeypatch.setattr(loop, "call_at", call_at)
    for waiting, pause in ((1, 0.5), (4, 0.5), (10, 0.3), (100, 0.03)):
        making = Making(Turns(1, longest_pause=0.5, patience=3, longest_turn=LONG))
        making.late = True
        await making.start(*range(waiting + 1))
        at.clear()
        await making.end(0)
        assert at == [pytest.approx(pause)]
        for number in range(1, waiting + 1):
            await making.end(number)


# --- who takes turns


@pytest.fixture
async def fans(services: Services) -> AsyncIterator[Raw]:
    async with raw(services) as made:
        yield made


async def test_every_kind_of_interaction_gives_its_turn_back(fans: Raw) -> None:
    tree: Any = fans.bot.tree
    for payload in (
        asked(fans, "next"),
        asked(fans, "driver", option("name", STRING, "nobody at all")),
        asked(fans, "pole"),
        menu(fans),
        menu(fans, resolved={}),
        typed(fans, "driver", option("name", STRING, "hei", focused=True)),
        typed(fans, "driver", option("season", STRING, "20", focused=True)),
        press(fans, {"custom_id": "t1:0:next", "component_type": 2}),
        press(fans, {"custom_id": "t1:0:nonsense", "component_type": 2}),
    ):
        (await fans.send(payload)).assert_calm()
        assert (tree.turns.taken, tree.typing_turns.taken) == (0, 0), payload


async def test_while_discord_takes_its_time_with_answers_others_are_made(
    fans: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree: Any = fans.bot.tree
    seen = []

    take = fans.take

    async def slow(*given: object, **more: object) -> object:
        seen.append((tree.turns.taken, tree.typing_turns.taken))
        return await take(*given, **more)

    monkeypatch.setattr(fans, "take", slow)
    for payload in (
        asked(fans, "next"),
        asked(fans, "driver", option("name", STRING, "nobody at all")),
        menu(fans),
        typed(fans, "driver", option("name", STRING, "hei", focused=True)),
        press(fans, {"custom_id": "t1:0:next", "component_type": 2}),
    ):
        await fans.send(payload)
    assert seen == [(0, 0)] * 5
