"""A quote as fans see it: the words, who said them, when and where; or what there is if none was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from discord import ui

from bot.questions.core import DriverQuestion, ResultsQuestion
from bot.questions.quotes import (
    LAST_PAGE,
    AnotherQuoteQuestion,
    ManageQuoteQuestion,
    QuoteQuestion,
    RandomQuoteQuestion,
)
from bot.render.blocks import Accent, Page, card, make_accent
from bot.render.buttons import BUTTONS, Link, pager, row
from bot.render.formatting import count, day, escape, joined, listed, race_name, stamp
from bot.render.on_this_day import PastDay
from bot.render.user_text import as_typed_in_line, shortened
from db.models import Driver, Entry, Race
from db.quotes.models import Quote
from db.user_text import clean_link

ROOM = 3900
"""Characters for a quote with everything around it, of the 4,000 in a message; long words are shortened to fit."""
CHAT = {"discord.com", "ptb.discord.com", "canary.discord.com"}


@dataclass(frozen=True, slots=True)
class QuoteFacts:
    """A quote with its race and truck.

    Attributes:
        quote: the quote.
        race: the race at which it was said, if it names one that is on record.
        entry: the driver's truck in that race.
        results: whether the race has results to link to.
        editable: whether the requester may edit the quote.
    """

    quote: Quote
    race: Race | None = None
    entry: Entry | None = None
    results: bool = False
    editable: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What was searched for; a part that was not asked for is None or empty.

    ``any_word`` says that some of the words were enough.
    """

    words: tuple[str, ...] = ()
    driver: Driver | None = None
    race: Race | None = None
    year: int | None = None
    any_word: bool = False


@dataclass(frozen=True, slots=True)
class NothingFoundFacts:
    """What there is instead when nothing was found.

    Attributes:
        asked: what was searched for.
        counts: the words in their order, and how many quotes contain each; counting ends at ``most_counted``.
        without: how many quotes fit the rest of the search, without the words.
        corrected: the words with names corrected, if they resemble some.
        other_driver: a driver whom the words name, and how many quotes are from that driver.
        speakers: everyone of whom there are quotes, as driver's key, name and number; those with the most first.
        may_save: whether the requester may save a quote.
        most_counted: where counting the quotes with a word ends.
    """

    asked: Asked
    counts: tuple[tuple[str, int], ...] = ()
    without: int = 0
    corrected: tuple[str, ...] = ()
    other_driver: tuple[Driver, int] | None = None
    speakers: tuple[tuple[str | None, str, int], ...] = ()
    may_save: bool = False
    most_counted: int = 1000


def found(
    facts: QuoteFacts, asked: Asked, question: QuoteQuestion, total: int, now: datetime, *, more: bool = False
) -> ui.LayoutView:
    """A page of search results, which is one quote.

    Args:
        facts: the quote on the page.
        asked: what was searched for.
        question: the search as a question, with this page.
        total: how many quotes were found.
        now: the current time.
        more: whether more quotes fit than were counted.
    """
    page = Page.of(question.page, 1, min(total, LAST_PAGE))
    place = f"{page.number:,} of {total:,}{'+' if more else ''}" if total > 1 else "The only quote"
    links = pager(page, lambda number: replace(question, page=number))
    return _card(facts, links, [listed([f"{place}{_described(asked)}", number_of(facts.quote, now)])])


def single(facts: QuoteFacts, now: datetime, *, random: bool = False) -> ui.LayoutView:
    """One quote by itself; a ``random`` one has a button for another."""
    links = [Link("Another", RandomQuoteQuestion(facts.quote.id))] if random else []
    return _card(facts, links, [number_of(facts.quote, now)])


def of_the_day(facts: QuoteFacts, now: datetime, mark: str, past: PastDay | None = None) -> ui.LayoutView:
    """The quote that a channel gets unasked; ``mark`` is the outbox row's, ``past`` what else the server wants told."""
    links = [Link("Another", AnotherQuoteQuestion(facts.quote.id, mark)), *_links_onward(facts)]
    small = [number_of(facts.quote, now)]
    if past is None:
        return under("Quote of the day", facts, small, links)
    return under("Quote of the day", facts, small, [*links, Link("On this day", past.question)], also=past.line)


