"""/live in a channel becomes its board; elsewhere it is current for a quarter of an hour, and then has a button."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.boards.discord_editor import DiscordEditor
from bot.boards.drawing import BoardDrawer
from bot.boards.opening import LiveDesk
from bot.client.tailgate_bot import TailgateBot
from bot.outbox.discord_sender import DiscordSender
from bot.questions.live import LiveQuestion
from bot.requester import Requester
from bot.services import Services
from db.live.boards import board_in
from db.live.models import Flag
from db.reminders.models import Extras, Target
from db.reminders.targets import save
from tests.cogs.boarding import Boards, labels
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.cogs.test_live import BEGAN, Race, caution

OVER = datetime(2025, 10, 18, 1, tzinfo=UTC)
"""By then the results are known."""


@pytest.fixture
def race(services: Services, stand: Stand) -> Race:
    return Race(services, stand)


@pytest.fixture
async def boards(simcord_bot: TailgateBot, services: Services, stand: Stand) -> AsyncIterator[Boards]:
    made = Boards(simcord_bot, services, stand)
    yield made
    await made.keeper.close()


async def test_the_answer_in_a_channel_becomes_its_board(race: Race, stand: Stand, boards: Boards) -> None:
    await race.runs(12)
    result = await stand.ask("live")
    assert "lap 12 of 85" in title_and_answer(result)[1]
    assert labels(result) == ["Standings", "Remind me"]
    assert "-# This message updates itself" in words(result)
    board = await boards.board()
    assert board is not None
    assert board.message == result.response.id
    await race.runs(14)
    await boards.later(race, seconds=30)
    assert "lap 14 of 85" in title_and_answer(result)[1]
    # Long after the interaction's token is worth nothing any more.
    await race.runs(70)
    await boards.later(race, seconds=1)
    assert "lap 70 of 85" in title_and_answer(result)[1]
    kept = await boards.board()
    assert kept is not None


@pytest.mark.usefixtures("boards")
async def test_a_press_on_the_board_leaves_it_alone_even_by_who_asked_for_it(race: Race, stand: Stand) -> None:
    await race.runs(12)
    result = await stand.ask("live")
    before = words(result)
    pressed = await stand.fan.click(result.response, label="Standings")
    assert pressed.ephemeral
    assert words(result) == before


async def test_asked_again_one_sees_the_same_alone_and_where_the_board_is(
    race: Race, stand: Stand, boards: Boards
) -> None:
    await race.runs(12)
    first = await stand.ask("live")
    again = await stand.other.slash(stand.channel, "live")
    assert again.ephemeral
    said = words(again)
    assert "lap 12 of 85" in said
    assert f"/{stand.channel.id}/{first.response.id})" in said
    board = await boards.board()
    assert board is not None
    assert board.message == first.response.id


async def test_one_that_is_far_up_goes_on_at_the_end_of_the_channel(race: Race, stand: Stand, boards: Boards) -> None:
    await race.runs(12)
    first = await stand.ask("live")
    await race.runs(60)
    second = await stand.ask("live")
    assert "lap 60 of 85" in title_and_answer(second)[1]
    assert words(first) == (
        "-# The board of this race goes on [further down]"
        f"(https://discord.com/channels/{stand.channel.guild.id}/{stand.channel.id}/{second.response.id})."
    )
    await race.runs(62)
    await boards.later(race, seconds=30)
    assert "lap 62 of 85" in title_and_answer(second)[1]
    assert "further down" in words(first)


async def test_a_race_that_is_not_near_has_no_board(stand: Stand, boards: Boards) -> None:
    result = await stand.ask("live")
    assert "Refresh" in labels(result)
    assert await boards.board() is None


class Asked:
    """A command of somebody's in a channel; Discord takes its answer after a few turns of the loop."""

    def __init__(self, number: int, stand: Stand) -> None:
        self.id, self.guild_id, self.channel, self.client = number, stand.channel.guild.id, None, self
        self.app_permissions = discord.Permissions(view_channel=True, send_messages=True)
        self.response, self.ephemeral = self, False

    def get_guild(self, number: int) -> int:
        return number

    async def send_message(self, *, view: Any, ephemeral: bool) -> Any:
        del view
        for _ in range(20):
            await asyncio.sleep(0)
        self.ephemeral = ephemeral
        return SimpleNamespace(message_id=self.id)


