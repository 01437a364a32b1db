"""Takes a message apart that quotes somebody: the words, who said them, when, the publisher, and the link."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from bot.errors import FriendlyError
from bot.quotes.form_parser import ABOUT, LINK, UNKNOWN, WHEN, WHO, WORDS, plain, speaker_of, unquoted
from bot.seasons.as_of import AsOf
from db.user_text import clean_link

NEAR_THE_EDGE = 200
"""How many characters at either end of a message are searched for who said it; a name has at most 80."""

_ANY_LINK = re.compile(
    r"\[(?P<name>[^\[\]\n]{1,80})\]\(<?(?P<masked>https?://[^\s<>()]{1,400})>?\)|<?(?P<bare>https?://[^\s<>]{1,500})>?",
    re.IGNORECASE,
)
_AFTER_LINK = ".,:;!?\"'”’*_~|`]}"
_LEFT_BRACKETS = re.compile(r"\(\s*(?:(?:via|from|source)\b:?\s*)?(?:(?P<name>[^():\n]{1,60}):)?\s*\)", re.IGNORECASE)
"""The brackets that a link leaves behind: ``(via FOX: )``."""
_TRUCK = re.compile(r"(?:#|\bno\.?\s*)\d{1,3}\b", re.IGNORECASE)
_SAID = r"(?:said|says|told\s+\w+(?:\s+\w+)?|explained|added|posted|tweeted)"
_IN_BRACKETS = r"(?:\s*[(\[](?P<source>[^()\[\]\n]{1,60})[)\]])?"
_OCCASION = r"(?:\s+(?P<occasion>(?:after|before|on|about|at|following)\s[^:\"“”\n]{2,100}?))?"
_LED = re.compile(
    rf"\A[*_]*(?P<who>[^:\"“”\n]{{2,80}}?)[*_]*{_IN_BRACKETS}{_OCCASION}"
    rf"(?:\s+{_SAID})?{_IN_BRACKETS.replace('source', 'source2')}\s*(?::[*_]*|,?(?=\s*[\"“]))\s*(?=\S)",
    re.IGNORECASE,
)
"""``Heim:``, ``Corey Heim (FOX) said:`` or ``Heim after the race, "`` before the words."""
_SIGNED = re.compile(
    rf"(?:\n|(?<=[\"”»]) ?)[—–―-]++\s*+(?P<who>[^\n—–―()\[\]]{{2,80}}?){_IN_BRACKETS}\s*\Z", re.IGNORECASE
)
"""``— Corey Heim (FOX)`` on a line of its own or behind a closing quotation mark."""
_SIGNED_IN_LINE = re.compile(rf" [—–―-]++ ?(?P<who>[^\n—–―()\[\]\"“”]{{2,80}}?){_IN_BRACKETS}\s*\Z", re.IGNORECASE)
"""The same behind words without quotation marks."""
_BELOW = re.compile(rf"(?<=[\"”»])\n(?P<who>[^\n()\[\]]{{2,80}}?){_IN_BRACKETS}\s*\Z")
"""A name on the line below words in quotation marks."""
_TOLD = re.compile(
    rf"(?<=[\"”»])\s*,?\s*(?:{_SAID}\s+(?P<who>[^\n()\[\]\"“”]{{2,80}}?)|(?P<who2>[^\n()\[\]\"“”]{{2,80}}?)\s+{_SAID})"
    rf"{_IN_BRACKETS}[.]?\s*\Z",
    re.IGNORECASE,
)
"""``"…," Heim said.`` and ``"…," said Heim.`` behind the words."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a message says beside the ``words``: who said them, in which role, on what occasion, published by whom."""

    words: str
    who: str
    role: str = ""
    occasion: str = ""
    publisher: str = ""


