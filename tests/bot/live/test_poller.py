"""A race followed from shortly before its start to the end of its session: when it is asked for, and what is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from bot.feeds import paths
from bot.feeds.client import FeedClient
from bot.feeds.errors import FeedError, NotWelcomeError, UnreachableError
from bot.feeds.politeness import Politeness
from bot.feeds.sole_asker import SoleAsker
from bot.live.history import StaleError, carry_on, must_not_be_older
from bot.live.nascar import NascarLive
from bot.live.poller import EVERY, QUIET_EVERY, LivePoller, is_on
from bot.live.source import Followed
from bot.services import Services
from db.connection import Store
from db.documents.importer import import_documents
from db.documents.reader import read_bytes
from db.live.held import LiveStates
from db.live.models import EventKind, Flag, FlagPeriod, LiveLead, LiveState, LiveTruck
from db.live.rows import load_events, load_states
from db.models import SessionKind
from db.snapshots import Snapshots
from tests.bot.feeds.conftest import FeedServer, HandClock
from tests.bot.feeds.plain import GREEN, document, race_row, results
from tests.bot.live.documents import FLAGS, live_feed

FEED = paths.live_feed(5504)


@dataclass
class Script:
    """A source that does as a test says, and notes when it was asked."""

    clock: HandClock
    serve: Callable[[datetime], LiveState | Exception | None] = lambda _: None
    asked: list[datetime] = field(default_factory=list)

    async def latest(self, followed: Followed, held: LiveState | None) -> LiveState | None:
        now = self.clock.now()
        self.asked.append(now)
        found = self.serve(now)
        if isinstance(found, Exception):
            raise found
        if found is None:
            return held
        found = replace(found, race=followed.race.id)
        must_not_be_older(held, found)
        return carry_on(held, found)

    async def close(self) -> None: ...


def racing(now: datetime, *, flag: Flag = Flag.GREEN, lap: int | None = None, **facts: Any) -> LiveState:
    """A race that has run since its listed start, a lap every 50 s."""
    seconds = (now - GREEN).total_seconds()
    lap = int(seconds // 50) if lap is None else lap
    trucks = tuple(LiveTruck(str(n), None, str(n), n, lap) for n in (1, 2, 3))
    flags = (FlagPeriod(flag, lap, now),)
    return LiveState(0, SessionKind.RACE, lap, 100, trucks, now, now, flags=flags, **({"elapsed": seconds} | facts))


class Scene:
    """A bot that follows a race; ``restart`` makes a new one on the same file."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        self.store, self.clock, self.script = store, clock, Script(clock)
        self.chance = 0.5
        self.restart()

    def restart(self) -> None:
        services = Services(self.store, Snapshots(self.store), self.clock)
        self.poller = LivePoller(services, self.script, lambda: self.chance)

    async def take(self, body: bytes) -> None:
        await import_documents(self.store, [read_bytes(body, "feed.json")], self.clock.now())

    async def run(self, seconds: int, step: int = 1) -> list[int]:
        """Ticks for so long; the seconds at which it was asked, from the first tick."""
        began, self.script.asked = self.clock.now(), []
        for _ in range(0, seconds, step):
            await self.poller.tick()
            self.clock.advance(seconds=step)
        return [int((at - began).total_seconds()) for at in self.script.asked]

    async def held(self) -> LiveState | None:
        states = await load_states(self.store)
        return next(iter(states.values())).state if states else None


@pytest.fixture
async def scene(empty_store: Store, hand_clock: HandClock) -> Scene:
    made = Scene(empty_store, hand_clock)
    await made.take(document(races=[race_row(), race_row(GREEN + timedelta(days=8), 2, 5506)]))
    return made


async def test_nothing_is_asked_until_shortly_before_the_start(scene: Scene) -> None:
    assert await scene.run(3600, step=60) == []
    scene.clock.moment = GREEN - timedelta(minutes=20, seconds=30)
    assert await scene.run(180) == [30, 90, 150]  # there is no session yet: by the minute


