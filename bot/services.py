"""What the commands need, handed to the client when it is made."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from db.connection import Store
from db.feeds.remembered import Remembered
from db.snapshots import Snapshots


@dataclass(frozen=True, slots=True)
class Services:
    """The store, its seasons as snapshots, and the time.

    ``feeds`` is what is known of NASCAR's feeds; None where nothing is fetched.
    """

    store: Store
    seasons: Snapshots
    clock: Clock
    feeds: Remembered | None = None
