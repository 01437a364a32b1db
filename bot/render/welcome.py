"""The first message of the local page: what day it is there, and what to try."""

from __future__ import annotations

from datetime import date, datetime

from discord import ui

from bot.questions.core import HelpQuestion, NextQuestion, ScheduleQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent, card, last_held
from bot.render.buttons import Link, row
from bot.render.formatting import day, eastern, escape, race_name, weekday
from db.models import EASTERN, Race, Season

_EVE = date(2025, 10, 16)
_LIVE = "`/live` the race as it runs, and the playoffs if it ended now"
_TRY = (
    "`/next` when coverage starts, and where",
    "`/standings` who leads, who's in and who's out",
    "`/driver heim` a driver's season",
    "`/recap` the story of the latest race",
    "`/replay bristol` a past race, played again lap by lap",
    "`/quote heim` what a driver said",
    "`@Tailgate who's out if the season ended today?` in your own words",
    "`/reminders` for moderators: this channel hears 1 hour before coverage, until you change it",
)


def welcome(
    now: datetime, season: Season | None = None, *, played: Race | None = None, speed: float = 1.0
) -> ui.LayoutView:
    """The message that greets the person who opens the page.

    Args:
        now: what the clock of the page says.
        season: the season of that day as it is known then, where the store has one.
        played: the race that is about to run again there.
        speed: how fast the clock runs.
    """
    today = now.astimezone(EASTERN).date()
    eve = ", the eve of Talladega" if today == _EVE else ""
    return card(
        "Welcome to Tailgate",
        f"It's **{weekday(today)}, {today.year}, {eastern(now)} Eastern** here{eve}. {_known(now, season)}",
        _runs(played, speed) if played is not None else "",
        "Things to try:\n" + "\n".join([_LIVE, *_TRY] if played is not None else _TRY),
        accent=Accent.GREEN,
        small=["This page runs on your own machine; nothing on it reaches Discord."],
        controls=row(
            [
                Link("Next race", NextQuestion()),
                Link("Standings", StandingsQuestion()),
                Link("Recap", RecapQuestion()),
                Link("Schedule", ScheduleQuestion()),
                Link("More", HelpQuestion()),
            ]
        ),
    )


def _runs(race: Race, speed: float) -> str:
    """Which race is about to run again, how fast, and by when its result comes."""
    where = f"**{escape(race_name(race))}** ({escape(race.track.short)} {race.season})"
    over = race.over_at.astimezone(EASTERN)
    return (
        f"{where} is about to run again, {speed:g} times as fast, from every lap that was run. "
        f"Result and recap come once they are due, at {eastern(over)} on {weekday(over.date())}."
    )


def _known(now: datetime, season: Season | None) -> str:
    """Through when results are known: up to the moment, unless races are over whose results nobody has brought."""
    last = None if season is None else last_held(season, now)
    if season is None or last is None:
        return "Nothing after that is known yet."
    where = f"{escape(last.track.short)}, {day(last.date)}, {last.season}"
    return f"Results reach through the {escape(race_name(last))} ({where}); nothing after that is known."
