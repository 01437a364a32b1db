"""The editors' desk: a race's sections and who wrote them, a draft as fans would see it, and a section's history."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from discord import ui

from bot.recaps.facts import TITLES, Section
from bot.render.blocks import Accent, Page, card, freshness
from bot.render.buttons import Link, QuestionSelect, pager, row
from bot.render.forms import Field, Form
from bot.render.recap import parts_of, room_beside, where, words_by
from bot.render.recap_questions import (
    DiscardQuestion,
    EditQuestion,
    HistoryQuestion,
    MadeQuestion,
    PreviewQuestion,
    SaveQuestion,
    UndoQuestion,
    WriteQuestion,
)
from bot.render.typed import as_typed_in_line
from bot.render.words import count, day, escape, listed, stamp
from db.nouns import EASTERN, Race, Season
from db.texts import LINK, SECTION_WORDS, RecapText, RecapVersion, SectionKind

WORDS, PICTURE = "words", "picture"
"""The fields of the form."""
VERSIONS = 6
"""Steps of a history on a page."""
_FIRST_WORDS = 120
NOTHING = "Fans see nothing here: the facts for it are not held, and nobody has written it."
RULE = "Lines that begin with “- ” become points, links work; all else shows as typed"


@dataclass(frozen=True, slots=True)
class Desk:
    """What an editor has before him.

    ``season`` is as it stands at ``now``; ``section`` as fans see it, None where they see none; ``texts`` what editors
    wrote of the race; ``drafts`` this editor's own, not saved yet; ``history`` the section's, newest first.
    """

    season: Season
    race: Race
    kind: SectionKind
    section: Section | None
    now: datetime
    texts: Mapping[SectionKind, RecapText] = field(default_factory=dict)
    made: frozenset[SectionKind] = frozenset()
    drafts: Mapping[SectionKind, RecapText] = field(default_factory=dict)
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
    def draft(self) -> RecapText | None:
        return self.drafts.get(self.kind)

    @property
    def base(self) -> int:
        """The step that the draft goes on from: the last one before it was written."""
        draft = self.draft
        if draft is None:
            return self.last
        return max((step.id for step in self.history if step.changed_at <= draft.edited_at), default=0)


def mark_of(draft: RecapText) -> str:
    """A few letters that stand for what a draft says, so that a button means the draft beside it and no later one."""
    return hashlib.sha256(f"{draft.words}\n{draft.picture or ''}".encode()).hexdigest()[:10]


def panel(desk: Desk, note: str = "") -> ui.LayoutView:
    """The race's sections, and the chosen one as a fan sees it; ``note`` is what has just happened, as plain text."""
    title, head = f"Recap editor · {where(desk.race)}", _noted(note, _standing(desk))
    small = [*_marks(desk), freshness(desk.season, desk.now)]
    shown = _seen(desk.section, title, head, *small) if desk.section else NOTHING
    actions = [
        Link("Write", WriteQuestion(*desk.key)),
        Link("History", HistoryQuestion(*desk.key), off=not desk.history),
        Link("Undo", UndoQuestion(*desk.key, desk.last), off=not desk.history),
        Link("Back to made words", MadeQuestion(*desk.key, desk.last), off=desk.kind not in desk.texts),
    ]
    if desk.draft:
        actions.append(Link("Draft", PreviewQuestion(*desk.key)))
    return card(
        title,
        head,
        shown,
        accent=Accent.GREEN,
        small=small,
        controls=row(actions),
        select=ui.ActionRow(QuestionSelect.of("edit", "Which section…", _choices(desk))),
        picture=desk.section.picture if desk.section else None,
    )


