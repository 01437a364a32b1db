"""How long Tailgate takes to answer, compared with a bot that sends fixed answers, over real sockets, in one run.

Start it at the root of a clone: ``python -m tests.bench.answers [--quick]``; ``docs/speed.md`` says what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any

import db
from tests.bench.measures import load, machine, memory, milliseconds, ninetieth, processor_seconds, ratio, table
from tests.bench.timed import Bot, TimedStandIn, null_bot, tailgate
from tests.checks.sound import AnswerKind
from tests.stores import copy_bundled
from tests.wire.interactions import BUTTON, every_component
from tests.wire.rest import EPHEMERAL
from tests.wire.world import Payload

ROUNDS, WARM_UP = 300, 30
QUICK_ROUNDS, QUICK_WARM_UP = 2, 1
RUN = 20
"""A number of races of 2025 that have been run by then."""
PAUSE = 0.005
"""Seconds between questions, so that what a bot still does after its answer does not slow down the other one."""

Ask = Callable[[TimedStandIn], Awaitable[Any]]


@dataclass
class Question:
    """A question that is asked again and again.

    Args:
        label: its line in the table.
        kind: questions of one kind cost discord.py the same; the null bot answers one of each kind.
        ask: asks once and returns when it is answered; fails if the answer is wrong.
    """

    label: str
    kind: str
    ask: Ask
    times: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    async def take(self, bot: Bot) -> None:
        """Asks once and records how long it took."""
        seen, used = len(bot.standin.requests), processor_seconds(bot.process)
        await self.ask(bot.standin)
        self.times.append(bot.standin.seconds)
        await asyncio.sleep(PAUSE)
        self.requests.append(len(bot.standin.requests) - seen)
        if used is not None:
            self.processor.append((processor_seconds(bot.process) or 0.0) - used)

    def forget(self) -> None:
        for kept in (self.times, self.requests, self.processor):
            kept.clear()


def drivers() -> list[str]:
    """The names of all drivers with a result in 2025 by the bot's date, most starts first."""
    rows = json.loads(Path(db.__file__).with_name("seasons").joinpath("2025.json").read_bytes())["results"]
    return [name for name, _ in Counter(row["driver"] for row in rows if row["round"] <= RUN).most_common()]


def slash(line: str, **options: list[str]) -> Ask:
    """A command, with the next of each option's values each time."""
    values = {name: cycle(among) for name, among in options.items()}

    async def ask(standin: TimedStandIn) -> None:
        asked = await standin.slash(line, {name: next(among) for name, among in values.items()})
        refused = (asked.answer.get("data") or {}).get("flags", 0) & EPHEMERAL
        if asked.answer_kind is not AnswerKind.MESSAGE or refused:
            raise RuntimeError(f"/{line} was not answered: {asked.answer}")

    return ask


def choices(line: str, option: str, among: list[str]) -> Ask:
    """Autocomplete for the next of some typed texts each time."""
    letters = cycle(among)

    async def ask(standin: TimedStandIn) -> None:
        typed = next(letters)
        if not await standin.autocomplete(line, option, typed):
            raise RuntimeError(f"nothing was offered for {typed!r}")

    return ask


def press(line: str) -> Ask:
    """Presses the first enabled button of a command's answer: with a pager this goes forward and back in turns."""
    message: Payload = {}

    async def ask(standin: TimedStandIn) -> None:
        if not message:
            # The stand-in edits a message in place, so this one is always up to date.
            message["is"] = standin.answer_to(await standin.slash(line))
        parts = every_component(message["is"]["components"])
        button = next(part["custom_id"] for part in parts if part["type"] == BUTTON and not part.get("disabled"))
        asked = await standin.press(message["is"], button)
        if asked.answer_kind is not AnswerKind.CHANGE:
            raise RuntimeError(f"{button} did not change its message: {asked.answer}")

    return ask


def null_questions() -> list[Question]:
    return [
        Question("null bot: a word", "word", slash("ping")),
        Question("null bot: a fixed card", "card", slash("panel")),
        Question("null bot: fixed choices", "choices", choices("pick", "name", ["hei"])),
        Question("null bot: a press", "press", press("panel")),
    ]


