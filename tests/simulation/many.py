"""Lives through many nights at once, on all processors, and adds up what came of them."""

from __future__ import annotations

import logging
import multiprocessing
import os
import sys
import warnings
from collections.abc import Iterable, Iterator

from tests.simulation.families import FAMILIES
from tests.simulation.night import Nights
from tests.simulation.story import Story
from tests.simulation.verdict import Verdict

PORTION = 20
"""Nights that a processor lives through at a time."""

Lived = tuple[int, frozenset[str], Verdict]
"""A seed, the kinds of faults of its night, and the verdict."""


def in_one_order() -> None:
    """Starts the program again, unless what a seed draws hangs on it alone and not on how this process orders sets."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        os.execve(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]], environment)


def be_quiet() -> None:
    """Logs nothing: faults are what this is about, and each of them would be logged as what it is."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")


def live_all(
    seeds: range, processes: int, mutation: str | None = None, family: str = "delivery"
) -> Iterator[list[Lived]]:
    """Lives through the nights of some seeds, a portion at a time, in no particular order.

    One process is this one: another would take as long to start as a dozen nights.
    """
    if processes == 1:
        with FAMILIES[family].broken(mutation), FAMILIES[family].nights() as live:
            yield from ([_one(live, FAMILIES[family].story(seed))] for seed in seeds)
        return
    portions = [(family, mutation, seeds[first : first + PORTION]) for first in range(0, len(seeds), PORTION)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_live, portions)


def _live(portion: tuple[str, str | None, Iterable[int]]) -> list[Lived]:
    family, mutation, seeds = portion
    be_quiet()
    with FAMILIES[family].broken(mutation), FAMILIES[family].nights() as live:
        return [_one(live, FAMILIES[family].story(seed)) for seed in seeds]


def _one(live: Nights, story: Story) -> Lived:
    return story.seed, frozenset(faults_of(story)), live.live(story)


def faults_of(story: Story) -> Iterator[str]:
    """The kinds of faults in a night, as the summary names them."""
    if not story.events:
        yield "nothing"
    for event in story.events:
        name = type(event).__name__
        if name == "Weather":
            yield f"request {getattr(event, 'kind', '')}"
        elif name == "FeedWeather":
            yield f"NASCAR: {getattr(event, 'fate', '')}"
        elif name == "Results":
            yield "results" if getattr(event, "edition", 1) == 1 else "results corrected"
        elif name == "Publish":
            yield f"said: {getattr(event, 'edit', '')}"
        elif name == "Kill" and getattr(event, "restored", False):
            yield "older copy put back"
        else:
            yield _NAMES[name]


_NAMES = {
    "Chat": "chatter", "Delay": "message lands late", "Outage": "outage", "Stall": "stall",
    "Kill": "kill", "Stop": "orderly stop", "Backup": "copy made",
    "Jump": "clock set", "Forbid": "forbidden, or channel gone", "Hide": "history hidden",
    "NoEvents": "events forbidden", "Import": "import", "OffAndOn": "switched off and on",
    "StampAnew": "document stamped anew",
}  # fmt: skip