def preview(desk: Desk, draft: RecapText, base: int, note: str = "") -> ui.LayoutView:
    """A draft, in ``desk.section`` as fans would see it; ``base`` is the step that it goes on from."""
    assert desk.section is not None
    mark = mark_of(draft)
    conflict = base != desk.last
    if conflict:
        note = f"{note} {_overtaken(desk)}".strip()
    save = SaveQuestion(*desk.key, desk.last, mark)
    title = f"Preview · {escape(desk.section.title)} · {where(desk.race)}"
    head = _noted(note, "Not saved yet: this is how fans would see it.")
    small = [*_marks(desk), freshness(desk.season, desk.now)]
    return card(
        title,
        head,
        _seen(desk.section, title, head, *small),
        accent=Accent.YELLOW,
        small=small,
        controls=row(
            [
                Link("Save over theirs" if conflict else "Save", save),
                Link("Write on", WriteQuestion(*desk.key, base)),
                Link("Discard", DiscardQuestion(*desk.key, mark)),
                Link("History", HistoryQuestion(*desk.key), off=not desk.history),
                Link("All sections", EditQuestion(*desk.key)),
            ]
        ),
        picture=desk.section.picture,
    )


def form(desk: Desk, base: int) -> Form:
    """The form for a section: the draft, else the words that stand, else the made ones to start from."""
    standing = desk.draft or desk.texts.get(desk.kind)
    words = standing.words if standing else _plain(desk.section)
    return Form(
        f"{TITLES[desk.kind]} · {desk.race.track.short} {desk.race.season}",
        (
            Field(WORDS, "Words", words, RULE, long=True, limit=SECTION_WORDS),
            Field(
                PICTURE,
                "Picture",
                (standing.picture or "") if standing else "",
                "A link that begins with https://, or nothing",
                required=False,
                limit=LINK,
            ),
        ),
        WriteQuestion(*desk.key, base),
    )


def history(desk: Desk, question: HistoryQuestion) -> ui.LayoutView:
    """Every step of a section's history, the newest first, with its first words."""
    steps = desk.history
    page = Page.of(question.page, VERSIONS, len(steps))
    lines = [_step(len(steps) - page.part.start - i, step) for i, step in enumerate(steps[page.part])]
    return card(
        f"History · {escape(TITLES[desk.kind])} · {where(desk.race)}",
        "\n".join(lines) or "Nobody has written here yet.",
        accent=Accent.GREEN,
        small=[freshness(desk.season, desk.now)],
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
        who = f"words of **{as_typed_in_line(text.author)}**, {stamp(text.edited_at, 'R')}"
    else:
        who = "made words" if desk.section else "empty"
    draft = f"your draft of {stamp(desk.draft.edited_at, 'R')} is not saved" if desk.draft else ""
    return listed([f"**{escape(TITLES[desk.kind])}**", who, draft])


def _seen(section: Section, *beside: str) -> str:
    """A section's first page, and how many more fans can turn to."""
    parts = parts_of(section, room_beside(*beside, _more(99)))
    return parts[0] if len(parts) == 1 else f"{parts[0]}\n{_more(len(parts) - 1)}"


def _more(pages: int) -> str:
    return f"*(and {count(pages, 'more page')} of it)*"


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
        who = "made" if kind in desk.made else "empty"
    return listed([TITLES[kind], who, "draft" if kind in desk.drafts else ""])


def _overtaken(desk: Desk) -> str:
    """That somebody changed the section after the draft was begun."""
    if not desk.history or desk.history[0].text is None:
        return "Meanwhile this section went back to the made words."
    return f"Meanwhile {desk.history[0].text.author} saved other words; see the history."


def _plain(section: Section | None) -> str:
    """The made words as an editor would type them."""
    if section is None:
        return ""
    lines = [f"- {line.label}: {line.text}" if line.label else f"- {line.text}" for line in section.lines]
    return "\n".join([*section.paragraphs, *lines])[:SECTION_WORDS]


def _step(number: int, step: RecapVersion) -> str:
    when = stamp(step.changed_at, "f")
    if step.text is None:
        return f"**{number}** {when} · back to the made words"
    words = " ".join(step.text.words.split())
    first = words if len(words) <= _FIRST_WORDS else words[:_FIRST_WORDS].rstrip() + "…"
    picture = " · with a picture" if step.text.picture else ""
    return f"**{number}** {when} · **{as_typed_in_line(step.text.author)}**{picture}\n{as_typed_in_line(first)}"
