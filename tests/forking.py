"""A process that has imported a program once, and forks whenever a test wants one that runs it.

To import it takes a second of the processor, and nothing of what most tests with a process of its own look at hangs on
it: what is forked gets arguments, surroundings, outputs and signals of its own, and ends as any interpreter does.
``python -m tests.forking SOCKET MODULE`` is the process that forks; it ends with the one that started it.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = "bot.__main__"
AT_ONCE = 2**16
"""Bytes that are read of an order at a time."""


class Forked:
    """A process that runs the bot's program; as much of ``asyncio.subprocess.Process`` as tests need.

    ``stdout`` is what it prints on both of its outputs.
    """

    def __init__(self, pid: int, stdout: asyncio.StreamReader, status: int) -> None:
        self.pid, self.stdout = pid, stdout
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._loop.add_reader(status, self._end, status)

    @classmethod
    async def start(cls, arguments: Sequence[str], home: Path, environment: Mapping[str, str]) -> Forked:
        """Runs the program with some arguments, in a folder, with nothing in its environment but what is given."""
        (output, its_output), (status, its_status) = os.pipe(), os.pipe()
        try:
            pid = _parent(PROGRAM).fork([list(arguments), str(home), dict(environment)], [its_output, its_status])
        finally:
            os.close(its_output)
            os.close(its_status)
        return cls(pid, await _reader(output), status)

    def _end(self, status: int) -> None:
        self._loop.remove_reader(status)
        with os.fdopen(status) as told:
            text = told.read()
        if text:
            self._ended.set_result(int(text))
        else:
            self._ended.set_exception(RuntimeError("the process that forks has ended"))

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Waits for its end; returns the exit status, or a signal's number as a negative one."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    pipe = os.fdopen(descriptor, "rb", 0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


def run_forked(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], hash_seed: str
) -> subprocess.CompletedProcess[str]:
    """Runs a module's ``main`` at the root of this checkout to its end; what it prints anywhere is its ``stdout``.

    Args:
        module: its full name.
        arguments: its command line.
        environment: all of its environment variables.
        hash_seed: what ``PYTHONHASHSEED`` is, which counts when an interpreter starts.
    """
    (output, its_output), (status, its_status) = os.pipe(), os.pipe()
    order = [list(arguments), str(ROOT), {**environment, "PYTHONHASHSEED": hash_seed}]
    try:
        _parent(module, hash_seed).fork(order, [its_output, its_status])
    finally:
        os.close(its_output)
        os.close(its_status)
    with os.fdopen(output, encoding="utf-8", errors="replace") as printed, os.fdopen(status) as told:
        text = printed.read()
        return subprocess.CompletedProcess([module, *arguments], int(told.read()), text, "")


class _Parent:
    """The process that forks, as those see it that want something forked."""

    def __init__(self, module: str, hash_seed: str) -> None:
        self._socket, its_own = socket.socketpair()
        with its_own:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forking", str(its_own.fileno()), module],
                cwd=ROOT,
                # As little as the program gets that a test starts afresh, so that imports find nothing else either.
                env={
                    "PATH": os.environ.get("PATH", os.defpath),
                    "HOME": str(ROOT),
                    "PYTHONPATH": str(ROOT),
                    "PYTHONHASHSEED": hash_seed,
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[its_own.fileno()],
            )
        atexit.register(self.close)

    def fork(self, order: object, descriptors: list[int]) -> int:
        """Has it forked; returns the new process's id."""
        socket.send_fds(self._socket, [json.dumps(order).encode() + b"\n"], descriptors)
        answer = self._socket.recv(AT_ONCE)
        assert answer, "the process that forks has ended; what it said is on standard error"
        return int(answer)

    def close(self) -> None:
        self._socket.close()
        self._process.wait()


@cache
def _parent(module: str, hash_seed: str = "random") -> _Parent:
    return _Parent(module, hash_seed)


def serve(control: socket.socket) -> None:
    """Forks as often as it is asked to, until nobody can ask; returns in each process that was forked, ready to run."""
    waking, woken = os.pipe()
    for descriptor in (waking, woken):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    watched: list[socket.socket | int] = [control, waking]
    told: dict[int, int] = {}
    while True:
        ready, _, _ = select.select(watched, [], [])
        if control in ready:
            text, given, _, _ = socket.recv_fds(control, AT_ONCE, 2)
            while text and not text.endswith(b"\n"):
                text += control.recv(AT_ONCE)
            if not text:
                os._exit(0)
            output, status = given
            if (pid := os.fork()) == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for descriptor in (waking, woken, status, *told.values()):
                    os.close(descriptor)
                control.close()
                _become(json.loads(text), output)
                return
            os.close(output)
            told[pid] = status
            control.sendall(str(pid).encode())
        with contextlib.suppress(BlockingIOError):
            os.read(waking, AT_ONCE)
        _tell_of_ends(told)


def _become(order: tuple[list[str], str, dict[str, str]], output: int) -> None:
    """Takes over what a process that was just started has of its own."""
    arguments, home, environment = order
    for own in (1, 2):
        os.dup2(output, own)
    os.close(output)
    os.chdir(home)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments


def _tell_of_ends(told: dict[int, int]) -> None:
    while told:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with contextlib.suppress(BrokenPipeError):
            os.write(told[pid], str(os.waitstatus_to_exitcode(status)).encode())
        os.close(told.pop(pid))


if __name__ == "__main__":
    asked, program = socket.socket(fileno=int(sys.argv[1])), importlib.import_module(sys.argv[2])
    # What was imported is never garbage: whoever looked at it for some would copy the pages on which it lies.
    gc.collect()
    gc.freeze()
    serve(asked)
    sys.exit(program.main())
