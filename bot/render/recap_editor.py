"""What an editor of recaps sees: a race's sections and their authors, a draft as fans would see it, and a history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from discord import ui

from bot.questions.recaps import (
    AutomaticTextQuestion,
    DiscardQuestion,
    EditQuestion,
    HistoryQuestion,
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
from db.recaps.models import SECTION_LIMIT, RecapText, RecapVersion, SectionKind
from db.user_text import LINK_LIMIT

WORDS, PICTURE = "words", "picture"
FIELDS = (WORDS, PICTURE)
"""The names of the form's fields."""
VERSIONS = 6
"""Steps of a history on one page."""
_FIRST_WORDS = 120
"""Characters of a version that the history shows."""
NOTHING = "Fans see nothing here: the facts for it aren't on record, and nobody has written it."
FOLLOWS = {
    SectionKind.PLAYOFFS: "The points to the cut line are added automatically; lines with “- ” become bullets",
    SectionKind.QUOTES: "The race's quotes are added automatically; lines starting with “- ” become bullets",
}
RULE = "Lines starting with “- ” become bullets, links work; all else shows as typed"


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft of an editor's that is not saved yet.

    Attributes:
        id: its number in the store.
        kind: the section it is for.
        words: as they were typed.
        picture: as it was typed.
        base: the last step of the section's history when the editor began, 0 before the first.
        typed_at: when it was last changed.
        text: the draft as fans would see it: without a picture whose link is not valid, None without valid words.
        fault: why it cannot be saved; "" if it can.
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
class EditorFacts:
    """A section of a race's recap as one editor works on it.

    Attributes:
        season: the race's season at ``now``.
        race: the race.
        kind: the section.
        section: the section as fans see it, or would with the draft ``shown``; None if there is nothing to see.
        now: the current time.
        texts: what editors wrote for the race.
        filled: the sections that have anything to show.
        drafts: this editor's own, of all sections, newest first.
        shown: the draft that is shown in place of the current text.
        history: the section's history, newest first.
    """

    season: Season
    race: Race
    kind: SectionKind
    section: Section | None
    now: datetime
    texts: Mapping[SectionKind, RecapText] = field(default_factory=dict)
    filled: frozenset[SectionKind] = frozenset()
    drafts: Sequence[DraftView] = ()
    shown: DraftView | None = None
    history: Sequence[RecapVersion] = ()

    @property
    def key(self) -> tuple[int, int, str]:
        """The section, the way questions name it."""
        return self.race.season, self.race.round, self.kind.value

    @property
    def last(self) -> int:
        """The last step of the section's history; 0 before the first."""
        return self.history[0].id if self.history else 0

    @property
    def seen(self) -> int:
        """The last step that fans see at ``now``. Later steps exist if the bot's clock was set back."""
        return next((step.id for step in self.history if _visible_from(step) <= self.now), 0)

    @property
    def own(self) -> list[DraftView]:
        """The drafts of this section."""
        return [draft for draft in self.drafts if draft.kind is self.kind]


def panel(facts: EditorFacts, note: str = "") -> ui.LayoutView:
    """The race's sections, and the chosen one as fans see it; ``note`` says what was just done, not escaped."""
    title, head = f"Recap editor · {where(facts.race)}", _with_note(note, _status(facts))
    small = [*_authors(facts), freshness(facts.season, facts.now)]
    shown = _first_page(facts.section, title, head, *small) if facts.section else NOTHING
    actions = [
        Link("Write", WriteQuestion(*facts.key)),
        Link("History", HistoryQuestion(*facts.key), off=not facts.history),
        Link("Undo", UndoQuestion(*facts.key, facts.last), off=not facts.history),
        Link("Use automatic text", AutomaticTextQuestion(*facts.key, facts.last), off=facts.kind not in facts.texts),
    ]
    if facts.own:
        actions.append(Link("Draft", PreviewQuestion(*facts.key)))
    return card(
        title,
        head,
        shown,
        accent=Accent.GREEN,
        small=small,
        controls=row(actions),
        select=ui.ActionRow(QuestionSelect.of("edit", "Pick a section…", _options(facts))),
        picture=facts.section.picture if facts.section else None,
    )


def preview(facts: EditorFacts, note: str = "") -> ui.LayoutView:
    """The draft ``facts.shown`` as fans would see it, what is wrong with it, and whether somebody saved meanwhile."""
    draft = facts.shown
    assert draft is not None
    conflict = draft.base != facts.last
    fault = f"Kept as you typed it, but it can't be saved yet: {draft.fault}." if draft.fault else ""
    note = " ".join(filter(None, (note, fault, _overtaken(facts) if conflict else "")))
    section = facts.section if draft.text else None
    title = f"Preview · {escape(section.title if section else TITLES[facts.kind])} · {where(facts.race)}"
    head = _with_note(note, "Not saved yet: this is how fans would see it." if section else "Not saved yet.")
    small = [*(words_by([section], facts.now) if section else ()), freshness(facts.season, facts.now)]
    save = SaveQuestion(*facts.key, facts.last, draft.id)
    return card(
        title,
        head,
        _first_page(section, title, head, *small) if section else "“Keep editing” opens what you typed.",
        accent=Accent.YELLOW,
        small=small,
        controls=row(
            [
                Link("Save over theirs" if conflict else "Save", save, off=bool(draft.fault)),
                Link("Keep editing", WriteQuestion(*facts.key, draft=draft.id)),
                Link("Discard", DiscardQuestion(*facts.key, draft.id)),
                Link("History", HistoryQuestion(*facts.key), off=not facts.history),
                Link("All sections", EditQuestion(*facts.key)),
            ]
        ),
        picture=section.picture if section else None,
    )


