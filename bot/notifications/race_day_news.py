"""What of a race under way is worth a post, as its newest state tells it; pure.

A state holds all flags, leads and stages so far, so each of them tells everything again: ``race_day_log`` knows what
was told before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.live.models import Flag, FlagPeriod, LiveLead, LiveStage, LiveState, LiveTruck, stage_ends
from db.live.news import NamedTruck, NewsPlace, RaceNews
from db.models import Race, Season
from db.reminders.race_day import RacePost

TOP = 10
LATE_LAPS = 10
"""So many laps before the end lead changes begin to be news, and a race that is made longer goes into overtime."""
MISSED_LAPS = 3
"""A lead that was taken more laps ago is no news: it was missed."""
A_LAP_OR_TWO = 2
"""So many laps after the start, or the end of a stage, its flag is listed at the latest."""

_STAGE_ALONE = re.compile(r"\W*(?:end of )?stage \w+(?: (?:conclusion|end|break|caution))?\W*", re.IGNORECASE)
_COMPETITION = "competition"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a state tells of the race so far.

    Attributes:
        post: what kind of post it is worth.
        lap: the lap by which it is known; of a stage its number, of overtime the lap of the caution that brought it.
        what: the number of the truck that took the lead; empty for all others.
        at: when it happened, as far as that is known.
        news: what a post says of it.
        settled: whether nothing more is to come that a post should wait for.
        fresh: whether it is news where nobody was told of it before.
    """

    post: RacePost
    lap: int
    what: str
    at: datetime
    news: RaceNews
    settled: bool = True
    fresh: bool = True


def happenings(season: Season, race: Race, state: LiveState) -> list[Happening]:
    """All that happened so far, in the order in which it did; what is seen first at one moment goes by laps.

    Args:
        season: the race's season, which knows its drivers' names.
        race: the race.
        state: how it stands.
    """
    teller = _Teller(season, race, state)
    found = [*teller.flags(), *teller.stages(), *teller.leads(), *teller.overtime()]
    found.sort(key=lambda each: (each.at, each.news.lap))
    return [*found, *teller.checkered()]


def in_overtime(race: Race, state: LiveState) -> bool | None:
    """Whether the race is longer than it was to be; None where that is not known.

    Only towards the end is it overtime: a distance that never was what the schedule says is an error there.
    """
    if state.laps is None or race.scheduled_laps is None:
        return None
    return state.laps > race.scheduled_laps and state.lap >= race.scheduled_laps - LATE_LAPS


