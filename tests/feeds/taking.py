"""Takes the documents of a made-up NASCAR into a store: as the program does, or only as far as they are translated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.feeds import paths
from bot.feeds.asking import Asker
from bot.feeds.client import Answer, FeedClient
from bot.feeds.documents import FeedDocuments, race_extras, season_documents, season_extras
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.intake import Intake, Outcome
from bot.feeds.nascar import NascarTranslator
from bot.feeds.politeness import Politeness
from bot.feeds.reading import read_race_list, read_weekend
from bot.feeds.schemas.weekend import Weekend
from bot.services import Services
from db.connection import Store
from db.documents.importer import Report, import_documents
from db.documents.reader import Document
from db.errors import DocumentError
from db.feeds.models import FeedMemory
from db.feeds.remembered import Remembered
from db.feeds.rows import load_memory
from db.models import Driver, Season, Track
from db.people_and_places import load_drivers, load_tracks
from db.snapshots import Snapshots
from tests.bot.feeds.conftest import HandClock

Headers = tuple[str | None, str | None]
"""A document's ETag and the date of its last change."""
LATER = datetime(2028, 1, 1, tzinfo=UTC)


class Taken:
    """What came of taking documents in: the lines about what was refused, clashed, corrected or disagreed with."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self.clashes: list[str] = []
        self.corrections: list[str] = []
        self.disagreements: list[str] = []
        self.changed = 0

    def add(self, made: FeedDocuments, reports: Iterable[Report]) -> None:
        self.refused += made.refused
        self.clashes += made.clashes
        for report in reports:
            self.disagreements += report.disagreements
            self.corrections += report.corrections
            self.changed += report.total.changed


async def refresh(
    store: Store,
    served: Mapping[str, bytes],
    year: int,
    races: Iterable[int] | None = None,
    *,
    at: datetime = LATER,
    trust: frozenset[int] = frozenset(),
) -> Taken:
    """Takes in a season's schedule and then its weekends together, all of them or those of some race ids."""
    taken = Taken()

    def fetched(path: str) -> Fetched:
        return Fetched(path, served.get(path), at)

    try:
        listed = read_race_list(fetched(paths.race_list(year)), year)
    except FeedError as error:
        taken.refused.append(str(error))
        return taken
    extra = {path: fetched(path) for path in season_extras(year)}
    weekends: dict[int, Weekend] = {}
    for race_id in [race.race_id for race in listed.races] if races is None else races:
        extra |= {path: fetched(path) for path in race_extras(year, race_id)}
        try:
            weekend = read_weekend(fetched(paths.weekend(year, race_id)), year, race_id)
        except FeedError as error:
            taken.refused.append(str(error))
            continue
        if weekend is not None:
            weekends[race_id] = weekend
    for part in ({}, weekends) if weekends else ({},):
        made = season_documents(
            year,
            await season_of(store, year),
            listed,
            part,
            extra,
            known_drivers=await _drivers(store),
            known_tracks=await _tracks(store),
            trust=trust,
        )
        reports = [await _take(store, made, made.documents, at)]
        if reports == [None]:
            # One of them is at fault; the others go in without it.
            reports = [await _take(store, made, [document], at, told=True) for document in made.documents]
        taken.add(made, [report for report in reports if report is not None])
    return taken


class ServedByHand(FeedClient):
    """Hands on documents with their headers, without a server."""

    def __init__(self, clock: HandClock, documents: Mapping[str, bytes], headers: Mapping[str, Headers]) -> None:
        super().__init__("", clock, Politeness(monotonic=clock.monotonic, sleep=clock.sleep))
        self._documents = documents
        self._headers = headers

    async def get(
        self, path: str, *, etag: str | None = None, last_modified: str | None = None, seldom_there: bool = False
    ) -> Answer:
        del etag, last_modified, seldom_there
        fetched = Fetched(path, self._documents.get(path), self._clock.now())
        return Answer(fetched, *self._headers.get(path, (None, None)))


@dataclass
class Looked:
    """What came of a look at the feeds.

    Attributes:
        outcome: as the bot logs it; documents that could not be used are among what was refused.
        memory: what is remembered of them.
    """

    outcome: Outcome
    memory: FeedMemory


async def look(
    store: Store,
    served: Mapping[str, bytes],
    year: int,
    races: Iterable[int] | None = None,
    *,
    at: datetime,
    headers: Mapping[str, Headers] | None = None,
) -> Looked:
    """Takes in a season's schedule and then its weekends, all or some, by the program's own intake."""
    clock, remembered = HandClock(at), await Remembered.load(store)
    services = Services(store, Snapshots(store), clock, remembered)
    asker = Asker(ServedByHand(clock, served, headers or {}), remembered, clock)
    intake, outcome, bundles = Intake(services, asker, remembered, NascarTranslator()), Outcome(), []
    try:
        outcome.add(await intake.schedule(year, timedelta(0), _always))
    except FeedError as error:
        outcome.refused.append(str(error))
    season = await services.seasons.season(year)
    chosen = None if races is None else set(races)
    for race in season.races if season is not None else ():
        if race.nascar_id is not None and (chosen is None or race.nascar_id in chosen):
            try:
                bundle = await intake.gather(year, race, timedelta(0), _always)
            except FeedError as error:
                outcome.refused.append(str(error))
            else:
                bundles += [bundle] if bundle is not None else []
    outcome.add(await intake.take_races(bundles))
    await remembered.save(whole=True)
    return Looked(outcome, await load_memory(store))


def _always(path: str, every: timedelta) -> bool:
    del path, every
    return True


async def _take(
    store: Store, made: FeedDocuments, documents: list[Document], at: datetime, *, told: bool = False
) -> Report | None:
    """Imports documents together, or none; then the fault is told among what was refused, if it is to be told."""
    if not documents:
        return Report()
    try:
        return await import_documents(store, documents, at)
    except DocumentError as error:
        made.refused += [str(error)] if told else []
        return None


async def _drivers(store: Store) -> Mapping[str, Driver]:
    async with store.read() as connection:
        return {each.key: each for each in (await load_drivers(connection)).values()}


async def _tracks(store: Store) -> Mapping[str, Track]:
    async with store.read() as connection:
        return {each.key: each for each in (await load_tracks(connection)).values()}


async def season_of(store: Store, year: int) -> Season | None:
    """The season as it is stored now."""
    return await Snapshots(store).season(year)
