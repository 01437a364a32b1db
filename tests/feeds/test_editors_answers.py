"""What fans are answered from a store that was refreshed is what they are answered from the season as it is bundled.

Nearly every answer that a button or a menu of another leads to is compared, and some on the eve of each race.
Where a line differs, the reason is listed; there are three, and none of them is a fault of the feeds.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from discord import ui

from bot.client.tailgate_bot import TailgateBot, extensions
from bot.clock import TravelClock
from bot.questions.core import (
    STANDINGS_VIEWS,
    ClinchQuestion,
    DriverQuestion,
    NextQuestion,
    PlayoffsQuestion,
    Question,
    ResultsQuestion,
    ScheduleQuestion,
    StandingsQuestion,
)
from bot.questions.recaps import RecapQuestion
from bot.render.stats import StatsQuestion
from bot.requester import Requester
from bot.services import Services
from db.connection import Store
from db.snapshots import Snapshots
from tests.bot.render.reading import buttons, options, text
from tests.feeds import fake_nascar
from tests.feeds.taking import refresh

AFTER_ALL = datetime(2025, 12, 10, 17, tzinfo=UTC)
REFRESHED = re.compile(r" · refreshed <t:\d+:R>")
"""The two stores were filled at different moments."""
REASONS = {
    # In reports alone: who the rookie of the race was, and who raced as one without contending for the title.
    "rookies": re.compile(r"[Rr]ookie|\*|^Fin St|^ *\d+ +\d+ +\d+ |\*\*No\. \d+\*\*|was the best of"),
    # In reports alone: why somebody was disqualified or stayed away, and what place they lost.
    "notes": re.compile(r"[Dd]isqualified|won the Fresh From Florida|out with injury|\(did not start\)"),
    # 29: lap times that are missing are normal; reports tell the driver of the fastest lap.
    "lap times": re.compile(r"^\*\*Fastest lap\*\*"),
}
EXPECTED = {
    *(("rookies", number) for number in (1, 2, 4, 22)),
    *(("notes", number) for number in (1, 9, 16)),
    *(("lap times", number) for number in (3, 5, 9, *range(11, 18), 21, 24)),
}


class Desk:
    """Asks a bot on a store."""

    def __init__(self, store: Store) -> None:
        self.clock = TravelClock(AFTER_ALL, 0)
        self.services = Services(store, Snapshots(store, whole=True), self.clock)
        self._bot = TailgateBot(self.services)

    async def open(self) -> Desk:
        for extension in extensions():
            await self._bot.load_extension(extension)
        return self

    async def ask(self, question: Question) -> tuple[list[str], list[Question]]:
        """The lines of the answer, and what its buttons and menus ask."""
        view = await self._bot.router.view(question, Requester(1, await self._bot.router.as_of()))
        assert isinstance(view, ui.LayoutView)
        onward = [*buttons(view).values(), *options(view).values()]
        return REFRESHED.sub("", text(view)).splitlines(), onward


async def test_every_answer_about_the_season(editors_store: Store, programs_store: Store) -> None:
    await refresh(editors_store, fake_nascar.season(2025).documents(), 2025)
    ours, theirs = await Desk(programs_store).open(), await Desk(editors_store).open()
    season = await ours.services.seasons.season(2025)
    assert season is not None
    waiting = deque[Question]([ScheduleQuestion(2025), PlayoffsQuestion(2025), ClinchQuestion(), NextQuestion()])
    for race in season.races:
        waiting += [
            StandingsQuestion(2025, race.round),
            ResultsQuestion(2025, race.round),
            RecapQuestion(2025, race.round),
        ]
    waiting += [DriverQuestion(key, 2025) for key in sorted(season.starts)]
    seen, found = set(waiting), set[tuple[str, int]]()
    while waiting:
        question = waiting.popleft()
        mine, onward = await ours.ask(question)
        others, _ = await theirs.ask(question)
        found.update(_reasons(question, mine, others))
        fresh = [each for each in onward if each not in seen and _by_turns(each)]
        seen.update(fresh)
        waiting += fresh
    assert found == EXPECTED
    asked = {type(question) for question in seen}
    assert asked >= {StandingsQuestion, ResultsQuestion, RecapQuestion, DriverQuestion, ScheduleQuestion, NextQuestion}


def _by_turns(question: Question) -> bool:
    """Of the views of the standings one after each race, and the ranking by each figure after one race."""
    if isinstance(question, StandingsQuestion) and question.view is not None and question.after is not None:
        return question.view == STANDINGS_VIEWS[question.after % len(STANDINGS_VIEWS)]
    if isinstance(question, StatsQuestion):
        return question.after is None or question.after == 1 + len(question.by)
    return True


def _reasons(question: Question, ours: list[str], theirs: list[str]) -> Iterator[tuple[str, int]]:
    """Why the lines of an answer differ, each with the race; a line without a reason is a fault."""
    for line in [*(each for each in ours if each not in theirs), *(each for each in theirs if each not in ours)]:
        assert isinstance(question, ResultsQuestion | RecapQuestion), (question, line)
        assert question.round is not None
        names = [name for name, words in REASONS.items() if (name, question.round) in EXPECTED and words.search(line)]
        assert names, (question, line)
        yield names[0], question.round


async def test_what_is_answered_on_the_eve_of_each_race(editors_store: Store, programs_store: Store) -> None:
    await refresh(editors_store, fake_nascar.season(2025).documents(), 2025)
    ours, theirs = await Desk(programs_store).open(), await Desk(editors_store).open()
    season = await ours.services.seasons.season(2025)
    assert season is not None
    for race in season.races:
        assert race.start is not None
        for desk in (ours, theirs):
            desk.clock._start = race.start - timedelta(hours=20)
        for question in (NextQuestion(), StandingsQuestion(), ScheduleQuestion(), ClinchQuestion()):
            assert await ours.ask(question) == await theirs.ask(question), (race.round, question)
