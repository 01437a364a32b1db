"""The composition root: opens, wires and closes everything; the only file that sees it all."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord
from filelock import FileLock, Timeout

from bot.championship.compared import table_differences
from bot.client.connection import UNREACHABLE, DiscordError, Say, TokenError, connect_and_stay, use_api
from bot.client.garbage_collection import set_servers_aside
from bot.client.tailgate_bot import TailgateBot
from bot.clock import Clock, TravelClock
from bot.discord_errors import describe_error
from bot.editors import Editors
from bot.feeds.client import user_agent
from bot.feeds.nascar import NascarTranslator
from bot.feeds.politeness import SECONDS_APART
from bot.feeds.refresh import Refresh, Step, Summary, Wish
from bot.jobs.schedule import Jobs
from bot.kept_current import boards_of, close_keeper, keeper_of, poller_of, with_feeds
from bot.outbox.contracts import InDoubt
from bot.outbox.discord_sender import trace_attempts
from bot.outbox.rate_limit import RateLimiter, count_requests
from bot.outbox.worker import Worker
from bot.posting import worker_of
from bot.preview import LocalServer, serve
from bot.render.welcome import welcome
from bot.replay.rerun import run_again
from bot.services import Services
from bot.settings import Settings, SettingsError
from db.bundled import load_if_empty
from db.connection import Store
from db.documents.importer import Report
from db.errors import FileFault, StoreError
from db.feeds.remembered import Remembered
from db.file_faults import fault_of, obstacle
from db.inspection import must_be_sound
from db.reminders import targets
from db.reminders.models import Extras, Target
from db.reminders.race_day import RaceDay
from db.snapshots import Snapshots

log = logging.getLogger(__name__)

CHECK_SECONDS = 2.0
"""A check of the store that takes longer says what it is: it takes that long with some 100 MB."""
CLOSING_SECONDS = 4.0
"""How long a shutdown may take before it is cut short; an operator's Ctrl-C is answered within five."""
OUTBOX_SECONDS = 2.5
"""Of that, for messages that are under way."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An open store, and what was loaded into it: None where it had seasons already."""

    services: Services
    loaded: Report | None


@asynccontextmanager
async def open_services(path: Path, clock: Clock) -> AsyncIterator[Opened]:
    """Opens the store, loads the bundled seasons into an empty one, and closes it at the end.

    Raises:
        StoreError: the store cannot be opened.
    """
    async with await Store.open(path) as store:
        loaded = await load_if_empty(store, clock.now())
        yield Opened(Services(store, Snapshots(store), clock), loaded)


@contextlib.contextmanager
def sole_runner(path: Path) -> Iterator[None]:
    """Locks the store for one running bot: a second one on the same file would do everything twice.

    Raises:
        StoreError: another one is running, or the folder cannot be made or written.
    """
    # A file has one lock, by whatever path it is named.
    path = path.resolve()
    lock_file = path.with_name(path.name + ".lock")
    lock = FileLock(lock_file)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        if not lock_file.exists() or not os.access(lock_file, os.W_OK):
            # The lock of another user, or one that cannot be made, looks to filelock like one that is held.
            why_not = obstacle(path) or "no lock can be made beside it; name a file in another folder with --db"
            raise StoreError(f"{path} cannot be opened: {why_not}", FileFault.SHUT) from None
        raise StoreError(
            f"another Tailgate is running on {path}; stop it first, or name another file with --db"
        ) from None
    except OSError as error:
        why_not = f"cannot be used: its folder cannot be made or written ({error.strerror or error})"
        fault, words = fault_of(error, path, writing=True) or (None, why_not)
        raise StoreError(f"{path} {words}", fault) from error
    try:
        yield
    finally:
        lock.release()


