"""What the README and the other documents promise is true."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest

from bot import __version__
from bot.commandline.parser import EXPORTS, make_parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SET_UP = re.findall(r"```sh\n(.+)\n```", README)


def test_there_are_two_commands_to_set_up_each_a_single_line() -> None:
    assert [line.rsplit("&&", 1)[1].strip() for line in SET_UP] == [".venv/bin/tailgate try", ".venv/bin/pytest"]


def test_continuous_integration_runs_the_test_command_as_printed() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    start = lines.index(SET_UP[1])
    assert lines[start + 1 :] == [".venv/bin/ruff check", ".venv/bin/ruff format --check", ".venv/bin/mypy"]


def test_every_link_into_the_project_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_readme_names_every_command_of_the_command_line() -> None:
    actions = next(a for a in make_parser()._actions if a.dest == "command")
    assert actions.choices is not None
    for command in actions.choices:
        assert f"tailgate {command}" in README
    for what in EXPORTS:
        assert what in README


def test_the_changelog_begins_with_this_version_and_what_comes_after_it() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    released = headings[1:] if headings[0] == "Unreleased" else headings
    assert released[0] == __version__


def test_readme_says_that_it_is_unofficial() -> None:
    assert "not affiliated with NASCAR" in README


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone: what is kept under version control is unknown")
def test_nothing_private_is_kept() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    # Put together here, so that this file does not find itself.
    forbidden = re.compile(
        "|".join(["--(extra-)?index-" + "url", "files\\.python" + "hosted", "/ro" + "ot/", "/wo" + "rk/"])
    )
    found = []
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix == ".png" or not path.is_file():
            continue
        kept = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found += [f"{name}: {line}" for line in kept.decode("utf-8").splitlines() if forbidden.search(line)]
    assert found == []
