"""Laps as a few hundred bytes: a byte plane each for the three bytes of a time, and one for positions, compressed.

Neighboring laps differ in the lowest byte alone, so planes take half of what the numbers take one after another.
0 stands for what is not known.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from db.laps.models import Lap

LONGEST = 2**24 - 1
"""The longest lap in milliseconds, which is four and a half hours."""
PLANES = 4


def pack(laps: Iterable[Lap]) -> bytes:
    """The laps of a truck, lap 0 first.

    Raises:
        ValueError: a time is longer than ``LONGEST`` or not positive, or a position is above 255.
    """
    held = list(laps)
    times = [lap.milliseconds or 0 for lap in held]
    if not all(0 <= time <= LONGEST for time in times):
        raise ValueError(f"a lap takes from 1 to {LONGEST} milliseconds")
    planes = [bytes((time >> shift) & 0xFF for time in times) for shift in (0, 8, 16)]
    return zlib.compress(b"".join([*planes, bytes(lap.position or 0 for lap in held)]), 9)


def unpack(packed: bytes) -> tuple[Lap, ...]:
    """What ``pack`` packed.

    Raises:
        ValueError: it is not that.
    """
    try:
        planes = zlib.decompress(packed)
    except zlib.error as error:
        raise ValueError("these are no packed laps") from error
    count, rest = divmod(len(planes), PLANES)
    if rest:
        raise ValueError("these are no packed laps")
    low, middle, high, positions = (planes[count * i : count * (i + 1)] for i in range(PLANES))
    return tuple(
        Lap((a | b << 8 | c << 16) or None, position or None)
        for a, b, c, position in zip(low, middle, high, positions, strict=True)
    )
