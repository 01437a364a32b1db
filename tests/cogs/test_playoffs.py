from datetime import datetime

import pytest

from bot.render.playoff_table import ELIGIBLE
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words

AFTER_TALLADEGA = "2025-10-18T12:00-04:00"
BEFORE_PHOENIX = "2025-10-25T12:00-04:00"
OVER = "2025-11-05T12:00-05:00"
BUBBLE = "2025-08-01T12:00-04:00"
CHASE_BUBBLE = "2026-06-25T12:00-04:00"
SPRING = "2025-05-15T12:00-04:00"


def at(stand: Stand, moment: str) -> None:
    stand.clock._start = datetime.fromisoformat(moment)


def block(said: str, heading: str) -> list[str]:
    """The lines of the table under a heading."""
    return said.partition(f"**{heading}**")[2].split("```")[1].strip("\n").splitlines()[1:]


async def test_the_grid_says_who_advanced_how_and_who_fell(stand: Stand) -> None:
    at(stand, OVER)
    result = await stand.ask("playoffs")
    assert title_and_answer(result) == ("2025 playoffs", "**Corey Heim** is the champion · 12 wins")
    said = words(result)
    assert "Jake Garcia took the place of Stewart Friesen, who won at Michigan" in said
    ten = block(said, "Round of 10")
    assert [line.split()[-1] for line in ten[:3]] == ["win", "win", "+44"]
    assert ten[8].startswith("── cut line ──")
    assert [line.split()[2:4] for line in ten[9:]] == [["Chandler", "Smith"], ["Jake", "Garcia"]]
    assert "**Playoff points** at the reset: Heim 65, Riggs 26, " in said
    eight = block(said, "Round of 8")
    assert eight[3].split() == ["4", "52", "Kaden", "Honeycutt", "3129", "tie"]
    assert eight[5].split() == ["5", "34", "Layne", "Riggs", "3129", "tie"]
    assert "Honeycutt ahead of Layne Riggs, tied at 3,129: best finish in the round, 2nd to 3rd" in said
    four = [line.split() for line in block(said, "Championship 4")]
    assert four[0] == ["1", "11", "Corey", "Heim", "4040", "champ"]
    assert [line[-1] for line in four[1:]] == ["4035", "4034", "4023"]


async def test_the_round_under_way_stands_last_with_what_comes_after(stand: Stand) -> None:
    said = words(await stand.ask("playoffs"))
    assert "**Round of 8** · Charlotte ROVAL, Talladega, Martinsville · 1 of 3 races run" in said
    assert "**Championship 4** · Phoenix, Oct 31 · four start, the best finisher is the champion" in said


async def test_before_the_playoffs_it_is_who_would_be_in_now(stand: Stand) -> None:
    at(stand, BUBBLE)
    result = await stand.ask("playoffs")
    assert title_and_answer(result)[1].endswith("60 points ahead of **Jake Garcia**")
    assert "**If they started now** · Regular season · 16 of 18 races run" in words(result)
    assert "**Round of 8** · 3 races, Oct 3 to Oct 24 · eight start, four advance" in words(result)


@pytest.mark.parametrize(("season", "champion"), [(2023, "Ben Rhodes"), (2024, "Ty Majeski")])
async def test_seasons_past_have_their_champions(stand: Stand, season: int, champion: str) -> None:
    assert title_and_answer(await stand.ask("playoffs", season=season))[1].startswith(f"**{champion}** is the champion")


async def test_a_season_not_begun_shows_its_rounds(stand: Stand) -> None:
    result = await stand.ask("playoffs", season=2026)
    assert title_and_answer(result) == ("2026 Chase", "No results for 2026 yet.")
    assert "**The Chase** · 7 races, Sep 17 to Nov 6 · ten start, most points win the title" in words(result)


async def test_clinch_alone_is_what_everybody_needs(stand: Stand) -> None:
    at(stand, AFTER_TALLADEGA)
    result = await stand.ask("clinch")
    assert title_and_answer(result)[0] == "Clinch scenarios · Round of 8"
    table = words(result).split("```")[1].strip("\n").splitlines()[1:]
    assert [line.split()[-3:] for line in table[1:4]] == [["47", "or", "win"], ["53", "or", "win"], ["56", "or", "win"]]
    assert table[0].split()[-2:] == ["win", "in"]
    assert table[4].startswith("── cut line ──")
    assert all(line.endswith("win") for line in table[5:])


async def test_where_one_race_makes_nothing_certain_there_is_no_table(stand: Stand) -> None:
    at(stand, SPRING)
    result = await stand.ask("clinch")
    said = words(result)
    assert (
        "No result at North Wilkesboro clinches anything on its own. The cut line so far is under **Standings**."
        in said
    )
    assert "```" not in said
    await stand.fan.click(result.response, label="Standings")
    assert title_and_answer(result)[0] == "2025 playoff picture"


@pytest.mark.parametrize(("moment", "dashes"), [(CHASE_BUBBLE, True), (AFTER_TALLADEGA, False)])
async def test_a_dash_is_explained_where_there_is_one(stand: Stand, moment: str, dashes: bool) -> None:
    at(stand, moment)
    said = words(await stand.ask("clinch"))
    table = said.split("```")[1]
    assert any(line.endswith(" –") for line in table.splitlines()) is dashes
    assert ("–: nothing at this race clinches on its own." in said) is dashes


@pytest.mark.parametrize("driver", ["friesen", None])
async def test_before_the_playoffs_a_spot_is_certain_for_the_eligible_alone(stand: Stand, driver: str | None) -> None:
    asked = {} if driver is None else {"driver": driver}
    at(stand, BUBBLE)
    assert ELIGIBLE in words(await stand.ask("clinch", **asked))
    assert ELIGIBLE in words(await stand.ask("standings"))
    at(stand, AFTER_TALLADEGA)
    assert ELIGIBLE not in words(await stand.ask("clinch", **asked))
    assert ELIGIBLE not in words(await stand.ask("standings"))


