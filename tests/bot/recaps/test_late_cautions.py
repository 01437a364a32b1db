"""What a recap says of the cautions late in a race, and of who crossed the line first without winning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.recaps.context import RecapContext
from db.models import CautionPeriod, Lead, Outcome
from db.recaps.models import SectionKind
from tests.bot.recaps.sample_recaps import UNCLEAN, finished, said
from tests.seasons import NAMES, Row, make_season

FIELD = [Row(name, laps=100) for name in NAMES[:14]]
MOVE = SectionKind.MOVE
A, B = "accident", "debris"


def move(outcome: Outcome, field: Sequence[Row] = FIELD) -> str:
    return said(finished(make_season(2025, [field], outcomes={1: outcome}, upcoming=9)), MOVE)


@pytest.mark.parametrize(
    ("cautions", "words"),
    [
        ([(85, 90, A)], ["for an accident on laps 85 to 90", "10 laps"]),
        ([(95, 98, None)], ["on laps 95 to 98", "two laps"]),
        ([(99, 99, "spin")], ["for a spin on lap 99", "one lap"]),
        ([(100, 100, A)], ["for an accident on lap 100"]),
        ([(98, 105, A)], ["for an accident on laps 98 to 100"]),
        ([(82, 85, A), (90, 94, A)], ["two", "for accidents on laps 82 to 85 and 90 to 94", "six laps"]),
        ([(82, 85, A), (90, 94, B)], ["for an accident on laps 82 to 85 and for debris on laps 90 to 94", "six laps"]),
        (
            [(82, 85, None), (88, 89, A), (90, 94, None)],
            ["three", "for an accident on laps 88 to 89, and others on laps 82 to 85 and 90 to 94", "six laps"],
        ),
        ([(82, 83, A)] * 4 + [(97, 98, B)], ["five", "last 19 laps", "the last of them for debris on laps 97 to 98"]),
        ([(82, 85, None), (90, 94, None)], ["two", "on laps 82 to 85 and 90 to 94"]),
    ],
)
def test_late_cautions_are_told_with_laps_reasons_and_what_was_left(
    cautions: list[tuple[int, int, str | None]], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = Outcome(laps=100, caution_periods=tuple(CautionPeriod(*each) for each in cautions))
    for turn in range(3):
        monkeypatch.setattr(RecapContext, "position", turn)
        told = move(outcome)
        assert [word for word in words if word not in told.lower()] == [], told
        assert UNCLEAN.search(told) is None, told


@pytest.mark.parametrize(
    "cautions",
    [
        [(20, 30, A)],
        [(80, 84, A)],
        [(90, 95, "end of stage 2")],
        [(90, 95, "competition caution")],
        [(101, 104, A)],
        [],
    ],
)
def test_what_is_not_late_or_was_planned_is_not_told(cautions: list[tuple[int, int, str]]) -> None:
    outcome = Outcome(laps=100, margin=1.5, caution_periods=tuple(CautionPeriod(*each) for each in cautions))
    assert "late" not in move(outcome)
    assert "restart" not in move(outcome)


def test_who_led_at_the_end_and_was_disqualified_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others, last = FIELD
    leads = (Lead("corey-heim", 1, 97), Lead("ty-majeski", 98, 99), Lead(_key(last.driver), 100, 100))
    for turn in range(2):
        monkeypatch.setattr(RecapContext, "position", turn)
        told = move(Outcome(laps=100, leads=leads), [first, *others, replace(last, disqualified=True)])
        for words in (last.driver, "Ty Majeski", "the last lap", "disqualified", first.driver):
            assert words in told
        told = move(Outcome(laps=100, leads=leads), FIELD)
        assert "was scored last" in told


def test_a_leader_who_is_neither_winner_nor_last_is_a_slip_of_the_list() -> None:
    leads = (Lead("corey-heim", 1, 97), Lead("ty-majeski", 98, 100))
    assert "lap 98" not in move(Outcome(laps=100, leads=leads))
    assert "scored" not in move(Outcome(laps=100, leads=leads))


def _key(name: str) -> str:
    return name.lower().replace(" ", "-").replace(".", "")