def tailgate_questions() -> list[Question]:
    names = drivers()
    return [
        Question("/standings", "card", slash("standings")),
        Question("/driver heim", "card", slash("driver", name=["heim"])),
        Question("/driver, another each time", "card", slash("driver", name=names)),
        Question("/results", "card", slash("results")),
        Question("/next", "card", slash("next")),
        Question("/schedule", "card", slash("schedule")),
        Question("choices for three letters", "choices", choices("driver", "name", [name[:3] for name in names])),
        Question("a page turned", "press", press("standings")),
    ]


async def ask_in_turn(pairs: list[tuple[Bot, list[Question]]], rounds: int) -> None:
    """Asks every question once per round in a new random order; the bots take turns, so both meet the same load.

    The shorter list is filled up with its first question, the one that all others are compared with.
    """
    shuffler = random.Random(0)
    longest = max(len(questions) for _, questions in pairs)
    for _ in range(rounds):
        orders = []
        for bot, questions in pairs:
            filled = questions + questions[:1] * (longest - len(questions))
            orders.append([(bot, question) for question in shuffler.sample(filled, longest)])
        for turn in zip(*shuffler.sample(orders, len(orders)), strict=True):
            for bot, question in turn:
                await question.take(bot)


def report(null: list[Question], ours: list[Question]) -> str:
    """The table of answers."""
    word, like = null[0], {question.kind: question for question in null}
    rows = [
        (
            question.label,
            milliseconds(question.times),
            ninetieth(question.times),
            "1" if question is word else str(ratio(question.times, word.times)),
            str(ratio(question.times, like[question.kind].times)) if question in ours else "",
            f"{statistics.fmean(question.processor) * 1000:.2f}" if question.processor else "unknown",
            "–".join(str(n) for n in sorted({min(question.requests), max(question.requests)})),
        )
        for question in (*null, *ours)
    ]
    heads = ("answer", "median ms", "90 % ms", "× a word", "× its like", "processor ms", "requests")
    return table(heads, rows)


def weights(rows: list[tuple[str, float, float | None, float | None]]) -> str:
    """The table of processes: seconds until ready, memory when ready and at the end."""
    heads = ("process", "ready after s", "MiB when ready", "MiB at the end")
    cells = [
        (name, f"{seconds:.2f}", *(f"{size:.0f}" if size is not None else "" for size in sizes))
        for name, seconds, *sizes in rows
    ]
    return table(heads, cells)


async def measure(rounds: int, warm_up: int) -> tuple[str, list[str]]:
    """Runs everything; returns the report and what Discord would have refused."""
    before = load()
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tailgate-bench-")))
        one, other = [await stack.enter_async_context(TimedStandIn()) for _ in range(2)]
        for name in ("first", "again"):
            (home / name).mkdir()
        async with tailgate(other, home / "first") as first:
            first_start = first.seconds
        null = await stack.enter_async_context(null_bot(one, home))
        # Into the store of the first start the older seasons would arrive while answers are measured.
        await copy_bundled(home / "again" / "tailgate.db")
        ours = await stack.enter_async_context(tailgate(other, home / "again"))
        ready = [memory(bot.process) for bot in (null, ours)]
        pairs = [(null, null_questions()), (ours, tailgate_questions())]
        await ask_in_turn(pairs, warm_up)
        for _, questions in pairs:
            for question in questions:
                question.forget()
        await ask_in_turn(pairs, rounds)
        sizes = [memory(bot.process) for bot in (null, ours)]
        processes = weights(
            [
                ("null bot", null.seconds, ready[0], sizes[0]),
                ("Tailgate, first start", first_start, None, None),
                ("Tailgate, after that", ours.seconds, ready[1], sizes[1]),
            ]
        )
        head = f"{rounds} rounds after {warm_up} to warm up; {machine(before)}"
        text = "\n\n".join([head, report(pairs[0][1], pairs[1][1]), processes])
        return text, one.problems + other.problems


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.answers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds, to see that it runs")
    quick = parser.parse_args().quick
    text, problems = asyncio.run(measure(*((QUICK_ROUNDS, QUICK_WARM_UP) if quick else (ROUNDS, WARM_UP))))
    sys.stdout.write(text + "\n")
    for problem in problems:
        sys.stderr.write(f"Discord would refuse: {problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
