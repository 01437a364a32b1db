"""The championship as it runs: what the standings would be if a race ended as it stands; pure.

The running order becomes results, which pay what the season's format pays; the standings are then computed as after any
race. Fed the official finishing order, it gives the official standings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.championship.formats import Format, format_of
from bot.championship.phase import Phase
from bot.championship.standings import driver_standings
from db.live.models import LiveStage, LiveState, LiveTruck
from db.models import Entry, Outcome, Race, Result, Season, StageScore

RUNNING, OUT = "running", "out"


@dataclass(frozen=True, slots=True)
class StandingAsItRuns:
    """Where a driver would stand.

    Attributes:
        driver: the driver's key.
        place: in the phase, from 1.
        points: as the format counts them in the phase.
        inside: whether the driver would be in, if the phase ended now.
        to_cut: points above the first one out (0 or more), or below the last one in (0 or less); None with a win that
            holds a spot, and where winners hold them all.
        won: whether a win in this phase holds the spot.
    """

    driver: str
    place: int
    points: int
    inside: bool
    to_cut: int | None
    won: bool = False


@dataclass(frozen=True, slots=True)
class ChampionshipAsItRuns:
    """The phase of the season that a race belongs to, as if the race ended now.

    Attributes:
        season: the season with the running order as the race's result.
        phase: the regular season, or a round of the postseason.
        is_last: whether the race is the last of its phase, so that who is out would be out for good.
        rows: the drivers in the phase, best first.
        champion: who would be the champion; None before the last race.
        by_finish: whether the best finisher wins the title, whatever the points.
    """

    season: Season
    phase: Phase
    is_last: bool
    rows: tuple[StandingAsItRuns, ...]
    champion: str | None = None
    by_finish: bool = False

    @property
    def has_cut(self) -> bool:
        """Whether the phase has a line to be above or below."""
        rules = format_of(self.season.year)
        return bool(rules.rounds) and self.phase.spots > 1 and len(self.phase.entered) > self.phase.spots


def championship_as_it_runs(season: Season, race: Race, state: LiveState) -> ChampionshipAsItRuns:
    """Who would be in, who out and by how much, if a race ended as it stands.

    Args:
        season: the season as known now, without results of the race.
        race: one of its races.
        state: the race as it runs.
    """
    supposed = season_as_it_runs(season, race, state)
    counted = driver_standings(supposed)
    standings, number = counted.standings, race.round
    phase = next((each for each in standings.phases if each.first <= number <= each.last), standings.current)
    rounds = standings.rules.rounds
    return ChampionshipAsItRuns(
        counted.season,
        phase,
        phase.over,
        tuple(_rows(phase)),
        standings.champion,
        by_finish=bool(rounds) and rounds[-1].finish_only and phase is standings.phases[-1] and phase.spots == 1,
    )


def _rows(phase: Phase) -> Iterator[StandingAsItRuns]:
    for index, who in enumerate(phase.entered):
        won = who in phase.winners
        to_cut = None if won else _to_cut(phase, index, who)
        yield StandingAsItRuns(who, index + 1, phase.totals[who], index < phase.spots, to_cut, won)


def _to_cut(phase: Phase, index: int, who: str) -> int | None:
    if phase.spots == 1 or len(phase.entered) <= phase.spots:
        return None
    if index < phase.spots:
        return phase.totals[who] - phase.totals[phase.entered[phase.spots]]
    last_in = phase.entered[phase.spots - 1]
    # No number of points takes the spot of a winner.
    return None if last_in in phase.winners else phase.totals[who] - phase.totals[last_in]


def season_as_it_runs(season: Season, race: Race, state: LiveState) -> Season:
    """The season with the running order of a race as its result. Penalties that are on record for the race count.

    Who holds a place and is not known, or holds two, scores for nobody; the places behind stay what they are.
    """
    rules = format_of(season.year)
    most = max((truck.led for truck in state.trucks), default=0)
    fastest = _fastest(state) if rules.fastest_lap else None
    finalists = _finalists(season, race, rules)
    taken: set[str] = set()
    rows = []
    for truck in state.trucks:
        known = truck.driver is not None and truck.driver not in taken
        driver = truck.driver if truck.driver is not None and known else f"truck-{truck.number}"
        taken.add(driver)
        stages = tuple(_stage_score(state, number, truck, rules) for number in range(1, _stages(race, state) + 1))
        eligible = truck.eligible and known
        entry = Entry(race.round, driver, truck.number, truck.make, eligible=eligible)
        if driver in finalists:
            points = rules.finish_points(truck.position)
        else:
            points = _points(rules, truck, stages, most, led_fastest=truck.number == fastest)
        points += sum(a.points for a in season.adjustments if a.round == race.round and a.driver == driver)
        rows.append(
            Result(
                entry,
                truck.position,
                truck.start,
                truck.laps,
                truck.led,
                OUT if truck.out else RUNNING,
                points if eligible else 0,
                stages,
                fastest_lap=truck.number == fastest,
                disqualified=truck.disqualified,
            )
        )
    supposed = replace(race, outcome=_outcome(state, rows, race), results_at=state.at)
    return replace(
        season,
        races=tuple(supposed if each.round == race.round else each for each in season.races),
        results=MappingProxyType({**season.results, race.round: tuple(rows)}),
        partial=MappingProxyType({number: held for number, held in season.partial.items() if number != race.round}),
        later=None,
    )


def _finalists(season: Season, race: Race, rules: Format) -> frozenset[str]:
    """Those who race for the title in this race and score their finish alone."""
    if not rules.rounds or not rules.rounds[-1].finish_only or race.round != len(season.races):
        return frozenset()
    standings = driver_standings(season).standings
    return frozenset(standings.current.entered if len(standings.phases) == len(rules.rounds) + 1 else ())


def _stages(race: Race, state: LiveState) -> int:
    """How many scored stages the race has; those under way or to come pay nothing yet."""
    planned = max(len(race.stage_laps) - 1, 0)
    return max(planned, max((stage.number for stage in state.stages), default=0))


def _stage_score(state: LiveState, number: int, truck: LiveTruck, rules: Format) -> StageScore:
    stage = next((each for each in state.stages if each.number == number), None)
    place = next((each for each in stage.places if each.number == truck.number), None) if stage else None
    if stage is None or place is None:
        return StageScore(None, 0)
    return StageScore(
        place.position if place.position <= len(rules.stage) else None,
        (place.points if _has_points(stage) else rules.stage_points(place.position)) if truck.eligible else 0,
    )


def _has_points(stage: LiveStage) -> bool:
    """Whether the document gave points; one without any does not know them yet."""
    return any(place.points for place in stage.places)


def _points(rules: Format, truck: LiveTruck, stages: tuple[StageScore, ...], most: int, *, led_fastest: bool) -> int:
    points = rules.finish_points(truck.position) + rules.leading_points(truck.led, most)
    points += sum(stage.points or 0 for stage in stages)
    return points + (rules.fastest_lap if led_fastest else 0)


def _fastest(state: LiveState) -> str | None:
    """Whose point the fastest lap is: as NASCAR says, else the fastest driver's, if that one scores here."""
    if state.fastest_point is not None:
        return state.fastest_point or None
    truck = state.by_number.get(state.fastest.number) if state.fastest is not None else None
    return truck.number if truck is not None and truck.eligible and not truck.disqualified else None


def _outcome(state: LiveState, rows: list[Result], race: Race) -> Outcome:
    drivers = {row.entry.number: row.driver for row in rows}
    winners = []
    for number in range(1, _stages(race, state) + 1):
        stage = next((each for each in state.stages if each.number == number), None)
        first = next((each.number for each in stage.places if each.position == 1), "") if stage else ""
        winners.append(drivers.get(first))
    return Outcome(laps=state.lap, stage_winners=tuple(winners))
