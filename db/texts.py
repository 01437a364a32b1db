"""What people bring in words: quotes and an editor's recaps, how long they may be, and which links they may hold."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from urllib.parse import quote, urlsplit

WORDS = 2000
"""Characters of a quote at most, as are all the limits here."""
SECTION_WORDS = 3000
"""Of an editor's words for one section of a recap."""
SPEAKER = 80
ROLE = 100
CONTEXT = 200
SOURCE = 120
LINK = 500
AUTHOR = 80

_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe0e\ufe0f"
_RANGES = (
    *((0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200B)),
    *((0x200E, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0D), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF), (0xAD, 0xAD)),
)
_UNSEEN = frozenset(code for first, last in _RANGES for code in range(first, last + 1))
"""Characters that are not seen, or turn about and hide the text around them: what Unicode calls default ignorable, but
for the joiners and the selectors of emoji."""
BLANK = "\u2800"
"""Braille without a dot: a sign by its kind, and nothing to be seen."""

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_PLAIN = "/:=&?~+!$,;@'*%"
"""What stands in the rest of a link as it is; brackets of all kinds are written as %28 and the like, since Markdown
would take them for its own."""


class SectionKind(StrEnum):
    """The sections of a recap, in their order."""

    NUTSHELL = "nutshell"
    TOP = "top"
    MOVE = "move"
    PLAYOFFS = "playoffs"
    ROOKIES = "rookies"
    QUOTES = "quotes"
    PAINT = "paint"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class RecapText:
    """An editor's words for one section of a race's recap; ``picture`` is an https link."""

    season: int
    round: int
    section: SectionKind
    words: str
    picture: str | None
    author: str
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class RecapVersion:
    """A step of a section's history: how it read from then on, None where it was taken back.

    ``editor`` is a Discord id; None where the words came with a document.
    """

    id: int
    text: RecapText | None
    editor: int | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """What somebody wants to save. ``driver`` is a driver's key; a race is named by ``season`` and ``round``, both."""

    speaker: str
    words: str
    driver: str | None = None
    role: str | None = None
    context: str | None = None
    season: int | None = None
    round: int | None = None
    said_on: date | None = None
    source: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """A saved quote. ``guild`` None is the operator's, seen everywhere; a server's own stay there.

    ``driver`` is a driver's key; ``role`` the speaker's at the time; ``season`` and ``round`` name the race.
    """

    id: int
    guild: int | None
    driver: str | None
    speaker: str
    role: str | None
    words: str
    context: str | None
    season: int | None
    round: int | None
    said_on: date | None
    source: str | None
    link: str | None
    added_by: int | None
    added_at: datetime

    def draft(self) -> QuoteDraft:
        """What of it can be edited."""
        return QuoteDraft(
            speaker=self.speaker,
            words=self.words,
            driver=self.driver,
            role=self.role,
            context=self.context,
            season=self.season,
            round=self.round,
            said_on=self.said_on,
            source=self.source,
            link=self.link,
        )


@dataclass(frozen=True, slots=True)
class QuoteVersion:
    """A step of a quote's history; ``before`` is how it read until then, None for the first step."""

    quote_id: int
    changed_at: datetime
    changed_by: int | None
    action: Literal["added", "edited", "deleted"]
    before: QuoteDraft | None


def clean(text: str, limit: int, *, lines: bool = False) -> str:
    """Text from a person in its normal form (NFC), without control characters, odd spaces and what hides or turns text.

    Args:
        text: anything.
        limit: characters at most, counted when all that is out.
        lines: keep line breaks (and at most one empty line in a row), else they become spaces.

    Returns:
        the text, "" where nothing is left that can be seen.

    Raises:
        ValueError: it is too long; the message is one line.
    """
    if text.isascii() and text.isprintable():
        # Most text is one line of plain letters and signs, of which the steps below could change nothing but spaces.
        return _of_length(" ".join(text.split()), limit)
    told = _BREAKS.sub("\n" if lines else " ", unicodedata.normalize("NFC", text))
    told = told.replace("\t", " ").replace(BLANK, " ")
    told = _with_joiners_of_use("".join(c for c in told if c == "\n" or not _is_no_text(c)))
    told = "\n".join(" ".join(line.split()) for line in told.split("\n")).strip()
    told = unicodedata.normalize("NFC", re.sub("\n{3,}", "\n\n", told))
    if not any(unicodedata.category(c)[0] in "LNPS" for c in told):
        return ""
    return _of_length(told, limit)


def _of_length(text: str, limit: int) -> str:
    if len(text) > limit:
        raise ValueError(f"is {len(text)} characters long; {limit} is the most")
    return text


def _is_no_text(character: str) -> bool:
    """Control characters, lone surrogates (which could not even be stored), those for private use, and the unseen."""
    return ord(character) in _UNSEEN or unicodedata.category(character) in {"Cc", "Co", "Cs"}


