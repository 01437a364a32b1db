"""What of a race under way can be posted in a channel, and in which of three amounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class RacePost(StrEnum):
    """Something in a race that is worth a message of its own; the ``session`` of its rows of the outbox."""

    GREEN = "green flag"
    STAGE = "stage"
    CAUTION = "caution"
    RED = "red flag"
    LEAD = "lead"
    OVERTIME = "overtime"
    CHECKERED = "checkered flag"


class RaceDay(StrEnum):
    """How much of a race is posted in a channel while it runs; stored under these values."""

    NOTHING = "nothing"
    RESULT = "result"
    STAGES = "stages"
    EVERYTHING = "everything"


POSTS: Mapping[RaceDay, frozenset[RacePost]] = MappingProxyType(
    {
        RaceDay.NOTHING: frozenset(),
        RaceDay.RESULT: frozenset({RacePost.CHECKERED}),
        RaceDay.STAGES: frozenset({RacePost.STAGE, RacePost.CHECKERED}),
        RaceDay.EVERYTHING: frozenset(RacePost),
    }
)
"""The posts of each amount, all of which but the first bring the official results and the recap as well."""

LONGEST_DELAY = 24 * 60 * 60
"""The longest delay of all that tells of a race, in seconds."""
OPENED, ARCHIVED = "opened", "archived"
"""The ``session`` of the rows that open a race's thread and put it away."""
THREAD_AHEAD = 15
"""So many minutes before coverage a race's thread is open at the latest, where a reminder goes out by then."""


def thread_lead(leads: Sequence[int]) -> int:
    """How many minutes before coverage a race's thread is opened: with the last reminder that still comes in good time.

    A day ahead it would be far up in the channel by the race. Where all reminders are later, it is with the first.

    Args:
        leads: those of the place's reminders, in minutes.
    """
    in_time = [lead for lead in leads if lead >= THREAD_AHEAD]
    return min(in_time) if in_time else max(leads, default=THREAD_AHEAD)


OVERTAKEN_BY: Mapping[RacePost, frozenset[RacePost]] = MappingProxyType(
    {
        RacePost.GREEN: frozenset({RacePost.GREEN, RacePost.CAUTION, RacePost.RED, RacePost.CHECKERED}),
        RacePost.CAUTION: frozenset({RacePost.GREEN, RacePost.CAUTION, RacePost.RED, RacePost.CHECKERED}),
        RacePost.RED: frozenset({RacePost.GREEN, RacePost.RED, RacePost.CHECKERED}),
        RacePost.LEAD: frozenset({RacePost.LEAD, RacePost.CHECKERED}),
        RacePost.OVERTIME: frozenset({RacePost.OVERTIME, RacePost.CHECKERED}),
        RacePost.STAGE: frozenset(),
        RacePost.CHECKERED: frozenset(),
    }
)
"""Which later post of the race makes one that was held up stale: of three cautions at once only the last one is news.
A stage and the checkered flag stay news whatever follows."""


@dataclass(frozen=True, slots=True)
class Delay:
    """By how many seconds somebody is told of a race later than it runs, and whether the wish is their own."""

    seconds: int = 0
    own: bool = False


NO_DELAY = Delay()
