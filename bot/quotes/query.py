"""What the words of a search for quotes mean: the words themselves, truck numbers, and misspelled names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.finder import Finder
from bot.finder.words import CLEAR, EXACT, Words, most_similar, name_words
from db.models import Driver, Season

JOINER = "_"
LONGEST = 48
"""Characters of a search at most: with a driver and a race beside them the words still fit into a custom id."""
MOST_NAMES = 4
"""The most names that one misspelled word may stand for."""
SHORTEST = 4
"""Letters that a word must have to be taken for a misspelled name; too many names are near a shorter one."""
SHORTEST_HALF = 3
"""Letters of each of two words that may also be written as one."""
MOST_PARTED = 8
"""At how many places one word is parted in two at most."""
SIMILAR = 0.65
"""From this similarity on, 0 to 1, the reply asks whether a name was meant."""

_PLAIN = str.maketrans("’‘`´ʻʼ", "''''''", "\u115f\u1160\u3164\uffa0")
"""All apostrophes become the same one, and the invisible letters go."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_GENERIC = frozenset(
    {"speedway", "raceway", "motor", "international", "course", "circuit", "park", "mile", "grand", "base", "street"}
)
"""Words that are part of many names, so that none of those is meant by them."""
_NUMBER_WORDS = frozenset({"no", "nr", "number", "num", "truck"})

_ASKING = """
a about after an and any anything are at be been before by did do does during find following for from give had has
have he her him his how i in is it me my of on or quote quotes said say saying says she show so some something talk
talked talking talks tell than that the their them there they thing things this to was we were what what's whats when
where which who who's whom whos whose why with you your
"""
_STOP_WORDS = frozenset(_ASKING.split())
"""Words that can be left out of a search without changing what it is about."""
_SHORT = """
ain't aren't can't couldn't could've didn't doesn't don't everybody's everyone's hadn't hasn't haven't he's how's i'm
i've isn't it's let's nobody's shouldn't should've somebody's that'll that's there's they'd they'll they're they've
wasn't we've weren't what's where's who's won't wouldn't would've you'd you'll you're you've y'all
"""
_CONTRACTED = {each.replace("'", ""): each for each in _SHORT.split()}
"""Contractions by how they are often typed, without the apostrophe; none that is a word itself, as "were" is."""

Alternatives = tuple[tuple[str, ...], ...]
"""For each word of a search, the words it may be found by. A quote must contain one alternative of every word."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search, without case and punctuation: "What's #52 doing?" gives what's, 52, doing.

    "No." and the like are left out before a number; an apostrophe inside a word stays.
    """
    plain = text
    for _ in range(2):
        # Folding case can produce text that is not in normal form, so that a second pass may still change it.
        plain = unicodedata.normalize("NFKC", plain).casefold().translate(_PLAIN)
    found = _WORD.findall(unicodedata.normalize("NFKC", plain))
    kept: list[str] = []
    for word in reversed(found):
        if not (word in _NUMBER_WORDS and kept and kept[-1].isdecimal()):
            kept.append(word)
    return tuple(reversed(kept))


def join_words(words: Iterable[str]) -> str:
    """The words of a search as one text, the way a button carries them."""
    return JOINER.join(words)


def split_words(text: str) -> tuple[str, ...]:
    """The words that a button carried. Any other text is read as words, too, since a custom id may be forged."""
    return words_of(text.replace(JOINER, " "))


def number_in(text: str) -> int | None:
    """The number of the quote that a text asks for: "12", "quote 12" or "quote #12"; "#12" alone is a truck."""
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else None


def without_stop_words(words: Sequence[str]) -> tuple[str, ...]:
    """The words that a search is about, which may be none."""
    return tuple(word for word in words if word not in _STOP_WORDS)


def content_words(words: Sequence[str]) -> tuple[str, ...]:
    """The words that a search is about; all of them if nothing else would be left."""
    return without_stop_words(words) or tuple(words)


