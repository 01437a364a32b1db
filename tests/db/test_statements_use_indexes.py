"""What is written reads no whole table, for every other writer waits meanwhile; nor does what is asked every second."""

from __future__ import annotations

import re

import pytest

from db.connection import Store
from db.quotes import drafts as quote_drafts
from db.quotes import rows as quote_rows
from db.quotes import writing as quote_writing
from db.recaps import drafts as recap_drafts
from db.recaps import texts as recap_texts
from db.reminders import earlier_rows, outbox, second_messages, tidying, trouble

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
    "rows that are too late": outbox.EXPIRE,
    "reminders that a later one replaces": outbox.SUPERSEDE,
    "claimed reminders that a later one replaces": outbox.SUPERSEDE_CLAIMED,
    "a claim": outbox.CLAIM,
    "the moment of a request": outbox.MARK,
    "what became of a row": outbox.RECORD,
    "the moment of a change": outbox.MARK_CHANGE,
    "a row that was looked at again": second_messages.LOOKED,
    "changes of a message that was taken away": second_messages.CHANGED_IN_VAIN,
    "rows that are long past": tidying.TIDY,
    "quotes of the day that are past": tidying.TIDY_QUOTES,
    "people whose reminders are long off": tidying.TIDY_PEOPLE,
    "changes of the schedule that are long past": tidying.TIDY_CHANGES,
    "results that were posted long ago": tidying.TIDY_RESULTS,
    "a place that refused, and what waits for it": trouble.WAIT,
}
OFTEN_ASKED = {
    "when rows are due": (outbox.COMING, "COVERING INDEX outbox_due "),
    "whether a row is too late": (outbox.TOO_LATE, "COVERING INDEX outbox_due "),
    "the last claim": (outbox.LAST_CLAIM, "COVERING INDEX outbox_claims"),
    "whether an earlier row is under way": (earlier_rows.EARLIER_UNDER_WAY, "INDEX outbox_of_target "),
    "a change that had no answer": (earlier_rows.UNANSWERED, "INDEX outbox_of_target "),
    "rows that may be there twice": (second_messages.TO_LOOK_AT, "INDEX outbox_to_look_at "),
    "reminders that a later one replaces": (outbox.SUPERSEDE, "INDEX outbox_due "),
}
"""Statements that are run while nothing is to be done, or for every row, and the index that finds it."""


async def plan_of(store: Store, statement: str) -> list[str]:
    names = set(re.findall(r":([a-z_]+)", statement))
    values = dict.fromkeys(names, 1) if names else [1] * statement.count("?")
    async with store.write() as connection:
        steps = await connection.execute_fetchall(f"EXPLAIN QUERY PLAN {statement}", values)
        return [step["detail"] for step in steps]


def whole_tables(plan: list[str]) -> list[str]:
    """The steps that read a table or an index from end to end; lists of ids are handed over as JSON."""
    return [step for step in plan if re.match(r"SCAN (?!CONSTANT ROW|json_each )", step)]


@pytest.mark.parametrize("statement", INSIDE_WRITE.values(), ids=INSIDE_WRITE)
async def test_a_statement_inside_a_transaction_uses_an_index(empty_store: Store, statement: str) -> None:
    assert whole_tables(await plan_of(empty_store, statement)) == []


@pytest.mark.parametrize(("statement", "index"), OFTEN_ASKED.values(), ids=OFTEN_ASKED)
async def test_what_is_asked_of_the_outbox_every_second_is_in_an_index(
    empty_store: Store, statement: str, index: str
) -> None:
    """With tens of thousands of rows planned, a tick that has nothing to do must cost next to nothing."""
    plan = await plan_of(empty_store, statement)
    assert any(step.startswith(f"SEARCH outbox USING {index}") for step in plan), plan
    assert whole_tables(plan) == []
    assert not any("TEMP B-TREE" in step for step in plan), plan


async def test_the_undone_step_of_a_recap_is_looked_up_when_a_step_is_removed(empty_store: Store) -> None:
    """Removing a race removes its history, and for each step SQLite looks for one that undoes it."""
    async with empty_store.write() as connection:
        sql = "EXPLAIN QUERY PLAN SELECT 1 FROM recap_history WHERE undoes = ?"
        plan = list(await connection.execute_fetchall(sql, [1]))
    assert "recap_history_undone" in plan[0]["detail"]
