"""Finds quotes for a requester: by words, at random or by number, with the race and driver of each."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

from discord import ui

from bot.errors import FriendlyError, UnknownRace
from bot.finder.tokens import without_year
from bot.questions.quotes import (
    LAST_PAGE,
    QuoteQuestion,
)
from bot.quotes.form_parser import current_name
from bot.quotes.parsing import checked_length
from bot.quotes.permissions import may_edit, may_save
from bot.quotes.query import (
    Alternatives,
    Meaning,
    content_words,
    find_meaning,
    is_name_of,
    join_words,
    named_drivers,
    split_words,
    without_stop_words,
    words_of,
)
from bot.render.quotes import Asked, NothingFoundFacts, QuoteFacts, found, nothing_but, nothing_found, single
from bot.render.understood import with_lines
from bot.requester import Requester
from bot.seasons.as_of import AsOf
from bot.seasons.quote_reader import reader_in
from db.connection import Store
from db.models import Driver, Entry, Race
from db.quotes import Found, Reader, count, counts, match_of, quote, random_quote, search, search_any
from db.quotes.models import Quote, QuoteDraft
from db.quotes.speakers import speakers

MOST_COUNTED = 1000
"""The most quotes that are counted for a word; the reply then says "or more"."""
WORDS_COUNTED = 6
"""How many words are counted when nothing was found: the longest, because words that every quote contains are short."""

Search = Callable[[int], Awaitable[Found]]
"""Searches for one page, counted from 1."""

D = TypeVar("D", Quote, QuoteDraft)
P = ParamSpec("P")

Reply = Callable[Concatenate[Store, P], Awaitable[ui.LayoutView]]
"""Makes a reply from what a store holds."""


def in_one_view(reply: Reply[P]) -> Reply[P]:
    """Makes all queries of a reply see the same state of the store.

    A reply takes up to a dozen of them. Without this, a quote that is saved or deleted in between would be counted by
    one and not found by the next. Such a reply must not write: it would not see what it wrote.
    """

    @wraps(reply)
    async def in_view(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> ui.LayoutView:
        async with store.view():
            return await reply(store, *args, **kwargs)

    return in_view


def reader_of(requester: Requester) -> Reader:
    """Whose quotes may be shown to the requester, as in ``bot.seasons.quote_reader``."""
    return reader_in(requester.as_of, requester.guild)


def with_current_name(as_of: AsOf, quote: D) -> D:
    """A quote under the driver's current name, if the speaker is the driver."""
    return replace(quote, speaker=current_name(quote.driver, quote.speaker, as_of))


def meaning_of(as_of: AsOf, words: Sequence[str]) -> Meaning:
    """What the words of a search mean at the moment."""
    return find_meaning(words, as_of.finder, as_of.season(), as_of.seasons)


async def gather_facts(store: Store, requester: Requester, quote: Quote) -> QuoteFacts:
    """A quote with its race and the driver's truck in that race, and whether the requester may edit it."""
    facts = facts_of(requester.as_of, quote)
    return replace(facts, editable=await may_edit(store, requester, quote))


def facts_of(as_of: AsOf, quote: Quote) -> QuoteFacts:
    """A quote with its race and the driver's truck in that race, to be read only."""
    quote = with_current_name(as_of, quote)
    season = next((each for each in as_of.seasons if each.year == quote.season), None)
    race = season.race(quote.round) if season and quote.round else None
    if season is None or race is None:
        return QuoteFacts(quote)
    rows = season.results.get(race.round, ())
    entries: list[Entry] = [*(row.entry for row in rows), *season.absent.get(race.round, ())]
    entry = next((each for each in entries if each.driver == quote.driver), None)
    return QuoteFacts(quote, race, entry, bool(rows))


@in_one_view
async def search_reply(store: Store, requester: Requester, question: QuoteQuestion) -> ui.LayoutView:
    """A page of search results or, if there are none, what there is instead; raises as ``_reply`` does."""
    return await _reply(store, requester, question)