@dataclass(frozen=True, slots=True)
class SpokenQuestion:
    """A question about what somebody said: who is to have said it, as typed, and the words that it is about."""

    speaker: str
    about: str


_SAYING = "say|says|said|saying|tell|told|talk|talks|talked|talking|think|thinks|thought|comment|comments|commented"
_SPOKEN = re.compile(rf"^(?P<who>.+?)\s+(?:{_SAYING})\b(?P<about>.*)$", re.IGNORECASE | re.DOTALL)
_BY = re.compile(
    r"^(?P<before>.*?)\b(?:by|from)\s+(?P<who>.+?)(?:\s+(?:about|on)\s+(?P<about>.*))?$", re.IGNORECASE | re.DOTALL
)
_NUMBER = re.compile(r"\s*(?:quote\s*#?\s*)?([1-9][0-9]{0,17})\s*", re.IGNORECASE | re.ASCII)


def question_of(text: str) -> SpokenQuestion | None:
    """What a text asks that is a question about what somebody said: "what did heim say about side drafting".

    Whether ``speaker`` names a driver is for the caller to find out; its everyday words ("what did") are left in it.
    """
    found = _SPOKEN.match(text.strip()) or _BY.match(text.strip())
    if found is None:
        return None
    before = found.groupdict().get("before") or ""
    return SpokenQuestion(found["who"], f"{before} {found['about'] or ''}".strip())


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a search means.

    Attributes:
        words: as they were typed.
        literal: alternatives for each word taken literally; a truck number is also found by its driver's name.
        likely: as ``literal``, with the names that a word resembles. It is tried when the literal search finds nothing.
        reduced: as ``likely``, without the words that say nothing. It is tried last.
        similar: by word, the name that it resembles too little to be searched for; good for "Did you mean".
    """

    words: tuple[str, ...]
    literal: Alternatives
    likely: Alternatives
    reduced: Alternatives
    similar: Mapping[str, str]


class Names:
    """The words in the names of drivers, tracks and their towns."""

    def __init__(self, seasons: Iterable[Season]) -> None:
        spellings: set[str] = set()
        for season in seasons:
            for driver in season.drivers.values():
                spellings.update((driver.name, *driver.aliases))
            for track in (race.track for race in season.races):
                spellings.update((track.short, *track.aliases, track.city or ""))
        words = {word for spelling in spellings for word in name_words(spelling)}
        self._all = sorted(word for word in words if len(word) >= SHORTEST and word not in _GENERIC)
        self._words = Words(self._all)

    def __contains__(self, word: str) -> bool:
        return word in self._all

    def like(self, word: str) -> tuple[str, ...]:
        """The names that a typed word may be a misspelling of, best first, without the word itself."""
        likes = {name: score for folded in name_words(word) for name, score in self._words.like(folded).items()}
        found = sorted((name for name in likes if likes[name] >= CLEAR), key=lambda name: (-likes[name], name))
        return tuple(name for name in found if name != word)[:MOST_NAMES] if len(word) >= SHORTEST else ()

    def most_similar(self, word: str) -> str | None:
        """The one name most similar to a word, if it is too different from it to be searched for."""
        if len(word) <= SHORTEST or word in self._all:
            return None
        alike = [name for name in self._all if name[0] == word[0]]
        return most_similar(word, alike, SIMILAR)


@lru_cache(maxsize=1)
def _names(seasons: tuple[Season, ...]) -> Names:
    # Seasons are equal only if they are the same object, and stay that until an import changes one or a race ends.
    return Names(seasons)


def find_meaning(words: Sequence[str], finder: Finder, season: Season, seasons: Iterable[Season]) -> Meaning:
    """What the words of a search mean.

    Args:
        words: from ``words_of``.
        finder: finds drivers in all seasons.
        season: the current season, which decides who drives which truck.
        seasons: the seasons whose names may be meant.
    """
    names = _names(tuple(seasons))
    numbers = {word: finder.drivers(word, season, 1) for word in words if word.isdecimal()}
    drivers = {word: found[0].driver.name for word, found in numbers.items() if found and found[0].score == EXACT}
    literal = tuple(
        (word, *_other_spellings(word, names), *([drivers[word]] if word in drivers else []), *_in_one_word(words, at))
        for at, word in enumerate(words)
    )
    likely = tuple(
        (*each, *_similar_names(each[0], names, finder, season), *_in_two_words(each[0])) for each in literal
    )
    kept = content_words(words)
    reduced = tuple(each for each in likely if each[0] in kept)
    similar = {word: name for word in words if (name := names.most_similar(word)) is not None}
    return Meaning(tuple(words), literal, likely, reduced, similar)


def named_drivers(words: Sequence[str], finder: Finder, season: Season) -> Iterator[tuple[Driver, str]]:
    """The drivers that the words name: first all words together, then each by itself.

    With each driver comes the word that only resembles the name; "" where a word is the name or the number, or where
    several words name the driver.
    """
    likely = (word for word in content_words(words) if len(word) >= SHORTEST or word.isdecimal())
    for asked in (" ".join(words), *likely):
        driver = _driver(asked, finder, season)
        if driver is not None:
            sure = " " in asked or asked.isdecimal() or is_name_of(asked, driver)
            yield driver, "" if sure else asked


def is_name_of(word: str, driver: Driver) -> bool:
    """Whether a word is part of the driver's name, or its possessive."""
    return _without_possessive(word) in {part for name in (driver.name, *driver.aliases) for part in name_words(name)}


