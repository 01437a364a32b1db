"""Spoils NASCAR's documents in every way, lets the program take them in, and says what became of the store.

``python -m tests.feeds.mutating --count 10000`` does it as often as one likes. Each spoiled document ends as a sound
new state or as a clear line, and never as half of itself.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import hashlib
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from db.connection import Store
from db.documents.importer import import_documents
from db.models import Season
from db.results_state import ResultsState
from db.snapshots import Snapshots
from tests.db.documents import read
from tests.feeds import fake_nascar
from tests.feeds.taking import Headers, Looked, look
from tests.stores import make_empty, open_unsynced

NAMES = (
    *("A \ud800 B", "\x1b[31mRed\x1b[0m", "x" * 10_000, "Corey  Heim Jr.", "Tyler Somebody", "John Smith", "\u2028"),
    *("Robert'); DROP TABLE drivers;--", "@everyone", "Ann Smith (key ann-smith)"),
)
"""What may stand where a name does."""
HEADERS: tuple[Headers, ...] = (
    *((None, None), ('"a"', None), ("W/", None), (None, "yesterday"), (None, "Thu, 99 Foo 2027 00:00:00 GMT")),
    *((None, "Fri, 31 Dec 9999 23:59:59 GMT"), ('"b"', "Thu, 01 Jan 1970 00:00:00 GMT")),
)
YEAR = 2027
TRUCKS = 10
RUN = 2
"""Races of the small season that have been run when the store is made; the next one is mutated, too."""
AT = datetime(2027, 3, 1, tzinfo=UTC)
STRANGE: tuple[Any, ...] = (
    *(None, "", " ", "x", "abc\u0000def", "\u202e", "é" * 300, [], {}, [[]], {"a": 1}, True, False),
    *(0, -1, -40, 3, 61, 1999, 2**31, 10**12, 10**30, 1.5, -0.25, 1e300, "7", "-7", "1,234.5", "1900-01-01T00:00:00"),
    *("2027-13-45T99:00:00", "9999-12-31T00:00:00", "2027-06-01T00:00:00+14:00", "Corey Heim", "Under Caution"),
)


def small_season() -> fake_nascar.Season:
    """Three races of a season that never was, with ten trucks each."""
    season = fake_nascar.season_to_be(YEAR)
    season.races = season.races[: RUN + 1]
    kept = {race["race_id"] for race in season.races}
    season.weekends = {number: race for number, race in season.weekends.items() if number in kept}
    season.laps = {number: laps for number, laps in season.laps.items() if number in kept}
    for listed in season.races:
        weekend = season.weekend(listed["race_id"])
        rows = sorted(weekend["results"], key=lambda row: row["finishing_position"] or 99)[:TRUCKS]
        numbers = {row["car_number"] for row in rows}
        led = {row["car_number"] for row in weekend["results"] if row["laps_led"]}
        weekend["results"] = rows
        weekend["race_leaders"] = weekend["race_leaders"] if led <= numbers else []
        weekend["number_of_cars_in_field"] = listed["number_of_cars_in_field"] = TRUCKS
        for stage in weekend["stage_results"]:
            stage["results"] = [row for row in stage["results"] if row["car_number"] in numbers]
    return season


@dataclass(frozen=True)
class Spoiled:
    """A document after a mutation: which one it is, what was done to it, its bytes and its headers."""

    path: str
    how: str
    body: bytes
    headers: Headers = (None, None)


class Mutations:
    """Spoils the documents of the small season, one mutation or a few at a time."""

    def __init__(self, documents: dict[str, bytes], seed: int) -> None:
        self._documents = documents
        self._random = random.Random(seed)

    def one(self) -> Spoiled:
        """A document with one to three things spoiled."""
        path, headers = self._random.choice(sorted(self._documents)), self._random.choice(HEADERS)
        body = self._documents[path]
        if self._random.random() < 0.1:
            how, body = self._bytes(body)
            return Spoiled(path, how, body, headers)
        value = json.loads(body)
        done = []
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            places = list(_places(value))
            named = [(parent, key) for parent, key in places if "name" in str(key).casefold()]
            if named and self._random.random() < 0.2:
                parent, key = self._random.choice(named)
                parent[key] = self._random.choice(NAMES)
                done.append(f"name {key!r} ({parent[key][:20]!r})")
            else:
                done.append(self._spoil(*self._random.choice(places)))
        return Spoiled(path, "; ".join(done), json.dumps(value).encode(), headers)

    def _spoil(self, parent: Any, key: Any) -> str:
        how = self._random.choice(("drop", "replace", "replace", "double", "shuffle", "negate", "grow", "copy"))
        held = parent[key]
        if how == "drop":
            del parent[key]
        elif how == "replace":
            parent[key] = copy.deepcopy(self._random.choice(STRANGE))
        elif how == "double" and isinstance(parent, list):
            parent.insert(self._random.randrange(len(parent) + 1), copy.deepcopy(held))
        elif how == "shuffle" and isinstance(parent, list):
            self._random.shuffle(parent)
        elif how == "copy" and isinstance(parent, list):
            parent[key] = copy.deepcopy(self._random.choice(parent))
        elif isinstance(held, int | float):
            parent[key] = -held if how == "negate" else held * self._random.choice((2, 10, 10**6, 10**20))
        else:
            parent[key] = self._random.choice(STRANGE)
        return f"{how} {key!r} ({str(held)[:40]!r})"

    def _bytes(self, body: bytes) -> tuple[str, bytes]:
        cut = self._random.randrange(len(body))
        return self._random.choice(
            [
                ("cut short", body[:cut]),
                ("null", b"null"),
                ("empty", b""),
                ("a web page", b"<!DOCTYPE html><html>no</html>"),
                ("a byte order mark", b"\xef\xbb\xbf" + body),
                ("Latin-1", body[:cut] + b"\xe9" + body[cut:]),
                ("NaN", body.replace(b": 0,", b": NaN,", 1)),
                ("something behind it", body + b"{}"),
                ("nested", b"[" * 100_000),
                ("another document", self._random.choice(list(self._documents.values()))),
            ]
        )


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a document that can be spoiled, as a container and a key of it."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in members:
        yield value, key
        yield from _places(held)


class Trials:
    """Takes spoiled documents into copies of one store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.documents: dict[str, bytes] = {}
        self._base = folder / "base.db"
        self._before: Season | None = None
        self._races: list[int] = []

    async def prepare(self) -> None:
        """Makes the store: two races run, the third to come, all from sound documents."""
        season = small_season()
        self._races = [race["race_id"] for race in season.races]
        whole = copy.deepcopy(season)
        season.forget_results(season.races[RUN]["race_id"])
        self.documents = whole.documents()
        await asyncio.to_thread(make_empty, self._folder / "empty.db")
        async with await open_unsynced(self._base, self._folder / "empty.db") as store:
            drivers = [{"name": "Corey Heim", "nascar_id": 4387}, {"name": "John Smith"}, {"name": "Ann Smith"}]
            await import_documents(store, [read({"format": "tailgate/1", "drivers": drivers}, "drivers.json")], AT)
            looked = await look(store, season.documents(), YEAR, at=AT)
            assert looked.outcome.refused == []
            self._before = await Snapshots(store).season(YEAR)

    async def run(self, count: int, seed: int) -> Counter[str]:
        """So many trials; what came of them, by word. A store in which nothing changed serves for the next one, too.

        Raises:
            AssertionError: a spoiled document left a store that is not sound; it says which, and how.
        """
        mutations, outcomes = Mutations(self.documents, seed), Counter[str]()
        number = 0
        while number < count:
            path = self._folder / f"trial{number}.db"
            async with await open_unsynced(path, self._base) as store:
                changed = 0
                while number < count and not changed:
                    word, changed = await self._one(store, mutations.one())
                    outcomes[word] += 1
                    number += 1
                    if number % 1000 == 0:
                        print(number, dict(outcomes), file=sys.stderr, flush=True)  # noqa: T201
            for each in self._folder.glob(f"{path.name}*"):
                each.unlink()
        return outcomes

    async def _one(self, store: Store, spoiled: Spoiled) -> tuple[str, int]:
        """Takes a spoiled document in; returns in a word what came of it, and how many rows changed."""
        races = [number for number in self._races if str(number) in spoiled.path] or None
        served = self.documents | {spoiled.path: spoiled.body}
        headers = {spoiled.path: spoiled.headers}
        looked = await look(store, served, YEAR, races, at=AT + timedelta(days=1), headers=headers)
        return await self._judged(store, spoiled, looked), looked.outcome.counts.changed

    async def _judged(self, store: Store, spoiled: Spoiled, looked: Looked) -> str:
        refused, notes = looked.outcome.refused, looked.outcome.notes
        lines = [*refused, *notes, *(each.line for each in looked.memory.findings)]
        for line in lines:
            assert line.strip(), spoiled
            assert line.isprintable(), (spoiled, line)
            assert "Traceback" not in line, (spoiled, line)
        # Taken in, or said to fail and asked for again: nothing is lost between the two.
        known = looked.memory.documents[spoiled.path]
        is_taken = known.digest == hashlib.sha256(spoiled.body).hexdigest()
        assert is_taken is (known.failing_since is None), (spoiled, known)
        season = await Snapshots(store).season(YEAR)
        assert season is not None, spoiled
        problem = _unsound(season, self._before)
        assert problem is None, (spoiled, problem, lines)
        return "refused with a line" if refused else "clash with a line" if notes else "taken in"


