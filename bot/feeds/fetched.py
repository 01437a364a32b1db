"""What came of asking for one document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as it was served.

    Attributes:
        path: its path below the feeds' address, as ``paths`` makes it.
        body: its bytes, decompressed and otherwise as they came; None where the document is not there (403, 404).
        at: when it was asked for, aware.
    """

    path: str
    body: bytes | None
    at: datetime
