"""Whoever leads a record is the same whether all who are in it are counted or its holders alone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.championship.all_time import KINDS
from bot.render.records import OVERVIEW
from bot.seasons.all_time import read_records
from bot.seasons.as_of import AsOfKeeper
from db.connection import Store
from db.history.record_models import Scope
from tests.sharing import BundledSeasons

MOMENTS = st.integers(0, 1300).map(lambda days: datetime(2023, 1, 1, tzinfo=UTC) + timedelta(days=days))
SCOPES = st.builds(
    Scope,
    st.sampled_from([None, None, "bristol-motor-speedway", "no-such-track"]),
    st.sampled_from([None, None, 2023, 2025]),
)


@given(MOMENTS, SCOPES)
def test_an_overview_names_the_holders_that_each_table_begins_with(
    bundled_store: Path, bundled_seasons: BundledSeasons, now: datetime, scope: Scope
) -> None:
    async def both() -> None:
        async with await Store.open(bundled_store, readonly=True) as store:
            ((version,),) = await store.fetch("SELECT version FROM facts")
            as_of = AsOfKeeper().at(now, tuple(bundled_seasons.seasons.values()), version)
            overview = await read_records(store, as_of, OVERVIEW, scope)
            for found in overview.records:
                (whole,) = (await read_records(store, as_of, (found.kind.key,), scope)).records
                assert found.holders == whole.holders, found.kind.key
                assert found.coverage == whole.coverage
            assert {record.kind for record in overview.records} == {KINDS[key] for key in OVERVIEW}

    asyncio.run(both())
