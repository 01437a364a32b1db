"""Every word of every name on record, to tell which words of a text name drivers, which races, and which nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.finder.tokens import Kind, Token
from bot.finder.words import EXACT, PREFIX, Words, name_words
from db.models import Driver, Race

Named = Literal["driver", "race"]

TOGETHER = 3.0
"""What each further word adds that belongs to the same name: "Corey Day" is one driver rather than two."""
WHOLE = 1.0
"""What a name adds that is there as a whole, spelled exactly."""
PLACE, SURNAME, FIRST_NAME, SPONSOR = 0.99, 0.97, 0.9, 0.8
"""What a word by itself is worth, where it could name several things and none of them is expected.

A sponsor is a word that is only in a race's name, not in its track's.
"""
INITIAL = 60.0
"""Score of an initial beside another word of the name."""
SHORTEST_ALONE = 2
"""Letters of a word that can be a name by itself."""
SHORTEST_PART = 3
"""Letters of a word that can be the beginning of a name, and of one that can be misspelled."""
SHORTEST_JOINED = 6
"""Letters of a whole name written as one word."""
LONGEST_NAME = 8
"""Words of a name at most; race names have up to nine, of which nobody types all."""

Likes = dict[str, float]
"""The words of names that a typed word may stand for, each with its score."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words ``start`` to ``end`` (exclusive) that together name a driver, or are part of what names a race."""

    start: int
    end: int
    kind: Named


@dataclass(frozen=True, slots=True)
class Least:
    """What a word needs to be taken for a name: a ``score``, 0 to 100, and ``letters`` to be a name's beginning."""

    score: float
    letters: int


class _Names:
    """Names of one kind: what words they are made of, and which words occur together in one of them."""

    def __init__(self, names: Iterable[frozenset[str]], whole: Iterable[tuple[str, ...]]) -> None:
        self.names = list(dict.fromkeys(names))
        self.by_word: dict[str, set[int]] = {}
        for number, words in enumerate(self.names):
            for word in words:
                self.by_word.setdefault(word, set()).add(number)
        self.words = Words(self.by_word)
        self.whole = {"".join(words): words for words in whole}
        self.joined = Words(name for name, words in self.whole.items() if len(words) > 1)

    def like(self, token: Token, least: Least) -> Likes:
        likes: Likes = {}
        for typed in dict.fromkeys((token.word, token.bare)):
            if typed in self.by_word:
                likes[typed] = EXACT
            if len(typed) >= SHORTEST_PART:
                for word, score in self.words.like(typed).items():
                    if score >= least.score and (score != PREFIX or len(typed) >= least.letters):
                        likes[word] = max(score, likes.get(word, 0.0))
        return likes

    def joined_like(self, token: Token, least: Least) -> tuple[tuple[str, ...], float] | None:
        """The whole name that a word is, written as one: "coreyheim"."""
        if len(token.bare) < SHORTEST_JOINED:
            return None
        likes = self.joined.like(token.bare)
        best = max(likes, key=likes.__getitem__, default=None)
        return (self.whole[best], likes[best]) if best is not None and likes[best] >= least.score else None

    def together(self, likes: Sequence[Likes]) -> bool:
        """Whether one name has a different word for each of these."""
        common = set.intersection(*({n for word in each for n in self.by_word.get(word, ())} for each in likes))
        return any(_fits(likes, self.names[number]) for number in common)


class Lexicon:
    """The names of drivers, races and tracks, as one looks for them in a text.

    Args:
        drivers: all drivers on record.
        races: all races on record.
    """

    def __init__(self, drivers: Iterable[Driver], races: Iterable[Race]) -> None:
        races = list(races)
        forms = [name_words(name) for driver in drivers for name in (driver.name, *driver.aliases)]
        self._last = {words[-1] for words in forms if words} | {words[0] for words in forms if len(words) == 1}
        self._drivers = _Names(map(frozenset, forms), forms)
        places: list[tuple[str, ...]] = []
        titles: list[tuple[str, ...]] = []
        for race in {(race.track.key, race.name, race.aliases): race for race in races}.values():
            places += place_names(race)
            titles += [name_words(name) for name in (race.name, *race.aliases)]
        self.words = frozenset(word for words in (*forms, *places, *titles) for word in words)
        """Every word of every name."""
        self._places = {word for words in places for word in words}
        self.race_names = {(race.season, race.round): (race_words(race), whole_names(race)) for race in races}
        """By year and round, the words of a race's names, and its whole names each written as one word."""
        self._races = _Names(
            dict.fromkeys(words for words, _ in self.race_names.values()), [name for name in (*places, *titles) if name]
        )

    def spans(self, tokens: Sequence[Token], least: Least, expected: Named | None) -> list[Span]:
        """What the words name, in their order; words that name nothing are in none of the spans.

        Of all ways to read the words it is the one that explains most letters of them, words of one name before words
        of several, and names spelled exactly before similar ones.

        Args:
            tokens: without those that are numbers of trucks, years and the like.
            least: what a word must have to be taken for a name.
            expected: what is asked for, which decides where a word names a driver and a race equally well.
        """
        kinds: tuple[tuple[Named, _Names], ...] = (("race", self._races), ("driver", self._drivers))
        best: list[tuple[float, list[Span]]] = [(0.0, [])] * (len(tokens) + 1)
        found = {kind: _Fits(tokens, names, least) for kind, names in kinds}
        for start in range(len(tokens) - 1, -1, -1):
            best[start] = best[start + 1]
            for kind, _ in kinds:
                for end, value in found[kind].ends(start):
                    likes = found[kind].likes[start] if end == start + 1 else {}
                    total = value * self._worth(kind, likes, expected) + best[end][0]
                    if total > best[start][0]:
                        best[start] = (total, [Span(start, end, kind), *best[end][1]])
        return best[0][1]

    def _worth(self, kind: Named, likes: Likes, expected: Named | None) -> float:
        """How much a single word is worth as a name; several words of one name are worth what they are."""
        if not likes:
            return 1.0
        word = max(likes, key=likes.__getitem__)
        if kind == "driver" and likes[word] < PREFIX and word not in self._last:
            # A first name alone says little; with a typo in it, it is as likely to be any other word.
            return 0.0
        if kind == "race" and expected != kind and likes[word] < PREFIX and word not in self._places:
            return 0.0  # and so is a sponsor's name with one
        if kind == "driver":
            return 1.0 if expected == kind else SURNAME if word in self._last else FIRST_NAME
        return 1.0 if expected == kind else PLACE if word in self._places else SPONSOR

    def spelled(self, token: Token) -> str:
        """A word of a driver's name without a possessive's ending, unless the name itself ends like that."""
        return token.word if token.word in self._drivers.by_word else token.bare

    def race_likes(self, token: Token, least: Least) -> Likes:
        """The words of races' names, or the whole name written as one word, that a word of a text may stand for."""
        likes = self._races.like(token, least)
        joined = None if likes else self._races.joined_like(token, least)
        return {"".join(joined[0]): joined[1]} if joined is not None else likes


