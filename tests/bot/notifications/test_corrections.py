"""Posted results and recaps are corrected in place, and say what was corrected."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.notifications.corrections import corrected, results_facts
from bot.notifications.results_planner import FRESH
from bot.outbox.contracts import BusyError, InDoubt, RefusedError, UnsureError
from db.connection import Store
from db.models import Adjustment, Season
from db.reminders import targets
from db.reminders.models import Extras, RowState, Target
from tests.bot.outbox.postings import ELSEWHERE, HELD, NEXT, ORDERS, Scene, after
from tests.bot.render.reading import body
from tests.checks.limits import check_message
from tests.seasons import Row, make_driver, make_season

EVENING = HELD - timedelta(hours=1)
LINE = "**Corrected:** Layne Riggs disqualified; Corey Heim wins."


def with_third(order: list[Row], **facts: Any) -> Season:
    """Three races are run, the third with this order."""
    held = {number: {"results_at": HELD + (number - 3) * NEXT} for number in (1, 2, 3)}
    return make_season(2025, [*ORDERS[:2], order], upcoming=3, races=held, **facts)


WINNER_OUT = [Row("Corey Heim"), Row("Ty Majeski"), Row("Layne Riggs", make="Ford", disqualified=True)]
DISQUALIFIED = with_third(WINNER_OUT)


@pytest.fixture
async def scene(empty_store: Store) -> AsyncIterator[Scene]:
    """The third race is on, and the results of two are held."""
    made = Scene(empty_store, EVENING)
    made.hold(after(2))
    yield made
    await made.worker.close(1)


async def posted(scene: Scene, **extras: Any) -> Target:
    """Results of the third race are posted, and whatever else is wanted."""
    target = await scene.wants(**{"results": True, **extras})
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=9)
    return target


@pytest.mark.parametrize("spoiler", [True, False])
@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(days=4), timedelta(days=13)])
async def test_a_disqualification_is_edited_into_what_was_posted(
    scene: Scene, later: timedelta, *, spoiler: bool
) -> None:
    await posted(scene, recap=True, spoiler=spoiler)
    before = [message.id for message in scene.discord.messages]
    scene.clock.advance(days=later.days, seconds=later.seconds)
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=9)
    await scene.go(ticks=9, minutes=5)
    assert [message.id for message in scene.discord.messages] == before
    assert [message.edits for message in scene.discord.messages] == [1, 1]
    for said in scene.discord.texts():
        assert LINE in said
    assert "**Corey Heim** won" in scene.discord.texts()[0]
    for view in scene.discord.views.values():
        assert check_message(body(view)) == []


async def test_a_correction_that_is_taken_back_leaves_no_line(scene: Scene) -> None:
    await posted(scene)
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=9)
    scene.hold(after(3))
    await scene.go(ticks=9)
    (said,) = scene.discord.texts()
    assert "Corrected" not in said
    assert "**Layne Riggs** won" in said


@pytest.mark.parametrize("kind", ["results", "recap"])
@pytest.mark.parametrize("arrives", ["at once", "late", "never"])
async def test_a_correction_without_an_answer_that_is_taken_back_leaves_no_trace(
    scene: Scene, kind: str, arrives: str
) -> None:
    await posted(scene, **{"results": False, kind: True})
    before, held_up = scene.discord.texts(), list[Callable[[], None]]()
    assert len(before) == 1
    scene.discord.hold_up_edit(held_up)
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=1)
    if arrives == "at once":
        held_up[0]()
    scene.start()
    scene.hold(after(3))
    await scene.go(ticks=4)
    if arrives == "late":
        held_up[0]()
        assert scene.discord.texts() != before
    await scene.go(ticks=9)
    assert scene.discord.texts() == before
    assert [message.edits for message in scene.discord.messages] == [1]


@pytest.mark.parametrize("fault", [BusyError("Discord told me to slow down", 60.0), UnsureError("no answer")])
async def test_one_that_could_not_be_made_before_two_days_were_over_is_made_after(
    scene: Scene, fault: Exception
) -> None:
    """By then the results are worth no message of their own any more, but those that are posted are still corrected."""
    target = await posted(scene)
    scene.clock.moment = HELD + FRESH - timedelta(seconds=2)
    scene.discord.before = [fault]
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=2)
    (_, late) = await scene.rows(target)
    assert late.state is RowState.EXPIRED
    await scene.go(ticks=15)
    (said,) = scene.discord.texts()
    assert LINE in said
    assert [message.edits for message in scene.discord.messages] == [1]


async def test_two_corrections_in_a_row_are_told_from_what_was_posted_first(scene: Scene) -> None:
    await posted(scene)
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=9)
    penalty = Adjustment(3, make_driver("Ty Majeski").key, points=-25, reason="a loose wheel", source="nascar.com")
    scene.hold(with_third(WINNER_OUT, adjustments=(penalty,)))
    await scene.go(ticks=9)
    (said,) = scene.discord.texts()
    assert f"{LINE[:-1]}; Ty Majeski −25 points." in said


async def test_corrected_before_it_was_posted_it_is_posted_as_it_is(scene: Scene) -> None:
    await scene.wants(results=True, delay=15 * 60)
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=9)
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=9)
    await scene.go(ticks=9, minutes=15)
    (said,) = scene.discord.texts()
    assert "**Corey Heim** won" in said
    assert "Corrected" not in said


async def test_whoever_got_no_results_gets_no_correction_days_later(scene: Scene) -> None:
    await posted(scene)
    await targets.save(
        scene.store, Target(guild=2, channel=ELSEWHERE, leads=(), extras=Extras(results=True)), scene.clock.now()
    )
    scene.clock.advance(days=4)
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=9)
    assert scene.discord.texts(ELSEWHERE) == []


async def test_it_is_corrected_where_it_was_posted_though_the_channel_changed(scene: Scene) -> None:
    target = await posted(scene)
    await targets.save(scene.store, replace(target, channel=ELSEWHERE), scene.clock.now())
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=9)
    assert LINE in scene.discord.texts()[0]
    assert scene.discord.texts(ELSEWHERE) == []


async def test_where_the_old_channel_takes_no_edit_the_server_is_in_no_trouble(scene: Scene) -> None:
    target = await posted(scene)
    await targets.save(scene.store, replace(target, channel=ELSEWHERE), scene.clock.now())
    scene.hold(DISQUALIFIED)
    scene.discord.before = [RefusedError("I can't see the channel", barred=True)]
    await scene.go(ticks=9)
    saved = await targets.target(scene.store, target.id)
    assert saved is not None
    assert (saved.on, saved.trouble) == (True, None)
    assert [row.state for row in await scene.rows(target)] == [RowState.SENT, RowState.FAILED]


async def test_what_people_took_away_is_not_posted_again(scene: Scene) -> None:
    target = await posted(scene)
    scene.discord.messages[0].deleted = True
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=9)
    scene.hold(after(3))
    await scene.go(ticks=9)
    assert scene.discord.texts() == []
    assert len(await scene.rows(target, RowState.PENDING)) == 0


@pytest.mark.parametrize("wait", [timedelta(seconds=30), timedelta(hours=1)])
async def test_a_correction_that_was_cut_off_is_there_once(scene: Scene, wait: timedelta) -> None:
    await posted(scene)
    scene.hold(DISQUALIFIED)
    scene.discord.after.append(UnsureError("the answer was lost"))
    await scene.go(ticks=1)
    scene.start()
    scene.clock.advance(seconds=wait.total_seconds())
    await scene.go(ticks=20)
    (said,) = scene.discord.texts()
    assert LINE in said


async def test_results_in_doubt_are_settled_before_they_are_corrected(scene: Scene) -> None:
    await scene.wants(results=True)
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    scene.discord.after.append(UnsureError("the answer was lost"))
    await scene.go(ticks=1)
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=20)
    (said,) = scene.discord.texts()
    assert "**Corey Heim** won" in said


async def test_what_may_be_there_is_not_posted_a_second_time_to_correct_it(scene: Scene) -> None:
    """Its history may not be read, and the operator would rather lose a message than have it twice."""
    scene.discord.unreadable.add(900)
    target = await scene.wants(results=True)
    await scene.go()
    scene.clock.moment = HELD
    scene.hold(after(3))
    scene.discord.after.append(UnsureError("the answer was lost"))
    scene.start(InDoubt.DROP)
    await scene.go(ticks=9)
    scene.hold(DISQUALIFIED)
    await scene.go(ticks=9)
    assert len(scene.discord.messages) == 1
    assert [row.state for row in await scene.rows(target)] == [RowState.FAILED, RowState.FAILED]


async def test_a_restored_store_corrects_what_it_finds_and_posts_nothing_again(scene: Scene, tmp_path: Path) -> None:
    await scene.wants(results=True)
    await scene.go()
    await scene.store.backup(tmp_path / "backup.db")
    scene.clock.moment = HELD
    scene.hold(after(3))
    await scene.go(ticks=9)
    await scene.worker.close(1)
    scene.clock.moment = HELD + timedelta(hours=9)
    async with await Store.open(tmp_path / "backup.db") as restored:
        scene.store = restored
        scene.hold(DISQUALIFIED)
        scene.start()
        await scene.go(ticks=20)
        await scene.worker.close(1)
    (said,) = scene.discord.texts()
    assert "**Corey Heim** won" in said


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(days=5)])
async def test_results_that_an_earlier_release_posted_stay_as_they_are(scene: Scene, age: timedelta) -> None:
    """Their rows hold no version; their mark is the one that they had."""
    target = await posted(scene)
    (row,) = await scene.rows(target)
    async with scene.store.write() as connection:
        await connection.execute("UPDATE outbox SET lead = 0")
        await connection.execute("DELETE FROM results_seen")
    (older,) = await scene.rows(target)
    assert older.mark == row.mark
    scene.start()
    scene.clock.advance(days=age.days, seconds=age.seconds)
    await scene.go(ticks=9, minutes=2)
    assert [message.edits for message in scene.discord.messages] == [0]
    assert len(await scene.rows(target)) == 1


HEIM, MAJESKI, RIGGS = (Row(name) for name in ("Corey Heim", "Ty Majeski", "Layne Riggs"))
FOURTH, FIFTH = Row("Rajah Caruth"), Row("Grant Enfinger")


@pytest.mark.parametrize(
    ("before", "now", "line"),
    [
        ([HEIM, MAJESKI], [HEIM, MAJESKI], ""),
        ([HEIM, MAJESKI, RIGGS], [HEIM, RIGGS, MAJESKI], "Layne Riggs 2nd, Ty Majeski 3rd"),
        ([HEIM, MAJESKI], [MAJESKI, HEIM], "Ty Majeski wins"),
        ([HEIM, replace(MAJESKI, disqualified=True)], [HEIM, MAJESKI], "Ty Majeski no longer disqualified"),
        ([HEIM, MAJESKI], [HEIM, replace(MAJESKI, points=9)], "points"),
        (
            [HEIM, MAJESKI, RIGGS, FOURTH, FIFTH],
            [HEIM, FIFTH, MAJESKI, RIGGS, FOURTH],
            "the places of 4 drivers",
        ),
        (
            [HEIM, MAJESKI, RIGGS, FOURTH, FIFTH],
            [replace(each, disqualified=True) for each in (HEIM, MAJESKI, RIGGS, FOURTH, FIFTH)],
            "; ".join([*(f"{each.driver} disqualified" for each in (HEIM, MAJESKI, RIGGS, FOURTH)), "and more"]),
        ),
    ],
)
def test_a_correction_is_told_by_what_fans_look_for(before: list[Row], now: list[Row], line: str) -> None:
    seasons = [make_season(2025, [order]) for order in (before, now)]
    facts = [results_facts(season, season.races[0]) for season in seasons]
    assert corrected(*facts) == (f"**Corrected:** {line}." if line else "")


def test_a_result_of_a_driver_who_was_not_listed_is_a_place() -> None:
    seasons = [make_season(2025, [order]) for order in ([HEIM], [HEIM, MAJESKI])]
    facts = [results_facts(season, season.races[0]) for season in seasons]
    assert corrected(*facts) == "**Corrected:** Ty Majeski 2nd."
