"""What is odd about the races of a season: nothing that cannot be, and yet more likely a slip than a fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.models import EASTERN, Race, RaceStatus, Result, Season
from db.results_state import HeldResults, ResultsState, lacking, usual_field

EARLY_COVERAGE = timedelta(hours=3)
"""Coverage that starts longer than this before the race is most likely another day's or another time zone's."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd about the race of a round: what it is and what to do, in one line."""

    round: int
    what: str


def oddities(season: Season, rounds: Collection[int] | None = None) -> tuple[Oddity, ...]:
    """What is odd about a season's races, in order of round.

    Args:
        season: whole, as stored.
        rounds: only those of these races; of all where it is None.
    """
    held = {race.round: _held(season, race) for race in season.races}
    found = []
    for race in season.races:
        if rounds is None or race.round in rounds:
            usual = usual_field(held, race.round)
            found += [Oddity(race.round, what) for what in _state(season, race, held[race.round], usual)]
            found += [Oddity(race.round, what) for what in (*_coverage(race), *_times(race))]
            found += [Oddity(race.round, what) for what in _rows(race, _results(season, race))]
    return tuple(found)


def _results(season: Season, race: Race) -> tuple[Result, ...]:
    return season.results.get(race.round) or season.partial.get(race.round, ())


def _held(season: Season, race: Race) -> HeldResults:
    rows = [(row.entry.number, row.driver, row.finish, row.entry.note) for row in _results(season, race)]
    absent = [(entry.number, entry.driver, None, entry.note) for entry in season.absent.get(race.round, ())]
    return HeldResults.of(race.results_stated, [*rows, *absent])


def _state(season: Season, race: Race, held: HeldResults, usual: float | None) -> Iterator[str]:
    """What is to be said of how whole the results are, and how final."""
    lacks, stated = lacking(held, usual), race.results_stated
    trucks = f"{len(held.places)} truck{'' if len(held.places) == 1 else 's'}"
    if not held.places:
        if stated is not None:
            yield f"its results are called {stated.value} and none are held; import them"
    elif stated is ResultsState.PARTIAL:
        yield f"partial results: {trucks}, as the document says; when they are whole, set results_state to official"
    elif season.results_state(race.round) is ResultsState.PARTIAL:
        yield (
            f"partial results: {trucks} ({lacks}); import the rest, give each truck that did not race a note, "
            "or set results_state to official if that is all"
        )
    elif lacks is not None and stated is not None:
        yield f"its results are called {stated.value} ({lacks}); import what is missing if there is more"
    if held.places and race.status is RaceStatus.CANCELLED:
        yield "it is canceled and has results; set its status to scheduled if it was run"


def _coverage(race: Race) -> Iterator[str]:
    start = race.green_flag or race.start
    for broadcast in race.broadcasts:
        if start is not None and broadcast.coverage is not None and start - broadcast.coverage > EARLY_COVERAGE:
            yield (
                f"coverage on {broadcast.network} starts {_clock(broadcast.coverage)}, long before the race at "
                f"{_clock(start)}; correct the broadcast's coverage if it is a slip"
            )


def _times(race: Race) -> Iterator[str]:
    if race.start is not None and race.results_at is not None and race.results_at < race.start:
        years = race.results_at.year != race.start.year
        yield (
            f"its results are of {_clock(race.results_at, year=years)}, before its listed start "
            f"{_clock(race.start, year=years)}; "
            'take them back with "results_state": "none" if it is not run yet'
        )


def _rows(race: Race, rows: tuple[Result, ...]) -> Iterator[str]:
    """What single results contradict of each other or of the race, where nothing is left out because of it."""
    laps = race.outcome.laps if race.outcome else None
    most = max(rows, key=lambda row: row.laps, default=None)
    if laps and most is not None and most.laps > laps:
        yield f"truck {most.entry.number} completed {most.laps} of {laps} laps; correct one of the two"
    winner = next((row for row in rows if row.finish == 1), None)
    if most is not None and winner is not None and most.laps > winner.laps > 0:
        yield (
            f"truck {most.entry.number} completed {most.laps} laps and the winner {winner.laps}; correct one of the two"
        )
    led = sum(row.led for row in rows)
    run = laps or (most.laps if most is not None else 0)
    if run and led > run:
        yield f"{led} laps were led of the {run} that were run; correct the laps led"
    starts = Counter(row.start for row in rows if row.start is not None)
    shared = sorted(place for place, many in starts.items() if many > 1)
    if shared:
        yield f"{starts[shared[0]]} trucks started from place {shared[0]}; correct the places at the start"


def _clock(moment: datetime, *, year: bool = False) -> str:
    """``Jun 12, 4:30 p.m. Eastern``, or with its ``year``."""
    local = moment.astimezone(EASTERN)
    half = "a.m." if local.hour < 12 else "p.m."
    day = f"{local:%b} {local.day}, {local.year}" if year else f"{local:%b} {local.day}"
    return f"{day}, {local.hour % 12 or 12}:{local:%M} {half} Eastern"
