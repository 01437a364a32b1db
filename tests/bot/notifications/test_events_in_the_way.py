"""What stands in the way of a scheduled event and passes."""

from __future__ import annotations

import pytest

from bot.discord_errors import Code
from bot.notifications.scheduled_events import MISSING
from bot.outbox.contracts import RefusedError
from db.connection import Store
from db.reminders.models import RowState
from tests.bot.notifications.events_desk import Scene
from tests.bot.outbox.standing import COVERAGE


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (Code.TOO_MANY_EVENTS, "the server has as many events as Discord allows"),
        (Code.MISSING_ACCESS, MISSING),
    ],
)
async def test_what_stands_in_an_event_s_way_for_a_while_does_not_give_it_up(
    empty_store: Store, code: Code, why: str
) -> None:
    scene = Scene(empty_store)
    scene.desk.before = [RefusedError("no", code=code), RefusedError("no", code=code)]
    target = await scene.wants(events=True)
    await scene.go(ticks=9)
    (row,) = await scene.rows(target)
    assert (row.state, row.reason) == (RowState.PENDING, why)
    assert scene.desk.requests == ["list", "create"]
    await scene.go(minutes=16)
    assert scene.starts == []
    await scene.go(minutes=16)
    assert scene.starts == [COVERAGE]
    await scene.worker.close(1)
