"""Reads rows of the store for the queries that make models of them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import aiosqlite


async def all_rows(connection: aiosqlite.Connection, sql: str, *parameters: Any) -> list[sqlite3.Row]:
    """All rows of a query."""
    return list(await connection.execute_fetchall(sql, parameters))


def grouped(rows: Iterable[sqlite3.Row], key: str) -> dict[int, list[sqlite3.Row]]:
    """Rows by the number in one of their columns, each group in the order of the rows; empty for any other number."""
    groups: dict[int, list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups
