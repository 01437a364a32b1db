"""What a recap is made from, gathered: the almanac's figures, what was said at the race, and its editors' words."""

from __future__ import annotations

from bot.quotes.service import reader_of
from bot.recaps.facts import Facts
from bot.requester import Requester
from db.connection import Store
from db.models import Race
from db.quotes import quotes_of_race
from db.recaps.texts import recap_texts


async def gather(store: Store, requester: Requester, race: Race) -> Facts:
    """The facts for a race's recap as the requester may know them: two queries, beside what the as_of holds."""
    texts = await recap_texts(store, race.season, race.round, requester.as_of.now)
    quotes = await quotes_of_race(store, reader_of(requester), race.season, race.round)
    return requester.as_of.recap_facts(race, quotes, texts)
