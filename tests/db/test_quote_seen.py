"""Nobody sees what is another server's or not said yet, whichever way they ask; and how one is chosen at random."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from db.connection import Store
from db.quotes import Reader, add, count, counts, match_of, quote, quotes_of_race, random_quote
from db.quotes.models import Quote, QuoteDraft
from db.quotes.speakers import speakers
from tests.db.sample_texts import AWAY, HOME, MODERATOR, NOW, TODAY, draft, found, loose, pages, save
from tests.examples import examples

BEFORE, DAY = TODAY - timedelta(2), TODAY - timedelta(1)
"""Talladega 2025 is on DAY, the 17th of October."""

WHEN: dict[str, tuple[QuoteDraft, Reader, bool]] = {
    "said today": (loose("x", said_on=TODAY), Reader(HOME, TODAY), True),
    "said tomorrow": (loose("x", said_on=TODAY), Reader(HOME, DAY), False),
    "said next month": (loose("x", said_on=date(2025, 11, 1)), Reader(HOME, DAY), False),
    "said at the end of this month": (loose("x", said_on=date(2025, 10, 31)), Reader(HOME, DAY), False),
    "said next year": (loose("x", said_on=date(2026, 1, 1)), Reader(HOME, DAY), False),
    "said in December, asked on its last day": (
        loose("x", said_on=date(2025, 12, 31)),
        Reader(HOME, date(2025, 12, 31)),
        True,
    ),
    "of no day": (loose("x"), Reader(HOME, date(2000, 1, 1)), True),
    "of a race before today": (draft("x"), Reader(HOME, TODAY), True),
    "of a race after today": (draft("x"), Reader(HOME, BEFORE), False),
    "of today's race, which is over": (draft("x"), Reader(HOME, DAY), True),
    "of today's race, which is not over": (draft("x"), Reader(HOME, DAY, ((2025, 23),)), False),
    "of today's race, while another is not over": (draft("x"), Reader(HOME, DAY, ((2025, 22), (2024, 23))), True),
    "said today of today's race, which is not over": (
        draft("x", said_on=DAY),
        Reader(HOME, DAY, ((2025, 23),)),
        False,
    ),
    "said the day before today's race": (draft("x", said_on=BEFORE), Reader(HOME, DAY, ((2025, 23),)), True),
    "said today of a race to come": (draft("x", said_on=BEFORE), Reader(HOME, BEFORE), True),
    "said today of a race to come that is not over": (
        draft("x", said_on=BEFORE),
        Reader(HOME, BEFORE, ((2025, 23),)),
        True,
    ),
    "of today's race, which is not over, in the server that has it": (
        draft("x"),
        Reader(HOME, DAY, ((2025, 23),), NOW),
        True,
    ),
    "said today of it, in the server that has it": (
        draft("x", said_on=DAY),
        Reader(HOME, DAY, ((2025, 23),), NOW),
        True,
    ),
    "of it, before it was saved": (draft("x"), Reader(HOME, DAY, ((2025, 23),), NOW - timedelta(seconds=1)), False),
    "said after its race": (draft("x", said_on=TODAY), Reader(HOME, DAY), False),
}


@pytest.mark.parametrize("what", WHEN)
async def test_nothing_is_shown_before_it_was_said(bare: Store, what: str) -> None:
    text, reader, shown = WHEN[what]
    (number,) = await save(bare, text)
    wanted = [number] if shown else []
    assert await found(bare, "x", reader=reader) == wanted
    assert await found(bare, reader=reader) == wanted
    assert (await pages(bare, None, reader=reader)).total == len(wanted)
    assert (await quote(bare, reader, number) is not None) == shown
    assert (await random_quote(bare, reader, 2025, random.Random(1)) is not None) == shown
    if text.round is not None:
        assert [one.id for one in await quotes_of_race(bare, reader, 2025, 23)] == wanted


async def test_of_a_race_under_way_a_server_knows_its_own_quotes_alone(bare: Store) -> None:
    await save(bare, draft("fuel for all"), guild=None)
    (ours,) = await save(bare, draft("fuel for us"))
    await save(bare, draft("fuel for them"), guild=AWAY)
    reader = Reader(HOME, DAY, ((2025, 23),), NOW)
    assert await found(bare, "fuel", reader=reader) == [ours]
    assert await count(bare, reader) == 1
    assert await counts(bare, reader, [match_of([["fuel"]])], 9) == (1,)
    assert [one.quotes for one in await speakers(bare, reader)] == [1]
    assert {one.id for one in await quotes_of_race(bare, reader, 2025, 23)} == {ours}
    drawn = {await random_quote(bare, reader, 2025, random.Random(seed)) for seed in range(9)}
    assert {one.id for one in drawn if one} == {ours}
    assert await found(bare, "fuel", reader=Reader(None, DAY, ((2025, 23),), NOW)) == []


async def test_every_way_to_read_keeps_to_the_readers_server(bare: Store) -> None:
    (curated,) = await save(bare, draft("fuel for all"), guild=None)
    (ours,) = await save(bare, draft("fuel for us"))
    (theirs,) = await save(bare, draft("fuel for them"), guild=AWAY)
    seen = {None: {curated}, HOME: {curated, ours}, AWAY: {curated, theirs}, 44: {curated}, 0: {curated}, -1: {curated}}
    for guild, wanted in seen.items():
        reader = Reader(guild, TODAY)
        assert set(await found(bare, "fuel", reader=reader)) == wanted
        assert set(await found(bare, reader=reader)) == wanted
        assert set(await found(bare, reader=reader, driver="gio-ruggiero", season=2025, round=23)) == wanted
        assert {one.id for one in await quotes_of_race(bare, reader, 2025, 23)} == wanted
        for number in (curated, ours, theirs):
            assert (await quote(bare, reader, number) is not None) == (number in wanted)
        drawn = {await random_quote(bare, reader, 2025, random.Random(seed)) for seed in range(30)}
        assert {one.id for one in drawn if one} == wanted


async def test_by_lot_a_quote_of_the_season_comes_five_times_as_often(bare: Store) -> None:
    ids = await save(
        bare,
        draft("of a race"),
        loose("of a day", said_on=date(2025, 5, 1)),
        draft("of a year ago", season=2024, round=1),
        loose("of no year"),
    )
    reader, lots = Reader(HOME, TODAY), random.Random(23)
    drawn = Counter([one.id for _ in range(1200) if (one := await random_quote(bare, reader, 2025, lots))])
    # Of 12 lots 5, 5, 1 and 1; the odds that 1200 draws miss these bounds are below one in a million.
    for number, share in zip(ids, (500, 500, 100, 100), strict=True):
        assert abs(drawn[number] - share) < 90
    last = await random_quote(bare, reader, 2025, random.Random(1), but=frozenset(ids[:3]))
    assert last is not None
    assert last.id == ids[3]
    assert await random_quote(bare, reader, 2025, random.Random(1), but=frozenset(ids)) is None


async def test_every_lot_is_a_quote(bare: Store) -> None:
    """The lots are drawn one after the other, so that no edge is missed."""
    ids = await save(bare, draft("a"), draft("b", season=2024, round=1), draft("c"))

    class Chosen(random.Random):
        def __init__(self, lot: int) -> None:
            super().__init__()
            self.lot, self.asked = lot, 0

        def randrange(self, start: int, *_: object) -> int:
            self.asked = start
            return self.lot

    drawn = []
    for lot in range(11):
        chosen = Chosen(lot)
        one = await random_quote(bare, Reader(HOME, TODAY), 2025, chosen)
        assert (chosen.asked, one is not None) == (11, True)
        assert one is not None
        drawn.append(one.id)
    assert drawn == [ids[0]] * 5 + [ids[2]] * 5 + [ids[1]]


days = (
    st.none() | st.dates(date(2025, 9, 28), date(2025, 11, 3)) | st.sampled_from([date(2024, 1, 1), date(2026, 2, 1)])
)
races = st.sampled_from([None, (2025, 21), (2025, 22), (2025, 23), (2025, 24), (2026, 1), (2024, 5)])
sayings = st.lists(st.tuples(st.sampled_from([None, HOME, AWAY]), days, races), max_size=8)


@given(
    said=sayings,
    guild=st.sampled_from([None, HOME, AWAY]),
    today=st.dates(date(2025, 9, 30), date(2025, 11, 2)),
    ahead=st.lists(st.sampled_from([(2025, 22), (2025, 23), (2025, 24), (2026, 1), (2025, 60)]), max_size=2),
    now=st.sampled_from([None, NOW, datetime(2025, 10, 1, tzinfo=UTC)]),
)
@examples(60, HealthCheck.function_scoped_fixture)
async def test_the_index_and_the_table_agree_on_what_is_visible(
    bare: Store,
    said: list[tuple[int | None, date | None, tuple[int, int] | None]],
    guild: int | None,
    today: date,
    ahead: list[tuple[int, int]],
    now: datetime | None,
) -> None:
    async with bare.write() as connection:
        await connection.execute("DELETE FROM quotes")
    held: list[Quote] = []
    for number, (owner, day, race) in enumerate(said):
        season, turn = race or (None, None)
        text = loose(f"fuel {number}", said_on=day, season=season, round=turn)
        held.append(await add(bare, text, owner, MODERATOR, NOW))
    dates = {
        (row["season"], row["round"]): date.fromisoformat(row["date"])
        for row in await bare.fetch("SELECT season, round, date FROM races")
    }
    reader = Reader(guild, today, tuple(ahead), now)

    def visible(one: Quote) -> bool:
        race = (one.season or 0, one.round or 0)
        day = one.said_on or dates.get(race)
        if one.guild not in {None, guild} or (day is not None and day > today):
            return False
        if one.guild is not None and now is not None and one.added_at <= now:
            return True
        return race not in ahead or not (one.said_on is None or (one.said_on == today and dates[race] <= today))

    wanted = {one.id for one in held if visible(one)}
    assert set(await found(bare, "fuel", reader=reader)) == wanted
    assert set(await found(bare, reader=reader)) == wanted
    assert {one.id for one in held if await quote(bare, reader, one.id)} == wanted
    assert sum(one.quotes for one in await speakers(bare, reader)) == len(wanted)
