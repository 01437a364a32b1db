"""Keeps what was compiled, the tests with their rewritten asserts among it, where Python is told not to write it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PLACE = Path(__file__).parents[1] / ".pytest_cache" / "bytecode"


def keep_bytecode() -> None:
    """Has bytecode written to pytest's own folder where ``PYTHONDONTWRITEBYTECODE`` keeps it from the code's.

    Otherwise each worker and each process that a test starts compiles everything anew, in every run.
    """
    if sys.dont_write_bytecode and sys.pycache_prefix is None:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = str(PLACE)
        # For the workers, and for the processes that tests start.
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
