"""`tailgate try --replay`: a race that runs again by the clock of the bot, through all that follows a race."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import SystemClock, TravelClock
from bot.errors import FriendlyError
from bot.interactions.replay_asked import race_to_replay
from bot.live.poller import LivePoller
from bot.live.recorded import RecordedLive, RecordedRace
from bot.render.replay import laps_not_held, not_replayed
from bot.seasons.as_of import AsOfKeeper
from bot.seasons.laps import laps_of, races_with_laps
from bot.services import Services
from db.laps.arrival import take_in_laps
from db.laps.models import RaceLaps
from db.models import Race, Season

BEFORE = timedelta(minutes=5)
"""So long before the green flag the clock starts."""
RESULT_AFTER = timedelta(minutes=5)
"""The checkered flag falls no later than that before the result is known."""
USUAL_LENGTH = 240
"""Real seconds that a race takes where no speed is asked for."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """A race that runs again: from when, and how fast."""

    race: Race
    recorded: RecordedRace
    speed: float

    @property
    def title(self) -> str:
        """What is played and how fast, for the top of the page."""
        race = self.race
        return f"Replay: {race.name}, {race.track.short} {race.season}, {self.speed:g}× as fast as it was run"

    def poller(self, services: Services) -> LivePoller:
        """What follows the race, as it would follow one through NASCAR's feed."""
        return LivePoller(services, RecordedLive({self.race.id: self.recorded}, services.clock))


async def run_again(services: Services, clock: TravelClock, text: str, speed: float | None) -> Rerun:
    """Finds the race that a text names among all that the store has, and sets the clock to just before it.

    Args:
        services: the store and its seasons, with the same clock.
        clock: set to the race, and to its speed; nothing may have asked it for its speed before.
        text: as a fan types it.
        speed: how many times as fast; None for one at which a race takes a few minutes.

    Raises:
        FriendlyError: no such race is on record, or its laps are not.
        StoreError: the store cannot be read or written.
    """
    store = services.store
    await take_in_laps(store, clock.now())
    as_of = AsOfKeeper().at(SystemClock().now(), await services.seasons.all(), services.seasons.version)
    held = await races_with_laps(store, as_of)
    race = race_to_replay(as_of, as_of.read(text, None, "race"), held)
    laps = await laps_of(store, as_of, race)
    if laps is None:
        raise FriendlyError(not_replayed(race, laps_not_held(held)))
    recorded = timely(as_of.season(race.season), race, laps)
    fast = speed if speed is not None else float(max(round(recorded.second(recorded.laps) / USUAL_LENGTH), 1))
    clock.travel(recorded.began - BEFORE, fast)
    return Rerun(race, recorded, fast)


def timely(season: Season, race: Race, laps: RaceLaps) -> RecordedRace:
    """The race, over before its result is known.

    Of past races it is not on record when the green flag fell, only the start that was listed. With a long red flag the
    laps may take longer than a race is thought to, and the result would be told first: then it begins earlier.
    """
    recorded = RecordedRace(season, race, laps)
    latest = race.over_at - RESULT_AFTER - timedelta(seconds=recorded.second(recorded.laps))
    return recorded if recorded.began <= latest else RecordedRace(season, race, laps, latest)
