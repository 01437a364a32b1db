"""The browser pages of one preview: which ones are in use, what each was shown, and what it is sent."""
# ruff: noqa: SLF001 - simcord's private names are used in this package and nowhere else

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import simcord.preview._actions

from bot.preview.simcord_adapter.live_clock import real_monotonic

TIME_TOLD_EVERY = 5.0
"""Real seconds after which a page is sent the time again; in between its script counts at the clock's speed."""
ATTENTION = 3.0
"""Real seconds without a request after which a page counts as unused; an open page polls twice a second."""

_actions: Any = simcord.preview._actions


@contextlib.contextmanager
def clicks_outlive_publishing() -> Iterator[None]:
    """Accept actions from a page that is one publication behind: the message they name is checked anyway."""
    strict = _actions.ACTION_SPECS
    _actions.ACTION_SPECS = MappingProxyType(
        {kind: dataclasses.replace(spec, revision_bound=False) for kind, spec in strict.items()}
    )
    try:
        yield
    finally:
        _actions.ACTION_SPECS = strict


class Attention:
    """Knows which pages are in use; the others are not updated, and are closed when there are too many."""

    def __init__(self, preview: Any) -> None:
        self._preview = preview
        self._plain_open = preview._open_page
        preview._open_page = self._open

    def on(self, page: Any) -> bool:
        """Whether the page was requested recently, is new, or is carrying out an action."""
        return (
            page.revision == 0
            or page is self._preview._action_page
            or real_monotonic() - page.last_activity < ATTENTION
        )

    def _open(self, *what: Any) -> Any:
        """Open a page; where simcord would refuse one more, the page unused for longest is closed first."""
        pages = [page for page in self._preview._pages.values() if page is not self._preview._python]
        if len(pages) >= self._preview._MAX_PAGES:
            self._preview._close_page(min(pages, key=lambda page: page.last_activity).id)
        return self._plain_open(*what)


class OpenPages:
    """The browser pages of one preview, and whether each is up to date."""

    def __init__(self, env: Any, preview: Any) -> None:
        self._env, self._preview = env, preview
        self._attention = Attention(preview)
        self._shown: dict[str, tuple[int, float]] = {}
        self._answers: dict[str, tuple[tuple[Any, ...], Any]] = {}
        self._plain_publish, self._plain_payload = preview._publish, preview._page_payload
        preview._publish, preview._page_payload = self._publish, self._payload

    @property
    def busy(self) -> bool:
        return self._preview._active_action is not None or self._env._operation_task is not None

    def outdated(self) -> list[str]:
        """Keys of the pages in use that are out of date, or that were last sent the time too long ago."""
        events, silent = len(self._env.backend.transcript), real_monotonic() - TIME_TOLD_EVERY
        pages = (page for page in self._preview._pages.values() if page is not self._preview._python)
        looked_at = (page.id for page in pages if self._attention.on(page))
        return [key for key in looked_at if self._shown[key][0] != events or self._shown[key][1] < silent]

    def publish(self, key: str) -> None:
        page = self._preview._pages.get(key)
        if page is not None:
            self._preview._publish(page, reason="refresh")

    def _publish(self, page: Any, **reason: Any) -> None:
        """Do simcord's own publishing at the current time; an unused page is updated once it is used again."""
        if not self._attention.on(page):
            return
        self._preview._advance_presentation_time()
        shown = len(self._env.backend.transcript), real_monotonic()
        self._plain_publish(page, **reason)
        open_ones = self._preview._pages
        self._shown = {key: self._shown[key] for key in open_ones if key in self._shown} | {page.id: shown}
        self._answers = {key: self._answers[key] for key in open_ones if key in self._answers}

    def _payload(self, page: Any) -> Any:
        """The response to a page's poll: simcord's own answer, cached for as long as nothing happens."""
        state = page.revision, page.generation, page.status, len(self._env.backend.transcript), page.last_action
        known, answer = self._answers.get(page.id, (None, None))
        if known != state:
            answer = self._plain_payload(page)
            self._answers[page.id] = state, answer
        return answer
