"""The seasons, quotes and recaps that come with the program: loaded into an empty store, or on request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files

from db.connection import Store
from db.documents.file_format import OutcomeRow, RaceRow
from db.documents.importer import Report, Writable, import_documents
from db.documents.reader import Document, Line, read_bytes
from db.timestamps import to_text

NOTE_TAKEN = """
INSERT INTO bundled_seasons (season, digest, taken_at) VALUES (?, ?, ?)
ON CONFLICT (season) DO UPDATE SET digest = excluded.digest, taken_at = excluded.taken_at
"""

FIRST_SEASON_AT_ONCE = 2023
"""A new store has the seasons from this one on before the bot connects; the older ones are history."""

PEOPLE_AND_PLACES = ("drivers.json", "tracks.json")
"""The files of what outlives a season."""

ROW = re.compile(r'^ *(?P<row>\{"name": (?P<name>"(?:[^"\\]|\\.)*").*\}),?$', re.MULTILINE)
"""A row in one of them: a line of its own, which begins with the name."""
NASCAR_ID = re.compile(r'"nascar_id": (\d+)')


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
    parts = (_digest_of(name) for name in (f"{year}.json", *PEOPLE_AND_PLACES))
    return sha256(b"".join(parts)).hexdigest()


async def load_if_empty(store: Store, now: datetime) -> Report | None:
    """Loads the recent bundled seasons into a store without seasons; returns None if it has some already."""
    if await store.fetch("SELECT 1 FROM seasons LIMIT 1"):
        return None
    report = await import_documents(store, recent_documents(), now)
    await note_taken(store, [year for year in bundled_years() if year >= FIRST_SEASON_AT_ONCE], now)
    return report


async def note_taken(store: Writable, years: Iterable[int], now: datetime) -> None:
    """Notes that the store has these bundled seasons as this program brings them."""
    rows = [(year, season_digest(year), to_text(now)) for year in years]
    async with store.write() as connection:
        await connection.executemany(NOTE_TAKEN, rows)


def _plain(text: str) -> str:
    """A text without JSON's marks."""
    return str(json.loads(text)) if "\\" in text else text[1:-1]


@cache
def _digest_of(name: str) -> bytes:
    return sha256(_bytes(name)).digest()


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
    return replace(read_bytes(_bytes(name), name), bundled=True)


def _bytes(name: str) -> bytes:
    return files("db").joinpath("seasons").joinpath(name).read_bytes()


def _with_people_and_places(documents: Iterable[Document]) -> list[Document]:
    """The documents, and before them the drivers and tracks that they name: nobody is known before they raced."""
    held = list(documents)
    named = {name for document in held for name in _named(document)}
    return [_only(name, named) for name in PEOPLE_AND_PLACES] + held


def _only(name: str, named: AbstractSet[str]) -> Document:
    """A file of drivers or tracks with the rows of those who are named; the others are not even read and checked.

    Of a thousand drivers a season names some eighty, and a row takes longer to check than to pass over.
    """
    text = _bytes(name).decode()
    rows = list(ROW.finditer(text))
    kept = ",\n".join(row["row"] for row in rows if _is_named(row, named))
    document = read_bytes((text[: rows[0].start()] + kept + text[rows[-1].end() :]).encode(), name)
    return replace(document, bundled=True, digest=_digest_of(name).hex())


def _is_named(row: re.Match[str], named: AbstractSet[str]) -> bool:
    """Whether a driver or a track is named: by name, or as one of two people of one name by NASCAR's id as well."""
    name = _plain(row["name"])
    if name in named:
        return True
    number = NASCAR_ID.search(row["row"])
    return number is not None and f"{name} (NASCAR id {number[1]})" in named


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
