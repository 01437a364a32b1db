from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from discord import ui

from bot.questions.core import NextQuestion, ResultsQuestion, ScheduleQuestion, StandingsQuestion
from bot.recaps.facts import LastTime
from bot.render.blocks import Accent
from bot.render.next_race import NextFacts, upcoming
from bot.render.welcome import welcome
from db.models import Broadcast, BroadcastKind, RaceStatus, Season, Session, SessionKind
from tests.bot.render.reading import accent, buttons, lines, small, text
from tests.seasons import make_race, make_season, make_track

START = datetime(2025, 10, 17, 20, tzinfo=UTC)
EVE = START - timedelta(days=1)
TALLADEGA = make_track("Talladega", length=2.66)


def stamp(moment: datetime, style: str) -> str:
    return f"<t:{int(moment.timestamp())}:{style}>"


def tv(coverage: datetime | None = START, *, approximate: bool = True) -> Broadcast:
    return Broadcast(BroadcastKind.TV, "FOX Sports 1", coverage, approximate)


RADIO = Broadcast(BroadcastKind.RADIO, "NASCAR Racing Network")


def season_with(**race: Any) -> Season:
    known = {"name": "Love's RV Stop 225", "start": START, "date": START.date(), "phase": "Round of 8", **race}
    return make_season(2025, [["Corey Heim"]], tracks=["Daytona", TALLADEGA], upcoming=1, races={2: known})


def ask(now: datetime = EVE, last_time: LastTime | None = None, **race: Any) -> ui.LayoutView:
    season = season_with(**race)
    return upcoming(NextFacts(season, season.races[1], last_time), NextQuestion(), now)


def test_the_eve_of_talladega() -> None:
    last_time = LastTime(make_race(2024, 19, "Talladega"), "Grant Enfinger", defending=True)
    view = ask(last_time=last_time, broadcasts=(tv(), RADIO), scheduled_laps=85, stage_laps=(20, 20, 45))
    assert lines(view)[:-1] == [
        "## Love's RV Stop 225 · Talladega",
        f"Coverage starts about **{stamp(START, 'F')}** · {stamp(START, 'R')}",
        "Talladega Speedway · race 2 of 2 · Round of 8",
        "**TV** FOX Sports 1 (FS1), from about 4 p.m. Eastern",
        "**Radio** NASCAR Racing Network",
        "**Distance** 85 laps · 226 miles · stages of 20, 20, 45 laps",
        "**Defending winner** Grant Enfinger (2024)",
    ]
    assert accent(view) == Accent.GREEN
    assert buttons(view) == {
        "Schedule": ScheduleQuestion(2025),
        "2024 results": ResultsQuestion(2024, 19),
        "Standings": StandingsQuestion(2025),
    }


def test_without_a_start_of_coverage_the_race_is_named_and_coverage_never() -> None:
    view = ask(broadcasts=(tv(None), RADIO))
    assert lines(view)[1] == f"Race **{stamp(START, 'F')}** · {stamp(START, 'R')}"
    assert "overage" not in text(view)
    assert "**TV** FOX Sports 1 (FS1)" in lines(view)


def test_exact_coverage_is_not_about() -> None:
    assert lines(ask(broadcasts=(tv(approximate=False),)))[1].startswith("Coverage starts **<t:")


def test_the_green_flag_is_shown_only_where_it_is_known() -> None:
    assert "Green flag" not in text(ask(broadcasts=(tv(),)))
    flag = START + timedelta(minutes=22)
    assert f"**Green flag** {stamp(flag, 't')}, 4:22 p.m. Eastern" in lines(ask(green_flag=flag))


def test_a_start_later_than_coverage_is_told_apart_from_it() -> None:
    early = tv(START - timedelta(minutes=30), approximate=False)
    assert "**Race** listed for 4 p.m. Eastern" in lines(ask(broadcasts=(early,)))
    assert "listed for" not in text(ask(broadcasts=(tv(),)))


FLAG = START + timedelta(minutes=22)
EARLY = START - timedelta(minutes=30)
ON = f"**Coverage started** {stamp(EARLY, 't')} · {stamp(EARLY, 'R')}"


@pytest.mark.parametrize(
    ("minutes", "race", "said"),
    [
        (40, {}, f"Listed for {stamp(START, 't')}; should be on now"),
        (40, {"green_flag": FLAG}, f"**Under way** since {stamp(FLAG, 't')} · {stamp(FLAG, 'R')}"),
        (
            5,
            {"broadcasts": (tv(),)},
            f"**Coverage started** about {stamp(START, 't')} · {stamp(START, 'R')}",
        ),
        (
            5,
            {"green_flag": FLAG, "broadcasts": (tv(EARLY, approximate=False),)},
            f"{ON}; green flag due {stamp(FLAG, 't')} · {stamp(FLAG, 'R')}",
        ),
        (
            -5,
            {"broadcasts": (tv(EARLY, approximate=False),)},
            f"{ON}; race listed for {stamp(START, 't')} · {stamp(START, 'R')}",
        ),
        (5, {"broadcasts": (tv(EARLY, approximate=False),)}, f"{ON}; race was listed for {stamp(START, 't')}"),
        (5, {"green_flag": FLAG}, f"Race **{stamp(FLAG, 'F')}** · {stamp(FLAG, 'R')}"),
        (190, {}, f"Listed for {stamp(START, 't')}; should be over by now, unless it was delayed"),
        (
            190,
            {"green_flag": START},
            f"Green flag was due {stamp(START, 't')}; should be over by now, unless it was delayed",
        ),
        (359, {}, f"Listed for {stamp(START, 't')}; should be over by now, unless it was delayed"),
        (360, {}, "Should be over by now; no result on record"),
    ],
)
def test_under_way_is_a_matter_of_the_green_flag_alone(minutes: int, race: dict[str, Any], said: str) -> None:
    assert lines(ask(START + timedelta(minutes=minutes), **race))[1] == said


