from datetime import datetime

import pytest
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.finder import Finder
from bot.notifications.reminders import notice
from bot.questions.core import ResultsQuestion
from bot.requester import Requester
from bot.seasons.as_of import AsOf
from tests.bot.render.reading import lines
from tests.cogs.conftest import Stand
from tests.cogs.looking import texts, title_and_answer, words
from tests.seasons import bundled_seasons, make_season

TALLADEGA = 1760731200
"""Friday, 17 October 2025, 4 p.m. Eastern."""


def at(stand: Stand, moment: str) -> None:
    stand.clock._start = datetime.fromisoformat(moment)


async def test_results_alone_are_of_the_latest_race(stand: Stand) -> None:
    result = await stand.ask("results")
    title, answer = title_and_answer(result)
    assert title == "EcoSave 250 · Charlotte ROVAL"
    assert answer == "**Corey Heim** won from the pole · Oct 3, 2025 · race 22 of 25 · Round of 8"
    said = words(result)
    assert "**Both stages** Kaden Honeycutt" in said
    assert "**Most laps led** Brent Crews (56 of 70)" in said
    assert "**Fastest lap** Brent Crews, 86.666 s (94.708 mph)" in said
    assert "**Rookie of the race** Brent Crews" in said


@pytest.mark.parametrize(
    ("race", "season", "title"),
    [
        ("2024.19", None, "Kubota Tractor 200 · Kansas"),
        ("rockingham", None, "Black's Tire 200 · Rockingham"),
        ("milwaukee", None, "LiUNA! 175 · Milwaukee"),
        ("1", 2024, "Fresh From Florida 250 · Daytona"),
        ("latest", None, "EcoSave 250 · Charlotte ROVAL"),
    ],
)
async def test_a_race_is_found_by_round_name_track_or_choice(
    stand: Stand, race: str, season: int | None, title: str
) -> None:
    asked = {"race": race} | ({"season": season} if season else {})
    assert title_and_answer(await stand.ask("results", **asked))[0] == title


async def test_results_page_and_lead_to_the_race_before_and_the_standings(stand: Stand) -> None:
    asked = await stand.ask("results")
    await stand.fan.click(asked.response, label="13–24 →")
    assert "\n 13 " in words(asked)
    await stand.fan.click(asked.response, label="Race 21")
    assert title_and_answer(asked)[0] == "EJP 175 · New Hampshire"
    await stand.fan.click(asked.response, label="Standings")
    assert title_and_answer(asked)[0] == "2025 playoffs · Round of 8 after race 21, New Hampshire"


async def test_a_race_to_come_is_no_result_and_offers_last_years(stand: Stand) -> None:
    assert "**Grant Enfinger** won" in words(await stand.ask("results", race="talladega"))
    asked = await stand.ask("results", race="2025.23")
    assert title_and_answer(asked)[1] == f"Not run yet: <t:{TALLADEGA}:F>"
    await stand.fan.click(asked.response, label="2024 results")
    assert "**Grant Enfinger** won" in words(asked)


async def test_unknown_races_get_a_line_with_the_nearest(stand: Stand) -> None:
    line = await stand.refused("results", race="pokno")
    assert line.startswith("No race called “pokno”")
    assert line.endswith("Did you mean MillerTech Battery 200 (Pocono)?")
    for typed in ("monaco", "ilmor", "october", "first"):
        line = await stand.refused("results", race=typed)
        assert line == f"No race called “{typed}” in the seasons 2023 to 2026; /schedule by itself lists the races."


async def test_a_driver_without_a_win_has_no_last_win(stand: Stand) -> None:
    assert await stand.refused("results", race="filippi last win") == "Mason Filippi has no win on record."
    line = await stand.refused("recap", race="last heim win bristol 2025")
    assert line == "Corey Heim has no win at Bristol in 2025 on record."


async def test_the_schedule_opens_where_the_next_race_is(stand: Stand) -> None:
    result = await stand.ask("schedule")
    assert title_and_answer(result) == (
        "2025 schedule",
        f"Next: **Love's RV Stop 225**, Talladega, coverage <t:{TALLADEGA}:R>",
    )
    assert f"`23` **Talladega** <t:{TALLADEGA}:d> <t:{TALLADEGA}:t>\\*" in words(result)
    assert "`22` Charlotte ROVAL · Oct 3 · **C. Heim**" in words(result)
    await stand.fan.click(result.response, label="2024")
    assert title_and_answer(result)[0] == "2024 schedule"


