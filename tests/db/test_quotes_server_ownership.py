"""What a server has of its own, of whom there are quotes, and drafts that wait for their writers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from db.connection import Store
from db.guilds import forget_guild
from db.quotes import Reader, add, delete, edit, match_of, restore
from db.quotes.drafts import KEPT, MOST, drop_typed, expire_drafts, save_typed, typed_quote
from db.quotes.models import Quote, QuoteDraft
from db.quotes.server_ownership import count_own, deleted_quotes, own_quote, own_quotes
from db.quotes.speakers import SPEAKERS, SPEAKERS_ON_RACE_DAY, speakers
from db.quotes.writing import HISTORY, LAST, NEXT
from db.recaps.drafts import RecapDraft, save_draft
from db.recaps.models import SectionKind

NOW = datetime(2025, 10, 16, 21, tzinfo=UTC)
TYPED = {"words": "Half a \ud800 word", "who": "x\n”"}


@pytest.fixture(autouse=True)
async def bare(store: Store) -> None:
    """The quotes that come with the program are out of the way."""
    async with store.write() as connection:
        await connection.execute("DELETE FROM quotes")
        await connection.execute("DELETE FROM quote_history")


async def said(store: Store, guild: int | None, words: str, speaker: str = "Corey Heim", **facts: object) -> Quote:
    key = speaker.lower().replace(" ", "-") if speaker != "A fan" else None
    return await add(store, QuoteDraft(speaker, words, driver=key, **facts), guild, 1, NOW)  # type: ignore[arg-type]


async def test_a_scope_is_one_servers_alone(store: Store) -> None:
    quotes = {guild: await said(store, guild, f"Fuel of {guild}.") for guild in (None, 1, 2)}
    for guild, quote in quotes.items():
        assert await own_quote(store, guild, quote.id) == quote
        assert await count_own(store, guild) == 1
        for match in (None, match_of([["fuel"]])):
            assert (await own_quotes(store, guild, match, limit=9)).quotes == (quote,)
        for other in quotes.keys() - {guild}:
            assert await own_quote(store, other, quote.id) is None
    assert await own_quote(store, 1, 2**70) is None
    assert (await own_quotes(store, 3, None, limit=9)).total == 0


async def test_own_quotes_are_the_last_saved_first_page_by_page(store: Store) -> None:
    for n in range(5):
        await said(store, 1, f"Fuel {n}.", said_on=date(2030, 1, 1))
    await said(store, 1, "Oil.")
    found = await own_quotes(store, 1, match_of([["fuel"]]), limit=2, offset=2)
    assert found.total == 5
    assert [quote.words for quote in found.quotes] == ["Fuel 2.", "Fuel 1."]
    # Neither is what is not said yet hidden from those who mend it, nor do marks of the index count as words.
    assert (await own_quotes(store, 1, match_of([["g1"]]), limit=2)).total == 0
    assert (await own_quotes(store, 1, "", limit=2)).total == 0


async def test_deleted_quotes_are_listed_until_they_are_back(store: Store) -> None:
    one, two = await said(store, 1, "One."), await said(store, 1, "Two.")
    await edit(store, 1, one.id, QuoteDraft("Corey Heim", "One, mended.", driver="corey-heim"), 1, NOW)
    for quote in (one, two):
        await delete(store, 1, quote.id, 1, NOW)
    assert [each.draft.words for each in await deleted_quotes(store, 1, 9)] == ["Two.", "One, mended."]
    assert [each.id for each in await deleted_quotes(store, 1, 1)] == [two.id]
    assert await deleted_quotes(store, 2, 9) == ()
    await restore(store, 1, two.id, 1, NOW)
    assert [each.id for each in await deleted_quotes(store, 1, 9)] == [one.id]


async def test_speakers_are_those_whose_quotes_a_reader_may_see(store: Store) -> None:
    for n in range(2):
        await said(store, None, f"For all {n}.", "Gio Ruggiero")
    await said(store, 1, "Ours.")
    await said(store, 1, "Ours too.", "A fan")
    await said(store, 2, "Theirs.", "Ty Majeski")
    await said(store, None, "Tomorrow.", "Ben Rhodes", said_on=date(2025, 10, 17))
    found = await speakers(store, Reader(1, date(2025, 10, 16)))
    assert [(each.driver, each.name, each.quotes) for each in found] == [
        ("gio-ruggiero", "Gio Ruggiero", 2),
        (None, "A fan", 1),
        ("corey-heim", "Corey Heim", 1),
    ]
    assert [each.name for each in await speakers(store, Reader(None, date(2025, 10, 16)))] == ["Gio Ruggiero"]


async def test_speakers_are_counted_over_both_scopes_by_the_name_a_driver_has_now(store: Store) -> None:
    await said(store, None, "For all.", "Gio Ruggiero")
    await said(store, 1, "Ours.", "Gio Ruggiero")
    await add(store, QuoteDraft("Gio Ruggiero's spotter", "His.", driver="gio-ruggiero"), 1, 1, NOW)
    for guild in (None, 1):
        await said(store, guild, f"A fan's of {guild}.", "A fan")
    today = await said(store, None, "On the day.", "Corey Heim", season=2025, round=23)
    async with store.write() as connection:
        await connection.execute("UPDATE drivers SET name = 'G. R.' WHERE key = 'gio-ruggiero'")
    held = {each.name: each.quotes for each in await speakers(store, Reader(1, date(2025, 10, 17)))}
    assert held == {"G. R.": 3, "A fan": 2, "Corey Heim": 1}
    assert today.round == 23
    ahead = {each.name for each in await speakers(store, Reader(1, date(2025, 10, 17), ((2025, 23),)))}
    assert ahead == {"G. R.", "A fan"}


@pytest.mark.parametrize("sql", [SPEAKERS, SPEAKERS_ON_RACE_DAY])
async def test_speakers_are_counted_without_looking_a_quote_up(store: Store, sql: str) -> None:
    """Over tens of thousands of quotes that is what takes the time."""
    reader = Reader(1, date(2025, 10, 17))
    plan = [row["detail"] for row in await store.fetch(f"EXPLAIN QUERY PLAN {sql}", reader.asked())]
    of_quotes = [line for line in plan if line.split()[1] == "q"]
    assert of_quotes == ["SEARCH q USING COVERING INDEX quotes_by_speaker (guild_id=?)"] * 2


@pytest.mark.parametrize(("sql", "values"), [(HISTORY, (1, 1)), (LAST, (1, 1)), (NEXT, (1, 1, 0))])
async def test_a_quotes_history_is_found_without_reading_its_servers(
    store: Store, sql: str, values: tuple[int, ...]
) -> None:
    plan = [row["detail"] for row in await store.fetch(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert "USING INDEX quote_history_by_quote (quote_id=?" in plan[0]
    assert all(line.startswith("SEARCH r USING INTEGER PRIMARY KEY") for line in plan[1:])


async def test_a_draft_is_kept_as_it_was_typed_for_its_writer_alone(store: Store) -> None:
    number = await save_typed(store, 5, TYPED, NOW, guild=1, quote=7)
    held = await typed_quote(store, number, 5, NOW)
    assert held is not None
    assert (held.typed, held.guild, held.quote) == (TYPED, 1, 7)
    assert await typed_quote(store, number, 6, NOW) is None
    await drop_typed(store, number, 6)
    assert await typed_quote(store, number, 5, NOW) is not None
    await drop_typed(store, number, 5)
    assert await typed_quote(store, number, 5, NOW) is None


async def test_a_draft_is_written_over_by_its_writer_in_its_place_alone(store: Store) -> None:
    number = await save_typed(store, 5, TYPED, NOW, guild=1)
    assert await save_typed(store, 5, {"words": "More."}, NOW, guild=1, draft=number) == number
    held = await typed_quote(store, number, 5, NOW)
    assert held is not None
    assert held.typed == {"words": "More."}
    for user, guild, quote in ((6, 1, None), (5, 2, None), (5, None, None), (5, 1, 3)):
        other = await save_typed(store, user, TYPED, NOW, guild=guild, quote=quote, draft=number)
        assert other != number
    assert await typed_quote(store, number, 5, NOW) == held
    assert await save_typed(store, 5, TYPED, NOW, guild=1, draft=2**80) != number


async def test_drafts_that_nobody_goes_on_with_are_removed(store: Store) -> None:
    old = await save_typed(store, 5, TYPED, NOW, guild=1)
    await save_typed(store, 6, TYPED, NOW + KEPT - timedelta(seconds=1), guild=1)
    assert await typed_quote(store, old, 5, NOW) is not None
    await save_typed(store, 6, TYPED, NOW + KEPT + timedelta(seconds=1), guild=1)
    assert await typed_quote(store, old, 5, NOW) is None


async def test_after_thirty_days_a_draft_is_not_given_any_more(store: Store) -> None:
    number = await save_typed(store, 5, TYPED, NOW, guild=1)
    assert await typed_quote(store, number, 5, NOW + timedelta(days=30)) is not None
    assert await typed_quote(store, number, 5, NOW + timedelta(days=30, seconds=1)) is None


async def test_drafts_whose_time_is_up_are_removed_though_nobody_writes_another(store: Store) -> None:
    quotes, recaps = [], []
    for days in (0, 10):
        at = NOW + timedelta(days=days)
        quotes.append(await save_typed(store, 5, TYPED, at, guild=1))
        recaps.append((await save_draft(store, RecapDraft(0, 2025, 22, SectionKind.MOVE, 5, f"{days}", "", 0, at))).id)
    await expire_drafts(store, NOW + KEPT)
    for table, ids in (("quote_drafts", quotes), ("recap_drafts", recaps)):
        assert [row["id"] for row in await store.fetch(f"SELECT id FROM {table} ORDER BY id")] == ids, table
    await expire_drafts(store, NOW + KEPT + timedelta(seconds=1))
    for table, ids in (("quote_drafts", quotes), ("recap_drafts", recaps)):
        assert [row["id"] for row in await store.fetch(f"SELECT id FROM {table} ORDER BY id")] == ids[1:], table


async def test_one_person_has_so_many_drafts_and_a_server_that_is_gone_has_none(store: Store) -> None:
    drafts = [await save_typed(store, 5, TYPED, NOW, guild=1) for _ in range(MOST + 1)]
    assert await typed_quote(store, drafts[0], 5, NOW) is None
    assert await typed_quote(store, drafts[1], 5, NOW) is not None
    await forget_guild(store, 1)
    assert await typed_quote(store, drafts[-1], 5, NOW) is None
