"""What a text is made of before any name is looked for: its words, a year, a round, truck numbers, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal

from bot.finder.words import name_words

LONGEST = 400
"""Characters of a text that are read."""
MOST_TOKENS = 40
"""Words of a text that are read."""
LARGEST_TRUCK = 99
"""The largest truck number and round; a larger number is part of a race's name, such as UNOH 200."""

_WORD = re.compile(r"#?[^\W_]+(?:['’.&-][^\W_]+)*['’.]?|['’]\d\d(?!\w)")
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_SHORT_YEAR = re.compile(r"['’](\d\d)", re.ASCII)
_NUMBER = re.compile(r"\d{1,3}", re.ASCII)
_ROUND = re.compile(r"r(?:d|ound)?(\d{1,2})", re.ASCII)
_PICKED = re.compile(r"\s*(\d{4})[./:-](?:r|rd|round|race)?(\d{1,2})\s*", re.IGNORECASE | re.ASCII)
_POSSESSIVE = re.compile(r"['’]s?$")

_COUNTED = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_BEFORE_A_ROUND = frozenset({"round", "race", "rd", "r"})
_BEFORE_A_TRUCK = frozenset({"no", "nr", "number", "num", "truck", "car"})
_AFTER_A_TRUCK = frozenset({"truck", "car"})
_MONTH_NAMES = """
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
"""
_BEFORE_A_COUNT = "top last first best final next previous past stage lap laps place position spot p week day"
_AFTER_A_COUNT = """
lap laps stage stages place places position positions spot spots driver drivers finisher finishers racer racers
truck trucks race races win wins point points week weeks day days year years time times
"""
_COUNTED_BEFORE = frozenset((_BEFORE_A_COUNT + _MONTH_NAMES).split())
_COUNTED_AFTER = frozenset((_AFTER_A_COUNT + _MONTH_NAMES).split())
"""Words before and after a number that make it one that counts something, or the day of a month."""
_YEARS = frozenset({"year", "years", "yr", "yrs", "season", "seasons"})
_LATEST = frozenset({"latest", "last", "previous", "newest", "recent"})
_NEXT = frozenset({"next", "upcoming"})
_PARTS_OF_YEAR = {
    "spring": frozenset({2, 3, 4, 5}),
    "summer": frozenset({6, 7, 8}),
    "fall": frozenset({9, 10, 11}),
    "autumn": frozenset({9, 10, 11}),
}
"""Months by what fans call the one or the other race at a track."""

_EVERYDAY = """
a about after above against aint all am an and any anybody anyone anything are as at bad be beat because been before
believe below best better between big but by call calls can cant car catch caught cause chance chances channel cold
come compare compared could craftsman crash cut cutline did didnt do does doesnt doing done dont drive driver
drivers drives during each end ended ever every everybody everyone explain fan fans far final finish finished
finishes finishing first five for friday from gave get give go going good got had hadnt happen happened happens has
hasnt have havent he hello her hers hey hi him his hot how i if in info is isnt it its just know lap laps lead
leader leaders leads led like line list lol lot make many me mean more most much my n nascar need new no nobody not
now number of off ok okay on one only or order our out over pit place placed play playoff playoffs please points
position quote quotes race raced racer races racing rain rained raining rank recap result results run running said
same saturday say saying says schedule second see series she should show so some somebody someone something speak
spoke stage stages standing standings start started starts still story such sunday take talk talked talking talks
tell ten than thank thanks that the their them then there they thing things think third this those time tire tires
title to today told tomorrow tonight tonights took top track tracks truck trucks true tv two up us v versus vs want
wants was wasnt watch we week weekend were werent what whats when where which who whom whos whose why wild will win
winner winners wins with won wont worst would wouldnt wreck wrecked wrecks yes yesterday you your
"""
FILLERS = frozenset(_EVERYDAY.split())
"""Words of everyday questions: by itself none of them names anything, as part of a whole name ("The Rock") it does."""


class Kind(Enum):
    """What is known of a token before names are looked for."""

    NAME = auto()
    FILLER = auto()
    TRUCK = auto()
    NUMBER = auto()
    USED = auto()


@dataclass(slots=True)
class Token:
    """A word as ``typed``, and as ``word``, comparable to names; ``bare`` is the word without a possessive's ending."""

    typed: str
    word: str
    bare: str
    kind: Kind = Kind.NAME


@dataclass(slots=True)
class Tokens:
    """The words of a text, and what was read from them.

    Attributes:
        words: in their order; those of kind USED are what the other fields were read from.
        year: the year that is named; "last year" counts from the day it was asked.
        round: the round of a race, where the text calls it that.
        picked: the text is the value of a choice, "2025.22".
        when: the latest race or the next one.
        months: the months that "spring" or "fall" stands for.
    """

    words: list[Token]
    year: int | None = None
    round: int | None = None
    picked: bool = False
    when: Literal["latest", "next"] | None = None
    months: frozenset[int] = frozenset()
    part_of_year: Token | None = field(default=None)


