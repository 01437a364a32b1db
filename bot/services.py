"""What the commands need, handed to the client when it is made."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from db.connection import Store
from db.snapshots import Snapshots


@dataclass(frozen=True, slots=True)
class Services:
    """The store, its seasons as snapshots, and the time."""

    store: Store
    seasons: Snapshots
    clock: Clock
