"""The championship as a race runs, computed once for all who ask while the race stands as it does."""

from __future__ import annotations

from bot.championship.as_it_runs import ChampionshipAsItRuns, championship_as_it_runs
from db.live.models import LiveState
from db.models import Race, Season


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
