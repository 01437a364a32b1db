"""Looks up quotes for who asks: found by words, by lot or by number, with what is known around each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from discord import ui

from bot.errors import FriendlyError, UnknownRace
from bot.questions.quotes import LAST_PAGE, PanelsQuestion, QuoteQuestion
from bot.quotes.form_parser import name_now
from bot.quotes.permissions import may_mend
from bot.quotes.query import Alternatives, Meaning, calls, joined, meaning, parted, telling, words_of
from bot.quotes.query import named as named_in
from bot.render.quotes import Asked, NothingFacts, QuoteFacts, found, nothing
from bot.requester import Requester
from bot.seasons.as_of import AsOf
from db.connection import Store
from db.models import EASTERN, Driver, Entry, Race
from db.quotes import Found, Reader, count, counts, match_of, quote, search, search_any
from db.quotes.counting import speakers
from db.texts import Quote, QuoteDraft

MOST_COUNTED = 1000
"""Up to so many quotes are counted with a word; there it says "or more"."""
WORDS_COUNTED = 6
"""Of the words for which nothing was found, the longest are counted: those that every quote holds are short."""

NO_WORD = "There's no word in that to search for."
TOO_LONG = "That's too much to search for at once; leave a word out."

Search = Callable[[int], Awaitable[Found]]
"""Looks for a page."""

Q = TypeVar("Q", QuoteQuestion, PanelsQuestion)
D = TypeVar("D", Quote, QuoteDraft)


def reader_of(requester: Requester) -> Reader:
    """What the requester may read at his moment: nothing said after it; of a race under way his server's own alone."""
    return reader_in(requester.as_of, requester.guild)


def reader_in(as_of: AsOf, guild: int | None) -> Reader:
    """The same for a server, or (None) for anywhere else."""
    today = as_of.now.astimezone(EASTERN).date()
    races = (race for season in as_of.seasons for race in season.races)
    ahead = tuple((r.season, r.round) for r in races if r.date <= today and r.over_at > as_of.now)
    return Reader(guild, today, ahead, as_of.now)


def looked_for(about: str | None) -> str | None:
    """The words of a search as a button carries them; None where none is asked for.

    Raises:
        FriendlyError: there is no word in it.
    """
    words = words_of(about or "")
    if about and not words:
        raise FriendlyError(NO_WORD)
    return joined(words) or None


def turning(question: Q) -> Q:
    """A question of pages, if the buttons can carry it to the last one.

    Raises:
        FriendlyError: its words are too long for that; some grow when they are brought into their normal form.
    """
    if replace(question, page=LAST_PAGE).encode() is None:
        raise FriendlyError(TOO_LONG)
    return question


def named(as_of: AsOf, held: D) -> D:
    """A quote with its driver's name of today, where he himself is quoted."""
    return replace(held, speaker=name_now(held.driver, held.speaker, as_of))


def meaning_of(as_of: AsOf, words: Sequence[str]) -> Meaning:
    """What the words of a search mean at that moment."""
    return meaning(words, as_of.finder, as_of.season(), as_of.seasons)


async def by_number(store: Store, requester: Requester, number: int) -> Quote:
    """The quote of a number.

    Raises:
        FriendlyError: there is none that the requester may read.
    """
    held = await quote(store, reader_of(requester), number)
    if held is None:
        raise FriendlyError(f"There's no quote {number} here.")
    return held


async def around(store: Store, requester: Requester, held: Quote) -> QuoteFacts:
    """A quote with its race and the driver's truck in it, and whether the requester may mend it."""
    facts = facts_of(requester.as_of, held)
    return replace(facts, mends=await may_mend(store, requester, held))


def facts_of(as_of: AsOf, held: Quote) -> QuoteFacts:
    """The same for nobody in particular."""
    held = named(as_of, held)
    season = next((each for each in as_of.seasons if each.year == held.season), None)
    race = season.race(held.round) if season and held.round else None
    if season is None or race is None:
        return QuoteFacts(held)
    rows = season.results.get(race.round, ())
    entries: list[Entry] = [*(row.entry for row in rows), *season.absent.get(race.round, ())]
    entry = next((each for each in entries if each.driver == held.driver), None)
    return QuoteFacts(held, race, entry, bool(rows))


