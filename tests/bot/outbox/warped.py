"""A simulated loop alone in its timeline: whoever sleeps is woken as soon as nobody else has anything to do."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from tests.simulation.loop import SimulatedLoop, Timeline

T = TypeVar("T")


class WarpedLoop(SimulatedLoop):
    """Its clock, ``moment``, can be put forward as well, as where something takes its time."""

    def __init__(self) -> None:
        super().__init__(Timeline())

    @property
    def moment(self) -> float:
        return self.timeline.now

    @moment.setter
    def moment(self, moment: float) -> None:
        self.timeline.now = moment


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs something to its end in no time."""
    with asyncio.Runner(loop_factory=WarpedLoop) as runner:
        return runner.run(work)
