from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from bot import __version__
from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.questions.core import AboutQuestion, HelpQuestion
from bot.render.about import about
from bot.services import Services
from cogs.about import links_of
from tests.bot.render.reading import text
from tests.checks.recorder import SentBodies
from tests.cogs.conftest import Stand
from tests.cogs.editing import editors_bot, open_newsroom
from tests.cogs.looking import title_and_answer, words
from tests.seasons import make_season


async def test_about_says_version_freshness_and_privacy(stand: Stand) -> None:
    result = await stand.ask("about")
    assert title_and_answer(result)[0] == f"Tailgate {__version__}"
    assert "**2025** through race 22 of 25 (Oct 3)" in words(result)
    assert "**2024** all 23 races" in words(result)
    assert "**2026** no results yet" in words(result)
    assert "keeps no messages and no member list" in words(result)


def test_many_seasons_take_few_lines() -> None:
    held = [make_season(year, [["Corey Heim", "Ty Majeski"]]) for year in (*range(1995, 2003), *range(2004, 2011))]
    held[2] = make_season(1997, [["Corey Heim", "Ty Majeski"]], upcoming=1)
    shown = text(about(held, AboutQuestion(), datetime(2026, 1, 1, tzinfo=UTC), version="1"))
    lines = [line for line in shown.splitlines() if re.match(r"\*\*\d{4}", line)]
    assert [line.split("**")[1] for line in lines] == [
        "2010",
        "2009",
        "2008",
        "2007",
        "1997",
        "1995 to 1996, 1998 to 2002, 2004 to 2006",
    ]
    assert "through race 1 of 2" in lines[4]
    assert lines[-1].endswith("every race")
    assert "Seasons on record: 1995 to 2002, 2004 to 2010." in shown


async def test_help_by_option_and_by_select(stand: Stand) -> None:
    asked = await stand.ask("help", topic="races")
    assert title_and_answer(asked)[0] == "Races"
    value = HelpQuestion("drivers").encode()
    await stand.fan.select(asked.response, [value])
    assert title_and_answer(asked)[0] == "Drivers"
    assert "/driver 17" in words(asked)


def test_the_projects_own_links_are_those_it_was_built_with() -> None:
    assert links_of(["Source, https://example.org/tailgate", "Privacy, https://example.org/p"]) == [
        "[source](https://example.org/tailgate)",
        "[privacy](https://example.org/p)",
    ]
    assert links_of(None) == []


class TestAtHome:
    @pytest.fixture
    def simcord_bot(self, services: Services, sent: SentBodies) -> TailgateBot:
        del sent  # it only has to listen first
        return editors_bot(services)

    async def test_help_names_the_editors_commands_to_editors_in_their_own_server(
        self, simcord_bot: TailgateBot, simcord_env: Any, clock: TravelClock
    ) -> None:
        room = await open_newsroom(simcord_bot, simcord_env, clock)
        line = "**For editors** `/quote-curate` `/recap-edit`"
        assert line in words(await room.mo.slash(room.channel, "help"))
        for person, channel in ((room.fay, room.channel), (room.mo_abroad, room.abroad)):
            shown = words(await person.slash(channel, "help"))
            assert "`/standings` " in shown
            assert "recap-edit" not in shown
            assert "For editors" not in shown
