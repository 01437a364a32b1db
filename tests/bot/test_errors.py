"""What a person is told: one line, short, that formats and pings nothing."""

from __future__ import annotations

import re

import discord
import pytest
from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import (
    FriendlyError,
    UnknownDriver,
    UnknownRace,
    UnknownSeason,
    quote,
    store_faults,
    store_line,
)
from bot.interactions.command_tree import answer_error
from db.errors import FileFault, StoreError


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
        (UnknownSeason("2031", range(1995, 2027)), "No season 2031 here. Try one from 1995 to 2026."),
        (UnknownSeason("2010", [2001, *range(2021, 2026)]), "No season 2010 here. Try 2025, or another that is held."),
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


class Said:
    """An interaction that keeps what it is told."""

    client = None
    command = None
    type = discord.InteractionType.component

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.response = self

    def is_done(self) -> bool:
        return False

    async def send_message(self, text: str, *, ephemeral: bool) -> None:
        assert ephemeral
        self.lines.append(text)


@pytest.mark.parametrize("fault", [*FileFault, None])
async def test_a_fault_of_the_store_is_one_line_without_reference_or_path_and_not_logged_here(
    fault: FileFault | None, caplog: pytest.LogCaptureFixture
) -> None:
    asked = Said()
    error = StoreError("/var/lib/t.db is damaged: malformed", fault)
    await answer_error(asked, error)  # type: ignore[arg-type]
    assert asked.lines == [store_line(error)]
    assert "reference" not in asked.lines[0]
    assert not any("/" in line for line in asked.lines + store_faults(filter(None, [fault])))
    assert caplog.records == []


ODD = "**Bob** <@1> @everyone `x`\n[y](z)"


@pytest.mark.parametrize(
    "error",
    [
        FriendlyError(f"{ODD} has no entry in 2025, as far as Tailgate knows."),
        UnknownDriver("bob", [ODD, "Corey Heim"]),
        app_commands.TransformerError(ODD, discord.AppCommandOptionType.string, app_commands.Transformer()),
    ],
)
async def test_a_name_in_an_error_formats_and_pings_nothing(error: Exception) -> None:
    asked = Said()
    await answer_error(asked, error)  # type: ignore[arg-type]
    (line,) = asked.lines
    assert "\\*\\*Bob\\*\\* \\<@1>" in line
    assert not re.search(r"(?<!\\)\*|(?<!\\)<|@everyone|`|\n", line)


async def test_a_plain_line_stays_as_it_is() -> None:
    asked = Said()
    await answer_error(asked, FriendlyError("No results for Love's RV Stop 225 (2025) yet."))  # type: ignore[arg-type]
    assert asked.lines == ["No results for Love's RV Stop 225 (2025) yet."]
