from datetime import datetime
from typing import Any

import pytest

from bot.questions.core import StandingsQuestion
from bot.render.standings_views import FINALE_COUNTS
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words

YEARS = ["2026", "2025", "2024", "2023"]


FOUR = "**Corey Heim**, **Tyler Ankrum**, **Ty Majeski** and **Kaden Honeycutt**"


def table_of(result: Any) -> list[list[str]]:
    """The words of each line of the first table, headings first."""
    return [line.split() for line in words(result).split("```")[1].strip("\n").splitlines()]


async def test_standings_alone_is_the_picture_of_the_day(stand: Stand) -> None:
    result = await stand.ask("standings")
    assert title_and_answer(result) == (
        "2025 playoffs · Round of 8",
        "**Corey Heim** is locked in; five points separate seven drivers",
    )
    head, *lines = table_of(result)
    assert head == ["No", "Driver", "Pts", "Cut", "W"]
    assert [line[-3:-1] for line in lines[:4]] == [["3122", "win"], ["3051", "+2"], ["3051", "+2"], ["3050", "+1"]]
    assert lines[4][:3] == ["──", "cut", "line"]
    assert [line[-2] for line in lines[5:9]] == ["-1", "-2", "-4", "-4"]
    assert [line[1:4] for line in lines if "out" in line] == [["38", "Chandler", "Smith"], ["13", "Jake", "Garcia"]]
    assert "Data through race 22 of 25" in words(result)
    assert "reset is not applied" not in words(result)


@pytest.mark.parametrize(
    ("moment", "title", "answer"),
    [
        ("2025-04-01T12:00-04:00", "2025 standings", "**Corey Heim** leads by 20 · 2 wins"),
        (
            "2025-08-01T12:00-04:00",
            "2025 playoff picture",
            "Seven are locked in; **Ty Majeski** holds the last spot, 60 points ahead of **Jake Garcia**",
        ),
        (
            "2025-10-18T12:00-04:00",
            "2025 playoffs · Round of 8",
            "**Corey Heim** is locked in; **Kaden Honeycutt** holds the last spot, five points ahead of **Ty Majeski**",
        ),
        (
            "2025-10-25T12:00-04:00",
            "2025 playoffs · Championship 4",
            f"{FOUR}: the best finisher of the four is the champion",
        ),
        ("2025-11-05T12:00-05:00", "2025 final standings", "**Corey Heim** is the champion · 12 wins"),
        (
            "2026-06-25T12:00-04:00",
            "2026 Chase picture",
            "**Jake Garcia** holds the last spot, five points ahead of **Grant Enfinger**",
        ),
    ],
)
async def test_what_matters_changes_with_the_season(stand: Stand, moment: str, title: str, answer: str) -> None:
    stand.clock._start = datetime.fromisoformat(moment)
    assert title_and_answer(await stand.ask("standings")) == (title, answer)


async def test_after_talladega_three_are_below_the_line_by_so_much(stand: Stand) -> None:
    stand.clock._start = datetime.fromisoformat("2025-11-05T12:00-05:00")
    lines = table_of(await stand.ask("standings", after="2025.23"))
    cut = {line[3]: line[-2] for line in lines if len(line) == 7}
    assert (cut["Majeski"], cut["Hemric"], cut["Enfinger"]) == ("-5", "-32", "-40")


@pytest.mark.parametrize(
    ("after", "line"),
    [
        (22, "Out as it stands: Layne Riggs, Ty Majeski, Grant Enfinger and Kaden Honeycutt"),
        (20, "Out as it stands: Jake Garcia and Chandler Smith"),
        (21, "Eliminated in the Round of 10: Chandler Smith and Jake Garcia"),
        (24, "Eliminated in the Round of 8: Layne Riggs, Rajah Caruth, Grant Enfinger and Daniel Hemric"),
    ],
)
async def test_the_second_line_says_who_is_out(stand: Stand, after: int, line: str) -> None:
    stand.clock._start = datetime.fromisoformat("2025-11-05T12:00-05:00")
    said = words(await stand.ask("standings", after=f"2025.{after}")).splitlines()
    assert said[2] == line


@pytest.mark.parametrize("after", [16, 18, 23, 25])
async def test_no_figure_of_a_table_is_the_heading_of_another_column(stand: Stand, after: int) -> None:
    stand.clock._start = datetime.fromisoformat("2025-11-05T12:00-05:00")
    head, *lines = table_of(await stand.ask("standings", after=f"2025.{after}", view="playoffs"))
    assert "W" in head
    assert not [line for line in lines if "W" in line]


async def test_full_season_points_are_offered_once_they_differ_from_the_table_of_points(stand: Stand) -> None:
    stand.clock._start = datetime.fromisoformat("2025-11-05T12:00-05:00")
    asked = await stand.ask("standings", view="full-season", after="2025.17")
    assert title_and_answer(asked)[0] == "2025 standings after race 17, Watkins Glen"
    asked = await stand.ask("standings", view="full-season", after="2025.22")
    assert title_and_answer(asked)[0] == "What if: 2025 under full-season points after race 22, Charlotte ROVAL"


async def test_where_a_tie_decided_the_table_says_how(stand: Stand) -> None:
    stand.clock._start = datetime.fromisoformat("2025-11-05T12:00-05:00")
    said = words(await stand.ask("standings", after="2025.24"))
    assert (
        "**Round of 8** Kaden Honeycutt ahead of Layne Riggs, tied at 3,129: "
        "best finish in the round, 2nd to 3rd" in said
    )


