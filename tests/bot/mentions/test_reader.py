"""What fans ask in their own words, and the question that is read from it; where that is not clear, none is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UnknownSeason
from bot.finder.words import name_words
from bot.mentions.days import days_in
from bot.mentions.reader import GUESSES, Understanding, read
from bot.mentions.topics import _QUESTIONS
from bot.mentions.typos import meant, vocabulary
from bot.mentions.vocabulary import GRAMMAR, PHRASES, PLAIN, SPECIAL, Topic
from bot.seasons.as_of import AsOf, AsOfKeeper
from tests.sharing import BundledSeasons

EVE_OF_TALLADEGA = datetime(2025, 10, 16, 21, tzinfo=UTC)
SATURDAY_AFTER = datetime(2025, 10, 18, 16, tzinfo=UTC)
"""The morning after Talladega."""
LATEST = "2025:22"
"""The last race before Talladega, at Charlotte's ROVAL."""
NOW_IN_OR_OUT = "standings:::playoffs:1"


@pytest.fixture(scope="module")
def as_of(bundled_seasons: BundledSeasons) -> AsOf:
    return AsOfKeeper().at(EVE_OF_TALLADEGA, tuple(bundled_seasons.seasons.values()))


UNDERSTOOD = {
    # Standings and playoffs
    "standings": "standings::::1",
    "standings please": "standings::::1",
    "standngs": "standings::::1",
    "who's leading the points?": "standings::::1",
    "who's leading the race": "live::",
    "2024 standings": "standings:2024:::1",
    "standings after bristol": "standings:2025:20::1",
    "what were the standings after daytona": "standings:2025:1::1",
    "points after the last race": f"standings:{LATEST}::1",
    "who's out if the season ended today?": NOW_IN_OR_OUT,
    "Who is out if the season ended today": NOW_IN_OR_OUT,
    "if the playoffs ended right now whos in": NOW_IN_OR_OUT,
    "yo who's in and who's out rn": NOW_IN_OR_OUT,
    "what's the cut line": NOW_IN_OR_OUT,
    "who's on the bubble": NOW_IN_OR_OUT,
    "plyoff standings": NOW_IN_OR_OUT,
    "who's in the playoffs?": NOW_IN_OR_OUT,
    "who would be eliminated if the playoffs ended now": "playoffs:",
    "playoff bracket": "playoffs:",
    "who has the most wins": "stats:::wins:1",
    "most laps led": "stats:::laps-led:1",
    "most stage wins this year": "stats:2025::stage-wins:1",
    "who has the most top fives": "stats:::top-fives:1",
    "who led the most laps in 2024": "stats:2024::laps-led:1",
    "who led the most laps last race": f"results:{LATEST}:1",
    "who led the most laps at bristol": "results:2025:20:1",
    "most laps led after bristol": "stats:2025:20:laps-led:1",
    "who has the most dnfs": "stats:::dnfs:1",
    "most poles": "stats:::poles:1",
    "most poles in 2024": "stats:2024::poles:1",
    "who has the most starts": "stats:::starts:1",
    "who has the best average finish": "stats:::average-finish:1",
    "best avg start": "stats:::average-start:1",
    "average finish leaders": "stats:::average-finish:1",
    "laps led leaders": "stats:::laps-led:1",
    "who leads in stage wins": "stats:::stage-wins:1",
    "most wins after bristol": "stats:2025:20:wins:1",
    "most top 10s": "stats:::top-tens:1",
    "stats": "stats:::wins:1",
    "stats 2024": "stats:2024::wins:1",
    "wat time dos the race strat tomorow": "next",
    "whos leadin the standngs": "standings::::1",
    "hwo is leading": "standings::::1",
    "nxt race?": "next",
    "when dose it start": "next",
    "waht channel": "next",
    "whos in teh plyoffs": NOW_IN_OR_OUT,
    "rookie of the year standings": "standings:::rookies:1",
    "who leads the owner standings": "standings:::owners:1",
    "which manufacturer is leading": "standings:::manufacturers:1",
    "what if there were no playoffs": "standings:::full-season:1",
    "what if we used the chase format": "standings:::what-if-chase:1",
    "who won the championship last year": "standings:2024:::1",
    "who won the title in 2023": "standings:2023:::1",
    "who's the defending champ": "standings:2024:::1",
    # What it takes
    "clinch scenarios": "clinch:",
    "did anybody clinch": "clinch:",
    "what does honeycutt need to advance": "clinch:kaden-honeycutt",
    "can majeski still make it": "clinch:ty-majeski",
    "what does it take for caruth to get in": "clinch:rajah-caruth",
    "what does riggs need to do to make the championship 4": "clinch:layne-riggs",
    # The next race
    "what channel is the truck race on": "next",
    "whats the chanel": "next",
    "is it on fs1?": "next",
    "when is the next race": "next",
    "when does coverage start": "next",
    "what time does the race start tonight": "next",
    "what time is talladega on friday": "next",
    "where can i watch the race": "next",
    "is there a race this weekend?": "next",
    "do the trucks race this week": "next",
    "what's next": "next",
    "how long until the race": "next",
    "what time is qualifying": "next",
    "who's racing this weekend": "next",
    "how long is the race": "next",
    "when is phoenix": "schedule:2025:2",
    "schedule": "schedule::",
    "scedule for 2024": "schedule:2024:",
    "how many races are left": "schedule::",
    # Races that were run
    "results": f"results:{LATEST}:1",
    "who won": f"results:{LATEST}:1",
    "who won the last race?": f"results:{LATEST}:1",
    "who won bristol": "results:2025:20:1",
    "who won talladega last year": "results:2024:20:1",
    "who won at darlington in 2024": "results:2024:9:1",
    "who finished second at bristol": "results:2025:20:1",
    "top 10 at richmond": "results:2025:18:1",
    "who finished last at daytona": "results:2025:1:3",
    "who finished dead last at bristol": "results:2025:20:3",
    "who got last place at bristol": "results:2025:20:3",
    "who came in last": f"results:{LATEST}:3",
    "who got the pole at bristol": "results:2025:20:1",
    "who won stage 1 at darlington": "results:2025:19:1",
    "who won the bristol dirt race": "results:2023:6:1",
    "who won talladega": "results:2024:20:1",
    "when was the bristol race": "results:2025:20:1",
    "recap": f"recap:{LATEST}::1",
    "recap talladega 2024": "recap:2024:20::1",
    "what did i miss": f"recap:{LATEST}::1",
    "sum up the last race for me": f"recap:{LATEST}::1",
    "how was the bristol race": "recap:2025:20::1",
    # Drivers
    "heim": "driver:corey-heim::season:1",
    "how is corey heim doing this season": "driver:corey-heim:2025:season:1",
    "hows caruth running": "driver:rajah-caruth::season:1",
    "how's corey day doing": "driver:corey-day::season:1",
    "how many wins does heim have": "driver:corey-heim::season:1",
    "how many races did heim win in 2023": "driver:corey-heim:2023:season:1",
    "how many races has heim won": "driver:corey-heim::season:1",
    "whats heims avg finish this year": "driver:corey-heim:2025:season:1",
    "what are layne riggs stats for 2024": "driver:layne-riggs:2024:season:1",
    "is ben rhodes out": "driver:ben-rhodes::season:1",
    "how far is majeski below the cut line": "driver:ty-majeski::season:1",
    "where is ankrum in the standings": "driver:tyler-ankrum::season:1",
    "who drives the 98": "driver:ty-majeski::season:1",
    "the 19 truck": "driver:daniel-hemric::season:1",
    "#11": "driver:corey-heim::season:1",
    "what about corey day": "driver:corey-day::season:1",
    "who is layne riggs": "driver:layne-riggs::season:1",
    "butterbean": "driver:brenden-queen::season:1",
    "clint bowyer": "driver:clint-bowyer::season:1",
    "how did Majeski do at Bristol": "driverat:ty-majeski:2025:20:1",
    "majeski bristol": "driverat:ty-majeski:2025:20:1",
    "heim bristol 2024": "driverat:corey-heim:2024:18:1",
    "did riggs win bristol": "driverat:layne-riggs:2025:20:1",
    "did heim win at phoenix last year": "driverat:corey-heim:2024:23:1",
    "has crafton ever won at daytona": "driverat:matt-crafton:2025:1:1",
    "how has honeycutt done at talladega": "driverat:kaden-honeycutt:2024:20:1",
    "what happened to friesen at michigan": "driverat:stewart-friesen:2025:13:1",
    "how did caruth do last race": f"driverat:rajah-caruth:{LATEST}:1",
    "where did caruth finish": f"driverat:rajah-caruth:{LATEST}:1",
    "heim vs honeycutt": "compare:corey-heim:kaden-honeycutt::season:1",
    "compare corey heim and layne riggs": "compare:corey-heim:layne-riggs::season:1",
    "who's better heim or riggs": "compare:corey-heim:layne-riggs::season:1",
    "heim vs riggs 2024": "compare:corey-heim:layne-riggs:2024:season:1",
    # What was said
    "give me a quote": "quoteany:",
    "quotes about fuel": "quote:fuel::::1",
    "any quotes from majeski": "quote::ty-majeski:::1",
    "what did layne riggs say": "quote::layne-riggs:::1",
    "what did heim say about talladega": "quote:talladega:corey-heim:::1",
    "what did people say about side drafting": "quote:side_drafting::::1",
    # The bot
    "help": "help:",
    "what can you do": "help:",
    "how does this work": "help:",
    "can you help me find who won bristol": "results:2025:20:1",
    "how do i get reminders": "help:reminders",
    "remind me before the race": "help:reminders",
    "who are you": "about",
    "how current is your data": "about",
}
"""What fans type, and the question as a button carries it, on the eve of Talladega 2025."""

