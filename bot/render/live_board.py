"""The race as it runs, in a message that is kept current: a channel's board, or one person's answer for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import discord
from discord import ui

from bot.questions.core import NextQuestion, ResultsQuestion
from bot.questions.live import LiveAloneQuestion, LiveQuestion
from bot.questions.reminders import RemindMeQuestion
from bot.render.announcements import ITSELF, MOST, add_button
from bot.render.blocks import Accent, card, freshness
from bot.render.buttons import Link, row
from bot.render.formatting import count, escape, race_name, stamp
from bot.render.results import results
from db.models import Race, Season

NO_MORE = "This message is no longer updated"
_ASKS_AGAIN = tuple(f":{kind.topic}:" for kind in (LiveQuestion, LiveAloneQuestion))


def as_board(view: ui.LayoutView, mark: str, *, delay: int = 0, final: bool = False) -> ui.LayoutView:
    """An answer made into a channel's board.

    Args:
        view: the answer; nothing else may use it.
        mark: by which the message is found again; its button also says that nobody's press may change the message.
        delay: by how many seconds its server sees the race later.
        final: whether it is changed no more.
    """
    shown = _card(view)
    _drop_refresh(shown)
    add_button(shown, Link("Remind me", RemindMeQuestion(mark)))
    later = f", {_span(delay)} behind the race, as set by moderators" if delay else ""
    _add_small(view, shown, NO_MORE if final else f"{ITSELF}{later}")
    return view


def kept_current(view: ui.LayoutView, until: datetime) -> ui.LayoutView:
    """An answer that is kept current for a while, and needs no button to be asked for again until then."""
    shown = _card(view)
    _drop_refresh(shown)
    _add_small(view, shown, f"{ITSELF} until {stamp(until, 't')}")
    return view


def beside_board(view: ui.LayoutView, link: str) -> ui.LayoutView:
    """An answer to one person in a channel that has a board, with where that is; without one it is on its way."""
    where = f"[The board]({link})" if link else "The board"
    _add_small(view, _card(view), f"{where} in this channel shows the same to everybody")
    return view


def moved_on(link: str) -> ui.LayoutView:
    """What is left of a board that goes on further down in its channel."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(f"-# The board of this race goes on [further down]({link})."))
    return view


def result_board(season: Season, race: Race, now: datetime) -> ui.LayoutView:
    """The result of a race, which stands in its board at last.

    Args:
        season: as it is known at ``now``.
        race: one of its races, with results.
        now: the moment as of which it is shown.
    """
    return results(season, race, ResultsQuestion(season.year, race.round), now)


def called_off(season: Season, race: Race, now: datetime) -> ui.LayoutView:
    """That a race was canceled."""
    return card(
        f"{escape(race_name(race))} · {escape(race.track.short)}",
        "This race was canceled.",
        accent=Accent.CHECKERED,
        small=[freshness(season, now)],
        controls=row([Link("Next race", NextQuestion())]),
    )


def _span(seconds: int) -> str:
    """``45 seconds``, ``5 minutes``, ``2 hours``, ``1 minute 30 seconds``: none of its parts is left out."""
    parts = (count(seconds // 3600, "hour"), count(seconds // 60 % 60, "minute"), count(seconds % 60, "second"))
    return " ".join(part for part in parts if not part.startswith("0 "))


def _card(view: ui.LayoutView) -> ui.Container[Any]:
    return next(each for each in view.children if isinstance(each, ui.Container))


def _rows(shown: ui.Container[Any]) -> list[ui.ActionRow[Any]]:
    return [each for each in shown.children if isinstance(each, ui.ActionRow)]


def _drop_refresh(shown: ui.Container[Any]) -> None:
    """Takes away what asks for the same again: the message does so by itself."""
    for each in _rows(shown):
        for button in list(each.children):
            asked = button.custom_id if isinstance(button, discord.ui.Button) else None
            if asked is not None and any(topic in asked for topic in _ASKS_AGAIN):
                each.remove_item(button)
        if not each.children:
            shown.remove_item(each)


def _add_small(view: ui.LayoutView, shown: ui.Container[Any], line: str) -> None:
    """Adds a line of small print; where there is no room for it, an earlier line of it gives way."""
    last = next(each for each in reversed(shown.children) if isinstance(each, ui.TextDisplay))
    line = f"-# {line}"
    lines = last.content.split("\n")
    small = [each for each in lines if each.startswith("-# ")]
    while small and view.content_length() + len(line) + 1 > MOST:
        lines.remove(small[-1])
        small.pop()
        last.content = "\n".join(lines)
    last.content = "\n".join([*lines, line]) if lines else line
