"""Where the page plays: one server with one channel and three people, known by their Discord ids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LocalServer:
    """The ids of the page's server and of who is in it; they are the same at every start.

    So what the store keeps by them (a server's quotes and settings, who wrote what) is there again the next time.

    Attributes:
        guild: the server.
        channel: its one channel.
        owner: Ola, whose server it is.
        moderator: Mo, who may manage the server and its messages.
        fan: Fay, who may do what everybody may.
    """

    guild: int
    channel: int
    owner: int
    moderator: int
    fan: int
