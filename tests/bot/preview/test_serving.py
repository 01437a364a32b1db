"""Serving from start to stop, without a browser."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
import time
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import discord
import pytest

from bot.clock import TravelClock
from bot.preview import LocalServer, PortTakenError, PreviewError, PreviewMissingError, serve, simcord_adapter
from bot.preview.errors import INSTALL_COMMAND
from bot.preview.simcord_adapter import pages
from tests.bot.preview.demo_bot import DemoBot, table_layout
from tests.bot.preview.served import EVE_OF_TALLADEGA, SLOWLY, WELCOME, served
from tests.patience import PATIENCE


async def messages(address: str) -> list[dict[str, Any]]:
    """The channel's messages as a browser receives them."""
    origin, _, key = address.partition("/#")
    async with (
        aiohttp.ClientSession(headers={"X-Simcord-Capability": key}) as session,
        session.post(f"{origin}/api/pages", json={}) as answer,
    ):
        page = await answer.json()
    return [page["messages"][key] for key in page["timeline"]]


def test_importing_the_package_loads_nothing_of_simcord() -> None:
    program = "import sys, bot.preview; sys.exit(any(name.partition('.')[0] == 'simcord' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("missing", ["simcord", "simcord.preview"])
async def test_without_the_extra_one_line_names_the_command(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.preview.simcord_adapter")
    for name in [name for name in sys.modules if name.startswith(missing)]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(PreviewMissingError) as caught:
        async with served():
            pass
    assert INSTALL_COMMAND == "pip install -c constraints.txt -e '.[try]'"
    assert INSTALL_COMMAND in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_another_version_of_simcord_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simcord_adapter, "SIMCORD_VERSION", "3.2.2")
    with pytest.raises(PreviewMissingError):
        async with served():
            pass


async def test_the_address_leads_to_our_page() -> None:
    async with served() as stage, aiohttp.ClientSession() as session:
        assert stage.address.startswith("http://127.0.0.1:")
        assert len(stage.address.partition("/#")[2]) > 20
        async with session.get(stage.address) as answer:
            page = await answer.text()
    assert "<title>Tailgate</title>" in page
    assert "iframe" not in page


@pytest.mark.parametrize("file", ["tailgate.css", "tailgate.js", "tailgate.svg", "app.js", "preview.css"])
async def test_the_pages_parts_come_from_the_same_place(file: str) -> None:
    async with (
        served() as stage,
        aiohttp.ClientSession() as session,
        session.get(f"{stage.address.partition('#')[0]}{file}") as answer,
    ):
        assert answer.status == 200
        assert answer.content_type in {"text/css", "application/javascript", "image/svg+xml"}


async def test_a_taken_port_is_said_in_one_line(unused_tcp_port: int) -> None:
    other = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", unused_tcp_port)
    async with other:
        with pytest.raises(PortTakenError, match=f"^Port {unused_tcp_port} is taken .*$"):
            async with served(port=unused_tcp_port):
                pass


@pytest.mark.parametrize("day", ["1999-01-01", "2014-12-31", "2150-01-01"])
async def test_a_day_that_discord_cannot_number_is_said_in_one_line_before_anything_starts(day: str) -> None:
    clock = TravelClock(datetime.fromisoformat(f"{day}T12:00+00:00"))
    bot = DemoBot(clock)
    with pytest.raises(PreviewError, match=r"^The page cannot go back before 2015, .* nor beyond 2149\.$"):
        await serve(bot, clock, port=None, welcome="", on_ready=print, stop=asyncio.Event())
    assert not bot.is_closed()


async def test_discords_first_day_can_be_gone_back_to() -> None:
    clock = TravelClock(datetime.fromisoformat("2015-01-01T00:00+00:00"))
    async with simcord_adapter.on_stage(DemoBot(clock), clock) as stage:
        await stage.ready()
        assert (await stage.channel.send("Hello")).created_at.year == 2015


async def test_the_server_is_known_before_the_bot_starts_and_is_the_same_at_every_start() -> None:
    class Early(DemoBot):
        async def setup_hook(self) -> None:
            self.meet(known[-1])
            await super().setup_hook()
            await self.tree.sync(guild=discord.Object(known[-1].guild))

    known: list[LocalServer] = []
    for day in ("2015-01-01", "2025-10-16", "2149-12-31"):
        bot = Early(TravelClock(datetime.fromisoformat(f"{day}T12:00+00:00")))
        async with simcord_adapter.on_stage(bot, bot.clock, known.append) as stage:
            await stage.ready()
            guild = stage.channel.guild
            assert guild.owner_id is not None
            assert "recap-edit" in stage._viewers[2].available_commands(stage._channel)
            assert known[-1] == LocalServer(
                guild.id, stage.channel.id, guild.owner_id, *(v.id for v in stage._viewers[:2])
            )
    assert known == [known[0]] * 3
    assert len(set(dataclasses.astuple(known[0]))) == 5


