"""A process's way to Discord: what the outbox calls its sender, and the calendar of scheduled events.

A request that has left arrives, whatever becomes of the process that made it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from discord import ui

from bot.discord_errors import Code
from bot.interactions.live_answers import LiveAnswer
from bot.notifications.scheduled_events import Listed, RaceEvent
from bot.outbox.contracts import BusyError, FoundMessage, Post, RefusedError, UnsureError
from bot.outbox.rate_limit import leaves
from tests.simulation.discord_model import SLOW, Discord, Fate, ScheduledEvent, signature_of

T = TypeVar("T")

SHORTEST = 0.001


class Host(Protocol):
    """The process at this end of a line."""

    started_at: float

    def moment(self, name: str) -> None:
        """Something of note happens; the process may be stopped or killed right here."""

    def sends(self, mark: str) -> None:
        """A message with such a mark is handed over to be sent."""


class Line:
    """One process's way to Discord; an ``outbox.contracts.Sender`` and a ``scheduled_events.Calendar``.

    Attributes:
        sending: marks of messages whose request is under way.
        cut_off: called with the mark of a message of which the process never learns what became of it.
    """

    patience = 30.0
    ready = True

    def __init__(self, discord: Discord, host: Host, cut_off: Callable[[str], None]) -> None:
        self._discord, self._host = discord, host
        self.sending: set[str] = set()
        self._cut_off = cut_off
        self.dead = False
        self._asking: dict[object, tuple[int, float]] = {}

    def cut(self) -> None:
        """The process is dead; what waited for an answer has been in trouble since it asked."""
        self.dead = True
        for place, began in self._asking.values():
            self._discord.trouble(place, began, self._discord.timeline.now)

    async def clear(self) -> None:
        while (wait := self._discord.limited_until - self._discord.timeline.now) > 0:  # noqa: ASYNC110 - only time
            await asyncio.sleep(max(wait, SHORTEST))

    async def send(self, channel: int, post: Post, nonce: str) -> int:
        mark, _ = signature_of(post)
        self.sending.add(mark)
        self._host.sends(mark)
        try:
            return await self._ask(channel, lambda: self._discord.post(channel, nonce, post), posts=True)
        except (UnsureError, asyncio.CancelledError):
            # An orderly stop does not wait for it for ever.
            self._cut_off(mark)
            raise
        finally:
            if not self.dead:
                self.sending.discard(mark)

    async def edit(self, channel: int, message: int, post: Post) -> None:
        await self._ask(channel, lambda: self._discord.edit(channel, message, post))

    async def rewrite(self, channel: int, message: int, body: Mapping[str, Any]) -> None:
        drawn = self._discord.timeline.now
        await self._ask(channel, lambda: self._discord.rewrite(channel, message, body, drawn))

    async def rewrite_view(self, channel: int, message: int, view: ui.LayoutView) -> None:
        raise NotImplementedError("nobody asks for a board here")

    async def rewrite_answer(self, answer: LiveAnswer, view: ui.LayoutView) -> None:
        raise NotImplementedError("nobody asks for an answer here")

    async def delete(self, channel: int, message: int) -> None:
        await self._ask(channel, lambda: self._discord.delete(channel, message))

    async def open(self, user: int) -> int:
        return await self._ask(user * 10, lambda: user * 10)

    async def history(self, channel: int, *, after: int | None = None, before: int | None = None) -> list[FoundMessage]:
        return await self._ask(channel, lambda: self._discord.page(channel, after, before))

    def reads_history(self, channel: int) -> bool | None:
        if self._discord.timeline.now - self._host.started_at < self._discord.story.told:
            return None
        return self._discord.can_read(channel)

    def may_keep(self, guild: int) -> bool | None:
        if self._discord.timeline.now - self._host.started_at < self._discord.story.told:
            raise BusyError("not connected yet", 5.0)
        return self._discord.may_make_events(guild)

    async def events(self, guild: int) -> list[Listed]:
        def listed() -> list[Listed]:
            now = self._discord.clock()
            return [
                Listed(each.id, each.content, begun=each.content.start <= now)
                for each in self._discord.events
                if each.guild == guild and each.content.end > now
            ]

        return await self._ask(guild, listed)

    async def create(self, guild: int, content: RaceEvent) -> int:
        def made() -> int:
            if not self._discord.may_make_events(guild):
                raise RefusedError("Missing Permissions", barred=True, code=Code.MISSING_PERMISSIONS)
            if self._discord.full.get(guild, -1.0) > self._discord.timeline.now:
                raise RefusedError("Maximum number of events", code=Code.TOO_MANY_EVENTS)
            new = ScheduledEvent(self._discord.new_id(), guild, content)
            self._discord.events.append(new)
            self._discord.say(f"server {guild}: event {new.id} {content.name} at {content.start}")
            return new.id

        return await self._ask(guild, made)

    async def edit_event(self, guild: int, event: int, content: RaceEvent) -> None:
        def changed() -> None:
            self._event(guild, event).content = content
            self._discord.say(f"server {guild}: event {event} is at {content.start} now")

        await self._ask(guild, changed)

    async def delete_event(self, guild: int, event: int) -> None:
        def removed() -> None:
            self._discord.events.remove(self._event(guild, event))
            self._discord.say(f"server {guild}: event {event} is removed")

        await self._ask(guild, removed)

    def _event(self, guild: int, event: int) -> ScheduledEvent:
        for each in self._discord.events:
            if each.id == event and each.guild == guild:
                return each
        raise RefusedError("Unknown Event", code=Code.UNKNOWN_EVENT)

    async def _ask(self, place: int, effect: Callable[[], T], *, posts: bool = False) -> T:
        discord, timeline, began = self._discord, self._discord.timeline, self._discord.timeline.now
        asking = object()
        self._asking[asking] = place, began
        try:
            async with asyncio.timeout(self.patience):
                return await self._answer(place, effect, posts=posts)
        except (TimeoutError, UnsureError):
            discord.trouble(place, began, timeline.now)
            discord.unanswered.setdefault(place, []).append(began)
            raise UnsureError("no answer, or half of one") from None
        except BusyError:
            discord.trouble(place, began, timeline.now)
            raise
        except RefusedError as error:
            # It is from when the process hears of it, which may have stood still, that it leaves the place alone.
            if error.barred:
                discord.refused.setdefault(place, []).append(timeline.now)
            raise
        finally:
            del self._asking[asking]
            if timeline.now - began > SLOW:
                discord.trouble(place, began, timeline.now)

    async def _answer(self, place: int, effect: Callable[[], T], *, posts: bool) -> T:
        discord, timeline = self._discord, self._discord.timeline
        await self._leave(place, posts=posts)
        fate = discord.fate(posts=posts)
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        timeline.after(fate.up, lambda: self._land(fate, effect, answered))
        result = await answered
        self._host.moment("answered")
        return result  # type: ignore[no-any-return]

    def _land(self, fate: Fate, effect: Callable[[], Any], answered: asyncio.Future[Any]) -> None:
        """A request arrives at Discord, whatever has become of the process that made it."""
        result: Any = None
        error: Exception | None = None
        if fate.takes_effect:
            try:
                result = effect()
            except RefusedError as refused:
                error = refused
        if not self.dead:
            self._host.moment("lands")
        if fate.answer == "nothing":
            return
        if fate.answer == "cut":
            error = UnsureError("the connection was cut")
        elif fate.answer == "limited":
            error = BusyError("slow down", 5.0)
        self._discord.timeline.after(fate.down, lambda: self._answered(answered, result, error))

    def _answered(self, answered: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
        if self.dead or answered.done():
            return
        if error is None:
            answered.set_result(result)
        else:
            answered.set_exception(error)

    async def _leave(self, place: int, *, posts: bool) -> None:
        """Waits for Discord's limits, as discord.py does within the same request, and for the way to be free."""
        discord, timeline = self._discord, self._discord.timeline
        self._host.moment("asked")
        leaves()
        discord.asked()
        while (wait := discord.wait(place, posts=posts)) > 0:  # noqa: ASYNC110 - only time
            # A wait too short to be seen on the clock would never end.
            await asyncio.sleep(max(wait, SHORTEST))
        await asyncio.sleep(0)
        self._host.moment("leaves")
        if discord.unreachable_until > timeline.now:
            await asyncio.sleep(0.01)
            raise BusyError("Discord can't be reached", 5.0, everywhere=True)


class Calendar:
    """A line's scheduled events, under the names that the calendar has for them."""

    def __init__(self, line: Line) -> None:
        self.may_keep, self.events, self.create = line.may_keep, line.events, line.create
        self.edit, self.delete = line.edit_event, line.delete_event
