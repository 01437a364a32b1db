"""The settings of the quote of the day: in which channel it is posted, and at which hour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import discord
from discord import ui

from bot.client.permissions import missing
from bot.errors import FriendlyError
from bot.notifications.quote_of_the_day import day_of, due_at
from bot.questions.quotes import DayHourQuestion, DayPastQuestion, DayQuestion, DaySettingQuestion
from bot.quotes.permissions import NO_SERVER, must_manage
from bot.render.quote_panels import DayFacts, day_panel
from bot.render.trouble import trouble_line
from bot.requester import Requester
from bot.services import Services
from db.models import EASTERN
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind, OutboxRow, Purpose, RowState, Target
from db.reminders.outbox import recent


class QuoteOfTheDaySettings:
    """Shows and changes a server's quote of the day.

    Args:
        client: knows the servers.
        services: the store and the clock.
    """

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._store, self._clock = services.store, services.clock

    async def show(self, question: DayQuestion, requester: Requester) -> ui.LayoutView:
        """Shows what is set; first sets the question's channel, or switches the quote of the day off."""
        if question.channel:
            return await self.set(DaySettingQuestion(question.channel), requester)
        guild = self._guild(requester)
        if question.off:
            await self._change(guild.id, lambda current: current and replace(current, on=False, off_reason=None))
        return await self._panel(guild.id, requester.as_of.now)

    async def set(
        self, question: DaySettingQuestion, requester: Requester, *, past: bool | None = None
    ) -> ui.LayoutView:
        """Sets the channel, the hour, whether the day's past is told, or some of these, and shows what is set.

        Raises:
            FriendlyError: the channel is not one of the server's, or the bot may not post there; or none was given and
                none is set.
        """
        guild = self._guild(requester)
        channel = _open_channel(guild, question.channel).id if question.channel else None

        def changed(current: Target | None) -> Target | None:
            target = current or Target(guild=guild.id, purpose=Purpose.QUOTES, leads=(), sessions=frozenset(), on=False)
            if channel is not None:
                target = replace(target, channel=channel, on=True, off_reason=None, trouble=None)
            elif target.channel is None:
                raise FriendlyError("Choose a channel first: use /quote-of-the-day with a channel.")
            hour = target.extras.quote_hour if question.hour is None else question.hour
            told = target.extras.on_this_day if past is None else past
            return replace(target, extras=Extras(quote_hour=hour, on_this_day=told))

        if question.channel or question.hour is not None or past is not None:
            await self._change(guild.id, changed)
        return await self._panel(guild.id, requester.as_of.now)

    async def set_past(self, question: DayPastQuestion, requester: Requester) -> ui.LayoutView:
        """Sets whether the day's past is told, and what else the question names. Raises what ``set`` raises."""
        setting = DaySettingQuestion(question.channel, question.hour)
        return await self.set(setting, requester, past=question.past == "on")

    async def choose_hour(
        self, question: DayHourQuestion, chosen: Sequence[str], requester: Requester
    ) -> ui.LayoutView:
        """Saves the hour that was chosen in the panel's select."""
        del question
        hour = next((int(text) for text in chosen if text in {str(each) for each in range(24)}), None)
        return await self.set(DaySettingQuestion(hour=hour), requester)

    async def _panel(self, guild: int, now: datetime) -> ui.LayoutView:
        target = await targets.target_of(self._store, guild=guild, purpose=Purpose.QUOTES)
        if target is None:
            return day_panel(DayFacts(None, now), now)
        last = next(
            (each for each in await recent(self._store, target.id) if each.notification.kind is NotificationKind.QUOTE),
            None,
        )
        hour = target.extras.quote_hour
        since = int(_switched_off_at(target, last).timestamp()) if target.off_reason else None
        return day_panel(
            DayFacts(
                target.channel if target.on else None,
                _next(hour, now, last),
                target.off_reason,
                since,
                hour,
                None if target.on else target.channel,
                trouble_line(target, target.trouble) if target.trouble is not None else "",
                past=target.extras.on_this_day,
            ),
            now,
        )

    async def _change(self, guild: int, changed: Callable[[Target | None], Target | None]) -> None:
        await targets.change(self._store, changed, self._clock.now(), guild=guild, purpose=Purpose.QUOTES)

    def _guild(self, requester: Requester) -> discord.Guild:
        """The server that the requester manages, and of which the bot is a member."""
        guild = self._client.get_guild(must_manage(requester))
        if guild is None:
            raise FriendlyError(NO_SERVER)
        return guild


def _next(hour: int, now: datetime, last: OutboxRow | None) -> datetime:
    """When the next quote is due; in the past if today's is late."""
    today = now.astimezone(EASTERN).date()
    had = last is not None and day_of(last) == today
    return due_at(today + timedelta(days=1) if had else today, hour)


def _switched_off_at(target: Target, last: OutboxRow | None) -> datetime:
    """When the bot switched a target off: with the last row, if that failed, and else when it was last saved."""
    saved = target.since or datetime.min.replace(tzinfo=EASTERN)
    if last is None or last.state is not RowState.FAILED:
        return saved
    return max(saved, last.tried_at or saved)


def _open_channel(guild: discord.Guild, number: int) -> discord.TextChannel:
    """The text channel with an id.

    Raises:
        FriendlyError: the server has none, or the bot may not post there.
    """
    channel = guild.get_channel(number)
    if not isinstance(channel, discord.TextChannel):
        raise FriendlyError("That isn't a text channel in this server, or I can't see it.")
    lacking = missing(channel)
    if lacking:
        raise FriendlyError(f"I need {' and '.join(lacking)} in #{channel.name}; grant that and try again.")
    return channel
