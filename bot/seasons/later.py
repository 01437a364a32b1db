"""What is known to those who see races later than they run: the present, without what came within their delay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bot.seasons.as_of import AsOf
from db.models import OVER_BY_THE_CLOCK, Race, Season

NEWS = timedelta(days=3)
"""Results of a race that began longer ago than that spoil nothing, whenever they were stored: those of a first import,
or of a season that is taken in."""


def seen_later(as_of: AsOf, delay: int) -> AsOf:
    """What is known to who is told of races ``delay`` seconds later than they run.

    The moment stays the present, and so do all times: only the races are held back whose outcome came within the
    delay. Where there are none, the seasons and all that was computed from them are the very same.

    Args:
        as_of: the present, with nothing held back.
        delay: in seconds.
    """
    if not delay:
        return as_of
    held_back = frozenset((race.season, race.round) for race in _untold(as_of, as_of.now - timedelta(seconds=delay)))
    if not held_back:
        return replace(as_of, delay=delay)
    view = as_of.cache.later(as_of.seasons, held_back)
    return replace(as_of, seasons=view.seasons, cache=view.cache, delay=delay, held_back=held_back)


def races_held_back(as_of: AsOf) -> bool:
    """Whether a race is on or was lately, as the schedule says, of which not all is told yet to who asks."""
    return as_of.delay > 0 and any(as_of.tells_later(race) for season in as_of.seasons for race in season.races)


def _untold(as_of: AsOf, told: datetime) -> Iterator[Race]:
    """The races whose outcome came after a moment, or whose partial results may have."""
    for season in as_of.seasons:
        for race in _late_ones(season, as_of.now):
            # Partial results have no moment of their own.
            came = race.known_at(as_of.now) if season.has_results(race.round) else race.begins + OVER_BY_THE_CLOCK
            if came > told:
                yield race


def _late_ones(season: Season, now: datetime) -> Iterator[Race]:
    """The races of the last days of which any result is held."""
    last = season.races[-1].begins if season.races else now
    if last < now - timedelta(days=366):
        return
    for race in season.races:
        held = season.has_results(race.round) or (season.later is None and race.round in season.partial)
        if held and race.begins > now - NEWS:
            yield race
