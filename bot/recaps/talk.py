"""Talkin' truckers: what was said at the race, word for word, with who said it, where and when."""

from __future__ import annotations

from bot.recaps.facts import TITLES, Line, Section
from bot.recaps.phrases import figures, plain
from bot.recaps.scene import Scene
from db.quotes.models import Quote
from db.recaps.models import SECTION_LIMIT, SectionKind

QUOTES = 6
"""So many are shown at most."""
_MARKS = '“”"'


def talk(scene: Scene, room: int = SECTION_LIMIT) -> Section | None:
    """The race's quotes as far as they fit.

    Args:
        scene: the race.
        room: characters there are for them.

    Returns:
        the section without paragraphs; None where there are no quotes.
    """
    lines: list[Line] = []
    quotes = scene.facts.quotes
    room -= len(_rest(len(quotes)).text)
    for quote in quotes[:QUOTES]:
        line = _line(scene, quote)
        room -= len(line.label) + len(line.text)
        if room < 0:
            break
        lines.append(line)
    if not quotes:
        return None
    if len(lines) < len(quotes):
        lines.append(_rest(len(quotes) - len(lines), more=bool(lines)))
    return Section(SectionKind.QUOTES, TITLES[SectionKind.QUOTES], lines=tuple(lines))


def _rest(number: int, *, more: bool = True) -> Line:
    return Line("", figures(number, f"{'more ' if more else ''}quote") + " from this race on record")


def _line(scene: Scene, quote: Quote) -> Line:
    """``Gio Ruggiero, winning driver, on the win`` and the words in quotation marks, with their source."""
    driver = scene.season.drivers.get(quote.driver or "")
    speaker = plain(driver.name if driver else quote.speaker)
    label = ", ".join(filter(None, (speaker, plain(quote.role or ""))))
    words = plain(quote.words)
    if len(words) > 1 and words[0] in _MARKS and words[-1] in _MARKS and not any(c in _MARKS for c in words[1:-1]):
        words = words[1:-1]
    about = ", ".join(filter(None, (plain(quote.context or ""), plain(quote.source or ""))))
    return Line(label, f"“{words}”{f' ({about})' if about else ''}")