def _with_joiners_of_use(text: str) -> str:
    """The text without joiners and selectors that join and select nothing, and so would only hide in a word."""
    text = unicodedata.normalize("NFC", text)
    kept: list[str] = []
    for number, character in enumerate(text):
        before, after = "".join(kept[-1:]), text[number + 1 : number + 2]
        if character in _JOINERS and not _joins(before, after):
            continue
        if character in _SELECTORS and not _selects(before, after):
            continue
        kept.append(character)
    return "".join(kept)


def _joins(before: str, after: str) -> bool:
    """Whether a joiner has its place there: emoji and the scripts that need one lie beyond the alphabets of Europe."""
    return before >= "\u0600" and after >= "\u0600" and after not in _JOINERS + _SELECTORS and not after.isspace()


def _selects(before: str, after: str) -> bool:
    """Whether a selector follows a sign, or makes a key of a digit, as emoji have it."""
    if after == "\u20e3":
        return before in set("0123456789#*")
    return before == "ℹ" or (before > "\x7f" and unicodedata.category(before)[0] in "PS")


def http_link(text: str) -> str:
    """A link in its normal form: http or https, a host's name, nothing that Markdown could stumble over.

    Raises:
        ValueError: it is no such link; the message is one line that says what one looks like.
    """
    return _link(text, ("http", "https"))


def https_picture(text: str) -> str:
    """A picture's link in its normal form, by https alone. Nobody looks at what is behind it.

    Raises:
        ValueError: as ``http_link``.
    """
    return _link(text, ("https",))


def _link(text: str, schemes: tuple[str, ...]) -> str:
    text = unicodedata.normalize("NFC", text.strip())
    shown = repr(text if len(text) <= 60 else text[:59] + "…")
    wrong = ValueError(
        f"{shown} is not a link; one begins with {' or '.join(f'{each}://' for each in schemes)} and has no spaces"
    )
    if re.search(r"[\s\\]", text) or any(_is_no_text(c) for c in text):
        raise wrong
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
    except ValueError:  # UnicodeError is one
        raise wrong from None
    if parts.scheme not in schemes:
        raise wrong
    if "@" in parts.netloc or not _HOST.fullmatch(host):
        raise ValueError(f"{shown} is not a link to a site, such as {schemes[-1]}://www.nascar.com/news")
    # A percent sign that introduces no byte stands for itself.
    rest = [
        re.sub("%(?![0-9A-Fa-f]{2})", "%25", quote(part, safe=_PLAIN))
        for part in (parts.path, parts.query, parts.fragment)
    ]
    link = f"{parts.scheme}://{host}{f':{port}' if port else ''}{rest[0] or '/'}"
    link += (f"?{rest[1]}" if rest[1] else "") + (f"#{rest[2]}" if rest[2] else "")
    if len(link) > LINK:
        raise ValueError(f"{shown} is {len(link)} characters long; {LINK} is the most for a link")
    return link


def clean_draft(draft: QuoteDraft) -> QuoteDraft:
    """The draft with every text in its normal form.

    Raises:
        ValueError: one line that names what is missing, too long or no link.
    """
    cleaned = replace(
        draft,
        speaker=_named("the speaker", draft.speaker, SPEAKER) or "",
        words=_named("the quote", draft.words, WORDS, lines=True) or "",
        role=_named("the role", draft.role, ROLE),
        context=_named("the context", draft.context, CONTEXT),
        source=_named("the source", draft.source, SOURCE),
        link=http_link(draft.link) if draft.link and draft.link.strip() else None,
    )
    if not cleaned.words:
        raise ValueError("the quote is empty; give the words that were said")
    if not cleaned.speaker:
        raise ValueError("nobody is named; give the name of who said it")
    if (cleaned.season is None) != (cleaned.round is None):
        raise ValueError("a race is named by its season and its round, both")
    return cleaned


def clean_recap(text: RecapText) -> RecapText:
    """An editor's text with every text in its normal form; raises as ``clean_draft`` does."""
    cleaned = replace(
        text,
        words=_named("the section", text.words, SECTION_WORDS, lines=True) or "",
        author=_named("the author", text.author, AUTHOR) or "",
        picture=https_picture(text.picture) if text.picture and text.picture.strip() else None,
    )
    if not cleaned.words:
        raise ValueError("the section is empty; go back to the automatic text to show that again")
    if not cleaned.author:
        raise ValueError("the author is missing; a section is marked with the name of who wrote it")
    return cleaned


def _named(what: str, text: str | None, limit: int, *, lines: bool = False) -> str | None:
    try:
        return clean(text or "", limit, lines=lines) or None
    except ValueError as error:
        raise ValueError(f"{what} {error}") from None
