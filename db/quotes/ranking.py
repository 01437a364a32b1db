"""In which order matches of a search come: what the named person said, the exact words, then newer before older."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.quotes.rows import quoted

SAID, NEXT, EXACT = 1, 2, 3
"""How a quote has the words of a search: it says them or is from the race that they name; it says them next to each
other, in any form ("side drafting"); it says exactly them. What only its context or the speaker's role has comes last.
"""

# ruff: noqa: S608 - the statement is made of constants, at import.
BEST = f"""
SELECT q.id FROM quotes q
 WHERE q.id IN (SELECT rowid FROM quotes_text WHERE {{matching}})
 ORDER BY q.id IN (SELECT rowid FROM quotes_text WHERE quotes_text MATCH :speaker) DESC,
          CASE WHEN q.id NOT IN (SELECT rowid FROM quotes_text WHERE quotes_text MATCH :said) THEN 0
               WHEN q.id NOT IN (SELECT rowid FROM quotes_text WHERE quotes_text MATCH :phrase) THEN {SAID}
               WHEN ' ' || lower(q.words) || ' ' GLOB :exact THEN {EXACT} ELSE {NEXT} END DESC,
          q.day DESC, q.id DESC
 LIMIT :limit OFFSET :offset
"""
"""The page of a search whose matches are few enough to be sorted. Whoever searches for a driver finds what they said
before what was said about them, so the speaker goes before the phrase.
"""
NOTHING = '"\ue001"'
"""An expression that matches no quote: the index holds no such word."""
_NO_LETTER = "[^a-z0-9]"


def ranking(words: Sequence[Sequence[str]]) -> dict[str, Any]:
    """The parameters of ``BEST`` for the words of a search, each with the alternatives by which it may be found.

    The first alternative of each word is the word as it was typed; a single word is no phrase.
    """
    typed = [some[0] for some in words if some]
    named = [each for some in words for each in some]
    return {
        "speaker": f"who : {_any(named)}" if named else NOTHING,
        "said": f"{{words race}} : ({' AND '.join(_any(some) for some in words if some)})" if named else NOTHING,
        "phrase": f"words : {quoted(' '.join(typed))}" if len(typed) > 1 else NOTHING,
        "exact": f"*{_NO_LETTER}{_NO_LETTER.join(word.replace(chr(39), '?') for word in typed)}{_NO_LETTER}*",
    }


def _any(words: Sequence[str]) -> str:
    return f"({' OR '.join(quoted(word) for word in words)})"
