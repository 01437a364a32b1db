"""What is odd about a race is said with what to do; what is as usual is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.documents.plausibility import oddities
from db.models import Broadcast, BroadcastKind, Entry, Outcome, RaceStatus, Result, Season
from db.results_state import ResultsState
from tests.seasons import NAMES, Row, bundled_seasons, make_season

START = datetime(2025, 10, 17, 20, 30, tzinfo=UTC)
"""4:30 p.m. Eastern."""


def tv(before: timedelta) -> Broadcast:
    return Broadcast(BroadcastKind.TV, "FS1", START - before)


def season(**race: Any) -> Season:
    """Two races of twelve trucks; the facts are those of the first."""
    rows = [Row(name, laps=100, start=place) for place, name in enumerate(NAMES[:12], 1)]
    facts = {"start": START, "date": START.date(), "results_at": START + timedelta(hours=2), **race}
    return make_season(2025, [rows, rows], races={1: facts})


def held(made: Season, rows: tuple[Result, ...], *absent: Entry) -> Season:
    """The season with these rows as the first race's partial results."""
    return replace(made, results={2: made.results[2]}, partial={1: rows}, absent={1: absent})


def changed(made: Season, **facts: Any) -> Season:
    """The season with facts of the winner's result."""
    winner, *rest = made.results[1]
    return replace(made, results={**made.results, 1: (replace(winner, **facts), *rest)})


BASE = season(results_at=None)
ROWS = BASE.results[1]
UNOFFICIAL = season(results_stated=ResultsState.UNOFFICIAL)
ODD = {
    "few trucks": (held(BASE, ROWS[:4]), "partial results: 4 trucks (far fewer than the season's usual 12); import"),
    "a single truck": (held(BASE, ROWS[:1]), "partial results: 1 truck (a single truck); import"),
    "a gap": (
        held(BASE, (*ROWS[:2], *ROWS[3:])),
        "partial results: 11 trucks (nobody in place 3); import the rest",
    ),
    "no winner": (held(BASE, ROWS[1:]), "(no winner); import the rest"),
    "an entry without a result": (
        held(BASE, ROWS[:11], ROWS[11].entry),
        "(1 of 12 entries without a result); import the rest, give each truck that did not race a note, or set",
    ),
    "called partial": (
        held(season(results_at=None, results_stated=ResultsState.PARTIAL), ROWS),
        "partial results: 12 trucks, as the document says; when they are whole, set results_state to official",
    ),
    "called official and not there": (
        replace(season(results_at=None, results_stated=ResultsState.OFFICIAL), results={2: ROWS}),
        "its results are called official and none are held; import them",
    ),
    "called unofficial with a gap": (
        replace(UNOFFICIAL, results={**UNOFFICIAL.results, 1: (*ROWS[:2], *ROWS[3:])}),
        "its results are called unofficial (nobody in place 3); import what is missing if there is more",
    ),
    "canceled with results": (season(status=RaceStatus.CANCELLED), "it is canceled and has results"),
    "coverage in the small hours": (
        season(broadcasts=(tv(timedelta(hours=12, minutes=30)),)),
        "coverage on FS1 starts Oct 17, 4:00 a.m. Eastern, long before the race at Oct 17, 4:30 p.m. Eastern; correct",
    ),
    "results before the race": (
        season(results_at=START - timedelta(hours=10)),
        "its results are of Oct 17, 6:30 a.m. Eastern, before its listed start Oct 17, 4:30 p.m. Eastern; take them",
    ),
    "more laps than were run": (
        season(outcome=Outcome(laps=90)),
        "truck 1 completed 100 of 90 laps; correct one of the two",
    ),
    "more laps led than run": (changed(BASE, led=101), "101 laps were led of the 100 that were run"),
    "more laps than the winner": (
        replace(BASE, results={**BASE.results, 1: (replace(ROWS[0], laps=98), *ROWS[1:])}),
        "truck 2 completed 100 laps and the winner 98; correct one of the two",
    ),
    "two from one place": (changed(BASE, start=7), "2 trucks started from place 7"),
}


@pytest.mark.parametrize("what", ODD)
def test_what_is_odd_is_said_once_with_what_to_do(what: str) -> None:
    made, said = ODD[what]
    (found,) = oddities(made)
    assert found.round == 1
    assert said in found.what
    assert "; " in found.what
    assert "\n" not in found.what
    assert oddities(made, {2}) == ()


@pytest.mark.parametrize(
    "usual",
    [
        season(),
        season(broadcasts=(tv(timedelta(hours=3)), tv(timedelta(minutes=30)))),
        season(results_at=START + timedelta(days=200)),
        season(outcome=Outcome(laps=100), results_stated=ResultsState.OFFICIAL),
        make_season(2025, upcoming=3),
    ],
)
def test_what_is_usual_is_not_said(usual: Season) -> None:
    assert oddities(usual) == ()


def test_nothing_is_odd_about_the_seasons_that_come_with_the_program() -> None:
    assert [(each.year, *oddities(each)) for each in bundled_seasons() if oddities(each)] == []
