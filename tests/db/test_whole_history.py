"""Every season in one store: what is read back is what the files say, and nothing in it contradicts itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.championship.audit import faults
from bot.championship.sums import differing_sums
from db.bundled import bundled_years
from db.connection import Store
from db.documents.json_writer import write_document
from db.documents.name_register import DRIVERS, called_in_documents
from db.documents.rows_from_models import season_header, season_sections
from db.snapshots import Snapshots
from tests.db.season_files import SEASONS
from tests.every_season import import_notes

LEFT_OVER = {(2016, 5): "198 of 200 laps have a leader on record; the others are not known or missing"}
"""Totals that no source adds up to; docs/data.md tells of them."""


async def test_the_whole_history_fits_into_a_store_and_comes_out_as_it_went_in(every_season_store: Path) -> None:
    assert import_notes(every_season_store) == []
    async with await Store.open(every_season_store, readonly=True) as store:
        seasons = await Snapshots(store, whole=True).all()
    assert tuple(season.year for season in seasons) == bundled_years() == tuple(range(1995, 2027))
    odd: dict[tuple[int, int], str] = {}
    for season in seasons:
        named = replace(season, drivers=called_in_documents(DRIVERS, season.drivers.values()))
        written = write_document(season_header(named), season_sections(named))
        assert written == (SEASONS / f"{season.year}.json").read_text(encoding="utf-8"), season.year
        assert faults(season) == ()
        assert season.partial == {}
        assert all(season.results.get(race.round) for race in season.races if race.outcome is not None)
        odd |= {(season.year, each.round): each.what for each in differing_sums(season)}
    assert odd == LEFT_OVER
