"""The log is one line an event and keeps tokens to itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from bot.logs import set_up_logging

# Shaped like a token, and none.
TOKEN = ".".join(["M" * 24, "G" * 6, "x" * 38])


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_token_never_reaches_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    logging.getLogger("a").info("logging in with %s", TOKEN)
    try:
        raise ValueError(f"refused: {TOKEN}")
    except ValueError:
        logging.getLogger("a").exception("it failed")
    told = capsys.readouterr().err
    assert TOKEN not in told
    assert told.count("<token>") == 2


def test_nothing_in_the_log_is_obeyed_by_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    logging.getLogger("a").warning("called %s", "\x1b[2JTy\x9b1m \u202ejeski\r \ud800 Müller\tMiller")
    told = capsys.readouterr().err
    assert told.endswith("called <U+001B>[2JTy<U+009B>1m <U+202E>jeski<U+000D> <U+D800> Müller\tMiller\n")


def test_the_libraries_chatter_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    logging.getLogger("discord.gateway").info("chatter")
    logging.getLogger("discord.gateway").warning("trouble")
    logging.getLogger("bot.client.tailgate_bot").info("ours")
    told = capsys.readouterr().err
    assert "chatter" not in told
    assert "trouble" in told
    assert "ours" in told
