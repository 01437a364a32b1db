"""What is written about quotes and recaps reads no whole table: every other writer waits meanwhile."""

from __future__ import annotations

import re

import pytest

from db.connection import Store
from db.quotes import drafts as quote_drafts
from db.quotes import rows as quote_rows
from db.quotes import writing as quote_writing
from db.recaps import drafts as recap_drafts
from db.recaps import texts as recap_texts

INSIDE_WRITE = {
    "quotes of one server": quote_writing.OWN,
    "quotes with the same words": quote_writing.SAME,
    "a change of a quote": quote_writing.SET,
    "a quote's removal": quote_writing.REMOVE,
    "a quote's history": quote_writing.HISTORY,
    "the last step of a quote's history": quote_writing.LAST,
    "the ids of a driver and a race": quote_rows.IDS,
    "expired drafts of quotes": quote_drafts.OUTDATED,
    "a person's oldest drafts of quotes": quote_drafts.TOO_MANY,
    "a draft of a quote written again": quote_drafts.AGAIN,
    "expired drafts of recaps": quote_drafts.OUTDATED_RECAPS,
    "an editor's oldest drafts of recaps": recap_drafts.TOO_MANY,
    "a draft of a recap written again": recap_drafts.REPLACE,
    "a recap's last changes that are not undone": recap_texts.NOT_UNDONE,
    "the last step of a recap's history": recap_texts.LAST,
    "a section set back": recap_texts.UNSET,
}


@pytest.mark.parametrize("statement", INSIDE_WRITE.values(), ids=INSIDE_WRITE)
async def test_a_statement_inside_a_transaction_uses_an_index(empty_store: Store, statement: str) -> None:
    names = set(re.findall(r":([a-z]+)", statement))
    values = dict.fromkeys(names, 1) if names else [1] * statement.count("?")
    async with empty_store.write() as connection:
        plan = list(await connection.execute_fetchall(f"EXPLAIN QUERY PLAN {statement}", values))
    assert [step["detail"] for step in plan if re.match(r"SCAN (?!CONSTANT ROW)", step["detail"])] == []


async def test_the_undone_step_of_a_recap_is_looked_up_when_a_step_is_removed(empty_store: Store) -> None:
    """Removing a race removes its history, and for each step SQLite looks for one that undoes it."""
    async with empty_store.write() as connection:
        sql = "EXPLAIN QUERY PLAN SELECT 1 FROM recap_history WHERE undoes = ?"
        plan = list(await connection.execute_fetchall(sql, [1]))
    assert "recap_history_undone" in plan[0]["detail"]