IN_DOUBT = {
    # Other races, other things: any word that is not understood may be the one that counts.
    "who won the super bowl": None,
    "who won the daytona 500": "Results: Daytona 2025",
    "who won the cup race": "Results: Charlotte ROVAL 2025",
    "what's the weather at talladega": None,
    "who is the best driver ever": None,
    "why did heim crash": "Corey Heim",
    "who is faster heim or riggs": "Compare Heim and Riggs",
    # Nobody knows what will be, or what is on the track now.
    "who will win friday": None,
    "who is going to win the championship": None,
    "will heim win": "Corey Heim",
    "is heim going to win talladega": "Corey Heim at Talladega 2024",
    "is heim ok": "Corey Heim",
    "where is heim from": "Corey Heim",
    "who's on pole for talladega": "Results: Talladega 2024",
    "who's on the pole": "Results: Charlotte ROVAL 2025",
    "what time did the race end": "Next race",
    "what channel was the race on": "Next race",
    "who's leading at bristol": "Standings after Bristol 2025",
    "points at bristol": "Standings after Bristol 2025",
    "next year's schedule": "Schedule",
    "is the race postponed": None,
    "heim is the goat": "Corey Heim",
    # The stats count a season, where a race or all years are meant, and begin with the best.
    "who has the worst average finish": "Stats: Average finish",
    "most poles all time": "Stats: Poles",
    # Several may be meant.
    "smith": "Chandler Smith",
    "how is smith doing": "Chandler Smith",
    "ankrum vs caruth vs hemric": "Compare Ankrum and Caruth",
    "who won in 2024": "Standings, 2024",
    "bristol": "Results: Bristol 2025",
    "who is the champion": "Standings, 2024",
    # No race was on that day.
    "who won last night": "Results: Charlotte ROVAL 2025",
    "who won yesterday": "Results: Charlotte ROVAL 2025",
    "how did majeski do last friday": "Ty Majeski at Charlotte ROVAL 2025",
    "heim won again": "Corey Heim",
    "when did heim win": "Corey Heim",
    "who finished ahead of heim at bristol": "Corey Heim at Bristol 2025",
    "who won talladega 2025": None,
    "nobody drives the 777": None,
}
"""What is not surely understood, and the first button that is offered, where it is clear which that should be."""


