"""/reminders and /remindme: when a server's channel, or a person, is told that coverage is about to start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Literal

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.client.tailgate_bot import TailgateBot
from bot.errors import NO_MANAGER, FriendlyError
from bot.notifications.reminders import announced, lacking, start_of, takes_reminders
from bot.notifications.schedule_planner import reminder_slots
from bot.questions.reminders import (
    CHANNEL,
    DELAY,
    LEADS,
    OFF,
    ON,
    PERSON,
    ROLE,
    SERVER,
    SESSIONS,
    ReminderChoiceQuestion,
    ReminderDeedQuestion,
    RemindersQuestion,
    ReminderStatusQuestion,
    RemindMeQuestion,
)
from bot.render.reminder_panel import OPEN, PanelFacts, before, panel, status
from bot.render.reminders import addressed, reminder
from bot.requester import Requester
from db.models import Race, RaceStatus
from db.reminders import targets
from db.reminders.models import DELAYS, Extras, Kind, Part, Slot, Target
from db.reminders.models import LEADS as MINUTES
from db.reminders.outbox import recent, upcoming
from db.reminders.plans import seen_of

NO_SERVER = "Channel reminders only work in a server I've been added to; /remindme sets your own."
GONE = "That channel or role is gone; choose another."
NO_TEXT_CHANNEL = "Reminders go to a text channel; use /reminders in one, or choose one there."
OPTIONS = ("changes", "results", "recap", "standings", "events")
TRIED = "-# This is a test of the reminder, which comes when it's due. Nobody was pinged."
TEST = "test"
"""The mark of a message that nobody was due."""


class Reminders(commands.Cog):
    """Setting reminders, and looking after them."""

    def __init__(self, bot: TailgateBot) -> None:
        self.bot = bot
        self.store = bot.services.store
        answers = bot.router
        answers.register(RemindersQuestion, self.answer_panel)
        answers.register(ReminderStatusQuestion, self.answer_status)
        answers.register(ReminderDeedQuestion, self.answer_deed)
        answers.register_choice(ReminderChoiceQuestion, self.take_choice)
        answers.register(RemindMeQuestion, self.answer_remind_me)

    @app_commands.command(
        name="reminders", description="Race reminders for this server: channel, role to ping, how far ahead"
    )
    @app_commands.describe(show="Settings, or what's coming up and what was sent")
    @app_commands.guild_only()
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.default_permissions(manage_guild=True)
    async def reminders(
        self, interaction: discord.Interaction[TailgateBot], show: Literal["settings", "status"] = "settings"
    ) -> None:
        question = ReminderStatusQuestion(SERVER) if show == "status" else RemindersQuestion(SERVER)
        await self.bot.router.reply(interaction, question, private=True)

    @app_commands.command(name="remindme", description="Your own race reminders, by DM")
    @app_commands.describe(show="Settings, or what's coming up and what was sent")
    async def remindme(
        self, interaction: discord.Interaction[TailgateBot], show: Literal["settings", "status"] = "settings"
    ) -> None:
        question = ReminderStatusQuestion(PERSON) if show == "status" else RemindersQuestion(PERSON)
        await self.bot.router.reply(interaction, question, private=True)

    async def answer_panel(self, question: RemindersQuestion, requester: Requester) -> ui.LayoutView:
        return panel(await self._facts(question.whose, requester))

    async def answer_status(self, question: ReminderStatusQuestion, requester: Requester) -> ui.LayoutView:
        facts = await self._facts(question.whose, requester)
        if facts.target is None:
            return panel(facts)
        return status(facts, await upcoming(self.store, facts.target.id), await recent(self.store, facts.target.id))

    async def answer_deed(self, question: ReminderDeedQuestion, requester: Requester) -> ui.LayoutView:
        if question.deed == ON:
            note = await self._switch_on(question.whose, requester)
        elif question.deed == OFF:
            note = "Reminders are off; your settings are kept."
            await self._change(
                question.whose, requester, lambda held: held and replace(held, on=False, off_reason=None)
            )
        else:
            note = await self._test(await self._target(question.whose, requester), requester)
        return panel(await self._facts(question.whose, requester, note))

    async def take_choice(
        self, question: ReminderChoiceQuestion, chosen: Sequence[str], requester: Requester
    ) -> ui.LayoutView:
        def changed(held: Target | None) -> Target:
            # Whether it is on is not chosen here: an old panel may be pressed after somebody switched it off.
            target = held or replace(self._begun(None, question.whose, requester), on=False)
            return self._changed(target, question.what, chosen)

        await self._change(question.whose, requester, changed)
        return panel(await self._facts(question.whose, requester, "Saved."))

    async def answer_remind_me(self, question: RemindMeQuestion, requester: Requester) -> ui.LayoutView:
        """Switches his own reminders on, if they are not, and shows what is set."""
        del question
        return panel(await self._facts(PERSON, requester, await self._switch_on(PERSON, requester)))

    async def _change(
        self, whose: str, requester: Requester, changed: Callable[[Target | None], Target | None]
    ) -> None:
        """Makes of what is set what is to be, so that two who press at once both get what they pressed."""
        await self._target(whose, requester)
        place = {"user": requester.user} if whose == PERSON else {"guild": requester.guild}
        await targets.change(self.store, changed, self.bot.services.clock.now(), **place)

    async def _switch_on(self, whose: str, requester: Requester) -> str:
        """Switches reminders on, if they are not; returns what to say of it."""
        note = ""

        def on(held: Target | None) -> Target | None:
            nonlocal note
            if held is not None and held.on:
                return None
            begun = replace(self._begun(held, whose, requester), on=True, off_reason=None)
            if whose == PERSON:
                begun, note = self._in_time(begun, requester)
            else:
                begun, note = self._reopened(begun, requester)
            return begun

        await self._change(whose, requester, on)
        return note

    def _reopened(self, target: Target, requester: Requester) -> tuple[Target, str]:
        """A server's settings in a channel that is there, and a word on that and on whether it is too late already."""
        note = "Reminders are on."
        guild = self.bot.get_guild(requester.guild) if requester.guild is not None else None
        if guild is not None and not takes_reminders(guild, target.channel):
            target = replace(target, channel=self._here(guild, requester))
            note = f"{note} The old channel can't take them, so they go to <#{target.channel}> now."
        found = requester.as_of.next_race()
        if found is not None and Part.COVERAGE in target.sessions:
            start = start_of(found[1])
            if all(start - timedelta(minutes=lead) <= requester.as_of.now for lead in target.leads):
                note = f"{note} It's too late for this race; they start with the next one."
        return target, note

    def _here(self, guild: discord.Guild, requester: Requester) -> int:
        """The channel in which somebody asks, a thread's own where he asks in one.

        Raises:
            FriendlyError: reminders cannot be posted there.
        """
        thread = guild.get_thread(requester.channel) if requester.channel is not None else None
        channel = thread.parent_id if thread is not None else requester.channel
        if channel is None or not takes_reminders(guild, channel):
            raise FriendlyError(NO_TEXT_CHANNEL)
        return channel

    def _in_time(self, target: Target, requester: Requester) -> tuple[Target, str]:
        """The settings so that they still remind of the next race, where that is possible; and a word on it."""
        note = "You'll get a DM from now on."
        found = requester.as_of.next_race()
        if found is None or Part.COVERAGE not in target.sessions:
            return target, note
        start = start_of(found[1])
        ahead = [lead for lead in MINUTES if start - timedelta(minutes=lead) > requester.as_of.now]
        if not ahead:
            return target, "This race has already started; you'll get a DM before the next one."
        if any(lead in ahead for lead in target.leads):
            return target, note
        # The longest that is left, beside what he has.
        leads = tuple(lead for lead in MINUTES if lead in {*target.leads, ahead[0]})
        when = f"{before(ahead[0])} before coverage" if ahead[0] else "at the start of coverage"
        return replace(target, leads=leads), f"{note} For this race that's {when}; it's too late for the rest."

    async def _target(self, whose: str, requester: Requester) -> Target | None:
        """The settings asked for; raises FriendlyError where the requester may not see them."""
        if whose == PERSON:
            return await targets.target_of(self.store, user=requester.user)
        if requester.guild is None or self.bot.get_guild(requester.guild) is None:
            raise FriendlyError(NO_SERVER)
        if not (requester.permissions.manage_guild or requester.permissions.administrator):
            raise FriendlyError(NO_MANAGER)
        return await targets.target_of(self.store, guild=requester.guild)

    def _begun(self, target: Target | None, whose: str, requester: Requester) -> Target:
        """The settings to change; where there are none yet, the usual ones."""
        if target is not None:
            return target
        if whose == PERSON:
            return Target(user=requester.user)
        guild = self.bot.get_guild(requester.guild) if requester.guild is not None else None
        if guild is None:
            raise FriendlyError(NO_SERVER)
        return Target(guild=guild.id, channel=self._here(guild, requester))

    def _changed(self, target: Target, what: str, chosen: Sequence[str]) -> Target:
        """The settings with a choice made; what comes from Discord is looked up, and the rest of it left aside."""
        numbers = [int(text) for text in chosen if text.isascii() and text.isdigit()]
        guild = self.bot.get_guild(target.guild) if target.guild is not None else None
        if what in {CHANNEL, ROLE}:
            return target if guild is None else _placed(target, what, numbers, guild)
        if what == LEADS:
            return replace(target, leads=tuple(lead for lead in MINUTES if lead in numbers) or target.leads)
        if what == SESSIONS:
            return replace(target, sessions=frozenset(p for p in Part if p in chosen) or target.sessions)
        held_back = target.extras.results_delay
        if what == DELAY:
            delay = next((number for number in numbers if number in DELAYS), held_back)
            return replace(target, extras=replace(target.extras, results_delay=delay))
        wanted = {name: name in chosen for name in OPTIONS}
        return replace(target, extras=Extras(**wanted, spoiler=OPEN not in chosen, results_delay=held_back))

    async def _test(self, target: Target | None, requester: Requester) -> str:
        """Posts the next reminder as it will look, without a ping; returns what to say of it."""
        if target is None or not target.on:
            raise FriendlyError("Turn reminders on first.")
        found = requester.as_of.next_race()
        if found is None:
            raise FriendlyError("There's no upcoming race on the schedule here, so there's nothing to show yet.")
        race = found[1]
        told = announced(requester.as_of, race, TEST, personal=target.user is not None)
        view = reminder(told, Part.COVERAGE, start_of(race), requester.as_of.now)
        view.add_item(ui.TextDisplay(TRIED))
        view = addressed(view, target.role)
        try:
            place: discord.abc.Messageable
            if target.user is not None:
                place = await self.bot.create_dm(discord.Object(target.user))
            else:
                place = self.bot.get_partial_messageable(int(target.channel or 0), guild_id=target.guild)
            await place.send(view=view, allowed_mentions=discord.AllowedMentions.none())
        except discord.Forbidden:
            where = "DM you; allow direct messages in this server's privacy settings" if target.user else "post there"
            raise FriendlyError(f"Discord won't let me {where}.") from None
        except discord.NotFound:
            raise FriendlyError(GONE) from None
        except discord.HTTPException as error:
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            raise FriendlyError("Discord refused the test; try again later, or choose another channel.") from None
        return "Test sent; nobody was pinged."

    async def _facts(self, whose: str, requester: Requester, note: str = "") -> PanelFacts:
        target = await self._target(whose, requester)
        planned = await self._next(target) if target is not None else None
        guild = self.bot.get_guild(requester.guild) if requester.guild is not None and whose == SERVER else None
        lack = lacking(guild, target) if target is not None else ()
        return PanelFacts(whose, target, requester.channel, planned, _races(requester), lack, note)

    async def _next(self, target: Target) -> Slot | None:
        """The reminder that comes next by what is set now, which the outbox may not have heard of yet."""
        now = self.bot.services.clock.now()
        seasons = await self.bot.services.seasons.all()
        wanted = {(wish.session, wish.lead) for wish in target.wishes if wish.kind is Kind.REMINDER}
        # Of these alone the planner knows more than the schedule says.
        put_off = [race for each in seasons for race in each.races if race.status is RaceStatus.POSTPONED]
        seen = {
            (race.season, race.round): found
            for race in put_off
            if race.over_at > now and (found := await seen_of(self.store, race.season, race.round))
        }
        slots = (each for each in reminder_slots(seasons, seen, now) if (each.session, each.lead) in wanted)
        return min((each for each in slots if each.due_at > now), key=lambda each: each.due_at, default=None)

    @commands.Cog.listener()
    async def on_app_command_completion(
        self,
        interaction: discord.Interaction[TailgateBot],
        command: app_commands.Command[Reminders, ..., None] | app_commands.ContextMenu,
    ) -> None:
        """Tells a person whose direct messages did not get through, the next time he asks for anything."""
        if command.qualified_name == "remindme":
            return
        mine = await targets.target_of(self.store, user=interaction.user.id)
        if mine is not None and not mine.on and mine.off_reason:
            line = f"Your reminders are off: {mine.off_reason.rstrip('.')}. /remindme turns them back on."
            await interaction.followup.send(line, ephemeral=True)
            # Only now: what did not get through is said again.
            await targets.change(
                self.store,
                lambda held: replace(mine, off_reason=None) if held == mine else None,
                self.bot.services.clock.now(),
                user=interaction.user.id,
            )

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Mentions nobody where the role to mention was deleted."""
        await targets.forget_role(self.store, role.guild.id, role.id)


def _placed(target: Target, what: str, numbers: Sequence[int], guild: discord.Guild) -> Target:
    """The settings with another channel or role, which must be the server's.

    Raises:
        FriendlyError: it is not, or no longer.
    """
    if what == CHANNEL:
        if not numbers or guild.get_channel(numbers[0]) is None:
            raise FriendlyError(GONE)
        if not takes_reminders(guild, numbers[0]):
            raise FriendlyError(NO_TEXT_CHANNEL)
        return replace(target, channel=numbers[0])
    if any(guild.get_role(number) is None for number in numbers):
        raise FriendlyError(GONE)
    if guild.id in numbers:
        raise FriendlyError("That would ping everyone; choose another role, or none.")
    return replace(target, role=numbers[0] if numbers else None)


def _races(requester: Requester) -> tuple[Race, ...]:
    return tuple(race for season in requester.as_of.seasons for race in season.races)


async def setup(bot: TailgateBot) -> None:
    await bot.add_cog(Reminders(bot))
