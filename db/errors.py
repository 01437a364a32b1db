"""The errors of the store; the text of each is one clear line."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be opened or used; the text is one line for the operator."""


class OvertakenError(Exception):
    """Somebody else changed the text meanwhile: its history ends with another step than the one the caller saw."""


class DocumentError(Exception):
    """A document cannot be imported. ``str()`` is one line: file, line, field, what is wrong and what to do."""

    def __init__(self, problem: str, *, file: str, line: int | None = None, field: str | None = None) -> None:
        self.problem = problem
        self.file = file
        self.line = line
        self.field = field
        place = file + (f", line {line}" if line else "") + (f", field {field!r}" if field else "")
        super().__init__(f"{place}: {problem}")
