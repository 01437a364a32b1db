"""What is wrong with the store's file or its disk: found out, put into one line that says what to do, told once."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from db.errors import FileFault, StoreError

RESTORE = "stop Tailgate, put back a backup, start it again"
FREE_SPACE = "its disk is full; free some space on it"
QUIET_LOOKS = 10
"""After how many looks without the fault, and a write that worked, a fault that can pass counts as over."""

_LASTING = {FileFault.GONE, FileFault.DAMAGED}
"""What only a new start mends."""
_FAULTS = {
    sqlite3.SQLITE_BUSY: FileFault.BUSY,
    sqlite3.SQLITE_CORRUPT: FileFault.DAMAGED,
    sqlite3.SQLITE_FULL: FileFault.FULL,
    sqlite3.SQLITE_IOERR: FileFault.FAILING,
    sqlite3.SQLITE_READONLY: FileFault.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: FileFault.SHUT,
}
"""By SQLite's primary error code."""
_OS_FAULTS = {
    errno.ENOSPC: FileFault.FULL,
    errno.EDQUOT: FileFault.FULL,
    errno.EROFS: FileFault.READ_ONLY,
    errno.EACCES: FileFault.SHUT,
    errno.EPERM: FileFault.SHUT,
    errno.EIO: FileFault.FAILING,
}

Tell = Callable[[str], None]
"""Gets a line for the operator."""


def fault_of(error: BaseException, path: Path, *, writing: bool) -> tuple[FileFault, str] | None:
    """What is wrong with a file that SQLite, or the system, could not use, and the words for it after the file's name.

    Args:
        error: what was raised; None is the answer to one of a statement.
        path: the file.
        writing: the connection may write; one that may not is refused by SQLite in the same way as by a disk.
    """
    if isinstance(error, OSError):
        fault = _OS_FAULTS.get(error.errno or 0)
        return None if fault is None else (fault, _words(fault, path, error.strerror or str(error)))
    # The low byte is the primary code, the rest refines it; errors of the sqlite3 module itself have no code.
    code = getattr(error, "sqlite_errorcode", None) or 0
    if code == sqlite3.SQLITE_NOTADB:
        return FileFault.DAMAGED, f"is damaged, or no store at all: {error}; {RESTORE}, or name another file with --db"
    fault = _FAULTS.get(code & 0xFF)
    if fault is None or (code == sqlite3.SQLITE_READONLY and not writing):
        return None
    if fault is FileFault.FAILING:
        # Some of the causes with names of their own come as this one, whose text is always "disk I/O error".
        fault = FileFault.FULL if _is_full(path) else FileFault.READ_ONLY if _is_read_only(path.parent) else fault
        return fault, _words(fault, path, f"{error} ({getattr(error, 'sqlite_errorname', '')})")
    return fault, _words(fault, path, str(error))


def _words(fault: FileFault, path: Path, error: str) -> str:
    match fault:
        case FileFault.BUSY:
            return f"is being written by another program ({error}); try again when that is done"
        case FileFault.FULL:
            return f"cannot be written: {FREE_SPACE}"
        case FileFault.FAILING:
            return f"cannot be read or written: {error}; see whether its disk fails or its space is limited"
        case FileFault.READ_ONLY:
            return f"cannot be written: {obstacle(path) or error}"
        case FileFault.SHUT:
            return f"cannot be opened: {obstacle(path) or error}"
    return f"is damaged: {error}; {RESTORE}"


def damage(what: str) -> tuple[FileFault, str]:
    """The fault of a file in which a check found damage, and the words for it."""
    what = " ".join(what.replace("*** in database main ***", "").split())
    return FileFault.DAMAGED, _words(FileFault.DAMAGED, Path(), what)