async def _reply(store: Store, requester: Requester, question: QuoteQuestion) -> ui.LayoutView:
    """A page of search results or, if there are none, what there is instead.

    The search starts strict and is relaxed step by step until it finds something: words taken literally, then similar
    names, then without words that say nothing, then in the year or as the quotes of a driver that some words name,
    then for a race as quotes of its track, for a driver at a track as the driver's, then by the words that name a
    track, then by any of the words. Only when all of that finds nothing is the reply about what there is instead.

    Raises:
        FriendlyError: the question names an unknown driver, race or season.
    """
    asked = _asked(requester.as_of, question)
    meaning = meaning_of(requester.as_of, asked.words)

    async def shown(search: Search, described: Asked) -> ui.LayoutView | None:
        page, result = await _page(search, question.page)
        if not result.quotes:
            return None
        facts = await gather_facts(store, requester, result.quotes[0])
        return found(
            facts, described, replace(question, page=page), result.total, requester.as_of.now, more=result.more
        )

    attempts: dict[Alternatives | None, Asked]
    attempts = {meaning.literal: asked, meaning.likely: asked} if asked.words else {None: asked}
    if meaning.reduced and meaning.reduced not in attempts:
        attempts[meaning.reduced] = replace(asked, words=content_words(asked.words))
    for words, described in attempts.items():
        view = await shown(partial(_search, store, requester, question, words), described)
        if view is not None:
            return view
    narrower = await _in_the_year(store, requester, question, meaning)
    narrower = narrower or await _narrowed_to_driver(store, requester, question, meaning)
    if narrower is not None:
        return await _reply(store, requester, narrower)
    wider = await _widened(store, requester, question, meaning)
    if wider is not None:
        return with_lines(await _reply(store, requester, wider), [nothing_but(asked)])
    counted = await _counted(store, reader_of(requester), meaning)
    corrected = await _corrected(store, requester, question, meaning, counted)
    if len(meaning.reduced) > 1 and not corrected:
        described = replace(asked, words=content_words(asked.words), any_word=True)
        view = await shown(partial(_search_some, store, requester, question, meaning), described)
        if view is not None:
            return view
    return nothing_found(await _instead(store, requester, asked, meaning, counted, corrected))


@in_one_view
async def random_reply(
    store: Store,
    requester: Requester,
    choose: random.Random,
    *,
    last: int | None = None,
    is_member: Callable[[int], bool],
) -> ui.LayoutView:
    """A quote at random.

    Args:
        store: an open store.
        requester: who asks.
        choose: makes the choice.
        last: the quote shown before; it comes again only if there is no other.
        is_member: whether the bot is a member of the server with that id. Elsewhere no quotes can be saved.
    """
    reader, season = reader_of(requester), requester.as_of.season().year
    drawn = await random_quote(store, reader, season, choose, but=frozenset({last} if last else ()))
    drawn = drawn or await random_quote(store, reader, season, choose)
    if drawn is None:
        saves = requester.guild is not None and is_member(requester.guild) and await may_save(store, requester)
        return nothing_found(NothingFoundFacts(Asked(), may_save=saves))
    return single(await gather_facts(store, requester, drawn), requester.as_of.now, random=True)


@in_one_view
async def number_reply(store: Store, requester: Requester, number: int) -> ui.LayoutView:
    """The quote of that number by itself.

    Raises:
        FriendlyError: there is none that the requester may see.
    """
    found_quote = await quote(store, reader_of(requester), number)
    if found_quote is None:
        raise FriendlyError(f"There's no quote {number} here.")
    return single(await gather_facts(store, requester, found_quote), requester.as_of.now)


