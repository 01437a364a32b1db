"""The editors' desk: a race's sections and who wrote them, a draft as fans would see it, and a section's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from discord import ui

from bot.questions.recaps import (
    DiscardQuestion,
    EditQuestion,
    HistoryQuestion,
    MadeQuestion,
    PreviewQuestion,
    SaveQuestion,
    UndoQuestion,
    WriteQuestion,
)
from bot.recaps.facts import FOLLOWED, TITLES, Section
from bot.render.blocks import Accent, Page, card, freshness
from bot.render.buttons import Link, QuestionSelect, pager, row
from bot.render.formatting import count, day, escape, listed, stamp
from bot.render.forms import LONGEST, Field, Form
from bot.render.recap import parts_of, room_beside, where, words_by
from bot.render.user_text import as_typed_in_line
from db.models import EASTERN, Race, Season
from db.texts import LINK, SECTION_WORDS, RecapText, RecapVersion, SectionKind

WORDS, PICTURE = "words", "picture"
"""The fields of the form."""
VERSIONS = 6
"""Steps of a history on a page."""
_FIRST_WORDS = 120
NOTHING = "Fans see nothing here: the facts for it aren't on record, and nobody has written it."
FOLLOWS = {
    SectionKind.PLAYOFFS: "The points to the cut line are added automatically; lines with “- ” become bullets",
    SectionKind.QUOTES: "The race's quotes are added automatically; lines starting with “- ” become bullets",
}
RULE = "Lines starting with “- ” become bullets, links work; all else shows as typed"


@dataclass(frozen=True, slots=True)
class Draft:
    """What an editor has typed and not saved yet.

    ``words`` and ``picture`` are as he typed them, ``text`` is how fans would read it, without the picture where that
    is no good and None where the words are none; ``fault`` says why it cannot be saved. ``base`` is the last step of
    the section's history that he had before him when he began.
    """

    id: int
    kind: SectionKind
    words: str
    picture: str
    base: int
    typed_at: datetime
    text: RecapText | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What an editor has before him.

    ``season`` is as it stands at ``now``; ``section`` as fans see it, or would with the draft ``shown``, None where
    they see none; ``texts`` what editors wrote of the race; ``told`` the sections that there are; ``drafts`` this
    editor's own, of all sections, newest first; ``history`` the section's, newest first.
    """

    season: Season
    race: Race
    kind: SectionKind
    section: Section | None
    now: datetime
    texts: Mapping[SectionKind, RecapText] = field(default_factory=dict)
    told: frozenset[SectionKind] = frozenset()
    drafts: Sequence[Draft] = ()
    shown: Draft | None = None
    history: Sequence[RecapVersion] = ()

    @property
    def key(self) -> tuple[int, int, str]:
        """How questions name the section."""
        return self.race.season, self.race.round, self.kind.value

    @property
    def last(self) -> int:
        """The last step of its history; 0 before the first."""
        return self.history[0].id if self.history else 0

    @property
    def seen(self) -> int:
        """The last step that fans see by now; a later one was made at a later moment than the clock's."""
        return next((step.id for step in self.history if _moment(step) <= self.now), 0)

    @property
    def own(self) -> list[Draft]:
        """The drafts of this section."""
        return [draft for draft in self.drafts if draft.kind is self.kind]


def panel(desk: Desk, note: str = "") -> ui.LayoutView:
    """The race's sections, and the chosen one as a fan sees it; ``note`` is what has just happened, as plain text."""
    title, head = f"Recap editor · {where(desk.race)}", _noted(note, _standing(desk))
    small = [*_marks(desk), freshness(desk.season, desk.now)]
    shown = _seen(desk.section, title, head, *small) if desk.section else NOTHING
    actions = [
        Link("Write", WriteQuestion(*desk.key)),
        Link("History", HistoryQuestion(*desk.key), off=not desk.history),
        Link("Undo", UndoQuestion(*desk.key, desk.last), off=not desk.history),
        Link("Use automatic text", MadeQuestion(*desk.key, desk.last), off=desk.kind not in desk.texts),
    ]
    if desk.own:
        actions.append(Link("Draft", PreviewQuestion(*desk.key)))
    return card(
        title,
        head,
        shown,
        accent=Accent.GREEN,
        small=small,
        controls=row(actions),
        select=ui.ActionRow(QuestionSelect.of("edit", "Pick a section…", _choices(desk))),
        picture=desk.section.picture if desk.section else None,
    )


