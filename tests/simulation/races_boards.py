"""What boards showed in a race night, each version of them, compared with what their place was to know by then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from db.live.models import Flag
from db.reminders.models import NotificationKind
from tests.simulation.races_documents import FEED, winner_of
from tests.simulation.races_world import Drawn
from tests.simulation.story import MINUTE, Place

if TYPE_CHECKING:
    from tests.simulation.races_judge import _RaceJudge

SOON = 1.5
"""The store keeps whole seconds, and a moment is one of them."""
LAP = re.compile(r"\blap (\d+)", re.IGNORECASE)


def board_spoilers(judge: _RaceJudge, place: Place) -> Iterator[str]:
    """Versions of a place's boards that tell what it is not to know yet, or name a winner who did not win."""
    for each in versions(judge, place):
        yield from _spoils(judge, place, each)


def versions(judge: _RaceJudge, place: Place) -> Iterator[Drawn]:
    """All that a place's boards ever showed: as they were posted, and after each change."""
    for shown in judge._world.shown:
        if shown.channel == place.channel and shown.notification.kind is NotificationKind.BOARD:
            left = judge._world.handed_over.get(judge._mark(shown), shown.at)
            yield Drawn(shown.at, shown.channel, shown.message, max(left, shown.at - MINUTE), shown.text)
    yield from (each for each in judge._world.boards if each.channel == place.channel)


def _spoils(judge: _RaceJudge, place: Place, board: Drawn) -> Iterator[str]:
    world, tale = judge._world, judge._world.story.race
    where = f"on the board in {place.channel} at {judge._when(board.at)}"
    offsets = [offset for at, offset in world.offsets if board.drawn - MINUTE <= at <= board.drawn]
    latest = board.drawn + max([judge._offset(max(board.drawn - MINUTE, 0.0)), judge._offset(board.drawn), *offsets])
    seen = [
        each
        for each in world.nascar.handed
        if each.at <= board.at and each.at + judge._offset(each.at) + place.delay <= latest + SOON
    ]
    editions = {
        edition
        for at, edition in world.imported
        if at <= board.at and at + judge._offset(at) + place.delay <= latest + SOON
    }
    if editions:
        winners = {winner_of(tale, edition) for edition in editions}
    else:
        most = max(judge._known.lap_by(seen), 0)
        # How long the race and its stages are is no secret.
        ends = {sum(tale.stages[: number + 1]) for number in range(len(tale.stages))} | {tale.planned}
        laps = [int(lap) for lap in LAP.findall(board.text) if int(lap) not in ends]
        if any(lap > most for lap in laps):
            yield f"spoiler: laps {laps} {where}, of {most} that place may know of"
        winners = set[str]()
    running = {each.state.trucks[0].name for each in seen if each.path == FEED and each.state.trucks}
    first = judge._named_first(board.text)
    if first != "nobody" and (seen or editions) and first not in running | winners:
        yield f"spoiler: {first} is first {where}, of {sorted(running | winners)}"
    shown = {each.flag for state in seen for each in state.state.flags}
    if "checkered" in board.text.lower() and Flag.CHECKERED not in shown and not editions:
        yield f"spoiler: a finish {where}"
