"""Cleans text and links that people wrote: normal form, nothing invisible, no longer than allowed."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

LINK_LIMIT = 500
"""Characters of a link at most."""
LINE_LIMIT = 1000
"""Characters of a line about something that went wrong at most."""

_BREAKS = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe0e\ufe0f"
_RANGES = (
    *((0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200B)),
    *((0x200E, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0D), (0xFEFF, 0xFEFF)),
    *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF), (0xAD, 0xAD)),
)
_INVISIBLE = frozenset(code for first, last in _RANGES for code in range(first, last + 1))
"""Characters that cannot be seen, or that reverse or hide the text around them. Unicode calls them default ignorable;
the joiners and selectors that emoji need are not among them."""
BLANK = "\u2800"
"""A Braille pattern without dots: Unicode counts it as a symbol, but nothing can be seen."""

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})")
_UNESCAPED = "/:=&?~+!$,;@'*%"
"""Characters that stay as they are after the host. Brackets of all kinds are percent-encoded, because Markdown would
read them as the end of its own link."""


def clean_text(text: str, limit: int, *, lines: bool = False) -> str:
    """Text from a person in normal form (NFC), without control, invisible or reversing characters and odd spaces.

    Args:
        text: any text.
        limit: the most characters, counted after cleaning.
        lines: keep line breaks, with at most one empty line in a row; otherwise they become spaces.

    Returns:
        the text, or "" if nothing visible is left.

    Raises:
        ValueError: the text is too long; the message is one line.
    """
    if text.isascii() and text.isprintable():
        # Most text is one line of plain letters and signs, of which the steps below could change nothing but spaces.
        return _of_length(" ".join(text.split()), limit)
    cleaned = _BREAKS.sub("\n" if lines else " ", unicodedata.normalize("NFC", text))
    cleaned = cleaned.replace("\t", " ").replace(BLANK, " ")
    cleaned = _without_idle_joiners("".join(c for c in cleaned if c == "\n" or not is_not_text(c)))
    cleaned = "\n".join(" ".join(line.split()) for line in cleaned.split("\n")).strip()
    cleaned = unicodedata.normalize("NFC", re.sub("\n{3,}", "\n\n", cleaned))
    if not any(unicodedata.category(c)[0] in "LNPS" for c in cleaned):
        return ""
    return _of_length(cleaned, limit)


def _of_length(text: str, limit: int) -> str:
    if len(text) > limit:
        raise ValueError(f"is {len(text)} characters long; {limit} is the most")
    return text


def is_control(character: str) -> bool:
    """Whether it is a control or private-use character, or a lone surrogate, which cannot be stored."""
    return unicodedata.category(character) in {"Cc", "Co", "Cs"}


def is_not_text(character: str) -> bool:
    """Whether it is a control character, or one that cannot be seen or hides the text around it."""
    return ord(character) in _INVISIBLE or is_control(character)


def one_line(text: str, limit: int = LINE_LIMIT) -> str:
    """A text of whatever origin as a line that can be stored, logged and printed; never raises.

    What cannot be seen is written as its code, such as <U+001B>: a terminal would obey some of it, and a lone surrogate
    can neither be stored nor printed.
    """
    line = " ".join(text[: 2 * limit].split())
    if not (line.isascii() and line.isprintable()):
        line = "".join(f"<U+{ord(c):04X}>" if is_not_text(c) else c for c in line)
    return line if len(line) <= limit and len(text) <= 2 * limit else f"{line[: limit - 1]}…"


def _without_idle_joiners(text: str) -> str:
    """The text without joiners and selectors that have no effect where they are, and would only hide inside a word."""
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
    """Whether a joiner has an effect there: emoji and the scripts that need one come after Europe's alphabets."""
    return before >= "\u0600" and after >= "\u0600" and after not in _JOINERS + _SELECTORS and not after.isspace()


def _selects(before: str, after: str) -> bool:
    """Whether a selector follows a symbol, or turns a digit into a keycap, as it does in emoji."""
    if after == "\u20e3":
        return before in set("0123456789#*")
    return before == "ℹ" or (before > "\x7f" and unicodedata.category(before)[0] in "PS")


def clean_link(text: str) -> str:
    """A link in normal form: http or https, a host name, and nothing that Markdown would misread.

    Raises:
        ValueError: it is not such a link; the message is one line that says what a link looks like.
    """
    return _link(text, ("http", "https"))


def clean_picture_link(text: str) -> str:
    """The link of a picture in normal form, https only. The picture itself is not fetched or checked.

    Raises:
        ValueError: as for ``clean_link``.
    """
    return _link(text, ("https",))


def _link(text: str, schemes: tuple[str, ...]) -> str:
    text = unicodedata.normalize("NFC", text.strip())
    shown = repr(text if len(text) <= 60 else text[:59] + "…")
    wrong = ValueError(
        f"{shown} is not a link; one begins with {' or '.join(f'{each}://' for each in schemes)} and has no spaces"
    )
    if re.search(r"[\s\\]", text) or any(is_not_text(c) for c in text):
        raise wrong
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
    except ValueError:  # a UnicodeError is a ValueError as well
        raise wrong from None
    if parts.scheme not in schemes:
        raise wrong
    if "@" in parts.netloc or not _HOST.fullmatch(host):
        raise ValueError(f"{shown} is not a link to a site, such as {schemes[-1]}://www.nascar.com/news")
    # A percent sign that is not followed by two hexadecimal digits is a character of its own.
    rest = [
        re.sub("%(?![0-9A-Fa-f]{2})", "%25", quote(part, safe=_UNESCAPED))
        for part in (parts.path, parts.query, parts.fragment)
    ]
    link = f"{parts.scheme}://{host}{f':{port}' if port else ''}{rest[0] or '/'}"
    link += (f"?{rest[1]}" if rest[1] else "") + (f"#{rest[2]}" if rest[2] else "")
    if len(link) > LINK_LIMIT:
        raise ValueError(f"{shown} is {len(link)} characters long; {LINK_LIMIT} is the most for a link")
    return link


def clean_part(what: str, text: str | None, limit: int, *, lines: bool = False) -> str | None:
    """As ``clean_text``, but None if nothing is left; ``what`` names the part in the error message."""
    try:
        return clean_text(text or "", limit, lines=lines) or None
    except ValueError as error:
        raise ValueError(f"{what} {error}") from None
