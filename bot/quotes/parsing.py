"""What somebody asks for who types into /quote or into the commands that edit quotes."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from bot.errors import FriendlyError
from bot.finder.tokens import without_year
from bot.questions.quotes import (
    LAST_PAGE,
    ManageQuoteQuestion,
    ManageQuotesQuestion,
    OneQuoteQuestion,
    QuoteQuestion,
    RandomQuoteQuestion,
    Scope,
)
from bot.quotes.query import join_words, number_in, question_of, without_stop_words, words_of
from bot.requester import Requester
from bot.seasons.as_of import AsOf
from bot.seasons.quote_reader import reader_in
from db.connection import Store
from db.models import Race
from db.quotes import quote
from db.quotes.server_ownership import own_quote

_TIME_WORDS = frozenset({"quote", "quotes", "from", "of", "the", "in", "race", "races", "season"})
NO_WORD = "There's no word in that to search for."
TOO_LONG = "That's too much to search for at once; leave a word out."

Q = TypeVar("Q", QuoteQuestion, ManageQuotesQuestion)


def search_words(about: str | None) -> str | None:
    """The words of a search as a button carries them; None if nothing is searched for.

    Raises:
        FriendlyError: the text has no word in it.
    """
    words = words_of(about or "")
    if about and not words:
        raise FriendlyError(NO_WORD)
    return join_words(words) or None


def checked_length(question: Q) -> Q:
    """The question itself, if it fits into the custom ids of its page buttons.

    Raises:
        FriendlyError: its words are too long for that; some grow when they are brought into normal form.
    """
    if replace(question, page=LAST_PAGE).encode() is None:
        raise FriendlyError(TOO_LONG)
    return question


async def quote_asked(
    store: Store, requester: Requester, about: str | None, driver: str | None, race: str | None, season: int | None
) -> QuoteQuestion | RandomQuoteQuestion | OneQuoteQuestion:
    """What the options of /quote ask for: the quote of a number, if there is one to be seen, else ``parse_search``."""
    number = number_in(about) if about and (driver, race, season) == (None, None, None) else None
    if number is not None and await quote(store, reader_in(requester.as_of, requester.guild), number) is not None:
        return OneQuoteQuestion(number)
    return parse_search(requester.as_of, about, driver, race, season)


def parse_search(
    as_of: AsOf, about: str | None, driver: str | None, race: str | None, season: int | None
) -> QuoteQuestion | RandomQuoteQuestion:
    """What options ask for: quotes that fit, or any quote where nothing is given.

    Of a question ("what did heim say about the restart in 2024") the speaker and the year are taken apart.

    Raises:
        FriendlyError: an option is not understood, or the words are too long.
    """
    if about is None and driver is None and race is None and season is None:
        return RandomQuoteQuestion()
    meant = as_of.race_with_results(race, season) if race else None
    if about and race is None and season is None:
        meant, year = _time_alone(as_of, about)
        if meant or year:
            about, season = None, year
    named, named_year = _by_name(as_of, driver, season) if driver else (None, None)
    speaker, words, year = _taken_apart(as_of, about, asked_elsewhere=driver is not None)
    year = meant.season if meant else as_of.season(season).year if season else year or named_year
    return checked_length(
        QuoteQuestion(
            about=words,
            driver=named or speaker,
            year=year,
            round=meant.round if meant else None,
        )
    )


def _time_alone(as_of: AsOf, about: str) -> tuple[Race | None, int | None]:
    """The latest race or the year that a text asks for that says nothing else: "last race", "quotes from last year"."""
    reading = as_of.read(about)
    if reading.drivers or reading.several or reading.numbers or reading.track or reading.not_understood:
        return None, None
    if set(words_of(" ".join(reading.rest))) - _TIME_WORDS or reading.round is not None:
        return None, None
    latest = as_of.latest()
    if reading.when == "latest" and reading.year is None and latest is not None:
        return latest[1], None
    return None, reading.year if reading.year in as_of.years and reading.when is None else None


def _by_name(as_of: AsOf, text: str, season: int | None) -> tuple[str, int | None]:
    """The key of the driver whom a text names, and the year beside the name; raises UnknownDriver."""
    reading = as_of.read(text, season, "driver")
    year = as_of.season(reading.year).year if reading.year is not None else None
    return (reading.driver.key if reading.driver else as_of.driver(text, season).key), year


def _taken_apart(as_of: AsOf, about: str | None, *, asked_elsewhere: bool) -> tuple[str | None, str | None, int | None]:
    """The key of the speaker, the words to search for, and the year that a text asks for; each None where it has none.

    Raises:
        FriendlyError: the text has no word in it.
    """
    if about is None or not words_of(about):
        return None, search_words(about), None
    reading = as_of.read(about)
    asked = None if asked_elsewhere else question_of(about)
    who = as_of.read(asked.speaker, None, "driver") if asked else None
    speaker = None
    if asked and who and len(who.drivers) == 1 and not who.not_understood and who.track is None:
        speaker, about = who.drivers[0].key, asked.about
    # "Like last year" may be somebody's words; only figures are taken for the year of a quote.
    year = reading.year if reading.year in as_of.years and str(reading.year)[2:] in reading.text else None
    words = words_of(without_year(about, as_of.this_year) if year else about)
    kept = without_stop_words(words) if speaker or year else words
    return speaker, join_words(kept) or None, year


async def manage_asked(
    store: Store, scope: Scope, guild: int | None, about: str | None
) -> ManageQuotesQuestion | ManageQuoteQuestion:
    """Which quotes somebody wants to edit: the quote of a number, if there is one, else those that have the words.

    Args:
        store: an open store.
        scope: whose quotes.
        guild: the server, for its own quotes.
        about: what was typed.

    Raises:
        FriendlyError: there is no word in the text, or too much of it.
    """
    number = number_in(about) if about else None
    if number is not None and await own_quote(store, guild if scope is Scope.SERVER else None, number) is not None:
        return ManageQuoteQuestion(number)
    return checked_length(ManageQuotesQuestion(scope, search_words(about)))
