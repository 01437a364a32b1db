"""What a post of a race under way says, taken when it happened: it says the same however late it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class NamedTruck:
    """A truck's number and its driver's name, as text; the name is not escaped."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class NewsPlace:
    """A place of a stage or of the finish.

    Attributes:
        position: from 1.
        truck: whose it is.
        points: stage points; None where they are not known, and at the finish.
        gap: seconds behind the first; None where that is not known.
        laps_down: laps behind the first.
        out: whether it was out by then.
    """

    position: int
    truck: NamedTruck
    points: int | None = None
    gap: float | None = None
    laps_down: int = 0
    out: bool = False


@dataclass(frozen=True, slots=True)
class RaceNews:
    """Something that happened in a race, and how the race stood then. What was not known is None, or empty.

    Attributes:
        lap: laps completed by the leader; of a lead its first lap.
        laps: how many the race had then.
        scheduled: how many it had at first.
        truck: who led then; of a stage and at the finish who was first.
        before: who led before that.
        reason: why a flag was shown, as published.
        free_pass: the truck that gets a lap back.
        stage: which stage is over; ``stage_ends`` are, at the start, the laps that end the scored ones.
        places: the first ten of the stage, or of the finish.
        cautions, lead_changes: how many so far.
        stopped: for how many seconds the race stood, before it goes on.
        under_caution: whether it ended, or the lead changed, under caution.
    """

    lap: int
    laps: int | None = None
    scheduled: int | None = None
    truck: NamedTruck | None = None
    before: NamedTruck | None = None
    reason: str | None = None
    free_pass: NamedTruck | None = None
    stage: int | None = None
    stage_ends: tuple[int, ...] = ()
    places: tuple[NewsPlace, ...] = ()
    cautions: int | None = None
    lead_changes: int | None = None
    stopped: int | None = None
    under_caution: bool = False


_NEWS = TypeAdapter(RaceNews)


def detail_of(news: RaceNews) -> dict[str, Any]:
    """The news as values that JSON can hold."""
    found: dict[str, Any] = _NEWS.dump_python(news, mode="json", exclude_defaults=True)
    return found


def news_of(detail: Mapping[str, Any]) -> RaceNews:
    """The news that ``detail_of`` wrote.

    Raises:
        pydantic.ValidationError: another release wrote them in another shape.
    """
    return _NEWS.validate_python(dict(detail))
