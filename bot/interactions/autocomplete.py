"""What autocomplete offers for what a fan has typed so far: seasons, drivers and races.

Discord does not enforce a choice, so a command looks up again what comes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.errors import FriendlyError
from bot.finder import race_label, race_value
from bot.finder.reading import Reading
from bot.finder.tokens import without_year
from bot.finder.words import name_words
from bot.interactions.history_asked import offered_tracks
from bot.interactions.turns import give_back
from bot.seasons.as_of import AsOf
from db.models import Race, Season

UserText: TypeAlias = app_commands.Range[str, 1, 100]
"""What a fan types; no name, key or race that is offered is longer."""

LIMIT = 25
"""How many choices Discord shows at most."""
EVERYBODY = 10_000
"""More matches than there are drivers, for where most of them are left out afterward."""


async def _as_of(interaction: discord.Interaction[Any]) -> AsOf:
    as_of: AsOf
    as_of, _ = await interaction.client.router.known_to(interaction.guild_id, interaction.user.id)
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
    """Drivers by name, part of it, nickname or number; the value is a driver's key, with the year and the track typed.

    Where a season is asked for, by what is typed or by the command's other option, only who has an entry in it.
    Nobody for a year alone, nor for the names of two: whoever was offered would not be who was meant.
    """
    return await _drivers(interaction, current)


async def entered_choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """As ``driver_choices``, of the current season alone, for a command that answers for no other."""
    return await _drivers(interaction, current, only_current=True)


async def _drivers(
    interaction: discord.Interaction[Any], current: str, *, only_current: bool = False
) -> list[app_commands.Choice[str]]:
    as_of = await _as_of(interaction)
    if not as_of.seasons:
        return []
    reading = as_of.read(current, None, "driver")
    known = reading.year if reading.year in as_of.years and not only_current else None
    season = as_of.season() if only_current else as_of.season(known) if known else _season(as_of, interaction)
    given = only_current or known is not None or getattr(interaction.namespace, "season", None) is not None
    words = without_year(current, as_of.this_year) if reading.year is not None else current
    if (reading.year is not None and not words) or _names_two(reading, words):
        give_back()
        return []
    if reading.track is not None and reading.drivers:
        # Beside a name a track narrows down what is told of the driver, not which drivers there are.
        words = " ".join(driver.name for driver in reading.drivers[:1])
    matches = as_of.finder.drivers(words, season, LIMIT if not given else EVERYBODY)
    first = [match for match in matches if match.driver in reading.drivers]
    ordered = dict.fromkeys([*first, *matches])
    offered = [match for match in ordered if match.in_season or not given][:LIMIT]
    give_back()
    beside = [str(known)] if known else []
    beside += [reading.track.short] if reading.track is not None and reading.drivers and not only_current else []
    choices = [(" · ".join([m.label, *beside]), " ".join([m.driver.key, *beside])) for m in offered]
    return [app_commands.Choice(name=name[:100], value=value) for name, value in choices if len(value) <= 100]


def _names_two(reading: Reading, text: str) -> bool:
    """Whether a text names more than one driver, and is not one's name as far as it was typed ("Brandon Jo")."""
    typed = [word for word in name_words(text) if not word.isdecimal()]
    if len(reading.drivers) + len(reading.several) < 2:
        return False
    named = [*reading.drivers, *(driver for several in reading.several for driver in several.drivers)]
    names = [name_words(driver.name) for driver in named]
    return not any(all(any(part.startswith(word) for part in name) for word in typed) for name in names)


async def race_choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """Races with results by round, name or track, in any season, newest first; the value is the year and the round."""
    return await _races(interaction, current, run=True)


async def schedule_choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """As ``race_choices``, with the races to come."""
    return await _races(interaction, current, run=False)


async def races_among(
    interaction: discord.Interaction[Any], current: str, held: Sequence[Race]
) -> list[app_commands.Choice[str]]:
    """Those of some races that fit what is typed, newest first where nothing is; the value is the year and the round.

    Args:
        interaction: the one that asks.
        current: as typed so far.
        held: the races, the last one last.
    """
    as_of, among = await _as_of(interaction), {(race.season, race.round): race for race in reversed(held)}
    offered = among
    if current.strip() and among:
        years = dict.fromkeys(year for year, _ in among)
        read = [*as_of.read(current, None, "race").races]
        read += [each for y in years for each in as_of.finder.races(current, as_of.season(y), as_of.now, run=True)]
        offered = {key: race for race in read if (key := (race.season, race.round)) in among}
    give_back()
    return [app_commands.Choice(name=race_label(race), value=race_value(race)) for race in [*offered.values()][:LIMIT]]


async def _races(interaction: discord.Interaction[Any], current: str, *, run: bool) -> list[app_commands.Choice[str]]:
    as_of = await _as_of(interaction)
    if not as_of.seasons:
        return []
    season = _season(as_of, interaction)
    chosen = season.year if getattr(interaction.namespace, "season", None) is not None else None
    reading = as_of.read(current, chosen, "race")
    read = reading.races if current.strip() else ()
    races = [race for race in read if not run or as_of.has_results(race)]
    races += as_of.finder.races(current, season, as_of.now, limit=LIMIT, run=run)
    offered = {(race.season, race.round): race for race in races}
    give_back()
    beside = reading.drivers[:1] if read else ()
    name, key = "".join(f"{each.name} · " for each in beside), "".join(f" {each.key}" for each in beside)
    choices = [(f"{name}{race_label(race)}"[:100], f"{race_value(race)}{key}") for race in [*offered.values()][:LIMIT]]
    return [app_commands.Choice(name=shown, value=value) for shown, value in choices if len(value) <= 100]


async def track_choices(interaction: discord.Interaction[Any], current: str) -> list[app_commands.Choice[str]]:
    """Tracks by a name of theirs, city or state, the one raced at last first; the value is a track's key."""
    as_of = await _as_of(interaction)
    offered = offered_tracks(as_of, current)[:LIMIT]
    give_back()
    return [app_commands.Choice(name=track.name[:100], value=track.key) for track in offered if len(track.key) <= 100]