def tokens_of(text: str, this_year: int) -> Tokens:
    """Reads everything but names from a text. ``this_year`` is what "last year" counts from."""
    picked = _PICKED.fullmatch(text[:LONGEST])
    if picked:
        return Tokens([], int(picked[1]), int(picked[2]), picked=True)
    tokens = Tokens(list(_split(text)))
    _find_year(tokens, this_year)
    _find_numbers(tokens)
    _find_when(tokens)
    for token in tokens.words:
        if token.kind is Kind.NAME and (token.word in FILLERS or not token.word):
            token.kind = Kind.FILLER
    return tokens


def counts_something(tokens: Tokens, number: Token) -> bool:
    """Whether the words beside a number by itself make it no truck: "top 10", "stage 2", "10 laps", "April 11"."""
    at = next(at for at, token in enumerate(tokens.words) if token is number)
    before, after = tokens.words[at - 1 : at] if at else [], tokens.words[at + 1 : at + 2]
    return any(each.word in _COUNTED_BEFORE for each in before) or any(each.word in _COUNTED_AFTER for each in after)


def without_year(text: str, this_year: int) -> str:
    """The words of a text without those that name a year, as typed."""
    tokens = Tokens(list(_split(text)))
    _find_year(tokens, this_year)
    return " ".join(token.typed for token in tokens.words if token.kind is not Kind.USED)


def is_picked(text: str) -> bool:
    """Whether a text is the value that a list sends back for a race: "2025.22"."""
    return _PICKED.fullmatch(text) is not None


def _split(text: str) -> Iterator[Token]:
    for found in _WORD.findall(text[:LONGEST])[:MOST_TOKENS]:
        if _SHORT_YEAR.fullmatch(found):
            yield Token(found, found, found)
            continue
        # "Mid-Ohio" is two words of a name, "A.J." is one.
        for part in re.split(r"[-&]", found):
            folded = "".join(name_words(part))
            if folded:
                yield Token(part, folded, "".join(name_words(_POSSESSIVE.sub("", part))) or folded)


def _find_year(tokens: Tokens, this_year: int) -> None:
    words = tokens.words
    for at, token in enumerate(words):
        before = words[at - 1] if at else None
        two_before = words[at - 2] if at > 1 else None
        year: int | None = None
        used = [token]
        if _YEAR.fullmatch(token.bare):
            year = int(token.bare)
        elif short := _SHORT_YEAR.fullmatch(token.typed):
            year = (2000 if int(short[1]) < 80 else 1900) + int(short[1])
        elif token.bare in _YEARS and before is not None and before.word in {"last", "previous", "this"}:
            year, used = this_year - (before.word != "this"), [before, token]
        elif token.word == "ago" and before is not None and two_before is not None and before.word in _YEARS:
            past = _COUNTED.get(two_before.word) or (int(two_before.word) if two_before.word.isdecimal() else 0)
            year, used = (this_year - past, [two_before, before, token]) if 0 < past < 100 else (None, used)
        if year is not None and tokens.year is None:
            tokens.year = year
            for each in used:
                each.kind = Kind.USED


def _find_numbers(tokens: Tokens) -> None:
    words = tokens.words
    for at, token in enumerate(words):
        before = words[at - 1] if at and words[at - 1].kind is not Kind.USED else None
        after = words[at + 1] if at + 1 < len(words) else None
        joined = _ROUND.fullmatch(token.bare)
        if token.kind is Kind.USED:
            continue
        if joined and tokens.round is None:
            tokens.round, token.kind = int(joined[1]), Kind.USED
        elif not _NUMBER.fullmatch(token.bare) or int(token.bare) > LARGEST_TRUCK:
            continue
        elif token.typed.startswith("#") or (after is not None and after.word in _AFTER_A_TRUCK):
            token.kind = Kind.TRUCK
        elif before is not None and before.word in _BEFORE_A_ROUND and tokens.round is None:
            tokens.round, token.kind, before.kind = int(token.bare), Kind.USED, Kind.USED
        elif before is not None and before.word in _BEFORE_A_TRUCK:
            token.kind = Kind.TRUCK
        else:
            token.kind = Kind.NUMBER


def _find_when(tokens: Tokens) -> None:
    for token in tokens.words:
        if token.kind is not Kind.NAME:
            continue
        if tokens.when is None and (token.word in _LATEST or token.word in _NEXT):
            tokens.when, token.kind = ("latest" if token.word in _LATEST else "next"), Kind.USED
        elif not tokens.months and token.word in _PARTS_OF_YEAR:
            tokens.months, tokens.part_of_year = _PARTS_OF_YEAR[token.word], token
            token.kind = Kind.USED
