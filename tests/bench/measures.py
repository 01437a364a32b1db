"""What the benchmarks share: medians and ratios of times, the resources of a process, tables."""

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
"""A run is divided into this many parts; the spread of their ratios shows how reliable the ratio of the whole is."""


@dataclass(frozen=True)
class Ratio:
    """The ratio of medians of a whole run, and the lowest and highest ratio of its parts."""

    whole: float
    low: float
    high: float

    def __str__(self) -> str:
        digits = 2 if self.whole < 100 else 0
        return f"{self.whole:.{digits}f} ({self.low:.{digits}f}–{self.high:.{digits}f})"


def ratio(times: Sequence[float], base: Sequence[float]) -> Ratio:
    """How many times longer one took than the other; both lists are in the order of measurement."""
    count = min(BLOCKS, len(times), len(base))
    parts = [
        statistics.median(times_of) / statistics.median(base_of)
        for times_of, base_of in zip(_blocks(times, count), _blocks(base, count), strict=True)
    ]
    return Ratio(statistics.median(times) / statistics.median(base), min(parts), max(parts))


def _blocks(times: Sequence[float], count: int) -> list[Sequence[float]]:
    return [times[len(times) * i // count : len(times) * (i + 1) // count] for i in range(count)]


def milliseconds(times: Sequence[float]) -> str:
    """The median in milliseconds."""
    return _rounded(statistics.median(times) * 1000)


def ninetieth(times: Sequence[float]) -> str:
    """The 90th percentile in milliseconds."""
    return _rounded(statistics.quantiles(times, n=10, method="inclusive")[-1] * 1000)


def _rounded(value: float) -> str:
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def processor_seconds(process: int) -> float | None:
    """Seconds of processor time used by all threads of a process; None where the system does not report it."""
    if sys.platform != "linux":
        return None
    # The id of a process's CPU clock, computed as clock_getcpuclockid(3) does; Python has no function for it.
    return time.clock_gettime((~process << 3) | 2)


def memory(process: int) -> float | None:
    """Resident memory of a process in MiB; None where the system does not report it."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return None


def load() -> str:
    """The load of the last minute; above the number of cores the figures are doubtful."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def machine(before: str) -> str:
    """Describes the machine; ``before`` is the load at the start."""
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {_sqlite()}, "
        f"discord.py {version('discord.py')}; load {before} at the start and {load()} at the end"
    )


def _sqlite() -> str:
    import sqlite3

    return sqlite3.sqlite_version


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with aligned columns; all but the first are aligned to the right."""
    widths = [max(len(line[i]) for line in (heads, *rows)) for i in range(len(heads))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        return "| " + " | ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]) + " |"

    return "\n".join(line(cells) for cells in (heads, rule, *rows))
