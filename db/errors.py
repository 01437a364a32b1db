"""The errors of the store; the text of each is one clear line."""

from __future__ import annotations

from enum import StrEnum, auto


class FileFault(StrEnum):
    """What may be wrong with the store's file or its disk, rather than with a statement."""

    GONE = auto()
    """It was removed or replaced while it was open: nothing that is written would be found again."""
    DAMAGED = auto()
    FULL = auto()
    """Its disk is full."""
    READ_ONLY = auto()
    FAILING = auto()
    """The disk could not read or write."""
    SHUT = auto()
    """It, or a file beside it, cannot be opened."""
    BUSY = auto()
    """Another program kept it locked."""


class StoreError(Exception):
    """The store cannot be opened or used; the text is one line for the operator.

    Attributes:
        fault: what is wrong with the file or its disk; None where neither is at fault.
    """

    def __init__(self, text: str, fault: FileFault | None = None) -> None:
        super().__init__(text)
        self.fault = fault


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
