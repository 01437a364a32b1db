"""``run`` and ``sync`` when Discord is down, shuts us out, or refuses the commands: one line each, no traceback."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.wire.faults import Dropped, Fault, RateLimited, Refused
from tests.wire.gateway import AUTHENTICATION_FAILED, PRESENCE
from tests.wire.process import READY, Program, run_to_end, running_bot
from tests.wire.standin import StandIn

FAILED, MISUSED = 1, 2
SHARDING_REQUIRED = 4011
SIGNS_OF_A_MESS = ("Traceback", "Exception ignored", "Unclosed", "was never", "Task was destroyed", "Warning:")
AGAIN = "trying again in"


def tidy(program: Program) -> bool:
    return not any(sign in program.output for sign in SIGNS_OF_A_MESS)


@asynccontextmanager
async def starting(standin: StandIn, folder: Path) -> AsyncIterator[Program]:
    async with running_bot(folder / "tailgate.db", standin, home=folder) as program:
        yield program


async def stopped(program: Program) -> None:
    program.signal(signal.SIGTERM)
    assert await program.ends(deadline=5) == 0
    assert tidy(program), program.output


PASSING: dict[str, list[Fault]] = {
    "the gateway is unavailable": [Refused(path="/gateway/bot", status=503)],
    "the gateway is refused": [Refused(path="/gateway/bot", status=403)],
    # With another API address it is requested twice: the second time by discord.py itself.
    "the gateway is refused to discord.py": [Fault(path="/gateway/bot"), Refused(path="/gateway/bot", status=403)],
    "the login is refused": [Refused(path="/users/@me", status=403)],
    "the application is refused": [Refused(path="/oauth2/applications/@me", status=400)],
    # aiohttp itself retries once.
    "the login is cut off": [Dropped(path="/users/@me", times=2)],
}


@pytest.mark.parametrize("trouble", PASSING)
async def test_trouble_at_the_start_is_waited_out(standin: StandIn, tmp_path: Path, trouble: str) -> None:
    standin.faults.extend(replace(fault) for fault in PASSING[trouble])
    async with starting(standin, tmp_path) as program:
        await program.says(READY)
        reported = [line for line in program.lines if AGAIN in line]
        assert len(reported) == 1
        assert reported[0].endswith("trying again in 1 s")
        await stopped(program)


@pytest.mark.parametrize("path", ["/users/@me", "/gateway/bot"])
async def test_shut_out_it_waits_long_and_can_be_stopped(standin: StandIn, tmp_path: Path, path: str) -> None:
    standin.faults.append(RateLimited(path=path, via=None))
    async with starting(standin, tmp_path) as program:
        line = await program.says(AGAIN)
        assert "429" in line
        assert line.endswith("trying again in 15 min")
        await stopped(program)


@pytest.mark.parametrize("status", [400, 403])
async def test_commands_not_taken_hold_up_nothing_and_are_told_again(
    standin: StandIn, tmp_path: Path, status: int
) -> None:
    standin.faults.append(Refused(method="PUT", path=".*/commands", status=status, code=50001))
    async with starting(standin, tmp_path) as program:
        await program.says(READY)
        assert program.output.count("did not accept the commands") == 1
        await stopped(program)
    assert standin.rest.commands == []
    async with starting(standin, tmp_path) as program:
        await program.says(READY)
        await stopped(program)
    assert standin.rest.commands


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [(AUTHENTICATION_FAILED, MISUSED, "DISCORD_TOKEN"), (SHARDING_REQUIRED, FAILED, f"code {SHARDING_REQUIRED}")],
)
async def test_closed_for_good_while_running_it_ends_with_a_line(
    standin: StandIn, tmp_path: Path, code: int, status: int, words: str
) -> None:
    async with starting(standin, tmp_path) as program:
        await program.says(READY)
        await standin.gateway.expect(PRESENCE)
        await standin.gateway.close(code)
        assert await program.ends() == status
        assert words in program.lines[-1]
        assert program.lines[-1].startswith("tailgate: ")
        assert tidy(program), program.output


async def test_sync_without_a_network_says_so(tmp_path: Path) -> None:
    nobody = {"DISCORD_TOKEN": "any", "TAILGATE_DISCORD_API": "http://127.0.0.1:1/api/v10"}
    status, lines = await run_to_end("sync", "--db", tmp_path / "tailgate.db", home=tmp_path, **nobody)
    assert status == FAILED
    assert len(lines) == 2
    assert "the commands could not be registered with Discord" in lines[1]


async def test_sync_refused_says_so(standin: StandIn, tmp_path: Path) -> None:
    standin.faults.append(Refused(method="PUT", path=".*/commands", status=403, times=2))
    known = {"DISCORD_TOKEN": standin.token, "TAILGATE_DISCORD_API": standin.api}
    status, lines = await run_to_end("sync", "--db", tmp_path / "tailgate.db", home=tmp_path, **known)
    assert status == FAILED
    assert "403" in lines[-1]
    assert "Traceback" not in "".join(lines)


@pytest.mark.parametrize("command", ["run", "try"])
async def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").write_text("no folder")
    path = tmp_path / "file" / "deep" / "tailgate.db"
    status, lines = await run_to_end(command, "--db", path, home=tmp_path, DISCORD_TOKEN="any")
    assert status == MISUSED
    assert len(lines) == 2
    assert "cannot be made or written" in lines[1]
