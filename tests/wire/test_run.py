"""``tailgate run`` as an operator sees it: the real program in its own process, on the stand-in."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.checks.sound import AnswerKind
from tests.wire.faults import RateLimited
from tests.wire.gateway import IDENTIFY, PRESENCE, RESUME
from tests.wire.interactions import ids_in
from tests.wire.process import READY, Program, run_to_end, running_bot
from tests.wire.rest import EPHEMERAL
from tests.wire.standin import StandIn
from tests.wire.world import Person

EVE_OF_TALLADEGA = "2025-10-16T17:00-04:00"
MISUSED = 2
SIGNS_OF_A_MESS = ("Traceback", "Exception ignored", "Unclosed", "was never", "Task was destroyed", "Warning:")


@asynccontextmanager
async def started(standin: StandIn, folder: Path, **more: Any) -> AsyncIterator[Program]:
    """The bot on the store of a folder, once it is ready."""
    async with running_bot(folder / "tailgate.db", standin, home=folder, **more) as program:
        await program.says(READY)
        yield program


async def stopped(program: Program, number: signal.Signals = signal.SIGTERM) -> None:
    program.signal(number)
    assert await program.ends(deadline=5) == 0
    assert not any(sign in program.output for sign in SIGNS_OF_A_MESS), program.output


async def test_without_a_token_it_says_in_three_lines_what_to_do(tmp_path: Path) -> None:
    status, lines = await run_to_end("run", "--db", tmp_path / "tailgate.db", home=tmp_path)
    assert status == MISUSED
    assert len(lines) == 3
    assert "DISCORD_TOKEN" in "".join(lines)
    assert "tailgate try" in "".join(lines)


@pytest.mark.parametrize(
    "settings",
    [
        {"TAILGATE_DISCORD_API": "https://discord.com/api/v10", "TAILGATE_NOW": EVE_OF_TALLADEGA},
        {"TAILGATE_DISCORD_API": "http://127.0.0.1.example.org/api/v10"},
        {"TAILGATE_NOW": EVE_OF_TALLADEGA},
        {"TAILGATE_SPEED": "60"},
    ],
)
async def test_settings_for_tests_are_refused_off_loopback(tmp_path: Path, settings: dict[str, str]) -> None:
    store = tmp_path / "tailgate.db"
    status, lines = await run_to_end("run", "--db", store, home=tmp_path, DISCORD_TOKEN="any", **settings)
    assert status == MISUSED
    assert len(lines) == 1
    assert any(name in lines[0] for name in settings)
    assert not store.exists()


async def test_it_logs_in_and_tells_discord_of_its_commands_once(standin: StandIn, tmp_path: Path) -> None:
    for _ in range(2):
        async with started(standin, tmp_path) as program:
            await stopped(program)
    assert len(standin.seen("PUT", "/commands")) == 1
    assert len(standin.seen("GET", "/users/@me")) == 2
    assert {"next", "standings", "driver", "results", "schedule"} <= {c["name"] for c in standin.rest.commands}


async def test_a_token_that_discord_does_not_take_is_said_in_one_line(standin: StandIn, tmp_path: Path) -> None:
    async with running_bot(tmp_path / "t.db", standin, home=tmp_path, DISCORD_TOKEN="another.token") as program:
        assert await program.ends() == MISUSED
        reported = [line for line in program.lines if "DISCORD_TOKEN" in line]
        assert len(reported) == 1
        assert "another.token" not in program.output
        assert "Traceback" not in program.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_cleanly(standin: StandIn, tmp_path: Path, number: signal.Signals) -> None:
    async with started(standin, tmp_path) as program:
        await stopped(program, number)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_while_it_is_still_logging_in(
    standin: StandIn, tmp_path: Path, number: signal.Signals
) -> None:
    standin.faults.append(RateLimited(path="/users/@me", after=600))
    async with running_bot(tmp_path / "tailgate.db", standin, home=tmp_path) as program:
        await standin.expect("GET", "/users/@me", deadline=20)
        await stopped(program, number)


async def test_a_second_one_on_the_same_store_is_refused(standin: StandIn, tmp_path: Path) -> None:
    async with started(standin, tmp_path) as first:
        asked = len(standin.requests)
        async with running_bot(tmp_path / "tailgate.db", standin, home=tmp_path) as second:
            assert await second.ends() == MISUSED
            reported = [line for line in second.lines if "another Tailgate is running" in line]
            assert len(reported) == 1
            assert "Traceback" not in second.output
        assert len(standin.requests) == asked, "the second one asked nothing of Discord"
        await stopped(first)


async def test_one_that_was_killed_leaves_the_store_to_the_next(standin: StandIn, tmp_path: Path) -> None:
    async with started(standin, tmp_path) as first:
        first.signal(signal.SIGKILL)
        await first.ends()
    async with started(standin, tmp_path) as second:
        await stopped(second)
    assert len(standin.seen("PUT", "/commands")) == 1


async def test_next_is_answered_in_one_request(standin: StandIn, tmp_path: Path) -> None:
    async with started(standin, tmp_path, TAILGATE_NOW=EVE_OF_TALLADEGA) as program:
        before = len(standin.requests)
        asked = await standin.slash("next")
        assert asked.answer_kind is AnswerKind.MESSAGE
        assert "Talladega" in str(asked.answer["data"])
        await stopped(program)
    assert [request.method for request in standin.requests[before:]] == ["POST"]


async def test_a_button_outlives_a_restart_and_each_person_gets_an_answer(standin: StandIn, tmp_path: Path) -> None:
    async with started(standin, tmp_path, TAILGATE_NOW=EVE_OF_TALLADEGA) as first:
        message = standin.answer_to(await standin.slash("next"))
        await stopped(first)
    async with started(standin, tmp_path, TAILGATE_NOW=EVE_OF_TALLADEGA) as second:
        button = ids_in(message)[0]
        before = len(standin.requests)
        copied = await standin.press(message, button, person=Person("somebody else"))
        turned = await standin.press(message, button)
        assert (copied.answer_kind, turned.answer_kind) == (AnswerKind.MESSAGE, AnswerKind.CHANGE)
        assert copied.answer["data"]["flags"] & EPHEMERAL
        assert len(standin.requests) == before + 2
        await stopped(second)


async def test_it_comes_back_after_its_socket_is_closed(standin: StandIn, tmp_path: Path) -> None:
    async with started(standin, tmp_path) as program:
        await standin.gateway.expect(PRESENCE)
        frames = len(standin.gateway.frames)
        await standin.gateway.close()
        await standin.slash("next", deadline=10)
        assert await standin.gateway.expect(RESUME, after=frames)
        await stopped(program)


async def test_it_comes_back_to_the_same_gateway_after_its_session_is_void(standin: StandIn, tmp_path: Path) -> None:
    async with started(standin, tmp_path) as program:
        await standin.gateway.expect(PRESENCE)
        frames = len(standin.gateway.frames)
        await standin.gateway.invalidate()
        # discord.py pauses for five seconds before it identifies again, as Discord asks of bots.
        await standin.gateway.expect(IDENTIFY, after=frames, deadline=15)
        await standin.slash("next")
        await stopped(program)
