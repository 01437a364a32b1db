"""Recaps for tests: every race of the bundled seasons, small ones made up, and how their text is read back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import db
from bot.recaps import Facts, LastTime, Recap, Section, facts_of, race_after, recap
from db.bundled import FIRST_SEASON_AT_ONCE
from db.models import Race, Season
from db.quotes.models import Quote
from db.recaps.models import SectionKind
from tests.rows import each_row
from tests.seasons import bundled_seasons

SEASONS = Path(db.__file__).with_name("seasons")
SAID_AT = datetime(2025, 10, 17, 23, tzinfo=UTC)
SMALL = {
    word: number
    for number, word in enumerate(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), 1)
}
ORDINALS = {
    word: number
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"), 1
    )
}
COUNT = r"(?:\b(?:no|No|" + "|".join((*SMALL, *(word.capitalize() for word in SMALL))) + r")\b|\d[\d,]*)"
NTH = r"(?:\b(?:" + "|".join(ORDINALS) + r")\b|\d[\d,]*(?:st|nd|rd|th)\b)"


UNCLEAN = re.compile(
    r"[{}\x00-\x09\x0b-\x1f]|None|  | [,.;:]|[,;]{2}|\.\.|\( | \)|s's"
    r"|\b(\w+)[^\S\n]+\1\b"
    r"|\b(?:one|1) \w*(?:points|laps|races|wins|drivers|starts|weeks|times|places|cautions|changes)\b"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|(?!1\b)\d+) (?:point|lap|race(?! winner)|win|driver|start|week)\b",
    re.IGNORECASE,
)
"""What no text may hold: unfilled braces, doubled words or spaces, a number that does not fit its noun."""


def number(said: str) -> int:
    """``seven``, ``1,424``, ``22nd`` and ``third`` as numbers."""
    word = said.lower()
    if word == "no":
        return 0
    return SMALL.get(word) or ORDINALS.get(word) or int(re.sub(r"\D", "", word))


def last_time(seasons: Sequence[Season], race: Race) -> LastTime | None:
    """The race that stands before it in the list of all that its track had, one after the other as they were run.

    Its winner defends where it was of the year before, and none of that year, nor of this, was nearer in the calendar.
    """
    won = {
        (season.year, each.round): row.driver
        for season in seasons
        for each in season.run
        for row in season.results[each.round]
        if row.finish == 1
    }
    listed = [each for season in seasons for each in season.races if each.track.name == race.track.name]
    before = sorted((each.date, each.season, each.round) for each in listed if each.date < race.date)
    if not before:
        return None
    day, year, number = before[-1]
    if (year, number) not in won:
        return None
    a_year_ago = race.date.replace(year=race.date.year - 1)
    off = [abs((then - a_year_ago).days) for then, season, _ in before if season == race.season - 1]
    held = next(each for each in listed if (each.season, each.round) == (year, number))
    then = day.replace(year=day.year + 1)
    nearest = min(abs((each.date - then).days) for each in listed if each.season == race.season)
    same = (
        year == race.season - 1 and abs((day - a_year_ago).days) == min(off) and abs((race.date - then).days) == nearest
    )
    return LastTime(held, won[year, number], same)


def facts_in(seasons: Sequence[Season], year: int, round_number: int, *quotes: Quote) -> Facts:
    race = next(season for season in seasons if season.year == year).race(round_number)
    assert race is not None
    ahead = race_after(seasons, race)
    return facts_of(
        seasons, race, ahead=ahead, ahead_last=last_time(seasons, ahead[1]) if ahead else None, quotes=quotes
    )


def finished(season: Season, round_number: int | None = None, *earlier: Season) -> Recap:
    """The recap of a small season's race, of its last one if none is named."""
    latest = season.latest
    assert latest is not None or round_number is not None
    return recap(facts_in((*earlier, season), season.year, round_number or (latest.round if latest else 0)))


def _races_with_results() -> Iterator[tuple[int, int]]:
    for path in sorted(SEASONS.glob("20*.json")):
        document = json.loads(path.read_text("utf-8"))
        if document["season"] < FIRST_SEASON_AT_ONCE:
            continue
        for number in sorted({row["round"] for row in document["results"]}):
            yield document["season"], number


RACES = tuple(_races_with_results())
"""Year and round of every race of the bundled seasons with results. They are read from the files: recaps take long."""


@cache
def bundled_facts(year: int, round_number: int) -> Facts:
    return facts_in(bundled_seasons(), year, round_number)


@cache
def bundled_recap(year: int, round_number: int) -> Recap:
    return recap(bundled_facts(year, round_number))


EACH = each_row(RACES, lambda race: {"facts": bundled_facts(*race), "made": bundled_recap(*race)})
"""For a test of what is known of each race and of the recap that is made of it."""


@cache
def bundled() -> tuple[tuple[Facts, Recap], ...]:
    """Every race of the bundled seasons that has results, in order, with its recap."""
    run = [(season.year, race.round) for season in bundled_seasons() for race in season.run]
    return tuple((bundled_facts(*race), bundled_recap(*race)) for race in run)


def name_of_race(facts: Facts) -> str:
    return f"{facts.race.season}-{facts.race.round:02}"


def prose(section: Section | None) -> str:
    return " ".join(section.paragraphs) if section else ""


def text(section: Section | None) -> str:
    """Everything of a section in one string."""
    if section is None:
        return ""
    return "\n".join([*section.paragraphs, *(f"{line.label}: {line.text}" for line in section.lines)])


def said(made: Recap, kind: SectionKind) -> str:
    return prose(made.section(kind))


def line(made: Recap, kind: SectionKind, label: str) -> str:
    """The text of the line with that label, "" where there is none."""
    section = made.section(kind)
    return next((each.text for each in section.lines if each.label == label), "") if section else ""


def keyed(words: str, facts: Facts, *, surnames: bool = False) -> str:
    """The words with everything that is named put into brackets: drivers by key, races, tracks, rounds, networks.

    What is left of numbers in it are figures that the text tells. With ``surnames`` those count who are named by
    their surnames alone, as in lines.
    """
    races = [facts.race, *([facts.ahead[1]] if facts.ahead else [])]
    for race in races:
        name = re.sub(r"\s+(?:presented|powered|at|on) .*$", "", race.name, flags=re.IGNORECASE)
        words = words.replace(name, "<race>").replace(race.track.name, "<track>")
        words = words.replace(race.track.short, "<track>")
    words = re.sub(r"Round of (?:10|8)\b|Championship 4\b", "<round>", words)
    words = re.sub(r"FOX Sports \d|1-2-3", "<name>", words)
    raced = {row.driver for rows in facts.season.results.values() for row in rows} if surnames else set()
    drivers = facts.season.drivers
    named = {key: driver.name for key, driver in drivers.items() if driver.name in words or key in raced}
    for key, name in sorted(named.items(), key=lambda each: -len(each[1])):
        words = words.replace(name, f"<{key}>")
    for key, name in named.items():
        for last in (name.partition(" ")[2], name.split()[-1], " ".join(name.split()[-2:]).removesuffix(" Jr.")):
            if last != name:
                words = re.sub(rf"(?<![\w<-]){re.escape(last)}(?![\w>-])", f"<{key}>", words)
    return words
