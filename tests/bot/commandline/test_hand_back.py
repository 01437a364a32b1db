"""`tailgate import --bundled --hand-back`: a season is the program's again, and nothing is replaced without a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.__main__ import main

SEASON = Path(__file__).parents[3] / "db" / "seasons" / "2025.json"


@pytest.mark.usefixtures("recent_alone")
def test_a_season_is_handed_back_and_each_fact_named(
    store_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    bundled = json.loads(SEASON.read_text(encoding="utf-8"))
    held = {name: bundled[name] for name in ("format", "season")}
    race = bundled["races"][22] | {"laps": 99, "green_flag": "2025-10-17T20:14:00Z"}
    second = next(row for row in bundled["results"] if (row["round"], row.get("finish")) == (23, 2)) | {"points": 1}
    rookies = bundled["rookies"][:1]
    Path("mine.json").write_text(json.dumps(held | {"races": [race], "results": [second], "rookies": rookies}))
    store = ["--db", str(store_path)]
    assert main(["import", "mine.json", *store]) == 0
    # What `check` says of the season, the import says of the races that it touches.
    odd = "note: 2025 race 23: Corey Heim has 1 points, finish and stages give "
    assert odd in capsys.readouterr().out
    assert main(["check", *store]) == 0
    assert odd in capsys.readouterr().out
    assert main(["import", "--bundled", *store]) == 0
    kept = capsys.readouterr().out
    assert "kept what you imported (laps)" in kept
    assert main(["import", "--bundled", "--hand-back", "2024", *store]) == 0
    assert "kept what you imported (laps)" in capsys.readouterr().out
    assert main(["import", "--bundled", "--hand-back", "2025", *store]) == 0
    said = capsys.readouterr().out.splitlines()
    name, laps = bundled["races"][22]["name"], bundled["races"][22]["laps"]
    assert f"note: 2025 {name}: laps was 99, and is the program's {laps} again" in said
    assert "note: 2025 race 23: the results that you imported are the program's again; rows that differed: 1" in said
    assert "note: 2025: the rookies you imported are the program's again" in said
    assert any("1 of the facts that were to be handed back stay yours" in line for line in said)
    assert main(["export", "season", "--season", "2025", *store]) == 0
    after = json.loads(capsys.readouterr().out)
    assert after["races"][22] == bundled["races"][22] | {"green_flag": "2025-10-17T20:14:00Z"}
    assert (after["results"], after["rookies"]) == (bundled["results"], bundled["rookies"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--hand-back", "2025"], "name the files to import"),
        (["mine.json", "--hand-back", "2025"], "--hand-back goes with --bundled and without files"),
        (["--bundled", "--hand-back", "1994"], "no season 1994 comes with this version; it has 1995, 1996, "),
    ],
)
def test_a_mistake_is_one_line(
    tmp_path: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "none.db"
    assert main(["import", *options, "--db", str(store)]) == 2
    assert said in capsys.readouterr().err
    assert not store.exists()
