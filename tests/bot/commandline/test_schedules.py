"""Schedules on the command line: races put in, dropped and moved, and what `import` and `check` say of them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from tests.db.documents import text_of
from tests.db.schedules import ALPHA, BRAVO, EXTRA, numbered, race, schedule

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "cases"
MISSING = "The documents of known faults are not at hand: they are looked for in shared/cases/ beside the checkout"
at_hand = pytest.mark.skipif(not CASES.is_dir(), reason=MISSING)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISCORD_TOKEN", "TAILGATE_DB", "TAILGATE_DISCORD_API", "TAILGATE_NOW", "TAILGATE_SPEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


Shell = Callable[..., tuple[str, str]]


@pytest.fixture
def shell(store_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Types a command on the bundled store; returns what it printed and what it said on standard error."""

    def type_in(*words: str | Path, status: int = 0) -> tuple[str, str]:
        capsys.readouterr()
        assert main([*map(str, words), "--db", str(store_path)]) == status
        captured = capsys.readouterr()
        return captured.out, captured.err

    return type_in


def exported(shell: Shell, what: str, season: int) -> list[dict[str, Any]]:
    (out, _) = shell("export", what, "--season", str(season))
    document = json.loads(out)
    rows: list[dict[str, Any]] = document.get("races" if what == "schedule" else what, [])
    return rows


def write(name: str, document: dict[str, Any]) -> Path:
    path = Path(name)
    path.write_text(text_of(document), encoding="utf-8")
    return path


def places(shell: Shell) -> dict[str, int]:
    return {row["name"]: row["round"] for row in exported(shell, "schedule", 2027)}


@at_hand
@pytest.mark.shared
@pytest.mark.usefixtures("recent_alone")
def test_known_case_of_a_race_that_moved(shell: Shell) -> None:
    shell("import", *sorted(CASES.glob("A_moved_keeps_coverage.*.json")))
    row = next(row for row in exported(shell, "schedule", 2025) if row["round"] == 23)
    assert (row["date"], row["start"]) == ("2025-10-18", "2025-10-18T17:00:00Z")
    assert [each.get("coverage") for each in row["broadcasts"]] == [None, None]
    assert "sessions" not in row
    (out, _) = shell("import", "--bundled")
    assert "2025 Love's RV Stop 225: kept what you imported (date, start)" in out
    assert next(each for each in exported(shell, "schedule", 2025) if each["round"] == 23) == row


@at_hand
@pytest.mark.shared
def test_known_case_of_a_race_put_in(shell: Shell) -> None:
    for file in sorted(CASES.glob("D_race_put_in.*.json")):
        shell("import", file)
    assert places(shell) == {"Alpha 150": 1, "Extra 100": 2, "Bravo 200": 3}
    assert [row["round"] for row in exported(shell, "quotes", 2027)] == [3]


@at_hand
@pytest.mark.shared
def test_known_case_of_a_race_dropped(shell: Shell) -> None:
    for file in sorted(CASES.glob("D2_race_dropped.*.json")):
        shell("import", file)
    assert places(shell) == {"Alpha 150": 1, "Bravo 200": 2}


def test_import_says_how_many_races_left_the_schedule(shell: Shell) -> None:
    shell("import", write("first.json", schedule(*numbered(ALPHA, EXTRA, BRAVO))))
    (out, _) = shell("import", write("second.json", schedule(*numbered(ALPHA, BRAVO), complete=True)))
    assert "races: 0 created, 1 updated, 1 unchanged, 1 removed" in out
    (out, _) = shell("check")
    assert "2027: 2 races, no results" in out


@pytest.mark.usefixtures("recent_alone")
def test_the_bundled_schedule_with_a_race_more_and_one_less(shell: Shell) -> None:
    """An operator's season of 25 races, each with what belongs to it, and an upgrade after it."""
    before = exported(shell, "results", 2025)
    (out, _) = shell("export", "season", "--season", "2025")
    season = json.loads(out)
    extra = race(3, "Extra 100", "Bristol", "2025-03-01", start=None)
    del season["complete"]
    rows = [extra, *(row | {"round": row["round"] + (row["round"] >= 3)} for row in season["races"])]
    shell("import", write("more.json", {"format": "tailgate/1", "season": 2025, "races": rows}))
    after = exported(shell, "results", 2025)
    assert [row["round"] for row in after] == [row["round"] + (row["round"] >= 3) for row in before]
    quotes = {row["words"]: row["round"] for row in exported(shell, "quotes", 2025)}
    (out, _) = shell("import", "--bundled")
    assert "2025 Extra 100: stays on the schedule, as you have it" in out
    assert exported(shell, "results", 2025) == after
    assert {row["words"]: row["round"] for row in exported(shell, "quotes", 2025)} == quotes
    assert len(exported(shell, "schedule", 2025)) == 26
    shell(
        "import",
        write("less.json", {"format": "tailgate/1", "season": 2025, "complete": True, "races": season["races"]}),
    )
    assert exported(shell, "results", 2025) == before


def test_an_edited_schedule_as_csv_moves_a_race(shell: Shell) -> None:
    (out, _) = shell("export", "schedule", "--season", "2025", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    rows[22] |= {"date": "2025-10-18", "start": "2025-10-18T17:00:00Z"}
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    Path("edited.csv").write_text(text.getvalue(), encoding="utf-8")
    for changed in ("1 updated, 24 unchanged", "0 updated, 25 unchanged"):
        (out, _) = shell("import", "edited.csv")
        assert f"races: 0 created, {changed}" in out
    row = exported(shell, "schedule", 2025)[22]
    assert [each.get("coverage") for each in row["broadcasts"]] == [None, None]
    assert "sessions" not in row


def test_what_cannot_be_so_is_refused_with_its_place(shell: Shell) -> None:
    wrong = BRAVO | {"broadcasts": [{"kind": "tv", "network": "FS1", "coverage": "2027-06-26T18:00:00Z"}]}
    path = write("wrong.json", schedule(ALPHA, wrong))
    line = path.read_text(encoding="utf-8").splitlines().index(json.dumps(wrong)) + 1
    (_, err) = shell("import", path, status=1)
    assert err.strip().splitlines()[-1] == (
        f"tailgate: wrong.json, line {line}, field 'broadcasts.0.coverage': of FS1 is at 14:00 Eastern, "
        "after the start at 13:00; leave it out if it isn't known"
    )


def test_check_names_times_that_an_older_version_let_in(shell: Shell, store_path: Path) -> None:
    with closing(sqlite3.connect(store_path)) as store:
        store.execute("UPDATE races SET date = '2025-10-18' WHERE season = 2025 AND round = 23")
        store.commit()
    (out, err) = shell("check", status=1)
    assert "cannot be so: 2025 race 23: start is on 2025-10-17 Eastern, the date is 2025-10-18" in out
    assert "cannot be so: 2025 race 23: broadcasts.0.coverage of FOX Sports 1 is on 2025-10-17 Eastern" in out
    assert "import a corrected document" in err