def _unsound(season: Season, before: Season | None) -> str | None:
    """What is wrong with a season, in words; None where it is sound."""
    assert before is not None
    if [race.round for race in season.races] != list(range(1, len(season.races) + 1)):
        return f"rounds {[race.round for race in season.races]}"
    return _lost(season, before) or _unsound_results(season)


def _lost(season: Season, before: Season) -> str | None:
    for race in before.races:
        other = next((each for each in season.races if each.id == race.id), None)
        if other is None:
            return f"race {race.round} is gone"
        if before.results.get(race.round) and len(season.results.get(other.round, ())) < TRUCKS:
            return f"race {race.round} has lost trucks"
    return None


def _unsound_results(season: Season) -> str | None:
    for number, rows in season.results.items():
        if [row.finish for row in rows] != list(range(1, len(rows) + 1)):
            return f"places {[row.finish for row in rows]}"
        if len({row.driver for row in rows}) < len(rows) or any(row.led > row.laps for row in rows):
            return f"rows of race {number}"
        if season.results_state(number) not in {ResultsState.UNOFFICIAL, ResultsState.OFFICIAL}:
            return f"state of race {number}"
    return None


async def run(count: int, seed: int, folder: Path) -> Counter[str]:
    """So many trials in a folder of their own; see ``Trials.run``."""
    trials = Trials(folder)
    await trials.prepare()
    return await trials.run(count, seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(dict(asyncio.run(run(arguments.count, arguments.seed, Path(folder)))))  # noqa: T201


if __name__ == "__main__":
    main()
