"""What an operator gets wrong is answered in one line of the program's own words, which says what to do."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.app import open_services
from bot.clock import TravelClock
from bot.settings import Settings
from db.documents.importer import import_documents
from db.documents.reader import read_file
from tests.db.documents import text_of
from tests.db.spoiling import damage

CASE = Path(__file__).resolve().parents[3].parent / "shared" / "cases" / "H_same_name.0.json"
MISSING = "The documents of known faults are not at hand: they are looked for in shared/cases/ beside the checkout"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


class Terminal:
    """Types commands on one store."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self._capsys = capsys

    def prints(self, *words: str) -> list[str]:
        """What a command that works prints."""
        assert main([*words, "--db", str(self.path)]) == 0
        return self._capsys.readouterr().out.splitlines()

    def refuses(self, *words: str) -> str:
        """The one line that a command that does not work prints, apart from where the store is."""
        try:
            assert main([*words, "--db", str(self.path)]) in {1, 2}
        except SystemExit as left:
            assert left.code == 2
        out, err = self._capsys.readouterr()
        lines = [line for line in err.splitlines() if not line.startswith("The store is")]
        assert len(lines) == 1, lines
        assert out == ""
        return lines[0]

    def warns(self, *words: str) -> list[str]:
        """What a command that works prints for the operator, apart from where the store is."""
        assert main([*words, "--db", str(self.path)]) == 0
        lines = self._capsys.readouterr().err.splitlines()
        return [line for line in lines if not line.startswith("The store is")]


