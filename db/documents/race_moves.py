"""What a race loses when a document moves it: coverage and sessions belong to the start that they were given for."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Any

from db.documents.file_format import BroadcastRow, RaceRow
from db.race_times import SAME_START, coverage_fault, eastern_day, same_start, session_fault


def settle_times(existing: RaceRow, row: RaceRow, given: Collection[str], former: AbstractSet[datetime]) -> RaceRow:
    """The row with what does not belong to its start taken away.

    Where the row moves the race, and gives no coverage and sessions of its own, the stored ones are forgotten; networks
    stay. They are never shifted. A start that is listed more exactly moves nothing, as long as coverage is before it.
    Times of an earlier start that the row repeats, since only the date was edited in it, are not taken for new ones.

    Args:
        existing: the stored race.
        row: the document's row.
        given: the fields that the row gives or clears.
        former: moments that belonged to an earlier start of the race.
    """
    start = row.start if "start" in given else existing.start
    changes: dict[str, Any] = {}
    if "start" not in given and start is not None and eastern_day(start) != row.date:
        start = changes["start"] = None
    now = row.model_copy(update={"start": start, "green_flag": None})
    changed = (row.date, start) != (existing.date, existing.start)
    moved = changed and not _is_same(existing, row.date, start)
    known = former | moments(existing)

    def belongs_no_more(moment: datetime | None, fault: str | None, *, repeated: bool) -> bool:
        return moment in known and fault is not None if repeated else moved or (changed and fault is not None)

    broadcasts = _given(existing, row, "broadcasts", given)
    changes["broadcasts"] = [
        _without_coverage(each)
        if belongs_no_more(each.coverage, coverage_fault(now, each.coverage), repeated="broadcasts" in given)
        else each
        for each in broadcasts
    ]
    sessions = _given(existing, row, "sessions", given)
    faults = [session_fault(now, each) for each in sessions]
    if "sessions" in given:
        repeated = all(each.start in known for each in sessions) and any(faults)
        changes["sessions"] = [] if repeated else sessions
    else:
        changes["sessions"] = [
            each
            for each, fault in zip(sessions, faults, strict=True)
            if not belongs_no_more(each.start, fault, repeated=False)
        ]
    green_flag = row.green_flag if "green_flag" in given else existing.green_flag
    if green_flag is not None and changed and green_flag in known and not _may_be_flag(green_flag, row.date, start):
        changes["green_flag"] = None
    # Only what is not as it would be anyway, so that a field that the row leaves out still counts as left out.
    return row.model_copy(
        update={name: value for name, value in changes.items() if value != getattr(_before(existing, row, given), name)}
    )


def moments(race: RaceRow) -> set[datetime]:
    """The moments that belong to a race's start."""
    found = {each.coverage for each in race.broadcasts} | {each.start for each in race.sessions} | {race.green_flag}
    return {moment for moment in found if moment is not None}


def _is_same(existing: RaceRow, day: date, start: datetime | None) -> bool:
    if start is not None and existing.start is not None:
        return same_start(existing.start, start)
    return day == existing.date


def _before(existing: RaceRow, row: RaceRow, given: Collection[str]) -> RaceRow:
    """The race as the row alone would leave it."""
    return existing.model_copy(update={name: getattr(row, name) for name in given})


def _given(existing: RaceRow, row: RaceRow, name: str, given: Collection[str]) -> Any:
    return getattr(row if name in given else existing, name)


def _without_coverage(broadcast: BroadcastRow) -> BroadcastRow:
    return broadcast.model_copy(update={"coverage": None, "approximate": False})


def _may_be_flag(green_flag: datetime, day: date, start: datetime | None) -> bool:
    return eastern_day(green_flag) == day and (start is None or green_flag >= start - SAME_START)