async def look(store: Store, requester: Requester, question: QuoteQuestion) -> ui.LayoutView:
    """A page of what the question finds, or what there is where that is nothing.

    Raises:
        FriendlyError: it names a driver, a race or a season that is not held.
    """
    asked = _asked(requester.as_of, question)
    meant = meaning_of(requester.as_of, asked.words)

    async def shown(search: Search, asked: Asked) -> ui.LayoutView | None:
        page, result = await _page(search, question.page)
        if not result.quotes:
            return None
        facts = await around(store, requester, result.quotes[0])
        return found(facts, asked, replace(question, page=page), result.total, requester.as_of.now, more=result.more)

    stages: dict[Alternatives | None, Asked]
    stages = {meant.plainly: asked, meant.likely: asked} if asked.words else {None: asked}
    if meant.pared and meant.pared not in stages:
        stages[meant.pared] = replace(asked, words=telling(asked.words))
    for words, told in stages.items():
        view = await shown(partial(_search, store, requester, question, words), told)
        if view is not None:
            return view
    narrower = await _of_whom(store, requester, question, meant)
    if narrower is not None:
        return await look(store, requester, narrower)
    counted = await _counted(store, reader_of(requester), meant)
    better = await _better(store, requester, question, meant, counted)
    if len(meant.pared) > 1 and not better:
        told = replace(asked, words=telling(asked.words), loosely=True)
        view = await shown(partial(_search_any, store, requester, question, meant.pared), told)
        if view is not None:
            return view
    return nothing(await _instead(store, requester, asked, meant, counted, better))


async def _of_whom(store: Store, requester: Requester, question: QuoteQuestion, meant: Meaning) -> QuoteQuestion | None:
    """The same of the quotes of a driver whom some of the words name; None where nobody is named who has any."""
    words, finder, season = telling(meant.words), requester.as_of.finder, requester.as_of.season()
    if question.driver is not None or len(words) < 2:
        return None
    for driver, near in named_in(words, finder, season):
        rest = tuple(word for word in words if not calls(word, driver))
        if not near and len(rest) < len(words) and await count(store, reader_of(requester), driver=driver.key):
            return turning(replace(question, driver=driver.key, about=joined(rest) or None, page=1))
    return None


async def _page(search: Search, page: int) -> tuple[int, Found]:
    """The page asked for or, where there are fewer, the last one, and its number."""
    while True:
        result = await search(page)
        last = min(result.total, LAST_PAGE)
        if result.quotes or not last or page <= 1:
            return page, result
        # Quotes come and go; a button may turn to a page that was.
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
    )


async def _search_any(
    store: Store, requester: Requester, question: QuoteQuestion, words: Alternatives, page: int = 1
) -> Found:
    """What some of the words are in; of many words the longest are looked for, so that it stays cheap."""
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
    """What a question asks for, looked up again."""
    race: Race | None = None
    if question.round is not None:
        season = as_of.season(question.year)
        race = season.race(question.round)
        if race is None:
            raise UnknownRace(f"race {question.round}", where=f"in {season.year}")
    return Asked(
        words=parted(question.about or ""),
        driver=as_of.known(question.driver) if question.driver else None,
        race=race,
        year=question.year,
    )


async def _better(
    store: Store, requester: Requester, question: QuoteQuestion, meant: Meaning, counted: Mapping[str, int]
) -> tuple[str, ...]:
    """The words with names put right that they are a little like, if something is found by them then."""
    better = tuple(word if counted.get(word, 1) else meant.faintly.get(word, word) for word in meant.words)
    if better == meant.words:
        return ()
    return (
        better if (await _search(store, requester, question, tuple((each,) for each in telling(better)))).total else ()
    )


async def _named(store: Store, requester: Requester, asked: Asked, meant: Meaning) -> Driver | None:
    """Another driver whom the words name; a word that is in quotes stands for itself, however like a name it is."""
    as_of = requester.as_of
    for driver, word in named_in(meant.words, as_of.finder, as_of.season()):
        itself = word and (await counts(store, reader_of(requester), [match_of(((word,),), whole=True)], 1))[0]
        if not itself:
            return driver if driver != asked.driver else None
    return None


async def _instead(
    store: Store,
    requester: Requester,
    asked: Asked,
    meant: Meaning,
    counted: Mapping[str, int],
    better: tuple[str, ...],
) -> NothingFacts:
    """What there is: quotes with each of the words, without them, of a driver they name, and of whom at all."""
    reader = reader_of(requester)
    rest = QuoteQuestion(
        driver=asked.driver.key if asked.driver else None,
        year=asked.race.season if asked.race else asked.year,
        round=asked.race.round if asked.race else None,
    )
    without = 0
    if rest != QuoteQuestion() and asked.words:
        without = await count(store, reader, driver=rest.driver, season=rest.year, round=rest.round)
    named_one = await _named(store, requester, asked, meant)
    return NothingFacts(
        asked=asked,
        counts=tuple(counted.items()),
        without=without,
        better=better,
        named=(named_one, await count(store, reader, driver=named_one.key)) if named_one else None,
        speakers=tuple((s.driver, s.name, s.quotes) for s in await speakers(store, reader)),
        most=MOST_COUNTED,
    )


async def _counted(store: Store, reader: Reader, meant: Meaning) -> dict[str, int]:
    """In how many quotes the words are that tell most, in their order; no beginnings of words."""
    by_word = dict(zip(meant.words, meant.likely, strict=True))
    telling = set(sorted(by_word, key=len, reverse=True)[:WORDS_COUNTED])
    words = [word for word in by_word if word in telling]
    matches = [match_of((by_word[word],), whole=True) for word in words]
    return dict(zip(words, await counts(store, reader, matches, MOST_COUNTED), strict=True))
