"""The settings of reminders: who may see and change them, what each choice does, and the test message."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import discord
from discord import ui

from bot.client.permissions import lacking, takes_reminders
from bot.errors import NO_MANAGER, FriendlyError
from bot.notifications.cooldowns import Cooldown
from bot.notifications.reminders import notice, start_of
from bot.notifications.schedule_planner import plan_reminders
from bot.questions.reminders import (
    ALSO,
    CHANNEL,
    DELAY,
    LATER,
    LEADS,
    OFF,
    ON,
    PERSON,
    RACE_DAY,
    ROLE,
    SERVER,
    SESSIONS,
    DelayFormQuestion,
    ReminderActionQuestion,
    ReminderChoiceQuestion,
    RemindersQuestion,
    ReminderStatusQuestion,
    RemindMeQuestion,
)
from bot.render.delays import DELAY_FIELD, delay_form, read_delay, set_to
from bot.render.forms import Form, not_kept
from bot.render.reminder_panel import OPEN, PanelFacts, before, panel, status
from bot.render.reminders import addressed, reminder
from bot.requester import Requester
from bot.seasons.live import states_told
from bot.services import Services
from db.live.held import LiveStates
from db.models import Race, RaceStatus
from db.reminders import targets, trouble
from db.reminders.models import LEADS as MINUTES
from db.reminders.models import OLD_DELAYS, Extras, NotificationKind, PlannedNotification, Target, WeekendSession
from db.reminders.outbox import recent, upcoming
from db.reminders.plans import seen_of
from db.reminders.race_day import LONGEST_DELAY, RaceDay

NO_SERVER = "Channel reminders only work in a server I've been added to; /remindme sets your own."
GONE = "That channel or role is gone; choose another."
NO_TEXT_CHANNEL = "Reminders go to a text channel; use /reminders in one, or choose one there."
BESIDE = ("board", "thread")
OPTIONS = ("changes", "results", "recap", "standings", "events")
TEST_NOTE = "-# This is a test of the reminder, which comes when it's due. Nobody was pinged."
TEST_MARK = "test"
"""The mark of a test message, which belongs to no row of the outbox."""
TEST_COOLDOWN = timedelta(seconds=30)
"""How soon the same person may send another test in the same server: everybody in the channel sees it."""


class ReminderSettings:
    """Shows and changes the settings of servers and people.

    Args:
        client: knows the servers, and sends the test message.
        services: the store, its seasons and the clock.
    """

    def __init__(self, client: discord.Client, services: Services) -> None:
        self._client = client
        self._store, self._seasons, self._clock = services.store, services.seasons, services.clock
        self._states = LiveStates(services.store)
        self._told: dict[int, datetime] = {}
        self._tests = Cooldown(services.clock, TEST_COOLDOWN, "send a test")

    async def panel(self, question: RemindersQuestion, requester: Requester) -> ui.LayoutView:
        """The settings, and what changes them."""
        return panel(await self._facts(question.whose, requester))

    async def status(self, question: ReminderStatusQuestion, requester: Requester) -> ui.LayoutView:
        """What is coming up, and what was sent."""
        facts = await self._facts(question.whose, requester)
        if facts.target is None:
            return panel(facts)
        return status(facts, await upcoming(self._store, facts.target.id), await recent(self._store, facts.target.id))

    async def act(self, question: ReminderActionQuestion, requester: Requester) -> ui.LayoutView:
        """Does what a button of the panel says: switches on or off, or sends a test."""
        if question.action == ON:
            note = await self._switch_on(question.whose, requester)
        elif question.action == OFF:
            note = "Reminders are off; your settings are kept."
            await self._change(
                question.whose, requester, lambda current: current and replace(current, on=False, off_reason=None)
            )
        else:
            note = await self._test(await self._target(question.whose, requester), requester)
        return panel(await self._facts(question.whose, requester, note))

    async def choose(
        self, question: ReminderChoiceQuestion, chosen: Sequence[str], requester: Requester
    ) -> ui.LayoutView:
        """Saves what was chosen in one of the panel's selects."""

        def changed(current: Target | None) -> Target:
            # A choice never switches anything on: an old panel may be used after reminders were switched off.
            target = current or replace(self._default(None, question.whose, requester), on=False)
            return self._changed(target, question.what, chosen)

        await self._change(question.whose, requester, changed)
        facts = await self._facts(question.whose, requester, "Saved.")
        if question.what == LATER and facts.target is not None:
            facts = replace(facts, note=f"Saved. {set_to(facts.target.extras.delay)}")
        return panel(facts)

    async def delay_form(self, question: DelayFormQuestion, requester: Requester) -> Form:
        """A form for a delay of any length."""
        target = await self._target(question.whose, requester)
        return delay_form(question, target.extras.delay if target is not None else 0)

    async def delay_written(
        self, question: DelayFormQuestion, written: Mapping[str, str], requester: Requester
    ) -> ui.LayoutView:
        """Saves the delay that was written; what is none is shown again, and nothing changes."""
        text = written[DELAY_FIELD]
        try:
            seconds = read_delay(text)
        except FriendlyError as error:
            return not_kept([text], str(error))
        await self.set_delay(question.whose, requester, seconds)
        return panel(await self._facts(question.whose, requester, f"Saved. {set_to(seconds)}"))

    async def must_be_allowed(self, whose: str, requester: Requester) -> None:
        """Raises FriendlyError where the requester may not change what is set, or it is off: then it has no effect."""
        target = await self._target(whose, requester)
        if target is None or not target.on:
            raise FriendlyError("Turn reminders on first.")

    async def set_delay(self, whose: str, requester: Requester, seconds: int) -> None:
        """Saves a delay. Raises FriendlyError where the requester may not."""

        def changed(current: Target | None) -> Target:
            target = current or replace(self._default(None, whose, requester), on=False)
            return replace(target, extras=replace(target.extras, delay=seconds))

        await self._change(whose, requester, changed)

    async def remind_me(self, question: RemindMeQuestion, requester: Requester) -> ui.LayoutView:
        """Switches the requester's own reminders on, if they are off, and shows what is set."""
        del question
        return panel(await self._facts(PERSON, requester, await self._switch_on(PERSON, requester)))

    async def unreached(self, user: int) -> Target | None:
        """A person's settings if nothing gets through to them, or the bot gave up on it, and they were not told yet."""
        target = await targets.target_of(self._store, user=user)
        if target is None:
            return None
        if target.on:
            return target if target.trouble is not None and self._told.get(user) != target.trouble.since else None
        return target if target.off_reason else None

    async def note_told(self, told: Target) -> None:
        """Notes that a person was told why their reminders do not get through, or are off."""
        if told.user is not None and told.trouble is not None:
            self._told[told.user] = told.trouble.since
            return
        await targets.change(
            self._store,
            lambda current: replace(told, off_reason=None) if current == told else None,
            self._clock.now(),
            user=told.user,
        )

    async def forget_role(self, role: discord.Role) -> None:
        """Stops pinging a role that was deleted."""
        await targets.forget_role(self._store, role.guild.id, role.id)

    async def _change(
        self, whose: str, requester: Requester, changed: Callable[[Target | None], Target | None]
    ) -> None:
        """Changes what is set in one transaction, so that two who press at once both get what they pressed."""
        await self._target(whose, requester)
        place = {"user": requester.user} if whose == PERSON else {"guild": requester.guild}
        await targets.change(self._store, changed, self._clock.now(), **place)

    async def _switch_on(self, whose: str, requester: Requester) -> str:
        """Switches reminders on, if they are off; returns what to say about it."""
        note = ""

        def on(current: Target | None) -> Target | None:
            nonlocal note
            if current is not None and current.on:
                return None
            target = replace(self._default(current, whose, requester), on=True, off_reason=None)
            if whose == PERSON:
                target, note = self._in_time(target, requester)
            else:
                target, note = self._in_open_channel(target, requester)
            return target

        await self._change(whose, requester, on)
        return note

    def _in_open_channel(self, target: Target, requester: Requester) -> tuple[Target, str]:
        """A server's settings with a channel that exists, and a note on that and on whether this race is too close."""
        note = "Reminders are on."
        guild = self._client.get_guild(requester.guild) if requester.guild is not None else None
        if guild is not None and not takes_reminders(guild, target.channel):
            target = replace(target, channel=self._here(guild, requester))
            note = f"{note} The old channel can't take them, so they go to <#{target.channel}> now."
        found = requester.as_of.next_race()
        if found is not None and WeekendSession.COVERAGE in target.sessions:
            start = start_of(found[1])
            if all(start - timedelta(minutes=lead) <= requester.as_of.now for lead in target.leads):
                note = f"{note} It's too late for this race; they start with the next one."
        return target, note

    def _here(self, guild: discord.Guild, requester: Requester) -> int:
        """The channel that the requester is in; for a thread the channel it belongs to.

        Raises:
            FriendlyError: reminders cannot be posted there.
        """
        thread = guild.get_thread(requester.channel) if requester.channel is not None else None
        channel = thread.parent_id if thread is not None else requester.channel
        if channel is None or not takes_reminders(guild, channel):
            raise FriendlyError(NO_TEXT_CHANNEL)
        return channel

    def _in_time(self, target: Target, requester: Requester) -> tuple[Target, str]:
        """A person's settings with a lead that is still ahead of the next race, if there is one; and a note on it."""
        note = "You'll get a DM from now on."
        found = requester.as_of.next_race()
        if found is None or WeekendSession.COVERAGE not in target.sessions:
            return target, note
        start = start_of(found[1])
        ahead = [lead for lead in MINUTES if start - timedelta(minutes=lead) > requester.as_of.now]
        if not ahead:
            return target, "This race has already started; you'll get a DM before the next one."
        if any(lead in ahead for lead in target.leads):
            return target, note
        # The longest lead that is left is added to those that are set.
        leads = tuple(lead for lead in MINUTES if lead in {*target.leads, ahead[0]})
        when = f"{before(ahead[0])} before coverage" if ahead[0] else "at the start of coverage"
        return replace(target, leads=leads), f"{note} For this race that's {when}; it's too late for the rest."

    async def _target(self, whose: str, requester: Requester) -> Target | None:
        """The settings in question.

        Raises:
            FriendlyError: the requester may not see them.
        """
        if whose == PERSON:
            return await targets.target_of(self._store, user=requester.user)
        if requester.guild is None or self._client.get_guild(requester.guild) is None:
            raise FriendlyError(NO_SERVER)
        if not (requester.permissions.manage_guild or requester.permissions.administrator):
            raise FriendlyError(NO_MANAGER)
        return await targets.target_of(self._store, guild=requester.guild)

    def _default(self, target: Target | None, whose: str, requester: Requester) -> Target:
        """The settings to change; the defaults if there are none yet."""
        if target is not None:
            return target
        if whose == PERSON:
            return Target(user=requester.user)
        guild = self._client.get_guild(requester.guild) if requester.guild is not None else None
        if guild is None:
            raise FriendlyError(NO_SERVER)
        return Target(guild=guild.id, channel=self._here(guild, requester))

    def _changed(self, target: Target, what: str, chosen: Sequence[str]) -> Target:
        """The settings with a choice made; values that Discord sends and that are not among the choices are ignored."""
        numbers = [int(text) for text in chosen if text.isascii() and text.isdigit()]
        guild = self._client.get_guild(target.guild) if target.guild is not None else None
        if what in {CHANNEL, ROLE}:
            return target if guild is None else _with_place(target, what, numbers, guild)
        if what == LEADS:
            return replace(target, leads=tuple(lead for lead in MINUTES if lead in numbers) or target.leads)
        if what == SESSIONS:
            return replace(target, sessions=frozenset(p for p in WeekendSession if p in chosen) or target.sessions)
        return replace(target, extras=_with_extras(target.extras, what, numbers, chosen))

    async def _test(self, target: Target | None, requester: Requester) -> str:
        """Posts the next reminder as it will look, without a ping; returns what to say about it."""
        if target is None or not target.on:
            raise FriendlyError("Turn reminders on first.")
        found = requester.as_of.next_race()
        if found is None:
            raise FriendlyError("There's no upcoming race on the schedule here, so there's nothing to show yet.")
        self._tests.use((requester.user, target.guild))
        race = found[1]
        facts = notice(requester.as_of, race, TEST_MARK, personal=target.user is not None)
        view = reminder(facts, WeekendSession.COVERAGE, start_of(race), requester.as_of.now)
        view.add_item(ui.TextDisplay(TEST_NOTE))
        view = addressed(view, target.role)
        try:
            place: discord.abc.Messageable
            if target.user is not None:
                place = await self._client.create_dm(discord.Object(target.user))
            else:
                place = self._client.get_partial_messageable(int(target.channel or 0), guild_id=target.guild)
            await place.send(view=view, allowed_mentions=discord.AllowedMentions.none())
        except discord.Forbidden:
            self._tests.give_back((requester.user, target.guild))
            where = "DM you; allow direct messages in this server's privacy settings" if target.user else "post there"
            raise FriendlyError(f"Discord won't let me {where}.") from None
        except discord.NotFound:
            self._tests.give_back((requester.user, target.guild))
            raise FriendlyError(GONE) from None
        except discord.HTTPException as error:
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            raise FriendlyError("Discord refused the test; try again later, or choose another channel.") from None
        # What waits because the place took nothing goes out now.
        await trouble.over(self._store, target.id)
        return "Test sent; nobody was pinged."

    async def _facts(self, whose: str, requester: Requester, note: str = "") -> PanelFacts:
        target = await self._target(whose, requester)
        planned = await self._next(target) if target is not None else None
        guild = self._client.get_guild(requester.guild) if requester.guild is not None and whose == SERVER else None
        lack = lacking(guild, target) if target is not None else ()
        told = await states_told(self._states, requester.as_of) if target is not None and target.on else {}
        syncs = any(held.state.under_way for held in told.values())
        return PanelFacts(whose, target, requester.channel, planned, _races(requester), lack, note, syncs)

    async def _next(self, target: Target) -> PlannedNotification | None:
        """The next reminder by what is set now, which may not be in the outbox yet."""
        now = self._clock.now()
        seasons = await self._seasons.all()
        wanted = {(each.session, each.lead) for each in target.subscriptions if each.kind is NotificationKind.REMINDER}
        # What the planner saw matters for postponed races only.
        postponed = [race for each in seasons for race in each.races if race.status is RaceStatus.POSTPONED]
        seen = {
            race.id: found
            for race in postponed
            if race.over_at > now and (found := await seen_of(self._store, race.id))
        }
        planned = (each for each in plan_reminders(seasons, seen, now) if (each.session, each.lead) in wanted)
        return min((each for each in planned if each.due_at > now), key=lambda each: each.due_at, default=None)


