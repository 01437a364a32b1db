"""What the words of a search for quotes mean: themselves, who drives a number, and names that a typo may stand for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.finder import Finder
from bot.finder.words import CLEAR, EXACT, Words, fold
from db.models import Driver, Season

JOINER = "_"
LONGEST = 48
"""Characters of the words of a search, joined, at most: with a driver and a race beside them they fit a custom id."""
MOST_NAMES = 4
"""Names that one word with a typo may stand for."""
SHORTEST = 4
"""Letters of a word that may be a name with a typo; in a shorter one too many words are near."""
FAINT = 0.65
"""How much of a word must be like a name for asking whether that was meant: 0 to 1."""

_PLAIN = str.maketrans("’‘`´ʻʼ", "''''''", "\u115f\u1160\u3164\uffa0")
"""One apostrophe for all, and none of the letters of which nothing is seen."""
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_GENERIC = frozenset(
    {"speedway", "raceway", "motor", "international", "course", "circuit", "park", "mile", "grand", "base", "street"}
)
"""Words of many names, which name none."""
_NUMBER_WORDS = frozenset({"no", "nr", "number", "num", "truck"})

_ASKING = """
a about an and any anything are at be been by did do does find for from give had has have he her him his how i in is it
me my of on or quote quotes said say saying says she show so some something talk talked talking talks tell than that the
their them there they thing things this to was we were what what's whats when where which who who's whom whos whose why
with you your
"""
_TELL_NOTHING = frozenset(_ASKING.split())
"""Words of questions and the like, without which a question asks the same."""
_SHORT = """
ain't aren't can't couldn't could've didn't doesn't don't everybody's everyone's hadn't hasn't haven't he's how's i'm
i've isn't it's let's nobody's shouldn't should've somebody's that'll that's there's they'd they'll they're they've
wasn't we've weren't what's where's who's won't wouldn't would've you'd you'll you're you've y'all
"""
_CONTRACTED = {each.replace("'", ""): each for each in _SHORT.split()}
"""What is typed without its apostrophe, as it is printed; none that is a word of its own, such as were."""

Alternatives = tuple[tuple[str, ...], ...]
"""For each word of a search what it may be found by; every word must be found by one of its own."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a search, without case and punctuation: "What's #52 doing?" is what's, 52, doing.

    "No." and the like go before a number; an apostrophe inside a word stays.
    """
    plain = text
    for _ in range(2):
        # Once is not always enough for what comes out to stay as it is.
        plain = unicodedata.normalize("NFKC", plain).casefold().translate(_PLAIN)
    found = _WORD.findall(unicodedata.normalize("NFKC", plain))
    kept: list[str] = []
    for word in reversed(found):
        if not (word in _NUMBER_WORDS and kept and kept[-1].isdecimal()):
            kept.append(word)
    return tuple(reversed(kept))


def joined(words: Iterable[str]) -> str:
    """The words of a search as a button carries them."""
    return JOINER.join(words)


def parted(text: str) -> tuple[str, ...]:
    """The words that a button carried; whatever else it held is taken as words too."""
    return words_of(text.replace(JOINER, " "))


def telling(words: Sequence[str]) -> tuple[str, ...]:
    """The words that a question is about; all of them where none is left."""
    return tuple(word for word in words if word not in _TELL_NOTHING) or tuple(words)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a search means.

    Attributes:
        words: as they were typed.
        plainly: what each may be found by, taken at its word; a truck's number is found by who drives it.
        likely: the same with the names that a word looks like, for when nothing is found plainly.
        pared: the likely ones of those words that a question is about, for when nothing is found with the others.
        faintly: for words that look a little like a name, that name.
    """

    words: tuple[str, ...]
    plainly: Alternatives
    likely: Alternatives
    pared: Alternatives
    faintly: Mapping[str, str]


