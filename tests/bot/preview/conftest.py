"""What the page's tests share: a bare simcord environment, and a browser."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
import simcord
from playwright.async_api import Browser, async_playwright

from bot.clock import SystemClock
from tests.bot.preview.demo_bot import DemoBot
from tests.patience import PATIENCE

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module", autouse=True)
def actions_in_peace() -> Iterator[None]:
    """An action on the page may take its time, as a command of simcord's may."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.preview.simcord_adapter.stage.SETTLE_SECONDS", PATIENCE)
        yield


@pytest.fixture
async def bare_env() -> Any:
    """simcord's environment around a bot that was not started."""
    await asyncio.sleep(0)  # creating a client requires a running loop
    return simcord.run(DemoBot(SystemClock()), shard_count=1)._env


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """One headless Chromium for all tests of a module.

    It takes the page's fonts where the module's ``FONTS`` says so, and those of the machine otherwise: twelve megabytes
    to read are a third of what a test of the page costs.
    """
    if CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on this machine")
    arguments = ARGUMENTS if getattr(request.module, "FONTS", False) else [*ARGUMENTS, "--disable-remote-fonts"]
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments, timeout=PATIENCE * 1000)
        yield running
        await running.close()
