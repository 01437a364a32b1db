"""The reminder as a fan reads it, and the notice that a race was moved, postponed or called off."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from discord import ui

from bot.championship.computed_season import ComputedSeason
from bot.questions.core import NextQuestion, StandingsQuestion
from bot.questions.reminders import RemindMeQuestion
from bot.recaps.facts import LastTime
from bot.render.blocks import Accent
from bot.render.reminders import SERVERS, YOURS, PreviousSchedule, RaceNotice, addressed, change, reminder
from db.models import Broadcast, BroadcastKind, RaceStatus, Season
from db.reminders.models import WeekendSession
from tests.bot.render.reading import accent, body, buttons, lines, small
from tests.checks.limits import check_message
from tests.seasons import bundled_season, make_race, make_season, make_track

START = datetime(2025, 10, 17, 20, tzinfo=UTC)
NOW = START - timedelta(hours=1)
TALLADEGA = make_track("Talladega", length=2.66)
TV = Broadcast(BroadcastKind.TV, "FOX Sports 1", START, approximate=True)
RADIO = Broadcast(BroadcastKind.RADIO, "NASCAR Racing Network")
MARK = "k" * 16


def stamp(moment: datetime, style: str) -> str:
    return f"<t:{int(moment.timestamp())}:{style}>"


def told(*, personal: bool = False, last: LastTime | None = None, **race: Any) -> RaceNotice:
    known = {"name": "Love's RV Stop 225", "start": START, "date": START.date(), "phase": "Round of 8", **race}
    season = make_season(2025, [["Corey Heim"]], tracks=["Daytona", TALLADEGA], upcoming=1, races={2: known})
    return RaceNotice(ComputedSeason(season), season.races[1], MARK, last, personal)


def said(view: ui.LayoutView) -> list[str]:
    assert not check_message(body(view))
    return lines(view)


def test_coverage_is_about_to_start() -> None:
    last = LastTime(make_race(2024, 19, "Talladega"), "Grant Enfinger", defending=True)
    view = reminder(told(last=last, broadcasts=(TV, RADIO)), WeekendSession.COVERAGE, START, NOW)
    assert said(view)[:4] == [
        "## Love's RV Stop 225 · Talladega",
        f"Coverage starts **{stamp(START, 'R')}**, about {stamp(START, 'F')}",
        "**TV** FOX Sports 1 (FS1), from about 4 p.m. Eastern",
        "**Radio** NASCAR Racing Network",
    ]
    assert "**Defending winner** Grant Enfinger (2024)" in lines(view)
    assert buttons(view)["Remind me too"] == RemindMeQuestion(MARK)
    assert buttons(view)["Standings"] == StandingsQuestion(2025)
    assert accent(view) == Accent.GREEN
    assert small(view)[0] == SERVERS


def test_what_is_at_stake_before_talladega() -> None:
    season: Season = bundled_season(2025).as_of(NOW)
    race = season.race(23)
    assert race is not None
    view = reminder(RaceNotice(ComputedSeason(season), race, MARK), WeekendSession.COVERAGE, START, NOW)
    stake = "**Corey Heim** is locked in; five points separate seven drivers · Round of 8, race 2 of 3 · four advance"
    assert stake in said(view)


def test_a_race_whose_coverage_is_not_known_is_a_race() -> None:
    bare = Broadcast(BroadcastKind.TV, "FOX Sports 1")
    view = reminder(told(broadcasts=(bare,)), WeekendSession.COVERAGE, START, NOW)
    assert lines(view)[1] == f"The race is listed for {stamp(START, 'F')} · **{stamp(START, 'R')}**"
    assert "overage" not in "\n".join(lines(view))


def test_qualifying_is_named_and_no_network_is_promised_for_it() -> None:
    view = reminder(told(broadcasts=(TV, RADIO)), WeekendSession.QUALIFYING, NOW, NOW - timedelta(hours=1))
    assert lines(view)[1] == f"Qualifying starts **{stamp(NOW, 'R')}** · {stamp(NOW, 'F')}"
    assert not any(line.startswith("**TV**") for line in lines(view))


def test_a_green_flag_that_is_known_is_told() -> None:
    flag = START + timedelta(minutes=38)
    view = reminder(told(broadcasts=(TV,), green_flag=flag), WeekendSession.COVERAGE, START, NOW)
    assert f"**Green flag** {stamp(flag, 't')}, 4:38 p.m. Eastern" in said(view)


def test_a_person_is_told_how_to_end_it() -> None:
    view = reminder(told(personal=True), WeekendSession.COVERAGE, START, NOW)
    assert small(view)[0] == YOURS
    assert buttons(view)["My reminders"] == RemindMeQuestion(MARK)


def test_before_the_first_race_nothing_is_at_stake_yet() -> None:
    season = make_season(2026, [], tracks=["Daytona"], upcoming=1)
    view = reminder(RaceNotice(ComputedSeason(season), season.races[0], MARK), WeekendSession.COVERAGE, START, NOW)
    assert set(buttons(view)) == {"Remind me too"}
    assert said(view)


NEW = START + timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "line"),
    [
        (PreviousSchedule(START - timedelta(hours=2)), "The race moved from {old} to **{new}** · {soon}"),
        (PreviousSchedule(on=date(2025, 10, 17)), "The race moved from Friday, Oct 17 to **{new}** · {soon}"),
        (PreviousSchedule(), "The race moved to **{new}** · {soon}"),
        (PreviousSchedule(START, restored=True), "The race is back on: **{new}** · {soon}"),
    ],
)
def test_a_race_that_was_moved(before: PreviousSchedule, line: str) -> None:
    view = change(told(start=NEW, date=NEW.date()), before, NOW)
    old = stamp(START - timedelta(hours=2), "F")
    assert said(view)[1] == line.format(old=old, new=stamp(NEW, "F"), soon=stamp(NEW, "R"))
    assert buttons(view) == {"Remind me too": RemindMeQuestion(MARK), "Next race": NextQuestion()}
    assert accent(view) == Accent.YELLOW


def test_coverage_that_was_moved_is_called_coverage() -> None:
    late = Broadcast(BroadcastKind.TV, "FOX Sports 1", NEW)
    view = change(told(start=NEW, date=NEW.date(), broadcasts=(late,)), PreviousSchedule(START), NOW)
    assert said(view)[1].startswith(f"Coverage moved from {stamp(START, 'F')} to **{stamp(NEW, 'F')}**")


def test_a_race_moved_to_a_day_without_a_time() -> None:
    view = change(told(start=None, date=date(2025, 10, 20)), PreviousSchedule(START), NOW)
    assert said(view)[1] == f"The race moved from {stamp(START, 'F')} to **Monday, Oct 20**, time not known yet"


def test_a_race_postponed_without_a_date() -> None:
    view = change(told(status=RaceStatus.POSTPONED), PreviousSchedule(START), START + timedelta(minutes=20))
    assert said(view)[1] == (f"**Postponed; new date not known yet.** It was scheduled for {stamp(START, 'F')}.")


def test_a_race_postponed_without_a_date_well_before_its_listed_time() -> None:
    view = change(
        told(status=RaceStatus.POSTPONED, broadcasts=(TV,)), PreviousSchedule(START, awaits_new_date=True), NOW
    )
    assert said(view)[1] == f"**Postponed; new date not known yet.** It was scheduled for {stamp(START, 'F')}."
    assert not any(line.startswith("**TV**") for line in lines(view))


def test_a_race_that_is_called_off() -> None:
    view = change(told(status=RaceStatus.CANCELLED), PreviousSchedule(START), NOW)
    assert said(view)[1] == f"**Canceled.** It was scheduled for {stamp(START, 'F')}."
    assert accent(view) == Accent.CHECKERED


def test_a_role_is_mentioned_above_the_card() -> None:
    view = addressed(reminder(told(), WeekendSession.COVERAGE, START, NOW), 77)
    assert said(view)[0] == "<@&77>"
    plain = reminder(told(), WeekendSession.COVERAGE, START, NOW)
    assert addressed(plain, None) is plain
