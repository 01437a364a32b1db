"""``run`` and ``sync`` when Discord is down, shuts us out, or refuses the commands: one line each, no traceback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot import app
from bot.__main__ import FAILED, MISUSED, main
from bot.client.connection import DiscordError, TokenError
from bot.client.tailgate_bot import TailgateBot
from bot.settings import Settings
from tests.wire.faults import Dropped, Fault, RateLimited, Refused
from tests.wire.gateway import AUTHENTICATION_FAILED, IDENTIFY, PRESENCE
from tests.wire.here import restored_addresses, running_here, settings_for
from tests.wire.log import DEADLINE
from tests.wire.probe import no_gateway_left_open
from tests.wire.process import READY, running_bot
from tests.wire.standin import StandIn

SHARDING_REQUIRED = 4011
AGAIN = "trying again in"


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the bot nor discord.py pauses before it tries again."""

    async def at_once(*_: object, **__: object) -> None:
        pass

    monkeypatch.setattr("bot.client.connection.RETRY_SECONDS", (0,))
    monkeypatch.setattr(TailgateBot, "before_identify_hook", at_once)


@pytest.fixture(autouse=True)
def nothing_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own process has no servers to set aside, only what pytest wants to free again."""
    monkeypatch.setattr(app, "set_servers_aside", lambda: None)


@pytest.fixture
def no_network(shell: pytest.MonkeyPatch) -> None:
    """An operator has a token, and nobody answers."""
    shell.setenv("DISCORD_TOKEN", "any")
    shell.setenv("TAILGATE_DISCORD_API", "http://127.0.0.1:1/api/v10")


# Before it is on Discord


async def test_trouble_at_the_start_is_said_and_waited_out(standin: StandIn, store_path: Path, tmp_path: Path) -> None:
    standin.faults.extend([Refused(path="/users/@me", status=503), Refused(path="/gateway/bot", status=503)])
    async with running_bot(store_path, standin, home=tmp_path) as program:
        await program.says(READY)
        reported = [line for line in program.lines if AGAIN in line]
        assert len(reported) == 2
        assert all(line.endswith("trying again in 1 s") for line in reported)
        await program.stop()


PASSING: dict[str, list[Fault]] = {
    "the gateway is refused": [Refused(path="/gateway/bot", status=403)],
    # With another API address it is requested twice: the second time by discord.py itself.
    "the gateway is refused to discord.py": [Fault(path="/gateway/bot"), Refused(path="/gateway/bot", status=403)],
    "the login is refused": [Refused(path="/users/@me", status=403)],
    "the application is refused": [Refused(path="/oauth2/applications/@me", status=400)],
    # aiohttp itself retries once.
    "the login is cut off": [Dropped(path="/users/@me", times=2)],
}


@pytest.mark.usefixtures("in_a_hurry")
@pytest.mark.parametrize("trouble", PASSING)
async def test_it_tries_again_after(standin: StandIn, store_path: Path, trouble: str) -> None:
    standin.faults.extend(replace(fault) for fault in PASSING[trouble])
    async with running_here(store_path, standin) as bot:
        await bot.is_ready()
        assert len([line for line in bot.lines if AGAIN in line]) == 1


async def test_shut_out_it_waits_long_and_can_be_stopped(standin: StandIn, store_path: Path, tmp_path: Path) -> None:
    standin.faults.append(RateLimited(path="/users/@me", via=None))
    async with running_bot(store_path, standin, home=tmp_path) as program:
        line = await program.says(AGAIN)
        assert "429" in line
        assert line.endswith("trying again in 15 min")
        await program.stop()


async def test_shut_out_of_the_gateway_it_waits_as_long(standin: StandIn, store_path: Path) -> None:
    standin.faults.append(RateLimited(path="/gateway/bot", via=None))
    async with running_here(store_path, standin) as bot:
        line = await bot.lines.expect(lambda line: AGAIN in line)
        assert "429" in line
        assert line.endswith("trying again in 15 min")


@pytest.mark.parametrize("status", [400, 403])
async def test_commands_not_taken_hold_up_nothing_and_are_told_again(
    standin: StandIn, store_path: Path, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    standin.faults.append(Refused(method="PUT", path=".*/commands", status=status, code=50001))
    async with running_here(store_path, standin) as bot:
        await bot.is_ready()
    assert caplog.text.count("did not accept the commands") == 1
    assert standin.rest.commands == []
    async with running_here(store_path, standin) as bot:
        await bot.is_ready()
    assert standin.rest.commands


# While it is on Discord


async def test_closed_for_good_it_ends_with_a_line(standin: StandIn, store_path: Path, tmp_path: Path) -> None:
    async with running_bot(store_path, standin, home=tmp_path, fresh=True) as program:
        await program.says(READY)
        await standin.gateway.expect(PRESENCE)
        await standin.gateway.close(SHARDING_REQUIRED)
        assert await program.ends() == FAILED
        assert program.lines[-1].startswith("tailgate: ")
        assert f"code {SHARDING_REQUIRED}" in program.lines[-1]
        assert program.tidy, program.output


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [(AUTHENTICATION_FAILED, TokenError, "DISCORD_TOKEN"), (SHARDING_REQUIRED, DiscordError, "code 4011")],
)
async def test_closed_for_good_it_ends_and_says_why(
    standin: StandIn, store_path: Path, code: int, error: type[Exception], words: str
) -> None:
    async with running_here(store_path, standin) as bot:
        await bot.is_ready()
        await standin.gateway.expect(PRESENCE)
        await standin.gateway.close(code)
        with pytest.raises(error, match=words):
            await bot.ends()


async def test_one_that_dies_fails_the_test_that_runs_it(
    standin: StandIn, store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(_: Settings, __: Path, stop: asyncio.Event, say: Callable[[str], None]) -> None:
        say(READY)
        await stop.wait()
        raise DiscordError("gone")

    monkeypatch.setattr(app, "run", run)
    with pytest.raises(DiscordError, match="gone"):
        async with running_here(store_path, standin) as bot:
            await bot.is_ready()


@pytest.mark.usefixtures("in_a_hurry")
async def test_it_comes_back_to_the_same_gateway_after_its_session_is_void(standin: StandIn, store_path: Path) -> None:
    async with running_here(store_path, standin) as bot:
        await bot.is_ready()
        await standin.gateway.expect(PRESENCE)
        frames = len(standin.gateway.frames)
        await standin.gateway.invalidate()
        await standin.gateway.expect(IDENTIFY, after=frames)
        await standin.slash("next")


async def test_it_can_be_stopped_in_the_pause_before_it_identifies_anew(
    standin: StandIn, store_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """discord.py swallows a cancellation that comes then, and forgets the socket that it had opened."""
    pausing = asyncio.Event()

    async def pause(_: TailgateBot, __: int | None, *, initial: bool = False) -> None:
        if not initial:
            pausing.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(TailgateBot, "before_identify_hook", pause)
    async with no_gateway_left_open() as sockets:
        async with running_here(store_path, standin) as bot, asyncio.timeout(DEADLINE):
            await bot.is_ready()
            await standin.gateway.invalidate()
            await pausing.wait()
            await bot.stop()
        assert [(socket.closed, socket._response.connection) for socket in sockets] == [(True, None)] * 2


# The command line


@pytest.mark.usefixtures("no_network")
def test_sync_without_a_network_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync", "--db", str(tmp_path / "tailgate.db")]) == FAILED
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "the commands could not be registered with Discord" in said[1]


async def test_sync_refused_says_so(standin: StandIn, store_path: Path) -> None:
    standin.faults.append(Refused(method="PUT", path=".*/commands", status=403, times=2))
    with restored_addresses(), pytest.raises(DiscordError, match="403"):
        await app.sync(settings_for(standin), store_path)


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("command", ["run", "try"])
def test_a_folder_that_cannot_be_made_is_said_in_one_line(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    assert main([command, "--db", str(tmp_path / "file" / "deep" / "tailgate.db")]) == MISUSED
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert "cannot be made or written" in said[1]
