"""What tests of the command line share."""

from __future__ import annotations

import pytest

from db import bundled


@pytest.fixture
def recent_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program comes with its recent seasons alone: importing every one takes long, and tells no more of these."""
    names = tuple(name for name in bundled._names() if bundled._is_recent(name) or name in bundled.PEOPLE_AND_PLACES)
    monkeypatch.setattr(bundled, "_names", lambda: names)
