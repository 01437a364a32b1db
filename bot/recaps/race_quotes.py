"""Talkin' truckers: what was said at the race, word for word, with who said it, where and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.recaps.facts import TITLES, RecapLine, Section
from bot.recaps.phrases import figures, plain
from db.models import Driver
from db.quotes.models import Quote
from db.recaps.models import SECTION_LIMIT, SectionKind

MOST_QUOTES = 6
"""How many quotes are shown at most."""
_QUOTATION_MARKS = '“”"'


def race_quotes(quotes: Sequence[Quote], drivers: Mapping[str, Driver], room: int = SECTION_LIMIT) -> Section | None:
    """The race's quotes, as many as fit.

    Args:
        quotes: the quotes, in the order in which they were saved.
        drivers: the drivers by key.
        room: how many characters they may take.

    Returns:
        a section of lines without paragraphs; None where there are no quotes.
    """
    lines: list[RecapLine] = []
    room -= len(_number_of_quotes(len(quotes)).text)
    for quote in quotes[:MOST_QUOTES]:
        line = _line(drivers, quote)
        room -= len(line.label) + len(line.text)
        if room < 0:
            break
        lines.append(line)
    if not quotes:
        return None
    if len(lines) < len(quotes):
        lines.append(_number_of_quotes(len(quotes) - len(lines), more=bool(lines)))
    return Section(SectionKind.QUOTES, TITLES[SectionKind.QUOTES], lines=tuple(lines))


def _number_of_quotes(number: int, *, more: bool = True) -> RecapLine:
    return RecapLine("", figures(number, f"{'more ' if more else ''}quote") + " from this race on record")


def _line(drivers: Mapping[str, Driver], quote: Quote) -> RecapLine:
    """``Gio Ruggiero, winning driver, on the win`` and the words in quotation marks, with their source."""
    driver = drivers.get(quote.driver or "")
    speaker = plain(driver.name if driver else quote.speaker)
    label = ", ".join(filter(None, (speaker, plain(quote.role or ""))))
    words = plain(quote.words)
    if (
        len(words) > 1
        and words[0] in _QUOTATION_MARKS
        and words[-1] in _QUOTATION_MARKS
        and not any(c in _QUOTATION_MARKS for c in words[1:-1])
    ):
        words = words[1:-1]
    about = ", ".join(filter(None, (plain(quote.context or ""), plain(quote.source or ""))))
    return RecapLine(label, f"“{words}”{f' ({about})' if about else ''}")
