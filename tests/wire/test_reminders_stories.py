"""Stories of reminders, each with its own bot, all run at once: most of their time is waiting for a clock."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.wire.reminded import Scene
from tests.wire.standin import StandIn
from tests.wire.stories import friday, schedule, stores

STORIES: dict[str, Callable[[Scene], Awaitable[None]]] = {
    story.__name__: story
    for story in (
        friday.at_three_one_message_says_that_coverage_starts_at_four_on_fs1,
        schedule.rain_moves_a_race_before_its_reminder_and_again_after_it,
        schedule.a_race_that_is_called_off_is_told_of_once_and_reminds_of_nothing,
        stores.two_processes_that_got_past_the_lock_send_each_row_once,
        stores.a_clock_that_is_set_back_repeats_nothing,
        stores.an_older_copy_of_the_store_repeats_nothing,
    )
}


async def run_story(name: str, bundled: Path, folder: Path) -> None:
    folder.mkdir()
    path = Path(shutil.copy(bundled, folder / "tailgate.db"))
    async with StandIn() as standin, Scene(standin, path, folder) as scene:
        await STORIES[name](scene)
    assert standin.problems == []


@pytest.fixture(scope="module")
def endings(
    request: pytest.FixtureRequest, bundled_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, BaseException | None]:
    """Runs the selected stories; returns the exception of each by name, or None."""
    folder = tmp_path_factory.mktemp("stories")
    names: list[str] = [
        str(item.callspec.params["name"])
        for item in request.session.items
        if item.path == request.path and isinstance(item, pytest.Function)
    ]

    async def run_all() -> list[BaseException | None]:
        return await asyncio.gather(
            *(run_story(name, bundled_store, folder / name) for name in names), return_exceptions=True
        )

    return dict(zip(names, asyncio.run(run_all()), strict=True))


@pytest.mark.parametrize("name", STORIES)
def test_it_is_so_that(name: str, endings: dict[str, BaseException | None]) -> None:
    ended = endings[name]
    if ended is not None:
        raise ended
