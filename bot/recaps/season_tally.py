"""What a past season adds up to for a recap: who won where, and how everybody finished. Counted once a season."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from bot.championship.audit import race_faults
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
        found = _finishes(season)
        counted = [race for race in season.run if race.round in found and not any(race_faults(found[race.round]))]
        finishes: dict[str, list[int]] = {}
        winners: list[tuple[str, str | None]] = []
        for race in counted:
            rows = found[race.round]
            winners.append((race.track.key, next((driver for driver, finish in rows if finish == 1), None)))
            for driver, finish in rows:
                finishes.setdefault(driver, []).append(finish)
        held = {race.round for race in counted}
        return cls(
            year=season.year,
            whole=all(race.round in held or race.status is RaceStatus.CANCELLED for race in season.races),
            winners=tuple(winners),
            wins=Counter(winner for _, winner in winners if winner is not None),
            finishes={driver: tuple(places) for driver, places in finishes.items()},
        )


def _finishes(season: Season) -> Mapping[int, Sequence[tuple[str, int]]]:
    """By round, who finished where; of a past season without reading all that is held of it."""
    if season.later is not None and not season.later.are_read:
        return season.later.finishes()
    return {number: [(row.driver, row.finish) for row in rows] for number, rows in season.results.items()}


# Every recap looks back at the same seasons. A season cannot change, and its tally goes when it goes.
_TALLIES: WeakKeyDictionary[Season, SeasonTally] = WeakKeyDictionary()


def tally_of(season: Season) -> SeasonTally:
    """The tally of a season that is over."""
    found = _TALLIES.get(season)
    if found is None:
        found = _TALLIES[season] = SeasonTally.of(season)
    return found
