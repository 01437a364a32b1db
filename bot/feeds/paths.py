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


def pit_data(season: int, race: int) -> str:
    """Every pit stop."""
    return f"cacher/{season}/{TRUCKS}/{race}/live-pit-data.json"


def session_times(season: int) -> str:
    """When each session of the season is run."""
    return f"cacher/{season}/{TRUCKS}/schedule-feed.json"


def standings(season: int) -> str:
    """The drivers' points; an old one may be another season's."""
    return f"cacher/{season}/{TRUCKS}/points-feed.json"


def live_feed(race: int) -> str:
    """A race's latest session as it runs, or as it ended."""
    return f"live/feeds/series_{TRUCKS}/{race}/live_feed.json"


def live_points(race: int) -> str:
    """The points as they run, the stages' and the fastest lap's among them."""
    return f"live/feeds/series_{TRUCKS}/{race}/live_points.json"


def live_stage_points(race: int) -> str:
    """Every driver's place and points in each stage."""
    return f"live/feeds/series_{TRUCKS}/{race}/live_stage_points.json"


def flags(race: int) -> str:
    """The flags of a race, in order."""
    return f"live/feeds/series_{TRUCKS}/{race}/live-flag-data.json"


def drivers() -> str:
    """Every driver of the three series."""
    return "cacher/drivers.json"


def tracks() -> str:
    """Every track."""
    return "cacher/tracks.json"
