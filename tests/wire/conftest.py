"""A stand-in Discord as a fixture; whatever it found wrong fails the test."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.wire.asking import Asking
from tests.wire.here import restored_addresses
from tests.wire.probe import heartbeats
from tests.wire.standin import StandIn


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    """A stand-in that fails the test if anything was sent that Discord would refuse."""
    async with StandIn() as running:
        yield running
    assert running.problems == []
    assert not heartbeats(), "a bot of this process was not closed"


@pytest.fixture
async def asking(standin: StandIn) -> AsyncIterator[Asking]:
    """A plain client of the stand-in."""
    async with Asking(standin) as ready:
        yield ready


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """The surroundings of an operator who has set nothing yet, for tests that call ``main`` in their own process."""
    for name in ("DISCORD_TOKEN", "TAILGATE_DB", "TAILGATE_DISCORD_API", "TAILGATE_NOW", "TAILGATE_SPEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with restored_addresses():
        yield monkeypatch
    # It writes to the standard error of this one test.
    root.handlers[:] = handlers
    root.setLevel(level)
