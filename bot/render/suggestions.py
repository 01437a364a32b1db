"""What is said to somebody whose question was not understood: buttons for what was probably meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from discord import ui

from bot.render.blocks import Accent, card, freshness
from bot.render.buttons import Link, row
from db.models import Season

EXAMPLE = "“who won at Bristol”, “how is Heim doing” or “what channel is the race on”"


def suggestions(links: Sequence[Link], season: Season, now: datetime, *, asked: bool) -> ui.LayoutView:
    """The buttons, and how else to ask.

    Args:
        links: what was probably meant, the likeliest first; five at most.
        season: the current season.
        now: the current time.
        asked: whether there were words at all, rather than a mention alone.
    """
    title = "Did you mean one of these?" if asked else "What would you like to know?"
    body = "I'm not sure what you asked." if asked else "Ask in your own words, or pick one of these."
    return card(
        title,
        body,
        accent=Accent.YELLOW if asked else Accent.GREEN,
        small=[f"Try {EXAMPLE}. `/help` lists the commands.", freshness(season, now)],
        controls=row(links),
    )
