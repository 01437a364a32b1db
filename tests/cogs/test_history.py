"""The standings of seasons long past, as fans ask for them today and as a bot that is set to those days knows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.bundled import season_documents
from db.connection import Store
from db.documents.importer import import_documents
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.stores import made_once, open_unsynced

PAST = (1998, 2004, 2008, 2016, 2017)
IMPORTED = datetime(2025, 10, 16, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def past_store(bundled_store: Path, shared_folder: Path) -> Path:
    """The bundled store with a few of the older seasons, made once in a run; tests copy it."""

    async def make(path: Path) -> None:
        async with await open_unsynced(path, copy_of=bundled_store) as store:
            for year in PAST:
                await import_documents(store, season_documents(year), IMPORTED)

    return made_once(shared_folder / "past.db", make)


@pytest.fixture
async def store(past_store: Path, tmp_path: Path) -> AsyncIterator[Store]:
    async with await open_unsynced(tmp_path / "past.db", copy_of=past_store) as opened:
        yield opened


@pytest.mark.parametrize(
    ("options", "title", "answer"),
    [
        ({"season": 1998}, "1998 standings", "**Ron Hornaday Jr.** is the champion · most points by 3 · 6 wins"),
        ({"season": 2008}, "2008 standings", "**Johnny Benson** is the champion · most points by 7 · 5 wins"),
        (
            {"season": 2008, "after": "memphis"},
            "2008 standings after race 12, Memphis",
            "**Ron Hornaday Jr.** leads by 27 · 3 wins",
        ),
        ({"season": 2016, "view": "playoffs"}, "2016 final standings", "**Johnny Sauter** is the champion · 3 wins"),
        ({"season": 2017, "view": "playoffs"}, "2017 final standings", "**Christopher Bell** is the champion · 5 wins"),
        ({"season": 2008, "view": "playoffs"}, "2008 standings", None),
        (
            {"season": 1998, "view": "what-if-playoffs"},
            "What if: 1998 under the playoffs of 2017–2025",
            "**Jack Sprague** would be the champion · 5 wins",
        ),
        (
            {"season": 2025, "view": "what-if-classic"},
            "What if: 2025 under the points of 2007–2010",
            "**Corey Heim** leads by 561",
        ),
    ],
)
async def test_standings_of_any_season(
    stand: Stand, options: dict[str, int | str], title: str, answer: str | None
) -> None:
    said = title_and_answer(await stand.ask("standings", **options))
    assert said == (title, answer or said[1])


async def test_playoffs_of_2017_have_rounds_of_eight_and_six(stand: Stand) -> None:
    result = await stand.ask("playoffs", season=2017)
    assert title_and_answer(result) == ("2017 playoffs", "**Christopher Bell** is the champion · 5 wins")
    said = words(result)
    assert "**Playoff points** at the reset: Bell 40, Sauter 25, Crafton 14, Nemechek 14," in said
    assert "**Round of 8** · New Hampshire, Las Vegas, Talladega" in said
    assert "**Round of 6** · Martinsville, Texas, Phoenix" in said


async def test_playoffs_of_a_season_without_them_say_so_and_where_a_driver_finished(stand: Stand) -> None:
    said = words(await stand.ask("playoffs", season=2008, about="Ron Hornaday"))
    assert "2008 had no playoffs: the most points of its 25 races won the title." in said
    assert "**Ron Hornaday Jr.** 2nd, 3,718 points" in said


async def test_a_bot_set_to_may_2004_knows_five_races_and_no_playoffs(stand: Stand) -> None:
    stand.clock._start = datetime.fromisoformat("2004-05-31T12:00-04:00")
    result = await stand.ask("standings")
    assert title_and_answer(result) == ("2004 standings", "**Dennis Setzer** leads by 37 · 1 win")
    assert "Data through race 5 of 25" in words(result)
    assert title_and_answer(await stand.ask("playoffs")) == (
        "2004 championship",
        "**Dennis Setzer** leads by 37",
    )
    assert "2005" not in words(await stand.ask("clinch"))


async def test_a_bot_set_to_august_2016_does_not_know_who_made_the_chase(stand: Stand) -> None:
    stand.clock._start = datetime.fromisoformat("2016-08-29T12:00-04:00")
    said = words(await stand.ask("playoffs"))
    assert "Moffitt" not in said
    assert "eight make the Chase, race winners first, then points" in said
