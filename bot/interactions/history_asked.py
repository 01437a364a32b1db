"""Turns what a fan typed into the options of /records and /track into the question that it asks."""

from __future__ import annotations

from bot.errors import FriendlyError, UnknownTrack
from bot.finder.words import name_words
from bot.interactions.understanding import Understood
from bot.questions.history import RecordsQuestion, TrackQuestion
from bot.render.formatting import escape
from bot.render.understood import not_understood
from bot.seasons.all_time import tracks_of
from bot.seasons.as_of import AsOf
from db.models import Driver, Track

NEAREST = 3
"""How many tracks are offered for one that is not known."""


def records_asked(as_of: AsOf, what: str | None, track: str | None, driver: str | None, year: int | None) -> Understood:
    """What /records is asked.

    Raises:
        FriendlyError: the track, the driver or the year names nothing on record.
    """
    named = as_of.season(year).year if year is not None else None
    place = track_named(as_of, track).key if track is not None else None
    person, lines = _driver_named(as_of, driver) if driver is not None else (None, ())
    return Understood(RecordsQuestion(what, place, person.key if person is not None else None, named), lines)


def track_asked(as_of: AsOf, name: str, driver: str | None) -> Understood:
    """What /track is asked; a driver may be named in the text as well.

    Raises:
        FriendlyError: no track, or no driver, is known by that name.
    """
    place = track_named(as_of, name)
    beside = as_of.read(name, None, "race").driver if name not in tracks_of(as_of) else None
    person, lines = _driver_named(as_of, driver) if driver is not None else (beside, ())
    return Understood(TrackQuestion(place.key, person.key if person is not None else None), lines)


def track_named(as_of: AsOf, text: str) -> Track:
    """The track that a text names: by its key, by a whole name of it, or as part of a race's name.

    Raises:
        UnknownTrack: with the tracks that are most like it.
    """
    tracks = tracks_of(as_of)
    typed = "".join(name_words(text))
    whole = [track for track in tracks.values() if typed and typed in {"".join(name_words(n)) for n in names_of(track)}]
    if text.strip() in tracks:
        return tracks[text.strip()]
    if whole:
        return whole[0]
    found = as_of.read(text, None, "race").track
    if found is None:
        raise UnknownTrack(text, [track.short for track in offered_tracks(as_of, text)][:NEAREST])
    return found


def names_of(track: Track) -> tuple[str, ...]:
    """Every name of a track, the short one first."""
    return (track.short, track.name, *track.aliases)


def offered_tracks(as_of: AsOf, text: str) -> list[Track]:
    """The tracks a name of which has all the words of a text, or their beginnings; all of them without a word."""
    words = name_words(text)

    def fits(track: Track) -> bool:
        parts = [part for name in (*names_of(track), track.city or "", track.state or "") for part in name_words(name)]
        return all(any(part.startswith(word) for part in parts) for word in words)

    return [track for track in tracks_of(as_of).values() if fits(track)]


def _driver_named(as_of: AsOf, text: str) -> tuple[Driver, tuple[str, ...]]:
    reading = as_of.read(text, None, "driver")
    if reading.driver is None:
        return as_of.finder.driver(text, as_of.season()), ()
    if len(reading.drivers) > 1:
        raise FriendlyError("Name one driver; /compare puts two side by side.")
    return reading.driver, (not_understood(escape(reading.driver.name), reading.not_understood),)
