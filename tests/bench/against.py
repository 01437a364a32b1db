"""How long answers take in this checkout, as ratios to an older commit, in one run.

Start it at the root of a clone: ``python -m tests.bench.against REV [--quick]``; ``docs/speed.md`` describes it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeAlias

from tests.bench.measures import load, machine, milliseconds, ratio, table
from tests.bench.quotes import sentences
from tests.wire.process import ROOT, environment

QUOTES, QUICK_QUOTES = 5_000, 100
ROUNDS, QUICK_ROUNDS = 30, 1
REPEATS, QUICK_REPEATS = 5, 1
SEARCHES = 20
PATIENCE = 120.0
"""Seconds in which a checkout must have done what it was asked to, its preparations above all."""

Measured: TypeAlias = Callable[[str, str, bool], Coroutine[Any, Any, str]]
"""Compares this checkout with a commit, by its hash and what it was called, perhaps quickly; returns the report."""

LABELS = {
    "next beside searches": f"/next beside {SEARCHES} searches of quotes",
    "standings beside searches": f"/standings beside {SEARCHES} searches of quotes",
    "after an import": "/standings after an import that changed nothing",
    "standings after a race": "/standings after:, repeated",
    "recap": "/recap, repeated",
    "driver": "/driver, repeated",
    "another driver": "/driver, another each time",
}
"""The tasks, and their lines in the table."""


class AgainstError(Exception):
    """It cannot be measured; the message is one line that says why."""


def find_commit(rev: str) -> str:
    """The full name of a commit of this clone.

    Raises:
        AgainstError: git is missing, this is no clone, or it does not have that commit.
    """
    git = shutil.which("git")
    if git is None:
        raise AgainstError("git is not installed, so that no other commit can be had")
    top = _git("rev-parse", "--show-toplevel")
    if top.returncode or Path(top.stdout.strip()).resolve() != ROOT:
        raise AgainstError(f"{ROOT} is not a git clone, so that no other commit can be had")
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
    if found.returncode:
        raise AgainstError(f"this clone has no commit {rev!r}; if it is a shallow one, fetch the rest")
    return found.stdout.strip()


def check_out(commit: str, folder: Path) -> Path:
    """Puts the files of a commit into a folder, and leaves the clone as it is."""
    packed = folder.with_suffix(".zip")
    done = _git("archive", "--format=zip", f"--output={packed}", commit)
    if done.returncode:
        raise AgainstError(f"git cannot export {commit}: {done.stderr.strip()}")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder)
    return folder


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, encoding="utf-8", check=False)


@dataclass
class Process:
    """A checkout that answers what it is asked, in a process of its own, as a context manager.

    Args:
        name: for messages.
        root: the checkout.
        home: an empty folder.
        arguments: for ``one_checkout.py``.

    Attributes:
        times: seconds that it took, by task.
    """

    name: str
    root: Path
    home: Path
    arguments: list[str]
    times: dict[str, list[float]] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        self.home.mkdir()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            # Without -P the folder of the script would be searched for modules first.
            *("-P", str(Path(__file__).with_name("one_checkout.py")), str(self.home / "tailgate.db"), *self.arguments),
            cwd=self.home,
            env=environment(self.home, PYTHONPATH=str(self.root)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        if kind is not None and self._process.returncode is None:
            self._process.kill()
        status = await self._process.wait()
        if kind is None and status:
            raise AgainstError(f"{self.name} failed at its end, with exit status {status}")

    async def prepared(self) -> None:
        """Waits until it can be asked, and makes sure that it runs the code it is meant to."""
        said = await self._answer()
        if Path(said["root"]).resolve() != self.root.resolve():
            raise AgainstError(f"{self.name} was to be measured, but {said['root']} was loaded")
        self.times = {task: [] for task in said["tasks"]}

    async def take(self, task: str) -> None:
        """Has a task done once, and keeps its times."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{task}\n".encode())
        await self._process.stdin.drain()
        self.times[task] += await self._answer()

    async def _answer(self) -> Any:
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(PATIENCE):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise AgainstError(f"{self.name} did not answer within {PATIENCE:.0f} seconds") from None
        if not line:
            raise AgainstError(f"{self.name} ended; what it failed on is above")
        return json.loads(line)


async def measure(commit: str, name: str, *, quick: bool) -> str:
    """Measures this checkout and a commit in turns, every task once a round; returns the report."""
    before = load()
    count, rounds = (QUICK_QUOTES, QUICK_ROUNDS) if quick else (QUOTES, ROUNDS)
    with tempfile.TemporaryDirectory(prefix="tailgate-against-") as temporary:
        folder = Path(temporary)
        quotes = folder / "quotes.json"
        quotes.write_text(json.dumps(quotes_document(count)), encoding="utf-8")
        repeats = f"--repeats={QUICK_REPEATS if quick else REPEATS}"
        arguments = [str(quotes), repeats, *searches()]
        old = Process(name, check_out(commit, folder / "old"), folder / "old-home", arguments)
        new = Process("this checkout", ROOT, folder / "new-home", arguments)
        async with old, new:
            await asyncio.gather(old.prepared(), new.prepared())
            dice = random.Random(0)
            for _ in range(rounds):
                for task in dice.sample(list(LABELS), len(LABELS)):
                    for process in dice.sample([old, new], 2):
                        await process.take(task)
    lines = report(old.times, new.times)
    head = f"This checkout against {commit[:10]}; {count} quotes, {rounds} rounds; {machine(before)}"
    return f"{head}\n\n{lines}"


def report(old: Mapping[str, list[float]], new: Mapping[str, list[float]]) -> str:
    """The table: medians of both, and the ratio of the new to the old."""
    rows = [
        (label, milliseconds(old[task]), milliseconds(new[task]), str(ratio(new[task], old[task])))
        for task, label in LABELS.items()
    ]
    return table(("answer", "before ms", "now ms", "× before"), rows)


def quotes_document(count: int) -> dict[str, Any]:
    """A document of quotes, in the format that every version reads."""
    rows = [{"words": words, "speaker": "A fan", "said_on": "2025-03-01"} for words in sentences(count)]
    return {"format": "tailgate/1", "quotes": rows}


def searches() -> list[str]:
    """The words of the searches, as a custom id has them: common ones, so that much is found."""
    common = "truck great fast restart stage crew lap bottom lane speed tonight car track tires front side push caution"
    return [f"the_{word}" for word in (*common.split(), "flag", "win")][:SEARCHES]


def compare_with(name: str, about: str | None, quick: str, measured: Measured) -> int:
    """Runs a benchmark that compares this checkout with the commit on its command line; returns its exit status.

    Args:
        name: the benchmark's module.
        about: what it says of itself.
        quick: what ``--quick`` leaves out.
        measured: measures, given the hash of the commit, what it was called, and whether it is to be quick.
    """
    parser = argparse.ArgumentParser(prog=f"python -m tests.bench.{name}", description=about)
    parser.add_argument("rev", metavar="REV", help="the commit to compare with, such as a hash or a tag")
    parser.add_argument("--quick", action="store_true", help=f"{quick}, to see that it runs")
    given = parser.parse_args()
    try:
        said = asyncio.run(measured(find_commit(given.rev), given.rev, given.quick))
    except AgainstError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(said + "\n")
    return 0


def main() -> int:
    return compare_with(
        "against", __doc__, "few quotes and rounds", lambda found, rev, quick: measure(found, rev, quick=quick)
    )


if __name__ == "__main__":
    sys.exit(main())
