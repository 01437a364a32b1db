"""Where NASCAR's documents are, as paths below the feeds' address; ``season`` is a year, ``race`` NASCAR's race id."""

from __future__ import annotations

TRUCKS = 3
"""The Truck Series among NASCAR's three national series."""


def race_list(season: int) -> str:
    """Every race of a season, of all three series."""
    return f"cacher/{season}/race_list_basic.json"


def weekend(season: int, race: int) -> str:
    """One weekend: the entry list before the race, its results, lap leaders, cautions and stage results after it."""
    return f"cacher/{season}/{TRUCKS}/{race}/weekend-feed.json"


def lap_times(season: int, race: int) -> str:
    """Every lap of every truck, and the flags."""
    return f"cacher/{season}/{TRUCKS}/{race}/lap-times.json"


def session_times(season: int) -> str:
    """When each session of the season is run."""
    return f"cacher/{season}/{TRUCKS}/schedule-feed.json"


def standings(season: int) -> str:
    """The drivers' points; an old one may be another season's."""
    return f"cacher/{season}/{TRUCKS}/points-feed.json"


def drivers() -> str:
    """Every driver of the three series."""
    return "cacher/drivers.json"


def tracks() -> str:
    """Every track."""
    return "cacher/tracks.json"
