"""The log of a race's posts: which thing is which from state to state, when it was seen, what is said of it; pure.

NASCAR's documents are corrected while a race runs: a flag that was missed is put into the middle of the list, laps are
off by one or two, a lead or a flag is taken back and comes again. So the third caution of a list is not always the same
caution, and its place in the list tells nothing of what was posted. A post is known by its kind and a number that it
gets when it is first seen, from its lap: that is the same for a bot that begins in the middle of the race, or goes on
from a backup. Later states are matched with the log by laps, and a number once given stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.notifications.race_day_news import SETTLES, Happening
from db.live.news import RaceNews
from db.live.seen_posts import PostLog, SeenPost
from db.reminders.race_day import OVERTAKEN_BY, RacePost

SAME_LAPS = 2
"""By so many laps documents differ about one thing."""
APART = timedelta(seconds=1)
"""The posts of a race are due one after the other, so that they go out in the order in which things were seen."""
_BY_NUMBER = frozenset({RacePost.STAGE, RacePost.CHECKERED})
"""What is known by a number of its own, which no document gets wrong."""


def looked_at(log: PostLog, told: Sequence[Happening], came: datetime, overtime: bool | None) -> PostLog:
    """The log after one more state.

    Args:
        log: what was seen before.
        told: everything that the state tells, in order.
        came: when it came.
        overtime: whether the race is longer than it was to be; None where that is not known.
    """
    posts = [_set_back(each, came) if log.looked is not None and came < log.looked else each for each in log.posts]
    found, left = _matched(posts, told)
    # The store keeps whole seconds, and nothing may be told a second before it was seen.
    seen = came if not came.microsecond else came.replace(microsecond=0) + APART
    kept = [_kept(each, found.get(place), seen, overtime) for place, each in enumerate(posts)]
    new = [each for each in left if each.fresh and not _is_no_longer(each, posts)]
    if any(not _came_too_late(each, posts) for each in new):
        # What follows ends the wait of what came before.
        kept = [each if each.settled else replace(each, due=min(each.due, seen)) for each in kept]
    return PostLog(came.replace(microsecond=0), (*kept, *_seen(kept, new, seen)))


def _set_back(post: SeenPost, came: datetime) -> SeenPost:
    """A post as seen by a clock that was ahead and is set right: it is due no later than now."""
    return replace(post, due=min(post.due, came))


def _matched(posts: Sequence[SeenPost], told: Iterable[Happening]) -> tuple[dict[int, Happening], list[Happening]]:
    """Which of the happenings each post of the log is, by its place there, and which are none of them.

    One of the same lap comes first, then the nearest.
    """
    found: dict[int, Happening] = {}
    left = list(told)
    for tolerance in range(SAME_LAPS + 1):
        for place, post in enumerate(posts):
            if place in found or (tolerance and post.post in _BY_NUMBER):
                continue
            match = next((each for each in left if _may_be(post, each, tolerance)), None)
            if match is not None:
                found[place] = match
                left.remove(match)
    return found, left


def _may_be(post: SeenPost, told: Happening, tolerance: int) -> bool:
    if post.post is not told.post or abs(post.lap - told.lap) != tolerance:
        return False
    # On one lap one truck leads; on the next one it may be another that took the lead.
    return not tolerance or post.what == told.what


def _kept(post: SeenPost, told: Happening | None, seen: datetime, overtime: bool | None) -> SeenPost:
    """A post of the log as the new state has it."""
    if told is None:
        # A state tells of the newest overtime alone, and the checkered flag is never taken back.
        stands = {RacePost.OVERTIME: post.stands if overtime is None else overtime, RacePost.CHECKERED: True}
        return replace(post, stands=stands.get(post.post, False))
    waits = not post.settled and seen <= post.due
    due = min(post.due, seen) if waits and told.settled else post.due
    # Overtime is known by the caution that brought it; the race went on since it was seen.
    news = _corrected(post.news, told.news)
    if post.post is RacePost.OVERTIME:
        news = replace(post.news, laps=told.news.laps)
    if post.post is RacePost.CHECKERED:
        # The order at the flag: what inspection makes of it is told by the results.
        news = told.news if waits else post.news
    settled = post.settled or told.settled
    return replace(post, lap=told.lap, what=told.what, due=due, news=news, settled=settled, stands=True)


def _is_no_longer(told: Happening, posts: Iterable[SeenPost]) -> bool:
    """Whether overtime is told of that made the race no longer: a caution in overtime may as well end it."""
    known = [each.news.laps or 0 for each in posts if each.post is RacePost.OVERTIME and each.stands]
    return told.post is RacePost.OVERTIME and (told.news.laps or 0) <= max(known, default=-1)


def _came_too_late(told: Happening, posts: Iterable[SeenPost]) -> bool:
    """Whether the race was over before it was told of, as a lead of the last lap that is counted after the finish."""
    return RacePost.CHECKERED in OVERTAKEN_BY[told.post] and any(each.post is RacePost.CHECKERED for each in posts)


def _corrected(before: RaceNews, now: RaceNews) -> RaceNews:
    """What is known now of the same thing. How the race stood then stays as it was seen, such as who led."""
    own = replace(before, lap=now.lap, reason=now.reason or before.reason, free_pass=now.free_pass or before.free_pass)
    if now.stage is not None or now.before is not None:
        own = replace(own, truck=now.truck, before=now.before, places=now.places)
    return own


def _seen(before: Sequence[SeenPost], new: Sequence[Happening], seen: datetime) -> Iterable[SeenPost]:
    """New posts, in order. What is overtaken by a later one that was seen at the same moment is left out."""
    taken = {(each.post, each.number) for each in before}
    last = max((each.due for each in before if each.posted), default=None)
    for place, told in enumerate(new):
        following = new[place + 1 :]
        number = _number(told, taken)
        taken.add((told.post, number))
        at = min(told.at, seen)
        overtaken = _came_too_late(told, before) or any(each.post in OVERTAKEN_BY[told.post] for each in following)
        waits = not told.settled and not following
        due = seen + SETTLES[told.post] if waits else seen
        if last is not None:
            due = max(due, last + APART)
        post = SeenPost(
            told.post, number, told.lap, told.what, at, due, told.news, settled=not waits, left_out=overtaken
        )
        if post.posted:
            last = due
        yield post


def _number(told: Happening, taken: set[tuple[RacePost, int]]) -> int:
    """A number that is free: the lap's, counted from 1, or a stage's own."""
    number = max(told.lap if told.post is RacePost.STAGE else told.lap + 1, 1)
    while (told.post, number) in taken:
        number += 1
    return number
