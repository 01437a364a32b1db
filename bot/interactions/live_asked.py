"""Which race is meant by "live", and all that is known of how it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import UnknownRace
from bot.questions.live import LiveAloneQuestion, LiveQuestion
from bot.render.formatting import name_of
from bot.render.live import LiveFacts
from bot.render.live_order import GridPlace
from bot.seasons.as_of import AsOf
from bot.seasons.lineups import lineup_of
from bot.seasons.live import STILL_ON, LivePictures
from db.live.models import HeldState
from db.models import EASTERN, Race, Season, SessionKind
from db.reminders.race_day import NO_DELAY, Delay

JUST_OVER = timedelta(hours=12)
"""So long after a race its result is what "live" means, unless another race is on that day."""


def live_facts(
    question: LiveQuestion | LiveAloneQuestion,
    as_of: AsOf,
    states: Mapping[int, HeldState],
    pictures: LivePictures,
    delay: Delay = NO_DELAY,
) -> LiveFacts:
    """What there is to tell of the race that is asked for or, without one, of the race of the day.

    Args:
        question: what is asked.
        as_of: what is known now.
        states: the live states by race; those from after what is told by now are not known yet.
        pictures: computes the championship as it runs.
        delay: by how much the race is told later than it runs.

    Raises:
        UnknownSeason: the year is not on record.
        UnknownRace: the season has no such race.
        FriendlyError: no season is on record.
    """
    told = as_of.now - timedelta(seconds=delay.seconds)
    known = {race: held for race, held in states.items() if held.state.came <= told}
    if question.round is not None:
        season = as_of.season(question.year)
        race = season.race(question.round)
        if race is None:
            raise UnknownRace(f"race {question.round}", where=f"in {season.year}")
        return replace(_facts(as_of, season, race, known, pictures), delay=delay)
    found = _race_of_the_day(as_of, known)
    facts = _facts(as_of, *found, known, pictures) if found is not None else LiveFacts(as_of.season(), None)
    return replace(facts, delay=delay)


def _race_of_the_day(as_of: AsOf, known: Mapping[int, HeldState]) -> tuple[Season, Race] | None:
    """The race under way, else one that was over hours ago, else the next one."""
    on = max(_on(as_of, known), key=lambda pair: known[pair[1].id].state.at, default=None)
    if on is not None:
        return on
    if as_of.delay:
        waits = (pair for pair in _all(as_of) if as_of.tells_later(pair[1]) and not pair[0].has_results(pair[1].round))
        if (first := next(waits, None)) is not None:
            return first
    ahead, latest = as_of.next_race(), as_of.latest()
    today = ahead is not None and _day(ahead[1].begins) <= _day(as_of.now)
    if latest is not None and not today and as_of.now < latest[1].over_at + JUST_OVER:
        return latest
    return ahead


def _all(as_of: AsOf) -> Iterator[tuple[Season, Race]]:
    return ((season, race) for season in reversed(as_of.seasons) for race in season.races)


def _day(moment: datetime) -> int:
    return moment.astimezone(EASTERN).toordinal()


def _on(as_of: AsOf, known: Mapping[int, HeldState]) -> Iterator[tuple[Season, Race]]:
    for season in as_of.seasons:
        for race in season.races if known else ():
            held = known.get(race.id)
            fresh = held is not None and held.state.begun and as_of.now < held.state.at + STILL_ON
            if fresh and not season.has_results(race.round):
                yield season, race


def _facts(
    as_of: AsOf, season: Season, race: Race, known: Mapping[int, HeldState], pictures: LivePictures
) -> LiveFacts:
    held = known.get(race.id)
    # What runs before the race, such as practice, says nothing of it.
    state = held.state if held is not None and held.state.session is SessionKind.RACE else None
    counts = state is not None and state.begun and not season.has_results(race.round)
    return LiveFacts(
        season,
        race,
        state,
        held.heard if held is not None and state is not None else None,
        pictures.of(season, race, state) if state is not None and counts else None,
        _contenders(as_of, season),
        grid=_grid(as_of, season, race) if state is None or not state.begun else (),
    )


def _grid(as_of: AsOf, season: Season, race: Race) -> Sequence[GridPlace]:
    """The starting order that is on record, for as long as the live timing has none."""
    lineup = lineup_of(as_of, race) if not season.has_results(race.round) else None
    return [
        GridPlace(start, entry.number, entry.driver, name_of(season, entry.driver))
        for start, entry in (lineup.order if lineup is not None else ())
    ]


def _contenders(as_of: AsOf, season: Season) -> frozenset[str]:
    """The drivers who are still in the postseason; nobody before it has begun."""
    standings = as_of.computed(season).standings.standings
    if len(standings.phases) == 1 or standings.champion is not None:
        return frozenset()
    return frozenset(standings.current.entered)
