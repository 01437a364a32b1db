"""Who may import whom: the layers of the program, read from its own source."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from bot.discord_errors import AUTHENTICATION_FAILED, Code
from tests.rows import each_row

ROOT = Path(__file__).parents[1]
OURS = ("bot", "cogs", "db")
MODELS = {
    "db.entries",
    "db.feeds.models",
    "db.history.models",
    "db.history.record_models",
    "db.laps.models",
    "db.live.models",
    "db.live.news",
    "db.models",
    "db.namesakes",
    "db.quotes.models",
    "db.recaps.models",
    "db.reminders.models",
    "db.reminders.race_day",
    "db.results_state",
    "db.tracks",
    "db.user_text",
}
"""What the store speaks in, without the queries."""
EVERYWHERE = {"bot", "bot.clock", "bot.discord_errors", "bot.errors", "bot.services"}
"""What every part of the bot may know; ``bot`` stands for the package's own file, which holds the version."""
PERMISSIONS = {"bot.client.permissions"}

LAYERS: dict[str, set[str]] = {
    # What each part may know of the others; a part is the longest prefix that fits.
    "db": set(),
    "bot.clock": set(),
    "bot.errors": {"db.errors"},
    "bot.discord_errors": set(),
    "bot.editors": set(),
    "bot.logs": set(),
    "bot.settings": {"bot.clock", "bot.editors", "db.models", "db.naming"},
    "bot.services": {"bot.clock", "db"},
    "bot.championship": MODELS,
    "bot.questions": MODELS | {"bot.errors"},
    "bot.laps": MODELS,
    "bot.recaps": MODELS | {"bot.championship", "bot.laps"},
    "bot.finder": MODELS | EVERYWHERE,
    "bot.seasons": {"db", "bot.championship", "bot.laps", "bot.recaps", "bot.finder"} | EVERYWHERE,
    "bot.render": MODELS
    | {"bot.championship", "bot.laps", "bot.recaps", "bot.questions", "bot.finder.names", "bot.finder.labels"}
    | EVERYWHERE,
    "bot.feeds": {"db"} | EVERYWHERE,
    "bot.live": {"db", "bot.feeds"} | EVERYWHERE,
    "bot.outbox": {"db"} | EVERYWHERE,
    "bot.client": {"db", "bot.settings", "bot.editors", "bot.interactions"} | EVERYWHERE,
    "bot.interactions": MODELS
    | {"db.errors", "db.reminders.delays"}
    | {"bot.questions", "bot.seasons", "bot.finder", "bot.render", "bot.editors", "bot.requester"}
    | EVERYWHERE,
    "bot.mentions": MODELS
    | {
        "bot.editors",
        "bot.finder",
        "bot.interactions",
        "bot.questions",
        "bot.quotes",
        "bot.render",
        "bot.requester",
        "bot.seasons",
    }
    | EVERYWHERE,
    "bot.requester": {"bot.seasons", "db.reminders.race_day"},
    "bot.quotes": {"bot.requester", "db", "bot.seasons", "bot.finder", "bot.questions", "bot.render"}
    | PERMISSIONS
    | EVERYWHERE,
    "bot.recap_editing": {"db", "bot.requester", "bot.seasons", "bot.recaps", "bot.questions", "bot.render"}
    | EVERYWHERE,
    "bot.boards": {
        "db",
        "bot.interactions",
        "bot.outbox",
        "bot.questions",
        "bot.render",
        "bot.requester",
        "bot.seasons",
    }
    | EVERYWHERE,
    "bot.notifications": {
        "bot.boards",
        "bot.requester",
        "db",
        "bot.outbox",
        "bot.seasons",
        "bot.recaps",
        "bot.quotes",
        "bot.questions",
        "bot.render",
    }
    | PERMISSIONS
    | EVERYWHERE,
    "bot.jobs": {
        "db",
        "bot.boards",
        "bot.feeds",
        "bot.live",
        "bot.outbox",
        "bot.notifications",
        "bot.quotes",
        "bot.client",
    }
    | EVERYWHERE,
    "bot.replay": {
        "db",
        "bot.championship",
        "bot.finder",
        "bot.interactions",
        "bot.live",
        "bot.questions",
        "bot.render",
        "bot.requester",
        "bot.seasons",
    }
    | EVERYWHERE,
    "bot.preview": {"bot.settings"} | EVERYWHERE,
}
THIRD_PARTIES: dict[str, set[str]] = {
    "db": {"aiosqlite", "pydantic", "rapidfuzz"},
    "bot.boards": {"discord"},
    "bot.championship": set(),
    "bot.clock": set(),
    "bot.errors": set(),
    "bot.feeds": {"aiohttp", "filelock", "pydantic"},
    "bot.finder": {"rapidfuzz"},
    "bot.interactions": {"discord"},
    "bot.laps": set(),
    "bot.client": {"aiohttp", "discord", "yarl"},
    "bot.live": set(),
    "bot.jobs": {"apscheduler", "aiohttp", "discord"},
    "bot.mentions": {"aiohttp", "discord", "rapidfuzz"},
    "bot.notifications": {"discord"},
    "bot.outbox": {"aiohttp", "discord"},
    "bot.questions": set(),
    "bot.quotes": {"discord"},
    "bot.recap_editing": {"discord"},
    "bot.recaps": set(),
    "bot.render": {"discord"},
    "bot.replay": {"aiohttp", "discord"},
    "bot.seasons": set(),
}
ONLY_IN = {"apscheduler": "bot.jobs.scheduler", "simcord": "bot.preview.simcord_adapter"}
"""Packages that one module, or one folder, imports and nobody else."""


