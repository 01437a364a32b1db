import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.questions.core import NextQuestion, ScheduleQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent
from bot.render.schedule import STARTS, schedule
from bot.render.tables import width
from db.models import Broadcast, BroadcastKind, RaceStatus, Season
from tests.bot.render.reading import accent, buttons, lines, small
from tests.seasons import bundled_season, full_season, make_season


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
        f"Next: **Las Vegas 103**, Las Vegas, listed start <t:{third}:R>",
        "`\N{NO-BREAK SPACE}1` Daytona · Feb 14 · **Corey Heim**",
        "`\N{NO-BREAK SPACE}2` Atlanta · Feb 21 · **Ty Majeski**",
        f"`\N{NO-BREAK SPACE}3` **Las Vegas** <t:{third}:d> <t:{third}:t>",
        f"`\N{NO-BREAK SPACE}4` Bristol <t:{fourth}:d> <t:{fourth}:t>",
        "-# Times are the listed starts.",
    ]
    assert accent(view) == Accent.GREEN


def with_coverage(season: Season, *rounds: int, earlier: timedelta = timedelta()) -> Season:
    """The season with television for these rounds, which begins at the listed start or earlier than that."""
    races = []
    for race in season.races:
        tv = Broadcast(BroadcastKind.TV, "FOX Sports 1", race.begins - earlier)
        races.append(replace(race, broadcasts=(tv,)) if race.round in rounds else race)
    return replace(season, races=tuple(races))


@pytest.mark.parametrize(
    ("covered", "earlier", "stars", "legend"),
    [
        ((), 0, "", STARTS),
        ((2,), 30, "", STARTS),
        ((1,), 0, "1", "Times are the listed starts; \\* start of coverage, the green flag is later."),
        ((1, 2), 0, "12", "Times: \\* start of coverage, the green flag is later."),
    ],
)
def test_each_time_is_said_to_be_the_listed_start_or_the_start_of_coverage(
    covered: tuple[int, ...], earlier: int, stars: str, legend: str
) -> None:
    season = with_coverage(make_season(2025, [], upcoming=2), *covered, earlier=timedelta(minutes=earlier))
    view = ask(season, before(season, 1))
    marked = [line.partition("` ")[0][-1] for line in lines(view) if line.startswith("`") and line.endswith("\\*")]
    assert "".join(marked) == stars
    assert small(view)[0] == legend
    assert ("coverage <t:" in lines(view)[1]) == ("1" in stars)


def test_no_legend_where_no_time_is_shown() -> None:
    season = make_season(2025, [["Corey Heim"]])
    assert not [line for line in small(ask(season, datetime(2025, 12, 1, tzinfo=UTC))) if "Times" in line]


COLUMNS = 39
"""What a phone shows beside each other in the letters of running text, most of which are narrower than figures."""
LONGEST_TIMES = ("10/17/2025 12:00 PM", "28.10.2025 22:50", "28. 10. 2025. 22:50", "28/10/2025 10:50 a.m.")
"""A date and a time as they look in the readers' own forms."""


def widest(line: str) -> int:
    """The columns of a line in the widest form of its date and time, without formatting."""
    forms = (re.sub(r"<t:\d+:d> <t:\d+:t>", form, line) for form in LONGEST_TIMES)
    return max(width(re.sub(r"\*\*|~~|`|\\\\", "", form)) for form in forms)


@given(year=st.sampled_from([2023, 2024, 2025, 2026]), data=st.data())
def test_no_line_is_wider_than_a_phone(year: int, data: st.DataObject) -> None:
    """At any time of any season, whoever won, wherever it is, with and without coverage."""
    season = bundled_season(year)
    at = data.draw(st.sampled_from(season.races)).begins - timedelta(hours=data.draw(st.integers(-30, 30)))
    season = season.as_of(at)
    status = data.draw(st.sampled_from(RaceStatus))
    season = replace(season, races=tuple(replace(race, status=status) for race in season.races))
    if data.draw(st.booleans()):
        season = replace(season, results={})
    covered = data.draw(st.sets(st.sampled_from([race.round for race in season.races])))
    for page in (1, 2):
        for line in lines(ask(with_coverage(season, *covered), at, page=page)):
            if line.startswith("`"):
                assert widest(line) <= COLUMNS, line


@pytest.mark.parametrize(
    ("short", "aliases", "shown"),
    [
        ("New Hampshire", (), "N. Hampshire"),
        ("St. Petersburg", ("Grand Prix", "St. Pete"), "St. Pete"),
        ("Charlotte ROVAL", ("ROVAL",), "C. ROVAL"),
        ("Watkins Glen", ("The Glen",), "Watkins Glen"),
        ("Llanfairpwllgwyngyll", (), "Llanfairpwl…"),
    ],
)
def test_a_track_beside_a_time_is_shortened_as_fans_would(short: str, aliases: tuple[str, ...], shown: str) -> None:
    season = make_season(2025, [], upcoming=2)
    first, second = season.races
    moved = replace(second, track=replace(second.track, short=short, aliases=aliases))
    line = lines(ask(replace(season, races=(first, moved)), before(season, 1)))[3]
    assert line.startswith(f"`\N{NO-BREAK SPACE}2` {shown} <t:")


def test_a_long_name_of_a_winner_is_cut_rather_than_wrapped() -> None:
    season = make_season(2025, [["Maximilian Featherstonehaugh-Cholmondeley"]], upcoming=1)
    assert widest(lines(ask(season, before(season, 2)))[2]) <= COLUMNS


def test_a_race_without_a_time_has_its_day() -> None:
    season = make_season(2025, [], upcoming=2, races={2: {"start": None}})
    assert lines(ask(season, before(season, 1)))[3].endswith("Atlanta · Friday, Feb 21")


def test_cancelled_postponed_and_missing_are_said() -> None:
    odd = {1: {"status": RaceStatus.CANCELLED}, 3: {"status": RaceStatus.POSTPONED}}
    season = make_season(2025, [], upcoming=3, races=odd)
    first, second, third = lines(ask(season, before(season, 3)))[2:5]
    assert first.endswith("~~Daytona~~ Feb 14 · canceled")
    assert second.endswith("Atlanta · Feb 21 · no result")
    view = ask(make_season(2025, [], upcoming=3, races=odd), before(season, 3))
    assert third.startswith("`\N{NO-BREAK SPACE}3` **Las Vegas** <t:")
    assert "Postponed to the time shown: race 3." in small(view)


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
    assert said[2] == "`\N{NO-BREAK SPACE}1` Daytona · Feb 14 · postponed"
    last = lines(ask(season, season.races[1].over_at))
    assert last[1] == "**Daytona 101**, Daytona: Postponed; new date not known yet"


def test_a_season_that_is_over_names_its_champion_or_what_is_missing() -> None:
    later = datetime(2025, 12, 1, tzinfo=UTC)
    done = make_season(2025, [["Corey Heim"]], champion="corey-heim")
    assert lines(ask(done, later))[1] == "The season is over; **Corey Heim** is the champion."
    gap = make_season(2025, [["Corey Heim"]], upcoming=2)
    assert lines(ask(gap, later))[1] == "The season is over; results run through race 1 of 3."
    assert accent(ask(gap, later)) == Accent.YELLOW
