"""What can be wrong with a feed, in one line."""

from __future__ import annotations

from datetime import datetime


class FeedError(Exception):
    """A document of a feed cannot be used; nothing of it was taken in.

    Attributes:
        path: the document's path below the feeds' address, as ``paths`` makes it.
        problem: what is wrong with it, in a few words.
    """

    def __init__(self, path: str, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path}: {problem}")


class UnreachableError(FeedError):
    """The document could not be got this time, and may be got the next.

    Attributes:
        wait: for how many seconds the server asked not to be asked; None where it did not say.
    """

    def __init__(self, path: str, problem: str, wait: float | None = None) -> None:
        super().__init__(path, problem)
        self.wait = wait


class BudgetSpentError(Exception):
    """So much was asked within an hour that something must be wrong; nothing more is asked now."""


class NotWelcomeError(Exception):
    """The server refused so much that nothing is asked until a moment, ``until``."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__("the server refused too many requests")
