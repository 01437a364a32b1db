"""Which scheduled events servers are to have: one for each race to come, in step with the schedule. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from bot.notifications.schedule_planner import put_off
from bot.render.announcements import happening
from db.models import Race, Season
from db.reminders.models import CALLED_OFF, RACE, Kind, Seen, Slot

HORIZON = timedelta(days=8)
"""How long before a race its event is made."""
LINGERS = timedelta(hours=12)
"""How long after the start of a race an event may still be on, and is taken off where the race is."""
OFF = 0
"""The edition that is no event at all."""


def events(seasons: Sequence[Season], now: datetime, seen: Mapping[tuple[int, int], Seen]) -> Iterator[Slot]:
    """Events to be made, changed and taken off.

    A race further off than the horizon is for those alone who have an event of it already, since it was nearer before.

    Args:
        seasons: whole seasons, oldest first.
        now: the moment.
        seen: each race as it was last seen, which tells a new date from the one a race was put off from.
    """
    # The same all day long, and in the past: whoever is owed it is owed it at once.
    midnight = datetime.combine(now.astimezone(UTC).date(), time(0), UTC)
    for season, race in ((each, race) for each in seasons for race in each.races):
        begins = race.begins.astimezone(UTC)
        if begins + LINGERS + LINGERS <= now:
            continue
        due_at = min(begins - HORIZON, midnight)
        event = happening(season, race)
        start = event.start.astimezone(UTC) if event else begins
        over = max(begins, start) + LINGERS
        if over <= now:
            continue
        # For those who had events and want none any more.
        yield _off(race, CALLED_OFF, begins, due_at, over)
        if event is None or put_off(race, start, seen.get((race.season, race.round)), now):
            yield _off(race, RACE, begins, due_at, over)
        elif start > now:
            yield Slot(
                Kind.EVENT,
                race.season,
                race.round,
                RACE,
                event.edition,
                start,
                due_at,
                start,
                detail=event.detail,
                newcomers=True,
                followers=start > now + HORIZON,
            )


def _off(race: Race, session: str, begins: datetime, due_at: datetime, until: datetime) -> Slot:
    return Slot(
        Kind.EVENT,
        race.season,
        race.round,
        session,
        OFF,
        begins,
        due_at,
        until,
        newcomers=True,
        followers=True,
    )
