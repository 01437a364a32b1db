"""import, export, backup and check, as an operator types them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.commandline.standings import STANDINGS_VIEWS
from db.migrate import schema_version
from tests.db.documents import small, text_of

SEASONS = Path(__file__).parents[3] / "db" / "seasons"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISCORD_TOKEN", "TAILGATE_DB", "TAILGATE_DISCORD_API", "TAILGATE_NOW", "TAILGATE_SPEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("season", [2023, 2024, 2025, 2026])
def test_a_season_comes_out_as_it_was_bundled(
    store_path: Path, season: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "season", "--season", str(season), "--db", str(store_path)]) == 0
    assert capsys.readouterr().out == (SEASONS / f"{season}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("what", ["results", "schedule", "drivers", "tracks"])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_what_is_exported_can_be_imported_and_changes_nothing(
    store_path: Path, tmp_path: Path, what: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    of_season = ["--season", "2025"] if what in {"results", "schedule"} else []
    assert main(["export", what, *of_season, "--format", form, "--db", str(store_path)]) == 0
    file = tmp_path / f"out.{form}"
    file.write_text(capsys.readouterr().out, encoding="utf-8")
    assert main(["import", str(file), "--db", str(store_path)]) == 0
    captured = capsys.readouterr().out
    assert " 0 created, 0 updated, " in captured
    assert " 0 unchanged" not in captured


def test_standings_come_as_json_and_csv(store_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask = ["export", "standings", "--view", "points", "--season", "2025", "--after", "22", "--db", str(store_path)]
    assert main(ask) == 0
    document = json.loads(capsys.readouterr().out)
    leader, second = document["standings"][:2]
    assert (document["season"], document["after"], leader["driver"], leader["wins"]) == (2025, 22, "Corey Heim", 10)
    assert second["gap"] == leader["points"] - second["points"] == 259
    assert main([*ask, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["driver"] for row in rows] == [row["driver"] for row in document["standings"]]


@pytest.mark.parametrize(
    ("after", "third"),
    {
        25: ("Kaden Honeycutt", 4034),
        22: ("Daniel Hemric", 3051),
        17: ("Chandler Smith", 606),
    }.items(),
)
def test_the_official_table_is_exported_where_no_view_is_named(
    store_path: Path, after: int, third: tuple[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ["export", "standings", "--season", "2025", "--after", str(after), "--db", str(store_path)]
    assert main(ask) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["view"] == "official"
    assert [row["position"] for row in document["standings"][:3]] == [1, 2, 3]
    row = document["standings"][2]
    assert (row["driver"], row["points"]) == third


FIELDS = ["position", "driver", "number", "points", "playoff_points", "wins", "to_cut", "status"]
AFTER_TALLADEGA = {
    "official": {"driver": "Corey Heim", "points": "3167", "playoff_points": "84", "wins": "10", "status": "locked"},
    "points": {"driver": "Corey Heim", "number": "11", "points": "1109", "wins": "10", "to_cut": "", "status": ""},
    "playoffs": {"driver": "Corey Heim", "points": "3167", "playoff_points": "84", "to_cut": "", "status": "locked"},
    "rookies": {"driver": "Gio Ruggiero", "points": "666", "overall": "11", "status": ""},
    "owners": {"driver": "", "number": "11", "points": "3167", "status": "locked", "team": "TRICON Garage"},
    "manufacturers": {"driver": "", "number": "", "make": "Toyota", "points": "845", "wins": "12"},
    "full-season": {"driver": "Corey Heim", "points": "1109", "playoff_points": "", "status": ""},
    "what-if-playoffs": {"driver": "Corey Heim", "points": "3167", "status": "locked"},
    "what-if-chase": {"driver": "Corey Heim", "points": "2406", "playoff_points": "", "status": "in"},
    "what-if-classic": {"driver": "Corey Heim", "points": "3891", "playoff_points": "", "status": ""},
}


@pytest.mark.parametrize("view", STANDINGS_VIEWS)
def test_every_view_of_the_standings_has_the_same_fields(
    store_path: Path, view: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ["export", "standings", "--view", view, "--season", "2025", "--after", "23", "--db", str(store_path)]
    assert main(ask) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["season"], document["after"], document["view"]) == (2025, 23, view)
    assert [row["position"] for row in document["standings"]] == list(range(1, len(document["standings"]) + 1))
    assert main([*ask, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert list(rows[0])[: len(FIELDS)] == FIELDS
    assert rows == [{name: "" if v is None else str(v) for name, v in row.items()} for row in document["standings"]]
    assert rows[0].items() >= AFTER_TALLADEGA[view].items()


def test_the_cut_comes_with_the_playoffs(store_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask = ["export", "standings", "--view", "playoffs", "--season", "2025", "--after", "23", "--db", str(store_path)]
    assert main(ask) == 0
    rows = {row["driver"]: row for row in json.loads(capsys.readouterr().out)["standings"]}
    assert [rows[name]["to_cut"] for name in ("Ty Majeski", "Daniel Hemric", "Grant Enfinger")] == [-5, -32, -40]
    assert (rows["Kaden Honeycutt"]["to_cut"], rows["Kaden Honeycutt"]["status"]) == (5, "in")
    assert (rows["Chandler Smith"]["to_cut"], rows["Chandler Smith"]["status"]) == (None, "eliminated")
    assert rows["Gio Ruggiero"]["status"] is None


def test_results_stop_where_asked(store_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "results", "--season", "2025", "--after", "2", "--db", str(store_path)]) == 0
    assert {row["round"] for row in json.loads(capsys.readouterr().out)["results"]} == {1, 2}


MISTAKES = {
    "a season not held": (["export", "results", "--season", "1999"], "has no season 1999; it has 2023"),
    "a race not run": (["export", "standings", "--season", "2025", "--after", "99"], "2025 has no race 99"),
    "a whole season as a table": (["export", "season", "--format", "csv"], "export it as json"),
    "a schedule after a race": (["export", "schedule", "--after", "3"], "goes with standings and results"),
    "drivers of a season": (["export", "drivers", "--season", "2025"], "drivers belong to no season"),
    "tracks after a race": (["export", "tracks", "--after", "3"], "tracks belong to no season"),
    "a view of the results": (["export", "results", "--view", "owners"], "--view goes with standings"),
    "nothing to import": (["import"], "name the files"),
    "a file not there": (["import", "none.json"], "none.json: cannot be read"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_gets_one_clear_line(store_path: Path, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    words, expected = MISTAKES[what]
    assert main([*words, "--db", str(store_path)]) in {1, 2}
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() if not line.startswith("The store is")]
    assert len(lines) == 1
    assert expected in lines[0]
    assert captured.out == ""


def imports(path: Path) -> int:
    with closing(sqlite3.connect(path)) as store:
        return int(store.execute("SELECT count(*) FROM imports").fetchone()[0])


def test_a_broken_document_changes_nothing(
    store_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = small()["results"]
    rows[0]["finish"] = "first"
    (tmp_path / "bad.json").write_text(text_of(small(results=rows)))
    (tmp_path / "good.json").write_text(text_of(small(season=2022, races=[], results=[], adjustments=[])))
    before = imports(store_path)
    assert main(["import", "good.json", "bad.json", "--db", str(store_path)]) == 1
    assert "bad.json, line 19, field 'finish'" in capsys.readouterr().err
    assert imports(store_path) == before


def test_check_reports_what_is_stored(store_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--db", str(store_path)]) == 0
    captured = capsys.readouterr().out
    assert f"schema version {schema_version()}, " in captured
    assert "2025: 25 races, results of 25, through race 25; refreshed 2025-10-16 17:00 Eastern" in captured
    assert "2026: 25 races, results of 13, through race 13" in captured


def test_check_notes_totals_that_do_not_add_up(store_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--db", str(store_path)]) == 0
    captured = capsys.readouterr()
    assert "note: 2024 race 5: Matt Mills has 12 points, finish and stages give 13" in captured.out.splitlines()
    assert "cannot be so" not in captured.out


IN_RACE_5 = "entry_id IN (SELECT entry_id FROM results WHERE race_id = {race} AND finish = {place})"
TAMPERED = {
    "a race without a winner": (
        (
            "UPDATE results SET finish = 60 WHERE race_id = {race} AND finish = 1; "
            "UPDATE races SET results_state = 'official' WHERE id = {race}"
        ),
        "no winner",
    ),
    "a stage with eleven scorers": (
        f"UPDATE stage_results SET finish = 11, points = 0 WHERE stage = 1 AND {IN_RACE_5}",
        "11 scorers in stage 1",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_check_and_export_name_what_cannot_be_so(
    store_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change, said = TAMPERED[what]
    with closing(sqlite3.connect(store_path)) as store:
        race = store.execute("SELECT id FROM races WHERE season = 2025 AND round = 5").fetchone()[0]
        place = store.execute(
            "SELECT results.finish FROM results JOIN stage_results USING (entry_id) "
            "WHERE race_id = ? AND stage = 1 AND stage_results.finish IS NULL",
            [race],
        ).fetchone()[0]
        store.executescript(change.format(race=race, place=place))
        store.commit()
    assert main(["check", "--db", str(store_path)]) == 1
    captured = capsys.readouterr()
    assert f"cannot be so: 2025 race 5: {said}" in captured.out.splitlines()
    assert captured.err.splitlines()[-1].endswith(f"2025 race 5: {said}; import a corrected document")
    assert main(["export", "standings", "--view", "points", "--season", "2025", "--db", str(store_path)]) == 0
    captured = capsys.readouterr()
    assert captured.err.splitlines()[-1] == f"left out, since it cannot be so: 2025 race 5: {said}"
    leader = json.loads(captured.out)["standings"][0]
    assert (leader["driver"], leader["starts"]) == ("Corey Heim", 24 if said == "no winner" else 25)


def test_check_names_a_row_that_points_nowhere(store_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = sqlite3.connect(store_path)
    store.execute("DELETE FROM tracks WHERE key = 'talladega-superspeedway'")
    store.commit()
    store.close()
    assert main(["check", "--db", str(store_path)]) == 1
    wrong = capsys.readouterr().err.splitlines()[-1]
    assert "points at a row of tracks that is not there" in wrong


def test_check_finds_damage(store_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = store_path.stat().st_size
    with store_path.open("r+b") as file:
        for page in range(20, size // 4096 - 2, 7):
            file.seek(page * 4096)
            file.write(b"\x5a" * 2048)
    assert main(["check", "--db", str(store_path)]) == 1
    assert "damaged" in capsys.readouterr().err.splitlines()[-1]


def test_check_of_nothing_makes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--db", str(tmp_path / "none.db")]) == 1
    assert "does not exist" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_backup_can_be_checked_and_is_not_overwritten(
    store_path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    assert main(["backup", str(copy), "--db", str(store_path)]) == 0
    assert main(["check", "--db", str(copy)]) == 0
    assert main(["backup", str(copy), "--db", str(store_path)]) == 2
    assert "exists already" in capsys.readouterr().err


@pytest.mark.usefixtures("recent_alone")
def test_an_empty_store_is_filled_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "--bundled", "--db", str(tmp_path / "new.db")]) == 0
    assert "loaded the bundled seasons 2023 to 2026" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "try", "import", "export", "backup", "check", "sync"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    captured = capsys.readouterr().out
    assert "--db PATH" in captured
    assert len(captured.splitlines()) > 5
