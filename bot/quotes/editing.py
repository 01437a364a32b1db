"""Saves, edits, deletes and restores quotes, for those who may; what cannot be saved is kept as a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import discord
from discord import ui

from bot.errors import FriendlyError, store_line
from bot.questions.quotes import (
    DeleteQuestion,
    DiscardQuoteDraftQuestion,
    FormQuestion,
    ManageQuoteQuestion,
    ManageQuotesQuestion,
    QuoteHistoryQuestion,
    RestoreQuestion,
    Scope,
)
from bot.quotes.form_parser import FIELDS, form_values, parse_form, with_newer_version
from bot.quotes.message_parser import form_values_of_message
from bot.quotes.permissions import MOST_QUOTES, NO_EDITOR, NO_SERVER, NOT_YOU, guild_of_scope, may_edit
from bot.quotes.query import split_words
from bot.quotes.service import gather_facts, meaning_of, with_current_name
from bot.render import quote_panels
from bot.render.forms import Form, not_kept
from bot.render.quote_panels import ManageFacts
from bot.requester import Requester
from db.connection import Store
from db.errors import OvertakenError, StoreError
from db.quotes import DuplicateQuoteError, add, delete, draft_at, edit, history, last_step, match_of, restore
from db.quotes.drafts import drop_typed, save_typed, typed_quote
from db.quotes.models import WORDS_LIMIT, Quote, QuoteDraft
from db.quotes.reading import Found
from db.quotes.server_ownership import count_own, deleted_quotes, own_quote, own_quotes

NO_DRAFT = "That draft was already saved or discarded."
NO_WORDS = "The message has no text; type what was said"
OVERTAKEN = "Someone else changed this quote meanwhile. What you left alone now shows their version; check it again."
CUT = f"Only the first {WORDS_LIMIT:,} characters of the message; that's the limit"
RESTORABLE = 25
"""Deleted quotes that can be chosen to be restored."""


class QuoteEditor:
    """Everything that changes quotes. Each public method first checks that the requester may do it.

    Args:
        store: a writable store.
        is_member: whether the bot is a member of the server with that Discord id.
    """

    def __init__(self, store: Store, is_member: Callable[[int], bool]) -> None:
        self._store = store
        self._is_member = is_member

    async def form(self, question: FormQuestion, requester: Requester) -> Form:
        """The form, filled in with the draft or the quote that the question names."""
        guild = await self._guild_of(requester, question.scope)
        values: Mapping[str, str] = {}
        if question.id is not None and question.base is None:
            # The step is read before the words. A change between the two is then reported as not seen yet, which costs
            # one more look; the other way round it would be overwritten silently.
            question = replace(question, base=await last_step(self._store, guild, question.id) or None)
        if question.draft is not None:
            draft = await typed_quote(self._store, question.draft, requester.user, requester.as_of.now)
            if draft is None or (draft.guild, draft.quote) != (guild, question.id):
                raise FriendlyError(NO_DRAFT)
            values = draft.typed
        elif question.id is not None:
            values = form_values((await self._own(guild, question.id)).draft(), requester.as_of)
        return quote_panels.form(question, values)

    async def form_of_message(self, message: discord.Message, requester: Requester) -> Form:
        """The form for a message: its words, a link to it, and the descriptions of its pictures and previews."""
        await self._guild_of(requester, Scope.SERVER)
        descriptions = [each.description for each in message.embeds] + [
            each.description for each in message.attachments
        ]
        texts = [message.clean_content, *filter(None, descriptions)]
        values = form_values_of_message(texts, message.jump_url, requester.as_of)
        hint = CUT if len(values["words"]) > WORDS_LIMIT else "" if values["words"] else NO_WORDS
        return quote_panels.form(FormQuestion(Scope.SERVER), values, hint=hint)

    async def submit(self, question: FormQuestion, values: Mapping[str, str], requester: Requester) -> ui.LayoutView:
        """Saves a submitted form. What cannot be saved is kept as a draft, with which the form opens again.

        If the requester may not keep a draft either, or the store cannot be written to, the reply repeats what they
        typed, so that it is not lost.
        """
        try:
            quote = await self._save_or_keep(question, values, requester)
        except FriendlyError as error:
            return not_kept(_in_order(values), str(error))
        except StoreError as error:
            return not_kept(_in_order(values), store_line(error))
        if not isinstance(quote, Quote):
            return quote
        if question.draft is not None:
            await drop_typed(self._store, question.draft, requester.user)
        note = f"Saved as quote {quote.id}" if question.id is None else f"Quote {quote.id} updated"
        return await self._panel(quote, requester, note)

    async def discard_draft(self, question: DiscardQuoteDraftQuestion, requester: Requester) -> ui.LayoutView:
        """Removes a draft of the requester's own."""
        await drop_typed(self._store, question.draft, requester.user)
        return quote_panels.draft_discarded()

    async def manage(self, question: ManageQuoteQuestion, requester: Requester) -> ui.LayoutView:
        """One quote with buttons for what can be done to it."""
        return await self._panel(await self._editable(requester, question.id), requester)

    async def manage_all(self, question: ManageQuotesQuestion, requester: Requester) -> ui.LayoutView:
        """The quotes of a scope, one on a page, with buttons for what can be done to each."""
        guild = await self._guild_of(requester, question.scope)
        words = split_words(question.about or "")
        page, found = await self._page(guild, question, requester, words)
        deleted = await deleted_quotes(self._store, guild, RESTORABLE)
        facts = ManageFacts(
            await gather_facts(self._store, requester, found.quotes[0]) if found.quotes else None,
            found.total,
            tuple((each.id, with_current_name(requester.as_of, each.draft)) for each in deleted),
            words,
        )
        return quote_panels.manage_quotes(facts, replace(question, page=page))

    async def delete(self, question: DeleteQuestion, requester: Requester) -> ui.LayoutView:
        """Deletes a quote, once the requester has confirmed it."""
        quote = await self._editable(requester, question.id)
        if question.sure is None:
            return quote_panels.confirm_delete(await gather_facts(self._store, requester, quote), requester.as_of.now)
        try:
            await delete(self._store, quote.guild, quote.id, requester.user, requester.as_of.now)
        except LookupError:
            raise _no_such_quote(question.id) from None
        return quote_panels.deleted(with_current_name(requester.as_of, quote))

    async def history(self, question: QuoteHistoryQuestion, requester: Requester) -> ui.LayoutView:
        """The history of a quote."""
        quote = await self._editable(requester, question.id)
        steps = await history(self._store, quote.guild, quote.id)
        return quote_panels.quote_history(quote, steps, question, requester.user)

    async def restore(self, question: RestoreQuestion, requester: Requester) -> ui.LayoutView:
        """Restores a deleted quote, or an earlier version of one; a quote that is already back stays as it is."""
        guild = await self._guild_of(requester, question.scope)
        try:
            if question.step is None:
                quote = await self._undelete(guild, question.id, requester)
            else:
                before = await self._version_before(guild, question.id, question.step)
                quote = await edit(self._store, guild, question.id, before, requester.user, requester.as_of.now)
        except LookupError:
            raise _no_such_quote(question.id) from None
        except DuplicateQuoteError as error:
            raise FriendlyError(_already_here(error)) from None
        except ValueError as error:
            raise FriendlyError(_sentence(error)) from None
        return await self._panel(quote, requester, f"Quote {quote.id} restored")

    async def _undelete(self, guild: int | None, number: int, requester: Requester) -> Quote:
        quote = await own_quote(self._store, guild, number)
        if quote is None:
            await self._check_limit(guild)
            return await restore(self._store, guild, number, requester.user, requester.as_of.now)
        return quote

    async def _version_before(self, guild: int | None, number: int, step: int) -> QuoteDraft:
        """The quote before a step of its history; steps count from 1, the oldest."""
        steps = await history(self._store, guild, number)
        before = steps[-step].before if step <= len(steps) else None
        if before is None:
            raise LookupError(number)
        return before

    async def _save_or_keep(
        self, question: FormQuestion, values: Mapping[str, str], requester: Requester
    ) -> Quote | ui.LayoutView:
        """The saved quote, or the reply that says it is kept as a draft.

        Raises:
            FriendlyError: the requester may do neither.
        """
        guild = await self._guild_of(requester, question.scope)
        try:
            return await self._save(question, values, guild, requester)
        except (FriendlyError, DuplicateQuoteError) as error:
            return await self._keep_draft(question, values, guild, requester, error)
        except OvertakenError:
            return await self._keep_overtaken(question, values, guild, requester)

    async def _save(
        self, question: FormQuestion, values: Mapping[str, str], guild: int | None, requester: Requester
    ) -> Quote:
        now = requester.as_of.now
        opened_with = None
        if question.id is not None:
            opened_with = await self._opened_with(question, await self._own(guild, question.id))
        draft = parse_form(values, requester.as_of, opened_with)
        try:
            if question.id is not None:
                return await edit(self._store, guild, question.id, draft, requester.user, now, after=question.base)
            await self._check_limit(guild)
            return await add(self._store, draft, guild, requester.user, now)
        except LookupError:
            raise _no_such_quote(question.id) from None
        except ValueError as error:
            raise FriendlyError(_sentence(error)) from None

    async def _opened_with(self, question: FormQuestion, current: Quote) -> QuoteDraft:
        """The version of the quote with which the form was opened."""
        return current.draft() if question.base is None else await draft_at(self._store, current, question.base)

    async def _keep_overtaken(
        self, question: FormQuestion, values: Mapping[str, str], guild: int | None, requester: Requester
    ) -> ui.LayoutView:
        """Keeps an edit of a quote that somebody else changed meanwhile, for another look on top of their version."""
        assert question.id is not None
        base = await last_step(self._store, guild, question.id)
        current = await self._own(guild, question.id)
        opened_with = await self._opened_with(question, current)
        values = with_newer_version(values, requester.as_of, opened_with, current.draft())
        error = FriendlyError(OVERTAKEN)
        return await self._keep_draft(replace(question, base=base), values, guild, requester, error, current)

    async def _check_limit(self, guild: int | None) -> None:
        if guild is not None and await count_own(self._store, guild) >= MOST_QUOTES:
            raise FriendlyError(
                f"This server has {MOST_QUOTES:,} quotes, which is the limit; /quote-edit can delete some."
            )

    async def _keep_draft(
        self,
        question: FormQuestion,
        values: Mapping[str, str],
        guild: int | None,
        requester: Requester,
        error: FriendlyError | DuplicateQuoteError,
        other: Quote | None = None,
    ) -> ui.LayoutView:
        """Keeps a draft and says why it is not saved, with a button to the other quote that is in its way."""
        number = await save_typed(
            self._store,
            requester.user,
            values,
            requester.as_of.now,
            guild=guild,
            quote=question.id,
            draft=question.draft,
        )
        other = error.first if isinstance(error, DuplicateQuoteError) else other
        why = _already_here(error) if isinstance(error, DuplicateQuoteError) else str(error)
        return quote_panels.not_saved(replace(question, draft=number), values.get("words", ""), why, other)

    async def _panel(self, quote: Quote, requester: Requester, note: str = "") -> ui.LayoutView:
        facts = await gather_facts(self._store, requester, quote)
        return quote_panels.manage_quote(facts, requester.as_of.now, note=note)

    async def _page(
        self, guild: int | None, question: ManageQuotesQuestion, requester: Requester, words: tuple[str, ...]
    ) -> tuple[int, Found]:
        """The page that was asked for and its number; the last page, if there are fewer by now."""
        meaning = meaning_of(requester.as_of, words)
        found, page = Found((), 0), question.page
        for match in map(match_of, (meaning.literal, meaning.likely, meaning.reduced)) if words else (None,):
            found = await own_quotes(self._store, guild, match, limit=1, offset=page - 1)
            if found.total and not found.quotes:
                page = found.total
                found = await own_quotes(self._store, guild, match, limit=1, offset=page - 1)
            if found.quotes:
                break
        return page, found

    async def _editable(self, requester: Requester, number: int) -> Quote:
        """A quote that the requester may edit. Of another server's quote not even the existence is revealed."""
        quote = await own_quote(self._store, requester.guild, number)
        quote = quote or await own_quote(self._store, None, number)
        if quote is None:
            raise _no_such_quote(number)
        if not await may_edit(self._store, requester, quote):
            raise FriendlyError(NO_EDITOR if quote.guild is None else NOT_YOU)
        return quote

    async def _own(self, guild: int | None, number: int) -> Quote:
        quote = await own_quote(self._store, guild, number)
        if quote is None:
            raise _no_such_quote(number)
        return quote

    async def _guild_of(self, requester: Requester, scope: str) -> int | None:
        guild = await guild_of_scope(self._store, requester, scope)
        # A person who installed the bot for themselves can use it in servers that it is not a member of. Discord never
        # says when such a server is gone, so that its quotes could never be cleaned up.
        if guild is not None and not self._is_member(guild):
            raise FriendlyError(NO_SERVER)
        return guild


def _no_such_quote(number: int | None) -> FriendlyError:
    return FriendlyError(f"There's no quote {number} here." if number else "There's no such quote here.")


def _in_order(values: Mapping[str, str]) -> Iterator[str]:
    """The values in the order of the form's fields. A form that was not sent by Discord's client may lack some."""
    return (values.get(field, "") for field in FIELDS)


def _already_here(error: DuplicateQuoteError) -> str:
    return f"Already here: quote {error.first.id} has the same words."


def _sentence(error: ValueError) -> str:
    line = str(error)
    return f"{line[:1].upper()}{line[1:]}."
