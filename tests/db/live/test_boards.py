"""The boards in the store: one in a channel for each race; those that the outbox posted are taken up once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db.connection import Store
from db.live.boards import (
    Board,
    board_in,
    boards_stamp,
    forget_old,
    is_on_its_way,
    open_boards,
    put_board,
    save_shown,
    take_sent,
)
from db.reminders.models import Extras, Target
from db.reminders.targets import save
from db.timestamps import to_text

NOW = datetime(2025, 10, 17, 20, tzinfo=UTC)
GUILD, CHANNEL = 7, 70
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def race(store: Store) -> int:
    return int((await store.fetch("SELECT id FROM races WHERE season = 2025 AND round = 23"))[0]["id"])


def board(race: int, channel: int = CHANNEL, message: int = 700, opened: datetime = NOW) -> Board:
    return Board(channel, race, GUILD, message, opened, edited=opened)


async def sent(
    store: Store, race: int, message: int = 900, at: datetime = NOW, state: str = "sent", channel: int = CHANNEL
) -> None:
    """The outbox has posted a board, or does so."""
    target = await save(store, Target(guild=GUILD, channel=CHANNEL, extras=Extras(board=True)), NOW)
    async with store.write() as connection:
        await connection.execute(
            """INSERT INTO outbox (target_id, kind, subject, season, round, session, lead, event_at, due_at, until,
                   detail, state, sent_at, channel_id, message_id, claimed_by, claimed_at)
               VALUES (?, 'board', ?, 2025, 23, 'race', 0, ?, ?, ?, '{}', ?, ?, ?, ?, ?, ?)""",
            (
                target.id, race, to_text(at), to_text(at), to_text(at + MINUTE), state,
                to_text(at) if state == "sent" else None, channel, message if state == "sent" else None,
                "run" if state == "claimed" else None, to_text(at) if state == "claimed" else None,
            ),
        )  # fmt: skip


async def test_a_board_is_one_row_that_is_rewritten(store: Store, race: int) -> None:
    await put_board(store, board(race))
    await put_board(store, board(race, message=701, opened=NOW + MINUTE))
    (only,) = await open_boards(store)
    assert (only.message, only.opened, only.frozen) == (701, NOW + MINUTE, False)
    assert only.link == f"https://discord.com/channels/{GUILD}/{CHANNEL}/701"


async def test_each_has_its_servers_delay_while_that_is_on(store: Store, race: int) -> None:
    await put_board(store, board(race))
    assert [each.delay for each in await open_boards(store)] == [0]
    target = await save(store, Target(guild=GUILD, channel=1, extras=Extras(delay=45)), NOW)
    assert [each.delay for each in await open_boards(store)] == [45]
    await save(store, replace(target, on=False), NOW)
    assert [each.delay for each in await open_boards(store)] == [0]


async def test_what_is_shown_is_written_of_the_message_that_it_was(store: Store, race: int) -> None:
    old = board(race)
    await put_board(store, board(race, message=701, opened=NOW + MINUTE))
    await save_shown(store, [replace(old, shown=NOW, edited=NOW, frozen=True)])
    assert [each.message for each in await open_boards(store)] == [701]
    await save_shown(store, [replace(board(race, message=701), shown=NOW, edited=NOW, frozen=True)])
    assert await open_boards(store) == ()


async def test_whatever_changes_the_list_changes_its_stamp(store: Store, race: int) -> None:
    stamps = [await boards_stamp(store)]
    await put_board(store, board(race))
    stamps.append(await boards_stamp(store))
    await put_board(store, board(race, message=701))
    stamps.append(await boards_stamp(store))
    await save_shown(store, [replace(board(race, message=701), frozen=True)])
    stamps.append(await boards_stamp(store))
    assert len(set(stamps)) == 4
    await save_shown(store, [replace(board(race, message=701), shown=NOW, edited=NOW, frozen=True)])
    assert await boards_stamp(store) == stamps[-1]


async def test_what_was_posted_is_taken_up_once(store: Store, race: int) -> None:
    await sent(store, race)
    for _ in range(2):
        await take_sent(store, NOW - MINUTE)
    (only,) = await open_boards(store)
    assert (only.channel, only.guild, only.message, only.opened) == (CHANNEL, GUILD, 900, NOW)
    # Given up, because people took it away: it does not come back.
    await save_shown(store, [replace(only, frozen=True)])
    await take_sent(store, NOW - MINUTE)
    assert await open_boards(store) == ()


async def test_what_was_posted_long_ago_is_not_taken_up(store: Store, race: int) -> None:
    await sent(store, race)
    await take_sent(store, NOW + MINUTE)
    assert await open_boards(store) == ()


async def test_a_board_that_was_opened_since_stays_and_a_later_post_takes_its_place(store: Store, race: int) -> None:
    await sent(store, race)
    await put_board(store, board(race, opened=NOW + MINUTE))
    await take_sent(store, NOW - MINUTE)
    assert [each.message for each in await open_boards(store)] == [700]
    await sent(store, race, message=901, at=NOW + 60 * MINUTE)
    await take_sent(store, NOW - MINUTE)
    assert [each.message for each in await open_boards(store)] == [901]


@pytest.mark.parametrize(("state", "channel", "expected"), [
    ("claimed", CHANNEL, True), ("claimed", 71, False), ("sent", CHANNEL, False), ("pending", CHANNEL, False),
])  # fmt: skip
async def test_whether_one_is_on_its_way(store: Store, race: int, state: str, channel: int, expected: bool) -> None:
    await sent(store, race, state=state, channel=channel)
    assert await is_on_its_way(store, race, GUILD, CHANNEL) is expected


async def test_frozen_ones_are_forgotten_after_a_while_and_all_in_the_end(store: Store, race: int) -> None:
    await put_board(store, board(race, 71))
    await put_board(store, board(race, 72))
    await save_shown(store, [replace(board(race, 71), frozen=True)])
    await forget_old(store, NOW + MINUTE, NOW)
    assert (await board_in(store, 71, race), await board_in(store, 72, race) is None) == (None, False)
    await forget_old(store, NOW + MINUTE, NOW + MINUTE)
    assert await board_in(store, 72, race) is None


async def test_a_race_that_is_gone_takes_its_boards_along(store: Store) -> None:
    await put_board(store, board(10**9))
    assert await open_boards(store) == ()
