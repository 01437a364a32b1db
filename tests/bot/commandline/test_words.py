"""Quotes and recaps on the command line: out, in, a server's own, and what `check` tells of them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from tests.db.documents import small, text_of

SERVER = "1234567890123456789"
QUOTES = """\
words,speaker,driver,season,round,said_on,link
"The truck was a rocket.

Thanks, Toyota!",,Gio Ruggiero,2025,23,,https://www.nascar.com/news
So proud,His mother,,,,2024-10-17,
"""
RECAP: dict[str, Any] = {
    "season": 2025,
    "round": 20,
    "section": "move",
    "words": "Two laps to go.",
    "author": "An Editor",
    "edited": "2025-09-14T12:00:00Z",
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISCORD_TOKEN", "TAILGATE_DB", "TAILGATE_DISCORD_API", "TAILGATE_NOW", "TAILGATE_SPEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def bare_path(store_path: Path) -> Path:
    """The bundled store without the quotes and recaps that come with it."""
    with closing(sqlite3.connect(store_path)) as store:
        for table in ("quotes", "quote_history", "recaps", "recap_history"):
            store.execute(f"DELETE FROM {table}")
        store.commit()
    return store_path


class Shell:
    """Types commands on one store."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self._capsys = capsys

    def output(self, *words: str, status: int = 0) -> str:
        """What a command prints; of one that fails the line that says why."""
        assert main([*words, "--db", str(self.path)]) == status
        out, err = self._capsys.readouterr()
        lines = [line for line in err.splitlines() if not line.startswith("The store is")]
        if not status:
            return out
        assert len(lines) == 1
        assert out == ""
        return lines[0]


@pytest.fixture
def shell(bare_path: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    (tmp_path / "said.csv").write_text(QUOTES)
    (tmp_path / "recaps.json").write_text(text_of({"format": "tailgate/1", "recaps": [RECAP]}))
    return Shell(bare_path, capsys)


def test_quotes_go_in_as_a_table_and_come_out_in_both_forms(shell: Shell, tmp_path: Path) -> None:
    assert shell.output("import", "said.csv") == "quotes: 2 created, 0 updated, 0 unchanged\n"
    assert shell.output("import", "said.csv") == "quotes: 0 created, 0 updated, 2 unchanged\n"
    for form in ("json", "csv"):
        text = shell.output("export", "quotes", "--format", form)
        (tmp_path / f"out.{form}").write_text(text)
        assert shell.output("import", f"out.{form}") == "quotes: 0 created, 0 updated, 2 unchanged\n"
    assert json.loads((tmp_path / "out.json").read_text()) == {
        "format": "tailgate/1",
        "complete": True,
        "quotes": [
            {
                "words": "The truck was a rocket.\n\nThanks, Toyota!",
                "driver": "Gio Ruggiero",
                "season": 2025,
                "round": 23,
                "link": "https://www.nascar.com/news",
            },
            {"words": "So proud", "speaker": "His mother", "said_on": "2024-10-17"},
        ],
    }
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text())))
    assert [row["speaker"] for row in rows] == ["", "His mother"]


def test_quotes_of_a_season_are_those_of_its_races_and_days(shell: Shell) -> None:
    shell.output("import", "said.csv")
    words = {
        year: [row["words"] for row in json.loads(shell.output("export", "quotes", "--season", year)).get("quotes", [])]
        for year in ("2023", "2024", "2025")
    }
    assert words == {"2023": [], "2024": ["So proud"], "2025": ["The truck was a rocket.\n\nThanks, Toyota!"]}


def test_a_servers_quotes_are_apart_from_everybodys(shell: Shell) -> None:
    assert shell.output("import", "--guild", SERVER, "said.csv") == "quotes: 2 created, 0 updated, 0 unchanged\n"
    assert "quotes" not in json.loads(shell.output("export", "quotes"))
    assert len(json.loads(shell.output("export", "quotes", "--guild", SERVER))["quotes"]) == 2
    assert "quotes" not in json.loads(shell.output("export", "quotes", "--guild", "42"))
    checked = shell.output("check").splitlines()
    assert "quotes: 0 seen everywhere, 2 of servers; recaps: 0 sections by editors" in checked


