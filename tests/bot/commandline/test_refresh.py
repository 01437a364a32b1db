"""`tailgate refresh` from a server on this machine, typed as an operator does; and what `check` says afterwards."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.__main__ import main
from bot.clock import TravelClock
from bot.feeds import paths, politeness
from bot.feeds.client import user_agent
from bot.settings import Settings
from db.connection import Store
from db.documents.importer import import_documents
from db.feeds.rows import load_memory
from tests.db.documents import read
from tests.db.schedules import ALPHA, schedule
from tests.db.test_importer import dump
from tests.feeds import fake_nascar
from tests.stores import make_empty

NOW = datetime(2025, 11, 20, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


class Server:
    """Serves documents on this machine from a thread of its own, since a command runs its own loop."""

    def __init__(self) -> None:
        self.documents: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.refuses = False
        self.port = 0
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._started.wait(30)

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.path.lstrip("/")
        self.asked.append(path)
        self.agents.add(request.headers["User-Agent"])
        body = self.documents.get(path)
        if body is None or self.refuses:
            return web.Response(status=403)
        return web.Response(body=body)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        application = web.Application()
        application.router.add_get("/{path:.*}", self._answer)
        runner = web.AppRunner(application)

        async def start() -> None:
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            self.port = runner.addresses[0][1]
            self._started.set()

        self._loop.run_until_complete(start())
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


@pytest.fixture(scope="module")
def nascar() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def server(nascar: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Server:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TAILGATE_FEEDS", f"http://127.0.0.1:{nascar.port}")
    monkeypatch.setattr(Settings, "clock", lambda _: TravelClock(NOW, 0))
    monkeypatch.setattr(politeness, "SECONDS_APART", 0.0)
    nascar.documents, nascar.asked, nascar.refuses = {}, [], False
    return nascar


@pytest.fixture
def path(server: Server, tmp_path: Path) -> Path:
    """A store that holds nothing."""
    del server
    return make_empty(tmp_path / "t.db")


def typed(path: Path, *words: str) -> int:
    return main(["refresh", *words, "--db", str(path)])


def test_a_season_is_fetched_and_then_there_is_nothing_new(
    server: Server, store_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.documents = fake_nascar.season(2025).documents()
    assert typed(store_path, "--season", "2025") == 0
    out, err = capsys.readouterr()
    assert "documents, one a second: about" in err
    assert "0 refused" in out
    assert out.startswith(f"{len(server.asked)} requests; rows: 0 created, ")
    # At once again: what was got minutes ago is not asked for.
    server.asked.clear()
    assert typed(store_path, "--season", "2025") == 0
    assert server.asked == []
    main(["check", "--db", str(store_path)])
    assert "NASCAR's feeds, last fetched: schedule 2025-11-19 19:00 Eastern" in capsys.readouterr().out


def test_a_season_that_is_as_it_was_is_asked_for_again_and_writes_no_row(
    server: Server, store_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    season = fake_nascar.season(2025)
    server.documents = season.documents()
    assert typed(store_path, "--season", "2025") == 0

    async def held() -> list[str]:
        async with await Store.open(store_path, readonly=True) as store:
            return await dump(store)

    rows = asyncio.run(held())
    monkeypatch.setattr(Settings, "clock", lambda _: TravelClock(NOW + timedelta(minutes=11), 0))
    server.asked.clear()
    capsys.readouterr()
    assert typed(store_path, "--season", "2025") == 0
    assert {paths.weekend(2025, race["race_id"]) for race in season.races} < set(server.asked)
    assert "rows: 0 created, 0 updated, 0 unchanged; 0 refused" in capsys.readouterr().out
    assert asyncio.run(held()) == rows


def test_it_goes_on_where_it_was_cut_off(
    server: Server, store_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.documents = fake_nascar.season(2025).documents()
    monkeypatch.setattr("bot.feeds.refresh.AT_ONCE", 1)

    cut_off_at = paths.weekend(2025, fake_nascar.season(2025).races[1]["race_id"])
    stopped_at = paths.weekend(2025, fake_nascar.season(2025).races[2]["race_id"])
    monkeypatch.setattr("bot.commandline.refreshing.Progress.update", _cut_off_at(2))
    assert typed(store_path, "--season", "2025") == 130
    assert stopped_at not in server.asked
    monkeypatch.undo()
    asked = list(server.asked)
    capsys.readouterr()
    monkeypatch.setenv("TAILGATE_FEEDS", f"http://127.0.0.1:{server.port}")
    monkeypatch.setattr(Settings, "clock", lambda _: TravelClock(NOW, 0))
    monkeypatch.setattr(politeness, "SECONDS_APART", 0.0)
    server.asked.clear()
    assert typed(store_path, "--season", "2025") == 0
    assert stopped_at in server.asked
    # The one at which it was cut off, and the list, which each race is read with.
    assert {name for name in set(asked) & set(server.asked) if "weekend" in name} <= {cut_off_at}


def _cut_off_at(step: int) -> Callable[..., None]:
    """A progress bar at which somebody presses Ctrl-C."""

    def update(*_: object, completed: int = 0, **__: object) -> None:
        if completed == step:
            signal.raise_signal(signal.SIGINT)

    return update


def test_a_server_that_refuses_everything_is_left_alone(
    server: Server, store_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The first pause is waited for, which is shown elsewhere.
    monkeypatch.setattr(politeness, "FIRST_PAUSE", timedelta(hours=1))
    server.refuses = True
    years = [str(year) for year in range(2018, 2026)]
    assert typed(store_path, "--season", *years) == 1
    out, err = capsys.readouterr()
    assert "the server refused too many requests; it is left alone until" in err
    assert "what was fetched is kept" in err
    assert out.count("not got: ") >= 5
    assert len(server.asked) < 60


def test_a_race_is_handed_back_to_the_feed(
    server: Server, store_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    season = fake_nascar.season(2025)
    race = season.races[4]["race_id"]
    server.documents = season.documents()
    assert typed(store_path, "--race", str(race), "--trust-feed") == 0
    asked = [name for name in server.asked if "weekend-feed" in name]
    assert asked == [paths.weekend(2025, race)]
    assert "0 refused" in capsys.readouterr().out


REFUSED = {
    "--trust-feed alone": (["--trust-feed"], "--trust-feed goes with --race"),
    "a race nobody knows": (["--race", "999999"], "No race on record has NASCAR's id 999999"),
    "a season before the feeds": (["--season", "2009"], "NASCAR's feeds are asked for the seasons 2018 to 20"),
    "no year": (["--season", "soon"], "'soon' isn't a season"),
    "no id": (["--race", "talladega"], "isn't a race's id"),
    "two wishes": (["--season", "2025", "--all"], "not allowed with"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_asked_for_is_one_line(
    server: Server, store_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    words, line = REFUSED[name]
    try:
        assert typed(store_path, *words) in {1, 2}
    except SystemExit as left:
        assert left.code == 2
    said = [each for each in capsys.readouterr().err.splitlines() if not each.startswith("The store is")]
    assert len(said) == 1
    assert line in said[0]
    assert server.asked == []


def test_trusting_the_feed_with_no_race_is_a_misuse(server: Server, store_path: Path) -> None:
    with pytest.raises(SystemExit) as left:
        typed(store_path, "--trust-feed")
    assert (left.value.code, server.asked) == (2, [])


def test_it_says_who_asks(server: Server, store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAILGATE_CONTACT", "https://example.com/me")
    server.agents.clear()
    assert typed(store_path, "--race", "5504") == 1  # there is no list of races
    assert server.agents == {user_agent("https://example.com/me")}


def test_off_is_off(
    server: Server, store_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TAILGATE_FEEDS", "off")
    assert typed(store_path) == 2
    assert "TAILGATE_FEEDS is off here" in capsys.readouterr().err
    assert server.asked == []


def test_what_is_wrong_is_told_once(
    server: Server, store_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    season = fake_nascar.season(2025)
    cut, gone = (paths.weekend(2025, race["race_id"]) for race in season.races[9:11])
    documents = season.documents()
    server.documents = documents | {cut: documents[cut][:-200]}
    del server.documents[gone]
    assert typed(store_path, "--season", "2025") == 0
    out, err = capsys.readouterr()
    assert f"refused: {cut}: is cut short\n" in out
    assert f"not got: {gone}: is not there, though the {season.races[10]['race_name']} should be over\n" in out
    assert "was not taken in" not in err
    assert "; 1 refused" in out
    main(["check", "--db", str(store_path)])
    told = [line for line in capsys.readouterr().out.splitlines() if cut in line]
    assert len(told) == 1
    assert told[0].endswith("Eastern: is cut short")
    # Whoever wants to see everything sees it.
    monkeypatch.setenv("TAILGATE_LOG_LEVEL", "DEBUG")
    assert typed(store_path, "--season", "2025") == 0
    assert f"{cut} was not taken in: is cut short" in capsys.readouterr().err


def test_check_and_export_ask_nobody(server: Server, store_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--db", str(store_path)]) == 0
    assert main(["export", "season", "--db", str(store_path)]) == 0
    assert server.asked == []
    assert "feeds" not in capsys.readouterr().out.splitlines()[0]


def test_check_says_what_fails_and_what_was_left_out(
    server: Server, store_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    season = fake_nascar.season(2025)
    server.documents = season.documents() | {paths.race_list(2025): b"<html>not today</html>"}
    assert typed(store_path, "--season", "2025") == 1
    capsys.readouterr()
    main(["check", "--db", str(store_path)])
    out = capsys.readouterr().out
    assert f"note: the feeds' {paths.race_list(2025)} fails since 2025-11-19 19:00 Eastern: " in out

    async def failing() -> list[str]:
        async with await Store.open(store_path, readonly=True) as store:
            return [each.path for each in (await load_memory(store)).failures()]

    assert paths.race_list(2025) in asyncio.run(failing())


KILLED = {
    "between a document and the store": "import bot.feeds.importing as i; i.import_prepared = die",
    "while it is compared": "import db.documents.import_sql as s; s.note_import = die",
    "within the transaction": "import db.documents.prepared_import as p; write = p._write; p._write = half_written",
    "before it is remembered": "import db.feeds.remembered as r; r.Remembered.save = die",
}


@pytest.mark.parametrize("name", KILLED)
def test_killed_anywhere_it_is_the_old_state_or_the_new_one(
    server: Server, path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    season = fake_nascar.season(2025)
    few = season.races[:3]
    server.documents = season.documents() | {paths.race_list(2025): fake_nascar.as_bytes({"series_3": few})}
    code = f"""
import os, signal, sys
from bot.__main__ import main
from bot.feeds import politeness
politeness.SECONDS_APART = 0.0
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
def half(written):
    yield from written[: len(written) // 2]
    die()
def half_written(store, written, compared):
    write(store, half(written), compared)
{KILLED[name]}
sys.exit(main(["refresh", "--season", "2025", "--db", sys.argv[1]]))
"""
    asyncio.run(_hold_another_season(path))
    run = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, check=False)
    assert run.returncode == -signal.SIGKILL, run.stderr.decode()
    main(["check", "--db", str(path)])
    assert "the file is sound" in capsys.readouterr().out
    assert typed(path, "--season", "2025") == 0
    capsys.readouterr()
    main(["check", "--db", str(path)])
    assert "2025: 3 races, results of 3, through race 3" in capsys.readouterr().out


async def _hold_another_season(path: Path) -> None:
    """The operator's own, so that the seasons of the program are not loaded at the start."""
    async with await Store.open(path) as store:
        await import_documents(store, [read(schedule(ALPHA, drivers=[]))], NOW)
