"""What to call the drivers whose name another driver bears, as far as is known in a season."""

from __future__ import annotations

from collections.abc import Iterable

from bot.finder.words import name_words
from db.models import Driver, Season
from db.namesakes import namesakes, tell_apart


class Namesakes:
    """The drivers of one name, told apart by the years in which they raced: "Johnny Sauter (2003–2024)"."""

    def __init__(self, drivers: Iterable[Driver], seasons: Iterable[Season]) -> None:
        self._drivers = namesakes(drivers)
        keys = {driver.key for driver in self._drivers}
        self._raced = {season.year: keys & _started(season) for season in seasons} if keys else {}

    def labels(self, season: Season) -> dict[str, str]:
        """By key, what to call each of them in a season as it is known; empty where no name is borne twice."""
        if not self._drivers:
            return {}
        raced = {year: keys for year, keys in self._raced.items() if year < season.year} | {
            season.year: _started(season)
        }
        years = {driver.key: [year for year, keys in raced.items() if driver.key in keys] for driver in self._drivers}
        return tell_apart(self._drivers, {key: (min(found), max(found)) for key, found in years.items() if found})

    def labeled(self, text: str, season: Season) -> str | None:
        """The key of the one whose label was typed; None for any other text."""
        typed = name_words(text)
        return next((key for key, label in self.labels(season).items() if name_words(label) == typed), None)


def _started(season: Season) -> set[str]:
    return {driver for driver, starts in season.starts.items() if starts}