def under(
    title: str,
    facts: QuoteFacts,
    small: Sequence[str],
    links: Sequence[Link],
    select: ui.ActionRow[Any] | None = None,
    *,
    also: str = "",
) -> ui.LayoutView:
    """A quote under a title of its own, with the speaker below the words, and below that what is said ``also``."""
    below = f"**{speaker(facts)}**\n{attribution(facts)}".strip()
    return card(
        title,
        spoken(facts.quote.words, title, below, also, *small),
        below,
        also,
        accent=accent_of(facts),
        small=small,
        controls=row(links),
        select=select,
    )


def spoken(words: str, *others: str) -> str:
    """The words in quotation marks, as they were typed, shortened to leave room for the other texts."""
    return f"“{shortened(words, ROOM - sum(map(len, others)))}”"


def speaker(facts: QuoteFacts) -> str:
    """Who said it, escaped, with their truck number in that race."""
    number = f"#{escape(facts.entry.number)} " if facts.entry else ""
    return f"{number}{as_typed_in_line(facts.quote.speaker)}"


def attribution(facts: QuoteFacts) -> str:
    """The role at the time, the occasion, the race with the day, and the source: a line for each that is known."""
    quote = facts.quote
    role = as_typed_in_line(quote.role or "")
    occasion = as_typed_in_line(quote.context[:1].upper() + quote.context[1:] if quote.context else "")
    return "\n".join(filter(None, [role, occasion, _when(quote, facts.race), _source(quote)]))


def accent_of(facts: QuoteFacts) -> Accent:
    return make_accent(facts.entry.make if facts.entry else None)


def number_of(quote: Quote, now: datetime) -> str:
    """Small print: the quote's number and, for a server's own, when it was saved."""
    if quote.guild is None:
        return f"Quote {quote.id}"
    saved = f"saved {stamp(quote.added_at, 'd')}" if quote.added_at <= now else ""
    return listed([f"Quote {quote.id}", "this server only", saved])


def nothing_found(facts: NothingFoundFacts) -> ui.LayoutView:
    """That nothing was found, and what there is instead."""
    asked = facts.asked
    question = QuoteQuestion(
        driver=asked.driver.key if asked.driver else None,
        year=asked.race.season if asked.race else asked.year,
        round=asked.race.round if asked.race else None,
    )
    links = []
    if facts.corrected:
        links.append(Link(" ".join(facts.corrected), replace(question, about="_".join(facts.corrected))))
    if facts.without:
        links.append(Link(_show_all(facts.without), question))
    if facts.other_driver and facts.other_driver[1]:
        driver, quotes = facts.other_driver
        links.append(Link(f"{driver.name} ({quotes})", QuoteQuestion(driver=driver.key)))
    links += [Link(f"{name} ({quotes})", QuoteQuestion(driver=key)) for key, name, quotes in facts.speakers if key]
    total = sum(quotes for *_, quotes in facts.speakers)
    save = " `/quote-add` saves the first one." if facts.may_save else ""
    return card(
        "No quotes found" if total else "No quotes yet",
        f"There are none{_described(asked) or ' here'}." if total else f"Nothing has been saved here yet.{save}",
        "\n".join(filter(None, [_counted(facts), _instead(facts)])),
        _speakers(facts.speakers),
        accent=Accent.YELLOW,
        small=[
            f"{count(total, 'quote')} on record here. `/quote` alone picks one at random."
            if total
            else "`/help` has more."
        ],
        controls=row(_different(links)[:BUTTONS]),
    )


def nothing_but(asked: Asked) -> str:
    """A line over quotes that are only near to what was searched for."""
    return f"-# Nothing{_described(asked)} is on record here. This is what comes nearest."


