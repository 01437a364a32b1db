"""Asks for whole seasons or single races now, one document after the other, and says what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Self

from bot.errors import FriendlyError
from bot.feeds import paths
from bot.feeds.asking import NOT_THERE, Asker, ServerOutOfReachError
from bot.feeds.client import FeedClient
from bot.feeds.errors import FeedError, NotWelcomeError, UnreachableError
from bot.feeds.importing import RaceBundle
from bot.feeds.intake import AT_ONCE, Intake, Outcome
from bot.feeds.planning import DAILY, is_due, list_every, races_due, table_every, years_to_list
from bot.feeds.politeness import Politeness
from bot.feeds.sole_asker import SoleAsker
from bot.feeds.standings import Differences, StandingsCheck
from bot.feeds.translation import Translator
from bot.services import Services
from db.feeds.remembered import Remembered
from db.models import EASTERN, Race, RaceStatus, Season

FIRST_YEAR = 2018
"""NASCAR's feeds hold no season of the trucks before this one."""
USUAL_RACES = 25
TRIES = 4
LOOKED_AGAIN = 0.2
"""Seconds until it is looked again whether another program still asks."""
LOOKED_AT_LATELY = timedelta(hours=12)
"""What was got that long ago at most is not asked for again, so that a run that was cut off goes on where it was."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be refreshed: these seasons, one race, or with neither what is due at the moment.

    Attributes:
        seasons: years; ``everything`` stands for all that the feeds hold.
        race: NASCAR's id of a race.
        trusted: the feed's word on that race stands even against what the operator or the program said.
    """

    seasons: tuple[int, ...] = ()
    race: int | None = None
    everything: bool = False
    trusted: bool = False


@dataclass
class Summary:
    """What a refresh did.

    Attributes:
        outcome: rows by what became of them, what was refused, and notes.
        missing: what could not be got or used, a line each.
        asked: how many requests it took.
        stopped: why it ended early; empty where it did not.
    """

    outcome: Outcome = field(default_factory=Outcome)
    missing: list[str] = field(default_factory=list)
    asked: int = 0
    stopped: str = ""


Step = Callable[[int, int, str], None]
"""Told before each step: of how many, how many are done, and what comes."""


