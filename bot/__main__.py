"""The command line: `tailgate`, also `python -m bot`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from bot import app
from bot.client.connection import DiscordError, TokenError
from bot.clock import SystemClock, TravelClock
from bot.commandline import refreshing, store_commands
from bot.commandline.parser import make_parser
from bot.commandline.store_commands import print_message
from bot.errors import FriendlyError
from bot.logs import set_up_logging
from bot.preview import PreviewError
from bot.settings import Settings, SettingsError, load_settings, misspelled_settings
from db.errors import DocumentError, StoreError

log = logging.getLogger(__name__)

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit status: the data or the surroundings are at fault; the way it was started is; a person pressed Ctrl-C."""

ONE_LINE_ERRORS = (DocumentError, FriendlyError, StoreError, SettingsError, PreviewError, TokenError, DiscordError)
"""Errors whose text is one line for the operator."""

FIRST_STEPS = """\
tailgate: there is no bot token yet. Make an application at https://discord.com/developers/applications
and put its bot's token into a file named .env as DISCORD_TOKEN=… (copy .env.example), then start this again.
To see the bot without Discord, start `tailgate try`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status. Whatever goes wrong is printed in one line."""
    parser = make_parser()
    if not (sys.argv[1:] if arguments is None else arguments):
        parser.print_help()
        return MISUSED
    chosen = parser.parse_args(arguments)
    if chosen.command == "refresh" and chosen.trust_feed and chosen.race is None:
        parser.error("--trust-feed goes with --race: name the race whose results the feed is to be trusted with")
    try:
        settings = load_settings()
        for line in misspelled_settings():
            print_message(f"tailgate: {line}")
        # A person who tries the local page looks at the terminal for its address alone.
        quiet = chosen.command == "try" and settings.tailgate_log_level == "INFO"
        set_up_logging("WARNING" if quiet else settings.tailgate_log_level)
        return asyncio.run(_do(chosen, settings))
    except ONE_LINE_ERRORS as error:
        print_message(f"tailgate: {error}")
        started_well = isinstance(error, DocumentError | FriendlyError | DiscordError) or chosen.command == "check"
        return FAILED if started_well else MISUSED
    except BrokenPipeError:
        # The program that reads our output has stopped reading, as `| head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except (sqlite3.Error, OSError, aiohttp.ClientError) as error:
        # Errors for which no code nearer to them had better words.
        log.debug("the stack trace:", exc_info=True)
        print_message(f"tailgate: {_in_words(error)}")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno and error.strerror:
        # Not "[Errno 13]", which says nothing to most people.
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return " ".join(str(error).split()) or type(error).__name__


async def _do(chosen: argparse.Namespace, settings: Settings) -> int:
    path = chosen.db or settings.database
    if chosen.command in {"run", "sync"} and settings.discord_token is None:
        print_message(FIRST_STEPS)
        return MISUSED
    if chosen.command == "try":
        await _try(chosen)
        return 0
    print_message(f"The store is {path}")
    match chosen.command:
        case "run":
            with _stopped_by_signals() as stop:
                await app.run(settings, path, stop, print_message)
        case "sync":
            print_message(f"Discord knows {await app.sync(settings, path)} commands now.")
        case "import":
            await store_commands.import_files(
                path,
                chosen.files,
                settings.clock(),
                bundled=chosen.bundled,
                guild=chosen.guild,
                older=chosen.older,
                hand_back=chosen.hand_back,
            )
        case "export":
            await store_commands.export(
                path,
                chosen.what,
                chosen.season,
                chosen.after,
                chosen.format,
                view=chosen.view,
                guild=chosen.guild,
            )
        case "refresh":
            return await refreshing.refresh(settings, path, chosen)
        case "backup":
            await store_commands.backup(path, chosen.file)
        case "check":
            return await store_commands.check(path)
    return 0


async def _try(chosen: argparse.Namespace) -> None:
    with contextlib.ExitStack() as cleanup:
        path = chosen.db
        if path is None:
            # Each try starts from the same facts and leaves nothing behind.
            path = Path(cleanup.enter_context(TemporaryDirectory(prefix="tailgate-"))) / "tailgate.db"
        print_message(f"The store is {path}")
        clock = TravelClock(chosen.at or SystemClock().now(), 1.0 if chosen.speed is None else chosen.speed)
        stop = cleanup.enter_context(_stopped_by_signals())
        replay = app.Replay(chosen.replay, chosen.speed) if chosen.replay is not None else None
        browser = not chosen.no_browser
        await app.try_out(path, clock, stop, print_message, port=chosen.port, open_browser=browser, replay=replay)


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        # On Windows the loop takes no signal handlers; there Ctrl-C arrives as KeyboardInterrupt.
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)


if __name__ == "__main__":
    sys.exit(main())
