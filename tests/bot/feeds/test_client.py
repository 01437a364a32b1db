"""The client on a socket: what it asks, how politely, and what it makes of all that a server can do."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web

from bot import __version__
from bot.feeds import paths
from bot.feeds.client import FeedClient, user_agent
from bot.feeds.errors import FeedError, NotWelcomeError, UnreachableError
from bot.feeds.politeness import Politeness
from tests.bot.feeds.conftest import FeedServer, HandClock

PATH = paths.race_list(2025)
SMALL = 100_000


@pytest.fixture
async def client(feed_server: FeedServer, hand_clock: HandClock) -> AsyncIterator[FeedClient]:
    polite = Politeness(monotonic=hand_clock.monotonic, sleep=hand_clock.sleep)
    async with FeedClient(feed_server.address, hand_clock, polite, largest=SMALL) as made:
        yield made


async def test_a_document_comes_as_it_is_with_what_it_can_be_compared_by(
    client: FeedClient, feed_server: FeedServer, hand_clock: HandClock
) -> None:
    feed_server.documents[PATH] = b'{"series_3": []}'
    feed_server.etags[PATH] = '"one"'
    answer = await client.get(PATH)
    assert answer.fetched is not None
    assert (answer.fetched.path, answer.fetched.body, answer.fetched.at) == (
        PATH,
        b'{"series_3": []}',
        hand_clock.moment,
    )
    assert answer.etag == '"one"'
    again = await client.get(PATH, etag=answer.etag)
    assert again.fetched is None
    assert feed_server.statuses == [200, 304]


async def test_it_says_who_asks(client: FeedClient, feed_server: FeedServer) -> None:
    feed_server.documents[PATH] = b"{}"
    await client.get(PATH)
    assert feed_server.headers[0]["User-Agent"] == user_agent()
    assert user_agent().startswith(f"Tailgate/{__version__} (")
    assert "Mozilla" not in user_agent()
    assert "Cookie" not in feed_server.headers[0]


def test_who_asks_gives_a_link_where_there_is_one() -> None:
    what = "Discord bot for fans of the NASCAR Truck Series"
    rows: tuple[tuple[str | None, list[str], str], ...] = (
        (None, [], what),
        (None, ["Homepage, https://tailgate.example/"], f"+https://tailgate.example/; {what}"),
        # The program's own page stands before where its source is; what is neither is no link to the project.
        (None, ["Repository, https://a.example", "Homepage, https://b.example"], f"+https://b.example; {what}"),
        (None, ["Changelog, https://a.example/changes"], what),
        ("me@example.com", [], f"run by me@example.com; {what}"),
        (
            "https://me.example",
            ["Repository, https://a.example"],
            f"+https://a.example; run by https://me.example; {what}",
        ),
    )
    for contact, addresses, about in rows:
        assert user_agent(contact, addresses) == f"Tailgate/{__version__} ({about})"


async def test_the_operator_is_named_in_every_request(feed_server: FeedServer, hand_clock: HandClock) -> None:
    feed_server.documents[PATH] = b"{}"
    polite = Politeness(monotonic=hand_clock.monotonic, sleep=hand_clock.sleep)
    agent = user_agent("me@example.com")
    async with FeedClient(feed_server.address, hand_clock, polite, agent=agent) as client:
        await client.get(PATH)
        await client.get("cacher/tracks.json")
    assert [headers["User-Agent"] for headers in feed_server.headers] == [agent] * 2


async def test_without_an_etag_the_date_is_compared(client: FeedClient, feed_server: FeedServer) -> None:
    feed_server.documents[PATH] = b"{}"
    await client.get(PATH, last_modified="Fri, 17 Oct 2025 20:00:00 GMT")
    assert feed_server.headers[0]["If-Modified-Since"] == "Fri, 17 Oct 2025 20:00:00 GMT"


async def test_requests_are_a_second_apart_and_never_at_the_same_time(
    client: FeedClient, feed_server: FeedServer, hand_clock: HandClock
) -> None:
    under_way = most = 0

    async def slow(request: web.Request) -> web.StreamResponse:
        nonlocal under_way, most
        del request
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return web.Response(body=b"{}")

    feed_server.documents[PATH] = slow
    await asyncio.gather(*(client.get(PATH) for _ in range(5)))
    assert most == 1
    assert hand_clock.slept == [1.0] * 4


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_what_is_not_there_has_no_body(client: FeedClient, feed_server: FeedServer, status: int) -> None:
    async def gone(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(status=status, text="no")

    feed_server.documents[PATH] = gone
    answer = await client.get(PATH)
    assert answer.fetched is not None
    assert answer.fetched.body is None


async def drops(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def cut_short(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"series_3": [')
    assert request.transport is not None
    request.transport.close()
    return response


async def broken_gzip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Encoding": "gzip"})
    await response.prepare(request)
    await response.write(gzip.compress(b"{}")[:10] + b"\xff" * 20)
    return response


async def drips(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(1000):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response


def answers(status: int, **headers: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        del request
        return web.Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answer


OUT_OF_REACH = {
    "a dropped connection": drops,
    "a document cut short": cut_short,
    "a broken compression": broken_gzip,
    "an error of the server": answers(500),
    "a busy server": answers(503, Retry_After="30"),
    "too many requests": answers(429, Retry_After="120"),
    "unchanged since never": answers(304),
}


@pytest.mark.parametrize("name", OUT_OF_REACH)
async def test_what_cannot_be_got_this_time(client: FeedClient, feed_server: FeedServer, name: str) -> None:
    feed_server.documents[PATH] = OUT_OF_REACH[name]
    with pytest.raises(UnreachableError) as caught:
        await client.get(PATH)
    assert caught.value.path == PATH
    assert "\n" not in str(caught.value)
    assert caught.value.wait == {"a busy server": 30.0, "too many requests": 120.0}.get(name)
    # And the next document is none the worse for it.
    feed_server.documents["cacher/tracks.json"] = b"[]"
    assert (await client.get("cacher/tracks.json")).fetched is not None


async def test_a_slow_drip_is_cut_off(feed_server: FeedServer, hand_clock: HandClock) -> None:
    feed_server.documents[PATH] = drips
    polite = Politeness(monotonic=hand_clock.monotonic, sleep=hand_clock.sleep)
    async with FeedClient(feed_server.address, hand_clock, polite, seconds=0.2) as client:
        with pytest.raises(UnreachableError, match="took too long"):
            await client.get(PATH)


async def test_nobody_at_that_address(hand_clock: HandClock, unused_tcp_port: int) -> None:
    polite = Politeness(monotonic=hand_clock.monotonic, sleep=hand_clock.sleep)
    async with FeedClient(f"http://127.0.0.1:{unused_tcp_port}", hand_clock, polite) as client:
        with pytest.raises(UnreachableError, match="could not be got"):
            await client.get(PATH)


async def noise(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(50):
        await response.write(b"x" * 1_000_000)
    return response


async def bomb(request: web.Request) -> web.StreamResponse:
    del request
    return web.Response(body=gzip.compress(b" " * 50_000_000), headers={"Content-Encoding": "gzip"})


UNUSABLE = {
    "50 MB of noise": (noise, "is larger than"),
    "a small answer with a large document in it": (bomb, "is larger than"),
    "a length beyond all": (answers(200, Content_Length="99999999999"), "is larger than|could not be got"),
    "another host": (answers(302, Location="https://example.com/"), "another host"),
    "another port": (answers(301, Location="http://127.0.0.1:1/"), "another host"),
    "in the clear": (answers(307, Location="//example.com/a"), "another host"),
    "a redirect to nowhere": (answers(302), "another host"),
    "a circle": (answers(302, Location="/" + PATH), "again and again"),
    "a teapot": (answers(418), "status 418"),
}


@pytest.mark.parametrize("name", UNUSABLE)
async def test_what_can_never_be_used(client: FeedClient, feed_server: FeedServer, name: str) -> None:
    handler, words = UNUSABLE[name]
    feed_server.documents[PATH] = handler
    with pytest.raises(FeedError, match=words):
        await client.get(PATH)
    assert len(feed_server.asked) <= 4


async def test_a_redirect_on_the_same_host_is_followed(client: FeedClient, feed_server: FeedServer) -> None:
    feed_server.documents[PATH] = answers(302, Location="/elsewhere.json")
    feed_server.documents["elsewhere.json"] = b"[1]"
    answer = await client.get(PATH)
    assert answer.fetched is not None
    assert (answer.fetched.path, answer.fetched.body) == (PATH, b"[1]")


async def test_a_storm_of_refusals_pauses_for_two_minutes_and_then_for_hours(
    client: FeedClient, feed_server: FeedServer, hand_clock: HandClock
) -> None:
    pauses = []
    for _ in range(4):
        with pytest.raises(NotWelcomeError) as caught:
            for _ in range(30):
                await client.get(PATH)
        assert len(feed_server.asked) == 8
        pauses.append(round((caught.value.until - hand_clock.moment).total_seconds() / 60))
        feed_server.forget()
        with pytest.raises(NotWelcomeError):
            await client.get(PATH)
        assert feed_server.asked == []
        hand_clock.moment = caught.value.until
    assert pauses == [2, 60, 120, 240]
    # Thirty good answers later all is forgotten.
    feed_server.documents[PATH] = b"{}"
    for _ in range(30):
        await client.get(PATH)
    assert client.politeness.pause is None


async def test_absence_that_nobody_wonders_at_counts_for_nothing(client: FeedClient, feed_server: FeedServer) -> None:
    for _ in range(20):
        await client.get(PATH, seldom_there=True)
    assert len(feed_server.asked) == 20
    assert client.politeness.pause is None
