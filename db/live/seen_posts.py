"""What was seen of a race that is worth a post, as it is kept from one state to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from db.live.news import RaceNews
from db.reminders.race_day import RacePost

USEFUL: dict[RacePost, timedelta] = {
    RacePost.GREEN: timedelta(minutes=10),
    RacePost.CAUTION: timedelta(minutes=10),
    RacePost.RED: timedelta(minutes=30),
    RacePost.LEAD: timedelta(minutes=5),
    RacePost.OVERTIME: timedelta(minutes=10),
    RacePost.STAGE: timedelta(minutes=30),
    RacePost.CHECKERED: timedelta(hours=3),
}
"""For how long after it happened something is news; the checkered flag only until there are results."""


@dataclass(frozen=True, slots=True)
class SeenPost:
    """Something that is posted, or would have been.

    Attributes:
        post: its kind.
        number: which of its kind: with the kind it is what identifies the post.
        lap: the lap by which it is found in the next state, as the state tells it.
        what: the truck that took the lead, or empty.
        at: when it happened.
        due: when it is posted where nobody waits; until then what is said of it may become more.
        news: what is said.
        settled: whether it waits for nothing more.
        stands: whether the newest state tells of it; one that was taken back is not posted.
        left_out: whether it was overtaken when it was seen, so that nobody was told.
    """

    post: RacePost
    number: int
    lap: int
    what: str
    at: datetime
    due: datetime
    news: RaceNews
    settled: bool = True
    stands: bool = True
    left_out: bool = False

    @property
    def until(self) -> datetime:
        """From when on it is no news any more."""
        return self.at + USEFUL[self.post]

    @property
    def posted(self) -> bool:
        """Whether it is to be posted: what was seen too late for that is not."""
        return self.stands and not self.left_out and self.due < self.until


@dataclass(frozen=True, slots=True)
class PostLog:
    """The log of a race's posts, as of the state that came at ``looked``; None before the first."""

    looked: datetime | None = None
    posts: tuple[SeenPost, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether a post waits for what is still to come."""
        return self.looked is not None and any(
            each.posted and not each.settled and each.due > self.looked for each in self.posts
        )


_LOG = TypeAdapter(PostLog)


def log_text(seen: PostLog) -> str:
    """A log as text."""
    return _LOG.dump_json(seen, exclude_defaults=True).decode()


def log_of(text: str) -> PostLog | None:
    """The log that ``log_text`` wrote; None where another release wrote it in another shape."""
    try:
        return _LOG.validate_json(text)
    except ValidationError:
        return None
