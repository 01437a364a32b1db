"""The first message of the local page: what day it is there, and what to try."""

from __future__ import annotations

from datetime import date, datetime

from discord import ui

from bot.questions.core import HelpQuestion, NextQuestion, ScheduleQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent, card, last_held
from bot.render.buttons import Link, row
from bot.render.formatting import day, eastern, escape, race_name, weekday
from db.models import EASTERN, Season

_EVE = date(2025, 10, 16)
_TRY = (
    "`/next` when coverage starts, and where",
    "`/standings` who leads, who's in and who's out",
    "`/driver heim` a driver's season",
    "`/recap` the story of the latest race",
    "`/quote heim` what a driver said",
    "`@Tailgate who's out if the season ended today?` in your own words",
    "`/reminders` for moderators: this channel hears 1 hour before coverage, until you change it",
)


def welcome(now: datetime, season: Season | None = None) -> ui.LayoutView:
    """The message that greets the person who opens the page, whose clock says ``now``.

    ``season`` is the season of that day as it is known then, where the store has one.
    """
    today = now.astimezone(EASTERN).date()
    eve = ", the eve of Talladega" if today == _EVE else ""
    return card(
        "Welcome to Tailgate",
        f"It's **{weekday(today)}, {today.year}, {eastern(now)} Eastern** here{eve}. {_known(now, season)}",
        "Things to try:\n" + "\n".join(_TRY),
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


def _known(now: datetime, season: Season | None) -> str:
    """Through when results are known: up to the moment, unless races are over whose results nobody has brought."""
    last = None if season is None else last_held(season, now)
    if season is None or last is None:
        return "Nothing after that is known yet."
    where = f"{escape(last.track.short)}, {day(last.date)}, {last.season}"
    return f"Results reach through the {escape(race_name(last))} ({where}); nothing after that is known."
