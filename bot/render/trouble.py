"""What is said of a place that takes nothing from the bot: since when, why, and what helps."""

from __future__ import annotations

from discord import ui

from bot.questions.reminders import RemindMeQuestion
from bot.render.blocks import Accent, card
from bot.render.buttons import Link, row
from bot.render.formatting import escape, stamp
from db.reminders.models import Purpose, Target, Trouble

TRIES = "I keep trying for two weeks; what's too late by then isn't sent."
_PERMISSIONS = "give me **View Channel** and **Send Messages** in"
_OPEN_DIRECT = "Allow direct messages in the privacy settings of a server we share."


def trouble_line(target: Target, trouble: Trouble) -> str:
    """The trouble in a line of the settings: since when, why, what to do, and when it is tried again."""
    then = ", then press **Send a test**" if target.purpose is Purpose.REMINDERS else ""
    help_ = _OPEN_DIRECT if target.user is not None else f"To help, {_PERMISSIONS} <#{target.channel}>{then}."
    return f"**Nothing gets through** since {stamp(trouble.since, 'f')}: {_why(trouble)} {help_} {_again(trouble)}"


def unreached_line(target: Target) -> str:
    """What a person is told, after another command, of reminders that do not get through or were given up."""
    if target.trouble is None:
        return f"Your reminders are off: {(target.off_reason or '').rstrip('.')}. /remindme turns them back on."
    return f"Your reminders don't get through: {_why(target.trouble)} {_OPEN_DIRECT} {_again(target.trouble)}"


def trouble_notice(server: str, target: Target, trouble: Trouble, mark: str) -> ui.LayoutView:
    """The direct message to the owner of a server in which nothing can be posted.

    Args:
        server: its name.
        target: whose channel takes nothing.
        trouble: since when, and why.
        mark: of the outbox's row.
    """
    quotes = target.purpose is Purpose.QUOTES
    what, command = ("The quote of the day", "/quote-of-the-day") if quotes else ("Race reminders", "/reminders")
    return card(
        f"{what} can't be posted in {escape(server, 100)}",
        f"<#{target.channel}> takes nothing from me since {stamp(trouble.since, 'F')}: {_why(trouble)}",
        f"To help, {_PERMISSIONS} that channel, or choose another one with `{command}` there. {_again(trouble)}",
        accent=Accent.YELLOW,
        small=[f"{TRIES} You own the server, so you're told, once."],
        controls=row([Link("Remind me by DM", RemindMeQuestion(mark))]),
    )


def _why(trouble: Trouble) -> str:
    return f"{escape(trouble.reason.rstrip('.'), 200)}."


def _again(trouble: Trouble) -> str:
    return f"Next try {stamp(trouble.again, 'R')}."