def _card(facts: QuoteFacts, links: Sequence[Link], small: Sequence[str]) -> ui.LayoutView:
    onward = _links_onward(facts)
    if facts.editable:
        onward.append(Link("Edit", ManageQuoteQuestion(facts.quote.id)))
    title, below = speaker(facts), attribution(facts)
    return card(
        title,
        spoken(facts.quote.words, title, below, *small),
        below,
        accent=accent_of(facts),
        small=small,
        controls=row([*links, *onward]),
    )


def _links_onward(facts: QuoteFacts) -> list[Link]:
    """Links to the results and to the driver, if there are any."""
    links = []
    if facts.race and facts.results:
        links.append(Link("Results", ResultsQuestion(facts.race.season, facts.race.round)))
    if facts.quote.driver and facts.entry:
        links.append(Link(facts.quote.speaker, DriverQuestion(facts.quote.driver, facts.quote.season)))
    return links


def _when(quote: Quote, race: Race | None) -> str:
    said = _dated(quote.said_on) if quote.said_on else ""
    if race is None:
        return said
    when = _dated(race.date)
    where = f"{escape(race_name(race))}, {escape(race.track.short)}"
    return listed([where, when, f"said {said}" if said and said != when else ""])


def _dated(value: date) -> str:
    return f"{day(value)}, {value.year}"


def _source(quote: Quote) -> str:
    """The source by name, and a link to it. The link's text is made here, so that it cannot name another site."""
    name = as_typed_in_line(quote.source or "")
    try:
        address = clean_link(quote.link) if quote.link else ""
    except ValueError:
        address = ""
    link = f"[{_label(address)}]({address})" if address else ""
    return f"**Source** {listed([name, link])}" if name or link else ""


def _label(address: str) -> str:
    parts = urlsplit(address)
    if parts.hostname in CHAT and parts.path.startswith("/channels/"):
        return "the message"
    return f"open {escape((parts.hostname or '').removeprefix('www.'))}"


def _described(asked: Asked) -> str:
    """What was searched for, to follow a noun: `` with “fuel” by Corey Heim at Talladega 2025``."""
    some = "some of " if asked.any_word else ""
    parts = [f" with {some}“{as_typed_in_line(' '.join(asked.words))}”"] if asked.words else []
    parts += [f" by {as_typed_in_line(asked.driver.name)}"] if asked.driver else []
    if asked.race:
        parts.append(f" from {escape(asked.race.track.short)} {asked.race.season}")
    elif asked.year:
        parts.append(f" from {asked.year}")
    return "".join(parts)


def _counted(facts: NothingFoundFacts) -> str:
    """How many quotes contain each word, if there are several words."""
    if len(facts.counts) < 2:
        return ""
    parts = []
    for word, number in facts.counts:
        many = f"{number:,} or more" if number >= facts.most_counted else f"{number:,}" if number else "none"
        parts.append(f"**{as_typed_in_line(word)}** is in {many}")
    return f"{joined(parts)}."


def _instead(facts: NothingFoundFacts) -> str:
    parts = []
    if facts.corrected:
        parts.append(f"Did you mean **{as_typed_in_line(' '.join(facts.corrected))}**?")
    if facts.without:
        rest = replace(facts.asked, words=())
        are = "is" if facts.without == 1 else "are"
        parts.append(f"There {are} {count(facts.without, 'quote')}{_described(rest)}.")
    if facts.other_driver:
        driver, quotes = facts.other_driver
        parts.append(f"{as_typed_in_line(driver.name)} has {count(quotes, 'quote') if quotes else 'none'} here.")
    return " ".join(parts)


def _speakers(speakers: Sequence[tuple[str | None, str, int]]) -> str:
    """How many people there are quotes from; the buttons name those with the most."""
    if not speakers:
        return ""
    if len(speakers) == 1:
        return f"Every quote here is from {as_typed_in_line(speakers[0][1])}."
    return f"There are quotes from **{len(speakers)} people**; the buttons go to those with the most."


def _show_all(number: int) -> str:
    return "Show that one" if number == 1 else f"Show all {number:,}"


def _different(links: Sequence[Link]) -> list[Link]:
    """The links without those that lead to the same place as an earlier one."""
    return list({link.question: link for link in reversed(links)}.values())[::-1]
