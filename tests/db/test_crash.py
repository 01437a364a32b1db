"""A process killed in the middle of an import leaves the store as it was before."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from db.connection import Store
from db.inspection import inspect
from tests.db.documents import SMALL, text_of
from tests.db.test_importer import dump

# Runs a real import in a process of its own and stops for good at the given step, so that it can be killed there.
SCRIPT = """
import asyncio, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from db.connection import Store
from db.documents import import_sql, race_sql
from db.documents.importer import import_documents
from db.documents.reader import read_file

step = sys.argv[3]
module = race_sql if step == "save_race" else import_sql
whole = getattr(module, step)

async def stopped(connection, *arguments, **options):
    result = await whole(connection, *arguments, **options)
    print("midway", flush=True)
    threading.Event().wait()
    return result

async def main():
    setattr(module, step, stopped)
    async with await Store.open(Path(sys.argv[1])) as store:
        await import_documents(store, [read_file(Path(sys.argv[2]))], datetime.now(UTC))

asyncio.run(main())
"""


@pytest.mark.parametrize("step", ["save_driver", "save_season", "save_race", "save_results", "note_import"])
async def test_killed_midway_the_store_is_as_before(store_path: Path, tmp_path: Path, step: str) -> None:
    async with await Store.open(store_path) as store:
        before = await dump(store)
    document = tmp_path / "new.json"
    tracks = [{"name": "Somewhere New", "short": "Somewhere"}]
    races = [race | {"track": "Somewhere", "nascar_id": None} for race in SMALL["races"]]
    drivers = [{"name": f"New Driver {number}"} for number in range(3)]
    names = {row["name"]: f"New Driver {number}" for number, row in enumerate(SMALL["drivers"])}
    races[0]["outcome"] = {"pole": "New Driver 0"}
    document.write_text(
        text_of(
            SMALL
            | {
                "season": 2022,
                "tracks": tracks,
                "drivers": drivers,
                "races": races,
                "results": [row | {"driver": names[row["driver"]]} for row in SMALL["results"]],
                "adjustments": [],
                "playoff_field": [],
            }
        )
    )
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(store_path), str(document), step],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"midway\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    async with await Store.open(store_path) as store:
        assert await dump(store) == before
        assert (await inspect(store)).problems == ()


def test_the_small_document_is_json() -> None:
    assert json.loads(text_of(SMALL)) == SMALL
