"""Ways to break what tells of a race under way that a reader would think of; a race night must catch each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from unittest import mock

from bot.boards.drawing import BoardDrawer
from bot.boards.flags import NONE_SHOWN
from bot.feeds import reading
from bot.live import history, nascar
from bot.notifications import race_day_log, race_day_news, race_day_planner, results
from db.live import seen_posts
from db.live.models import FlagPeriod, LiveState
from db.reminders import models, plans
from db.reminders.models import PlannedNotification
from db.reminders.race_day import RaceDay, RacePost
from tests.simulation import races_process
from tests.simulation.mutations import Mutation, Patch, _sql


def _posts_by_the_state() -> Sequence[Patch]:
    """Every look at the race is the first one."""

    async def nothing(*_: Any) -> dict[int, str]:
        return {}

    return [mock.patch.object(race_day_planner, "load_logs", nothing)]


def _forgets_the_delay() -> Sequence[Patch]:
    return [_sql(plans, "WANTED", "CASE w.delay WHEN 0 THEN", "CASE WHEN w.delay = 0 OR s.kind = 'live' THEN")]


def _tells_results_at_once() -> Sequence[Patch]:
    at_once = "CASE WHEN w.delay = 0 OR s.kind IN ('results', 'recap', 'standings') THEN"
    return [
        _sql(plans, "WANTED", "CASE w.delay WHEN 0 THEN", at_once),
        mock.patch.object(results, "seen_later", lambda as_of, _: as_of),
    ]


def _delays_by_minutes() -> Sequence[Patch]:
    return [_sql(plans, "WANTED", "s.due_at, '+' || w.delay || ' seconds'", "s.due_at, '+' || w.delay || ' minutes'")]


def _is_of_use_without_the_delay() -> Sequence[Patch]:
    return [_sql(plans, "WANTED", "CASE WHEN w.delay = 0 OR s.kind", "CASE WHEN w.delay >= 0 OR s.kind")]


def _delays_from_now() -> Sequence[Patch]:
    """A delay begins whenever it is planned, and not when something was seen."""
    posts_of = race_day_planner.posts_of

    def anew(season: Any, race: Any, seen: Any, now: datetime) -> Iterator[PlannedNotification]:
        for each in posts_of(season, race, seen, now):
            yield replace(each, due_at=now)

    return [mock.patch.object(race_day_planner, "posts_of", anew)]


def _takes_an_older_frame() -> Sequence[Patch]:
    return [mock.patch.object(nascar, "must_not_be_older")]


def _takes_another_race() -> Sequence[Patch]:
    return [mock.patch.object(reading, "_must_be")]


def _waits_for_the_reason() -> Sequence[Patch]:
    waits = dict.fromkeys(race_day_news.SETTLES, timedelta(minutes=8))
    return [mock.patch.object(race_day_log, "SETTLES", waits)]


def _tells_old_flags() -> Sequence[Patch]:
    useful = dict.fromkeys(seen_posts.USEFUL, timedelta(hours=5))
    return [mock.patch.dict(seen_posts.USEFUL, useful)]


def _tells_everything_to_everybody() -> Sequence[Patch]:
    posts = MappingProxyType({each: frozenset(RacePost) for each in RaceDay})
    return [mock.patch.object(models, "POSTS", posts)]


def _believes_an_old_list() -> Sequence[Patch]:
    """A list of flags that ends with the flag that is shown is as new as that."""

    def as_new(flags: Sequence[FlagPeriod], new: LiveState, held: LiveState | None) -> bool:
        del held
        return bool(flags) and (not new.flags or flags[-1].flag is new.flag)

    return [mock.patch.object(history, "_is_as_new", as_new)]


def _looks_by_the_minute() -> Sequence[Patch]:
    """That something happened is seen with the planning of every minute only."""

    async def same(_: Any) -> int:
        return 0

    return [mock.patch.object(races_process, "plan_version", same)]


def _board_forgets_the_delay() -> Sequence[Patch]:
    """A board that was posted in time is changed to what the race is now."""
    picture = BoardDrawer.picture

    async def at_once(self: BoardDrawer, race: int, delay: int, flags: Any = NONE_SHOWN) -> Any:
        del delay
        return await picture(self, race, 0, flags)

    return [mock.patch.object(BoardDrawer, "picture", at_once)]


RACE_MUTATIONS: dict[str, Mutation] = {
    "post by the state": Mutation("nobody remembers what was seen before", _posts_by_the_state, 0),
    "forget the delay": Mutation("posts come when something was seen, whoever wants them", _forgets_the_delay, 0),
    "results at once": Mutation("results, recap and standings know no delay", _tells_results_at_once, 0),
    "delay by minutes": Mutation("a delay of seconds counts as one of minutes", _delays_by_minutes, 0),
    "useless without the delay": Mutation(
        "whoever sees the race later gets what is news to others", _is_of_use_without_the_delay, 0
    ),
    "delay from now": Mutation("a delay begins anew with each planning", _delays_from_now, 0),
    "take an older frame": Mutation("a frame from before counts as how the race stands", _takes_an_older_frame, 20),
    "take another race": Mutation("the feed of another series or race is believed", _takes_another_race, 60),
    "wait for the reason": Mutation("a caution waits for its reason for minutes", _waits_for_the_reason, 126),
    "old flags": Mutation("a flag stays news for hours", _tells_old_flags, 75),
    "everything to everybody": Mutation("who wants the result gets all posts", _tells_everything_to_everybody, 2),
    "believe an old list": Mutation("an older list of flags takes a caution back", _believes_an_old_list, 39),
    "look by the minute": Mutation("what happened is planned once a minute", _looks_by_the_minute, 72),
    "board without the delay": Mutation("a board is drawn as the race is now", _board_forgets_the_delay, 4),
}
