"""Everything an editor can do to the sections of a recap; each step first checks that the requester is an editor."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from discord import ui

from bot.errors import FriendlyError, store_line
from bot.questions.recaps import (
    AutomaticTextQuestion,
    DiscardQuestion,
    EditQuestion,
    HistoryQuestion,
    PreviewQuestion,
    SaveQuestion,
    SectionQuestion,
    UndoQuestion,
    WriteQuestion,
)
from bot.render.forms import Form, not_kept
from bot.render.recap import find
from bot.render.recap_editor import PICTURE, WORDS, DraftView, EditorFacts, form, history, panel, preview
from bot.requester import Requester
from bot.seasons.as_of import AsOf
from bot.seasons.laps import report_for
from bot.seasons.quote_reader import reader_in
from bot.seasons.recap_facts import recap_words
from db.connection import Store
from db.errors import OvertakenError, StoreError
from db.recaps.drafts import RecapDraft, drafts_of_race, drop_draft, save_draft
from db.recaps.models import AUTHOR_LIMIT, RecapText, SectionKind, clean_recap
from db.recaps.texts import recap_history, save_recap, take_back, undo
from db.user_text import clean_text

NOT_YOURS = "Only Tailgate's editors can do that, and only in their own server."
GONE = "That draft of yours is no longer here; the current version is below."
OTHER = "You've kept editing since then; this is your latest draft."
OLD_BUTTON = "Someone changed this section after that button was posted, so nothing was done. Take another look."


def must_be_editor(requester: Requester) -> None:
    """Does nothing for an editor in the editors' own server.

    Raises:
        FriendlyError: the requester is not an editor, or is somewhere else.
    """
    if not requester.editor:
        raise FriendlyError(NOT_YOURS)


def parse_race(as_of: AsOf, race: str | None, season: int | None) -> EditQuestion:
    """What the options of /recap-edit ask for; raises FriendlyError where they are not understood."""
    meant = as_of.race_with_results(race, season) if race else None
    return EditQuestion(meant.season, meant.round) if meant else EditQuestion(season)


class RecapEditor:
    """Answers the editors' questions.

    Args:
        store: a writable store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def panel(self, question: EditQuestion, requester: Requester) -> ui.LayoutView:
        """The section as fans see it, with what can be done to it."""
        return panel(await self._facts(question, requester))

    async def form(self, question: WriteQuestion, requester: Requester) -> Form:
        """The form for the section."""
        if question.step is not None:
            return form(await self._facts(question, requester), question)
        return form(await self._facts(question, requester, question.draft, or_latest=True), question)

    async def submit(self, question: WriteQuestion, values: Mapping[str, str], requester: Requester) -> ui.LayoutView:
        """Keeps a submitted form as a draft before anything else is done with it, and shows the draft."""
        must_be_editor(requester)
        words, picture = values.get(WORDS, ""), values.get(PICTURE, "")
        base, now = question.base or 0, requester.as_of.now
        submitted = RecapDraft(question.draft or 0, *_section_of(question), requester.user, words, picture, base, now)
        try:
            kept = await save_draft(self._store, submitted)
        except LookupError:
            return not_kept((words, picture), "Tailgate no longer has that race.")
        except StoreError as error:
            return not_kept((words, picture), store_line(error))
        try:
            return await self._draft_or_panel(question, requester, kept.id)
        except FriendlyError as error:
            raise FriendlyError(f"{error} What you typed is kept as a draft.") from None

    async def preview(self, question: PreviewQuestion, requester: Requester) -> ui.LayoutView:
        """A draft as fans would see it."""
        return await self._draft_or_panel(question, requester, question.draft)

    async def save(self, question: SaveQuestion, requester: Requester) -> ui.LayoutView:
        """Saves the draft that was shown.

        If somebody saved meanwhile, or the draft is gone or changed, nothing is saved and the draft is shown again.
        """
        must_be_editor(requester)
        requester.as_of.race_run(question.year, question.round)
        draft = await self._own_draft(question, question.draft, requester)
        if draft is None or draft.text is None or draft.fault:
            return await self._draft_or_panel(question, requester, question.draft)
        text = replace(draft.text, edited_at=requester.as_of.now)
        try:
            await save_recap(self._store, text, requester.user, after=question.last, draft=draft.id)
        except OvertakenError:
            return await self._draft_or_panel(question, requester, draft.id)
        return panel(await self._facts(question, requester), "Saved. This is what fans see from now on.")

    async def discard(self, question: DiscardQuestion, requester: Requester) -> ui.LayoutView:
        """Removes a draft."""
        must_be_editor(requester)
        if await self._own_draft(question, question.draft, requester) is None:
            return await self._draft_or_panel(question, requester, question.draft)
        await drop_draft(self._store, question.draft, requester.user)
        facts = await self._facts(question, requester)
        left = " an earlier one of yours is still here, and" if facts.own else ""
        return panel(facts, f"Draft discarded;{left} the current version is below.")

    async def history(self, question: HistoryQuestion, requester: Requester) -> ui.LayoutView:
        """The history of the section."""
        return history(await self._facts(question, requester), question)

    async def undo(self, question: UndoQuestion, requester: Requester) -> ui.LayoutView:
        """Undoes the last change of the section."""
        must_be_editor(requester)
        note = "Undone. The section reads the way it did before its last change."
        now = requester.as_of.now
        try:
            await undo(self._store, *_section_of(question), requester.user, now, after=question.last)
        except OvertakenError:
            note = OLD_BUTTON
        except LookupError:
            note = "There's nothing left to undo."
        return panel(await self._facts(question, requester), note)

    async def use_automatic_text(self, question: AutomaticTextQuestion, requester: Requester) -> ui.LayoutView:
        """Takes the editors' text of the section away, so that fans see the automatic one again."""
        must_be_editor(requester)
        note = "Fans see the automatic text again; Undo brings yours back."
        now = requester.as_of.now
        try:
            await take_back(self._store, *_section_of(question), requester.user, now, after=question.last)
        except (OvertakenError, LookupError):
            note = OLD_BUTTON
        return panel(await self._facts(question, requester), note)

    async def _own_draft(self, question: SectionQuestion, number: int, requester: Requester) -> DraftView | None:
        """The requester's draft of that number, if it is of this section."""
        drafts = await drafts_of_race(self._store, question.year, question.round, requester.user)
        found = (draft for draft in drafts if (draft.id, draft.section.value) == (number, question.section))
        return next((_as_fans_would_see(draft, requester) for draft in found), None)

    async def _draft_or_panel(
        self, question: SectionQuestion, requester: Requester, number: int | None
    ) -> ui.LayoutView:
        """The draft of that number, else the latest one, else the section without a draft."""
        facts = await self._facts(question, requester, number, or_latest=True)
        if facts.shown is None:
            return panel(facts, GONE)
        return preview(facts, "" if number in {None, facts.shown.id} else OTHER)

    async def _facts(
        self,
        question: EditQuestion | SectionQuestion,
        requester: Requester,
        draft: int | None = None,
        *,
        or_latest: bool = False,
    ) -> EditorFacts:
        """A section as the requester works on it, shown with a draft of theirs if there is one to show.

        Args:
            question: the race and the section; without a section the first one.
            requester: an editor.
            draft: the number of the draft to show.
            or_latest: whether the latest draft is shown if there is no draft of that number.

        Raises:
            FriendlyError: the requester is not an editor, or there is no such race with results.
        """
        must_be_editor(requester)
        as_of = requester.as_of
        season, race = as_of.race_run(question.year, question.round)
        kind = SectionKind(question.section or SectionKind.NUTSHELL)
        # The history is read before the text. A change between the two is then reported as not seen yet; the other way
        # round the editor would overwrite it without having seen it.
        steps = await recap_history(self._store, season.year, race.round, kind)
        kept = await drafts_of_race(self._store, season.year, race.round, requester.user)
        words = await recap_words(self._store, as_of, reader_in(as_of, requester.guild), race)
        drafts = [_as_fans_would_see(each, requester) for each in kept]
        own = [each for each in drafts if each.kind is kind]
        shown = next((each for each in own if each.id == draft), own[0] if own and or_latest else None)
        text = shown.text if shown else None
        texts = {**words.texts, kind: text} if text else words.texts
        written = as_of.recap(race, words.quotes, texts, await report_for(self._store, as_of, race))
        filled = frozenset(section.kind for section in written.sections)
        section = find(written, kind)
        return EditorFacts(season, race, kind, section, as_of.now, words.texts, filled, drafts, shown, steps)


def _section_of(question: SectionQuestion) -> tuple[int, int, SectionKind]:
    return question.year, question.round, SectionKind(question.section)


def _as_fans_would_see(draft: RecapDraft, requester: Requester) -> DraftView:
    """The draft with its text in normal form, as far as that is valid."""
    author = clean_text(unicodedata.normalize("NFC", requester.name)[:AUTHOR_LIMIT], AUTHOR_LIMIT) or "an editor"
    section = (draft.season, draft.round, draft.section)
    written = RecapText(*section, draft.words, draft.picture or None, author, draft.typed_at)
    text: RecapText | None
    try:
        text, fault = clean_recap(written), ""
    except ValueError as error:
        fault = str(error)
        try:
            text = clean_recap(replace(written, picture=None))
        except ValueError:
            text = None
    return DraftView(draft.id, draft.section, draft.words, draft.picture, draft.base, draft.typed_at, text, fault)