def form(facts: EditorFacts, question: WriteQuestion) -> Form:
    """The form for a section, filled in with a draft, an earlier version, the current text or the automatic one."""
    words, picture, base = _initial_values(facts, question)
    return Form(
        f"{TITLES[facts.kind]} · {facts.race.track.short} {facts.race.season}",
        (
            # A draft that is too long comes back whole, so that it can be shortened.
            Field(
                WORDS,
                "Words",
                words,
                FOLLOWS.get(facts.kind, RULE),
                long=True,
                limit=min(max(SECTION_LIMIT, len(words)), LONGEST),
            ),
            Field(
                PICTURE,
                "Picture",
                picture,
                "A link starting with https://, or nothing",
                required=False,
                limit=min(max(LINK_LIMIT, len(picture)), LONGEST),
            ),
        ),
        WriteQuestion(*facts.key, base, facts.shown.id if facts.shown else None),
    )


def _initial_values(facts: EditorFacts, question: WriteQuestion) -> tuple[str, str, int]:
    """The words and picture that the form starts with, and the last step of the history that the editor has seen."""
    if facts.shown:
        return facts.shown.words, facts.shown.picture, facts.shown.base
    current, base = facts.texts.get(facts.kind), facts.seen
    version = next((step.text for step in facts.history if step.id == question.step), None)
    if version is not None:
        # The editor has not seen what was saved after the history was shown.
        current, base = version, base if question.base is None else question.base
    if current is None:
        return _automatic_words(facts.section), "", base
    return current.words, current.picture or "", base


def history(facts: EditorFacts, question: HistoryQuestion) -> ui.LayoutView:
    """Every step of a section's history, the newest first, with the beginning of its text."""
    steps = facts.history
    page = Page.of(question.page, VERSIONS, len(steps))
    shown = [(len(steps) - page.part.start - i, step) for i, step in enumerate(steps[page.part])]
    lines = [_step(number, step) for number, step in shown]
    versions = [
        Link(_version(number, step.text), WriteQuestion(*facts.key, facts.last, step=step.id))
        for number, step in shown
        if step.text is not None
    ]
    return card(
        f"History · {escape(TITLES[facts.kind])} · {where(facts.race)}",
        "\n".join(lines) or "Nobody has written anything here yet.",
        accent=Accent.GREEN,
        small=[freshness(facts.season, facts.now)],
        select=ui.ActionRow(QuestionSelect.of("version", "Start from a version…", versions)) if versions else None,
        controls=row(
            [
                *pager(page, lambda number: HistoryQuestion(*facts.key, number)),
                Link("All sections", EditQuestion(*facts.key)),
            ]
        ),
    )


def _with_note(note: str, text: str) -> str:
    return f"**{escape(note, 400)}**\n{text}" if note else text


def _status(facts: EditorFacts) -> str:
    """Who wrote the section's current text, and whether the editor has unsaved drafts of it."""
    text = facts.texts.get(facts.kind)
    if text is not None:
        who = f"written by **{as_typed_in_line(text.author)}**, {stamp(text.edited_at, 'R')}"
    else:
        who = "automatic text" if facts.section else "empty"
    return listed([f"**{escape(TITLES[facts.kind])}**", who, _unsaved(facts.own)])


def _unsaved(drafts: Sequence[DraftView]) -> str:
    """That the editor's drafts are not saved."""
    if not drafts:
        return ""
    latest = stamp(drafts[0].typed_at, "R")
    if len(drafts) == 1:
        return f"your draft from {latest} is not saved"
    return f"your {count(len(drafts), 'draft')}, the latest from {latest}, are not saved"


def _first_page(section: Section, *beside: str) -> str:
    """A section's first page, and how many more pages fans can turn to."""
    parts = parts_of(section, room_beside(*beside, _more(99)))
    return parts[0] if len(parts) == 1 else f"{parts[0]}\n{_more(len(parts) - 1)}"


def _more(pages: int) -> str:
    return f"*(and {count(pages, 'more page')})*"


def _authors(facts: EditorFacts) -> list[str]:
    return words_by([facts.section], facts.now) if facts.section else []


def _options(facts: EditorFacts) -> list[Link]:
    season, number, _ = facts.key
    return [
        Link(_option(facts, kind), EditQuestion(season, number, kind.value), off=kind is facts.kind) for kind in TITLES
    ]


def _option(facts: EditorFacts, kind: SectionKind) -> str:
    text = facts.texts.get(kind)
    if text is not None:
        who = f"{text.author[:30]}, {day(text.edited_at.astimezone(EASTERN).date())}"
    else:
        who = "automatic" if kind in facts.filled else "empty"
    return listed([TITLES[kind], who, "draft" if any(draft.kind is kind for draft in facts.drafts) else ""])


def _visible_from(step: RecapVersion) -> datetime:
    """From when on fans see the result of a step."""
    return step.text.edited_at if step.text else step.changed_at


def _overtaken(facts: EditorFacts) -> str:
    """That somebody changed the section after the editor began the draft."""
    if not facts.history or facts.history[0].text is None:
        return "Meanwhile, this section went back to the automatic text."
    return f"Meanwhile, {facts.history[0].text.author} saved something else; see the history."


def _automatic_words(section: Section | None) -> str:
    """The section's automatic text the way an editor would type it."""
    if section is None:
        return ""
    # Some sections get their lines added below any text; here they would appear twice.
    written = () if section.kind in FOLLOWED else section.lines
    lines = [f"- {line.label}: {line.text}" if line.label else f"- {line.text}" for line in written]
    return "\n".join([*section.paragraphs, *lines])[:SECTION_LIMIT]


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
