"""Imports what comes with one checkout into an empty store: ``history.py`` starts it as a process, in either checkout.

It prints as JSON the processor time until the first seasons were in and until all were, the longest time for which
the store was being written, and the longest for which the event loop did nothing else.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)
TICK = 0.005
"""Seconds between two looks at the event loop's clock."""


class Watch:
    """Notes how long the store is written at a stretch, and for how long nothing else could run."""

    def __init__(self, store: Any) -> None:
        self.writing: list[float] = [0.0]
        self.stalls: list[float] = [0.0]
        self._write = store.write
        store.write = self._timed

    @asynccontextmanager
    async def _timed(self) -> AsyncIterator[Any]:
        async with self._write() as connection:
            begun = time.perf_counter()
            yield connection
            # The commit, which waits for the disk, is part of it as well.
            await connection.commit()
            self.writing.append(time.perf_counter() - begun)

    async def look(self) -> None:
        """Looks at the clock until it is cancelled."""
        last = time.perf_counter()
        while True:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            self.stalls.append(now - last - TICK)
            last = now


async def measure(path: Path, *, quick: bool) -> dict[str, Any]:
    from db.bundled import load_if_empty
    from db.connection import Store

    said: dict[str, Any] = {"root": str(Path(sys.modules["db"].__file__ or "").parent.parent)}
    async with await Store.open(path) as store:
        begun = time.process_time()
        await load_if_empty(store, NOW)
        said["first"] = said["all"] = time.process_time() - begun
        if quick or not Path(said["root"], "db", "arrivals.py").exists():
            # An older checkout has taken in everything by now.
            return said
        from db.arrivals import Arrivals

        # As the running bot does once it is ready.
        gc.collect()
        gc.freeze()
        watch = Watch(store)
        looking = asyncio.create_task(watch.look())
        await Arrivals(store, lambda: NOW).run()
        looking.cancel()
        said["all"] = time.process_time() - begun
        said |= {"writing": sorted(watch.writing), "stalls": sorted(watch.stalls)}
    return said


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measure(Path(sys.argv[1]), quick="--quick" in sys.argv))) + "\n")
