"""A few race nights in every run, and each known way to break what tells of a race in one that catches it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from db.live.models import Flag, FlagPeriod, LiveState
from db.reminders.race_day import RaceDay, RacePost
from tests.simulation.events import Event, Kill
from tests.simulation.feeds_story import FeedWeather
from tests.simulation.races_documents import FEED, FLAGS, STAGES
from tests.simulation.races_known import Known
from tests.simulation.races_night import race_nights
from tests.simulation.races_server import Handed
from tests.simulation.races_story import RaceStory, Results
from tests.simulation.races_truth import GREEN, KINDS, Tale, _Race
from tests.simulation.story import HOUR, MINUTE, Place
from tests.simulation.test_simulation import simulate
from tests.simulation.verdict import Verdict

NIGHTS = 12


def test_each_thing_is_told_once_in_order_and_not_before_its_delay() -> None:
    lived = simulate("--races", "--seeds", str(NIGHTS), "--processes", "1")
    assert lived.returncode == 0, lived.stdout + lived.stderr
    assert f"{NIGHTS} nights" in lived.stdout


def test_race_nights_that_went_wrong_once_go_right() -> None:
    lived = simulate("--races", "--known")
    assert lived.returncode == 0, lived.stdout + lived.stderr


def test_each_way_to_break_what_tells_of_a_race_is_caught() -> None:
    lived = simulate("--races", "--mutations")
    assert lived.returncode == 0, lived.stdout + lived.stderr


def tale(kind: str = "cautions", seed: int = 3) -> Tale:
    return _Race(random.Random(seed), kind).tale()


def story(race: Tale, *events: Event, **wants: object) -> RaceStory:
    """From ten minutes before the listed start to an hour after the race, with one server that wants everything."""
    begins = GREEN - timedelta(minutes=10)
    flag = (race.ended - begins).total_seconds()
    place = Place(1, **({"race_day": RaceDay.EVERYTHING} | wants))  # type: ignore[arg-type]
    news = (*events, Results(flag + 5 * MINUTE, 1))
    return RaceStory(1, begins, flag + HOUR, (place,), tuple(sorted(news, key=lambda each: each.at)), tale=race)


def lived(night: RaceStory) -> tuple[Verdict, list[str]]:
    said: list[str] = []
    with race_nights() as live:
        verdict = live.live(night, said.append)
    return verdict, [line for line in said if " reads: " in line]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "recorded"])
def test_a_race_without_trouble_is_told_from_the_green_flag_to_the_result(kind: str) -> None:
    verdict, reads = lived(story(tale(kind)))
    assert verdict.sound, verdict.wrong
    # Green, two stages, checkered, results and recap are the least.
    assert verdict.due >= 6
    assert verdict.due <= len(reads)


def test_who_sees_the_race_later_is_told_the_same_later() -> None:
    race = tale()
    first, second = lived(story(race)), lived(story(race, delay=45))
    assert first[0].sound
    assert second[0].sound

    def words(reads: list[str]) -> list[str]:
        return [line.split(" reads: ")[1] for line in reads]

    assert words(first[1]) == words(second[1])


def test_a_race_is_told_once_though_the_feed_dies_and_the_bot_with_it() -> None:
    race = tale()
    trouble = (FeedWeather(900.0, 120.0, "broken", 1.0), Kill(1100.0, "committed", 3, 20.0))
    verdict, _ = lived(story(race, *trouble))
    assert verdict.sound, verdict.wrong


def test_a_seed_is_one_story_and_one_verdict() -> None:
    with race_nights() as live:
        assert RaceStory.from_seed(12) == RaceStory.from_seed(12)
        assert RaceStory.from_seed(12).race == RaceStory.from_seed(12).race
        assert live.live(RaceStory.from_seed(12)) == live.live(RaceStory.from_seed(12))


def known(race: Tale, *handed: tuple[str, LiveState]) -> list[tuple[RacePost, int, bool]]:
    """What may be told after these documents, and whether it must be."""
    given = [Handed(float(at), 0.0, path, state) for at, (path, state) in enumerate(handed)]
    return [(fact.post, fact.lap, fact.owed) for fact in Known(race, given).facts]


def last_under(race: Tale, flag: Flag) -> LiveState:
    return next(each for each in reversed(race.states) if each.flag is flag)


def test_nothing_is_known_that_was_not_handed_out() -> None:
    race = tale()
    assert known(race) == []
    assert known(race, (STAGES, race.states[0])) == []


def test_the_running_order_tells_the_flag_that_is_shown_and_the_list_all_flags() -> None:
    race = tale()
    yellow = last_under(race, Flag.YELLOW)
    cautions = [each for each in yellow.flags if each.flag is Flag.YELLOW]
    assert [lap for post, lap, _ in known(race, (FEED, yellow)) if post is RacePost.CAUTION] == [cautions[-1].lap]
    told = [lap for post, lap, _ in known(race, (FLAGS, yellow)) if post is RacePost.CAUTION]
    assert told == [each.lap for each in cautions]


def test_a_stage_is_known_once_its_points_are() -> None:
    race = tale()
    end = last_under(race, Flag.CHECKERED)
    assert [lap for post, lap, _ in known(race, (FEED, end)) if post is RacePost.STAGE] == []
    assert [lap for post, lap, _ in known(race, (STAGES, end)) if post is RacePost.STAGE] == [1, 2]


@pytest.mark.parametrize(
    ("kind", "holds"),
    [
        ("rain", lambda race: race.states[-1].lap < race.planned and has(race, Flag.RED)),
        ("overtime", lambda race: race.states[-1].lap > race.planned),
        ("disqualified", lambda race: race.out == race.result[0]),
        ("photo finish", lambda race: racing(race)[-1].flag is Flag.YELLOW),
        ("two days", lambda race: race.ended - race.states[0].at > timedelta(hours=15)),
        ("green flag run", lambda race: sum(each.flag is Flag.YELLOW for each in race.states[-1].flags) == 2),
    ],
)
def test_each_kind_of_race_goes_as_it_is_called(kind: str, holds: Callable[[Tale], bool]) -> None:
    for seed in range(5):
        assert holds(tale(kind, seed)), seed


def has(race: Tale, flag: Flag) -> bool:
    return any(each.flag is flag for each in race.states[-1].flags)


def racing(race: Tale) -> list[FlagPeriod]:
    return [each for each in race.states[-1].flags if each.flag in {Flag.GREEN, Flag.YELLOW, Flag.RED}]
