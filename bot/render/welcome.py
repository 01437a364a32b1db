"""The first message of the local page: what day it is there, and five things to try."""

from __future__ import annotations

from datetime import date, datetime

from discord import ui

from bot.render.blocks import Accent, card
from bot.render.buttons import Link, row
from bot.render.questions import HelpQuestion, NextQuestion, ResultsQuestion, ScheduleQuestion, StandingsQuestion
from bot.render.words import eastern, weekday
from db.nouns import EASTERN

_EVE = date(2025, 10, 16)
_TRY = (
    "`/next` when coverage starts, and where",
    "`/standings` who leads, who is in and who is out",
    "`/driver heim` a driver's season",
    "`/results` the latest race",
    "`/compare heim honeycutt` two drivers side by side",
)


def welcome(now: datetime) -> ui.LayoutView:
    """The message that greets whoever opens the page, with its clock at ``now``."""
    today = now.astimezone(EASTERN).date()
    eve = ", the eve of Talladega" if today == _EVE else ""
    return card(
        "Welcome to Tailgate",
        f"Here it is **{weekday(today)}, {today.year}, {eastern(now)} Eastern**{eve}. Nothing later is known yet.",
        "Five things to try:\n" + "\n".join(_TRY),
        accent=Accent.GREEN,
        small=["This page is on your own machine; nothing of it reaches Discord."],
        controls=row(
            [
                Link("Next race", NextQuestion()),
                Link("Standings", StandingsQuestion()),
                Link("Results", ResultsQuestion()),
                Link("Schedule", ScheduleQuestion()),
                Link("More", HelpQuestion()),
            ]
        ),
    )
