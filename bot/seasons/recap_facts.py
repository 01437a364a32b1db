"""Gathers what a recap is made from: the results as of a moment, the race's quotes, and the editors' texts."""

from __future__ import annotations

from bot.recaps.facts import Facts
from bot.seasons.as_of import AsOf
from db.connection import Store
from db.models import Race
from db.quotes import Reader, quotes_of_race
from db.recaps.texts import recap_texts


async def gather_recap_facts(store: Store, as_of: AsOf, reader: Reader, race: Race) -> Facts:
    """The facts for the recap of a race with results, in two queries.

    Args:
        store: where quotes and editors' texts are.
        as_of: what is known at the moment.
        reader: whose quotes may be shown.
        race: the race.
    """
    texts = await recap_texts(store, race.season, race.round, as_of.now)
    quotes = await quotes_of_race(store, reader, race.season, race.round)
    return as_of.recap_facts(race, quotes, texts)
