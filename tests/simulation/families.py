"""The kinds of nights there are: deliveries, weekends that are kept current from NASCAR's feeds, and race nights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from tests.simulation.feeds_mutations import FEED_MUTATIONS
from tests.simulation.feeds_night import feed_nights
from tests.simulation.feeds_story import FeedStory
from tests.simulation.known_nights import KNOWN_NIGHTS, KNOWN_RACES, KNOWN_WEEKENDS
from tests.simulation.mutations import MUTATIONS, Mutation, mutated
from tests.simulation.night import Nights, nights
from tests.simulation.races_mutations import RACE_MUTATIONS
from tests.simulation.races_night import race_nights
from tests.simulation.races_story import RaceStory
from tests.simulation.story import Story


@dataclass(frozen=True)
class Family:
    """One kind of nights: how its stories are drawn and lived through, how the program can be broken, and by seed which
    nights went wrong once."""

    name: str
    story: Callable[[int], Story]
    nights: Callable[[], AbstractContextManager[Nights]]
    mutations: Mapping[str, Mutation]
    known: Mapping[int, str]

    def broken(self, mutation: str | None) -> AbstractContextManager[None]:
        """Breaks the program in one of these ways, if any, for a while."""
        return mutated(mutation, self.mutations) if mutation else nullcontext()


FAMILIES = {
    "delivery": Family("delivery", Story.from_seed, nights, MUTATIONS, KNOWN_NIGHTS),
    "feeds": Family("feeds", FeedStory.from_seed, feed_nights, FEED_MUTATIONS, KNOWN_WEEKENDS),
    "races": Family("races", RaceStory.from_seed, race_nights, RACE_MUTATIONS, KNOWN_RACES),
}
