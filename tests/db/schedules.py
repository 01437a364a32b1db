"""Small schedules of a made-up season, for tests of what a document does to the races that are stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from db.connection import Store
from db.documents.importer import Report, import_documents
from db.models import Race, Season
from db.snapshots import Snapshots
from tests.db.documents import read

NOW = datetime(2027, 6, 1, tzinfo=UTC)
TRACKS = [
    {"name": name, "short": name.split()[0]}
    for name in (
        *("Kansas Speedway", "Dover Motor Speedway", "Bristol Motor Speedway", "Texas Motor Speedway"),
        "Martinsville Speedway",
    )
]
"""Called as in the program's own documents, so that they go into a store that has those as well."""
DRIVERS = [{"name": "Layne Riggs"}, {"name": "Corey Heim"}, {"name": "Ty Majeski"}]


def race(number: int, name: str, track: str, day: str, **facts: Any) -> dict[str, Any]:
    """A row of ``races`` that starts at one in the afternoon, Eastern; None leaves a field out."""
    known = {"round": number, "name": name, "track": track, "date": day, "start": f"{day}T17:00:00Z"} | facts
    return {field: value for field, value in known.items() if value is not None}


ALPHA = race(1, "Alpha 150", "Kansas", "2027-06-12")
BRAVO = race(2, "Bravo 200", "Dover", "2027-06-26")
CHARLIE = race(3, "Charlie 300", "Texas", "2027-07-10")
EXTRA = race(2, "Extra 100", "Bristol", "2027-06-19")


def numbered(*rows: dict[str, Any], first: int = 1) -> list[dict[str, Any]]:
    """The rows with the rounds of their order."""
    return [row | {"round": place} for place, row in enumerate(rows, first)]


def schedule(*rows: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A document of the season 2027."""
    return {"format": "tailgate/1", "season": 2027, "tracks": TRACKS, "drivers": DRIVERS, "races": list(rows)} | parts


def result(number: int, *order: str) -> list[dict[str, Any]]:
    """Rows of ``results``, the winner first."""
    return [
        {
            "round": number,
            "finish": place,
            "number": str(place),
            "driver": name,
            "laps": 100,
            "status": "running",
            "points": 41 - place,
        }
        for place, name in enumerate(order, 1)
    ]


async def take_in(store: Store, *documents: dict[str, Any], bundled: bool = False) -> Report:
    """Imports documents together."""
    parsed = [replace(read(document, f"{place}.json"), bundled=bundled) for place, document in enumerate(documents, 1)]
    return await import_documents(store, parsed, NOW)


async def season_of(store: Store, year: int = 2027) -> Season:
    season = await Snapshots(store).season(year)
    assert season is not None
    return season


async def races_of(store: Store) -> dict[str, Race]:
    """The races on the schedule by name, in order of round."""
    return {each.name: each for each in (await season_of(store)).races}


async def rounds(store: Store) -> dict[str, int]:
    return {name: each.round for name, each in (await races_of(store)).items()}
