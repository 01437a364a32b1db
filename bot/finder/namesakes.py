"""What to call the drivers whose name another driver bears, as far as is known in a season."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from bot.finder.words import name_words
from db.models import Driver, Season
from db.namesakes import namesakes, tell_apart


class Namesakes:
    """The drivers of one name, told apart by the years in which they raced: "Johnny Sauter (2003–2024)".

    Whoever has the name of a junior without the "Jr." is told apart so as well, since people leave that out: "Bobby
    Hamilton (1995–2005)" and "Bobby Hamilton Jr.".
    """

    def __init__(self, drivers: Iterable[Driver], seasons: Iterable[Season]) -> None:
        held = list(drivers)
        self._drivers = namesakes(held)
        families = _families(held)
        self._elders = [driver for family in families for driver in family if not _is_junior(driver.name)]
        self._juniors = {
            _in_full(name): driver.key for driver in held for name in (driver.name, *driver.aliases) if _is_junior(name)
        }
        keys = {driver.key for driver in (*self._drivers, *self._elders)}
        self._raced = {season.year: keys & _started(season) for season in seasons} if keys else {}
        self._last: tuple[Season, dict[str, str]] | None = None

    def labels(self, season: Season) -> dict[str, str]:
        """By key, what to call each of them in a season as it is known; empty where no name is borne twice."""
        if not self._raced:
            return {}
        if self._last is None or self._last[0] is not season:
            self._last = season, self._labels(season)
        return self._last[1]

    def _labels(self, season: Season) -> dict[str, str]:
        raced = {year: keys for year, keys in self._raced.items() if year < season.year} | {
            season.year: _started(season)
        }
        told = (*self._drivers, *self._elders)
        years = {driver.key: [year for year, keys in raced.items() if driver.key in keys] for driver in told}
        spans = {key: (min(found), max(found)) for key, found in years.items() if found}
        return _elders_told(self._elders, spans) | tell_apart(self._drivers, spans)

    def labeled(self, text: str, season: Season) -> str | None:
        """The key of the one whose label was typed, or whose name was with its "Jr."; None for any other text."""
        typed = name_words(text)
        called = next((key for key, label in self.labels(season).items() if name_words(label) == typed), None)
        return called or self._juniors.get(_in_full(text))


def _families(drivers: Iterable[Driver]) -> list[list[Driver]]:
    """Drivers whose names differ in a "Jr." alone."""
    groups: dict[tuple[str, ...], list[Driver]] = defaultdict(list)
    for driver in drivers:
        groups[name_words(driver.name)].append(driver)
    return [group for group in groups.values() if len({_in_full(driver.name) for driver in group}) > 1]


def _in_full(text: str) -> tuple[str, ...]:
    """The words of a name with its "Jr.", which ``name_words`` leaves out where it is the last one."""
    return name_words(f"{text} -end-")


def _is_junior(name: str) -> bool:
    return len(name_words(name)) < len(name.split())


def _elders_told(elders: Iterable[Driver], spans: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    told = {}
    for driver in elders:
        if driver.key in spans:
            first, last = spans[driver.key]
            told[driver.key] = f"{driver.name} ({first})" if first == last else f"{driver.name} ({first}–{last})"
    return told


def _started(season: Season) -> set[str]:
    return {driver for driver, starts in season.starts.items() if starts}
