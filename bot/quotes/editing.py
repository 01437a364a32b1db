"""Saves quotes and mends them, for who may; what was typed and could not be saved is kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace

import discord
from discord import ui

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.questions.quotes import (
    DeleteQuestion,
    DropQuestion,
    FormQuestion,
    PanelQuestion,
    PanelsQuestion,
    RestoreQuestion,
    Scope,
    StepsQuestion,
)
from bot.quotes.form_parser import FIELDS, brought_up, filled, from_message, read
from bot.quotes.permissions import MANY, NO_EDITOR, NO_SERVER, NOT_YOU, may_mend, scope_of
from bot.quotes.query import parted
from bot.quotes.service import around, meaning_of, named
from bot.render import quote_panels
from bot.render.forms import UNWRITABLE, Form, not_kept
from bot.render.quote_panels import PanelsFacts
from bot.requester import Requester
from db.connection import Store
from db.errors import OvertakenError, StoreError
from db.quotes import DuplicateQuoteError, add, delete, draft_at, edit, history, last_step, match_of, restore
from db.quotes.drafts import drop_typed, save_typed, typed_quote
from db.quotes.owning import kept, own_quote, own_quotes, removed_quotes
from db.quotes.reading import Found
from db.texts import WORDS, Quote, QuoteDraft

log = logging.getLogger(__name__)

NO_DRAFT = "That draft was already saved or discarded."
NO_WORDS = "The message has no text; type what was said"
OVERTAKEN = "Someone else changed this quote meanwhile. What you left alone now shows their version; check it again."
CUT = f"Only the first {WORDS:,} characters of the message; that's the limit"
DELETABLE = 25
"""Deleted quotes that are offered to be brought back."""


class Keeping:
    """What is done to quotes: each way in asks first whether the requester may.

    Args:
        bot: whose store is written to, and who knows the servers it is in.
    """

    def __init__(self, bot: TailgateBot) -> None:
        self._bot = bot

    @property
    def _store(self) -> Store:
        return self._bot.services.store

    async def form(self, question: FormQuestion, requester: Requester) -> Form:
        """The form, with what the draft or the quote holds."""
        guild = await self._scope(requester, question.scope)
        typed: Mapping[str, str] = {}
        if question.id is not None and question.base is None:
            # Before the words: what somebody changes in between is then taken for unseen, never for seen.
            question = replace(question, base=await last_step(self._store, guild, question.id) or None)
        if question.draft is not None:
            draft = await typed_quote(self._store, question.draft, requester.user, requester.as_of.now)
            if draft is None or (draft.guild, draft.quote) != (guild, question.id):
                raise FriendlyError(NO_DRAFT)
            typed = draft.typed
        elif question.id is not None:
            typed = filled((await self._own(guild, question.id)).draft(), requester.as_of)
        return quote_panels.form(question, typed)

    async def of_message(self, message: discord.Message, requester: Requester) -> Form:
        """The form for a message: its words, a link to it, and what is written on its pictures and previews."""
        await self._scope(requester, Scope.SERVER)
        written = [each.description for each in message.embeds] + [each.description for each in message.attachments]
        words = [message.clean_content, *filter(None, written)]
        typed = from_message(words, message.jump_url, requester.as_of)
        hint = CUT if len(typed["words"]) > WORDS else "" if typed["words"] else NO_WORDS
        return quote_panels.form(FormQuestion(Scope.SERVER), typed, hint=hint)

    async def take(self, question: FormQuestion, typed: Mapping[str, str], requester: Requester) -> ui.LayoutView:
        """Saves what was filled in; what cannot be saved is kept as a draft, which opens the form again.

        Where it may not be kept either, or there is no keeping it, it is handed back.
        """
        try:
            quote = await self._saved(question, typed, requester)
        except FriendlyError as error:
            return not_kept(_in_order(typed), str(error))
        except StoreError:
            log.exception("a quote could not be saved, nor kept as a draft")
            return not_kept(_in_order(typed), UNWRITABLE)
        if not isinstance(quote, Quote):
            return quote
        if question.draft is not None:
            await drop_typed(self._store, question.draft, requester.user)
        note = f"Saved as quote {quote.id}" if question.id is None else f"Quote {quote.id} updated"
        return await self._panel(quote, requester, note)

    async def drop(self, question: DropQuestion, requester: Requester) -> ui.LayoutView:
        await drop_typed(self._store, question.draft, requester.user)
        return quote_panels.dropped()

    async def panel(self, question: PanelQuestion, requester: Requester) -> ui.LayoutView:
        return await self._panel(await self._mine(requester, question.id), requester)

    async def panels(self, question: PanelsQuestion, requester: Requester) -> ui.LayoutView:
        guild = await self._scope(requester, question.scope)
        words = parted(question.about or "")
        page, found = await self._page(guild, question, requester, words)
        removed = await removed_quotes(self._store, guild, DELETABLE)
        held = PanelsFacts(
            await around(self._store, requester, found.quotes[0]) if found.quotes else None,
            found.total,
            tuple((each.id, named(requester.as_of, each.draft)) for each in removed),
            words,
        )
        return quote_panels.panels(held, replace(question, page=page))

    async def delete(self, question: DeleteQuestion, requester: Requester) -> ui.LayoutView:
        quote = await self._mine(requester, question.id)
        if question.sure is None:
            return quote_panels.really(await around(self._store, requester, quote), requester.as_of.now)
        try:
            await delete(self._store, quote.guild, quote.id, requester.user, requester.as_of.now)
        except LookupError:
            raise _gone(question.id) from None
        return quote_panels.deleted(named(requester.as_of, quote))

    async def steps(self, question: StepsQuestion, requester: Requester) -> ui.LayoutView:
        quote = await self._mine(requester, question.id)
        done = await history(self._store, quote.guild, quote.id)
        return quote_panels.steps(quote, done, question, requester.user)

    async def restore(self, question: RestoreQuestion, requester: Requester) -> ui.LayoutView:
        """Brings back a deleted quote, or an older wording; what is back already stays as it is."""
        guild = await self._scope(requester, question.scope)
        try:
            if question.step is None:
                quote = await self._undelete(guild, question.id, requester)
            else:
                older = await self._older(guild, question.id, question.step)
                quote = await edit(self._store, guild, question.id, older, requester.user, requester.as_of.now)
        except LookupError:
            raise _gone(question.id) from None
        except DuplicateQuoteError as error:
            raise FriendlyError(_held_already(error)) from None
        except ValueError as error:
            raise FriendlyError(_sentence(error)) from None
        return await self._panel(quote, requester, f"Quote {quote.id} restored")

    async def _undelete(self, guild: int | None, number: int, requester: Requester) -> Quote:
        held = await own_quote(self._store, guild, number)
        if held is None:
            await self._room(guild)
            return await restore(self._store, guild, number, requester.user, requester.as_of.now)
        return held

    async def _older(self, guild: int | None, number: int, step: int) -> QuoteDraft:
        """How a quote read before a step of its history, counted from the oldest."""
        done = await history(self._store, guild, number)
        before = done[-step].before if step <= len(done) else None
        if before is None:
            raise LookupError(number)
        return before

    async def _saved(
        self, question: FormQuestion, typed: Mapping[str, str], requester: Requester
    ) -> Quote | ui.LayoutView:
        """The quote as it is saved, else that it is kept as a draft; raises FriendlyError where he may do neither."""
        guild = await self._scope(requester, question.scope)
        try:
            return await self._save(question, typed, guild, requester)
        except (FriendlyError, DuplicateQuoteError) as error:
            return await self._not_saved(question, typed, guild, requester, error)
        except OvertakenError:
            return await self._overtaken(question, typed, guild, requester)

    async def _save(
        self, question: FormQuestion, typed: Mapping[str, str], guild: int | None, requester: Requester
    ) -> Quote:
        now = requester.as_of.now
        stood = await self._stood(question, await self._own(guild, question.id)) if question.id is not None else None
        draft = read(typed, requester.as_of, stood)
        try:
            if question.id is not None:
                return await edit(self._store, guild, question.id, draft, requester.user, now, after=question.base)
            await self._room(guild)
            return await add(self._store, draft, guild, requester.user, now)
        except LookupError:
            raise _gone(question.id) from None
        except ValueError as error:
            raise FriendlyError(_sentence(error)) from None

    async def _stood(self, question: FormQuestion, held: Quote) -> QuoteDraft:
        """The quote as the form was opened with it."""
        return held.draft() if question.base is None else await draft_at(self._store, held, question.base)

    async def _overtaken(
        self, question: FormQuestion, typed: Mapping[str, str], guild: int | None, requester: Requester
    ) -> ui.LayoutView:
        """Keeps what was typed over a quote that somebody else changed, to be written on over how it reads by now."""
        assert question.id is not None
        base = await last_step(self._store, guild, question.id)
        held = await self._own(guild, question.id)
        typed = brought_up(typed, requester.as_of, await self._stood(question, held), held.draft())
        error = FriendlyError(OVERTAKEN)
        return await self._not_saved(replace(question, base=base), typed, guild, requester, error, held)

    async def _room(self, guild: int | None) -> None:
        if guild is not None and await kept(self._store, guild) >= MANY:
            raise FriendlyError(f"This server has {MANY:,} quotes, which is the limit; /quote-edit can delete some.")

    async def _not_saved(
        self,
        question: FormQuestion,
        typed: Mapping[str, str],
        guild: int | None,
        requester: Requester,
        error: FriendlyError | DuplicateQuoteError,
        first: Quote | None = None,
    ) -> ui.LayoutView:
        """Keeps what was typed and says why it is not saved, with a way to the quote it is about."""
        number = await save_typed(
            self._store,
            requester.user,
            typed,
            requester.as_of.now,
            guild=guild,
            quote=question.id,
            draft=question.draft,
        )
        first = error.first if isinstance(error, DuplicateQuoteError) else first
        why = _held_already(error) if isinstance(error, DuplicateQuoteError) else str(error)
        return quote_panels.not_saved(replace(question, draft=number), typed.get("words", ""), why, first)

    async def _panel(self, quote: Quote, requester: Requester, note: str = "") -> ui.LayoutView:
        return quote_panels.panel(await around(self._store, requester, quote), requester.as_of.now, note=note)

    async def _page(
        self, guild: int | None, question: PanelsQuestion, requester: Requester, words: tuple[str, ...]
    ) -> tuple[int, Found]:
        """A scope's own quotes from the page asked for or, where there are fewer, from the last one."""
        meant = meaning_of(requester.as_of, words)
        found, page = Found((), 0), question.page
        for match in map(match_of, (meant.plainly, meant.likely, meant.pared)) if words else (None,):
            found = await own_quotes(self._store, guild, match, limit=1, offset=page - 1)
            if found.total and not found.quotes:
                page = found.total
                found = await own_quotes(self._store, guild, match, limit=1, offset=page - 1)
            if found.quotes:
                break
        return page, found

    async def _mine(self, requester: Requester, number: int) -> Quote:
        """A quote that the requester may mend; of other servers' there is nothing to be found out."""
        held = await own_quote(self._store, requester.guild, number)
        held = held or await own_quote(self._store, None, number)
        if held is None:
            raise _gone(number)
        if not await may_mend(self._store, requester, held):
            raise FriendlyError(NO_EDITOR if held.guild is None else NOT_YOU)
        return held

    async def _own(self, guild: int | None, number: int) -> Quote:
        held = await own_quote(self._store, guild, number)
        if held is None:
            raise _gone(number)
        return held

    async def _scope(self, requester: Requester, scope: str) -> int | None:
        guild = await scope_of(self._store, requester, scope)
        # A person may bring the bot along to servers that it is no member of; it is never told when those are left.
        if guild is not None and self._bot.get_guild(guild) is None:
            raise FriendlyError(NO_SERVER)
        return guild


def _gone(number: int | None) -> FriendlyError:
    return FriendlyError(f"There's no quote {number} here." if number else "There's no such quote here.")


def _in_order(typed: Mapping[str, str]) -> Iterator[str]:
    """What was typed, field by field as they stand in the form; a form made by hand may leave some out."""
    return (typed.get(field, "") for field in FIELDS)


def _held_already(error: DuplicateQuoteError) -> str:
    return f"Already here: quote {error.first.id} has the same words."


def _sentence(error: ValueError) -> str:
    line = str(error)
    return f"{line[:1].upper()}{line[1:]}."
