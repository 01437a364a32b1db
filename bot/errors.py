"""What can go wrong that a person should be told about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from db.errors import FileFault, StoreError

NO_MANAGER = "You need the Manage Server permission for this."
_LONGEST_QUOTE = 40
_MEANINGFUL = str.maketrans("", "", "\\*_~|`<>@#[]()")
"""Characters that Discord reads as formatting or mentions; they are left out where a person's words are quoted."""


_TOLD = "The people who run it have been told."
_RESTORE = "Stop Tailgate, put back a backup, start it again."
_STORE_LINES: dict[FileFault, tuple[str, str]] = {
    FileFault.GONE: (
        f"Tailgate can't save anything, because its store is gone. {_TOLD}",
        f"Its file was removed or replaced while Tailgate ran, so nothing is saved anymore. {_RESTORE}",
    ),
    FileFault.DAMAGED: (f"Tailgate's store is damaged. {_TOLD}", f"Its file is damaged. {_RESTORE}"),
    FileFault.FULL: (
        f"Tailgate can't save anything right now. {_TOLD}",
        "Its disk is full. Free some space; Tailgate then goes on by itself.",
    ),
    FileFault.READ_ONLY: (
        f"Tailgate can't save anything right now. {_TOLD}",
        "Its file can't be written. The log says why, and what to do.",
    ),
    FileFault.FAILING: (
        f"Tailgate's store can't be read or written right now. {_TOLD}",
        "Its disk could not be read or written. The log says more.",
    ),
    FileFault.SHUT: (
        f"Tailgate's store can't be opened right now. {_TOLD}",
        "Its files can't be opened. The log says why, and what to do.",
    ),
    FileFault.BUSY: (
        "Tailgate's store is busy. Try again in a moment.",
        "Another program keeps its file locked.",
    ),
}
"""What is wrong with the store's file, for whoever asks something, and for editors; no path in either."""
RESTARTING = "Tailgate is restarting. Try again in a minute."


class FriendlyError(Exception):
    """Something that the requester did or can fix; its text is one line that only the requester sees.

    The text is plain, with names as they are stored or were typed: it is escaped where it is sent.
    """


OLDER_TO_COME = "Older seasons are still being taken in; try again in a minute."


class NotHere(FriendlyError):  # noqa: N818 - not a fault, an answer
    """What was asked for is not in the store, or not yet."""


class _NotFound(NotHere):
    """Words that name nothing, or several things.

    Args:
        text: what was typed.
        nearest: the names most like it, which are offered.
        several: the words name several things.
        where: added to the line, such as "in 2025".
        opening: replaces the line's first sentence.
        advice: what to do where no name is near, a sentence after a space.
    """

    kind = ""
    kinds = ""

    def __init__(
        self,
        text: str,
        nearest: Sequence[str] = (),
        *,
        several: bool = False,
        where: str = "",
        opening: str = "",
        advice: str = "",
    ) -> None:
        self.text = text
        self.nearest = tuple(nearest)
        self.several = several
        called = f"called “{quote(text)}”" if quote(text) else "by that name"
        if several:
            opening = opening or f"Several {self.kinds} go by “{quote(text)}”."
        opening = opening or f"No {self.kind} {called}{where and ' ' + where}."
        question = f" Did you mean {_either(self.nearest)}?" if self.nearest else advice
        super().__init__(opening + question)


class UnknownDriver(_NotFound):
    """No driver has that name, or several do and it is not clear which one is meant."""

    kind, kinds = "driver", "drivers"


class UnknownRace(_NotFound):
    """No race has that name, round or track."""

    kind, kinds = "race", "races"


class UnknownTrack(_NotFound):
    """No track on any schedule has that name."""

    kind, kinds = "track", "tracks"


NAMED = 4
"""So many seasons are named one by one."""


class UnknownSeason(NotHere):
    """A season that is not in the store; ``years`` are those that are."""

    def __init__(self, text: str, years: Sequence[int] = ()) -> None:
        self.text = text
        self.years = tuple(sorted(years))
        wanted = quote(text)
        opening = f"No season {wanted} here." if wanted else "No such season here."
        held = _either([str(year) for year in self.years]) if len(self.years) <= NAMED else self._span()
        super().__init__(opening + (f" Try {held}." if held else ""))

    def _span(self) -> str:
        first, last = self.years[0], self.years[-1]
        return f"one from {first} to {last}" if last - first < len(self.years) else f"{last}, or another that is held"


def store_line(error: StoreError) -> str:
    """What a person is told whose question or change met a fault of the store; the operator is told by the store."""
    # Without a fault, the store is closed: the bot stops.
    return RESTARTING if error.fault is None else _STORE_LINES[error.fault][0]


def store_faults(faults: Iterable[FileFault]) -> list[str]:
    """What is wrong with the store, a line a fault, for editors, who may be able to mend it."""
    return [_STORE_LINES[fault][1] for fault in faults]


def quote(text: str) -> str:
    """What a person typed, short and on one line, without what Discord would format or ping; may be empty."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text.translate(_MEANINGFUL)).split())
    return words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1].rstrip() + "…"


def _either(names: Sequence[str]) -> str:
    """Names as a choice: A, B or C."""
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
