"""What a board shows: drawn once for all boards of a race that see it at the same moment."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import discord
from discord import ui
from discord.http import handle_message_parameters

from bot.boards.flags import NONE_SHOWN, Shown
from bot.boards.identity import mark_of
from bot.interactions.live_asked import JUST_OVER, live_facts
from bot.questions.live import LiveQuestion
from bot.render.live import LiveFacts, live
from bot.render.live_board import as_board, called_off, result_board
from bot.render.race_status import awaits_new_date
from bot.seasons.as_of import AsOf
from bot.seasons.cache import SeasonCache
from bot.seasons.live import STILL_ON, LivePictures
from bot.services import Services
from db.live.held import LiveStates
from db.live.models import HeldState
from db.models import OVER_BY_THE_CLOCK, Race, RaceStatus, Season
from db.results_state import ResultsState

BEFORE = timedelta(minutes=30)
"""So long before its listed start a race may have boards."""
REDRAWN_AFTER = timedelta(seconds=5)
"""How long what was drawn is good enough for other boards, unless another flag is shown."""
KEPT = 64
"""How many are kept: of as many races and delays."""
PAST_SEASONS = 8
"""How many past states of seasons are kept: of as many delays between which more became known."""
RECENT = timedelta(days=2)
"""A season of which no race began within that time says the same today as the longest delay ago."""
NO_MARK = "0000000000000000"
"""Stands in what is drawn for the mark of each board, and is as long."""
PUT_OFF = timedelta(hours=12)
"""A race whose start is so much further away than boards are opened before it was put off."""


@dataclass(frozen=True)
class Picture:
    """What the boards of a race with one delay show.

    Attributes:
        race: the race, as known then.
        moment: as of when.
        text: the body of the request, as JSON, with ``NO_MARK`` in the place of a board's mark.
        flags: the flags that had been shown by then.
        final: whether nothing more is to come, so that boards are frozen with it.
    """

    race: Race
    moment: datetime
    text: str
    flags: Shown
    final: bool

    @cached_property
    def digest(self) -> int:
        """What two pictures have in common that look the same, and are as final."""
        return hash((self.text, self.final))

    def body(self, guild: int) -> dict[str, Any]:
        """The body for a board in a server."""
        made: dict[str, Any] = json.loads(self.text.replace(NO_MARK, mark_of(guild, self.race)))
        return made


class BoardDrawer:
    """Draws boards.

    Args:
        services: the store and the clock.
        as_of: returns what is known now.
    """

    def __init__(self, services: Services, as_of: Callable[[], Awaitable[AsOf]]) -> None:
        self._clock, self._as_of = services.clock, as_of
        self._states = LiveStates(services.store)
        self._pictures = LivePictures()
        self._cache = SeasonCache()
        self._past: OrderedDict[tuple[Season, int, frozenset[int]], Season] = OrderedDict()
        self._drawn: OrderedDict[tuple[int, int], tuple[datetime, Picture]] = OrderedDict()

    async def picture(self, race: int, delay: int, flags: Shown = NONE_SHOWN) -> Picture | None:
        """What the boards of a race show that see it ``delay`` seconds later; None if it is on no schedule any more.

        Args:
            race: the race, by the store's id.
            delay: in seconds.
            flags: what had been shown by then; where that is not what was drawn last, it is drawn anew.

        Raises:
            StoreError: the store cannot be read.
        """
        now = self._clock.now()
        drawn_at, last = self._drawn.get((race, delay), (now, None))
        if last is not None and last.flags == flags and drawn_at <= now < drawn_at + REDRAWN_AFTER:
            return last
        facts = await self._facts(race, delay)
        if facts is None or facts.race is None:
            self._drawn.pop((race, delay), None)
            return None
        then = now - timedelta(seconds=delay)
        final = is_final(facts, then)
        view = as_board(view_of(facts, then), NO_MARK, delay=delay, final=final)
        made = Picture(facts.race, then, body_of(view), flags, final)
        self._drawn[race, delay] = now, made
        self._drawn.move_to_end((race, delay))
        if len(self._drawn) > KEPT:
            self._drawn.popitem(last=False)
        return made

    def last(self, race: int, delay: int) -> Picture | None:
        """What was drawn last of a race with that delay, as far as it is kept."""
        kept = self._drawn.get((race, delay))
        return kept[1] if kept is not None else None

    async def board(self, race: int, guild: int, delay: int, mark: str | None = None) -> ui.LayoutView | None:
        """A board as a message to be posted; None if the race is on no schedule any more.

        Args:
            race: the race, by the store's id.
            guild: the server.
            delay: in seconds.
            mark: where it is another one than that of the server's board of the race.
        """
        facts = await self._facts(race, delay)
        if facts is None or facts.race is None:
            return None
        then = self._clock.now() - timedelta(seconds=delay)
        mark = mark or mark_of(guild, facts.race)
        return as_board(view_of(facts, then), mark, delay=delay, final=is_final(facts, then))

    async def race_on(self, delay: int) -> Race | None:
        """The race that is under way or about to begin for who sees it ``delay`` seconds later; None without one."""
        base = await self._as_of()
        then = base.now - timedelta(seconds=delay)
        states = {}
        for number, held in (await self._states.all()).items():
            stood = held if delay == 0 else await self._states.at(number, then)
            if stood is not None:
                states[number] = stood
        as_of = base if delay == 0 else self._as_it_was(base, then)
        facts = live_facts(LiveQuestion(), as_of, states, self._pictures)
        return facts.race if may_have_board(facts, then) else None

    async def _facts(self, number: int, delay: int) -> LiveFacts | None:
        base = await self._as_of()
        then = base.now - timedelta(seconds=delay)
        found = next(((s, r) for s in base.seasons for r in s.races if r.id == number), None)
        if found is None:
            return None
        season, race = found
        states = await self._states.all()
        held: HeldState | None = states.get(number) if delay == 0 else await self._states.at(number, then)
        as_of = base if delay == 0 else self._as_it_was(base, then)
        known = {number: held} if held is not None else {}
        return live_facts(LiveQuestion(season.year, race.round), as_of, known, self._pictures)

    def _as_it_was(self, base: AsOf, then: datetime) -> AsOf:
        """What was known at an earlier moment of the season that is under way, and of the others as of now."""
        seasons = []
        for known, whole in zip(base.seasons, base.whole, strict=True):
            recent = any(race.begins <= base.now < race.begins + RECENT for race in whole.races)
            seasons.append(self._season(whole, then, base.now) if recent else known)
        if any(then is not now for then, now in zip(seasons, base.seasons, strict=True)):
            self._cache.keep_only([*base.seasons, *self._past.values()])
        return replace(base, now=then, seasons=tuple(seasons), cache=self._cache)

    def _season(self, whole: Season, then: datetime, now: datetime) -> Season:
        """A season as it was known at a moment; the same object for all moments at which the same was known."""
        come = sum((race.over_at <= then) + (race.begins <= then) for race in whole.races)
        # Results that came late count as from when the race should have been over, and were not known then.
        late = [each for each in whole.races if each.results_at is not None and then < each.results_at <= now]
        rounds = frozenset(each.round for each in late if each.begins > now - STILL_ON)
        if (whole, come, rounds) not in self._past:
            self._past[whole, come, rounds] = whole.as_of(then).without(rounds) if rounds else whole.as_of(then)
            if len(self._past) > PAST_SEASONS:
                self._past.popitem(last=False)
        return self._past[whole, come, rounds]


def view_of(facts: LiveFacts, now: datetime) -> ui.LayoutView:
    """How a race stands and, once its results do, these."""
    race = facts.race
    assert race is not None
    if facts.over:
        return result_board(facts.season, race, now)
    if race.status is RaceStatus.CANCELLED:
        return called_off(facts.season, race, now)
    return live(facts, LiveQuestion(race.season, race.round), now)


def may_have_board(facts: LiveFacts, now: datetime) -> bool:
    """Whether a race is under way or about to begin: from half an hour before its listed start to its results."""
    race = facts.race
    if race is None or facts.over or race.status is RaceStatus.CANCELLED:
        return False
    begun = facts.state is not None and facts.state.begun
    if not begun and awaits_new_date(race, now):
        return False
    return race.begins - BEFORE <= now and not is_final(facts, now)


def is_final(facts: LiveFacts, now: datetime) -> bool:
    """Whether a board is to be frozen as it is: nothing more is to come, or nobody knows what came of the race."""
    race, state = facts.race, facts.state
    if race is None or race.status is RaceStatus.CANCELLED:
        return True
    if facts.over:
        # Where nothing says whether they are official, nothing more is to come.
        return race.results_stated is not ResultsState.UNOFFICIAL or now >= race.over_at + JUST_OVER
    by_the_clock = race.begins + OVER_BY_THE_CLOCK
    if state is None or not state.begun:
        # It was put off, or nothing was ever heard of it.
        return now >= by_the_clock or now < race.begins - PUT_OFF or awaits_new_date(race, now)
    if now >= state.at + STILL_ON:
        return True
    if state.checkered is not None:
        return now >= max(by_the_clock, state.checkered + JUST_OVER)
    # One that waits for the rain to end, under red or overnight, is heard of all the time, if need be over days.
    return now >= by_the_clock and state.is_silent(now, facts.heard)


def body_of(view: ui.LayoutView) -> str:
    """The body of the request that changes a message to a view, as JSON."""
    parameters = handle_message_parameters(view=view, allowed_mentions=discord.AllowedMentions.none())
    return json.dumps(parameters.payload, ensure_ascii=False, separators=(",", ":"))
