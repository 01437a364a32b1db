"""A bot with its commands loaded, and the same bot in a server of simcord's with two fans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import simcord

from bot.client.tailgate_bot import TailgateBot, extensions
from bot.clock import TravelClock
from bot.errors import FriendlyError
from bot.seasons.as_of import AsOfKeeper
from bot.services import Services
from tests.checks.recorder import SentBodies

_keeper = AsOfKeeper()


@pytest.fixture(scope="module", autouse=True)
def computed_once() -> Iterator[None]:
    """All bots of the process keep what they compute from the seasons in one place, since they have the same seasons.

    It is kept by season and by which races are over; a test with another clock or an import makes it anew.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.interactions.router.AsOfKeeper", lambda: _keeper)
        yield


@pytest.fixture
async def bot(services: Services) -> TailgateBot:
    """A bot that is not logged in, for tests of answers that need no Discord."""
    made = TailgateBot(services)
    for extension in extensions():
        await made.load_extension(extension)
    return made


@dataclass
class Stand:
    """A server in which two fans ask."""

    env: Any
    channel: Any
    fan: Any
    other: Any
    clock: TravelClock

    async def ask(self, command: str, **options: Any) -> Any:
        """A fan's command; the result must be an answer that all can see."""
        result = await self.fan.slash(self.channel, command, **options)
        assert result.response is not None
        assert not result.ephemeral
        return result

    async def refused(self, command: str, **options: Any) -> str:
        """The line that a fan alone sees."""
        result = await self.fan.slash(self.channel, command, **options)
        assert result.response is not None
        assert result.ephemeral
        simcord.assert_error(self.env, FriendlyError)
        return str(result.response.content)


@pytest.fixture
def sent() -> Iterator[SentBodies]:
    """All that a bot sends in the test; at the end every body must be one that Discord takes."""
    with SentBodies() as recorded:
        yield recorded
    recorded.assert_sound()


@pytest.fixture
def simcord_bot(services: Services, sent: SentBodies) -> TailgateBot:
    """What simcord's own fixture puts into its model of Discord."""
    del sent  # it only has to listen first
    return TailgateBot(services, local=True, shard_count=1)


@pytest.fixture
def stand(simcord_env: Any, clock: TravelClock) -> Stand:
    server = simcord_env.create_guild("Truck Series fans")
    channel = server.create_text_channel("truck-series")
    fan, other = (server.add_member(simcord_env.create_user(name)) for name in ("Mo", "Jo"))
    return Stand(simcord_env, channel, fan, other, clock)
