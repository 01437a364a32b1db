"""A person who uses the page: what they see, type and click."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Error, Page

from tests.bot.preview.served import Served, served
from tests.patience import PATIENCE

AT_BOTTOM = """() => {
  const timeline = document.getElementById("channel-timeline");
  return timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 2;
}"""
COMPOSER_HAS_FOCUS = "() => document.activeElement?.id === 'channel-composer-input'"

SIDEWAYS = """() => [...document.querySelectorAll("*")].filter((element) =>
  !element.closest(".code-block") && element.clientWidth > 2 && element.scrollWidth > element.clientWidth + 1
  && ["auto", "scroll"].includes(getComputedStyle(element).overflowX)).map((element) => element.className)"""


@dataclass
class Person:
    page: Page
    stage: Served

    async def until(self, script: str, argument: Any = None) -> None:
        """Wait until a JavaScript function returns true on the page.

        The page's content policy forbids playwright's own waiting, so the page is given a loop that calls the function.
        """
        waiting = f"""async ([argument, patience]) => {{
          const holds = {script};
          for (const end = performance.now() + patience; !holds(argument); ) {{
            if (performance.now() > end) return false;
            await new Promise((again) => setTimeout(again, 10));
          }}
          return true;
        }}"""
        if not await self.page.evaluate(waiting, [argument, PATIENCE * 1000]):
            raise AssertionError(f"never came true: {script} with {argument!r}; seen: {await self.seen()}")

    async def until_seen(self, text: str, times: int = 1) -> None:
        await self.until(
            "([text, n]) => document.getElementById('preview-shell').innerText.split(text).length > n", [text, times]
        )

    async def until_gone(self, text: str) -> None:
        await self.until("(text) => !document.getElementById('preview-shell').innerText.includes(text)", text)

    async def seen(self) -> str:
        return str(await self.page.evaluate("() => document.getElementById('preview-shell').innerText"))

    async def until_idle(self) -> None:
        await self.until("() => simcordPreview.ready && !simcordPreview.pendingAction")

    async def type(self, text: str) -> None:
        """Type into whatever has the focus; a line break is Enter."""
        for line, part in enumerate(text.split("\n")):
            if line:
                await self.page.keyboard.press("Enter")
            await self.page.keyboard.type(part)

    async def offered(self) -> list[str]:
        """The commands that the composer offers for a lone slash."""
        await self.type("/")
        await self.until("() => document.querySelector('.command-entry')")
        found: list[str] = await self.page.evaluate(
            "() => [...document.querySelectorAll('.command-entry strong')].map((name) => name.textContent)"
        )
        await self.page.keyboard.press("Backspace")
        return found

    async def stamps(self) -> list[str]:
        found: list[str] = await self.page.evaluate(
            "() => [...document.querySelectorAll('.discord-timestamp')].map((stamp) => stamp.textContent)"
        )
        return found


@contextlib.asynccontextmanager
async def looking(
    browser: Browser, *, width: int = 1280, height: int = 800, complaining: bool = False, **options: Any
) -> AsyncIterator[Person]:
    """Serve the demo bot and open its page; errors in the console fail the test unless they are allowed.

    Every test has a bot and a server of its own, and the browser's one window, which is left as it was found: a new
    window takes as long as all that most tests do in it.
    """
    complaints: list[str] = []

    def fails(error: Error) -> None:
        complaints.append(str(error))

    def says(said: ConsoleMessage) -> None:
        if said.type == "error":
            complaints.append(said.text)

    async with served(**options) as stage:
        page = browser.contexts[0].pages[0] if browser.contexts else await browser.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", fails)
        page.on("console", says)
        try:
            await page.set_viewport_size({"width": width, "height": height})
            await page.goto(stage.address)
            person = Person(page, stage)
            await person.until("() => window.simcordPreview?.ready === true")
            yield person
        finally:
            await page.goto("about:blank")
            await page.mouse.up()
            await page.mouse.move(0, 0)
            page.remove_listener("pageerror", fails)
            page.remove_listener("console", says)
    assert complaining or complaints == []