AMONG = {
    "who won last nite and when is the next race": "Next race",
    "who won last night and whats next": "Next race",
    "is it gonna rain at dega": "Next race",
    "what's the weather at talladega": "Next race",
    "who finished last night": "Results: Charlotte ROVAL 2025",
}
"""What is not surely understood, and what has to be among the three buttons."""


def understood(text: str, as_of: AsOf) -> str | None:
    question = read(text, as_of).question
    return question.encode() if question is not None else None


@pytest.mark.parametrize(("text", "question"), UNDERSTOOD.items(), ids=UNDERSTOOD)
def test_a_fans_words_are_the_question_they_mean(text: str, question: str, as_of: AsOf) -> None:
    assert understood(text, as_of) == question


@pytest.mark.parametrize(("text", "first"), IN_DOUBT.items(), ids=IN_DOUBT)
def test_in_doubt_three_are_offered_and_none_is_answered(text: str, first: str | None, as_of: AsOf) -> None:
    found = read(text, as_of)
    assert found.question is None
    assert found.asked
    assert len({link.question for link in found.guesses}) == GUESSES
    assert len({link.text for link in found.guesses}) == GUESSES
    if first is not None:
        assert found.guesses[0].text == first


@pytest.mark.parametrize(("text", "button"), AMONG.items(), ids=AMONG)
def test_in_doubt_everything_that_was_asked_is_among_the_three(text: str, button: str, as_of: AsOf) -> None:
    found = read(text, as_of)
    assert found.question is None
    assert button in [link.text for link in found.guesses]


