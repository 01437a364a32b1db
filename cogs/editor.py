"""/recap-edit: an editor's own words for the sections of a recap; in the operator's server, for editors alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.answers import Asker
from bot.choices import Typed, race_choices, season_choices
from bot.client import TailgateBot
from bot.errors import FriendlyError
from bot.gathering import gather
from bot.recaps import recap
from bot.render.forms import Form
from bot.render.recap import find
from bot.render.recap_editor import PICTURE, WORDS, Desk, form, history, mark_of, panel, preview
from bot.render.recap_questions import (
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
from db.recaps import draft, drop_draft, recap_history, save_draft, save_recap, take_back, undo
from db.texts import AUTHOR, RecapText, SectionKind, clean, clean_recap

NOT_YOURS = "Only Tailgate's editors can do that, and only in their own server."
GONE = "There is no draft of yours here any more; what stands is below."
OLD_BUTTON = "Somebody changed this section after that button was made, so nothing was done. Look at it again."


def must_edit(asker: Asker) -> None:
    """Lets editors pass, at home.

    Raises:
        FriendlyError: the asker is none, or elsewhere.
    """
    if not asker.editor:
        raise FriendlyError(NOT_YOURS)


class Editor(commands.Cog):
    """The editors' desk."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        # Whether somebody was faster is looked up before a change: one change at a time.
        self._one_at_a_time = asyncio.Lock()
        answers = bot.answers
        answers.register(EditQuestion, self.answer_panel)
        answers.register(WriteQuestion, self.answer_form)
        answers.register_form(WriteQuestion, self.take_form)
        answers.register(PreviewQuestion, self.answer_preview)
        answers.register(SaveQuestion, self.answer_save)
        answers.register(DiscardQuestion, self.answer_discard)
        answers.register(HistoryQuestion, self.answer_history)
        answers.register(UndoQuestion, self.answer_undo)
        answers.register(MadeQuestion, self.answer_made)

    @app_commands.command(name="recap-edit", description="Write a recap's sections in your own words; for editors")
    @app_commands.describe(race="Round, name or track; the latest race if left out", season="Another season")
    @app_commands.autocomplete(race=race_choices)
    @app_commands.autocomplete(season=season_choices)
    async def recap_edit(
        self, interaction: discord.Interaction[TailgateBot], race: Typed | None = None, season: int | None = None
    ) -> None:
        asker = await self.bot.answers.asker(interaction)
        must_edit(asker)
        meant = asker.almanac.race_with_results(race, season) if race else None
        question = EditQuestion(meant.season, meant.round) if meant else EditQuestion(season)
        await self.bot.answers.reply(interaction, question, private=True)

    async def answer_panel(self, question: EditQuestion, asker: Asker) -> ui.LayoutView:
        return panel(await self._desk(question, asker))

    async def answer_form(self, question: WriteQuestion, asker: Asker) -> Form:
        desk = await self._desk(question, asker)
        return form(desk, desk.base if question.base is None else question.base)

    async def take_form(self, question: WriteQuestion, values: Mapping[str, str], asker: Asker) -> ui.LayoutView:
        """Keeps what was written as a draft and shows it; where the picture's link is no good, the words are kept."""
        desk = await self._desk(question, asker)
        words, picture = values.get(WORDS, ""), values.get(PICTURE) or None
        author = clean(asker.name[:AUTHOR], AUTHOR) or "an editor"
        written = RecapText(*desk.key[:2], desk.kind, words, picture, author, asker.almanac.now)
        try:
            written, note = clean_recap(written), ""
        except ValueError as error:
            try:
                written = clean_recap(replace(written, picture=None))
            except ValueError as worse:
                raise FriendlyError(_sentence(worse)) from None
            note = f"Your words are kept, without a picture: {error}."
        await save_draft(self.bot.services.store, written, asker.user)
        base = desk.last if question.base is None else question.base
        return preview(await self._desk(question, asker, written), written, base, note)

    async def answer_preview(self, question: PreviewQuestion, asker: Asker) -> ui.LayoutView:
        desk = await self._desk(question, asker)
        return await self._previewed(desk, asker, desk.base) if desk.draft else panel(desk, GONE)

    async def answer_save(self, question: SaveQuestion, asker: Asker) -> ui.LayoutView:
        """Saves the draft that was shown; if somebody else was faster, or it reads otherwise by now, it asks again."""
        async with self._one_at_a_time:
            desk = await self._desk(question, asker)
            if desk.draft is None:
                return panel(desk, GONE)
            if mark_of(desk.draft) != question.mark:
                return await self._previewed(desk, asker, desk.base, "You have written on since; this is your draft.")
            if desk.last != question.base:
                return await self._previewed(desk, asker, question.base)
            await save_recap(self.bot.services.store, replace(desk.draft, edited_at=asker.almanac.now), asker.user)
        return panel(await self._desk(question, asker), "Saved: this is what fans see from now on.")

    async def answer_discard(self, question: DiscardQuestion, asker: Asker) -> ui.LayoutView:
        desk = await self._desk(question, asker)
        if desk.draft is None:
            return panel(desk, GONE)
        if mark_of(desk.draft) != question.mark:
            return await self._previewed(desk, asker, desk.base, "You have written on since; this is your draft.")
        await drop_draft(self.bot.services.store, *desk.key[:2], desk.kind, asker.user)
        return panel(await self._desk(question, asker), "Your draft is gone; what stands is below.")

    async def answer_history(self, question: HistoryQuestion, asker: Asker) -> ui.LayoutView:
        return history(await self._desk(question, asker), question)

    async def answer_undo(self, question: UndoQuestion, asker: Asker) -> ui.LayoutView:
        async with self._one_at_a_time:
            desk = await self._desk(question, asker)
            if desk.last != question.last:
                return panel(desk, OLD_BUTTON)
            try:
                await undo(self.bot.services.store, *desk.key[:2], desk.kind, asker.user, asker.almanac.now)
            except LookupError:
                return panel(desk, "There is nothing left to undo.")
        return panel(await self._desk(question, asker), "Undone: the section reads as before its last change.")

    async def answer_made(self, question: MadeQuestion, asker: Asker) -> ui.LayoutView:
        async with self._one_at_a_time:
            desk = await self._desk(question, asker)
            if desk.last != question.last or desk.kind not in desk.texts:
                return panel(desk, OLD_BUTTON)
            await take_back(self.bot.services.store, *desk.key[:2], desk.kind, asker.user, asker.almanac.now)
        return panel(await self._desk(question, asker), "Fans see the made words again; Undo brings yours back.")

    async def _previewed(self, desk: Desk, asker: Asker, base: int, note: str = "") -> ui.LayoutView:
        assert desk.draft is not None
        question = PreviewQuestion(*desk.key)
        return preview(await self._desk(question, asker, desk.draft), desk.draft, base, note)

    async def _desk(self, question: EditQuestion | OfSection, asker: Asker, shown: RecapText | None = None) -> Desk:
        """What the editor has before him; with ``shown`` the section as it would be with that text.

        Raises:
            FriendlyError: he is no editor, or there is no such race with results.
        """
        must_edit(asker)
        almanac, store = asker.almanac, self.bot.services.store
        season, race = almanac.race_run(question.year, question.round)
        kind = SectionKind(question.section or SectionKind.NUTSHELL)
        facts = await gather(store, asker, race)
        made = recap(replace(facts, texts={}))
        read = recap(replace(facts, texts={**facts.texts, kind: shown}) if shown else facts)
        drafts = {each: await draft(store, season.year, race.round, each, asker.user) for each in SectionKind}
        return Desk(
            season,
            race,
            kind,
            find(read, kind),
            almanac.now,
            facts.texts,
            frozenset(section.kind for section in made.sections),
            {each: text for each, text in drafts.items() if text},
            await recap_history(store, season.year, race.round, kind),
        )


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}. Nothing was changed."


async def setup(bot: TailgateBot) -> None:
    editor = Editor(bot)
    if bot.staff.home is not None:
        await bot.add_cog(editor, guild=discord.Object(bot.staff.home))
