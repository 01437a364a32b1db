"""Drivers (``drivers.json``), tracks (``tracks.json``) and the times of sessions (``schedule-feed.json``)."""

from __future__ import annotations

from pydantic import Field

from bot.feeds.schemas.race import Event
from bot.feeds.schemas.values import Feed, Id, Speed, Text


class DriverFacts(Feed):
    """A driver. An id of 0 and a birth date of 1 January 1970 are not known."""

    driver_id: Id = Field(default=None, alias="Nascar_Driver_ID")
    born: Text = Field(default=None, alias="DOB")


class TrackFacts(Feed):
    """A track; ``length`` is in miles."""

    track_id: Id = None
    city: Text = None
    state: Text = None
    length: Speed = None


class SessionTime(Event):
    """A session of a race's weekend. Its ``start_time`` is the track's own time, and not looked at."""

    race_id: Id = None
    series_id: Id = None
