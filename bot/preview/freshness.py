"""Keeps open pages up to date by themselves: new posts, edits, and the time they count from."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol

log = logging.getLogger(__name__)

LOOK_EVERY = 0.1
"""Real seconds between two looks; with the page's own poll of 0.5 s a post shows within 0.7 s."""


class Pages(Protocol):
    """What the open pages of one channel tell of themselves."""

    @property
    def busy(self) -> bool:
        """Whether someone's action is being carried out, which publishes by itself."""
        ...

    def outdated(self) -> list[str]:
        """Keys of the pages that miss something."""
        ...

    def publish(self, key: str) -> None:
        """Give one page what there is to see now."""
        ...


async def keep_fresh(pages: Pages) -> None:
    """Publish to each page whatever it misses, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if pages.busy:
            continue
        for key in pages.outdated():
            try:
                pages.publish(key)
            except Exception:
                log.exception("a page could not be brought up to date")
