"""What a recap is made from, gathered: the almanac's figures, what was said at the race, and its editors' words."""

from __future__ import annotations

from bot.answers import Asker
from bot.quoting.desk import reader_of
from bot.recaps.facts import Facts
from db.connection import Store
from db.nouns import Race
from db.quotes import quotes_of_race
from db.recaps import recap_texts


async def gather(store: Store, asker: Asker, race: Race) -> Facts:
    """The facts for a race's recap as the asker may know them: two queries, beside what the almanac holds."""
    texts = await recap_texts(store, race.season, race.round, asker.almanac.now)
    quotes = await quotes_of_race(store, reader_of(asker), race.season, race.round)
    return asker.almanac.recap_facts(race, quotes, texts)
