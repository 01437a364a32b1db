"""What can be asked about recaps: by fans who read them, and by editors."""

from __future__ import annotations

from bot.questions.core import ID, PAGE, ROUND, STEP, YEAR, Question, Word, parameter
from db.recaps.models import SectionKind

SECTION = Word(tuple(SectionKind))


class RecapQuestion(Question, topic="recap"):
    """A race's recap: of the latest race without a round, the short first screen without a section."""

    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
    section: str | None = parameter(SECTION, default=None)
    page: int = parameter(PAGE, default=1)


class EditQuestion(Question, topic="redit", private=True):
    """An editor's panel: of the latest race without a round, on the first section without a section."""

    year: int | None = parameter(YEAR, default=None)
    round: int | None = parameter(ROUND, default=None)
    section: str | None = parameter(SECTION, default=None)


class SectionQuestion(Question, private=True):
    """What the editors' questions about one section of a recap have in common."""

    year: int = parameter(YEAR)
    round: int = parameter(ROUND)
    section: str = parameter(SECTION)


class WriteQuestion(SectionQuestion, topic="rwrite"):
    """Opens the form, and comes back with it.

    ``draft`` is the draft that the form begins with, ``step`` a step of the history; without either it begins with the
    current text. ``base`` is the last step that the editor has seen.
    """

    base: int | None = parameter(STEP, default=None)
    draft: int | None = parameter(ID, default=None)
    step: int | None = parameter(STEP, default=None)


class PreviewQuestion(SectionQuestion, topic="rpreview"):
    """An editor's draft as fans would see it, the latest where none is named."""

    draft: int | None = parameter(ID, default=None)


class SaveQuestion(SectionQuestion, topic="rsave"):
    """Saves a draft, unless there is a step after ``last``, the last one when the draft was shown."""

    last: int = parameter(STEP)
    draft: int = parameter(ID)


class DiscardQuestion(SectionQuestion, topic="rdiscard"):
    """Deletes a draft."""

    draft: int = parameter(ID)


class HistoryQuestion(SectionQuestion, topic="rhistory"):
    """The history of a section, newest step first."""

    page: int = parameter(PAGE, default=1)


class UndoQuestion(SectionQuestion, topic="rundo"):
    """Undoes the last change, which is the step ``last``."""

    last: int = parameter(STEP)


class AutomaticTextQuestion(SectionQuestion, topic="rmade"):
    """Goes back to the automatic text; ``last`` is the step that was last when this was asked."""

    last: int = parameter(STEP)
