"""Small documents for tests: a season of two races with three drivers, as bytes and as parts to vary."""

from __future__ import annotations

import copy
import json
from typing import Any

from db.documents.reader import Document, read_bytes

SMALL: dict[str, Any] = {
    "format": "tailgate/1",
    "season": 2024,
    "source": "a test",
    "retrieved": "2024-12-01T00:00:00Z",
    "tracks": [{"name": "Talladega Superspeedway", "short": "Talladega", "aliases": ["Dega"]}],
    "drivers": [
        {"name": "Gio Ruggiero", "aliases": ["Giovanni Ruggiero"], "nascar_id": 5},
        {"name": "Corey Heim"},
        {"name": "Daniel Suárez"},
    ],
    "races": [
        {
            "round": 1,
            "name": "Love's RV Stop 225",
            "track": "Talladega",
            "date": "2024-10-04",
            "start": "2024-10-04T20:00:00Z",
            "nascar_id": 100,
            "laps": 85,
            "stages": [20, 20, 45],
            "sessions": [{"kind": "race", "start": "2024-10-04T20:00:00Z"}],
            "broadcasts": [
                {"kind": "tv", "network": "FOX Sports 1", "coverage": "2024-10-04T20:00:00Z", "approximate": True}
            ],
            "outcome": {
                "laps": 90,
                "pole": "Gio Ruggiero",
                "stage_winners": ["Corey Heim", None],
                "fastest_lap": {"driver": "Corey Heim", "seconds": 49.783},
                "margin": 0.059,
            },
            "sources": {"margin": "a paper"},
        },
        {"round": 2, "name": "Second", "track": "Dega", "date": "2024-10-11", "nascar_id": 101},
    ],
    "results": [
        {
            "round": 1,
            "finish": 1,
            "start": 1,
            "number": "17",
            "driver": "Gio Ruggiero",
            "team": "TRICON Garage",
            "laps": 90,
            "led": 37,
            "status": "running",
            "points": 52,
            "stage1_finish": 9,
            "stage1_points": 2,
            "stage2_finish": 1,
            "stage2_points": 10,
        },
        {
            "round": 1,
            "finish": 2,
            "number": "11",
            "driver": "Corey Heim",
            "laps": 90,
            "status": "running",
            "points": 35,
        },
        {"round": 1, "number": "02", "driver": "Daniel Suárez", "note": "out with injury"},
    ],
    "adjustments": [
        {"round": 1, "driver": "Corey Heim", "points": -10, "reason": "inspection", "source": "a paper"},
    ],
    "playoff_field": [{"driver": "Corey Heim"}, {"driver": "Gio Ruggiero", "note": "for somebody hurt"}],
}


def small(**changes: Any) -> dict[str, Any]:
    """The small season with sections or header fields replaced; None leaves one out."""
    document = copy.deepcopy(SMALL) | changes
    return {name: value for name, value in document.items() if value is not None}


def text_of(document: dict[str, Any]) -> str:
    """One row a line, as documents are."""
    parts = []
    for name, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n".join(json.dumps(row) for row in value)
            parts.append(f"{json.dumps(name)}: [\n{rows}\n]")
        else:
            parts.append(f"{json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def read(document: dict[str, Any], name: str = "small.json") -> Document:
    return read_bytes(text_of(document).encode(), name)
