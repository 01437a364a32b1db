"""A bot that keeps boards, for the tests of what a channel shows of a race."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.boards.discord_editor import DiscordEditor
from bot.boards.drawing import BoardDrawer
from bot.boards.keeper import BoardKeeper
from bot.client.tailgate_bot import TailgateBot
from bot.outbox.discord_sender import DiscordSender
from bot.outbox.rate_limit import RateLimiter
from bot.services import Services
from db.live.boards import Board, board_in
from tests.cogs.conftest import Stand
from tests.cogs.test_live import Race


class Boards:
    """A bot that keeps boards, and what its channel shows."""

    def __init__(self, bot: TailgateBot, services: Services, stand: Stand) -> None:
        self.bot, self.services, self.stand = bot, services, stand
        self.limiter = RateLimiter()
        self.rows_wait = False
        self.keeper = self.started()

    def started(self) -> BoardKeeper:
        """The keeper of a bot that was just started."""
        editor, router = DiscordEditor(DiscordSender(self.bot)), self.bot.router
        drawer = BoardDrawer(self.services, router.as_of)
        return BoardKeeper(
            self.services, drawer, editor, self.limiter, lambda: self.rows_wait, self.bot.live_answers, router.view,
            router.as_of,
        )  # fmt: skip

    async def tick(self) -> None:
        await self.keeper.tick()
        await self.keeper.settled()

    async def later(self, race: Race, **amount: float) -> None:
        """Some time later, and what is due then is changed."""
        race.at(self.stand.clock.now() + timedelta(**amount))
        await self.tick()

    async def board(self) -> Board | None:
        """The channel's board of Talladega."""
        season = await self.services.seasons.season(2025)
        assert season is not None
        return await board_in(self.services.store, self.stand.channel.id, season.races[22].id)

    def messages(self) -> list[Any]:
        return list(self.stand.channel.history())


def labels(result: Any) -> list[str]:
    """The labels of a message's buttons."""
    found: list[str] = []

    def walk(components: list[dict[str, Any]]) -> None:
        for component in components:
            if "label" in component:
                found.append(component["label"])
            walk(component.get("components", []))

    walk(result.response.components)
    return found
