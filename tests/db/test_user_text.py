"""Text from people becomes plain text of a known length, links become links that Markdown cannot break."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.quotes.models import SPEAKER_LIMIT, WORDS_LIMIT, clean_draft
from db.recaps.models import SECTION_LIMIT, clean_recap
from db.user_text import LINE_LIMIT, LINK_LIMIT, clean_link, clean_picture_link, clean_text, one_line
from tests.db.sample_texts import draft, recap

CLEANED = {
    "spaces": ("  a \t b\u00a0 c ", "a b c"),
    "line breaks become spaces": ("a\nb\r\nc\u2028d", "a b c d"),
    "control characters": ("a\x00b\x1b[31mc\x7fd\x9be", "ab[31mcde"),
    "turned about": ("a\u202etxt\u202cb\u2066c\u2069", "atxtbc"),
    "unseen": ("No\u200bbody\ufeff\u00ad", "Nobody"),
    "a lone surrogate": ("a\ud800b", "ab"),
    "for private use": ("a\ue000g0", "ag0"),
    "decomposed": ("Sua\u0301rez", "Suárez"),
    "hidden in between": ("Sua\u200b\u0301rez", "Suárez"),
    "nothing to be seen": ("\u200d \u0301 \u2063", ""),
    "letters and signs of which nothing is seen": ("\u3164\u115f\u1160\uffa0 \u2800\U000e0041", ""),
    "a word with something unseen in it": ("w\u3164i\u2061n\U000e0061n\u034fe\u200dr\ufe0fs\u17b4", "winners"),
    "blank Braille": ("a\u2800b", "a b"),
    "a joiner that joins letters of a script that has none": ("é\u200cé \u200d", "éé"),
    "a joiner that a script needs": (
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    ),
    "emoji with selectors": (
        "❤\ufe0f\u200d🔥 1\ufe0f\u20e3 ‼\ufe0f ℹ\ufe0f ☺\ufe0e",
        "❤\ufe0f\u200d🔥 1\ufe0f\u20e3 ‼\ufe0f ℹ\ufe0f ☺\ufe0e",
    ),
    "selectors that select nothing": ("a\ufe0f 1\ufe0f \ufe0f🏁\ufe0f\ufe0f", "a 1 🏁\ufe0f"),
    "nothing": ("", ""),
    "an emoji with a joiner": ("👨\u200d👩\u200d👧 🏁", "👨\u200d👩\u200d👧 🏁"),
    "a bell": ("\a", ""),
}


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)), st.booleans())
def test_the_short_way_for_plain_text_gives_what_the_long_one_does(text: str, lines: bool) -> None:
    # An unseen character is taken out, and takes the text the long way.
    assert clean_text(text, len(text), lines=lines) == clean_text(text + "\u200b", len(text), lines=lines)


@pytest.mark.parametrize("what", CLEANED)
def test_text_is_cleaned(what: str) -> None:
    text, expected = CLEANED[what]
    assert clean_text(text, 100) == expected


def test_what_unicode_lets_programs_ignore_is_in_no_word() -> None:
    ignorable = {0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x3164, 0xFEFF, 0xFFA0, *range(0x180B, 0x1810)}
    ignorable |= {*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10)}
    ignorable |= {*range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000)}
    assert {
        code for code in ignorable if clean_text(f"w{chr(code)}in", 9) != "win" or clean_text(chr(code) * 3, 9)
    } == set()


def test_line_breaks_are_kept_where_allowed_and_one_empty_line_at_most() -> None:
    assert clean_text(" a \r\n b\n\n\n\n c\x0bd ", 100, lines=True) == "a\nb\n\nc\nd"


def test_a_text_may_be_as_long_as_its_limit_and_no_longer() -> None:
    assert clean_text("x" * 80, 80) == "x" * 80
    assert clean_text(" " * 50 + "x" * 80 + "\x00" * 50, 80) == "x" * 80
    with pytest.raises(ValueError, match=r"^is 81 characters long; 80 is the most$"):
        clean_text("x" * 81, 80)


@given(st.text(), st.booleans())
def test_clean_text_stays_as_it_is(text: str, lines: bool) -> None:
    once = clean_text(text, 10_000, lines=lines)
    assert clean_text(once, 10_000, lines=lines) == once
    assert unicodedata.normalize("NFC", once) == once
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ue000-\uf8ff]", once)
    assert lines or "\n" not in once
    once.encode()


LINKS = {
    "https://www.nascar.com": "https://www.nascar.com/",
    "HTTP://NASCAR.com/A?b=c#d": "http://nascar.com/A?b=c#d",
    " https://nascar.com/a(b)[c]<d> ": "https://nascar.com/a%28b%29%5Bc%5D%3Cd%3E",
    "https://nascar.com/100%": "https://nascar.com/100%25",
    "https://nascar.com/a%20b": "https://nascar.com/a%20b",
    "https://nascar.com:8443/x": "https://nascar.com:8443/x",
    "https://bücher.de/ä": "https://xn--bcher-kva.de/%C3%A4",
    'https://nascar.com/"|`': "https://nascar.com/%22%7C%60",
    "https://x.com/NASCAR_Trucks/status/1*2~3": "https://x.com/NASCAR_Trucks/status/1*2~3",
}


@pytest.mark.parametrize("text", LINKS)
def test_a_link_is_brought_into_its_normal_form(text: str) -> None:
    assert clean_link(text) == LINKS[text]
    assert clean_link(LINKS[text]) == LINKS[text]


NO_LINKS = [
    *("", "nascar.com", "ftp://nascar.com/a", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"),
    *("//nascar.com", "https:", "https://", "https:///a", "http:nascar.com", "discord://-/channels/1/2"),
    *("https://nascar.com/a b", "https://nascar.com/a\nb", "https://nascar.com\\@evil.com", "https://nas\u200bcar.com"),
    *("https://nascar.com@evil.com/", "https://user:pass@nascar.com/", "https://nascar.com:99999/", "https://[::1]/"),
    *("https://localhost/a", "https://127.0.0.1/a", "https://2130706433/", "https://nascar", "https://a..com/"),
    *("https://-a.com/", "https://nascar.com:x/", "https://" + "a" * 64 + ".com/", "https://nas%63ar.com/"),
    *("https://nascar.com/\ud800", "https://nascar.com/\x00", "https://nascar.com/\u202egpj"),
]


@pytest.mark.parametrize("text", NO_LINKS)
def test_what_is_no_link_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a link") as caught:
        clean_link(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_link_may_be_500_characters_long() -> None:
    stem = "https://nascar.com/"
    assert len(clean_link(stem + "x" * (LINK_LIMIT - len(stem)))) == LINK_LIMIT
    for long in ("x" * (LINK_LIMIT - len(stem) + 1), "(" * 170):
        with pytest.raises(ValueError, match="characters long; 500 is the most"):
            clean_link(stem + long)


def test_a_picture_comes_by_https_alone() -> None:
    assert clean_picture_link("https://nascar.com/a.jpg") == "https://nascar.com/a.jpg"
    with pytest.raises(ValueError, match="begins with https:// and"):
        clean_picture_link("http://nascar.com/a.jpg")


@given(st.text() | st.from_regex(r"https?://[a-z.@:\[\]]{0,12}[/?#][^\x00]{0,20}", fullmatch=True))
def test_whatever_is_typed_gives_a_safe_link_or_an_error(text: str) -> None:
    try:
        link = clean_link(text)
    except ValueError as error:
        assert "\n" not in str(error)
        return
    assert clean_link(link) == link
    assert len(link) <= LINK_LIMIT
    assert re.fullmatch(r"https?://[a-z0-9._-]+(:\d+)?/[!-~]*", link)
    assert not re.search(r"[()\[\]<>\"`\\|{}^]", link)
    assert urlsplit(link).username is None


WRONG_DRAFTS = {
    "no words": ({"words": " \u200b"}, "the quote is empty"),
    "too many words": ({"words": "x" * (WORDS_LIMIT + 1)}, "the quote is 2001 characters long; 2000 is the most"),
    "nobody": ({"speaker": "\t"}, "nobody is named"),
    "a long name": ({"speaker": "x" * (SPEAKER_LIMIT + 1)}, "the speaker is 81 characters"),
    "a long role": ({"role": "x" * 101}, "the role is 101 characters"),
    "a long context": ({"context": "x" * 201}, "the context is 201 characters"),
    "a long source": ({"source": "x" * 121}, "the source is 121 characters"),
    "no link": ({"link": "nascar.com"}, "'nascar.com' is not a link"),
    "half a race": ({"round": None}, "by its season and its round, both"),
}


@pytest.mark.parametrize("what", WRONG_DRAFTS)
def test_a_draft_that_does_not_fit_is_refused_in_one_line(what: str) -> None:
    changes, words = WRONG_DRAFTS[what]
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        clean_draft(replace(draft(), **changes))  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


def test_what_is_left_blank_in_a_draft_is_not_known() -> None:
    cleaned = clean_draft(draft(role=" ", context="", source="\n", link="  "))
    assert (cleaned.role, cleaned.context, cleaned.source, cleaned.link) == (None, None, None, None)


WRONG_RECAPS = {
    "no words": ({"words": "\n"}, "the section is empty"),
    "too many words": ({"words": "x" * (SECTION_LIMIT + 1)}, "the section is 3001 characters long; 3000"),
    "no author": ({"author": ""}, "the author is missing"),
    "a picture by http": ({"picture": "http://nascar.com/a.jpg"}, "is not a link; one begins with https://"),
}


@pytest.mark.parametrize("what", WRONG_RECAPS)
def test_a_recap_text_that_does_not_fit_is_refused_in_one_line(what: str) -> None:
    changes, words = WRONG_RECAPS[what]
    with pytest.raises(ValueError, match=re.escape(words)):
        clean_recap(replace(recap(), **changes))  # type: ignore[arg-type]


LINES = {
    "plain": ("Ty Majeski: is no number", "Ty Majeski: is no number"),
    "line breaks": ("a\nb\r\n  c\u2028d", "a b c d"),
    "what clears a screen": ("a\x1b[2Jb\x9b2Jc", "a<U+001B>[2Jb<U+009B>2Jc"),
    "half a character": ("a\ud800b", "a<U+D800>b"),
    "turned about": ("a\u202eb", "a<U+202E>b"),
    "of another alphabet": ("Suárez 鈴木 → 3", "Suárez 鈴木 → 3"),
    "too long": ("x" * 5_000, "x" * (LINE_LIMIT - 1) + "…"),
    "a little too long": ("x" * (LINE_LIMIT + 1), "x" * (LINE_LIMIT - 1) + "…"),
    "as long as may be": ("x" * LINE_LIMIT, "x" * LINE_LIMIT),
}


@pytest.mark.parametrize("case", LINES)
def test_a_text_of_whatever_origin_as_a_line(case: str) -> None:
    given_text, line = LINES[case]
    assert one_line(given_text) == line


@given(st.text(st.characters(), max_size=60))
def test_such_a_line_can_be_stored_and_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    line.encode()
    assert one_line(line) == line
    assert len(line.splitlines()) <= 1
