"""A stand-in Discord as a fixture; whatever it found wrong fails the test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wire.asking import Asking
from tests.wire.probe import heartbeats
from tests.wire.standin import StandIn

pytest.register_assert_rewrite("tests.wire.stories")


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
