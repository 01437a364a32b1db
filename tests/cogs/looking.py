"""Reads what simcord shows of an answer."""

from __future__ import annotations

from typing import Any


def texts(result: Any) -> list[str]:
    """The texts of the message as it is now, edits included."""
    found: list[str] = []

    def walk(components: list[dict[str, Any]]) -> None:
        for component in components:
            if "content" in component:
                found.append(component["content"])
            walk(component.get("components", []))

    walk(result.response.components)
    return found


def words(result: Any) -> str:
    return "\n".join(texts(result))


def title_and_answer(result: Any) -> tuple[str, str]:
    """The first two lines, which hold the answer."""
    title, answer, *_ = words(result).splitlines()
    return title.removeprefix("## "), answer
