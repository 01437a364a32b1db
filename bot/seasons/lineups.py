"""The lineup of a race as it is known at a moment."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.championship.lineup import Lineup, by_number, compared
from bot.seasons.as_of import AsOf
from db.models import EASTERN, Race, RaceStatus, Season, SessionKind

LIST_KNOWN = timedelta(days=1)
"""NASCAR publishes an entry list some days before the race: on the day before, at the latest, it is known."""
QUALIFYING_LENGTH = timedelta(hours=2)
"""How long after the start of qualifying the starting order is known."""


def lineup_of(as_of: AsOf, race: Race) -> Lineup | None:
    """The lineup of a race as it is known now; None where nothing is.

    Of a race that is not over it comes from the season with all that is stored. An entry list is stored once NASCAR
    publishes it. Where results are stored as well, the bot's clock is set back: then the list is told from the day
    before the race on, the starting order after qualifying, and nothing of how the race went ever.
    """
    season = next((each for each in as_of.whole if each.year == race.season), None)
    stored = season.race(race.round) if season is not None else None
    if season is None or stored is None:
        return None
    raced = season.results.get(race.round) or season.partial.get(race.round, ())
    absent = season.absent.get(race.round, ())
    known = as_of.has_results(race)
    if raced and not known and as_of.now < _midnight(stored) - LIST_KNOWN:
        return None
    listed = [*((row.start, row.entry) for row in raced), *((entry.start, entry) for entry in absent)]
    if not listed:
        return None
    ordered = known or not raced or as_of.now >= _order_known(stored)
    order = [(start, entry) for start, entry in listed if ordered and start is not None]
    rest = [entry for start, entry in listed if not ordered or start is None]
    found = Lineup(tuple(sorted(order, key=lambda each: each[0])), tuple(sorted(rest, key=by_number)))
    before = _before(as_of, season, stored)
    if before is None:
        return found
    rows = season.results.get(before.round, ())
    return compared(found, before, [*(row.entry for row in rows), *season.absent.get(before.round, ())])


def _midnight(race: Race) -> datetime:
    return datetime.combine(race.date, time(0), EASTERN)


def _order_known(race: Race) -> datetime:
    """When the starting order is known: after qualifying, or as the race begins where there is none on record."""
    qualifying = [each.start for each in race.sessions if each.kind is SessionKind.QUALIFYING]
    return min(max(qualifying) + QUALIFYING_LENGTH, race.begins) if qualifying else race.begins


def _before(as_of: AsOf, season: Season, race: Race) -> Race | None:
    """The race before, if it is one of the same season whose results are known."""
    earlier = [each for each in season.races if each.day_run < race.day_run and each.status is not RaceStatus.CANCELLED]
    before = max(earlier, key=lambda each: each.day_run, default=None)
    return before if before is not None and as_of.has_results(before) else None
