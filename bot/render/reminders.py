"""Reminders as a fan reads them: when coverage starts and what is at stake, and that a race was moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from discord import ui

from bot.championship.computed import ComputedSeason
from bot.questions.core import ClinchQuestion, NextQuestion, StandingsQuestion
from bot.questions.reminders import RemindMeQuestion
from bot.recaps.facts import LastTime
from bot.render.blocks import Accent, card, freshness
from bot.render.buttons import Link, row
from bot.render.formatting import escape, listed, race_name, stamp, weekday
from bot.render.next_race import broadcasts, last_winner, times
from bot.render.playoff_table import board_of, has_postseason, headline, race_stakes
from bot.render.race_status import NO_DATE
from db.models import Race, RaceStatus, Season
from db.reminders.models import Part

_PARTS = {Part.QUALIFYING: "Qualifying", Part.PRACTICE: "Practice"}
SERVERS = "Set by moderators with /reminders"
YOURS = "You asked for this with /remindme, which can also turn it off"


@dataclass(frozen=True, slots=True)
class Announced:
    """A race about which somebody is told.

    ``season`` is the race's, as of now; ``standing`` the season whose championship is at stake, which before a first
    race is the one before. ``personal`` says that it goes to one person. ``mark`` is the outbox row's.
    """

    computed: ComputedSeason
    race: Race
    mark: str
    last_time: LastTime | None = None
    personal: bool = False

    @property
    def season(self) -> Season:
        return self.computed.season


def reminder(told: Announced, part: Part, event_at: datetime, now: datetime) -> ui.LayoutView:
    """That coverage, or another session, is about to start.

    Args:
        told: the race.
        part: what starts; coverage stands for the race where no coverage start is on record.
        event_at: when it starts.
        now: by the bot's clock.
    """
    race, season = told.race, told.season
    return card(
        f"{escape(race_name(race))} · {escape(race.track.short)}",
        _starts(race, part, event_at),
        "\n".join([*broadcasts(race, now), *times(race, now)]) if part is Part.COVERAGE else "",
        _at_stake(told.computed, race),
        last_winner(season, race, told.last_time),
        accent=Accent.GREEN,
        small=[YOURS if told.personal else SERVERS, freshness(season, now)],
        controls=row([_remind(told), *_onward(season)]),
    )


def _starts(race: Race, part: Part, event_at: datetime) -> str:
    when = f"**{stamp(event_at, 'R')}** · {stamp(event_at, 'F')}"
    if part is not Part.COVERAGE:
        return f"{_PARTS[part]} starts {when}"
    if race.coverage is None:
        return f"The race is listed for {stamp(event_at, 'F')} · **{stamp(event_at, 'R')}**"
    if race.coverage.approximate:
        return f"Coverage starts **{stamp(event_at, 'R')}**, about {stamp(event_at, 'F')}"
    return f"Coverage starts {when}"


def _at_stake(computed: ComputedSeason, race: Race) -> str:
    """What the championship makes of the race, in a line; before the first race of a season there is nothing yet."""
    season = computed.season
    if not season.run:
        return ""
    board = board_of(computed)
    return listed([headline(board), race_stakes(season, race)])


@dataclass(frozen=True, slots=True)
class Moved:
    """How those who are told knew the race: ``at`` as a moment, else ``on`` as a day.

    ``restored`` says that it was off and is on again, ``dateless`` that it was put off and no new date is known.
    """

    at: datetime | None = None
    on: date | None = None
    restored: bool = False
    awaits_new_date: bool = False

    def __str__(self) -> str:
        return stamp(self.at, "F") if self.at is not None else weekday(self.on) if self.on is not None else ""


def change(told: Announced, before: Moved, now: datetime) -> ui.LayoutView:
    """That a race was moved, postponed or called off.

    Args:
        told: the race as it is listed now.
        before: what those who are told knew.
        now: by the bot's clock.
    """
    race, season = told.race, told.season
    was = f"It was scheduled for {before}." if str(before) else ""
    said, accent, carried = "", Accent.YELLOW, ""
    if race.status is RaceStatus.CANCELLED:
        said, accent = f"**Canceled.** {was}", Accent.CHECKERED
    elif race.status is RaceStatus.POSTPONED and (before.awaits_new_date or race.begins <= now):
        # Until its listed time has come the schedule itself does not tell whether that still holds.
        said = f"**{NO_DATE}.** {was}"
    else:
        coverage = race.coverage.coverage if race.coverage else None
        start = coverage or race.start
        to = (
            f"**{stamp(start, 'F')}** · {stamp(start, 'R')}"
            if start
            else f"**{weekday(race.date)}**, time not known yet"
        )
        what = "Coverage" if coverage else "The race"
        verb = "is back on:" if before.restored else "moved"
        said = (
            f"{what} {verb} from {before} to {to}"
            if str(before) and not before.restored
            else f"{what} {verb} {'' if before.restored else 'to '}{to}"
        )
        carried = "\n".join(broadcasts(race, now))
    return card(
        f"{escape(race_name(race))} · {escape(race.track.short)}",
        said.strip(),
        carried,
        accent=accent,
        small=[YOURS if told.personal else SERVERS, freshness(season, now)],
        controls=row([_remind(told), Link("Next race", NextQuestion())]),
    )


def _remind(told: Announced) -> Link:
    return Link("My reminders" if told.personal else "Remind me too", RemindMeQuestion(told.mark))


def _onward(season: Season) -> list[Link]:
    if not season.run:
        return []
    links = [Link("Standings", StandingsQuestion(season.year))]
    if has_postseason(season):
        links.append(Link("Clinch scenarios", ClinchQuestion()))
    return links


def addressed(view: ui.LayoutView, role: int | None) -> ui.LayoutView:
    """The message with a role's mention above it, which alone is allowed to ping."""
    if role is None:
        return view
    whole = ui.LayoutView(timeout=None)
    whole.add_item(ui.TextDisplay(f"<@&{role}>"))
    for child in list(view.children):
        whole.add_item(child)
    return whole
