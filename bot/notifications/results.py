"""Writes what results bring: the results, the recap, and the standings message that stays current."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from discord import ui

from bot.notifications.corrections import corrected, first_known, results_facts
from bot.notifications.reminders import race_of
from bot.notifications.results_planner import FRESH
from bot.outbox.contracts import BusyError, Post, RefusedError
from bot.outbox.delivery import TAKEN_AWAY
from bot.outbox.ordering import await_turn
from bot.render.announcements import PostOptions, recap_post, results_post, standings_post
from bot.seasons.as_of import AsOf
from bot.seasons.laps import report_for
from bot.seasons.later import seen_later
from bot.seasons.quote_reader import reader_in
from bot.seasons.recap_facts import recap_for
from db.connection import Store
from db.models import Race, Season
from db.reminders.earlier_rows import last_sent, may_be_there, versions_sent
from db.reminders.models import NotificationKind, OutboxRow, Target
from db.reminders.results_seen import results_of


class ResultsWriter:
    """Writes the messages of results, recaps and standings.

    Args:
        store: holds editors' texts, quotes, and which message the standings are in.
        as_of: returns what is known now.
    """

    def __init__(self, store: Store, as_of: Callable[[], Awaitable[AsOf]]) -> None:
        self._store = store
        self._as_of = as_of

    async def results(self, row: OutboxRow, target: Target) -> Post | None:
        """The results of the row's race, as an edit of those that were posted; None if it no longer has any.

        Raises:
            BusyError: an earlier row may be on its way; only after it is it known which message there is to edit.
            RefusedError: there is no message to correct any more.
        """
        await await_turn(self._store, row, same_race=True)
        as_of = await self._told_to(target, row)
        found = _run(as_of, row)
        if found is None:
            return None
        before = await self._posted(row, target, found[1], as_of.now)
        # Laps that come later bring no correction: the next one, if there is any, tells of them.
        report = await report_for(self._store, as_of, found[1])
        return _edit(results_post(*found, await self._options(row, target, *found), as_of.now, report), before)

    async def recap(self, row: OutboxRow, target: Target) -> Post | None:
        """The recap of the row's race, like the results."""
        await await_turn(self._store, row, same_race=True)
        as_of = await self._told_to(target, row)
        found = _run(as_of, row)
        if found is None:
            return None
        season, race = found
        before = await self._posted(row, target, race, as_of.now)
        recap = await recap_for(self._store, as_of, reader_in(as_of, target.guild), race)
        options = await self._options(row, target, season, race)
        return _edit(recap_post(recap, as_of.computed(season), options, as_of.now), before)

    async def _told_to(self, target: Target, row: OutboxRow) -> AsOf:
        """What a target is told by now.

        Raises:
            BusyError: not the row's own race yet: the delay was set longer since the row was planned.
        """
        as_of = seen_later(await self._as_of(), target.extras.delay)
        if (row.notification.season, row.notification.round) in as_of.held_back:
            raise BusyError("it is told later here")
        return as_of

    async def _posted(self, row: OutboxRow, target: Target, race: Race, now: datetime) -> OutboxRow | None:
        """The row that was posted before, whose message is to be corrected.

        Raises:
            RefusedError: there is none any more, or none that is known to be there.
        """
        due = row.notification
        before = await last_sent(self._store, target.id, due.kind, due.subject)
        if before is not None and before.message is None:
            raise RefusedError(TAKEN_AWAY, missing=True)
        if before is None and (now >= race.known_at(now) + FRESH or await may_be_there(self._store, row)):
            raise RefusedError("it is not known which message to correct", missing=True)
        return before

    async def _options(self, row: OutboxRow, target: Target, season: Season, race: Race) -> PostOptions:
        """With what was corrected since the first version that its readers saw."""
        first = first_known(await versions_sent(self._store, row), await results_of(self._store, race.id))
        line = corrected(first, results_facts(season, race)) if first is not None else ""
        return replace(_options(row, target), corrected=line)

    async def standings(self, row: OutboxRow, target: Target) -> Post | None:
        """The standings, as an edit of the message in the target's channel, or as a new one if there is none.

        They go no further than the row's own race: the outcome of the next one may still be delayed for this target.

        Raises:
            BusyError: an earlier row may be on its way; only after it is it known which message there is to edit.
        """
        await await_turn(self._store, row)
        as_of = await self._told_to(target, row)
        found = race_of(as_of.seasons, row)
        if found is None:
            return None
        season, race = found
        then = as_of.computed_after(season, race.round)
        if not then.season.run:
            return None
        later = (each.over_at - timedelta(seconds=1) for each in season.run if each.day_run > race.day_run)
        view = standings_post(then, _options(row, target), min([as_of.now, *later]))
        before = await last_sent(self._store, target.id, NotificationKind.STANDINGS)
        there = before is not None and before.channel == (row.channel or target.channel)
        return Post(view, edit=before.message if before is not None and there else None)


def _options(row: OutboxRow, target: Target) -> PostOptions:
    covered = target.extras.spoiler and row.notification.kind is not NotificationKind.STANDINGS
    return PostOptions(row.mark, personal=target.user is not None, covered=covered)


def _edit(view: ui.LayoutView, before: OutboxRow | None) -> Post:
    """A post that corrects the message of an earlier row, if there is one."""
    if before is None:
        return Post(view)
    return Post(view, edit=before.message, edit_in=before.channel, correction=True)


def _run(as_of: AsOf, row: OutboxRow) -> tuple[Season, Race] | None:
    """The row's race and its season, if the race has results."""
    found = race_of(as_of.seasons, row)
    return found if found is not None and found[0].results.get(found[1].round) else None
