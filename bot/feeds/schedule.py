"""The schedule of a season from NASCAR's list: which stored race each is, its place, its times, its broadcasters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.feeds.clashes import RefusedError
from bot.feeds.places import Places
from bot.feeds.schemas.race import PRACTICE, QUALIFYING, RACE, Event
from bot.feeds.schemas.race_list import ListedRace, RaceList
from db.models import EASTERN, Broadcast, BroadcastKind, Race, RaceStatus, Season, SessionKind
from db.naming import fold_name
from db.timestamps import to_text

SOURCE = "NASCAR's race list"
"""The source of what only the list says; what has it may be replaced by the list."""
NEAR = timedelta(days=10)
"""Two dates at most this far apart may be those of one race."""
LEAST_LISTED = 0.75
"""A list with fewer of the known races than this part of them is not whole."""
NETWORKS = {
    "FS1": "FOX Sports 1",
    "FS2": "FOX Sports 2",
    "CW": "The CW",
    "USA": "USA Network",
    "MRN": "Motor Racing Network",
    "NRN": "NASCAR Racing Network",
    "PRN": "Performance Racing Network",
    "SIRIUSXM": "SiriusXM NASCAR Radio",
}
"""What fans call the broadcasters that the list abbreviates."""
SESSIONS = {PRACTICE: SessionKind.PRACTICE, QUALIFYING: SessionKind.QUALIFYING}
REGULAR_SEASON = "regular season"
PHASES = {
    2016: ("Round of 8", "Round of 6", "Championship 4"),
    2020: ("Round of 10", "Round of 8", "Championship 4"),
    2026: ("Chase",),
}
"""What the rounds of the postseason are called, from each of these seasons on."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A race of the list with its place on the schedule; ``stored`` is what is held of it, None for a new one."""

    listed: ListedRace
    round: int
    stored: Race | None

    @property
    def label(self) -> str:
        """``2025 race 22, Ecosave 250``."""
        return f"{self.listed.race_season} race {self.round}, {self.listed.race_name}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """The races of a list with their places, in that order.

    Attributes:
        races: those that could be joined.
        problems: one line for each race that could not, or that the list has no more.
    """

    races: tuple[Placed, ...]
    problems: tuple[str, ...]


def place_races(known: Season | None, race_list: RaceList) -> Schedule:
    """Joins the races of a list with those of the store, by NASCAR's id and else by day with track or name.

    Raises:
        RefusedError: the list lacks a race that has been run, or too many; the schedule that is held stays.
    """
    stored = list(known.races) if known is not None else []
    dated: list[ListedRace] = []
    problems: list[str] = []
    for race in race_list.races:
        if race.planned() is not None:
            dated.append(race)
        else:
            problems.append(f"{race.race_season} {race.race_name}: NASCAR's list gives it no day, so it waits")
    found, new, unclear = _joined(stored, dated)
    problems += unclear
    held = {race.id for race in found.values()}
    missing = [race for race in stored if race.id not in held and race.nascar_id is not None]
    _must_be_whole(known, missing, race_list)
    problems += [
        f"{race.season} race {race.round}, {race.name}: NASCAR's list has it no more; if it is canceled, give it "
        '"status": "cancelled" in a document'
        for race in missing
    ]
    listed = {found[race.race_id].id: race for race in dated if race.race_id in found}
    placed = []
    number = 0
    for each in _in_order(stored, new):
        number = max(number + 1, each.round if isinstance(each, Race) else 0)
        if isinstance(each, ListedRace):
            placed.append(Placed(each, number, None))
        elif each.id in listed:
            placed.append(Placed(listed[each.id], number, each))
    return Schedule(tuple(placed), tuple(problems))


def _joined(
    stored: Sequence[Race], listed: Sequence[ListedRace]
) -> tuple[dict[int, Race], list[ListedRace], list[str]]:
    """The stored race of each listed one by its id, those that are new, and a line for each that may be several."""
    by_id = {race.nascar_id: race for race in stored if race.nascar_id is not None}
    found = {race.race_id: by_id[race.race_id] for race in listed if race.race_id in by_id}
    candidates = {
        race.race_id: [other for other in stored if other.nascar_id is None and _alike(race, other)]
        for race in listed
        if race.race_id not in found
    }
    wanted = [other.id for others in candidates.values() for other in others]
    new, unclear = [], []
    for race in listed:
        others = candidates.get(race.race_id)
        if others is None:
            continue
        if not others:
            new.append(race)
        elif len(others) == 1 and wanted.count(others[0].id) == 1:
            found[race.race_id] = others[0]
        else:
            both = " or ".join(f"race {other.round}, {other.name}" for other in others)
            unclear.append(
                f"{race.race_season} {race.race_name} (NASCAR id {race.race_id}) may be {both}; give the race that is "
                "meant that nascar_id"
            )
    return found, new, unclear


def _alike(race: ListedRace, stored: Race) -> bool:
    """Whether a race without an id of its own may be the listed one: near in time, and of its track or its name."""
    planned = race.planned()
    if planned is None or abs(planned[0] - stored.date) > NEAR:
        return False
    track = {fold_name(name) for name in (stored.track.name, stored.track.short, *stored.track.aliases)}
    names = {fold_name(name) for name in (stored.name, *stored.aliases)}
    return fold_name(race.track_name) in track or fold_name(race.race_name) in names


def _must_be_whole(known: Season | None, missing: Sequence[Race], race_list: RaceList) -> None:
    if known is None or not missing:
        return
    run = next((race for race in missing if known.has_results(race.round)), None)
    if run is not None:
        raise RefusedError(f"has no race {run.nascar_id} ({run.name}), which has been run; the schedule held stays")
    ids = sum(race.nascar_id is not None for race in known.races)
    if ids - len(missing) < ids * LEAST_LISTED:
        raise RefusedError(
            f"has {ids - len(missing)} of the {ids} races of {race_list.year} that are held; the schedule held stays"
        )


def _in_order(stored: Sequence[Race], new: Iterable[ListedRace]) -> list[Race | ListedRace]:
    """The stored races in order of their rounds, and the new ones before the first that is run later."""
    order: list[Race | ListedRace] = list(stored)
    for race in sorted(new, key=_when):
        at = next((place for place, other in enumerate(order) if _when(other)[0] > _when(race)[0]), len(order))
        order.insert(at, race)
    return order


def _when(race: Race | ListedRace) -> tuple[date, str]:
    if isinstance(race, Race):
        return race.date, ""
    planned = race.planned()
    assert planned is not None
    return planned[0], planned[1].isoformat() if planned[1] is not None else ""


def race_row(placed: Placed, places: Places, sessions: Iterable[Event] = (), *, phases: bool) -> dict[str, Any]:
    """The row of ``races`` for a race: what the list says of it that the store does not know better.

    A race that has been run keeps the day and the start that are held, since NASCAR then writes the track's own time.

    Args:
        placed: the race.
        places: finds its track.
        phases: whether the list says yet which races are the postseason's.
        sessions: those of the race's weekend that another document has.

    Raises:
        ClashError: it cannot be said which track is meant.
    """
    race, stored = placed.listed, placed.stored
    track = places.join(race.track_id, race.track_name, stored.track if stored else None, placed.label)
    row: dict[str, Any] = {
        "round": placed.round,
        "name": race.race_name,
        "track": track,
        "nascar_id": race.race_id,
    }
    if stored is not None and fold_name(stored.name) != fold_name(race.race_name):
        row["aliases"] = list(dict.fromkeys([*stored.aliases, stored.name]))
    elif stored is not None:
        row["name"] = stored.name
    if race.scheduled_laps:
        row["laps"] = race.scheduled_laps
    if race.stages:
        row["stages"] = race.stages
    if phases and (stored is None or stored.phase is None):
        row["phase"] = phase_of(race)
    row |= _times(placed, [*(race.schedule or ()), *sessions])
    broadcasts = _broadcasts(race, stored)
    if broadcasts:
        row["broadcasts"] = broadcasts
    return row


def phase_of(race: ListedRace) -> str:
    """Which part of the season a race belongs to; its postseason rounds are counted from 1, the finale included."""
    number = race.playoff_round or 0
    if not number:
        return REGULAR_SEASON
    names = PHASES[max((year for year in PHASES if year <= race.race_season), default=min(PHASES))]
    return names[min(number, len(names)) - 1]


def _times(placed: Placed, events: Sequence[Event]) -> dict[str, Any]:
    race, stored = placed.listed, placed.stored
    planned = race.planned()
    assert planned is not None
    day, start = planned
    if stored is not None and (race.is_over or start is None) and day == stored.date:
        start = stored.start or start
    row: dict[str, Any] = {"date": day.isoformat()}
    if start is not None:
        row["start"] = to_text(start)
    if stored is not None and stored.status is RaceStatus.POSTPONED and start not in (None, stored.start):
        row["status"] = RaceStatus.SCHEDULED.value
    found = _sessions(events, day, start)
    if found and not (race.is_over and stored is not None and stored.sessions):
        row["sessions"] = found
    return row


def _sessions(events: Sequence[Event], day: date, start: datetime | None) -> list[dict[str, Any]]:
    """Practice, qualifying and the race itself; what would be after the race's start belongs to another plan."""
    limit = start or datetime.combine(day, datetime.max.time(), EASTERN)
    held = {
        (SESSIONS[event.run_type], event.start)
        for event in events
        if event.run_type in SESSIONS and event.start is not None and event.start <= limit
    }
    rows = [{"kind": kind.value, "start": to_text(moment)} for kind, moment in sorted(held, key=lambda each: each[1])]
    if start is not None and (rows or any(event.run_type == RACE for event in events)):
        rows.append({"kind": SessionKind.RACE.value, "start": to_text(start)})
    return rows


