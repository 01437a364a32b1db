"""Moments and days as the store keeps them: moments as UTC text that sorts, days as Eastern dates."""

from __future__ import annotations

from datetime import UTC, date, datetime


def to_text(moment: datetime | None) -> str | None:
    """An aware moment as ``2025-10-17T20:00:00Z``, in whole seconds; None stays None.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("the store takes aware moments only")
    # isoformat takes a third of the time of strftime; what follows the seconds is the offset of UTC.
    return f"{moment.astimezone(UTC).isoformat(timespec='seconds')[:19]}Z"


def from_text(text: str | None) -> datetime | None:
    """The aware UTC moment that ``to_text`` wrote; None stays None."""
    return None if text is None else datetime.fromisoformat(text)


def day_from_text(text: str | None) -> date | None:
    """The day that was stored as ``2025-10-17``; None stays None."""
    return None if text is None else date.fromisoformat(text)
