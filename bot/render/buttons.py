"""Buttons and selects that carry a question, so that they work after any restart and nothing is remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import discord
from discord import ui

from bot.questions.core import VERSION, Question
from bot.render.blocks import Page
from bot.render.tables import MORE, plain

LABEL_LIMIT = 80
BUTTONS = 5
OPTIONS = 25
"""How many buttons a row holds at most, and how many options a select; ``LABEL_LIMIT`` is in characters."""


@dataclass(frozen=True, slots=True)
class Link:
    """A button or an option: its label and its question; one that is ``off`` is greyed out, or shown as chosen."""

    label: str
    question: Question
    off: bool = False

    @property
    def text(self) -> str:
        """The label, on one line that Discord accepts."""
        return plain(self.label)[:LABEL_LIMIT].strip() or MORE


class QuestionButton(ui.Button[Any]):
    """A button whose custom id is a question; the digit in it keeps the ids of one message apart.

    Presses are heard by ``bot.interactions.router``, after any restart. ``is_dispatchable``
    keeps discord.py from holding the message's view in memory to wait for presses as well.
    """

    @classmethod
    def of(cls, link: Link, slot: int) -> Self | None:
        """The button; None where its question does not fit into a custom id."""
        text = link.question.encode()
        if text is None:
            return None
        style = discord.ButtonStyle.secondary
        return cls(label=link.text, style=style, custom_id=f"{VERSION}:{slot}:{text}", disabled=link.off)

    def is_dispatchable(self) -> bool:
        return False


class QuestionSelect(ui.Select[Any]):
    """A select each of whose values is a question; heard as a ``QuestionButton`` is."""

    @classmethod
    def of(cls, name: str, placeholder: str, links: Sequence[Link]) -> Self:
        """A select of links; those that are off are shown as chosen."""
        select = cls(custom_id=f"{VERSION}:pick:{name}", placeholder=placeholder)
        for link in links:
            value = link.question.encode()
            if value is not None:
                select.add_option(label=link.text, value=value, default=link.off)
        return select

    def is_dispatchable(self) -> bool:
        return False


def row(links: Sequence[Link]) -> ui.ActionRow[Any] | None:
    """A row of at most five buttons; None without any.

    Raises:
        ValueError: there are more; the caller has to choose what to leave out.
    """
    if len(links) > BUTTONS:
        raise ValueError(f"{len(links)} buttons do not fit into a row")
    made = [button for slot, link in enumerate(links) if (button := QuestionButton.of(link, slot)) is not None]
    return ui.ActionRow(*made) if made else None


def fitted(links: Sequence[Link]) -> list[Link]:
    """As many as a row holds: where there are too many, those that are off are left out, then the last ones."""
    return [link for link in links if not link.off][:BUTTONS] if len(links) > BUTTONS else list(links)


def row_or_select(name: str, placeholder: str, links: Sequence[Link]) -> ui.ActionRow[Any] | None:
    """A row of buttons, or a select where there are more than a row holds."""
    return row(links) if len(links) <= BUTTONS else select_of(name, placeholder, links)


def select_of(name: str, placeholder: str, links: Sequence[Link]) -> ui.ActionRow[Any]:
    """A select. Where there are more links than it holds, the first ones are shown, and the placeholder says so."""
    if len(links) > OPTIONS:
        placeholder += f" (the first {OPTIONS} of {len(links)})"
    return ui.ActionRow(QuestionSelect.of(name, placeholder, links[:OPTIONS]))


def pager(page: Page, ask: Callable[[int], Question]) -> list[Link]:
    """The two buttons that turn pages, named by the lines on the pages they lead to; none for one page."""
    if page.pages == 1:
        return []
    back, on = page.number > 1, page.number < page.pages
    return [
        Link(f"← {page.span(page.number - 1)}" if back else "←", ask(max(1, page.number - 1)), off=not back),
        Link(f"{page.span(page.number + 1)} →" if on else "→", ask(min(page.pages, page.number + 1)), off=not on),
    ]
