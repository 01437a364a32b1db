import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FriendlyError
from bot.interactions.components import BUTTON, SELECT
from bot.questions import core as questions
from bot.questions.core import (
    COMPARE_TABS,
    DRIVER_TABS,
    ID_LIMIT,
    QUESTIONS,
    STANDINGS_VIEWS,
    AboutQuestion,
    ClinchQuestion,
    CompareQuestion,
    DriverQuestion,
    HelpQuestion,
    NextQuestion,
    PlayoffsQuestion,
    Question,
    ResultsQuestion,
    ScheduleQuestion,
    StandingsQuestion,
    decode,
)
from bot.questions.quotes import OneQuoteQuestion
from bot.render.buttons import Link, QuestionButton, QuestionSelect, row

YEARS = st.none() | st.integers(1900, 2999)
ROUNDS = st.none() | st.integers(1, 99)
PAGES = st.integers(1, 999)
KEYS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True).filter(lambda key: len(key) <= 30)
ANY_QUESTION = st.one_of(
    st.builds(StandingsQuestion, YEARS, ROUNDS, st.none() | st.sampled_from(STANDINGS_VIEWS), PAGES),
    st.builds(PlayoffsQuestion, YEARS),
    st.builds(ClinchQuestion, st.none() | KEYS),
    st.builds(DriverQuestion, KEYS, YEARS, st.sampled_from(DRIVER_TABS), PAGES),
    st.builds(CompareQuestion, KEYS, KEYS, YEARS, st.sampled_from(COMPARE_TABS), PAGES),
    st.builds(ResultsQuestion, YEARS, ROUNDS, PAGES),
    st.builds(ScheduleQuestion, YEARS, st.none() | PAGES),
    st.builds(HelpQuestion, st.none() | KEYS),
    st.sampled_from([NextQuestion(), AboutQuestion()]),
)


@given(ANY_QUESTION)
def test_a_question_comes_back_from_its_button_as_it_was(question: Question) -> None:
    encoded = question.encode()
    assert encoded is not None
    assert decode(encoded) == question


@given(st.text())
def test_no_text_is_read_as_anything_but_a_question_or_refused_kindly(text: str) -> None:
    try:
        question = decode(text)
    except FriendlyError as refused:
        assert "older version" in str(refused)
    else:
        assert question.encode() == text or question.encode() is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "standings",
        "weather:2025",
        "standings:2025::points:0",
        "standings:2025::points:1000",
        "standings:2025::points:",
        "standings:2025::playoff:1",
        "playoffs:20255",
        "clinch",
        "standings:99::points:1",
        "standings:2025:1:points:1:1",
        "standings:²025::points:1",
        "driver::2025:season:1",
        "driver:a b:2025:season:1",
        "results:2025:-1:1",
        "results:2025:1e3:1",
        "schedule:2025:one",
    ],
)
def test_what_is_malformed_or_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(FriendlyError, match="older version"):
        decode(text)


def test_a_question_too_long_for_a_button_goes_without() -> None:
    long = CompareQuestion("a" * 50, "b" * 50)
    assert long.encode() is None
    assert row([Link("Compare", long)]) is None


@pytest.mark.parametrize("key", ["corey:heim", "corey heim"])
def test_a_key_that_cannot_stand_in_a_button_goes_without(key: str) -> None:
    assert DriverQuestion(key).encode() is None


@given(ANY_QUESTION)
def test_a_custom_id_keeps_to_its_limit_and_its_pattern(question: Question) -> None:
    made = QuestionButton.of(Link("Go", question), 4)
    assert made is not None
    assert made.custom_id is not None
    assert len(made.custom_id) <= ID_LIMIT
    assert BUTTON.fullmatch(made.custom_id)


def test_buttons_of_one_row_differ_though_they_ask_the_same() -> None:
    made = row([Link("←", NextQuestion(), off=True), Link("→", NextQuestion())])
    assert made is not None
    assert len({button.to_component_dict()["custom_id"] for button in made.children}) == 2


def test_no_button_is_heard_as_a_select() -> None:
    button = QuestionButton.of(Link("Go", NextQuestion()), 0)
    select = QuestionSelect.of("help", "More", [Link("Races", HelpQuestion("races"))])
    assert button is not None
    assert button.custom_id is not None
    assert not SELECT.fullmatch(button.custom_id)
    assert not BUTTON.fullmatch(select.custom_id)


@pytest.mark.parametrize("number", ["0", "01", "-1", str(2**63), "9" * 19, "9" * 40])
def test_a_number_that_the_store_cannot_have_given_is_refused(number: str) -> None:
    with pytest.raises(FriendlyError, match="older version"):
        decode(f"quoteone:{number}")


def test_the_largest_number_of_the_store_is_read() -> None:
    assert decode(f"quoteone:{2**63 - 1}") == OneQuoteQuestion(2**63 - 1)


def test_a_topic_belongs_to_one_kind_of_question() -> None:
    with pytest.raises(TypeError, match="the topic 'next' belongs to"):

        class OtherQuestion(Question, topic="next"):
            """Another question that wants a topic which is taken."""

    assert QUESTIONS["next"] is NextQuestion


def test_every_kind_of_question_is_known_by_its_topic() -> None:
    kinds = {kind for kind in vars(questions).values() if _is_question(kind)}
    assert kinds <= set(QUESTIONS.values())
    assert all(kind.topic == topic for topic, kind in QUESTIONS.items())


def _is_question(kind: object) -> bool:
    return (
        isinstance(kind, type)
        and issubclass(kind, Question)
        and kind is not Question
        and dataclasses.is_dataclass(kind)
    )