def obstacle(path: Path) -> str | None:
    """Why a file cannot be made or written, as far as its disk, its folder and its permissions say, and what to do."""
    with suppress(OSError):
        # Of a folder that is to be made, the one above it that is there.
        folder = next(each for each in path.resolve().parents if each.is_dir())
        if _is_read_only(folder):
            return "its disk is read-only; make it writable, or name a file on another disk"
        # SQLite makes files beside the store, and another user may have left some there.
        for file in (folder, path, *_beside(path, "-wal", "-shm", ".lock")):
            if os.path.lexists(file) and not os.access(file, os.R_OK | os.W_OK):
                what = "it" if file == path else file
                return f"the user who runs this may not write {what}; change its owner or its permissions"
    return FREE_SPACE if _is_full(path) else None


def _beside(path: Path, *suffixes: str) -> list[Path]:
    """The files beside the one that a path leads to."""
    found = path.resolve()
    return [found.with_name(found.name + suffix) for suffix in suffixes]


def _is_read_only(folder: Path) -> bool:
    with suppress(OSError, AttributeError):  # Windows has no such question.
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    return False


def _is_full(path: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(path.resolve().parent).free == 0
    return False


class OpenFiles:
    """The files of an open store, by device and inode, to be told from others that come to bear their names."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._missing: str | None = None
        names = [path, *_beside(path, "-wal", "-shm")]
        self._files = {name: identity for name in names if (identity := _identity(name)) is not None}

    def missing(self) -> str | None:
        """What became of the first file that is no longer the one it was, and what to do; None if all are.

        Once one was missing this stays so: what comes in its place, even the same file, others may have written.
        """
        if self._missing is None:
            # A folder that cannot be looked into says nothing about what is in it.
            with suppress(OSError):
                self._missing = self._look()
        return self._missing

    def _look(self) -> str | None:
        for name, identity in self._files.items():
            found = _identity(name)
            if found == identity:
                continue
            what = "removed" if found is None else "replaced"
            if name == self.path:
                return f"was {what} while it was open, so nothing is saved anymore; {RESTORE}"
            return (
                f"lost {name.name}, which was {what} while it was open, so nothing is saved anymore; "
                "stop Tailgate, start it again, then look with `tailgate check`"
            )
        return None


def _identity(name: Path) -> tuple[int, int] | None:
    """Device and inode; None if there is no such file."""
    try:
        found = os.stat(name)  # noqa: PTH116 - a Path's own method takes twice as long, and every write asks
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


@dataclass
class _Met:
    """A fault that was met: how many looks ago, and whether something has been written since."""

    looks: int = 0
    written: bool = False


class Faults:
    """What is wrong with a store's file, each told once: when it is met first, and again only after it was over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._met: dict[FileFault, _Met] = {}
        self._lines: dict[FileFault, str] = {}
        self._tell: Tell | None = None
        self._tell_over: Tell | None = None

    @property
    def known(self) -> tuple[FileFault, ...]:
        """The faults that are not known to be over, in the order in which they were met."""
        return tuple(self._met)

    def report(self, tell: Tell, tell_over: Tell) -> None:
        """Says where each fault is told, those met already included, and where it is told that one is over."""
        self._tell, self._tell_over = tell, tell_over
        for fault in self._met:
            tell(self._lines[fault])

    def met(self, fault: FileFault, words: str) -> StoreError:
        """Notes a fault; returns the error to raise."""
        line = f"{self.path} {words}"
        first = fault not in self._met
        self._met[fault] = _Met()
        if first:
            self._lines[fault] = line
            if self._tell is not None:
                self._tell(line)
        return StoreError(line, fault)

    def written(self) -> None:
        """Notes that something was written."""
        for met in self._met.values():
            met.written = True

    def look_back(self) -> None:
        """Forgets what is over, to be called at intervals: what comes and goes is not told each time it comes."""
        for fault, met in list(self._met.items()):
            met.looks += 1
            if fault not in _LASTING and met.written and met.looks >= QUIET_LOOKS:
                del self._met[fault]
                if self._tell_over is not None:
                    self._tell_over(f"{self.path} can be read and written again")
