"""A stand-in Discord for every test that asks for one, held to account at its end."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wire.standin import StandIn


@pytest.fixture
async def standin() -> AsyncIterator[StandIn]:
    """A stand-in that fails the test if anything was sent that Discord would refuse."""
    async with StandIn() as running:
        yield running
    assert running.problems == []
