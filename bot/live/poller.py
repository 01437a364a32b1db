"""Follows a race while its trucks are on the track: asks a ``LiveSource``, and keeps the last good state."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.feeds.errors import FeedError, NotWelcomeError, UnreachableError
from bot.feeds.politeness import wait_after
from bot.live.history import StaleError, ended_by
from bot.live.source import Followed, LiveSource
from bot.services import Services
from db.live.models import HeldState, LiveState, events_of, stage_ends
from db.live.rows import forget_history, forget_states, load_states, save_heard, save_state
from db.models import OVER_BY_THE_CLOCK, Race, RaceStatus, Season
from db.reminders.race_day import LONGEST_DELAY
from db.results_state import ResultsState

log = logging.getLogger(__name__)

EVERY = timedelta(seconds=5)
"""How often the race is looked at while something changes, give or take a tenth."""
SPREAD = 0.1
QUIET_AFTER, QUIET_EVERY = timedelta(minutes=3), timedelta(minutes=1)
"""After so long without change, and before the session is there, it is looked at so often."""
BEFORE_START = timedelta(minutes=20)
LONGEST = timedelta(days=3)
"""So long after its listed start a race that was begun and not finished is still followed: rain may last for days."""
LOOK_EVERY = timedelta(seconds=15)
"""How often it is looked whether a race is due."""
SWEPT_EVERY = timedelta(hours=1)
HEARD_EVERY = timedelta(seconds=30)
"""How often it is written that the feed answered with nothing new."""
FORGOTTEN_AFTER = timedelta(days=7)
"""So old a state of a race whose results nobody calls official is removed."""
REMEMBERED_FOR = timedelta(seconds=LONGEST_DELAY) + timedelta(hours=1)
"""How long it is known how a race stood at each moment: for who sees it a day later."""


@dataclass(slots=True)
class _Pace:
    """When a race is looked at again, and how it went so far."""

    asked_at: datetime
    next_at: datetime
    changed_at: datetime
    heard: datetime
    failures: int = 0


class LivePoller:
    """Keeps the live state of the race under way; ``tick`` is called every second and mostly finds nothing due.

    Args:
        services: the store, its seasons and the clock.
        source: tells how the race stands.
        chance: a number from 0 to 1 by lot, so that many bots do not ask at the same moment.
    """

    def __init__(self, services: Services, source: LiveSource, chance: Callable[[], float] = random.random) -> None:
        self._services = services
        self._source = source
        self._chance = chance
        self._held: dict[int, HeldState] | None = None
        self._following: tuple[Followed, ...] = ()
        self._paces: dict[int, _Pace] = {}
        self._looked: datetime | None = None
        self._swept: datetime | None = None

    async def close(self) -> None:
        """Ends the connection of the source."""
        await self._source.close()

    async def tick(self) -> None:
        """Asks for the race that is due, if one is.

        Raises:
            StoreError: the store cannot be read or written.
        """
        now = self._services.clock.now()
        if self._looked is None or not self._looked <= now < self._looked + LOOK_EVERY:
            await self._look(now)
            self._looked = now
        for followed in self._following:
            pace = self._paces.get(followed.race.id)
            # A clock that was set back makes nobody wait for longer.
            if pace is None or not pace.asked_at <= now < pace.next_at:
                await self._follow(followed, now)

    async def _look(self, now: datetime) -> None:
        """Which races are to be followed now; what is settled is forgotten."""
        if self._held is None:
            self._held = await load_states(self._services.store)
        # By a clock of another day the store knows results that are still to come.
        seasons = [s.as_of(now) for s in await self._services.seasons.all() if s.year >= now.year - 1]
        due = [
            Followed(season, race)
            for season in seasons
            for race in season.races
            if is_on(season, race, self._state(race.id), now)
        ]
        self._following = tuple(due)
        self._paces = {f.race.id: self._paces[f.race.id] for f in due if f.race.id in self._paces}
        await self._forget(seasons, now)

    async def _forget(self, seasons: list[Season], now: datetime) -> None:
        held = self._held or {}
        official = {
            race.id
            for season in seasons
            for race in season.races
            if race.id in held and season.results_state(race.round) is ResultsState.OFFICIAL
        }
        if self._swept is None or not self._swept <= now < self._swept + SWEPT_EVERY:
            self._swept = now
            await forget_history(self._services.store, now - REMEMBERED_FOR)
        gone = official | {number for number, each in held.items() if each.state.at < now - FORGOTTEN_AFTER}
        if gone:
            await forget_states(self._services.store, gone)
            self._held = {number: each for number, each in held.items() if number not in gone}

    def _state(self, race: int) -> LiveState | None:
        found = (self._held or {}).get(race)
        return found.state if found is not None else None

    async def _follow(self, followed: Followed, now: datetime) -> None:
        pace = self._paces.setdefault(followed.race.id, _Pace(now, now, now, now))
        pace.asked_at = now
        # Whatever cuts this short, such as a disk that is full, nobody is asked again and again.
        pace.next_at = now + wait_after(pace.failures + 1, self._chance)
        try:
            await self._ask(followed, pace, now)
        except Exception:
            pace.failures += 1
            raise

    async def _ask(self, followed: Followed, pace: _Pace, now: datetime) -> None:
        number = followed.race.id
        held = self._state(number)
        try:
            state = await self._source.latest(followed, held)
        except StaleError:
            log.debug("an older state of race %d than the one that is held came, and was left out", number)
            state = held
        except UnreachableError as error:
            self._failed(pace, error, error.wait)
            return
        except FeedError as error:
            self._failed(pace, error, None)
            return
        except NotWelcomeError as error:
            pace.next_at = max(error.until, now + QUIET_EVERY)
            until = f"{error.until:%R} UTC"
            log.warning("NASCAR's server refused too many requests; the race is not followed until %s", until)
            return
        now = self._services.clock.now()
        if state is not None:
            state = ended_by(state, now)
        await self._keep(followed, held, state, pace, now)
        pace.failures = 0
        self._next(pace, held, state, now)

    async def _keep(
        self, followed: Followed, held: LiveState | None, state: LiveState | None, pace: _Pace, now: datetime
    ) -> None:
        """Writes what is new, and now and then that nothing is."""
        if state is None:
            return
        held_states = self._held if self._held is not None else {}
        self._held = held_states
        if state is not held:
            await save_state(self._services.store, state, now, events_of(state, stage_ends(followed.race)))
            pace.changed_at = pace.heard = now
        elif now - pace.heard >= HEARD_EVERY:
            await save_heard(self._services.store, followed.race.id, now)
            pace.heard = now
        else:
            return
        held_states[followed.race.id] = HeldState(state, now)

    def _next(self, pace: _Pace, held: LiveState | None, state: LiveState | None, now: datetime) -> None:
        is_quiet = state is None or (state is held and now - pace.changed_at >= QUIET_AFTER)
        every = QUIET_EVERY if is_quiet else EVERY
        pace.next_at = now + every * (1 + SPREAD * (2 * self._chance() - 1))
        if state is not None and state.ended is not None:
            # Nothing more is to come; whether the race is followed still is looked at once more.
            self._looked = None

    def _failed(self, pace: _Pace, error: FeedError, wait: float | None) -> None:
        pace.failures += 1
        after = wait_after(pace.failures, self._chance)
        if wait is not None:
            after = max(after, min(timedelta(seconds=wait), timedelta(hours=1)))
        pace.next_at = self._services.clock.now() + after
        # One that goes on and on is told once.
        log.log(
            logging.WARNING if pace.failures == 1 else logging.INFO,
            "the live feed %s; it is asked again in %.0f s",
            error.problem,
            after.total_seconds(),
        )


def is_on(season: Season, race: Race, state: LiveState | None, now: datetime) -> bool:
    """Whether trucks of a race are on the track, as far as can be known, or will be within minutes.

    From shortly before the listed start to the end of the session after the checkered flag, and no longer than to its
    results; without a session no longer than a race lasts. One that was begun is followed over days.

    Args:
        season: the whole season.
        race: one of its races.
        state: its live state; None where there is none.
        now: the moment.
    """
    if race.id == 0 or race.nascar_id is None or race.status is RaceStatus.CANCELLED:
        return False
    if season.has_results(race.round) or (state is not None and state.ended is not None):
        return False
    if now < race.begins - BEFORE_START:
        return False
    begun = state is not None and state.begun
    return now < race.begins + (LONGEST if begun else OVER_BY_THE_CLOCK)
