"""What the sections of a race's recap share: the finishing order, the standings before and after, and names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TypeVar

from bot.championship.clinching import Need, Verdict, needs
from bot.championship.computed_season import ComputedSeason
from bot.championship.distance import laps_run
from bot.championship.formats import format_of
from bot.championship.phase import Phase
from bot.championship.postseason import Standings
from bot.championship.table import PointsStanding, stage_winners
from bot.recaps.facts import Facts
from bot.recaps.phrases import capital, plain, possessive, surname
from db.models import Outcome, Race, RaceStatus, Result, Season

_T = TypeVar("_T")
_DRIVER = re.compile("\x02([^\x03]*)\x03('s)?")
"""Marks a driver in a sentence until it is known whether the text named the driver before.

Stored text never holds these control characters here, since ``plain`` removes them.
"""

BUBBLE = 5
"""With this many races of the regular season left, or fewer, the cut line is what matters."""


def who(key: str) -> str:
    """A mark for a driver that ``RecapContext.finished`` replaces with a name; ``'s`` may follow."""
    return f"\x02{key}\x03"


def whole(season: Season, through: Race | None = None) -> bool:
    """Whether every race up to one, in the order in which they are run, has results, apart from those called off."""
    due = (race for race in season.races if through is None or race.day_run <= through.day_run)
    return all(season.has_results(race.round) or race.status is RaceStatus.CANCELLED for race in due)


def _in_reach(standings: Standings) -> tuple[str, ...]:
    phase = standings.current
    most = phase.left * standings.rules.most_a_race
    lead = phase.totals[phase.entered[0]] if phase.entered else 0
    return tuple(key for key in phase.entered if phase.totals[key] + most >= lead)


