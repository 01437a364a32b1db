"""Two people, or two tracks, of one name stay two, whatever brings them; whoever cannot be told is asked for."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.bundled import recent_documents
from db.connection import Store
from db.documents.csv_tables import write_csv
from db.documents.importer import Counts, Report, import_documents
from db.documents.name_register import DRIVERS, TRACKS, called_in_documents
from db.documents.reader import read_bytes
from db.documents.rows_from_models import driver_row, track_row
from db.errors import DocumentError
from db.models import Driver, Track
from db.namesakes import tell_apart
from db.people_and_places import load_drivers, load_tracks
from db.snapshots import Snapshots
from tests.db.documents import SMALL, read, small
from tests.db.test_importer import dump, season_of
from tests.seasons import make_driver
from tests.stores import open_unsynced

NOW = datetime(2025, 1, 1, tzinfo=UTC)
OLDER: dict[str, Any] = {"name": "Zoltan Same", "nascar_id": 900001, "born": "1970-01-01", "hometown": "Ada, OK"}
YOUNGER: dict[str, Any] = {"name": "Zoltan Same", "nascar_id": 900002, "born": "2001-01-01"}
EAST: dict[str, Any] = {"name": "Twin Speedway", "short": "Twin", "city": "Ada", "state": "OK", "length": 0.5}
WEST: dict[str, Any] = EAST | {"city": "Reno", "state": "NV"}


async def bring(store: Store, *rows: dict[str, Any], section: str = "drivers", **more: Any) -> Report:
    """Imports rows as one document."""
    return await import_documents(store, [read({"format": "tailgate/1", section: list(rows)} | more)], NOW)


async def facts(store: Store) -> dict[str, tuple[str, int | None, date | None]]:
    """Of every driver by key what no other may take over."""
    return {key: (d.name, d.nascar_id, d.born) for key, d in (await Snapshots(store).drivers()).items()}


def expected(row: dict[str, Any]) -> tuple[str, int | None, date | None]:
    return row["name"], row.get("nascar_id"), date.fromisoformat(row["born"]) if "born" in row else None


ANOTHER = {
    "another id and birth date": (OLDER, YOUNGER),
    "another id": ({"name": "Zoltan Same", "nascar_id": 1}, {"name": "Zoltan Same", "nascar_id": 2}),
    "another birth date": (
        {"name": "Zoltan Same", "born": "1970-01-01"},
        {"name": "Zoltan Same", "born": "1970-01-02"},
    ),
    "a birth date beside an id and another birth date": (OLDER, {"name": "Zoltan Same", "born": "2001-01-01"}),
    "the name in other letters": (OLDER, YOUNGER | {"name": "ZOLTAN  Samé"}),
}


@pytest.mark.parametrize("what", ANOTHER)
@pytest.mark.parametrize("at_once", [True, False])
async def test_another_one_of_the_name_is_another_person(empty_store: Store, what: str, *, at_once: bool) -> None:
    first, second = ANOTHER[what]
    reports = (
        [await bring(empty_store, first, second)]
        if at_once
        else [await bring(empty_store, first), await bring(empty_store, second)]
    )
    assert await facts(empty_store) == {"zoltan-same": expected(first), "zoltan-same--2": expected(second)}
    (note,) = reports[-1].notes
    assert "is a name of " in note
    assert note.endswith("documents have to say which one they mean")
    again = await bring(empty_store, first, second)
    assert again.sections == {"drivers": Counts(unchanged=2)}
    assert again.notes == []


async def test_keys_stay_whoever_comes_first(empty_store: Store) -> None:
    await bring(empty_store, YOUNGER)
    await bring(empty_store, OLDER, YOUNGER, {"name": "Zoltan Same", "nascar_id": 3, "born": "1980-01-01"})
    found = await facts(empty_store)
    assert found["zoltan-same"] == expected(YOUNGER)
    assert found["zoltan-same--2"] == expected(OLDER)
    assert found["zoltan-same--3"][1] == 3


async def test_a_name_that_looks_like_a_key_is_a_person_of_its_own(empty_store: Store) -> None:
    await bring(empty_store, OLDER, YOUNGER, {"name": "Zoltan Same 2"})
    assert set(await facts(empty_store)) == {"zoltan-same", "zoltan-same--2", "zoltan-same-2"}


async def test_what_was_not_known_is_filled_in(empty_store: Store) -> None:
    await bring(empty_store, {"name": "Zoltan Same", "hometown": "Ada, OK"})
    report = await bring(empty_store, OLDER)
    assert report.sections == {"drivers": Counts(updated=1)}
    assert await facts(empty_store) == {"zoltan-same": expected(OLDER)}


async def test_the_same_id_corrects_a_birth_date_and_a_name_with_a_detail_corrects_an_id(empty_store: Store) -> None:
    await bring(empty_store, OLDER, YOUNGER)
    await bring(empty_store, OLDER | {"born": "1970-01-03"})
    await bring(empty_store, {"name": "Zoltan Same (born 2001)", "nascar_id": 900003})
    found = await facts(empty_store)
    assert found["zoltan-same"] == ("Zoltan Same", 900001, date(1970, 1, 3))
    assert found["zoltan-same--2"] == ("Zoltan Same", 900003, date(2001, 1, 1))


REFUSED = {
    "nothing says which": ([OLDER, YOUNGER], [{"name": "Zoltan Same"}], "give its nascar_id or born"),
    "twice in one document": ([], [{"name": "Zoltan Same"}, {"name": "Zoltan Same"}], "appears here a second time"),
    "a second time by id": ([], [OLDER, {"name": "Zoltan Same", "nascar_id": 900001}], "appears here a second time"),
    "two of which one is in the store": (
        [{"name": "Zoltan Same"}],
        [OLDER, YOUNGER],
        "two of the documents' rows are about somebody of this name (the first is in small.json, line 4)",
    ),
    "an alias in common": (
        [{"name": "Ann Own", "aliases": ["Ace"]}],
        [{"name": "Bo Other", "aliases": ["Ace"]}],
        "it shares a name with Ann Own and nothing says whether they are one",
    ),
    "the id of somebody of another name": ([OLDER], [{"name": "Bo", "nascar_id": 900001}], "is the id of Zoltan Same"),
    "a detail that fits nobody": ([OLDER], [{"name": "Zoltan Same (born 1999)"}], "fits nobody in the store"),
    "a detail that fits two": (
        [OLDER, YOUNGER | {"born": "1970-05-05"}],
        [{"name": "Zoltan Same (born 1970)", "hometown": "Ada, OK"}],
        "fits several",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_who_cannot_be_told_is_refused_in_one_line(empty_store: Store, what: str) -> None:
    before, rows, words = REFUSED[what]
    if before:
        await bring(empty_store, *before)
    stored = await dump(empty_store)
    with pytest.raises(DocumentError) as caught:
        await bring(empty_store, *rows)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert await dump(empty_store) == stored


async def test_an_alias_that_is_anothers_name_is_reported_and_asked_for(empty_store: Store) -> None:
    await bring(empty_store, OLDER)
    report = await bring(empty_store, {"name": "Al Ias", "aliases": ["Zoltan Same"], "nascar_id": 3})
    (note,) = report.notes
    assert note.startswith(
        "Zoltan Same is a name of Al Ias and of Zoltan Same (born 1970-01-01); documents have to say"
    )
    season = small(drivers=[*SMALL["drivers"]], champion="Zoltan Same")
    with pytest.raises(DocumentError, match=r"write 'Al Ias' or 'Zoltan Same \(born 1970-01-01\)' to say which one"):
        await import_documents(empty_store, [read(season)], NOW)
    await import_documents(empty_store, [read(season | {"champion": "Al Ias"})], NOW)
    assert (await season_of(empty_store)).champion == "al-ias"


def of_both(first: str, second: str) -> dict[str, Any]:
    """The small season with two of one name in place of two of its drivers, wherever these are named."""
    document = small(
        drivers=[OLDER, YOUNGER, SMALL["drivers"][2]],
        champion=first,
        rookies=[second],
        quotes=[{"words": "So proud", "driver": second, "speaker": "Zoltan Same"}],
        tracks=[EAST, WEST],
    )
    for row in [*document["results"], *document["adjustments"], *document["playoff_field"]]:
        row["driver"] = {"Gio Ruggiero": first, "Corey Heim": second}.get(row["driver"], row["driver"])
    for race in document["races"]:
        race["track"] = "Twin Speedway (Reno, NV)"
    outcome = document["races"][0]["outcome"]
    outcome |= {"pole": first, "stage_winners": [second, None], "leads": [[first, 1, 9], [second, 10, 90]]}
    outcome["fastest_lap"]["driver"] = second
    return document


SAYING = {
    "by birth date": ("Zoltan Same (born 1970-01-01)", "Zoltan Same (born 2001-01-01)"),
    "by year": ("Zoltan Same (born 1970)", "ZOLTAN same (Born 2001)"),
    "by id": ("Zoltan Same (NASCAR id 900001)", "Zoltan Same (id 900002)"),
    "by key": ("Zoltan Same (key zoltan-same)", "Zoltan Same (key zoltan-same--2)"),
}


@pytest.mark.parametrize("what", SAYING)
async def test_a_document_says_which_one_it_means(empty_store: Store, what: str) -> None:
    document = read(of_both(*SAYING[what]))
    await import_documents(empty_store, [document], NOW)
    season = await season_of(empty_store)
    assert [result.driver for result in season.results[1]] == ["zoltan-same", "zoltan-same--2"]
    assert [seat.driver for seat in season.playoff_field] == ["zoltan-same--2", "zoltan-same"]
    outcome = season.races[0].outcome
    assert outcome is not None
    assert (outcome.pole, outcome.stage_winners) == ("zoltan-same", ("zoltan-same--2", None))
    assert [lead.driver for lead in outcome.leads] == ["zoltan-same", "zoltan-same--2"]
    assert (season.champion, season.rookies) == ("zoltan-same", ("zoltan-same--2",))
    assert {race.track.key for race in season.races} == {"twin-speedway--2"}
    quotes = [tuple(row) for row in await empty_store.fetch(
        "SELECT d.key, q.speaker FROM quotes q JOIN drivers d ON d.id = q.driver_id"
    )]  # fmt: skip
    assert quotes == [("zoltan-same--2", "Zoltan Same")]
    again = await import_documents(empty_store, [document], NOW)
    assert again.total.changed == 0


PLACES = ("champion", "rookies", "results", "adjustments", "playoff_field", "races", "quotes")


@pytest.mark.parametrize("place", PLACES)
async def test_a_name_of_two_is_refused_wherever_it_stands(empty_store: Store, place: str) -> None:
    both = SAYING["by year"]
    await import_documents(empty_store, [read(of_both(*both))], NOW)
    before = await dump(empty_store)
    vague = of_both("Zoltan Same", "Zoltan Same")[place]
    with pytest.raises(DocumentError) as caught:
        await import_documents(empty_store, [read(of_both(*both) | {"drivers": [], place: vague})], NOW)
    choices = "'Zoltan Same (born 1970-01-01)' or 'Zoltan Same (born 2001-01-01)'"
    assert str(caught.value).endswith(f"'Zoltan Same' is a name of 2 drivers; write {choices} to say which one")
    assert await dump(empty_store) == before


async def test_a_track_of_the_name_elsewhere_is_another_track(empty_store: Store) -> None:
    report = await bring(empty_store, EAST, WEST, section="tracks")
    assert report.sections == {"tracks": Counts(created=2)}
    async with empty_store.read() as connection:
        tracks = {track.key: track.city for track in (await load_tracks(connection)).values()}
    assert tracks == {"twin-speedway": "Ada", "twin-speedway--2": "Reno"}
    assert any("Twin Speedway is a name of Twin Speedway (Ada, OK) and of" in note for note in report.notes)
    races = [SMALL["races"][0] | {"track": "Twin"}]
    with pytest.raises(DocumentError, match=r"write 'Twin Speedway \(Ada, OK\)' or 'Twin Speedway \(Reno, NV\)'"):
        await import_documents(empty_store, [read(small(races=races, results=None, adjustments=None))], NOW)


async def test_answers_tell_two_tracks_apart_and_documents_keep_their_names(empty_store: Store) -> None:
    races = [SMALL["races"][0] | {"track": "Twin"}]
    await import_documents(empty_store, [read(small(tracks=[EAST], races=races))], NOW)
    seasons = Snapshots(empty_store)
    (alone,) = await seasons.all()
    assert (alone.races[0].track.name, alone.races[0].track.short) == ("Twin Speedway", "Twin")
    await bring(empty_store, WEST | {"name": "Twin Fairgrounds"}, section="tracks")
    (beside,) = await seasons.all()
    assert (beside.races[0].track.name, beside.races[0].track.short) == ("Twin Speedway", "Twin (Ada, OK)")
    again = await import_documents(empty_store, [read(small(tracks=[EAST], races=None, results=None))], NOW)
    assert again.total.changed == 0


TRACKS_ALIKE: dict[str, tuple[dict[str, Any], int]] = {
    "another town of the same place": ({"city": "Elsewhere"}, 1),
    "another city of the state, and another length": ({"city": "Elsewhere", "length": 0.75}, 2),
    "another state": ({"city": None, "state": "TX"}, 2),
    "the city alone": ({"state": None, "length": None}, 1),
}


@pytest.mark.parametrize("what", TRACKS_ALIKE)
async def test_when_two_tracks_are_one(empty_store: Store, what: str) -> None:
    changes, count = TRACKS_ALIKE[what]
    known = EAST | {"shape": "oval"}
    await bring(empty_store, known, section="tracks")
    given = {name: value for name, value in (known | changes).items() if value is not None}
    await bring(empty_store, given, section="tracks")
    async with empty_store.read() as connection:
        assert len(await load_tracks(connection)) == count


async def test_two_tracks_that_share_a_short_name_are_not_merged(empty_store: Store) -> None:
    await bring(empty_store, EAST, section="tracks")
    other = {"name": "Twin Fairgrounds", "short": "Twin", "city": "Ada", "state": "OK"}
    with pytest.raises(DocumentError, match="it shares a name with Twin Speedway and nothing says"):
        await bring(empty_store, other, section="tracks")
    await bring(empty_store, other | {"city": "Enid", "length": 0.25}, section="tracks")
    async with empty_store.read() as connection:
        names = [track.name for track in (await load_tracks(connection)).values()]
    assert sorted(names) == ["Twin Fairgrounds", "Twin Speedway"]


async def test_what_comes_with_the_program_means_its_own(store: Store) -> None:
    rows = [{"name": "Corey Heim", "nascar_id": 999_999, "born": "1960-01-01"}]
    places = [{"name": "Kansas Speedway", "short": "Kansas", "city": "Elsewhere", "state": "OK"}]
    await import_documents(store, [read({"format": "tailgate/1", "drivers": rows, "tracks": places})], NOW)
    report = await import_documents(store, recent_documents(), NOW)
    assert report.total.changed == 0
    assert (await facts(store))["corey-heim--2"] == expected(rows[0])


async def test_two_of_a_name_are_not_made_alike(empty_store: Store) -> None:
    known = {"name": "Zoltan Same", "nascar_id": 1, "born": "2001-01-01"}
    await bring(empty_store, known, {"name": "Zoltan Same", "born": "1970-01-01"})
    before = await facts(empty_store)
    with pytest.raises(DocumentError, match="was born on that day too; import that one's nascar_id first"):
        await bring(empty_store, known | {"born": "1970-01-01"})
    assert await facts(empty_store) == before


people = st.fixed_dictionaries(
    {"name": st.sampled_from(["Zoltan Same", "Zoltán same", "Al Ias"])},
    optional={
        "nascar_id": st.integers(1, 4),
        "born": st.sampled_from(["1970-01-01", "2001-01-01"]),
        "aliases": st.lists(st.sampled_from(["Ace", "Zoltan Same", "Al Ias"]), max_size=2, unique=True),
    },
)


@given(st.lists(st.lists(people, min_size=1, max_size=3), min_size=1, max_size=4))
async def test_nobody_ever_loses_an_id_or_a_birth_date_to_another(
    empty_file: Path, documents: list[list[dict[str, Any]]]
) -> None:
    with TemporaryDirectory() as folder:
        async with await open_unsynced(Path(folder) / "t.db", empty_file) as store:
            for rows in documents:
                before = await facts(store)
                try:
                    await bring(store, *rows)
                except DocumentError as error:
                    assert "\n" not in str(error)
                    assert await facts(store) == before
                after = await facts(store)
                for key, (_, number, born) in before.items():
                    # An id stays for good; a birth date is corrected only by a row with the same id.
                    assert number in {None, after[key][1]}
                    assert born in {None, after[key][2]} or number in {row.get("nascar_id") for row in rows}
            await _comes_out_as_it_went_in(store)


async def _comes_out_as_it_went_in(store: Store) -> None:
    async with store.read() as connection:
        rows = [driver_row(driver) for driver in (await load_drivers(connection)).values()]
        tracks = [track_row(track) for track in (await load_tracks(connection)).values()]
    unclear = [row for row in rows if row.nascar_id is None and row.born is None]
    if not unclear:
        documents = [read_bytes(write_csv("drivers", rows).encode(), "drivers.csv")]
        documents += [read_bytes(write_csv("tracks", tracks).encode(), "tracks.csv")] if tracks else []
        assert (await import_documents(store, documents, NOW)).total.changed == 0


CALLED: dict[str, tuple[list[str], list[dict[str, Any]], dict[str, tuple[int, int]]]] = {
    "years": (["2003–2024", "2020"], [{}, {}], {"a": (2003, 2024), "b": (2020, 2020)}),
    "the home town where the years are the same": (
        ["Ada, OK", "Reno, NV"],
        [{"hometown": "Ada, OK"}, {"hometown": "Reno, NV"}],
        {"a": (2020, 2021), "b": (2020, 2021)},
    ),
    "years that only one has": (["2020", ""], [{"hometown": "Ada"}, {"hometown": "Ada"}], {"a": (2020, 2020)}),
    "the year of birth": (
        ["born 1970", "born 2001"],
        [{"hometown": "Ada", "born": date(1970, 1, 1)}, {"hometown": "ADA", "born": date(2001, 1, 1)}],
        {},
    ),
    "the day of birth": (
        ["born 1970-01-01", "born 1970-01-02"],
        [{"born": date(1970, 1, 1)}, {"born": date(1970, 1, 2)}],
        {},
    ),
    "the id": (["NASCAR id 1", "NASCAR id 2"], [{"nascar_id": 1}, {"nascar_id": 2}], {}),
    "the key, where nothing else is known": (["a", "b"], [{}, {}], {}),
}


@pytest.mark.parametrize("what", CALLED)
def test_an_answer_tells_two_apart_by_the_first_thing_in_which_they_differ(what: str) -> None:
    details, known, years = CALLED[what]
    keys = ("a", "b")
    two = [Driver(key, "Zoltan Same", **more) for key, more in zip(keys, known, strict=True)]
    wanted = [f"Zoltan Same ({detail})" if detail else "Zoltan Same" for detail in details]
    assert tell_apart([*two, make_driver("Al Ias")], years) == dict(zip(keys, wanted, strict=True))


def test_each_is_called_by_a_name_that_means_nobody_else() -> None:
    day = date(1970, 1, 1)
    drivers = [
        Driver("a", "Zoltan Same", born=day, nascar_id=1),
        Driver("b", "Zoltan Same", born=day, nascar_id=2),
        Driver("c", "zoltan samé"),
        Driver("d", "Al Ias", ("Ace",)),
    ]
    names = [driver.name for driver in called_in_documents(DRIVERS, drivers).values()]
    assert names == ["Zoltan Same (NASCAR id 1)", "Zoltan Same (NASCAR id 2)", "zoltan samé (key c)", "Al Ias"]
    tracks = [Track("a", "Twin", "Twin", city="Ada", state="OK"), Track("b", "Twin", "Twin", city="Ada", state="OK")]
    assert [t.name for t in called_in_documents(TRACKS, tracks).values()] == ["Twin (key a)", "Twin (key b)"]


async def test_an_older_store_keeps_all_that_refers_to_drivers_and_tracks(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript((Path(__file__).parent / "stores" / "schema11.sql").read_text())
    old.execute("INSERT INTO driver_aliases SELECT id, 'Zed', 0 FROM drivers")
    old.execute("INSERT INTO track_aliases SELECT id, 'Zed', 0 FROM tracks")
    tables = ("drivers", "tracks", "driver_aliases", "track_aliases", "races", "entries", "results", "quotes")
    before = {table: old.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    old.commit()
    old.close()
    async with await Store.open(path) as store:
        for table, rows in before.items():
            # A later migration may have added columns, which come last.
            kept = [tuple(row)[: len(rows[0]) if rows else 0] for row in await store.fetch(f"SELECT * FROM {table}")]
            assert kept == rows, table
        assert await store.fetch("PRAGMA foreign_key_check") == []
        async with store.write() as connection:
            assert [tuple(row) for row in await connection.execute_fetchall("PRAGMA foreign_keys")] == [(1,)]
            with pytest.raises(sqlite3.IntegrityError):
                await connection.execute("DELETE FROM drivers")