async def test_while_something_changes_it_is_asked_every_five_seconds_give_or_take(scene: Scene) -> None:
    scene.clock.moment, scene.script.serve = GREEN + timedelta(minutes=5), racing
    assert await scene.run(21) == [0, 5, 10, 15, 20]
    scene.restart()
    scene.chance = 1.0
    assert await scene.run(20) == [0, 6, 12, 18]  # after 5.5 s, which the next tick is after
    scene.restart()
    scene.chance = 0.0
    assert await scene.run(15) == [0, 5, 10]


async def test_a_race_is_followed_while_a_refresh_beside_the_bot_asks(scene: Scene) -> None:
    """A refresh of every season takes minutes, in which a race goes on."""
    refresh = SoleAsker(scene.store.path)
    assert refresh.take()
    scene.clock.moment, scene.script.serve = GREEN + timedelta(minutes=5), racing
    assert await scene.run(21) == [0, 5, 10, 15, 20]
    assert (await scene.held()) is not None
    refresh.leave()


async def test_after_three_minutes_without_change_it_is_asked_by_the_minute_and_at_once_again(scene: Scene) -> None:
    frozen = racing(GREEN + timedelta(minutes=30), flag=Flag.RED)
    scene.clock.moment = GREEN + timedelta(minutes=30)
    scene.script.serve = lambda _: frozen
    asked = await scene.run(600)
    assert [b - a for a, b in pairwise(asked)][-3:] == [60, 60, 60]
    assert [at for at in asked if at < 180] == list(range(0, 180, 5))
    scene.script.serve = racing
    asked = await scene.run(120)
    assert asked[-1] - asked[-2] == EVERY.total_seconds()


@pytest.mark.parametrize(
    "error", [UnreachableError("x", "took too long"), FeedError("x", "is a web page and not data")]
)
async def test_errors_make_it_wait_longer_each_time_and_what_is_held_stays(scene: Scene, error: Exception) -> None:
    scene.clock.moment, scene.script.serve = GREEN + timedelta(minutes=33), racing
    await scene.run(6)
    held = await scene.held()
    scene.script.serve = lambda _: error
    asked = await scene.run(1500)
    waits = [b - a for a, b in pairwise(asked)]
    assert waits == [10, 20, 40, 80, 160, 300, 300, 300]
    assert await scene.held() == held
    # Dead from lap 40 on, it comes back, and everything goes on.
    scene.script.serve = racing
    asked = await scene.run(400)
    assert asked[-1] - asked[-2] == 5
    after = await scene.held()
    assert after is not None
    assert held is not None
    assert (held.lap, after.lap > 60) == (39, True)


async def test_a_server_that_asks_for_peace_gets_it(scene: Scene) -> None:
    scene.clock.moment, scene.script.serve = GREEN, lambda _: UnreachableError("x", "could not be got", 120.0)
    assert await scene.run(200) == [0, 120]
    scene.restart()
    until = scene.clock.now() + timedelta(minutes=2)
    scene.script.serve = lambda _: NotWelcomeError(until)
    assert await scene.run(125) == [0, 120]


async def test_an_older_frame_is_left_out_and_the_race_goes_on(scene: Scene) -> None:
    scene.clock.moment, scene.script.serve = GREEN + timedelta(minutes=30), racing
    await scene.run(6)
    held = await scene.held()
    scene.script.serve = lambda now: StaleError() if now.second % 2 else racing(now, elapsed=1.0, lap=1)
    assert len(await scene.run(21)) == 4
    assert await scene.held() == held


async def test_it_stops_with_the_end_of_the_session_and_not_with_the_last_state_seen(scene: Scene) -> None:
    scene.clock.moment, scene.script.serve = GREEN + timedelta(minutes=80), racing
    await scene.run(6)
    over = scene.clock.now()
    scene.script.serve = lambda now: racing(now, flag=Flag.CHECKERED, lap=100, checkered=over)
    assert len(await scene.run(60)) == 12
    # A yellow follows the checkered flag, as after a finish under caution.
    scene.script.serve = lambda now: racing(now, flag=Flag.YELLOW, lap=100)
    assert len(await scene.run(60)) == 12
    scene.script.serve = lambda now: racing(now, flag=Flag.COLD, lap=100)
    assert len(await scene.run(6)) <= 2
    assert await scene.run(600, step=5) == []
    held = await scene.held()
    assert held is not None
    assert (held.checkered, held.ended is not None) == (over, True)


