"""A refresh by hand, in simulated time: how long it says it takes, what it waits for, and what it leaves out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.errors import FriendlyError
from bot.feeds import paths
from bot.feeds.politeness import Politeness
from bot.feeds.refresh import Refresh, Summary, Wish, first_lines
from bot.services import Services
from db.connection import Store
from db.feeds.models import FeedPause
from db.feeds.remembered import Remembered
from db.feeds.rows import load_memory
from db.snapshots import Snapshots
from tests.bot.feeds.conftest import FeedServer, HandClock
from tests.bot.feeds.plain import DRIVERS, GREEN, PlainTranslator, document, race_row, results
from tests.bot.feeds.test_client import answers

LIST, WEEKEND = paths.race_list(2025), paths.weekend(2025, 5504)
SEASON = Wish((2025,))


class Desk:
    """Types `refresh` on one store."""

    def __init__(self, store: Store, server: FeedServer, clock: HandClock) -> None:
        self.store, self.server, self.clock = store, server, clock
        self.translator = PlainTranslator()
        self.steps: list[tuple[int, int, str]] = []

    async def refresh(self, wish: Wish) -> Summary:
        remembered = await Remembered.load(self.store)
        services = Services(self.store, Snapshots(self.store, whole=True), self.clock, remembered)
        polite = Politeness(remembered.pause, monotonic=self.clock.monotonic, sleep=self.clock.sleep)
        self.server.forget()
        made = Refresh(services, self.server.address, self.translator, politeness=polite, sleep=self.clock.sleep)
        async with made as refreshing:
            self.estimated = await refreshing.estimate(wish)
            return await refreshing.run(wish, lambda *step: self.steps.append(step))


@pytest.fixture
async def desk(empty_store: Store, feed_server: FeedServer, hand_clock: HandClock) -> Desk:
    hand_clock.moment = GREEN + timedelta(days=2)
    feed_server.documents = {LIST: document(races=[race_row()]), WEEKEND: results()}
    return Desk(empty_store, feed_server, hand_clock)


@pytest.mark.parametrize("served", [b"<html>hello</html>", b"{}", None])
async def test_a_server_that_has_no_list_of_races_is_told_at_once(desk: Desk, served: bytes | None) -> None:
    await desk.refresh(SEASON)
    desk.clock.advance(hours=13)
    first = paths.race_list(2018)
    desk.server.documents = {} if served is None else {first: served, LIST: served, WEEKEND: served}
    if served is not None:
        summary = await desk.refresh(Wish(everything=True))
        assert desk.server.asked == [first]
        assert summary.stopped.startswith(f"{first}: ")
    summary = await desk.refresh(SEASON)
    assert desk.server.asked == [LIST]
    assert summary.stopped.startswith(f"{LIST}: ")
    assert summary.stopped.endswith("; nothing else was asked for")
    assert summary.missing == []


async def test_a_season_goes_in_and_is_counted(desk: Desk) -> None:
    summary = await desk.refresh(SEASON)
    assert desk.server.asked == [LIST, WEEKEND]
    assert (summary.asked, summary.missing, summary.stopped) == (2, [], "")
    assert summary.outcome.counts.created > 3
    # The list of a season that is not on record yet may have 25 races.
    assert desk.estimated == 26
    assert [step[2] for step in desk.steps] == ["the 2025 schedule", "2025, Talladega", ""]
    desk.clock.advance(minutes=11)
    again = await desk.refresh(SEASON)
    assert desk.estimated == 2
    assert again.outcome.counts.changed == 0


async def test_all_of_it_says_how_long_it_takes(desk: Desk) -> None:
    summary = await desk.refresh(Wish(everything=True))
    assert desk.estimated == 8 * 26
    # Seven seasons are not there, which is fewer than it takes to be sent away.
    assert len(summary.missing) == 7
    assert summary.stopped == ""


async def test_all_of_it_goes_on_where_it_was(desk: Desk) -> None:
    await desk.refresh(Wish(everything=True))
    desk.clock.advance(hours=1)
    await desk.refresh(Wish(everything=True))
    assert LIST not in desk.server.asked
    assert WEEKEND not in desk.server.asked
    assert len(desk.server.asked) == 7


async def test_a_short_pause_is_waited_for_and_a_long_one_is_not(desk: Desk) -> None:
    desk.server.documents = {}
    everything = Wish(tuple(range(2018, 2026)))
    summary = await desk.refresh(everything)
    assert max(desk.clock.slept) > 100
    assert len(summary.missing) == 8
    assert summary.stopped == ""
    summary = await desk.refresh(everything)
    assert "refused too many requests" in summary.stopped
    assert (await load_memory(desk.store)).pause is not None
    summary = await desk.refresh(everything)
    assert desk.server.asked == []
    assert "left alone until" in summary.stopped


async def test_out_of_reach_it_tries_a_few_times_and_says_so(desk: Desk) -> None:
    async def drops(request: Any) -> Any:
        request.transport.close()

    desk.server.documents = dict.fromkeys((paths.race_list(year) for year in range(2018, 2026)), drops)
    summary = await desk.refresh(Wish(tuple(range(2018, 2026))))
    assert "cannot be reached" in summary.stopped
    assert len(summary.missing) == 2
    assert summary.asked == 12
    assert sum(seconds > 5 for seconds in desk.clock.slept) == 9


async def test_one_race_is_read_even_if_it_is_as_it_was_and_may_be_trusted(desk: Desk) -> None:
    await desk.refresh(SEASON)
    await desk.refresh(Wish(race=5504, trusted=True))
    assert desk.translator.trusted == [5504]
    assert desk.translator.read.count((WEEKEND,)) == 2
    with pytest.raises(FriendlyError, match="No race on record has NASCAR's id 77"):
        await desk.refresh(Wish(race=77))


async def test_what_is_wrong_with_one_race_stops_no_other(desk: Desk) -> None:
    second = paths.weekend(2025, 5505)
    rows = [race_row(), race_row(GREEN + timedelta(days=1), number=2, nascar_id=5505)]
    desk.server.documents[LIST] = document(races=rows)
    desk.server.documents[WEEKEND] = results(order=("Corey Heim", "Corey Heim"))
    desk.server.documents[second] = results(2, nascar_id=5505, start=GREEN + timedelta(days=1))
    summary = await desk.refresh(SEASON)
    assert len(summary.outcome.refused) == 1
    seasons = Snapshots(desk.store, whole=True)
    season = await seasons.season(2025)
    assert season is not None
    assert [race.round for race in season.run] == [2]
    assert [each.path for each in (await load_memory(desk.store)).failures()] == [WEEKEND]


async def test_a_stranger_whom_two_races_bring_is_one_person(desk: Desk) -> None:
    rows = [race_row(), race_row(GREEN + timedelta(days=1), number=2, nascar_id=5505)]
    desk.server.documents[LIST] = document(races=rows).replace(b'"Corey Heim"', b'"Nobody Yet"')
    desk.server.documents[paths.weekend(2025, 5505)] = results(
        2, order=tuple(reversed(DRIVERS)), nascar_id=5505, start=GREEN + timedelta(days=1)
    )
    summary = await desk.refresh(SEASON)
    assert summary.outcome.refused == []
    season = await Snapshots(desk.store, whole=True).season(2025)
    assert season is not None
    assert len(season.run) == 2


def test_long_lists_are_cut() -> None:
    assert first_lines(["a", "b", "c"], 2) == ["a", "b", "… and 1 more"]
    assert first_lines(["a", "b"], 2) == ["a", "b"]


@pytest.mark.parametrize("said", ["86400", "61", "9" * 400, "Mon, 20 Oct 2025 20:00:00 GMT"])
async def test_a_server_that_wishes_for_a_long_rest_ends_the_run(desk: Desk, said: str) -> None:
    desk.server.documents[WEEKEND] = answers(503, Retry_After=said)
    summary = await desk.refresh(SEASON)
    assert sum(desk.clock.slept) < 60
    assert desk.server.asked.count(WEEKEND) == 1
    assert "the server wishes not to be asked until 2025-10-" in summary.stopped
    assert "status 503" in summary.stopped
    assert "try again after that" in summary.stopped
    # What was got before it is kept.
    assert await Snapshots(desk.store).years() == (2025,)


async def test_a_short_wish_is_granted(desk: Desk) -> None:
    tries = 0

    async def busy(_: web.Request) -> web.StreamResponse:
        nonlocal tries
        tries += 1
        return web.Response(status=503, headers={"Retry-After": "45"}) if tries < 3 else web.Response(body=results())

    desk.server.documents[WEEKEND] = busy
    summary = await desk.refresh(SEASON)
    assert (summary.stopped, summary.missing) == ("", [])
    assert desk.clock.slept.count(45.0) == 2


async def test_a_long_rest_that_something_beside_a_race_is_given_ends_the_run_as_well(desk: Desk) -> None:
    desk.translator.extras = True
    desk.server.documents[paths.lap_times(2025, 5504)] = answers(429, Retry_After="7200")
    summary = await desk.refresh(SEASON)
    assert "lap-times.json" in summary.stopped
    assert sum(desk.clock.slept) < 60


async def test_every_request_is_counted_and_no_other(desk: Desk) -> None:
    desk.server.documents[LIST] = answers(302, Location="/elsewhere.json")
    desk.server.documents["elsewhere.json"] = document(races=[race_row()])
    assert (await desk.refresh(SEASON)).asked == len(desk.server.asked) == 3
    remembered = await Remembered.load(desk.store)
    remembered.pause = FeedPause(desk.clock.moment + timedelta(hours=3), 2)
    await remembered.save()
    summary = await desk.refresh(Wish((2024,)))
    assert (summary.asked, desk.server.asked) == (0, [])
