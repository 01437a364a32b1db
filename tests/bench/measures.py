"""What the benchmarks share: medians and ratios of times taken in one run, what a process takes, tables."""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

BLOCKS = 10
"""A run is cut into so many parts; how far their ratios lie apart says how much to believe the ratio of the whole."""


@dataclass(frozen=True)
class Ratio:
    """A ratio of medians over a whole run, and the lowest and highest of its parts."""

    whole: float
    low: float
    high: float

    def __str__(self) -> str:
        digits = 2 if self.whole < 100 else 0
        return f"{self.whole:.{digits}f} ({self.low:.{digits}f}–{self.high:.{digits}f})"


def ratio(times: Sequence[float], base: Sequence[float]) -> Ratio:
    """How many times longer the one took than the other, both in the order in which they were taken."""
    count = min(BLOCKS, len(times), len(base))
    parts = [
        statistics.median(times_of) / statistics.median(base_of)
        for times_of, base_of in zip(_blocks(times, count), _blocks(base, count), strict=True)
    ]
    return Ratio(statistics.median(times) / statistics.median(base), min(parts), max(parts))


def _blocks(times: Sequence[float], count: int) -> list[Sequence[float]]:
    return [times[len(times) * i // count : len(times) * (i + 1) // count] for i in range(count)]


def milliseconds(times: Sequence[float]) -> str:
    """Their median."""
    return _rounded(statistics.median(times) * 1000)


def ninetieth(times: Sequence[float]) -> str:
    """What nine in ten stay under, in milliseconds."""
    return _rounded(statistics.quantiles(times, n=10, method="inclusive")[-1] * 1000)


def _rounded(value: float) -> str:
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def processor_seconds(process: int) -> float | None:
    """What a process has used of the processor so far, all its threads; None where the system does not tell."""
    if sys.platform != "linux":
        return None
    # The number of a process's own clock, as clock_getcpuclockid(3) makes it; Python has no name for that.
    return time.clock_gettime((~process << 3) | 2)


def memory(process: int) -> float | None:
    """Resident memory of a process in MiB; None where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return None


def load() -> str:
    """How busy the machine was in the last minute; more than its cores means that figures are to be doubted."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def machine(before: str) -> str:
    """What the figures were taken on; ``before`` is the load at the start."""
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {_sqlite()}, "
        f"discord.py {version('discord.py')}; load {before} at the start and {load()} at the end"
    )


def _sqlite() -> str:
    import sqlite3

    return sqlite3.sqlite_version


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its columns aligned for a terminal; all but the first to the right."""
    widths = [max(len(line[i]) for line in (heads, *rows)) for i in range(len(heads))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        return "| " + " | ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]) + " |"

    return "\n".join(line(cells) for cells in (heads, rule, *rows))
