"""A document that was retrieved before what is stored of a race: what is stored stays, and one line says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from tests.db.schedules import ALPHA, BRAVO, CHARLIE, DRIVERS, EXTRA, TRACKS, numbered, result

JUNE_5, JUNE_10, JUNE_20 = (f"2026-06-{day}T00:00:00Z" for day in ("05", "10", "20"))
NAMES = ("Layne Riggs", "Corey Heim", "Ty Majeski")


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISCORD_TOKEN", "TAILGATE_DB", "TAILGATE_DISCORD_API", "TAILGATE_NOW", "TAILGATE_SPEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


class Operator:
    """Imports documents into the bundled store and reads what it exports of 2027."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._store, self._capsys = str(store), capsys

    def takes_in(self, file: str, *options: str, **parts: Any) -> list[str]:
        """Imports a document; returns the lines that were printed about what is older."""
        held = {"format": "tailgate/1", "season": 2027, "tracks": TRACKS, "drivers": DRIVERS} | parts
        Path(file).write_text(json.dumps(held), encoding="utf-8")
        assert main(["import", file, *options, "--db", self._store]) == 0
        return [line for line in self._capsys.readouterr().out.splitlines() if "was retrieved" in line]

    def exported(self) -> dict[str, Any]:
        assert main(["export", "season", "--season", "2027", "--db", self._store]) == 0
        held: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return held


@pytest.fixture
def operator(store_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(store_path, capsys)


def test_an_older_schedule_changes_nothing_and_is_named(operator: Operator) -> None:
    operator.takes_in("new.json", retrieved=JUNE_10, races=[ALPHA, BRAVO | {"laps": 200}, CHARLIE])
    before = operator.exported()
    old = [ALPHA, BRAVO | {"laps": 190}, CHARLIE]
    (line,) = operator.takes_in("old.json", retrieved=JUNE_5, races=old)
    assert line == (
        "note: old.json was retrieved 2026-06-04 20:00 Eastern, before the schedule of 2027 race 2 that is stored "
        "(2026-06-09 20:00 Eastern); kept what is stored (laps); to take in the older one, add --older"
    )
    assert operator.exported() == before
    assert operator.takes_in("old.json", "--older", retrieved=JUNE_5, races=old) == []
    assert operator.exported()["races"][1]["laps"] == 190


def test_older_results_change_nothing_and_newer_ones_do(operator: Operator) -> None:
    operator.takes_in("new.json", retrieved=JUNE_10, races=[ALPHA, BRAVO], results=result(1, *NAMES))
    before = operator.exported()
    other = result(1, *reversed(NAMES))
    (line,) = operator.takes_in("old.json", retrieved=JUNE_5, results=other)
    assert "before the results of 2027 race 1 that is stored" in line
    assert operator.exported() == before
    assert operator.takes_in("same.json", retrieved=JUNE_5, results=result(1, *NAMES)) == []
    assert operator.takes_in("newer.json", retrieved=JUNE_20, results=other) == []
    assert operator.exported()["results"][0]["driver"] == NAMES[2]


def test_older_results_of_a_race_without_any_are_taken_in(operator: Operator) -> None:
    operator.takes_in("new.json", retrieved=JUNE_10, races=[ALPHA, BRAVO], results=result(1, *NAMES))
    assert operator.takes_in("old.json", retrieved=JUNE_5, results=result(2, *NAMES)) == []
    assert len(operator.exported()["results"]) == 6


def test_results_of_an_older_schedule_go_to_the_race_that_moved(operator: Operator) -> None:
    operator.takes_in("new.json", retrieved=JUNE_10, races=numbered(ALPHA, EXTRA, BRAVO))
    operator.takes_in("old.json", retrieved=JUNE_5, races=numbered(ALPHA, BRAVO), results=result(2, *NAMES))
    held = operator.exported()
    assert [race["name"] for race in held["races"]] == ["Alpha 150", "Extra 100", "Bravo 200"]
    assert {row["round"] for row in held["results"]} == {3}


def test_an_older_word_takes_no_results_back(operator: Operator) -> None:
    operator.takes_in("new.json", retrieved=JUNE_5, races=[ALPHA])
    operator.takes_in("newer.json", retrieved=JUNE_20, results=result(1, *NAMES))
    operator.takes_in("old.json", retrieved=JUNE_10, races=[ALPHA | {"results_state": "none"}])
    assert len(operator.exported()["results"]) == 3


def test_an_older_complete_schedule_drops_no_race(operator: Operator) -> None:
    operator.takes_in("new.json", retrieved=JUNE_10, races=[ALPHA, BRAVO, CHARLIE])
    (line,) = operator.takes_in("old.json", retrieved=JUNE_5, complete=True, races=[ALPHA, BRAVO])
    assert "2027 race 3 that is stored" in line
    assert len(operator.exported()["races"]) == 3


@pytest.mark.parametrize(("part", "theirs", "other"), [("champion", *NAMES[:2]), ("rookies", NAMES[:1], NAMES[1:2])])
def test_an_older_document_replaces_no_champion_and_no_rookies(
    operator: Operator, part: str, theirs: Any, other: Any
) -> None:
    operator.takes_in("new.json", retrieved=JUNE_10, races=[ALPHA], **{part: theirs})
    (line,) = operator.takes_in("old.json", retrieved=JUNE_5, races=[ALPHA], **{part: other})
    assert f"kept its {part}" in line
    held = operator.exported()
    assert (held[part], held["retrieved"]) == (theirs if part == "champion" else list(theirs), JUNE_10)


def test_what_says_no_moment_is_of_today_and_its_export_can_be_edited(operator: Operator) -> None:
    operator.takes_in("dated.json", retrieved=JUNE_10, races=[ALPHA, BRAVO])
    assert operator.takes_in("today.json", races=[ALPHA | {"laps": 150}]) == []
    (line,) = operator.takes_in("old.json", retrieved=JUNE_20, races=[ALPHA | {"laps": 140}])
    assert "kept what is stored (laps)" in line
    held = operator.exported()
    held["races"][0]["laps"] = 160
    assert operator.takes_in("edited.json", **held) == []
    assert operator.exported()["races"][0]["laps"] == 160
