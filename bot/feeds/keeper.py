"""Keeps the store current while the bot runs: looks what is due, and asks for that."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterable
from datetime import datetime, timedelta
from itertools import groupby

from bot.feeds import paths
from bot.feeds.asking import Asker, ServerOutOfReachError
from bot.feeds.client import FeedClient
from bot.feeds.errors import BudgetSpentError, FeedError, NotWelcomeError
from bot.feeds.importing import RaceBundle
from bot.feeds.intake import AT_ONCE, Intake, Outcome, failing
from bot.feeds.planning import (
    DAILY,
    RaceDue,
    given_up,
    is_due,
    list_every,
    races_due,
    sessions_every,
    table_every,
    years_to_list,
)
from bot.feeds.politeness import Politeness, wait_after
from bot.feeds.sole_asker import SoleAsker
from bot.feeds.standings import Differences, StandingsCheck
from bot.feeds.translation import Translator
from bot.feeds.unsettled import Wanted
from bot.services import Services
from db.feeds.remembered import Remembered
from db.models import Season

log = logging.getLogger(__name__)

HOURS_BUDGET = 300
"""So many requests an hour are never needed: a season at once takes about sixty. It is the last fuse."""
BLOWN = timedelta(hours=1)
"""How long nothing is asked once they were."""
FAILED_BEFORE = timedelta(minutes=5)
"""How long a document is left alone that could not be got when the program was stopped."""


class Keeper:
    """Keeps the store current; ``tick`` is called at short intervals and mostly finds nothing due.

    Args:
        services: the store, its seasons and the clock; ``services.feeds`` is what is known of the documents.
        address: the feeds' address.
        translator: reads the documents.
        differences: compares NASCAR's table with ours; None where nobody does.
        agent: who asks.
        politeness: when one may ask; made for the remembered pause where none is given.
    """

    def __init__(
        self,
        services: Services,
        address: str,
        translator: Translator,
        *,
        differences: Differences | None = None,
        agent: str | None = None,
        politeness: Politeness | None = None,
    ) -> None:
        assert services.feeds is not None
        self._services = services
        self._remembered: Remembered = services.feeds
        self._politeness = politeness or Politeness(self._remembered.pause)
        self._politeness.most_an_hour = HOURS_BUDGET
        self._sole = SoleAsker(services.store.path)
        self._translator = translator
        self._client = FeedClient(address, services.clock, self._politeness, agent=agent)
        self._asker = Asker(self._client, self._remembered, services.clock)
        self._intake = Intake(services, self._asker, self._remembered, translator)
        self._check = (
            StandingsCheck(services, self._asker, self._remembered, differences) if differences is not None else None
        )
        self._began = services.clock.now()
        self._rounds_out_of_reach = 0
        self._quiet_until: datetime | None = None
        self._is_saved = False
        self._is_news = True
        self._is_waiting = False

    @property
    def politeness(self) -> Politeness:
        """When one may ask, for whoever else asks the same server."""
        return self._politeness

    async def close(self) -> None:
        """Ends the connection, and writes when what was asked for last."""
        try:
            await self._client.close()
        finally:
            await self._remembered.save(whole=True)

    async def tick(self) -> None:
        """Asks for what is due, and takes in what changed; nothing while another program asks for this store.

        Raises:
            StoreError: the store cannot be read or written.
        """
        now = self._services.clock.now()
        if self._is_quiet(now):
            return
        try:
            if self._is_free():
                try:
                    await self._catch_up()
                    await self._look(now)
                finally:
                    self._sole.leave()
        except Exception:
            # Such as a disk that is full: it is no better in a moment, and nobody shall be asked again and again.
            self._quiet_until = self._services.clock.now() + FAILED_BEFORE
            raise

    def _is_free(self) -> bool:
        """Whether nobody else asks, so that this one may; says once that it waits."""
        is_free = self._sole.take()
        if not is_free and not self._is_waiting:
            log.info("a refresh asks NASCAR's feeds just now; the bot goes on once that is done")
        self._is_waiting = not is_free
        return is_free

    async def _catch_up(self) -> None:
        """Takes over what a refresh found out meanwhile, and the pause that it was told to make."""
        pause = self._remembered.pause
        theirs = await self._remembered.catch_up()
        self._intake.forget(theirs)
        if self._check is not None:
            self._check.forget(theirs)
        self._is_news |= bool(theirs)
        if self._remembered.pause != pause:
            self._politeness.take_over(self._remembered.pause)

    async def _look(self, now: datetime) -> None:
        asked = self._asker.asked
        try:
            await self._round(now)
            self._rounds_out_of_reach = 0
        except NotWelcomeError as error:
            self._quiet_until = error.until
            self._remembered.pause = self._politeness.pause
            log.warning(
                "NASCAR's server refused too many requests; nothing is asked until %s", f"{error.until:%F %R} UTC"
            )
        except ServerOutOfReachError as error:
            self._rounds_out_of_reach += 1
            wait = wait_after(self._rounds_out_of_reach)
            self._quiet_until = self._services.clock.now() + wait
            log.warning(
                "NASCAR's server cannot be reached (%s); it is tried again in %.0f s", error, wait.total_seconds()
            )
        except BudgetSpentError:
            self._quiet_until = self._services.clock.now() + BLOWN
            log.error(  # noqa: TRY400 - where it was met says nothing
                "the feeds were asked %d times within an hour, which is too much; they are left alone for one",
                HOURS_BUDGET,
            )
        finally:
            self._remembered.pause = self._politeness.pause
            self._is_news |= self._asker.asked != asked
        if self._is_news:
            await self._remembered.save(whole=not self._is_saved and self._asker.asked > 0)
            self._is_saved |= self._asker.asked > 0
            await self._tell_freshness()
            self._is_news = False

    def _is_quiet(self, now: datetime) -> bool:
        """Whether nothing is asked on purpose; a clock that was set back makes nobody wait for longer."""
        if self._quiet_until is not None and now < self._quiet_until <= now + timedelta(hours=13):
            return True
        self._quiet_until = None
        return False

    async def _round(self, now: datetime) -> None:
        wanted = self._wanted(now)
        seasons = {season.year: season for season in await self._services.seasons.all()}
        for year in years_to_list([*seasons.values()], now):
            season = seasons.get(year)
            every, sessions = list_every(season, now), sessions_every(season, now)
            await self._carefully(paths.race_list(year), self._intake.schedule(year, every, wanted, sessions))
        # Seasons that were read anew: a race may have come with the list.
        for year, dues in groupby(races_due(await self._recent(now), self._remembered.official, now), _year):
            await self._races(year, dues, wanted)
        for season in await self._recent(now):
            await self._races(season.year, await self._mended(season), wanted)
        if self._check is not None:
            for season in await self._recent(now):
                await self._compare(self._check, season, now, wanted)
        await self._give_up(now)

    async def _give_up(self, now: datetime) -> None:
        """Lets nothing be said to fail for ever that nobody asks for any more."""
        asked_for = await self._asked_for(now)
        for path in given_up(self._remembered.documents.values(), asked_for, now):
            log.info(
                "%s is not asked for any more; the last time it %s", path, self._remembered.documents[path].problem
            )
            await self._remembered.give_up(path, now)
            self._is_news = True

    async def _asked_for(self, now: datetime) -> set[str]:
        """The paths of what is asked for these days, due at this moment or not."""
        asked_for: set[str] = set()
        for year in years_to_list(await self._services.seasons.all(), now):
            asked_for |= {paths.race_list(year), *self._translator.season_extras(year)}
        for season in await self._recent(now):
            for due in races_due([season], self._remembered.official, now):
                number = due.race.nascar_id or 0
                asked_for |= {paths.weekend(season.year, number), *self._translator.race_extras(season.year, number)}
            if table_every(season, self._remembered.official, now) is not None:
                asked_for.add(paths.standings(season.year))
        return asked_for

    async def _mended(self, season: Season) -> list[RaceDue]:
        """The races whose weekends were not taken in whole and may be by now, however long ago they were."""
        return [
            RaceDue(season, race, DAILY, anew=True)
            for race in season.races
            if race.nascar_id is not None
            and await self._intake.may_be_settled(paths.weekend(season.year, race.nascar_id))
        ]

    async def _compare(self, check: StandingsCheck, season: Season, now: datetime, wanted: Wanted) -> None:
        """Compares NASCAR's table with ours while a race's results are looked at; nothing is taken over."""
        every = table_every(season, self._remembered.official, now)
        if every is not None:
            try:
                await check.look(season.year, every, wanted)
            except FeedError as error:
                log.debug("%s", error)

    async def _races(self, year: int, dues: Iterable[RaceDue], wanted: Wanted) -> None:
        bundles: list[RaceBundle] = []
        try:
            for due in dues:
                path = paths.weekend(year, due.race.nascar_id or 0)
                anew = due.anew and wanted(path, due.every)
                try:
                    bundle = await self._intake.gather(year, due.race, due.every, wanted, anew=anew)
                except FeedError as error:
                    log.debug("%s", error)
                else:
                    bundles += [bundle] if bundle is not None else []
                if len(bundles) >= AT_ONCE:
                    self._log(await self._intake.take_races(bundles), f"races of {year}")
                    bundles = []
        except (NotWelcomeError, ServerOutOfReachError, BudgetSpentError):
            self._log(await self._intake.take_races(bundles), f"races of {year}")
            raise
        self._log(await self._intake.take_races(bundles), f"races of {year}")

    async def _carefully(self, path: str, work: Awaitable[Outcome]) -> None:
        """Takes something in; what cannot be got or used is noted by now, and the next is none the worse for it."""
        try:
            self._log(await work, path)
        except FeedError as error:
            log.debug("%s", error)

    def _log(self, outcome: Outcome, what: str) -> None:
        if outcome.counts.changed:
            log.info("%s: %d rows changed", what, outcome.counts.changed)
        for line in outcome.notes:
            log.info("%s", line)
        for line in outcome.refused:
            log.warning("left out: %s", line)

    async def _recent(self, now: datetime) -> tuple[Season, ...]:
        return tuple(season for season in await self._services.seasons.all() if season.year >= now.year - 2)

    def _wanted(self, now: datetime) -> Wanted:
        def wanted(path: str, every: timedelta) -> bool:
            if self._asker.is_waiting(path, now):
                return False
            if self._asker.may_retry(path, now):
                return True
            known = self._remembered.documents.get(path)
            if known is not None and known.failing_since is not None and known.asked_at < self._began:
                every = min(every, FAILED_BEFORE)
            return is_due(known, every, now)

        return wanted

    async def _tell_freshness(self) -> None:
        """Lets the small print say when a season was looked at last, and since when that fails."""
        documents = self._remembered.documents
        for year in await self._services.seasons.years():
            listed = documents.get(paths.race_list(year))
            if listed is not None:
                self._services.seasons.looked_at(year, listed.answered_at, failing(documents, year))


def _year(due: RaceDue) -> int:
    return due.season.year
