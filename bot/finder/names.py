"""All spellings of all names, and how well typed words match them: drivers by key, races by round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from bot.finder.words import CLOSE, EXACT, NEAREST, OFFERED, PREFIX, WORD, Words, fit, name_words, with_beginning
from db.models import Driver, Race

FIRST_NAME = 3.0
"""How much less a first name alone scores than a last name alone."""
ALIKE = 0.7
"""From this similarity on, 0 to 1, a whole name written as one word is suggested."""
RESEMBLES = 0.78
"""From this similarity on, 0 to 1, a race is suggested for words that name none: "pokno", but not "october"."""

K = TypeVar("K", str, int)


class _WholeNames(Generic[K]):
    """Whole names, each written as one word: "coreyheim"."""

    def __init__(self, names: Iterable[tuple[K, Sequence[str]]]) -> None:
        # In the order of the alphabet, so that names with one beginning follow each other.
        named = sorted(("".join(words), key) for key, words in names)
        self._keys: list[K] = [key for _, key in named]
        self._joined = [joined for joined, _ in named]
        self._by_length: dict[int, list[int]] = defaultdict(list)
        for index, joined in enumerate(self._joined):
            self._by_length[len(joined)].append(index)

    def score(self, joined: str, found: dict[K, float]) -> None:
        """Raises the scores in ``found`` for names typed as a whole, with or without typos, or from their beginning."""
        # A name that is a third longer or shorter cannot be alike, and with a few letters typed nearly all are.
        near = range(int(len(joined) * ALIKE), int(len(joined) / ALIKE) + 1)
        indexes = [index for length in near for index in self._by_length.get(length, ())]
        for name, alike, place in process.extract(
            joined,
            [self._joined[index] for index in indexes],
            scorer=OSA.normalized_similarity,
            score_cutoff=ALIKE,
            limit=None,
        ):
            key = self._keys[indexes[place]]
            found[key] = max(found.get(key, 0.0), EXACT if name == joined else CLOSE * alike)
        if len(joined) < 3:
            return
        for index in with_beginning(self._joined, joined):
            if found.get(self._keys[index], 0.0) < PREFIX:
                found[self._keys[index]] = PREFIX

    def nearest(self, joined: str, least: float = 0.0) -> list[K]:
        """The names most similar to the text, even if barely so unless ``least``, 0 to 1, asks for more.

        None if no letter fits.
        """
        scorer = JaroWinkler.similarity
        alike = process.extract(joined, self._joined, scorer=scorer, limit=4 * NEAREST, score_cutoff=least)
        return list(dict.fromkeys(self._keys[index] for _, likeness, index in alike if likeness))


class DriverNames:
    """Names and aliases of drivers."""

    def __init__(self, drivers: Iterable[Driver]) -> None:
        self._forms: list[tuple[str, tuple[str, ...]]] = []
        for driver in drivers:
            spellings = {name_words(name) for name in (driver.name, *driver.aliases)}
            self._forms += [(driver.key, words) for words in sorted(spellings) if words]
        self._words = Words(word for _, words in self._forms for word in words)
        self._whole = _WholeNames(self._forms)
        self._with: dict[str, list[int]] = defaultdict(list)
        for index, (_, words) in enumerate(self._forms):
            for word in words:
                self._with[word].append(index)

    def scores(self, typed: Sequence[str]) -> dict[str, float]:
        """By driver's key, the scores that are high enough to suggest; 100 is a whole name, spelled exactly."""
        found: dict[str, float] = {}
        fits = [self._words.like(word) for word in typed]
        candidates = set().union(*fits)
        for index in {index for word in candidates for index in self._with.get(word, ())}:
            key, words = self._forms[index]
            score, left = fit(typed, fits, words)
            if len(typed) == 1 and words[-1] in left:
                score -= FIRST_NAME
            if score >= max(found.get(key, 0.0), OFFERED):
                found[key] = score
        self._whole.score("".join(typed), found)
        return found

    def nearest(self, typed: Sequence[str]) -> list[str]:
        """The drivers whose names are near enough to have been meant; those of no likeness would only mislead."""
        return self._whole.nearest("".join(typed), RESEMBLES)


class RaceNames:
    """Names and aliases of a season's races and of their tracks, track towns included.

    A track's shape ("oval", "road course") is not a name, but typed in full it tells two layouts of a track apart.
    """

    def __init__(self, races: Iterable[Race]) -> None:
        self._bags: list[tuple[int, frozenset[str]]] = []
        self._shapes: dict[int, frozenset[str]] = {}
        forms: list[tuple[int, tuple[str, ...]]] = []
        for race in races:
            track = race.track
            spellings = {
                name_words(name)
                for name in (race.name, *race.aliases, track.name, track.short, *track.aliases, track.city or "")
            }
            forms += [(race.round, words) for words in sorted(spellings) if words]
            self._bags.append((race.round, frozenset(word for words in spellings for word in words)))
            self._shapes[race.round] = frozenset(name_words(track.shape or ""))
        self._every_shape = frozenset(word for words in self._shapes.values() for word in words)
        self._words = Words(word for _, bag in self._bags for word in bag)
        self._whole = _WholeNames(forms)

    def scores(self, typed: Sequence[str]) -> dict[int, float]:
        """By round, the scores that are high enough to suggest; 100 is a whole name of the race or its track."""
        found: dict[int, float] = {}
        fits = [self._words.like(word) for word in typed]
        shapes = frozenset(typed) & self._every_shape
        for word, candidates in zip(typed, fits, strict=True):
            if word in shapes:
                candidates[word] = WORD
        for number, bag in self._bags:
            words = bag | (shapes & self._shapes[number])
            score, _ = fit(typed, fits, words)
            if score >= OFFERED:
                found[number] = score
        joined: dict[int, float] = {}
        self._whole.score("".join(typed), joined)
        for number, score in joined.items():
            found[number] = max(found.get(number, 0.0), score)
        return found

    def nearest(self, typed: Sequence[str]) -> list[int]:
        """The races whose names are near enough to have been meant; a word of something else has none."""
        return self._whole.nearest("".join(typed), RESEMBLES)