async def test_of_several_who_ask_at_the_same_moment_one_opens_the_board(
    race: Race, stand: Stand, boards: Boards
) -> None:
    await race.runs(12)
    router = boards.bot.router
    drawer, editor = BoardDrawer(boards.services, router.as_of), DiscordEditor(DiscordSender(boards.bot))
    desk = LiveDesk(boards.services, drawer, boards.bot.live_answers, router, editor)
    asked: list[Any] = [Asked(number, stand) for number in range(1, 6)]
    requester = Requester(1, await router.as_of(), guild=stand.channel.guild.id, channel=stand.channel.id)
    await asyncio.gather(*(desk.reply(each, LiveQuestion(), requester, private=False) for each in asked))
    assert sum(not each.ephemeral for each in asked) == 1
    board = await boards.board()
    assert board is not None
    assert board.message == next(each.id for each in asked if not each.ephemeral)


async def test_where_the_bot_may_not_write_the_answer_is_current_for_a_while(
    race: Race, stand: Stand, boards: Boards
) -> None:
    await race.runs(12)
    server = stand.channel.guild
    closed = server.create_text_channel(
        "announcements", overwrites={server.default_role: discord.PermissionOverwrite(send_messages=False)}
    )
    result = await stand.fan.slash(closed, "live")
    assert "updates itself until" in words(result)
    assert await boards.board() is None


