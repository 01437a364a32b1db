"""What can be wrong with a feed, in one line."""

from __future__ import annotations


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
