"""Tells drivers, or tracks, of one name apart: in a document's ``name (detail)`` and in an answer's label."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db.naming import fold_name

if TYPE_CHECKING:
    from db.models import Driver, Track

Years = Mapping[str, tuple[int, int]]
"""The first and the last year in which each driver raced, by key; those who never did are left out."""

_REFERENCE = re.compile(r"(.*\S)\s*\(([^()]+)\)", re.DOTALL)
_BORN = re.compile(r"born (\d{4}(?:-\d\d-\d\d)?)", re.IGNORECASE | re.ASCII)
_NASCAR_ID = re.compile(r"(?:nascar )?id (\d{1,10})", re.IGNORECASE | re.ASCII)
_KEY = re.compile(r"key (\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reference:
    """A name and what tells its bearer from others of that name."""

    name: str
    detail: str

    @classmethod
    def read(cls, text: str) -> Reference | None:
        """The reference in a text, such as "John Smith (born 1990)"; None where no parentheses end it."""
        # Nearly every text has none, which is told sooner like this.
        match = _REFERENCE.fullmatch(text.strip()) if "(" in text else None
        return cls(match[1], " ".join(match[2].split())) if match else None

    @property
    def is_of_driver(self) -> bool:
        """Whether the detail is one that tells drivers apart, whoever has it."""
        return any(each.fullmatch(self.detail) for each in (_BORN, _NASCAR_ID, _KEY))

    def means_driver(self, driver: Driver) -> bool:
        """Whether the detail is the driver's: "born 1990", "born 1990-05-03", "NASCAR id 4123", "key john-smith"."""
        if born := _BORN.fullmatch(self.detail):
            return driver.born is not None and driver.born.isoformat().startswith(born[1])
        if number := _NASCAR_ID.fullmatch(self.detail):
            return driver.nascar_id == int(number[1])
        key = _KEY.fullmatch(self.detail)
        return key is not None and key[1] == driver.key

    def means_track(self, track: Track) -> bool:
        """Whether the detail is the track's: its city, its state, "Nashville, TN", or "key nashville-speedway"."""
        if key := _KEY.fullmatch(self.detail):
            return key[1] == track.key
        places = (_place(track), track.city, track.state)
        return fold_name(self.detail) in {fold_name(place) for place in places if place}


def _place(track: Track) -> str:
    return ", ".join(part for part in (track.city, track.state) if part)


def driver_details(driver: Driver) -> list[str]:
    """What ``Reference.means_driver`` takes for a driver, the most telling first; the last is nobody else's."""
    born = f"born {driver.born.isoformat()}" if driver.born else ""
    number = f"NASCAR id {driver.nascar_id}" if driver.nascar_id else ""
    return [detail for detail in (born, number, f"key {driver.key}") if detail]


def track_details(track: Track) -> list[str]:
    """The same for a track and ``Reference.means_track``."""
    return [detail for detail in (_place(track), f"key {track.key}") if detail]


def tell_tracks_apart(tracks: Mapping[int, Track]) -> dict[int, Track]:
    """Tracks by row id for answers: where several share a name or a short name, each has its place behind it."""
    bearers: dict[str, set[int]] = defaultdict(set)
    for number, track in tracks.items():
        for name in (track.name, track.short):
            bearers[fold_name(name)].add(number)

    def told(name: str, track: Track) -> str:
        place = _place(track)
        return f"{name} ({place})" if place and len(bearers[fold_name(name)]) > 1 else name

    return {n: replace(t, name=told(t.name, t), short=told(t.short, t)) for n, t in tracks.items()}


def namesakes(drivers: Iterable[Driver]) -> list[Driver]:
    """Those who bear the name of another of them."""
    groups: dict[str, list[Driver]] = defaultdict(list)
    for driver in drivers:
        groups[fold_name(driver.name)].append(driver)
    return [driver for group in groups.values() if len(group) > 1 for driver in group]


def tell_apart(drivers: Iterable[Driver], years: Years | None = None) -> dict[str, str]:
    """What to call those drivers who bear the name of another of them, by key: "Johnny Sauter (2003–2024)".

    All of one name get the same kind of detail, the first in which they differ: the years in which they raced, where
    these are given, the home town, the year or day of birth, NASCAR's id, or else the key.
    """
    groups: dict[str, list[Driver]] = defaultdict(list)
    for driver in namesakes(drivers):
        groups[fold_name(driver.name)].append(driver)
    return {
        driver.key: f"{driver.name} ({detail})" if detail else driver.name
        for group in groups.values()
        for driver, detail in zip(group, _telling(group, years or {}), strict=True)
    }


def _telling(group: list[Driver], years: Years) -> list[str]:
    kinds = (
        [_span(years.get(driver.key)) for driver in group],
        [driver.hometown or "" for driver in group],
        [f"born {driver.born.year}" if driver.born else "" for driver in group],
        [f"born {driver.born.isoformat()}" if driver.born else "" for driver in group],
        [f"NASCAR id {driver.nascar_id}" if driver.nascar_id else "" for driver in group],
    )
    # One of them may lack the detail: without one, that driver is told from the others as well.
    telling = (details for details in kinds if len(set(map(fold_name, details))) == len(group))
    return next(telling, [driver.key for driver in group])


def _span(raced: tuple[int, int] | None) -> str:
    if raced is None:
        return ""
    first, last = raced
    return str(first) if first == last else f"{first}–{last}"
