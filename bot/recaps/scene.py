"""A race as its recap sees it: who finished where, what the championship was and is, and how people are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TypeVar

from bot.championship import standings as views
from bot.championship.formats import format_of
from bot.championship.needs import Need, Verdict, needs
from bot.championship.postseason import Picture, Stretch
from bot.championship.table import Standing, points_table, stage_winners
from bot.recaps.facts import Facts
from bot.recaps.phrases import capital, plain, possessive, surname
from db.models import Outcome, RaceStatus, Result, Season

_T = TypeVar("_T")
_MARK = re.compile("\x02([^\x03]*)\x03('s)?")
"""Stands for a driver until it is known whether he was named before; stored text never has such characters here."""

BUBBLE = 5
"""With so few races of the regular season left the cut line is what matters."""


def who(key: str) -> str:
    """A driver in a sentence that ``Scene.told`` will finish: whole name first, surname after; ``'s`` may follow."""
    return f"\x02{key}\x03"


def whole(season: Season, through: int | None = None) -> bool:
    """Whether every race up to a round has results, those called off left aside."""
    due = (race for race in season.races if through is None or race.round <= through)
    return all(season.results.get(race.round) or race.status is RaceStatus.CANCELLED for race in due)


class Scene:
    """Everything the sections share, each part reckoned once, when it is first asked for."""

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
        """Whether the race's results cannot be so, and nothing may be told from them."""
        return any(fault.round == self.race.round and fault.stage is None for fault in self._now.left_out)

    @cached_property
    def position(self) -> int:
        """How many races with results the store holds before this one: neighbours differ by one, across seasons too."""
        earlier = sum(len(season.run) for season in self.facts.seasons if season.year < self.season.year)
        return earlier + sum(race.round < self.race.round for race in self.season.run)

    def pick(self, *variants: _T) -> _T:
        """One of two or more ways to say something, by turns, so that no two neighbouring races say it alike."""
        return variants[self.position % len(variants)]

    @cached_property
    def _now(self) -> views.View:
        return views.drivers(self.facts.season)

    @property
    def sound(self) -> Season:
        """The season after the race without what cannot be so."""
        return self._now.season

    @cached_property
    def whole(self) -> bool:
        """Whether every race of the season so far is on record; else nothing can be said of the season as it stands."""
        return whole(self.sound, self.race.round)

    @cached_property
    def after(self) -> Picture:
        return self._now.picture

    @cached_property
    def before(self) -> Picture:
        return views.drivers(self.facts.before).picture

    @cached_property
    def table(self) -> tuple[Standing, ...]:
        """Full-season points after the race."""
        return points_table(self._now.season)

    @cached_property
    def table_before(self) -> tuple[Standing, ...]:
        return points_table(self.facts.before)

    @cached_property
    def postseason(self) -> bool:
        """Whether the season has one."""
        return bool(self.rules.rounds) and len(self.season.races) > self.rules.postseason

    @property
    def chase(self) -> bool:
        """Whether the postseason is one round that most points win."""
        return len(self.rules.rounds) == 1

    @property
    def called(self) -> str:
        """What the postseason is called: ``playoffs`` or ``Chase``."""
        return self.rules.name.removeprefix("The ")

    @cached_property
    def stretch(self) -> int:
        """Which stretch of the season the race is in: 0 the regular season, then the rounds."""
        found = (i for i, each in enumerate(self.after.stretches) if each.first <= self.race.round <= each.last)
        return next(found, 0)

    @property
    def here(self) -> Stretch:
        """The stretch that the race is in, as it stands after it."""
        return self.after.stretches[self.stretch]

    @property
    def here_before(self) -> Stretch | None:
        """The same as it stood before; None where it had not begun."""
        return self.before.stretches[self.stretch] if self.stretch < len(self.before.stretches) else None

    @property
    def goal(self) -> str:
        """What comes after the stretch of the race: ``the playoffs``, ``the Round of 8``, ``the Championship 4``."""
        if self.stretch == 0:
            return f"the {self.called}"
        return f"the {self.rules.rounds[self.stretch].name}"

    @cached_property
    def _needs(self) -> tuple[Need, ...]:
        return needs(self.after)

    @cached_property
    def open(self) -> tuple[str, ...]:
        """Who can still get what the stretch under way decides."""
        return tuple(need.who for need in self._needs if need.verdict is not Verdict.OUT)

    @cached_property
    def sure(self) -> frozenset[str]:
        """Who is in whatever happens, with races of the stretch left."""
        return frozenset(need.who for need in self._needs if need.verdict is Verdict.CERTAIN)

    @cached_property
    def sure_before(self) -> frozenset[str]:
        """Who was in whatever would happen before the race was run, in the stretch that it is in."""
        if self.here_before is not self.before.now:
            return frozenset()
        return frozenset(need.who for need in needs(self.before) if need.verdict is Verdict.CERTAIN)

    @cached_property
    def stage_winners(self) -> tuple[str | None, ...]:
        return stage_winners(self.race, self.rows)

    @cached_property
    def laps(self) -> int | None:
        """How many laps were run."""
        return self.outcome.laps or max((row.laps for row in self.rows), default=None)

    @cached_property
    def fastest(self) -> str | None:
        """Who had the fastest lap."""
        if self.outcome.fastest_lap is not None:
            return self.outcome.fastest_lap.driver
        return next((row.driver for row in self.rows if row.fastest_lap), None)

    def row(self, key: str) -> Result | None:
        return next((row for row in self.rows if row.driver == key), None)

    # How people are called.

    def name(self, key: str) -> str:
        """The whole name; the key of somebody the store does not know."""
        driver = self.season.drivers.get(key)
        return plain(driver.name) if driver else key

    def short(self, key: str) -> str:
        """The surname; the whole name of those who share theirs with somebody in this season."""
        name = self.name(key)
        last = surname(name)
        return name if self._surnames[last.casefold()] > 1 else last

    @cached_property
    def _surnames(self) -> Counter[str]:
        keys = {row.driver for rows in self.season.results.values() for row in rows}
        keys |= {entry.driver for entries in self.season.absent.values() for entry in entries}
        return Counter(surname(self.name(key)).casefold() for key in keys)

    def told(self, paragraphs: Iterable[Sequence[str]]) -> tuple[str, ...]:
        """Paragraphs from sentences: whole names at first, then surnames, but for those who share one in this text.

        Empty sentences and paragraphs are left out.
        """
        paragraphs = [[each for each in sentences if each] for sentences in paragraphs]
        here = {key for sentences in paragraphs for each in sentences for key, _ in _MARK.findall(each)}
        alike = Counter(surname(self.name(key)).casefold() for key in here)
        named: set[str] = set()

        def name(found: re.Match[str]) -> str:
            key = found.group(1)
            said = self.name(key)
            if key in named and alike[surname(said).casefold()] == 1:
                said = surname(said)
            named.add(key)
            return possessive(said) if found.group(2) else said

        # Capitals come last: a sentence may begin with a name such as van Gisbergen.
        finished = [[capital(_MARK.sub(name, each)) for each in sentences] for sentences in paragraphs]
        return tuple(" ".join(sentences) for sentences in finished if sentences)
