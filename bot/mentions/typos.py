"""Words of a question that were misspelled: "wat time dos the race strat"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import product
from math import prod

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.finder.finder import Finder
from bot.finder.tokens import FILLERS, Kind, tokens_of
from bot.mentions.vocabulary import GRAMMAR, PHRASES, PLAIN

SHORTEST = 3
"""Letters of a word that may be misspelled, and of the word that it may stand for."""
ANY_LETTER = 6
"""From this many letters on a letter may be wrong or too many. In shorter words one is missing or two are swapped:
nearly every short word becomes another one by a wrong letter."""
TWO_TYPOS = 7
"""From this many letters on there may be two typos."""
A_BEGINNING = 4
"""Letters of a name's beginning that are no misspelled word, and of a word whose first letter is missing ("bout")."""
WRONG_LETTER, OTHER_INITIAL = 0.3, 0.5
"""What a wrong letter costs beside a missing or swapped one, which is 1, and what a wrong first letter costs."""
MOST_SPELLINGS = 24
"""Spellings of a text that are tried; of a text with more, none is corrected."""

NO_TYPOS = frozenset(
    [
        "able",
        "beta",
        "built",
        "cat",
        "charge",
        "charged",
        "checked",
        "checks",
        "choices",
        "cleared",
        "closed",
        "closing",
        "combine",
        "coming",
        "company",
        "compact",
        "compared",
        "complete",
        "completely",
        "computed",
        "content",
        "contents",
        "copying",
        "correct",
        "correctly",
        "created",
        "creates",
        "dealing",
        "derived",
        "due",
        "entirely",
        "entries",
        "even",
        "facing",
        "falling",
        "field",
        "fields",
        "finally",
        "forth",
        "furnished",
        "great",
        "greater",
        "hour",
        "largest",
        "leaving",
        "listed",
        "listening",
        "located",
        "log",
        "longest",
        "looked",
        "lose",
        "lowest",
        "mailing",
        "making",
        "marking",
        "meaning",
        "opinions",
        "ordered",
        "own",
        "owns",
        "pace",
        "pat",
        "performed",
        "place",
        "places",
        "planned",
        "portion",
        "positive",
        "practical",
        "previously",
        "primary",
        "private",
        "promise",
        "quality",
        "raised",
        "reached",
        "reading",
        "receipt",
        "remain",
        "remainder",
        "remains",
        "reported",
        "respect",
        "retain",
        "rights",
        "rule",
        "rules",
        "sat",
        "section",
        "selling",
        "sending",
        "services",
        "session",
        "sessions",
        "setting",
        "sharing",
        "situation",
        "situations",
        "sorting",
        "source",
        "sources",
        "stating",
        "states",
        "status",
        "storage",
        "stream",
        "stripped",
        "studied",
        "table",
        "tables",
        "taking",
        "thin",
        "though",
        "thought",
        "ties",
        "tracker",
        "tree",
        "until",
        "very",
        "version",
    ]
)
"""Right words that are near to those of a question: "what's the situation" is nothing about stations."""
_DAYS = "monday tuesday wednesday thursday friday saturday sunday today tonight tomorrow yesterday night week weekend"
_ENDINGS = re.compile(r"([a-z]+)\(\?:([a-z|]+)\)(\??)(s\?)?")
_OPTIONAL = re.compile(r"([a-z]+)([a-z])\?")


@cache
def vocabulary() -> frozenset[str]:
    """The words by which fans ask: those of the phrases, of days, and those that add nothing."""
    words = set(_DAYS.split()) | PLAIN
    for phrase in (phrase for phrases in PHRASES.values() for phrase in phrases):
        text = phrase.replace(" ?", "")
        for start, endings, optional, plural in _ENDINGS.findall(text):
            ends = [*endings.split("|"), *([""] if optional else [])]
            words |= {start + end + s for end in ends for s in (("", "s") if plural else ("",))}
        text = _ENDINGS.sub(" ", text)
        for start, end in _OPTIONAL.findall(text):
            words |= {start, start + end}
        words |= set(re.findall(r"[a-z]+", _OPTIONAL.sub(" ", text)))
    return frozenset(word for word in words if len(word) >= SHORTEST)


def spellings(words: Sequence[str], typed: Sequence[str], finder: Finder) -> Iterator[list[str]]:
    """The texts that may have been meant, all equally near to what was typed; the text itself if all is right.

    Args:
        words: in lower case, without accents, apostrophes and dots.
        typed: the same words as typed, which those that are right stay.
        finder: knows the names, of which none is taken for a misspelled word.
    """
    candidates = [meant(word, finder) or (own,) for word, own in zip(words, typed, strict=True)]
    # Of more spellings than can be tried nobody knows whether they mean the same.
    if prod(map(len, candidates)) > MOST_SPELLINGS:
        candidates = [(own,) for own in typed]
    for found in product(*candidates):
        yield list(found)


def meant(word: str, finder: Finder) -> tuple[str, ...]:
    """The words that a word probably stands for, all equally near; none for one that is right or a name."""
    names = finder.lexicon.words - vocabulary()
    known = word in vocabulary() | GRAMMAR | FILLERS | NO_TYPOS | names
    if known or len(word) < SHORTEST or not word.isalpha() or tokens_of(word, 2000).words[0].kind is not Kind.NAME:
        return ()
    if len(word) >= A_BEGINNING and any(name.startswith(word) for name in names):
        return ()
    nearest = _nearest(word)
    if not nearest:
        return ()
    least = _cost(word, nearest[0])
    of_names = process.extract(word, names, scorer=OSA.distance, score_cutoff=int(least), limit=None)
    return () if any(_cost(word, name) <= least for name, _, _ in of_names) else nearest


@lru_cache(maxsize=4096)
def _nearest(word: str) -> tuple[str, ...]:
    """The words of a question that are nearest to a word, in order."""
    most = 2 if len(word) >= TWO_TYPOS else 1
    found = process.extract(word, vocabulary(), scorer=OSA.distance, score_cutoff=most, limit=None)
    costs = {near: _cost(word, near) for near, _, _ in found if _may_stand_for(word, near)}
    least = min(costs.values(), default=0.0)
    return tuple(sorted(near for near, cost in costs.items() if cost == least))


def _may_stand_for(word: str, near: str) -> bool:
    swapped = sorted(word) == sorted(near)
    if len(word) < ANY_LETTER:
        beginning = near.endswith(word) and len(word) >= A_BEGINNING
        return swapped or (len(near) == len(word) + 1 and (near[0] == word[0] or beginning))
    return swapped or near[0] == word[0]


def _cost(word: str, near: str) -> float:
    """How far a word is from the one that it may stand for: its typos, of which a missing letter is the likeliest."""
    wrong = len(word) >= len(near) and sorted(word) != sorted(near)
    other = word[0] != near[0] and sorted(word) != sorted(near)
    return OSA.distance(word, near) + WRONG_LETTER * wrong + OTHER_INITIAL * other
