import re
from datetime import datetime
from typing import Any

import pytest

from bot.services import Services
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words


@pytest.mark.parametrize("typed", ["Corey Heim", "corey-heim", "heim", "hiem", "11", "#11", "no. 11"])
async def test_a_driver_is_found_by_whatever_a_fan_types(stand: Stand, typed: str) -> None:
    result = await stand.ask("driver", name=typed)
    assert title_and_answer(result) == (
        "#11 Corey Heim · 2025",
        "**1st in the standings with 3,122** · 10 wins in 22 starts",
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


async def test_an_unknown_driver_is_one_line_with_what_to_type(stand: Stand) -> None:
    line = await stand.refused("driver", name="Richard Petty")
    assert line == "No driver called “Richard Petty”. Type part of a name, a nickname or a truck number."


async def test_who_they_are_stands_on_the_card(stand: Stand) -> None:
    """Heim was 23 in October 2025; how old somebody is who stopped racing here is not said."""
    assert "From Marietta, GA · born July 5, 2002 (23)" in words(await stand.ask("driver", name="heim"))
    older = words(await stand.ask("driver", name="christian eckes", season=2023))
    assert re.search(r"born [A-Z]\w+ \d+, 2000$", older, re.MULTILINE)


@pytest.mark.parametrize(
    ("arriving", "more"),
    [(True, " Older seasons are still being taken in; try again in a minute."), (False, "")],
)
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("driver", {"name": "Ron Hornaday"}),
        ("driver", {"name": "heim", "season": 2008}),
        ("standings", {"season": 1998}),
        ("results", {"race": "Mansfield 2004"}),
    ],
)
async def test_what_is_not_here_yet_may_be_soon(
    stand: Stand, services: Services, command: str, options: dict[str, Any], arriving: bool, more: str
) -> None:
    services.seasons.arriving = arriving
    line = await stand.refused(command, **options)
    assert line.startswith("No ")
    assert line.endswith(more)
    assert ("taken in" in line) == arriving


@pytest.mark.parametrize(("asked", "shown"), [(2025, 2024), (2026, 2024)])
async def test_a_season_without_a_driver_is_answered_by_the_nearest_with_one(
    stand: Stand, asked: int, shown: int
) -> None:
    said = words(await stand.ask("driver", name="zane smith", season=asked)).splitlines()
    assert said[0] == f"## #91 Zane Smith · {shown}"
    assert said[2] == f"-# Zane Smith has no entry in {asked}, as far as Tailgate knows; this is {shown}."
    assert await stand.refused("driver", name="zane smith", season=2019) == (
        "No season 2019 here. Try 2023, 2024, 2025 or 2026."
    )


async def test_only_who_has_an_entry_in_the_season_is_offered(stand: Stand) -> None:
    async def offered(typed: str, **options: Any) -> list[str]:
        choices = await stand.fan.autocomplete(stand.channel, "driver", "name", typed, **options)
        return [choice["value"] for choice in choices]

    assert (await offered("zane smith"))[0] == "zane-smith"
    assert "zane-smith" in await offered("smith", season=2024)
    assert "zane-smith" not in await offered("smith", season=2025)
    assert (await offered("zane smith 2024"))[0] == "zane-smith 2024"
    assert "zane-smith 2025" not in await offered("smith 2025")
    for value in await offered("", season=2025):
        assert "no entry" not in words(await stand.ask("driver", name=value, season=2025))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("2023", None),
        ("last year", None),
        ("hocevar heim", None),
        ("hocevar heim 2023", None),
        ("hocevar corey", None),
        ("smith riggs", None),
        ("heim 2023", "corey-heim 2023"),
        ("brandon jo", "brandon-jones"),
        ("zane smith 38", "zane-smith"),
    ],
)
async def test_a_year_alone_and_two_names_offer_nobody(stand: Stand, typed: str, first: str | None) -> None:
    choices = await stand.fan.autocomplete(stand.channel, "compare", "second", typed)
    assert next((choice["value"] for choice in choices), None) == first


