"""The helper for processes reads, waits and gives up as documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wire.process import Program, environment


async def test_a_program_that_ends_is_not_waited_for_any_longer(tmp_path: Path) -> None:
    async with Program("--help", home=tmp_path) as program:
        with pytest.raises(AssertionError, match="ended without printing 'the answer'"):
            await program.says("the answer")
        assert await program.ends() == 0
        assert await program.says("tailgate")


def test_a_program_gets_nothing_that_was_not_meant_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a real one")
    assert environment(tmp_path, TAILGATE_SPEED="2").keys() == {"PATH", "HOME", "PYTHONPATH", "TAILGATE_SPEED"}