async def must_be_sound_to_start(opened: Opened, stop: asyncio.Event, say: Say) -> None:
    """Looks for damage in a store that was there before, until it is done or ``stop`` is set.

    Raises:
        StoreError: the file is damaged.
    """
    if opened.loaded is not None:
        return
    store = opened.services.store
    checking, stopping = asyncio.create_task(must_be_sound(store)), asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait({checking, stopping}, timeout=CHECK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not done:
            say(f"Checking the store before the start; it has {store.path.stat().st_size / 1e6:.0f} MB")
            await asyncio.wait({checking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if checking.done():
            await checking
    finally:
        checking.cancel()
        stopping.cancel()
        await asyncio.gather(checking, stopping, return_exceptions=True)


def tell_faults(store: Store) -> None:
    """Lets the log say what is wrong with the store's file while the bot runs: once, and once when it is over."""
    store.faults.report(log.error, log.info)


async def run(settings: Settings, path: Path, stop: asyncio.Event, say: Say) -> None:
    """Runs the bot on Discord until ``stop`` is set.

    Raises:
        StoreError: the store cannot be used, or another bot is running on it.
        TokenError: Discord does not take the token.
        DiscordError: Discord closed the connection for good.
    """
    assert settings.discord_token is not None
    if settings.tailgate_discord_api is not None:
        use_api(settings.tailgate_discord_api)
    with sole_runner(path):
        async with open_services(path, settings.clock()) as opened:
            await must_be_sound_to_start(opened, stop, say)
            tell_faults(opened.services.store)
            tell_loaded(opened.loaded, say)
            services = await with_feeds(opened.services, settings, say)
            # Discord sends its servers within two seconds of READY; a stand-in on this machine sends them at once.
            patience = 2.0 if settings.tailgate_discord_api is None else 0.1
            limiter = RateLimiter(speed=services.clock.speed or 1.0)
            bot = TailgateBot(
                services,
                editors=settings.editors,
                mentions=settings.tailgate_mentions == "on",
                guild_ready_timeout=patience,
                http_trace=trace_attempts(count_requests(limiter)),
            )
            bot.add_listener(_announcer(bot, say), "on_ready")
            worker = worker_of(bot, services, limiter, InDoubt(settings.tailgate_in_doubt))
            keeper = keeper_of(services, settings)
            poller = poller_of(services, settings, keeper)
            boards = boards_of(bot, services, limiter, worker)
            background = Jobs(bot, services, worker, keeper, poller, boards)
            # In reverse order, and each whatever becomes of the others.
            async with contextlib.AsyncExitStack() as closing:
                closing.push_async_callback(_close, bot, worker)
                if keeper is not None:
                    closing.push_async_callback(close_keeper, keeper)
                if poller is not None:
                    closing.push_async_callback(poller.close)
                closing.push_async_callback(boards.close)
                closing.push_async_callback(background.stop)
                await _until_stopped(bot, settings.discord_token.get_secret_value(), background, stop, say)


async def _close(bot: TailgateBot, worker: Worker) -> None:
    """Delivers what is under way, and takes leave of Discord; within a few seconds, or it is cut short."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CLOSING_SECONDS):
            try:
                await worker.close(OUTBOX_SECONDS)
            finally:
                await bot.close()


async def refresh(settings: Settings, path: Path, wish: Wish, say: Say, step: Step) -> Summary:
    """Asks NASCAR's feeds now; a bot that runs meanwhile asks for nothing until this is done.

    Raises:
        SettingsError: the feeds are off.
        FriendlyError: nothing on record, or in the feeds, is what is wished for.
        StoreError: the store cannot be used.
    """
    if settings.feeds is None:
        raise SettingsError("TAILGATE_FEEDS is off here; set it to an address, or unset it")
    async with open_services(path, settings.clock()) as opened:
        tell_loaded(opened.loaded, say)
        store = opened.services.store
        services = replace(opened.services, seasons=Snapshots(store, whole=True), feeds=await Remembered.load(store))
        agent = user_agent(settings.tailgate_contact)
        made = Refresh(
            services,
            settings.feeds,
            NascarTranslator(),
            differences=table_differences,
            agent=agent,
            told_to_wait=lambda: say("Another Tailgate is asking NASCAR's feeds; this refresh begins once it is done."),
        )
        async with made as refreshing:
            documents = await refreshing.estimate(wish)
            duration = _about(documents * SECONDS_APART)
            say(f"Asking {settings.feeds} for up to {documents} documents, one a second: {duration}.")
            return await refreshing.run(wish, step)


def _about(seconds: float) -> str:
    return f"about {seconds:.0f} seconds" if seconds < 90 else f"about {round(seconds / 60)} minutes"


async def _until_stopped(bot: TailgateBot, token: str, background: Jobs, stop: asyncio.Event, say: Say) -> None:
    await background.start()
    connecting = asyncio.create_task(connect_and_stay(bot, token, say))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if connecting.done():
            await connecting
    finally:
        stopping.cancel()
        while not connecting.done():
            # Once is not enough: discord.py swallows a cancellation that arrives while it identifies again.
            connecting.cancel()
            await asyncio.wait([connecting], timeout=0.1)
        await asyncio.gather(connecting, stopping, return_exceptions=True)


def _announcer(bot: TailgateBot, say: Say) -> Callable[[], Coroutine[Any, Any, None]]:
    announced = False

    async def on_ready() -> None:
        # It comes once a session, and there is a new one whenever Discord declares the old one void.
        set_servers_aside()
        nonlocal announced
        if not announced:
            announced = True
            say(f"Tailgate is on Discord as {bot.user}, in {len(bot.guilds)} servers.")
            say(f"Add it to a server: {bot.invite}")

    return on_ready


async def sync(settings: Settings, path: Path) -> int:
    """Registers the commands with Discord, whether or not they changed; returns how many there are.

    Raises:
        TokenError, StoreError: as ``run``.
        DiscordError: Discord could not be reached.
    """
    assert settings.discord_token is not None
    if settings.tailgate_discord_api is not None:
        use_api(settings.tailgate_discord_api)
    async with open_services(path, settings.clock()) as opened:
        bot = TailgateBot(opened.services, editors=settings.editors)
        try:
            await bot.login(settings.discord_token.get_secret_value())
            if not bot.registered_commands:
                await bot.sync_commands(force=True)
        except discord.LoginFailure:
            raise TokenError from None
        except UNREACHABLE as error:
            raise DiscordError(
                f"the commands could not be registered with Discord ({describe_error(error)}); try again later"
            ) from error
        finally:
            await bot.close()
        return len(bot.tree.get_commands())


@dataclass(frozen=True, slots=True)
class Replay:
    """Which race the local page runs again, as typed, and how fast; without a speed it takes a few minutes."""

    race: str
    speed: float | None = None


async def try_out(
    path: Path,
    clock: TravelClock,
    stop: asyncio.Event,
    say: Say,
    *,
    port: int | None,
    open_browser: bool,
    replay: Replay | None = None,
) -> None:
    """Runs the bot in a local page until ``stop`` is set.

    Raises:
        FriendlyError: the race that is to run again is not on record lap by lap.
        StoreError: the store cannot be used.
        PreviewError: the page cannot be served.
    """
    with sole_runner(path):
        async with open_services(path, clock) as opened:
            await must_be_sound_to_start(opened, stop, say)
            tell_faults(opened.services.store)
            tell_loaded(opened.loaded, say)
            # It sets the clock, so it comes before all that asks how fast that runs.
            rerun = await run_again(opened.services, clock, replay.race, replay.speed) if replay is not None else None
            bot = TailgateBot(opened.services, local=True, shard_count=1)
            limiter = RateLimiter(speed=clock.speed or 1.0)
            worker = worker_of(bot, opened.services, limiter)
            boards = boards_of(bot, opened.services, limiter, worker)
            poller = rerun.poller(opened.services) if rerun is not None else None
            background = Jobs(bot, opened.services, worker, poller=poller, boards=boards)

            as_of = await bot.router.as_of()
            places: list[LocalServer] = []

            def settle_in(server: LocalServer) -> None:
                bot.editors = Editors(frozenset({server.owner}), server.guild)
                places.append(server)

            async def begin() -> None:
                for server in places:
                    await remind_at_first(opened.services, server, covered=rerun is None)
                if await targets.guilds(opened.services.store) - {server.guild for server in places}:
                    # The page does not know those servers, and reminders for an unknown server are switched off.
                    say("This store has other servers' reminders; the page delivers none.")
                    await worker.close(0)
                await background.start()

            season, played = as_of.season() if as_of.seasons else None, rerun.race if rerun is not None else None
            # The page makes a client of its own to look into discord.py, whose warnings concern nobody here.
            logging.getLogger("discord.state").setLevel(logging.ERROR)
            try:
                await serve(
                    bot,
                    clock,
                    port=port,
                    welcome=welcome(as_of.now, season, played=played, speed=clock.speed),
                    on_ready=lambda address: say(f"Tailgate is at {address}\nCtrl-C stops it."),
                    stop=stop,
                    before_start=settle_in,
                    background=begin,
                    open_browser=open_browser,
                    topic=rerun.title if rerun is not None else None,
                )
            finally:
                await background.stop()
                await boards.close()
                await worker.close(0)


WHAT_A_RACE_BRINGS = Extras(results=True, recap=True, standings=True, race_day=RaceDay.EVERYTHING, board=True)


async def remind_at_first(services: Services, server: LocalServer, *, covered: bool = True) -> None:
    """Turns reminders on for the page's channel, as the button does, unless they were set before.

    Here they come with everything that a race brings, so that an evening on the page shows all that would be posted.
    Who plays a race again wants to see it: then nothing is ``covered``.
    """
    if await targets.target_of(services.store, guild=server.guild) is None:
        extras = replace(WHAT_A_RACE_BRINGS, spoiler=covered)
        everything = Target(guild=server.guild, channel=server.channel, extras=extras)
        await targets.save(services.store, everything, services.clock.now())


def tell_loaded(loaded: Report | None, say: Say) -> None:
    """Prints what the first start loaded into an empty store."""
    if loaded is not None:
        first, last = loaded.seasons[0], loaded.seasons[-1]
        results = loaded.sections["results"].created
        say(f"The store was empty; loaded the bundled seasons {first} to {last} ({results} results).")
