"""`tailgate refresh`: fetches from NASCAR's feeds with a progress bar, and says what came of it."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Column

from bot import app
from bot.commandline.store_commands import print_message
from bot.feeds.refresh import Summary, Wish, first_lines
from bot.settings import Settings

DONE, FAILED = 0, 1
MOST_LINES = 20
"""Of each kind that are printed; `check` lists them all."""
STEP_WIDTH = 24


async def refresh(settings: Settings, path: Path, chosen: argparse.Namespace) -> int:
    """Does what the command line asks for; returns the exit status, which is 1 if the server could not be asked.

    Raises:
        FriendlyError, SettingsError, StoreError: see ``app.refresh``.
    """
    wish = Wish(tuple(chosen.season), chosen.race, everything=chosen.everything, trusted=chosen.trust_feed)
    # To standard error, as all that is no result; where nobody looks, nothing moves.
    console = Console(stderr=True)
    columns = (
        # As wide as the longest track's name, or the bar would jump.
        TextColumn("{task.description}", table_column=Column(width=STEP_WIDTH, no_wrap=True)),
        BarColumn(),
        TaskProgressColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("the feeds", total=None)

        def step(of: int, done: int, what: str) -> None:
            progress.update(bar, completed=done, total=of, description=what)

        with _told_once(settings.tailgate_log_level):
            summary = await app.refresh(settings, path, wish, print_message, step)
    return tell(summary)


@contextmanager
def _told_once(level: str) -> Iterator[None]:
    """While a refresh runs, what it logs is left out, since it says at its end what came of each document.

    A log that was asked for in full stays, and so do faults of the program's own.
    """
    logger = logging.getLogger("bot.feeds")
    before = logger.level
    logger.setLevel(before if level == "DEBUG" else logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def tell(summary: Summary) -> int:
    """Prints what a refresh did; returns the exit status."""
    counts, refused = summary.outcome.counts, summary.outcome.refused
    removed = f", {counts.removed} removed" if counts.removed else ""
    print(
        f"{summary.asked} requests; rows: {counts.created} created, {counts.updated} updated, "
        f"{counts.unchanged} unchanged{removed}; {len(refused)} refused"
    )
    for line in first_lines(refused, MOST_LINES):
        print(f"refused: {line}")
    for line in first_lines(summary.outcome.notes, MOST_LINES):
        print(f"note: {line}")
    for line in first_lines(summary.missing, MOST_LINES):
        print(f"not got: {line}")
    if summary.stopped:
        print_message(f"tailgate: {summary.stopped}; what was fetched is kept")
    return FAILED if summary.stopped else DONE