async def test_the_eve_of_talladega(stand: Stand) -> None:
    result = await stand.ask("next")
    assert title_and_answer(result) == (
        "Love's RV Stop 225 · Talladega",
        f"Coverage starts about **<t:{TALLADEGA}:F>** · <t:{TALLADEGA}:R>",
    )
    said = words(result)
    assert "**TV** FOX Sports 1 (FS1), from about 4 p.m. Eastern" in said
    assert "**Radio** NASCAR Racing Network" in said
    assert "**Defending winner** Grant Enfinger (2024)" in said
    assert "Green flag" not in said


async def test_who_won_there_in_spring_is_not_the_defending_winner_in_autumn(stand: Stand) -> None:
    at(stand, "2025-10-20T12:00-04:00")
    asked = await stand.ask("next")
    assert "**Last winner here** Daniel Hemric (March)" in words(asked)
    assert "Defending" not in words(asked)
    now = datetime.fromisoformat("2025-10-20T12:00-04:00")
    as_of = AsOf(now, tuple(season.as_of(now) for season in bundled_seasons()), Finder(()))
    race = as_of.season(2025).race(24)
    assert race is not None
    last = notice(as_of, race, "mark", personal=False).last_time
    assert last is not None
    assert (last.winner, last.race.round, last.defending) == ("daniel-hemric", 5, False)
    await stand.fan.click(asked.response, label="March results")
    assert "**Daniel Hemric** won" in words(asked)


async def test_nothing_of_tomorrow_is_known_today(stand: Stand) -> None:
    said = words(await stand.ask("next")) + words(await stand.ask("schedule")) + words(await stand.ask("results"))
    assert "Ruggiero** won" not in said
    assert "`23` Talladega · Oct 17" not in said


async def test_what_began_at_four_is_coverage_and_no_answer_says_under_way(stand: Stand) -> None:
    at(stand, "2025-10-17T16:05-04:00")
    on = f"**Coverage started** about <t:{TALLADEGA}:t> · <t:{TALLADEGA}:R>"
    assert title_and_answer(await stand.ask("next"))[1] == on
    assert title_and_answer(await stand.ask("schedule"))[1] == f"**Love's RV Stop 225**, Talladega: {on}"
    assert title_and_answer(await stand.ask("results", race="talladega"))[1] == f"{on}. No results yet."


async def test_between_seasons_results_are_those_of_the_season_before(bot: TailgateBot) -> None:
    old, new = make_season(2025, [["Corey Heim"]]), make_season(2026, [], upcoming=2)
    now = new.races[0].over_at
    requester = Requester(1, AsOf(now, (old, new), Finder([old, new])))
    topic = bot.get_cog("Races")
    assert isinstance(topic, commands.Cog)
    assert lines(await topic.answer_results(ResultsQuestion(), requester))[0] == "## Daytona 101 · Daytona"  # type: ignore[attr-defined]
    with pytest.raises(FriendlyError, match=r"^No results for 2026 yet\.$"):
        await topic.answer_results(ResultsQuestion(2026), requester)  # type: ignore[attr-defined]


@pytest.mark.parametrize("typed", ["charlotte roval", "roval", "the roval", "charlote roval"])
async def test_a_track_left_out_this_year_is_not_its_neighbour(stand: Stand, typed: str) -> None:
    at(stand, "2026-06-25T12:00-04:00")
    assert title_and_answer(await stand.ask("results", race=typed))[0] == "EcoSave 250 · Charlotte ROVAL"


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("charlotte", "North Carolina Education Lottery 200 · Charlotte"),
        ("charlotte oval", "North Carolina Education Lottery 200 · Charlotte"),
        ("bristol", "Tennessee Army National Guard 250 · Bristol"),
        ("bristol dirt", "Weather Guard Truck Race on Dirt · Bristol Dirt"),
        ("dega", "Love's RV Stop 225 · Talladega"),
        ("talladega fall", "Love's RV Stop 225 · Talladega"),
        ("latest", "Navy 250 · San Diego"),
    ],
)
async def test_this_years_races_come_first(stand: Stand, typed: str, title: str) -> None:
    at(stand, "2026-06-25T12:00-04:00")
    assert title_and_answer(await stand.ask("results", race=typed))[0] == title


async def test_a_penalty_stands_under_its_race(stand: Stand) -> None:
    said = words(await stand.ask("results", race="2023.18"))
    why = "right-rear tire, wheel and valve stem against the rules"
    assert f"-# Penalty: Majeski −75 points, −5 playoff points: {why}" in said


