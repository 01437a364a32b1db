"""When which document is asked for, from the schedule and the time; pure.

Daily out of season, hourly in race week, every ten minutes around sessions and for twelve hours after a race, hourly
until its results are official, then once a day for a week, since penalties are announced on Tuesdays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from db.feeds.models import FeedDocument
from db.models import EASTERN, OVER_BY_THE_CLOCK, Race, RaceStatus, Season
from db.results_state import ResultsState

OFTEN, HOURLY, DAILY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)
SELDOM = timedelta(hours=6)
"""How often a document is asked for that was not there, and need not be."""
RACE_WEEK = timedelta(days=6)
BEFORE_SESSION, AFTER_SESSION = timedelta(minutes=30), timedelta(hours=2)
BEFORE_RACE, AFTER_RACE = timedelta(hours=1), timedelta(hours=12)
PENALTIES = timedelta(days=7)
"""How long official results are looked at again."""
OFFICIAL_BY_THEN = timedelta(days=5)
"""Results that nobody declares official count as such after that."""
UNTIL_OFFICIAL = timedelta(days=6)
"""Longer than that nobody waits by the hour."""
NEXT_SEASON_MONTH = 9
"""From that month of a year on, its schedule of the next one may come out."""
OLDEST = 2
"""What is missing of seasons so many years ago is not asked for by itself."""
SLACK = timedelta(seconds=30)
"""A moment further ahead than that was written by a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class RaceDue:
    """A race of which something is to be asked for.

    Attributes:
        season: its season.
        race: the race, with NASCAR's id.
        every: how often its weekend is asked for now.
        anew: its results are to be judged again although their document may be as it was.
    """

    season: Season
    race: Race
    every: timedelta
    anew: bool = False


def is_due(known: FeedDocument | None, every: timedelta, now: datetime) -> bool:
    """Whether a document is to be asked for that is asked for so often."""
    if known is None or known.asked_at > now + SLACK:
        return True
    return now - known.asked_at >= every


def years_to_list(seasons: Sequence[Season], now: datetime) -> list[int]:
    """The years of which the list of races is asked for, oldest first.

    From the first season on record that is not over, of the last years, to the next year, as soon as that one's
    schedule may come out.
    """
    this_year = now.astimezone(EASTERN).year
    unfinished = [season.year for season in seasons if season.next_race(now) is not None or _waited_for(season, now)]
    newest = max((season.year for season in seasons), default=this_year)
    first = max(min([*unfinished, newest + 1, this_year]), this_year - OLDEST)
    last = this_year + 1 if now.astimezone(EASTERN).month >= NEXT_SEASON_MONTH else this_year
    return list(range(first, max(last, first) + 1))


def _waited_for(season: Season, now: datetime) -> bool:
    """Whether a race of the season should be over and has no results that stand."""
    return any(
        race.status is not RaceStatus.CANCELLED and race.begins <= now and not season.has_results(race.round)
        for race in season.races
    )


def list_every(season: Season | None, now: datetime) -> timedelta:
    """How often the list of a season's races is asked for."""
    every = DAILY
    for race in season.races if season is not None else ():
        if race.status is not RaceStatus.CANCELLED:
            every = min(every, _around(race, now))
    return every


def races_due(seasons: Iterable[Season], official: Mapping[int, datetime], now: datetime) -> Iterator[RaceDue]:
    """The races whose weekends are looked at these days, in order.

    Args:
        seasons: whole seasons.
        official: since when races are official, by the store's id.
        now: the moment.
    """
    for season in seasons:
        for race in season.races:
            if race.nascar_id is not None and race.status is not RaceStatus.CANCELLED:
                every = weekend_every(season, race, official.get(race.id), now)
                if every is not None:
                    yield RaceDue(season, race, every, _to_be_judged(season, race, now))


def table_every(season: Season, official: Mapping[int, datetime], now: datetime) -> timedelta | None:
    """How often NASCAR's table of a season is compared with ours: with the results of a race, by the hour at most.

    None where no race's results are looked at these days.
    """
    due = [each.every for each in races_due([season], official, now) if season.has_results(each.race.round)]
    return max(min(due), HOURLY) if due else None


def weekend_every(season: Season, race: Race, official: datetime | None, now: datetime) -> timedelta | None:
    """How often the weekend of a race is asked for; None where it is not.

    Args:
        season: the whole season.
        race: one of its races.
        official: since when its results are official here; None where that is not known.
        now: the moment.
    """
    if now < race.begins - RACE_WEEK:
        return None
    if season.results_state(race.round) is ResultsState.OFFICIAL:
        since = official or race.over_at
        if now >= since + PENALTIES:
            return None
        return min(_around(race, now), DAILY) if now < _ends(race) + AFTER_RACE else DAILY
    if now >= _ends(race) + UNTIL_OFFICIAL:
        # Results that came with the program may not say that they are official, and nothing will.
        return None if season.has_results(race.round) and now >= _ends(race) + PENALTIES * 2 else DAILY
    return min(_around(race, now), HOURLY)


def _to_be_judged(season: Season, race: Race, now: datetime) -> bool:
    """Whether results that nobody declared official have been left alone for long enough to count as such."""
    unofficial = season.results_state(race.round) is ResultsState.UNOFFICIAL
    return unofficial and now >= _ends(race) + OFFICIAL_BY_THEN


def _around(race: Race, now: datetime) -> timedelta:
    """How often one looks on account of a race: for its sessions, its start, its results or its week."""
    begins = race.start or datetime.combine(race.date, time(0), EASTERN)
    ends = _ends(race)
    if begins - BEFORE_RACE <= now < ends + AFTER_RACE:
        return OFTEN
    if any(each.start - BEFORE_SESSION <= now < each.start + AFTER_SESSION for each in race.sessions):
        return OFTEN
    return HOURLY if race.begins - RACE_WEEK <= now < ends + AFTER_RACE else DAILY


def _ends(race: Race) -> datetime:
    """When a race was over, or may be taken to be; a postponed one, too, is looked for on its day."""
    if race.results_at is not None:
        return race.over_at
    if race.start is not None:
        return race.start + OVER_BY_THE_CLOCK
    return datetime.combine(race.date, time(0), EASTERN) + timedelta(days=1)