@pytest.fixture
def terminal(store_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(store_path, capsys)


TWO = {
    "format": "tailgate/1",
    "drivers": [
        {"name": "Zoltan Same", "nascar_id": 900001, "born": "1970-01-01"},
        {"name": "Zoltan Same", "nascar_id": 900002, "born": "2001-01-01"},
    ],
}
SHARED = (
    "note: Zoltan Same is a name of Zoltan Same (born 1970-01-01) and of Zoltan Same (born 2001-01-01); documents have "
    "to say which one they mean"
)


def two_are_two(terminal: Terminal, file: str) -> None:
    assert terminal.prints("import", file) == ["drivers: 2 created, 0 updated, 0 unchanged", SHARED]
    assert terminal.prints("import", file) == ["drivers: 0 created, 0 updated, 2 unchanged"]
    assert SHARED in terminal.prints("check")
    drivers = json.loads("\n".join(terminal.prints("export", "drivers")))["drivers"]
    assert [row for row in drivers if row["name"] == "Zoltan Same"] == TWO["drivers"]


def test_two_people_of_one_name(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "two.json").write_text(text_of(TWO))
    two_are_two(terminal, "two.json")


@pytest.mark.shared
@pytest.mark.skipif(not CASE.exists(), reason=MISSING)
def test_two_people_of_one_name_as_they_were_found(terminal: Terminal) -> None:
    two_are_two(terminal, str(CASE))


def test_two_people_of_one_name_in_a_table_and_in_results(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("name,born\nZoltan Same,1970-01-01\nZoltan Same,2001-01-01\n")
    results = "season,round,number,driver,finish,status\n2026,20,98,{},2,running\n2026,20,99,{},1,running\n"
    (tmp_path / "vague.csv").write_text(results.format("Zoltan Same", "Zoltan Same"))
    (tmp_path / "official.csv").write_text(
        "season,round,name,track,date,results_state\n"
        "2026,20,Race to Stop Suicide 200,Kansas Speedway,2026-09-26,official\n"
    )
    (tmp_path / "clear.csv").write_text(results.format("Zoltan Same (born 1970)", "Zoltan Same (born 2001)"))
    assert terminal.refuses("import", "d.csv", "vague.csv") == (
        "tailgate: vague.csv, line 2, field 'driver': 'Zoltan Same' is a name of 2 drivers; write "
        "'Zoltan Same (born 1970-01-01)' or 'Zoltan Same (born 2001-01-01)' to say which one"
    )
    assert "results: 2 created, 0 updated, 0 unchanged" in terminal.prints("import", "d.csv", "clear.csv")
    # Two trucks are far fewer than a field, unless somebody says that they are all.
    terminal.prints("import", "official.csv")
    for form in ("json", "csv"):
        (tmp_path / f"out.{form}").write_text(
            "\n".join(terminal.prints("export", "results", "--season", "2026", "--format", form))
        )
        assert "Zoltan Same (born 2001-01-01)" in (tmp_path / f"out.{form}").read_text()
        (line,) = [line for line in terminal.prints("import", f"out.{form}") if line.startswith("results")]
        assert line.startswith("results: 0 created, 0 updated, ")
    standings = json.loads("\n".join(terminal.prints("export", "standings", "--season", "2026")))["standings"]
    told_apart = {row["driver"] for row in standings if row["driver"].startswith("Zoltan")}
    assert told_apart == {"Zoltan Same (born 1970)", "Zoltan Same (born 2001)"}


BRING = "A new one goes into a CSV file of {}, whose columns are {}; import both: tailgate import {}.csv in.csv"
ADVICE = {
    "an unknown driver": (
        "season,round,number,driver\n2025,1,7,Corey Hiem\n",
        BRING.format("drivers", "name and, where known, nascar_id, born, hometown", "drivers"),
    ),
    "an unknown track": (
        "season,round,name,track,date\n2025,1,A,Qqq,2025-01-01\n",
        f"no track is called 'Qqq'. {BRING.format('tracks', 'name, short, city, state', 'tracks')}",
    ),
    "a driver who is misspelt": ("season,round,number,driver\n2025,1,7,Corey Hiem\n", "; did you mean Corey Heim"),
    "an unknown race": (
        "season,round,number,driver\n2025,40,7,Corey Heim\n",
        "add it in a CSV file of races, imported with this one",
    ),
    "no season": ("round,number,driver\n1,7,Corey Heim\n", "belong to a season; say which, in a column season"),
    "a lax number": (
        "season,round,number,driver\n2025,4_0,7,Corey Heim\n",
        "line 2, field 'round': '4_0' is not a whole",
    ),
    "a name without letters": ("name\n---\n", "line 2, field 'name': '---' has no letter"),
    "a date of a spreadsheet": (
        "name,born\nAl,10/3/2025\n",
        "'10/3/2025' is not a date; write year, month and day as in 2025-10-17",
    ),
}


@pytest.mark.parametrize("what", ADVICE)
def test_advice_on_a_table_can_be_followed_in_a_table(terminal: Terminal, tmp_path: Path, what: str) -> None:
    text, words = ADVICE[what]
    (tmp_path / "in.csv").write_text(text)
    assert words in terminal.refuses("import", "in.csv")


def test_the_advice_on_an_unknown_driver_works(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("season,round,number,driver\n2026,20,7,Al New\n")
    (tmp_path / "drivers.csv").write_text("name,nascar_id,born,hometown\nAl New,,2001-02-03,\n")
    printed = terminal.prints("import", "drivers.csv", "in.csv")
    assert printed[0] == "drivers: 1 created, 0 updated, 0 unchanged"
    assert "results: 1 created, 0 updated, 0 unchanged" in printed


@pytest.mark.parametrize("moment", ["10/3/2025", "Oct 3", "2025-13-01", "tomorrow", ""])
def test_a_moment_in_another_form_is_answered_with_the_right_one(terminal: Terminal, moment: str) -> None:
    line = terminal.refuses("try", "--no-browser", f"--at={moment}")
    assert line.startswith(
        f"tailgate try: argument --at: {moment!r} isn't a date and time; write it as 2025-10-17T14:55"
    )


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--replay", " "], "argument --replay: it names no race; give one such as 'talladega 2025'"),
        (["--replay", "dega", "--at", "now"], "argument --at: not allowed with argument --replay"),
        (["--at", "now", "--replay", "dega"], "argument --replay: not allowed with argument --at"),
    ],
)
def test_a_replay_names_a_race_and_sets_the_clock_itself(terminal: Terminal, words: list[str], line: str) -> None:
    assert terminal.refuses("try", "--no-browser", *words) == f"tailgate try: {line}; see `tailgate try --help`"


@pytest.mark.parametrize(
    "words", [["chekc"], ["export"], ["export", "results", "--after", "٣"], ["try", "--port", "x"]]
)
def test_a_command_that_is_wrong_gets_one_line(terminal: Terminal, words: list[str]) -> None:
    assert terminal.refuses(*words).startswith("tailgate")


VALUES = {
    "TAILGATE_HOME": (
        ["xyz", "0", "-1", "1_0", "5.0", "٣", "9" * 30],
        "isn't a Discord id; write the id of one server",
    ),
    "TAILGATE_EDITORS": (
        ["12, me", "0", "1;2"],
        "isn't a Discord id; write ids with commas between them, such as 1234",
    ),
    "TAILGATE_LOG_LEVEL": (["loud"], "isn't one of 'DEBUG', 'INFO', 'WARNING' or 'ERROR'; set it to one of them"),
    "TAILGATE_IN_DOUBT": (["maybe"], "isn't one of 'again' or 'drop'; set it to one of them"),
    "TAILGATE_MENTIONS": (["maybe"], "isn't one of 'on' or 'off'; set it to one of them"),
    "TAILGATE_FEEDS": (
        [
            "http://cf.nascar.com",
            "ftp://a.example",
            "nascar",
            "https://",
            "https://..",
            "https://…",
            "https://a..example/feeds",
            "https://-.example",
            "https://a.example/?q=1",
            "https://a b",
            "on",
        ],
        "; write an https address such as https://cf.nascar.com, or off",
    ),
    "TAILGATE_CONTACT": (
        [
            "me",
            "https://",
            "ftp://a.example",
            "me@",
            "https://a.example) evil",
            "a@b.c\nX: y",
            "x" * 300 + "@a.example",
        ],
        "is no address at which you can be reached; write a page such as https://example.com/bot, or an e-mail address",
    ),
    "TAILGATE_NOW": (["10/3/2025", "Oct 3", "2025-13-01"], "isn't a date and time; write it as 2025-10-17T14:55-04:00"),
    "TAILGATE_SPEED": (["fast", "1e3", "nan", "-1", "1_0"], "isn't a speed from 0 to 100000; 1 is real time"),
    "TAILGATE_DB": (["~nobody-by-this-name/t.db", "a\tb"], "; write the path"),
    "TAILGATE_DISCORD_API": (["https://discord.com/api"], "takes a loopback address only; unset it"),
    "DISCORD_TOKEN": (["a b", "für"], "it has a space or an odd character in it; copy the token again"),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_wrong_setting_is_named_with_what_to_write(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    values, words = VALUES[name]
    monkeypatch.setenv("TAILGATE_DISCORD_API", "http://127.0.0.1:1/api/v10")
    for value in values:
        monkeypatch.setenv(name, value)
        line = terminal.refuses("check")
        assert line.startswith(f"tailgate: {name}")
        assert words in line
        assert name != "DISCORD_TOKEN" or value not in line


def test_no_setting_is_left_to_words_of_others() -> None:
    # Texts that no setting is free to be; a new one joins the table above.
    assert VALUES.keys() == {name.upper() for name in Settings.model_fields}


MISSPELT = {
    "TAILGATE_EDITORZ": "did you mean TAILGATE_EDITORS?",
    "TAILGATE_EDITOR": "did you mean TAILGATE_EDITORS?",
    "TAILGATE_LOGLEVEL": "did you mean TAILGATE_LOG_LEVEL?",
    "TALIGATE_HOME": "did you mean TAILGATE_HOME?",
    "DISCORD_TOKN": "did you mean DISCORD_TOKEN?",
    "TAILGATE_QQQ": "the file .env.example names them all",
}


@pytest.mark.parametrize("name", MISSPELT)
@pytest.mark.parametrize("where", ["the environment", "the file .env"])
def test_a_misspelt_setting_is_reported_and_hinders_nothing(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, where: str
) -> None:
    if where == "the environment":
        monkeypatch.setenv(name, "1")
    else:
        (tmp_path / ".env").write_text(f"{name}=1\nSOMETHING_ELSE=2\nTAILGATE_HOME=3\n")
    assert terminal.warns("check") == [f"tailgate: {name}, in {where}, is not a setting; {MISSPELT[name]}"]
    monkeypatch.setenv("DISCORD_TOKEN", "any")
    monkeypatch.setattr("bot.app.run", _runs)
    assert terminal.warns("run") == [f"tailgate: {name}, in {where}, is not a setting; {MISSPELT[name]}"]


async def _runs(*_: object) -> None:
    """Stands for a bot that was started and stopped."""


def test_check_and_run_name_damage_in_the_same_words(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "any")
    monkeypatch.setenv("TAILGATE_DISCORD_API", "http://127.0.0.1:1/api/v10")
    damage(terminal.path, "quote_drafts")
    started = terminal.refuses("run")
    assert main(["check", "--db", str(terminal.path)]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == started
    assert started.startswith(f"tailgate: {terminal.path} is damaged: ")


ENTRY_LIST = (
    "season,round,number,driver,make,team,owner,sponsor\n2026,14,98,Ty Majeski,Ford,ThorSport,Duke,Road Ranger\n"
)
RESULT = "season,round,number,driver,finish,status,laps\n2026,14,98,Ty Majeski,1,running,150\n"


async def test_results_without_a_team_leave_the_entrys_own(store_path: Path, tmp_path: Path) -> None:
    (tmp_path / "entries.csv").write_text(ENTRY_LIST)
    (tmp_path / "results.csv").write_text(RESULT)
    now = datetime(2026, 7, 1, tzinfo=UTC)
    async with open_services(store_path, TravelClock(now)) as opened:
        for file in ("entries.csv", "results.csv"):
            await import_documents(opened.services.store, [read_file(tmp_path / file)], now)
        season = await opened.services.seasons.season(2026)
    assert season is not None
    (result,) = season.partial[14]
    entry = result.entry
    assert (entry.make, entry.team, entry.owner, entry.sponsor) == ("Ford", "ThorSport", "Duke", "Road Ranger")
    assert result.finish == 1
