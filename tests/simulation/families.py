"""The kinds of nights there are: deliveries, and weekends that are kept current from NASCAR's feeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from tests.simulation.feeds_mutations import FEED_MUTATIONS
from tests.simulation.feeds_night import feed_nights
from tests.simulation.feeds_story import FeedStory
from tests.simulation.known_nights import KNOWN_NIGHTS, KNOWN_WEEKENDS
from tests.simulation.mutations import MUTATIONS, Mutation, mutated
from tests.simulation.night import Nights, nights
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
}