class RecapContext:
    """Everything that the sections share; each part is computed once, when it is first asked for."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.race = facts.race
        self.season = facts.season
        self.outcome = facts.race.outcome or Outcome()
        rows = facts.season.results.get(facts.race.round, ())
        self.rows: tuple[Result, ...] = () if self._doubtful() else tuple(sorted(rows, key=lambda row: row.finish))
        self.winner = self.rows[0] if self.rows else None
        self.rules = format_of(facts.season.year)

    def _doubtful(self) -> bool:
        """Whether the race's results contradict themselves, so that nothing may be concluded from them."""
        return any(fault.round == self.race.round and fault.stage is None for fault in self._now.standings.left_out)

    @cached_property
    def position(self) -> int:
        """How many races with results come before this one, seasons before included: neighbors differ by one."""
        earlier = sum(len(season.run) for season in self.facts.seasons if season.year < self.season.year)
        return earlier + sum(race.day_run < self.race.day_run for race in self.season.run)

    def pick(self, *variants: _T) -> _T:
        """One of several ways to say something, chosen by the race's position, so that neighboring races differ."""
        return variants[self.position % len(variants)]

    @cached_property
    def _now(self) -> ComputedSeason:
        return ComputedSeason(self.facts.season)

    @cached_property
    def _then(self) -> ComputedSeason:
        return ComputedSeason(self.facts.before)

    @property
    def counted_season(self) -> Season:
        """The season after the race, without results that contradict themselves."""
        return self._now.standings.season

    @cached_property
    def whole(self) -> bool:
        """Whether every race of the season so far is on record; else nothing is said about the standings."""
        return whole(self.counted_season, self.race)

    @cached_property
    def after(self) -> Standings:
        return self._now.standings.standings

    @cached_property
    def before(self) -> Standings:
        return self._then.standings.standings

    @cached_property
    def table(self) -> tuple[PointsStanding, ...]:
        """Full-season points after the race."""
        return self._now.counted_points_table

    @cached_property
    def table_before(self) -> tuple[PointsStanding, ...]:
        return self._then.points_table

    @cached_property
    def postseason(self) -> bool:
        """Whether the season has a postseason."""
        return bool(self.rules.rounds) and len(self.season.races) > self.rules.postseason

    @property
    def chase(self) -> bool:
        """Whether the postseason is a single round, won by most points."""
        return len(self.rules.rounds) == 1

    @property
    def on_points(self) -> bool:
        """Whether the title goes to most points: those of the whole season, or of the Chase."""
        return self.chase or not self.rules.rounds

    @cached_property
    def in_reach(self) -> tuple[str, ...]:
        """Who can still win a title that all races of the season decide, best first; a tie may go to either driver."""
        return _in_reach(self.after)

    @cached_property
    def settled_before(self) -> bool:
        """Whether a title that all races of the season decide was settled before this one."""
        return not self.rules.rounds and len(_in_reach(self.before)) == 1

    @property
    def called(self) -> str:
        """What the postseason is called: ``playoffs`` or ``Chase``."""
        return self.rules.name.removeprefix("The ")

    @cached_property
    def phase_index(self) -> int:
        """Which phase of the season the race is in: 0 is the regular season, then come the rounds."""
        found = (i for i, each in enumerate(self.after.phases) if each.first <= self.race.round <= each.last)
        return next(found, 0)

    @property
    def here(self) -> Phase:
        """The phase that the race is in, as it stood after the race."""
        return self.after.phases[self.phase_index]

    @property
    def here_before(self) -> Phase | None:
        """The same phase as it stood before the race; None where it had not begun."""
        return self.before.phases[self.phase_index] if self.phase_index < len(self.before.phases) else None

    @property
    def goal(self) -> str:
        """What comes after the race's phase: ``the playoffs``, ``the Round of 8``, ``the Championship 4``."""
        if self.phase_index == 0:
            return f"the {self.called}"
        return f"the {self.rules.rounds[self.phase_index].name}"

    @cached_property
    def _needs(self) -> tuple[Need, ...]:
        return needs(self.after)

    @cached_property
    def open(self) -> tuple[str, ...]:
        """The drivers who can still get what the phase under way decides."""
        return tuple(need.who for need in self._needs if need.verdict is not Verdict.OUT)

    @cached_property
    def sure(self) -> frozenset[str]:
        """The drivers who are in whatever happens, with races of the phase left."""
        return frozenset(need.who for need in self._needs if need.verdict is Verdict.CERTAIN)

    @cached_property
    def sure_before(self) -> frozenset[str]:
        """The drivers who were in whatever happened before the race was run, in the race's own phase."""
        if self.here_before is not self.before.current:
            return frozenset()
        return frozenset(need.who for need in needs(self.before) if need.verdict is Verdict.CERTAIN)

    @cached_property
    def stage_winners(self) -> tuple[str | None, ...]:
        return stage_winners(self.race, self.rows)

    @cached_property
    def laps(self) -> int | None:
        """The number of laps run."""
        return laps_run(self.race, self.rows)

    @cached_property
    def fastest(self) -> str | None:
        """The key of the driver with the fastest lap."""
        if self.outcome.fastest_lap is not None:
            return self.outcome.fastest_lap.driver
        return next((row.driver for row in self.rows if row.fastest_lap), None)

    def row(self, key: str) -> Result | None:
        return next((row for row in self.rows if row.driver == key), None)

    # Names.

    def name(self, key: str) -> str:
        """The full name; the key where the store does not know the driver."""
        return plain(self.season.name_of(key))

    def short(self, key: str) -> str:
        """The surname, or the full name where two drivers of the season share a surname."""
        name = self.name(key)
        last = surname(name)
        return name if self._surnames[last.casefold()] > 1 else last

    @cached_property
    def _surnames(self) -> Counter[str]:
        keys = {row.driver for rows in self.season.results.values() for row in rows}
        keys |= {entry.driver for entries in self.season.absent.values() for entry in entries}
        return Counter(surname(self.name(key)).casefold() for key in keys)

    def finished(self, paragraphs: Iterable[Sequence[str]]) -> tuple[str, ...]:
        """Paragraphs from sentences, with driver marks replaced by names.

        The first mention is the full name, later ones the surname, unless two drivers of this text share it. Empty
        sentences and paragraphs are left out.
        """
        paragraphs = [[each for each in sentences if each] for sentences in paragraphs]
        here = {key for sentences in paragraphs for each in sentences for key, _ in _DRIVER.findall(each)}
        alike = Counter(surname(self.name(key)).casefold() for key in here)
        named: set[str] = set()

        def name(found: re.Match[str]) -> str:
            key = found.group(1)
            said = self.name(key)
            if key in named and alike[surname(said).casefold()] == 1:
                said = surname(said)
            named.add(key)
            return possessive(said) if found.group(2) else said

        # Capital letters come last, since a sentence may begin with a name such as van Gisbergen.
        # A sentence that ends with a Jr. has its period already.
        finished = [
            [capital(_DRIVER.sub(name, each).replace("..", ".")) for each in sentences] for sentences in paragraphs
        ]
        return tuple(" ".join(sentences) for sentences in finished if sentences)
