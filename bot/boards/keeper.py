"""Keeps the boards current: all together within their share of Discord's limit, and after whatever else is to be sent.

A board is one row, which is rewritten. What it shows is drawn once for all that see the race at the same moment; one
that would look the same is left alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from bot.boards.drawing import BoardDrawer
from bot.boards.flags import FlagLog
from bot.boards.shown import Editor, Followed, FollowedAnswer, FollowedBoard
from bot.discord_errors import Code
from bot.errors import FriendlyError
from bot.interactions.live_answers import LiveAnswers
from bot.outbox.contracts import BusyError, RefusedError, UnsureError
from bot.outbox.rate_limit import LAST, RateLimiter
from bot.requester import Requester
from bot.seasons.as_of import AsOf
from bot.services import Services
from db.errors import StoreError
from db.live import boards
from db.live.boards import Board, BoardsStamp
from db.reminders.race_day import LONGEST_DELAY
from db.reminders.targets import settings_version

log = logging.getLogger(__name__)

EDITS, WINDOW = 20, 1.01
"""So many changes in so many seconds at most, of the fifty requests a second that a token has."""
EVERY = timedelta(seconds=15)
"""How often a board is changed at best."""
LOOK_EVERY = timedelta(seconds=5)
"""How often it is looked whether there are other boards, and written down what they show."""
IN_HAND = 200
"""How many changes may be under way, should Discord stall."""
DRAWN = 20
"""How many are drawn at a time at most, so that nothing else waits for long."""
UNSURE_SECONDS, REFUSED_SECONDS, OWN_ERROR_SECONDS = 15.0, 600.0, 60.0
"""How long one waits whose change may not have been made, was refused, or failed by a fault of ours."""
SENT_WITHIN = timedelta(seconds=LONGEST_DELAY) + timedelta(days=3)
"""How far back the outbox is searched for boards that were posted."""
FROZEN_FOR, KEPT_FOR = timedelta(days=7), timedelta(days=30)
"""How long a frozen board is remembered, and any other one."""
SWEPT_EVERY = timedelta(hours=6)
CLOSING_SECONDS = 1.0
"""How long answers are given their buttons back for, when the bot stops."""


class BoardKeeper:
    """Keeps boards and answers current. ``tick`` is to be called about once a second, by one caller at a time.

    Args:
        services: the store and the clock.
        drawer: draws the boards.
        editor: the way to Discord.
        limiter: the pace of all requests.
        rows_wait: whether anything waits that is to be sent first.
        answers: the answers that are kept current.
        view: answers a question, as for anybody who asks.
        as_of: returns what is known now.
    """

    def __init__(
        self,
        services: Services,
        drawer: BoardDrawer,
        editor: Editor,
        limiter: RateLimiter,
        rows_wait: Callable[[], bool],
        answers: LiveAnswers,
        view: Callable[[Any, Requester], Awaitable[object]],
        as_of: Callable[[], Awaitable[AsOf]],
    ) -> None:
        self._store, self._clock = services.store, services.clock
        self._drawer, self._editor, self._limiter, self._rows_wait = drawer, editor, limiter, rows_wait
        self._answers, self._view, self._as_of = answers, view, as_of
        self._flags = FlagLog(services.store)
        self._followed: dict[object, Followed] = {}
        self._to_write: dict[tuple[int, int], Board] = {}
        self._under_way: dict[object, asyncio.Task[None]] = {}
        self._waiting = 0
        self._recent: deque[float] = deque(maxlen=EDITS)
        self._leaving = asyncio.Lock()
        self._seconds = self._loop_seconds
        self._numbers = itertools.count()
        self._looked: datetime | None = None
        self._swept: datetime | None = None
        self._known: tuple[BoardsStamp, int] | None = None
        self._data_version = -1
        self._resting_until: datetime | None = None
        answers.kept = True

    async def tick(self) -> None:
        """Changes those whose time has come, as far as there is room; does not wait until it is done.

        Raises:
            StoreError: the store cannot be read or written.
        """
        now = self._clock.now()
        if self._looked is None or not self._looked <= now < self._looked + LOOK_EVERY:
            await self._look(now)
            self._looked = now
        self._follow_answers()
        if not self._followed:
            return
        await self._flags.look(each.board.race for each in self._followed.values() if isinstance(each, FollowedBoard))
        if self._rests(now):
            return
        left = DRAWN
        for each in self._due(now):
            if self._room() <= 0 or left == 0:
                return
            left -= 1
            if await self._needs_change(each, now):
                self._start(each)

    async def close(self) -> None:
        """Stops: what is under way is cut off, answers get their buttons, and it is written what boards show."""
        self._answers.kept = False
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        with contextlib.suppress(TimeoutError, StoreError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await asyncio.gather(*(self._take_leave(each) for each in tuple(self._followed.values())))
        with contextlib.suppress(StoreError):
            await self._write_down()

    async def settled(self) -> None:
        """Returns once no change is under way; for tests and benchmarks."""
        while self._under_way:
            await asyncio.wait(self._under_way.values())

    @property
    def interval(self) -> timedelta:
        """How often each is changed: the longer the more there are."""
        return max(EVERY, timedelta(seconds=len(self._followed) / EDITS))

    async def _look(self, now: datetime) -> None:
        """Reads the list of boards where it has changed, those that the outbox has posted included."""
        await self._write_down()
        if self._swept is None or not self._swept <= now < self._swept + SWEPT_EVERY:
            self._swept = now
            await boards.forget_old(self._store, now - FROZEN_FOR, now - KEPT_FOR)
        data_version = await self._store.data_version()
        if data_version == self._data_version and self._known is not None:
            return
        await boards.take_sent(self._store, now - SENT_WITHIN)
        known = await boards.boards_stamp(self._store), await settings_version(self._store)
        if known != self._known:
            found = await boards.open_boards(self._store)
            await self._flags.look(each.race for each in found)
            self._take_up(found)
            self._known = known
        # Of a write in between nothing is missed: it causes one more look.
        self._data_version = data_version

    def _take_up(self, found: Iterable[Board]) -> None:
        """Follows the boards of the store, and no others; what is known of one that is followed already is kept."""
        before = {name: each for name, each in self._followed.items() if isinstance(each, FollowedBoard)}
        for name in before:
            del self._followed[name]
        for board in found:
            made = FollowedBoard(board, self._drawer, self._flags, self._editor, self._note)
            same = before.get(made.name)
            if same is not None and same.over:
                continue
            self._followed[made.name] = made if same is None or same.board.delay != board.delay else same

    def _note(self, board: Board) -> None:
        self._to_write[board.place] = board

    async def _write_down(self) -> None:
        written = tuple(self._to_write.values())
        if written:
            await boards.save_shown(self._store, written)
            for each in written:
                if self._to_write.get(each.place) is each:
                    del self._to_write[each.place]

    def _follow_answers(self) -> None:
        for answer in self._answers:
            if answer.interaction.id not in self._followed:
                made = FollowedAnswer(answer, self._answers, self._view, self._as_of, self._editor)
                self._followed[made.name] = made

    def _rests(self, now: datetime) -> bool:
        """Whether nothing is to be changed now: what else is to be sent goes first, or nothing gets through."""
        # The upper bound is for a clock that was set back.
        rests = self._resting_until is not None and now < self._resting_until <= now + timedelta(minutes=2)
        return rests or self._rows_wait()

    def _due(self, now: datetime) -> list[Followed]:
        """Those whose time has come, on which another flag is shown first, then who has waited longest."""
        due = []
        for name, each in tuple(self._followed.items()):
            if each.over:
                del self._followed[name]
            elif name not in self._under_way and self._is_due(each, now):
                due.append((not each.is_urgent(now), each.looked or datetime.min.replace(tzinfo=now.tzinfo), each))
        due.sort(key=lambda one: one[:2])
        return [each for _, _, each in due]

    def _is_due(self, each: Followed, now: datetime) -> bool:
        if each.not_before is not None and now < each.not_before <= now + timedelta(seconds=2 * REFUSED_SECONDS):
            return False
        # A clock that was set back makes nobody wait for longer.
        waits = each.looked is not None and each.looked <= now < each.looked + self.interval
        return not waits or each.is_urgent(now)

    def _room(self) -> int:
        """How many more may be begun now: of those that wait to be changed there are never more than a second's."""
        return 0 if len(self._under_way) >= IN_HAND else EDITS - self._waiting

    def goes_by(self, seconds: Callable[[], float]) -> None:
        """Counts the seconds of the share otherwise than by the loop's time, as where a whole race is run at once."""
        self._seconds = seconds

    def _loop_seconds(self) -> float:
        """The bot's seconds, which pass evenly however its clock is set."""
        return asyncio.get_running_loop().time() * (self._clock.speed or 1.0)

    async def _needs_change(self, each: Followed, now: datetime) -> bool:
        try:
            return await each.needs_change(now)
        except StoreError:
            raise
        except FriendlyError:
            # Its season or race is not on record any more.
            each.gone()
        except Exception:
            log.exception("what a board shows could not be drawn")
            each.not_before = now + timedelta(seconds=OWN_ERROR_SECONDS)
        return False

    def _start(self, each: Followed) -> None:
        self._waiting += 1
        self._under_way[each.name] = asyncio.create_task(self._change(each), name=f"board {each.name}")

    async def _change(self, each: Followed) -> None:
        waits = True
        try:
            await self._may_leave(each)
            self._waiting, waits = self._waiting - 1, False
            await each.change()
        except RefusedError as error:
            self._refused(each, error)
        except BusyError as error:
            each.not_before = self._clock.now() + timedelta(seconds=error.after)
            # Of an answer it may only be its token that is worth nothing any more.
            if error.everywhere and each.takes_turns:
                self._resting_until = each.not_before
        except UnsureError:
            each.not_before = self._clock.now() + timedelta(seconds=UNSURE_SECONDS)
        except Exception:
            log.exception("a board could not be changed")
            each.not_before = self._clock.now() + timedelta(seconds=OWN_ERROR_SECONDS)
        else:
            each.changed(self._clock.now())
        finally:
            self._waiting -= waits
            self._under_way.pop(each.name, None)

    async def _may_leave(self, each: Followed) -> None:
        """Waits until one more change is within the share, and for its turn among all requests.

        They go one by one, so that no more than one of them stands before anything else that is to be sent.
        """
        async with self._leaving:
            if len(self._recent) == EDITS:
                wait = self._recent[0] + WINDOW - self._seconds()
                await asyncio.sleep(max(wait, 0.0) / (self._clock.speed or 1.0))
            if each.takes_turns:
                await self._limiter.turn((LAST, next(self._numbers)))
            self._recent.append(self._seconds())

    def _refused(self, each: Followed, error: RefusedError) -> None:
        if error.missing or error.gone or error.barred or error.code == Code.THREAD_ARCHIVED or not each.takes_turns:
            # People took it away, or the bot may not change it any more: that is theirs to decide.
            each.gone()
            return
        log.warning("Discord does not take what a board shows: %s", error)
        each.not_before = self._clock.now() + timedelta(seconds=REFUSED_SECONDS)

    async def _take_leave(self, each: Followed) -> None:
        """Gives an answer its button, by which it can be asked for again: nobody keeps it current any more."""
        if isinstance(each, FollowedAnswer) and not each.over:
            each.take_leave()
            if await self._needs_change(each, self._clock.now()):
                self._waiting += 1
                await self._change(each)
