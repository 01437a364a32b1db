"""What people type, made comparable: words without accents, case and punctuation, and the words they may stand for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

EXACT = 100.0
"""A whole name, as it is written."""
WORD = 99.0
"""A whole word of a name."""
PREFIX = 90.0
"""The beginning of a word."""
CLOSE = 88.0
"""What a word with typos is measured against; each wrong letter takes away its share of the word."""
UNFINISHED = 78.0
"""The same for the beginning of a word with a typo in it."""
OTHER_INITIAL = 3.0
"""What a wrong first letter costs beside: people get the first letter right."""

CLEAR = 62.0
"""From this score on a best match is taken for what was meant; below, it is only offered."""
OFFERED = 50.0
"""From this score on a match is offered at all."""
TIED = 4.0
"""Scores nearer to each other than this do not tell two names apart."""
NEAREST = 3
"""How many names an error offers."""

LONGEST = 80
"""How many characters of what is typed are looked at; no name is longer."""
MANY = 12
"""How many of its words."""

_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})
_DROPPED = frozenset("'’‘`´ʻʼ.")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(text: str) -> tuple[str, ...]:
    """The words of a text, ready to compare: "Andrés Pérez de Lara, Jr." gives andres, perez, de, lara.

    Apostrophes and dots vanish ("A.J." is aj), other punctuation parts words, and a closing Jr., Sr. or II is left out.
    """
    plain = unicodedata.normalize("NFKD", text[:LONGEST].casefold()).casefold().translate(_LETTERS)
    kept = "".join(
        char if char.isalnum() else "" if char in _DROPPED or unicodedata.combining(char) else " " for char in plain
    )
    words = kept.split()[:MANY]
    while len(words) > 1 and words[-1] in _GENERATIONS:
        words.pop()
    return tuple(words)


class Words:
    """The words that names are made of; tells which of them a typed word may stand for."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._known = frozenset(self._words)
        self._beginnings: dict[int, list[str]] = {}

    def like(self, typed: str) -> dict[str, float]:
        """Words that fit and how well, 0 to WORD: the word itself, its beginning, or either with a typo or two."""
        fits: dict[str, float] = {}
        if not typed.isdecimal():
            self._misspelt(typed, fits)
        for word in self._words:
            if word.startswith(typed):
                fits[word] = PREFIX
        if typed in self._known and len(typed) > 1:
            fits[typed] = WORD
        return fits

    def _misspelt(self, typed: str, fits: dict[str, float]) -> None:
        """Adds words that are typed with typos, whole or, with one typo, as far as they go."""
        room = _typos_allowed(len(typed))
        for word, distance, _ in process.extract(
            typed, self._words, scorer=OSA.distance, score_cutoff=room, limit=None
        ):
            fits[word] = _misspelling(CLOSE, typed, word, distance)
        length = len(typed)
        if length < 4:
            return
        if length not in self._beginnings:
            self._beginnings[length] = [word[:length] for word in self._words]
        for beginning, distance, index in process.extract(
            typed, self._beginnings[length], scorer=OSA.distance, score_cutoff=1, limit=None
        ):
            word = self._words[index]
            fits[word] = max(fits.get(word, 0.0), _misspelling(UNFINISHED, typed, beginning, distance))


def fit(typed: Sequence[str], fits: Sequence[dict[str, float]], words: Iterable[str]) -> tuple[float, list[str]]:
    """How well typed words fit a name, 0 to WORD, and the words of it that are left over.

    Each takes the best word left; longer words count for more. ``fits`` is what ``Words.like`` says of each.
    """
    left = list(words)
    total = 0.0
    for word, candidates in zip(typed, fits, strict=True):
        best = max((known for known in left if known in candidates), key=candidates.__getitem__, default=None)
        if best is not None:
            left.remove(best)
            total += len(word) * candidates[best]
    return total / max(sum(map(len, typed)), 1), left


def _misspelling(most: float, typed: str, word: str, distance: float) -> float:
    return most * (1 - distance / max(len(word), len(typed))) - (OTHER_INITIAL if word[0] != typed[0] else 0.0)


def _typos_allowed(length: int) -> int:
    """How many letters may be wrong, missing, too many or swapped in a typed word."""
    if length < 2:
        return 0
    if length < 6:
        return 1
    return 2 if length < 10 else 3