FOUR = "a spot in the Championship 4"
STILL = "with races still to win, but not the title."
NEEDS = {
    (
        "caruth",
        AFTER_TALLADEGA,
    ): f"Needs **47 points** at Martinsville to clinch {FOUR} no matter what anyone else does, or a win",
    ("heim", AFTER_TALLADEGA): f"**Locked in** with a win: has clinched {FOUR}",
    (
        "majeski",
        AFTER_TALLADEGA,
    ): f"Needs **a win** at Martinsville to clinch {FOUR}; no points total is enough on its own",
    ("chandler smith", AFTER_TALLADEGA): (
        f"**Chandler Smith** was eliminated in the Round of 10: 9th in the standings, {STILL}"
    ),
    (
        "friesen",
        AFTER_TALLADEGA,
    ): f"**Stewart Friesen** is not in the playoffs this year: 19th in the standings, {STILL}",
    ("honeycutt", BEFORE_PHOENIX): (
        "Wins the title by finishing **ahead of the other three** at Phoenix: "
        "**Corey Heim**, **Tyler Ankrum** and **Ty Majeski**"
    ),
    ("honeycutt", OVER): "The 2025 championship is decided: **Corey Heim** is champion.",
    (
        "honeycutt",
        CHASE_BUBBLE,
    ): "Needs **76 points** at Lime Rock to clinch a spot in the Chase no matter what anyone else does",
    ("friesen", BUBBLE): "**Locked in** with a win: has clinched a spot in the playoffs",
    ("honeycutt", SPRING): (
        "No result at North Wilkesboro clinches a spot in the playoffs on its own: "
        "four have won, 9 races left, ten spots"
    ),
}


@pytest.mark.parametrize(("driver", "moment"), NEEDS)
async def test_clinch_says_what_a_driver_needs(stand: Stand, driver: str, moment: str) -> None:
    at(stand, moment)
    assert title_and_answer(await stand.ask("clinch", driver=driver))[1] == NEEDS[driver, moment]


async def test_in_the_finale_the_four_race_for_it(stand: Stand) -> None:
    at(stand, BEFORE_PHOENIX)
    result = await stand.ask("clinch")
    assert title_and_answer(result)[1].endswith("the best finisher of the four is the champion")
    lines = words(result).split("```")[1].strip("\n").splitlines()
    assert lines == ["No Driver", "11 Corey Heim", "18 Tyler Ankrum", "98 Ty Majeski", "52 Kaden Honeycutt"]


async def test_where_results_are_missing_nothing_is_said_to_be_needed(stand: Stand) -> None:
    at(stand, "2026-08-01T12:00-04:00")
    line = title_and_answer(await stand.ask("clinch"))[1]
    assert line == "Results run only through race 13 of 25, so there are no clinch scenarios."


async def test_a_driver_nobody_knows_is_one_friendly_line(stand: Stand) -> None:
    assert (await stand.refused("clinch", driver="zebedee")).startswith("No driver called “zebedee”")


async def test_drivers_are_offered(stand: Stand) -> None:
    choices = await stand.fan.autocomplete(stand.channel, "clinch", "driver", "hone")
    assert choices[0]["value"] == "kaden-honeycutt"


@pytest.mark.parametrize(
    ("moment", "driver", "line"),
    [
        (AFTER_TALLADEGA, "majeski", "**Playoffs** Round of 8: 5 below the cut line"),
        (AFTER_TALLADEGA, "heim", "**Playoffs** Round of 8: locked in with a win"),
        (AFTER_TALLADEGA, "garcia", "**Playoffs** Eliminated in the Round of 10; 10th now"),
        (AFTER_TALLADEGA, "ruggiero", "**Playoffs** Not in the playoffs; 11th in the standings"),
        (OVER, "heim", "**Playoffs** Champion, 4,040 points"),
        (OVER, "majeski", "**Playoffs** 2nd in the Championship 4, 4,035 points"),
        (BUBBLE, "friesen", "**Playoffs** 7th in the playoff picture, locked in with a win, as long as eligible"),
        (BUBBLE, "garcia", "**Playoffs** 11th in the playoff picture, 60 below the cut line"),
        (CHASE_BUBBLE, "heim", "**Chase** 12th, 9 below the cut line"),
        (CHASE_BUBBLE, "wright", "**Chase** 21st, 116 below the cut line"),
        (CHASE_BUBBLE, "lajoie", "**Chase** 22nd, started 11 of 13 races"),
        (CHASE_BUBBLE, "dye", "**Chase** 25th, started 5 of 13 races"),
        (CHASE_BUBBLE, "cleetus", "**Chase** 74th, started 2 of 13 races"),
    ],
)
async def test_a_drivers_card_has_his_line_of_the_playoffs(stand: Stand, moment: str, driver: str, line: str) -> None:
    at(stand, moment)
    assert line in words(await stand.ask("driver", name=driver)).splitlines()


async def test_a_part_timer_is_not_told_a_distance_by_clinch_either(stand: Stand) -> None:
    at(stand, CHASE_BUBBLE)
    said = words(await stand.ask("clinch", driver="lajoie"))
    assert "22nd, started 11 of 13 races" in said
    assert "below the cut line" not in said


async def test_next_says_what_is_at_stake(stand: Stand) -> None:
    assert "race 23 of 25 · Round of 8, race 2 of 3 · four advance" in words(await stand.ask("next"))
