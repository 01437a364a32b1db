"""How races stand for who asks, and the championship as a race runs, computed once while it stands as it does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.championship.as_it_runs import ChampionshipAsItRuns, championship_as_it_runs
from bot.seasons.as_of import AsOf
from db.live.held import LiveStates
from db.live.models import HeldState, LiveState
from db.models import Race, Season

STILL_ON = timedelta(days=3)
"""So old a state of a race without results is no news any more."""


async def states_told(states: LiveStates, as_of: AsOf) -> Mapping[int, HeldState]:
    """The live states as they are told by now to who asks, by race: those of as long ago as their delay is.

    A race whose results are official has no state any more; who sees it later still has it before them.

    Raises:
        StoreError: the store cannot be read.
    """
    newest = await states.all()
    if not as_of.delay:
        return newest
    told = as_of.now - timedelta(seconds=as_of.delay)
    lately = {
        race.id
        for season in as_of.seasons
        for race in season.races
        if as_of.now - STILL_ON < race.begins <= as_of.now and not season.has_results(race.round)
    }
    found = {race: await states.at(race, told) for race in sorted(lately | newest.keys())}
    return {race: held for race, held in found.items() if held is not None}


class LivePictures:
    """Keeps the last picture: everybody asks of the same race, and both a season and a state are what they are."""

    def __init__(self) -> None:
        self._last: tuple[Season, LiveState, ChampionshipAsItRuns] | None = None

    def of(self, season: Season, race: Race, state: LiveState) -> ChampionshipAsItRuns:
        """Who would be in, who out and by how much, if the race ended as it stands.

        Args:
            season: the season as known now, without results of the race.
            race: one of its races.
            state: the race as it runs.
        """
        if self._last is None or self._last[0] is not season or self._last[1] is not state:
            self._last = (season, state, championship_as_it_runs(season, race, state))
        return self._last[2]