async def _in_the_year(
    store: Store, requester: Requester, question: QuoteQuestion, meaning: Meaning
) -> QuoteQuestion | None:
    """The search in the year that the words name ("last year"); None if they name none, or nothing was said in it."""
    as_of, typed = requester.as_of, " ".join(meaning.words)
    year = as_of.read(typed).year if typed and question.year is None and question.round is None else None
    if year not in as_of.years:
        return None
    words = without_stop_words(words_of(without_year(typed, as_of.this_year)))
    within = replace(question, about=join_words(words) or None, year=year, page=1)
    likely = meaning_of(as_of, words).likely if words else None
    return checked_length(within) if (await _search(store, requester, within, likely)).total else None


def _of_track(as_of: AsOf, meaning: Meaning) -> Alternatives:
    """The words that name a track or its race, which count for more than all others; () where none does."""
    reading = as_of.read(" ".join(meaning.words))
    if reading.track is None or reading.drivers or reading.several:
        return ()
    others = {word for typed in reading.rest for word in words_of(typed)}
    return tuple(each for each in meaning.reduced if each[0] not in others)


async def _narrowed_to_driver(
    store: Store, requester: Requester, question: QuoteQuestion, meaning: Meaning
) -> QuoteQuestion | None:
    """The search among the quotes of a driver whom some of the words name; None if no named driver has any."""
    words, finder, season = content_words(meaning.words), requester.as_of.finder, requester.as_of.season()
    if question.driver is not None or len(words) < 2:
        return None
    for driver, resembling in named_drivers(words, finder, season):
        rest = tuple(word for word in words if not is_name_of(word, driver))
        if not resembling and len(rest) < len(words) and await count(store, reader_of(requester), driver=driver.key):
            return checked_length(replace(question, driver=driver.key, about=join_words(rest) or None, page=1))
    return None


async def _widened(
    store: Store, requester: Requester, question: QuoteQuestion, meaning: Meaning
) -> QuoteQuestion | None:
    """The search for something near, where a race or a driver at a track has no quotes; None if that has none either.

    For a race it is its track at any time, for a driver at a track or in a race whatever the driver said.
    """
    as_of, words = requester.as_of, content_words(meaning.words)
    race = as_of.season(question.year).race(question.round) if question.round is not None else None
    if race is not None:
        wider = replace(
            question, about=join_words((*words_of(race.track.short), *words)), year=None, round=None, page=1
        )
        if (await _search(store, requester, wider, meaning_of(as_of, split_words(wider.about or "")).literal)).total:
            return checked_length(wider)
    reading = as_of.read(" ".join(words)) if words else None
    only_a_track = reading is not None and reading.track is not None and not (reading.drivers or reading.not_understood)
    if question.driver is not None and (only_a_track or (race is not None and not words)):
        wider = QuoteQuestion(driver=question.driver)
        return wider if await count(store, reader_of(requester), driver=question.driver) else None
    return None


async def _page(search: Search, page: int) -> tuple[int, Found]:
    """The page that was asked for and its number; the last page, if there are fewer by now."""
    while True:
        result = await search(page)
        last = min(result.total, LAST_PAGE)
        if result.quotes or not last or page <= 1:
            return page, result
        # Quotes get deleted, so that a button may ask for a page that no longer exists.
        page = min(page - 1, last)


async def _search(
    store: Store, requester: Requester, question: QuoteQuestion, words: Alternatives | None, page: int = 1
) -> Found:
    return await search(
        store,
        reader_of(requester),
        None if words is None else match_of(words),
        driver=question.driver,
        season=question.year,
        round=question.round,
        limit=1,
        offset=page - 1,
        words=words or (),
    )


async def _search_some(
    store: Store, requester: Requester, question: QuoteQuestion, meaning: Meaning, page: int = 1
) -> Found:
    """Quotes with the words that name a track, whatever else was typed; without such, those with any of the words."""
    of_track = _of_track(requester.as_of, meaning)
    there = await _search(store, requester, question, of_track, page) if of_track else None
    if there is not None and there.total:
        return there
    return await _search_any(store, requester, question, meaning.reduced, page)


