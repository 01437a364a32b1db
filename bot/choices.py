"""What autocomplete offers: seasons held, drivers and races, by whatever a fan has typed so far.

Discord does not enforce a choice, so a command looks up again what comes back.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.almanac import Almanac
from bot.errors import FriendlyError
from bot.finder import race_label, race_value
from db.nouns import Season

Typed: TypeAlias = app_commands.Range[str, 1, 100]
"""Words of a fan's; no name is longer, and no key or race that is offered."""

LIMIT = 25
"""Choices that Discord shows at most."""


async def _almanac(interaction: discord.Interaction[Any]) -> Almanac:
    almanac: Almanac = await interaction.client.answers.almanac()
    return almanac


def _season(almanac: Almanac, interaction: discord.Interaction[Any]) -> Season:
    """The season already typed into the command, or else the season of the day."""
    typed = str(getattr(interaction.namespace, "season", None) or "")
    try:
        return almanac.season(int(typed) if typed.isdecimal() else None)
    except FriendlyError:
        return almanac.season()


async def season_choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[int]]:
    """The seasons held, newest first."""
    almanac = await _almanac(interaction)
    years = [year for year in reversed(almanac.years) if str(current or "").strip() in str(year)]
    return [app_commands.Choice(name=str(year), value=year) for year in years[:LIMIT]]


async def driver_choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """Drivers by name, part of it, nickname or number; the value is a driver's key."""
    almanac = await _almanac(interaction)
    if not almanac.seasons:
        return []
    matches = almanac.finder.drivers(current, _season(almanac, interaction), LIMIT)
    return [app_commands.Choice(name=m.label, value=m.driver.key) for m in matches if len(m.driver.key) <= 100]


async def race_choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """Races with results by round, name or track, newest first; the value is the year and the round."""
    almanac = await _almanac(interaction)
    if not almanac.seasons:
        return []
    races = almanac.finder.races(current, _season(almanac, interaction), almanac.now, limit=LIMIT, run=True)
    return [app_commands.Choice(name=race_label(race), value=race_value(race)) for race in races]
