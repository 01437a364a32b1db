"""The feeds are asked once what the program itself brings is there, and a bot without feeds has no such job."""

from __future__ import annotations

from typing import Any

import pytest

from bot.jobs import schedule
from bot.jobs.schedule import FEEDS_SECONDS, Jobs
from bot.services import Services


class Bot:
    def is_ready(self) -> bool:
        return True


class Keeper:
    def __init__(self) -> None:
        self.ticks = 0

    async def tick(self) -> None:
        self.ticks += 1


class NothingArrives:
    def __init__(self, *_: Any) -> None:
        pass

    async def run(self) -> list[int]:
        return []


async def test_they_wait_for_what_comes_with_the_program(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "Arrivals", NothingArrives)
    bot: Any = Bot()
    keeper: Any = Keeper()
    jobs = Jobs(bot, services, keeper=keeper)
    await jobs._keep_current()
    assert keeper.ticks == 0
    await jobs._take_in()
    await jobs._keep_current()
    assert keeper.ticks == 1


async def test_without_feeds_there_is_no_such_job(services: Services) -> None:
    bot: Any = Bot()
    keeper: Any = Keeper()
    for given, wanted in ((None, 0), (keeper, 1)):
        jobs = Jobs(bot, services, keeper=given)
        names = [job.name for job in jobs._scheduler._scheduler.get_jobs()]
        assert names.count("_keep_current") == wanted
    assert FEEDS_SECONDS <= 60
