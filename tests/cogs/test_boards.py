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
from bot.boards.keeper import BoardKeeper
from bot.boards.opening import LiveDesk
from bot.client.tailgate_bot import TailgateBot
from bot.outbox.discord_sender import DiscordSender
from bot.outbox.rate_limit import RateLimiter
from bot.questions.live import LiveQuestion
from bot.requester import Requester
from bot.services import Services
from db.live.boards import Board, board_in
from db.live.models import Flag, LiveState
from db.reminders.models import Extras, Target
from db.reminders.targets import save
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.cogs.test_live import BEGAN, Race, caution

OVER = datetime(2025, 10, 18, 1, tzinfo=UTC)
"""By then the results are known."""


class Boards:
    """A bot that keeps boards, and what its channel shows."""

    def __init__(self, bot: TailgateBot, services: Services, stand: Stand) -> None:
        self.bot, self.services, self.stand = bot, services, stand
        self.limiter = RateLimiter()
        self.rows_wait = False
        self.keeper = self.started()

    def started(self) -> BoardKeeper:
        """The keeper of a bot that was just started."""
        editor, router = DiscordEditor(DiscordSender(self.bot)), self.bot.router
        drawer = BoardDrawer(self.services, router.as_of)
        return BoardKeeper(
            self.services, drawer, editor, self.limiter, lambda: self.rows_wait, self.bot.live_answers, router.view,
            router.as_of,
        )  # fmt: skip

    async def tick(self) -> None:
        await self.keeper.tick()
        await self.keeper.settled()

    async def later(self, race: Race, **amount: float) -> None:
        """Some time later, and what is due then is changed."""
        race.at(self.stand.clock.now() + timedelta(**amount))
        await self.tick()

    async def board(self) -> Board | None:
        """The channel's board of Talladega."""
        season = await self.services.seasons.season(2025)
        assert season is not None
        return await board_in(self.services.store, self.stand.channel.id, season.races[22].id)

    def messages(self) -> list[Any]:
        return list(self.stand.channel.history())


@pytest.fixture
def race(services: Services, stand: Stand) -> Race:
    return Race(services, stand)


@pytest.fixture
async def boards(simcord_bot: TailgateBot, services: Services, stand: Stand) -> AsyncIterator[Boards]:
    made = Boards(simcord_bot, services, stand)
    yield made
    await made.keeper.close()


def labels(result: Any) -> list[str]:
    """The labels of a message's buttons."""
    found: list[str] = []

    def walk(components: list[dict[str, Any]]) -> None:
        for component in components:
            if "label" in component:
                found.append(component["label"])
            walk(component.get("components", []))

    walk(result.response.components)
    return found


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
    desk = LiveDesk(boards.services, drawer, boards.bot.live_answers, router.view, editor)
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


def after(state: LiveState, lap: int, moment: datetime) -> LiveState:
    """The race on another lap, at another moment."""
    return replace(state, lap=lap, at=moment, came=moment)


def target_of(stand: Stand, **extras: Any) -> Target:
    return Target(guild=stand.channel.guild.id, channel=stand.channel.id, extras=Extras(**extras))


class TestAnswersToOne:
    """What no board can be made of is current for a quarter of an hour."""

    @pytest.fixture
    async def in_person(self, race: Race, stand: Stand, boards: Boards) -> Any:
        del boards  # it only has to be there first
        await race.runs(12)
        return await self.dee(stand).slash("live")

    def dee(self, stand: Stand) -> Any:
        """A person who writes to the bot directly."""
        if not hasattr(stand, "dee"):
            stand.dee = stand.env.create_user("Dee")  # type: ignore[attr-defined]
        return stand.dee  # type: ignore[attr-defined]

    async def test_it_is_kept_current_and_has_a_button_in_the_end(
        self, in_person: Any, race: Race, stand: Stand, boards: Boards
    ) -> None:
        began = stand.clock.now()
        assert "Refresh" not in labels(in_person)
        assert "updates itself until" in words(in_person)
        assert await boards.board() is None
        state = await race.runs(13)
        await boards.later(race, seconds=15)
        assert "lap 13 of 85" in title_and_answer(in_person)[1]
        await race.save(after(state, 25, began + timedelta(minutes=14)))
        race.at(began + timedelta(minutes=14, seconds=1))
        await boards.tick()
        assert "lap 25 of 85" in title_and_answer(in_person)[1]
        assert "Refresh" in labels(in_person)
        assert "updates itself" not in words(in_person)
        assert len(boards.bot.live_answers) == 0
        await race.save(after(state, 26, began + timedelta(minutes=20)))
        await boards.later(race, seconds=20)
        assert "lap 25 of 85" in title_and_answer(in_person)[1]
        await self.dee(stand).click(in_person.response, label="Refresh")
        assert "lap 26 of 85" in title_and_answer(in_person)[1]

    async def test_a_bot_that_stops_leaves_the_button(self, in_person: Any, boards: Boards) -> None:
        await boards.tick()
        await boards.keeper.close()
        assert "Refresh" in labels(in_person)

    async def test_an_answer_to_one_in_a_channel_goes_on_as_well(
        self, race: Race, stand: Stand, boards: Boards
    ) -> None:
        await race.runs(12)
        await stand.ask("live")
        again = await stand.other.slash(stand.channel, "live")
        await race.runs(13)
        await boards.later(race, seconds=15)
        assert "lap 13 of 85" in title_and_answer(again)[1]
        assert "[The board](" in words(again)

    @pytest.mark.usefixtures("boards")
    async def test_where_many_are_kept_current_one_has_the_button_at_once(
        self, race: Race, stand: Stand, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bot.interactions.live_answers.MOST", 0)
        await race.runs(12)
        assert "Refresh" in labels(await self.dee(stand).slash("live"))
