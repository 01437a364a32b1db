"""What the judge lays to the program, and what it does not: requests cut off at a stop, changes that must wait."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.simulation.events import Delay, Event, Import, OffAndOn, Stop
from tests.simulation.mutations import mutated
from tests.simulation.night import nights
from tests.simulation.schedule import COVERAGE, NOON, RESULTS_AFTER
from tests.simulation.story import Place, Story
from tests.simulation.verdict import Verdict


def lived(story: Story) -> Verdict:
    with nights() as live:
        return live.live(story)


def stopped(*, hidden: bool, in_doubt: str = "again") -> Story:
    """The program is stopped while the request for a quote is on its way, which lands half a minute later."""
    events = (Delay(0.0, 0, 50.0), Stop(15.0, 600.0))
    places = (Place(1, hour=9, hidden=hidden),)
    begins = NOON - timedelta(hours=3, seconds=5)
    return Story(1, begins, 1500.0, places, events, memory=5.0, in_doubt=in_doubt)


@pytest.mark.parametrize(
    ("hidden", "in_doubt", "seen", "risked"),
    [(True, "again", 1, 1), (True, "drop", 1, 0), (False, "again", 1, 0), (False, "drop", 1, 0)],
)
def test_what_was_on_its_way_at_an_orderly_stop_is_risked_where_history_may_not_be_read(
    hidden: bool,
    in_doubt: str,
    seen: int,
    risked: int,
) -> None:
    verdict = lived(stopped(hidden=hidden, in_doubt=in_doubt))
    assert (verdict.seen, verdict.risked_doubled, verdict.wrong) == (seen, risked, [])


def test_it_is_a_fault_where_history_may_be_read() -> None:
    with mutated("believe nothing"):
        verdict = lived(stopped(hidden=False))
    assert verdict.doubled == 1


def corrected(*more: Event) -> Story:
    """A recap lands so late that it is sent again, and is corrected meanwhile."""
    begins = COVERAGE + RESULTS_AFTER
    events = (Import(0.0, "results"), Delay(50.0, 0, 50.0), Import(70.0, "corrected"), *more)
    return Story(1, begins, 600.0, (Place(1, recap=True, hidden=True),), events)


def test_a_correction_may_wait_until_a_second_message_was_looked_for() -> None:
    verdict = lived(corrected(OffAndOn(180.0, 1, 2.0)))
    assert verdict.wrong == []


def test_a_correction_that_never_comes_is_a_fault_all_the_same() -> None:
    assert lived(corrected()).sound
    with mutated("no correction"):
        verdict = lived(corrected())
    assert verdict.lost == 1
