"""Who runs this bot: its editors, and the operator's own server where they work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Editors:
    """``editors`` are Discord ids of users, ``home`` that of the operator's server; without either nobody edits."""

    editors: frozenset[int] = frozenset()
    home: int | None = None

    def may_edit(self, user: int, guild: int | None) -> bool:
        """Whether a person may write for everybody: an editor, at home."""
        return self.home is not None and guild == self.home and user in self.editors
