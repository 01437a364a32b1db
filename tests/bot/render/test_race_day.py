"""Posts of a race under way fit, whatever people and races are called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.render.announcements import PostOptions
from bot.render.race_day import race_day_post
from bot.render.tables import WIDTH
from db.live.news import NamedTruck, NewsPlace, RaceNews, detail_of, news_of
from db.reminders.race_day import RacePost
from tests.bot.render.reading import body, tables, text
from tests.checks.limits import check_message
from tests.seasons import make_race

LONG = NamedTruck("100", "Bartholomew Featherstonehaugh-Cholmondeley `*_@everyone" * 3)
NEWS = RaceNews(
    lap=131,
    laps=136,
    scheduled=134,
    truck=LONG,
    before=LONG,
    reason="#1, 2, 3 incident @everyone **turn** " * 40,
    free_pass=LONG,
    stage=2,
    stage_ends=(30, 60),
    places=tuple(NewsPlace(n, LONG, n, 123.456 if n < 5 else None, 0 if n < 8 else 100, n == 10) for n in range(1, 11)),
    cautions=12,
    lead_changes=40,
    stopped=5400,
    under_caution=True,
)


@pytest.mark.parametrize("covered", [True, False])
@pytest.mark.parametrize("post", RacePost)
def test_the_longest_names_fit_and_ping_nobody(post: RacePost, covered: bool) -> None:
    race = replace(make_race(2025, 2), name="The Long Race of " + "Sponsors and Friends " * 20)
    view = race_day_post(race, post, NEWS, PostOptions("m" * 16, covered=covered))
    assert check_message(body(view)) == []
    assert "@everyone" not in text(view).split("```")[0]
    assert all(len(line) <= WIDTH for table in tables(view) for line in table)
    assert "m" * 16 in str(body(view))


@pytest.mark.parametrize("post", RacePost)
def test_what_is_not_known_is_left_out(post: RacePost) -> None:
    view = race_day_post(make_race(2025, 2), post, RaceNews(5, stage=1), PostOptions("m" * 16))
    assert check_message(body(view)) == []
    assert "None" not in text(view)


def test_the_news_come_back_from_their_detail() -> None:
    assert news_of(detail_of(NEWS)) == NEWS
    assert news_of(detail_of(RaceNews(0))) == RaceNews(0)
