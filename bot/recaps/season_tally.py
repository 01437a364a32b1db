"""What a past season adds up to for a recap: who won where, and how everybody finished. Counted once a season."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from bot.championship.audit import faults, without_faults
from db.models import RaceStatus, Season


@dataclass(frozen=True, slots=True)
class SeasonTally:
    """A season, without results that contradict themselves; drivers are keys.

    Attributes:
        year: the season's.
        whole: whether every race, apart from those called off, has results.
        winners: of the races with results in the order in which they were run, each as the track's key and the winner.
        wins: by driver.
        finishes: each driver's finishing places in the order in which the races were run.
    """

    year: int
    whole: bool
    winners: tuple[tuple[str, str | None], ...]
    wins: Counter[str]
    finishes: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, season: Season) -> SeasonTally:
        counted = without_faults(season, faults(season))
        finishes: dict[str, list[int]] = {}
        winners: list[tuple[str, str | None]] = []
        for race in counted.run:
            rows = counted.results[race.round]
            winners.append((race.track.key, next((row.driver for row in rows if row.finish == 1), None)))
            for row in rows:
                finishes.setdefault(row.driver, []).append(row.finish)
        held = {race.round for race in counted.run}
        return cls(
            year=season.year,
            whole=all(race.round in held or race.status is RaceStatus.CANCELLED for race in counted.races),
            winners=tuple(winners),
            wins=Counter(winner for _, winner in winners if winner is not None),
            finishes={driver: tuple(places) for driver, places in finishes.items()},
        )


# Every recap looks back at the same seasons. A season cannot change, and its tally goes when it goes.
_TALLIES: WeakKeyDictionary[Season, SeasonTally] = WeakKeyDictionary()


def tally_of(season: Season) -> SeasonTally:
    """The tally of a season that is over."""
    found = _TALLIES.get(season)
    if found is None:
        found = _TALLIES[season] = SeasonTally.of(season)
    return found
