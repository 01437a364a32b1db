"""What can go wrong that a person should be told about."""

from __future__ import annotations

from collections.abc import Sequence

NO_MANAGER = "You need the Manage Server permission for this."
_LONGEST_QUOTE = 40
_MEANINGFUL = str.maketrans("", "", "\\*_~|`<>@#[]()")
"""Characters Discord reads as formatting or mentions: a quotation of the asker's words does without them."""


class FriendlyError(Exception):
    """Something the requester did or can mend; its one line is shown to the requester alone.

    The line is plain text, names in it as they are: it is escaped where it is sent.
    """


class _NotFound(FriendlyError):  # noqa: N818 - not a fault, an answer
    """Words that name nothing, or several things. ``text`` is what was typed, ``nearest`` the names nearest to it.

    ``several`` says that they name several; ``where`` is added ("in 2025"); ``opening`` is said instead.
    """

    kind = ""
    kinds = ""

    def __init__(
        self, text: str, nearest: Sequence[str] = (), *, several: bool = False, where: str = "", opening: str = ""
    ) -> None:
        self.text = text
        self.nearest = tuple(nearest)
        self.several = several
        called = f"called “{quote(text)}”" if quote(text) else "by that name"
        if several:
            opening = opening or f"Several {self.kinds} go by “{quote(text)}”."
        opening = opening or f"No {self.kind} {called}{where and ' ' + where}."
        question = f" Did you mean {_either(self.nearest)}?" if self.nearest else ""
        super().__init__(opening + question)


class UnknownDriver(_NotFound):
    """No driver goes by that name, or several do and none is clearly meant."""

    kind, kinds = "driver", "drivers"


class UnknownRace(_NotFound):
    """No race goes by that name, round or track."""

    kind, kinds = "race", "races"


class UnknownSeason(FriendlyError):  # noqa: N818 - not a fault, an answer
    """A season that the store does not hold. ``years`` are those it does."""

    def __init__(self, text: str, years: Sequence[int] = ()) -> None:
        self.text = text
        self.years = tuple(sorted(years))
        wanted = quote(text)
        opening = f"No season {wanted} here." if wanted else "No such season here."
        held = _either([str(year) for year in self.years[-4:]])
        super().__init__(opening + (f" Try {held}." if held else ""))


def quote(text: str) -> str:
    """The asker's words, short and on one line, without what Discord would format or ping; may be empty."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text.translate(_MEANINGFUL)).split())
    return words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1].rstrip() + "…"


def _either(names: Sequence[str]) -> str:
    """Names as a choice: A, B or C."""
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
