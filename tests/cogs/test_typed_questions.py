"""Two hundred questions as fans type them, through the commands; and what is said of what was not understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cogs.conftest import Stand
from tests.cogs.looking import words

TABLE = Path(__file__).with_name("typed_questions.txt")
ROWS = [
    tuple(part.strip() for part in line.split(" | "))
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
OPTIONS = {
    "results": ("race",),
    "recap": ("race",),
    "driver": ("name",),
    "standings": ("after",),
    "compare": ("first", "second"),
    "schedule": ("race",),
    "playoffs": ("about",),
    "quote": ("about",),
}


def said(result: Any) -> str:
    """All texts of an answer, or the line of a refusal."""
    return str(result.response.content or "") + words(result)


async def test_every_question_is_answered_with_the_right_facts(stand: Stand) -> None:
    assert len(ROWS) >= 200
    wrong = []
    for command, typed, facts in ROWS:
        options = dict(zip(OPTIONS[command], typed.split(" // "), strict=True))
        answer = said(await stand.fan.slash(stand.channel, command, **options))
        missing = [fact for fact in facts.split("; ") if fact not in answer]
        if missing:
            wrong.append(f"/{command} {typed}: {missing} is not in {answer[:200]!r}")
    assert not wrong, "\n".join(wrong)


def test_the_table_has_each_question_once() -> None:
    asked = [(command, typed) for command, typed, _ in ROWS]
    assert len(set(asked)) == len(asked)
    assert {command for command, _ in asked} == set(OPTIONS)
