import re

import pytest

from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words


@pytest.mark.parametrize("typed", ["Corey Heim", "corey-heim", "heim", "hiem", "11", "#11", "no. 11"])
async def test_a_driver_is_found_by_whatever_a_fan_types(stand: Stand, typed: str) -> None:
    result = await stand.ask("driver", name=typed)
    assert title_and_answer(result) == (
        "#11 Corey Heim · 2025",
        "**1st in season points with 1,064** · 10 wins in 22 starts",
    )


async def test_the_season_is_the_latest_with_an_entry_unless_another_is_asked_for(stand: Stand) -> None:
    assert title_and_answer(await stand.ask("driver", name="zane smith"))[0] == "#91 Zane Smith · 2024"
    assert title_and_answer(await stand.ask("driver", name="heim", season=2023))[0] == "#11 Corey Heim · 2023"


async def test_all_races_of_a_driver_and_back(stand: Stand) -> None:
    asked = await stand.ask("driver", name="heim")
    await stand.fan.click(asked.response, label="All 22 races")
    assert "2025 races" in words(asked)
    await stand.fan.click(asked.response, label="16–22 →")
    assert "Charlotte ROVAL" in words(asked)
    await stand.fan.click(asked.response, label="Back to 2025")
    assert "Best track" in words(asked)


async def test_names_are_offered_by_name_number_and_typo(stand: Stand) -> None:
    for typed in ("hei", "11", "hiem"):
        choices = await stand.fan.autocomplete(stand.channel, "driver", "name", typed)
        assert choices[0] == {"name": "#11 Corey Heim", "value": "corey-heim"}
    assert len(await stand.fan.autocomplete(stand.channel, "driver", "name", "")) == 25


async def test_an_unknown_driver_is_one_line_with_the_nearest_names(stand: Stand) -> None:
    line = await stand.refused("driver", name="Richard Petty")
    assert re.fullmatch(r"No driver called “Richard Petty”\. Did you mean [^,]+, [^,]+ or [^,]+\?", line)


async def test_a_season_without_him_is_one_line_with_those_he_has(stand: Stand) -> None:
    line = await stand.refused("driver", name="zane smith", season=2025)
    assert line == "Zane Smith has no entry in 2025, as far as Tailgate knows. Try 2023, 2024."


async def test_two_drivers_side_by_side(stand: Stand) -> None:
    result = await stand.ask("compare", first="heim", second="52")
    title, answer = title_and_answer(result)
    assert title == "Heim and Honeycutt · 2025"
    assert answer == "**Heim** finished ahead in 18 of 22 races together."


async def test_from_a_comparison_to_a_driver(stand: Stand) -> None:
    asked = await stand.ask("compare", first="heim", second="honeycutt")
    await stand.fan.click(asked.response, label="Honeycutt")
    assert title_and_answer(asked)[0] == "#52 Kaden Honeycutt · 2025"


async def test_what_cannot_be_compared_is_said(stand: Stand) -> None:
    assert "twice" in await stand.refused("compare", first="heim", second="11")
    line = await stand.refused("compare", first="zane smith", second="heim", season=2025)
    assert line == "Zane Smith has no entry in 2025, as far as Tailgate knows. Try 2023, 2024."
    line = await stand.refused("compare", first="zane smith", second="brent crews")
    assert line == "Zane Smith and Brent Crews have no season in common, as far as Tailgate knows."
