"""What is asked of recaps, by fans and by editors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.questions.core import PAGE, ROUND, YEAR, Id, Question, Word, parameter
from db.recaps.models import SectionKind

SECTION = Word(tuple(SectionKind))


STORED = Id(least=0)
"""A number that the store gave: a step of a section's history, 0 before the first, or a draft."""


@dataclass(frozen=True, slots=True)
class RecapQuestion(Question):
    """A race's recap; without a round of the latest race, without a section the short first screen."""

    topic: ClassVar[str] = "recap"
    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
    section: str | None = parameter(SECTION, default=None)
    page: int = parameter(PAGE, default=1)


@dataclass(frozen=True, slots=True)
class EditQuestion(Question):
    """An editor's panel; without a round of the latest race, without a section on the first one."""

    topic: ClassVar[str] = "redit"
    private: ClassVar[bool] = True
    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
    section: str | None = parameter(SECTION, default=None)


@dataclass(frozen=True, slots=True)
class OfSection:
    """What all that an editor asks of one section has in common."""

    private: ClassVar[bool] = True
    year: int = parameter(YEAR)
    round: int = parameter(ROUND)
    section: str = parameter(SECTION)


@dataclass(frozen=True, slots=True)
class WriteQuestion(OfSection, Question):
    """Opens the form, and comes back with it.

    ``draft`` is the draft that the form begins with, ``step`` a step of the history; without either it begins with what
    stands. ``base`` is the last step that the editor has before him.
    """

    topic: ClassVar[str] = "rwrite"
    base: int | None = parameter(STORED, default=None)
    draft: int | None = parameter(STORED, default=None)
    step: int | None = parameter(STORED, default=None)


@dataclass(frozen=True, slots=True)
class PreviewQuestion(OfSection, Question):
    """An editor's draft as fans would see it, the latest where none is named."""

    topic: ClassVar[str] = "rpreview"
    draft: int | None = parameter(STORED, default=None)


@dataclass(frozen=True, slots=True)
class SaveQuestion(OfSection, Question):
    """Saves a draft, unless somebody has gone beyond the step ``last``, the last one when the draft was shown."""

    topic: ClassVar[str] = "rsave"
    last: int = parameter(STORED)
    draft: int = parameter(STORED)


@dataclass(frozen=True, slots=True)
class DiscardQuestion(OfSection, Question):
    """Drops a draft."""

    topic: ClassVar[str] = "rdiscard"
    draft: int = parameter(STORED)


@dataclass(frozen=True, slots=True)
class HistoryQuestion(OfSection, Question):
    """How a section came to read as it does, newest first."""

    topic: ClassVar[str] = "rhistory"
    page: int = parameter(PAGE, default=1)


@dataclass(frozen=True, slots=True)
class UndoQuestion(OfSection, Question):
    """Takes the last change back, which is the step ``last``."""

    topic: ClassVar[str] = "rundo"
    last: int = parameter(STORED)


@dataclass(frozen=True, slots=True)
class AutomaticTextQuestion(OfSection, Question):
    """Goes back to the automatic text; ``last`` is the step that it goes back from."""

    topic: ClassVar[str] = "rmade"
    last: int = parameter(STORED)
