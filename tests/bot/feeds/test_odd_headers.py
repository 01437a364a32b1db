"""What comes with a document and cannot be kept, is dated wrongly or changes by itself: nothing is forgotten for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web
from hypothesis import example, given
from hypothesis import strategies as st

from bot.feeds.asking import OLDER
from bot.feeds.http_dates import date_of_content, http_date
from db.errors import StoreError
from db.feeds.rows import load_memory
from tests.bot.feeds.conftest import START, Handler
from tests.bot.feeds.plain import document, race_row
from tests.bot.feeds.test_keeper import LIST, NEXT, WEEKEND, Scene, scene

__all__ = ["scene"]


def raw(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> Handler:
    """An answer whose headers no library would write."""

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        length = b"Content-Length: %d" % len(body)
        lines = [b"HTTP/1.1 " + status, length, b"Connection: close", *headers]
        request.transport.write(b"\r\n".join([*lines, b"", body]))
        request.transport.close()
        return web.Response()

    return answer


def dated(laps: int, date: str, etag: str = "") -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        tag = {"ETag": etag} if etag else {}
        return web.Response(body=document(races=[race_row(laps=laps)]), headers={"Last-Modified": date} | tag)

    return answer


async def laps(scene: Scene) -> int | None:
    season = await scene.seasons.season(2025)
    assert season is not None
    return season.races[0].scheduled_laps


ODD = {
    "an empty tag": b"ETag: ",
    "an empty date": b"Last-Modified:   ",
    "a tag that is no text": b'ETag: "\xff\xfe"',
    "a date that is no text": b"Last-Modified: Thu, 16 Oct 2025 \x9b GMT",
    "a tag with an escape": b'ETag: "\x7f[2J"',
    "a tag in another script": 'ETag: "Ä"'.encode(),
    "a tag without end": b'ETag: "' + b"x" * 5000 + b'"',
}


@pytest.mark.parametrize("name", ODD)
async def test_a_header_that_cannot_be_kept_makes_nothing_forgotten(scene: Scene, name: str) -> None:
    scene.server.documents[LIST] = raw(document(races=[race_row()]), ODD[name])
    assert await scene.tick() == [LIST, NEXT, WEEKEND]
    memory = await load_memory(scene.store)
    assert set(memory.documents) == {LIST, NEXT, WEEKEND}
    held = memory.documents[LIST]
    assert (held.digest is not None, held.etag, held.last_modified) == (True, None, None)
    await scene.keeper.close()
    await scene.restart()
    assert await scene.tick(minutes=5) == []


async def test_a_memory_that_cannot_be_written_is_no_reason_to_ask_at_each_look(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr("db.feeds.remembered.save_documents", full)
    with pytest.raises(StoreError):
        await scene.tick()
    assert [await scene.tick(seconds=15) for _ in range(16)] == [[]] * 16
    monkeypatch.undo()
    # Nothing is due then, and what was asked for is written all the same.
    await scene.tick(minutes=2)
    assert set((await load_memory(scene.store)).documents) == {LIST, NEXT, WEEKEND}


async def test_a_connection_that_cannot_be_closed_keeps_nothing_from_being_written(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise RuntimeError

    await scene.tick()
    await scene.restart()
    scene.clock.advance(minutes=70)
    await scene.keeper.tick()
    scene.clock.advance(minutes=10)
    monkeypatch.setattr("bot.feeds.keeper.is_due", lambda *_: True)
    await scene.keeper.tick()
    with monkeypatch.context() as patch:
        patch.setattr(scene.keeper._client, "close", broken)
        with pytest.raises(RuntimeError):
            await scene.keeper.close()
    asked_at = (await load_memory(scene.store)).documents[LIST].asked_at
    assert scene.clock.moment - asked_at < timedelta(seconds=5)


async def test_a_date_ahead_locks_nothing_out(scene: Scene) -> None:
    scene.server.documents[LIST] = dated(90, "Fri, 16 Oct 2099 20:00:00 GMT")
    await scene.tick()
    scene.server.documents[LIST] = dated(85, "Thu, 16 Oct 2025 20:30:00 GMT")
    await scene.tick(hours=1)
    assert await laps(scene) == 85
    assert (await load_memory(scene.store)).failures() == []


async def test_a_store_that_holds_a_date_ahead_goes_on(scene: Scene) -> None:
    scene.server.documents[LIST] = dated(90, "Thu, 16 Oct 2025 20:30:00 GMT")
    await scene.tick()
    async with scene.store.write() as connection:
        await connection.execute("UPDATE feed_documents SET last_modified = 'Fri, 16 Oct 2099 20:00:00 GMT'")
    await scene.restart()
    scene.server.documents[LIST] = dated(85, "Thu, 16 Oct 2025 20:40:00 GMT")
    await scene.tick(hours=1)
    assert await laps(scene) == 85


async def test_an_older_copy_that_stays_is_the_document(scene: Scene) -> None:
    scene.server.documents[LIST] = dated(90, "Thu, 16 Oct 2025 20:00:00 GMT")
    await scene.tick()
    scene.server.documents[LIST] = dated(85, "Thu, 16 Oct 2025 19:00:00 GMT")
    for _ in range(6):
        await scene.tick(hours=1)
        assert await laps(scene) == 90
        assert [each.problem for each in (await load_memory(scene.store)).failures()] == [OLDER]
        # A restart does not begin to count anew.
        await scene.restart()
    await scene.tick(hours=1)
    assert await laps(scene) == 85
    assert (await load_memory(scene.store)).failures() == []


async def test_a_straggler_between_newer_copies_never_counts(scene: Scene) -> None:
    newer, older = (dated(90, "Thu, 16 Oct 2025 20:00:00 GMT"), dated(85, "Thu, 16 Oct 2025 19:00:00 GMT"))
    scene.server.documents[LIST] = newer
    await scene.tick()
    for hour in range(16):
        scene.server.documents[LIST] = newer if hour % 4 == 3 else older
        await scene.tick(hours=1)
        assert await laps(scene) == 90


@pytest.mark.parametrize("status", [200, 304])
async def test_a_document_that_was_stamped_anew_is_compared_by_its_new_tag(scene: Scene, status: int) -> None:
    body = document(races=[race_row()])

    async def stamped(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") in {'"two"', '"one"' if status == 304 else ""}:
            return web.Response(status=304, headers={"ETag": '"two"'})
        return web.Response(body=body, headers={"ETag": '"two"'})

    scene.server.etags[LIST] = '"one"'
    await scene.tick()
    scene.server.documents[LIST] = stamped
    for _ in range(3):
        assert LIST in await scene.tick(hours=1)
    assert scene.server.headers[0]["If-None-Match"] == '"two"'
    assert scene.server.statuses[0] == 304
    assert len(scene.translator.read) == 1


async def test_a_tag_that_is_given_no_more_is_not_sent_for_ever(scene: Scene) -> None:
    scene.server.etags[LIST] = '"one"'
    await scene.tick()
    scene.server.documents[LIST] = raw(document(races=[race_row()]), b"Last-Modified: Thu, 16 Oct 2025 20:00:00 GMT")
    await scene.tick(hours=1)
    await scene.tick(hours=1)
    assert "If-None-Match" not in scene.server.headers[0]
    assert scene.server.headers[0]["If-Modified-Since"] == "Thu, 16 Oct 2025 20:00:00 GMT"


DATES = {
    "Thu, 16 Oct 2025 20:00:00 GMT": True,
    "Thu, 16 Oct 2025 20:00:00 -0000": True,
    "Thu, 16 Oct 2025 21:04:00 GMT": True,
    "Thu, 16 Oct 2025 21:06:00 GMT": False,
    "Thu, 16 Oct 9999 23:59:59 -2359": False,
    "": False,
    "yesterday": False,
    "Thu, 99 Oct 2025 20:00:00 GMT": False,
}


@pytest.mark.parametrize("text", DATES)
def test_which_dates_are_believed(text: str) -> None:
    assert (date_of_content(text, START) is not None) == DATES[text]


@given(st.text())
@example("Thu, 16 Oct 9999 23:59:59 -2359")
@example("1 Jan 99999999999 00:00:00 GMT")
def test_no_date_is_too_odd_to_be_read(text: str) -> None:
    moment = http_date(text)
    assert moment is None or moment.tzinfo is not None