async def test_another_season_another_view_and_after_a_race(stand: Stand) -> None:
    assert title_and_answer(await stand.ask("standings", season=2024))[0] == "2024 final standings"
    assert "AvF" in words(await stand.ask("standings", view="stats"))
    points = await stand.ask("standings", view="points")
    assert title_and_answer(points) == ("2025 season points", "**Corey Heim** leads by 259 · 10 wins")
    assert "Season points; the playoff reset is not applied." in words(points)
    after = await stand.ask("standings", after="2025.10")
    assert title_and_answer(after)[0] == "2025 standings after race 10, North Wilkesboro"
    assert title_and_answer(await stand.ask("standings", after="darlington"))[0].endswith("race 19, Darlington")


@pytest.mark.parametrize(
    ("view", "title", "answer"),
    [
        ("owners", "2025 owner standings", "The **No. 11** is locked in; five points separate seven trucks"),
        ("rookies", "2025 rookies", "**Gio Ruggiero** leads the rookies, 11th overall"),
        ("manufacturers", "2025 manufacturers", "**Toyota** leads by 25 · 11 wins"),
        ("full-season", "What if: 2025 under full-season points", "**Corey Heim** leads by 259"),
        ("what-if-chase", "What if: 2025 under the 2026 Chase", "**Corey Heim** leads by 123"),
        (
            "what-if-playoffs",
            "2025 playoffs · Round of 8",
            "**Corey Heim** is locked in; five points separate seven drivers",
        ),
    ],
)
async def test_every_view_says_what_it_is(stand: Stand, view: str, title: str, answer: str) -> None:
    assert title_and_answer(await stand.ask("standings", view=view)) == (title, answer)


async def test_the_season_without_resets_counts_every_point_of_the_finale_and_says_so(stand: Stand) -> None:
    assert FINALE_COUNTS not in words(await stand.ask("standings", view="full-season"))
    stand.clock._start = datetime.fromisoformat("2025-11-05T12:00-05:00")
    assert FINALE_COUNTS in words(await stand.ask("standings", view="full-season"))
    assert FINALE_COUNTS not in words(await stand.ask("standings", view="what-if-chase"))


async def test_the_owners_final_four_is_their_own(stand: Stand) -> None:
    stand.clock._start = datetime.fromisoformat("2025-11-05T12:00-05:00")
    _, *lines = table_of(await stand.ask("standings", view="owners"))
    assert [line[1] for line in lines[:4]] == ["11", "98", "52", "34"]


async def test_pages_and_views_turn_in_place_for_who_asked(stand: Stand) -> None:
    asked = await stand.ask("standings")
    turned = await stand.fan.click(asked.response, label="16–30 →")
    assert turned.acknowledged
    assert "\n16 " in words(asked)
    await stand.fan.select(asked.response, [StandingsQuestion(2025, view="stats").encode()])
    assert "AvF" in words(asked)
    await stand.fan.select(asked.response, [StandingsQuestion(2025, view="playoffs").encode()])
    await stand.fan.click(asked.response, label="Round by round")
    assert title_and_answer(asked)[0] == "2025 playoffs"


async def test_somebody_else_gets_a_copy_of_his_own(stand: Stand) -> None:
    asked = await stand.ask("standings")
    before = words(asked)
    copy = await stand.other.select(asked.response, [StandingsQuestion(2025, view="stats").encode()])
    assert copy.ephemeral
    assert "AvF" in words(copy)
    assert words(asked) == before
    again = await stand.other.select(copy.response, [StandingsQuestion(2025, view="points").encode()])
    assert not again.followups
    assert "Gap" in words(copy)


async def test_after_offers_races_run_newest_first(stand: Stand) -> None:
    choices = await stand.fan.autocomplete(stand.channel, "standings", "after", "")
    assert choices[0]["value"] == "2025.22"
    assert [c["value"] for c in await stand.fan.autocomplete(stand.channel, "standings", "after", "roval")] == [
        "2025.22"
    ]
    earlier = await stand.fan.autocomplete(stand.channel, "standings", "after", "", season=2024)
    assert earlier[0]["value"] == "2024.23"
    held = await stand.fan.autocomplete(stand.channel, "standings", "after", "talladega")
    assert [choice["value"] for choice in held] == ["2024.20", "2023.21"]


async def test_seasons_are_offered_newest_first(stand: Stand) -> None:
    assert [c["name"] for c in await stand.fan.autocomplete(stand.channel, "standings", "season", "")] == YEARS


async def test_what_is_not_there_is_one_friendly_line(stand: Stand) -> None:
    assert await stand.refused("standings", season=2019) == "No season 2019 here. Try 2023, 2024, 2025 or 2026."
    asked = await stand.ask("standings", after="2025.23")
    assert title_and_answer(asked) == ("Love's RV Stop 225 · Talladega", "Not run yet: <t:1760731200:F>")
    await stand.fan.click(asked.response, label="2024 standings")
    assert title_and_answer(asked)[0] == "2024 playoffs · Round of 8 after race 20, Talladega"
    assert "/schedule by itself lists the races" in await stand.refused("standings", after="monaco")
