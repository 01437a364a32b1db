"""Keeps open pages up to date: new posts, edits, and the time from which timestamps count."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

log = logging.getLogger(__name__)

LOOK_EVERY = 0.1
"""Real seconds between two checks; with the page's own poll of 0.5 s a post appears within 0.7 s."""


class Pages(Protocol):
    """What must be known of the open pages of one channel."""

    @property
    def busy(self) -> bool:
        """Whether an action of a viewer is under way, at the end of which simcord publishes by itself."""
        ...

    def outdated(self) -> list[str]:
        """Keys of the pages that are out of date."""
        ...

    def publish(self, key: str) -> None:
        """Publish the current state to one page."""
        ...


async def keep_fresh(pages: Pages) -> None:
    """Publish to each page that is out of date, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if pages.busy:
            continue
        for key in pages.outdated():
            try:
                pages.publish(key)
            except Exception:
                log.exception("a page could not be brought up to date")
