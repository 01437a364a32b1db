"""Feeds that hold the project's own documents, so that what is fetched when can be shown without NASCAR's shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.feeds import paths
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.translation import Known, Translated
from db.documents.reader import Document, read_bytes
from db.errors import DocumentError
from tests.bot.feeds.conftest import START

GREEN = START + timedelta(hours=23)
"""Friday, 17 October 2025, 4 p.m. Eastern."""
OF_RESULTS = b"results, without "
DRIVERS = ("Corey Heim", "Ty Majeski", "Gio Ruggiero")


@dataclass
class PlainTranslator:
    """Takes a document of the feeds for the project's own; notes what it was given."""

    read: list[tuple[str, ...]] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    trusted: list[int] = field(default_factory=list)
    extras: bool = False

    def season_extras(self, year: int) -> tuple[str, ...]:
        del year
        return (paths.tracks(),) if self.extras else ()

    def race_extras(self, year: int, race: int) -> tuple[str, ...]:
        return (paths.lap_times(year, race),) if self.extras else ()

    def schedule(self, year: int, known: Known, races: Fetched, extra: Mapping[str, Fetched]) -> Translated:
        del year
        return self._document(known, races, extra)

    def weekend(
        self,
        year: int,
        race: int,
        known: Known,
        races: Fetched,
        weekend: Fetched,
        extra: Mapping[str, Fetched],
        *,
        trusted: bool,
    ) -> Translated:
        del year
        assert races.body is not None
        if trusted:
            self.trusted.append(race)
        return self._document(known, weekend, extra)

    def _document(self, known: Known, fetched: Fetched, extra: Mapping[str, Fetched]) -> Translated:
        self.read.append((fetched.path, *(path for path, each in extra.items() if each.body is not None)))
        self.known.append(known)
        assert fetched.body is not None
        # Lines on what was left out: of a document of which nothing else is taken, or of results.
        if fetched.body.startswith(b"["):
            return Translated((), refused=json.loads(fetched.body))
        if fetched.body.startswith(OF_RESULTS):
            lines = json.loads(fetched.body.removeprefix(OF_RESULTS))
            return Translated([read_bytes(results(), "feed.json")], refused=lines)
        return Translated([self._own(fetched)])

    def _own(self, fetched: Fetched) -> Document:
        assert fetched.body is not None
        try:
            return read_bytes(fetched.body, "feed.json")
        except DocumentError as error:
            raise FeedError(fetched.path, error.problem) from error


def race_row(start: datetime = GREEN, number: int = 1, nascar_id: int = 5504, **facts: Any) -> dict[str, Any]:
    moment = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    day = (start - timedelta(hours=5)).date().isoformat()
    row = {"round": number, "name": f"Race {number}", "track": "Talladega Superspeedway", "date": day, "start": moment}
    return row | {"nascar_id": nascar_id} | facts


def partly(lines: list[str]) -> bytes:
    """The weekend of a race that is over, of which something is left out."""
    return OF_RESULTS + json.dumps(lines).encode()


def document(season: int = 2025, **sections: Any) -> bytes:
    drivers = [{"name": name} for name in DRIVERS]
    head = {"format": "tailgate/1", "season": season, "source": "the feeds", "drivers": drivers}
    tracks = [{"name": "Talladega Superspeedway", "short": "Talladega"}]
    return json.dumps(head | {"tracks": tracks} | sections).encode()


def results(number: int = 1, *, state: str = "unofficial", order: tuple[str, ...] = DRIVERS, **facts: Any) -> bytes:
    """The weekend of a race that is over."""
    rows = [
        {
            "round": number,
            "finish": place,
            "number": str(place),
            "driver": name,
            "laps": 90,
            "status": "running",
            "points": 41 - place,
        }
        for place, name in enumerate(order, 1)
    ]
    return document(races=[race_row(number=number, results_state=state, **facts)], results=rows)
