"""Takes the documents of a made-up NASCAR into a store, in the way that a refresh does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bot.feeds import paths
from bot.feeds.documents import FeedDocuments, race_extras, season_documents, season_extras
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.reading import read_race_list, read_weekend
from db.connection import Store
from db.documents.importer import Report, import_documents
from db.errors import DocumentError
from db.models import Season
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

    def add(self, made: FeedDocuments, report: Report | None = None) -> None:
        self.refused += made.refused
        self.clashes += made.clashes
        self.corrections += made.corrections
        if report is not None:
            self.disagreements += report.disagreements
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
    """Takes in a season's schedule and then its weekends, all of them or those of some race ids."""
    taken = Taken()

    def fetched(path: str) -> Fetched:
        return Fetched(path, served.get(path), at)

    try:
        listed = read_race_list(fetched(paths.race_list(year)), year)
    except FeedError as error:
        taken.refused.append(str(error))
        return taken
    extra = {path: fetched(path) for path in season_extras(year)}
    wanted = [race.race_id for race in listed.races] if races is None else list(races)
    for race_id in (None, *wanted):
        weekends = {}
        if race_id is not None:
            extra |= {path: fetched(path) for path in race_extras(year, race_id)}
            try:
                weekend = read_weekend(fetched(paths.weekend(year, race_id)), year, race_id)
            except FeedError as error:
                taken.refused.append(str(error))
                continue
            if weekend is None:
                continue
            weekends = {race_id: weekend}
        async with store.read() as connection:
            drivers = {each.key: each for each in (await load_drivers(connection)).values()}
            tracks = {each.key: each for each in (await load_tracks(connection)).values()}
        known = await season_of(store, year)
        made = season_documents(
            year, known, listed, weekends, extra, known_drivers=drivers, known_tracks=tracks, trust=trust
        )
        report = None
        try:
            report = await import_documents(store, made.documents, at) if made.documents else None
        except DocumentError as error:
            made.refused.append(str(error))
        taken.add(made, report)
    return taken


async def season_of(store: Store, year: int) -> Season | None:
    """The season as it is stored now."""
    return await Snapshots(store).season(year)