def _with_extras(extras: Extras, what: str, numbers: Sequence[int], chosen: Sequence[str]) -> Extras:
    """What is wanted beside reminders, with a choice made."""
    if what == DELAY:
        return replace(extras, delay=next((60 * number for number in numbers if number in OLD_DELAYS), extras.delay))
    if what == LATER:
        return replace(extras, delay=next((number for number in numbers if number <= LONGEST_DELAY), extras.delay))
    if what == RACE_DAY:
        return replace(extras, race_day=next((each for each in RaceDay if each in chosen), extras.race_day))
    names = (*OPTIONS, *BESIDE) if what == ALSO else OPTIONS
    wanted: dict[str, Any] = {name: name in chosen for name in names}
    return replace(extras, **wanted, spoiler=OPEN not in chosen)


def _with_place(target: Target, what: str, numbers: Sequence[int], guild: discord.Guild) -> Target:
    """The settings with another channel or role, which must belong to the server.

    Raises:
        FriendlyError: it does not, or no longer.
    """
    if what == CHANNEL:
        if not numbers or guild.get_channel(numbers[0]) is None:
            raise FriendlyError(GONE)
        if not takes_reminders(guild, numbers[0]):
            raise FriendlyError(NO_TEXT_CHANNEL)
        return replace(target, channel=numbers[0], trouble=None)
    if any(guild.get_role(number) is None for number in numbers):
        raise FriendlyError(GONE)
    if guild.id in numbers:
        raise FriendlyError("That would ping everyone; choose another role, or none.")
    return replace(target, role=numbers[0] if numbers else None)


def _races(requester: Requester) -> tuple[Race, ...]:
    return tuple(race for season in requester.as_of.seasons for race in season.races)
