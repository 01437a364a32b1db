"""Makes what people type comparable: words without accents, case and punctuation, and how well they match names."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

EXACT = 100.0
"""Score of a whole name, spelled exactly."""
WORD = 99.0
"""Score of a whole word of a name."""
PREFIX = 90.0
"""Score of the beginning of a word."""
CLOSE = 88.0
"""The score from which a word with typos starts; each wrong letter takes away its share of the word."""
UNFINISHED = 78.0
"""The same for the beginning of a word with a typo in it."""
OTHER_INITIAL = 3.0
"""What a wrong first letter costs in addition, since people usually get the first letter right."""

CLEAR = 62.0
"""From this score on the best match is taken as meant; below, it is only suggested."""
OFFERED = 50.0
"""From this score on a match is suggested at all."""
TIED = 4.0
"""Two names whose scores differ by less than this fit equally well."""
NEAREST = 3
"""How many names an error suggests."""

LONGEST = 80
"""How many characters of the text are used; no name is longer."""
MOST_WORDS = 12
"""How many words of the text are used."""
KEPT_TEXTS = 4096
"""Of how many texts the words are kept: the names in all seasons, through which every search goes several times."""

_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})
_DROPPED = frozenset("'’‘`´ʻʼ.")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def name_words(text: str) -> tuple[str, ...]:
    """The words of a text, ready to search names for: "Andrés Pérez de Lara, Jr." gives andres, perez, de, lara.

    Apostrophes and dots vanish ("A.J." is aj), other punctuation separates words, and a final Jr. or II is left out.
    Unlike ``db.naming.fold_name`` it does not decide whether two names are the same.
    """
    return _name_words(text[:LONGEST])


@lru_cache(maxsize=KEPT_TEXTS)
def _name_words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_LETTERS)
    kept = "".join(
        char if char.isalnum() else "" if char in _DROPPED or unicodedata.combining(char) else " " for char in plain
    )
    words = kept.split()[:MOST_WORDS]
    while len(words) > 1 and words[-1] in _GENERATIONS:
        words.pop()
    return tuple(words)


class Words:
    """The words that names are made of, to be matched with typed words."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._known = frozenset(self._words)
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in self._words:
            self._by_length[len(word)].append(word)
        # By how many letters, the beginnings of words and the words that have them.
        self._beginnings: dict[int, dict[str, list[str]]] = {}

    def like(self, typed: str) -> dict[str, float]:
        """The words that a typed word fits, with scores of 0 to WORD: whole or in part, with or without typos."""
        fits: dict[str, float] = {}
        if not typed.isdecimal():
            self._add_misspelled(typed, fits)
        for index in with_beginning(self._words, typed):
            fits[self._words[index]] = PREFIX
        if typed in self._known and len(typed) > 1:
            fits[typed] = WORD
        return fits

    def _add_misspelled(self, typed: str, fits: dict[str, float]) -> None:
        """Adds words that were misspelled: whole words, and the beginning of words with one typo."""
        length, most = len(typed), _typos_allowed(len(typed))
        # A word that is longer or shorter by more letters has more of them wrong.
        near = [word for each in range(length - most, length + most + 1) for word in self._by_length.get(each, ())]
        for word, distance, _ in process.extract(typed, near, scorer=OSA.distance, score_cutoff=most, limit=None):
            fits[word] = _misspelling(CLOSE, typed, word, distance)
        if length < 4:
            return
        if length not in self._beginnings:
            self._beginnings[length] = defaultdict(list)
            for word in self._words:
                self._beginnings[length][word[:length]].append(word)
        for beginning, distance, _ in process.extract(
            typed, list(self._beginnings[length]), scorer=OSA.distance, score_cutoff=1, limit=None
        ):
            for word in self._beginnings[length][beginning]:
                fits[word] = max(fits.get(word, 0.0), _misspelling(UNFINISHED, typed, beginning, distance))


def with_beginning(ordered: Sequence[str], beginning: str) -> range:
    """The indexes of those texts that have a beginning, among texts in the order of the alphabet."""
    first = bisect_left(ordered, beginning)
    return range(first, bisect_right(ordered, beginning, lo=first, key=lambda text: text[: len(beginning)]))


def fit(typed: Sequence[str], fits: Sequence[dict[str, float]], words: Iterable[str]) -> tuple[float, list[str]]:
    """How well typed words fit a name, 0 to WORD, and the words of the name that are left over.

    Each typed word is matched with the best word that is left; longer words weigh more. ``fits`` has the result of
    ``Words.like`` for each typed word.
    """
    left = list(words)
    total = 0.0
    for word, candidates in zip(typed, fits, strict=True):
        best = max((known for known in left if known in candidates), key=candidates.__getitem__, default=None)
        if best is not None:
            left.remove(best)
            total += len(word) * candidates[best]
    return total / max(sum(map(len, typed)), 1), left


def similarity(word: str, name: str) -> float:
    """How similar two words are, 0 to 1: twice the letters that they have in common in order, of all their letters."""
    return fuzz.ratio(word, name) / 100


def most_similar(word: str, names: Sequence[str], least: float) -> str | None:
    """The name most similar to a word; None if no similarity, 0 to 1, reaches ``least``."""
    found = process.extractOne(word, names, scorer=fuzz.ratio, score_cutoff=100 * least)
    return found[0] if found else None


def _misspelling(most: float, typed: str, word: str, distance: float) -> float:
    return most * (1 - distance / max(len(word), len(typed))) - (OTHER_INITIAL if word[0] != typed[0] else 0.0)


def _typos_allowed(length: int) -> int:
    """How many letters of a word of that length may be wrong, missing, extra or swapped."""
    if length < 2:
        return 0
    if length < 6:
        return 1
    return 2 if length < 10 else 3
