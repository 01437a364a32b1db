"""The bundled season files as validated rows, read once."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import db
from db.documents.file_format import SECTIONS, DriverRow, Header, RaceRow, ResultRow, Row, TrackRow

SEASONS = Path(db.__file__).parent / "seasons"


@cache
def document(name: str) -> tuple[Header, dict[str, list[Any]], str]:
    """Header, validated rows by section, and the text of a bundled file."""
    text = (SEASONS / f"{name}.json").read_text(encoding="utf-8")
    held = json.loads(text)
    header = Header.model_validate({key: value for key, value in held.items() if key not in SECTIONS})
    rows: dict[str, list[Row]] = {
        section: [model.model_validate(row) for row in held.get(section, [])] for section, model in SECTIONS.items()
    }
    return header, rows, text


def races(year: int) -> list[RaceRow]:
    return document(str(year))[1]["races"]


def results(year: int, number: int) -> list[ResultRow]:
    return [row for row in document(str(year))[1]["results"] if row.round == number and row.finish is not None]


def drivers() -> list[DriverRow]:
    return document("drivers")[1]["drivers"]


def called(row: DriverRow) -> str:
    """What bundled seasons call a driver: by name, and those whose name another bears by NASCAR's id as well."""
    return f"{row.name} (NASCAR id {row.nascar_id})" if _bearers()[row.name] > 1 else row.name


@cache
def _bearers() -> Counter[str]:
    return Counter(row.name for row in drivers())


def tracks() -> list[TrackRow]:
    return document("tracks")[1]["tracks"]
