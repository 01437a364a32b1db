"""Whose quotes may be shown at a moment: what the quote queries must know of the seasons."""

from __future__ import annotations

from bot.seasons.as_of import AsOf
from db.models import EASTERN, Race
from db.quotes import Reader


def reader_in(as_of: AsOf, guild: int | None) -> Reader:
    """The reader of a server's quotes and of those for everyone; of the latter alone where ``guild`` is None.

    Nothing said after the moment is shown, and of a race that is under way only what this very server has saved.
    """
    today = as_of.now.astimezone(EASTERN).date()
    # One that has results is over; of all that were ever run, those are passed over sooner than asked when they were.
    races = (race for season in as_of.seasons for race in season.races if race.results_at is None)
    ahead = tuple((r.season, r.round) for r in races if r.date <= today and _ahead(as_of, r))
    return Reader(guild, today, ahead, as_of.now)


def _ahead(as_of: AsOf, race: Race) -> bool:
    """Whether a race is not over, or is held back from who asks."""
    return race.over_at > as_of.now or (race.season, race.round) in as_of.held_back