async def test_no_word_is_longer_than_a_name(bot: TailgateBot) -> None:
    options = [option for command in bot.tree.walk_commands() for option in command.to_dict(bot.tree)["options"]]
    typed = [option for option in options if option["type"] == 3 and not option.get("choices")]
    assert len(typed) > 6
    assert all(option["min_length"] == 1 and option["max_length"] <= 100 for option in typed)


async def test_after_the_race_the_winner_is_known_and_the_next_one_is_next(stand: Stand) -> None:
    at(stand, "2025-10-17T19:30-04:00")
    assert "**Gio Ruggiero** won from the pole" in words(await stand.ask("results"))
    assert title_and_answer(await stand.ask("next"))[0] == "Slim Jim 200 · Martinsville"


async def test_between_seasons_next_is_daytona_and_standings_are_final(stand: Stand) -> None:
    at(stand, "2025-12-10T12:00-05:00")
    result = await stand.ask("next")
    assert title_and_answer(result)[0] == "Fresh From Florida 250 · Daytona"
    assert "The 2025 season is over; **Corey Heim** is the champion." in words(result)
    assert "overage" not in words(result)
    assert title_and_answer(await stand.ask("standings"))[1].startswith("**Corey Heim** is the champion")
    assert title_and_answer(await stand.ask("schedule"))[0] == "2026 schedule"


async def test_where_results_stop_every_answer_says_so(stand: Stand) -> None:
    at(stand, "2026-11-20T14:00-05:00")
    assert title_and_answer(await stand.ask("next")) == (
        "The 2026 season is over",
        "The champion is not known here: results run through race 13.",
    )
    assert title_and_answer(await stand.ask("standings"))[0] == "2026 Chase picture after race 13, San Diego"
    assert "through race 13 of 25" in title_and_answer(await stand.ask("schedule"))[1]
    assert title_and_answer(await stand.ask("results", race="20"))[1].endswith("no result on record.")
    for command in ("next", "standings", "schedule", "results"):
        small = texts(await stand.ask(command))[-1]
        assert "Data through race 13 of 25, Navy 250 (Jun 19) · 12 later races should be over, no results yet" in small


async def test_the_driver_typed_beside_a_race_survives_the_choice(stand: Stand) -> None:
    choices = await stand.fan.autocomplete(stand.channel, "results", "race", "heim bristol")
    assert choices[0]["value"] == "2025.20 corey-heim"
    assert choices[0]["name"].startswith("Corey Heim · 20 · Bristol · Sep 11, 2025")
    said = words(await stand.ask("results", race=choices[0]["value"])).splitlines()
    assert said[0] == "## UNOH 250 · Bristol"
    assert said[2] == "**Corey Heim** finished 3rd from 2nd, led 122 laps."


async def test_what_was_not_understood_is_said_in_one_line(stand: Stand) -> None:
    said = words(await stand.ask("results", race="bristol dirt xyz")).splitlines()
    assert said[2] == (
        "-# I took that as the 2023 Weather Guard Truck Race on Dirt (Bristol Dirt); “xyz” I did not understand."
    )
    said = words(await stand.ask("results", race="daytona 2023", season=2024)).splitlines()
    assert said[2] == "-# You typed 2023 and chose 2024; this is 2023."
    said = words(await stand.ask("results", race="heim **@qqq** 2024")).splitlines()
    assert said[0] == "## #11 Corey Heim · 2024 races"
    assert said[2] == "-# I took that as Corey Heim in 2024; “qqq” I did not understand."


async def test_a_driver_where_a_race_is_asked_for_is_answered_and_no_race_is_guessed(stand: Stand) -> None:
    assert title_and_answer(await stand.ask("results", race="heim"))[0] == "#11 Corey Heim · 2025 races"
    assert title_and_answer(await stand.ask("recap", race="zane smith"))[0] == "Recap · Pocono 2024"
    assert "Several drivers go by “corey”" in await stand.refused("results", race="corey")
    assert (await stand.refused("results", race="zqxj")).startswith(
        "No race called “zqxj” in the seasons 2023 to 2026; /schedule"
    )


async def test_the_schedule_opens_at_the_race_that_is_typed(stand: Stand) -> None:
    said = words(await stand.ask("schedule", race="phoenix 2023")).splitlines()
    assert said[0] == "## 2023 schedule"
    assert said[2] == "**Craftsman 150 (Phoenix)** is race 23 of 23, Nov 3."
    offered = await stand.fan.autocomplete(stand.channel, "schedule", "race", "next martinsville")
    assert offered[0]["value"] == "2025.24"
