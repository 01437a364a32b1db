"""The server that the page shows: one channel and three people, known by their Discord ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalServer:
    """The ids of the page's server and its members; they are the same at every start.

    So what the store keeps under these ids (a server's quotes and settings, who wrote what) is there again next time.

    Attributes:
        guild: the server.
        channel: its one channel.
        owner: Ola, who owns the server.
        moderator: Mo, who may manage the server and its messages.
        fan: Fay, a member without special permissions.
    """

    guild: int
    channel: int
    owner: int
    moderator: int
    fan: int
