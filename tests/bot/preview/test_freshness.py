"""Pages are updated when they are out of date, and left alone otherwise."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from bot.preview import freshness
from tests.patience import PATIENCE


class Pages:
    """Two pages that report whether they are out of date; publishing brings them up to date."""

    def __init__(self) -> None:
        self.acting = False
        self.missing: set[str] = set()
        self.published: list[str] = []
        self.looked_at = asyncio.Event()
        self.broken: set[str] = set()

    @property
    def busy(self) -> bool:
        self.looked_at.set()
        return self.acting

    def outdated(self) -> list[str]:
        return sorted(self.missing)

    def publish(self, key: str) -> None:
        self.missing.discard(key)
        if key in self.broken:
            raise RuntimeError("cannot be drawn")
        self.published.append(key)


@contextlib.asynccontextmanager
async def kept_fresh(pages: Pages) -> AsyncIterator[None]:
    task = asyncio.create_task(freshness.keep_fresh(pages))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def looked(pages: Pages, times: int = 3) -> None:
    """Let that many checks pass."""
    for _ in range(times):
        pages.looked_at.clear()
        await asyncio.wait_for(pages.looked_at.wait(), PATIENCE)


async def test_each_page_gets_what_it_misses_once() -> None:
    pages = Pages()
    async with kept_fresh(pages):
        pages.missing = {"one", "two"}
        await looked(pages)
        assert sorted(pages.published) == ["one", "two"]


async def test_nothing_is_published_during_an_action() -> None:
    pages = Pages()
    pages.acting, pages.missing = True, {"one"}
    async with kept_fresh(pages):
        await looked(pages)
        assert pages.published == []
        pages.acting = False
        await looked(pages)
        assert pages.published == ["one"]


async def test_a_page_that_cannot_be_drawn_does_not_hold_up_the_others() -> None:
    pages = Pages()
    pages.broken, pages.missing = {"one"}, {"one", "two"}
    async with kept_fresh(pages):
        await looked(pages)
        assert pages.published == ["two"]
        pages.missing = {"two"}
        await looked(pages)
        assert pages.published == ["two", "two"]
