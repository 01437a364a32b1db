"""What autocomplete offers for what a fan has typed so far: seasons, drivers and races.

Discord does not enforce a choice, so a command looks up again what comes back.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.errors import FriendlyError
from bot.finder import race_label, race_value
from bot.interactions.turns import give_back
from bot.seasons.as_of import AsOf
from db.models import Season

UserText: TypeAlias = app_commands.Range[str, 1, 100]
"""What a fan types; no name, key or race that is offered is longer."""

LIMIT = 25
"""How many choices Discord shows at most."""


async def _as_of(interaction: discord.Interaction[Any]) -> AsOf:
    as_of: AsOf = await interaction.client.router.as_of()
    return as_of


def _season(as_of: AsOf, interaction: discord.Interaction[Any]) -> Season:
    """The season already typed into the command's other option, or else the season of the day."""
    typed = str(getattr(interaction.namespace, "season", None) or "")
    try:
        return as_of.season(int(typed) if typed.isdecimal() else None)
    except FriendlyError:
        return as_of.season()


async def season_choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[int]]:
    """The seasons in the store, newest first."""
    as_of = await _as_of(interaction)
    years = [year for year in reversed(as_of.years) if str(current or "").strip() in str(year)]
    give_back()
    return [app_commands.Choice(name=str(year), value=year) for year in years[:LIMIT]]


async def driver_choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """Drivers by name, part of it, nickname or number; the value is a driver's key."""
    as_of = await _as_of(interaction)
    if not as_of.seasons:
        return []
    matches = as_of.finder.drivers(current, _season(as_of, interaction), LIMIT)
    give_back()
    return [app_commands.Choice(name=m.label, value=m.driver.key) for m in matches if len(m.driver.key) <= 100]


async def race_choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """Races with results by round, name or track, newest first; the value is the year and the round."""
    as_of = await _as_of(interaction)
    if not as_of.seasons:
        return []
    races = as_of.finder.races(current, _season(as_of, interaction), as_of.now, limit=LIMIT, run=True)
    give_back()
    return [app_commands.Choice(name=race_label(race), value=race_value(race)) for race in races]