async def test_a_port_asked_for_is_the_one_that_is_used(unused_tcp_port: int) -> None:
    async with served(port=unused_tcp_port) as stage:
        assert stage.address.startswith(f"http://127.0.0.1:{unused_tcp_port}/#")


async def test_the_welcome_stands_first_on_the_clocks_day() -> None:
    async with served() as stage:
        (welcome,) = await messages(stage.address)
    assert welcome["content"] == WELCOME
    said = datetime.fromisoformat(welcome["timestamp"])
    assert timedelta(0) <= said - EVE_OF_TALLADEGA < timedelta(minutes=1)
    assert welcome["author"]["name"] == "Tailgate"


async def test_the_welcome_may_be_a_layout() -> None:
    async with served(welcome=table_layout("Hello")) as stage:
        (welcome,) = await messages(stage.address)
    assert "Hello" in str(welcome["components"])


async def test_the_welcome_may_post_itself() -> None:
    async def welcome(channel: discord.TextChannel) -> None:
        await channel.send(f"Hello from #{channel.name} of {channel.guild.name}")

    async with served(welcome=welcome) as stage:
        (said,) = await messages(stage.address)
    assert said["content"] == "Hello from #truck-series of Truck Series fans"


async def test_background_work_sees_the_clock_and_its_posts_are_there() -> None:
    async with served() as stage:
        stage.bot.posts.put_nowait("Coverage starts soon")
        await asyncio.wait_for(stage.bot.posted.wait(), PATIENCE)
        said = await messages(stage.address)
    assert said[-1]["content"] == "Coverage starts soon"
    assert stage.bot.library_time == "2025-10-16T21:00"


async def test_background_work_that_returns_does_not_end_the_page() -> None:
    started = asyncio.Event()

    async def start() -> None:
        started.set()

    async with served(background=start) as stage:
        await asyncio.wait_for(started.wait(), PATIENCE)
        assert len(await messages(stage.address)) == 1
        assert not stage.serving.done()


async def test_background_work_that_fails_ends_the_page_with_its_error() -> None:
    async def fail() -> None:
        raise ZeroDivisionError("the scheduler is broken")

    with pytest.raises(ZeroDivisionError, match="scheduler"):
        async with served(background=fail) as stage:
            await asyncio.wait([stage.serving], timeout=PATIENCE)
    assert stage.bot.is_closed()


async def test_a_bot_that_cannot_start_is_closed_and_says_why() -> None:
    class Broken(DemoBot):
        async def setup_hook(self) -> None:
            raise LookupError("no store")

    bot = Broken(TravelClock(EVE_OF_TALLADEGA))
    with pytest.raises(LookupError, match="no store"):
        async with simcord_adapter.on_stage(bot, bot.clock):
            pass
    assert bot.is_closed()


async def test_stopping_closes_the_bot_soon_and_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    monotonic, specs = time.monotonic, pages._actions.ACTION_SPECS
    async with served() as stage:
        assert not stage.bot.is_closed()
        stage.stop.set()
        await asyncio.wait_for(stage.serving, PATIENCE)
        assert stage.bot.is_closed()
    assert time.monotonic is monotonic
    assert pages._actions.ACTION_SPECS is specs
    assert asyncio.all_tasks() == before


async def test_serving_twice_in_one_program_works() -> None:
    for _ in range(2):
        async with served() as stage:
            assert len(await messages(stage.address)) == 1


async def test_a_command_reads_the_same_time_inside_and_through_the_library() -> None:
    clock = TravelClock(EVE_OF_TALLADEGA, SLOWLY)
    bot = DemoBot(clock)
    async with simcord_adapter.on_stage(bot, clock) as stage:
        await stage.ready()
        answer = await stage._viewers[1].slash(stage._channel, "next")
        assert answer.response.content.endswith("here 2025-10-16T21:00 library 2025-10-16T21:00")


async def test_a_fast_clock_does_not_shorten_the_time_to_answer() -> None:
    clock = TravelClock(EVE_OF_TALLADEGA, speed=600)
    bot = DemoBot(clock)
    async with simcord_adapter.on_stage(bot, clock) as stage:
        await stage.ready()
        answer = await stage._viewers[1].slash(stage._channel, "slow")
        assert answer.response.content == "Slowly but surely"


async def test_moderators_commands_are_the_moderators() -> None:
    bot = DemoBot(TravelClock(EVE_OF_TALLADEGA))
    async with simcord_adapter.on_stage(bot, bot.clock) as stage:
        await stage.ready()
        moderator, fan, _owner = stage._viewers
        assert "setup" in moderator.available_commands(stage._channel)
        assert "setup" not in fan.available_commands(stage._channel)
