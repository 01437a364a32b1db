"""How a recap puts things: numbers, ordinals, articles, possessives, days and times, tracks and races."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from db.models import EASTERN, Race, Track

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_MONTHS = ("Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
_PRESENTED = re.compile(r"\s+(?:presented|powered|fueled)\s+by\s.*$", re.IGNORECASE)
_PLACE = re.compile(r"\s+(?:at|on)\s.*$", re.IGNORECASE)
_SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv"}
_PARTICLES = {"van", "von", "de", "di", "da", "del", "la", "le", "st."}
_WITH_ARTICLE = re.compile(r"^(?:Circuit|Streets)\b|\b(?:Mile|Course|Track|Circuit|ROVAL)$", re.IGNORECASE)


def spelled(number: int) -> str:
    """``seven``; figures from ten on: ``1,424``."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else f"{number:,}"


def count(number: int, one: str, many: str | None = None) -> str:
    """``one lap``, ``37 laps``, ``no points``."""
    return f"{spelled(number)} {one if abs(number) == 1 else many or one + 's'}"


def times(number: int) -> str:
    """``once``, ``twice``, ``three times``."""
    return {1: "once", 2: "twice"}.get(number) or count(number, "time")


def be(number: int) -> str:
    """``is`` for one, ``are`` for more."""
    return "is" if number == 1 else "are"


def figures(number: int, one: str, many: str | None = None) -> str:
    """``1 lap``, ``6 laps``: always figures, for lines as opposed to sentences."""
    return f"{number:,} {one if abs(number) == 1 else many or one + 's'}"


def ordinal(number: int) -> str:
    """``first`` to ``ninth``, then ``10th``, ``22nd``."""
    if 0 < number < len(_ORDINALS):
        return _ORDINALS[number]
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def an(text: str) -> str:
    """The text with its indefinite article: ``an eighth``, ``an 18th``, ``a first``, ``a 10th``."""
    vowel = text[:1].lower() in "aeio" or re.match(r"(?:8\d*|11|18)(?![\d,])|8[\d,]*", text) is not None
    return f"{'an' if vowel else 'a'} {text}"


def possessive(name: str) -> str:
    """``Heim's``, ``Rhodes'``."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def joined(parts: Iterable[str]) -> str:
    """``A, B and C``; empty for no parts."""
    *most, last = [*parts] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def plain(text: str) -> str:
    """Stored text as one readable line, without control characters and doubled spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def decimals(value: float) -> str:
    """``1.34``, ``0.059``, ``2``: up to three decimals, as many as there are."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def seconds(value: float) -> str:
    """``1.34 seconds``, ``1 second``."""
    said = decimals(value)
    return f"{said} {'second' if said == '1' else 'seconds'}"


def day(value: date) -> str:
    """``Friday, Oct. 17``."""
    return f"{value:%A}, {_MONTHS[value.month - 1]} {value.day}"


def month(value: date) -> str:
    """``October``."""
    return f"{value:%B}"


def clock(moment: datetime) -> str:
    """``4 p.m. ET``, ``7:30 p.m. ET``, ``noon ET``."""
    local = moment.astimezone(EASTERN)
    if (local.hour, local.minute) == (12, 0):
        return "noon ET"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes} {'a.m.' if local.hour < 12 else 'p.m.'} ET"


def surname(name: str) -> str:
    """The surname, for someone already named in full: ``Heim``, ``Stenhouse``, ``van Gisbergen``, ``Perez de Lara``.

    A name with a detail behind it, without which it would mean two people, stays whole.
    """
    if name.endswith(")"):
        return name
    words = name.split()
    while len(words) > 1 and words[-1].lower() in _SUFFIXES:
        words.pop()
    if len(words) < 3:
        return words[-1] if words else name
    at = next((i for i, word in enumerate(words) if 0 < i < len(words) - 1 and word.lower() in _PARTICLES), None)
    if at is None:
        return words[-1]
    return " ".join(words[at if at == 1 else at - 1 :])


def race_name(race: Race) -> str:
    """``the Love's RV Stop 225``: without the presenting sponsor and the place."""
    full = _PRESENTED.sub("", plain(race.name)) or plain(race.name)
    name = _PLACE.sub("", full) or full
    return name if name.lower().startswith("the ") else f"the {name}"


def track_name(track: Track, season: int) -> str:
    """``Talladega Superspeedway``, ``the Milwaukee Mile``, ``EchoPark Speedway (Atlanta)``: its name in that season."""
    name, short = plain(track.name_in(season)), _short(track)
    said = f"the {name}" if _WITH_ARTICLE.search(name) else name
    return said if short.partition(" ")[0].lower() in name.lower() else f"{said} ({short})"


def where(track: Track) -> str:
    """``Talladega``, ``the Charlotte ROVAL``, ``the Bristol dirt``."""
    short = _short(track)
    if track.shape == "dirt oval" and short.endswith(" Dirt"):
        return f"the {short.removesuffix(' Dirt')} dirt"
    return f"the {short}" if _WITH_ARTICLE.search(short) else short


def _short(track: Track) -> str:
    return plain(track.short) or plain(track.name)


def at(track: Track) -> str:
    """``at Talladega``, ``in San Diego`` for a street course, ``on the Bristol dirt``."""
    there = where(track)
    if there.endswith(" dirt"):
        return f"on {there}"
    return f"{'in' if track.shape == 'street course' else 'at'} {there}"


def the(name: str) -> str:
    """A network's name as used in a sentence: ``the NASCAR Racing Network``, ``FOX Sports 1``."""
    name = plain(name)
    return f"the {name}" if name.lower().endswith("network") and not name.lower().startswith("the ") else name
