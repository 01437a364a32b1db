"""Looks up quotes for who asks: found by words, by lot or by number, with what is known around each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from discord import ui

from bot.almanac import Almanac
from bot.answers import Asker
from bot.errors import FriendlyError, UnknownRace
from bot.quoting.rights import may_mend
from bot.quoting.search import Alternatives, Meaning, meaning, parted
from bot.render.quote_questions import LAST_PAGE, QuoteQuestion
from bot.render.quotes import Asked, NothingFacts, QuoteFacts, found, nothing
from db.connection import Store
from db.nouns import EASTERN, Entry, Race
from db.quotes import Found, Reader, match_of, quote, search
from db.quotes.counting import speakers
from db.texts import Quote


def reader_of(asker: Asker) -> Reader:
    """What the asker may read at his moment: nothing said after it, nothing of a race that is not over."""
    return reader_in(asker.almanac, asker.guild)


def reader_in(almanac: Almanac, guild: int | None) -> Reader:
    """The same for a server, or (None) for anywhere else."""
    today = almanac.now.astimezone(EASTERN).date()
    races = (race for season in almanac.seasons for race in season.races)
    ahead = tuple((r.season, r.round) for r in races if r.date <= today and r.over_at > almanac.now)
    return Reader(guild, today, ahead)


def meaning_of(almanac: Almanac, words: Sequence[str]) -> Meaning:
    """What the words of a search mean at that moment."""
    return meaning(words, almanac.finder, almanac.season(), almanac.seasons)


async def by_number(store: Store, asker: Asker, number: int) -> Quote:
    """The quote of a number.

    Raises:
        FriendlyError: there is none that the asker may read.
    """
    held = await quote(store, reader_of(asker), number)
    if held is None:
        raise FriendlyError(f"There is no quote {number} here.")
    return held


async def around(store: Store, asker: Asker, held: Quote) -> QuoteFacts:
    """A quote with its race and the driver's truck in it, and whether the asker may mend it."""
    facts = facts_of(asker.almanac, held)
    return replace(facts, mends=await may_mend(store, asker, held))


def facts_of(almanac: Almanac, held: Quote) -> QuoteFacts:
    """The same for nobody in particular."""
    season = next((each for each in almanac.seasons if each.year == held.season), None)
    race = season.race(held.round) if season and held.round else None
    if season is None or race is None:
        return QuoteFacts(held)
    rows = season.results.get(race.round, ())
    entries: list[Entry] = [*(row.entry for row in rows), *season.absent.get(race.round, ())]
    entry = next((each for each in entries if each.driver == held.driver), None)
    return QuoteFacts(held, race, entry, bool(rows))


async def look(store: Store, asker: Asker, question: QuoteQuestion) -> ui.LayoutView:
    """A page of what the question finds, or what there is where that is nothing.

    Raises:
        FriendlyError: it names a driver, a race or a season that is not held.
    """
    asked = _asked(asker.almanac, question)
    meant = meaning_of(asker.almanac, asked.words)
    for words in (meant.plainly, meant.likely) if asked.words else (None,):
        page, result = await _page(store, asker, question, words)
        if result.quotes:
            facts = await around(store, asker, result.quotes[0])
            return found(facts, asked, replace(question, page=page), result.total, asker.almanac.now)
    return nothing(await _instead(store, asker, asked, meant))


async def _page(store: Store, asker: Asker, question: QuoteQuestion, words: Alternatives | None) -> tuple[int, Found]:
    """The page asked for or, where there are fewer, the last one, and its number."""
    page = question.page
    while True:
        result = await _search(store, asker, question, words, page)
        last = min(result.total, LAST_PAGE)
        if result.quotes or not last or page <= 1:
            return page, result
        # Quotes come and go; a button may turn to a page that was.
        page = min(page - 1, last)


async def _search(
    store: Store, asker: Asker, question: QuoteQuestion, words: Alternatives | None, page: int = 1
) -> Found:
    return await search(
        store,
        reader_of(asker),
        None if words is None else match_of(words),
        driver=question.driver,
        season=question.year,
        round=question.round,
        limit=1,
        offset=page - 1,
    )


def _asked(almanac: Almanac, question: QuoteQuestion) -> Asked:
    """What a question asks for, looked up again."""
    race: Race | None = None
    if question.round is not None:
        season = almanac.season(question.year)
        race = season.race(question.round)
        if race is None:
            raise UnknownRace(f"race {question.round}", where=f"in {season.year}")
    return Asked(
        words=parted(question.about or ""),
        driver=almanac.known(question.driver) if question.driver else None,
        race=race,
        year=question.year,
    )


async def _instead(store: Store, asker: Asker, asked: Asked, meant: Meaning) -> NothingFacts:
    """What there is: quotes with each of the words, without them, of a driver they name, and of whom at all."""
    rest = QuoteQuestion(
        driver=asked.driver.key if asked.driver else None,
        year=asked.race.season if asked.race else asked.year,
        round=asked.race.round if asked.race else None,
    )
    counts = [(await _search(store, asker, QuoteQuestion(), (each,))).total for each in meant.plainly]
    better = tuple(
        word if number else meant.faintly.get(word, word) for word, number in zip(meant.words, counts, strict=True)
    )
    put_right = better != meant.words and (await _search(store, asker, rest, tuple((word,) for word in better))).total
    narrowed = rest != QuoteQuestion() and asked.words
    named = meant.driver if meant.driver != asked.driver else None
    return NothingFacts(
        asked=asked,
        counts=tuple(counts),
        without=(await _search(store, asker, rest, None)).total if narrowed else 0,
        better=better if put_right else (),
        named=(named, (await _search(store, asker, QuoteQuestion(driver=named.key), None)).total) if named else None,
        speakers=tuple((s.driver, s.name, s.quotes) for s in await speakers(store, reader_of(asker))),
        saves=False,
    )
