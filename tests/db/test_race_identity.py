"""A race is a race whatever its round: what is stored of it stays with it when a document rearranges the schedule."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.connection import Store
from db.documents.importer import Counts
from db.errors import DocumentError
from db.quotes import add, delete, edit, history, quotes_of_scope, restore
from db.quotes.drafts import save_typed, typed_quote
from db.quotes.models import QuoteDraft
from db.recaps.drafts import RecapDraft, drafts_of_race, save_draft
from db.recaps.models import RecapText, SectionKind
from db.recaps.texts import all_recap_texts, recap_history, recap_texts, save_recap
from tests.db.sample_texts import check_index
from tests.db.schedules import (
    ALPHA,
    BRAVO,
    CHARLIE,
    EXTRA,
    NOW,
    numbered,
    race,
    races_of,
    result,
    rounds,
    schedule,
    season_of,
    take_in,
)
from tests.examples import examples
from tests.stores import open_unsynced

WITH_IDS = [row | {"nascar_id": 99000 + place} for place, row in enumerate((ALPHA, BRAVO, CHARLIE), 1)]
ZEBRA = QuoteDraft("Layne Riggs", "The zebra grip was gone.", "layne-riggs", season=2027, round=2)
MOVE = RecapText(2027, 2, SectionKind.MOVE, "Two to go.", None, "An Editor", NOW)


async def quoted_race(store: Store) -> int | None:
    """The round of the race of the one quote."""
    (quote,) = await quotes_of_scope(store, None)
    return quote.round


@pytest.mark.parametrize("ids", [False, True], ids=["by name", "by id"])
@pytest.mark.parametrize("listed", ["all", "complete", "the new one alone"])
async def test_a_race_put_in_is_new_and_the_others_are_themselves(empty_store: Store, ids: bool, listed: str) -> None:
    stored = WITH_IDS if ids else [ALPHA, BRAVO, CHARLIE]
    extra = EXTRA | ({"nascar_id": 99009} if ids else {})
    await take_in(empty_store, schedule(*stored))
    await add(empty_store, ZEBRA, None, None, NOW)
    before = await races_of(empty_store)
    rows = [extra] if listed == "the new one alone" else numbered(stored[0], extra, *stored[1:])
    report = await take_in(empty_store, schedule(*rows, complete=listed == "complete"))
    after = await races_of(empty_store)
    assert {name: each.round for name, each in after.items()} == {
        "Alpha 150": 1,
        "Extra 100": 2,
        "Bravo 200": 3,
        "Charlie 300": 4,
    }
    assert {name: each.id for name, each in before.items()}.items() <= {name: r.id for name, r in after.items()}.items()
    assert report.sections["races"].created == 1
    assert report.sections["races"].updated == 2
    assert await quoted_race(empty_store) == 3
    again = await take_in(empty_store, schedule(*rows, complete=listed == "complete"))
    assert again.sections["races"].changed == 0
    await check_index(empty_store)


async def test_a_race_that_a_complete_schedule_leaves_out_is_dropped(empty_store: Store) -> None:
    await take_in(empty_store, schedule(*numbered(ALPHA, EXTRA, BRAVO)))
    await add(empty_store, ZEBRA, None, None, NOW)
    report = await take_in(empty_store, schedule(*numbered(ALPHA, BRAVO), complete=True))
    assert report.sections["races"] == Counts(updated=1, unchanged=1, removed=1)
    assert await rounds(empty_store) == {"Alpha 150": 1, "Bravo 200": 2}
    # The quote of the dropped race is nobody else's.
    assert await quoted_race(empty_store) is None
    again = await take_in(empty_store, schedule(*numbered(ALPHA, BRAVO), complete=True))
    assert again.sections["races"].changed == 0


async def test_a_dropped_race_comes_back_with_all_that_was_stored_of_it(empty_store: Store) -> None:
    await take_in(empty_store, schedule(*numbered(ALPHA, EXTRA | {"aliases": ["The Extra"]}, BRAVO)))
    before = (await races_of(empty_store))["Extra 100"]
    quote = await add(empty_store, ZEBRA, None, None, NOW)
    await save_recap(empty_store, MOVE, 7)
    await take_in(empty_store, schedule(*numbered(ALPHA, BRAVO), complete=True))
    assert await recap_texts(empty_store, 2027, 2) == {}
    assert await all_recap_texts(empty_store) == ()
    # Whoever edits the quote meanwhile does not take the race away from it.
    await edit(empty_store, None, quote.id, QuoteDraft("Layne Riggs", "Zebra grip", "layne-riggs"), None, NOW)
    await take_in(empty_store, schedule(*numbered(ALPHA, BRAVO, EXTRA), complete=True))
    after = (await races_of(empty_store))["Extra 100"]
    assert (after.id, after.round) == (before.id, 3)
    assert await quoted_race(empty_store) == 3
    assert (await recap_texts(empty_store, 2027, 3))[SectionKind.MOVE].words == "Two to go."


async def test_a_race_with_results_is_not_dropped_unheard(empty_store: Store) -> None:
    await take_in(empty_store, schedule(ALPHA, BRAVO, results=result(1, "Layne Riggs", "Corey Heim")))
    with pytest.raises(
        DocumentError, match=r"line \d+, field 'round': .* does not list Alpha 150 \(round 1, 2027-06-12\)"
    ):
        await take_in(empty_store, schedule(*numbered(BRAVO), complete=True))
    assert await rounds(empty_store) == {"Alpha 150": 1, "Bravo 200": 2}


async def test_everything_of_a_race_goes_with_it(empty_store: Store) -> None:
    await take_in(
        empty_store,
        schedule(
            *WITH_IDS,
            results=result(2, "Layne Riggs", "Corey Heim"),
            adjustments=[{"round": 2, "driver": "Corey Heim", "points": -5, "reason": "too low", "source": "a paper"}],
        ),
    )
    await save_recap(empty_store, MOVE, 7)
    await save_draft(empty_store, RecapDraft(0, 2027, 2, SectionKind.TOP, 7, "Not yet", "", 0, NOW))
    quote = await add(empty_store, ZEBRA, None, None, NOW)
    await edit(
        empty_store, None, quote.id, QuoteDraft("Layne Riggs", "Zebra", "layne-riggs", season=2027, round=2), 7, NOW
    )
    number = await save_typed(empty_store, 7, {"words": "a", "when": "2027.2 2027-06-26"}, NOW, guild=None)
    bare = await save_typed(empty_store, 7, {"words": "a", "when": "Dover"}, NOW, guild=None)
    await take_in(empty_store, schedule(*numbered(WITH_IDS[0], EXTRA, *WITH_IDS[1:])))
    season = await season_of(empty_store)
    assert [row.driver for row in season.results[3]] == ["layne-riggs", "corey-heim"]
    assert list(season.results) == [3]
    assert [(each.round, each.points) for each in season.adjustments] == [(3, -5)]
    assert [text.round for text in await all_recap_texts(empty_store)] == [3]
    assert [step.text.words for step in await recap_history(empty_store, 2027, 3, SectionKind.MOVE) if step.text] == [
        "Two to go."
    ]
    assert [kept.words for kept in await drafts_of_race(empty_store, 2027, 3, 7)] == ["Not yet"]
    assert await drafts_of_race(empty_store, 2027, 2, 7) == ()
    assert [step.before.round for step in await history(empty_store, None, quote.id) if step.before] == [3]
    typed, plain = await typed_quote(empty_store, number, 7, NOW), await typed_quote(empty_store, bare, 7, NOW)
    assert typed is not None
    assert typed.typed["when"] == "2027.3 2027-06-26"
    assert plain is not None
    assert plain.typed["when"] == "Dover"


async def test_a_deleted_quote_is_restored_to_its_race(empty_store: Store) -> None:
    await take_in(empty_store, schedule(*WITH_IDS))
    quote = await add(empty_store, ZEBRA, None, None, NOW)
    await delete(empty_store, None, quote.id, None, NOW)
    await take_in(empty_store, schedule(*numbered(WITH_IDS[0], EXTRA, *WITH_IDS[1:])))
    assert (await restore(empty_store, None, quote.id, None, NOW)).round == 3


async def test_a_document_speaks_of_the_schedule_that_it_leaves(empty_store: Store) -> None:
    await take_in(empty_store, schedule(*WITH_IDS))
    said = {"words": "Zebra", "driver": "Layne Riggs", "season": 2027, "round": 2}
    text = {
        "season": 2027,
        "round": 3,
        "section": "move",
        "words": "Two to go.",
        "author": "A",
        "edited": "2027-05-01T00:00:00Z",
    }
    await take_in(
        empty_store,
        schedule(
            *numbered(WITH_IDS[0], EXTRA, *WITH_IDS[1:]),
            results=result(3, "Layne Riggs", "Corey Heim"),
            quotes=[said],
            recaps=[text],
        ),
    )
    season = await season_of(empty_store)
    assert [each.name for each in season.run] == ["Bravo 200"]
    assert await quoted_race(empty_store) == season.races[1].round
    assert [each.round for each in await all_recap_texts(empty_store)] == [3]


MATCHES: dict[str, tuple[dict[str, Any], str]] = {
    "another date within ten days": (BRAVO | {"date": "2027-07-05", "start": None}, "Bravo 200"),
    "another name": (BRAVO | {"name": "New Sponsor 200"}, "New Sponsor 200"),
    "another round": (BRAVO | {"round": 9}, "Bravo 200"),
    "months later in its old place": (BRAVO | {"date": "2027-10-02", "start": "2027-10-02T17:00:00Z"}, "Bravo 200"),
    "an alias": (BRAVO | {"name": "The Bravo!", "round": 7}, "The Bravo!"),
    "an id that it did not have": (BRAVO | {"nascar_id": 4711}, "Bravo 200"),
    "at another track": (BRAVO | {"track": "Martinsville"}, "Bravo 200"),
}


@pytest.mark.parametrize("what", MATCHES)
async def test_a_race_is_known_without_an_id(empty_store: Store, what: str) -> None:
    row, name = MATCHES[what]
    row = {field: value for field, value in row.items() if value is not None}
    await take_in(empty_store, schedule(ALPHA, BRAVO | {"aliases": ["The Bravo"]}, CHARLIE))
    number = (await races_of(empty_store))["Bravo 200"].id
    report = await take_in(empty_store, schedule(row))
    races = await races_of(empty_store)
    assert (races[name].id, races[name].round, len(races)) == (number, row["round"], 3)
    assert report.sections["races"].created == 0


NEW: dict[str, dict[str, Any]] = {
    "the second race at a track": race(4, "Fall 200", "Dover", "2027-10-02"),
    "another race on a neighboring day": race(4, "Second 200", "Dover", "2027-06-27"),
    "an id of its own": BRAVO | {"round": 4, "date": "2027-10-02", "start": "2027-10-02T17:00:00Z", "nascar_id": 99009},
}


@pytest.mark.parametrize("what", NEW)
async def test_what_matches_no_race_is_a_new_one(empty_store: Store, what: str) -> None:
    await take_in(empty_store, schedule(*WITH_IDS))
    report = await take_in(empty_store, schedule(NEW[what]))
    assert report.sections["races"] == Counts(created=1)
    assert len((await season_of(empty_store)).races) == 4


async def test_the_only_race_of_its_name_in_a_complete_schedule_is_the_stored_one(empty_store: Store) -> None:
    await take_in(empty_store, schedule(ALPHA, BRAVO, CHARLIE))
    before = await races_of(empty_store)
    late = race(3, "Bravo 200", "Dover", "2027-10-02")
    await take_in(empty_store, schedule(*numbered(ALPHA, CHARLIE), late, complete=True))
    after = await races_of(empty_store)
    assert {name: each.id for name, each in after.items()} == {name: each.id for name, each in before.items()}


UNCLEAR: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "its name and track alone": (
        [race(9, "Bravo 200", "Dover", "2027-10-02")],
        "name",
        "may be Bravo 200 (round 2, 2027-06-26) or another race; give the nascar_id",
    ),
    "its place and track alone": (
        [race(2, "Other 200", "Dover", "2027-10-02")],
        "round",
        "may be Bravo 200 (round 2, 2027-06-26) or another race; give the nascar_id",
    ),
    "the id of one race and all else of another": (
        [BRAVO | {"nascar_id": 99003}],
        "nascar_id",
        "99003 is the id of Charlie 300 (round 3, 2027-07-10), but the rest of the row is Bravo 200",
    ),
    "all of a race but its id": (
        [BRAVO | {"nascar_id": 5}],
        "nascar_id",
        "5 is not the id of Bravo 200 (round 2, 2027-06-26), which is 99002",
    ),
    "one race twice": (
        [BRAVO, BRAVO | {"round": 7}],
        "name",
        "Bravo 200 appears here a second time; first in 1.json, line",
    ),
    "one id twice": (
        [WITH_IDS[1], WITH_IDS[2] | {"nascar_id": 99002}],
        "nascar_id",
        "99002 is the id of race 2 already",
    ),
}


@pytest.mark.parametrize("what", UNCLEAR)
async def test_what_is_unclear_is_refused_in_one_line(empty_store: Store, what: str) -> None:
    rows, field, words = UNCLEAR[what]
    await take_in(empty_store, schedule(*WITH_IDS))
    with pytest.raises(DocumentError) as caught:
        await take_in(empty_store, schedule(*rows))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.field == field
    assert caught.value.line is not None
    assert await rounds(empty_store) == {"Alpha 150": 1, "Bravo 200": 2, "Charlie 300": 3}


async def test_two_alike_are_told_apart_by_ids_alone(empty_store: Store) -> None:
    twins = [race(1, "Friday 100", "Kansas", "2027-06-11"), race(2, "Saturday 100", "Kansas", "2027-06-12")]
    await take_in(empty_store, schedule(*twins))
    # Both were renamed and their dates are near each other: the row may be either.
    with pytest.raises(DocumentError, match=r"may be Friday 100 .* or Saturday 100 .*; give the nascar_id"):
        await take_in(empty_store, schedule(race(3, "Friday 100", "Kansas", "2027-06-12", aliases=["Saturday 100"])))
    ids = [row | {"nascar_id": 99000 + place} for place, row in enumerate(twins)]
    await take_in(empty_store, schedule(*ids))
    swapped = [
        race(1, "One", "Kansas", "2027-06-11", nascar_id=99001),
        race(2, "Two", "Kansas", "2027-06-12", nascar_id=99000),
    ]
    before = await races_of(empty_store)
    await take_in(empty_store, schedule(*swapped))
    after = await races_of(empty_store)
    assert (after["One"].id, after["Two"].id) == (before["Saturday 100"].id, before["Friday 100"].id)


async def test_a_wrong_id_is_taken_away_first(empty_store: Store) -> None:
    await take_in(empty_store, schedule(*WITH_IDS))
    await take_in(empty_store, schedule(BRAVO | {"nascar_id": None}))
    await take_in(empty_store, schedule(BRAVO | {"nascar_id": 5}))
    assert [each.nascar_id for each in (await season_of(empty_store)).races] == [99001, 5, 99003]


async def test_an_id_of_another_season_is_named(empty_store: Store) -> None:
    await take_in(empty_store, schedule(*WITH_IDS))
    other = {
        "format": "tailgate/1",
        "season": 2028,
        "races": [race(1, "New 1", "Dover", "2028-06-10", nascar_id=99002)],
    }
    with pytest.raises(DocumentError, match="99002 is the id of Bravo 200 of 2027 already"):
        await take_in(empty_store, other)


FACTS = [
    race(
        0,
        f"Race {place}",
        ("Kansas", "Dover", "Bristol")[place % 3],
        f"{date(2027, 3, 1) + timedelta(days=12 * place)}",
    )
    for place in range(6)
]


@examples(60)
@given(
    order=st.permutations(range(6)),
    listed=st.sets(st.integers(0, 5), min_size=1),
    ids=st.sets(st.integers(0, 5)),
    new=st.integers(0, 2),
    renamed=st.none() | st.integers(0, 5),
)
async def test_whatever_is_rearranged_each_race_keeps_what_is_its_own(
    empty_file: Path, order: list[int], listed: set[int], ids: set[int], new: int, renamed: int | None
) -> None:
    """Some or all rows of a new order come in, some with ids, with new races among them."""
    rows = [row | ({"nascar_id": 500 + place} if place in ids else {}) for place, row in enumerate(FACTS)]
    with TemporaryDirectory() as folder:
        async with await open_unsynced(Path(folder) / "t.db", empty_file) as store:
            results = [line for place in range(6) for line in result(place + 1, *_order(place))]
            await take_in(store, schedule(*numbered(*rows), results=results))
            for place in range(6):
                await add(store, QuoteDraft("A fan", f"Of race {place}", season=2027, round=place + 1), None, None, NOW)
            before = {each.id: place for place, each in enumerate((await season_of(store)).races)}
            extras = [race(0, f"New {place}", "Texas", f"2027-11-{10 + place}") for place in range(new)]
            final = [*extras, *(rows[place] for place in order)]
            placed = numbered(*final)
            chosen = [row for row in placed if row["name"].startswith("New") or int(row["name"][-1]) in listed]
            if renamed in listed:
                chosen = [row | {"name": "Renamed"} if row["name"] == f"Race {renamed}" else row for row in chosen]
            if renamed in listed and renamed not in ids:
                # Of an unnamed race without an id only its date is left, unless its place stayed.
                chosen = [row for row in chosen if row["name"] != "Renamed"]
            await take_in(store, schedule(*chosen))
            season = await season_of(store)
            assert len(season.races) == 6 + new
            assert len({each.round for each in season.races}) == 6 + new
            given_rounds = {row["name"]: row["round"] for row in chosen}
            assert {each.name: each.round for each in season.races if each.name in given_rounds} == given_rounds
            of = {each.id: each for each in season.races}
            for number, place in before.items():
                held = [row.driver for row in season.results[of[number].round]]
                assert held == [name.lower().replace(" ", "-") for name in _order(place)]
            said = {quote.words: quote.round for quote in await quotes_of_scope(store, None)}
            assert said == {f"Of race {place}": of[number].round for number, place in before.items()}


def _order(place: int) -> list[str]:
    """A finishing order for each of six races, no two of which are equal."""
    first, second, third = "Layne Riggs", "Corey Heim", "Ty Majeski"
    return [
        [first, second, third],
        [first, third, second],
        [second, first, third],
        [second, third, first],
        [third, first, second],
        [third, second, first],
    ][place]
