"""Lap sync: a delay that is set by pressing when a screen shows a lap completed."""

from __future__ import annotations

from discord import ui

from bot.questions.reminders import PERSON, LapSeenQuestion, LapSyncQuestion, RemindersQuestion
from bot.render.blocks import Accent, card
from bot.render.buttons import Link, row
from bot.render.delays import set_to
from bot.render.formatting import count, escape, race_name
from db.live.models import LiveState
from db.models import Race

LAPS_OFFERED = 4
"""How many coming laps are offered: beside them a button for later ones has room in the row."""


def lap_sync(race: Race, state: LiveState, whose: str) -> ui.LayoutView | None:
    """The next laps, each a button to press when the screen shows it completed; None where no lap is left.

    Args:
        race: the race under way.
        state: how it stands as it is told to who asks.
        whose: whose delay is set.
    """
    last = state.laps if state.laps is not None else state.lap + LAPS_OFFERED
    laps = range(state.lap + 1, min(state.lap + LAPS_OFFERED, last) + 1)
    if not laps:
        return None
    presses = [Link(f"Lap {lap} completed", LapSeenQuestion(race.id, lap, whose)) for lap in laps]
    first = laps[0]
    return card(
        f"Lap sync · {escape(race_name(race))}",
        f"Press the moment your screen shows lap {first} completed (lap {first + 1} under way), or a later one.",
        accent=Accent.GREEN,
        small=[
            f"Sets {'your delay' if whose == PERSON else 'the delay of this server'}, measured by NASCAR's live timing."
        ],
        controls=row([*presses, Link("Later laps", LapSyncQuestion(whose))]),
    )


def lap_synced(seconds: int, lap: int, accuracy: int, whose: str) -> ui.LayoutView:
    """What was set, and how sure it is.

    Args:
        seconds: the delay that is set now.
        lap: the lap by which it was measured.
        accuracy: how many seconds earlier the lap may have been completed than it was seen here.
        whose: whose delay it is.
    """
    return card(
        "Delay set",
        f"**{set_to(seconds)}**",
        f"Measured by lap {lap}. NASCAR's timing comes in steps, so your screen may be up to "
        f"{count(accuracy, 'second')} further behind; set a little more if that spoils anything.",
        accent=Accent.GREEN,
        small=["This takes effect at once."],
        controls=row([Link("Settings", RemindersQuestion(whose)), Link("Once more", LapSyncQuestion(whose))]),
    )
