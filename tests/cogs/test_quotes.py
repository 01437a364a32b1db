"""/quote as fans ask it: by words and typos, by driver and race, by lot, in servers and outside of them."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import date, datetime
from typing import Any

import discord
import pytest
import simcord

from bot.client.tailgate_bot import TailgateBot
from bot.questions.quotes import OneQuoteQuestion, QuoteQuestion, RandomQuoteQuestion
from bot.quotes import service
from bot.quotes.query import LONGEST
from bot.requester import Requester
from bot.services import Services
from tests.bot.render.reading import buttons, text
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.cogs.quoting import Elsewhere, filled_in, labels, moderator, press, said, saved

ROVAL: dict[str, Any] = {"season": 2025, "round": 22}


@pytest.fixture(autouse=True)
async def alone(services: Services) -> None:
    """Only what a test saves is held: the quotes that come with the program come and go with its seasons."""
    async with services.store.write() as connection:
        await connection.execute("DELETE FROM quotes")


@pytest.mark.parametrize(
    ("about", "found"),
    [
        ("gas", True),
        ("GAS!", True),
        ("ran gas", True),
        ("gas diesel", "some"),
        ("heim gas", True),
        ("hiem", True),
        ("corey hiem gas", True),
        ("coreyheim", True),
        ("11", True),
        ("no. 11 gas", True),
        ("52 gas", "some"),
        ("roval", True),
        ("charlote", True),
        ("crew chief", True),
        ("heartbreak", True),
        ("didn't", True),
        ("didnt make", True),
        ("heim's gas", True),
        ("what did heim say about gas", True),
        ("who said we ran dry", "some"),
        ("diesel oil", False),
        ("who said diesel", False),
        ("gas*", True),
        ('"gas" OR "oil"', "some"),
        ("words:gas", "some"),
    ],
)
async def test_a_quote_is_found_by_its_words_and_all_around_it(
    stand: Stand, services: Services, about: str, found: bool | str
) -> None:
    """By "some" of its words, it says so."""
    facts = {"role": "Told his crew chief", "context": "after a heartbreak", **ROVAL}
    await saved(services, None, "We ran out of gas. We didn’t make it.", **facts)
    answer = words(await stand.ask("quote", about=about))
    assert ("We ran out of gas." in answer) is bool(found)
    assert ("No quotes found" in answer) is not found
    assert ("with some of “" in answer) is (found == "some")


async def test_it_says_who_in_which_role_where_when_and_a_source_to_follow(stand: Stand, services: Services) -> None:
    quote = await saved(
        services,
        None,
        "We ran out of gas.",
        role="Driver of the No. 11",
        context="after the crash",
        source="NASCAR.com",
        link="https://www.nascar.com/roval",
        said_on=date(2025, 10, 4),
        **ROVAL,
    )
    assert words(await stand.ask("quote", about="gas")).splitlines() == [
        "## #11 Corey Heim",
        "“We ran out of gas.”",
        "Driver of the No. 11",
        "After the crash",
        "EcoSave 250, Charlotte ROVAL · Oct 3, 2025 · said Oct 4, 2025",
        "**Source** NASCAR.com · [open nascar.com](https://www.nascar.com/roval)",
        f"-# The only quote with “gas” · Quote {quote.id}",
    ]


async def test_pages_turn_from_the_best_on_and_hold_a_quote_each(stand: Stand, services: Services) -> None:
    for n in range(12):
        await saved(services, None, f"Fuel number {n}.")
    await saved(services, None, "Fuel, fuel and again fuel.")
    asked = await stand.ask("quote", about="fuel")
    assert "“Fuel, fuel and again fuel.”" in words(asked)
    assert "1 of 13 with “fuel”" in words(asked)
    await stand.fan.click(asked.response, label="2 →")
    await stand.fan.click(asked.response, label="3 →")
    assert "3 of 13" in words(asked)
    await stand.fan.click(asked.response, label="← 2")
    assert "2 of 13" in words(asked)


async def test_a_page_that_is_gone_is_the_last_one(stand: Stand, services: Services) -> None:
    await saved(services, None)
    result = await press(stand, stand.fan, stand.channel, QuoteQuestion("fuel", page=77))
    assert "The only quote with “fuel”" in words(result)


async def test_driver_race_and_season_narrow_it_down(stand: Stand, services: Services) -> None:
    await saved(services, None, "One.", **ROVAL)
    await saved(services, None, "Two.", season=2024, round=20)
    await saved(services, None, "Three.", speaker="Gio Ruggiero", driver="gio-ruggiero", **ROVAL)
    await saved(services, None, "Four.", speaker="A fan", driver=None, said_on=date(2024, 5, 1))
    assert "of 2 by Corey Heim" in words(await stand.ask("quote", driver="hiem"))
    assert "“Three.”" in words(await stand.ask("quote", driver="17"))
    assert "1 of 2 from Charlotte ROVAL 2025" in words(await stand.ask("quote", race="roval"))
    assert "“One.”" in words(await stand.ask("quote", race="roval", driver="heim"))
    assert "of 2 from 2024" in words(await stand.ask("quote", season=2024))
    # Talladega of 2025 is tomorrow: the last race there is meant.
    assert "“Two.”" in words(await stand.ask("quote", race="talladega"))


async def test_from_a_quote_to_the_race_and_to_the_driver(stand: Stand, services: Services) -> None:
    await saved(services, None, **ROVAL)
    asked = await stand.ask("quote", about="fuel")
    assert labels(asked) == ["Results", "Corey Heim"]
    await stand.fan.click(asked.response, label="Corey Heim")
    assert title_and_answer(asked)[0] == "#11 Corey Heim · 2025"
    await stand.fan.click(asked.response, label="1 quote")
    assert "“Fuel, fuel, fuel.”" in words(asked)
    await stand.fan.click(asked.response, label="Results")
    assert "Charlotte ROVAL" in title_and_answer(asked)[0]


async def test_nothing_found_says_what_there_is(stand: Stand, services: Services) -> None:
    for n in range(3):
        await saved(services, None, f"Fuel number {n}.")
    await saved(services, None, "Oil.", speaker="Gio Ruggiero", driver="gio-ruggiero")
    asked = await stand.ask("quote", about="hiem fuel", driver="ruggiero")
    assert words(asked).splitlines()[:4] == [
        "## No quotes found",
        "There are none with “hiem fuel” by Gio Ruggiero.",
        "**hiem** is in 3 and **fuel** is in 3.",
        "There is 1 quote by Gio Ruggiero. Corey Heim has 3 quotes here.",
    ]
    assert "There are quotes from **2 people**" in words(asked)
    assert labels(asked) == ["Corey Heim (3)", "Show that one"]
    await stand.fan.click(asked.response, label="Corey Heim (3)")
    assert "1 of 3 by Corey Heim" in words(asked)


async def test_a_word_that_is_in_quotes_is_not_taken_for_a_name(stand: Stand, services: Services) -> None:
    await saved(services, None, "The first win of a career.")
    assert "Caruth" not in words(await stand.ask("quote", about="career first win"))
    shown = words(await stand.ask("quote", about="career", driver="ruggiero"))
    assert "has none here" not in shown
    assert "Corey Heim has 1 quote here." in words(await stand.ask("quote", about="hiem", driver="ruggiero"))


async def test_by_some_of_the_words_those_with_the_most_come_first(stand: Stand, services: Services) -> None:
    """Among equals those with the rarer word."""
    for said_so in ("A car.", "A wheel and a car.", "Another car.", "The car has a wheel and a gauge.", "One gauge."):
        await saved(services, None, said_so)
    asked = await stand.ask("quote", about="car wheel gauge diesel")
    assert "“The car has a wheel and a gauge.”" in words(asked)
    assert "1 of 5 with some of “car wheel gauge diesel”" in words(asked)
    order = ["A wheel and a car.", "One gauge.", "Another car.", "A car."]
    for page, held in enumerate(order, 2):
        await stand.fan.click(asked.response, label=f"{page} →")
        assert f"“{held}”" in words(asked)
    last = await press(stand, stand.fan, stand.channel, QuoteQuestion("car_wheel_gauge_diesel", page=77))
    assert "5 of 5" in words(last)


async def test_words_are_counted_whole_where_they_must_be_found_whole(stand: Stand, services: Services) -> None:
    for n in range(2):
        await saved(services, None, f"Victory number {n}.")
    await saved(services, None, "In the lane.")
    shown = words(await stand.ask("quote", about="victor lane", driver="ruggiero"))
    assert "**victor** is in none and **lane** is in 1." in shown
    shown = words(await stand.ask("quote", about="victor lan", driver="ruggiero"))
    assert "**victor** is in none and **lan** is in none." in shown


async def test_of_many_words_the_longest_are_counted_and_none_to_the_end(
    stand: Stand, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_COUNTED", 2)
    for n in range(3):
        await saved(services, None, f"We had a wheel and a pit {n}.")
    asked = await stand.ask("quote", about="we had a wheel and a pit diesel", driver="ruggiero")
    assert words(asked).splitlines()[2] == (
        "**we** is in 2 or more, **had** is in 2 or more, **wheel** is in 2 or more, **and** is in 2 or more, "
        "**pit** is in 2 or more and **diesel** is in none."
    )


async def test_who_is_asked_of_a_driver_hears_no_other(stand: Stand, services: Services) -> None:
    await saved(services, None, "Talladega is a lottery.", speaker="Gio Ruggiero", driver="gio-ruggiero")
    await saved(services, None, "We had the fuel.", speaker="Corey Heim", driver="corey-heim")
    asked = await stand.ask("quote", about="what did heim say about talladega")
    assert words(asked).splitlines()[:3] == [
        "## Corey Heim",
        "“We had the fuel.”",
        "-# Nothing with “talladega” by Corey Heim is on record here. This is what comes nearest.",
    ]
    asked = await stand.ask("quote", about="what did heim say about fuel at talladega")
    assert "“We had the fuel.”" in words(asked)
    assert "with some of “fuel talladega” by Corey Heim" in words(asked)


async def test_a_number_is_a_whole_word(stand: Stand, services: Services) -> None:
    await saved(services, None, "Lap 10 of 11, and it was 1999.")
    for about in ("1", "199"):
        assert "No quotes found" in words(await stand.ask("quote", about=about))
    for about in ("lap 1", "1 lap"):
        assert f"with some of “{about}”" in words(await stand.ask("quote", about=about))
    for about in ("10", "lap 10", "1999"):
        assert "The only quote with “" in words(await stand.ask("quote", about=about))


async def test_who_may_save_is_told_that_he_may(stand: Stand, bot: TailgateBot) -> None:
    hint = "`/quote-add` saves the first one."
    assert hint not in words(await stand.ask("quote"))
    assert hint in words(await moderator(stand).slash(stand.channel, "quote"))
    # Where I am no member there is no such command.
    requester = Requester(1, await bot.router.as_of(), guild=4711, server_permissions=discord.Permissions.all())
    assert hint not in text(await bot.router.view(RandomQuoteQuestion(), requester))  # type: ignore[arg-type]


async def test_a_name_too_far_off_is_asked_about(stand: Stand, services: Services) -> None:
    await saved(services, None, "Fuel.", speaker="Kaden Honeycutt", driver="kaden-honeycutt")
    asked = await stand.ask("quote", about="hunnicutt fuel")
    assert "Did you mean **honeycutt fuel**?" in words(asked)
    await stand.fan.click(asked.response, label="honeycutt fuel")
    assert title_and_answer(asked)[0] == "Kaden Honeycutt"


async def test_what_fits_but_for_the_words_is_offered(stand: Stand, services: Services) -> None:
    await saved(services, None, **ROVAL)
    asked = await stand.ask("quote", about="diesel", driver="heim")
    assert "There is 1 quote by Corey Heim." in words(asked)
    await stand.fan.click(asked.response, label="Show that one")
    assert "The only quote by Corey Heim" in words(asked)


async def test_without_any_it_says_so(stand: Stand) -> None:
    for options in ({}, {"about": "fuel"}, {"driver": "heim"}):
        assert title_and_answer(await stand.ask("quote", **options))[0] == "No quotes yet"


async def test_words_without_a_word_are_refused(stand: Stand) -> None:
    assert await stand.refused("quote", about="*** @ ***") == "There's no word in that to search for."


async def test_the_longest_words_still_turn_their_pages(stand: Stand, services: Services) -> None:
    longest = "x" * (LONGEST - 5) + " fuel"
    for n in range(2):
        await saved(services, None, f"{longest} {n}", **ROVAL)
    asked = await stand.ask("quote", about=longest, driver="heim", race="roval")
    assert "2 →" in labels(asked)
    # One character that folds into four of them.
    assert (
        await stand.refused("quote", about="㎯" * LONGEST) == "That's too much to search for at once; leave a word out."
    )


async def test_another_is_another_as_long_as_there_is_one(stand: Stand, services: Services) -> None:
    await saved(services, None, "One.")
    asked = await stand.ask("quote")
    await stand.fan.click(asked.response, label="Another")
    assert "“One.”" in words(asked)
    await saved(services, None, "Two.")
    for expected in ("“Two.”", "“One.”", "“Two.”"):
        await stand.fan.click(asked.response, label="Another")
        assert expected in words(asked)


async def test_the_season_of_the_day_comes_up_more_often(bot: TailgateBot, services: Services) -> None:
    await saved(services, None, "New.", **ROVAL)
    await saved(services, None, "Old.", season=2024, round=20)
    cog = bot.get_cog("Quotes")
    cog._random = random.Random(4)  # type: ignore[union-attr]
    requester = Requester(1, await bot.router.as_of())
    question = RandomQuoteQuestion()
    drawn = Counter(
        [
            text(await bot.router.view(question, requester))[:200].split("“")[1][:3]  # type: ignore[arg-type]
            for _ in range(300)
        ]
    )
    assert drawn["New"] + drawn["Old"] == 300
    assert 3.5 < drawn["New"] / drawn["Old"] < 7


async def test_set_to_the_16th_nothing_is_known_of_the_17th(stand: Stand, services: Services) -> None:
    await saved(services, None, "We won Talladega.", season=2025, round=23)
    await saved(services, None, "On the morning after.", said_on=date(2025, 10, 18))
    gone = await saved(services, None, "Tomorrow we win.", season=2025, round=23, said_on=date(2025, 10, 16))
    assert "“We won Talladega.”" not in words(await stand.ask("quote", about="won talladega"))
    assert "No quotes found" in words(await stand.ask("quote", about="morning"))
    assert "1 quote on record here" in words(await stand.ask("quote", about="morning"))
    assert "“Tomorrow we win.”" in words(await stand.ask("quote", about="talladega"))
    for number in (gone.id - 1, gone.id - 2):
        line = said(await press(stand, stand.fan, stand.channel, OneQuoteQuestion(number)))
        assert line == f"There's no quote {number} here."
    stand.clock._start = datetime.fromisoformat("2025-10-17T16:30-04:00")
    assert "“We won Talladega.”" not in words(await stand.ask("quote", about="won talladega"))
    stand.clock._start = datetime.fromisoformat("2025-10-17T20:00-04:00")
    assert "“We won Talladega.”" in words(await stand.ask("quote", about="won talladega"))


async def test_what_a_moderator_saves_on_race_night_is_found_at_once_in_his_server(stand: Stand) -> None:
    """The race at Talladega is under way; everybody's quotes of it wait until it is over."""
    stand.clock._start = datetime.fromisoformat("2025-10-17T17:30-04:00")
    done = await filled_in(moderator(stand), stand.channel, when="talladega 2025-10-17")
    assert "Saved as quote" in words(done)
    assert "“We ran out of gas.”" in words(await stand.ask("quote", about="gas"))
    assert "“We ran out of gas.”" in words(await stand.ask("quote"))
    away = Elsewhere.of(stand)
    assert "No quotes yet" in words(await away.fan.slash(away.channel, "quote", about="gas"))
    # Set back to the day before, it knows nothing of it.
    stand.clock._start = datetime.fromisoformat("2025-10-16T17:30-04:00")
    assert "No quotes yet" in words(await stand.ask("quote", about="gas"))


