from __future__ import annotations

import gc
import weakref

import pytest

from bot.client.garbage_collection import set_servers_aside


class Server:
    """As discord.py's: it and its channel refer to each other."""

    def __init__(self) -> None:
        self.channel = Channel(self)


class Channel:
    def __init__(self, server: Server) -> None:
        self.server = server


@pytest.fixture(autouse=True)
def _thawed() -> object:
    yield None
    gc.unfreeze()


def test_servers_of_a_session_that_is_void_are_freed_at_the_next_ready() -> None:
    servers = [Server()]
    gone = weakref.ref(servers[0])
    set_servers_aside()
    servers.clear()
    gc.collect()
    assert gone() is not None, "set aside: a collection does not look at it"
    set_servers_aside()
    assert gone() is None


def test_what_is_alive_is_set_aside() -> None:
    set_servers_aside()
    assert gc.get_freeze_count() > 10_000
