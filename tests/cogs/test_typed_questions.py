"""Three hundred questions as fans type them, to commands and in chat; what is said of what was not understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.client.tailgate_bot import TailgateBot
from bot.mentions.reader import read
from bot.render.suggestions import suggestions
from bot.requester import Requester
from tests.bot.render.reading import parts
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
    "laps": ("driver", "race"),
    "lineup": ("race",),
    "replay": ("race",),
}


def said(result: Any) -> str:
    """All texts of an answer, or the line of a refusal."""
    return str(result.response.content or "") + words(result)


async def mentioned(bot: TailgateBot, text: str) -> str:
    """The texts and labels of what answers a message to the bot."""
    as_of = await bot.router.as_of()
    reading = read(text, as_of)
    if reading.question is None:
        view: Any = suggestions(reading.guesses, as_of.season(), as_of.now, asked=reading.asked)
    else:
        view = await bot.router.view(reading.question, Requester(1, as_of))
    return "\n".join(str(part.get("content") or part.get("label") or "") for part in parts(view))


async def test_every_question_is_answered_with_the_right_facts(stand: Stand, simcord_bot: TailgateBot) -> None:
    assert len(ROWS) >= 300
    wrong = []
    for command, typed, facts in ROWS:
        if command == "mention":
            answer = await mentioned(simcord_bot, typed)
        else:
            options = dict(zip(OPTIONS[command], typed.split(" // "), strict=True))
            answer = said(await stand.fan.slash(stand.channel, command, **options))
        missing = [fact for fact in facts.split("; ") if fact not in answer]
        if missing:
            wrong.append(f"/{command} {typed}: {missing} is not in {answer[:200]!r}")
    assert not wrong, "\n".join(wrong)


def test_the_table_has_each_question_once() -> None:
    asked = [(command, typed) for command, typed, _ in ROWS]
    assert len(set(asked)) == len(asked)
    assert {command for command, _ in asked} == {*OPTIONS, "mention"}


async def test_the_last_win_of_a_truck_that_nobody_drove_is_refused(stand: Stand) -> None:
    assert (await stand.refused("results", race="last win 34 2024")).startswith(
        "No number 34 has been entered in 2024."
    )
