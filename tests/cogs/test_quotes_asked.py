"""/quote asked as a question, by number, by words that are written as one, and for what has not been said yet."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.quotes.query import number_in, question_of
from bot.services import Services
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.cogs.quoting import labels, moderator, saved


@pytest.mark.parametrize(
    ("text", "speaker", "about"),
    [
        ("what did heim say about talladega", "what did heim", "about talladega"),
        ("heim said what about the restart?", "heim", "what about the restart?"),
        ("has majeski talked about fuel", "has majeski", "about fuel"),
        ("quotes by heim about winning", "heim", "quotes  winning"),
        ("anything from friesen on michigan", "friesen", "anything  michigan"),
    ],
)
def test_a_question_has_a_speaker_and_what_it_is_about(text: str, speaker: str, about: str) -> None:
    asked = question_of(text)
    assert asked is not None
    assert (asked.speaker, asked.about.split()) == (speaker, about.split())


@pytest.mark.parametrize("text", ["side draft", "heim crash", "12"])
def test_other_texts_are_no_question(text: str) -> None:
    assert question_of(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" 12 ", 12), ("quote 12", 12), ("Quote #12", 12), ("#12", None), ("no. 12", None), ("12 heim", None)],
)
def test_a_number_is_a_quotes_unless_it_is_written_as_a_trucks(text: str, number: int | None) -> None:
    assert number_in(text) == number


async def test_the_example_of_the_readme_finds_something_on_the_eve_of_talladega(stand: Stand) -> None:
    said = words(await stand.ask("quote", about="what did heim say about charlotte")).splitlines()
    assert said[0] == "## #11 Corey Heim"
    assert "Charlotte ROVAL" in "\n".join(said)
    said = words(await stand.ask("quote", about="what did heim say about talladega")).splitlines()
    assert said[0] == "## #11 Corey Heim"
    assert said[2] == "-# Nothing with “talladega” by Corey Heim is on record here. This is what comes nearest."


async def test_the_newest_very_words_come_first_and_compounds_are_found(stand: Stand) -> None:
    stand.clock._start = stand.clock._start.replace(day=20)
    for about in ("side draft", "sidedraft", "sidedrafting", "what was said about the side draft"):
        assert title_and_answer(await stand.ask("quote", about=about))[0] == "#11 Corey Heim", about


async def test_words_written_as_one_are_found_by_two(stand: Stand, services: Services) -> None:
    assert "1 of 2 with “side draft”" in words(await stand.ask("quote", about="side draft"))
    await saved(services, None, "It was all about the sidedraft.", said_on=date(2025, 10, 15))
    assert "1 of 3 with “side draft”" in words(await stand.ask("quote", about="side draft"))


async def test_the_year_in_a_question_is_the_season(stand: Stand) -> None:
    said = words(await stand.ask("quote", about="what did heim say about phoenix in 2024"))
    assert "with “phoenix” by Corey Heim from 2024" in said


async def test_a_race_without_quotes_is_answered_by_its_track(stand: Stand) -> None:
    said = words(await stand.ask("quote", race="martinsville 2025"))
    assert "Martinsville" in said
    assert "-# Nothing from Martinsville 2025 is on record here. This is what comes nearest." in said


async def test_the_number_under_a_quote_finds_it(stand: Stand) -> None:
    shown = words(await stand.ask("quote", about="heim phoenix 2024"))
    number = shown.rsplit("Quote ", 1)[1].split()[0]
    for about in (number, f"quote {number}"):
        asked = words(await stand.ask("quote", about=about))
        assert asked.splitlines()[:2] == shown.splitlines()[:2]
    assert "No quotes found" in words(await stand.ask("quote", about="quote 99999"))


async def test_a_moderator_edits_by_number(stand: Stand, services: Services) -> None:
    own = await saved(services, stand.channel.guild.id, "Only for us.")
    mod: Any = moderator(stand)
    asked = await mod.slash(stand.channel, "quote-edit", about=str(own.id))
    assert "“Only for us.”" in words(asked)
    assert "Delete" in labels(asked)
