"""Walks through the rows of a table in one test: for many rows, each of which takes less than a test's own price."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def each_row(
    rows: Callable[[], Iterable[Any]] | Iterable[Any], arguments: Callable[[Any], Mapping[str, Any]]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """For a test that asks the same of every row and changes nothing that the next row would see.

    A row that fails does not keep the others from being asked; all that fail are told together, each with its name.

    Args:
        rows: the table, or what makes it once the test runs.
        arguments: what the test is given of a row, by the names of its parameters. What it raises counts as the row's.
    """

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        assert not inspect.iscoroutinefunction(test), "nobody would wait for it"

        @functools.wraps(test)
        def walk() -> None:
            failed, asked = list[Exception](), 0
            for row in rows() if callable(rows) else rows:
                asked += 1
                try:
                    test(**arguments(row))
                except Exception as error:  # noqa: BLE001
                    error.add_note(f"row: {row}")
                    failed.append(error)
            assert asked, "a table without rows shows nothing"
            if failed:
                raise ExceptionGroup(f"{len(failed)} of {asked} rows failed", failed)

        # pytest would take the test's own parameters for fixtures.
        del walk.__wrapped__
        return walk

    return decorate
