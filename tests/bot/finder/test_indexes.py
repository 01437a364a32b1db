"""Names are looked up by their length and their beginning; nobody is missed who would be found by going through all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.finder.names import ALIKE, DriverNames
from bot.finder.words import CLOSE, EXACT, PREFIX, Words, with_beginning
from db.models import Driver

NAMES = ("Corey Heim", "Cory Roper", "Ty Majeski", "Ty Dillon", "Matt Crafton", "Ron Hornaday Jr.", "Al Unser", "Bo Ho")
WORDS = sorted({word.casefold() for name in NAMES for word in name.replace(".", "").split()})
TYPED = st.sampled_from(WORDS).flatmap(
    lambda word: st.tuples(st.integers(1, len(word)), st.text("abcorey", max_size=2)).map(
        lambda cut: word[: cut[0]] + cut[1]
    )
)


def allowed(length: int) -> int:
    return 0 if length < 2 else 1 if length < 6 else 2 if length < 10 else 3


@given(TYPED)
def test_every_word_that_is_near_or_begins_so_fits(typed: str) -> None:
    fits = Words(WORDS).like(typed)
    expected = {word for word in WORDS if word.startswith(typed) or OSA.distance(typed, word) <= allowed(len(typed))}
    if len(typed) >= 4:
        expected |= {word for word in WORDS if OSA.distance(typed, word[: len(typed)]) <= 1}
    assert fits.keys() == expected


@given(st.sampled_from(NAMES), st.integers(1, 16), st.text("aeho", max_size=3))
def test_every_whole_name_that_is_alike_is_found(name: str, cut: int, more: str) -> None:
    typed = name.casefold().replace(" ", "").replace(".", "").removesuffix("jr")[:cut] + more
    scores = DriverNames(Driver(each, each) for each in NAMES).scores([typed])
    for each in NAMES:
        joined = each.casefold().replace(" ", "").replace(".", "").removesuffix("jr")
        alike = OSA.normalized_similarity(typed, joined)
        if typed == joined:
            assert scores[each] == EXACT
        elif len(typed) >= 3 and joined.startswith(typed):
            assert scores[each] >= PREFIX
        elif alike >= ALIKE:
            assert scores[each] >= CLOSE * alike - 0.001


@given(st.lists(st.text("ab", max_size=4)), st.text("ab", max_size=3))
def test_the_texts_with_a_beginning_follow_each_other(texts: list[str], beginning: str) -> None:
    ordered = sorted(texts)
    found = [ordered[index] for index in with_beginning(ordered, beginning)]
    assert found == [text for text in ordered if text.startswith(beginning)]
