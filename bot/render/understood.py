"""What an answer says of the text that was typed: what it was taken for, what was not understood, who else."""

from __future__ import annotations

from collections.abc import Sequence

from discord import ui

from bot.championship.computed_season import DriverRace
from bot.finder.labels import race_title
from bot.render.formatting import count, day, escape, joined, ordinal
from db.models import Driver, Race, Season

ROOM = 4000
"""Characters that Discord allows in all texts of a message."""
MOST_SAID = 4
"""Words that were not understood, or drivers, that are named at most."""
MOST_RACES = 6
"""Races at a track that are named at most."""


def with_lines(view: ui.LayoutView, lines: Sequence[str], *, at_the_end: bool = False) -> ui.LayoutView:
    """The message with these lines under its answer, or under its small print; one without room is left out."""
    texts = [item for item in view.walk_children() if isinstance(item, ui.TextDisplay)]
    room = ROOM - sum(len(text.content) for text in texts)
    for line in filter(None, lines):
        if texts and len(line) < room:
            texts[-1 if at_the_end else 0].content += f"\n{line}"
            room -= len(line) + 1
    return view


def not_understood(taken: str, words: Sequence[str]) -> str:
    """``I took that as the 2024 XPEL 225 (COTA); “xyz” I did not understand.``; nothing where all was understood.

    Args:
        taken: what the rest was taken for, escaped.
        words: as typed.
    """
    said = [f"“{shown}”" for word in words[:MOST_SAID] if (shown := escape(word, 24))]
    return f"-# I took that as {taken}; {joined(said)} I did not understand." if said else ""


def one_of_two(taken: str, track: str) -> str:
    """``You named Pocono as well; one race is shown at a time, here the 2025 eero 250 (Richmond).``."""
    return f"-# You named {escape(track)} as well; one race is shown at a time, here {taken}."


def not_run_there(taken: str, track: str, year: int) -> str:
    """``North Wilkesboro has no race in 2020; this is the 2020 North Carolina 200 (Charlotte).``."""
    return f"-# {escape(track)} has no race in {year}; this is {taken}."


def namesakes(others: Sequence[str]) -> str:
    """``Taylor Gray goes by that name, too.``; nothing where nobody else does."""
    if not others:
        return ""
    shown, more = others[:MOST_SAID], len(others) - MOST_SAID
    names = joined([*map(escape, shown), *([f"{more} more"] if more > 0 else [])])
    return f"-# {names} {'go' if len(others) > 1 else 'goes'} by that name, too."


def other_year(taken: int, chosen: int | None) -> str:
    """That the year in a text goes before the season that was chosen beside it."""
    return f"-# You typed {taken} and chose {chosen}; this is {taken}." if chosen not in {None, taken} else ""


def other_season(asked: int | None, shown: int, *absent: Driver) -> str:
    """That another season is shown than was asked for, in which these drivers have no entry; else nothing."""
    if asked in {None, shown} or not absent:
        return ""
    have = "has" if len(absent) == 1 else "have"
    names = joined(escape(driver.name) for driver in absent)
    return f"-# {names} {have} no entry in {asked}, as far as Tailgate knows; this is {shown}."


def race_taken(race: Race) -> str:
    """``the 2023 Weather Guard Truck Race on Dirt (Bristol Dirt)``, escaped."""
    return f"the {race.season} {escape(race_title(race))}"


def place_of(race: Race, season: Season) -> str:
    """``**UNOH 250 (Bristol)** is race 20 of 25, Sep 11``."""
    return f"**{escape(race_title(race))}** is race {race.round} of {len(season.races)}, {day(race.date)}."


def finish_of(season: Season, race: Race, driver: Driver) -> str:
    """How a driver finished a race that was run: ``Corey Heim finished 3rd from 5th, led 12 laps``."""
    rows = season.results.get(race.round, ())
    name = f"**{escape(driver.name)}**"
    if not rows:
        return ""
    row = next((each for each in rows if each.driver == driver.key), None)
    if row is None:
        return f"{name} was not in this race."
    start = f" from {ordinal(row.start)}" if row.start is not None else ""
    led = f", led {count(row.led, 'lap')}" if row.led else ""
    return f"{name} was disqualified." if row.disqualified else f"{name} finished {ordinal(row.finish)}{start}{led}."


def races_at(name: str, driver: Driver, races: Sequence[DriverRace]) -> str:
    """How a driver finished at a track, newest first: ``**At Bristol** 2nd (Sep 11, 2025), 1st (Apr 11, 2025)``.

    Args:
        name: the track's.
        driver: the driver.
        races: theirs there, newest first.
    """
    if not races:
        return f"{escape(driver.name)} has no start at {escape(name)} in the seasons on record."
    said = [
        f"{'disqualified' if each.result.disqualified else ordinal(each.result.finish)} "
        f"({day(each.race.date)}, {each.race.season})"
        for each in races[:MOST_RACES]
    ]
    more = f" and {count(len(races) - MOST_RACES, 'more race')}" if len(races) > MOST_RACES else ""
    return f"**At {escape(name)}** {', '.join(said)}{more}"
