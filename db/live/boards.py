"""The boards: messages that show a race as it runs, one in a channel for each race; a board is one row, rewritten.

A frozen board is changed no more: the result stands in it, or its message is gone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from db.connection import Store
from db.timestamps import from_text, to_text

BOARD = "SELECT * FROM live_boards WHERE channel_id = ? AND race_id = ?"
# Each with the delay of its server, by which it shows the race later.
OPEN = """
SELECT b.*, coalesce(json_extract(t.extras, '$.delay'), 0) AS delay
  FROM live_boards b LEFT JOIN reminder_targets t
    ON t.guild_id = b.guild_id AND t.purpose = 'reminders' AND t.is_on
 WHERE NOT b.frozen ORDER BY b.opened_at, b.channel_id
"""
# What shows that another board was opened, moved, frozen or forgotten, without reading all of them.
STAMP = """
SELECT count(*) AS many, coalesce(sum(frozen), 0) AS frozen, coalesce(max(opened_at), '') AS newest,
       coalesce(sum(message_id % 1000003), 0) AS messages FROM live_boards
"""
PUT = """
INSERT INTO live_boards (channel_id, race_id, guild_id, message_id, opened_at, shown_at, edited_at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?5 WHERE EXISTS (SELECT 1 FROM races WHERE id = ?2)
ON CONFLICT (channel_id, race_id) DO UPDATE SET guild_id = excluded.guild_id, message_id = excluded.message_id,
    opened_at = excluded.opened_at, shown_at = excluded.shown_at, edited_at = excluded.edited_at, frozen = 0
"""
# The boards that were posted unasked: each is its channel's from the row of the outbox that was sent, and again when a
# later one was, as for a race that was put off. A board that was opened, or given up, since then is left as it is.
# CROSS JOIN forces SQLite to begin with the targets: of the outbox's rows few are boards.
SENT = """
SELECT o.channel_id, o.subject AS race_id, t.guild_id, o.message_id, max(o.sent_at) AS sent_at
  FROM reminder_targets t CROSS JOIN outbox o INDEXED BY outbox_of_target ON o.target_id = t.id AND o.kind = 'board'
 WHERE t.guild_id IS NOT NULL AND o.state = 'sent' AND o.message_id IS NOT NULL AND o.channel_id IS NOT NULL
   AND o.sent_at > ? AND NOT EXISTS (
       SELECT 1 FROM live_boards b WHERE b.channel_id = o.channel_id AND b.race_id = o.subject
          AND (b.opened_at >= o.sent_at OR b.message_id = o.message_id))
 GROUP BY o.channel_id, o.subject
"""
# One that was opened by somebody who asked meanwhile is newer, and stays the channel's.
TAKE = """
INSERT INTO live_boards (channel_id, race_id, guild_id, message_id, opened_at)
SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM races WHERE id = ?2)
ON CONFLICT (channel_id, race_id) DO UPDATE SET guild_id = excluded.guild_id, message_id = excluded.message_id,
    opened_at = excluded.opened_at, shown_at = NULL, edited_at = NULL, frozen = 0
 WHERE opened_at < excluded.opened_at
"""
ON_ITS_WAY = """
SELECT EXISTS (SELECT 1 FROM outbox o JOIN reminder_targets t ON t.id = o.target_id
 WHERE o.kind = 'board' AND o.subject = ? AND t.guild_id = ? AND o.state IN ('pending', 'claimed')
   AND (o.state = 'claimed' OR o.tried_at IS NOT NULL) AND coalesce(o.channel_id, t.channel_id) = ?)
"""
# Only of the message that it was when it was changed: it may have been moved to the end of the channel since.
SHOWN = """
UPDATE live_boards SET shown_at = ?, edited_at = ?, frozen = ? WHERE channel_id = ? AND race_id = ? AND message_id = ?
"""
FORGET_OLD = "DELETE FROM live_boards WHERE opened_at < ? AND (frozen OR opened_at < ?)"


@dataclass(frozen=True, slots=True)
class Board:
    """A message that shows a race.

    Attributes:
        channel, guild, message: Discord's ids of where it is.
        race: the race, by the store's id.
        opened: when it was posted.
        shown: the moment that it tells of; None before it was first changed.
        edited: when it was last changed.
        frozen: whether it is changed no more.
        delay: by how many seconds its server sees a race later; known of those that are read by ``open_boards``.
    """

    channel: int
    race: int
    guild: int
    message: int
    opened: datetime
    shown: datetime | None = None
    edited: datetime | None = None
    frozen: bool = False
    delay: int = 0

    @property
    def place(self) -> tuple[int, int]:
        """The channel and the race, which no two boards have in common."""
        return self.channel, self.race

    @property
    def link(self) -> str:
        """The address of the message."""
        return f"https://discord.com/channels/{self.guild}/{self.channel}/{self.message}"


@dataclass(frozen=True, slots=True)
class BoardsStamp:
    """What is another one where any board was opened, moved, frozen or forgotten."""

    many: int
    frozen: int
    newest: str
    messages: int


async def boards_stamp(store: Store) -> BoardsStamp:
    """What changes with the list of boards."""
    row = (await store.fetch(STAMP))[0]
    return BoardsStamp(row["many"], row["frozen"], row["newest"], row["messages"])


async def open_boards(store: Store) -> tuple[Board, ...]:
    """The boards that are kept current, in the order in which they were opened, with their servers' delays."""
    return tuple(_board(row, row["delay"]) for row in await store.fetch(OPEN))


async def board_in(store: Store, channel: int, race: int) -> Board | None:
    """The board of a channel for a race, frozen or not; None where there is none."""
    rows = await store.fetch(BOARD, (channel, race))
    return _board(rows[0]) if rows else None


async def put_board(store: Store, board: Board) -> None:
    """Makes a message the board of its channel for its race, in place of another one."""
    async with store.write() as connection:
        await connection.execute(
            PUT,
            (board.channel, board.race, board.guild, board.message, to_text(board.opened), to_text(board.shown)),
        )


async def take_sent(store: Store, since: datetime) -> None:
    """Registers the boards that the outbox has posted since a moment, and which are not known as such yet."""
    sent = [tuple(row) for row in await store.fetch(SENT, (to_text(since),))]
    if sent:
        async with store.write() as connection:
            await connection.executemany(TAKE, sent)


async def is_on_its_way(store: Store, race: int, guild: int, channel: int) -> bool:
    """Whether the outbox is posting a board for a race in a channel at this moment, or may have."""
    return bool((await store.fetch(ON_ITS_WAY, (race, guild, channel)))[0][0])


async def save_shown(store: Store, boards: Iterable[Board]) -> None:
    """Writes down what boards show, since when, and whether they are frozen."""
    rows = [
        (to_text(each.shown), to_text(each.edited), each.frozen, each.channel, each.race, each.message)
        for each in boards
    ]
    if rows:
        async with store.write() as connection:
            await connection.executemany(SHOWN, rows)


async def forget_old(store: Store, frozen_before: datetime, before: datetime) -> None:
    """Removes the frozen boards that were opened before a moment, and all that were before an earlier one."""
    async with store.write() as connection:
        await connection.execute(FORGET_OLD, (to_text(frozen_before), to_text(before)))


def _board(row: sqlite3.Row, delay: int = 0) -> Board:
    opened = from_text(row["opened_at"])
    assert opened is not None
    return Board(
        row["channel_id"],
        row["race_id"],
        row["guild_id"],
        row["message_id"],
        opened,
        from_text(row["shown_at"]),
        from_text(row["edited_at"]),
        bool(row["frozen"]),
        delay,
    )