@pytest.mark.parametrize(
    "text", ["who won last night", "who won last nite", "who won friday", "who won last friday", "who won yesterday"]
)
def test_the_day_after_a_race_it_is_called_by_its_day(text: str, bundled_seasons: BundledSeasons) -> None:
    as_of = AsOfKeeper().at(SATURDAY_AFTER, tuple(bundled_seasons.seasons.values()))
    assert understood(text, as_of) == "results:2025:23:1"
    assert understood(text.replace("who won", "how did heim do"), as_of) == "driverat:corey-heim:2025:23:1"


@pytest.mark.parametrize("text", ["", "hi", "hello there", "thanks!", "good bot", "i love this bot", "how are you"])
def test_a_greeting_asks_nothing_and_is_offered_what_is_asked_most(text: str, as_of: AsOf) -> None:
    found = read(text, as_of)
    assert not found.asked
    assert [link.text for link in found.guesses] == ["Standings", "Next race", "Results: Charlotte ROVAL 2025"]


@pytest.mark.parametrize("text", ["who won bristol in 2019", "heim 2019", "2019 standings"])
def test_a_year_that_is_not_on_record_is_said(text: str, as_of: AsOf) -> None:
    with pytest.raises(UnknownSeason, match="No season 2019 here"):
        read(text, as_of)


def test_no_name_of_the_season_is_taken_for_a_word_of_a_question(as_of: AsOf) -> None:
    season = as_of.season()
    drivers = {row.driver for rows in season.results.values() for row in rows}
    for key in sorted(drivers):
        name = season.drivers[key].name
        assert understood(f"how is {name} doing?", as_of) == f"driver:{key}::season:1", name
        if key != "corey-heim":
            assert understood(f"{name} or corey heim", as_of) == f"compare:{key}:corey-heim::season:1", name


def test_every_track_of_the_season_has_its_results(as_of: AsOf) -> None:
    season = as_of.season()
    for track in {race.track.key: race.track for race in season.run}.values():
        last = max((race for race in season.run if race.track == track), key=lambda race: race.begins)
        assert understood(f"who won {track.short}?", as_of) == f"results:2025:{last.round}:1", track.short


def test_words_that_add_nothing_are_no_names(as_of: AsOf) -> None:
    """A name would never be found if one of these were part of it alone."""
    surnames = {name_words(driver.name)[-1] for season in as_of.seasons for driver in season.drivers.values()}
    assert PLAIN & surnames == set()
    tracks = {word for s in as_of.seasons for race in s.races for word in name_words(race.track.short)}
    assert PLAIN & tracks == set()


