"""Takes in what changed: the documents that belong together are got, read, imported and only then remembered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.feeds import paths
from bot.feeds.asking import Asker, Got
from bot.feeds.background import in_background
from bot.feeds.bundles import OF_NO_SEASON, Bundles
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.importing import RaceBundle, RaceRead, groups, import_in_thread, is_about
from bot.feeds.planning import DAILY, HOURLY
from bot.feeds.translation import Known, Translated, Translator
from bot.feeds.unsettled import Unsettled, Wanted
from bot.services import Services
from db.documents.importer import Counts
from db.errors import DocumentError, StoreError
from db.feeds.models import FeedDocument
from db.feeds.remembered import Remembered
from db.laps.keeping import keep_laps
from db.models import EASTERN, Race
from db.people_and_places import load_tracks
from db.results_state import ResultsState
from db.user_text import one_line

log = logging.getLogger(__name__)

AT_ONCE = 25
"""So many races are imported together, since each import begins with a copy of the store and reads who is known. What
was got of fewer is lost if the program is killed, and got again."""


@dataclass
class Outcome:
    """What taking in brought: rows by what became of them, and lines on what was refused or cannot be told for sure."""

    counts: Counts = field(default_factory=Counts)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.counts.add(other.counts)
        self.refused += other.refused
        self.notes += other.notes


class Intake:
    """Takes in seasons and races.

    Args:
        services: the store, its seasons and the clock.
        asker: gets the documents.
        remembered: what is known of them.
        translator: reads them.
    """

    def __init__(self, services: Services, asker: Asker, remembered: Remembered, translator: Translator) -> None:
        self._services = services
        self._asker = asker
        self._remembered = remembered
        self._translator = translator
        # What belongs to a season is needed with each of its races, and is not sent again while it is as it was.
        self._bodies: dict[str, Got] = {}
        self._unsettled = Unsettled(services.store, (finding.path for finding in remembered.findings))
        self._bundles = Bundles(asker, remembered, services.clock, self._bodies, self._unsettled)

    async def may_be_settled(self, path: str) -> bool:
        """Whether a document that was not taken in whole may be by now: the facts have changed since it was read."""
        return await self._unsettled.may_be_settled(path)

    def forget(self, superseded: Collection[str]) -> None:
        """Documents that another program took in since: what is held of them here may be older."""
        for path in superseded:
            self._bodies.pop(path, None)

    async def schedule(self, year: int, every: timedelta, wanted: Wanted, sessions_every: timedelta = DAILY) -> Outcome:
        """A season's schedule, if any document of it is wanted and has changed.

        Args:
            year: the season.
            every: how often the list of its races is asked for.
            wanted: which documents are to be asked for.
            sessions_every: how often the times of its sessions are asked for.

        Raises:
            FeedError: the list of races cannot be got or used.
            ServerOutOfReachError, NotWelcomeError: nothing can be got.
            StoreError: the store cannot be written.
        """
        path = paths.race_list(year)
        sessions = paths.session_times(year)
        extras = {each: sessions_every if each == sessions else DAILY for each in self._translator.season_extras(year)}
        this_year = self._services.clock.now().astimezone(EASTERN).year
        anew = await self._unsettled.is_due(path, every, wanted)
        bundle = await self._bundles.get(year, path, every, extras, wanted, anew=anew, must_be_there=year <= this_year)
        if bundle is None:
            return Outcome()
        version = await self._unsettled.version()
        known, races, extra = await self._known(year), bundle[path].fetched, _extra(bundle, extras)
        try:
            read = await _surely(path, lambda: self._translator.schedule(year, known, races, extra))
            counts, told = await import_in_thread(
                self._services.store.path, read.documents, self._newest(bundle.values())
            )
        except FeedError as error:
            await self._left_out(path, year, error, bundle)
            raise
        except DocumentError as error:
            unusable = FeedError(path, str(error))
            await self._left_out(path, year, unusable, bundle)
            raise unusable from error
        if _anything_of(read):
            # Only now: a race goes on being read with the last list that could be used.
            self._bodies.update(bundle)
        outcome = await self._surely_remember(year, path, bundle, read, told, version)
        outcome.counts.add(counts)
        return outcome

    async def gather(
        self, year: int, race: Race, every: timedelta, wanted: Wanted, *, anew: bool = False, trusted: bool = False
    ) -> RaceBundle | None:
        """What the feeds say of a race with NASCAR's id, if any document of it is wanted and has changed.

        Args:
            year: its season.
            race: the race.
            every: how often its weekend is asked for.
            wanted: which documents are to be asked for.
            anew: read it even if it is as it was.
            trusted: the feed's word stands even against what the operator or the program said.

        Raises:
            FeedError, ServerOutOfReachError, NotWelcomeError: as for ``schedule``.
        """
        assert race.nascar_id is not None
        path = paths.weekend(year, race.nascar_id)
        begun = race.begins <= self._services.clock.now()
        names = self._translator.race_extras(year, race.nascar_id) if begun else ()
        extras = dict.fromkeys(names, max(every, HOURLY))
        anew = anew or await self._unsettled.is_due(path, every, wanted)
        bundle = await self._bundles.get(year, path, every, extras, wanted, anew=anew)
        if bundle is None:
            return None
        try:
            await self._race_list(year)
        except FeedError as error:
            # Or it would be asked for again at once.
            self._refuse(path, year, str(error))
            self._bundles.put_off(bundle, year, error)
            raise
        return RaceBundle(year, race, path, bundle, trusted=trusted)

    async def take_races(self, bundles: Sequence[RaceBundle]) -> Outcome:
        """Takes in races of one season: their entries or results. What is wrong with one is noted, and stops no other.

        They go into the store together where they may, and the season is made new once.

        Raises:
            StoreError: the store cannot be written.
        """
        outcome = Outcome()
        if not bundles:
            return outcome
        year = bundles[0].year
        version = await self._unsettled.version()
        races, known = await self._race_list(year), await self._known(year)
        lasting = await self._lasting(year)
        read: list[tuple[RaceBundle, Translated]] = []
        for bundle in bundles:

            def translate(bundle: RaceBundle = bundle) -> Translated:
                return self._translate(bundle, known, races, lasting)

            try:
                read.append((bundle, await _surely(bundle.path, translate)))
            except FeedError as error:
                outcome.refused.append(await self._left_out(bundle.path, year, error, bundle.documents))
        for group in groups(read):
            outcome.add(await self._take_group(year, group, version))
        return outcome

    def _translate(
        self, bundle: RaceBundle, known: Known, races: Fetched, lasting: Mapping[str, Fetched]
    ) -> Translated:
        number = bundle.race.nascar_id
        assert number is not None
        weekend = bundle.documents[bundle.path].fetched
        extra = {path: got.fetched for path, got in bundle.documents.items() if path != bundle.path}
        extra |= lasting
        return self._translator.weekend(bundle.year, number, known, races, weekend, extra, trusted=bundle.trusted)

    async def _take_group(self, year: int, group: Sequence[RaceRead], version: int) -> Outcome:
        """Imports races together or, if anything is wrong with one, one by one."""
        outcome = Outcome()
        try:
            counts, told = await import_in_thread(
                self._services.store.path,
                [each for race in group for each in race.beside],
                self._newest(got for race in group for got in race.bundle.documents.values()),
            )
        except DocumentError as error:
            if len(group) > 1:
                for one in group:
                    outcome.add(await self._take_group(year, [one.alone()], version))
                return outcome
            left = group[0].bundle
            why = FeedError(left.path, str(error))
            outcome.refused.append(await self._left_out(left.path, year, why, left.documents))
            return outcome
        outcome.counts.add(counts)
        for race in group:
            for laps in race.whole.laps.values():
                # Before they are remembered: a crash in between asks for them again.
                await keep_laps(self._services.store, laps)
            ours = [line for line in told if is_about(line, race.bundle)]
            documents = race.bundle.documents
            outcome.add(await self._surely_remember(year, race.bundle.path, documents, race.whole, ours, version))
        await self._note_states(year, {race.bundle.race.id for race in group})
        return outcome

    async def _race_list(self, year: int) -> Fetched:
        path = paths.race_list(year)
        if path not in self._bodies:
            got = await self._asker.ask(path, year, anew=True, must_be_there=True)
            assert got is not None
            self._bodies[path] = got
        return self._bodies[path].fetched

    async def _lasting(self, year: int) -> dict[str, Fetched]:
        """Drivers and tracks, which belong to no race and are got with a season's schedule, where they can be used."""
        found: dict[str, Got] = {}
        for path in OF_NO_SEASON.intersection(self._translator.season_extras(year)):
            known = self._remembered.documents.get(path)
            if known is None or known.digest is None or known.failing_since is not None:
                continue
            if path not in self._bodies:
                await self._bundles.add(self._bodies, path, year, anew=True)
            if path in self._bodies:
                found[path] = self._bodies[path]
        return {path: got.fetched for path, got in found.items()}

    async def _known(self, year: int) -> Known:
        seasons = self._services.seasons
        async with self._services.store.read() as connection:
            tracks = {track.key: track for track in (await load_tracks(connection)).values()}
        return Known(await seasons.season(year), dict(await seasons.drivers()), tracks)

    async def _left_out(self, path: str, year: int, error: FeedError, documents: Mapping[str, Got]) -> str:
        """Notes that a document cannot be used, nor what was got with it, and returns the line that says so."""
        self._refuse(error.path, year, error.problem)
        self._bundles.put_off(documents, year, error)
        if error.path != path:
            self._bodies.pop(error.path, None)
            self._refuse(path, year, str(error))
        await self._remembered.note_findings(path, [str(error)], self._now())
        return str(error)

    async def _surely_remember(
        self,
        year: int,
        path: str,
        documents: Mapping[str, Got],
        read: Translated,
        told: Sequence[str],
        version: int,
    ) -> Outcome:
        """Remembers; a fault of the program's own belongs to these documents, and stops no others."""
        try:
            return await self._remember(year, path, documents, read, told, version)
        except StoreError:
            raise
        except Exception:
            log.exception("%s was taken in, and cannot be remembered", path)
            why = FeedError(path, "cannot be remembered by this version of the program; the log says why")
            return Outcome(refused=[await self._left_out(path, year, why, documents)])

    async def _remember(
        self,
        year: int,
        path: str,
        documents: Mapping[str, Got],
        read: Translated,
        told: Sequence[str],
        version: int,
    ) -> Outcome:
        """Remembers what was taken in, once it is in the store: a crash before that only asks again."""
        notes = [one_line(line) for line in (*read.clashes, *told)]
        refused = [one_line(line) for line in read.refused]
        outcome = Outcome(refused=refused, notes=notes)
        await self._remembered.note_findings(path, [*refused, *notes], self._now())
        self._unsettled.note(path, version, is_settled=not (read.refused or read.clashes))
        if not _anything_of(read):
            # It fails until something of it can be taken, or the small print would call it fresh.
            why = [*refused, *notes][0]
            self._refuse(path, year, why.removeprefix(f"{path}: "))
            self._bundles.put_off(documents, year, FeedError(path, why))
            return outcome
        for each in documents.values():
            if each.fetched.path in read.unread:
                self._refuse(each.fetched.path, year, read.unread[each.fetched.path])
            elif each.digest is not None and not self._is_known(each):
                of = None if each.fetched.path in OF_NO_SEASON else year
                at = _whole(each.fetched.at)
                self._remembered.taken(each.fetched.path, of, at, each.digest, each.etag, each.last_modified)
        return outcome

    def _newest(self, documents: Iterable[Got]) -> datetime:
        """Now; after a clock was set back, when the documents were got by it."""
        return max([self._services.clock.now(), *(each.fetched.at for each in documents)])

    def _is_known(self, got: Got) -> bool:
        """Whether a document was taken in before, and is only read once more with what is new."""
        known = self._remembered.documents.get(got.fetched.path)
        if known is None or known.failing_since is not None:
            return False
        answered = known.answered_at if known.digest == got.digest else None
        return answered is not None and answered >= _whole(got.fetched.at)

    def _refuse(self, path: str, year: int, problem: str) -> None:
        self._remembered.failed(path, year, self._now(), problem)
        log.warning("%s was not taken in: %s", path, problem)

    async def _note_states(self, year: int, races: Collection[int]) -> None:
        """Notes since when each of these races of a season is official."""
        season = await self._services.seasons.season(year)
        found = [race for race in season.races if race.id in races] if season is not None else []
        states = {race.id: season.results_state(race.round) for race in found if season is not None}
        now = self._now()
        await self._remembered.note_official(
            {race: now if state is ResultsState.OFFICIAL else None for race, state in states.items()}
        )

    def _now(self) -> datetime:
        return _whole(self._services.clock.now())


async def _surely(path: str, translate: Callable[[], Translated]) -> Translated:
    """Reads; a fault of the program's own is told like one of the document, or it would be got again and again."""
    try:
        # A large document takes longer to read than an answer may wait.
        return await in_background(translate)
    except FeedError:
        raise
    except Exception as error:
        log.exception("reading %s failed", path)
        raise FeedError(path, "cannot be read by this version of the program; the log says why") from error


def _anything_of(read: Translated) -> bool:
    """Whether anything was taken of what was read, or there was nothing to take."""
    return bool(read.documents) or not (read.refused or read.clashes)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _extra(bundle: Mapping[str, Got], extras: Mapping[str, timedelta]) -> dict[str, Fetched]:
    return {path: bundle[path].fetched for path in extras if path in bundle}


def failing(documents: Mapping[str, FeedDocument], year: int) -> datetime | None:
    """Since when any document fails from which a season is made; None while none does."""
    compared = paths.standings(year)
    mine = [each for each in documents.values() if each.season == year and each.path != compared]
    return min((each.failing_since for each in mine if each.failing_since is not None), default=None)
