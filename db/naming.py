"""Folds names and quotes for comparing, turns names into keys, and finds the names nearest to a misspelled one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz, process

SIMILAR = 50
"""How similar, of 100, a name must be to a misspelt one to be offered in its place."""


@lru_cache(maxsize=4096)
def fold_name(text: str) -> str:
    """A name without case, accents, punctuation and doubled spaces.

    "A.J. Allmendinger" and "AJ  allmendinger" fold to the same text. Keys are made of it, so that it must never change.
    It decides whether two names are the same. ``bot.finder.words.name_words`` is more lenient on purpose, because it
    serves searches: it leaves out "Jr." and makes words of what a dash joins.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.replace("’", "'").casefold()
    return " ".join(re.sub(r"[^\w\s]", "", plain).split())


def slug(text: str) -> str:
    """A name as a key: "Gio Ruggiero" becomes "gio-ruggiero"."""
    return fold_name(text).replace(" ", "-")


def nearest(text: str, names: Iterable[str], count: int = 3, least: float = SIMILAR) -> list[str]:
    """The names most similar to a misspelt one, best first; empty if none is similar enough, ``least`` of 100."""
    by_fold = {fold_name(name): name for name in names}
    found = process.extract(fold_name(text), list(by_fold), scorer=fuzz.ratio, limit=count, score_cutoff=least)
    return [by_fold[name] for name, _, _ in found]


_FILLERS = re.compile("[\u115f\u1160\u3164\uffa0]")
"""Invisible characters that Unicode counts as letters, so that ``fold_name`` would keep them."""


def fold_quote(text: str) -> str:
    """The words of a quote folded for comparing: as ``fold_name``, but dashes and dots between words separate them.

    Quotes with the same result are the same quote. It is stored beside each of them and must never change; migrations
    know it as ``fold_words``.

    A text without any letter or digit, such as "!?", stays as it is, or all such texts would be equal.
    """
    text = _FILLERS.sub("", text)
    return fold_name(re.sub(r"[-/\u2010-\u2015…]|\.{2,}", " ", text)) or text.strip()
