"""The first message of the local page: what day it is there, and what to try."""

from __future__ import annotations

from datetime import date, datetime

from discord import ui

from bot.questions.core import HelpQuestion, NextQuestion, ScheduleQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent, card
from bot.render.buttons import Link, row
from bot.render.formatting import eastern, weekday
from db.models import EASTERN

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


def welcome(now: datetime) -> ui.LayoutView:
    """The message that greets the person who opens the page, whose clock says ``now``."""
    today = now.astimezone(EASTERN).date()
    eve = ", the eve of Talladega" if today == _EVE else ""
    return card(
        "Welcome to Tailgate",
        f"It's **{weekday(today)}, {today.year}, {eastern(now)} Eastern** here{eve}. Nothing after that is known yet.",
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
