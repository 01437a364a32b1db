"""A message that quotes somebody is taken apart into the fields of the form."""

from __future__ import annotations

import pytest

from bot.quotes.message_parser import form_values_of_message
from tests.bot.quotes.test_form_parser import as_of

JUMP = "https://discord.com/channels/1/2/3"
WORDS = "We will get them"


@pytest.mark.parametrize(
    ("text", "published"),
    [
        (f'Heim: "{WORDS}" https://a.example/x', "https://a.example/x"),
        (f'"{WORDS}" - Corey Heim', JUMP),
        (f"Corey Heim said: {WORDS}", JUMP),
        (f"“{WORDS}” —Heim (FOX)", f"FOX {JUMP}"),
        (f"“{WORDS}” — Heim <https://a.example/x>", "https://a.example/x"),
        (f"Heim: {WORDS} <https://a.example/x>", "https://a.example/x"),
        (f'Corey Heim (FOX): "{WORDS}" https://a.example/x_(y)', "FOX https://a.example/x_(y)"),
        (f'"{WORDS}," Heim said. https://a.example', "https://a.example"),
        (f'"{WORDS}," said Corey Heim', JUMP),
        (f'**Heim:** "{WORDS}"', JUMP),
        (f"{WORDS} - Corey Heim", JUMP),
        (f'> "{WORDS}"\n— Heim [FOX](https://a.example/x)', "FOX https://a.example/x"),
        (f'Corey Heim: "{WORDS}" (via FOX: https://a.example/x)', "FOX https://a.example/x"),
        (f'Heim, "{WORDS}"', JUMP),
        (f'#11 Heim: "{WORDS}"', JUMP),
        (f'"{WORDS}" https://a.example/x - hiem', "https://a.example/x"),
        (f"“{WORDS}”\nCorey Heim", JUMP),
        (f'https://a.example/x Heim: "{WORDS}"', "https://a.example/x"),
        (f'Heim told FOX: "{WORDS}"', JUMP),
        (f'Corey Heim (@somebody) said: "{WORDS}" https://a.example/1, https://a.example/2', "https://a.example/1"),
    ],
)
def test_words_speaker_publisher_and_link_are_taken_apart(text: str, published: str) -> None:
    values = form_values_of_message([text], JUMP, as_of())
    assert values == {"words": WORDS, "who": "Corey Heim", "about": "", "when": "", "link": published}


@pytest.mark.parametrize(
    ("text", "about"),
    [
        (f'Heim after the race: "{WORDS}"', "-\nafter the race"),
        (f'Corey Heim on Talladega: "{WORDS}"', "-\non Talladega"),
        (f'"{WORDS}" - Corey Heim, TRICON Garage', "TRICON Garage"),
    ],
)
def test_the_occasion_and_the_role_have_a_field_of_their_own(text: str, about: str) -> None:
    values = form_values_of_message([text], JUMP, as_of())
    assert (values["words"], values["who"], values["about"]) == (WORDS, "Corey Heim", about)


@pytest.mark.parametrize(
    "text",
    [
        "We won - a lot",
        "The truth is: we were slow",
        "Lap 22: we crashed",
        "11: yes",
        "Green flag at 4:30",
        "We were fast, Heim: not so much",
        "We had 98 problems - 11",
    ],
)
def test_what_only_looks_like_a_name_stays_with_the_words(text: str) -> None:
    values = form_values_of_message([text], JUMP, as_of())
    assert (values["words"], values["who"]) == (text, "")


def test_a_link_alone_leaves_no_words() -> None:
    values = form_values_of_message(["https://a.example/x"], JUMP, as_of())
    assert (values["words"], values["link"]) == ("", "https://a.example/x")


@pytest.mark.parametrize("stuff", ["(", "( ", "(\n", "[", "https://a.example/x (", "- ", ":", "said "])
def test_a_long_message_is_read_once_through(stuff: str) -> None:
    """Whatever takes the square of its length would be at this for minutes."""
    values = form_values_of_message(["https://a.example/x " + stuff * 50_000], JUMP, as_of())
    assert values["link"].endswith("https://a.example/x")
