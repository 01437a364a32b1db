"""The helper for processes reads, waits and gives up as it says."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.wire.process import Program, environment, run_to_end


async def test_what_a_program_says_and_how_it_ends(tmp_path: Path) -> None:
    status, lines = await run_to_end("--help", home=tmp_path)
    assert status == 0
    assert any("run" in line for line in lines)


async def test_a_program_that_ends_early_is_not_waited_for(tmp_path: Path) -> None:
    async with Program("--help", home=tmp_path) as program:
        with pytest.raises(AssertionError, match="ended without saying 'the answer'"):
            await program.says("the answer", deadline=20)


async def test_a_program_that_runs_on_is_given_up_and_killed(tmp_path: Path) -> None:
    async with Program("try", "--no-browser", home=tmp_path) as program:
        with pytest.raises(AssertionError, match="still running after"):
            await program.ends(deadline=0.01)
    assert await program.ends(deadline=0.1) == -signal.SIGKILL


def test_a_program_gets_nothing_that_was_not_meant_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a real one")
    assert environment(tmp_path, TAILGATE_SPEED="2").keys() == {"PATH", "HOME", "TAILGATE_SPEED"}
