"""Quotes and recaps go in and out as documents; what people did to them since stays as they left it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from db.connection import Store
from db.documents.file_format import FORMAT
from db.documents.importer import Counts, import_documents
from db.documents.reader import Document
from db.errors import DocumentError
from db.quotes import DuplicateQuoteError, add, delete, edit, history, quotes_of_scope
from db.recaps.models import SectionKind
from db.recaps.texts import all_recap_texts, recap_history, recap_texts, save_recap, take_back, undo
from tests.db.documents import read, small
from tests.db.sample_texts import AWAY, EDITOR, HOME, LATER, MODERATOR, NOW, check_index, draft, recap

TALLADEGA = {"season": 2025, "round": 23}
SAID = {"words": "The truck was a rocket", "driver": "Gio Ruggiero", **TALLADEGA}
WRITTEN = {"section": "move", "words": "Two laps to go.", "author": "An Editor", "edited": "2025-10-18T12:00:00Z"}
OF_MOVE = (2025, 23, SectionKind.MOVE)


def quotes(*rows: dict[str, Any], **header: Any) -> Document:
    return read({"format": FORMAT, **header, "quotes": [SAID | row for row in rows or ({},)]}, "quotes.json")


def recaps(*rows: dict[str, Any], **header: Any) -> Document:
    return read({"format": FORMAT, **header, "recaps": [WRITTEN | TALLADEGA | row for row in rows or ({},)]}, "r.json")


def bundled(document: Document) -> Document:
    return replace(document, bundled=True)


async def take_in(store: Store, document: Document, guild: int | None = None) -> Counts:
    report = await import_documents(store, [document], LATER + timedelta(9), guild=guild)
    (counts,) = report.sections.values()
    return counts


async def words(store: Store) -> str | None:
    held = (await recap_texts(store, 2025, 23)).get(SectionKind.MOVE)
    return held.words if held else None


async def rows(store: Store) -> list[tuple[Any, ...]]:
    tables = ("quotes", "quote_history", "recaps", "recap_history", "imports")
    return [tuple(row) for table in tables for row in await store.fetch(f"SELECT * FROM {table}")]


async def test_a_quote_of_a_document_is_everybodys(bare: Store) -> None:
    row = {"driver": "Giovanni Ruggiero", "role": "No. 17", "context": "on the last lap", "said_on": "2025-10-17"}
    assert await take_in(bare, quotes(row | {"source": "A paper", "link": "https://a.com/(b)"})) == Counts(created=1)
    (held,) = await quotes_of_scope(bare, None)
    known: dict[str, Any] = {"source": "A paper", "link": "https://a.com/%28b%29", "said_on": date(2025, 10, 17)}
    assert held.draft() == draft(role="No. 17", context="on the last lap", **known)
    assert held.added_by is None
    await check_index(bare)


async def test_a_second_time_changes_nothing(bare: Store) -> None:
    for document in (quotes({}, {"words": "Other", "driver": None, "speaker": "Al"}), recaps({}, {"section": "top"})):
        assert await take_in(bare, document) == Counts(created=2)
        before = [row for row in await rows(bare) if "json" not in str(row[1])]
        assert await take_in(bare, document) == Counts(unchanged=2)
        assert [row for row in await rows(bare) if "json" not in str(row[1])] == before


async def test_a_quote_that_is_held_is_updated_and_never_doubled(bare: Store) -> None:
    await take_in(bare, quotes({"role": "No. 17", "context": "a"}))
    change = quotes({"words": "THE truck was a rocket!", "driver": "giovanni ruggiero", "context": "b"})
    assert await take_in(bare, change) == Counts(updated=1)
    (held,) = await quotes_of_scope(bare, None)
    assert (held.words, held.role, held.context) == ("THE truck was a rocket!", "No. 17", "b")
    await take_in(bare, quotes({"role": None}))
    assert (await quotes_of_scope(bare, None))[0].role is None
    await take_in(bare, quotes(complete=True))
    assert (await quotes_of_scope(bare, None))[0].context is None
    assert len(await history(bare, None, held.id)) == 4
    await check_index(bare)


async def test_a_speaker_who_is_the_driver_need_not_be_named_twice(bare: Store) -> None:
    await take_in(bare, quotes({"speaker": "Gio Ruggiero"}))
    assert await take_in(bare, quotes()) == Counts(unchanged=1)
    await take_in(bare, quotes({"speaker": "Gio R."}))
    assert await take_in(bare, quotes()) == Counts(unchanged=1)
    (held,) = await quotes_of_scope(bare, None)
    assert (held.speaker, held.driver) == ("Gio R.", "gio-ruggiero")


async def test_a_servers_own_quotes_stay_its_own(bare: Store) -> None:
    await add(bare, draft("For all"), None, None, NOW)
    document = quotes({}, {"words": "for ALL"})
    assert await take_in(bare, document, HOME) == Counts(created=1, unchanged=1)
    assert await take_in(bare, document, HOME) == Counts(unchanged=2)
    assert await take_in(bare, document, AWAY) == Counts(created=1, unchanged=1)
    assert [len(await quotes_of_scope(bare, guild)) for guild in (None, HOME, AWAY)] == [1, 1, 1]
    await take_in(bare, quotes({"role": "a"}), HOME)
    assert [(await quotes_of_scope(bare, guild))[0].role for guild in (HOME, AWAY)] == ["a", None]
    with pytest.raises(DuplicateQuoteError):
        await add(bare, draft(), HOME, MODERATOR, NOW)


@pytest.mark.parametrize("document", [recaps(), read(small())])
async def test_a_server_has_quotes_and_nothing_else(bare: Store, document: Document) -> None:
    before = await rows(bare)
    with pytest.raises(DocumentError, match="cannot belong to a server"):
        await import_documents(bare, [document], NOW, guild=HOME)
    assert await rows(bare) == before


async def test_of_two_recap_texts_the_one_edited_last_holds(bare: Store) -> None:
    assert await take_in(bare, recaps()) == Counts(created=1)
    older = {"words": "Older.", "edited": "2025-10-18T11:59:59Z"}
    assert await take_in(bare, recaps(older)) == Counts(unchanged=1)
    assert await words(bare) == "Two laps to go."
    newer = {"words": "Newer.", "edited": "2025-10-18T14:00:01+02:00"}
    assert await take_in(bare, recaps(newer)) == Counts(updated=1)
    assert await words(bare) == "Newer."
    assert await take_in(bare, recaps()) == Counts(unchanged=1)
    steps = await recap_history(bare, *OF_MOVE)
    assert [(step.text.words if step.text else None, step.editor) for step in steps] == [
        ("Newer.", None),
        ("Two laps to go.", None),
    ]


async def test_a_recap_text_is_taken_whole(bare: Store) -> None:
    await take_in(bare, recaps({"picture": "https://a.com/b.png"}))
    assert await take_in(bare, recaps({"edited": "2025-10-20T00:00:00Z"})) == Counts(updated=1)
    assert (await recap_texts(bare, 2025, 23))[SectionKind.MOVE].picture is None


async def test_the_same_recap_words_edited_later_are_no_step(bare: Store) -> None:
    await take_in(bare, recaps())
    assert await take_in(bare, recaps({"edited": "2025-10-20T00:00:00Z"})) == Counts(unchanged=1)
    assert len(await recap_history(bare, *OF_MOVE)) == 1


@pytest.mark.parametrize("what", ["edited", "taken back", "undone"])
async def test_what_an_editor_did_later_stays(bare: Store, what: str) -> None:
    document = bundled(recaps())
    await take_in(bare, document)
    if what == "edited":
        await save_recap(bare, recap("Mine.", section=SectionKind.MOVE, edited_at=LATER), EDITOR)
    elif what == "taken back":
        await take_back(bare, *OF_MOVE, EDITOR, LATER)
    else:
        await undo(bare, *OF_MOVE, EDITOR, LATER)
    before = await words(bare)
    for edited in ("2025-10-18T12:00:00Z", "2025-10-19T12:00:00Z"):
        assert await take_in(bare, bundled(recaps({"edited": edited, "words": "Theirs."}))) == Counts(unchanged=1)
        assert await words(bare) == before
    assert await take_in(bare, bundled(recaps({"edited": "2025-10-19T12:00:01Z", "words": "New."}))) != Counts(
        unchanged=1
    )
    assert await words(bare) == "New."


async def test_a_text_edited_in_the_future_is_refused_unless_it_came_with_the_program(bare: Store) -> None:
    """Nobody would see it, and none after it would be taken in."""
    now = LATER + timedelta(9)
    for ahead, fine in ((timedelta(days=1), True), (timedelta(days=1, seconds=1), False)):
        document = recaps({"section": "move" if fine else "top", "edited": (now + ahead).isoformat()})
        if fine:
            assert await take_in(bare, document) == Counts(created=1)
            continue
        before = await rows(bare)
        with pytest.raises(DocumentError, match=r"^r\.json, line \d+, field 'edited': is still to come; say when"):
            await take_in(bare, document)
        assert await rows(bare) == before
        assert await take_in(bare, bundled(document)) == Counts(created=1)


TOUCHES = ["words edited", "role edited", "deleted", "deleted and said again", "by a document"]


@pytest.mark.parametrize("what", TOUCHES)
async def test_what_is_bundled_gives_way_to_what_anybody_did(bare: Store, what: str) -> None:
    document = bundled(quotes({}, {"words": "Another"}))
    assert await take_in(bare, document) == Counts(created=2)
    first = (await quotes_of_scope(bare, None))[0]
    if what == "words edited":
        await edit(bare, None, first.id, draft("The truck was a rocket, man"), EDITOR, NOW)
    elif what == "role edited":
        await edit(bare, None, first.id, draft(role="winner"), EDITOR, NOW)
    elif what == "by a document":
        await take_in(bare, quotes({"role": "winner"}))
    else:
        await delete(bare, None, first.id, EDITOR, NOW)
        if what == "deleted and said again":
            await add(bare, draft(context="mine"), None, EDITOR, NOW)
    before = await quotes_of_scope(bare, None)
    again = bundled(quotes({"context": "theirs", "role": "theirs"}, {"words": "Another"}))
    assert await take_in(bare, again) == Counts(unchanged=2)
    assert await quotes_of_scope(bare, None) == before


async def test_what_is_bundled_follows_the_program_where_nobody_touched_it(bare: Store) -> None:
    await take_in(bare, bundled(quotes({}, {"words": "With a slip of the pin"}, {"words": "Kept"})))
    kept = (await quotes_of_scope(bare, None))[2]
    await edit(bare, None, kept.id, draft("Kept", role="mine"), EDITOR, NOW)
    newer = bundled(quotes({"role": "winner"}, {"words": "With a slip of the pen"}))
    assert await take_in(bare, newer) == Counts(created=1, updated=1, removed=1)
    held = {one.words: one.role for one in await quotes_of_scope(bare, None)}
    assert held == {"The truck was a rocket": "winner", "With a slip of the pen": None, "Kept": "mine"}
    assert await take_in(bare, newer) == Counts(unchanged=2)
    await check_index(bare)


async def test_a_document_by_name_brings_back_what_was_deleted(bare: Store) -> None:
    await take_in(bare, bundled(quotes()))
    await delete(bare, None, (await quotes_of_scope(bare, None))[0].id, EDITOR, NOW)
    assert await take_in(bare, quotes()) == Counts(created=1)


async def test_other_documents_leave_words_alone(bare: Store) -> None:
    await take_in(bare, bundled(quotes()))
    await take_in(bare, recaps())
    before = (await quotes_of_scope(bare, None), await all_recap_texts(bare))
    people = read({"format": FORMAT, "drivers": [{"name": "Gio Ruggiero", "aliases": ["Rocketman"]}]})
    await import_documents(bare, [bundled(people)], NOW)
    assert (await quotes_of_scope(bare, None), await all_recap_texts(bare)) == before
