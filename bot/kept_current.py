"""What keeps a running bot current: the keeper of the store, who follows a race, and the messages that show one."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.boards.discord_editor import DiscordEditor
from bot.boards.drawing import BoardDrawer
from bot.boards.keeper import BoardKeeper
from bot.championship.compared import table_differences
from bot.client.connection import Say
from bot.client.tailgate_bot import TailgateBot
from bot.feeds.client import FeedClient, user_agent
from bot.feeds.keeper import Keeper
from bot.feeds.nascar import NascarTranslator
from bot.live.nascar import NascarLive
from bot.live.poller import LivePoller
from bot.outbox.discord_sender import DiscordSender
from bot.outbox.rate_limit import RateLimiter
from bot.outbox.worker import Worker
from bot.services import Services
from bot.settings import Settings
from db.errors import StoreError
from db.feeds.remembered import Remembered

log = logging.getLogger(__name__)


async def with_feeds(services: Services, settings: Settings, say: Say) -> Services:
    """The services with what is known of NASCAR's feeds, if they are fetched; says whether they are."""
    if settings.feeds is None:
        say("NASCAR's feeds are off: nothing is fetched, and the data stay as they are.")
        return services
    say(f"The data are kept current from {settings.feeds} (unofficial; TAILGATE_FEEDS=off stops that).")
    return replace(services, feeds=await Remembered.load(services.store))


def keeper_of(services: Services, settings: Settings) -> Keeper | None:
    """What keeps the store current from NASCAR's feeds; None where nothing is fetched."""
    if settings.feeds is None:
        return None
    agent = user_agent(settings.tailgate_contact)
    return Keeper(services, settings.feeds, NascarTranslator(), differences=table_differences, agent=agent)


def poller_of(services: Services, settings: Settings, keeper: Keeper | None) -> LivePoller | None:
    """What follows the race under way, polite together with the keeper; None where nothing is fetched."""
    if settings.feeds is None or keeper is None:
        return None
    agent = user_agent(settings.tailgate_contact)
    client = FeedClient(settings.feeds, services.clock, keeper.politeness, agent=agent, counted=False)
    return LivePoller(services, NascarLive(client, services.clock))


async def close_keeper(keeper: Keeper) -> None:
    """Lets go of the feeds; what cannot be written about them then is asked for again, and no reason to fail."""
    try:
        await keeper.close()
    except StoreError as error:
        log.warning("what was asked of NASCAR's feeds last could not be written: %s", error)
    except Exception:
        log.exception("what was asked of NASCAR's feeds last could not be written")


def boards_of(bot: TailgateBot, services: Services, limiter: RateLimiter, worker: Worker) -> BoardKeeper:
    """What keeps the messages current that show a race as it runs, after whatever the worker has to deliver.

    Args:
        bot: whose messages they are, and who is asked what they say.
        services: the store and the clock.
        limiter: the pace of all requests.
        worker: delivers what goes first.
    """
    editor = DiscordEditor(DiscordSender(bot, services.clock.speed or 1.0))
    drawer = BoardDrawer(services, bot.router.as_of)
    return BoardKeeper(
        services, drawer, editor, limiter, lambda: worker.rows_wait, bot.live_answers, bot.router.view, bot.router.as_of
    )
