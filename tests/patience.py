"""How long tests wait for what must happen: an end for a test that hangs, and no measure of speed."""

from __future__ import annotations

import pytest
import simcord

PATIENCE = 120.0
"""Seconds after which something counts as missing. A busy machine may stand still for half a minute."""


def wait_patiently(patch: pytest.MonkeyPatch) -> None:
    """Lets simcord wait as long for a bot to come to rest, wherever a test or the page starts one."""
    defaults = simcord.Env.__init__.__kwdefaults__
    assert defaults is not None
    assert "settle_timeout" in defaults
    patch.setitem(defaults, "settle_timeout", PATIENCE)
