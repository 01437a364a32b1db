"""How dates, times, names, counts and networks are written, the same in every answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

import discord

from bot.render.tables import fit, plain
from db.models import EASTERN, Broadcast, Driver, Race, Result, Season

NETWORKS = {
    "fs1": "FOX Sports 1 (FS1)",
    "fox sports 1": "FOX Sports 1 (FS1)",
    "fs2": "FOX Sports 2 (FS2)",
    "fox sports 2": "FOX Sports 2 (FS2)",
    "nrn": "NASCAR Racing Network",
    "mrn": "Motor Racing Network (MRN)",
    "prn": "Performance Racing Network (PRN)",
}
"""Names of networks that fans look for in a program guide; any other is shown as it is stored."""

_TAIL = re.compile(r"\s+(?:presented|powered|fueled)\s+by\s.*$", re.IGNORECASE)


def escape(text: str, room: int = 80) -> str:
    """Text from people, made harmless: no markdown, no mention, one line, at most ``room`` columns before escaping."""
    short = fit(plain(text), room)
    return discord.utils.escape_mentions(discord.utils.escape_markdown(short)).replace("<", "\\<")


def stamp(moment: datetime, style: str) -> str:
    """A Discord timestamp, shown in the reader's own time zone. ``style``: t time, d date, f both, F with weekday."""
    return f"<t:{int(moment.timestamp())}:{style}>"


def day(value: date) -> str:
    """``Oct 3``."""
    return f"{value:%b} {value.day}"


def weekday(value: date) -> str:
    """``Friday, Oct 17``."""
    return f"{value:%A}, {day(value)}"


def eastern(moment: datetime) -> str:
    """``4 p.m.`` or ``7:30 p.m.``, Eastern."""
    local = moment.astimezone(EASTERN)
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes} {'a.m.' if local.hour < 12 else 'p.m.'}"


def ordinal(number: int) -> str:
    """``1st``, ``22nd``, ``13th``."""
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in {11, 12, 13} else endings.get(number % 10, 'th')}"


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 win``, ``1,424 laps``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def spelled(number: int) -> str:
    """``seven``; figures above ten."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[number] if 0 <= number < len(words) else f"{number:,}"


def joined(names: Iterable[str]) -> str:
    """``A, B and C``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def listed(parts: Iterable[str]) -> str:
    """Known parts in one line, those that are empty left out."""
    return " · ".join(part for part in parts if part)


def average(value: float | None) -> str:
    """``4.3``; a dash where there is none."""
    return "–" if value is None else f"{value:.1f}"


def race_name(race: Race) -> str:
    """The race's name without its presenting sponsor, not yet escaped."""
    return _TAIL.sub("", plain(race.name)) or plain(race.name)


def status(result: Result) -> str:
    """Why a truck was out, not yet escaped: ``crash``, ``engine``, ``DVP`` (the damaged vehicle policy)."""
    return result.status.upper() if result.status.casefold() == "dvp" else result.status


def network(broadcast: Broadcast) -> str:
    """The network by the name a fan looks for, escaped."""
    return escape(NETWORKS.get(broadcast.network.casefold(), broadcast.network))


def name_of(season: Season, key: str) -> str:
    """A driver's name, told apart from others of that name, not yet escaped; the key where the driver is unknown."""
    return season.name_of(key)


def surnames(a: Driver, b: Driver) -> tuple[str, str]:
    """The names of two drivers beside each other: surnames, or whole names where the surnames are the same."""
    first, second = (d.name.partition(" ")[2] or d.name for d in (a, b))
    return (first, second) if first.casefold() != second.casefold() else (a.name, b.name)
