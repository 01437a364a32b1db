"""Tracks, with the names and layouts that they had in other seasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrackName:
    """What a track was called from one season to another, both inclusive, where it was not today's name."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Layout:
    """How a track was laid out from one season to another, both inclusive.

    ``length`` is miles a lap; ``shape`` as a track's; ``surface`` is paved or dirt.
    """

    first: int
    last: int
    length: float | None = None
    shape: str | None = None
    surface: str | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """``key`` is stable ("talladega-superspeedway"); ``length`` is miles a lap.

    ``shape`` is oval, road course, street course or dirt oval. Name, length and shape are today's; ``names`` and
    ``layouts`` are those of the seasons in which the series raced there, oldest first.
    """

    key: str
    name: str
    short: str
    aliases: tuple[str, ...] = ()
    city: str | None = None
    state: str | None = None
    length: float | None = None
    shape: str | None = None
    names: tuple[TrackName, ...] = ()
    layouts: tuple[Layout, ...] = ()

    def name_in(self, season: int) -> str:
        """What the track was called in a season; today's name where no other is on record."""
        return next((each.name for each in self.names if each.first <= season <= each.last), self.name)

    def layout_in(self, season: int) -> Layout:
        """How the track was laid out in a season; as today where nothing is on record for it."""
        held = (each for each in self.layouts if each.first <= season <= each.last)
        return next(held, Layout(season, season, self.length, self.shape))
