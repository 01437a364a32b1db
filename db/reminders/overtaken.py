"""Posts of a race that were held up until a later one made them stale, and whose turn it is among the others."""

from __future__ import annotations

from datetime import datetime

from db.connection import Store
from db.reminders.models import OutboxRow
from db.reminders.race_day import OVERTAKEN_BY
from db.timestamps import to_text

HELD_UP = 60
"""So many seconds late a post counts as held up, as after an outage; until then each goes out in its turn."""

_PAIRS = ", ".join(f"('{post}', '{by}')" for post, later in OVERTAKEN_BY.items() for by in sorted(later))
OVERTAKE = f"""
UPDATE outbox SET state = 'expired', reason = 'overtaken by what came after it', retry_at = NULL
 WHERE kind = 'live' AND state = 'pending' AND tried_at IS NULL
   AND strftime('%s', :now) - strftime('%s', due_at) >= {HELD_UP}
   AND EXISTS (SELECT 1 FROM outbox later WHERE later.target_id = outbox.target_id AND later.kind = 'live'
       AND later.subject = outbox.subject AND (later.due_at, later.id) > (outbox.due_at, outbox.id)
       AND later.due_at <= :now AND later.state IN ('pending', 'claimed', 'sent')
       AND (outbox.session, later.session) IN (VALUES {_PAIRS}))
"""  # noqa: S608 - words of the program
# One that is of no use any more is not waited for: it goes out no more, or went out long ago.
BEFORE_IT = """
SELECT EXISTS (SELECT 1 FROM outbox WHERE target_id = :target AND kind = :kind AND subject = :subject
    AND state IN ('pending', 'claimed') AND until > :now AND (due_at, id) < (:due, :id))
"""


async def before_it(store: Store, row: OutboxRow, now: datetime) -> bool:
    """Whether something that happened earlier in the row's race is still to go to the same target, or on its way."""
    due = row.notification
    values = {
        "target": due.target,
        "kind": due.kind,
        "subject": due.subject,
        "now": to_text(now),
        "due": to_text(due.due_at),
        "id": row.id,
    }
    return bool((await store.fetch(BEFORE_IT, values))[0][0])
