"""What is posted of a race under way: each thing once, in order, as late as a place sees it, whatever comes between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.interactions.router import Router
from bot.notifications.race_day import RaceDayWriter
from bot.notifications.race_day_planner import plan_race_day, plan_version
from bot.outbox.contracts import BusyError, UnsureError
from bot.outbox.worker import Worker
from bot.render.reminder_panel import named
from bot.services import Services
from db.connection import Store
from db.live.models import Flag, LiveLead, LiveState
from db.live.rows import forget_states
from db.models import Season
from db.reminders.models import NotificationKind, RowState
from db.reminders.race_day import RaceDay
from tests.bot.notifications.races import LAPS, RACE, START, at_lap, comes, finished, flag, season, stage, state
from tests.bot.outbox.postings import Scene
from tests.bot.render.reading import body, parts, text
from tests.checks.limits import check_message

WRECK = flag(Flag.YELLOW, 8, reason="#2, 3 incident turn 2", free_pass="3")
BACK = flag(Flag.GREEN, 12)
ROW = """
INSERT INTO races (id, season, round, name, track_id, date, start_at)
VALUES (?, 2025, 2, 'The race under way', 1, '2025-03-07', '2025-03-08T01:00:00Z')
"""


class RaceNight(Scene):
    """A worker that posts what happens in a race."""

    held: Season

    def start(self, *args: Any) -> Worker:
        worker = super().start(*args)
        services: Any = Services(self.store, self.seasons, self.clock)  # type: ignore[arg-type]
        worker.compose(NotificationKind.LIVE, RaceDayWriter(self.store, Router(services).as_of).write)
        worker.plan(plan_race_day, plan_version)
        return worker

    async def comes(self, seen: LiveState) -> None:
        """A state comes, and the worker works."""
        self.clock.moment = max(seen.came, self.clock.moment)
        await comes(self.store, seen, self.held)
        await self.ticks(3)

    async def ticks(self, seconds: int) -> None:
        for _ in range(seconds):
            await self.worker.tick()
            await self.worker.settled()
            self.clock.advance(seconds=1)

    async def until(self, moment: datetime) -> None:
        """Lets time pass in steps, to the second near the end."""
        while self.clock.moment < moment:
            left = (moment - self.clock.moment).total_seconds()
            await self.ticks(1)
            if left > 60:
                self.clock.advance(seconds=30)

    def firsts(self, channel: int = 900) -> list[str]:
        """The first line of every post."""
        return [said.splitlines()[0].replace("*", "").replace("\\", "") for said in self.texts(channel)]

    def texts(self, channel: int = 900) -> list[str]:
        return self.discord.texts(channel)


@pytest.fixture
async def night(store: Store) -> AsyncIterator[RaceNight]:
    async with store.write() as connection:
        await connection.execute("DELETE FROM races WHERE season = 2025 AND round = 2 AND dropped_at IS NULL")
        await connection.execute(ROW, (RACE,))
    made = RaceNight(store, at_lap(0) - timedelta(hours=1))
    made.held = season()
    made.hold(made.held)
    await made.ticks(1)
    yield made
    await made.worker.close(1)


def whole_race() -> list[LiveState]:
    """With a caution, two stages, a red flag, a lead change near the end and the finish."""
    first, second = stage(1), stage(2)
    red = [START, WRECK, BACK, flag(Flag.RED, 45, reason="Weather")]
    on = [*red, flag(Flag.GREEN, 46)]
    leads = (LiveLead("1", 1, 54), LiveLead("2", 55, 58))
    return [
        state(0),
        state(8, [START, WRECK]),
        state(12, [START, WRECK, BACK]),
        state(20, [START, WRECK, BACK], stages=(first,)),
        state(40, [START, WRECK, BACK], stages=(first, second)),
        state(45, red, stages=(first, second)),
        state(46, on, stages=(first, second)),
        state(56, on, stages=(first, second), leads=leads, order="213"),
        finished(on, stages=(first, second), leads=leads, order="213"),
    ]


EVERYTHING = [
    "Green flag: 60 laps to run",
    "Caution on lap 8: #2, 3 incident turn 2",
    "Corey Heim (#1) wins stage 1",
    "Corey Heim (#1) wins stage 2",
    "Red flag on lap 45: Weather",
    "Racing again after 1 min under red, from lap 46 · 14 laps to go",
    "Ty Majeski (#2) takes the lead with 5 laps to go",
    "Checkered flag: Ty Majeski (#2) finished first",
]


@pytest.mark.parametrize(
    ("wanted", "posts"),
    [
        (RaceDay.NOTHING, []),
        (RaceDay.RESULT, EVERYTHING[-1:]),
        (RaceDay.STAGES, [EVERYTHING[2], EVERYTHING[3], EVERYTHING[-1]]),
        (RaceDay.EVERYTHING, EVERYTHING),
    ],
)
async def test_each_amount_brings_its_posts_in_order_and_once(
    night: RaceNight, wanted: RaceDay, posts: list[str]
) -> None:
    await night.wants(race_day=wanted, spoiler=False)
    for each in whole_race():
        await night.comes(each)
        await night.comes(each)
    await night.ticks(5)
    assert night.firsts() == posts
    for view in night.discord.views.values():
        assert check_message(body(view)) == []


async def test_every_amount_but_nothing_brings_the_results_and_the_recap_too(night: RaceNight) -> None:
    await night.wants(race_day=RaceDay.RESULT)
    await night.comes(finished())
    night.hold(season(run=2, results_at=night.clock.now()))
    await night.go(ticks=9, minutes=3)
    kinds = [said.splitlines()[0].split(" · ")[0] for said in night.texts()]
    assert [each.removeprefix("### ") for each in kinds] == [kinds[0], "Results", "Recap"]


@pytest.mark.parametrize("seconds", [4, 45, 3600, 24 * 3600])
async def test_a_post_waits_to_the_second_for_who_sees_the_race_later(night: RaceNight, seconds: int) -> None:
    await night.wants(race_day=RaceDay.EVERYTHING, spoiler=False, delay=seconds)
    late = timedelta(seconds=seconds)
    steps: list[tuple[datetime, LiveState | None]] = [
        (at_lap(0), state(0)),
        (at_lap(8), state(8, [START, WRECK])),
        (at_lap(0) + late - timedelta(seconds=2), None),
        (at_lap(8) + late - timedelta(seconds=2), None),
    ]
    for moment, seen in sorted(steps, key=lambda step: step[0]):
        await night.until(moment)
        await (night.comes(seen) if seen is not None else night.ticks(4))
    sent = {first: m.at for first, m in zip(night.firsts(), night.discord.messages, strict=True)}
    assert sent == {
        EVERYTHING[0]: at_lap(0) + timedelta(seconds=seconds),
        EVERYTHING[1]: at_lap(8) + timedelta(seconds=seconds),
    }


async def test_what_is_due_waits_on_where_the_delay_was_set_longer_meanwhile(night: RaceNight) -> None:
    target = await night.wants(race_day=RaceDay.EVERYTHING, delay=60)
    await night.comes(state(0))
    (row,) = [each for each in await night.rows(target) if each.notification.kind is NotificationKind.LIVE]
    services: Any = Services(night.store, night.seasons, night.clock)  # type: ignore[arg-type]
    writer = RaceDayWriter(night.store, Router(services).as_of)
    night.clock.moment = row.notification.due_at
    assert await writer.write(row, target) is not None
    longer = replace(target, extras=replace(target.extras, delay=300))
    with pytest.raises(BusyError):
        await writer.write(row, longer)
    night.clock.advance(seconds=240)
    assert await writer.write(row, longer) is not None


async def test_a_race_that_cannot_be_read_stops_the_plan_of_nothing_else(
    night: RaceNight, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    target = await night.wants(race_day=RaceDay.EVERYTHING, spoiler=False, delay=600)
    await night.comes(state(0))

    def fails(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.notifications.race_day_planner.happenings", fails)
    await night.comes(state(8, [START, WRECK]))
    assert "could not be read" in caplog.text
    assert "planning the outbox failed" not in caplog.text
    assert [row.notification.session for row in await night.rows(target, RowState.PENDING)] == ["green flag"]
    monkeypatch.undo()
    await night.comes(state(9, [START, WRECK]))
    await night.until(at_lap(9) + timedelta(minutes=12))
    assert [each for each in night.firsts() if "Caution" in each] == ["Caution on lap 8: #2, 3 incident turn 2"]


async def test_a_thousand_places_that_see_it_later_get_nothing_early(night: RaceNight) -> None:
    for guild in range(1, 60):
        await night.wants(guild=guild, channel=2000 + guild, race_day=RaceDay.RESULT, delay=300)
    night.worker._limiter.rate = 0.2
    await night.comes(finished())
    await night.until(at_lap(LAPS) + timedelta(seconds=310))
    assert night.discord.messages
    assert min(each.at for each in night.discord.messages) >= at_lap(LAPS) + timedelta(seconds=300)


async def test_what_is_taken_back_before_it_went_out_is_not_posted(night: RaceNight) -> None:
    target = await night.wants(race_day=RaceDay.EVERYTHING, delay=120)
    await night.comes(state(8, [START, WRECK]))
    await night.comes(state(9))
    await night.until(at_lap(8) + timedelta(minutes=5))
    rows = [row for row in await night.rows(target) if row.notification.session == "caution"]
    assert [row.state for row in rows] in ([], [RowState.CANCELLED])
    assert "Caution" not in " ".join(night.texts())


async def test_what_is_corrected_meanwhile_is_said_as_it_is(night: RaceNight) -> None:
    await night.wants(race_day=RaceDay.EVERYTHING, spoiler=False, delay=120)
    await night.comes(state(8, [START, WRECK]))
    await night.comes(state(9, [START, flag(Flag.YELLOW, 9, reason="debris")]))
    await night.until(at_lap(8) + timedelta(minutes=5))
    assert [each for each in night.firsts() if "Caution" in each] == ["Caution on lap 9: debris"]


async def test_the_feed_that_forgets_and_comes_back_repeats_nothing(night: RaceNight) -> None:
    await night.wants(race_day=RaceDay.EVERYTHING, spoiler=False)
    for each in whole_race()[:3]:
        await night.comes(each)
    before = night.firsts()
    await night.comes(state(13))
    missed = [START, flag(Flag.YELLOW, 3, reason="spin"), flag(Flag.GREEN, 5), WRECK, BACK]
    await night.comes(state(14, missed))
    assert [each for each in night.firsts() if each not in before] == ["Caution on lap 3: spin"]
    assert len(set(night.firsts())) == len(night.firsts())


async def test_a_restart_in_the_middle_of_a_race_repeats_and_loses_nothing(night: RaceNight) -> None:
    await night.wants(race_day=RaceDay.EVERYTHING, spoiler=False)
    for place, each in enumerate(whole_race()):
        if place % 2:
            night.discord.after.append(UnsureError("the answer was lost"))
        await comes(night.store, each, night.held)
        night.clock.moment = max(each.came, night.clock.moment)
        await night.ticks(1)
        night.start()
        await night.ticks(20)
    assert night.firsts() == EVERYTHING


async def test_after_official_results_the_delayed_posts_still_go_out(night: RaceNight) -> None:
    await night.wants(race_day=RaceDay.EVERYTHING, spoiler=False, delay=3600)
    for each in whole_race():
        await night.comes(each)
    await forget_states(night.store, [RACE])
    await night.until(at_lap(LAPS) + timedelta(hours=1, minutes=1))
    assert night.firsts() == EVERYTHING


async def test_after_an_outage_what_was_overtaken_is_left_out_and_the_rest_is_in_order(night: RaceNight) -> None:
    await night.wants(race_day=RaceDay.EVERYTHING, spoiler=False)
    await night.comes(state(18, leads=()))
    night.discord.before += [BusyError("rate limited", 1)] * 2000
    spin = flag(Flag.YELLOW, 22, reason="spin")
    oil = flag(Flag.YELLOW, 24, reason="oil")
    run = [START, spin, flag(Flag.GREEN, 23)]
    await night.comes(state(20, stages=(stage(1),)))
    await night.comes(state(22, [START, spin], stages=(stage(1),)))
    await night.comes(state(24, [*run, oil], stages=(stage(1),)))
    await night.ticks(90)
    night.discord.before.clear()
    await night.ticks(10)
    assert night.firsts() == ["Corey Heim (#1) wins stage 1", "Caution on lap 24: oil"]


async def test_nothing_is_told_of_before_it_was_asked_for(night: RaceNight) -> None:
    await night.comes(state(0))
    night.clock.moment = at_lap(8) + timedelta(seconds=1)
    await night.wants(race_day=RaceDay.EVERYTHING)
    await night.comes(state(8, [START, WRECK], came=at_lap(8) + timedelta(seconds=4)))
    await night.ticks(5)
    assert night.texts() == []


async def test_what_is_no_news_any_more_is_not_posted(night: RaceNight) -> None:
    await night.wants(race_day=RaceDay.EVERYTHING)
    await night.comes(state(40, [START, WRECK, BACK]))
    await night.ticks(30)
    assert night.texts() == []


async def test_the_checkered_flag_is_no_news_once_there_are_results(night: RaceNight) -> None:
    night.hold(season(run=2, results_at=at_lap(LAPS) - timedelta(seconds=1)))
    await night.wants(race_day=RaceDay.RESULT)
    await night.comes(finished())
    await night.ticks(5)
    assert not [said for said in night.texts() if "Checkered" in said]


async def test_under_a_cover_the_open_line_gives_nothing_away(night: RaceNight) -> None:
    await night.wants(race_day=RaceDay.EVERYTHING)
    for each in whole_race():
        await night.comes(each)
    await night.ticks(5)
    assert len(night.texts()) == len(EVERYTHING)
    openly = list[str]()
    for view in night.discord.views.values():
        (card,) = (part for part in parts(view) if part["type"] == 17)
        outside = [part["content"] for part in body(view)["components"] if part["type"] == 10]
        assert bool(card.get("spoiler")) is bool(outside)
        assert not any(name in " ".join(outside) for name in ("Heim", "Majeski", "Riggs"))
        if not outside:
            openly.append(text(view))
    # What stops a race is told, and not who leads it.
    assert any("Weather" in said for said in openly)
    assert not [said for said in openly if " leads" in said and "Green flag" not in said]
    assert not [said for said in openly if any(word in said for word in ("Checkered", "wins stage", "takes the lead"))]


async def test_only_who_follows_races_is_planned_again_for_a_caution(
    night: RaceNight, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db.reminders import plans

    for guild in range(1, 4):
        await night.wants(guild=guild, channel=guild, results=True)
    follower = await night.wants(guild=9, race_day=RaceDay.EVERYTHING)
    await night.comes(state(0))
    await night.until(at_lap(8) - timedelta(seconds=5))
    touched = list[int]()
    apply = plans.apply

    async def watched(connection: Any, planned: Any, now: Any, some: Any) -> Any:
        touched.extend(some)
        return await apply(connection, planned, now, some)

    monkeypatch.setattr(plans, "apply", watched)
    await night.comes(state(8, [START, WRECK]))
    assert set(touched) == {follower.id}


async def test_the_detail_is_all_that_a_post_says(night: RaceNight) -> None:
    target = await night.wants(race_day=RaceDay.EVERYTHING, spoiler=False, delay=600)
    await night.comes(state(8, [START, WRECK]))
    await night.comes(state(11, [START, WRECK], order="321"))
    (row,) = [each for each in await night.rows(target) if each.notification.session == "caution"]
    said = json.loads(json.dumps(dict(row.notification.detail)))
    assert said["truck"] == {"number": "1", "name": "Corey Heim"}
    assert (row.notification.lead, said["reason"]) == (9, WRECK.reason)


async def test_the_status_names_what_was_posted_and_what_is_to_come(night: RaceNight) -> None:
    target = await night.wants(race_day=RaceDay.EVERYTHING, spoiler=False, delay=600)
    for each in whole_race():
        await night.comes(each)
    await night.ticks(3)
    said = [named(row.notification, night.held.races) for row in await night.rows(target)]
    assert [each.partition(", ")[2] for each in said] == [
        "green flag",
        "caution",
        "end of stage 1",
        "end of stage 2",
        "red flag",
        "green flag",
        "lead change",
        "checkered flag",
    ]