def _broadcasts(race: ListedRace, stored: Race | None) -> list[dict[str, Any]] | None:
    """The broadcasts with what the list adds; None where it adds nothing.

    Who is on record for television, or for radio, stays: the list does not know when coverage starts, nor more than one
    broadcaster of a kind. Only what came from the list itself is replaced.
    """
    held = list(stored.broadcasts) if stored is not None else []
    given = [
        (BroadcastKind.TV, race.television_broadcaster),
        (BroadcastKind.RADIO, race.radio_broadcaster),
    ]
    added = []
    for kind, name in given:
        known = [each for each in held if each.kind is kind]
        if name is None or any(each.source != SOURCE for each in known):
            continue
        network = NETWORKS.get(name.upper(), name)
        if [each.network for each in known] != [network]:
            held = [each for each in held if each.kind is not kind]
            added.append({"kind": kind.value, "network": network, "source": SOURCE})
    if not added:
        return None
    return [*map(_broadcast_row, held), *added]


def _broadcast_row(held: Broadcast) -> dict[str, Any]:
    row: dict[str, Any] = {"kind": held.kind.value, "network": held.network, "approximate": held.approximate}
    if held.coverage is not None:
        row["coverage"] = to_text(held.coverage)
    if held.source is not None:
        row["source"] = held.source
    return row
