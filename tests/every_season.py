"""A store with every season that comes with the program, made once for all tests of a run: that takes some seconds."""

from __future__ import annotations

import json
from pathlib import Path

from db.bundled import bundled_documents
from db.documents.importer import import_documents
from tests.stores import AFTER_ALL_RESULTS, made_once, open_unsynced

FILE, NOTES = "every-season.db", "every-season.notes.json"


def make_every_season(folder: Path) -> Path:
    """The store's file, and beside it what its import had to say."""
    return made_once(folder / FILE, _fill)


def import_notes(store: Path) -> list[str]:
    """What the import into that store had to say."""
    notes: list[str] = json.loads(store.with_name(NOTES).read_text(encoding="utf-8"))
    return notes


async def _fill(path: Path) -> None:
    async with await open_unsynced(path) as store:
        report = await import_documents(store, bundled_documents(), AFTER_ALL_RESULTS)
    path.with_name(NOTES).write_text(json.dumps(report.notes), encoding="utf-8")
