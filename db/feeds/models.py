"""What the store remembers of the feeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

THINGS = {
    "race_list_basic.json": "schedule",
    "schedule-feed.json": "session times",
    "weekend-feed.json": "entries and results",
    "lap-times.json": "lap times",
    "live-pit-data.json": "pit stops",
    "drivers.json": "drivers",
    "tracks.json": "tracks",
    "points-feed.json": "standings",
}
"""What the documents tell, in a person's words, by their files' names and in the order in which one says it."""
OF_NO_USE_WITHOUT = "is of no use without "
"""How the problem begins of a document that waits for another one, whose path follows."""


class Validators(NamedTuple):
    """What a document is compared by, as the server sent it; None for what it did not send."""

    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A document of the feeds. Moments are aware, in UTC and whole seconds.

    Attributes:
        path: its path below the feeds' address.
        season: the season that it belongs to; None where it belongs to none.
        asked_at: when it was last asked for, whatever came of it.
        answered_at: when it last came, was confirmed as it is, or was said not to be there.
        etag, last_modified: as the server sent them with the content that was taken in last.
        digest: of that content; None where none was ever taken in, or where the document is gone.
        failing_since: since when it cannot be got or used; ``problem`` says why.
    """

    path: str
    season: int | None
    asked_at: datetime
    answered_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    failing_since: datetime | None = None
    problem: str | None = None

    @property
    def is_absent(self) -> bool:
        """Whether the server said that it is not there."""
        return self.digest is None and self.answered_at is not None and self.failing_since is None

    @property
    def waits(self) -> bool:
        """Whether nothing is wrong with it but that it is read with another one, which cannot be used."""
        return (self.problem or "").startswith(OF_NO_USE_WITHOUT)

    @property
    def thing(self) -> str:
        """What it tells, in a person's words."""
        return THINGS.get(self.path.rpartition("/")[2], "other documents")


@dataclass(frozen=True, slots=True)
class FeedFinding:
    """One line on what a document said that was not taken in, or that contradicts what is held."""

    path: str
    line: str
    since: datetime


@dataclass(frozen=True, slots=True)
class PublishedPlace:
    """What a table that somebody else published says of a driver; it is compared with ours and never taken over.

    Attributes:
        driver: the driver's key; None for somebody who is not on record.
        name: as the table has it.
        place, points, wins, starts: None where it does not say.
    """

    driver: str | None
    name: str
    place: int | None = None
    points: int | None = None
    wins: int | None = None
    starts: int | None = None


@dataclass(frozen=True, slots=True)
class FeedPause:
    """Nothing is asked until then, since the server refused too much; ``level`` counts such pauses in a row."""

    until: datetime
    level: int


@dataclass(frozen=True, slots=True)
class FeedMemory:
    """All that the store remembers of the feeds.

    Attributes:
        documents: by path.
        official: by the race's id, since when the feed's results of it are official here.
        findings: in order of path.
        pause: the last one, which may be over; None where there was none since all went well.
    """

    documents: Mapping[str, FeedDocument] = field(default_factory=dict)
    official: Mapping[int, datetime] = field(default_factory=dict)
    findings: tuple[FeedFinding, ...] = ()
    pause: FeedPause | None = None

    def last_fetched(self) -> dict[str, datetime]:
        """When each thing was last got, or confirmed, in the order of ``THINGS``; without what never was."""
        latest: dict[str, datetime] = {}
        for each in self.documents.values():
            if each.digest is not None and each.answered_at is not None:
                latest[each.thing] = max(each.answered_at, latest.get(each.thing, each.answered_at))
        order = [*THINGS.values()]
        return dict(sorted(latest.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order)))

    def failures(self) -> list[FeedDocument]:
        """The documents that cannot be got or used, those that have failed for the longest first.

        What only waits for another one is left out: that one is told.
        """
        failed = [each for each in self.documents.values() if each.failing_since is not None and not each.waits]
        return sorted(failed, key=lambda each: (each.failing_since or each.asked_at, each.path))