def preview(desk: Desk, note: str = "") -> ui.LayoutView:
    """The draft ``desk.shown`` as fans would see it, what is wrong with it, and who was faster."""
    draft = desk.shown
    assert draft is not None
    conflict = draft.base != desk.last
    fault = f"Kept as you typed it, but it can't be saved yet: {draft.fault}." if draft.fault else ""
    note = " ".join(filter(None, (note, fault, _overtaken(desk) if conflict else "")))
    section = desk.section if draft.text else None
    title = f"Preview · {escape(section.title if section else TITLES[desk.kind])} · {where(desk.race)}"
    head = _noted(note, "Not saved yet: this is how fans would see it." if section else "Not saved yet.")
    small = [*(words_by([section], desk.now) if section else ()), freshness(desk.season, desk.now)]
    save = SaveQuestion(*desk.key, desk.last, draft.id)
    return card(
        title,
        head,
        _seen(section, title, head, *small) if section else "“Keep editing” opens what you typed.",
        accent=Accent.YELLOW,
        small=small,
        controls=row(
            [
                Link("Save over theirs" if conflict else "Save", save, off=bool(draft.fault)),
                Link("Keep editing", WriteQuestion(*desk.key, draft=draft.id)),
                Link("Discard", DiscardQuestion(*desk.key, draft.id)),
                Link("History", HistoryQuestion(*desk.key), off=not desk.history),
                Link("All sections", EditQuestion(*desk.key)),
            ]
        ),
        picture=section.picture if section else None,
    )


def form(desk: Desk, question: WriteQuestion) -> Form:
    """The form for a section: a draft, an earlier version, else the words that stand or the made ones to start from."""
    words, picture, base = _beginning(desk, question)
    return Form(
        f"{TITLES[desk.kind]} · {desk.race.track.short} {desk.race.season}",
        (
            # What was too long comes back whole, so that it can be shortened.
            Field(
                WORDS,
                "Words",
                words,
                FOLLOWS.get(desk.kind, RULE),
                long=True,
                limit=min(max(SECTION_WORDS, len(words)), LONGEST),
            ),
            Field(
                PICTURE,
                "Picture",
                picture,
                "A link starting with https://, or nothing",
                required=False,
                limit=min(max(LINK, len(picture)), LONGEST),
            ),
        ),
        WriteQuestion(*desk.key, base, desk.shown.id if desk.shown else None),
    )


def _beginning(desk: Desk, question: WriteQuestion) -> tuple[str, str, int]:
    """Words and picture to begin a form with, and the last step that the editor knows of then."""
    if desk.shown:
        return desk.shown.words, desk.shown.picture, desk.shown.base
    standing, base = desk.texts.get(desk.kind), desk.seen
    version = next((step.text for step in desk.history if step.id == question.step), None)
    if version is not None:
        # What was saved since the history was shown, he has not seen.
        standing, base = version, base if question.base is None else question.base
    if standing is None:
        return _plain(desk.section), "", base
    return standing.words, standing.picture or "", base


def history(desk: Desk, question: HistoryQuestion) -> ui.LayoutView:
    """Every step of a section's history, the newest first, with its first words."""
    steps = desk.history
    page = Page.of(question.page, VERSIONS, len(steps))
    shown = [(len(steps) - page.part.start - i, step) for i, step in enumerate(steps[page.part])]
    lines = [_step(number, step) for number, step in shown]
    versions = [
        Link(_version(number, step.text), WriteQuestion(*desk.key, desk.last, step=step.id))
        for number, step in shown
        if step.text is not None
    ]
    return card(
        f"History · {escape(TITLES[desk.kind])} · {where(desk.race)}",
        "\n".join(lines) or "Nobody has written anything here yet.",
        accent=Accent.GREEN,
        small=[freshness(desk.season, desk.now)],
        select=ui.ActionRow(QuestionSelect.of("version", "Start from a version…", versions)) if versions else None,
        controls=row(
            [
                *pager(page, lambda number: HistoryQuestion(*desk.key, number)),
                Link("All sections", EditQuestion(*desk.key)),
            ]
        ),
    )


