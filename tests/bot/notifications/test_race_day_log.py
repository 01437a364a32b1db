"""Which thing is which while the documents of a race are corrected: each is posted once, under a number that stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.notifications.race_day_log import looked_at
from bot.notifications.race_day_news import happenings, in_overtime
from db.live.models import Flag, FlagPeriod, LiveLead, LiveState
from db.live.seen_posts import PostLog, SeenPost, log_of, log_text
from db.reminders.race_day import RacePost
from tests.bot.notifications.races import LAPS, START, at_lap, finished, flag, season, stage, state

SEASON = season()
RACE = SEASON.races[1]


def watched(*states: LiveState, before: PostLog | None = None) -> PostLog:
    log = before or PostLog()
    for each in states:
        log = looked_at(log, happenings(SEASON, RACE, each), each.came, in_overtime(RACE, each))
    return log


def posted(log: PostLog) -> list[tuple[str, int]]:
    return [(each.post.value, each.news.lap) for each in sorted(log.posts, key=lambda p: p.due) if each.posted]


def only(log: PostLog, post: RacePost) -> SeenPost:
    (found,) = (each for each in log.posts if each.post is post)
    return found


WRECK = flag(Flag.YELLOW, 8, reason="#2, 3 incident turn 2", free_pass="3")
SILENT = flag(Flag.YELLOW, 8)
RAIN = flag(Flag.RED, 30, reason="Weather")
DEBRIS = flag(Flag.YELLOW, 57, reason="debris")
LAST = flag(Flag.YELLOW, 62, reason="last lap crash")
PACED = flag(Flag.YELLOW, 0)

RUNS: dict[str, tuple[list[LiveState], list[tuple[str, int]]]] = {
    "a run under green": (
        [
            state(1),
            state(20, stages=(stage(1),)),
            state(40, stages=(stage(1), stage(2))),
            finished(stages=(stage(1), stage(2))),
        ],
        [("green flag", 0), ("stage", 20), ("stage", 40), ("checkered flag", 60)],
    ),
    "a caution with its reason": (
        [state(1), state(8, [START, WRECK])],
        [("green flag", 0), ("caution", 8)],
    ),
    "the caution of a stage is the stage's own": (
        [state(1), state(20, [START, flag(Flag.YELLOW, 20, reason="Stage 1 Conclusion")], stages=(stage(1),))],
        [("green flag", 0), ("stage", 20)],
    ),
    "a wreck at the end of a stage is a caution as well": (
        [
            state(1),
            state(19, [START, flag(Flag.YELLOW, 19, reason="#2 incident / Stage 1 Conclusion")]),
            state(20, [START, flag(Flag.YELLOW, 19, reason="#2 incident / Stage 1 Conclusion")], stages=(stage(1),)),
        ],
        [("green flag", 0), ("caution", 19), ("stage", 20)],
    ),
    "red, yellow and green are one stop": (
        [
            state(1),
            state(30, [START, RAIN]),
            state(30, [START, RAIN, flag(Flag.YELLOW, 30)], came=at_lap(90)),
            state(31, [START, RAIN, flag(Flag.YELLOW, 30), flag(Flag.GREEN, 31)], came=at_lap(31)),
        ],
        [("green flag", 0), ("red flag", 30), ("green flag", 31)],
    ),
    "a lead change of the last laps, and none of earlier ones": (
        [
            state(30, leads=(LiveLead("1", 1, 29), LiveLead("2", 30, 30))),
            state(55, leads=(LiveLead("1", 1, 29), LiveLead("2", 30, 54), LiveLead("1", 55, 55))),
        ],
        [("lead", 55)],
    ),
    "overtime, and its lead changes": (
        [
            state(58, [START, flag(Flag.YELLOW, 57, reason="debris")]),
            state(59, [START, flag(Flag.YELLOW, 57, reason="debris")], laps=63),
            state(
                62,
                [START, flag(Flag.YELLOW, 57, reason="debris"), flag(Flag.GREEN, 61)],
                laps=63,
                leads=(LiveLead("1", 1, 61), LiveLead("2", 62, 62)),
            ),
        ],
        [("caution", 57), ("overtime", 59), ("lead", 62)],
    ),
    "a caution in overtime that ends the race is no overtime again": (
        [
            state(58, [START, DEBRIS]),
            state(59, [START, DEBRIS], laps=63),
            state(62, [START, DEBRIS, flag(Flag.GREEN, 61), LAST], laps=63),
            finished([START, DEBRIS, flag(Flag.GREEN, 61), LAST], lap=63, laps=63),
        ],
        [("caution", 57), ("overtime", 59), ("caution", 62), ("checkered flag", 63)],
    ),
    "overtime that is tried again is told again once the race is longer": (
        [
            state(59, [START, DEBRIS], laps=63),
            state(60, [START, DEBRIS], laps=64),
            state(62, [START, DEBRIS, flag(Flag.GREEN, 61), LAST], laps=64),
            state(63, [START, DEBRIS, flag(Flag.GREEN, 61), LAST], laps=67),
        ],
        [("caution", 57), ("overtime", 59), ("caution", 62), ("overtime", 63)],
    ),
    "a lead that is counted after the checkered flag": (
        [state(59), finished(), finished(leads=(LiveLead("2", 1, 59), LiveLead("1", 60, 60)), came=at_lap(60.1))],
        [("checkered flag", 60)],
    ),
    "a caution of the last lap that is listed after the checkered flag": (
        [state(59), finished(), finished([START, flag(Flag.YELLOW, 59, reason="crash")], came=at_lap(60.1))],
        [("checkered flag", 60)],
    ),
    "a start under yellow that is long": (
        [state(0, [flag(Flag.HOT, 0)]), state(3, [PACED]), state(6, [PACED, flag(Flag.GREEN, 6)])],
        [("green flag", 6)],
    ),
    "a distance that was never the schedule's is no overtime": ([state(2, laps=63)], [("green flag", 0)]),
    "begun in the middle of the race, without its flags": ([state(50, [flag(Flag.GREEN, 50)])], []),
    "pace laps under yellow": (
        [state(0, [flag(Flag.YELLOW, 0)]), state(1, [flag(Flag.YELLOW, 0), START])],
        [("green flag", 0)],
    ),
    "what came while the feed was silent, the latest of it": (
        [
            state(1),
            state(
                20,
                [
                    START,
                    flag(Flag.YELLOW, 12, reason="spin"),
                    flag(Flag.GREEN, 15),
                    flag(Flag.YELLOW, 18, reason="oil"),
                ],
            ),
        ],
        [("green flag", 0), ("caution", 18)],
    ),
    "a lead at the line gives way to the checkered flag": (
        [state(58), finished(leads=(LiveLead("2", 1, 59), LiveLead("1", 60, 60)))],
        [("checkered flag", 60)],
    ),
    "a red flag that ends the race": (
        [
            state(1),
            state(45, [START, flag(Flag.RED, 45, reason="Weather")]),
            finished([START, flag(Flag.RED, 45, reason="Weather")], lap=46),
        ],
        [("green flag", 0), ("red flag", 45), ("checkered flag", 46)],
    ),
}


@pytest.mark.parametrize("name", RUNS)
def test_what_is_posted_of_a_race(name: str) -> None:
    states, expected = RUNS[name]
    assert posted(watched(*states)) == expected


def test_a_flag_that_was_missed_is_put_in_and_moves_no_number() -> None:
    late = flag(Flag.YELLOW, 18, reason="oil")
    first = watched(state(18, [START, late]))
    missed = [START, flag(Flag.YELLOW, 12, reason="spin"), flag(Flag.GREEN, 15), late]
    log = watched(state(19, missed), before=first)
    assert [(each.lap, each.number) for each in log.posts if each.post is RacePost.CAUTION] == [(18, 19), (12, 13)]


@pytest.mark.parametrize("lap", [7, 9, 10])
def test_a_lap_that_is_corrected_is_the_same_caution(lap: int) -> None:
    log = watched(state(8, [START, WRECK]), state(11, [START, replace(WRECK, lap=lap)]))
    found = only(log, RacePost.CAUTION)
    assert (found.number, found.lap, found.news.lap) == (9, lap, lap)


def test_what_is_taken_back_is_not_posted_and_comes_again_as_the_same() -> None:
    seen = watched(state(8, [START, WRECK]))
    back = watched(state(9), before=seen)
    assert ("caution", 8) not in posted(back)
    again = watched(state(10, [START, WRECK]), before=back)
    assert only(again, RacePost.CAUTION) == only(seen, RacePost.CAUTION)


def test_a_caution_waits_for_its_reason_and_no_longer_than_twenty_seconds() -> None:
    silent = watched(state(8, [START, SILENT]))
    assert silent.waits
    assert only(silent, RacePost.CAUTION).due == at_lap(8) + timedelta(seconds=20)
    told = watched(state(8, [START, WRECK], came=at_lap(8) + timedelta(seconds=7)), before=silent)
    assert only(told, RacePost.CAUTION).due == at_lap(8) + timedelta(seconds=7)
    assert only(told, RacePost.CAUTION).news.reason == WRECK.reason
    late = watched(state(9, [START, WRECK]), before=silent)
    assert only(late, RacePost.CAUTION).due == at_lap(8) + timedelta(seconds=20)
    assert not late.waits


def test_what_follows_ends_the_wait() -> None:
    red = flag(Flag.RED, 8, reason="wall")
    log = watched(state(8, [START, SILENT]), state(8, [START, SILENT, red], came=at_lap(8) + timedelta(seconds=5)))
    caution, stop = only(log, RacePost.CAUTION), only(log, RacePost.RED)
    assert (caution.due - at_lap(8), stop.due - at_lap(8)) == (timedelta(seconds=5), timedelta(seconds=6))


def test_the_first_ten_are_those_who_have_finished_and_stay_as_they_were_at_the_flag() -> None:
    running = finished()
    running = replace(running, trucks=tuple(replace(t, laps=LAPS - (t.position > 1)) for t in running.trucks))
    waiting = watched(running)
    assert waiting.waits
    moment = at_lap(LAPS) + timedelta(seconds=8)
    settled = watched(finished(order="132", came=moment), before=waiting)
    found = only(settled, RacePost.CHECKERED)
    assert (found.due, [each.truck.number for each in found.news.places]) == (moment, ["1", "3", "2"])
    later = watched(finished(order="321", came=moment + timedelta(minutes=5)), before=settled)
    assert only(later, RacePost.CHECKERED).news == found.news


def test_who_led_stays_as_it_was_while_the_reason_is_corrected() -> None:
    log = watched(state(8, [START, WRECK]), state(12, [START, replace(WRECK, reason="debris")], order="312"))
    found = only(log, RacePost.CAUTION).news
    assert found.truck is not None
    assert (found.reason, found.truck.number) == ("debris", "1")


def test_what_comes_after_the_checkered_flag_does_not_end_its_wait() -> None:
    running = finished()
    running = replace(running, trucks=tuple(replace(t, laps=LAPS - (t.position > 1)) for t in running.trucks))
    led = (LiveLead("2", 1, 59), LiveLead("1", 60, 60))
    log = watched(running, replace(running, leads=led, came=at_lap(LAPS) + timedelta(seconds=5)))
    assert only(log, RacePost.CHECKERED).due == at_lap(LAPS) + timedelta(seconds=30)


@pytest.mark.parametrize(("last", "under_caution"), [(Flag.YELLOW, True), (Flag.RED, False), (Flag.GREEN, False)])
def test_under_which_flag_a_race_ended(last: Flag, under_caution: bool) -> None:
    log = watched(finished([START, flag(Flag.YELLOW, 40, reason="rain"), flag(last, 45, reason="rain")], lap=46))
    assert only(log, RacePost.CHECKERED).news.under_caution is under_caution


def test_a_clock_that_was_ahead_holds_nothing_up() -> None:
    ahead = state(8, [START, SILENT], came=at_lap(8) + timedelta(hours=5))
    log = watched(ahead, state(9, [START, SILENT]))
    assert all(each.due <= at_lap(9) for each in log.posts)


def test_the_log_comes_back_as_it_was() -> None:
    log = watched(state(8, [START, WRECK]), state(20, [START, WRECK], stages=(stage(1),)), finished([START, WRECK]))
    assert log_of(log_text(log)) == log


@st.composite
def races(draw: st.DrawFn) -> list[LiveState]:
    """States of a race whose flags come, are put in late, are off by a lap, and are taken back."""
    laps = sorted(draw(st.sets(st.integers(1, 9), max_size=4)))
    whole: list[FlagPeriod] = [START]
    for each in laps:
        whole += [flag(Flag.YELLOW, 6 * each, reason="spin"), flag(Flag.GREEN, 6 * each + 3)]
    states = []
    for lap in sorted(draw(st.lists(st.integers(1, LAPS - 1), min_size=1, max_size=12))):
        run = [each for each in whole if each.lap <= lap]
        if draw(st.integers(0, 4)) == 0 and len(run) > 1:
            gone = draw(st.integers(1, len(run) - 1))
            run = [each for place, each in enumerate(run) if place != gone]
        if draw(st.integers(0, 4)) == 0:
            run = [START, *(replace(each, lap=each.lap + draw(st.integers(-1, 1))) for each in run[1:])]
        states.append(state(lap, run))
    return [*states, finished(whole)] if draw(st.booleans()) else states


def identities(posts: Sequence[SeenPost]) -> list[tuple[RacePost, int]]:
    return [(each.post, each.number) for each in posts]


@given(races())
def test_whatever_the_documents_do_a_number_is_one_thing_and_stays(states: list[LiveState]) -> None:
    log, known = PostLog(), list[tuple[RacePost, int]]()
    for each in states:
        log = watched(each, before=log)
        assert identities(log.posts)[: len(known)] == known, "what was numbered keeps its number"
        known = identities(log.posts)
        assert len(known) == len(set(known))
        assert watched(each, before=log) == log, "the same state again changes nothing"
    cautions = [post for post in log.posts if post.post is RacePost.CAUTION and post.stands]
    assert len({post.lap for post in cautions}) == len(cautions), "no caution is two"
    dues = [each.due for each in log.posts if each.posted]
    assert dues == sorted(dues)
