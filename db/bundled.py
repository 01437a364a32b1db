"""The seasons, quotes and recaps that come with the program: loaded into an empty store, or on request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files

from db.connection import Store
from db.documents.file_format import OutcomeRow, RaceRow, Row
from db.documents.importer import Report, import_documents
from db.documents.reader import Document, Line, read_bytes
from db.timestamps import to_text

NOTE_TAKEN = """
INSERT INTO bundled_seasons (season, digest, taken_at) VALUES (?, ?, ?)
ON CONFLICT (season) DO UPDATE SET digest = excluded.digest, taken_at = excluded.taken_at
"""

FIRST_SEASON_AT_ONCE = 2023
"""A new store has the seasons from this one on before the bot connects; the older ones are history."""

PEOPLE_AND_PLACES = {"drivers.json": "drivers", "tracks.json": "tracks"}
"""The files of what outlives a season, and the section that each holds."""


def bundled_documents() -> list[Document]:
    """Every bundled file: tracks, drivers, quotes, recaps, and one file for each season."""
    return [_read(name) for name in _names()]


def bundled_years() -> tuple[int, ...]:
    """The years of the seasons that come with the program, oldest first."""
    return tuple(int(name.removesuffix(".json")) for name in _names() if _is_season(name))


def recent_documents() -> list[Document]:
    """What a new store has at once: the seasons from ``FIRST_SEASON_AT_ONCE`` on, quotes and recaps."""
    return _with_people_and_places(_read(name) for name in _names() if _is_recent(name))


def season_documents(year: int) -> list[Document]:
    """A bundled season, and the drivers and tracks that it names.

    Raises:
        FileNotFoundError: no season of that year comes with the program.
    """
    return _with_people_and_places([_read(f"{year}.json")])


def quote_and_recap_documents() -> list[Document]:
    """The quotes and recaps that come with the program."""
    return [_read(name) for name in _names() if not _is_season(name) and name not in PEOPLE_AND_PLACES]


def season_digest(year: int) -> str:
    """What changes whenever a newer program brings that season otherwise, or somebody or some place in it."""
    folder = files("db").joinpath("seasons")
    parts = (folder.joinpath(name).read_bytes() for name in (f"{year}.json", *PEOPLE_AND_PLACES))
    return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


async def load_if_empty(store: Store, now: datetime) -> Report | None:
    """Loads the recent bundled seasons into a store without seasons; returns None if it has some already."""
    if await store.fetch("SELECT 1 FROM seasons LIMIT 1"):
        return None
    report = await import_documents(store, recent_documents(), now)
    await note_taken(store, [year for year in bundled_years() if year >= FIRST_SEASON_AT_ONCE], now)
    return report


async def note_taken(store: Store, years: Iterable[int], now: datetime) -> None:
    """Notes that the store has these bundled seasons as this program brings them."""
    rows = [(year, season_digest(year), to_text(now)) for year in years]
    async with store.write() as connection:
        await connection.executemany(NOTE_TAKEN, rows)


@cache
def _names() -> tuple[str, ...]:
    folder = files("db").joinpath("seasons")
    return tuple(sorted(file.name for file in folder.iterdir() if file.name.endswith(".json")))


def _is_season(name: str) -> bool:
    return name.removesuffix(".json").isdecimal()


def _is_recent(name: str) -> bool:
    if _is_season(name):
        return int(name.removesuffix(".json")) >= FIRST_SEASON_AT_ONCE
    return name not in PEOPLE_AND_PLACES


def _read(name: str) -> Document:
    file = files("db").joinpath("seasons").joinpath(name)
    return replace(read_bytes(file.read_bytes(), name), bundled=True)


def _with_people_and_places(documents: Iterable[Document]) -> list[Document]:
    """The documents, and before them the drivers and tracks that they name: nobody is known before they raced."""
    held = list(documents)
    named = {name for document in held for name in _named(document)}
    return [_only(_read(name), section, named) for name, section in PEOPLE_AND_PLACES.items()] + held


def _only(document: Document, section: str, named: AbstractSet[str]) -> Document:
    lines = [line for line in document.sections[section] if named & _called(line.row)]
    return replace(document, sections={section: lines})


def _called(row: Row) -> set[str]:
    """What bundled documents call a driver or a track: by name, or two people of one name by NASCAR's ids as well."""
    name: str = getattr(row, "name", "")
    return {name, f"{name} (NASCAR id {getattr(row, 'nascar_id', None)})"}


def _named(document: Document) -> Iterator[str]:
    """The drivers and tracks that a document names. Bundled ones call everybody by the name they are listed under."""
    header = document.header
    yield from filter(None, (header.champion, *header.rookies))
    for lines in document.sections.values():
        for line in lines:
            yield from _named_in(line)


def _named_in(line: Line) -> Iterator[str]:
    row = line.row
    driver = getattr(row, "driver", None)
    if driver is not None:
        yield driver
    if isinstance(row, RaceRow):
        yield row.track
        if row.outcome is not None:
            yield from _named_in_outcome(row.outcome)


def _named_in_outcome(outcome: OutcomeRow) -> Iterator[str]:
    fastest = outcome.fastest_lap.driver if outcome.fastest_lap else None
    yield from filter(None, (outcome.pole, fastest, outcome.rookie_of_the_race, *outcome.stage_winners))
    for driver, _, _ in outcome.leads:
        yield driver
