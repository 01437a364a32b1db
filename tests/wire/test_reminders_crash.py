"""The process is killed at any moment around a fan-out and started again: nothing is lost and nothing is doubled.

``--crash-trials 200`` makes more trials, ``--crash-from SEED --crash-trials 1`` makes one again, ``-s`` tells figures.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.wire.crashing import CHANNELS, Script, Template, Verdict, trials

ENOUGH = 20
"""With so many trials every way of finding a message again is gone."""


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
        f"{Script.drawn(seed)}: {verdict}\n  " + "\n  ".join(verdict.wrong)
        for seed, verdict in verdicts.items()
        if not verdict.sound
    ]
    assert not failed, "\n".join(failed)
    assert (total.due, total.seen, total.lost, total.doubled) == (count * CHANNELS, count * CHANNELS, 0, 0)
    if count >= ENOUGH:
        assert min(total.again, total.found) > 0, "nothing had to be found again"
