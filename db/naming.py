"""Names as people write them: folded for comparing, made into keys, and the nearest ones to a misspelt one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches


def fold(text: str) -> str:
    """A name without case, accents, dots and doubled spaces: "A.J. Allmendinger" and "AJ  allmendinger" are alike."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.replace("’", "'").casefold()
    return " ".join(re.sub(r"[^\w\s]", "", plain).split())


def slug(text: str) -> str:
    """A name as a stable key: "Gio Ruggiero" is "gio-ruggiero"."""
    return fold(text).replace(" ", "-")


def nearest(text: str, names: Iterable[str], count: int = 3) -> list[str]:
    """The names most like a misspelt one, best first."""
    by_fold = {fold(name): name for name in names}
    return [by_fold[f] for f in get_close_matches(fold(text), by_fold, n=count, cutoff=0.5)]


_FILLERS = re.compile("[\u115f\u1160\u3164\uffa0]")
"""Letters by their kind, of which nothing is seen; the other unseen characters are none, and ``fold`` drops them."""


def fold_words(text: str) -> str:
    """Words as they are compared: as ``fold``, dashes and dots between words set apart; a text of signs is itself."""
    text = _FILLERS.sub("", text)
    return fold(re.sub(r"[-/\u2010-\u2015…]|\.{2,}", " ", text)) or text.strip()
