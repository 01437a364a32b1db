"""The form for a quote: a quote as the form's values, and submitted values as a quote.

Discord gives a form five fields, so three of them take two facts each: the speaker's role and, on the next line, the
occasion; the race and the day; the publisher's name and the link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from bot.errors import FriendlyError, UnknownDriver
from bot.finder import race_title, race_value
from bot.finder.words import name_words, similarity
from bot.seasons.as_of import AsOf
from db.models import EASTERN, Driver, Race
from db.quotes.models import QuoteDraft, clean_draft

WORDS, WHO, ABOUT, WHEN, LINK = "words", "who", "about", "when", "link"
"""The names of the form's fields."""
FIELDS = (WORDS, WHO, ABOUT, WHEN, LINK)

UNKNOWN = "-"
"""Typed for a role that is not known, so that the occasion can follow on the next line."""
ANYBODY = "Put anyone else's name in quotation marks."
LIKE = 0.7
"""From this similarity on, 0 to 1, a word counts as a name with a typo."""
FIRST_YEAR = 1995
"""The first season of the series; no quote can be older."""

_SURROUNDED = re.compile(r"[\"“”«„](?P<inside>[^\"“”«»„]+)[\"“”»]", re.DOTALL)
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", re.ASCII)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPELT = re.compile(
    rf"\b({'|'.join(_MONTHS)})[a-z]*\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", re.ASCII | re.IGNORECASE
)


def parse_form(values: Mapping[str, str], as_of: AsOf, opened_with: QuoteDraft | None = None) -> QuoteDraft:
    """The quote that a submitted form describes.

    Args:
        values: the submitted values by field name.
        as_of: what is known at the moment.
        opened_with: the quote that the form was opened with, if any. A field that was left alone keeps what the quote
            has, since the form's text cannot express all of it: a driver for whom somebody else speaks, or a publisher
            whose name is a link.

    Raises:
        FriendlyError: a driver, race, day or link in it is unknown, or something is missing or too long; one line.
    """
    before = form_values(opened_with, as_of) if opened_with else {}
    parts: dict[str, Any] = {}
    for field, (names, meaning) in _FIELDS.items():
        text = plain(values.get(field, ""))
        if opened_with and text == plain(before[field]):
            parts |= {name: getattr(opened_with, name) for name in names}
        else:
            parts |= zip(names, meaning(text, as_of), strict=True)
    try:
        return clean_draft(QuoteDraft(**parts))
    except ValueError as error:
        line = str(error)
        raise FriendlyError(f"{line[:1].upper()}{line[1:]}.") from None


def with_newer_version(
    values: Mapping[str, str], as_of: AsOf, opened_with: QuoteDraft, current: QuoteDraft
) -> dict[str, str]:
    """Submitted values brought up to date with a quote that changed meanwhile: untouched fields take its new values.

    Args:
        values: the submitted values by field name.
        as_of: what is known at the moment.
        opened_with: the version of the quote that the form was opened with.
        current: the version of the quote now.
    """
    before, now = form_values(opened_with, as_of), form_values(current, as_of)
    touched = {field: values.get(field, "") for field in now if plain(values.get(field, "")) != plain(before[field])}
    return now | touched


def form_values(draft: QuoteDraft, as_of: AsOf) -> dict[str, str]:
    """The form's values for a quote, by field name; parsed together with that quote they give the same quote."""
    day = draft.said_on.isoformat() if draft.said_on else ""
    race = f"{draft.season}.{draft.round}" if draft.round else ""
    return {
        WORDS: draft.words,
        WHO: _as_written(draft, as_of),
        ABOUT: f"{draft.role or UNKNOWN}\n{draft.context}" if draft.context else draft.role or "",
        WHEN: f"{race} {day}".strip(),
        LINK: f"{draft.source or ''} {draft.link or ''}".strip(),
    }


def unquoted(words: str) -> str:
    """The words without quotation marks around them, which every reply adds again."""
    found = _SURROUNDED.fullmatch(words.strip())
    return found["inside"].strip() if found else words.strip()


def speaker_of(text: str, as_of: AsOf) -> tuple[str | None, str]:
    """A driver's key and name, or None and the name of somebody else; raises FriendlyError for half a name.

    A name in quotation marks is taken as it is, and is never a driver's. Without them, a name similar to a driver's
    means that driver, and a full name that is not similar to any means somebody else.
    """
    surrounded = _SURROUNDED.fullmatch(text.strip())
    if surrounded or not text.strip():
        return None, surrounded["inside"] if surrounded else ""
    try:
        driver = as_of.driver(text)
    except UnknownDriver as unknown:
        words = name_words(text)
        if len(words) > 1 and not unknown.several and not as_of.finder.drivers(text, as_of.season(), 1):
            return None, text
        raise FriendlyError(f"{unknown} {ANYBODY}") from None
    if not _names(text, driver):
        # A search may guess. Attributing words to a person takes their name.
        raise FriendlyError(f"Did you mean {driver.name}? Then use that name. {ANYBODY}")
    return driver.key, driver.name


