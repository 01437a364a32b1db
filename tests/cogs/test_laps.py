"""/laps: a driver's race from the laps of the truck, and what is said where those are not held."""

from __future__ import annotations

from datetime import datetime

import pytest
from discord import ui

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.errors import FriendlyError
from bot.questions.core import ResultsQuestion, decode
from bot.questions.laps import LapsQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.tables import WIDTH
from bot.requester import Requester
from db.connection import Store
from tests.bot.render.reading import body, buttons, options, small, tables, text
from tests.checks.limits import check_message
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words

AFTER_TALLADEGA = "2025-10-18T12:00-04:00"


async def answer(bot: TailgateBot, question: LapsQuestion | ResultsQuestion | RecapQuestion) -> ui.LayoutView:
    view = await bot.router.view(question, Requester(1, await bot.router.as_of()))
    assert isinstance(view, ui.LayoutView)
    return view


async def test_the_last_race_comes_by_itself_with_its_figures(stand: Stand) -> None:
    stand.clock._start = datetime.fromisoformat(AFTER_TALLADEGA)
    result = await stand.ask("laps", driver="heim")
    title, first = title_and_answer(result)
    assert title == "#11 Corey Heim · Talladega"
    assert first == "Started 3rd, finished **2nd** · Love's RV Stop 225 · Oct 17, 2025"
    said = words(result)
    assert "**Average running position 7.1** · 1st at best, 27th at worst" in said
    assert "**Best lap** 50.306 s, on lap 62" in said
    assert "**Fastest run** 51.025 s a lap, laps 72–83 · slowest 51.837 s, laps 15–20" in said
    assert "**Led** 6 laps (11–16)" in said
    assert "**Biggest gain in a run** 14th to 2nd, laps 47–65" in said
    assert "**Pit road** 3 stops · 9 places lost under yellow" in said
    assert " 22 yellow     42.8 17.8 right  −6\n" in said
    assert " 54 green      29.4  5.0 –" in said


async def test_a_race_is_named_beside_the_driver_or_in_its_own_option(stand: Stand) -> None:
    named = {"driver": "heim bristol"}, {"driver": "heim", "race": "bristol"}, {"driver": "heim", "race": "2025.20"}
    for each in named:
        assert title_and_answer(await stand.ask("laps", **each))[0] == "#11 Corey Heim · Bristol"
    result = await stand.ask("laps", driver="heim", race="bristol xyz")
    assert "“xyz” I did not understand" in words(result)
    assert "Mar 16, 2024" in words(await stand.ask("laps", driver="heim 2024", race="bristol spring"))


@pytest.mark.parametrize(
    ("driver", "race", "title", "day"),
    [
        # Logano raced on Bristol's dirt alone, Larson in the spring alone, and neither in the last race there.
        ("logano", "bristol", "#66 Joey Logano · Bristol Dirt", "Apr 8, 2023"),
        ("larson", "bristol", "#07 Kyle Larson · Bristol", "Apr 11, 2025"),
        ("heim", "2024", "#11 Corey Heim · Phoenix", "Nov 8, 2024"),
        ("heim 2023", "kansas", "#11 Corey Heim · Kansas", "Sep 8, 2023"),
        ("heim", "latest", "#11 Corey Heim · Charlotte ROVAL", "Oct 3, 2025"),
    ],
)
async def test_of_several_races_the_last_one_is_meant_that_the_driver_was_in(
    stand: Stand, driver: str, race: str, title: str, day: str
) -> None:
    result = await stand.ask("laps", driver=driver, race=race)
    assert title_and_answer(result)[0] == title
    assert day in words(result)


async def test_buttons_lead_to_the_race_and_the_select_to_others_in_it(stand: Stand) -> None:
    asked = await stand.ask("laps", driver="heim", race="2025.20")
    await stand.fan.select(asked.response, ["laps:layne-riggs:2025:20"])
    assert title_and_answer(asked)[0] == "#34 Layne Riggs · Bristol"
    assert "1:02.6" in words(asked)
    await stand.fan.click(asked.response, label="Darlington 2025")
    assert title_and_answer(asked)[0] == "#34 Layne Riggs · Darlington"
    await stand.fan.click(asked.response, label="Results")
    assert title_and_answer(asked)[0] == "Sober or Slammer 200 · Darlington"


async def test_where_laps_are_not_held_the_results_speak_and_it_says_of_which_races_they_are(bot: TailgateBot) -> None:
    said = text(await answer(bot, LapsQuestion("corey-heim", 2023, 17)))
    assert "Started 3rd, finished **8th**" in said
    assert "**Completed** 200 laps\n**Led** 18 laps (22–39)" in said
    assert "Lap by lap this race is not on record here. It is for 67 races from 2023 to 2025." in said
    assert "```" not in said


async def test_a_store_without_laps_says_so(bot: TailgateBot, store: Store) -> None:
    async with store.write() as connection:
        await connection.execute("DELETE FROM timed_races")
    said = text(await answer(bot, LapsQuestion("corey-heim")))
    assert "#11 Corey Heim · Charlotte ROVAL" in said
    assert "Lap by lap no race is on record here." in said
    assert "Biggest move in a run" not in text(await answer(bot, ResultsQuestion(2025, 21)))


