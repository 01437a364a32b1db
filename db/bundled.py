"""The seasons, quotes and recaps that come with the program: loaded into an empty store, or on request."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from importlib.resources import files

from db.connection import Store
from db.documents.importer import Report, import_documents
from db.documents.reader import Document, read_bytes


def bundled_documents() -> list[Document]:
    """Every bundled file: tracks, drivers, quotes, recaps, and one file for each season."""
    folder = files("db").joinpath("seasons")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".json"))
    return [replace(read_bytes(folder.joinpath(name).read_bytes(), name), bundled=True) for name in names]


async def load_if_empty(store: Store, now: datetime) -> Report | None:
    """Loads the bundled seasons into a store without seasons; returns None if it has some already."""
    if await store.fetch("SELECT 1 FROM seasons LIMIT 1"):
        return None
    return await import_documents(store, bundled_documents(), now)
