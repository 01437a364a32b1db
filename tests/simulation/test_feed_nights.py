"""A few dozen weekends of the feeds in every run, and each known way to break the keeper in one that catches it."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.simulation.feeds_night import feed_nights
from tests.simulation.feeds_story import FeedStory, FeedWeather, Publish
from tests.simulation.feeds_weekend import GREEN, LIST, WEEKEND, State, documents, told
from tests.simulation.story import HOUR, Place
from tests.simulation.test_simulation import simulate

NIGHTS = 20


def test_each_change_is_told_once_and_the_store_is_what_nascar_said() -> None:
    lived = simulate("--feeds", "--seeds", str(NIGHTS), "--processes", "1")
    assert lived.returncode == 0, lived.stdout + lived.stderr
    assert f"{NIGHTS} nights" in lived.stdout


def test_weekends_that_went_wrong_once_go_right() -> None:
    lived = simulate("--feeds", "--known")
    assert lived.returncode == 0, lived.stdout + lived.stderr


def test_each_way_to_break_the_keeper_is_caught() -> None:
    lived = simulate("--feeds", "--mutations")
    assert lived.returncode == 0, lived.stdout + lived.stderr


def story(*events: Publish | FeedWeather, begins: float = -2.0) -> FeedStory:
    """Ten hours from two hours before the green flag on, with a server that wants everything; hours from that flag."""
    moved = [type(each)(**{**vars(each), "at": (each.at - begins) * HOUR}) for each in events]
    place = Place(1, leads=(15,), changes=True, results=True, standings=True)
    ordered = tuple(sorted(moved, key=lambda each: each.at))
    return FeedStory(1, GREEN + timedelta(hours=begins), 10 * HOUR, (place,), ordered)


def messages(story: FeedStory) -> list[str]:
    """When something is sent or edited in the one channel."""
    lines: list[str] = []
    with feed_nights() as live:
        verdict = live.live(story, lines.append)
    assert verdict.sound, verdict.wrong
    return [line.split()[1][:5] for line in lines if "channel" in line]


def test_a_weekend_without_trouble_is_told_step_by_step() -> None:
    """The standings as they are; that the start is moved; the reminder; results; their correction."""
    said = messages(
        story(
            Publish(-100.0, "entry list"),
            Publish(-1.5, "later"),
            Publish(3.7, "list over"),
            Publish(3.7, "results"),
            Publish(4.5, "laps led"),
        )
    )
    # In UTC. The list is asked for by the hour until an hour before the race, and every ten minutes from then on.
    standings, moved, reminder, *results = said
    assert (standings, reminder) == ("18:30", "21:30")
    assert "19:02" <= moved <= "20:02"
    assert len(results) == 3
    assert "00:12" <= results[0] <= results[1] <= "00:25"
    assert "01:00" <= results[2] <= "01:11"


def test_results_are_told_once_though_nascar_cannot_be_reached_for_hours() -> None:
    calm = [Publish(-100.0, "entry list"), Publish(2.5, "list over"), Publish(2.5, "results")]
    assert len(messages(story(*calm))) == len(messages(story(*calm, FeedWeather(2.4, 3 * HOUR, "dropped", 1.0))))


def test_a_seed_is_one_story_and_one_verdict() -> None:
    with feed_nights() as live:
        assert FeedStory.from_seed(12) == FeedStory.from_seed(12)
        assert live.live(FeedStory.from_seed(12)) == live.live(FeedStory.from_seed(12))


def test_what_a_store_must_hold_follows_from_what_nascar_says() -> None:
    run = State(entries=1).edited("results").edited("inspection")
    assert [row[2] for row in told(run).weekend[0]][-1] == "Corey Heim"
    served = documents(run)
    weekend = json.loads(served[WEEKEND] or b"")["weekend_race"][0]
    assert [row["disqualified"] for row in weekend["results"]].count(True) == 1
    assert documents(run.edited("later"))[LIST] != served[LIST]