class Names:
    """The words that names of drivers and tracks are made of, towns included; cheap enough to make for each search."""

    def __init__(self, seasons: Iterable[Season]) -> None:
        spellings: set[str] = set()
        for season in seasons:
            for driver in season.drivers.values():
                spellings.update((driver.name, *driver.aliases))
            for track in (race.track for race in season.races):
                spellings.update((track.short, *track.aliases, track.city or ""))
        words = {word for spelling in spellings for word in fold(spelling)}
        self._all = sorted(word for word in words if len(word) >= SHORTEST and word not in _GENERIC)
        self._words = Words(self._all)

    def __contains__(self, word: str) -> bool:
        return word in self._all

    def like(self, word: str) -> tuple[str, ...]:
        """Names that a typed word may stand for, the likeliest first; not the word itself."""
        likes = {name: score for folded in fold(word) for name, score in self._words.like(folded).items()}
        found = sorted((name for name in likes if likes[name] >= CLEAR), key=lambda name: (-likes[name], name))
        return tuple(name for name in found if name != word)[:MOST_NAMES] if len(word) >= SHORTEST else ()

    def faintly_like(self, word: str) -> str | None:
        """The one name most like a word, too far from it to stand for it: good for a question only."""
        if len(word) <= SHORTEST or word in self._all:
            return None
        alike = [name for name in self._all if name[0] == word[0]]
        return next(iter(get_close_matches(word, alike, n=1, cutoff=FAINT)), None)


def meaning(words: Sequence[str], finder: Finder, season: Season, seasons: Iterable[Season]) -> Meaning:
    """What the words of a search mean.

    Args:
        words: from ``words_of``.
        finder: of the seasons held.
        season: the season of the day, which decides who drives which truck.
        seasons: those whose names may be meant, as they stand.
    """
    names = Names(seasons)
    numbers = {word: finder.drivers(word, season, 1) for word in words if word.isdecimal()}
    drivers = {word: found[0].driver.name for word, found in numbers.items() if found and found[0].score == EXACT}
    plainly = tuple((word, *_otherwise(word, names), *([drivers[word]] if word in drivers else [])) for word in words)
    likely = tuple((*each, *_looks_like(each[0], names, finder, season)) for each in plainly)
    kept = telling(words)
    pared = tuple(each for each in likely if each[0] in kept)
    faintly = {word: name for word in words if (name := names.faintly_like(word)) is not None}
    return Meaning(tuple(words), plainly, likely, pared, faintly)


def named(words: Sequence[str], finder: Finder, season: Season) -> Iterator[tuple[Driver, str]]:
    """Whom the words name: all of them together, then one by one.

    Beside him stands the word that is only like his name; "" where it is his name, his number or several words.
    """
    likely = (word for word in telling(words) if len(word) >= SHORTEST or word.isdecimal())
    for asked in (" ".join(words), *likely):
        driver = _driver(asked, finder, season)
        if driver is not None:
            sure = " " in asked or asked.isdecimal() or calls(asked, driver)
            yield driver, "" if sure else asked


def calls(word: str, driver: Driver) -> bool:
    """Whether a word is a part of his name, or says that something is his."""
    return _owner(word) in {part for name in (driver.name, *driver.aliases) for part in fold(name)}


def _otherwise(word: str, names: Names) -> tuple[str, ...]:
    """The same word with an apostrophe that was not typed, or without one; of a name's 's the name."""
    if word in _CONTRACTED:
        return (_CONTRACTED[word],)
    bare, owner = word.replace("'", ""), _owner(word)
    return (bare,) if bare in _CONTRACTED else (owner,) if owner != word and owner in names else ()


def _owner(word: str) -> str:
    """Whose it is: heim's is Heim."""
    return word.removesuffix("'s")


def _looks_like(word: str, names: Names, finder: Finder, season: Season) -> tuple[str, ...]:
    """Names that a word may stand for, and whose it is."""
    owner = _owner(word)
    own = (owner, *names.like(owner)) if owner != word else ()
    return (*own, *names.like(word), *_whole(word, finder, season))


def _whole(word: str, finder: Finder, season: Season) -> tuple[str, ...]:
    """The driver whose whole name is written in one word, a typo in it or not."""
    driver = _driver(word, finder, season) if len(word) > SHORTEST else None
    return (driver.name,) if driver and word not in fold(driver.name) else ()


def _driver(text: str, finder: Finder, season: Season) -> Driver | None:
    """The driver whom the text fits better than it fits any other."""
    found = finder.drivers(text, season)
    best = max((match.score for match in found), default=0.0)
    fitting = [match.driver for match in found if match.score == best]
    return fitting[0] if best >= CLEAR and len(fitting) == 1 else None