def test_recaps_go_out_and_in_and_the_last_edited_hold(shell: Shell, tmp_path: Path) -> None:
    assert shell.output("import", "recaps.json") == "recaps: 1 created, 0 updated, 0 unchanged\n"
    older = RECAP | {"words": "Older.", "edited": "2025-09-13T12:00:00Z"}
    (tmp_path / "older.json").write_text(text_of({"format": "tailgate/1", "recaps": [older]}))
    assert shell.output("import", "older.json") == "recaps: 0 created, 0 updated, 1 unchanged\n"
    for form in ("json", "csv"):
        text = shell.output("export", "recaps", "--format", form)
        (tmp_path / f"out.{form}").write_text(text)
        assert "Two laps to go." in text
        assert shell.output("import", f"out.{form}") == "recaps: 0 created, 0 updated, 1 unchanged\n"
    assert json.loads((tmp_path / "out.json").read_text())["recaps"] == [RECAP]
    assert "recaps" not in json.loads(shell.output("export", "recaps", "--season", "2024"))
    assert "0 of servers; recaps: 1 section by editors" in shell.output("check")


MISTAKES = {
    "recaps of a server": (["export", "recaps", "--guild", SERVER], "--guild goes with quotes; recaps belong to no"),
    "standings of a server": (["export", "standings", "--guild", SERVER], "--guild goes with quotes"),
    "quotes after a race": (["export", "quotes", "--after", "3"], "--after goes with standings and results"),
    "a view of the quotes": (["export", "quotes", "--view", "owners"], "--view goes with standings"),
    "quotes of a season not held": (["export", "quotes", "--season", "1999"], "has no season 1999"),
    "recaps of a season not held": (["export", "recaps", "--season", "1999"], "has no season 1999"),
    "what is bundled for a server": (["import", "--bundled", "--guild", SERVER], "leave out --bundled or --guild"),
    "recaps for a server": (
        ["import", "--guild", SERVER, "recaps.json"],
        "recaps.json, field 'recaps': cannot belong to a",
    ),
    "a season for a server": (["import", "--guild", SERVER, "season.json"], "cannot belong to a server"),
    "a bad row": (["import", "bad.csv"], "bad.csv, line 3, field 'link': 'here' is not a link"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_gets_one_clear_line_and_changes_nothing(shell: Shell, what: str, tmp_path: Path) -> None:
    (tmp_path / "season.json").write_text(text_of(small()))
    (tmp_path / "bad.csv").write_text("words,speaker,link\nFine,A,\nBad,B,here\n")
    words, expected = MISTAKES[what]
    assert expected in shell.output(*words, status=2 if "--bundled" in words else 1)
    with closing(sqlite3.connect(shell.path)) as store:
        assert store.execute("SELECT (SELECT count(*) FROM quotes) + (SELECT count(*) FROM recaps)").fetchone() == (0,)


@pytest.mark.parametrize("guild", ["x", "-1", "0", "1.5", "9" * 30, "٣", ""])
def test_a_servers_id_is_a_number(guild: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["export", "quotes", f"--guild={guild}"])
    assert left.value.code == 2
    assert "isn't a server's id" in capsys.readouterr().err


@pytest.mark.usefixtures("recent_alone")
def test_the_bundled_words_come_again_without_taking_anybodys_place(
    store_path: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    shell = Shell(store_path, capsys)
    quotes_out = json.loads(shell.output("export", "quotes"))["quotes"]
    with closing(sqlite3.connect(store_path)) as store:
        count = store.execute("SELECT count(*) FROM quotes").fetchone()[0]
    assert len(quotes_out) == count > 0
    mine = quotes_out[0] | {"role": "as I would put it"}
    (tmp_path / "mine.json").write_text(text_of({"format": "tailgate/1", "quotes": [mine]}))
    assert shell.output("import", "mine.json") == "quotes: 0 created, 1 updated, 0 unchanged\n"
    captured = shell.output("import", "--bundled").splitlines()
    assert f"quotes: 0 created, 0 updated, {count} unchanged" in captured
    assert mine in json.loads(shell.output("export", "quotes"))["quotes"]
