"""NASCAR's live feed as a source: which document is asked for when, and what comes of a bad one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.feeds import paths
from bot.feeds.client import Answer
from bot.feeds.errors import FeedError, NotWelcomeError, UnreachableError
from bot.feeds.fetched import Fetched
from bot.live.history import StaleError
from bot.live.nascar import NascarLive
from db.live.models import Flag, LiveState
from tests.bot.feeds.conftest import HandClock
from tests.bot.live.documents import CAME, FLAGS, RACE, TRUCKS, flag, followed, live_feed, points, stage, vehicle

FEED, STAGES, POINTS = paths.live_feed(RACE), paths.live_stage_points(RACE), paths.live_points(RACE)
SHOWN, PITS = paths.flags(RACE), paths.pit_data(2025, RACE)


@dataclass
class Documents:
    """Serves documents by path; an exception among them is raised."""

    clock: HandClock
    served: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    etags: list[str | None] = field(default_factory=list)

    async def get(
        self, path: str, *, etag: str | None = None, last_modified: str | None = None, seldom_there: bool = False
    ) -> Answer:
        del last_modified
        assert seldom_there
        self.asked.append(path)
        value = self.served.get(path)
        if isinstance(value, Exception):
            raise value
        body = None if value is None else json.dumps(value).encode()
        now = f'"{hash(body)}"'
        if path == FEED:
            self.etags.append(etag)
        return Answer(None, now) if etag == now else Answer(Fetched(path, body, self.clock.now()), now)

    async def close(self) -> None: ...


@dataclass
class Scene:
    clock: HandClock
    documents: Documents
    source: NascarLive
    held: LiveState | None = None

    async def ask(self, **later: float) -> list[str]:
        """What is asked for at that much later, the running order left out."""
        self.clock.advance(**later)
        self.documents.asked.clear()
        self.held = await self.source.latest(followed(), self.held)
        assert self.documents.asked[0] == FEED
        return self.documents.asked[1:]

    def serve(self, path: str, value: Any) -> None:
        self.documents.served[path] = value


@pytest.fixture
def scene() -> Scene:
    clock = HandClock(CAME)
    documents = Documents(clock)
    documents.served = {FEED: live_feed(), SHOWN: FLAGS}
    return Scene(clock, documents, NascarLive(documents, clock))


async def test_the_first_look_asks_for_all_that_may_be_there(scene: Scene) -> None:
    assert await scene.ask() == [SHOWN, STAGES, POINTS]
    assert scene.held is not None
    assert [each.flag for each in scene.held.flags] == [Flag.HOT, Flag.GREEN, Flag.YELLOW, Flag.GREEN]


async def test_what_did_not_change_is_not_sent_again_and_nothing_beside_it_is_asked_for(scene: Scene) -> None:
    await scene.ask()
    before = scene.held
    assert await scene.ask(minutes=5) == []
    assert scene.held is before
    assert scene.documents.etags[-1] is not None


async def test_a_new_lap_asks_for_the_points_once_a_minute_and_for_the_missing_stage_every_half(scene: Scene) -> None:
    await scene.ask()
    scene.serve(FEED, live_feed(elapsed_time=2605))
    assert await scene.ask(seconds=5) == []
    scene.serve(FEED, live_feed(elapsed_time=2631))
    assert await scene.ask(seconds=26) == [STAGES]
    scene.serve(STAGES, [stage(1, ["98", "11"], [10, 9])])
    scene.serve(FEED, live_feed(elapsed_time=2662))
    assert await scene.ask(seconds=31) == [STAGES, POINTS]
    scene.serve(FEED, live_feed(elapsed_time=2700))
    assert await scene.ask(seconds=40) == []
    assert scene.held is not None
    assert [each.number for each in scene.held.stages] == [1]


async def test_a_change_of_flag_asks_for_the_list_and_a_restart_for_pit_road(scene: Scene) -> None:
    await scene.ask()
    scene.serve(FEED, live_feed(flag_state=2, lap_number=52, elapsed_time=2700))
    scene.serve(SHOWN, [*FLAGS, flag(52, 2, "17:31:00", comment="Turn 3", beneficiary="98 ")])
    assert SHOWN in await scene.ask(seconds=5)
    scene.serve(FEED, live_feed(flag_state=1, lap_number=56, elapsed_time=3000))
    scene.serve(PITS, [{"vehicle_number": "98", "lap_count": 53}, {"vehicle_number": "777", "lap_count": 53}])
    assert [each for each in await scene.ask(seconds=5) if each in {SHOWN, PITS}] == [SHOWN, PITS]
    assert scene.held is not None
    assert scene.held.by_number["98"].last_stop == 53
    assert scene.held.flags[-2].reason == "Turn 3"
    # The list was behind then, and the flag is known all the same.
    assert scene.held.flag is Flag.GREEN


async def test_points_say_who_scores_here(scene: Scene) -> None:
    scene.serve(POINTS, [points("Ty Majeski", 7, is_points_eligible=False)])
    await scene.ask()
    assert scene.held is not None
    assert (scene.held.by_number["98"].eligible, scene.held.by_number["98"].points) == (False, 7)


@pytest.mark.parametrize("what", [UnreachableError("x", "took too long"), FeedError("x", "is a web page"), [{"x": 1}]])
async def test_a_bad_document_beside_it_stops_nothing(scene: Scene, what: Any) -> None:
    scene.documents.served |= {SHOWN: what, STAGES: what, POINTS: what}
    await scene.ask()
    assert scene.held is not None
    assert (scene.held.lap, scene.held.flag) == (50, Flag.GREEN)


async def test_that_nothing_may_be_asked_is_said_at_once(scene: Scene) -> None:
    scene.serve(SHOWN, NotWelcomeError(CAME))
    with pytest.raises(NotWelcomeError):
        await scene.ask()


async def test_before_the_first_session_there_is_nothing(scene: Scene) -> None:
    scene.serve(FEED, None)
    assert await scene.ask() == []
    assert scene.held is None


async def test_a_race_that_vanishes_while_it_runs_is_out_of_reach(scene: Scene) -> None:
    await scene.ask()
    scene.serve(FEED, None)
    with pytest.raises(UnreachableError, match="not there any more"):
        await scene.ask(seconds=5)
    scene.serve(FEED, live_feed(lap_number=100, flag_state=4, elapsed_time=5200))
    await scene.ask(seconds=5)
    scene.serve(FEED, None)
    assert await scene.ask(seconds=5) == []


async def test_another_series_and_an_older_frame_are_refused_and_asked_for_whole_again(scene: Scene) -> None:
    await scene.ask()
    before = scene.held
    scene.serve(FEED, live_feed(series_id=1))
    with pytest.raises(FeedError, match="of series 1"):
        await scene.ask(seconds=5)
    scene.serve(FEED, live_feed(lap_number=12, elapsed_time=600))
    with pytest.raises(StaleError):
        await scene.ask(seconds=5)
    assert scene.held is before
    scene.serve(FEED, live_feed(lap_number=51, elapsed_time=2652))
    await scene.ask(seconds=5)
    assert scene.held is not None
    assert scene.held.lap == 51


async def test_laps_that_were_never_served_are_no_trouble(scene: Scene) -> None:
    await scene.ask()
    scene.serve(FEED, live_feed([vehicle("98", 1, "Ty Majeski"), *TRUCKS[::2]], lap_number=63, elapsed_time=3300))
    await scene.ask(seconds=36)
    assert scene.held is not None
    assert (scene.held.lap, scene.held.trucks[0].number) == (63, "98")


async def test_a_practice_asks_for_nothing_beside_it(scene: Scene) -> None:
    scene.serve(FEED, live_feed(run_type=1, laps_in_race=999))
    assert await scene.ask() == []


async def test_a_clock_that_is_set_back_makes_nobody_wait(scene: Scene) -> None:
    await scene.ask()
    scene.serve(FEED, live_feed(elapsed_time=2605))
    assert POINTS in await scene.ask(hours=-5)


async def test_a_state_came_when_the_last_document_beside_it_did(scene: Scene) -> None:
    """Whoever sees the race later must not be told of what happened meanwhile as if it had been known before."""
    get = scene.documents.get

    async def slowly(path: str, **how: Any) -> Answer:
        scene.clock.advance(seconds=20)
        return await get(path, **how)

    scene.documents.get = slowly  # type: ignore[method-assign]
    asked = await scene.ask()
    assert scene.held is not None
    assert scene.held.came == CAME + timedelta(seconds=20 * (1 + len(asked)))


async def test_what_is_as_it_was_came_when_it_first_did(scene: Scene) -> None:
    await scene.ask()
    held = scene.held
    scene.documents.served[FEED] = live_feed(time_of_day_os="2025-10-17T16:30:20.1234567-05:00")
    await scene.ask(seconds=25)
    assert scene.held is held


async def test_the_reason_of_a_caution_that_is_not_there_yet_is_asked_for_again_for_a_minute(scene: Scene) -> None:
    def lap(number: int) -> None:
        scene.serve(FEED, live_feed([vehicle("11", 1, "Corey Heim")], flag_state=2, lap_number=number))

    shown = [*FLAGS, flag(50, 2, "17:30:00")]
    lap(50)
    scene.serve(SHOWN, shown)
    assert SHOWN in await scene.ask()
    lap(51)
    assert SHOWN not in await scene.ask(seconds=5)
    lap(52)
    scene.serve(SHOWN, [*FLAGS, flag(50, 2, "17:30:00", comment="#9 incident turn 3")])
    assert SHOWN in await scene.ask(seconds=5)
    assert scene.held is not None
    assert scene.held.flags[-1].reason == "#9 incident turn 3"
    lap(53)
    assert SHOWN not in await scene.ask(seconds=20)


async def test_a_reason_that_never_comes_is_given_up(scene: Scene) -> None:
    scene.serve(FEED, live_feed(flag_state=2))
    scene.serve(SHOWN, [*FLAGS, flag(50, 2, "17:30:00")])
    await scene.ask()
    scene.serve(FEED, live_feed(flag_state=2, lap_number=51))
    assert SHOWN not in await scene.ask(minutes=2)
