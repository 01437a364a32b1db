"""Careers for tests of what is shown, added up from seasons instead of read from a store."""

from __future__ import annotations

from collections.abc import Sequence

from db.history.models import Career, Start
from db.models import Season


def career_in(seasons: Sequence[Season], key: str, since: int | None = None) -> Career:
    """The career of a driver over these seasons, all of which are over.

    Args:
        seasons: oldest first.
        key: the driver's.
        since: the first season on record; that of the seasons if left out.
    """
    run = [(season, race) for season in seasons for race in season.run]
    poles = [(season.year, race.outcome.pole) for season, race in run if race.outcome and race.outcome.pole]
    starts = [
        Start(race, row.entry.number, row.finish, row.start, row.laps, row.led)
        for season, race in run
        for row in season.results[race.round]
        if row.driver == key
    ]
    return Career(
        driver=key,
        starts=tuple(starts),
        poles=sum(pole == key for _, pole in poles) if poles else None,
        poles_known=sum(bool(each.race.outcome and each.race.outcome.pole) for each in starts),
        poles_since=min((year for year, _ in poles), default=None),
        championships=tuple(season.year for season in seasons if season.champion == key),
        since=since or seasons[0].year,
    )
