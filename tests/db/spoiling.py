"""Spoils real files as disks and people do: damaged pages, files and folders that cannot be written, full disks."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

PAGE = 4096


def damage(path: Path, *names: str, indexes: bool = False) -> None:
    """Overwrites the first page of some tables or indexes, or of tables and all their indexes.

    Everything else stays readable, and so does what a connection has read already, until somebody writes.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint")
        found = connection.execute("SELECT name, tbl_name, rootpage FROM sqlite_master WHERE rootpage > 0").fetchall()
    pages = [page for name, table, page in found if name in names or (indexes and table in names)]
    assert len(pages) >= len(names)
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(b"\x5a" * (PAGE // 2))


@contextmanager
def unwritable(place: Path) -> Iterator[None]:
    """A file or a folder that cannot be written, by its permissions or, for root, by its attributes.

    Skips the test where neither is possible.
    """
    mode = place.stat().st_mode
    place.chmod(0o555 if place.is_dir() else 0o444)
    immutable = os.access(place, os.W_OK)
    try:
        if immutable and (not _run("chattr", "+i", str(place)) or os.access(place, os.W_OK)):
            pytest.skip("this user may write everything, and the file system knows no immutable files")
        yield
    finally:
        if immutable:
            _run("chattr", "-i", str(place))
        if place.exists():
            place.chmod(mode)


@contextmanager
def tiny_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """A disk of that size in a folder. Skips the test where none can be mounted, as for users other than root."""
    folder.mkdir(exist_ok=True)
    if not _run("mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)):
        pytest.skip("no disk can be mounted here")
    try:
        yield
    finally:
        _run("umount", "-l", str(folder))


def make_read_only(disk: Path) -> None:
    """Makes a disk of ``tiny_disk``, of which no file is open for writing, read-only."""
    assert _run("mount", "-o", "remount,ro", str(disk))


def fill(disk: Path) -> None:
    """Leaves no space on a disk of ``tiny_disk``."""
    with (disk / "filling").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * PAGE)
        except OSError:
            return


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
