"""/recap as a fan meets it: the first screen, its sections, and what is known when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import simcord

from bot.client.tailgate_bot import TailgateBot
from bot.errors import FriendlyError
from bot.questions.recaps import RecapQuestion
from bot.render.recap import GLANCE
from bot.requester import Requester
from bot.services import Services
from db.recaps.models import SectionKind
from tests.bot.render.reading import options
from tests.cogs.conftest import Stand
from tests.cogs.looking import texts, title_and_answer, words

AFTER_TALLADEGA = "2025-10-18T12:00-04:00"


def at(stand: Stand, moment: str) -> None:
    stand.clock._start = datetime.fromisoformat(moment)


def values(result: Any) -> dict[str, str]:
    """What each option of the answer's select carries, by its label."""
    found: dict[str, str] = {}

    def walk(components: list[dict[str, Any]]) -> None:
        for component in components:
            found.update({option["label"]: option["value"] for option in component.get("options") or ()})
            walk(component.get("components") or [])

    walk(result.response.components)
    return found


async def test_alone_it_is_of_the_latest_race(stand: Stand) -> None:
    result = await stand.ask("recap")
    title, answer = title_and_answer(result)
    assert title == "Recap · Charlotte ROVAL 2025"
    assert "Heim" in answer
    said = words(result)
    assert "### Top truckers" in said
    assert "### Playoff rundown" in said
    assert "### Rookie report" not in said
    assert "-# EcoSave 250 · Oct 3, 2025 · race 22 of 25 · Round of 8" in said


async def test_a_race_is_found_as_for_results(stand: Stand) -> None:
    titles = {
        "2024.19": "Recap · Kansas 2024",
        "rockingham": "Recap · Rockingham 2025",
        "talladega": "Recap · Talladega 2024",
    }
    for typed, title in titles.items():
        assert title_and_answer(await stand.ask("recap", race=typed))[0] == title
    assert title_and_answer(await stand.ask("recap", race="1", season=2023))[0] == "Recap · Daytona 2023"
    assert title_and_answer(await stand.ask("recap", season=2024))[0] == "Recap · Phoenix 2024"


async def test_choices_are_those_of_results(stand: Stand) -> None:
    offered = await stand.fan.autocomplete(stand.channel, "recap", "race", "")
    assert offered == await stand.fan.autocomplete(stand.channel, "results", "race", "")
    assert offered[0]["value"] == "2025.22"


async def test_the_select_opens_every_section_and_leads_back(stand: Stand) -> None:
    asked = await stand.ask("recap")
    offered = values(asked)
    for title, value in offered.items():
        await stand.fan.select(asked.response, [value])
        shown = title_and_answer(asked)[0]
        assert shown == ("Recap · Charlotte ROVAL 2025" if title == GLANCE else f"{title} · Charlotte ROVAL 2025")
        assert values(asked) == offered


async def test_buttons_lead_to_results_standings_and_the_races_beside(stand: Stand) -> None:
    asked = await stand.ask("recap", race="2025.21")
    await stand.fan.click(asked.response, label="Race 22")
    assert title_and_answer(asked)[0] == "Recap · Charlotte ROVAL 2025"
    await stand.fan.click(asked.response, label="Full results")
    assert title_and_answer(asked)[0] == "EcoSave 250 · Charlotte ROVAL"
    await stand.fan.click(asked.response, label="Recap")
    await stand.fan.click(asked.response, label="Standings")
    assert title_and_answer(asked)[0] == "2025 playoffs · Round of 8 after race 22, Charlotte ROVAL"


async def test_the_schedule_offers_the_latest_recap(stand: Stand) -> None:
    asked = await stand.ask("schedule")
    await stand.fan.click(asked.response, label="Latest recap")
    assert title_and_answer(asked)[0] == "Recap · Charlotte ROVAL 2025"


async def test_tomorrows_race_has_no_recap_today_and_one_when_it_is_over(stand: Stand) -> None:
    asked = await stand.ask("recap", race="2025.23")
    assert title_and_answer(asked) == ("Love's RV Stop 225 · Talladega", "Not run yet: <t:1760731200:F>")
    await stand.fan.click(asked.response, label="2024 recap")
    assert title_and_answer(asked)[0] == "Recap · Talladega 2024"
    assert title_and_answer(await stand.ask("recap", race="talladega"))[0] == "Recap · Talladega 2024"
    assert title_and_answer(await stand.ask("recap"))[0] == "Recap · Charlotte ROVAL 2025"
    at(stand, "2025-10-17T19:30-04:00")
    asked = await stand.ask("recap")
    assert title_and_answer(asked)[0] == "Recap · Talladega 2025"
    assert "Ruggiero" in title_and_answer(asked)[1]


async def test_an_old_recap_tells_what_was_known_then_and_no_more(stand: Stand) -> None:
    charlotte = words(await stand.ask("recap"))
    at(stand, "2026-06-25T12:00-04:00")
    later = words(await stand.ask("recap", race="2025.22"))
    assert [line for line in later.splitlines() if not line.startswith("-#")] == [
        line for line in charlotte.splitlines() if not line.startswith("-#")
    ]


async def test_races_that_are_not_there_get_a_line(stand: Stand) -> None:
    assert (await stand.refused("recap", race="monaco")).startswith("No race called “monaco”")
    assert await stand.refused("recap", season=2026) == "No results for 2026 yet."
    at(stand, "2026-11-20T14:00-05:00")
    assert title_and_answer(await stand.ask("recap", race="20"))[1].endswith("no result on record.")


async def test_in_a_direct_message_it_works_as_well(services: Services) -> None:
    bot = TailgateBot(services, local=True, shard_count=1)
    async with simcord.run(bot) as env:
        fan = env.create_user("Mo")
        asked = await fan.slash("recap")
        assert title_and_answer(asked)[0] == "Recap · Charlotte ROVAL 2025"
        await fan.select(asked.response, [values(asked)["Rookie report"]])
        assert title_and_answer(asked)[0] == "Rookie report · Charlotte ROVAL 2025"


async def test_select_and_buttons_work_after_a_restart(services: Services) -> None:
    async with simcord.run(TailgateBot(services, local=True, shard_count=1)) as env:
        server = env.create_guild("Fans")
        channel, fan = server.create_text_channel("trucks"), server.add_member(env.create_user("Mo"))
        asked = await fan.slash(channel, "recap")
        offered = values(asked)["Rookie report"]
    restarted = TailgateBot(services, local=True, shard_count=1)
    async with simcord.run(restarted) as env:
        server = env.create_guild("Fans")
        channel, fan = server.create_text_channel("trucks"), server.add_member(env.create_user("Mo"))
        view = await restarted.router.view(RecapQuestion(), Requester(1, await restarted.router.as_of()))
        message = await restarted.get_channel(channel.id).send(view=view)  # type: ignore[union-attr, arg-type]
        pressed = await fan.select(message, [offered])
        assert texts(pressed)[0].startswith("## Rookie report · Charlotte ROVAL 2025")


async def test_sections_stand_in_their_order(bot: TailgateBot) -> None:
    view = await bot.router.view(RecapQuestion(2025, 22), Requester(1, await bot.router.as_of()))
    kinds = [question.section for question in options(view).values()]  # type: ignore[arg-type, attr-defined]
    assert kinds == [None, *(kind for kind in SectionKind if kind in kinds)]


async def test_a_season_without_a_race_raises_a_line(bot: TailgateBot) -> None:
    requester = Requester(1, await bot.router.as_of())
    with pytest.raises(FriendlyError, match=r"^No race called “race 77” in 2025\."):
        await bot.router.view(RecapQuestion(2025, 77), requester)
