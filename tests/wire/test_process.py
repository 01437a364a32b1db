"""The helper for processes reads, waits and gives up as documented."""

from __future__ import annotations

import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.wire.process import Program, Runs, environment, run_to_end
from tests.wire.standin import StandIn


async def test_what_a_program_says_and_how_it_ends(tmp_path: Path) -> None:
    status, lines = await run_to_end("--help", home=tmp_path)
    assert status == 0
    assert any("run" in line for line in lines)


async def test_a_program_that_ends_early_is_not_waited_for(tmp_path: Path) -> None:
    async with Program("--help", home=tmp_path) as program:
        with pytest.raises(AssertionError, match="ended without printing 'the answer'"):
            await program.says("the answer", deadline=20)


async def test_a_program_that_runs_on_is_given_up_and_killed(tmp_path: Path) -> None:
    async with Program("try", "--no-browser", home=tmp_path) as program:
        with pytest.raises(AssertionError, match="still running after"):
            await program.ends(deadline=0.01)
    assert await program.ends(deadline=0.1) == -signal.SIGKILL


def test_a_program_gets_nothing_that_was_not_meant_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a real one")
    assert environment(tmp_path, TAILGATE_SPEED="2").keys() == {"PATH", "HOME", "PYTHONPATH", "TAILGATE_SPEED"}


async def test_a_store_has_one_run_after_another_each_at_its_own_moment(standin: StandIn, tmp_path: Path) -> None:
    async with Runs(tmp_path / "tailgate.db", standin, home=tmp_path, TAILGATE_LOG_LEVEL="WARNING") as runs:
        said = []
        for day in (16, 18):
            await runs.start(at=datetime(2025, 10, day, 21, tzinfo=UTC), speed=0)
            said.append("Talladega" in str((await standin.slash("next")).answer["data"]))
            assert 20 < (runs.now.most_memory() or 100) < 1000
            await runs.kill()
            assert await runs.now.ends(deadline=0.1) == -signal.SIGKILL
        assert said == [True, False]
        assert len(standin.seen("GET", "/users/@me")) == len(runs.programs) == 2
