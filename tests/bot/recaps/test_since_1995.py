"""Recaps of every season since 1995: every third race of a season, another third each year, and every last race."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.recaps import Recap
from bot.seasons.as_of import AsOf, AsOfKeeper
from db.models import Race, Season
from db.recaps.models import SECTION_LIMIT, SectionKind
from tests.bot.recaps.sample_recaps import UNCLEAN, prose, text
from tests.sharing import BundledSeasons
from tests.stores import AFTER_ALL_RESULTS

SHARE = 3
"""One race in so many: all of them would take the suite ten seconds more."""
RUN = 737
MOVES_SINCE = 2018
"""The first season whose lap leaders are on record."""
NOT_WRITTEN = re.compile(
    r"since \d{4}|on record|\b(?:he|she|his|her|hers|him)\b|\b(?:one|two) times\b|winless in (?:no|one) "
    r"|(?:[3-9]\d|\d{3,}) laps past|â€|\b(\w+ \w+)\b \1\b",
)
"""What no recap of a series whose every race is known says: counts that begin somewhere, pronouns."""


@pytest.fixture(scope="module")
def as_of(every_season: BundledSeasons) -> AsOf:
    seasons = [every_season.seasons[year] for year in sorted(every_season.seasons)]
    return AsOfKeeper().at(AFTER_ALL_RESULTS, seasons)


@pytest.fixture(scope="module")
def made(as_of: AsOf) -> list[tuple[Season, Race, Recap]]:
    return [(season, race, as_of.recap(race, (), {})) for season in as_of.seasons for race in _some(season)]


def _some(season: Season) -> Iterator[Race]:
    for number, race in enumerate(season.run):
        if (number + season.year) % SHARE == 0 or race is season.run[-1]:
            yield race


def test_all_seasons_are_there(as_of: AsOf) -> None:
    assert sum(len(season.run) for season in as_of.seasons if season.year <= 2025) == RUN


def test_they_are_whole_and_clean(made: list[tuple[Season, Race, Recap]]) -> None:
    for _, race, recap in made:
        place = (race.season, race.round)
        kinds = {section.kind for section in recap.sections}
        assert {SectionKind.NUTSHELL, SectionKind.TOP, SectionKind.MOVE, SectionKind.PLAYOFFS} <= kinds, place
        for section in recap.sections:
            assert section.paragraphs or section.lines, place
            assert all(section.paragraphs), place
            assert all(line.text for line in section.lines), place
            said = text(section)
            assert len(said) <= SECTION_LIMIT, place
            assert UNCLEAN.search(said) is None, (place, said)
            for paragraph in section.paragraphs:
                assert re.match(r"[A-Z0-9]|eero", paragraph), (place, paragraph)
                assert paragraph[-1] == ".", (place, paragraph)


def test_nothing_is_said_that_the_whole_history_makes_untrue(made: list[tuple[Season, Race, Recap]]) -> None:
    for _, race, recap in made:
        for section in recap.sections:
            found = NOT_WRITTEN.search(prose(section))
            assert found is None, (race.season, race.round, found, prose(section))


def test_the_last_race_names_the_champion(made: list[tuple[Season, Race, Recap]]) -> None:
    told = 0
    for season, race, recap in made:
        if season.champion is None or race is not season.run[-1]:
            continue
        name = season.name_of(season.champion)
        nutshell, rundown = (prose(recap.section(kind)) for kind in (SectionKind.NUTSHELL, SectionKind.PLAYOFFS))
        assert re.search(rf"{season.year} (?:champion|title)", nutshell), nutshell
        assert name in rundown or name.split()[-1] in rundown, rundown
        told += 1
    assert told == 31


def test_the_winning_move_names_who_was_passed(made: list[tuple[Season, Race, Recap]]) -> None:
    told = 0
    for season, race, recap in made:
        leads = race.outcome.leads if race.outcome else ()
        if race.season < MOVES_SINCE or len(leads) < 2:
            continue
        said = prose(recap.section(SectionKind.MOVE))
        for driver in {leads[-1].driver, leads[-2].driver}:
            assert season.name_of(driver).split()[-1].removesuffix("Jr.") in said, (race.season, race.round, said)
        told += 1
    assert told > 50


def test_a_season_of_before_2018_has_its_pace(made: list[tuple[Season, Race, Recap]]) -> None:
    for _, race, recap in made:
        if race.season < MOVES_SINCE and race.outcome and race.outcome.average_mph:
            assert " mph." in prose(recap.section(SectionKind.MOVE)), (race.season, race.round)


def test_a_bot_set_to_an_earlier_day_tells_the_same(every_season: BundledSeasons, as_of: AsOf) -> None:
    """What a race's recap tells was known when it was over, apart from what comes next."""
    seasons = [every_season.seasons[year] for year in sorted(every_season.seasons)]
    for year in (1998, 2008, 2019):
        race = as_of.season(year).run[-2]
        then = AsOfKeeper().at(race.over_at + timedelta(minutes=1), seasons)
        earlier, now = (each.recap(race, (), {}) for each in (then, as_of))
        for kind in (SectionKind.NUTSHELL, SectionKind.TOP, SectionKind.MOVE, SectionKind.PLAYOFFS):
            assert earlier.section(kind) == now.section(kind)