class _Fits:
    """What the words of a text may stand for among the names of one kind."""

    def __init__(self, tokens: Sequence[Token], names: _Names, least: Least) -> None:
        self._tokens, self._names, self._least = tokens, names, least
        self.likes = [{} if token.kind is Kind.FILLER else names.like(token, least) for token in tokens]
        self._initials = [{} if self.likes[at] else self._initial(at) for at in range(len(tokens))]
        self._exact = [{word: EXACT for word in (t.word, t.bare) if word in names.by_word} for t in tokens]

    def ends(self, start: int) -> Iterator[tuple[int, float]]:
        """Where the names end that begin at a word, each with how many letters of them are explained, about."""
        token, names = self._tokens[start], self._names
        if self.likes[start] and len(token.bare) >= SHORTEST_ALONE:
            yield start + 1, self._value(start, self.likes[start])
        elif token.kind is not Kind.FILLER and (joined := names.joined_like(token, self._least)) is not None:
            yield start + 1, len(token.bare) * joined[1] / EXACT
        for end in range(start + 2, min(start + LONGEST_NAME, len(self._tokens)) + 1):
            value = self._together(range(start, end))
            if value is not None:
                yield end, value

    def _together(self, part: range) -> float | None:
        """The value of several words as one name; None where no name has all of them."""
        tokens = [self._tokens[at] for at in part]
        if _joined(tokens) & self._names.whole.keys():
            return sum(len(token.bare) for token in tokens) + TOGETHER * (len(part) - 1) + WHOLE
        meant = [at for at in part if self._tokens[at].kind is not Kind.FILLER]
        # Everyday words are part of a name only where the words around them are spelled exactly: "race on dirt".
        loose = len(meant) == len(part)
        likes = [(self.likes[at] or self._initials[at]) if loose else self._exact[at] for at in part]
        # Initials stand only beside a word: "c heim" is a name, "c h" is none.
        if not meant or not all(likes) or not any(self.likes[at] for at in part) or not self._names.together(likes):
            return None
        return sum(self._value(at, likes[at - part.start]) for at in meant) + TOGETHER * (len(meant) - 1)

    def _initial(self, at: int) -> Likes:
        """What an initial may stand for beside another word of the name: the "c" of "c heim"."""
        typed = self._tokens[at].bare
        if len(typed) >= SHORTEST_PART:
            return {}
        return {word: INITIAL for word in self._names.by_word if word.startswith(typed)}

    def _value(self, at: int, likes: Likes) -> float:
        return len(self._tokens[at].bare) * max(likes.values()) / EXACT


def _joined(tokens: Sequence[Token]) -> set[str]:
    return {"".join(token.word for token in tokens), "".join(token.bare for token in tokens)}


def _fits(likes: Sequence[Likes], words: frozenset[str]) -> bool:
    """Whether each of the likes finds a word of its own."""
    if not likes:
        return True
    first, rest = likes[0], likes[1:]
    return any(_fits(rest, words - {word}) for word in first if word in words)


def place_names(race: Race) -> list[tuple[str, ...]]:
    """The names of a race's track and its town, each as words."""
    track = race.track
    return [name_words(name) for name in (track.name, track.short, *track.aliases, track.city or "")]


def whole_names(race: Race) -> frozenset[str]:
    """The names of a race, its track and its town, each written as one word."""
    names = [*place_names(race), *(name_words(name) for name in (race.name, *race.aliases))]
    return frozenset("".join(words) for words in names)


def race_words(race: Race) -> frozenset[str]:
    """All words by which a race may be called: its names, its track's, the town's, and the track's shape."""
    names = [*place_names(race), *(name_words(name) for name in (race.name, *race.aliases))]
    return frozenset(word for words in names for word in words) | frozenset(name_words(race.track.shape or ""))
