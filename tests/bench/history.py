"""What every season since 1995 costs, as ratios to an older commit, in one run.

Start it at the root of a clone: ``python -m tests.bench.history REV [--quick]``; ``docs/speed.md`` describes it.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.bench.against import AgainstError, check_out, compare_with
from tests.bench.answers import choices, slash
from tests.bench.measures import load, machine, memory, processor_seconds, ratio, table
from tests.bench.timed import EVE_OF_TALLADEGA, TimedStandIn
from tests.wire.process import READY, ROOT, Program, environment

ROUNDS, QUICK_ROUNDS = 5, 1
AGAIN, QUICK_AGAIN = 20, 2
LETTERS = ["hei", "maj", "cra", "rig", "enf"]

FIRST_START, LATER_START = "first start, until ready", "later start, until ready"
FIRST_IMPORT, ALL_SEASONS = "import at the first start", "… until all seasons are in"
MEMORY, DRIVER, DRIVER_AGAIN, CHOICES = "memory after the first answers", "/driver first", "/driver again", "choices"
LABELS = (FIRST_START, LATER_START, FIRST_IMPORT, ALL_SEASONS, MEMORY, DRIVER, DRIVER_AGAIN, CHOICES)
"""The lines of the table: processor time of starts and imports, milliseconds until an answer has arrived, MiB."""

Figures = dict[str, list[float]]


class Checkout:
    """A checkout, a store in which it has all seasons that it brings, and what was measured of it."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.store = folder / "all.db"
        self.figures: Figures = defaultdict(list)
        self.writing: list[float] = []
        self.stalls: list[float] = []

    async def take_in(self, *, quick: bool) -> None:
        """Imports into an empty store, in a process of its own."""
        for ending in ("", "-wal", "-shm"):
            self.store.with_name(self.store.name + ending).unlink(missing_ok=True)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", str(Path(__file__).with_name("one_import.py")), str(self.store), *["--quick"] * quick),
            cwd=self.folder,
            env=environment(self.folder, PYTHONPATH=str(self.root)),
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
        if process.returncode:
            raise AgainstError(f"{self.root} cannot import what it brings; why is above")
        said: dict[str, Any] = json.loads(out)
        if Path(said["root"]).resolve() != self.root.resolve():
            raise AgainstError(f"{self.root} was to be measured, but {said['root']} was loaded")
        self.figures[FIRST_IMPORT].append(said["first"])
        self.figures[ALL_SEASONS].append(said["all"])
        self.writing += said.get("writing", [])
        self.stalls += said.get("stalls", [])

    async def start(self, *, first: bool, again: int) -> None:
        """Starts the program, with an empty store or one with all seasons, and asks it."""
        with tempfile.TemporaryDirectory(dir=self.folder) as temporary:
            home = Path(temporary)
            if not first:
                shutil.copy(self.store, home / "tailgate.db")
            async with TimedStandIn() as standin, self._program(home, standin) as program:
                await program.says(READY)
                used = processor_seconds(program.id)
                if used is not None:
                    self.figures[FIRST_START if first else LATER_START].append(used)
                if not first:
                    await self._ask(program, standin, again)

    def _program(self, home: Path, standin: TimedStandIn) -> Program:
        return Program(
            *("run", "--db", home / "tailgate.db"),
            home=home,
            fresh=True,
            PYTHONPATH=str(self.root),
            DISCORD_TOKEN=standin.token,
            TAILGATE_DISCORD_API=standin.api,
            TAILGATE_NOW=EVE_OF_TALLADEGA,
            TAILGATE_LOG_LEVEL="WARNING",
        )

    async def _ask(self, program: Program, standin: TimedStandIn, again: int) -> None:
        await slash("standings")(standin)
        driver, offered = slash("driver", name=["heim"]), choices("driver", "name", LETTERS)
        await driver(standin)
        self.figures[DRIVER].append(standin.seconds)
        await slash("next")(standin)
        size = memory(program.id)
        if size is not None:
            self.figures[MEMORY].append(size)
        for _ in range(again):
            await driver(standin)
            self.figures[DRIVER_AGAIN].append(standin.seconds)
            await offered(standin)
            self.figures[CHOICES].append(standin.seconds)


async def measure(commit: str, name: str, *, quick: bool) -> str:
    """Measures both in turns, and reports."""
    before = load()
    rounds, again = (QUICK_ROUNDS, QUICK_AGAIN) if quick else (ROUNDS, AGAIN)
    with tempfile.TemporaryDirectory(prefix="tailgate-history-") as temporary:
        folder = Path(temporary)
        roots = {"old": check_out(commit, folder / "old"), "new": ROOT}
        for each in roots:
            (folder / f"{each}-home").mkdir()
        old, new = (Checkout(root, folder / f"{each}-home") for each, root in roots.items())
        for _ in range(rounds):
            for checkout in (old, new):
                await checkout.take_in(quick=quick)
            # A first start is a later one without a store and without questions.
            for first in (False,) if quick else (True, False):
                for checkout in (old, new):
                    await checkout.start(first=first, again=again)
    rows = [
        (label, _median(old.figures[label]), _median(new.figures[label]), str(ratio(new.figures[label], base)))
        for label in LABELS
        # Where the system reports neither processor time nor memory, there is nothing to compare.
        if (base := old.figures[label])
    ]
    lines = [f"This checkout against {name}; {rounds} rounds; {machine(before)}", "", table(HEADS, rows)]
    if new.writing:
        lines += ["", f"written while older seasons arrive: {_longest(new.writing)}"]
        lines += [f"the event loop held up meanwhile: {_longest(new.stalls)}"]
    return "\n".join(lines)


HEADS = ("seconds, or MiB", "before", "now", "× before")


def _median(figures: list[float]) -> str:
    return f"{statistics.median(figures):.3g}"


def _longest(seconds: list[float]) -> str:
    parts = statistics.quantiles(seconds, n=1000, method="inclusive")
    middle, most = statistics.median(seconds), max(seconds)
    return f"{middle * 1000:.1f} ms as a rule, {parts[998] * 1000:.0f} ms in 999 of 1,000, {most * 1000:.0f} ms at most"


def main() -> int:
    return compare_with(
        "history", __doc__, "once, and recent seasons alone", lambda found, rev, quick: measure(found, rev, quick=quick)
    )


if __name__ == "__main__":
    sys.exit(main())
