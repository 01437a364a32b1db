"""The process is killed at arbitrary moments while it sends, and started again: nothing is lost or doubled.

``--crash-trials 200`` makes more trials, ``--crash-from SEED --crash-trials 1`` repeats one, ``-s`` prints the figures.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.wire.crashing import CHANNELS, Script, Template, Verdict, trials

ENOUGH = 20
"""Enough trials that every way of finding a message again is used."""


@pytest.fixture
def template(bundled_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Template:
    return asyncio.run(Template.made(bundled_store, tmp_path_factory.mktemp("template")))


def test_killed_anywhere_it_loses_nothing_and_sends_nothing_twice(
    pytestconfig: pytest.Config, template: Template, tmp_path: Path
) -> None:
    first, count = pytestconfig.getoption("--crash-from"), pytestconfig.getoption("--crash-trials")
    verdicts = asyncio.run(trials(range(first, first + count), template, tmp_path))
    total = Verdict()
    for verdict in verdicts.values():
        total.add(verdict)
    sys.stdout.write(f"\n{count} trials: {total}\n")
    failed = [
        f"{Script.from_seed(seed)}: {verdict}\n  " + "\n  ".join(verdict.wrong)
        for seed, verdict in verdicts.items()
        if not verdict.sound
    ]
    assert not failed, "\n".join(failed)
    assert (total.due, total.seen, total.lost, total.doubled) == (count * CHANNELS, count * CHANNELS, 0, 0)
    if count >= ENOUGH:
        assert min(total.again, total.found) > 0, "nothing had to be found again"