class Refresh:
    """One run. Use it in ``async with``.

    Args:
        services: the store, its seasons and the clock; ``services.feeds`` is what is known of the documents.
        address: the feeds' address.
        translator: reads the documents.
        differences: compares NASCAR's table with ours; None where nobody does.
        agent: who asks.
        politeness: when one may ask; made for the remembered pause where none is given.
        sleep: waits for some seconds.
        told_to_wait: called if another program asks for this store, and this run begins once that is done.
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
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        told_to_wait: Callable[[], None] = lambda: None,
    ) -> None:
        assert services.feeds is not None
        self._services = services
        self._remembered: Remembered = services.feeds
        self._politeness = politeness or Politeness(self._remembered.pause)
        self._client = FeedClient(address, services.clock, self._politeness, agent=agent)
        self._asker = Asker(self._client, self._remembered, services.clock, tries=TRIES, sleep=sleep)
        self._intake = Intake(services, self._asker, self._remembered, translator)
        self._check = (
            StandingsCheck(services, self._asker, self._remembered, differences) if differences is not None else None
        )
        self._translator = translator
        self._sleep = sleep
        self._sole = SoleAsker(services.store.path)
        self._told_to_wait = told_to_wait

    async def __aenter__(self) -> Self:
        """Waits until nobody else asks the feeds for this store, and goes on from what they found out.

        Raises:
            StoreError: no lock can be made beside the store, or it cannot be read.
        """
        is_free = self._sole.take()
        if not is_free:
            self._told_to_wait()
        while not is_free:
            await self._sleep(LOOKED_AGAIN)
            is_free = self._sole.take()
        try:
            await self._remembered.catch_up()
        except BaseException:
            self._sole.leave()
            raise
        self._politeness.take_over(self._remembered.pause)
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self._client.close()
            await self._politeness.rest()
        finally:
            self._sole.leave()

    async def years(self, wish: Wish) -> list[int]:
        """The seasons of a wish, oldest first.

        Raises:
            FriendlyError: the race is not on record, or the feeds hold no such season.
        """
        seasons = await self._services.seasons.all()
        now = self._services.clock.now()
        last = now.astimezone(EASTERN).year + 1
        if wish.race is not None:
            holding = [each.year for each in seasons if _race(each, wish.race) is not None]
            if not holding:
                raise FriendlyError(
                    f"No race on record has NASCAR's id {wish.race}. Refresh its season first, as with --season 2025."
                )
            return holding
        if wish.everything:
            return list(range(FIRST_YEAR, last))
        for year in wish.seasons:
            if not FIRST_YEAR <= year <= last:
                raise FriendlyError(f"NASCAR's feeds are asked for the seasons {FIRST_YEAR} to {last}, not for {year}.")
        return sorted(set(wish.seasons)) or years_to_list(seasons, now)

    async def estimate(self, wish: Wish) -> int:
        """How many requests a wish takes at most; at one a second they take as many seconds at least."""
        count = 0
        for year in await self.years(wish):
            season = await self._services.seasons.season(year)
            count += 1 + len(self._translator.season_extras(year))
            races = [race.nascar_id for race in self._races(season, wish)] if season else [0] * USUAL_RACES
            count += sum(1 + len(self._translator.race_extras(year, number or 0)) for number in races)
            count += self._compares(season, wish)
        return count

    async def run(self, wish: Wish, step: Step) -> Summary:
        """Refreshes; what was taken in by the time it is cut off stays.

        Raises:
            FriendlyError: as ``years``.
            StoreError: the store cannot be read or written.
        """
        summary = Summary()
        try:
            await self._run(wish, summary, step)
        except ServerOutOfReachError as error:
            summary.stopped = f"the server cannot be reached ({error}); try again later, it goes on where it was"
            if error.until is not None:
                summary.stopped = (
                    f"the server wishes not to be asked until {_day(error.until)} ({error}); try again after that, "
                    "it goes on where it was"
                )
        except NotWelcomeError as error:
            summary.stopped = (
                f"the server refused too many requests; it is left alone until {_day(error.until)}, "
                "try again after that"
            )
        finally:
            self._remembered.pause = self._politeness.pause
            await self._remembered.save()
            summary.asked = self._asker.asked
        return summary

    async def _run(self, wish: Wish, summary: Summary, step: Step) -> None:
        years = await self.years(wish)
        seasons = {year: await self._services.seasons.season(year) for year in years}
        left = sum(1 + len(self._races(season, wish)) for season in seasons.values())
        done, has_list = 0, False
        several = wish.everything or len(wish.seasons) > 1
        for year in years:
            step(left, done, f"the {year} schedule")
            every = list_every(seasons[year], self._services.clock.now())
            work = partial(self._intake.schedule, year, every, self._wanted(wish))
            is_listed = await self._once(summary, paths.race_list(year), work)
            done += 1
            if not is_listed and not has_list and not (several and NOT_THERE in summary.missing[-1]):
                # Such as a server that is no NASCAR's: nobody shall wait for minutes to be told of each document.
                summary.stopped = f"{summary.missing.pop()}; nothing else was asked for"
                return
            has_list |= is_listed
            season = await self._services.seasons.season(year)
            races = self._races(season, wish)
            left += len(races) - len(self._races(seasons[year], wish))
            done = await self._refresh_races(races, wish, summary, partial(step, left), done)
            await self._compare(year, wish, summary)
            await self._remembered.save()
        step(done, done, "")

    async def _refresh_races(
        self, races: Sequence[Race], wish: Wish, summary: Summary, step: Callable[[int, str], None], done: int
    ) -> int:
        bundles: list[RaceBundle] = []
        try:
            for race in races:
                step(done, f"{race.season}, {race.track.short}")
                path = paths.weekend(race.season, race.nascar_id or 0)
                await self._once(summary, path, partial(self._gather, race, wish, summary, bundles))
                done += 1
                if len(bundles) >= AT_ONCE:
                    summary.outcome.add(await self._intake.take_races(bundles))
                    bundles.clear()
        except (NotWelcomeError, ServerOutOfReachError):
            summary.outcome.add(await self._intake.take_races(bundles))
            raise
        summary.outcome.add(await self._intake.take_races(bundles))
        return done

    async def _gather(self, race: Race, wish: Wish, summary: Summary, bundles: list[RaceBundle]) -> None:
        anew = wish.race is not None
        wanted = self._wanted(wish)
        bundle = await self._intake.gather(race.season, race, timedelta(0), wanted, anew=anew, trusted=wish.trusted)
        bundles += [bundle] if bundle is not None else []
        path = paths.weekend(race.season, race.nascar_id or 0)
        known = self._remembered.documents.get(path)
        if known is not None and known.is_absent and race.over_at <= self._services.clock.now():
            summary.missing.append(f"{path}: is not there, though the {race.name} should be over")

    def _compares(self, season: Season | None, wish: Wish) -> bool:
        """Whether NASCAR's table of a season is compared with ours: with seasons as a whole, and while that is due."""
        if self._check is None or wish.race is not None:
            return False
        if wish.everything or wish.seasons or season is None:
            return True
        return table_every(season, self._remembered.official, self._services.clock.now()) is not None

    async def _compare(self, year: int, wish: Wish, summary: Summary) -> None:
        """Compares NASCAR's table with ours; where it is not there, there is nothing to say."""
        season = await self._services.seasons.season(year)
        if self._check is None or season is None or not season.run or not self._compares(season, wish):
            return
        look = partial(self._check.look, year, DAILY, self._wanted(wish))

        async def work() -> Outcome:
            return Outcome(notes=list(await look()))

        await self._once(summary, paths.standings(year), work)

    async def _once(self, summary: Summary, path: str, work: Callable[[], Awaitable[Outcome | None]]) -> bool:
        """Does something; during a short pause it waits, and tries once more.

        Returns:
            False where the document is there and cannot be used, or should be there and is not.
        """
        for attempt in (1, 2):
            try:
                outcome = await work()
            except FeedError as error:
                if error.path != path or self._is_of_note(path):
                    summary.missing.append(str(error))
                    return isinstance(error, UnreachableError)
            except NotWelcomeError as error:
                wait = error.until - self._services.clock.now()
                if attempt == 2 or wait > timedelta(minutes=5):
                    raise
                await self._sleep(max(0.0, wait.total_seconds()) + 1)
                continue
            else:
                if outcome is not None:
                    summary.outcome.add(outcome)
            return True
        return True

    def _is_of_note(self, path: str) -> bool:
        """Whether a document's failure is worth a line; the list of a season that nobody has announced yet is not."""
        return self._remembered.documents[path].failing_since is not None

    def _wanted(self, wish: Wish) -> Callable[[str, timedelta], bool]:
        now = self._services.clock.now()

        def wanted(path: str, _every: timedelta) -> bool:
            known = self._remembered.documents.get(path)
            if known is None or known.failing_since is not None or not (wish.everything or wish.seasons):
                return True
            return is_due(known, LOOKED_AT_LATELY if wish.everything else timedelta(minutes=10), now)

        return wanted

    def _races(self, season: Season | None, wish: Wish) -> Sequence[Race]:
        """The races of a season that a wish is about: those begun, or entered already."""
        if season is None:
            return ()
        if wish.race is not None:
            race = _race(season, wish.race)
            return () if race is None else (race,)
        now = self._services.clock.now()
        if not (wish.everything or wish.seasons):
            return [due.race for due in races_due([season], self._remembered.official, now)]
        return [race for race in season.races if _can_be_asked(race, now)]


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(EASTERN):%Y-%m-%d %H:%M} Eastern"


def _race(season: Season, number: int) -> Race | None:
    return next((race for race in season.races if race.nascar_id == number), None)


def _can_be_asked(race: Race, now: datetime) -> bool:
    """Whether there may be an entry list or results: not of a race called off, nor of one weeks ahead."""
    return (
        race.nascar_id is not None
        and race.status is not RaceStatus.CANCELLED
        and race.begins - timedelta(days=6) <= now
    )


def first_lines(lines: Iterable[str], most: int) -> list[str]:
    """The first lines, and how many more there are."""
    shown = list(lines)
    return [*shown[:most], *([f"… and {len(shown) - most} more"] if len(shown) > most else [])]
