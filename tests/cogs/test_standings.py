from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words

YEARS = ["2026", "2025", "2024", "2023"]


async def test_standings_alone_is_the_table_of_the_day(stand: Stand) -> None:
    result = await stand.ask("standings")
    assert title_and_answer(result) == ("2025 standings", "**Corey Heim** leads by 259 · 10 wins")
    assert "Data through race 22 of 25" in words(result)


async def test_another_season_another_view_and_after_a_race(stand: Stand) -> None:
    assert title_and_answer(await stand.ask("standings", season=2024))[0] == "2024 standings"
    assert "AvF" in words(await stand.ask("standings", view="stats"))
    after = await stand.ask("standings", after="2025.10")
    assert title_and_answer(after)[0] == "2025 standings after race 10, North Wilkesboro"
    assert title_and_answer(await stand.ask("standings", after="darlington"))[0].endswith("race 19, Darlington")


async def test_pages_and_views_turn_in_place_for_who_asked(stand: Stand) -> None:
    asked = await stand.ask("standings")
    turned = await stand.fan.click(asked.response, label="16–30 →")
    assert turned.acknowledged
    assert "16 " in words(asked)
    await stand.fan.click(asked.response, label="Stats")
    assert "AvF" in words(asked)


async def test_somebody_else_gets_a_copy_of_his_own(stand: Stand) -> None:
    asked = await stand.ask("standings")
    before = words(asked)
    copy = await stand.other.click(asked.response, label="Stats")
    assert copy.ephemeral
    assert "AvF" in words(copy)
    assert words(asked) == before
    again = await stand.other.click(copy.response, label="Points")
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
    assert await stand.fan.autocomplete(stand.channel, "standings", "after", "talladega") == []


async def test_seasons_are_offered_newest_first(stand: Stand) -> None:
    assert [c["name"] for c in await stand.fan.autocomplete(stand.channel, "standings", "season", "")] == YEARS


async def test_what_is_not_there_is_one_friendly_line(stand: Stand) -> None:
    assert await stand.refused("standings", season=2019) == "No season 2019 here. Try 2023, 2024, 2025 or 2026."
    line = await stand.refused("standings", after="talladega")
    assert line == "No results of Love's RV Stop 225 (2025) are held yet, so no standings after it either."
    assert "Did you mean" in await stand.refused("standings", after="monaco")
