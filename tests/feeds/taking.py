"""Takes the documents of a made-up NASCAR into a store, in the way that a refresh does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bot.feeds import paths
from bot.feeds.documents import FeedDocuments, race_extras, season_documents, season_extras
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.reading import read_race_list, read_weekend
from bot.feeds.schemas.weekend import Weekend
from db.connection import Store
from db.documents.importer import Report, import_documents
from db.documents.reader import Document
from db.errors import DocumentError
from db.models import Driver, Season, Track
from db.people_and_places import load_drivers, load_tracks
from db.snapshots import Snapshots

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
