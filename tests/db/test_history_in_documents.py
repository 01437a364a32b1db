"""What documents say of history beyond results: cautions, former names and layouts, ids and sources of people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from db.connection import Store
from db.documents.csv_tables import write_csv
from db.documents.import_report import Counts
from db.documents.importer import import_documents
from db.documents.json_writer import write_document
from db.documents.reader import read_bytes
from db.documents.rows_from_models import driver_row, season_header, season_sections, track_row
from db.errors import DocumentError
from db.models import CautionPeriod, Layout, Season, TrackName
from db.snapshots import Snapshots
from tests.db.documents import SMALL, read, small

NOW = datetime(2024, 12, 2, tzinfo=UTC)
CAUTIONS = [[4, 6, "debris", "17"], [21, 25, "end of stage 1", None], [80, 84, None, "02"]]
FORMER = [{"first": 2006, "last": 2007, "name": "Talladega of Old"}]
LAYOUTS = [
    {"first": 2006, "last": 2009, "length": 2.66, "shape": "oval", "surface": "paved"},
    {"first": 2010, "last": 2024, "length": 2.5},
]
PERSON = {"racing_reference": ["Gio_Ruggiero", "Giovanni_Ruggiero"], "sources": {"hometown": "a paper"}}


def told() -> dict[str, Any]:
    race, driver, track = SMALL["races"][0], SMALL["drivers"][0], SMALL["tracks"][0]
    return small(
        races=[race | {"outcome": race["outcome"] | {"caution_periods": CAUTIONS}}, SMALL["races"][1]],
        drivers=[driver | PERSON, *SMALL["drivers"][1:]],
        tracks=[track | {"names": FORMER, "layouts": LAYOUTS}],
    )


async def season_of(store: Store) -> Season:
    season = await Snapshots(store).season(2024)
    assert season is not None
    return season


async def test_what_is_told_is_held_and_written_as_it_was_told(empty_store: Store) -> None:
    await import_documents(empty_store, [read(small())], NOW)
    report = await import_documents(empty_store, [read(told())], NOW)
    assert report.total == Counts(updated=3, unchanged=report.total.unchanged)
    season = await season_of(empty_store)
    race = season.races[0]
    assert race.outcome is not None
    assert race.outcome.caution_periods == (
        CautionPeriod(4, 6, "debris", "17"),
        CautionPeriod(21, 25, "end of stage 1"),
        CautionPeriod(80, 84, None, "02"),
    )
    assert [period.laps for period in race.outcome.caution_periods] == [3, 5, 5]
    assert race.track.names == (TrackName("Talladega of Old", 2006, 2007),)
    assert race.track.layouts == (Layout(2006, 2009, 2.66, "oval", "paved"), Layout(2010, 2024, 2.5))
    gio = season.drivers["gio-ruggiero"]
    assert (gio.racing_reference, gio.sources) == (("Gio_Ruggiero", "Giovanni_Ruggiero"), (("hometown", "a paper"),))
    sections = season_sections(season) | {"drivers": [driver_row(gio)], "tracks": [track_row(race.track)]}
    text = write_document(season_header(season), sections)
    again = await import_documents(empty_store, [read_bytes(text.encode(), "again.json")], NOW)
    assert again.total.changed == 0


async def test_it_travels_as_csv_too(empty_store: Store) -> None:
    await import_documents(empty_store, [read(told())], NOW)
    season = await season_of(empty_store)
    tables = {
        "drivers": write_csv("drivers", [driver_row(season.drivers["gio-ruggiero"])]),
        "tracks": write_csv("tracks", [track_row(season.races[0].track)]),
        "races": write_csv("races", season_sections(season)["races"], 2024),
    }
    files = [read_bytes(text.encode(), f"{name}.csv") for name, text in tables.items()]
    assert (await import_documents(empty_store, files, NOW)).total.changed == 0


async def test_a_track_is_called_and_laid_out_as_it_was_in_the_season(empty_store: Store) -> None:
    await import_documents(empty_store, [read(told())], NOW)
    track = (await season_of(empty_store)).races[0].track
    assert [track.name_in(year) for year in (2005, 2006, 2007, 2008)] == [
        "Talladega Superspeedway",
        "Talladega of Old",
        "Talladega of Old",
        "Talladega Superspeedway",
    ]
    assert [track.layout_in(year).length for year in (2005, 2009, 2010, 2025)] == [None, 2.66, 2.5, None]


async def test_an_outcome_without_cautions_takes_them_away_and_results_taken_back_do_too(empty_store: Store) -> None:
    await import_documents(empty_store, [read(told())], NOW)
    await import_documents(empty_store, [read(small())], NOW)
    outcome = (await season_of(empty_store)).races[0].outcome
    assert outcome is not None
    assert outcome.caution_periods == ()
    await import_documents(empty_store, [read(told())], NOW)
    race = {key: value for key, value in SMALL["races"][0].items() if key != "outcome"} | {"results_state": "none"}
    await import_documents(empty_store, [read(small(races=[race], results=None, adjustments=None))], NOW)
    assert await empty_store.fetch("SELECT * FROM caution_periods") == []


async def test_nobody_gets_the_id_of_another(empty_store: Store) -> None:
    await import_documents(empty_store, [read(told())], NOW)
    twice = {"format": "tailgate/1", "drivers": [{"name": "Corey Heim", "racing_reference": ["Gio_Ruggiero"]}]}
    with pytest.raises(DocumentError, match="Gio_Ruggiero is the id of Gio Ruggiero"):
        await import_documents(empty_store, [read(twice)], NOW)
    moved = {
        "format": "tailgate/1",
        "drivers": [
            {"name": "Gio Ruggiero", "racing_reference": ["Giovanni_Ruggiero"]},
            {"name": "Corey Heim", "racing_reference": ["Gio_Ruggiero"]},
        ],
    }
    await import_documents(empty_store, [read(moved)], NOW)
    drivers = (await season_of(empty_store)).drivers
    assert drivers["corey-heim"].racing_reference == ("Gio_Ruggiero",)
