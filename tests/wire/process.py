"""The real program as a process of its own: started, read line by line, signalled, and waited for."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from tests.forking import Forked
from tests.wire.log import DEADLINE, Log

ROOT = Path(__file__).resolve().parents[2]
READY = "Tailgate is on Discord as"
MESS = ("Traceback", "Exception ignored", "Unclosed", "was never", "Task was destroyed", "Warning:")
"""What a program that ended in good order has not printed."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """A minimal environment: the search path, an empty home folder, this checkout's code, and what a test sets."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(home), "PYTHONPATH": str(ROOT), **more}


class Program:
    """``python -m bot`` with some arguments, running for as long as the context manager is open.

    ``lines`` is what it has printed so far on both of its outputs, in order.

    Args:
        arguments: the command line.
        home: an empty folder, used as working directory and as home.
        fresh: whether an interpreter is started for it, as where a start is measured, or what only a real one shows;
            otherwise it is forked from a process that has imported this checkout's code.
        more: environment variables, such as ``DISCORD_TOKEN``.
    """

    def __init__(self, *arguments: str | Path, home: Path, fresh: bool = False, **more: str) -> None:
        self._arguments = [str(argument) for argument in arguments]
        self._home = home
        self._environment = environment(home, **more)
        self._fresh = fresh or not hasattr(os, "fork")
        self._process: asyncio.subprocess.Process | Forked | None = None
        self._reading: asyncio.Task[None] | None = None
        self.lines: Log[str] = Log()

    async def __aenter__(self) -> Self:
        if self._fresh:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                *self._arguments,
                cwd=self._home,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        else:
            self._process = await Forked.start(self._arguments, self._home, self._environment)
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        assert self._reading is not None
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip("\n"))

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    @property
    def id(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def says(self, part: str, *, deadline: float = DEADLINE) -> str:
        """Waits for the first line that contains a text; fails at once if the program ends without it."""
        assert self._reading is not None
        waiting = asyncio.create_task(self.lines.expect(lambda line: part in line, deadline=deadline))
        await asyncio.wait({waiting, self._reading}, return_when=asyncio.FIRST_COMPLETED)
        if self._reading.done() and not waiting.done():
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            raise AssertionError(f"it ended without printing {part!r}:\n{self.output}")
        return await waiting

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Stops the program as an operator does, and checks that it ended cleanly."""
        self.signal(number)
        assert await self.ends() == 0, self.output
        assert self.tidy, self.output

    @property
    def tidy(self) -> bool:
        """Whether nothing in its output is a sign of a mess."""
        return not any(sign in self.output for sign in MESS)

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def kill(self) -> None:
        """Kills the program, as a power cut would, and waits for its end."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self.ends()

    def most_memory(self) -> float | None:
        """The peak memory use in MiB; None where the system does not report it."""
        try:
            status = Path(f"/proc/{self.id}/status").read_text(encoding="ascii")
        except OSError:
            return None
        found = re.search(r"^VmHWM:\s*(\d+) kB$", status, re.MULTILINE)
        return int(found[1]) / 1024 if found else None

    async def ends(self, *, deadline: float = DEADLINE) -> int:
        """Waits for the end and returns the exit status; all output has been read by then."""
        assert self._process is not None
        assert self._reading is not None
        try:
            async with asyncio.timeout(deadline):
                status = await self._process.wait()
                await asyncio.shield(self._reading)
        except TimeoutError:
            raise AssertionError(f"it is still running after {deadline} s:\n{self.output}") from None
        return status


def running_bot(
    database: Path,
    standin: Any,
    *,
    home: Path,
    at: datetime | None = None,
    speed: float | None = None,
    fresh: bool = False,
    **more: str,
) -> Program:
    """``run`` on a store, pointed at a stand-in.

    Args:
        database: the store.
        standin: where its Discord is.
        home: an empty folder to run in.
        at: when its clock starts; the machine's time by default.
        speed: seconds of its clock per second of the machine's.
        fresh: whether in an interpreter of its own.
        more: environment variables.
    """
    wanted = {"DISCORD_TOKEN": standin.token, "TAILGATE_DISCORD_API": standin.api, **more}
    if at is not None:
        wanted["TAILGATE_NOW"] = at.isoformat()
    if speed is not None:
        wanted["TAILGATE_SPEED"] = str(speed)
    return Program("run", "--db", database, home=home, fresh=fresh, **wanted)


class Runs:
    """The runs of a bot on one store, one after another; leaving the context ends the last one.

    Args:
        database: the store.
        standin: where their Discord is.
        home: an empty folder to run in.
        fresh: whether each has an interpreter of its own.
        more: environment variables for each of them.
    """

    def __init__(self, database: Path, standin: Any, *, home: Path, fresh: bool = False, **more: str) -> None:
        self._database = database
        self._standin = standin
        self._home = home
        self._fresh = fresh
        self._more = more
        self._stack = contextlib.AsyncExitStack()
        self.programs: list[Program] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    @property
    def now(self) -> Program:
        """The current run, or the last one."""
        return self.programs[-1]

    async def start(self, *, at: datetime | None = None, speed: float | None = None, ready: bool = True) -> Program:
        """Starts the next run at a given time; waits until it is on Discord if ``ready``."""
        program = running_bot(
            self._database,
            self._standin,
            home=self._home,
            at=at,
            speed=speed,
            fresh=self._fresh,
            **self._more,
        )
        self.programs.append(await self._stack.enter_async_context(program))
        if ready:
            await program.says(READY)
        return program

    async def kill(self) -> None:
        """Kills the run, as a power cut would, and waits until the stand-in has carried out all that it asked for."""
        await self.now.kill()
        await self._standin.quiet()
