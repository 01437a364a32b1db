"""Problems of a request body, as lines that say where and what."""

from __future__ import annotations

from typing import Any


class Findings(list[str]):
    """Problems found so far, each as ``place: what is wrong there``. Lengths are counted in characters."""

    def say(self, where: str, what: str) -> None:
        self.append(f"{where}: {what}" if where else what)

    def text(self, where: str, value: Any, *, most: int, least: int = 0) -> None:
        """Checks the length of a text; a text that must not be empty must not be blank either."""
        if not isinstance(value, str):
            self.say(where, "no text" if value is None else f"{value!r} is not text")
        elif len(value) > most:
            self.say(where, f"{len(value)} characters, {most} allowed")
        elif least and len(value.strip()) < least:
            self.say(where, "empty" if least == 1 else f"{len(value.strip())} characters, {least} needed")

    def number(self, where: str, number: int, what: str, *, most: int, least: int = 0) -> None:
        if number > most:
            self.say(where, f"{number} {what}, {most} allowed")
        elif number < least:
            self.say(where, f"{number} {what}, at least {least} needed")

    def unique(self, where: str, values: list[Any], what: str) -> None:
        """Reports each value that occurs more than once."""
        seen: list[Any] = []
        for value in values:
            if value in seen:
                self.say(where, f"{what} {value!r} comes twice")
            seen.append(value)