async def _search_any(
    store: Store, requester: Requester, question: QuoteQuestion, words: Alternatives, page: int = 1
) -> Found:
    """Quotes with any of the words. Of many words only the longest are searched for, to keep it cheap."""
    longest = sorted(words, key=lambda each: len(each[0]), reverse=True)[:WORDS_COUNTED]
    return await search_any(
        store,
        reader_of(requester),
        [match_of((each,), whole=True) for each in longest],
        driver=question.driver,
        season=question.year,
        round=question.round,
        limit=1,
        offset=page - 1,
    )


def _asked(as_of: AsOf, question: QuoteQuestion) -> Asked:
    """What a question asks for. Its ids are looked up again, since a custom id may be forged or outdated."""
    race: Race | None = None
    if question.round is not None:
        season = as_of.season(question.year)
        race = season.race(question.round)
        if race is None:
            raise UnknownRace(f"race {question.round}", where=f"in {season.year}")
    return Asked(
        words=split_words(question.about or ""),
        driver=as_of.known(question.driver) if question.driver else None,
        race=race,
        year=question.year,
    )


async def _corrected(
    store: Store, requester: Requester, question: QuoteQuestion, meaning: Meaning, counted: Mapping[str, int]
) -> tuple[str, ...]:
    """The words with the names that they resemble in their place; () if that finds nothing either."""
    corrected = tuple(word if counted.get(word, 1) else meaning.similar.get(word, word) for word in meaning.words)
    if corrected == meaning.words:
        return ()
    words = tuple((each,) for each in content_words(corrected))
    return corrected if (await _search(store, requester, question, words)).total else ()


async def _other_driver(store: Store, requester: Requester, asked: Asked, meaning: Meaning) -> Driver | None:
    """A driver whom the words name, other than the one asked for. A word found in quotes is not taken for a name."""
    as_of = requester.as_of
    for driver, word in named_drivers(meaning.words, as_of.finder, as_of.season()):
        in_quotes = word and (await counts(store, reader_of(requester), [match_of(((word,),), whole=True)], 1))[0]
        if not in_quotes:
            return driver if driver != asked.driver else None
    return None


async def _instead(
    store: Store,
    requester: Requester,
    asked: Asked,
    meaning: Meaning,
    counted: Mapping[str, int],
    corrected: tuple[str, ...],
) -> NothingFoundFacts:
    """What there is instead: quotes with each word, without the words, of a driver they name, and all speakers."""
    reader = reader_of(requester)
    rest = QuoteQuestion(
        driver=asked.driver.key if asked.driver else None,
        year=asked.race.season if asked.race else asked.year,
        round=asked.race.round if asked.race else None,
    )
    without = 0
    if rest != QuoteQuestion() and asked.words:
        without = await count(store, reader, driver=rest.driver, season=rest.year, round=rest.round)
    other = await _other_driver(store, requester, asked, meaning)
    return NothingFoundFacts(
        asked=asked,
        counts=tuple(counted.items()),
        without=without,
        corrected=corrected,
        other_driver=(other, await count(store, reader, driver=other.key)) if other else None,
        speakers=tuple((s.driver, s.name, s.quotes) for s in await speakers(store, reader)),
        most_counted=MOST_COUNTED,
    )


async def _counted(store: Store, reader: Reader, meaning: Meaning) -> dict[str, int]:
    """By word, how many quotes contain it as a whole word; the longest words only, in the order of the search."""
    by_word = dict(zip(meaning.words, meaning.likely, strict=True))
    longest = set(sorted(by_word, key=len, reverse=True)[:WORDS_COUNTED])
    words = [word for word in by_word if word in longest]
    matches = [match_of((by_word[word],), whole=True) for word in words]
    return dict(zip(words, await counts(store, reader, matches, MOST_COUNTED), strict=True))
