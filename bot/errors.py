"""What can go wrong that a person should be told about."""

from __future__ import annotations

from collections.abc import Sequence

NO_MANAGER = "You need the Manage Server permission for this."
_LONGEST_QUOTE = 40
_MEANINGFUL = str.maketrans("", "", "\\*_~|`<>@#[]()")
"""Characters that Discord reads as formatting or mentions; they are left out where a person's words are quoted."""


class FriendlyError(Exception):
    """Something that the requester did or can fix; its text is one line that only the requester sees.

    The text is plain, with names as they are stored or were typed: it is escaped where it is sent.
    """


class _NotFound(FriendlyError):  # noqa: N818 - not a fault, an answer
    """Words that name nothing, or several things.

    Args:
        text: what was typed.
        nearest: the names most like it, which are offered.
        several: the words name several things.
        where: added to the line, such as "in 2025".
        opening: replaces the line's first sentence.
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
    """No driver has that name, or several do and it is not clear which one is meant."""

    kind, kinds = "driver", "drivers"


class UnknownRace(_NotFound):
    """No race has that name, round or track."""

    kind, kinds = "race", "races"


class UnknownSeason(FriendlyError):  # noqa: N818 - not a fault, an answer
    """A season that is not in the store; ``years`` are those that are."""

    def __init__(self, text: str, years: Sequence[int] = ()) -> None:
        self.text = text
        self.years = tuple(sorted(years))
        wanted = quote(text)
        opening = f"No season {wanted} here." if wanted else "No such season here."
        held = _either([str(year) for year in self.years[-4:]])
        super().__init__(opening + (f" Try {held}." if held else ""))


def quote(text: str) -> str:
    """What a person typed, short and on one line, without what Discord would format or ping; may be empty."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text.translate(_MEANINGFUL)).split())
    return words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1].rstrip() + "…"


def _either(names: Sequence[str]) -> str:
    """Names as a choice: A, B or C."""
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
