"""Reads an answer as a fan sees it: its texts, its tables, its buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from discord import ui

from bot.questions.core import Question, decode

TEXT, BUTTON, SELECT, CONTAINER = 10, 2, 3, 17


def components_of(view: ui.LayoutView) -> list[dict[str, Any]]:
    components: list[dict[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]  # discord.py leaves it out
    return components


def parts(view: ui.LayoutView) -> Iterator[dict[str, Any]]:
    def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for component in components:
            yield component
            yield from walk(component.get("components", []))

    yield from walk(components_of(view))


def texts(view: ui.LayoutView) -> list[str]:
    return [part["content"] for part in parts(view) if part["type"] == TEXT]


def text(view: ui.LayoutView) -> str:
    return "\n".join(texts(view))


def lines(view: ui.LayoutView) -> list[str]:
    return text(view).splitlines()


def small(view: ui.LayoutView) -> list[str]:
    """The lines of small print."""
    return [line.removeprefix("-# ") for line in texts(view)[-1].splitlines()]


def tables(view: ui.LayoutView) -> list[list[str]]:
    """The lines of each code block, headings first."""
    return [block.strip("\n").splitlines() for block in text(view).split("```")[1::2]]


def accent(view: ui.LayoutView) -> int:
    colour: int = next(part["accent_color"] for part in parts(view) if part["type"] == CONTAINER)
    return colour


def buttons(view: ui.LayoutView, *, off: bool = False) -> dict[str, Question]:
    """What each button asks, by its label; those greyed out only if asked for."""
    found = [part for part in parts(view) if part["type"] == BUTTON and part.get("disabled", False) is off]
    return {part["label"]: decode(part["custom_id"].split(":", 2)[2]) for part in found}


def options(view: ui.LayoutView) -> dict[str, Question]:
    """What each option of a select of questions asks, by its label; a select that sets something has none."""
    selects = [part for part in parts(view) if part["type"] == SELECT and ":set:" not in part["custom_id"]]
    return {option["label"]: decode(option["value"]) for select in selects for option in select["options"]}


def body(view: ui.LayoutView) -> dict[str, Any]:
    """The message as it would be sent."""
    return {"flags": 1 << 15, "components": components_of(view)}
