"""The editors of this bot, and the operator's own server, where they work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Editors:
    """``editors`` are ids of users, ``home`` is that of the operator's server; without either nobody may edit."""

    editors: frozenset[int] = frozenset()
    home: int | None = None

    def may_edit(self, user: int, guild: int | None) -> bool:
        """Whether a person may write for everybody: an editor may, in the operator's own server."""
        return self.home is not None and guild == self.home and user in self.editors
