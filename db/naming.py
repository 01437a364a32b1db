"""Names as people write them: folded for comparing, turned into keys, and the names nearest to a misspelt one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz, process

SIMILAR = 50
"""How similar, of 100, a name must be to a misspelt one to be offered in its place."""


def fold(text: str) -> str:
    """A name without case, accents, punctuation and doubled spaces.

    "A.J. Allmendinger" and "AJ  allmendinger" fold to the same text.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.replace("’", "'").casefold()
    return " ".join(re.sub(r"[^\w\s]", "", plain).split())


def slug(text: str) -> str:
    """A name as a key: "Gio Ruggiero" becomes "gio-ruggiero"."""
    return fold(text).replace(" ", "-")


def nearest(text: str, names: Iterable[str], count: int = 3) -> list[str]:
    """The names most similar to a misspelt one, best first; empty if none is similar enough."""
    by_fold = {fold(name): name for name in names}
    found = process.extract(fold(text), list(by_fold), scorer=fuzz.ratio, limit=count, score_cutoff=SIMILAR)
    return [by_fold[name] for name, _, _ in found]


_FILLERS = re.compile("[\u115f\u1160\u3164\uffa0]")
"""Invisible characters that Unicode counts as letters, so that ``fold`` would keep them."""


def fold_words(text: str) -> str:
    """A text folded for comparing: as ``fold``, but dashes and dots between two words separate them.

    A text without any letter or digit, such as "!?", stays as it is, or all such texts would be equal.
    """
    text = _FILLERS.sub("", text)
    return fold(re.sub(r"[-/\u2010-\u2015…]|\.{2,}", " ", text)) or text.strip()