def _noted(note: str, text: str) -> str:
    return f"**{escape(note, 400)}**\n{text}" if note else text


def _standing(desk: Desk) -> str:
    """Who wrote what stands in the section, and whether a draft of his own waits."""
    text = desk.texts.get(desk.kind)
    if text is not None:
        who = f"written by **{as_typed_in_line(text.author)}**, {stamp(text.edited_at, 'R')}"
    else:
        who = "automatic text" if desk.section else "empty"
    return listed([f"**{escape(TITLES[desk.kind])}**", who, _waiting(desk.own)])


def _waiting(drafts: Sequence[Draft]) -> str:
    """That an editor's drafts are not saved."""
    if not drafts:
        return ""
    latest = stamp(drafts[0].typed_at, "R")
    if len(drafts) == 1:
        return f"your draft from {latest} is not saved"
    return f"your {count(len(drafts), 'draft')}, the latest from {latest}, are not saved"


def _seen(section: Section, *beside: str) -> str:
    """A section's first page, and how many more fans can turn to."""
    parts = parts_of(section, room_beside(*beside, _more(99)))
    return parts[0] if len(parts) == 1 else f"{parts[0]}\n{_more(len(parts) - 1)}"


def _more(pages: int) -> str:
    return f"*(and {count(pages, 'more page')})*"


def _marks(desk: Desk) -> list[str]:
    return words_by([desk.section], desk.now) if desk.section else []


def _choices(desk: Desk) -> list[Link]:
    season, number, _ = desk.key
    return [
        Link(_choice(desk, kind), EditQuestion(season, number, kind.value), off=kind is desk.kind) for kind in TITLES
    ]


def _choice(desk: Desk, kind: SectionKind) -> str:
    text = desk.texts.get(kind)
    if text is not None:
        who = f"{text.author[:30]}, {day(text.edited_at.astimezone(EASTERN).date())}"
    else:
        who = "automatic" if kind in desk.told else "empty"
    return listed([TITLES[kind], who, "draft" if any(draft.kind is kind for draft in desk.drafts) else ""])


def _moment(step: RecapVersion) -> datetime:
    """From when on fans see what a step left."""
    return step.text.edited_at if step.text else step.changed_at


def _overtaken(desk: Desk) -> str:
    """That somebody changed the section after the draft was begun."""
    if not desk.history or desk.history[0].text is None:
        return "Meanwhile, this section went back to the automatic text."
    return f"Meanwhile, {desk.history[0].text.author} saved something else; see the history."


def _plain(section: Section | None) -> str:
    """The made words as an editor would type them."""
    if section is None:
        return ""
    # What follows whatever is written would stand there twice.
    written = () if section.kind in FOLLOWED else section.lines
    lines = [f"- {line.label}: {line.text}" if line.label else f"- {line.text}" for line in written]
    return "\n".join([*section.paragraphs, *lines])[:SECTION_WORDS]


def _version(number: int, text: RecapText) -> str:
    return f"{number} · {text.author[:30]}, {day(text.edited_at.astimezone(EASTERN).date())}"


def _step(number: int, step: RecapVersion) -> str:
    when = stamp(step.changed_at, "f")
    if step.text is None:
        return f"**{number}** {when} · back to the automatic text"
    words = " ".join(step.text.words.split())
    first = words if len(words) <= _FIRST_WORDS else words[:_FIRST_WORDS].rstrip() + "…"
    picture = " · with a picture" if step.text.picture else ""
    return f"**{number}** {when} · **{as_typed_in_line(step.text.author)}**{picture}\n{as_typed_in_line(first)}"
