"""What a recap is made from, gathered: the almanac's figures, what was said at the race, and its editors' words."""

from __future__ import annotations

from bot.answers import Asker
from bot.recaps.facts import Facts
from db.connection import Store
from db.nouns import EASTERN, Race
from db.quotes import Reader, quotes_of_race
from db.recaps import recap_texts


async def gather(store: Store, asker: Asker, race: Race) -> Facts:
    """The facts for a race's recap as the asker may know them: two queries, beside what the almanac holds."""
    texts = await recap_texts(store, race.season, race.round)
    reader = Reader(asker.guild, asker.almanac.now.astimezone(EASTERN).date())
    quotes = await quotes_of_race(store, reader, race.season, race.round)
    return asker.almanac.recap_facts(race, quotes, texts)