class _Teller:
    """Tells what a state holds."""

    def __init__(self, season: Season, race: Race, state: LiveState) -> None:
        self._season, self._race, self._state = season, race, state
        self._ends = stage_ends(race)

    def flags(self) -> Iterator[Happening]:
        """The green flag, cautions, red flags, and when the race goes on after one."""
        state, stopped, begun, shown, from_start = self._state, None, False, False, False
        for flag in _until_checkered(state):
            if flag.flag is Flag.GREEN:
                # Where nothing before it is known, one in the middle of a race is no start. A wet track may be run dry
                # under yellow for longer.
                if (not begun and (flag.lap <= A_LAP_OR_TWO or from_start)) or stopped is not None:
                    yield self._green(flag, stopped)
                begun, stopped, shown = True, None, False
            elif flag.flag is Flag.RED and (begun or flag.lap):
                begun, stopped = True, stopped or flag
                yield Happening(RacePost.RED, flag.lap, "", flag.since, self._flag(flag), bool(flag.reason))
            elif flag.flag is Flag.YELLOW and (begun or flag.lap):
                begun = True
                # The yellow flag after a red one belongs to the same stop, and one flickers now and then.
                if stopped is None and not shown and not self._ends_stage(flag):
                    yield self._caution(flag)
                shown = True
            from_start = from_start or not flag.lap

    def stages(self) -> Iterator[Happening]:
        """The stages that are over, with their first ten."""
        for stage in self._state.stages:
            if stage.places:
                yield self._stage(stage)

    def leads(self) -> Iterator[Happening]:
        """Every lead change; those of the last laps are news."""
        state = self._state
        laps = state.laps if state.laps is not None else self._race.scheduled_laps
        for before, lead in zip(state.leads, state.leads[1:], strict=False):
            late = laps is not None and lead.from_lap > laps - LATE_LAPS
            fresh = late and lead.from_lap >= state.lap - MISSED_LAPS
            yield Happening(RacePost.LEAD, lead.from_lap, lead.number, state.at, self._lead(lead, before), fresh=fresh)

    def overtime(self) -> Iterator[Happening]:
        """That the race goes on beyond its distance: once for each caution that brings that about."""
        state = self._state
        if state.checkered is None and in_overtime(self._race, state):
            cautions = [each.lap for each in state.flags if each.flag is Flag.YELLOW]
            news = self._news(state.lap, self._leader())
            yield Happening(RacePost.OVERTIME, cautions[-1] if cautions else 0, "", state.at, news)

    def checkered(self) -> Iterator[Happening]:
        """The checkered flag, with the first ten as they are on the track: it waits until they have finished."""
        state = self._state
        if state.checkered is None:
            return
        first = state.trucks[:TOP]
        finished = all(truck.laps >= state.lap or truck.laps_down or truck.out for truck in first)
        raced = [each.flag for each in state.flags if each.flag in {Flag.GREEN, Flag.YELLOW, Flag.RED}]
        leads = len(state.leads) - 1 if state.leads else None
        news = RaceNews(
            lap=state.lap,
            laps=state.laps,
            scheduled=self._race.scheduled_laps,
            truck=self._leader(),
            places=tuple(self._place(truck) for truck in first),
            cautions=state.cautions,
            lead_changes=leads,
            under_caution=raced[-1:] == [Flag.YELLOW],
        )
        yield Happening(RacePost.CHECKERED, 0, "", state.checkered, news, finished or state.ended is not None)

    def _news(self, lap: int, truck: NamedTruck | None) -> RaceNews:
        return RaceNews(lap, self._state.laps, self._race.scheduled_laps, truck)

    def _green(self, flag: FlagPeriod, stopped: FlagPeriod | None) -> Happening:
        seconds = round((flag.since - stopped.since).total_seconds()) if stopped is not None else None
        news = RaceNews(
            lap=flag.lap,
            laps=self._state.laps,
            scheduled=self._race.scheduled_laps,
            truck=self._leader(),
            stage_ends=self._ends if stopped is None else (),
            stopped=seconds if seconds is not None and seconds > 0 else None,
        )
        return Happening(RacePost.GREEN, flag.lap, "", flag.since, news)

    def _caution(self, flag: FlagPeriod) -> Happening:
        return Happening(RacePost.CAUTION, flag.lap, "", flag.since, self._flag(flag), bool(flag.reason))

    def _flag(self, flag: FlagPeriod) -> RaceNews:
        return RaceNews(
            lap=flag.lap,
            laps=self._state.laps,
            scheduled=self._race.scheduled_laps,
            truck=self._leader(),
            reason=flag.reason,
            free_pass=self._named(flag.free_pass) if flag.free_pass else None,
            cautions=self._state.cautions if flag.flag is Flag.YELLOW else None,
        )

    def _ends_stage(self, flag: FlagPeriod) -> bool:
        """Whether a caution is the one at the end of a stage, which the stage's own post tells."""
        reason = (flag.reason or "").strip()
        if _STAGE_ALONE.fullmatch(reason):
            return True
        at_an_end = any(0 <= flag.lap - end <= A_LAP_OR_TWO for end in self._ends)
        return at_an_end and reason.casefold() in {"", _COMPETITION}

    def _stage(self, stage: LiveStage) -> Happening:
        state = self._state
        places = tuple(
            NewsPlace(each.position, self._named(each.number), each.points)
            for each in stage.places
            if each.position <= TOP
        )
        end = self._ends[stage.number - 1] if stage.number <= len(self._ends) else None
        news = RaceNews(
            lap=end if end is not None else state.lap,
            laps=state.laps,
            scheduled=self._race.scheduled_laps,
            truck=places[0].truck if places and places[0].position == 1 else None,
            stage=stage.number,
            places=places,
        )
        flagged = (
            each
            for each in state.flags
            if end is not None and each.flag is not Flag.GREEN and 0 <= each.lap - end <= A_LAP_OR_TWO
        )
        shown = next(flagged, None)
        return Happening(RacePost.STAGE, stage.number, "", shown.since if shown is not None else state.at, news)

    def _lead(self, lead: LiveLead, before: LiveLead) -> RaceNews:
        return RaceNews(
            lap=lead.from_lap,
            laps=self._state.laps,
            scheduled=self._race.scheduled_laps,
            truck=self._named(lead.number),
            before=self._named(before.number),
            under_caution=self._state.flag is Flag.YELLOW,
        )

    def _leader(self) -> NamedTruck | None:
        leader = self._state.leader
        return self._of(leader) if leader is not None else None

    def _place(self, truck: LiveTruck) -> NewsPlace:
        gap = truck.gap if truck.position > 1 and not truck.laps_down and not truck.out else None
        return NewsPlace(truck.position, self._of(truck), gap=gap or None, laps_down=truck.laps_down, out=truck.out)

    def _named(self, number: str) -> NamedTruck:
        truck = self._state.by_number.get(number)
        return self._of(truck) if truck is not None else NamedTruck(number, "")

    def _of(self, truck: LiveTruck) -> NamedTruck:
        name = self._season.name_of(truck.driver) if truck.driver is not None else truck.name
        return NamedTruck(truck.number, name)


def _until_checkered(state: LiveState) -> Iterator[FlagPeriod]:
    """The flags of the race; what is shown after the checkered one, such as a track that is cold, is none of it."""
    for flag in state.flags:
        if flag.flag is Flag.CHECKERED:
            return
        yield flag


SETTLES: dict[RacePost, timedelta] = {
    RacePost.CAUTION: timedelta(seconds=20),
    RacePost.RED: timedelta(seconds=20),
    RacePost.CHECKERED: timedelta(seconds=30),
}
"""For how long a post waits at most for what is still to come: a flag for its reason, the finish for the first ten."""
