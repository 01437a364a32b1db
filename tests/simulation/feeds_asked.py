"""Whether NASCAR was asked as ``docs/feeds.md`` says: one at a time, not too often, neither too soon nor too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from db.results_state import ResultsState
from tests.simulation.feeds_server import Request
from tests.simulation.feeds_story import DAY, FeedWeather
from tests.simulation.feeds_weekend import GREEN, LIST, WEEKEND, Told
from tests.simulation.feeds_world import FeedWorld
from tests.simulation.story import HOUR, MINUTE

AN_HOUR = 300
"""Requests that an hour may take, whatever happens."""
TRIES = 30
"""As often a document may be asked for within an hour, whatever is wrong with it."""
A_WEEKEND = 700
"""Requests that a whole weekend takes at most if nothing goes wrong."""
LARGEST = 20_000_000
"""Bytes of a document that may be read until it is given up: sixteen million, and what comes with them."""
APART = 0.999
REFUSALS, WITHIN = 24, 3 * HOUR
"""So many documents that should be there may be refused within so long: eight, then two minutes' pause, eight, then an
hour's, and eight."""
UNWELCOME = 8
"""How many more a process may ask that knows nothing of those before it."""
SOON, LATE = 3.0, 75.0
"""By so many seconds a document may be asked for sooner and later than it is said: a look every fifteen seconds, and
what is asked for before it."""
STANDING = frozenset({ResultsState.UNOFFICIAL, ResultsState.OFFICIAL})
OFTEN, AROUND = 10 * MINUTE, 12 * HOUR


def asked_wrongly(world: FeedWorld) -> Iterator[str]:
    """What is wrong with how NASCAR was asked, a line each."""
    requests = world.nascar.requests
    if world.nascar.overlapping:
        yield f"impolite: {world.nascar.overlapping} requests while another was under way"
    if world.nascar.strayed:
        yield f"impolite: {world.nascar.strayed} requests to another host"
    if world.nascar.swallowed > LARGEST:
        yield f"impolite: {world.nascar.swallowed} bytes of one document were read"
    if world.nascar.unwelcome:
        yield f"unwelcome: {world.nascar.unwelcome} requests during a pause that is on record"
    for first, second in pairwise(requests):
        if second.at - first.at < APART:
            yield f"impolite: two requests {second.at - first.at:.3f} s apart"
    yield from _too_many(requests)
    yield from _hammered(requests)
    yield from _refused(world, requests)
    if not world.troubles[1:] and len(requests) > A_WEEKEND:
        yield f"too many: {len(requests)} requests though nothing went wrong"
    for path in (LIST, WEEKEND):
        yield from _not_in_time(world, path)


def _too_many(requests: list[Request]) -> Iterator[str]:
    for first, last in zip(requests, requests[AN_HOUR:], strict=False):
        if last.at - first.at < HOUR:
            yield f"too many: more than {AN_HOUR} requests within an hour"
            return


def _hammered(requests: list[Request]) -> Iterator[str]:
    """A document that cannot be got or used is tried again, but not again and again."""
    asked: dict[str, list[float]] = {}
    for each in requests:
        # A redirect is followed a few times.
        if each.fate != "round and round":
            asked.setdefault(each.path, []).append(each.at)
    for path, at in asked.items():
        if any(last - first < HOUR for first, last in zip(at, at[TRIES:], strict=False)):
            yield f"hammered: {path} more than {TRIES} times within an hour"


def _refused(world: FeedWorld, requests: list[Request]) -> Iterator[str]:
    """Refusals of what was there before, and so is known to be missing without reason."""
    had = {each.path: each.at for each in reversed(requests) if each.status == 200 and not each.fate}
    refused = [each.at for each in requests if each.status in (403, 429) and had.get(each.path, each.at) < each.at]
    for place, at in enumerate(refused):
        many = sum(1 for each in refused[place:] if each < at + WITHIN)
        starts = sum(at - 12 * HOUR < each < at + WITHIN for each in world.started_at)
        if many > REFUSALS + UNWELCOME * starts:
            yield f"unwelcome: {many} requests were refused within {WITHIN / HOUR:.0f} hours"
            return


