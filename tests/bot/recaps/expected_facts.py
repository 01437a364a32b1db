"""What the store says of a race, counted straight from its rows: the other side of what a recap says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from bot.championship.phase import Phase
from bot.championship.postseason import Standings
from bot.championship.standings import driver_standings
from bot.recaps import Facts
from db.models import Result, Season


@lru_cache(200)  # a season before and after each race, whose every number is held against it
def _standings(season: Season) -> Standings:
    return driver_standings(season).standings


class Ledger:
    """Counts of a race and of everything held before it, with no help from what makes the recap."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.race = facts.race
        assert facts.race.outcome is not None
        self.outcome = facts.race.outcome
        self.season = facts.season
        self.rows = {row.driver: row for row in facts.season.results[facts.race.round]}
        self.by_place = {row.finish: row for row in self.rows.values()}
        self.winner = self.by_place[1]
        self.laps = max(row.laps for row in self.rows.values())

    def starts(self, key: str, *, this_season: bool = False) -> list[Result]:
        """A driver's starts up to the race, oldest first."""
        seasons = [self.season] if this_season else self.facts.seasons
        return [
            row for season in seasons for number in sorted(season.results) for row in season.results[number]
            if row.driver == key
        ]  # fmt: skip

    def wins(self, key: str, *, this_season: bool = False) -> int:
        return sum(row.finish == 1 for row in self.starts(key, this_season=this_season))

    def in_a_row(self, key: str) -> int:
        """Races of all held won one after the other up to this one."""
        return self._unbroken(
            row.driver == key
            for season in reversed(self.facts.seasons)
            for number in sorted(season.results, reverse=True)
            for row in season.results[number]
            if row.finish == 1
        )

    def top_fives_in_a_row(self, key: str, *, this_season: bool = False) -> int:
        return self._unbroken(row.finish <= 5 for row in reversed(self.starts(key, this_season=this_season)))

    def since_last_win(self, key: str) -> int:
        earlier = [row.finish == 1 for row in self.starts(key)[:-1]]
        return self._unbroken(not won for won in reversed(earlier)) + 1

    @staticmethod
    def _unbroken(hits: Iterator[bool]) -> int:
        count = 0
        for hit in hits:
            if not hit:
                return count
            count += 1
        return count

    def most_wins_elsewhere(self, key: str) -> int:
        """The most anybody else has won this season, or anybody in one before."""
        most = 0
        for season in self.facts.seasons:
            wins = Counter(row.driver for rows in season.results.values() for row in rows if row.finish == 1)
            most = max([most, *(count for who, count in wins.items() if season is not self.season or who != key)])
        return most

    def most_wins_by_others(self, key: str) -> int:
        wins = Counter(row.driver for rows in self.season.results.values() for row in rows if row.finish == 1)
        return max((count for who, count in wins.items() if who != key), default=0)

    def points(self, season: Season | None = None) -> Counter[str]:
        """Full-season points of everybody who scores here."""
        totals: Counter[str] = Counter()
        for rows in (season or self.season).results.values():
            for row in rows:
                if row.entry.eligible:
                    totals[row.driver] += row.points
        return totals

    def place_in_points(self, key: str) -> set[int]:
        """The places the driver may have in the points: one, or any of those that are level."""
        totals = self.points()
        ahead = sum(points > totals[key] for points in totals.values())
        level = sum(points == totals[key] for points in totals.values())
        return set(range(ahead + 1, ahead + level + 1))

    @property
    def standings(self) -> Standings:
        return _standings(self.season)

    @property
    def before(self) -> Standings:
        return _standings(self.facts.before)

    @property
    def phase(self) -> Phase:
        """The stretch of the season the race is in, after it."""
        return next(each for each in self.standings.phases if each.first <= self.race.round <= each.last)

    @property
    def stretch_before(self) -> Phase | None:
        return next((each for each in self.before.phases if each.name == self.phase.name), None)

    @property
    def line_before(self) -> bool:
        """Whether there was a cut line before the race: a round has one from its start, the regular season later."""
        before = self.stretch_before
        return before is not None and (before.run > 0 or before.first > 1)

    @property
    def left(self) -> int:
        """Races of the stretch after this one that are not called off."""
        return sum(
            self.race.round < race.round <= self.phase.last and race.status != "cancelled" for race in self.season.races
        )

    def gap_at_the_cut(self) -> int:
        totals = self.phase.totals
        last, out = self.phase.entered[self.phase.spots - 1 : self.phase.spots + 1]
        return totals[last] - totals[out]

    def led(self, key: str) -> int:
        return self.rows[key].led

    @property
    def leaders(self) -> int:
        return sum(row.led > 0 for row in self.rows.values())

    @property
    def rookies(self) -> list[Result]:
        return [
            row for row in sorted(self.rows.values(), key=lambda row: row.finish)
            if row.entry.rookie or row.driver in self.season.rookies
            or row.driver == self.outcome.rookie_of_the_race
        ]  # fmt: skip
