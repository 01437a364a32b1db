"""What came of a race night, compared with how the race went and what NASCAR's server handed out of it.

Each fact is told to each place that wants it, once, in order, in time and not before its delay; and no word of any
message tells what that place is not to know yet.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from bot.notifications.board import boards_planned
from bot.notifications.results_planner import plan_outcomes
from db.models import Race, Season
from db.reminders.models import NotificationKind
from db.reminders.race_day import POSTS, RaceDay, RacePost
from tests.simulation.judge import Due, _Judge
from tests.simulation.marks import mark_of
from tests.simulation.races_boards import board_spoilers
from tests.simulation.races_documents import FEED, ROUND, winner_of
from tests.simulation.races_known import Fact, Known
from tests.simulation.races_server import Handed
from tests.simulation.races_world import RaceWorld, Shown
from tests.simulation.story import MINUTE, Place
from tests.simulation.verdict import Verdict

USEFUL = {
    RacePost.GREEN: 10 * MINUTE,
    RacePost.CAUTION: 10 * MINUTE,
    RacePost.RED: 30 * MINUTE,
    RacePost.LEAD: 5 * MINUTE,
    RacePost.OVERTIME: 10 * MINUTE,
    RacePost.STAGE: 30 * MINUTE,
    RacePost.CHECKERED: 180 * MINUTE,
}
"""For so many seconds after it happened something is news."""
WAITS = {RacePost.CAUTION: 20.0, RacePost.RED: 20.0, RacePost.CHECKERED: 30.0}
"""For so many seconds a post waits for more to be known."""
STALE = {
    RacePost.GREEN: {RacePost.GREEN, RacePost.CAUTION, RacePost.RED, RacePost.CHECKERED},
    RacePost.CAUTION: {RacePost.GREEN, RacePost.CAUTION, RacePost.RED, RacePost.CHECKERED},
    RacePost.RED: {RacePost.GREEN, RacePost.RED, RacePost.CHECKERED},
    RacePost.LEAD: {RacePost.LEAD, RacePost.CHECKERED},
    RacePost.OVERTIME: {RacePost.OVERTIME, RacePost.CHECKERED},
    RacePost.STAGE: set[RacePost](),
    RacePost.CHECKERED: set[RacePost](),
}
"""By what a post is overtaken: it need not come any more."""
TAKES_IN = 8.0
"""Seconds that the program may take to have what it was handed in its store, with all documents beside it."""
SOON = 1.5
"""The store keeps whole seconds, and a moment is one of them."""
A_LAP_OR_TWO = 2
IN_ORDER = 6.0
"""So far apart two things must have been seen for their order to count."""
LAP = re.compile(r"\blap (\d+)(?! of \d+ to)", re.IGNORECASE)
OUTCOMES = frozenset({NotificationKind.RESULTS, NotificationKind.RECAP, NotificationKind.STANDINGS})


def judge_race(world: RaceWorld) -> Verdict:
    """The verdict on a race night that is over."""
    return _RaceJudge(world).verdict()


@dataclass(frozen=True)
class _Told:
    """A message about the race, and the fact that it tells."""

    first: Shown
    fact: Fact
    stands: bool


class _RaceJudge(_Judge):
    _world: RaceWorld

    def verdict(self) -> Verdict:
        world = self._world
        if world.season is None:
            return Verdict(nights=1, wrong=["deaf: the program never saw its season"])
        self._known = Known(world.story.race, world.nascar.handed)
        verdict = Verdict(nights=1, wrong=list(dict.fromkeys(world.faults)))
        self._judge_owed([due for place in world.story.places for due in self._owed_outcomes(place)], verdict)
        self._judge_owed([due for place in world.story.places for due in self._owed_boards(place)], verdict)
        self._judge_doubled(verdict)
        for place in world.story.places:
            if not place.person:
                self._judge_told(place, verdict)
            self._judge_posts(place, verdict)
            verdict.wrong += self._spoilers(place)
            verdict.wrong += board_spoilers(self, place)
        verdict.useless = len(world.useless)
        verdict.wrong += [f"useless: {mark}" for mark in world.useless]
        verdict.wrong += self._false_claims()
        verdict.wrong += self._deaf()
        return verdict

    @property
    def _season(self) -> Season:
        assert self._world.season is not None
        return self._world.season

    @property
    def _race(self) -> Race:
        race = self._season.race(ROUND)
        assert race is not None
        return race

    def _owed_outcomes(self, place: Place) -> Iterator[Due]:
        """Results, recap and standings, each by so much later as the place sees the race."""
        follows = place.race_day is not RaceDay.NOTHING
        wanted = {
            NotificationKind.RESULTS: place.results or follows,
            NotificationKind.RECAP: place.recap or follows,
            NotificationKind.STANDINGS: place.standings,
        }
        known = max((at for at, _ in self._world.imported), default=0.0)
        for each in plan_outcomes((self._season,), self._farthest()):
            if not wanted[each.kind] or each.followers:
                continue
            late = timedelta(seconds=place.delay)
            row = replace(each, due_at=max(each.due_at + late, self._begins))
            yield Due(
                place, str(each.kind), mark_of(place, each), self._seconds(row.due_at), self._seconds(row.until),
                known if each.round == ROUND else 0.0, version=each.lead,
            )  # fmt: skip

    def _owed_boards(self, place: Place) -> Iterator[Due]:
        """The board of the race, by so much later as the place sees it."""
        for each in boards_planned((self._season,), self._race.begins) if place.board else ():
            if each.round == ROUND:
                late = place.delay
                yield Due(
                    place, "board", mark_of(place, each), max(self._seconds(each.due_at) + late, 0.0),
                    self._seconds(each.until) + late,
                )  # fmt: skip

    def _judge_posts(self, place: Place, verdict: Verdict) -> None:
        wanted = POSTS[place.race_day] if not place.person else frozenset()
        told = list(self._told(place, verdict))
        by_fact = defaultdict[int, list[_Told]](list)
        for each in told:
            by_fact[id(each.fact)].append(each)
            if each.fact.post not in wanted:
                verdict.wrong.append(f"unwanted: {each.fact} in {place.channel}")
        for group in by_fact.values():
            marks = {each.first.notification.lead for each in group if each.stands}
            if len(marks) > 1 and not (self._world.restored and self._hidden(place)):
                verdict.wrong.append(f"told twice: {group[0].fact} in {place.channel}, as {sorted(marks)}")
        for fact in self._known.facts:
            if fact.owed and fact.post in wanted:
                self._judge_post(place, fact, by_fact[id(fact)], verdict)
        verdict.wrong += self._out_of_order(place, told)

    def _judge_post(self, place: Place, fact: Fact, told: list[_Told], verdict: Verdict) -> None:
        deadlines = [each for each in (self._deadline(due) for due in self._dues(place, fact)) if each is not None]
        arrived = min((each.first.at for each in told), default=None)
        if not deadlines:
            return
        verdict.due += 1
        if arrived is None:
            if self._was_risked(place, fact):
                verdict.risked_lost += 1
                return
            verdict.lost += 1
            verdict.wrong.append(f"lost: {fact} in {place.channel} by {self._when(deadlines[0])}")
        elif arrived > max(deadlines):
            verdict.late += 1
            verdict.wrong.append(
                f"late: {fact} in {place.channel} at {self._when(arrived)}, owed by {self._when(max(deadlines))}"
            )

    def _was_risked(self, place: Place, fact: Fact) -> bool:
        """Whether it was under way where nobody could tell what became of it, and is given up as was chosen."""
        mine = place.channel, fact.post.value
        return self._world.story.in_doubt == "drop" and any(
            self._world.posts.get(mark) == mine and self._hidden(place, since)
            for mark, since in self._world.in_doubt.items()
        )

    def _dues(self, place: Place, fact: Fact) -> Iterator[Due]:
        """When the fact is owed: from when it was known for sure on, and again if that was forgotten."""
        world = self._world
        ends_of_memory = [*world.restored_at, float("inf")]
        since = 0.0
        for forgotten in ends_of_memory:
            sure = next((each for each in fact.handed if each.at > since and self._was_taken_in(each)), None)
            since = forgotten
            if sure is None or sure.at >= forgotten:
                continue
            seen = sure.at + self._offset(sure.at)
            overtaken = self._overtaken(fact)
            happened = min(self._seconds(fact.since), fact.handed[0].at + self._offset(fact.handed[0].at))
            waits = WAITS.get(fact.post, 0.0) + 5
            yield Due(
                place, "post", "", seen + place.delay + waits, happened + USEFUL[fact.post] + place.delay - 1,
                sure.at, min(forgotten, overtaken + place.delay, self._results_known(fact)),
            )  # fmt: skip

    def _results_known(self, fact: Fact) -> float:
        """From when on a finish is no news, because there are results."""
        first = min((at for at, _ in self._world.imported), default=float("inf"))
        return first if fact.post is RacePost.CHECKERED else float("inf")

    def _overtaken(self, fact: Fact) -> float:
        """When something was handed out that makes a fact stale."""
        return min(
            (
                other.handed[0].at
                for other in self._known.facts
                if other is not fact
                and other.post in STALE[fact.post]
                and (other.since, other.handed[0].at) >= (fact.since, fact.handed[0].at)
            ),
            default=float("inf"),
        )

    def _was_taken_in(self, handed: Handed) -> bool:
        """Whether the program certainly had it in its store soon after: nothing went wrong meanwhile."""
        first, last = handed.at, handed.at + TAKES_IN
        bad = [(begins, ends) for place, begins, ends in self._world.troubles if place is None]
        return not any(begins < last and ends > first for begins, ends in [*bad, *self._world.feed_troubles])

    def _told(self, place: Place, verdict: Verdict) -> Iterator[_Told]:
        """The messages about the race under way, each with its fact."""
        standing = {message.id for message in self._world.discord.live(place.channel)}
        seen = set[int]()
        for shown in self._world.shown:
            if shown.channel != place.channel or shown.notification.kind is not NotificationKind.LIVE:
                continue
            if shown.message in seen:
                verdict.wrong.append(f"edited: {shown.notification.session} in {place.channel}")
                continue
            seen.add(shown.message)
            fact = self._fact(shown)
            if fact is None:
                verdict.wrong.append(f"made up: {shown.text[:90]!r} in {place.channel} at {self._when(shown.at)}")
                continue
            if self._is_stale(place, shown, fact):
                verdict.wrong.append(f"stale news: {fact} in {place.channel} at {self._when(shown.at)}")
            yield _Told(shown, fact, shown.message in standing)

    def _is_stale(self, place: Place, shown: Shown, fact: Fact) -> bool:
        """Whether a flag was told when it was no news any more, by the process's clock."""
        if fact.post in {RacePost.LEAD, RacePost.STAGE, RacePost.OVERTIME}:
            return False
        left = self._world.handed_over.get(self._mark(shown), shown.at)
        last = self._seconds(fact.since) + USEFUL[fact.post] + place.delay
        return left + self._offset(left) > last + SOON

    def _fact(self, shown: Shown) -> Fact | None:
        """The fact that a message tells; None if there is none, or it tells it wrongly."""
        due = shown.notification
        post, lap = RacePost(due.session), due.detail.get("stage") or due.detail.get("lap") or 0
        known = [each for each in self._known.facts if each.post is post and each.handed[0].at <= shown.at]
        if post is RacePost.CHECKERED:
            found = known
        elif post is RacePost.STAGE:
            found = [each for each in known if each.lap == lap]
        else:
            near = 30 if post is RacePost.OVERTIME else A_LAP_OR_TWO
            found = sorted(
                (each for each in known if abs(each.lap - lap) <= near), key=lambda each: abs(each.lap - lap)
            )
        return next((each for each in found if self._names(each, shown.text)), None)

    def _names(self, fact: Fact, text: str) -> bool:
        trucks = {truck.number: truck.name for state in self._world.story.race.states[-1:] for truck in state.trucks}
        return not fact.who or any(trucks[who].split()[-1] in text for who in fact.who if who in trucks)

    def _out_of_order(self, place: Place, told: list[_Told]) -> Iterator[str]:
        """Whether something was told before what was seen well before it."""
        firsts: dict[int, _Told] = {}
        for each in sorted(told, key=lambda each: each.first.at):
            firsts.setdefault(id(each.fact), each)
        for first, second in pairwise(firsts.values()):
            if second.fact.handed[0].at + IN_ORDER < first.fact.handed[0].at and second.fact.since < first.fact.since:
                yield (
                    f"out of order: {second.fact} after {first.fact} in {place.channel} at "
                    f"{self._when(second.first.at)}"
                )

    def _spoilers(self, place: Place) -> Iterator[str]:
        for shown in self._world.shown:
            if shown.channel != place.channel:
                continue
            latest = self._latest(shown)
            if shown.notification.kind in OUTCOMES:
                yield from self._spoils_outcome(place, shown, latest)
            elif shown.notification.kind is NotificationKind.LIVE:
                yield from self._spoils_race(place, shown, latest)

    def _latest(self, shown: Shown) -> float:
        """What the process's clock showed at most while a message was on its way."""
        left = self._world.handed_over.get(self._mark(shown), shown.at)
        offsets = [offset for at, offset in self._world.offsets if min(left, shown.at) - MINUTE <= at <= shown.at]
        return shown.at + max([self._offset(max(shown.at - MINUTE, 0.0)), *offsets])

    def _mark(self, shown: Shown) -> str:
        return next(
            (message.mark for message in self._messages(shown.channel) if message.id == shown.message),
            "",
        )

    def _spoils_outcome(self, place: Place, shown: Shown, latest: float) -> Iterator[str]:
        if shown.notification.round != ROUND:
            yield from self._names_winner_too_soon(place, shown)
            return
        there = [(at, edition) for at, edition in self._world.imported if at <= shown.at]
        first = min((at + self._offset(at) for at, _ in there), default=float("inf"))
        if latest + SOON < first + place.delay:
            yield f"spoiler: {shown.notification.kind} in {place.channel} at {self._when(shown.at)}"
        elif shown.notification.kind is NotificationKind.RESULTS:
            winners = {winner_of(self._world.story.race, edition) for _, edition in there}
            named = self._named_first(shown.text)
            if named not in winners:
                yield f"false: {named} won in {place.channel} at {self._when(shown.at)}, not {winners}"

    def _names_winner_too_soon(self, place: Place, shown: Shown) -> Iterator[str]:
        """Standings of before the race that know of it."""
        if "Race 2" in shown.text and shown.notification.kind is not NotificationKind.STANDINGS:
            yield f"spoiler: {shown.notification.kind} in {place.channel} at {self._when(shown.at)}"

    def _named_first(self, text: str) -> str:
        names = [truck.name for truck in self._world.story.race.states[-1].trucks]
        there = [(text.find(name), name) for name in names if name in text]
        return min(there, default=(0, "nobody"))[1]

    def _spoils_race(self, place: Place, shown: Shown, latest: float) -> Iterator[str]:
        handed = [each for each in self._world.nascar.handed if each.at <= shown.at]
        seen = [each for each in handed if each.at + self._offset(each.at) + place.delay <= latest + SOON]
        seen_ids = set(map(id, seen))
        where = f"in {place.channel} at {self._when(shown.at)}"
        fact = self._fact(shown)
        if fact is not None and not any(id(each) in seen_ids for each in fact.handed):
            yield f"spoiler: {fact} {where}, {place.delay} s before that place may know"
            return
        most = self._known.lap_by(seen)
        ends = {
            sum(self._world.story.race.stages[: number + 1]) for number in range(len(self._world.story.race.stages))
        }
        laps = [int(lap) for lap in LAP.findall(shown.text) if int(lap) not in ends]
        if any(lap > most for lap in laps):
            yield f"spoiler: laps {laps} {where}, of {most} that place may know of"
        if shown.notification.session == RacePost.CHECKERED and seen:
            orders = {each.state.trucks[0].name for each in seen if each.path == FEED and each.state.flags[-1:]}
            named = self._named_first(shown.text)
            if named not in orders:
                yield f"spoiler: {named} is first {where}"

    def _deaf(self) -> Iterator[str]:
        """Whether NASCAR was asked often enough while the race ran and nothing went wrong."""
        world, tale = self._world, self._world.story.race
        begins = (tale.states[0].at - self._begins).total_seconds()
        over = next((each.at for each in tale.states if Known._is_over(each)), tale.ended)
        asked = [each.at for each in world.nascar.requests if each.path == FEED]
        bad = [(first, last) for place, first, last in world.troubles if place is None]
        bad += [(first, last + 330) for first, last in world.feed_troubles]
        bad += [(at - 1, at + 75) for at, _ in world.offsets[1:]]
        for first, second in pairwise([0.0, *asked, self._end]):
            ends = min(second, (over - self._begins).total_seconds())
            start = max(first, begins)
            if ends - start > 70 and not any(each < ends and last > start for each, last in bad):
                yield f"deaf: NASCAR was not asked from {self._when(start)} to {self._when(ends)}"
                return

    def _nonces_changed(self, place: Place) -> Iterator[str]:
        """Results and their corrections may be one message to who reads the channel, with a nonce each."""
        del place
        yield from ()
