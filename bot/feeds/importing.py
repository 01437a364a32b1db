"""Brings what was read of several races into the store together, off the thread that answers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.feeds.asking import Got
from bot.feeds.background import in_background
from bot.feeds.translation import Translated
from db.documents.file_format import Row
from db.documents.import_report import Counts, Report
from db.documents.prepared_import import import_prepared
from db.documents.reader import Document
from db.errors import DocumentError, StoreError
from db.models import Race

SHARED = frozenset({"drivers", "tracks"})
"""The parts of a document that are about no race."""


@dataclass(frozen=True, slots=True)
class RaceBundle:
    """What was got of a race: its weekend, at ``path``, and what is read with it."""

    year: int
    race: Race
    path: str
    documents: Mapping[str, Got]
    trusted: bool = False


async def import_in_thread(path: Path, documents: Sequence[Document], now: datetime) -> tuple[Counts, Sequence[str]]:
    """Imports on a connection of its own: no answer may wait for as long as a season is compared, nor may who writes.

    Returns:
        How many rows were changed, and where the documents say otherwise than what is held: what stays, and what is
        corrected.

    Raises:
        DocumentError: the documents cannot be imported; nothing has changed.
        StoreError: the store cannot be written.
    """
    if not documents:
        return Counts(), ()
    report = await in_background(lambda: _import(path, documents, now))
    return report.total, [*report.disagreements, *report.corrections]


def _import(path: Path, documents: Sequence[Document], now: datetime) -> Report:
    try:
        return import_prepared(path, documents, now)
    except StoreError as error:
        if isinstance(error.__cause__, sqlite3.IntegrityError):
            raise DocumentError(str(error), file=documents[0].file) from error
        raise


def groups(read: Sequence[tuple[RaceBundle, Translated]]) -> Iterator[list[tuple[RaceBundle, Translated]]]:
    """Races that may be imported together, in order.

    A driver or track that several of them bring alike comes with the first one; where they differ about it, the second
    one is imported after the first.
    """
    group: list[tuple[RaceBundle, Translated]] = []
    brought: dict[object, Row] = {}
    for bundle, translated in read:
        if any(brought.get(key, row) != row for key, row in _people_and_places(translated.documents)):
            yield group
            group, brought = [], {}
        documents = [_without(each, brought) for each in translated.documents]
        group.append((bundle, replace(translated, documents=documents)))
        brought.update(_people_and_places(documents))
    if group:
        yield group


def _people_and_places(documents: Iterable[Document]) -> Iterator[tuple[object, Row]]:
    """The rows that may stand once in an import, by what they may be told apart by."""
    for line in [line for document in documents for part in SHARED for line in document.sections.get(part, ())]:
        for name in ("name", "nascar_id"):
            if getattr(line.row, name, None) is not None:
                yield (type(line.row), name, getattr(line.row, name)), line.row


def _without(document: Document, brought: Mapping[object, Row]) -> Document:
    """A document without the rows of drivers and tracks that another one brings alike."""
    rows = list(brought.values())
    sections = {
        part: [line for line in lines if part not in SHARED or line.row not in rows]
        for part, lines in document.sections.items()
    }
    return replace(document, sections=sections)


def is_about(line: str, bundle: RaceBundle) -> bool:
    """Whether a line of an import is about a race, which it then begins with."""
    return (
        line.startswith(f"{bundle.year} race {bundle.race.round}")
        and not line[len(f"{bundle.year} race {bundle.race.round}") :][:1].isdigit()
    )