async def test_the_year_typed_beside_a_name_survives_the_choice(stand: Stand) -> None:
    choices = await stand.fan.autocomplete(stand.channel, "driver", "name", "2024 heim")
    assert choices[0] == {"name": "#11 Corey Heim · 2024", "value": "corey-heim 2024"}
    assert title_and_answer(await stand.ask("driver", name="corey-heim 2024"))[0] == "#11 Corey Heim · 2024"


async def test_two_drivers_side_by_side(stand: Stand) -> None:
    result = await stand.ask("compare", first="heim", second="52")
    title, answer = title_and_answer(result)
    assert title == "Heim and Honeycutt · 2025"
    assert answer == "**Heim** finished ahead in 18 of 22 races together."


async def test_the_official_place_comes_first_and_season_points_are_labeled(stand: Stand) -> None:
    stand.clock._start = datetime.fromisoformat("2025-11-05T12:00-05:00")
    asked = await stand.ask("driver", name="majeski", season=2025)
    assert title_and_answer(asked)[1] == "**2nd in the final standings with 4,035** · 25 starts, best finish 2nd"
    assert "**Season points** 3rd with 872, no reset" in words(asked)
    asked = await stand.ask("driver", name="heim", season=2025)
    assert title_and_answer(asked)[1] == (
        "**2025 champion** · 12 wins in 25 starts · 1st in the final standings with 4,040"
    )


async def test_a_comparison_has_the_official_places_and_labels_season_points(stand: Stand) -> None:
    stand.clock._start = datetime.fromisoformat("2025-11-05T12:00-05:00")
    rows = [
        line.split() for line in words(await stand.ask("compare", first="majeski", second="honeycutt")).splitlines()
    ]
    assert ["Standing", "2nd", "3rd"] in rows
    assert ["Points", "4,035", "4,034"] in rows
    assert next(line for line in rows if line[:1] == ["Season"])[:2] == ["Season", "pts"]
    stand.clock._start = datetime.fromisoformat("2025-07-05T12:00-04:00")
    before = words(await stand.ask("compare", first="majeski", second="honeycutt"))
    assert "Standing" in before
    assert "Season pts" not in before


@pytest.mark.parametrize(
    ("first", "second", "year"),
    [("jack wood", "carson kvapil", 2023), ("eckes", "friesen", 2024), ("heim", "honeycutt", 2025)],
)
async def test_a_comparison_opens_in_the_last_season_in_which_the_two_met(
    stand: Stand, first: str, second: str, year: int
) -> None:
    stand.clock._start = datetime.fromisoformat("2025-11-05T12:00-05:00")
    title, answer = title_and_answer(await stand.ask("compare", first=first, second=second))
    assert title.endswith(f"· {year}")
    assert "together" in answer
    assert "haven't" not in answer


async def test_from_a_comparison_to_a_driver(stand: Stand) -> None:
    asked = await stand.ask("compare", first="heim", second="honeycutt")
    await stand.fan.click(asked.response, label="Honeycutt")
    assert title_and_answer(asked)[0] == "#52 Kaden Honeycutt · 2025"


async def test_what_cannot_be_compared_is_said(stand: Stand) -> None:
    assert "twice" in await stand.refused("compare", first="heim", second="11")
    said = words(await stand.ask("compare", first="zane smith", second="heim", season=2025)).splitlines()
    assert said[0] == "## Smith and Heim · 2024"
    assert said[2] == "-# Zane Smith has no entry in 2025, as far as Tailgate knows; this is 2024."
    line = await stand.refused("compare", first="zane smith", second="brent crews")
    assert line == "Zane Smith and Brent Crews have no season in common, as far as Tailgate knows."


async def test_the_track_typed_beside_a_name_survives_the_choice_as_well(stand: Stand) -> None:
    choices = await stand.fan.autocomplete(stand.channel, "driver", "name", "heim bristol 2024")
    assert choices[0] == {"name": "#11 Corey Heim · 2024 · Bristol", "value": "corey-heim 2024 Bristol"}
    said = words(await stand.ask("driver", name=choices[0]["value"])).splitlines()
    assert said[0] == "## #11 Corey Heim · 2024"
    assert said[2] == "**At Bristol** 2nd (Sep 19, 2024), 6th (Mar 16, 2024)"
