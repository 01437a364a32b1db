"""The laps that come with the program: a compressed file for each season, of a line of JSON for each race.

The first line says what the file is.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from db.laps.models import Lap, PackedRace, PackedTruck, PitStop, StopFlag, Tires
from db.laps.packing import pack

FORMAT = "tailgate-laps/1"
ENDING = ".jsonl.gz"


@cache
def bundled_lap_years() -> tuple[int, ...]:
    """The seasons of which laps come with the program, oldest first."""
    names = (file.name for file in files("db").joinpath("laps").iterdir())
    return tuple(sorted(int(name.removesuffix(ENDING)) for name in names if name.endswith(ENDING)))


@cache
def laps_digest(year: int) -> str:
    """What changes whenever a newer program brings the laps of that season otherwise."""
    return sha256(_bytes(year)).hexdigest()


def race_lines(year: int) -> list[str]:
    """The races of a season of which laps come with the program, a line each.

    Raises:
        FileNotFoundError: there are none of that season.
        ValueError: the file is not of this program's format.
    """
    head, *lines = gzip.decompress(_bytes(year)).decode().splitlines()
    found = json.loads(head)["format"]
    if found != FORMAT:
        raise ValueError(f"the laps of {year} have the format {found}, and this program reads {FORMAT}")
    return lines


@cache
def bundled_lap_races(year: int) -> frozenset[int]:
    """NASCAR's ids of the races of a season of which laps come with the program. Takes some tenths of a second once."""
    if year not in bundled_lap_years():
        return frozenset()
    return frozenset(json.loads(line)["race"] for line in race_lines(year))


def read_race(line: str) -> PackedRace:
    """A race from its line. Takes some hundredths of a second."""
    race = json.loads(line)
    return PackedRace(
        race["race"],
        tuple(map(_truck, race["trucks"])),
        None if race["stops"] is None else tuple(map(_stop, race["stops"])),
    )


def _truck(row: dict[str, Any]) -> PackedTruck:
    laps = (Lap(*lap) for lap in zip(row["milliseconds"], row["positions"], strict=True))
    return PackedTruck(row["number"], row["driver"], pack(laps))


def _stop(row: list[Any]) -> PitStop:
    number, lap, flag, came_in_at, road_time, stopped_time, tires, place_in, place_out = row
    changed = Tires(tires) if tires else None
    return PitStop(number, lap, StopFlag(flag), came_in_at, road_time, stopped_time, changed, place_in, place_out)


def _bytes(year: int) -> bytes:
    return files("db").joinpath("laps").joinpath(f"{year}{ENDING}").read_bytes()