async def test_a_feed_that_freezes_on_the_checkered_flag_is_left_after_ten_minutes(scene: Scene) -> None:
    scene.clock.moment = GREEN + timedelta(minutes=80)
    over = racing(GREEN + timedelta(minutes=80), flag=Flag.CHECKERED, lap=100, checkered=GREEN + timedelta(minutes=80))
    scene.script.serve = lambda _: over
    asked = await scene.run(1200, step=5)
    assert 590 <= asked[-1] <= 600 + QUIET_EVERY.total_seconds()
    # It is up for days, written again and again; a bot that starts anew knows that it is over.
    scene.restart()
    assert await scene.run(120, step=5) == []


async def test_results_end_it_and_official_ones_empty_it(scene: Scene) -> None:
    scene.clock.moment, scene.script.serve = GREEN + timedelta(minutes=80), racing
    await scene.run(6)
    await scene.take(results())
    scene.clock.advance(seconds=15)
    assert await scene.run(120) == []
    assert await scene.held() is not None
    await scene.take(results(state="official"))
    await scene.run(16)
    assert await load_states(scene.store) == {}
    assert await load_events(scene.store, 1) == ()


async def test_what_nobody_calls_official_is_emptied_after_a_week(scene: Scene) -> None:
    scene.clock.moment, scene.script.serve = GREEN + timedelta(minutes=80), racing
    await scene.run(6)
    scene.clock.advance(days=7)
    await scene.run(16)
    assert await scene.held() is None


async def test_a_bot_that_starts_anew_in_the_middle_knows_what_was(scene: Scene) -> None:
    scene.clock.moment, scene.script.serve = GREEN + timedelta(minutes=30), racing
    await scene.run(6)
    scene.restart()
    scene.script.serve = lambda now: racing(now, flag=Flag.YELLOW)
    await scene.run(2)
    held = await scene.held()
    assert held is not None
    assert [each.flag for each in held.flags] == [Flag.GREEN, Flag.YELLOW]
    assert [each.event.what for each in await load_events(scene.store, held.race)] == ["green", "yellow"]


async def test_a_race_over_two_days_is_followed_on_the_second(scene: Scene) -> None:
    scene.clock.moment, scene.script.serve = GREEN + timedelta(minutes=30), racing
    await scene.run(6)
    stopped = racing(scene.clock.now(), flag=Flag.RED)
    scene.script.serve = lambda _: stopped
    asked = await scene.run(14 * 3600, step=60)
    assert asked[-1] > 13.9 * 3600
    # The counters of the next day begin anew.
    scene.script.serve = lambda now: racing(now, lap=stopped.lap + 1, elapsed=52.0, run=9)
    await scene.run(180)
    held = await scene.held()
    assert held is not None
    assert (held.lap, held.flag, [each.flag for each in held.flags]) == (
        stopped.lap + 1, Flag.GREEN, [Flag.GREEN, Flag.RED, Flag.GREEN],
    )  # fmt: skip


async def test_one_that_never_began_is_given_up_when_it_should_be_over(scene: Scene) -> None:
    scene.clock.moment = GREEN + timedelta(hours=5, minutes=58)
    asked = await scene.run(600, step=10)
    assert max(asked) < 130


async def test_what_is_new_is_written_and_what_is_not_is_written_seldom(scene: Scene) -> None:
    scene.clock.moment = GREEN + timedelta(minutes=30)
    frozen = racing(scene.clock.now(), flag=Flag.RED)
    scene.script.serve = lambda _: frozen
    states = LiveStates(scene.store)
    await scene.run(2)
    first = next(iter((await states.all()).values()))
    await scene.run(20)
    assert next(iter((await states.all()).values())) is first
    await scene.run(20)
    again = next(iter((await states.all()).values()))
    assert again.state == first.state
    assert again.heard - first.heard == timedelta(seconds=30)