def _not_in_time(world: FeedWorld, path: str) -> Iterator[str]:
    """What was asked for sooner or later than it should be, as long as nothing has gone wrong with NASCAR."""
    spoiled = min((each.at for each in world.story.events if isinstance(each, FeedWeather)), default=float("inf"))
    asked = [each for each in world.nascar.requests if each.path == path and each.at < spoiled]
    for first, second in pairwise(asked):
        gap, often = second.at - first.at, {_every(world, path, at) for at in _samples(world, first.at, second.at)}
        if first.of != second.of or len(often) > 1 or _is_disturbed(world, first.at, second.at):
            continue
        (every,) = often
        # What was got to be read once more is not what it is asked for by the clock.
        if first.compared and second.compared and gap < every - SOON:
            yield f"asked too soon: {path} after {gap:.0f} s, not {every:.0f}"
        if gap > every + LATE:
            yield f"asked too late: {path} after {gap:.0f} s, not {every:.0f}"


def _samples(world: FeedWorld, first: float, last: float) -> list[float]:
    if any(after < before for (_, before), (at, after) in pairwise(world.offsets) if at < last):
        # What was known before the clock was set back keeps its moment, which is ahead by so much at most.
        first, last = max(first - HOUR, 0.0), last + HOUR
    # A look begins at the very moment at which more is asked.
    step = (last + SOON - first) / 4
    return [first + step * number for number in range(5)]


def _is_disturbed(world: FeedWorld, since: float, until: float) -> bool:
    """Whether the program stood still, its clock was set, or it knew something else than NASCAR said."""
    if any(
        place is None and begins < until and ends > since and ends - begins > 1
        for place, begins, ends in world.troubles
    ):
        return True
    if any(since - HOUR < at <= until for at, _ in world.offsets[1:]):
        return True
    return any(since < at <= until for at, _ in world.said) or any(
        since < at <= until + MINUTE for at, *_ in world.seen
    )


def _every(world: FeedWorld, path: str, at: float) -> float:
    """How often a document is asked for at a moment, in seconds."""
    _, known, _ = next((each for each in reversed(world.seen) if each[0] <= at), world.seen[0])
    # What follows goes by the process's clock.
    now, ends = _clock(world, at), _ends(world, known, at)
    start = (known.schedule[0] - world.story.begins).total_seconds()
    sessions = [(each - world.story.begins).total_seconds() for _, each in known.schedule[1]]
    often = start - HOUR <= now < ends + AROUND
    often |= any(each - HOUR / 2 <= now < each + 2 * HOUR for each in sessions)
    week = start - 6 * DAY <= now < ends + AROUND
    around = OFTEN if often else HOUR if week else DAY
    if path == LIST:
        later = (GREEN + timedelta(weeks=2) - world.story.begins).total_seconds()
        return min(around, HOUR) if now >= later - 6 * DAY else around
    if known.weekend[1] is ResultsState.OFFICIAL:
        return around if now < ends + AROUND else DAY
    return DAY if now >= ends + 6 * DAY else min(around, HOUR)


def _clock(world: FeedWorld, at: float) -> float:
    return at + next(ahead for since, ahead in reversed(world.offsets) if since <= at)


def _ends(world: FeedWorld, known: Told, at: float) -> float:
    """When the race was over, by the process's clock and as far as it knew."""
    start: float = (known.schedule[0] - world.story.begins).total_seconds()
    by_the_clock = start + 6 * HOUR
    # An older copy that was put back knew nothing of them yet.
    anew = max((each for each in world.restored_at if each <= at), default=0.0)
    standing = next(
        (since for since, each, _ in world.seen if anew <= since <= at and each.weekend[1] in STANDING), None
    )
    if standing is None:
        return by_the_clock
    results = _clock(world, standing)
    # Results that came long after the race do not say when it was over.
    return results if results < by_the_clock else start + 3 * HOUR
