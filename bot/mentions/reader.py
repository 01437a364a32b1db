"""What a fan asks in their own words: the question, where it is clear, else what it probably was."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from bot.errors import FriendlyError, UnknownSeason
from bot.finder.reading import Reading
from bot.finder.tokens import FILLERS
from bot.mentions.asked import Asked
from bot.mentions.days import day_fits, days_in
from bot.mentions.topics import question_of
from bot.mentions.typos import spellings
from bot.mentions.vocabulary import GRAMMAR, NO_NAMES, PLAIN, SPECIAL, Topic, phrases_in
from bot.questions.core import NextQuestion, Question, ResultsQuestion, StandingsQuestion
from bot.render.buttons import Link
from bot.render.question_labels import question_label
from bot.seasons.as_of import AsOf

GUESSES = 3
"""How many questions are offered where it is not clear which was meant."""

_WORD = re.compile(r"#?[^\W_]+(?:['’.&][^\W_]+)*|['’]\d\d(?!\w)")
_FINALE = re.compile(r"\bfinale\b|\b(?:last|final) race of (?:the|this|last) (?:season|year)\b")
_DROPPED = re.compile(r"['’.&]")


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a text asks.

    Attributes:
        question: the question, where it is understood.
        guesses: what was probably meant, the likeliest first, where it is not.
        asked: it asks anything at all; a greeting does not.
    """

    question: Question | None
    guesses: tuple[Link, ...] = ()
    asked: bool = True


def read(text: str, as_of: AsOf) -> Understanding:
    """What a text asks.

    It is understood only if every word of it is: what is left over may turn the question into another one, as in
    "who won the super bowl". An answer to something else than was asked would be worse than a choice of three.

    Raises:
        UnknownSeason: the text names a year that is not on record.
        FriendlyError: no season is on record.
    """
    typed = _WORD.findall(text)
    found = [_understood(words, as_of) for words in spellings([_plain(word) for word in typed], typed, as_of.finder)]
    questions = {each.question for each in found} - {None}
    # Of several words that one may stand for, all that make sense have to ask the same.
    if len(questions) == 1:
        return next(each for each in found if each.question is not None)
    return replace(found[0], question=None)


def _understood(typed: Sequence[str], as_of: AsOf) -> Understanding:
    topics, asked, left = _look(typed, as_of)
    reading, meant = asked.reading, _most_special(topics)
    if reading.year is not None and reading.year not in as_of.years:
        raise UnknownSeason(str(reading.year), as_of.years)
    # A search for quotes takes any word.
    clear = not left and not reading.several and not reading.numbers and len(meant) <= 1
    question = None
    if clear or meant == [Topic.QUOTE]:
        found = question_of(meant[0] if meant else None, asked)
        question = found.question if found is not None and found.sure else None
    anything = bool(
        set(topics) - {Topic.NOTHING} or left or reading.drivers or reading.several or reading.numbers or reading.races
    )
    return Understanding(question, tuple(islice(_links(topics, asked), GUESSES)), asked=anything)


def _look(typed: Sequence[str], as_of: AsOf) -> tuple[list[Topic], Asked, list[str]]:
    """The topics of a text, whom and what it names, and the words of it that are neither."""
    words = [_plain(word) for word in typed]
    found = list(phrases_in(words))
    days = days_in(words)
    spoken_for = frozenset().union(*(each.places for each in found), *(each.places for each in days))
    # What is known to be no name is kept from the finder, which forgives typos: "ended" is not Enfinger.
    no_name = (PLAIN - FILLERS) | NO_NAMES
    said = [place for place, word in enumerate(words) if place in spoken_for or word in no_name]
    spare = [word for place, word in enumerate(typed) if place not in said or words[place] in GRAMMAR]
    reading = as_of.read(" ".join(spare))
    if _FINALE.search(" ".join(words)):
        reading = _of_finale(reading, as_of)
    left = [word for word in map(_plain, reading.rest) if word not in PLAIN | GRAMMAR]
    left += [word for place, word in enumerate(words) if word in NO_NAMES and place not in spoken_for]
    about = tuple(
        word for place, word in enumerate(typed) if place not in spoken_for and words[place] not in PLAIN | GRAMMAR
    )
    latest = as_of.latest()
    fits = latest is not None and all(day_fits(each, latest[1], as_of.now) for each in days)
    no_names = frozenset(map(_plain, reading.rest)) | {words[place] for place in said}
    asked = Asked(as_of, reading, no_names, " ".join(typed), about, tuple(days), day_fits=fits)
    return [each.topic for each in found], asked, left


def _of_finale(reading: Reading, as_of: AsOf) -> Reading:
    """The last race of the season that is named or, without one, of the current season."""
    if reading.race is not None and reading.when is None:
        return reading
    races = as_of.season(reading.year).races if reading.year in (None, *as_of.years) else ()
    finale = max(races, key=lambda race: race.begins, default=None)
    return replace(reading, race=finale, races=(finale,), when=None) if finale is not None else reading


def _most_special(topics: Sequence[Topic]) -> list[Topic]:
    """The topics without those that are only part of another; whoever says thanks and asks something asks that."""
    general = set().union(*(SPECIAL.get(topic, frozenset()) for topic in topics))
    general |= {Topic.NOTHING} if set(topics) - {Topic.NOTHING} else set()
    return [topic for topic in dict.fromkeys(topics) if topic not in general]


def _links(topics: Sequence[Topic], asked: Asked) -> Iterator[Link]:
    """Buttons for what was probably meant: what the words ask for, whom or what they name, what is asked most."""
    current = asked.as_of.season().year
    so_far = [season for season in asked.as_of.seasons if season.year <= current]
    seen: set[str] = set()
    for question in _questions([*_most_special(topics), *topics], asked):
        label = question_label(question, so_far)
        if label not in seen and question.encode() is not None:
            seen.add(label)
            yield Link(label, question)


def _questions(topics: Sequence[Topic], asked: Asked) -> Iterator[Question]:
    of_topics: list[Question] = []
    for topic in (*topics, None):
        with contextlib.suppress(FriendlyError):
            found = question_of(topic, asked)
            of_topics += [found.question] if found is not None else []
    keys = {driver.key for driver in asked.drivers}
    # Who names a driver asks about that driver, whatever else is said.
    about_drivers = [q for q in of_topics if not keys or keys & set(map(str, vars(q).values()))]
    yield from about_drivers
    yield from asked.by_name()
    yield from of_topics
    yield from (StandingsQuestion(), NextQuestion())
    latest = asked.as_of.latest()
    if latest is not None:
        yield ResultsQuestion(latest[0].year, latest[1].round)
    yield from asked.more()


def _plain(word: str) -> str:
    """A word in lower case, without accents, apostrophes and dots."""
    folded = unicodedata.normalize("NFKD", word.casefold())
    return _DROPPED.sub("", "".join(char for char in folded if not unicodedata.combining(char)))
