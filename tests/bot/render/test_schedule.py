from datetime import UTC, datetime, timedelta

from discord import ui

from bot.questions.core import NextQuestion, ScheduleQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent
from bot.render.schedule import schedule
from db.models import RaceStatus, Season
from tests.bot.render.reading import accent, buttons, lines
from tests.seasons import full_season, make_season


def ask(season: Season, now: datetime, years: tuple[int, ...] = (2025,), page: int | None = None) -> ui.LayoutView:
    return schedule(season, ScheduleQuestion(season.year, page), now, years)


def before(season: Season, number: int) -> datetime:
    race = season.race(number)
    assert race is not None
    return race.begins - timedelta(hours=5)


def test_past_races_have_winners_the_next_is_marked_and_the_rest_have_times() -> None:
    season = make_season(2025, [["Corey Heim"], ["Ty Majeski"]], upcoming=2)
    third, fourth = (int(race.begins.timestamp()) for race in season.races[2:])
    view = ask(season, before(season, 3))
    assert lines(view)[:-1] == [
        "## 2025 schedule",
        f"Next: **Las Vegas 103**, Las Vegas, <t:{third}:R>",
        "`\N{NO-BREAK SPACE}1` Daytona · Feb 14 · **Corey Heim**",
        "`\N{NO-BREAK SPACE}2` Atlanta · Feb 21 · **Ty Majeski**",
        f"`\N{NO-BREAK SPACE}3` → **Las Vegas** · <t:{third}:f>",
        f"`\N{NO-BREAK SPACE}4` Bristol · <t:{fourth}:f>",
    ]
    assert accent(view) == Accent.GREEN


def test_a_race_without_a_time_has_its_day() -> None:
    season = make_season(2025, [], upcoming=2, races={2: {"start": None}})
    assert lines(ask(season, before(season, 1)))[3].endswith("Atlanta · Friday, Feb 21")


def test_cancelled_postponed_and_missing_are_said() -> None:
    odd = {1: {"status": RaceStatus.CANCELLED}, 3: {"status": RaceStatus.POSTPONED}}
    season = make_season(2025, [], upcoming=3, races=odd)
    first, second, third = lines(ask(season, before(season, 3)))[2:5]
    assert first.endswith("~~Daytona~~ Feb 14 · canceled")
    assert second.endswith("Atlanta · Feb 21 · no result on record")
    assert third.endswith("· postponed")


def test_it_opens_where_the_next_race_stands() -> None:
    season = full_season(2025, 25, run=20)
    view = ask(season, before(season, 21), (2024, 2025, 2026))
    assert lines(view)[2].startswith("`14`")
    assert buttons(view) == {
        "← 1–13": ScheduleQuestion(2025, 1),
        "Next race": NextQuestion(),
        "Latest recap": RecapQuestion(2025),
        "2024": ScheduleQuestion(2024),
        "2026": ScheduleQuestion(2026),
    }
    assert lines(ask(season, before(season, 21), page=1))[2].startswith("`\N{NO-BREAK SPACE}1`")


def test_a_race_under_way_is_said_to_be() -> None:
    listed = make_season(2025, [], upcoming=2)
    start = listed.races[0].begins
    said = f"**Daytona 101**, Daytona: Listed for <t:{int(start.timestamp())}:t>; should be on now"
    assert lines(ask(listed, start + timedelta(hours=1)))[1] == said
    flagged = make_season(2025, [], upcoming=2, races={1: {"green_flag": start + timedelta(minutes=20)}})
    assert lines(ask(flagged, start + timedelta(hours=1)))[1].startswith(
        "**Daytona 101**, Daytona: **Under way** since"
    )


def test_a_race_postponed_without_a_date_holds_nothing_up() -> None:
    season = make_season(2025, [], upcoming=2, races={1: {"status": RaceStatus.POSTPONED}})
    said = lines(ask(season, before(season, 2)))
    assert said[1].startswith("Next: **Atlanta 102**")
    assert said[2] == "`\N{NO-BREAK SPACE}1` Daytona · Feb 14 · postponed; new date not known yet"
    last = lines(ask(season, season.races[1].over_at))
    assert last[1] == "**Daytona 101**, Daytona: Postponed; new date not known yet"


def test_a_season_that_is_over_names_its_champion_or_what_is_missing() -> None:
    later = datetime(2025, 12, 1, tzinfo=UTC)
    done = make_season(2025, [["Corey Heim"]], champion="corey-heim")
    assert lines(ask(done, later))[1] == "The season is over; **Corey Heim** is the champion."
    gap = make_season(2025, [["Corey Heim"]], upcoming=2)
    assert lines(ask(gap, later))[1] == "The season is over; results run through race 1 of 3."
    assert accent(ask(gap, later)) == Accent.YELLOW
