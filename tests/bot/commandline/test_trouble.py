"""What goes wrong around a command is one line on standard error, whoever noticed it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from bot.__main__ import main
from bot.commandline.parser import make_parser
from tests.db.spoiling import damage, unwritable


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISCORD_TOKEN", "TAILGATE_DB", "TAILGATE_DISCORD_API", "TAILGATE_NOW", "TAILGATE_SPEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line, apart from where the store is."""
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("The store is")]
    assert len(lines) == 1, lines
    return lines[0]


@pytest.mark.usefixtures("recent_alone")
def test_an_import_gives_up_on_a_store_that_another_keeps_locked(
    store_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("db.connecting.BUSY_MILLISECONDS", 20)
    with closing(sqlite3.connect(store_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert main(["import", "--bundled", "--db", str(store_path)]) == 2
    assert "is being written by another program" in said(capsys)


@pytest.mark.parametrize("what", ["season", "standings", "drivers"])
def test_a_damaged_store_is_not_exported(store_path: Path, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    with store_path.open("r+b") as file:
        for page in range(3, store_path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\x5a" * 2048)
    assert main(["export", what, "--db", str(store_path)]) == 2
    assert "is damaged: " in said(capsys)


@pytest.mark.parametrize("command", [["run"], ["try", "--no-browser"]])
def test_a_damaged_store_is_not_started(
    store_path: Path, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "any")
    monkeypatch.setenv("TAILGATE_DISCORD_API", "http://127.0.0.1:1/api/v10")
    # Nothing that a start asks for is damaged.
    damage(store_path, "quote_drafts")
    assert main([*command, "--db", str(store_path)]) == 2
    assert said(capsys).endswith("; stop Tailgate, put back a backup, start it again")


@pytest.mark.usefixtures("recent_alone")
@pytest.mark.parametrize("command", [["import", "--bundled"], ["run"], ["try", "--no-browser"], ["sync"]])
def test_a_file_that_cannot_be_written_is_said_before_anything_else(
    store_path: Path, command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "any")
    monkeypatch.setenv("TAILGATE_DISCORD_API", "http://127.0.0.1:1/api/v10")
    with unwritable(store_path):
        assert main([*command, "--db", str(store_path)]) == 2
    assert "cannot be written: the user who runs this may not write it" in said(capsys)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", [["export", "drivers"], ["check"], ["import", "mine.json"]])
def test_an_output_that_finds_no_space_is_said_in_one_line(
    store_path: Path, tmp_path: Path, command: list[str]
) -> None:
    driver = {"format": "tailgate/1", "drivers": [{"name": "Somebody New"}]}
    (tmp_path / "mine.json").write_text(json.dumps(driver), encoding="utf-8")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *command, "--db", str(store_path)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines()[1:] == ["tailgate: No space left on device"]


@pytest.mark.usefixtures("recent_alone")
def test_a_folder_is_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "--bundled", "--db", str(tmp_path)]) == 2
    assert "is a folder" in said(capsys)


@pytest.mark.parametrize(
    "error",
    [
        sqlite3.OperationalError("something\nnew"),
        PermissionError(13, "not yours"),
        aiohttp.ClientConnectionError("far away"),
        TimeoutError(),
    ],
)
def test_what_nobody_expected_of_disk_or_network_is_one_line_all_the_same(
    store_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("bot.commandline.store_commands.export", fails)
    assert main(["export", "season", "--db", str(store_path)]) == 1
    assert said(capsys).startswith("tailgate: ")


def test_a_fault_of_ours_keeps_its_story(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("bot.commandline.store_commands.export", fails)
    with pytest.raises(ZeroDivisionError):
        main(["export", "season", "--db", str(store_path)])


def test_settings_that_are_not_utf8(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".env").write_bytes("# für den Bot".encode("latin-1"))
    assert main(["check"]) == 1
    assert ".env is not UTF-8" in said(capsys)


@pytest.mark.parametrize("moment", ["9999-12-31T23:00-05:00", "0001-01-01T00:00+05:00"])
def test_a_clock_is_not_set_to_where_time_zones_end(moment: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["try", "--no-browser", "--at", moment])
    assert left.value.code == 2
    assert "too far off" in capsys.readouterr().err.splitlines()[-1]


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert make_parser().parse_args(["check", "--db", "~/t.db"]).db == tmp_path / "home" / "t.db"


def test_the_home_of_nobody_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["check", "--db", "~nobody-by-this-name/t.db"])
    assert "home folder that is not known" in capsys.readouterr().err.splitlines()[-1]


def test_every_command_names_the_store_it_takes_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("run", "try", "import", "export", "backup", "check", "sync"):
        with pytest.raises(SystemExit):
            make_parser().parse_args([command, "--help"])
        captured = " ".join(capsys.readouterr().out.split())
        assert ("TAILGATE_DB" in captured) is (command != "try")
        assert ("gone when the page is stopped" in captured) is (command == "try")
