"""An editor's words, the race's quotes, how people are called, and that neighbours take turns."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from bot.recaps import Facts, Recap, facts_of, recap
from bot.recaps.context import RecapContext
from bot.recaps.facts import FOLLOWED
from db.quotes.models import Quote
from db.recaps.models import SECTION_LIMIT, RecapText, SectionKind
from tests.bot.recaps.sample_recaps import SAID_AT, bundled, bundled_recap, facts_in, finished, line, said, text
from tests.seasons import Order, Row, bundled_seasons, make_season

QUOTES, PAINT, NUTSHELL = SectionKind.QUOTES, SectionKind.PAINT, SectionKind.NUTSHELL
SEASON = make_season(2025, [["Corey Heim", "Ty Majeski"]], upcoming=9)


def quote(words: str, **facts: object) -> Quote:
    whole = {
        "id": 1, "guild": None, "driver": "corey-heim", "speaker": "C. Heim", "role": None, "context": None,
        "season": 2025, "round": 1, "said_on": date(2025, 2, 14), "source": None, "link": None, "added_by": None,
    }  # fmt: skip
    return Quote(words=words, added_at=SAID_AT, **{**whole, **facts})  # type: ignore[arg-type]


def edited(kind: SectionKind, words: str, picture: str | None = None) -> RecapText:
    return RecapText(2025, 1, kind, words, picture, "Dana Fox", SAID_AT)


def with_words(*texts: RecapText, quotes: tuple[Quote, ...] = ()) -> Recap:
    return recap(facts_of([SEASON], SEASON.races[0], quotes=quotes, texts={each.section: each for each in texts}))


@pytest.mark.parametrize("kind", SectionKind)
def test_an_editors_words_stand_in_place_of_what_is_made(kind: SectionKind) -> None:
    section = with_words(edited(kind, "One.\nStill one.\n\nTwo.", "https://a.example/b.png")).section(kind)
    assert section is not None
    assert section.paragraphs == ("One.\nStill one.", "Two.")
    assert (section.author, section.edited_at) == ("Dana Fox", SAID_AT)
    made = with_words().section(kind) if kind in FOLLOWED else None
    assert section.lines == (made.lines if made else ())
    assert section.picture == "https://a.example/b.png"


def test_other_sections_stay_as_made() -> None:
    made, plain = with_words(edited(PAINT, "Bright green.")), with_words()
    assert [each for each in made.sections if each.kind is not PAINT] == list(plain.sections)
    assert plain.section(PAINT) is None
    assert all(each.author is None for each in plain.sections)


def test_quotes_are_as_published_with_who_said_them_and_where() -> None:
    said_then = quote(
        "We had it.\n\nThen we did not.", role="TRICON driver", context="on the win", source="Frontstretch"
    )
    made = with_words(quotes=(said_then, quote("“Loud.”", driver=None, speaker="Pat Crew")))
    assert line(made, QUOTES, "Corey Heim, TRICON driver") == "“We had it. Then we did not.” (on the win, Frontstretch)"
    assert line(made, QUOTES, "Pat Crew") == "“Loud.”"


def test_the_quotes_follow_an_editors_words() -> None:
    section = with_words(edited(QUOTES, "Two spoke."), quotes=(quote("We had it."),)).section(QUOTES)
    assert section is not None
    assert section.paragraphs == ("Two spoke.",)
    assert section.lines[0].text == "“We had it.”"


@pytest.mark.parametrize("words", ["", "x" * 2000, "x" * SECTION_LIMIT])
def test_quotes_that_do_not_fit_are_counted(words: str) -> None:
    quotes = tuple(quote("y" * 900) for _ in range(9))
    texts = (edited(QUOTES, words),) if words else ()
    section = with_words(*texts, quotes=quotes).section(QUOTES)
    assert section is not None
    shown = [each for each in section.lines if each.label]
    assert len(text(section)) <= SECTION_LIMIT + 80
    assert section.lines[-1].text == f"{9 - len(shown)} {'more ' if shown else ''}quotes from this race on record"


def test_surnames_that_two_share_are_never_left_alone() -> None:
    order: Order = [
        "Chandler Smith",
        Row("Zane Smith", start=9),
        "Shane van Gisbergen",
        "Ricky Stenhouse Jr.",
    ]
    words = said(finished(make_season(2025, [order], upcoming=9)), NUTSHELL)
    assert words.replace("Chandler Smith", "").replace("Zane Smith", "").count("Smith") == 0
    alone = said(finished(make_season(2025, [order[::2]], upcoming=9)), NUTSHELL)
    assert "Smith leads the standings" in alone


def test_a_name_that_begins_a_sentence_has_a_capital() -> None:
    seasons = [make_season(2025, [["Shane van Gisbergen", "Corey Heim"]] * number, upcoming=9) for number in (1, 2, 3)]
    words = [said(finished(season), kind) for season in seasons for kind in SectionKind]
    assert any("Van Gisbergen" in each for each in words)
    assert not any(". van Gisbergen" in each or each.startswith("van") for each in words)


def test_neighbours_take_turns_by_their_place_among_all_races() -> None:
    places = [RecapContext(facts).position for facts, _ in bundled()]
    assert places == list(range(len(places)))
    for variants in ("ab", "abc", "abcd", "abcde"):
        picked = [RecapContext(facts).pick(*variants) for facts, _ in bundled()]
        assert all(one != other for one, other in pairwise(picked))
        assert set(picked) == set(variants)


def facts(year: int, number: int) -> Facts:
    return facts_in(bundled_seasons(), year, number)


def test_charlotte_as_it_was_reported() -> None:
    made = bundled_recap(2025, 22)
    nutshell, rundown = said(made, NUTSHELL), said(made, SectionKind.PLAYOFFS)
    assert "10th" in nutshell
    assert "the most in any season since 2023" in nutshell
    assert "locked into the Championship 4" in nutshell
    assert "TRICON Garage 1-2-3" in nutshell
    top = made.section(SectionKind.TOP)
    assert top is not None
    crews = next(each for each in top.lines if each.text.startswith("Brent Crews"))
    assert crews.label == "Most laps led, fastest lap, rookie of the race"
    assert "56 of 70 laps led, best lap 86.666 seconds at 94.708 mph, finished second" in crews.text
    assert "seven drivers" in rundown
    assert "five points" in rundown
    rookies = {each.label: each.text for each in made.section(SectionKind.ROOKIES).lines}  # type: ignore[union-attr]
    assert rookies["No. 1"] == "Brent Crews (second)"
    assert rookies["No. 17"] == "Gio Ruggiero* (third)"
    assert rookies["No. 33"] == "Frankie Muniz* (out with injury)"
    ahead = said(made, SectionKind.NEXT)
    assert "after a week off" in ahead
    assert "Grant Enfinger" in ahead
    assert "about 4 p.m. ET" in ahead


def test_talladega_as_it_was_reported() -> None:
    made = bundled_recap(2025, 23)
    nutshell = said(made, NUTSHELL)
    assert "from the pole, 0.059 seconds ahead of teammate Corey Heim" in nutshell
    assert "Ruggiero had been winless in 22 starts since 2023." in nutshell
    winner = made.section(SectionKind.TOP).lines[0]  # type: ignore[union-attr]
    assert winner.label == "Winner, pole, stage 2 winner, most laps led"
    assert winner.text == "Gio Ruggiero (No. 17 TRICON Garage Toyota), from the pole at 176.38 mph, 37 of 90 laps led"
    below = line(made, SectionKind.PLAYOFFS, "Below the line")
    assert [below.partition(f"{name} ")[2].partition(" ")[0] for name in ("Majeski", "Hemric", "Enfinger")] == [
        "-5", "-32", "-40",
    ]  # fmt: skip
