"""Which race is to be played again, from what a fan typed."""

from __future__ import annotations

from collections.abc import Sequence

from bot.finder.reading import Reading
from bot.interactions.understanding import Understood
from bot.questions.replay import ReplayQuestion
from bot.render.understood import not_understood, race_taken
from bot.seasons.as_of import AsOf
from db.models import Race


def replay_asked(as_of: AsOf, text: str | None, held: Sequence[Race]) -> Understood:
    """What /replay is asked: to play a race from its start; without a text the last one whose laps are held.

    Args:
        as_of: what is known now.
        text: as typed.
        held: the races whose laps are held, the last one last.

    Raises:
        FriendlyError: the text names no race on record.
    """
    if text is None:
        return Understood(ReplayQuestion(playing=1))
    reading = as_of.read(text, None, "race")
    race = race_to_replay(as_of, reading, held)
    beside = not_understood(race_taken(race), reading.not_understood)
    return Understood(ReplayQuestion(race.season, race.round, playing=1), (beside,))


def race_to_replay(as_of: AsOf, reading: Reading, held: Sequence[Race]) -> Race:
    """The race that was read; of several that a text may mean the last one whose laps are held.

    Raises:
        UnknownRace: with the nearest names.
        UnknownSeason: the year is not on record.
    """
    names_one = reading.race is not None or reading.round is not None or reading.when is not None
    if reading.year is not None and not names_one and not reading.not_understood:
        of_year = [race for race in held if race.season == reading.year]
        return of_year[-1] if of_year else as_of.race_read(reading)
    found = as_of.last_held(reading)
    if reading.year is not None or reading.round is not None or reading.when is not None:
        return found
    own = {(race.season, race.round) for race in reading.races}
    fitting = [race for race in held if (race.season, race.round) in own]
    return fitting[-1] if fitting else found
