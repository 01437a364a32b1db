"""The two people called Jason White whom the program brings: told apart in its own documents, in stores of any age."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.bundled import recent_documents
from db.connection import Store
from db.documents.importer import import_documents
from db.snapshots import Snapshots
from tests.db.documents import read
from tests.db.test_namesakes import NOW, bring


@pytest.mark.parametrize("brought", ["by the program", "by an operator"])
async def test_a_store_that_told_the_jason_whites_apart_by_an_initial_keeps_them_two(
    empty_store: Store, brought: str
) -> None:
    rows = [{"name": "Jason A. White", "hometown": "Sun Peaks, BC"}, {"name": "Jason White", "nascar_id": 3557}]
    before = read({"format": "tailgate/1", "drivers": rows})
    await import_documents(empty_store, [replace(before, bundled=brought == "by the program")], NOW)
    documents = recent_documents()
    report = await import_documents(empty_store, documents, NOW)
    drivers = await Snapshots(empty_store).drivers()
    assert (drivers["jason-white"].name, drivers["jason-white"].nascar_id) == ("Jason White", 3557)
    canadian = drivers["jason-a-white"]
    # What an operator called them stays.
    assert canadian.name == ("Jason White" if brought == "by the program" else "Jason A. White")
    assert (canadian.nascar_id, canadian.aliases) == (4292, ("Jason A. White", "Jason M. White"))
    assert len(drivers) == len(documents[0].sections["drivers"])
    assert report.notes == ([] if brought == "by the program" else ["Jason A. White: kept what you imported (name)"])


async def test_the_program_says_nothing_of_a_name_shared_by_those_whom_it_tells_apart_itself(
    empty_store: Store,
) -> None:
    report = await import_documents(empty_store, recent_documents(), NOW)
    assert report.notes == []
    theirs = await bring(empty_store, {"name": "Jason White", "nascar_id": 9})
    assert any("Jason White is a name of " in note for note in theirs.notes)
