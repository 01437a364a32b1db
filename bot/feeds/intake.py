"""Takes in what changed: the documents that belong together are got, read, imported and only then remembered."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.feeds import paths
from bot.feeds.asking import Asker, Got
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.planning import DAILY, HOURLY, SELDOM
from bot.feeds.translation import Known, Translated, Translator
from bot.services import Services
from db.documents.importer import Counts, import_documents
from db.errors import DocumentError, StoreError
from db.feeds.models import FeedDocument
from db.feeds.remembered import Remembered
from db.models import EASTERN, Race
from db.people_and_places import load_tracks
from db.results_state import ResultsState

log = logging.getLogger(__name__)

Wanted = Callable[[str, timedelta], bool]
"""Whether a document is to be asked for that is asked for so often."""


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
        # What a former reading found is read once more: this program may know better.
        self._read_anew = {finding.path for finding in remembered.findings}

    async def schedule(self, year: int, every: timedelta, wanted: Wanted) -> Outcome:
        """A season's schedule, if any document of it is wanted and has changed.

        Raises:
            FeedError: the list of races cannot be got or used.
            ServerOutOfReachError, NotWelcomeError: nothing can be got.
            StoreError: the store cannot be written.
        """
        path = paths.race_list(year)
        extras = dict.fromkeys(self._translator.season_extras(year), DAILY)
        this_year = self._services.clock.now().astimezone(EASTERN).year
        bundle = await self._bundle(year, path, every, extras, wanted, must_be_there=year <= this_year)
        if bundle is None:
            return Outcome()
        self._bodies.update(bundle)
        known = await self._known(year)

        def translate() -> Translated:
            return self._translator.schedule(year, known, bundle[path].fetched, _extra(bundle, extras))

        return await self._take_in(year, path, bundle, translate)

    async def race(
        self, year: int, race: Race, every: timedelta, wanted: Wanted, *, anew: bool = False, trusted: bool = False
    ) -> Outcome:
        """A race with NASCAR's id: its entries or results, if any document of it is wanted and has changed.

        Args:
            year: its season.
            race: the race.
            every: how often its weekend is asked for.
            wanted: which documents are to be asked for.
            anew: read it even if it is as it was.
            trusted: the feed's word stands even against what the operator or the program said.

        Raises:
            FeedError, ServerOutOfReachError, NotWelcomeError, StoreError: as for ``schedule``.
        """
        assert race.nascar_id is not None
        number = race.nascar_id
        path = paths.weekend(year, number)
        begun = race.begins <= self._services.clock.now()
        extras = dict.fromkeys(self._translator.race_extras(year, number) if begun else (), max(every, HOURLY))
        anew = anew or path in self._read_anew
        bundle = await self._bundle(year, path, every, extras, wanted, anew=anew)
        if bundle is None:
            return Outcome()
        try:
            races = await self._race_list(year)
        except FeedError as error:
            # Or it would be asked for again at once.
            self._refuse(path, year, str(error))
            raise
        known = await self._known(year)

        def translate() -> Translated:
            weekend, extra = bundle[path].fetched, _extra(bundle, extras)
            return self._translator.weekend(year, number, known, races, weekend, extra, trusted=trusted)

        outcome = await self._take_in(year, path, bundle, translate)
        await self._note_state(year, race.id)
        return outcome

    async def _bundle(
        self,
        year: int,
        first: str,
        every: timedelta,
        extras: Mapping[str, timedelta],
        wanted: Wanted,
        *,
        anew: bool = False,
        must_be_there: bool = False,
    ) -> dict[str, Got] | None:
        """Documents that are read together; None if none of them is wanted, or none has changed.

        The first must be got, if anything changed; the others may be missing.
        """
        bundle: dict[str, Got] = {}
        if anew or wanted(first, every):
            got = await self._asker.ask(first, year, anew=anew, must_be_there=must_be_there)
            if got is not None:
                bundle[first] = got
        if bundle[first].digest is None if first in bundle else self._is_absent(first):
            return None
        for path, often in extras.items():
            if wanted(path, max(often, SELDOM) if self._is_absent(path) else often):
                await self._add(bundle, path, year, anew=False)
        if not any(got.digest is not None for got in bundle.values()):
            return None
        await self._complete(bundle, year, first, extras)
        return bundle if bundle[first].digest is not None else None

    async def _complete(self, bundle: dict[str, Got], year: int, first: str, extras: Iterable[str]) -> None:
        """Adds what is as it was to a bundle of which a part has changed."""
        if first not in bundle:
            got = self._bodies.get(first) or await self._asker.ask(first, year, anew=True, must_be_there=True)
            assert got is not None
            bundle[first] = got
        for path in extras:
            if path in self._bodies:
                bundle.setdefault(path, self._bodies[path])
            known = self._remembered.documents.get(path)
            if path not in bundle and known is not None and known.digest is not None:
                await self._add(bundle, path, year, anew=True)

    async def _add(self, bundle: dict[str, Got], path: str, year: int, *, anew: bool) -> None:
        """Adds a document that need not be there; what is wrong with it is noted, and stops nothing else."""
        try:
            got = await self._asker.ask(path, year, anew=anew, may_be_missing=True)
        except FeedError as error:
            log.debug("%s", error)
        else:
            if got is not None:
                bundle[path] = got

    def _is_absent(self, path: str) -> bool:
        known = self._remembered.documents.get(path)
        return known is not None and known.digest is None and known.answered_at is not None

    async def _race_list(self, year: int) -> Fetched:
        path = paths.race_list(year)
        if path not in self._bodies:
            got = await self._asker.ask(path, year, anew=True, must_be_there=True)
            assert got is not None
            self._bodies[path] = got
        return self._bodies[path].fetched

    async def _known(self, year: int) -> Known:
        seasons = self._services.seasons
        async with self._services.store.read() as connection:
            tracks = {track.key: track for track in (await load_tracks(connection)).values()}
        return Known(await seasons.season(year), dict(await seasons.drivers()), tracks)

    async def _take_in(
        self, year: int, path: str, bundle: Mapping[str, Got], translate: Callable[[], Translated]
    ) -> Outcome:
        """Reads and imports; remembers what was read once that is done, so that a crash before only asks again."""
        try:
            # A large document takes longer to read than an answer may wait.
            translated = await asyncio.to_thread(translate)
            counts, disagreements = await self._import(translated)
        except FeedError as error:
            self._refuse(error.path, year, error.problem)
            if error.path != path:
                self._refuse(path, year, str(error))
            await self._remembered.note_findings(path, [str(error)], self._now())
            raise
        except DocumentError as error:
            self._refuse(path, year, str(error))
            await self._remembered.note_findings(path, [str(error)], self._now())
            raise FeedError(path, str(error)) from error
        for line in translated.corrections:
            log.info("%s", line)
        notes = [*translated.clashes, *disagreements]
        await self._remembered.note_findings(path, [*translated.refused, *notes, *translated.corrections], self._now())
        self._read_anew.discard(path)
        for each in bundle.values():
            if each.digest is not None:
                of = None if each.fetched.path in {paths.drivers(), paths.tracks()} else year
                self._remembered.taken(
                    each.fetched.path, of, _whole(each.fetched.at), each.digest, each.etag, each.last_modified
                )
        return Outcome(counts, list(translated.refused), [*notes, *translated.corrections])

    async def _import(self, translated: Translated) -> tuple[Counts, Sequence[str]]:
        if not translated.documents:
            return Counts(), ()
        try:
            report = await import_documents(self._services.store, translated.documents, self._services.clock.now())
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                raise DocumentError(str(error), file=translated.documents[0].file) from error
            raise
        return report.total, report.disagreements

    def _refuse(self, path: str, year: int, problem: str) -> None:
        self._bodies.pop(path, None)
        self._remembered.failed(path, year, self._now(), problem)
        log.warning("%s was not taken in: %s", path, problem)

    async def _note_state(self, year: int, race: int) -> None:
        """Notes since when the race is official."""
        season = await self._services.seasons.season(year)
        found = next((each for each in season.races if each.id == race), None) if season is not None else None
        if season is None or found is None:
            return
        official = season.results_state(found.round) is ResultsState.OFFICIAL
        await self._remembered.note_official(race, self._now() if official else None)

    def _now(self) -> datetime:
        return _whole(self._services.clock.now())


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _extra(bundle: Mapping[str, Got], extras: Mapping[str, timedelta]) -> dict[str, Fetched]:
    return {path: bundle[path].fetched for path in extras if path in bundle}


def failing(documents: Mapping[str, FeedDocument], year: int) -> datetime | None:
    """Since when any document of a season fails; None while none does."""
    since = [each.failing_since for each in documents.values() if each.season == year and each.failing_since]
    return min(since, default=None)
