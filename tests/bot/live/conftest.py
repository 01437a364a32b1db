"""The clock that is moved by hand and the server on this machine, as the tests of the feeds have them."""

from __future__ import annotations

from tests.bot.feeds.conftest import feed_server, hand_clock

__all__ = ["feed_server", "hand_clock"]
