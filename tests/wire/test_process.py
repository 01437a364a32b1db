"""The helper for processes reads, waits and gives up as documented."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from bot.__main__ import FAILED
from tests.wire.faults import RateLimited
from tests.wire.process import Program, environment, running_bot
from tests.wire.standin import StandIn


@pytest.mark.parametrize("fresh", [True, False])
async def test_a_program_that_ends_is_not_waited_for_any_longer(tmp_path: Path, *, fresh: bool) -> None:
    async with Program("--help", home=tmp_path, fresh=fresh) as program:
        with pytest.raises(AssertionError, match="ended without printing 'the answer'"):
            await program.says("the answer")
        assert await program.ends() == 0
        assert await program.says("tailgate")


def test_a_program_gets_nothing_that_was_not_meant_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a real one")
    assert environment(tmp_path, TAILGATE_SPEED="2").keys() == {"PATH", "HOME", "PYTHONPATH", "TAILGATE_SPEED"}


async def test_what_is_forked_has_its_own_folder_output_and_status(tmp_path: Path) -> None:
    """Two at a time, of which one cannot read its settings."""
    homes = [tmp_path / name for name in ("first", "second")]
    for home in homes:
        home.mkdir()
    (homes[1] / ".env").write_bytes(b"\xff")
    async with Program("check", "--help", home=homes[0]) as first, Program("check", home=homes[1]) as second:
        assert (await first.ends(), await second.ends()) == (0, FAILED)
        assert first.id != second.id
        assert ".env is not UTF-8" in second.output
        assert "usage: tailgate check" in first.output
        assert ".env is not" not in first.output


async def test_what_is_forked_is_killed_and_says_by_what(standin: StandIn, store_path: Path, tmp_path: Path) -> None:
    standin.faults.append(RateLimited(path="/users/@me", after=600))
    async with running_bot(store_path, standin, home=tmp_path) as program:
        await standin.expect("GET", "/users/@me")
        await program.kill()
        assert await program.ends() == -signal.SIGKILL
