"""From a row of the outbox to what is posted once a race is run: results, recap, and standings that stay current."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.outbox.contracts import BusyError, Post
from bot.quotes.service import reader_in
from bot.render.announcements import Sent, recap_post, results_post, standings_post
from bot.seasons.as_of import AsOf
from bot.seasons.recap_facts import recap_for
from db.connection import Store
from db.models import Race, Season
from db.reminders.models import Kind, Row, Target
from db.reminders.outbox import last_sent, upcoming

AGAIN_SECONDS = 5.0
"""When to look again whether an earlier row is through."""
MANY = 1000
"""More rows than can wait for one target."""


class ResultsWriter:
    """Makes the messages of results, recaps and standings.

    Args:
        store: holds what an editor wrote of a race, what was said there, and which message the standings are in.
        as_of: what is known now.
    """

    def __init__(self, store: Store, as_of: Callable[[], Awaitable[AsOf]]) -> None:
        self._store = store
        self._as_of = as_of

    async def results(self, row: Row, target: Target) -> Post | None:
        """None where the race has no results any more."""
        as_of = await self._as_of()
        found = _run(as_of, row)
        return Post(results_post(*found, _sent(row, target), as_of.now)) if found else None

    async def recap(self, row: Row, target: Target) -> Post | None:
        """None where the race has no results any more."""
        as_of = await self._as_of()
        found = _run(as_of, row)
        if found is None:
            return None
        season, race = found
        recap = await recap_for(self._store, as_of, reader_in(as_of, target.guild), race)
        return Post(recap_post(recap, as_of.computed(season), _sent(row, target), as_of.now))

    async def standings(self, row: Row, target: Target) -> Post | None:
        """The message there is, changed, or a new one where there is none in that channel.

        It tells of no race after the row's own: the next one's outcome may be held back yet.

        Raises:
            BusyError: an earlier row is on its way still, and only then it is known which message there is.
        """
        await await_turn(self._store, row)
        as_of = await self._as_of()
        season = _season(as_of, row)
        if season is None or season.race(row.due.round) is None:
            return None
        then = as_of.computed_after(season, row.due.round)
        if not then.season.run:
            return None
        later = (race.over_at - timedelta(seconds=1) for race in season.run if race.round > row.due.round)
        view = standings_post(then, _sent(row, target), min([as_of.now, *later]))
        before = await last_sent(self._store, target.id, Kind.STANDINGS)
        there = before is not None and before.channel == (row.channel or target.channel)
        return Post(view, edit=before.message if before is not None and there else None)


async def await_turn(store: Store, row: Row) -> None:
    """Makes sure that the rows of one thing go one after the other: each must know what became of those before it.

    Raises:
        BusyError: an earlier one of the same kind, for events of the same race, may be on its way.
    """
    due = row.due
    for other in await upcoming(store, due.target, MANY):
        same = other.due.kind is due.kind and (
            due.kind is Kind.STANDINGS or (other.due.season, other.due.round) == (due.season, due.round)
        )
        if same and other.id < row.id and other.tried_at is not None:
            raise BusyError("an earlier one is still going out", AGAIN_SECONDS)


def _sent(row: Row, target: Target) -> Sent:
    covered = target.extras.spoiler and row.due.kind is not Kind.STANDINGS
    return Sent(row.mark, personal=target.user is not None, covered=covered)


def _season(as_of: AsOf, row: Row) -> Season | None:
    return next((season for season in as_of.seasons if season.year == row.due.season), None)


def _run(as_of: AsOf, row: Row) -> tuple[Season, Race] | None:
    """The row's race and its season, if the race has results."""
    season = _season(as_of, row)
    race = season.race(row.due.round) if season else None
    return (season, race) if season and race and season.results.get(race.round) else None
