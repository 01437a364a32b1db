"""/recap-edit: an editor's own words for the sections of a recap; in the operator's server, for editors alone."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.interactions.autocomplete import UserText, race_choices, season_choices
from bot.questions.recaps import (
    DiscardQuestion,
    EditQuestion,
    HistoryQuestion,
    MadeQuestion,
    OfSection,
    PreviewQuestion,
    SaveQuestion,
    UndoQuestion,
    WriteQuestion,
)
from bot.quotes.service import reader_of
from bot.recaps import recap
from bot.render.forms import UNWRITABLE, Form, not_kept
from bot.render.recap import find
from bot.render.recap_editor import PICTURE, WORDS, Desk, Draft, form, history, panel, preview
from bot.requester import Requester
from bot.seasons.recap_facts import gather_recap_facts
from db.errors import OvertakenError, StoreError
from db.recaps.drafts import RecapDraft, drafts_of_race, drop_draft, save_draft
from db.recaps.texts import recap_history, save_recap, take_back, undo
from db.texts import AUTHOR, RecapText, SectionKind, clean, clean_recap

log = logging.getLogger(__name__)

NOT_YOURS = "Only Tailgate's editors can do that, and only in their own server."
GONE = "That draft of yours is no longer here; the current version is below."
OTHER = "You've kept editing since then; this is your latest draft."
OLD_BUTTON = "Someone changed this section after that button was posted, so nothing was done. Take another look."


def must_edit(requester: Requester) -> None:
    """Lets editors pass, at home.

    Raises:
        FriendlyError: the requester is none, or elsewhere.
    """
    if not requester.editor:
        raise FriendlyError(NOT_YOURS)


class Editor(commands.Cog):
    """The editors' desk."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        answers = bot.router
        answers.register(EditQuestion, self.answer_panel)
        answers.register(WriteQuestion, self.answer_form)
        answers.register_form(WriteQuestion, self.take_form)
        answers.register(PreviewQuestion, self.answer_preview)
        answers.register(SaveQuestion, self.answer_save)
        answers.register(DiscardQuestion, self.answer_discard)
        answers.register(HistoryQuestion, self.answer_history)
        answers.register(UndoQuestion, self.answer_undo)
        answers.register(MadeQuestion, self.answer_made)

    @app_commands.command(name="recap-edit", description="Write a recap's sections in your own words (editors only)")
    @app_commands.describe(race="Round, name or track; the latest race if left out", season="A different season")
    @app_commands.autocomplete(race=race_choices)
    @app_commands.autocomplete(season=season_choices)
    async def recap_edit(
        self, interaction: discord.Interaction[TailgateBot], race: UserText | None = None, season: int | None = None
    ) -> None:
        requester = await self.bot.router.requester(interaction)
        must_edit(requester)
        meant = requester.as_of.race_with_results(race, season) if race else None
        question = EditQuestion(meant.season, meant.round) if meant else EditQuestion(season)
        await self.bot.router.reply(interaction, question, private=True)

    async def answer_panel(self, question: EditQuestion, requester: Requester) -> ui.LayoutView:
        return panel(await self._desk(question, requester))

    async def answer_form(self, question: WriteQuestion, requester: Requester) -> Form:
        if question.step is not None:
            return form(await self._desk(question, requester), question)
        return form(await self._desk(question, requester, question.draft, latest=True), question)

    async def take_form(
        self, question: WriteQuestion, values: Mapping[str, str], requester: Requester
    ) -> ui.LayoutView:
        """Keeps what was typed as a draft before anything is made of it, and shows it."""
        must_edit(requester)
        words, picture = values.get(WORDS, ""), values.get(PICTURE, "")
        base, now = question.base or 0, requester.as_of.now
        typed = RecapDraft(question.draft or 0, *_place(question), requester.user, words, picture, base, now)
        try:
            kept = await save_draft(self.bot.services.store, typed)
        except LookupError:
            return not_kept((words, picture), "Tailgate no longer has that race.")
        except StoreError:
            log.exception("an editor's draft could not be kept")
            return not_kept((words, picture), UNWRITABLE)
        try:
            return await self._drafted(question, requester, kept.id)
        except FriendlyError as error:
            raise FriendlyError(f"{error} What you typed is kept as a draft.") from None

    async def answer_preview(self, question: PreviewQuestion, requester: Requester) -> ui.LayoutView:
        return await self._drafted(question, requester, question.draft)

    async def answer_save(self, question: SaveQuestion, requester: Requester) -> ui.LayoutView:
        """Saves the draft that was shown; if somebody else was faster, or it reads otherwise by now, it asks again."""
        must_edit(requester)
        store, now = self.bot.services.store, requester.as_of.now
        requester.as_of.race_run(question.year, question.round)
        draft = await self._own(question, question.draft, requester)
        if draft is None or draft.text is None or draft.fault:
            return await self._drafted(question, requester, question.draft)
        text = replace(draft.text, edited_at=now)
        try:
            await save_recap(store, text, requester.user, after=question.last, draft=draft.id)
        except OvertakenError:
            return await self._drafted(question, requester, draft.id)
        return panel(await self._desk(question, requester), "Saved. This is what fans see from now on.")

    async def answer_discard(self, question: DiscardQuestion, requester: Requester) -> ui.LayoutView:
        must_edit(requester)
        if await self._own(question, question.draft, requester) is None:
            return await self._drafted(question, requester, question.draft)
        await drop_draft(self.bot.services.store, question.draft, requester.user)
        desk = await self._desk(question, requester)
        left = " an earlier one of yours is still here, and" if desk.own else ""
        return panel(desk, f"Draft discarded;{left} the current version is below.")

    async def answer_history(self, question: HistoryQuestion, requester: Requester) -> ui.LayoutView:
        return history(await self._desk(question, requester), question)

    async def answer_undo(self, question: UndoQuestion, requester: Requester) -> ui.LayoutView:
        must_edit(requester)
        note = "Undone. The section reads the way it did before its last change."
        try:
            await undo(
                self.bot.services.store, *_place(question), requester.user, requester.as_of.now, after=question.last
            )
        except OvertakenError:
            note = OLD_BUTTON
        except LookupError:
            note = "There's nothing left to undo."
        return panel(await self._desk(question, requester), note)

    async def answer_made(self, question: MadeQuestion, requester: Requester) -> ui.LayoutView:
        must_edit(requester)
        store, note = self.bot.services.store, "Fans see the automatic text again; Undo brings yours back."
        try:
            await take_back(store, *_place(question), requester.user, requester.as_of.now, after=question.last)
        except (OvertakenError, LookupError):
            note = OLD_BUTTON
        return panel(await self._desk(question, requester), note)

    async def _own(self, question: OfSection, number: int, requester: Requester) -> Draft | None:
        """The asker's draft of that number, if it is one of this section."""
        drafts = await drafts_of_race(self.bot.services.store, question.year, question.round, requester.user)
        found = (draft for draft in drafts if (draft.id, draft.section.value) == (number, question.section))
        return next((_read(draft, requester) for draft in found), None)

    async def _drafted(self, question: OfSection, requester: Requester, number: int | None) -> ui.LayoutView:
        """The draft of that number, or the latest one instead, or what stands where there is none."""
        desk = await self._desk(question, requester, number, latest=True)
        if desk.shown is None:
            return panel(desk, GONE)
        return preview(desk, "" if number in {None, desk.shown.id} else OTHER)

    async def _desk(
        self,
        question: EditQuestion | OfSection,
        requester: Requester,
        number: int | None = None,
        *,
        latest: bool = False,
    ) -> Desk:
        """What the editor has before him, the section as it would be with the draft of that number, or his latest.

        Raises:
            FriendlyError: he is no editor, or there is no such race with results.
        """
        must_edit(requester)
        as_of, store = requester.as_of, self.bot.services.store
        season, race = as_of.race_run(question.year, question.round)
        kind = SectionKind(question.section or SectionKind.NUTSHELL)
        # The history before the words: what somebody saves in between is then taken for unseen, never for seen.
        steps = await recap_history(store, season.year, race.round, kind)
        kept = await drafts_of_race(store, season.year, race.round, requester.user)
        facts = await gather_recap_facts(store, as_of, reader_of(requester), race)
        drafts = [_read(draft, requester) for draft in kept]
        own = [draft for draft in drafts if draft.kind is kind]
        shown = next((draft for draft in own if draft.id == number), own[0] if own and latest else None)
        text = shown.text if shown else None
        read = recap(replace(facts, texts={**facts.texts, kind: text}) if text else facts)
        told = frozenset(section.kind for section in read.sections)
        return Desk(season, race, kind, find(read, kind), as_of.now, facts.texts, told, drafts, shown, steps)


def _place(question: OfSection) -> tuple[int, int, SectionKind]:
    return question.year, question.round, SectionKind(question.section)


def _read(draft: RecapDraft, requester: Requester) -> Draft:
    """A draft as fans would read it, as far as it is good."""
    author = clean(unicodedata.normalize("NFC", requester.name)[:AUTHOR], AUTHOR) or "an editor"
    words, picture, place = draft.words, draft.picture, (draft.season, draft.round, draft.section)
    written = RecapText(*place, words, picture or None, author, draft.typed_at)
    text: RecapText | None
    try:
        text, fault = clean_recap(written), ""
    except ValueError as error:
        fault = str(error)
        try:
            text = clean_recap(replace(written, picture=None))
        except ValueError:
            text = None
    return Draft(draft.id, draft.section, words, picture, draft.base, draft.typed_at, text, fault)


async def setup(bot: TailgateBot) -> None:
    editor = Editor(bot)
    if bot.editors.home is not None:
        await bot.add_cog(editor, guild=discord.Object(bot.editors.home))
