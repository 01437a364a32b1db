"""A store with every season that comes with the program, made once for all tests of a run: that takes some seconds."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from filelock import FileLock

from db.bundled import bundled_documents
from db.documents.importer import Report, import_documents
from tests.stores import AFTER_ALL_RESULTS, open_unsynced


def make_every_season(folder: Path) -> Path:
    """The store's file; the worker that asks first makes it, and the others wait. Nobody writes to it."""
    path = folder / "every-season.db"
    with FileLock(folder / "every-season.lock"):
        if not path.exists():
            unfinished = folder / "every-season-unfinished.db"
            report = asyncio.run(_fill(unfinished))
            _notes_beside(path).write_text(json.dumps(report.notes), encoding="utf-8")
            unfinished.rename(path)
    return path


def import_notes(path: Path) -> list[str]:
    """What the import into that store had to say."""
    notes: list[str] = json.loads(_notes_beside(path).read_text(encoding="utf-8"))
    return notes


async def _fill(path: Path) -> Report:
    async with await open_unsynced(path) as store:
        return await import_documents(store, bundled_documents(), AFTER_ALL_RESULTS)


def _notes_beside(path: Path) -> Path:
    return path.with_suffix(".notes.json")
