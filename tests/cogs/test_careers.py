"""/driver and /on-this-day over all seasons since 1995: careers as published, namesakes, nothing from the future."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from discord import ui
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot.client.tailgate_bot import TailgateBot
from bot.clock import TravelClock
from bot.errors import FriendlyError
from bot.questions.core import DRIVER_TABS, DriverQuestion
from bot.render.on_this_day import OnThisDayQuestion
from bot.requester import Requester
from tests.bot.render.reading import body, options, text
from tests.checks.limits import check_message
from tests.cogs.conftest import Stand
from tests.cogs.looking import title_and_answer, words
from tests.examples import examples
from tests.sharing import BundledSeasons


@pytest.fixture
def store_path(every_season_store: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(every_season_store, tmp_path / "tailgate.db"))


@pytest.fixture
def bundled_seasons(every_season: BundledSeasons) -> BundledSeasons:
    return every_season


CAREERS = {
    "hornaday": ("Ron Hornaday Jr.", "**Champion 1996, 1998, 2007 and 2009** · 51 wins in 360 starts", "9,689"),
    "sprague": ("Jack Sprague", "**Champion 1997, 1999 and 2001** · 28 wins in 297 starts", "6,250"),
    "spargue": ("Jack Sprague", "**Champion 1997, 1999 and 2001** · 28 wins in 297 starts", "6,250"),
    "mike skinner": ("Mike Skinner", "**Champion 1995** · 28 wins in 231 starts", "6,221"),
    "ronnie hornaday": ("Ronnie Hornaday", "**14 starts, best 11th**", "0"),
    "eric jones": ("Eric Jones", "**27 starts, best 6th**", "0"),
}
"""What a fan types, who is meant, and what was published of them: champion, wins, starts and laps led."""


async def test_careers_are_as_published_and_whoever_raced_long_ago_is_found(stand: Stand) -> None:
    for typed, (name, answer, led) in CAREERS.items():
        asked = await stand.ask("driver", name=typed)
        assert title_and_answer(asked) == (f"{name} · career", answer), typed
        assert re.search(rf"Laps led +{led} ", words(asked)), typed
    jones = await stand.ask("driver", name="erik jones")
    assert title_and_answer(jones)[0].endswith("Erik Jones · career")
    assert "27 starts" not in words(jones)


async def test_two_who_are_called_jason_white_are_both_offered_and_have_a_career_each(stand: Stand) -> None:
    racing = await stand.ask("driver", name="jason white")
    assert "**Career, 2018–2025**" in words(racing), "the one who takes part in the season is meant"
    both_raced = await stand.refused("driver", name="jason white", season=2023)
    assert "Jason White (2001–2023)" in both_raced
    assert "Jason White (2018–2025)" in both_raced
    virginian = await stand.ask("driver", name="Jason White (2001–2023)")
    assert "From Richmond, VA" in words(virginian)
    assert "157 starts" in title_and_answer(virginian)[1]
    for typed in ("Jason White (2018–2025)", "jason m. white"):
        canadian = await stand.ask("driver", name=typed)
        assert "**Career, 2018–2025**" in words(canadian), typed
    offered = await stand.fan.autocomplete(stand.channel, "driver", "name", "jason whi")
    names = {choice["name"].partition(" · ")[0] for choice in offered}
    assert {"Jason White (2001–2023)", "#22 Jason White (2018–2025)"} <= names, names


FAMILIES = {
    "bobby hamilton": "Bobby Hamilton (1996–2006) or Bobby Hamilton Jr.",
    "rodney combs": "Rodney Combs (1995–1996) or Rodney Combs Jr.",
    "scott lagasse": "Scott Lagasse Jr. or Scott Lagasse (1995–1996)",
}
"""Names of two of a family, and how they are told apart."""
ONE_OF_THEM = {
    "Bobby Hamilton (1996–2006)": "Bobby Hamilton",
    "bobby hamilton jr": "Bobby Hamilton Jr.",
    "Scott Lagasse Jr.": "Scott Lagasse Jr.",
    "rodney combs jr.": "Rodney Combs Jr.",
    "ron hornaday jr": "Ron Hornaday Jr.",
    "john nemechek": "John Nemechek",
    "rick hendrick": "Rick Hendrick",
    "ricky hendrick": "Ricky Hendrick",
    "bill kimmel": "Bill Kimmel",
}
"""What names one person alone, and who that is."""


async def test_father_and_son_are_both_offered_and_each_is_found_by_what_tells_them_apart(stand: Stand) -> None:
    for typed, offered in FAMILIES.items():
        assert f"Did you mean {offered}?" in await stand.refused("driver", name=typed), typed
    for typed, name in ONE_OF_THEM.items():
        asked = await stand.ask("driver", name=typed)
        assert title_and_answer(asked)[0] == f"{name} · career", typed
        assert "understood" not in words(asked), typed


async def test_a_career_by_season_by_track_and_back(stand: Stand) -> None:
    asked = await stand.ask("driver", name="hornaday")
    assert "**First win** Tucson, Apr 8, 1995, in start 2" in words(asked)
    assert "**Best season** 1998: champion, 6 wins" in words(asked)
    assert re.search(r"Poles +27\+", words(asked)), words(asked)
    assert "Poles are on record for 284 of 360 starts, from 1995 on." in words(asked)
    await stand.fan.click(asked.response, label="By season")
    assert re.search(r"2009 +1 +25 +6 +15 +20", words(asked))
    assert not re.search(r"1995 +3 +20 +6", words(asked))
    await stand.fan.click(asked.response, label="16–17 →")
    assert re.search(r"1995 +3 +20 +6", words(asked))
    await stand.fan.click(asked.response, label="By track")
    assert re.search(r"IRP +12 +4 +9 +9 +1 +8\.1", words(asked))
    await stand.fan.click(asked.response, label="Career")
    await stand.fan.click(asked.response, label="2014 season")
    assert title_and_answer(asked)[0] == "#9 Ron Hornaday Jr. · 2014"
    assert "Stage" not in words(asked)


async def test_who_races_now_comes_first_and_jack_sprague_takes_three_letters(stand: Stand) -> None:
    offered = await stand.fan.autocomplete(stand.channel, "driver", "name", "spr")
    assert "Jack Sprague" in [choice["name"] for choice in offered]
    offered = await stand.fan.autocomplete(stand.channel, "driver", "name", "smi")
    assert offered[0]["name"].startswith("#")


async def test_a_bot_in_may_2004_knows_nothing_later(stand: Stand) -> None:
    stand.clock._start = datetime(2004, 5, 1, 16, tzinfo=UTC)
    asked = await stand.ask("driver", name="hornaday")
    assert title_and_answer(asked) == (
        "Ron Hornaday Jr. · career", "**Champion 1996 and 1998** · 26 wins in 124 starts"
    )  # fmt: skip
    assert "2009" not in words(asked)
    assert "has no entry in 2004" in await stand.refused("driver", name="corey heim")


def years_named(view: ui.LayoutView) -> set[int]:
    return {int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", re.sub(r"born [A-Z]\w+ \d+, \d{4}", "", text(view)))}


@examples(75, HealthCheck.function_scoped_fixture)
@given(data=st.data(), days=st.integers(0, 31 * 365), tab=st.sampled_from(DRIVER_TABS), page=st.integers(1, 4))
async def test_no_answer_breaks_a_limit_or_the_clock(
    bot: TailgateBot, clock: TravelClock, every_season: BundledSeasons,
    data: st.DataObject, days: int, tab: str, page: int,
) -> None:  # fmt: skip
    clock._start = datetime(1995, 2, 7, 17, tzinfo=UTC) + timedelta(days=days)
    key = data.draw(st.sampled_from(sorted(every_season.drivers)))
    fan = Requester(1, await bot.router.as_of())
    day = clock._start + timedelta(days=data.draw(st.integers(-3, 3)))
    for question in (DriverQuestion(key, None, tab, page), OnThisDayQuestion(day.month, day.day)):
        try:
            view = await bot.router.view(question, fan)
        except FriendlyError:
            assert not fan.as_of.entered(key)
            continue
        assert isinstance(view, ui.LayoutView)
        assert check_message(body(view)) == []
        assert max(years_named(view), default=0) <= clock._start.year
        assert all(getattr(each, "year", None) is None or each.year <= clock._start.year  # type: ignore[attr-defined]
                   for each in options(view).values())  # fmt: skip


async def test_what_happened_on_a_day(stand: Stand) -> None:
    asked = await stand.ask("on-this-day", day="April 8")
    assert title_and_answer(asked) == ("On this day · April 8", "**2 races** on this day, the first in 1995")
    assert "**1995** Ron Hornaday Jr. won the Racing Champions 200 (Tucson): first career win" in words(asked)
    asked = await stand.ask("on-this-day", day="11/18")
    assert "the season's last race, Johnny Sauter was champion" in words(asked)
    none = await stand.ask("on-this-day", day="Jan. 1st")
    assert title_and_answer(none)[1].startswith("No race of the series on record was run on this day.")
    assert "On this day · October 16" in words(await stand.ask("on-this-day"))


@pytest.mark.parametrize("typed", ["soon", "13/1", "Feb 30", "June", "5", "0/0"])
async def test_what_is_no_day_of_the_year_is_refused_in_a_line(stand: Stand, typed: str) -> None:
    said = await stand.refused("on-this-day", day=typed)
    assert said == f"“{typed}” is no day of the year. Type a month and a day, such as June 5 or 6/5."