async def test_lead_changes_are_logged_once_each(scene: Scene) -> None:
    scene.clock.moment = GREEN + timedelta(minutes=30)
    leads = [LiveLead("1", 1, 20)]
    scene.script.serve = lambda now: racing(now, leads=tuple(leads))
    await scene.run(11)
    leads.append(LiveLead("2", 21, 30))
    await scene.run(11)
    leads[1] = LiveLead("2", 21, 40)
    await scene.run(11)
    held = await scene.held()
    assert held is not None
    seen = await load_events(scene.store, held.race)
    assert [(each.event.lap, each.event.what) for each in seen if each.event.kind is EventKind.LEAD] == [
        (1, "1"), (21, "2"),
    ]  # fmt: skip
    assert seen[-1].seen > seen[0].seen


async def test_a_clock_that_is_set_back_stops_nothing(scene: Scene) -> None:
    scene.clock.moment, scene.script.serve = GREEN + timedelta(minutes=30), lambda _: UnreachableError("x", "is away")
    await scene.run(300)
    scene.clock.moment = GREEN + timedelta(minutes=10)
    scene.script.serve = racing
    assert len(await scene.run(600)) > 60


@pytest.mark.parametrize(
    ("later", "facts", "on"),
    [
        (timedelta(minutes=-21), {}, False),
        (timedelta(minutes=-19), {}, True),
        (timedelta(hours=5), {}, True),
        (timedelta(hours=6), {}, False),
        (timedelta(0), {"status": "cancelled"}, False),
        (timedelta(0), {"nascar_id": None}, False),
        (timedelta(minutes=5), {"status": "postponed"}, True),
    ],
)
async def test_when_a_race_is_on(empty_store: Store, later: timedelta, facts: dict[str, Any], on: bool) -> None:
    scene = Scene(empty_store, HandClock())
    row = {key: value for key, value in (race_row() | facts).items() if value is not None}
    await scene.take(document(races=[row]))
    season = await Snapshots(empty_store).season(2025)
    assert season is not None
    assert is_on(season, season.races[0], None, GREEN + later) is on


class TestOverTheWire:
    """NASCAR's own documents from a server on this machine."""

    @pytest.fixture
    async def poller(
        self, empty_store: Store, hand_clock: HandClock, feed_server: FeedServer
    ) -> AsyncIterator[LivePoller]:
        scene = Scene(empty_store, hand_clock)
        await scene.take(document(races=[race_row()]))
        hand_clock.moment = GREEN + timedelta(minutes=90)
        polite = Politeness(monotonic=hand_clock.monotonic, sleep=hand_clock.sleep)
        # A race is asked for far more often than all else in an hour.
        polite.most_an_hour = 1
        async with FeedClient(feed_server.address, hand_clock, polite, counted=False) as client:
            services = Services(empty_store, Snapshots(empty_store), hand_clock)
            yield LivePoller(services, NascarLive(client, hand_clock), lambda: 0.5)

    async def test_a_frame_arrives_in_the_store_with_what_lies_beside_it(
        self, poller: LivePoller, feed_server: FeedServer, empty_store: Store, hand_clock: HandClock
    ) -> None:
        import json

        feed_server.documents = {
            FEED: json.dumps(live_feed()).encode(),
            paths.flags(5504): json.dumps(FLAGS).encode(),
        }
        await poller.tick()
        held = next(iter((await load_states(empty_store)).values())).state
        assert (held.lap, held.trucks[0].driver, held.flags[-2].reason) == (50, "corey-heim", "Stage 1 Conclusion")
        # One a second, whatever is asked.
        assert hand_clock.slept == [1.0] * (len(feed_server.asked) - 1)
        feed_server.forget()
        hand_clock.advance(seconds=20)
        await poller.tick()
        assert feed_server.asked == [FEED]
        assert feed_server.statuses == [304]

    async def test_a_web_page_another_series_and_an_error_of_the_server_change_nothing(
        self, poller: LivePoller, feed_server: FeedServer, empty_store: Store, hand_clock: HandClock
    ) -> None:
        import json

        async def broken(_: web.Request) -> web.StreamResponse:
            return web.Response(status=503)

        bad: list[Any] = [b"<html>", json.dumps(live_feed(series_id=2)).encode(), broken, b'{"race_id": 55', b""]
        for body in bad:
            feed_server.documents = {FEED: body}
            hand_clock.advance(minutes=6)
            await poller.tick()
        assert FEED in feed_server.asked
        assert await load_states(empty_store) == {}
