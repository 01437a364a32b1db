"""Whether the times of a race agree with each other: its date, start and green flag, its coverage and its sessions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from db.models import EASTERN, SessionKind

SAME_START = timedelta(minutes=30)
"""Within this distance, and on the same day, two starts are the same one listed more exactly."""


class SessionTime(Protocol):
    """A session of a race weekend, as a model or as a row of a document."""

    @property
    def kind(self) -> SessionKind: ...
    @property
    def start(self) -> datetime: ...


class BroadcastTime(Protocol):
    """A broadcast, as a model or as a row of a document."""

    @property
    def network(self) -> str: ...
    @property
    def coverage(self) -> datetime | None: ...


class RaceTimes(Protocol):
    """The times of a race, as a model or as a row of a document."""

    @property
    def date(self) -> date: ...
    @property
    def start(self) -> datetime | None: ...
    @property
    def green_flag(self) -> datetime | None: ...
    @property
    def broadcasts(self) -> Sequence[BroadcastTime]: ...
    @property
    def sessions(self) -> Sequence[SessionTime]: ...


def contradictions(race: RaceTimes) -> Iterator[tuple[str, str]]:
    """What cannot be so among a race's times, as (field, one line on what is wrong and what to do)."""
    if race.start is not None and eastern_day(race.start) != race.date:
        yield "start", f"is on {_day(race.start)} Eastern, the date is {race.date}; give the start of that day, or none"
    # A race that waits for the weather may begin after midnight.
    if race.green_flag is not None and not timedelta() <= eastern_day(race.green_flag) - race.date <= timedelta(days=1):
        yield "green_flag", f"is on {_day(race.green_flag)} Eastern, the date is {race.date}; leave it out if unknown"
    for place, broadcast in enumerate(race.broadcasts):
        problem = coverage_fault(race, broadcast.coverage)
        if problem:
            yield f"broadcasts.{place}.coverage", f"of {broadcast.network} {problem}; leave it out if it isn't known"
    for place, session in enumerate(race.sessions):
        problem = session_fault(race, session)
        if problem:
            yield f"sessions.{place}.start", f"of {session.kind} {problem}; leave the session out if it isn't known"


def coverage_fault(race: RaceTimes, coverage: datetime | None) -> str | None:
    """Why coverage cannot start at that moment; None if it can."""
    if coverage is None:
        return None
    if eastern_day(coverage) != race.date:
        return f"is on {_day(coverage)} Eastern, the race on {race.date}"
    for what, begins in (("start", race.start), ("green flag", race.green_flag)):
        if begins is not None and coverage > begins:
            return f"is at {_clock(coverage)} Eastern, after the {what} at {_clock(begins)}"
    return None


def session_fault(race: RaceTimes, session: SessionTime) -> str | None:
    """Why a session cannot be at that moment; None if it can."""
    if session.kind is SessionKind.RACE:
        if race.start is None:
            return None if eastern_day(session.start) == race.date else f"is on {_day(session.start)}, not {race.date}"
        near = same_start(race.start, session.start)
        return None if near else f"is at {_moment(session.start)}, the start at {_moment(race.start)} Eastern"
    too_late = session.start > race.start if race.start is not None else eastern_day(session.start) > race.date
    return f"is at {_moment(session.start)} Eastern, after the race's start" if too_late else None


def same_start(one: datetime, other: datetime) -> bool:
    """Whether two starts are the same one, listed more exactly."""
    return abs(one - other) <= SAME_START and eastern_day(one) == eastern_day(other)


def eastern_day(moment: datetime) -> date:
    """The day of a moment where NASCAR speaks Eastern."""
    return moment.astimezone(EASTERN).date()


def _day(moment: datetime) -> str:
    return eastern_day(moment).isoformat()


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(EASTERN):%H:%M}"


def _moment(moment: datetime) -> str:
    return f"{_day(moment)} {_clock(moment)}"
