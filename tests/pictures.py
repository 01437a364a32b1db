"""Pictures of a replay for the README: a page with Talladega 2025 at the width of a phone, at moments of the race.

    .venv/bin/python -m tests.pictures docs

starts `tailgate try --replay`, waits for each moment and writes a PNG of the message that shows it. It is no test: what
it draws is looked at. It takes as long as the race, some minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import shutil
import sys
from pathlib import Path

from playwright.async_api import Error, FloatRect, Locator, Page, async_playwright

WIDTH, HEIGHT = 400, 2400
"""Pixels: as wide as a phone, and high enough for a whole card and what comes after it."""
RACE = "talladega 2025"
MOMENTS = {
    "replay-green": (r"Green flag.*lap \d+ of", 20),
    "replay-caution": (r"Caution( \(| since)", 0),
    "replay-finish": (r"finished first|Checkered flag", 0),
}
"""The file, what the message's first lines say, as a pattern, and from which lap on it is looked at."""
ROUNDS = 600
"""How often it is looked for a moment before it is given up, about a second each."""
CARD = ".component-container"


async def main(folder: Path, *, race: str, speed: str | None) -> None:
    program = [sys.executable, "-m", "bot", "try", "--no-browser", "--replay", race]
    options = ["--speed", speed] if speed is not None else []
    pipe, both = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    process = await asyncio.create_subprocess_exec(*program, *options, stdout=pipe, stderr=both)
    try:
        async with async_playwright() as playwright:
            # In a container Chromium has no sandbox of its own; the page is this program's.
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="dark")
            await page.goto(await _address(process))
            for name, (words, lap) in MOMENTS.items():
                await _take(page, folder / f"{name}.png", words, lap)
            await browser.close()
    finally:
        process.terminate()
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    while line := (await process.stdout.readline()).decode():
        found = re.search(r"http://\S+", line)
        if found:
            return found[0]
    raise SystemExit("the page did not start")


async def _take(page: Page, file: Path, words: str, lap: int) -> None:
    """Asks how the race stands, again and again, until it is the moment; draws the answer's card."""
    for _ in range(ROUNDS):
        card = await _asked(page)
        text = await card.inner_text() if await card.count() else ""
        at = re.search(r"lap (\d+) of", text)
        box = None
        if re.search(words, text) and (at is None or int(at[1]) >= lap):
            # Posts that came after a card that keeps itself current have moved it out of sight.
            with contextlib.suppress(Error):
                await card.scroll_into_view_if_needed(timeout=1000)
            box = await card.bounding_box()
        if box is not None:
            # Of the page and not of the card, which may be another one a moment later.
            clip = FloatRect(x=box["x"], y=box["y"], width=box["width"], height=box["height"])
            await page.screenshot(path=file, clip=clip)
            print(f"{file}: {file.stat().st_size / 1000:.0f} kB")  # noqa: T201 - the operator's terminal
            return
        await asyncio.sleep(1)
    raise SystemExit(f"{file.name}: “{words}” never came")


async def _asked(page: Page) -> Locator:
    """The last card of a race as it runs: one that keeps itself current, or else one that is asked for again."""
    cards = page.locator(CARD, has_text=re.compile("If it ended now|If this stands"))
    refresh = cards.last.get_by_role("button", name="Refresh")
    if await cards.count() == 0:
        # Before the green flag there is no such card, and the bot is asked again.
        await page.fill("#channel-composer-input", "/live")
        await page.keyboard.press("Enter")
        await asyncio.sleep(2)
    elif await refresh.count():
        await refresh.click()
        await asyncio.sleep(0.7)
    return cards.last


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Pictures of a replay at the width of a phone.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--race", default=RACE)
    parser.add_argument("--speed", help="as of `tailgate try`")
    chosen = parser.parse_args()
    asyncio.run(main(chosen.folder, race=chosen.race, speed=chosen.speed))
