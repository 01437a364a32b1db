"""Takes in what changed: the documents that belong together are got, read, imported and only then remembered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.feeds import paths
from bot.feeds.asking import Asker, Got
from bot.feeds.background import in_background
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.importing import RaceBundle, groups, import_in_thread, is_about
from bot.feeds.planning import DAILY, HOURLY, SELDOM
from bot.feeds.translation import Known, Translated, Translator
from bot.services import Services
from db.documents.importer import Counts
from db.errors import DocumentError
from db.feeds.models import OF_NO_USE_WITHOUT, FeedDocument
from db.feeds.remembered import Remembered
from db.models import EASTERN, Race
from db.people_and_places import load_tracks
from db.results_state import ResultsState

log = logging.getLogger(__name__)

AT_ONCE = 25
"""So many races are imported together, since each import begins with a copy of the store and reads who is known. What
was got of fewer is lost if the program is killed, and got again."""
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
        # Only now: a race goes on being read with the last list that could be used.
        self._bodies.update(bundle)
        outcome = await self._remember(year, path, bundle, read, told)
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
        bundle = await self._bundle(year, path, every, extras, wanted, anew=anew or path in self._read_anew)
        if bundle is None:
            return None
        try:
            await self._race_list(year)
        except FeedError as error:
            # Or it would be asked for again at once.
            self._refuse(path, year, str(error))
            self._put_off(bundle, year, error)
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
        races, known = await self._race_list(year), await self._known(year)
        read: list[tuple[RaceBundle, Translated]] = []
        for bundle in bundles:

            def translate(bundle: RaceBundle = bundle) -> Translated:
                return self._translate(bundle, known, races)

            try:
                read.append((bundle, await _surely(bundle.path, translate)))
            except FeedError as error:
                outcome.refused.append(await self._left_out(bundle.path, year, error, bundle.documents))
        for group in groups(read):
            outcome.add(await self._take_group(year, group))
        return outcome

    def _translate(self, bundle: RaceBundle, known: Known, races: Fetched) -> Translated:
        number = bundle.race.nascar_id
        assert number is not None
        weekend = bundle.documents[bundle.path].fetched
        extra = {path: got.fetched for path, got in bundle.documents.items() if path != bundle.path}
        return self._translator.weekend(bundle.year, number, known, races, weekend, extra, trusted=bundle.trusted)

    async def _take_group(self, year: int, group: Sequence[tuple[RaceBundle, Translated]]) -> Outcome:
        """Imports races together or, if anything is wrong with one, one by one."""
        outcome = Outcome()
        try:
            counts, told = await import_in_thread(
                self._services.store.path,
                [each for _, read in group for each in read.documents],
                self._newest(got for bundle, _ in group for got in bundle.documents.values()),
            )
        except DocumentError as error:
            if len(group) > 1:
                for one in group:
                    outcome.add(await self._take_group(year, [one]))
                return outcome
            left = group[0][0]
            why = FeedError(left.path, str(error))
            outcome.refused.append(await self._left_out(left.path, year, why, left.documents))
            return outcome
        outcome.counts.add(counts)
        for bundle, read in group:
            ours = [line for line in told if is_about(line, bundle)]
            outcome.add(await self._remember(year, bundle.path, bundle.documents, read, ours))
        await self._note_states(year, {bundle.race.id for bundle, _ in group})
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
        try:
            await self._fill(bundle, year, first, every, extras, wanted, anew=anew, must_be_there=must_be_there)
        except FeedError as error:
            self._put_off(bundle, year, error)
            raise
        return bundle if first in bundle and bundle[first].digest is not None else None

    async def _fill(
        self,
        bundle: dict[str, Got],
        year: int,
        first: str,
        every: timedelta,
        extras: Mapping[str, timedelta],
        wanted: Wanted,
        *,
        anew: bool,
        must_be_there: bool,
    ) -> None:
        """Gets what is wanted of some documents and, where any has changed, all of them."""
        if anew or wanted(first, every):
            got = await self._asker.ask(first, year, anew=anew, must_be_there=must_be_there)
            if got is not None:
                bundle[first] = got
        if bundle[first].digest is None if first in bundle else self._is_absent(first):
            return
        for path, often in extras.items():
            known = self._remembered.documents.get(path)
            is_failing = known is not None and known.failing_since is not None
            if wanted(path, max(often, SELDOM) if self._is_absent(path) and not is_failing else often):
                await self._add(bundle, path, year, anew=False)
        if any(got.digest is not None for got in bundle.values()):
            await self._complete(bundle, year, first, extras)
        else:
            bundle.clear()

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
        return known is not None and known.is_absent

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

    async def _left_out(self, path: str, year: int, error: FeedError, documents: Mapping[str, Got]) -> str:
        """Notes that a document cannot be used, nor what was got with it, and returns the line that says so."""
        self._refuse(error.path, year, error.problem)
        self._put_off(documents, year, error)
        if error.path != path:
            self._bodies.pop(error.path, None)
            self._refuse(path, year, str(error))
        await self._remembered.note_findings(path, [str(error)], self._now())
        return str(error)

    def _put_off(self, documents: Mapping[str, Got], year: int, error: FeedError) -> None:
        """What was got beside a document that cannot be used waits with it, or it would be got again at once."""
        for path, got in documents.items():
            if path != error.path and got.digest is not None:
                of = None if path in {paths.drivers(), paths.tracks()} else year
                self._remembered.failed(path, of, self._now(), f"{OF_NO_USE_WITHOUT}{error.path}")

    async def _remember(
        self, year: int, path: str, documents: Mapping[str, Got], read: Translated, told: Sequence[str]
    ) -> Outcome:
        """Remembers what was taken in, once it is in the store: a crash before that only asks again."""
        notes = [*read.clashes, *told]
        await self._remembered.note_findings(path, [*read.refused, *notes], self._now())
        self._read_anew.discard(path)
        for each in documents.values():
            if each.fetched.path in read.unread:
                self._refuse(each.fetched.path, year, read.unread[each.fetched.path])
            elif each.digest is not None and not self._is_known(each):
                of = None if each.fetched.path in {paths.drivers(), paths.tracks()} else year
                at = _whole(each.fetched.at)
                self._remembered.taken(each.fetched.path, of, at, each.digest, each.etag, each.last_modified)
        return Outcome(refused=list(read.refused), notes=notes)

    def _newest(self, documents: Iterable[Got]) -> datetime:
        """Now; after a clock was set back, when the documents were got by it."""
        return max([self._services.clock.now(), *(each.fetched.at for each in documents)])

    def _is_known(self, got: Got) -> bool:
        """Whether a document was taken in before, and is only read once more with what is new."""
        known = self._remembered.documents.get(got.fetched.path)
        answered = known.answered_at if known is not None and known.digest == got.digest else None
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


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _extra(bundle: Mapping[str, Got], extras: Mapping[str, timedelta]) -> dict[str, Fetched]:
    return {path: bundle[path].fetched for path in extras if path in bundle}


def failing(documents: Mapping[str, FeedDocument], year: int) -> datetime | None:
    """Since when any document fails from which a season is made; None while none does."""
    compared = paths.standings(year)
    mine = [each for each in documents.values() if each.season == year and each.path != compared]
    return min((each.failing_since for each in mine if each.failing_since is not None), default=None)
