"""The one place that knows simcord: its public API, and the private names that make its page feel like Discord.

The private names are those of simcord 3.2.1, which the extra pins; a test fails when one of them changes.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util

import simcord
import simcord.preview

from bot.preview.simcord_adapter.stage import Page, Stage, on_stage

__all__ = ["SIMCORD_VERSION", "Page", "Stage", "on_stage", "usable"]

SIMCORD_VERSION = "3.2.1"


def usable() -> bool:
    """Whether simcord is installed in the version whose private names are used, with what its page requires."""
    needs: tuple[str, ...] = simcord.preview._PREVIEW_RUNTIME_MODULES  # noqa: SLF001
    return importlib.metadata.version("simcord") == SIMCORD_VERSION and all(map(importlib.util.find_spec, needs))
