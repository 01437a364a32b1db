"""Writes what results bring: the results, the recap, and the standings message that stays current."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.outbox.contracts import Post
from bot.outbox.ordering import await_turn
from bot.render.announcements import PostOptions, recap_post, results_post, standings_post
from bot.seasons.as_of import AsOf
from bot.seasons.quote_reader import reader_in
from bot.seasons.recap_facts import recap_for
from db.connection import Store
from db.models import Race, Season
from db.reminders.earlier_rows import last_sent
from db.reminders.models import NotificationKind, OutboxRow, Target


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
        """The results of the row's race; None if it no longer has any."""
        as_of = await self._as_of()
        found = _run(as_of, row)
        return Post(results_post(*found, _options(row, target), as_of.now)) if found else None

    async def recap(self, row: OutboxRow, target: Target) -> Post | None:
        """The recap of the row's race; None if it no longer has results."""
        as_of = await self._as_of()
        found = _run(as_of, row)
        if found is None:
            return None
        season, race = found
        recap = await recap_for(self._store, as_of, reader_in(as_of, target.guild), race)
        return Post(recap_post(recap, as_of.computed(season), _options(row, target), as_of.now))

    async def standings(self, row: OutboxRow, target: Target) -> Post | None:
        """The standings, as an edit of the message in the target's channel, or as a new one if there is none.

        They go no further than the row's own race: the outcome of the next one may still be delayed for this target.

        Raises:
            BusyError: an earlier row may be on its way; only after it is it known which message there is to edit.
        """
        await await_turn(self._store, row)
        as_of = await self._as_of()
        season = _season(as_of, row)
        if season is None or season.race(row.notification.round) is None:
            return None
        then = as_of.computed_after(season, row.notification.round)
        if not then.season.run:
            return None
        later = (race.over_at - timedelta(seconds=1) for race in season.run if race.round > row.notification.round)
        view = standings_post(then, _options(row, target), min([as_of.now, *later]))
        before = await last_sent(self._store, target.id, NotificationKind.STANDINGS)
        there = before is not None and before.channel == (row.channel or target.channel)
        return Post(view, edit=before.message if before is not None and there else None)


def _options(row: OutboxRow, target: Target) -> PostOptions:
    covered = target.extras.spoiler and row.notification.kind is not NotificationKind.STANDINGS
    return PostOptions(row.mark, personal=target.user is not None, covered=covered)


def _season(as_of: AsOf, row: OutboxRow) -> Season | None:
    return next((season for season in as_of.seasons if season.year == row.notification.season), None)


def _run(as_of: AsOf, row: OutboxRow) -> tuple[Season, Race] | None:
    """The row's race and its season, if the race has results."""
    season = _season(as_of, row)
    race = season.race(row.notification.round) if season else None
    return (season, race) if season and race and season.results.get(race.round) else None
