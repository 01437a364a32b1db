"""What a filled-in form means, and what stands in one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FriendlyError
from bot.quotes.form_parser import form_values, parse_form, unquoted
from bot.quotes.message_parser import form_values_of_message
from bot.seasons.as_of import AsOf, AsOfKeeper
from db.quotes.models import QuoteDraft, clean_draft
from tests.seasons import bundled_seasons

BASE = {"words": "We won.", "who": "heim", "about": "", "when": "", "link": ""}


@cache
def as_of(moment: datetime = datetime(2025, 10, 16, 21, tzinfo=UTC)) -> AsOf:
    return AsOfKeeper().at(moment, bundled_seasons())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ({"who": "11"}, {"driver": "corey-heim", "speaker": "Corey Heim"}),
        ({"who": "Ruggerio"}, {"driver": "gio-ruggiero", "speaker": "Gio Ruggiero"}),
        ({"who": "Scott Zipadelli"}, {"driver": None, "speaker": "Scott Zipadelli"}),
        ({"who": "“Corey Heim”"}, {"driver": None, "speaker": "Corey Heim"}),
        ({"about": "Winner"}, {"role": "Winner", "context": None}),
        ({"about": "Winner\nafter the race\nat night"}, {"role": "Winner", "context": "after the race at night"}),
        ({"about": "-\nafter the race"}, {"role": None, "context": "after the race"}),
        ({"when": "roval"}, {"season": 2025, "round": 22, "said_on": None}),
        ({"when": "2025.22 2025-10-04"}, {"season": 2025, "round": 22, "said_on": date(2025, 10, 4)}),
        ({"when": "talladega, Oct. 16th, 2025"}, {"season": 2025, "round": 23, "said_on": date(2025, 10, 16)}),
        ({"when": "10/4/2024 talladega"}, {"season": 2024, "round": 20, "said_on": date(2024, 10, 4)}),
        ({"when": "October 4, 2025"}, {"season": None, "round": None, "said_on": date(2025, 10, 4)}),
        ({"link": "NASCAR.com"}, {"source": "NASCAR.com", "link": None}),
        ({"link": "NASCAR.com/trucks"}, {"source": "NASCAR.com/trucks", "link": None}),
        ({"link": "www.nascar.com"}, {"source": "www.nascar.com", "link": None}),
        ({"link": "https://a.example/b"}, {"source": None, "link": "https://a.example/b"}),
        ({"link": "FS1, after it http://a.example"}, {"source": "FS1, after it", "link": "http://a.example/"}),
        ({"words": "“We won.”"}, {"words": "We won."}),
        ({"words": '"We" and "won"'}, {"words": '"We" and "won"'}),
        ({"words": "Two\nlines"}, {"words": "Two\nlines"}),
    ],
)
def test_what_is_meant(typed: dict[str, str], meant: dict[str, object]) -> None:
    draft = parse_form(BASE | typed, as_of())
    assert {name: getattr(draft, name) for name in meant} == meant


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ({"who": ""}, "Nobody is named"),
        ({"who": "smith"}, "Several drivers go by “smith”"),
        ({"who": "Bono"}, "Put anyone else's name in quotation marks."),
        ({"who": "“”"}, "No driver"),
        ({"when": "daytona 1999"}, "No season 1999"),
        ({"when": "1990-01-01"}, "before the series began"),
        ({"when": "13/45/2025"}, "13/45/2025 isn't a date"),
        (
            {"when": "talladega"},
            r"\(Talladega\) isn't over yet; add the day it was said, such as “2025.23 2025-10-16”",
        ),
        ({"link": "https://localhost/x"}, "is not a link to a site"),
        ({"link": "FS1 ftp://nascar.com"}, "is not a link"),
        ({"words": " "}, "The quote is empty"),
        ({"words": "x" * 2001}, "The quote is 2001 characters long; 2000 is the most"),
    ],
)
def test_what_is_wrong_is_one_clear_line(typed: dict[str, str], line: str) -> None:
    with pytest.raises(FriendlyError, match=line) as raised:
        parse_form(BASE | typed, as_of())
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("who", ["Dale Earnhardt", "Austin Dillon", "Mike Wallace", "the king"])
def test_words_are_put_into_nobodys_mouth_who_was_not_named(who: str) -> None:
    with pytest.raises(FriendlyError, match="in quotation marks"):
        parse_form(BASE | {"who": who}, as_of())


@pytest.mark.parametrize("who", ["cory heim", "Hiem", "No. 11", "gio rugiero", "chandler s", "majesky"])
def test_a_slip_of_the_finger_names_him_all_the_same(who: str) -> None:
    assert parse_form(BASE | {"who": who}, as_of()).driver in {
        "corey-heim",
        "gio-ruggiero",
        "chandler-smith",
        "ty-majeski",
    }


def test_a_race_under_way_takes_what_was_said_on_its_day() -> None:
    during = as_of(datetime(2025, 10, 17, 21, tzinfo=UTC))
    assert parse_form(BASE | {"when": "talladega 2025-10-17"}, during).round == 23
    with pytest.raises(FriendlyError, match="isn't over yet"):
        parse_form(BASE | {"when": "talladega"}, during)


LINE = st.text(st.characters(codec="utf-8"), max_size=40)
DRAFTS = st.builds(
    QuoteDraft,
    speaker=LINE | st.sampled_from(["Corey Heim", "Scott Zipadelli", "heim", "11", "Bono"]),
    words=LINE.filter(lambda text: not set(text) & set('"“”«»„')),
    driver=st.none(),
    role=st.none() | LINE.filter(lambda text: text.strip() not in {"-", "–", "—"}),
    context=st.none() | LINE,
    season=st.just(2025),
    round=st.integers(1, 22),
    said_on=st.none() | st.dates(date(1995, 1, 1), date(2025, 10, 16)),
    source=st.none() | st.sampled_from(["NASCAR.com", "FS1 after the race", "Kickin’ the Tires"]),
    link=st.none() | st.just("https://www.nascar.com/a_b"),
)


@given(DRAFTS)
def test_a_quote_in_a_form_is_read_back_as_it_was(draft: QuoteDraft) -> None:
    try:
        held = clean_draft(draft)
    except ValueError:
        return
    if set(held.speaker) & set('"“”«»„'):
        return
    assert parse_form(form_values(held, as_of()), as_of()) == held


HELD = QuoteDraft("Heim's spotter", "“Won.”", driver="corey-heim", role="-", source="https://a.example/name")


def test_what_was_not_touched_means_what_is_held() -> None:
    assert form_values(HELD, as_of())["who"] == "“Heim's spotter”"
    assert (
        parse_form({field: f" {text}\r\n" for field, text in form_values(HELD, as_of()).items()}, as_of(), HELD) == HELD
    )
    changed = form_values(HELD, as_of()) | {"who": "heim"}
    assert parse_form(changed, as_of(), HELD) == replace(HELD, speaker="Corey Heim")
    changed = form_values(HELD, as_of()) | {"who": "“Somebody”", "link": "FS1"}
    assert parse_form(changed, as_of(), HELD) == replace(HELD, speaker="Somebody", driver=None, source="FS1")


@given(DRAFTS, st.sampled_from([None, "corey-heim", "gio-ruggiero", "nobody-held"]))
def test_any_quote_is_what_it_was_after_its_form_was_opened_and_sent(draft: QuoteDraft, driver: str | None) -> None:
    try:
        held = clean_draft(replace(draft, driver=driver))
    except ValueError:
        return
    assert parse_form(form_values(held, as_of()), as_of(), held) == held


def test_so_is_one_of_a_driver_and_one_of_somebody_of_his_name() -> None:
    for draft in (
        QuoteDraft("Corey Heim", "Won.", driver="corey-heim"),
        QuoteDraft("Corey Heim", "Won."),
        QuoteDraft("Bono", "Hammer time."),
    ):
        assert parse_form(form_values(draft, as_of()), as_of()) == draft


@pytest.mark.parametrize(
    ("texts", "words", "who"),
    [
        (["We won."], "We won.", ""),
        (["“We won.” — Corey Heim"], "We won.", "Corey Heim"),
        (["“We won.” – 11"], "We won.", "Corey Heim"),
        (["We won.\nFinally.\n- hiem"], "We won.\nFinally.", "Corey Heim"),
        (["“We won.” — somebody"], "“We won.” — somebody", ""),
        (["We won - a lot"], "We won - a lot", ""),
        (["Look", "at this."], "Look\nat this.", ""),
        (["“We won.”\n\n —  Corey   Heim "], "We won.", "Corey Heim"),
        (["“We won.”—\nCorey Heim"], "We won.", "Corey Heim"),
        (["We  won.\r\n\r\n\r\n\r\nTwice."], "We won.\n\nTwice.", ""),
        (["—— Corey Heim"], "—— Corey Heim", ""),
        ([" ", ""], "", ""),
    ],
)
def test_a_message_is_read_for_its_words_and_who_signs_them(texts: list[str], words: str, who: str) -> None:
    typed = form_values_of_message(texts, "https://discord.com/channels/1/2/3", as_of())
    assert (typed["words"], typed["who"]) == (words, who)
    assert typed["link"] == "https://discord.com/channels/1/2/3"


@pytest.mark.parametrize("stuff", ["\n", "\n ", " ", "”", "”-", "\n-", "-", "“", "\t\n—"])
def test_a_message_is_read_once_through_however_it_is_built(stuff: str) -> None:
    """Whatever takes the square of its length would be at this for minutes."""
    typed = form_values_of_message(["x" + stuff * 100_000 + "qqqqqq"], "https://a.example", as_of())
    assert typed["words"].startswith("x")
    assert typed["words"].endswith("qqqqqq")


@given(st.text(max_size=300))
def test_any_message_can_be_taken(text: str) -> None:
    assert form_values_of_message([text], "https://a.example", as_of()).keys() == BASE.keys()


@pytest.mark.parametrize("text", ["“a b”", '"a b"', "«a b»", "„a b“", "a b", " “a b” "])
def test_marks_around_the_whole_are_taken_off(text: str) -> None:
    assert unquoted(text) == "a b"