def _names(text: str, driver: Driver) -> bool:
    """Whether every word of a text is, apart from typos, one of the driver's names; a truck number is enough, too."""
    if any(character.isdigit() for character in text):
        return True
    own = {word for name in (driver.name, *driver.aliases) for word in name_words(name)}
    return all(any(_alike(word, name) for name in own) for word in name_words(text))


def _alike(word: str, name: str) -> bool:
    return name.startswith(word) or similarity(word, name) >= LIKE


def _as_written(draft: QuoteDraft, as_of: AsOf) -> str:
    """The speaker in a form that ``speaker_of`` reads back, but for the driver for whom somebody else speaks."""
    name = current_name(draft.driver, draft.speaker, as_of)
    with suppress(FriendlyError):
        if speaker_of(name, as_of) == (draft.driver, name):
            return name
    return f"“{name}”"


def current_name(key: str | None, speaker: str, as_of: AsOf) -> str:
    """The speaker's name. For a driver quoted under any of their names it is the current one."""
    with suppress(FriendlyError):
        driver = as_of.known(key) if key else None
        if driver and name_words(speaker) in {name_words(name) for name in (driver.name, *driver.aliases)}:
            return driver.name
    return speaker


def _about(text: str, _: AsOf) -> tuple[str | None, str]:
    """The speaker's role, None if it is not known, and the occasion."""
    role, context = [*text.split("\n", 1), ""][:2]
    return None if role.strip() in {UNKNOWN, "–", "—"} else role, context.replace("\n", " ")


def _when_and_where(text: str, as_of: AsOf) -> tuple[int | None, int | None, date | None]:
    """Season and round of the race, and the day."""
    race, day = _when(text, as_of)
    return (race.season, race.round, day) if race else (None, None, day)


def _when(text: str, as_of: AsOf) -> tuple[Race | None, date | None]:
    """The race and the day. A race that is not over needs the day, so that quotes of the race itself stay hidden."""
    today = as_of.now.astimezone(EASTERN).date()
    day, rest = _day_in(text)
    if day is not None and day > today:
        raise FriendlyError(f"{day.isoformat()} is in the future; give the day it was said.")
    if day is not None and day.year < FIRST_YEAR:
        raise FriendlyError(f"{day.isoformat()} was before the series began in {FIRST_YEAR}.")
    if not name_words(rest):
        return None, day
    year = f" {day.year}" if day and day.year in as_of.years and not re.search(r"\b(?:19|20)\d\d", rest) else ""
    race = as_of.race(rest + year)
    if race.over_at > as_of.now and day is None:
        raise FriendlyError(
            f"{race_title(race)} isn't over yet; add the day it was said, such as “{race_value(race)} {today}”."
        )
    return race, day


def _day_in(text: str) -> tuple[date | None, str]:
    """The day that a text contains, and the rest of the text."""
    for pattern, order in ((_ISO, (0, 1, 2)), (_SLASHED, (2, 0, 1)), (_SPELT, (2, 0, 1))):
        found = pattern.search(text)
        if found:
            year, month, day = (found.groups()[i] for i in order)
            number = _MONTHS.index(month.casefold()) + 1 if month.isalpha() else int(month)
            try:
                return datetime(int(year), number, int(day), tzinfo=EASTERN).date(), text.replace(found[0], " ", 1)
            except ValueError:
                raise FriendlyError(f"{found[0]} isn't a date; write it like 2025-10-17.") from None
    return None, text


def _published(text: str, _: AsOf) -> tuple[str | None, str | None]:
    """The publisher's name and the link, which is recognized by its "://"; either may be missing."""
    words = text.split()
    if words and "://" in words[-1]:
        return " ".join(words[:-1]) or None, words[-1]
    return " ".join(words) or None, None


def plain(text: str) -> str:
    """A value without the line ends and spaces that Discord's client may add."""
    return text.replace("\r\n", "\n").strip()


_FIELDS: Mapping[str, tuple[tuple[str, ...], Callable[[str, AsOf], tuple[Any, ...]]]] = {
    WORDS: (("words",), lambda text, _: (unquoted(text),)),
    WHO: (("driver", "speaker"), speaker_of),
    ABOUT: (("role", "context"), _about),
    WHEN: (("season", "round", "said_on"), _when_and_where),
    LINK: (("source", "link"), _published),
}
"""By field, the parts of a quote that it holds, and how its text is parsed."""
