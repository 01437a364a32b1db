"""/records and /track on the recent seasons, as a fan asks for them."""

from __future__ import annotations

import pytest

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.errors import FriendlyError
from bot.questions.history import RecordsQuestion, TrackQuestion
from bot.requester import Requester
from tests.bot.render.reading import text
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words


async def test_the_records_by_themselves_are_the_most_asked_ones(stand: Stand) -> None:
    said = words(await stand.ask("records"))
    assert said.startswith("## Records\n**Most wins** Corey Heim, ")
    assert "**Most wins in a season** Corey Heim, 10 wins (2025)" in said
    assert "-# All 68 races since 2023" in said


async def test_a_record_is_chosen_narrowed_to_a_track_and_left(stand: Stand) -> None:
    asked = await stand.ask("records", what="wins", track="dega")
    assert title_and_answer(asked) == (
        "Most wins · Talladega",
        "**Brett Moffitt** and **Grant Enfinger**: 1 win each",
    )
    await stand.fan.click(asked.response, label="All tracks")
    assert words(asked).startswith("## Most wins\n**Corey Heim**, ")
    await stand.fan.click(asked.response, label="In 2025")
    assert words(asked).startswith("## Most wins · 2025\n**Corey Heim**, 10 wins")
    await stand.fan.click(asked.response, label="All records")
    assert words(asked).startswith("## Records · 2025\n")


async def test_where_a_driver_stands(stand: Stand) -> None:
    said = title_and_answer(await stand.ask("records", what="seasonwins", driver="eckes"))
    assert said == ("Most wins in a season · Christian Eckes", "**Christian Eckes** tied for 3rd with 4 wins (2023)")
    assert "**Most wins** not in it" in words(await stand.ask("records", driver="toni breidinger"))


async def test_margins_say_since_when_they_are_on_record(stand: Stand) -> None:
    said = words(await stand.ask("records", what="closest"))
    assert "Margins are on record for" in said
    assert "since 2023." in said


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"track": "xyzzy"}, "No track called “xyzzy”."),
        ({"season": 1980}, "No season 1980 here. Try 2023, 2024, 2025 or 2026."),
        ({"driver": "heim honeycutt"}, "Name one driver; /compare puts two side by side."),
        ({"what": "titles", "track": "bristol"}, "A championship isn't won at one track. Leave the track out."),
    ],
)
async def test_what_cannot_be_asked_is_one_line(stand: Stand, options: dict[str, object], line: str) -> None:
    assert (await stand.refused("records", **options)).startswith(line)


async def test_a_track_and_how_a_driver_did_there(stand: Stand) -> None:
    said = words(await stand.ask("track", track="bristol", driver="heim")).splitlines()
    assert said[0] == "## Bristol Motor Speedway"
    assert said[1].startswith("0.533-mile oval · Bristol, TN · **")
    assert said[2].startswith("**Corey Heim** 5 starts here: 1 win, ")
    assert "Layne Riggs" in "\n".join(said)


async def test_two_layouts_of_a_place_lead_to_each_other(stand: Stand) -> None:
    asked = await stand.ask("track", track="bristol")
    await stand.fan.click(asked.response, label="Bristol Dirt")
    assert words(asked).startswith("## Bristol Motor Speedway Dirt Track\n")
    assert "Joey Logano" in words(asked)


async def test_tracks_are_offered_by_name_and_state(stand: Stand) -> None:
    async def offered(typed: str) -> list[str]:
        choices = await stand.fan.autocomplete(stand.channel, "track", "track", typed)
        return [choice["value"] for choice in choices]

    assert await offered("dega") == ["talladega-superspeedway"]
    assert set(await offered("bris")) == {"bristol-motor-speedway", "bristol-motor-speedway-dirt-track"}
    assert len(await offered("")) == 25
    assert await offered("xyzzy") == []


async def test_a_key_that_came_back_is_looked_up_again(bot: TailgateBot) -> None:
    fan = Requester(1, await bot.router.as_of())
    for question in (RecordsQuestion("wins", "no-track"), TrackQuestion("no-track"), RecordsQuestion(driver="nobody")):
        with pytest.raises(FriendlyError):
            await bot.router.view(question, fan)


async def test_an_import_or_another_moment_makes_them_anew(bot: TailgateBot, clock: TravelClock) -> None:
    async def wins() -> str:
        return text(await bot.router.view(RecordsQuestion("wins", year=2025), Requester(1, await bot.router.as_of())))  # type: ignore[arg-type]

    assert "**Corey Heim**, 10 wins" in await wins()
    clock._start = clock._start.replace(month=3, day=1)
    assert "**Corey Heim**, 10 wins" not in await wins()
