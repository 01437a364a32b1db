"""Reminders as fans read them: when coverage starts and what is at stake, and that a race was moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from discord import ui

from bot.championship.computed_season import ComputedSeason
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
from db.reminders.models import WeekendSession

_SESSIONS = {WeekendSession.QUALIFYING: "Qualifying", WeekendSession.PRACTICE: "Practice"}
SERVERS = "Set by moderators with /reminders"
YOURS = "You asked for this with /remindme, which can also turn it off"


@dataclass(frozen=True, slots=True)
class RaceNotice:
    """A race that a message is about.

    ``season`` is the race's, as of now; ``personal`` says that the message goes to one person; ``mark`` is the outbox
    row's.
    """

    computed: ComputedSeason
    race: Race
    mark: str
    last_time: LastTime | None = None
    personal: bool = False

    @property
    def season(self) -> Season:
        return self.computed.season


def reminder(notice: RaceNotice, session: WeekendSession, event_at: datetime, now: datetime) -> ui.LayoutView:
    """The message that coverage, or another session, is about to start.

    Args:
        notice: the race.
        session: what starts; coverage stands for the race if its coverage is not known.
        event_at: when it starts.
        now: by the bot's clock.
    """
    race, season = notice.race, notice.season
    return card(
        f"{escape(race_name(race))} · {escape(race.track.short)}",
        _starts(race, session, event_at),
        "\n".join([*broadcasts(race, now), *times(race, now)]) if session is WeekendSession.COVERAGE else "",
        _at_stake(notice.computed, race),
        last_winner(season, race, notice.last_time),
        accent=Accent.GREEN,
        small=[YOURS if notice.personal else SERVERS, freshness(season, now)],
        controls=row([_remind(notice), *_onward(season)]),
    )


def _starts(race: Race, session: WeekendSession, event_at: datetime) -> str:
    when = f"**{stamp(event_at, 'R')}** · {stamp(event_at, 'F')}"
    if session is not WeekendSession.COVERAGE:
        return f"{_SESSIONS[session]} starts {when}"
    if race.coverage is None:
        return f"The race is listed for {stamp(event_at, 'F')} · **{stamp(event_at, 'R')}**"
    if race.coverage.approximate:
        return f"Coverage starts **{stamp(event_at, 'R')}**, about {stamp(event_at, 'F')}"
    return f"Coverage starts {when}"


def _at_stake(computed: ComputedSeason, race: Race) -> str:
    """What the race means for the championship, in a line; empty before the first race of a season."""
    season = computed.season
    if not season.run:
        return ""
    board = board_of(computed)
    return listed([headline(board), race_stakes(season, race)])


@dataclass(frozen=True, slots=True)
class PreviousSchedule:
    """What the readers knew of the race: ``at`` is a moment, else ``on`` a day.

    ``restored`` says that it was off and is on again, ``awaits_new_date`` that it was postponed without a new date.
    """

    at: datetime | None = None
    on: date | None = None
    restored: bool = False
    awaits_new_date: bool = False

    def __str__(self) -> str:
        return stamp(self.at, "F") if self.at is not None else weekday(self.on) if self.on is not None else ""


def change(notice: RaceNotice, before: PreviousSchedule, now: datetime) -> ui.LayoutView:
    """The message that a race was moved, postponed or canceled.

    Args:
        notice: the race as it is listed now.
        before: what the readers knew.
        now: by the bot's clock.
    """
    race, season = notice.race, notice.season
    was = f"It was scheduled for {before}." if str(before) else ""
    said, accent, carried = "", Accent.YELLOW, ""
    if race.status is RaceStatus.CANCELLED:
        said, accent = f"**Canceled.** {was}", Accent.CHECKERED
    elif race.status is RaceStatus.POSTPONED and (before.awaits_new_date or race.begins <= now):
        # A postponed race keeps its old time in the schedule until it has a new one.
        said = f"**{NO_DATE}.** {was}"
    else:
        said = _is_on(race, before)
        carried = "\n".join(broadcasts(race, now))
    return card(
        f"{escape(race_name(race))} · {escape(race.track.short)}",
        said.strip(),
        carried,
        accent=accent,
        small=[YOURS if notice.personal else SERVERS, freshness(season, now)],
        controls=row([_remind(notice), Link("Next race", NextQuestion())]),
    )


def _is_on(race: Race, before: PreviousSchedule) -> str:
    """When a race takes place now that it was moved or restored, or that its time became known or got lost."""
    coverage = race.coverage.coverage if race.coverage else None
    start = coverage or race.start
    what = "Coverage" if coverage else "The race"
    to = f"**{stamp(start, 'F')}** · {stamp(start, 'R')}" if start else f"**{weekday(race.date)}**, time not known yet"
    if before.restored:
        return f"{what} is back on: {to}"
    if before.on == race.date and start is not None and before.at is None:
        return f"{what} is set for {to}"
    if before.on == race.date and start is None:
        was = f" It was scheduled for {before}." if before.at is not None else ""
        return f"The race is still on **{weekday(race.date)}**, but its start isn't known any more.{was}"
    return f"{what} moved from {before} to {to}" if str(before) else f"{what} moved to {to}"


def _remind(notice: RaceNotice) -> Link:
    return Link("My reminders" if notice.personal else "Remind me too", RemindMeQuestion(notice.mark))


def _onward(season: Season) -> list[Link]:
    if not season.run:
        return []
    links = [Link("Standings", StandingsQuestion(season.year))]
    if has_postseason(season):
        links.append(Link("Clinch scenarios", ClinchQuestion()))
    return links


def addressed(view: ui.LayoutView, role: int | None) -> ui.LayoutView:
    """The message with the mention of a role above it, the only mention that may ping."""
    if role is None:
        return view
    whole = ui.LayoutView(timeout=None)
    whole.add_item(ui.TextDisplay(f"<@&{role}>"))
    for child in list(view.children):
        whole.add_item(child)
    return whole