def modules() -> Iterator[tuple[str, Path]]:
    for top in OURS:
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


def each_module(*parts: str, without: str = "") -> Callable[[Callable[..., None]], Callable[..., None]]:
    """For a test of each module: of every one, or of those within some parts."""
    chosen = [name for name in MODULES if name != without and (not parts or any(within(name, part) for part in parts))]
    return each_row(chosen, lambda module: {"module": module})


@cache
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


@each_module()
def test_imports_go_one_way(module: str) -> None:
    names = imported(MODULES[module])
    ours = {name for name in names if name.split(".")[0] in OURS}
    layer = part_of(module, LAYERS)
    if layer is not None:
        assert {name for name in ours if not allowed(name, layer, LAYERS[layer])} == set()
    forbidden = {"cogs"}
    if module.startswith("cogs."):
        forbidden |= {"bot.app", "bot.jobs", "bot.commandline"}
    elif module not in {"bot.app", "bot.__main__"} and not within(module, "bot.commandline"):
        forbidden |= {"bot.app"}
    if module != "bot.__main__":
        forbidden |= {"bot.commandline"} if not within(module, "bot.commandline") else set()
    assert {name for name in ours if any(within(name, part) for part in forbidden)} == set()


@each_module()
def test_third_parties_stay_where_they_belong(module: str) -> None:
    import sys

    names = {name.split(".")[0] for name in imported(MODULES[module])}
    third = names - set(OURS) - set(sys.stdlib_module_names)
    part = part_of(module, THIRD_PARTIES)
    if part is not None:
        assert third <= THIRD_PARTIES[part]
    for package, home in ONLY_IN.items():
        assert package not in third or within(module, home)


def test_similar_words_are_found_by_one_engine() -> None:
    """Two engines would suggest different names for the same typo."""
    assert {name for name in MODULES if "difflib" in imported(MODULES[name])} == set()
    assert {name for name in MODULES if any(within(each, "rapidfuzz") for each in imported(MODULES[name]))} == {
        "bot.finder.names",
        "bot.finder.words",
        "bot.mentions.typos",
        "db.naming",
    }


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


@cache
def classes() -> set[str]:
    return {
        node.name
        for path in MODULES.values()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    }


PLAIN = ("bot.render", "bot.questions", "bot.championship")
"""What makes values and messages, and never reaches up to the client."""


@each_module(*PLAIN)
def test_no_way_leads_from_below_to_the_client(module: str) -> None:
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    clients = [ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr == "client"]
    casts = [
        ast.unparse(n)
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and _is_cast(n) and _named(n.args[0]) & classes()
    ]
    assert clients + casts == []


def _is_cast(call: ast.Call) -> bool:
    return ast.unparse(call.func) in {"cast", "typing.cast"}


def _named(kind: ast.expr) -> set[str]:
    """The names in a type, be it written as text or not."""
    if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
        kind = ast.parse(kind.value, mode="eval").body
    return {each.id for each in ast.walk(kind) if isinstance(each, ast.Name)}


MOST_LINES = 10
"""Of a function in a cog: it makes a question of the options, or hands a question to what answers it."""


def topics_and_commands() -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    """The coroutines of the cogs."""
    for module, path in MODULES.items():
        if within(module, "cogs"):
            tree = ast.parse(path.read_text("utf-8"))
            yield from ((module, node) for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef))


@each_row(topics_and_commands, lambda row: {"module": row[0], "function": row[1]})
def test_a_command_is_short(module: str, function: ast.AsyncFunctionDef) -> None:
    first = function.body[1 if ast.get_docstring(function) is not None and len(function.body) > 1 else 0]
    last = function.body[-1]
    assert (last.end_lineno or last.lineno) - first.lineno < MOST_LINES, f"{module}: {function.name}"


@each_module(without="bot.discord_errors")
def test_discords_error_codes_are_in_one_table(module: str) -> None:
    codes = {*Code, AUTHENTICATION_FAILED}
    tree = ast.parse(MODULES[module].read_text("utf-8"))
    assert [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value in codes] == []
