"""What a newer program brings is taken in once the bot answers, and not asked for again at every tick."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.clock import TravelClock
from bot.jobs import schedule
from bot.jobs.schedule import UPKEEP_SECONDS, Jobs
from bot.services import Services
from tests.stores import EVE_OF_TALLADEGA


class Bot:
    def __init__(self) -> None:
        self.ready = False

    def is_ready(self) -> bool:
        return self.ready


async def test_it_waits_until_the_bot_answers_and_looks_again_after_six_hours(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Any] = []

    class Counted:
        def __init__(self, _store: Any, now: Any) -> None:
            self.now = now

        async def run(self) -> list[int]:
            runs.append(self.now())
            return []

    monkeypatch.setattr(schedule, "Arrivals", Counted)
    bot: Any = Bot()
    clock = TravelClock(EVE_OF_TALLADEGA, 0)
    jobs = Jobs(bot, Services(services.store, services.seasons, clock))
    await jobs.start()
    await jobs.stop()
    await services.seasons.years()
    await jobs._take_in()
    assert runs == []
    assert services.seasons.older_to_come
    bot.ready = True
    await jobs._take_in()
    assert not services.seasons.older_to_come
    await jobs._take_in()
    assert len(runs) == 1
    later = TravelClock(EVE_OF_TALLADEGA + timedelta(seconds=UPKEEP_SECONDS), 0)
    jobs._services = Services(services.store, services.seasons, later)
    await jobs._take_in()
    assert len(runs) == 2


async def test_the_laps_come_before_the_older_seasons_and_again_after_those(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[str] = []

    async def laps(*_: Any) -> list[int]:
        came.append("laps")
        return []

    class Seasons:
        brought: tuple[int, ...] = (1995,)

        def __init__(self, *_: Any) -> None:
            pass

        async def run(self) -> list[int]:
            came.append("seasons")
            return list(self.brought)

    monkeypatch.setattr(schedule, "take_in_laps", laps)
    monkeypatch.setattr(schedule, "Arrivals", Seasons)
    bot: Any = Bot()
    bot.ready = True
    await Jobs(bot, services)._take_in()
    assert came == ["laps", "seasons", "laps"]
    came.clear()
    Seasons.brought = ()
    await Jobs(bot, services)._take_in()
    assert came == ["laps", "seasons"]
