"""Who may import whom: the layers of the program, read from its own source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("bot", "cogs", "db")
NOUNS = {"db.nouns"}
TEXTS = {"db.texts"}
"""The nouns of what people write."""
DUES = {"db.dues"}
"""The nouns of the reminders."""
PURE = {"bot.errors"}
"""One exception class without imports of its own."""

LAYERS: dict[str, set[str]] = {
    # What each part may know of the others; a part is the longest prefix that fits.
    "db": set(),
    "bot.championship": NOUNS,
    "bot.finder": NOUNS | PURE,
    "bot.clock": set(),
    "bot.errors": set(),
    "bot.quoting": {"db", "bot.almanac", "bot.answers", "bot.client", "bot.errors", "bot.render", "bot.services"},
    "bot.quoting.filling": NOUNS | TEXTS | PURE | {"bot.almanac", "bot.finder"},
    "bot.quoting.search": NOUNS | {"bot.finder"},
    "bot.recaps": NOUNS | TEXTS | {"bot.championship"},
    "bot.render": NOUNS | TEXTS | DUES | PURE | {"bot.championship", "bot.recaps.facts"},
    "bot.preview": {"bot.clock"},
    "bot.reminders": {"db", "bot.clock", "bot.render", "bot.services"},
    "bot.services": {"bot.clock", "db"},
}
THIRD_PARTIES: dict[str, set[str]] = {
    "db": {"aiosqlite", "pydantic"},
    "bot.championship": set(),
    "bot.finder": {"rapidfuzz"},
    "bot.clock": set(),
    "bot.errors": set(),
    "bot.quoting.filling": set(),
    "bot.quoting.search": set(),
    "bot.recaps": set(),
    "bot.render": {"discord"},
    "bot.reminders": {"aiohttp", "apscheduler", "discord"},
}
ONLY_IN = {"apscheduler": "bot.reminders.ticking", "simcord": "bot.preview.simcord_adapter", "rapidfuzz": "bot.finder"}
"""Packages that one module, or one folder, imports and nobody else."""


def modules() -> Iterator[tuple[str, Path]]:
    for top in OURS:
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


def imported(path: Path) -> set[str]:
    """Every module that a file imports, by full name; ``from a import b`` counts as a.b where that is a module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            module = node.module or ""
            names |= {f"{module}.{a.name}" if f"{module}.{a.name}" in MODULES else module for a in node.names}
    return names


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(part + ".")


def part_of(name: str, parts: dict[str, set[str]]) -> str | None:
    return max((part for part in parts if within(name, part)), key=len, default=None)


def allowed(name: str, own: str, known: set[str]) -> bool:
    # "bot" stands for the package's own file, which holds the version.
    return within(name, own) or any(name == part if part == "bot" else within(name, part) for part in known)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module: str) -> None:
    names = imported(MODULES[module])
    ours = {name for name in names if name.split(".")[0] in OURS}
    layer = part_of(module, LAYERS)
    if layer is not None:
        assert {name for name in ours if not allowed(name, layer, LAYERS[layer])} == set()
    if module.startswith("cogs."):
        assert {name for name in ours if within(name, "cogs") or within(name, "bot.app")} == set()
    else:
        assert {name for name in ours if within(name, "cogs")} == set()
    if not within(module, "bot.commandline") and module != "bot.__main__":
        assert {name for name in ours if within(name, "bot.app")} == set()


@pytest.mark.parametrize("module", MODULES)
def test_third_parties_stay_where_they_belong(module: str) -> None:
    import sys

    names = {name.split(".")[0] for name in imported(MODULES[module])}
    third = names - set(OURS) - set(sys.stdlib_module_names)
    part = part_of(module, THIRD_PARTIES)
    if part is not None:
        assert third <= THIRD_PARTIES[part]
    for package, home in ONLY_IN.items():
        assert package not in third or within(module, home)


def test_no_file_is_long() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for top in (*OURS, "tests")
        for path in (ROOT / top).rglob("*.py")
    }
    assert {path: length for path, length in lengths.items() if length > 420} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [name for name, path in MODULES.items() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []
