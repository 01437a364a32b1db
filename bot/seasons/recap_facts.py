"""What a recap takes from the store beside the results: the race's quotes, its laps, and the editors' texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.recaps.facts import Recap
from bot.seasons.as_of import AsOf
from bot.seasons.laps import report_for
from db.connection import Store
from db.errors import StoreError
from db.models import Race
from db.quotes import Reader, quotes_of_race
from db.quotes.models import Quote
from db.recaps.models import RecapText, SectionKind
from db.recaps.texts import recap_texts


@dataclass(frozen=True, slots=True)
class RecapWords:
    """The words of people in a recap: quotes that a reader may see, and the editors' texts by section."""

    quotes: Sequence[Quote]
    texts: Mapping[SectionKind, RecapText]


async def recap_words(store: Store, as_of: AsOf, reader: Reader, race: Race) -> RecapWords:
    """The words for the recap of a race, in two queries.

    They are read each time, never kept: what one server may see another may not.

    Args:
        store: where quotes and editors' texts are.
        as_of: what is known at the moment.
        reader: whose quotes may be shown.
        race: the race.
    """
    texts = await recap_texts(store, race.season, race.round, as_of.now)
    quotes = await quotes_of_race(store, reader, race.season, race.round)
    return RecapWords(quotes, texts)


async def recap_for(store: Store, as_of: AsOf, reader: Reader, race: Race) -> Recap:
    """The recap of a race with results, for a reader. The arguments are those of ``recap_words``."""
    words = await recap_words(store, as_of, reader, race)
    return as_of.recap(race, words.quotes, words.texts, await report_for(store, as_of, race))


async def recap_if_need_be_without_words(store: Store, as_of: AsOf, reader: Reader, race: Race) -> tuple[Recap, bool]:
    """The same, from the facts alone where the words cannot be read; and whether they could be.

    The facts are in memory, the words are not.
    """
    try:
        return await recap_for(store, as_of, reader, race), True
    except StoreError as error:
        if error.fault is None:
            raise
        return as_of.recap(race, (), {}), False
