"""How quotes look: within every limit, and nothing in them but what was said, whatever people write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.questions.quotes import FormQuestion, ManageQuotesQuestion, QuoteHistoryQuestion, QuoteQuestion, Scope
from bot.render.forms import Form
from bot.render.quote_panels import (
    DayFacts,
    ManageFacts,
    confirm_delete,
    day_panel,
    deleted,
    form,
    manage_quote,
    manage_quotes,
    not_saved,
    quote_history,
    role_panel,
)
from bot.render.quotes import Asked, NothingFoundFacts, QuoteFacts, found, nothing_found, of_the_day, single
from db.models import Driver
from db.quotes.models import CONTEXT_LIMIT, ROLE_LIMIT, SOURCE_LIMIT, SPEAKER_LIMIT, WORDS_LIMIT, Quote, QuoteVersion
from db.user_text import LINK_LIMIT
from tests.bot.render.reading import body, buttons, lines, options, small, text, texts
from tests.bot.render.test_user_text import AWKWARD
from tests.checks.formatting import read
from tests.checks.limits import check_message, check_modal
from tests.seasons import Row, make_season

NOW = datetime(2025, 12, 1, tzinfo=UTC)
SEASON = make_season(2025, [[Row("Corey Heim", number="11")]])
RACE = SEASON.races[0]
ENTRY = SEASON.results[1][0].entry
QUOTE = Quote(
    id=7,
    guild=5,
    driver="corey-heim",
    speaker="Corey Heim",
    role="Winner",
    words="We won.",
    context="after the race",
    season=2025,
    round=1,
    said_on=date(2025, 2, 15),
    source="NASCAR.com",
    link="https://www.nascar.com/a",
    added_by=1,
    added_at=NOW - timedelta(days=1),
)
LONGEST = replace(
    QUOTE,
    id=2**62,
    words="*" * WORDS_LIMIT,
    speaker="_" * SPEAKER_LIMIT,
    role="~" * ROLE_LIMIT,
    context="|" * CONTEXT_LIMIT,
    source="`" * SOURCE_LIMIT,
    link="https://a.example/" + "%28" * ((LINK_LIMIT - 18) // 3),
)


def around(quote: Quote) -> QuoteFacts:
    return QuoteFacts(quote, RACE, ENTRY, results=True, editable=True)


def history(quote: Quote) -> tuple[QuoteVersion, ...]:
    edits = [QuoteVersion(quote.id, NOW, n, "edited", quote.draft()) for n in (1, 2, None, 1, 1, 1)]
    return (*edits, QuoteVersion(quote.id, NOW, 1, "added", None))


def every_card(quote: Quote) -> Iterator[ui.LayoutView]:
    facts, draft = around(quote), quote.draft()
    asked = Asked(("win",), Driver("corey-heim", quote.speaker), RACE)
    yield found(facts, asked, QuoteQuestion("win", "corey-heim", 2025, 1, 3), 4000, NOW)
    yield single(facts, NOW, random=True)
    yield of_the_day(facts, NOW, "abcdefghij234567")
    yield manage_quote(facts, NOW)
    yield manage_quote(facts, NOW, note="Saved as quote 7")
    yield confirm_delete(facts, NOW)
    yield deleted(quote)
    yield quote_history(replace(quote, words="Now."), history(quote), QuoteHistoryQuestion(quote.id, 2), 1)
    yield manage_quotes(
        ManageFacts(facts, 9, tuple((n, draft) for n in range(1, 26))), ManageQuotesQuestion("server", page=2)
    )
    yield manage_quotes(ManageFacts(None, 0, ((3, draft),), ("win",)), ManageQuotesQuestion("all"))
    yield not_saved(FormQuestion("server", 3, 4), quote.words, f"No driver called “{quote.speaker}”.", quote)
    yield nothing_found(
        NothingFoundFacts(
            asked,
            (("win", 0), ("car", 1000)),
            without=3,
            corrected=("won",),
            other_driver=(Driver("x", quote.speaker), 3),
            speakers=((None, quote.speaker, 1), *((f"d{n}", quote.speaker, 9) for n in range(9))),
        )
    )
    yield role_panel(quote.speaker)
    yield day_panel(DayFacts(1, NOW), NOW)
    yield day_panel(DayFacts(None, NOW, quote.speaker, 1), NOW)


@pytest.mark.parametrize("quote", [QUOTE, LONGEST, replace(LONGEST, words="日" * WORDS_LIMIT, speaker="e\u0301" * 40)])
def test_every_card_is_one_that_discord_takes(quote: Quote) -> None:
    for view in every_card(quote):
        assert not check_message(body(view)), text(view)[:80]
        assert small(view)
        assert all(label.isprintable() for label in (*buttons(view), *options(view)))


def effects(view: ui.LayoutView) -> Counter[str]:
    """All formatting, mentions, links and the like at work in a message, but for bare links in the words."""
    at_work: Counter[str] = Counter()
    for part in texts(view):
        seen = read(part)
        at_work.update(seen.active)
        at_work.update({"heading or small print": sum(line.startswith(("#", "-#")) for line in part.splitlines())})
    return at_work


@given(AWKWARD, AWKWARD, AWKWARD)
def test_no_text_adds_a_mention_a_heading_a_fence_or_a_link(words: str, name: str, other: str) -> None:
    plain = replace(QUOTE, words="a", speaker="a", role="a", context="a", source="a", link=None)
    written = replace(
        plain, words=words, speaker=name or "a", role=name or "a", context=other or "a", source=other or "a"
    )
    for one, two in zip(every_card(plain), every_card(written), strict=True):
        extra = effects(two) - effects(one)
        assert not extra, (texts(two), extra)


@given(st.text(max_size=80) | st.builds("https://a.example/{}".format, AWKWARD))
def test_a_link_says_in_our_words_where_it_leads(link: str) -> None:
    shown = [
        line for line in lines(single(around(replace(QUOTE, source=None, link=link)), NOW)) if "**Source**" in line
    ]
    assert all(
        line.startswith("**Source** [open a.example](https://a.example/") for line in shown if "a.example" in line
    )
    assert all(line.count("](") == 1 and line.endswith(")") and " " not in line.split("](")[1] for line in shown)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "http://localhost/x", "https://u:p@a.example"]
)
def test_a_link_that_is_none_is_not_shown(link: str) -> None:
    assert "](" not in text(single(around(replace(QUOTE, link=link)), NOW))


@pytest.mark.parametrize(("more", "told"), [(False, "3 of 4,000 with"), (True, "3 of 4,000+ with")])
def test_of_more_than_are_found_it_says_so(more: bool, told: str) -> None:
    view = found(around(QUOTE), Asked(("win",)), QuoteQuestion("win", page=3), 4000, NOW, more=more)
    assert any(line.startswith(told) for line in small(view))


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(
        QUOTE, driver=None, role=None, context=None, season=None, round=None, said_on=None, source=None, link=None
    )
    assert lines(single(QuoteFacts(bare), NOW)) == [
        "## Corey Heim",
        "“We won.”",
        "-# Quote 7 · this server only · saved <t:1764460800:d>",
    ]
    assert lines(single(QuoteFacts(replace(bare, guild=None)), NOW))[-1] == "-# Quote 7"


def test_set_to_a_day_before_it_was_saved_nothing_is_said_of_that() -> None:
    assert small(single(around(QUOTE), NOW - timedelta(days=9))) == ["Quote 7 · this server only"]


def test_a_day_other_than_the_races_is_said() -> None:
    assert "Daytona 101, Daytona · Feb 14, 2025 · said Feb 15, 2025" in lines(single(around(QUOTE), NOW))
    same = replace(QUOTE, said_on=RACE.date)
    assert "Daytona 101, Daytona · Feb 14, 2025" in lines(single(around(same), NOW))


def test_a_long_quote_gives_way_and_nothing_else_does() -> None:
    shown = text(single(around(LONGEST), NOW))
    assert "…”" in shown
    assert "\\~" * ROLE_LIMIT in shown
    ordinary = "Words of an ordinary quote. " * 70
    assert ordinary.strip() in text(single(around(replace(QUOTE, words=ordinary.strip())), NOW))


def test_a_form_has_room_for_all_that_is_kept_and_is_one_that_discord_takes() -> None:
    typed = {"words": "w" * 3000, "who": "x" * 99, "about": "r" * 400, "when": "d" * 200, "link": "l" * 900}
    for question in (FormQuestion(Scope.SERVER), FormQuestion(Scope.ALL, 2**62, 2**62, 2**62)):
        made: Form = form(question, typed, hint="h" * 200)
        assert not check_modal(dict(made.modal().to_dict()))
    limits = {field.name: field.limit for field in made.fields}
    assert limits == {
        "words": WORDS_LIMIT,
        "who": SPEAKER_LIMIT + 2,
        "about": ROLE_LIMIT + CONTEXT_LIMIT + 1,
        "when": 100,
        "link": SOURCE_LIMIT + LINK_LIMIT + 1,
    }


def test_history_names_what_changed_and_offers_each_wording_once() -> None:
    before = replace(QUOTE.draft(), words="We lost.", round=2)
    done = (QuoteVersion(7, NOW, 1, "edited", before), QuoteVersion(7, NOW, 9, "added", None))
    view = quote_history(QUOTE, done, QuoteHistoryQuestion(7), 1)
    assert lines(view)[1:4] == [
        "<t:1764547200:f> · edited: words and race · by you",
        "Before: “We lost.”",
        "<t:1764547200:f> · added · by `9`",
    ]
    assert list(options(view)) == ["Before Nov 30, 7 p.m.: “We lost.”"]
