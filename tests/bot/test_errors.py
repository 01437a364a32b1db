"""What a person is told: one line, short, that formats and pings nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FriendlyError, UnknownDriver, UnknownRace, UnknownSeason, quote


def test_the_nearest_names_are_offered() -> None:
    error = UnknownDriver("hiem", ["Corey Heim", "Timmy Hill", "Connor Hall"])
    assert str(error) == "No driver called “hiem”. Did you mean Corey Heim, Timmy Hill or Connor Hall?"
    assert (error.text, error.nearest) == ("hiem", ("Corey Heim", "Timmy Hill", "Connor Hall"))


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (UnknownDriver("x"), "No driver called “x”."),
        (UnknownDriver(""), "No driver by that name."),
        (UnknownDriver("a", ["A B", "A C"], several=True), "Several drivers go by “a”. Did you mean A B or A C?"),
        (UnknownRace("x", ["Y"], where="in 2025"), "No race called “x” in 2025. Did you mean Y?"),
        (UnknownRace("next", opening="No race is left."), "No race is left."),
        (UnknownSeason("2019", [2025, 2024]), "No season 2019 here. Try 2024 or 2025."),
        (UnknownSeason(""), "No such season here."),
    ],
)
def test_what_is_said(error: FriendlyError, line: str) -> None:
    assert str(error) == line


@given(st.text())
def test_a_quotation_is_short_and_plain(text: str) -> None:
    said = quote(text)
    assert len(said) <= 40
    assert said.isprintable()
    assert not set(said) & set("\\*_~|`<>@#[]()")
