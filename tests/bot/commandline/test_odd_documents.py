"""Files that are nearly documents: read where only their form is another, else one line says where and what to do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from tests.db.documents import small, text_of

COLUMNS = ("season", "round", "finish", "number", "driver", "laps", "status", "points")
ROWS = [
    ("2024", "2", "1", "11", "Corey Heim", "90", "running", "40"),
    ("2024", "2", "2", "17", "Gio Ruggiero", "90", "running", "35"),
]


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISCORD_TOKEN", "TAILGATE_DB", "TAILGATE_DISCORD_API", "TAILGATE_NOW", "TAILGATE_SPEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def table(delimiter: str, *rows: tuple[str, ...]) -> str:
    return "".join(delimiter.join(row) + "\n" for row in (COLUMNS, *(rows or ROWS)))


def take_in(store: Path, name: str, content: str | bytes) -> int:
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return main(["import", name, "--db", str(store)])


TABLES = {
    "commas": table(","),
    "semicolons": table(";"),
    "tabs": table("\t"),
    "a byte order mark": "\ufeff" + table(";"),
    "a spreadsheet's first line": "sep=;\n" + table(";"),
    "quotation marks": table(";").replace("driver", '"driver"').replace("season", '"season"'),
    "Windows' line ends": table("\t").replace("\n", "\r\n"),
}


@pytest.mark.parametrize("what", TABLES)
def test_a_spreadsheets_table_is_read(store_path: Path, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    # Talladega 2025 as it is stored, of one truck: nothing changes, so every cell was understood.
    assert main(["export", "results", "--season", "2025", "--db", str(store_path)]) == 0
    stored = next(
        row
        for row in json.loads(capsys.readouterr().out)["results"]
        if (row["round"], row["driver"]) == (23, "Corey Heim")
    )
    text = TABLES[what]
    delimiter = next(sign for sign in ";\t," if sign in text)
    head = text.partition("2024")[0]
    line = delimiter.join("2025" if name == "season" else str(stored[name]) for name in COLUMNS)
    assert take_in(store_path, "t.csv", head + line + "\n") == 0
    assert "results: 0 created, 0 updated, 1 unchanged" in capsys.readouterr().out


def changed(section: str, field: str, value: Any) -> str:
    rows = small()[section]
    rows[0] = rows[0] | {field: value}
    return text_of(small(**{section: rows}))


def cell(column: str, value: str) -> str:
    row = dict(zip(COLUMNS, ROWS[0], strict=True)) | {column: value}
    return table(",", tuple(row.values()))


WRONG: dict[str, tuple[str, str | bytes, str]] = {
    "5,000 digits in a cell": ("t.csv", cell("points", "7" * 5000), "line 2, field 'points': '777"),
    "a huge exponent in a cell": (
        "t.csv",
        "name,short,length\nA track,A,1e999\n",
        "line 2, field 'length': '1e999' is too long or too large",
    ),
    "digits without end behind the point": (
        "t.csv",
        f"name,short,length\nA track,A,1.{'3' * 5000}\n",
        "field 'length'",
    ),
    "NaN in a cell": ("t.csv", "name,short,length\nA track,A,NaN\n", "field 'length': 'NaN' is not a number"),
    "NaN inside a nested cell": (
        "t.csv",
        'season,round,name,track,date,outcome\n2024,2,Second,Dega,2024-10-11,"{""margin"": NaN}"\n',
        "field 'outcome': is not JSON, which this cell needs: NaN is no number; leave out what is not known",
    ),
    "a very long text in a cell": (
        "t.csv",
        cell("driver", "x" * 300_000),
        "field 'driver': is 300,000 characters long",
    ),
    "a null byte in a cell": ("t.csv", cell("driver", "Corey\0Heim"), "contains a control character (U+0000)"),
    "a byte order mark inside": ("t.csv", cell("driver", "\ufeffCorey Heim"), "cannot be seen (U+FEFF); take it out"),
    "a quotation mark inside a quoted cell": ("t.csv", cell("driver", '"Corey "The" Heim"'), "write it twice there"),
    "a quotation mark without end": ("t.csv", cell("driver", '"Corey Heim'), "none ends it"),
    "a cell too many": ("t.csv", table(",", (*ROWS[0], "")), "line 2: has 9 cells where the first line has 8"),
    "another season's row": ("t.csv", table(",", ROWS[0], ("2025", *ROWS[1][1:])), "a file holds one"),
    "a decimal comma": ("t.csv", "name;short;length\nA track;A;1,5\n", "write digits and a decimal point"),
    "a table of nothing known": ("t.csv", "eins;zwei\n1;2\n", "its first line names the columns of no document"),
    "5,000 digits": (
        "t.json",
        changed("results", "points", 0).replace('"points": 0', '"points": ' + "7" * 5000),
        "long",
    ),
    "1,000 digits": (
        "t.json",
        changed("results", "points", 0).replace('"points": 0', '"points": ' + "7" * 1000),
        "field 'points': 777",
    ),
    "a huge exponent": (
        "t.json",
        changed("results", "laps", 0).replace('"laps": 0', '"laps": 1e999'),
        "field 'laps': ",
    ),
    "NaN": ("t.json", changed("results", "laps", float("nan")), "NaN is no number; leave out what is not known"),
    "Infinity": ("t.json", changed("results", "laps", float("inf")), "Infinity is no number"),
    "a number in quotation marks": (
        "t.json",
        changed("results", "finish", "1"),
        "field 'finish': '1' is text; write a whole number, without quotation marks",
    ),
    "a flag in quotation marks": ("t.json", changed("results", "rookie", "true"), "write true or false, without"),
    "a list for a text": ("t.json", changed("results", "driver", ["Corey Heim"]), '["Corey Heim"] is not text'),
    "a text for a list": ("t.json", changed("drivers", "aliases", "Ace"), "field 'aliases': 'Ace' is not a list"),
    "a text for an object": ("t.json", changed("races", "outcome", "x"), "'x' is not an object, in braces"),
    "a number for a day": ("t.json", changed("races", "date", 20241004), "20241004 is not a date; write year, month"),
    "more stages than there are": ("t.json", changed("races", "stages", [9] * 9), "has more parts than the 5"),
    "an empty text": ("t.json", changed("results", "make", ""), "field 'make': is empty; leave it out"),
    "half a character": ("t.json", changed("results", "make", "\ud800"), "has half a character"),
    "a field twice": (
        "t.json",
        changed("results", "make", "Ford").replace('"make": "Ford"', '"make": "Ford", "make": "RAM"'),
        "'make' appears twice in one object; leave one of the two",
    ),
    "a place that cannot be": ("t.json", changed("results", "finish", 61), "61 cannot be; it is at most 60"),
    "UTF-16": ("t.json", text_of(small()).encode("utf-16"), "is not UTF-8 text; save it as UTF-8"),
}
LIBRARY = re.compile(r"pydantic|valid (integer|string|number|list|dictionary)|Input should|SQLite|constraint|Traceback")


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_read_is_one_line_with_its_place(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, content, said = WRONG[what]
    store = Path("none.db")
    assert take_in(store, name, content) == 1
    assert not store.exists()
    captured = capsys.readouterr()
    (line,) = [line for line in captured.err.splitlines() if not line.startswith("The store is")]
    assert said in line
    assert line.startswith(f"tailgate: {name}")
    assert not LIBRARY.search(line)
    assert len(line) < 400
    assert captured.out == ""
