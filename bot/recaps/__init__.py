"""A race's recap from its facts, as a beat reporter would file it: pure, plain text, nothing that is not on record."""

from bot.recaps.facts import TITLES, Facts, LastTime, Recap, RecapLine, Section, facts_of, race_after
from bot.recaps.recap import recap

__all__ = ["TITLES", "Facts", "LastTime", "Recap", "RecapLine", "Section", "facts_of", "race_after", "recap"]
