"""`tailgate check` on a store with every season: what it notes of history, each of which docs/data.md explains."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main

NOT_BY_THE_RULE = (
    "1996 race 21: Bob Keselowski has 115 points, finish gives 112",
    "1998 race 22: Rick Crawford has 145 points, finish gives 146",
    "1998 race 24: Lance Norick has 145 points, finish gives 146",
    "1998 race 25: Butch Miller has 145 points, finish gives 146",
    "1998 race 27: Joe Ruttman has 145 points, finish gives 146",
    "1999 race 10: Stacy Compton has 142 points, finish and laps led give 143",
    "1999 race 11: Andy Houston has 145 points, finish and laps led give 146",
    "1999 race 16: Randy Renfrow has 88 points, finish and laps led give 90",
    "2000 race 4: Phil Bonifield has 68 points, finish and laps led give 67",
    "2000 race 4: Kenny Martin has 65 points, finish and laps led give 64",
    "2000 race 6: Andy Houston has 175 points, finish and laps led give 180",
    "2001 race 2: Carlos Contreras has 148 points, finish and laps led give 146",
    "2001 race 19: Bobby Dotter has 118 points, finish and laps led give 123",
    "2001 race 24: Brian Rose has 127 points, finish and laps led give 132",
    "2004 race 21: Bill Lester has 79 points, finish and laps led give 84",
    "2012 race 17: Bryan Silas has 28 points, finish and laps led give 29",
    "2024 race 5: Matt Mills has 12 points, finish and stages give 13",
    "2024 race 5: Tyler Ankrum has 23 points, finish and stages give 22",
)
OTHERS = (
    (
        "Jason White is a name of Jason White (NASCAR id 3557) and of Jason White (NASCAR id 4292); "
        "documents have to say which one they mean"
    ),
    "2016 race 5: 198 of 200 laps have a leader on record; the others are not known or missing",
)

RACE = "(SELECT id FROM races WHERE season = 1999 AND round = {})"
SPRAGUE = "(SELECT e.id FROM entries e JOIN drivers d ON d.id = e.driver_id WHERE d.key = 'jack-sprague')"
SPOILT = {
    2: (
        "UPDATE results SET laps = 149, led = 0 WHERE finish = 1 AND race_id = {race}",
        "note: 1999 race 2: truck 24 completed 150 laps and the winner 149; correct one of the two",
    ),
    3: (
        "UPDATE results SET led = 0 WHERE finish = 1 AND race_id = {race}",
        "note: 1999 race 3: 15 of 200 laps have a leader on record; the others are not known or missing",
    ),
    4: (
        "UPDATE results SET led = led + 1 WHERE finish = 1 AND race_id = {race}",
        "note: 1999 race 4: 302 laps were led of the 301 that were run; correct the laps led",
    ),
    5: (
        "UPDATE results SET points = points + 7 WHERE finish = 4 AND race_id = {race}",
        "note: 1999 race 5: ",
    ),
    6: (
        (
            "UPDATE results SET finish = 60 WHERE finish = 1 AND race_id = {race}; "
            "UPDATE races SET results_state = 'official' WHERE id = {race}"
        ),
        "cannot be so: 1999 race 6: no winner",
    ),
    7: (
        f"UPDATE results SET points = points - 100 WHERE race_id = {{race}} AND entry_id IN {SPRAGUE}",
        "cannot be so: 1999: ",
    ),
}
"""What is done to a race of 1999, by round, and what is said of it."""


@pytest.fixture
def every_season_copy(every_season_store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(every_season_store, tmp_path / "tailgate.db"))


def test_of_all_history_only_what_no_source_settles_is_noted(
    every_season_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--db", str(every_season_copy)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert {line.removeprefix("note: ") for line in said if line.startswith("note: ")} == {*NOT_BY_THE_RULE, *OTHERS}
    assert not any(line.startswith("cannot be so") for line in said)
    assert sum(": results of" in line or ", results of" in line for line in said) == 32


def test_what_is_spoilt_in_an_old_season_is_found(every_season_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(every_season_copy)) as store, store:
        for number, (statements, _) in SPOILT.items():
            store.executescript(statements.format(race=RACE.format(number)))
    assert main(["check", "--db", str(every_season_copy)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [expected for _, expected in SPOILT.values() if not any(line.startswith(expected) for line in said)] == []
