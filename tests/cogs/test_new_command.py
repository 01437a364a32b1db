"""A command is one cog file and one render file: those of CONTRIBUTING's example, put into a copy of the program."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_EXAMPLE = re.compile(r"```python\n# (?P<path>[a-z/]+\.py)\n(?P<code>.*?)```", re.DOTALL)

ASKED = """
from tests.cogs.conftest import Stand
from tests.cogs.looking import words


async def test_the_new_command_is_there(stand: Stand) -> None:
    assert "Corey Heim started first" in words(await stand.ask("pole"))
    assert "`/pole` Who started the latest race from the front" in words(await stand.ask("help"))
"""


def test_the_example_of_a_new_command_works_as_it_stands(tmp_path: Path) -> None:
    example = {
        found["path"]: found["code"] for found in _EXAMPLE.finditer((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    }
    assert sorted(example) == ["bot/render/pole.py", "cogs/pole.py"]
    for folder in ("bot", "cogs", "db", "tests"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    for path, code in example.items():
        assert not (tmp_path / path).exists(), "a new file, and none that is changed"
        (tmp_path / path).write_text(code, "utf-8")
    (tmp_path / "tests/cogs/test_pole.py").write_text(ASKED, "utf-8")
    everything = "tests/cogs/test_everything.py::test_every_command_of_the_tree_is_answered_and_named_by_the_help"
    command = [
        sys.executable,
        "-B",  # what is compiled of the copy is of no use to anybody
        "-m",
        "pytest",
        "-n0",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/cogs/test_pole.py",
        everything,
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
