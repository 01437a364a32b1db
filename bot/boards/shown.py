"""What is kept current, each in its own way: a board of a channel, or an answer to one person."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from discord import ui

from bot.boards.drawing import BoardDrawer, Picture
from bot.boards.flags import FlagLog, Shown
from bot.interactions.live_answers import GONE_AFTER, LiveAnswer, LiveAnswers
from bot.render.live_board import beside_board, kept_current
from bot.requester import Requester
from bot.seasons.as_of import AsOf
from bot.seasons.later import seen_later
from db.live.boards import Board


def components_of(view: ui.LayoutView) -> list[dict[str, Any]]:
    """What Discord is sent of a message."""
    made: list[dict[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]  # discord.py leaves it untyped
    return made


class Editor(Protocol):
    """The way to Discord; every change that fails raises RefusedError, BusyError or UnsureError."""

    async def rewrite(self, channel: int, message: int, body: Mapping[str, Any]) -> None:
        """Changes a message of the bot's own to a prepared body."""

    async def rewrite_view(self, channel: int, message: int, view: ui.LayoutView) -> None:
        """Changes a message of the bot's own to a view."""

    async def rewrite_answer(self, answer: LiveAnswer, view: ui.LayoutView) -> None:
        """Changes the answer to an interaction."""


class Followed(Protocol):
    """Something that is kept current.

    Attributes:
        name: what no two of them have in common.
        looked: when it was last changed, or seen to need none; None where that is not known.
        not_before: until then Discord takes no change.
        takes_turns: whether a change counts among the token's requests.
        over: whether it is changed no more.
    """

    looked: datetime | None
    not_before: datetime | None
    over: bool

    @property
    def name(self) -> object: ...

    @property
    def takes_turns(self) -> bool: ...

    def is_urgent(self, now: datetime) -> bool:
        """Whether it goes before all that are not, without waiting for its time."""

    async def needs_change(self, now: datetime) -> bool:
        """Draws it as of now; whether it would look another way than it does. Raises StoreError."""

    async def change(self) -> None:
        """Makes the change. Raises what ``Editor`` does."""

    def changed(self, now: datetime) -> None:
        """Notes that the change was made."""

    def gone(self) -> None:
        """Notes that it is not there any more, or may not be changed."""


class FollowedBoard:
    """A board.

    Args:
        board: as the store has it.
        drawer: draws it.
        flags: the flags of its race.
        editor: changes it.
        note: called with the board as it is then, to be written down.
    """

    takes_turns = True

    def __init__(
        self, board: Board, drawer: BoardDrawer, flags: FlagLog, editor: Editor, note: Callable[[Board], None]
    ) -> None:
        self.board = board
        self.looked: datetime | None = board.edited or board.opened
        self.not_before: datetime | None = None
        self.over = False
        self._drawer, self._flags, self._editor, self._note = drawer, flags, editor, note
        self._digest: int | None = None
        self._flags_shown: Shown | None = None
        self._picture: Picture | None = None
        if board.shown is not None:
            self._flags_shown = flags.at(board.race, board.shown)

    @property
    def name(self) -> object:
        return self.board.channel, self.board.race, self.board.message

    def _flags_at(self, now: datetime) -> Shown:
        return self._flags.at(self.board.race, now - timedelta(seconds=self.board.delay))

    def is_urgent(self, now: datetime) -> bool:
        return self._flags_shown is not None and self._flags_shown != self._flags_at(now)

    async def needs_change(self, now: datetime) -> bool:
        picture = await self._drawer.picture(self.board.race, self.board.delay, self._flags_at(now))
        if picture is None:
            # Its race is on no schedule any more: there is nothing to show.
            self.gone()
            return False
        self._picture, self._flags_shown = picture, picture.flags
        self.looked = now
        return picture.digest != self._digest

    async def change(self) -> None:
        # It may have waited for its turn, and others were drawn since.
        picture = self._drawer.last(self.board.race, self.board.delay) or self._picture
        assert picture is not None
        self._picture = picture
        await self._editor.rewrite(self.board.channel, self.board.message, picture.body(self.board.guild))

    def changed(self, now: datetime) -> None:
        assert self._picture is not None
        self._digest, self.looked, self.over = self._picture.digest, now, self._picture.final
        self.board = replace(self.board, shown=self._picture.moment, edited=now, frozen=self.over)
        self._note(self.board)

    def gone(self) -> None:
        self.over = True
        self.board = replace(self.board, frozen=True)
        self._note(self.board)


class FollowedAnswer:
    """An answer to one person, or where no board can be.

    Args:
        answer: the answer.
        answers: where it is dropped from in the end.
        view: answers a question, as for anybody who asks.
        as_of: returns what is known now.
        editor: changes it.
    """

    takes_turns = False

    def __init__(
        self,
        answer: LiveAnswer,
        answers: LiveAnswers,
        view: Callable[[Any, Requester], Awaitable[object]],
        as_of: Callable[[], Awaitable[AsOf]],
        editor: Editor,
    ) -> None:
        self.looked: datetime | None = answer.given
        self.not_before: datetime | None = None
        self.over = False
        self._answer, self._answers, self._editor = answer, answers, editor
        self._ask, self._as_of = view, as_of
        self._said = self._drawn = ""
        self._view: ui.LayoutView | None = None
        self._last = False

    @property
    def name(self) -> object:
        return self._answer.interaction.id

    def is_urgent(self, now: datetime) -> bool:
        return now >= self._answer.until

    def take_leave(self) -> None:
        """Has the next change be the last one."""
        self._last = True

    async def needs_change(self, now: datetime) -> bool:
        self.looked = now
        if not self._answer.given <= now < self._answer.given + GONE_AFTER:
            self.gone()
            return False
        self._last = self._last or now >= self._answer.until
        asked = self._answer.requester
        requester = replace(asked, as_of=seen_later(await self._as_of(), asked.delay.seconds))
        view = await self._ask(self._answer.question, requester)
        if not isinstance(view, ui.LayoutView):
            self.gone()
            return False
        if not self._last:
            view = kept_current(view, self._answer.until)
        if self._answer.beside is not None:
            view = beside_board(view, self._answer.beside)
        self._view, self._drawn = view, json.dumps(components_of(view))
        return self._drawn != self._said

    async def change(self) -> None:
        assert self._view is not None
        await self._editor.rewrite_answer(self._answer, self._view)

    def changed(self, now: datetime) -> None:
        # Only now: a change that failed is to be tried again, above all the one that brings the button.
        self._said = self._drawn
        self.looked = now
        if self._last:
            self.gone()

    def gone(self) -> None:
        self.over = True
        self._answers.drop(self._answer)
