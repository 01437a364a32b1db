"""The races that are played again, made of their laps once for everybody who plays them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from bot.championship.as_it_runs import championship_as_it_runs
from bot.championship.standings import driver_standings
from bot.errors import FriendlyError
from bot.live.recorded import RecordedRace
from bot.questions.replay import ReplayQuestion
from bot.render.replay import STEP, ReplayFacts, ReplayMoment, laps_not_held, not_replayed
from bot.requester import Requester
from bot.seasons.as_of import TOLD_LATER, AsOf
from bot.seasons.laps import laps_of, races_with_laps
from db.connection import Store
from db.live.models import stage_ends
from db.models import Race, Season

KEPT = 8
"""How many races are kept in memory, less than a megabyte each; one that is played on is made again in a moment."""
LAST_LAPS = 10


@dataclass(frozen=True, slots=True)
class PlayedRace:
    """A race as it is played.

    Attributes:
        whole: the season with the race's results.
        season: the season as it stood before the race.
        race: the race.
        recorded: the race by its laps.
        contenders: the drivers who were in the postseason.
        moments: what can be jumped to.
    """

    whole: Season
    season: Season
    race: Race
    recorded: RecordedRace
    contenders: frozenset[str]
    moments: tuple[ReplayMoment, ...]

    def facts(self, second: int) -> ReplayFacts:
        """How the race stood so many seconds after its green flag; after its end, how it ended."""
        recorded = self.recorded
        lap = recorded.lap_after(second)
        state = recorded.state(lap)
        return ReplayFacts(
            self.season,
            self.race,
            self.whole.results[self.race.round],
            state,
            championship_as_it_runs(self.season, self.race, state),
            self.contenders,
            self.moments,
            recorded.second(max(lap - STEP, 0)),
            recorded.second(min(lap + STEP, recorded.laps)),
            recorded.second(recorded.laps),
        )


class PlayedRaces:
    """Finds the races that can be played, and keeps the last few.

    Args:
        store: an open store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: OrderedDict[int, PlayedRace] = OrderedDict()

    async def of(self, question: ReplayQuestion, requester: Requester) -> PlayedRace:
        """The race of a question.

        Raises:
            UnknownSeason: the year is not on record.
            UnknownRace: the season has no such race.
            FriendlyError: its laps are not held, or the requester is not told of it yet.
            StoreError: the store cannot be read.
        """
        as_of = requester.as_of
        if question.round is not None:
            season, race = as_of.race_of(question.year, question.round)
        else:
            season, race = await self._last(as_of, question.year)
        if not season.has_results(race.round):
            why = "it isn't over yet" if race.over_at > as_of.now else "Tailgate doesn't have its results"
            raise FriendlyError(not_replayed(race, TOLD_LATER if as_of.tells_later(race) else why))
        return await self._played(as_of, season, race)

    async def _last(self, as_of: AsOf, year: int | None) -> tuple[Season, Race]:
        held = [each for each in await races_with_laps(self._store, as_of) if year in {None, each.season}]
        return as_of.race_of(held[-1].season, held[-1].round) if held else as_of.race_of(year)

    async def _played(self, as_of: AsOf, season: Season, race: Race) -> PlayedRace:
        kept = self._kept.get(race.id)
        # A season is another object once anything of it changed.
        if kept is None or kept.whole is not season:
            laps = await laps_of(self._store, as_of, race)
            if laps is None:
                raise FriendlyError(not_replayed(race, laps_not_held(await races_with_laps(self._store, as_of))))
            recorded, before = RecordedRace(season, race, laps), season.before(race.round)
            moments = tuple(_moments(race, recorded))
            kept = PlayedRace(season, before, race, recorded, _contenders(before), moments)
        self._kept[race.id] = kept
        self._kept.move_to_end(race.id)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept


def _contenders(season: Season) -> frozenset[str]:
    """The drivers who are in the postseason; nobody before it has begun."""
    standings = driver_standings(season).standings
    return frozenset(standings.current.entered if len(standings.phases) > 1 else ())


def _moments(race: Race, recorded: RecordedRace) -> Iterator[ReplayMoment]:
    """The start, the ends of the stages, the cautions, the last laps and the finish; of one second the first."""
    laps = {0: "Green flag"}
    happened = [(end, f"End of stage {number}") for number, end in enumerate(stage_ends(race), 1)]
    periods = race.outcome.caution_periods if race.outcome is not None else ()
    happened += [(each.from_lap, "Caution") for each in periods]
    happened += [(recorded.laps - LAST_LAPS, f"{LAST_LAPS} laps to go"), (recorded.laps, "Finish")]
    for lap, what in sorted(happened, key=lambda each: each[0]):
        if 0 < lap <= recorded.laps:
            laps.setdefault(lap, what)
    seen: set[int] = set()
    for lap, what in laps.items():
        second = recorded.second(lap)
        if second not in seen:
            seen.add(second)
            yield ReplayMoment(f"{what} · lap {lap}" if lap else what, second)
