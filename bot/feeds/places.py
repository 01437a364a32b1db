"""Which track a document means. The store knows no ids of tracks, so their names decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from bot.feeds.clashes import ClashError
from bot.feeds.schemas.people_and_places import TrackFacts
from db.models import Track
from db.naming import fold_name


class Places:
    """The tracks of the store, for one document.

    Attributes:
        clashes: one line for each track that is called otherwise than the store knows.
    """

    def __init__(self, tracks: Mapping[str, Track], facts: Iterable[TrackFacts] = ()) -> None:
        """``tracks`` are all of the store by key; ``facts`` is what NASCAR says of its tracks."""
        self.clashes: list[str] = []
        self._facts = {each.track_id: each for each in facts if each.track_id is not None}
        self._by_name: dict[str, list[Track]] = defaultdict(list)
        for track in tracks.values():
            for name in {fold_name(name) for name in (track.name, track.short, *track.aliases)}:
                self._by_name[name].append(track)
        self._rows: dict[str, dict[str, Any]] = {}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of tracks that are new."""
        return list(self._rows.values())

    def join(self, number: int | None, name: str, held: Track | None, race: str) -> str:
        """What a document calls the track of that name.

        Args:
            number: NASCAR's id of the track.
            name: as NASCAR calls it.
            held: where the race is run as far as the store knows; None for a new race.
            race: what the race is called, for the line about a track that is not known.

        Raises:
            ClashError: several tracks bear the name.
        """
        bearers = self._by_name.get(fold_name(name), [])
        if held is not None and held in bearers:
            return self._reference(held)
        if len(bearers) == 1:
            return self._reference(bearers[0])
        if bearers:
            both = " or ".join(f"{each.name} ({each.key})" for each in bearers)
            raise ClashError(f"{name} may be {both}; give the track that is meant an alias of its own")
        if held is not None:
            self.clashes.append(
                f"{race} is at {held.name}, and the feed says {name}; if it moved, import its new track"
            )
            return self._reference(held)
        row: dict[str, Any] = {"name": name, "short": name}
        facts = self._facts.get(number) if number is not None else None
        if facts is not None:
            known = {"city": facts.city, "state": facts.state, "length": facts.length}
            row |= {field: value for field, value in known.items() if value is not None}
        self._rows[name] = row
        return name

    def _reference(self, track: Track) -> str:
        alone = len(self._by_name[fold_name(track.name)]) == 1
        return track.name if alone else f"{track.name} (key {track.key})"
