"""The page's server: what it is set to before anybody sets anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app import WHAT_A_RACE_BRINGS, open_services, remind_at_first
from bot.clock import TravelClock
from bot.notifications.results_planner import plan_outcomes
from bot.preview import LocalServer
from db.reminders import targets
from db.reminders.models import Extras, NotificationKind, Target
from tests.seasons import bundled_season, bundled_seasons

SERVER = LocalServer(guild=1, channel=2, owner=3, moderator=4, fan=5)
BEFORE = datetime(2025, 10, 17, 18, tzinfo=UTC)


async def test_the_pages_server_gets_everything_that_an_evening_brings(tmp_path: Path) -> None:
    async with open_services(tmp_path / "tailgate.db", TravelClock(BEFORE)) as opened:
        await remind_at_first(opened.services, SERVER)
        target = await targets.target_of(opened.services.store, guild=SERVER.guild)
    assert target is not None
    assert (target.on, target.channel, target.extras) == (True, SERVER.channel, WHAT_A_RACE_BRINGS)
    talladega = bundled_season(2025).race(23)
    assert talladega is not None
    brought = {planned.kind for planned in plan_outcomes(bundled_seasons(), talladega.over_at + timedelta(minutes=2))}
    assert brought == {NotificationKind.RESULTS, NotificationKind.RECAP, NotificationKind.STANDINGS}
    assert {each.kind for each in target.subscriptions} >= brought


async def test_what_somebody_set_on_the_page_stays(tmp_path: Path) -> None:
    async with open_services(tmp_path / "tailgate.db", TravelClock(BEFORE)) as opened:
        own = Target(guild=SERVER.guild, channel=SERVER.channel, extras=Extras(recap=True))
        await targets.save(opened.services.store, own, BEFORE)
        await remind_at_first(opened.services, SERVER)
        target = await targets.target_of(opened.services.store, guild=SERVER.guild)
    assert target is not None
    assert target.extras == Extras(recap=True)
