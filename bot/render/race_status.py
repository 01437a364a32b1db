"""The status of a race without results at a moment, in one sentence that is the same in every answer."""

from __future__ import annotations

from datetime import datetime

from bot.render.formatting import stamp
from db.models import RACE_LENGTH, Race, RaceStatus

NO_DATE = "Postponed; new date not known yet"
NO_RESULT = "no result on record"


def awaits_new_date(race: Race, now: datetime) -> bool:
    """Whether the race was postponed, its listed time has passed, and no new date is known."""
    return race.status is RaceStatus.POSTPONED and race.begins <= now


def status_now(race: Race, now: datetime) -> str | None:
    """The status of a race whose time has come, without a period; None while all of it is ahead.

    A race is under way only from its green flag on: the listed start is often only about when coverage starts.

    Args:
        race: one without results, not cancelled.
        now: the current time.
    """
    if awaits_new_date(race, now):
        return NO_DATE
    late = _late(race, now)
    if late is not None:
        return late
    flag = race.green_flag
    if flag is not None and flag <= now:
        return f"**Under way** since {stamp(flag, 't')} · {stamp(flag, 'R')}"
    first = race.coverage
    if first is not None and first.coverage is not None and first.coverage <= now:
        about = "about " if first.approximate else ""
        since = f"{stamp(first.coverage, 't')} · {stamp(first.coverage, 'R')}"
        return f"**Coverage started** {about}{since}{_race_itself(race, first.coverage, now)}"
    if flag is None and race.start is not None and race.start <= now:
        return f"Listed for {stamp(race.start, 't')}; should be on now"
    return None


def _late(race: Race, now: datetime) -> str | None:
    """What is said once a race should be over, and nobody knows; None before that."""
    if race.over_at <= now:
        return f"Should be over by now; {NO_RESULT}"
    begun = race.green_flag or race.start
    if begun is None or now < begun + RACE_LENGTH:
        return None
    which = "Green flag was due" if race.green_flag is not None else "Listed for"
    return f"{which} {stamp(begun, 't')}; should be over by now, unless it was delayed"


def _race_itself(race: Race, coverage: datetime, now: datetime) -> str:
    """When the race is due, where that is known apart from its coverage."""
    if race.green_flag is not None:
        return f"; green flag due {stamp(race.green_flag, 't')} · {stamp(race.green_flag, 'R')}"
    if race.start is None or race.start <= coverage:
        return ""
    if race.start <= now:
        return f"; race was listed for {stamp(race.start, 't')}"
    return f"; race listed for {stamp(race.start, 't')} · {stamp(race.start, 'R')}"
