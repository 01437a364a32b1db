"""How messages are drawn: the newest ones only, their Markdown read as Discord reads it, each parser made once."""
# ruff: noqa: SLF001 - simcord's private names are used in this package and nowhere else

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import simcord.preview._action_plans
import simcord.preview._markdown
import simcord.preview._snapshot
from simcord.components import walk_components

WINDOW = 40
"""How many messages a page shows at once; "Load earlier messages" shows more."""
STEP = 20
"""How many messages "Load earlier messages" adds."""
PARSERS = 256
NOT_ON_DISCORD = ("code", "entity", "hr", "lheading", "reference", "table")
"""Markdown of CommonMark and GitHub that Discord shows as plain text."""

_plans: Any = simcord.preview._action_plans
_markdown: Any = simcord.preview._markdown
_snapshot: Any = simcord.preview._snapshot

MessageExtras = Callable[[Any, Any], dict[str, Any]]
"""Returns what a page gets about a message in addition to simcord's own data; takes the page and the message."""


@contextlib.contextmanager
def drawn_for_people(extras: MessageExtras) -> Iterator[None]:
    """Show only the newest messages, build no search list, and build each Markdown parser once.

    simcord is made for tests with a few messages: it reads the whole channel again for a search list that our page
    does not have, and builds a parser for each text, so that after a hundred answers each one would take seconds.
    """
    with contextlib.ExitStack() as undo:

        def put(place: Any, name: str, value: Any) -> None:
            undo.callback(setattr, place, name, getattr(place, name))
            setattr(place, name, value)

        list_messages = _snapshot._message_navigation
        put(_snapshot, "_message_navigation", lambda preview, page, _visible: list_messages(preview, page, []))
        put(_snapshot, "HISTORY_WINDOW_SIZE", WINDOW)
        put(_plans, "HISTORY_WINDOW_SIZE", WINDOW)
        put(_plans, "HISTORY_STEP", STEP)
        put(_snapshot, "_message_projection", _with(extras, _snapshot._message_projection))
        put(_markdown, "_markdown_parser", _made_once(_markdown._markdown_parser))
        yield


def _with(extras: MessageExtras, project: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Simcord's data about a message, plus the addresses of pictures, which it leaves out, plus the extras."""

    def projected(preview: Any, page: Any, message: Any, **more: Any) -> dict[str, Any]:
        data = project(preview, page, message, **more)
        for own, sent in zip(walk_components(data["components"]), walk_components(message.components), strict=True):
            for shown, given in zip(_media(own), _media(sent), strict=True):
                if not shown.get("available"):
                    shown["link"] = given["url"]
        return data | extras(page, message)

    return projected


def _media(component: dict[str, Any]) -> list[dict[str, Any]]:
    """The pictures of one component: those of a gallery, or a thumbnail."""
    own = [component["media"]] if "media" in component else []
    return own + [item["media"] for item in component.get("items") or []]


def _made_once(make: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Returns the same parser for the same rules and the same mentionable names."""

    @functools.lru_cache(PARSERS)
    def parser(_key: tuple[int, str], kept: _Kept) -> Any:
        return _as_on_discord(make(kept.policy, kept.context))

    return lambda policy, context: parser((id(policy), repr(context)), _Kept(policy, context))


class _Kept:
    """Passes the arguments of a parser through the cache, which only compares the key."""

    def __init__(self, policy: Any, context: Any) -> None:
        self.policy, self.context = policy, context

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept)

    def __hash__(self) -> int:
        return 0


def _as_on_discord(parser: Any) -> Any:
    parser.disable(NOT_ON_DISCORD)
    parser.block.ruler.before("paragraph", "line_of_its_own", _ends_block, {"alt": ["paragraph", "blockquote"]})
    return parser


def _ends_block(state: Any, line: int, _end: int, silent: bool) -> bool:
    """Whether a quotation or a list item ends before a line: CommonMark takes in the next line, Discord does not."""
    return silent and bool(state.parentType == "blockquote" or state.sCount[line] < state.blkIndent)
