"""A store with every season that comes with the program, made once for all tests of a run: that takes some seconds."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from filelock import FileLock

from db.bundled import bundled_documents
from db.connection import Store
from db.documents.importer import import_documents
from tests.stores import AFTER_ALL_RESULTS


def made_once(factory: pytest.TempPathFactory) -> Path:
    """The store's file; the worker that asks first makes it, and the others wait. Nobody writes to it."""
    base = factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    path = folder / "every-season.db"
    with FileLock(folder / "every-season.lock"):
        if not path.exists():
            unfinished = folder / "every-season-unfinished.db"
            asyncio.run(_fill(unfinished))
            unfinished.rename(path)
    return path


async def _fill(path: Path) -> None:
    async with await Store.open(path) as store:
        await import_documents(store, bundled_documents(), AFTER_ALL_RESULTS)
