"""/lineup: the entry list before qualifying, the starting order after it, and what changed since the race before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from discord import ui

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.questions.laps import LineupQuestion
from bot.render.tables import WIDTH
from bot.requester import Requester
from db.connection import Store
from db.documents.importer import import_documents
from db.documents.json_writer import write_document
from db.documents.reader import read_bytes
from db.documents.rows_from_models import season_header, season_sections
from db.snapshots import Snapshots
from tests.bot.render.reading import body, tables, text
from tests.checks.limits import check_message
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.db.documents import read


async def answer(bot: TailgateBot, question: LineupQuestion) -> ui.LayoutView:
    view = await bot.router.view(question, Requester(1, await bot.router.as_of()))
    assert isinstance(view, ui.LayoutView)
    return view


async def test_the_entry_list_comes_before_qualifying_with_who_is_new_and_missing(stand: Stand) -> None:
    result = await stand.ask("lineup")
    title, first = title_and_answer(result)
    assert title == "Love's RV Stop 225 · Talladega"
    assert first == "**Entry list: 36 trucks** · qualifying <t:1760718600:f>"
    said = words(result)
    assert "**Changed since Charlotte ROVAL** No. 1 Bret Holmes for Brent Crews; No. 02 Nathan Byrd for" in said
    assert "**Also new** Norm Benning (No. 6), Greg Van Alst (No. 35)" in said
    assert "**Also missing** Will Rodgers (No. 20)" in said
    assert "\nNo Driver           Team\n 1 Bret Holmes      TRICON Garage\n02 Nathan Byrd " in said
    await stand.fan.click(result.response, label="21–36 →")
    assert "\n99 Ben Rhodes" in words(result)
    assert "Also new" not in words(result)


@pytest.mark.parametrize(
    ("moment", "first"),
    [
        ("2025-10-15T23:59-04:00", "No entry list here yet."),
        ("2025-10-16T00:00-04:00", "**Entry list: 36 trucks**"),
        ("2025-10-17T14:29-04:00", "**Entry list: 36 trucks** · the starting order is not here yet"),
        ("2025-10-17T14:30-04:00", "**Gio Ruggiero** starts first · 36 trucks"),
        ("2025-10-17T16:30-04:00", "**Gio Ruggiero** starts first · 36 trucks"),
        ("2025-10-18T12:00-04:00", "No entry list here yet."),
    ],
)
async def test_each_is_told_from_when_it_is_known(
    bot: TailgateBot, clock: TravelClock, moment: str, first: str
) -> None:
    clock._start = datetime.fromisoformat(moment)
    assert text(await answer(bot, LineupQuestion())).splitlines()[1].startswith(first)


async def test_nothing_of_the_race_itself_is_told_before_it_is_over(bot: TailgateBot, clock: TravelClock) -> None:
    clock._start = datetime.fromisoformat("2025-10-17T16:30-04:00")
    said = text(await answer(bot, LineupQuestion()))
    assert "won" not in said
    assert "Results" not in said
    assert "\n 1 17 Gio Ruggiero*   TRICON Garage\n 2 98 Ty Majeski " in said


async def test_a_race_that_was_run_keeps_its_starting_order_and_who_was_not_in_it(stand: Stand) -> None:
    result = await stand.ask("lineup", race="daytona 2025")
    assert title_and_answer(result)[1] == "**Ben Rhodes** started first · 36 trucks"
    said = words(result)
    assert "**Not in the starting order** Bryan Dauzat (No. 28, did not start), Justin Carroll (No. 90" in said
    assert "since" not in said.partition("```")[0]


def two_races() -> dict[str, Any]:
    """A season of which one race was run, with the entry list of the next one."""
    tracks, days = ("Bristol Motor Speedway", "Kansas Speedway"), ("2027-03-01", "2027-03-08")
    races = [
        {"round": number, "name": f"Race {number} 200", "track": track, "date": day, "start": f"{day}T20:00:00Z"}
        for number, (track, day) in enumerate(zip(tracks, days, strict=True), 1)
    ]
    raced = {"round": 1, "laps": 200, "status": "running"}
    results = [
        raced | {"finish": 1, "number": "11", "driver": "Corey Heim", "points": 40},
        raced | {"finish": 2, "number": "98", "driver": "Ty Majeski", "points": 35},
        {"round": 2, "number": "11", "driver": "Corey Heim"},
        {"round": 2, "number": "98", "driver": "Matt Crafton"},
        {"round": 2, "number": "34", "driver": "Layne Riggs"},
    ]
    return {"format": "tailgate/1", "season": 2027, "races": races, "results": results}


async def test_an_imported_entry_list_and_starting_order_are_shown(
    store: Store, bot: TailgateBot, clock: TravelClock
) -> None:
    season = two_races()
    clock._start = datetime.fromisoformat("2027-03-05T12:00-05:00")
    await import_documents(store, [read(season)], clock.now())
    said = text(await answer(bot, LineupQuestion()))
    assert "Race 2 200 · Kansas\n**Entry list: 3 trucks** · the starting order is not here yet" in said
    assert "**Changed since Bristol** No. 98 Matt Crafton for Ty Majeski\n**Also new** Layne Riggs (No. 34)" in said
    for place, row in enumerate(reversed(season["results"][2:]), 1):
        row["start"] = place
    await import_documents(store, [read(season)], clock.now())
    said = text(await answer(bot, LineupQuestion()))
    assert "**Layne Riggs** starts first · 3 trucks" in said
    assert "\n 1 34 Layne Riggs\n 2 98 Matt Crafton\n 3 11 Corey Heim\n" in said
    # What is exported can be imported again, and changes nothing.
    held = await Snapshots(store).season(2027)
    assert held is not None
    exported = write_document(season_header(held), season_sections(held))
    report = await import_documents(store, [read_bytes(exported.encode(), "2027.json")], clock.now())
    assert (report.total.changed, '"start": 3' in exported) == (0, True)


async def test_every_lineup_of_a_season_fits_a_phone(bot: TailgateBot) -> None:
    for race in (await bot.router.as_of()).season(2025).races:
        for page in (1, 2):
            shown = await answer(bot, LineupQuestion(2025, race.round, page))
            assert max((len(line) for table in tables(shown) for line in table), default=0) <= WIDTH, race
            assert check_message(body(shown)) == [], race
