"""Ways to break the engine that a reader would think of; the simulation must catch each of them.

Each comes with the seed of a night that catches it: continuous integration lives through that one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from discord.utils import time_snowflake

from bot.notifications import results, scheduled_events
from bot.outbox import delivery, doubt, rate_limit, reconcile
from bot.outbox.changes import Changes
from bot.outbox.contracts import InDoubt
from bot.outbox.delivery import Delivery
from bot.outbox.doubt import Doubts
from bot.outbox.ledger import Ledger, Mark
from bot.outbox.worker import Worker
from db.reminders import outbox, plans, second_messages
from db.reminders.models import OutboxRow
from db.timestamps import to_text

Patch = Any


@dataclass(frozen=True)
class Mutation:
    """A way to break the engine: what it does, how, and the seed of a night that catches it."""

    about: str
    patches: Callable[[], Sequence[Patch]]
    seed: int


def _sql(module: Any, name: str, old: str, new: str) -> Patch:
    text = getattr(module, name)
    assert old in text, f"{name} has changed; bring this mutation up to date"
    return mock.patch.object(module, name, text.replace(old, new))


def _mark_after_send() -> Sequence[Patch]:
    """The request leaves before its moment is committed."""

    async def mark(self: Ledger, number: int, channel: int | None) -> datetime | None:
        self._marks.append(Mark(number, channel, _nobody()))
        return self._clock.now()

    return [mock.patch.object(Ledger, "mark", mark)]


def _nobody() -> Any:
    """Stands in for somebody who waits for a mark, and does not."""
    return mock.Mock(done=lambda: True)


def _outcome_forgets_doubt() -> Sequence[Patch]:
    retry = Delivery._retry

    def forgetful(self: Delivery, claimed: Any, seconds: float, reason: str | None, *, doubt: bool) -> Any:
        del doubt
        return retry(self, claimed, seconds, reason, doubt=False)

    return [mock.patch.object(Delivery, "_retry", forgetful)]


def _never_looks() -> Sequence[Patch]:
    async def resolve(*_: Any) -> None:
        return None

    return [mock.patch.object(Doubts, "resolve", resolve)]


def _looks_and_believes_nothing() -> Sequence[Patch]:
    async def find(*_: Any, **__: Any) -> list[int]:
        return []

    return [mock.patch.object(doubt, "find", find)]


def _first_page_only() -> Sequence[Patch]:
    after = reconcile._find_after

    async def first(sender: Any, turn: Any, channel: int, mark: str, moment: int, **_: Any) -> reconcile.Search:
        found, anything, _whole = await after(sender, turn, channel, mark, moment, pages=1)
        return found, anything, True

    return [mock.patch.object(reconcile, "_find_after", first)]


def _own_clock_is_discords() -> Sequence[Patch]:
    return [
        mock.patch.object(reconcile, "CLOCK_ERROR", timedelta(0)),
        mock.patch.object(reconcile, "EARLY", timedelta(0)),
    ]


def _by_the_claim() -> Sequence[Patch]:
    """What was claimed counts as tried, as it did before the moment of the request was written down."""
    return [
        _sql(
            outbox,
            "CLAIM",
            "attempts = attempts + 1",
            "tried_at = coalesce(tried_at, :now), last_tried_at = :now, tries = tries + 1, attempts = attempts + 1",
        ),
        mock.patch.object(Ledger, "mark", _unmarked),
    ]


async def _unmarked(self: Ledger, _: int, __: int | None) -> datetime:
    return self._clock.now()


def _search_ends_soon() -> Sequence[Patch]:
    find = reconcile.find

    async def short(*arguments: Any, **named: Any) -> list[int]:
        sender, turn, channel, mark, since, now = arguments
        found = await find(sender, turn, channel, mark, since, now, **named)
        end = time_snowflake(since + timedelta(minutes=10))
        return [each for each in found if each < end]

    return [mock.patch.object(doubt, "find", short)]


def _no_look_after() -> Sequence[Patch]:
    async def look_again(*_: Any) -> None:
        return None

    return [mock.patch.object(Worker, "_look_again", look_again)]


def _takes_all_away() -> Sequence[Patch]:
    async def only_one(self: Doubts, turn: Any, channel: int, there: list[int]) -> int:
        for message in there:
            await turn()
            await self._sender.delete(channel, message)
        return there[0]

    return [mock.patch.object(Doubts, "_only_one", only_one)]


def _sends_after_the_deadline() -> Sequence[Patch]:
    return [
        mock.patch.object(Delivery, "_sent_anew", _without_deadline),
        _sql(outbox, "EXPIRE", "until <= :now", "until <= ''"),
        _sql(outbox, "TOO_LATE", "until <= :now", "until <= ''"),
        mock.patch.object(Delivery, "_known", _known_without_deadline),
    ]


async def _known_without_deadline(self: Delivery, claimed: Any, turn: Any) -> Any:
    if claimed.doubt:
        channel = claimed.row.channel or await self.places.channel(claimed, turn)
        return await self.doubts.resolve(claimed, channel, turn)
    return None


async def _without_deadline(self: Delivery, claimed: Any, channel: int, post: Any) -> Any:
    await self._ledger.mark(claimed.row.id, channel)
    self.in_flight.add(claimed.row.id)
    return self._sent(claimed, channel, await self._sender.send(channel, post, claimed.row.nonce))


def _stalls_unseen() -> Sequence[Patch]:
    return [mock.patch.object(Delivery, "_sent_anew", _without_deadline)]


def _claims_without_commit() -> Sequence[Patch]:
    """The claim is read, and nothing is written."""

    async def claim(store: Any, run: str, now: datetime, horizon: datetime, most: int, busy: Sequence[int] = ()) -> Any:
        rows: list[Any] = []
        try:
            async with store.write() as connection:
                values = {
                    "run": run, "now": to_text(now), "horizon": to_text(horizon), "most": most,
                    "busy": json.dumps(busy),
                }  # fmt: skip
                found = list(await connection.execute_fetchall(outbox.CLAIM, values))
                rows = await outbox._claimed_rows(connection, found)
                raise _RolledBackError
        except _RolledBackError:
            return rows

    return [mock.patch.object(outbox, "claim", claim)]


class _RolledBackError(Exception):
    pass


def _leaves_claims_of_the_dead() -> Sequence[Patch]:
    async def reclaim(*_: Any, **__: Any) -> list[Any]:
        return []

    return [mock.patch.object(outbox, "reclaim", reclaim)]


def _takes_claims_for_new() -> Sequence[Patch]:
    """What a dead run had sent is taken over as if it had not."""
    return [
        _sql(
            outbox,
            "RECLAIM",
            "doubt = tried_at IS NOT NULL,",
            "doubt = 0, tried_at = NULL, last_tried_at = NULL, tries = 0, look_again_at = NULL,",
        )
    ]


def _all_claims_are_doubtful() -> Sequence[Patch]:
    """After a crash everything that was claimed is in doubt, what waited for its turn as well."""
    return [
        _sql(
            outbox,
            "RECLAIM",
            "doubt = tried_at IS NOT NULL,",
            "doubt = 1, tried_at = coalesce(tried_at, :now), tries = max(tries, 1),",
        )
    ]


def _a_new_nonce_each_time() -> Sequence[Patch]:
    numbers = iter(range(10**9))
    return [mock.patch.object(OutboxRow, "nonce", property(lambda _: f"n{next(numbers)}"))]


def _a_mark_of_this_store_alone() -> Sequence[Patch]:
    """Rows are marked by their number, which a store that was put back gives again to others."""
    mark = OutboxRow.mark.fget  # type: ignore[attr-defined]
    # What is no row of the store is the judge's.
    return [
        mock.patch.object(OutboxRow, "mark", property(lambda row: f"rownumber{row.id:07}" if row.id else mark(row)))
    ]


def _backups_are_not_thought_of() -> Sequence[Patch]:
    return [mock.patch.object(Doubts, "may_be_sent_already", return_value=False)]


def _the_operators_choice_is_the_other() -> Sequence[Patch]:
    started = Doubts.__init__

    def other(self: Doubts, services: Any, sender: Any, in_doubt: InDoubt = InDoubt.AGAIN) -> None:
        turned = InDoubt.DROP if in_doubt is InDoubt.AGAIN else InDoubt.AGAIN
        started(self, services, sender, turned)

    return [mock.patch.object(Doubts, "__init__", other)]


def _an_empty_history_is_believed() -> Sequence[Patch]:
    async def readable(*_: Any) -> None:
        return None

    return [mock.patch.object(reconcile, "_must_be_readable", readable)]


def _out_of_order() -> Sequence[Patch]:
    async def no_order(*_: Any, **__: Any) -> None:
        return None

    return [
        mock.patch.object(results, "await_turn", no_order),
        mock.patch.object(scheduled_events, "await_turn", no_order),
    ]


def _any_later_reminder_will_do() -> Sequence[Patch]:
    """A reminder gives way to one of the moment from which the race was moved."""
    same = "AND abs(strftime('%s', later.event_at) - strftime('%s', outbox.event_at)) < 600"
    return [_sql(outbox, "SUPERSEDED", same, ""), *_superseding(same, "")]


def _superseding(old: str, new: str) -> Sequence[Patch]:
    return [_sql(outbox, "SUPERSEDE", old, new), _sql(outbox, "SUPERSEDE_CLAIMED", old, new)]


def _retries_slowly() -> Sequence[Patch]:
    return [mock.patch.object(delivery, "RETRY_SECONDS", (5, 60, 300))]


def _nothing_gives_way() -> Sequence[Patch]:
    return _superseding("kind = 'reminder' AND due_at", "false AND due_at")


def _all_leave_together() -> Sequence[Patch]:
    return [mock.patch.object(rate_limit, "READY", 10**6)]


def _one_refusal_is_enough() -> Sequence[Patch]:
    """A channel that takes nothing for a moment is given up."""

    async def gives_up(*_: Any, **__: Any) -> bool:
        return True

    return [mock.patch.object(outbox, "refused_within", gives_up)]


def _what_is_posted_is_not_corrected() -> Sequence[Patch]:
    kinds = "(o.lead = s.lead OR (o.lead = 0 AND s.kind IN ('results', 'recap')))"
    return [_sql(plans, "WANTED", kinds, "(o.lead = s.lead OR s.kind IN ('results', 'recap'))")]


def _a_clock_set_back_is_believed() -> Sequence[Patch]:
    async def heed(self: Worker, now: datetime) -> None:
        self._last_tick = now

    return [mock.patch.object(Worker, "_heed_clock", heed)]


def _unanswered_changes_are_forgotten() -> Sequence[Patch]:
    return [_sql(plans, "WANTED", " OR o.unanswered_at IS NOT NULL", "")]


def _late_changes_are_not_thought_of() -> Sequence[Patch]:
    return [mock.patch.object(Changes, "_may_land_for", return_value=0.0)]


def _what_was_given_up_is_not_looked_for() -> Sequence[Patch]:
    return [_sql(second_messages, "TO_LOOK_AT", "state NOT IN ('pending', 'claimed')", "state = 'sent'")]


def _standings_are_a_message_a_race() -> Sequence[Patch]:
    whose = "WHERE o.target_id = w.target_id AND o.kind = s.kind\n"
    return [_sql(plans, "WANTED", whose, f"{whose.rstrip()} AND o.subject = s.subject\n")]


MUTATIONS: dict[str, Mutation] = {
    "mark after send": Mutation("the request leaves before its moment is committed", _mark_after_send, 523),
    "forget the doubt": Mutation("a row that may have arrived is tried as if it were new", _outcome_forgets_doubt, 60),
    "never look": Mutation("a row in doubt is sent again without a look", _never_looks, 197),
    "believe nothing": Mutation("what is found is not believed", _looks_and_believes_nothing, 44),
    "first page only": Mutation("the search reads one page", _first_page_only, 119),
    "one clock": Mutation("our clock and Discord's are taken for one", _own_clock_is_discords, 64),
    "decide by the claim": Mutation("the moment of the claim is searched by", _by_the_claim, 126),
    "search ends soon": Mutation("the search ends ten minutes after the request", _search_ends_soon, 119),
    "no look after": Mutation("nobody looks for a second message", _no_look_after, 60),
    "take all away": Mutation("of two messages both are taken away", _takes_all_away, 12),
    "retry after the deadline": Mutation("what is of no use any more is sent", _sends_after_the_deadline, 3),
    "stalls unseen": Mutation("what stood still before its request is sent as if nothing were", _stalls_unseen, 394),
    "claim without commit": Mutation("claims are not committed", _claims_without_commit, 0),
    "leave the dead": Mutation("nobody takes over what a dead run had claimed", _leaves_claims_of_the_dead, 7),
    "take claims for new": Mutation("what a dead run had sent counts as not sent", _takes_claims_for_new, 197),
    "doubt all claims": Mutation("what waited for its turn is in doubt as well", _all_claims_are_doubtful, 126),
    "a new nonce": Mutation("each attempt has a nonce of its own", _a_new_nonce_each_time, 60),
    "mark by number": Mutation("a message is marked by its row's number", _a_mark_of_this_store_alone, 1),
    "no backups": Mutation("nobody thinks of a store that was put back", _backups_are_not_thought_of, 181),
    "the other choice": Mutation("the operator's choice is turned round", _the_operators_choice_is_the_other, 122),
    "believe an empty page": Mutation("a history that may not be read is empty", _an_empty_history_is_believed, 122),
    "out of order": Mutation("a later edit may overtake an earlier one", _out_of_order, 178),
    "any later reminder": Mutation(
        "a reminder of the old time outdoes one of the new", _any_later_reminder_will_do, 239
    ),
    "retry slowly": Mutation("the last waits between attempts are minutes", _retries_slowly, 47),
    "nothing gives way": Mutation("a late reminder is sent although the next one is near", _nothing_gives_way, 159),
    "one refusal": Mutation("a channel that refused once is given up", _one_refusal_is_enough, 251),
    "no correction": Mutation("results that were posted are not corrected", _what_is_posted_is_not_corrected, 10),
    "believe a clock set back": Mutation(
        "what was to be tried later waits though the clock was set back", _a_clock_set_back_is_believed, 18
    ),
    "leave together": Mutation("who was held up leaves together with all others", _all_leave_together, 2447),
    "forget the unanswered": Mutation(
        "a change without an answer counts as not made", _unanswered_changes_are_forgotten, 912
    ),
    "no late changes": Mutation(
        "nobody thinks of a change that lands after the next one", _late_changes_are_not_thought_of, 78952
    ),
    "look for what was sent": Mutation(
        "a second message of what was given up is not looked for", _what_was_given_up_is_not_looked_for, 84855
    ),
    "standings by race": Mutation(
        "standings of another race count as another message", _standings_are_a_message_a_race, 90285
    ),
}


@contextmanager
def mutated(name: str, ways: Mapping[str, Mutation] = MUTATIONS) -> Iterator[None]:
    """Breaks the engine in a way for a while."""
    patches = ways[name].patches()
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()
