"""Every race of the bundled seasons: its recap is whole, well-formed, in order, and unlike its neighbours'."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from bot.recaps import TITLES, Facts, Recap, Section, recap
from db.recaps.models import SECTION_LIMIT, SectionKind
from tests.bot.recaps.sample_recaps import COUNT, EACH, NTH, RACES, UNCLEAN, bundled, keyed, name_of_race, prose, text

LINES = 12
PROSE = (SectionKind.NUTSHELL, SectionKind.MOVE, SectionKind.PLAYOFFS, SectionKind.ROOKIES, SectionKind.NEXT)


def test_there_are_as_many_as_races_run() -> None:
    assert len(RACES) == 84
    assert [(facts.race.season, facts.race.round) for facts, _ in bundled()] == list(RACES)


@EACH
def test_the_sections_come_in_order_and_each_once(facts: Facts, made: Recap) -> None:
    kinds = [section.kind for section in made.sections]
    assert kinds == [kind for kind in SectionKind if kind in kinds]
    assert {SectionKind.NUTSHELL, SectionKind.TOP, SectionKind.PLAYOFFS} <= set(kinds)
    assert SectionKind.PAINT not in kinds
    assert SectionKind.QUOTES not in kinds
    assert made.race == facts.race


@EACH
def test_nothing_is_empty_or_long(facts: Facts, made: Recap) -> None:
    del facts
    for section in made.sections:
        assert section.title
        assert section.paragraphs or section.lines
        assert all(section.paragraphs)
        assert all(line.text for line in section.lines)
        assert len(text(section)) <= SECTION_LIMIT
        # A road race may bring in a dozen rookies for once.
        assert len(section.lines) <= (LINES if section.kind is not SectionKind.ROOKIES else 15)
    nutshell = prose(made.section(SectionKind.NUTSHELL))
    assert 2 <= len(re.findall(r"[.](?: |$)", nutshell)) <= 4
    assert len(nutshell) < 500


@EACH
def test_the_words_are_clean(facts: Facts, made: Recap) -> None:
    del facts
    for section in made.sections:
        whole = text(section)
        assert UNCLEAN.search(whole) is None
        assert not re.search(r"\ba (?:8|11|18)\b|\ba eighth|\ban (?:1[0279]|[2-7]|first|second|third)\w*\b", whole)
        for paragraph in section.paragraphs:
            assert paragraph[-1] == "."
            for sentence in re.split(r"(?<=[^.A-Z]{2}\.) (?=[A-Z0-9])", paragraph):
                assert re.match(r"[A-Z0-9]|eero", sentence), sentence


NOT_A_REPORTERS = (
    r"over the seasons",
    r"in the seasons since",
    r"in start No\.",
    r"eligibility permitting|as long as \w* ?(?:stays )?eligible",
    r"hard luck",
    r"on the grid",
    r"in that time",
    r"who started \w+, (?:[\d.]+ seconds? )?ahead of",
    r"after starting \w+, (?:[\d.]+ seconds? )?ahead of",
    r"is certain for|was certain",
    r"moved nobody",
    r"now (?:is|are) .*, below it",
    r"has it by|have it by",
    r"were led by",
    r"laps led, \w+ was in front",
    r"will be out at its end|will not get past it",
    r"the \d{4} one opens",
)
"""What earlier versions wrote and nobody would say."""


@EACH
def test_nothing_is_said_that_no_reporter_would_write(facts: Facts, made: Recap) -> None:
    del facts
    for section in made.sections:
        for words in (*section.paragraphs, *(line.label for line in section.lines)):
            assert [said for said in NOT_A_REPORTERS if re.search(said, words, re.IGNORECASE)] == []


@EACH
def test_points_before_the_race_are_there_for_all_of_a_line_or_for_none(facts: Facts, made: Recap) -> None:
    del facts
    rundown = made.section(SectionKind.PLAYOFFS)
    for line in rundown.lines if rundown else ():
        if line.label.endswith("the line"):
            drivers = line.text.split(", ")
            assert sum("(was " in driver for driver in drivers) in {0, len(drivers)}, line.text
            assert "(was " not in line.brief


@EACH
def test_whole_names_come_first_and_surnames_after(facts: Facts, made: Recap) -> None:
    for section in made.sections:
        names = {driver.name for driver in facts.season.drivers.values()}
        for name in names:
            assert prose(section).count(name) < 2 or any(
                other != name and other in prose(section) and other.split()[-1] == name.split()[-1] for other in names
            )


def skeleton(facts: Facts, section: Section | None) -> list[str]:
    """A section's sentences without anything that changes from race to race by itself: names, numbers, days."""
    words = keyed(prose(section), facts)
    words = re.sub(r"<[^>]*>(?:'s?)?", "X", re.sub(r"(?:(?:\d+:)?\d+ [ap]\.m\.|noon) ET", "HOUR", words))
    words = re.sub(r"\b[A-Z]\w+day, [A-Z]\w+\.? \d+", "DAY", words)
    words = re.sub(NTH, "Nth", words)
    words = re.sub(r"[\d,.:]*\d\w*", "N", words)
    words = re.sub(rf"{COUNT}|\b(?:is|are|was|were)\b", "N", words)
    words = re.sub(r"X(?:(?:, X)* and X)+", "X", words)
    return [re.sub(r"\W+", " ", sentence).casefold().strip() for sentence in re.split(r"\.\s*", words) if sentence]


@pytest.mark.parametrize("kind", PROSE)
def test_neighbours_never_read_alike(kind: SectionKind) -> None:
    for (facts, made), (after, following) in pairwise(bundled()):
        one, other = skeleton(facts, made.section(kind)), skeleton(after, following.section(kind))
        if one and other:
            assert not set(one) & set(other), (name_of_race(facts), name_of_race(after))


def test_the_same_facts_make_the_same_recap() -> None:
    for facts, made in bundled()[::9]:
        assert recap(facts) == made


def test_titles_are_the_sections_own() -> None:
    own = {*TITLES.values(), "Chase rundown", "Points rundown"}
    assert {section.title for _, made in bundled() for section in made.sections} <= own