async def test_a_servers_quotes_are_seen_there_alone(stand: Stand, services: Services) -> None:
    away = Elsewhere.of(stand)
    own = await saved(services, stand.channel.guild.id, "Only for us, about fuel.")
    everybodys = await saved(services, None, "For everybody, about fuel.")
    assert "of 2 with “fuel”" in words(await stand.ask("quote", about="fuel"))
    theirs = await away.fan.slash(away.channel, "quote", about="fuel")
    assert "“For everybody, about fuel.”" in words(theirs)
    assert "The only quote" in words(theirs)
    for who, channel in ((away.fan, away.channel), (away.moderator, away.channel)):
        line = said(await press(stand, who, channel, OneQuoteQuestion(own.id)))
        assert line == f"There's no quote {own.id} here."
        assert "1 quote on record here" in words(await press(stand, who, channel, QuoteQuestion("nothing_such")))
        for _ in range(4):
            assert "“For everybody" in words(await press(stand, who, channel, RandomQuoteQuestion(everybodys.id)))
    assert "“Only for us" in words(await press(stand, stand.fan, stand.channel, OneQuoteQuestion(own.id)))


async def test_outside_of_servers_there_are_everybodys_alone(stand: Stand, services: Services) -> None:
    own = await saved(services, stand.channel.guild.id, "Only for us, about fuel.")
    await saved(services, None, "For everybody, about fuel.")
    someone = stand.env.create_user("Someone")
    asked = await someone.slash("quote", about="fuel")
    assert "“For everybody, about fuel.”" in words(asked)
    assert "The only quote" in words(asked)
    asked = await someone.slash("quote")
    for _ in range(4):
        await someone.click(asked.response, label="Another")
        assert f"Quote {own.id} " not in words(asked)


