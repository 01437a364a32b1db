"""A race's recap: every section there are facts or an editor's words for, in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from bot.recaps.context import RecapContext
from bot.recaps.facts import FOLLOWED, TITLES, Facts, Recap, Section
from bot.recaps.next_stop import next_stop
from bot.recaps.nutshell import nutshell
from bot.recaps.race_quotes import race_quotes
from bot.recaps.rookies import rookies
from bot.recaps.rundown import rundown
from bot.recaps.top_drivers import top_drivers
from bot.recaps.winning_move import winning_move
from db.recaps.models import SECTION_LIMIT, RecapText, SectionKind

_MAKERS: Mapping[SectionKind, Callable[[RecapContext], Section | None]] = {
    SectionKind.NUTSHELL: nutshell,
    SectionKind.TOP: top_drivers,
    SectionKind.MOVE: winning_move,
    SectionKind.PLAYOFFS: rundown,
    SectionKind.ROOKIES: rookies,
    SectionKind.QUOTES: race_quotes,
    SectionKind.NEXT: next_stop,
}
"""The functions that make the sections from facts.

There is none for the paint scheme: results do not say what a truck looked like, so only an editor can write it.
"""


def recap(facts: Facts) -> Recap:
    """The recap of a race.

    An editor's text replaces the generated sentences; the race's quotes and the points to the cut line follow it. The
    same facts always give the same recap, and two consecutive races never use the same phrases.
    """
    context = RecapContext(facts)
    made = (_section(context, kind) for kind in SectionKind)
    return Recap(facts.race, tuple(section for section in made if section is not None))


def _section(context: RecapContext, kind: SectionKind) -> Section | None:
    text = context.facts.texts.get(kind)
    return _made(context, kind) if text is None else _edited(context, text)


def _edited(context: RecapContext, text: RecapText) -> Section:
    """A section with an editor's text, under the generated section's title and, if ``FOLLOWED``, with its lines."""
    made = _made(context, text.section, SECTION_LIMIT - len(text.words)) if text.section in FOLLOWED else None
    return Section(
        text.section,
        made.title if made else TITLES[text.section],
        tuple(part.strip() for part in re.split(r"\n\s*\n", text.words) if part.strip()),
        made.lines if made else (),
        author=text.author,
        picture=text.picture,
        edited_at=text.edited_at,
    )


def _made(context: RecapContext, kind: SectionKind, room: int | None = None) -> Section | None:
    """The generated section; quotes that follow an editor's text get ``room`` characters."""
    if kind is SectionKind.QUOTES and room is not None:
        return race_quotes(context, room)
    maker = _MAKERS.get(kind)
    return maker(context) if maker else None
