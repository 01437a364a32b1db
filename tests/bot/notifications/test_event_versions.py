"""What an older release made of scheduled events goes on, though it counted their versions otherwise."""

from __future__ import annotations

from db.connection import Store
from db.reminders.models import RowState
from tests.bot.notifications.events_desk import Scene
from tests.bot.outbox.standing import COVERAGE


async def test_a_version_of_an_older_release_is_looked_at_once_and_changes_nothing(empty_store: Store) -> None:
    scene = Scene(empty_store)
    target = await scene.wants(events=True)
    await scene.go()
    async with scene.store.write() as connection:
        await connection.execute("UPDATE outbox SET lead = 12345")
    await scene.go(ticks=9, minutes=2)
    await scene.go(ticks=9, hours=5)
    assert scene.starts == [COVERAGE]
    assert scene.desk.requests == ["list", "create", "list"]
    assert [row.state for row in await scene.rows(target)] == [RowState.SENT, RowState.SENT]
    await scene.worker.close(1)
