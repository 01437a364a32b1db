"""What is odd about the stored seasons, and what cannot be so: said alike by `check` and by `import`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.championship.audit import faults, mismatches
from bot.championship.formats import Format, format_of
from bot.championship.standings import contradictions
from bot.championship.sums import differing_sums
from db import race_times
from db.documents.plausibility import oddities
from db.models import Season


@dataclass(frozen=True, slots=True)
class Audit:
    """The findings about a season, each one line: ``odd`` may be so all the same, ``wrong`` cannot."""

    odd: tuple[str, ...]
    wrong: tuple[str, ...]


def audit(season: Season, rounds: Collection[int] | None = None) -> Audit:
    """Looks at a season as it is stored.

    Args:
        season: whole.
        rounds: only these races, and what concerns the season as a whole; all of them where it is None.
    """

    def asked(number: int) -> bool:
        return rounds is None or number in rounds

    year = season.year
    odd = [f"{year} race {each.round}: {each.what}" for each in oddities(season, rounds)]
    odd += [f"{year} race {each.round}: {each.what}" for each in differing_sums(season) if asked(each.round)]
    paying = _what_pays(format_of(year))
    odd += [
        f"{year} race {each.round}: {season.name_of(each.driver)} has {each.stored} points, {paying} {each.computed}"
        for each in mismatches(season)
        if asked(each.round)
    ]
    wrong = [f"{year} race {fault.round}: {fault.what}" for fault in faults(season) if asked(fault.round)]
    wrong += [f"{year}: {what}" for what in contradictions(season)]
    wrong += [
        f"{year} race {race.round}: {field.replace('_', ' ')} {problem}"
        for race in season.races
        if asked(race.round)
        for field, problem in race_times.contradictions(race)
    ]
    return Audit(tuple(odd), tuple(wrong))


def _what_pays(rules: Format) -> str:
    """``finish and stages give``: what points came from in a season, as the beginning of a sentence's end."""
    more = [what for what, pays in (("stages", rules.stage), ("laps led", rules.lap_led)) if pays]
    return " and ".join(["finish", *more]) + (" give" if more else " gives")
