"""The gate for messages: what gets through, and that nothing that arrives can end the client."""

from __future__ import annotations

import logging
from typing import Any

import discord
import pytest
from discord.ext import commands
from hypothesis import given
from hypothesis import strategies as st

from bot.client.message_gate import REMEMBERED, UNUSED, WRITTEN, MessageGate

OWN = 42
BOT = {"id": str(OWN), "username": "Tailgate", "bot": True}
FAN = {"id": "7", "username": "fan"}


class Gate:
    """A gate before a reader that only counts."""

    def __init__(self) -> None:
        self.client = commands.AutoShardedBot("!", intents=discord.Intents(guilds=True), shard_count=1)
        self.read: list[Any] = []
        self.parsers = self.client._connection.parsers
        self.parsers[WRITTEN] = self.read.append
        own: Any = BOT | {"discriminator": "0", "avatar": None}
        self.client._connection.user = discord.ClientUser(state=self.client._connection, data=own)
        self.gate = MessageGate(self.client)

    def hears(self, payload: Any) -> bool:
        before = len(self.read)
        self.parsers[WRITTEN](payload)
        return len(self.read) > before


def message(**changes: Any) -> dict[str, Any]:
    made = {"id": "1", "channel_id": "2", "guild_id": "3", "type": 0, "author": FAN, "content": "", "mentions": [BOT]}
    return {name: value for name, value in (made | changes).items() if value is not None}


@pytest.fixture
async def gate() -> Gate:
    return Gate()


@pytest.mark.parametrize(
    ("changes", "heard"),
    [
        ({}, True),
        ({"type": 19}, True),
        ({"mentions": [FAN, BOT]}, True),
        ({"mentions": []}, False),
        ({"mentions": [FAN]}, False),
        ({"mentions": [], "mention_everyone": True}, False),
        ({"mentions": [], "mention_roles": ["9"]}, False),
        ({"guild_id": None, "mentions": []}, True),
        ({"author": BOT}, False),
        ({"author": FAN | {"bot": True}}, False),
        ({"guild_id": None, "author": BOT, "mentions": []}, False),
        ({"webhook_id": "5"}, False),
        ({"type": 6}, False),
        ({"type": 7}, False),
        ({"type": 18}, False),
        ({"type": 21}, False),
    ],
)
async def test_only_what_a_person_says_to_the_bot_gets_through(
    gate: Gate, changes: dict[str, Any], heard: bool
) -> None:
    assert gate.hears(message(**changes)) is heard


async def test_a_message_gets_through_once_and_few_are_remembered(gate: Gate) -> None:
    assert gate.hears(message(id="1"))
    assert not gate.hears(message(id="1"))
    for number in range(2, REMEMBERED + 2):
        assert gate.hears(message(id=str(number)))
    assert gate.hears(message(id="1")), "it was forgotten"
    assert len(gate.gate._heard) == REMEMBERED


@pytest.mark.parametrize("event", UNUSED)
async def test_edits_and_deletions_are_not_read(gate: Gate, event: str) -> None:
    gate.parsers[event]({"nothing": "that discord.py could read"})


async def test_what_the_reader_cannot_read_ends_nothing(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    def fail(_: Any) -> None:
        raise KeyError("timestamp")

    gate.gate._read = fail
    gate.parsers[WRITTEN](message())
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert "KeyError" in record.getMessage()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("42"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*message(), "bot"]), inner, max_size=6)
    ),
    max_leaves=12,
)


@given(payload=JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(message(), JSON)))
async def test_whatever_arrives_raises_nothing(payload: Any) -> None:
    Gate().parsers[WRITTEN](payload)
