"""A race's recap: every section there are facts or an editor's words for, in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.recaps.context import RecapContext
from bot.recaps.facts import FOLLOWED, TITLES, Facts, Recap, Section
from bot.recaps.next_stop import next_stop
from bot.recaps.nutshell import nutshell
from bot.recaps.race_quotes import race_quotes
from bot.recaps.rookies import rookies
from bot.recaps.rundown import rundown
from bot.recaps.top_drivers import top_drivers
from bot.recaps.winning_move import winning_move
from db.models import Driver, Race
from db.quotes.models import Quote
from db.recaps.models import SECTION_LIMIT, RecapText, SectionKind

_MAKERS: Mapping[SectionKind, Callable[[RecapContext], Section | None]] = {
    SectionKind.NUTSHELL: nutshell,
    SectionKind.TOP: top_drivers,
    SectionKind.MOVE: winning_move,
    SectionKind.PLAYOFFS: rundown,
    SectionKind.ROOKIES: rookies,
    SectionKind.NEXT: next_stop,
}
"""The functions that make sections from results.

There is none for the paint scheme: results do not say what a truck looked like, so only an editor can write it. The
runs are made from laps, which are read for one answer.
"""


@dataclass(frozen=True, slots=True)
class GeneratedRecap:
    """The sections made from results alone.

    They are the same for every reader, so they can be kept; quotes and editors' texts, which are not, come in with
    ``with_words``.

    Attributes:
        race: the race.
        drivers: the drivers by key, to name those who are quoted.
        sections: the sections for which there are facts.
    """

    race: Race
    drivers: Mapping[str, Driver]
    sections: Mapping[SectionKind, Section]


def recap(facts: Facts) -> Recap:
    """The recap of a race.

    The same facts always give the same recap, and two consecutive races never use the same phrases.
    """
    return with_words(generate(facts), facts.quotes, facts.texts)


def generate(facts: Facts) -> GeneratedRecap:
    """The sections made from results, without the quotes and texts among the facts."""
    context = RecapContext(facts)
    made = {kind: section for kind, maker in _MAKERS.items() if (section := maker(context)) is not None}
    return GeneratedRecap(facts.race, facts.season.drivers, made)


def with_words(
    generated: GeneratedRecap,
    quotes: Sequence[Quote],
    texts: Mapping[SectionKind, RecapText],
    runs: Section | None = None,
) -> Recap:
    """The whole recap: an editor's text replaces a section's sentences, and the race's quotes are a section.

    Args:
        generated: the sections made from results.
        quotes: quotes from the race that the reader may see.
        texts: the editors' texts by section.
        runs: the section made from the race's laps; None where they are not held.
    """
    sections: list[Section | None] = []
    for kind in SectionKind:
        text = texts.get(kind)
        if kind is SectionKind.QUOTES:
            made = race_quotes(quotes, generated.drivers, SECTION_LIMIT - (len(text.words) if text else 0))
        else:
            made = runs if kind is SectionKind.RUNS else generated.sections.get(kind)
        sections.append(_edited(text, made) if text else made)
    return Recap(generated.race, tuple(section for section in sections if section is not None))


def _edited(text: RecapText, made: Section | None) -> Section:
    """A section with an editor's text, under the generated section's title and, if ``FOLLOWED``, with its lines."""
    followed = made if text.section in FOLLOWED else None
    return Section(
        text.section,
        followed.title if followed else TITLES[text.section],
        tuple(part.strip() for part in re.split(r"\n\s*\n", text.words) if part.strip()),
        followed.lines if followed else (),
        author=text.author,
        picture=text.picture,
        edited_at=text.edited_at,
    )
