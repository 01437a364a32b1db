"""What `check` says of NASCAR's feeds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from db.feeds.models import FeedMemory
from db.models import EASTERN


def feed_lines(feeds: FeedMemory) -> Iterator[str]:
    """When each thing was last fetched, since when a document fails, and what was left out or is in doubt."""
    fetched = [f"{thing} {_day(moment)}" for thing, moment in feeds.last_fetched().items()]
    if fetched:
        yield f"NASCAR's feeds, last fetched: {', '.join(fetched)}"
    if feeds.pause is not None:
        yield f"note: the feeds' server refused too many requests; it was left alone until {_day(feeds.pause.until)}"
    for each in feeds.failures():
        if each.failing_since is not None:
            yield f"note: the feeds' {each.path} fails since {_day(each.failing_since)}: {each.problem}"
    said = {f"{each.path}: {each.problem}" for each in feeds.failures()}
    for finding in feeds.findings:
        if finding.line not in said:
            yield f"note: the feeds' {finding.path}: {finding.line.removeprefix(f'{finding.path}: ')}"


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(EASTERN):%Y-%m-%d %H:%M} Eastern"
