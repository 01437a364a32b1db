"""However odd a document is, it takes no longer to read than it is long."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.feeds import reading, schemas
from bot.feeds.errors import FeedError
from bot.feeds.fetched import Fetched
from bot.feeds.schedule import place_races
from bot.feeds.schemas import values
from bot.feeds.schemas.race_list import ListedRace
from bot.feeds.schemas.values import LONGEST, LONGEST_NUMBER, MOST, MOST_OF_A_RACE, Feed
from tests.feeds.fake_nascar import as_bytes
from tests.feeds.mutating import AT


def lists_in(schema: Any) -> Iterator[dict[str, Any]]:
    """Every list that a shape of pydantic's holds."""
    if isinstance(schema, dict):
        if schema.get("type") == "list":
            yield schema
        for part in schema.values():
            yield from lists_in(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from lists_in(part)


def shapes() -> Iterator[tuple[str, Any]]:
    """The shapes of documents and of their parts, by name."""
    for module in pkgutil.iter_modules(schemas.__path__):
        for name, held in vars(importlib.import_module(f"{schemas.__name__}.{module.name}")).items():
            if isinstance(held, type) and issubclass(held, Feed):
                yield name, TypeAdapter(held).core_schema
    yield from ((name, held.core_schema) for name, held in vars(reading).items() if isinstance(held, TypeAdapter))


def test_every_list_has_a_bound_and_ends_with_its_first_fault() -> None:
    found = [(name, each) for name, shape in shapes() for each in lists_in(shape)]
    assert len(found) > 15
    assert [name for name, each in found if not each.get("fail_fast")] == []
    assert [name for name, each in found if not 0 < each.get("max_length", 0) <= MOST] == []


READERS: dict[str, Any] = {
    "weekend": lambda fetched: reading.read_weekend(fetched, 2027, 6001),
    "list": lambda fetched: reading.read_race_list(fetched, 2027),
    "standings": reading.read_standings,
    "live points": reading.read_live_points,
    "pit stops": lambda fetched: reading.read_pit_stops(fetched, frozenset()),
    "drivers": reading.read_drivers,
    "tracks": reading.read_tracks,
    "sessions": reading.read_sessions,
}


@pytest.mark.parametrize("name", READERS)
def test_a_list_that_is_too_long(name: str) -> None:
    body = as_bytes([{}] * (MOST + 1))
    with pytest.raises(FeedError) as caught:
        READERS[name](Fetched("a.json", body, AT))
    assert len(caught.value.problem) < 200


@pytest.mark.parametrize("rows", [2, MOST_OF_A_RACE])
def test_of_many_faults_one_is_told(rows: int) -> None:
    with pytest.raises(ValidationError) as caught:
        reading._WEEKEND.validate_python([{}] * rows)
    assert {error["loc"][0] for error in caught.value.errors()} == {0}


def test_a_list_of_unreadable_races_is_told_in_one_line() -> None:
    with pytest.raises(FeedError, match=r"^a\.json: 0\.race_id: Field required$"):
        reading.read_race_list(Fetched("a.json", as_bytes([{}] * MOST_OF_A_RACE), AT), 2027)


def test_of_many_unreadable_races_some_are_told() -> None:
    good = {"race_id": 1, "race_season": 2027, "race_name": "A", "track_name": "B"}
    read = reading.read_race_list(Fetched("a.json", as_bytes([good] + [{}] * 500), AT), 2027)
    assert len(read.races) == 1
    assert len(read.left_out) == reading.MOST_TOLD + 1
    assert read.left_out[0] == "a.json: row 1 is left out; 1.race_id: Field required"
    assert read.left_out[-1] == f"a.json: {500 - reading.MOST_TOLD} more rows are left out"


def test_a_race_is_looked_through_as_often_as_there_are_races_and_no_oftener(monkeypatch: pytest.MonkeyPatch) -> None:
    many = 60
    rows = [
        {"race_id": 1 + at, "race_season": 2027, "race_name": f"A {at}", "track_name": "B", "race_date": "2027-03-04"}
        for at in range(many)
    ]
    read = reading.read_race_list(Fetched("a.json", as_bytes(rows), AT), 2027)
    asked = []
    planned = ListedRace.planned

    def counted(race: ListedRace) -> Any:
        asked.append(race.race_id)
        return planned(race)

    monkeypatch.setattr(ListedRace, "planned", counted)
    assert len(place_races(None, read).races) == many
    assert len(asked) <= 4 * many


class Pattern:
    """Notes how long the texts are that are looked through."""

    def __init__(self) -> None:
        self.longest = 0

    def fullmatch(self, text: str) -> re.Match[str] | None:
        self.longest = max(self.longest, len(text))
        return re.fullmatch(".*", text)


def test_no_number_is_looked_for_in_a_million_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = Pattern()
    monkeypatch.setattr(values, "_NUMBER", pattern)
    for text in ("1" * 1_000_000, "1," * 500_000, "1" * (LONGEST_NUMBER + 1)):
        with pytest.raises(ValueError, match=r"^is no number$"):
            values.whole(text)
    values.whole("1" * LONGEST_NUMBER)
    assert pattern.longest == LONGEST_NUMBER


TEXTS = {
    "half a character": ("A \ud800 B", "has a character that is no text (U+D800)"),
    "an escape": ("A\x1b[2J", "has a character that is no text (U+001B)"),
    "an escape in one byte": ("A\x9b2J", "has a character that is no text (U+009B)"),
    "nothing": ("A\0", "has a character that is no text (U+0000)"),
    "far too long": ("x" * (LONGEST + 1), f"is longer than {LONGEST} characters"),
}


@pytest.mark.parametrize("kind", ["Text", "Name", "Truck", "NumberOfTruck"])
@pytest.mark.parametrize("case", TEXTS)
def test_what_is_no_text(kind: str, case: str) -> None:
    text, problem = TEXTS[case]
    shape: TypeAdapter[Any] = TypeAdapter(getattr(values, kind))
    with pytest.raises(ValidationError) as caught:
        shape.validate_python(text)
    (error,) = caught.value.errors()
    assert error["msg"] == f"Value error, {problem}"


@pytest.mark.parametrize("kind", ["Text", "Name"])
def test_what_cannot_be_seen_is_no_part_of_a_text(kind: str) -> None:
    shape: TypeAdapter[Any] = TypeAdapter(getattr(values, kind))
    assert shape.validate_python(" \u200eDaniel \t Suárez\u200b\n") == "Daniel Suárez"
