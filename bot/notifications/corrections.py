"""What a race's results were when they were posted, and what was corrected since, such as after a disqualification."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.render.formatting import count, escape, ordinal
from db.models import Race, Season

MOST_NAMES = 3
"""Drivers named with their corrected places; of more only their number is told."""
MOST_PARTS = 4
"""Corrections in the line; more of them are only said to be there."""

Facts = Mapping[str, Any]
"""What a correction is told from, as JSON can hold it: ``rows`` in finishing order, each of (driver's key, name,
finish, points, whether disqualified), and ``penalties``, each of (driver's key, points, playoff points)."""


def results_facts(season: Season, race: Race) -> Facts:
    """The facts of a race's results as they are."""
    rows = [
        [each.driver, _name(season, each.driver), each.finish, each.points, each.disqualified]
        for each in season.results.get(race.round, ())
    ]
    penalties = [
        [each.driver, each.points, each.playoff_points] for each in season.adjustments if each.round == race.round
    ]
    return {"rows": rows, "penalties": penalties}


def results_version(season: Season, race: Race) -> int:
    """A number, never 0, that changes with every fact of the results, and with nothing else."""
    rows = [(each.entry.number, each.entry.make, each) for each in season.results.get(race.round, ())]
    shown = [
        (number, make, each.start, each.laps, each.led, each.status, each.stages, each.fastest_lap)
        for number, make, each in rows
    ]
    text = repr((results_facts(season, race), shown, race.outcome))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest()) + 1


def corrected(before: Facts, now: Facts) -> str:
    """What was corrected between two states of results, in a line; empty if nothing that a fan would look for.

    Such as ``Corrected: Ty Majeski disqualified; Corey Heim wins.``
    """
    parts = [*_disqualifications(before, now), *_winner(before, now), *_penalties(before, now)]
    if not parts:
        parts = list(_places(before, now))
    if len(parts) > MOST_PARTS:
        parts = [*parts[:MOST_PARTS], "and more"]
    return f"**Corrected:** {'; '.join(parts)}." if parts else ""


def _disqualifications(before: Facts, now: Facts) -> Iterator[str]:
    were, names = _disqualified(before), _names(before, now)
    are = _disqualified(now)
    yield from (f"{names[driver]} disqualified" for driver in are if driver not in were)
    yield from (f"{names[driver]} no longer disqualified" for driver in were if driver not in are)


def _disqualified(facts: Facts) -> list[str]:
    return [driver for driver, _, _, _, disqualified in facts["rows"] if disqualified]


def _winner(before: Facts, now: Facts) -> Iterator[str]:
    if before["rows"] and now["rows"] and before["rows"][0][0] != now["rows"][0][0]:
        yield f"{_names(now)[now['rows'][0][0]]} wins"


def _penalties(before: Facts, now: Facts) -> Iterator[str]:
    names = _names(before, now)
    for what, place in (("point", 1), ("playoff point", 2)):
        old, new = _sums(before, place), _sums(now, place)
        for driver in dict.fromkeys([*new, *old]):
            change = new.get(driver, 0) - old.get(driver, 0)
            if change:
                yield f"{names.get(driver, driver)} {'−' if change < 0 else '+'}{count(abs(change), what)}"


def _sums(facts: Facts, place: int) -> dict[str, int]:
    sums: dict[str, int] = {}
    for penalty in facts["penalties"]:
        sums[penalty[0]] = sums.get(penalty[0], 0) + penalty[place]
    return sums


def _places(before: Facts, now: Facts) -> Iterator[str]:
    """Who finished elsewhere than was posted or, if nobody did, that points were."""
    old = {driver: (finish, points) for driver, _, finish, points, _ in before["rows"]}
    moved = [(name, finish) for driver, name, finish, _, _ in now["rows"] if old.get(driver, (None,))[0] != finish]
    if len(moved) > MOST_NAMES:
        yield f"the places of {count(len(moved), 'driver')}"
    elif moved:
        yield ", ".join(f"{escape(name)} {ordinal(finish)}" for name, finish in moved)
    elif any(old[driver][1] != points for driver, _, _, points, _ in now["rows"]):
        yield "points"


def _names(*all_facts: Facts) -> dict[str, str]:
    """Drivers' names by key; the later facts count."""
    return {driver: escape(name) for facts in all_facts for driver, name, *_ in facts["rows"]}


def _name(season: Season, key: str) -> str:
    driver = season.drivers.get(key)
    return driver.name if driver else key


def first_known(versions: Sequence[int], held: Mapping[int, Facts]) -> Facts | None:
    """The facts of the first of some versions of which they are stored: those that readers saw first."""
    return next((held[version] for version in versions if version in held), None)