async def test_where_the_bot_is_no_member_the_answer_is_current_for_a_while(
    race: Race, stand: Stand, boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    await race.runs(12)
    monkeypatch.setattr(boards.bot, "get_guild", lambda _: None)
    assert "updates itself until" in words(await stand.ask("live"))
    assert await boards.board() is None


async def test_before_the_race_the_board_counts_down(race: Race, stand: Stand, boards: Boards) -> None:
    season = await boards.services.seasons.season(2025)
    assert season is not None
    race.at(season.races[22].begins - timedelta(minutes=20))
    result = await stand.ask("live")
    assert "updates itself" in words(result)
    await race.runs(12)
    await boards.later(race, seconds=1)
    assert "lap 12 of 85" in title_and_answer(result)[1]


async def test_without_anybody_to_keep_it_current_there_is_no_board(race: Race, stand: Stand) -> None:
    await race.runs(12)
    assert "Refresh" in labels(await stand.ask("live"))


async def test_nothing_is_changed_that_would_look_the_same(race: Race, stand: Stand, boards: Boards) -> None:
    await race.runs(12)
    await stand.ask("live")
    await boards.later(race, seconds=16)
    changed: list[int] = []
    rewrite = boards.keeper._editor.rewrite

    async def counted(channel: int, message: int, body: Any) -> None:
        changed.append(message)
        await rewrite(channel, message, body)

    boards.keeper._editor.rewrite = counted  # type: ignore[method-assign]
    for _ in range(4):
        await boards.later(race, seconds=16)
    assert changed == []
    await race.runs(14)
    await boards.later(race, seconds=16)
    assert len(changed) == 1


async def test_another_flag_is_shown_at_once(race: Race, stand: Stand, boards: Boards) -> None:
    await race.runs(12)
    result = await stand.ask("live")
    await boards.tick()
    state = await race.runs(12, caution(12, reason="Turn 3"))
    race.at(state.came + timedelta(seconds=10))
    await boards.tick()
    assert "**Caution** (Turn 3)" in title_and_answer(result)[1]


async def test_it_freezes_into_the_result_also_after_a_restart(race: Race, stand: Stand, boards: Boards) -> None:
    await race.runs(12)
    result = await stand.ask("live")
    await race.save(await race.finish())
    await boards.later(race, seconds=20)
    assert "finished first · not official yet" in title_and_answer(result)[1]
    await boards.keeper.close()
    boards.keeper = boards.started()
    race.at(OVER)
    await boards.tick()
    said = words(result)
    assert "**Gio Ruggiero** won from the pole" in said
    assert "no longer updated" in said
    await boards.later(race, seconds=6)
    board = await boards.board()
    assert board is not None
    assert board.frozen


async def test_a_feed_that_died_is_said_and_frozen_once_the_race_is_over_by_the_clock(
    race: Race, stand: Stand, boards: Boards
) -> None:
    season = await boards.services.seasons.season(2026)
    assert season is not None
    there = season.races[20]
    begun = there.begins + timedelta(minutes=30)
    state = await race.runs(40)
    await race.save(replace(state, race=there.id, at=begun, came=begun))
    result = await stand.ask("live")
    await boards.later(race, minutes=10)
    assert title_and_answer(result)[1].startswith("**No news since lap 40**")
    assert "updates itself" in words(result)
    race.at(there.begins + timedelta(hours=6, minutes=1))
    await boards.tick()
    assert title_and_answer(result)[1].startswith("**No news since lap 40**")
    assert "no longer updated" in words(result)
    await boards.later(race, seconds=6)
    board = await board_in(boards.services.store, stand.channel.id, there.id)
    assert board is not None
    assert board.frozen


async def test_a_race_that_waits_under_red_keeps_its_board_over_the_night(
    race: Race, stand: Stand, boards: Boards
) -> None:
    season = await boards.services.seasons.season(2026)
    assert season is not None
    there = season.races[20]
    begun = there.begins + timedelta(minutes=30)
    state = await race.runs(14, caution(14, Flag.RED, "Rain"))
    await race.save(replace(state, race=there.id, at=begun, came=begun))
    result = await stand.ask("live")
    overnight = begun + timedelta(hours=15)
    await race.save(replace(state, race=there.id, at=begun, came=begun), heard=overnight)
    race.at(overnight + timedelta(seconds=30))
    await boards.tick()
    assert "**Red flag** (Rain)" in title_and_answer(result)[1]
    assert "updates itself" in words(result)


async def test_a_board_that_was_taken_away_is_forgotten_and_may_come_anew(
    race: Race, stand: Stand, boards: Boards
) -> None:
    await race.runs(12)
    first = await stand.ask("live")
    stand.env.backend.delete_message(stand.channel.id, first.response.id)
    await race.runs(14)
    await boards.later(race, seconds=30)
    await boards.later(race, seconds=6)
    board = await boards.board()
    assert board is not None
    assert board.frozen
    second = await stand.ask("live")
    fresh = await boards.board()
    assert fresh is not None
    assert (fresh.message, fresh.frozen) == (second.response.id, False)


async def test_a_server_with_a_delay_sees_it_that_much_later(race: Race, stand: Stand, boards: Boards) -> None:
    await race.runs(12)
    result = await stand.ask("live")
    await save(race.services.store, target_of(stand, delay=90), BEGAN)
    await race.runs(19)
    late = await race.runs(20, caution(20))
    race.at(late.came + timedelta(seconds=89))
    await boards.tick()
    assert "**Green flag** · lap 19 of 85" in title_and_answer(result)[1]
    assert "1 minute 30 seconds behind the race" in words(result)
    race.at(late.came + timedelta(seconds=90))
    await boards.tick()
    assert "**Caution**" in title_and_answer(result)[1]


async def test_with_a_delay_the_result_comes_as_much_later(race: Race, stand: Stand, boards: Boards) -> None:
    await race.runs(12)
    result = await stand.ask("live")
    await save(race.services.store, target_of(stand, delay=3600), BEGAN)
    season = await boards.services.seasons.season(2025)
    assert season is not None
    over = season.races[22].over_at
    race.at(over + timedelta(minutes=59, seconds=59))
    await boards.tick()
    assert "won" not in words(result)
    race.at(over + timedelta(minutes=60, seconds=20))
    await boards.tick()
    assert "**Gio Ruggiero** won" in words(result)


def target_of(stand: Stand, **extras: Any) -> Target:
    return Target(guild=stand.channel.guild.id, channel=stand.channel.id, extras=Extras(**extras))
