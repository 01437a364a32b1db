"""The building blocks of every answer: one card with a title, a body, a row of buttons and the small print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

import discord
from discord import ui

from bot.championship.distance import cut_short
from bot.championship.table import stage_winners
from bot.render.formatting import count, day, escape, listed, race_name, stamp
from bot.render.race_status import awaits_new_date
from db.models import Race, RaceStatus, Result, Season

REGULAR_SEASON = "regular season"
SHORT_FAILURE = timedelta(hours=1)
"""A feed that failed for less than that is no news."""


class Accent(IntEnum):
    """A card's colour; each has a meaning, a make or a flag."""

    CHEVROLET = 0xC9A227
    FORD = 0x1F4FA3
    TOYOTA = 0xEB0A1E
    RAM = 0xA0522D
    GREEN = 0x2E9E4F
    YELLOW = 0xF5C518
    RED = 0xC62828
    CHECKERED = 0x8E949B


def make_accent(make: str | None) -> Accent:
    """The colour of a make; the checkered flag's grey where it is not known."""
    return Accent[make.upper()] if make and make.upper() in {"CHEVROLET", "FORD", "TOYOTA", "RAM"} else Accent.CHECKERED


def card(
    title: str,
    *body: str,
    accent: Accent,
    small: Sequence[str],
    controls: ui.ActionRow[Any] | None = None,
    select: ui.ActionRow[Any] | None = None,
    picture: str | None = None,
) -> ui.LayoutView:
    """A message of one container.

    Args:
        title: the heading, escaped where people wrote it.
        body: texts and tables under it, in order; empty ones are left out. The first holds the answer.
        accent: the colour of the container.
        small: lines of small print; never empty, since every answer says how fresh it is.
        controls: the one row of buttons.
        select: a select, which stands alone in a row above them.
        picture: an https address of a picture, shown under the body; nothing here ever fetches it.
    """
    first, *rest = [part for part in body if part]
    children: list[ui.Item[Any]] = [ui.TextDisplay(f"## {title}\n{first}"), *(ui.TextDisplay(part) for part in rest)]
    if picture is not None:
        children.append(ui.MediaGallery(discord.MediaGalleryItem(picture)))
    children += [part for part in (select, controls) if part is not None]
    children.append(ui.TextDisplay("\n".join(f"-# {line}" for line in small if line)))
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*children, accent_colour=discord.Colour(int(accent))))
    return view


def missing(season: Season, now: datetime) -> tuple[Race, ...]:
    """Races that should be over at that moment and are without results here, in order.

    Cancelled ones are not among them, nor those postponed to a date that is not known.
    """
    held = {race.round for race in season.run}
    return tuple(
        race
        for race in season.races
        if race.over_at <= now
        and race.round not in held
        and race.status is not RaceStatus.CANCELLED
        and not awaits_new_date(race, now)
    )


def last_held(season: Season, now: datetime) -> Race | None:
    """The race through which the results run, where later ones are over without any; None where nothing is missing."""
    latest = season.latest
    return latest if latest and any(race.day_run > latest.day_run for race in missing(season, now)) else None


def freshness(season: Season, now: datetime, *, brief: bool = False) -> str:
    """How far the season's data runs, what is missing and when it was last refreshed.

    ``brief`` leaves out which race it was, for where the season is named beside it.
    """
    latest, races = season.latest, len(season.races)
    if latest is None:
        through = "no results yet" if brief else f"No results for {season.year} yet"
    elif brief:
        done = len(season.run) == races
        through = f"all {races} races" if done else f"through race {latest.round} of {races} ({day(latest.date)})"
    else:
        where = f"{escape(race_name(latest))} ({day(latest.date)})"
        through = f"Data through race {latest.round} of {races}, {where}"
    refreshed = season.refreshed
    fresh = f"refreshed {stamp(refreshed, 'R')}" if refreshed is not None and refreshed <= now else ""
    return listed([through, _gap(season, now), fresh, _failing(season, now)])


def _failing(season: Season, now: datetime) -> str:
    """Since when NASCAR's feed cannot be got or used, unless that has been so for minutes only."""
    since = season.freshness.failing_since
    if since is None or now < since + SHORT_FAILURE:
        return ""
    return f"NASCAR's feed failing since {stamp(since, 'f')}"


def _gap(season: Season, now: datetime) -> str:
    """What is missing of the races whose time has come, in words."""
    gaps = missing(season, now)
    last = season.latest
    later = [race for race in gaps if last is None or race.day_run > last.day_run]
    between = [str(race.round) for race in gaps if race not in later]
    parts = []
    if between:
        parts.append(f"no results for race{'s' if len(between) > 1 else ''} {', '.join(between)}")
    if later:
        parts.append(f"{count(len(later), 'later race')} should be over, no results yet")
    held = {race.round for race in season.run}
    waiting = [str(race.round) for race in season.races if race.round not in held and awaits_new_date(race, now)]
    if waiting:
        parts.append(f"race{'s' if len(waiting) > 1 else ''} {', '.join(waiting)} postponed, new date not known yet")
    return ", ".join(parts)


def scored_stages(race: Race, rows: Sequence[Result]) -> tuple[str | None, str | None]:
    """Who won stages 1 and 2, as keys, None where that is not on record; the last part of a race is no scored stage."""
    first, second, *_ = (*stage_winners(race, rows), None, None)
    return first, second


def short_distance(race: Race, rows: Sequence[Result]) -> str:
    """``cut short at 124 of 200 laps``; empty for a race of full distance, and where its distance is not known."""
    short = cut_short(race, rows)
    return f"cut short at {short[0]} of {count(short[1], 'lap')}" if short else ""


def phase_of(race: Race) -> str:
    """The round of the playoffs, escaped; nothing in the regular season."""
    return escape(race.phase) if race.phase and race.phase.casefold() != REGULAR_SEASON else ""


def has_playoffs(season: Season) -> bool:
    """Whether any race of the season belongs to the playoffs."""
    return any(phase_of(race) for race in season.races)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is shown; a page out of range is brought back into it. ``number`` counts from 1."""

    number: int
    pages: int
    size: int
    total: int

    @classmethod
    def of(cls, wanted: int, size: int, total: int) -> Page:
        pages = max(1, -(-total // size))
        return cls(min(max(1, wanted), pages), pages, size, total)

    @property
    def part(self) -> slice:
        return slice((self.number - 1) * self.size, self.number * self.size)

    def span(self, number: int) -> str:
        """``16–30``: the lines of a page, counted from 1."""
        first, last = (number - 1) * self.size + 1, min(number * self.size, self.total)
        return f"{first}–{last}" if first != last else str(first)