def test_a_day_without_a_time_is_said_to_be_one() -> None:
    assert lines(ask(start=None))[1] == "Race **Friday, Oct 17** · time not known yet"
    assert lines(ask(START, start=None))[1] == "Race today, **Friday, Oct 17** · time not known yet"


def test_a_postponed_race_says_so() -> None:
    view = ask(status=RaceStatus.POSTPONED)
    assert lines(view)[1].startswith("Postponed: Race ")
    assert accent(view) == Accent.YELLOW


def test_a_race_postponed_without_a_date_has_no_times() -> None:
    view = ask(START + timedelta(hours=1), status=RaceStatus.POSTPONED, broadcasts=(tv(), RADIO), green_flag=FLAG)
    assert lines(view)[1] == "Postponed; new date not known yet"
    assert lines(view)[3:6] == [
        "**TV** FOX Sports 1 (FS1)",
        "**Radio** NASCAR Racing Network",
        f"**Was listed for** {stamp(START, 'F')}",
    ]


def test_practice_and_qualifying_are_shown_until_they_begin() -> None:
    sessions = tuple(Session(kind, START - timedelta(hours=3)) for kind in (SessionKind.QUALIFYING, SessionKind.RACE))
    assert f"**Qualifying** {stamp(START - timedelta(hours=3), 'f')}" in lines(ask(sessions=sessions))
    assert "Qualifying" not in text(ask(START - timedelta(hours=2), sessions=sessions))


@pytest.mark.parametrize(
    ("year", "said", "button"),
    [
        (2023, "Brett Moffitt (2023)", "2023 results"),
        (2024, "Brett Moffitt (April 2024)", "2024 results"),
        (2025, "Brett Moffitt (April)", "April results"),
    ],
)
def test_a_winner_of_years_ago_or_of_another_race_there_is_not_defending(year: int, said: str, button: str) -> None:
    last_time = LastTime(make_race(year, 9, "Talladega", date=date(year, 4, 20)), "Brett Moffitt", defending=False)
    view = ask(last_time=last_time)
    assert f"**Last winner here** {said}" in lines(view)
    assert buttons(view)[button] == ResultsQuestion(year, 9)


def test_between_seasons_the_old_one_and_its_champion_are_named() -> None:
    old = make_season(2025, [["Corey Heim"]], champion="corey-heim")
    new = make_season(2026, [], upcoming=2)
    view = upcoming(NextFacts(new, new.races[0], ended=old), NextQuestion(), datetime(2025, 12, 10, tzinfo=UTC))
    assert "The 2025 season is over; **Corey Heim** is the champion." in lines(view)
    assert buttons(view)["Standings"] == StandingsQuestion(2025)
    assert small(view)[-1].startswith("Data through race 1 of 1")


@pytest.mark.parametrize(
    ("season", "said"),
    [
        (make_season(2025, [["Corey Heim"]], champion="corey-heim"), "**Corey Heim** is the 2025 champion."),
        (make_season(2025, [["Corey Heim"]]), "The champion is not on record here."),
        (
            make_season(2025, [["Corey Heim"]], upcoming=3),
            "The champion is not known here: results run through race 1.",
        ),
    ],
)
def test_with_nothing_ahead_the_season_is_over(season: Season, said: str) -> None:
    view = upcoming(NextFacts(season, None), NextQuestion(), datetime(2025, 12, 10, tzinfo=UTC))
    assert lines(view)[:3] == ["## The 2025 season is over", said, "No 2026 schedule here yet."]


def test_the_welcome_says_what_day_it_is_and_names_things_to_try() -> None:
    view = welcome(datetime(2025, 10, 16, 21, tzinfo=UTC))
    assert "**Thursday, Oct 16, 2025, 5 p.m. Eastern** here, the eve of Talladega." in lines(view)[1]
    assert sum(line.startswith("`/") for line in lines(view)) == 7
    assert len(buttons(view)) == 5
    assert "eve of" not in text(welcome(datetime(2025, 10, 18, 21, tzinfo=UTC)))


def test_the_welcome_says_through_when_results_reach_where_races_are_missing() -> None:
    season = make_season(2026, [["Corey Heim"]], tracks=["Bristol", "Kansas"], upcoming=1)
    known = welcome(datetime(2026, 2, 16, 21, tzinfo=UTC), season)
    assert "Nothing after that is known yet." in lines(known)[1]
    late = welcome(datetime(2026, 11, 30, 21, tzinfo=UTC), season)
    assert "Results reach through the Bristol 101 (Bristol, Feb 14, 2026); nothing after that" in lines(late)[1]
    assert "Nothing after" not in text(late)
