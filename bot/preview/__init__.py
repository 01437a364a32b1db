"""`tailgate try`: the real bot in a local page that looks like a Discord channel, without token or network.

Importing this package loads nothing of simcord, which is an optional extra; only `serve` does.
"""

from bot.preview.errors import PortTakenError, PreviewError, PreviewMissingError
from bot.preview.local_server import LocalServer
from bot.preview.serving import Welcome, serve

__all__ = ["LocalServer", "PortTakenError", "PreviewError", "PreviewMissingError", "Welcome", "serve"]