def form_values_of_message(texts: Iterable[str], link: str, as_of: AsOf) -> dict[str, str]:
    """The form's values for a message, by field name.

    Args:
        texts: the message's text, and the descriptions of its pictures and previews.
        link: the link to the message, which is the source's where the text has no link.
        as_of: what is known; before the words only a driver is taken as the speaker, signed below them anybody.
    """
    given = [plain(part).split("\n") for part in texts if part.strip()]
    lines = (" ".join(line.removeprefix("> ").split()) for part in given for line in part)
    # Without long runs of blanks no pattern goes over them again and again.
    words, source, found = _without_links(re.sub("\n{3,}", "\n\n", "\n".join(lines)))
    words = re.sub("\n{3,}", "\n\n", words).strip()
    taken = _led(words, as_of) or _signed(words, as_of) or _Taken(words, "")
    about = f"{taken.role or UNKNOWN}\n{taken.occasion}" if taken.occasion else taken.role
    published = f"{source or taken.publisher} {found or link}".strip()
    return {WORDS: unquoted(taken.words), WHO: taken.who, ABOUT: about, WHEN: "", LINK: published}


def _without_links(text: str) -> tuple[str, str, str]:
    """The text without links, the publisher named with the first one, and that link; "" for what is missing."""
    publisher, first, done = "", "", 0
    parts: list[str] = []
    for found in _ANY_LINK.finditer(text):
        address = found["masked"] or _address(found["bare"])
        try:
            clean_link(address)
        except ValueError:
            continue
        if not first:
            first, publisher = address, found["name"] or ""
        whole = found["masked"] or found[0].endswith(">")
        end = found.end() if whole else found.start("bare") + len(address)
        parts.append(text[done : found.start()].rstrip(" "))
        done = end
    rest = "".join([*parts, text[done:]])
    if first:
        named = _LEFT_BRACKETS.search(rest)
        publisher = publisher or (named["name"] or "" if named else "")
        rest = "\n".join(line.strip(" ,") for line in _LEFT_BRACKETS.sub("", rest).split("\n"))
    return "\n".join(line.strip() for line in rest.split("\n")), publisher, first


def _address(text: str) -> str:
    """The link without punctuation of the sentence around it; a bracket that the link itself opened stays."""
    while text and (text[-1] in _AFTER_LINK or (text[-1] == ")" and text.count("(") < text.count(")"))):
        text = text[:-1]
    return text


def _led(words: str, as_of: AsOf) -> _Taken | None:
    """A text that begins with the name of a driver who said it; None for another text."""
    found = _LED.match(words[:NEAR_THE_EDGE])
    # "4:30" is a time and "Lap 22:" a lap; a truck number leads only beside its driver's name.
    named = found is not None and not any(each.isdigit() for each in _TRUCK.sub("", found["who"]))
    name = _driver_named(found["who"], as_of) if found and named else ""
    if found is None or not name:
        return None
    publisher = _publisher(found["source"] or found["source2"])
    return _Taken(words[found.end() :].strip(), name, occasion=found["occasion"] or "", publisher=publisher)


def _signed(words: str, as_of: AsOf) -> _Taken | None:
    """A text that ends with who said it: behind a dash below the words anybody, else a driver; None for another."""
    start = max(1, len(words) - NEAR_THE_EDGE)
    for pattern in (_SIGNED, _TOLD, _BELOW, _SIGNED_IN_LINE):
        found = pattern.search(words, start)
        if found is None:
            continue
        typed, _, role = (found["who"] or found.groupdict().get("who2") or "").partition(", ")
        who = _driver_named(typed, as_of)
        if not who and pattern is _SIGNED:
            with suppress(FriendlyError):
                who, role = speaker_of(found["who"], as_of)[1], ""
        if who and (pattern is not _SIGNED_IN_LINE or not any(each.isdigit() for each in typed)):
            said = words[: found.start()].strip()
            return _Taken(_without_comma(said), who, role=role, publisher=_publisher(found["source"]))
    return None


def _driver_named(text: str, as_of: AsOf) -> str:
    """The name of the driver whom a text names, a number beside it or not; "" where it names nobody clearly."""
    name = _TRUCK.sub("", text).strip(" ,*_")
    with suppress(FriendlyError):
        key, known = speaker_of(name, as_of)
        return known if key is not None else ""
    return ""


def _without_comma(words: str) -> str:
    """The words without the comma that an English sentence puts before "Heim said"."""
    return re.sub(r",(?=[\"”»]?\Z)", "", words)


def _publisher(text: str | None) -> str:
    """A publisher's name in brackets; somebody's handle is none."""
    name = re.sub(r"^(?:via|from|source:?|to)\s+", "", (text or "").strip(), flags=re.IGNORECASE)
    return "" if name.startswith("@") else name
