"""The first message of the local page: what day it is there, and what to try."""

from __future__ import annotations

from datetime import date, datetime

from discord import ui

from bot.render.blocks import Accent, card
from bot.render.buttons import Link, row
from bot.render.questions import HelpQuestion, NextQuestion, ScheduleQuestion, StandingsQuestion
from bot.render.recap_questions import RecapQuestion
from bot.render.words import eastern, weekday
from db.nouns import EASTERN

_EVE = date(2025, 10, 16)
_TRY = (
    "`/next` when coverage starts, and where",
    "`/standings` who leads, who is in and who is out",
    "`/driver heim` a driver's season",
    "`/recap` the latest race, told",
    "`/quote heim` what a driver said",
    "`/reminders` when this channel is reminded: 1 hour before coverage, until you change it",
)


def welcome(now: datetime) -> ui.LayoutView:
    """The message that greets whoever opens the page, with its clock at ``now``."""
    today = now.astimezone(EASTERN).date()
    eve = ", the eve of Talladega" if today == _EVE else ""
    return card(
        "Welcome to Tailgate",
        f"Here it is **{weekday(today)}, {today.year}, {eastern(now)} Eastern**{eve}. Nothing later is known yet.",
        "Things to try:\n" + "\n".join(_TRY),
        accent=Accent.GREEN,
        small=["This page is on your own machine; nothing of it reaches Discord."],
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
