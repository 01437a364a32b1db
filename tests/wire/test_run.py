"""``tailgate run`` as an operator sees it: the real program in its own process, on the stand-in."""

from __future__ import annotations

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import MISUSED, main
from tests.checks.sound import AnswerKind
from tests.wire.faults import RateLimited
from tests.wire.gateway import PRESENCE, RESUME
from tests.wire.interactions import ids_in
from tests.wire.process import READY, Runs, running_bot
from tests.wire.rest import EPHEMERAL
from tests.wire.standin import StandIn
from tests.wire.world import Person

EVE_OF_TALLADEGA = datetime(2025, 10, 16, 21, tzinfo=UTC)


@pytest.mark.usefixtures("shell")
def test_without_a_token_it_says_in_three_lines_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--db", str(tmp_path / "tailgate.db")]) == MISUSED
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 3
    assert "DISCORD_TOKEN" in "".join(said)
    assert "tailgate try" in "".join(said)


@pytest.mark.parametrize(
    "settings",
    [
        {"TAILGATE_DISCORD_API": "https://discord.com/api/v10", "TAILGATE_NOW": EVE_OF_TALLADEGA.isoformat()},
        {"TAILGATE_DISCORD_API": "http://127.0.0.1.example.org/api/v10"},
        {"TAILGATE_NOW": EVE_OF_TALLADEGA.isoformat()},
        {"TAILGATE_SPEED": "60"},
    ],
)
def test_settings_for_tests_are_refused_off_loopback(
    tmp_path: Path, settings: dict[str, str], shell: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"DISCORD_TOKEN": "any", **settings}.items():
        shell.setenv(name, value)
    store = tmp_path / "tailgate.db"
    assert main(["run", "--db", str(store)]) == MISUSED
    (said,) = capsys.readouterr().err.splitlines()
    assert any(name in said for name in settings)
    assert not store.exists()


async def test_a_token_that_discord_does_not_take_is_said_in_one_line(
    standin: StandIn, store_path: Path, tmp_path: Path
) -> None:
    async with running_bot(store_path, standin, home=tmp_path, DISCORD_TOKEN="another.token") as program:
        assert await program.ends() == MISUSED
        reported = [line for line in program.lines if "DISCORD_TOKEN" in line]
        assert len(reported) == 1
        assert "another.token" not in program.output
        assert program.tidy, program.output


async def test_a_signal_stops_it_while_it_is_still_logging_in(
    standin: StandIn, store_path: Path, tmp_path: Path
) -> None:
    standin.faults.append(RateLimited(path="/users/@me", after=600))
    async with running_bot(store_path, standin, home=tmp_path, fresh=True) as program:
        await standin.expect("GET", "/users/@me")
        with pytest.raises(AssertionError, match="still running after"):
            await program.ends(deadline=0.01)
        await program.stop()


async def test_a_second_one_on_the_same_store_is_refused(standin: StandIn, store_path: Path, tmp_path: Path) -> None:
    async with running_bot(store_path, standin, home=tmp_path) as first:
        await first.says(READY)
        await standin.quiet()
        asked = len(standin.requests)
        async with running_bot(store_path, standin, home=tmp_path) as second:
            assert await second.ends() == MISUSED
            reported = [line for line in second.lines if "another Tailgate is running" in line]
            assert len(reported) == 1
            assert second.tidy, second.output
        assert len(standin.requests) == asked, "the second one asked nothing of Discord"
        await first.stop(signal.SIGINT)


async def test_one_that_was_killed_leaves_store_commands_and_buttons_to_the_next(
    standin: StandIn, tmp_path: Path
) -> None:
    """It fills its store itself, as an operator's first start does, and is killed once it has answered."""
    async with Runs(tmp_path / "tailgate.db", standin, home=tmp_path, fresh=True) as runs:
        await runs.start(at=EVE_OF_TALLADEGA)
        before = len(standin.requests)
        asked = await standin.slash("next")
        assert asked.answer_kind is AnswerKind.MESSAGE
        assert "Talladega" in str(asked.answer["data"])
        assert [request.method for request in standin.requests[before:]] == ["POST"], "an answer is one request"
        assert 20 < (runs.now.most_memory() or 100) < 1000
        await runs.kill()
        assert await runs.now.ends() == -signal.SIGKILL

        await runs.start(at=EVE_OF_TALLADEGA + timedelta(days=2))
        message = standin.answer_to(asked)
        button = ids_in(message)[0]
        before = len(standin.requests)
        copied = await standin.press(message, button, person=Person("somebody else"))
        turned = await standin.press(message, button)
        assert (copied.answer_kind, turned.answer_kind) == (AnswerKind.MESSAGE, AnswerKind.CHANGE)
        assert copied.answer["data"]["flags"] & EPHEMERAL
        assert len(standin.requests) == before + 2
        assert "Talladega" not in str((await standin.slash("next")).answer["data"]), "it lives two days later"
        await runs.now.stop()
    assert len(standin.seen("PUT", "/commands")) == 1
    assert len(standin.seen("GET", "/users/@me")) == len(runs.programs) == 2
    assert {"next", "standings", "driver", "results", "schedule"} <= {c["name"] for c in standin.rest.commands}


async def test_it_comes_back_after_its_socket_is_closed(standin: StandIn, store_path: Path, tmp_path: Path) -> None:
    async with running_bot(store_path, standin, home=tmp_path) as program:
        await program.says(READY)
        await standin.gateway.expect(PRESENCE)
        frames = len(standin.gateway.frames)
        await standin.gateway.close()
        await standin.slash("next")
        assert await standin.gateway.expect(RESUME, after=frames)
        await program.stop()
