"""One program at a time asks the feeds for a store: the bot, or `refresh` beside it, each with all that is known.

Who follows a race under way takes no part in this: a refresh of all seasons takes minutes, in which a race goes on. Its
one document every five seconds beside the one a second of a refresh is no burden, and it waits by itself for as long as
the server refuses; nothing of what it asks for is remembered among the documents that the two would have to share.
"""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

from db.errors import FileFault, StoreError
from db.file_faults import fault_of, obstacle


class SoleAsker:
    """The right to ask the feeds for a store. It ends with the program that has it, however that ends.

    Args:
        store: the store's file; the lock is one beside it.
    """

    def __init__(self, store: Path) -> None:
        # A file has one lock, by whatever path it is named.
        self._store = store.resolve()
        self._file = self._store.with_name(self._store.name + ".feeds.lock")
        self._lock = FileLock(self._file)

    def take(self) -> bool:
        """Takes the right; False while another program has it.

        Raises:
            StoreError: no lock can be made beside the store.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            if self._file.exists() and os.access(self._file, os.W_OK):
                return False
            # The lock of another user, or one that cannot be made, looks to filelock like one that is held.
            why_not = obstacle(self._store) or "no lock can be made beside it; name a file in another folder with --db"
            raise StoreError(f"{self._store} cannot be opened: {why_not}", FileFault.SHUT) from None
        except OSError as error:
            why_not = f"cannot be used: its folder cannot be written ({error.strerror or error})"
            fault, words = fault_of(error, self._store, writing=True) or (None, why_not)
            raise StoreError(f"{self._store} {words}", fault) from error
        return True

    def leave(self) -> None:
        """Lets others ask."""
        self._lock.release()
