"""What a fan sees after the schedule was rearranged: every race once, each with its own quotes."""

from __future__ import annotations

from datetime import datetime

from bot.client.tailgate_bot import TailgateBot
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.db.schedules import ALPHA, BRAVO, EXTRA, numbered, schedule, take_in

ZEBRA = {"words": "The zebra grip was gone.", "driver": "Layne Riggs", "season": 2027}
TRUE = {"words": "True grip all day.", "driver": "Corey Heim", "season": 2027}


def at(stand: Stand, moment: str) -> None:
    stand.clock._start = datetime.fromisoformat(moment)


async def test_a_race_put_in_has_no_others_quotes(stand: Stand, simcord_bot: TailgateBot) -> None:
    store = simcord_bot.services.store
    await take_in(store, schedule(*numbered(ALPHA, BRAVO), quotes=[ZEBRA | {"round": 2}]))
    await take_in(store, schedule(EXTRA))
    at(stand, "2027-06-28T12:00:00+00:00")
    found = words(await stand.ask("quote", about="zebra"))
    assert "Bravo 200" in found
    assert "Extra 100" not in found


async def test_a_race_dropped_is_gone_and_no_other_stands_twice(stand: Stand, simcord_bot: TailgateBot) -> None:
    store = simcord_bot.services.store
    await take_in(
        store, schedule(*numbered(ALPHA, EXTRA, BRAVO), quotes=[TRUE | {"round": 2, "said_on": "2027-06-01"}])
    )
    await take_in(store, schedule(*numbered(ALPHA, BRAVO), complete=True))
    at(stand, "2027-06-28T12:00:00+00:00")
    shown = words(await stand.ask("schedule", season=2027))
    assert [shown.count(name) for name in ("Kansas", "Dover", "Bristol")] == [1, 1, 0]
    # The quote stays, without a race that was never run.
    found = words(await stand.ask("quote", about="true grip"))
    assert "True grip all day." in found
    assert "Extra 100" not in found


async def test_a_race_that_moved_has_no_coverage_until_it_is_known(stand: Stand, simcord_bot: TailgateBot) -> None:
    store = simcord_bot.services.store
    moved = {"round": 23, "name": "Love's RV Stop 225", "track": "Talladega Superspeedway", "date": "2025-10-18"}
    document = {"format": "tailgate/1", "season": 2025, "races": [moved | {"start": "2025-10-18T17:00:00Z"}]}
    at(stand, "2025-10-17T18:00:00+00:00")
    before = words(await stand.ask("next"))
    assert "1760731200" in before
    await take_in(store, document)
    result = await stand.ask("next")
    assert "Talladega" in title_and_answer(result)[0]
    after = words(result)
    assert "1760731200" not in after
    assert "1760806800" in after
