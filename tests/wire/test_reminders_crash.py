"""The process is killed while it sends, and started again: nothing is lost or doubled.

``--crash-trials 200`` makes more trials, ``--crash-from SEED --crash-trials 1`` repeats one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wire.crashing import Trial


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    first, count = metafunc.config.getoption("--crash-from"), metafunc.config.getoption("--crash-trials")
    metafunc.parametrize("seed", range(first, first + count))


async def test_killed_anywhere_it_loses_nothing_and_sends_nothing_twice(
    seed: int, bundled_store: Path, tmp_path: Path
) -> None:
    wrong = await Trial(seed, bundled_store, tmp_path).run()
    assert not wrong, "\n".join(wrong)
