"""An export says what it cannot: the race of what was said or written of one that is off the schedule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.db.schedules import ALPHA, BRAVO, DRIVERS, TRACKS


def test_quotes_and_recaps_of_a_dropped_race_are_named(
    store_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    head = {"format": "tailgate/1", "season": 2027, "tracks": TRACKS, "drivers": DRIVERS}
    said = {"words": "Zebra grip", "driver": "Layne Riggs", "season": 2027, "round": 2}
    text = {"season": 2027, "round": 2, "section": "move", "words": "Go.", "author": "A"}
    recap = text | {"edited": "2026-05-01T00:00:00Z"}
    Path("a.json").write_text(json.dumps(head | {"races": [ALPHA, BRAVO], "quotes": [said], "recaps": [recap]}))
    Path("b.json").write_text(json.dumps(head | {"complete": True, "races": [ALPHA]}))
    store = ["--db", str(store_path)]
    for what in ("quotes", "recaps"):
        assert main(["export", what, *store]) == 0
    assert "off the schedule" not in capsys.readouterr().err
    assert main(["import", "a.json", *store]) == 0
    assert main(["import", "b.json", *store]) == 0
    for what, line in (
        ("quotes", "exported without their race, since the race is off the schedule: 1 of the quotes; to keep that"),
        ("recaps", "left out, since the race is off the schedule: 1 of the recaps; to keep that, import"),
    ):
        assert main(["export", what, *store]) == 0
        assert line in capsys.readouterr().err
        assert main(["export", what, "--season", "2027", *store]) == 0
        assert f"left out, since the race is off the schedule: 1 of the {what}" in capsys.readouterr().err
