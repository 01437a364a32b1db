"""/next: when coverage of the next race starts, where to see and hear it, and who won there last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from discord import ui

from bot.questions.core import NextQuestion, ResultsQuestion, ScheduleQuestion, StandingsQuestion
from bot.recaps.facts import LastTime
from bot.render.blocks import Accent, card, freshness
from bot.render.buttons import Link, row
from bot.render.formatting import count, eastern, escape, listed, name_of, network, race_name, stamp, weekday
from bot.render.not_held import label_of_earlier
from bot.render.playoff_table import race_stakes
from bot.render.race_status import awaits_new_date, status_now
from db.models import EASTERN, Broadcast, BroadcastKind, Race, RaceStatus, Season, SessionKind

_KINDS = {BroadcastKind.TV: "TV", BroadcastKind.RADIO: "Radio", BroadcastKind.STREAM: "Stream"}
_SESSIONS = {SessionKind.PRACTICE: "Practice", SessionKind.QUALIFYING: "Qualifying"}


@dataclass(frozen=True, slots=True)
class NextFacts:
    """What comes next, as of one moment.

    ``season`` is that of the next race; where nothing is ahead, ``race`` is None and ``season`` the latest one.
    ``ended`` is the season before, if it is over and the next race is the first of a new one.
    """

    season: Season
    race: Race | None
    last_time: LastTime | None = None
    ended: Season | None = None


def upcoming(facts: NextFacts, question: NextQuestion, now: datetime) -> ui.LayoutView:
    """The next race, or that the season is over."""
    del question
    race, season = facts.race, facts.season
    if race is None:
        return _over(season, now)
    links = [Link("Schedule", ScheduleQuestion(season.year))]
    if facts.last_time:
        past = facts.last_time.race
        links.append(Link(label_of_earlier(past, race, "results"), ResultsQuestion(past.season, past.round)))
    current = facts.ended or season
    if current.run:
        links.append(Link("Standings", StandingsQuestion(current.year)))
    return card(
        f"{escape(race_name(race))} · {escape(race.track.short)}",
        headline(race, now),
        listed([f"{escape(race.track.name)}", f"race {race.round} of {len(season.races)}", race_stakes(season, race)]),
        "\n".join(
            filter(
                None,
                [*broadcasts(race, now), *times(race, now), distance(race), last_winner(season, race, facts.last_time)],
            )
        ),
        f"{_ended(facts.ended)}" if facts.ended else "",
        accent=Accent.YELLOW if race.status is RaceStatus.POSTPONED else Accent.GREEN,
        small=[freshness(current, now)],
        controls=row(links),
    )


def headline(race: Race, now: datetime) -> str:
    """When coverage starts, or the race where that is not known; once the time has come, the race's status."""
    begun = status_now(race, now)
    if begun is not None:
        return begun
    start = race.green_flag or race.start
    coverage = race.coverage.coverage if race.coverage else None
    postponed = "Postponed: " if race.status is RaceStatus.POSTPONED else ""
    if race.coverage is not None and coverage is not None:
        about = "about " if race.coverage.approximate else ""
        return f"{postponed}Coverage starts {about}**{stamp(coverage, 'F')}** · {stamp(coverage, 'R')}"
    if start is not None:
        return f"{postponed}Race **{stamp(start, 'F')}** · {stamp(start, 'R')}"
    today = "today, " if race.date == now.astimezone(EASTERN).date() else ""
    return f"{postponed}Race {today}**{weekday(race.date)}** · time not known yet"


def broadcasts(race: Race, now: datetime) -> list[str]:
    """A line for each kind: ``TV FOX Sports 1 (FS1), from about 4 p.m. Eastern``; no times while the date is off."""
    timed = not awaits_new_date(race, now)
    lines = []
    for kind, word in _KINDS.items():
        shown = [network(b) + (_from(b) if timed else "") for b in race.broadcast(kind)]
        if shown:
            lines.append(f"**{word}** {' · '.join(dict.fromkeys(shown))}")
    return lines


def _from(broadcast: Broadcast) -> str:
    if broadcast.coverage is None:
        return ""
    return f", from {'about ' if broadcast.approximate else ''}{eastern(broadcast.coverage)} Eastern"


def times(race: Race, now: datetime) -> list[str]:
    """What else has its time: sessions to come, the green flag, the listed start where coverage starts earlier."""
    if awaits_new_date(race, now):
        return [f"**Was listed for** {stamp(race.start, 'F') if race.start else weekday(race.date)}"]
    lines = [
        f"**{_SESSIONS[s.kind]}** {stamp(s.start, 'f')}" for s in race.sessions if s.kind in _SESSIONS and s.start > now
    ]
    coverage = race.coverage.coverage if race.coverage else None
    if race.green_flag is not None:
        lines.append(f"**Green flag** {stamp(race.green_flag, 't')}, {eastern(race.green_flag)} Eastern")
    elif race.start is not None and race.start != coverage:
        lines.append(f"**Race** listed for {eastern(race.start)} Eastern")
    return lines


def distance(race: Race) -> str:
    """Laps, miles and stages in one line; empty where they are not known."""
    laps = race.scheduled_laps
    if laps is None:
        return ""
    miles = f"{round(laps * race.track.length)} miles" if race.track.length else ""
    stages = ", ".join(map(str, race.stage_laps))
    return f"**Distance** {listed([count(laps, 'lap'), miles, f'stages of {stages} laps' if stages else ''])}"


def last_winner(season: Season, race: Race, last: LastTime | None) -> str:
    """``**Defending winner** Grant Enfinger (2024)``; empty where the last winner is not known.

    Where the track had a race since, or another one a year before: ``**Last winner here** Corey Heim (May)``.
    """
    if last is None:
        return ""
    past, winner = last.race, escape(name_of(season, last.winner))
    if last.defending:
        return f"**Defending winner** {winner} ({past.season})"
    when = {race.season: f"{past.date:%B}", race.season - 1: f"{past.date:%B} {past.season}"}
    return f"**Last winner here** {winner} ({when.get(past.season, past.season)})"


def _ended(season: Season) -> str:
    return f"The {season.year} season is over{_champion(season)}"


def _champion(season: Season) -> str:
    if season.champion is None:
        return "; the champion is not on record here."
    return f"; **{escape(name_of(season, season.champion))}** is the champion."


def _over(season: Season, now: datetime) -> ui.LayoutView:
    """The answer when no known schedule has a race ahead."""
    if season.champion is not None:
        said = f"**{escape(name_of(season, season.champion))}** is the {season.year} champion."
    elif season.latest is not None and len(season.run) < len(season.races):
        said = f"The champion is not known here: results run through race {season.latest.round}."
    else:
        said = "The champion is not on record here."
    links = [Link("Standings", StandingsQuestion(season.year)), Link("Schedule", ScheduleQuestion(season.year))]
    if season.latest is not None:
        links.append(Link("Latest results", ResultsQuestion(season.year, season.latest.round)))
    return card(
        f"The {season.year} season is over",
        said,
        f"No {season.year + 1} schedule here yet.",
        accent=Accent.CHECKERED if season.champion else Accent.YELLOW,
        small=[freshness(season, now)],
        controls=row(links),
    )