async def test_mend_is_offered_to_who_may(stand: Stand, services: Services) -> None:
    await saved(services, stand.channel.guild.id, "Only for us, about fuel.")
    mod = moderator(stand)
    assert "Edit" not in labels(await stand.ask("quote", about="fuel"))
    assert "Edit" in labels(await mod.slash(stand.channel, "quote", about="fuel"))
    await saved(services, None, "For everybody, about oil.")
    assert "Edit" not in labels(await mod.slash(stand.channel, "quote", about="oil"))


async def test_buttons_go_on_after_a_restart(services: Services) -> None:
    for n in range(3):
        await saved(services, None, f"Fuel number {n}.")
    before = TailgateBot(services)
    await before.load_extension("cogs.quotes")
    view = await before.router.view(QuoteQuestion("fuel"), Requester(1, await before.router.as_of()))
    onward = buttons(view)["2 →"]  # type: ignore[arg-type]
    bot = TailgateBot(services, local=True, shard_count=1)
    async with simcord.run(bot) as env:
        server = env.create_guild("Fans")
        channel = server.create_text_channel("trucks")
        fan = server.add_member(env.create_user("Mo"))
        stand = Stand(env, channel, fan, fan, services.clock)  # type: ignore[arg-type]
        assert re.search("2 of 3 with “fuel”", words(await press(stand, fan, channel, onward)))


async def test_brought_along_to_a_server_it_is_no_member_of_it_has_everybodys(
    bot: TailgateBot, services: Services
) -> None:
    await saved(services, 77, "Only for some, about fuel.")
    await saved(services, None, "For everybody, about fuel.")
    requester = Requester(1, await bot.router.as_of(), guild=4711)
    shown = text(await bot.router.view(QuoteQuestion("fuel"), requester))  # type: ignore[arg-type]
    assert "“For everybody, about fuel.”" in shown
    assert "The only quote" in shown
