"""The dates of HTTP's headers, which a server may write as it likes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

CLOCKS_APART = timedelta(minutes=5)
"""By no more than that a server's clock is ahead of ours; what it dates later, it dates wrongly."""


def http_date(text: str | None) -> datetime | None:
    """The moment that a header names, in UTC; None for what is no date."""
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def date_of_content(text: str | None, now: datetime) -> datetime | None:
    """When a document was made, by its ``Last-Modified``; None for what is no date, or lies ahead of us."""
    moment = http_date(text)
    return moment if moment is not None and moment <= now + CLOCKS_APART else None
