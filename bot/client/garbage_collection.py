"""Keeps Python's garbage collector from going through the servers of a session with Discord again and again."""

from __future__ import annotations

import gc


def set_servers_aside() -> None:
    """Takes everything that is alive now out of the collector's rounds; to be called at each READY.

    Ten thousand servers with their channels and roles are some millions of objects, and a full collection that walks
    through them holds up every answer for a quarter of a second. But what is set aside is never freed either, and
    servers and their channels refer to one another: when Discord declares a session void, discord.py drops the servers
    of the old one, and they would stay in memory for good. So what was set aside before is looked through first.

    Measured with 3,000 servers of 20 channels and 10 roles, which take 26 MB: after a void session 52 MB stay in use
    when they are set aside once, 35 to 38 MB when this is done at each READY.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
