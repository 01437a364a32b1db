"""What it costs to hear everything that is written and to drop it, beside not hearing it and reading it, in one run.

Start it at the root of a clone: ``python -m tests.bench.mentions [--quick]``; ``docs/speed.md`` says what it measures.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.measures import load, machine, memory, processor_seconds, ratio, table
from tests.bench.nullbot import READ, UNREAD
from tests.bench.timed import Bot, TimedStandIn, null_bot, tailgate
from tests.stores import copy_bundled
from tests.wire.world import Person

ROUNDS, QUICK_ROUNDS = 12, 1
MESSAGES, QUICK_MESSAGES = 1_000, 30
PEOPLE = 50
EDITED = 10
"""One in so many messages is edited, or gets the picture of a link, which is the same event."""
AT_A_TIME = 50
"""Messages that go out before the bot gets its turn."""

OFF, ON = "Tailgate, TAILGATE_MENTIONS=off", "Tailgate"
JSON_ALONE, OWN_WAY = "null bot: reads nothing but the JSON", "null bot: discord.py's own way"


@dataclass
class Measured:
    """A bot, the command by whose answer one knows that it has read all, and the seconds that it took, by round."""

    bot: Bot
    command: str
    seconds: list[float] = field(default_factory=list)
    grown: float = 0.0


async def chat(standin: TimedStandIn, count: int) -> None:
    """People write that many messages, none of which is said to the bot."""
    channel = standin.world.general
    people = [Person(f"fan {number}") for number in range(PEOPLE)]
    for number in range(count):
        person = people[number % PEOPLE]
        words = f"lap {number}: that was three wide into turn one, and nobody lifted"
        message = {**standin.posted(words, channel=channel, person=person), "embeds": []}
        await standin.tell_message("MESSAGE_CREATE", message, channel, person)
        if number % EDITED == 0:
            await standin.tell_message("MESSAGE_UPDATE", message, channel, person)
        if number % AT_A_TIME == 0:
            await asyncio.sleep(0)


async def take(measured: Measured, count: int) -> None:
    """One round of one bot: what so many messages take it, without what the command behind them takes."""
    seconds = [await spent(measured, number) for number in (0, count)]
    measured.seconds.append(seconds[1] - seconds[0])


async def spent(measured: Measured, count: int) -> float:
    """The seconds of the processor for messages and a command; its answer says that all before it was read."""
    standin, process = measured.bot.standin, measured.bot.process
    before = processor_seconds(process)
    if before is None:
        raise SystemExit("this system does not say how much of the processor a process has used")
    await chat(standin, count)
    await standin.slash(measured.command)
    return (processor_seconds(process) or before) - before


def report(bots: dict[str, Measured], count: int) -> str:
    """The table: processor time for a thousand messages, as ratios to discord.py's own way, and how memory grew."""
    rows = [
        (
            name,
            f"{statistics.median(each.seconds) * 1e6 / count:.1f}",
            str(ratio(each.seconds, bots[OWN_WAY].seconds)),
            f"{each.grown:+.1f}",
        )
        for name, each in bots.items()
    ]
    return table(("bot", "processor ms", "× discord.py's own way", "MiB grown"), rows)


async def measure(rounds: int, count: int) -> str:
    """Runs everything; returns the report."""
    before = load()
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tailgate-bench-")))
        standins = [await stack.enter_async_context(TimedStandIn()) for _ in range(4)]
        for name in ("off", "on"):
            (home / name).mkdir()
            await copy_bundled(home / name / "tailgate.db")
        bots = {
            OFF: Measured(await stack.enter_async_context(tailgate(standins[0], home / "off", mentions="off")), "next"),
            ON: Measured(await stack.enter_async_context(tailgate(standins[1], home / "on")), "next"),
            JSON_ALONE: Measured(await stack.enter_async_context(null_bot(standins[2], home, UNREAD)), "ping"),
            OWN_WAY: Measured(await stack.enter_async_context(null_bot(standins[3], home, READ)), "ping"),
        }
        for each in bots.values():
            await take(each, count)
            each.seconds.clear()
            each.grown = -(memory(each.bot.process) or 0.0)
        shuffler = random.Random(0)
        for _ in range(rounds):
            for each in shuffler.sample(list(bots.values()), len(bots)):
                await take(each, count)
        for each in bots.values():
            each.grown += memory(each.bot.process) or 0.0
        head = f"{rounds} rounds of {count:,} messages, one in {EDITED} edited; {machine(before)}"
        return f"{head}\n\n{report(bots, count)}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.mentions", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few rounds, to see that it runs")
    quick = parser.parse_args().quick
    said = asyncio.run(measure(*((QUICK_ROUNDS, QUICK_MESSAGES) if quick else (ROUNDS, MESSAGES))))
    sys.stdout.write(said + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
