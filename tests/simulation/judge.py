"""What came of a night, compared with what was due: computed from the story, not from what the outbox says of itself.

A message is owed once there was a clean minute for it: the process was up, Discord could be reached, nobody forbade it,
no request about that place went wrong, and the moment was one at which the message was of use.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from bot.notifications.quote_of_the_day import quotes_of_days
from bot.notifications.results_planner import plan_outcomes
from bot.notifications.scheduled_events import event_mark, race_event
from db.models import RaceStatus
from db.reminders.models import EDITED, NotificationKind, PlannedNotification, quote_session
from tests.simulation.events import Import, OffAndOn
from tests.simulation.marks import STANDINGS, mark_of
from tests.simulation.places import owner_of
from tests.simulation.schedule import RACE_ID, ROUND, YEAR
from tests.simulation.story import Place
from tests.simulation.verdict import Verdict
from tests.simulation.world import World

MINUTE = 60.0
ALLOWED = 66.0
"""Within so many seconds of a clean stretch a message must be there: a minute, and the way to Discord and back."""
REQUESTS = 9
"""How many requests the way may take, beside what is allowed in any case."""
AT_THE_START = timedelta(minutes=15)
LOOKED_AFTER = 240.0
"""Within so many seconds a second message is found, by who remembers that there may be one."""
DISTANCES = (900.0, 3600.0, 6 * 3600.0, 24 * 3600.0)
"""For so many seconds a channel is left alone after it refused for the first time, the second time and so on."""


@dataclass(frozen=True)
class Due:
    """A message that is owed to a place: its mark, and from when to when it is of use, by the process's clock.

    ``later`` are further reminders of the same event, which may take its place if it is late.
    """

    place: Place
    kind: str
    mark: str
    due: float
    until: float
    known: float = 0.0
    ends: float = float("inf")
    later: tuple[float, ...] = ()
    version: int | None = None


def judge(world: World) -> Verdict:
    """The verdict on a night that is over."""
    return _Judge(world).verdict()


class _Judge:
    def __init__(self, world: World) -> None:
        self._world = world
        self._begins = world.story.begins
        self._end = world.timeline.now
        self._allowed = ALLOWED + REQUESTS * world.story.latency
        self._clean: dict[int | None, list[tuple[float, float, float]]] = {}

    def verdict(self) -> Verdict:
        world = self._world
        verdict = Verdict(nights=1)
        owed = list(self._owed())
        self._judge_owed(owed, verdict)
        self._judge_doubled(verdict)
        for place in world.story.places:
            if place.events:
                self._judge_events(place, verdict)
            if not place.person:
                self._judge_told(place, verdict)
        verdict.useless = len(world.useless)
        verdict.wrong += [f"useless: {mark}" for mark in world.useless]
        verdict.wrong += self._false_claims()
        if world.discord.too_fast:
            verdict.wrong.append(f"fast: {world.discord.too_fast} requests beyond what Discord takes in a second")
        return verdict

    def _judge_owed(self, owed: Sequence[Due], verdict: Verdict) -> None:
        for due in owed:
            deadline = self._deadline(due)
            there = [
                m
                for m in self._messages(due.place.channel)
                if m.mark == due.mark and (due.version is None or m.version == due.version)
            ]
            arrived = min((m.at for m in there if not m.deleted), default=None)
            if arrived is None and due.version and any(m.mark == due.mark for m in self._messages(due.place.channel)):
                # It is there, and says something else: what corrects it may have to wait.
                deadline = self._deadline(due, corrects=True)
            if deadline is None:
                continue
            verdict.due += 1
            if (
                arrived is not None
                and due.kind == "reminder"
                and self._needless(due, min(arrived, self._world.handed_over.get(due.mark, arrived)), owed)
            ):
                verdict.wrong.append(f"needless: {due.mark} in {due.place.channel} at {self._when(arrived)}")
            if arrived is None:
                if self._superseded(due, deadline):
                    verdict.due -= 1
                elif self._risked(due.place, due.mark, "drop"):
                    verdict.risked_lost += 1
                else:
                    verdict.lost += 1
                    verdict.wrong.append(
                        f"lost: {due.kind} {due.mark} in {due.place.channel} by {self._when(deadline)}"
                    )
            elif arrived > deadline and self._superseded(due, deadline) and self._set_back(deadline, arrived):
                # It had given way, and its moment came again.
                verdict.due -= 1
            elif arrived > deadline:
                verdict.late += 1
                verdict.wrong.append(
                    f"late: {due.kind} {due.mark} in {due.place.channel} at {self._when(arrived)}, owed by "
                    f"{self._when(deadline)}"
                )

    def _judge_doubled(self, verdict: Verdict) -> None:
        discord = self._world.discord
        for place in self._world.story.places:
            counts = Counter(m.mark for m in discord.live(place.channel))
            standings = mark_of(place, STANDINGS)
            verdict.seen += len(counts)
            verdict.wrong += self._nonces_changed(place)
            verdict.healed += sum(bool(m.deleted and m.mark) for m in self._messages(place.channel))
            for mark, count in counts.items():
                if count == 1 or self._forgotten(place, mark):
                    continue
                risked = self._risked(place, mark, "again") or (self._world.restored and self._hidden(place))
                # Standings come again with each race: where nobody can tell of the first, there may be another.
                if risked or (mark == standings and self._risked(place, mark, "drop")):
                    verdict.risked_doubled += count - 1
                else:
                    verdict.doubled += count - 1
                    verdict.wrong.append(f"doubled: {mark} in {place.channel}")

    def _judge_events(self, place: Place, verdict: Verdict) -> None:
        schedule = self._world.seasons.schedule
        race = schedule.season.race(ROUND)
        assert race is not None
        mark = event_mark(race.id)
        there = [e for e in self._world.discord.events if e.guild == place.number and mark in e.content.description]
        wanted = race_event(schedule.season, race)
        now = self._now()
        verdict.due += 1
        verdict.seen += len(there)
        if len(there) > 1:
            verdict.doubled += len(there) - 1
            verdict.wrong.append(f"doubled: event in server {place.number}")
        # A start that has come cannot be changed any more; a permission that was missing is looked for again later.
        past = any(each.coverage <= now + timedelta(minutes=8) for _, each in self._world.schedules)
        if past or any(at == place.number and ends > self._end for at, _, ends in self._world.troubles):
            return
        if schedule.status is RaceStatus.SCHEDULED and wanted is not None and [e.content for e in there] != [wanted]:
            verdict.lost += 1
            verdict.wrong.append(f"lost: event in server {place.number}: {[e.content.start for e in there]}")
        # A copy from before an event was made knows nothing of it, and removes none: docs/reliability.md says so.
        if schedule.status is RaceStatus.CANCELLED and there and not self._world.restored:
            verdict.wrong.append(f"not removed: event in server {place.number}")

    def _judge_told(self, place: Place, verdict: Verdict) -> None:
        """Whether a server's owner was told, once each time, that its channel took nothing."""
        world, channel = self._world, owner_of(place.number) * 10
        told = Counter(message.mark for message in world.discord.live(channel))
        troubles = [since for since, _, first in self._refusals(place.channel) if first]
        verdict.seen += len(told)
        verdict.doubled += sum(told.values()) - len(told)
        verdict.wrong += [f"doubled: {mark} in {channel}" for mark, many in told.items() if many > 1]
        # Whoever switches off and on begins anew.
        if any(isinstance(each, OffAndOn) and each.guild == place.number for each in world.story.events):
            return
        if len(told) > len(troubles) and not world.restored:
            verdict.wrong.append(f"doubled: owner of server {place.number} was told too often")
        verdict.wrong += self._asked_too_soon(place)
        for since in troubles:
            # The refusal itself must have been noted: the process lived on.
            if any(begins <= since and since + ALLOWED <= ends for begins, ends, _ in self._clean_stretches(channel)):
                verdict.due += 1
                if not any(since <= message.at <= since + ALLOWED for message in self._messages(channel)):
                    verdict.lost += 1
                    verdict.wrong.append(f"lost: owner of server {place.number} by {self._when(since + ALLOWED)}")

    def _asked_too_soon(self, place: Place) -> Iterator[str]:
        """Requests to a channel that was to be left alone."""
        for (since, ends, _), (again, _, _) in pairwise(self._refusals(place.channel)):
            if again < ends - 2 * MINUTE and not any(since <= at <= again for at in self._asks_at_once()):
                yield f"too soon: channel {place.channel} at {self._when(again)}"

    def _asks_at_once(self) -> list[float]:
        """When a process did not wait for what it had put off: it was new, or its clock was set."""
        return [*self._world.started_at, *(at for at, _ in self._world.offsets), *self._world.restored_at]

    def _refusals(self, channel: int) -> Iterator[tuple[float, float, bool]]:
        """When a channel refused, until when it is left alone for that, and whether that was the first time.

        What is refused within a minute was under way, unless it was sent anew by a new process or because the clock
        was set; a message that came through begins anew.
        """
        times, ends, since = 0, 0.0, -MINUTE
        for at in self._world.discord.refused.get(channel, ()):
            if at - since < MINUTE and not any(since < each <= at for each in self._asks_at_once()):
                continue
            if any(since < message.at < at for message in self._messages(channel) if message.mark):
                times = 0
            wait = DISTANCES[min(times, len(DISTANCES) - 1)] + MINUTE
            since, ends = at, at + wait + self._set_back_unseen(at, at + wait)
            times += 1
            yield since, ends, times == 1

    def _set_back_unseen(self, since: float, until: float) -> float:
        """By how much the clock was set back while the process stood still, which it cannot notice then."""
        still = [(begins, ends) for place, begins, ends in self._world.troubles if place is None]
        return sum(
            max(before - after, 0.0)
            for (_, before), (at, after) in pairwise(self._world.offsets)
            if since <= at <= until and any(begins <= at <= ends for begins, ends in still)
        )

    def _false_claims(self) -> Iterator[str]:
        """Rows that the store holds for sent although nothing is there, and rows left under way."""
        world = self._world
        channels = [(place.channel, owner_of(place.number) * 10) for place in world.story.places]
        there = {m.id for each in channels for channel in each for m in self._messages(channel)}
        with sqlite3.connect(world.path) as connection:
            rows = connection.execute("SELECT id, kind, state, message_id, due_at, until FROM outbox").fetchall()
        connection.close()
        for number, kind, state, message, _, _ in rows:
            if kind != "event" and state == "sent" and message is not None and message not in there:
                yield f"false: row {number} ({kind}) is held for sent as {message}"
            if state == "claimed":
                yield f"stuck: row {number} ({kind}) is still claimed"

    def _owed(self) -> Iterator[Due]:
        for place in self._world.story.places:
            yield from self._owed_reminders(place)
            yield from self._owed_otherwise(place)

    def _owed_reminders(self, place: Place) -> Iterator[Due]:
        schedules = self._world.schedules
        for (known, schedule), (ends, _) in zip(schedules, [*schedules[1:], (float("inf"), None)], strict=True):
            if schedule.status is not RaceStatus.SCHEDULED or any(
                earlier.status is RaceStatus.POSTPONED for _, earlier in schedules
            ):
                continue
            at = schedule.coverage
            for lead in place.leads:
                row = PlannedNotification(
                    NotificationKind.REMINDER, YEAR, ROUND, "coverage", lead, at, at - timedelta(minutes=lead), at,
                    race=RACE_ID,
                )  # fmt: skip
                until = at if lead else at + AT_THE_START
                later = tuple(self._seconds(at - timedelta(minutes=other)) for other in place.leads if other < lead)
                yield Due(
                    place, "reminder", mark_of(place, row), self._seconds(row.due_at), self._seconds(until), known,
                    ends, later,
                )  # fmt: skip

    def _owed_otherwise(self, place: Place) -> Iterator[Due]:
        now, season = self._farthest(), self._world.seasons.schedule.season
        known = next((at for at, each in self._world.schedules if each.results), 0.0)
        wanted = {
            NotificationKind.RESULTS: place.results,
            NotificationKind.RECAP: place.recap,
            NotificationKind.STANDINGS: place.standings,
        }
        planned = [each for each in plan_outcomes((season,), now) if wanted.get(each.kind)]
        planned, set_back_at = self._by_the_clock(planned)
        if place.hour is not None:
            planned += [each for each in quotes_of_days(now) if each.session == quote_session(place.hour)]
        for each in planned:
            if each.kind in EDITED:
                # Which version was owed when, nobody needs to know: the last one must stand there in the end.
                known = max(known, self._world.schedules[-1][0])
            if each.kind is NotificationKind.STANDINGS:
                each = replace(each, due_at=max(each.due_at, self._begins))  # noqa: PLW2901
                known = max(known, set_back_at)
            yield Due(
                place, str(each.kind), mark_of(place, each), self._seconds(each.due_at), self._seconds(each.until),
                0.0 if each.kind is NotificationKind.QUOTE else known,
                version=each.lead if each.kind in EDITED else None,
            )  # fmt: skip

    def _by_the_clock(self, planned: list[PlannedNotification]) -> tuple[list[PlannedNotification], float]:
        """Standings say what is known by the clock, also by one that was set back: what they say, and since when."""
        others = [each for each in planned if each.kind is not NotificationKind.STANDINGS]
        if len(others) == len(planned):
            return planned, 0.0
        now = plan_outcomes((self._world.seasons.schedule.season,), self._now())
        back = [at for (_, before), (at, after) in pairwise(self._world.offsets) if after < before]
        return [*others, *(each for each in now if each.kind is NotificationKind.STANDINGS)], max(back, default=0.0)

    def _deadline(self, due: Due, *, corrects: bool = False) -> float | None:
        """By when a message must be there; None if there was no clean minute for it.

        What corrects one that may be there twice waits until a second one was looked for: once a request got no answer,
        it is owed so much later.
        """
        unanswered = min(self._world.discord.unanswered.get(due.place.channel, ()), default=float("inf"))
        for begins, ends, offset in self._clean_stretches(due.place.channel):
            start = max(begins, due.due - offset, due.known)
            start += LOOKED_AFTER if corrects and unanswered < start else 0.0
            if min(ends, due.until - offset, due.ends) - start >= self._allowed:
                return start + self._allowed
        return None

    def _superseded(self, due: Due, deadline: float) -> bool:
        """Whether a late reminder gave way, within its minute, to a later one of the same event, which is nearer."""
        now = deadline + self._offset(deadline)
        return any(now - due.due >= later - now for later in due.later)

    def _set_back(self, since: float, until: float) -> bool:
        """Whether the process's clock was set back between two moments."""
        return any(
            since <= at <= until and after < before for (_, before), (at, after) in pairwise(self._world.offsets)
        )

    def _needless(self, due: Due, sent: float, owed: Iterable[Due]) -> bool:
        """Whether a reminder came so late that the next one, which came as well, was nearer than its own moment."""
        offset = self._offset(sent)
        unanswered = self._world.discord.unanswered.get(due.place.channel, ())
        if due.mark in self._world.in_doubt or any(due.due - offset - 1 <= at < sent for at in unanswered):
            # What may have been sent is settled, and not weighed.
            return False
        nearer = {later for later in due.later if sent + offset - due.due > later - sent - offset + ALLOWED}
        came = {
            other.due
            for other in owed
            if other.place is due.place and other.kind == "reminder" and other.due in nearer
            and any(m.mark == other.mark and m.at > sent for m in self._messages(due.place.channel))
        }  # fmt: skip
        return bool(came)

    def _clean_stretches(self, channel: int) -> list[tuple[float, float, float]]:
        """(from, to, offset of the process's clock) of the times in which nothing went wrong there."""
        if channel not in self._clean:
            self._clean[channel] = list(self._stretches(channel))
        return self._clean[channel]

    def _stretches(self, channel: int) -> Iterator[tuple[float, float, float]]:
        world = self._world
        bad = sorted((begins, ends) for place, begins, ends in world.troubles if place in {None, channel})
        bad += [(since, ends) for since, ends, _ in self._refusals(channel)]
        jumps = [at for at, _ in world.offsets[1:]]
        bad = sorted([*bad, *((at, at + 0.001) for at in jumps), (self._end, float("inf"))])
        at = 0.0
        for begins, ends in bad:
            if begins > at:
                yield at, begins, self._offset(at)
            at = max(at, ends)

    def _offset(self, at: float) -> float:
        """By how much the process's clock was ahead then."""
        return [offset for since, offset in self._world.offsets if since <= at][-1]

    def _risked(self, place: Place, mark: str, choice: str) -> bool:
        """Whether it was left to chance: it was under way, and history could not be read from then on for a while."""
        since = self._world.in_doubt.get(mark)
        return since is not None and self._world.story.in_doubt == choice and self._hidden(place, since)

    def _nonces_changed(self, place: Place) -> Iterator[str]:
        """Messages that were made a second time because the second request bore another nonce."""
        world = self._world
        if world.restored or place.standings or any(isinstance(each, Import | OffAndOn) for each in world.story.events):
            # There, two rows may be one message to who reads the channel.
            return
        nonces: dict[str, list[str]] = {}
        for message in self._messages(place.channel):
            if message.mark and message.nonce not in nonces.setdefault(message.mark, []):
                nonces[message.mark].append(message.nonce)
        yield from (f"nonce: {mark} in {place.channel}: {each}" for mark, each in nonces.items() if len(each) > 1)

    def _forgotten(self, place: Place, mark: str) -> bool:
        """Whether a second message left just before an older copy was put back, which knows of none."""
        made = [m.at for m in self._messages(place.channel) if m.mark == mark]
        return any(max(made) - MINUTE <= at <= max(made) + LOOKED_AFTER for at in self._world.restored_at)

    def _hidden(self, place: Place, since: float = 0.0) -> bool:
        """Whether history could not be read in a place at some time since a moment."""
        return any(until > since for _, until in self._world.discord.hidden_times.get(place.channel, ()))

    def _messages(self, channel: int) -> list:  # type: ignore[type-arg]
        return self._world.discord.messages.get(channel, [])

    def _seconds(self, moment: datetime) -> float:
        return (moment - self._begins).total_seconds()

    def _now(self) -> datetime:
        return (self._begins + timedelta(seconds=self._end + self._world.offset)).astimezone(UTC)

    def _farthest(self) -> datetime:
        """The latest moment that the process's clock showed: what was known by then stays so if the clock goes back."""
        offsets = self._world.offsets
        ends = [*(at for at, _ in offsets[1:]), self._end]
        shown = max(end + offset for end, (_, offset) in zip(ends, offsets, strict=True))
        return (self._begins + timedelta(seconds=shown)).astimezone(UTC)

    def _when(self, seconds: float) -> str:
        return f"{self._begins + timedelta(seconds=seconds):%H:%M:%S}"
