from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.render.user_text import LEAST_ROOM, as_typed, as_typed_in_line, in_parts, shortened
from db.user_text import clean_text
from tests.checks.formatting import read

SIGNS = [
    *"\\*_~`|<>[]()#&@:-+=.!/ \n\t1a",
    "@everyone",
    "@here",
    "<@123456789012345678>",
    "<@&123456789012345678>",
    "<#123456789012345678>",
    "<t:1760731200:R>",
    "</standings:123456789012345678>",
    "<:ram:123456789012345678>",
    "<id:home>",
    "```",
    "**",
    "__",
    "||",
    "-# ",
    "- ",
    "# ",
    "> ",
    ">>> ",
    "1. ",
    "[here](https://a.example)",
    "https://www.nascar.com/a_b_c",
    "http://a.example/*x*",
    "javascript://a.example",
    "discord://a.example/b",
    ":smile:",
    "&lt;",
    "\u202e",
    "e\u0301",
    "\u2028",
]
AWKWARD = st.lists(st.sampled_from(SIGNS) | st.text(max_size=4), max_size=30).map("".join)


def cleaned(text: str) -> str:
    return clean_text(text, 4 * len(text), lines=True)


@given(AWKWARD)
@example("¯\\_(ツ)_/¯")
@example("-\n---\n===\n1.\n+ a\n- - - x")
@example("::a:b::")
def test_no_text_has_an_effect_beyond_the_rule(text: str) -> None:
    found = read(as_typed(text))
    assert found.active == []
    assert found.points == sum(line.startswith("- ") for line in cleaned(text).split("\n"))
    assert all(link.startswith(("https://", "http://")) for link in found.links)


@given(AWKWARD)
def test_what_is_seen_is_what_was_typed(text: str) -> None:
    without_links = cleaned(text.replace("//", "/ /"))
    shown = read(as_typed(without_links)).shown
    assert shown.replace("\N{ZERO WIDTH SPACE}", "") == without_links


@given(AWKWARD, st.integers(20, 200))
def test_a_shortened_text_fits_and_has_no_effect_either(text: str, room: int) -> None:
    told = shortened(text, room)
    assert len(told) <= room
    assert read(told).active == []


@given(st.lists(AWKWARD, max_size=60).map("\n".join))
def test_parts_fit_and_lose_no_word(text: str) -> None:
    parts = in_parts(text, LEAST_ROOM)
    assert all(len(part) <= LEAST_ROOM for part in parts)
    assert all(read(part).active == [] for part in parts)


def test_parts_break_between_lines_else_between_words() -> None:
    lines = "\n".join(f"- line {n} of many" for n in range(60))
    parts = in_parts(lines, LEAST_ROOM)
    assert len(parts) == 2
    assert "\n".join(parts) == lines
    words = in_parts("word " * 200, LEAST_ROOM)
    assert " ".join(words) == ("word " * 200).strip()
    one_word = in_parts("x" * 1500, LEAST_ROOM)
    assert [len(part) for part in one_word] == [600, 600, 300]
    with pytest.raises(ValueError, match="too small"):
        in_parts("x", LEAST_ROOM - 1)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Two lines\nand a third\n\nafter a gap", "Two lines\nand a third\n\nafter a gap"),
        ("- one\n- two *stars*", "- one\n- two \\*stars\\*"),
        ("See https://www.nascar.com/a_b (or so).", "See <https://www.nascar.com/a_b> (or so)."),
        ("(https://en.wikipedia.org/wiki/Heim_(racer))", "(<https://en.wikipedia.org/wiki/Heim_%28racer%29>)"),
        ("**https://a.example**", "\\*\\*<https://a.example/>\\*\\*"),
        ("at:https://a.example", "at\\:<https://a.example/>"),
        ("https://a.example/@everyone", "<https://a.example/%40everyone>"),
        ("steam://run/1 and ftp://a.example", "steam\\://run/1 and ftp\\://a.example"),
        ("https://localhost/x https://u:p@a.example", "https\\://localhost/x https\\://u\\:p@a.example"),
        ("[here](https://a.example)", "\\[here\\](<https://a.example/>)"),
        ("@everyone hi", "@\N{ZERO WIDTH SPACE}everyone hi"),
        ("No. 1 at 7:30 p.m.", "No. 1 at 7\\:30 p.m."),
        ("1. first\n2) second\n2025 was good", "1\\. first\n2\\) second\n2025 was good"),
        ("", ""),
    ],
)
def test_the_rule_by_example(typed: str, told: str) -> None:
    assert as_typed(typed) == told


def test_a_shortened_text_ends_with_a_word() -> None:
    assert shortened("One two three four five", 15) == "One two three…"
    assert shortened("One two", 15) == "One two"
    assert shortened("*" * 30, 11) == "\\*" * 5 + "…"


@given(AWKWARD)
def test_a_line_is_one_line_without_points(text: str) -> None:
    found = read(as_typed_in_line(text))
    assert found.active == []
    assert found.points == 0
    assert "\n" not in found.shown