def _other_spellings(word: str, names: Names) -> tuple[str, ...]:
    """The word with a missing apostrophe put in, or without its apostrophe; for a name's possessive the name."""
    if word in _CONTRACTED:
        return (_CONTRACTED[word],)
    bare, owner = word.replace("'", ""), _without_possessive(word)
    return (bare,) if bare in _CONTRACTED else (owner,) if owner != word and owner in names else ()


def _in_one_word(words: Sequence[str], at: int) -> tuple[str, ...]:
    """A word joined with the one before it, and with the one after it: "side draft" is written "sidedraft", too."""
    pairs = [words[at - 1 : at + 1] if at else (), words[at : at + 2]]
    return tuple("".join(pair) for pair in pairs if len(pair) == 2 and min(map(len, pair)) >= SHORTEST_HALF)


def _in_two_words(word: str) -> tuple[str, ...]:
    """A word parted in two at any place: "sidedraft" is written "side draft", too."""
    if not word.isalpha():
        return ()
    return tuple(f"{word[:at]} {word[at:]}" for at in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1))[:MOST_PARTED]


def _without_possessive(word: str) -> str:
    """The word without the ending of a possessive: "heim's" gives "heim"."""
    return word.removesuffix("'s")


def _similar_names(word: str, names: Names, finder: Finder, season: Season) -> tuple[str, ...]:
    """The names that a word may stand for, those of its possessive included."""
    owner = _without_possessive(word)
    own = (owner, *names.like(owner)) if owner != word else ()
    return (*own, *names.like(word), *_name_in_one_word(word, finder, season))


def _name_in_one_word(word: str, finder: Finder, season: Season) -> tuple[str, ...]:
    """The driver whose whole name is written as one word, with or without a typo."""
    driver = _driver(word, finder, season) if len(word) > SHORTEST else None
    return (driver.name,) if driver and word not in name_words(driver.name) else ()


def _driver(text: str, finder: Finder, season: Season) -> Driver | None:
    """The driver whom the text fits better than anyone else; None if several fit equally well."""
    found = finder.drivers(text, season)
    best = max((match.score for match in found), default=0.0)
    fitting = [match.driver for match in found if match.score == best]
    return fitting[0] if best >= CLEAR and len(fitting) == 1 else None