async def test_pit_road_that_is_not_on_record_is_not_without_stops(bot: TailgateBot) -> None:
    assert "Pit road is not on record for this race." in text(await answer(bot, LapsQuestion("corey-heim", 2025, 16)))


async def test_a_lap_that_cannot_be_is_left_out(bot: TailgateBot) -> None:
    shown = await answer(bot, LapsQuestion("layne-riggs", 2024, 5))
    assert "**Best lap** 135.234 s, on lap 2" in text(shown)
    assert "1 lap without a time that can be true left out" in small(shown)
    assert not any("can be true" in line for line in small(await answer(bot, LapsQuestion("corey-heim", 2025, 20))))


@pytest.mark.parametrize("moment", ["2025-10-17T15:00-04:00", "2025-10-17T17:30-04:00"])
async def test_nothing_is_told_of_a_race_before_its_results_are_known(
    bot: TailgateBot, clock: TravelClock, moment: str
) -> None:
    clock._start = datetime.fromisoformat(moment)
    shown = await answer(bot, LapsQuestion("corey-heim", 2025, 23))
    assert "```" not in text(shown)
    assert "Best lap" not in text(shown)
    assert "#11 Corey Heim · Charlotte ROVAL" in text(await answer(bot, LapsQuestion("corey-heim")))
    assert LapsQuestion("corey-heim", 2024, 20) in buttons(shown).values()


async def test_who_was_not_in_the_race_is_told_so(bot: TailgateBot) -> None:
    with pytest.raises(FriendlyError, match="Kyle Busch was not in the EcoSave 250"):
        await answer(bot, LapsQuestion("kyle-busch", 2025, 22))
    with pytest.raises(FriendlyError, match="has no race in 2025 on record"):
        await answer(bot, LapsQuestion("joey-logano", 2025))


async def test_nobody_and_two_are_refused_in_one_line(stand: Stand) -> None:
    assert "xyzzy" in await stand.refused("laps", driver="xyzzy")
    assert "No race called “zzz”" in await stand.refused("laps", driver="heim", race="zzz")
    assert "Name one driver" in await stand.refused("laps", driver="heim and majeski")


async def test_every_driver_of_a_few_races_fits_a_phone(bot: TailgateBot) -> None:
    """A superspeedway, a short track, a road course, a race cut short, one over a whole night, one without pit road."""
    as_of = await bot.router.as_of()
    for year, number in ((2025, 1), (2025, 20), (2025, 22), (2023, 18), (2023, 1), (2025, 16), (2024, 10)):
        for row in as_of.season(year).results[number]:
            question = LapsQuestion(row.driver, year, number)
            assert decode(question.encode() or "") == question
            shown = await answer(bot, question)
            assert max((len(line) for table in tables(shown) for line in table), default=0) <= WIDTH, question
            assert check_message(body(shown)) == [], question
            assert question in options(shown).values()
            assert "nan" not in text(shown)


async def test_results_and_recap_tell_of_runs_and_stops(bot: TailgateBot, clock: TravelClock) -> None:
    clock._start = datetime.fromisoformat(AFTER_TALLADEGA)
    said = text(await answer(bot, ResultsQuestion(2025, 23)))
    assert "**Biggest move in a run** Layne Riggs, 35th to 11th (laps 1–4)" in said
    assert "**Winner's stops** laps 10, 42, 54" in said
    recap = await answer(bot, RecapQuestion(2025, 23, "runs"))
    assert text(recap).startswith("## Run by run · Talladega 2025\n**Winner's stops** laps 10, 42 and 54\n")
    assert "**Laps 71–84** Gio Ruggiero in front at the end; Rajah Caruth up from 18th to fifth; caution" in text(recap)
    assert "caution laps 85–88, accident, free pass to the No. 2\n**Laps 89–90** Gio Ruggiero in front" in text(recap)


async def test_the_runs_of_every_race_are_a_section_of_its_recap(bot: TailgateBot, clock: TravelClock) -> None:
    clock._start = datetime.fromisoformat("2026-01-02T12:00-05:00")
    as_of = await bot.router.as_of()
    for season in as_of.seasons:
        for race in season.run:
            first = await answer(bot, RecapQuestion(race.season, race.round))
            held = race.season <= 2025 and (race.season, race.round) != (2023, 17)
            assert ("Run by run" in options(first)) is held
            if held:
                shown = await answer(bot, RecapQuestion(race.season, race.round, "runs"))
                assert text(shown).count("**Laps ") + text(shown).count("**Lap ") >= 1, race
                assert check_message(body(shown)) == []


async def test_a_report_is_computed_once(bot: TailgateBot, monkeypatch: pytest.MonkeyPatch) -> None:
    first = text(await answer(bot, ResultsQuestion(2025, 20)))

    async def unread(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr("bot.seasons.laps.race_laps", unread)
    assert text(await answer(bot, ResultsQuestion(2025, 20))) == first


async def test_laps_that_cannot_be_read_leave_the_results(bot: TailgateBot, store: Store) -> None:
    async with store.write() as connection:
        await connection.execute("UPDATE truck_laps SET laps = x'00'")
    assert "**Corey Heim** won" in text(await answer(bot, ResultsQuestion(2025, 19)))
    said = text(await answer(bot, LapsQuestion("corey-heim", 2025, 19)))
    assert "Lap by lap this race is not on record here" in said