def test_every_topic_has_words_and_a_question() -> None:
    assert set(PHRASES) == set(Topic)
    assert set(_QUESTIONS) == {None, *Topic}
    assert all(topic not in general for topic, general in SPECIAL.items())


WORDS = sorted(vocabulary())
RIGHT_WORDS = (
    "weather whether super bowl cup xfinity arca indycar goat ok think rate late bet hat boat soup pasta dog movie "
    "music pizza crew chief engine tire weight paint scheme sponsor ticket hotel parking dinner birthday current "
    "status largest situation selling private tree sorting though very hour own pace correct ties entries session"
)
"""Words that are none of a fan's question and no misspelled ones either."""


def test_the_vocabulary_is_made_of_whole_words() -> None:
    assert {"standings", "playoffs", "eliminated", "eliminations", "advancing", "coverage", "tomorrow"} <= set(WORDS)
    assert {"eliminat", "ies", "ation"} & set(WORDS) == set()


def test_a_right_word_and_a_name_keep_their_meaning(as_of: AsOf) -> None:
    finder = as_of.finder
    right = {*WORDS, *PLAIN, *GRAMMAR, *finder.lexicon.words, *RIGHT_WORDS.split()}
    assert {word: found for word in sorted(right) if (found := meant(word, finder))} == {}


def test_a_name_with_a_typo_is_left_to_the_finder(as_of: AsOf) -> None:
    """No driver's surname and no track becomes a word of a question by two letters that are swapped."""
    season = as_of.season()
    surnames = {name_words(season.drivers[row.driver].name)[-1] for rows in season.results.values() for row in rows}
    tracks = {word for race in season.races for word in name_words(race.track.short)}
    wrong = {}
    for word in sorted(each for each in (surnames | tracks) - vocabulary() if len(each) >= 4):
        for at in range(1, len(word) - 1):
            typed = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            wrong[typed] = meant(typed, as_of.finder) if typed not in vocabulary() else ()
    assert {typed: found for typed, found in wrong.items() if found} == {}


@given(data=st.data())
def test_a_longer_word_with_a_typo_is_that_word(data: st.DataObject, as_of: AsOf) -> None:
    word = data.draw(st.sampled_from([each for each in WORDS if len(each) >= 7]))
    at = data.draw(st.integers(1, len(word) - 2))
    typed = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    found = meant(typed, as_of.finder)
    assert typed in vocabulary() or not found or word in found


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("strat", ("start",)),
        ("dose", ("does",)),
        ("nxt", ("next",)),
        ("hwo", ("how", "who")),
        ("tomorow", ("tomorrow",)),
        ("standngs", ("standings",)),
        ("qualifing", ("qualifying",)),
        ("goat", ()),
        ("hiem", ()),
        ("brsitol", ()),
        ("11", ()),
        ("xx", ()),
    ],
)
def test_a_misspelled_word_may_stand_for_all_that_are_nearest(typed: str, words: tuple[str, ...], as_of: AsOf) -> None:
    assert meant(typed, as_of.finder) == words


def test_days_are_told_by_their_places() -> None:
    (day,) = days_in(["who", "won", "on", "friday", "night", "at", "last"])
    assert (day.places, day.weekday) == (frozenset({2, 3, 4}), 4)
    assert days_in(["who", "won", "the", "fridays", "cup"])[0].weekday == 4
    assert days_in(["who", "won"]) == []


@given(
    text=st.text(max_size=60)
    | st.lists(st.sampled_from([*sorted(PLAIN | GRAMMAR), *WORDS, "heim", "52", "bristol", "2024", "?"])).map(" ".join)
)
def test_whatever_is_typed_gets_a_question_or_three(text: str, as_of: AsOf) -> None:
    try:
        found: Understanding = read(text, as_of)
    except UnknownSeason:
        return
    if found.question is None:
        assert len(found.guesses) == GUESSES
    else:
        assert found.question.encode() is not None
