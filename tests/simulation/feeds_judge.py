"""What came of a weekend of the feeds, compared with what NASCAR said and when: nothing is taken from the program.

The store must hold what NASCAR said at some time, never a mixture and never something older again, and in the end the
last of it. Each change is told once. What is asked is counted, and neither too soon nor too late.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from bot.notifications.results_planner import noon_of, plan_outcomes
from db.models import NEVER, Race, Season
from db.reminders.models import RACE as WHOLE_RACE
from db.reminders.models import NotificationKind, PlannedNotification
from tests.simulation.events import Backup
from tests.simulation.feeds_asked import STANDING, asked_wrongly
from tests.simulation.feeds_story import FeedWeather
from tests.simulation.feeds_weekend import GREEN, ROUND, YEAR, State, Told, told
from tests.simulation.feeds_world import FeedWorld
from tests.simulation.judge import Due, _Judge
from tests.simulation.marks import mark_of
from tests.simulation.story import HOUR, Place
from tests.simulation.verdict import Verdict

HOLD = 120.0
"""For so many seconds a change waits before it is told."""
TOLD_FOR = 24 * HOUR
"""So long a change is worth telling, and results are news that long after their race."""
RACE_LENGTH = timedelta(hours=3)
"""How long a race takes where its results came too late to say so."""
OFFICIAL_AFTER = timedelta(days=5)
"""How long after its start a race's results count as official though nobody says so."""
EMPTY = told(State()).weekend
SELDOM = 6.2 * HOUR
"""What was not there is asked for that often."""


def judge_feeds(world: FeedWorld) -> Verdict:
    """The verdict on a weekend that is over."""
    return _FeedJudge(world).verdict()


class _FeedJudge(_Judge):
    _world: FeedWorld

    def verdict(self) -> Verdict:
        world = self._world
        if not world.seen:
            return Verdict(nights=1, wrong=["deaf: the program never saw its season"])
        verdict = Verdict(nights=1, wrong=list(world.faults))
        owed = list(self._owed())
        self._judge_owed(owed, verdict)
        self._judge_doubled(verdict)
        for place in world.story.places:
            if not place.person:
                self._judge_told(place, verdict)
            if place.changes and place.leads:
                verdict.wrong += self._changes(place)
            verdict.wrong += self._told_too_late(place)
        verdict.useless = len(world.useless)
        verdict.wrong += [f"useless: {mark}" for mark in world.useless]
        verdict.wrong += self._false_claims()
        verdict.wrong += self._mixtures()
        verdict.wrong += self._behind()
        verdict.wrong += asked_wrongly(world)
        return verdict

    @property
    def _season(self) -> Season:
        return self._world.seen[-1][2]

    @property
    def _race(self) -> Race:
        race = self._season.race(ROUND)
        assert race is not None
        return race

    def _owed(self) -> Iterator[Due]:
        for place in self._world.story.places:
            yield from self._owed_starts(place)
            yield from self._owed_results(place)

    def _starts(self) -> list[tuple[float, datetime]]:
        """From when the store held which start, each change of it once."""
        starts: list[tuple[float, datetime]] = []
        for at, each, _ in self._world.seen:
            if not starts or starts[-1][1] != each.schedule[0]:
                starts.append((at, each.schedule[0]))
        return starts

    def _owed_starts(self, place: Place) -> Iterator[Due]:
        starts = self._starts()
        for (known, start), (ends, _) in zip(starts, [*starts[1:], (float("inf"), GREEN)], strict=True):
            for lead in place.leads:
                row = PlannedNotification(
                    NotificationKind.REMINDER, YEAR, ROUND, "coverage", lead, start, start - timedelta(minutes=lead),
                    start, race=self._race.id,
                )  # fmt: skip
                later = tuple(self._seconds(start - timedelta(minutes=each)) for each in place.leads if each < lead)
                yield Due(
                    place, "reminder", mark_of(place, row), self._seconds(row.due_at), self._seconds(start), known,
                    ends, later,
                )  # fmt: skip

    def _owed_results(self, place: Place) -> Iterator[Due]:
        known = self._world.seen[-1][0]
        wanted = {
            NotificationKind.RESULTS: place.results,
            NotificationKind.RECAP: place.recap,
            NotificationKind.STANDINGS: place.standings,
        }
        for each in plan_outcomes((self._season,), self._farthest()):
            if not wanted[each.kind]:
                continue
            mark = mark_of(place, each)
            # After two days, only what was posted is corrected.
            posted = any(message.mark == mark for message in self._world.discord.live(place.channel))
            if each.newcomers and each.kind is not NotificationKind.STANDINGS and not posted:
                continue
            row = replace(each, due_at=max(each.due_at, self._begins))
            yield Due(
                place, str(each.kind), mark, self._seconds(row.due_at), self._seconds(row.until), known,
                version=each.lead,
            )  # fmt: skip

    def _changes(self, place: Place) -> Iterator[str]:
        """Whether the start that stands was told, once, and no start twice in a row."""
        world, starts = self._world, self._starts()
        marks = [message.mark for message in sorted(world.discord.live(place.channel), key=lambda each: each.at)]
        said = [world.starts_told[mark] for mark in marks if mark in world.starts_told]
        if self._has_old_copy():
            said = list(dict.fromkeys(said))
        if any(first == second for first, second in pairwise(said)) and not self._hidden(place):
            yield f"told twice: in {place.channel} that the race is at {said}"
        if len(said) >= len(starts) and not self._hidden(place):
            yield f"told twice: {len(said)} changes in {place.channel}, of {len(starts) - 1}"
        changed, now = starts[-1]
        before = datetime.fromisoformat(said[-1] or "") if said else starts[0][1]
        if before == now:
            return
        until = min(changed + TOLD_FOR, self._seconds(now))
        for begins, ends, _ in self._clean_stretches(place.channel):
            if min(ends, until) - max(begins, changed + HOLD) >= 2 * self._allowed:
                yield f"not told: in {place.channel} that the race is at {now}, but {said}"
                return

    def _forgotten(self, place: Place, mark: str) -> bool:
        return super()._forgotten(place, mark) or (mark in self._world.starts_told and self._has_old_copy())

    def _has_old_copy(self) -> bool:
        """Whether a copy was put back that was made hours before: nobody looks that far for what was told since."""
        made = [each.at for each in self._world.story.events if isinstance(each, Backup)]
        return any(at - max((each for each in made if each < at), default=at) > HOUR for at in self._world.restored_at)

    def _told_too_late(self, place: Place) -> Iterator[str]:
        """Whether results were sent that came to be known more than a day after the race."""
        known = [
            (race.results_at, race.start or race.begins)
            for _, each, season in self._world.seen
            if each.weekend[1] in STANDING and (race := season.race(ROUND)) is not None and race.results_at is not None
        ]
        if not known or any(at <= start + RACE_LENGTH + timedelta(seconds=TOLD_FOR) for at, start in known):
            return
        for kind in (NotificationKind.RESULTS, NotificationKind.RECAP):
            row = PlannedNotification(
                kind, YEAR, ROUND, WHOLE_RACE, 0, noon_of(self._race), NEVER, NEVER, race=self._race.id
            )
            if any(message.mark == mark_of(place, row) for message in self._messages(place.channel)):
                yield f"stale news: {kind} in {place.channel}"

    def _mixtures(self) -> Iterator[str]:
        """What the store held that NASCAR never said, or had said before something that the store held already."""
        schedule = weekend = laps = 0
        since = 0.0
        for at, each, _ in self._world.seen:
            if any(since < restored <= at for restored in self._world.restored_at):
                schedule = weekend = laps = 0
            since = at
            for name, last in (("schedule", schedule), ("weekend", weekend), ("laps", laps)):
                found = next((n for n in range(last, len(self._said(at))) if self._is_said(name, n, each, at)), None)
                if found is None:
                    older = any(self._is_said(name, n, each, at) for n in range(last))
                    what = "older again" if older else "mixture"
                    yield f"{what}: {name} at {self._when(at)}: {each}"
                elif name == "schedule":
                    schedule = found
                elif name == "weekend":
                    weekend = found
                else:
                    laps = found

    def _said(self, at: float) -> list[State]:
        return [state for since, state in self._world.said if since <= at]

    def _is_said(self, name: str, number: int, each: Told, at: float) -> bool:
        """Whether a store that holds this part holds the state of that number; the clock may make results official."""
        state = self._world.said[number][1]
        if name == "schedule":
            # Once a race was run, the start that is held stays: NASCAR then writes the track's own time.
            before = {told(other).schedule for _, other in self._world.said[: number + 1]}
            return each.schedule == told(state).schedule or (state.listed_over and each.schedule in before)
        if name == "weekend":
            late = self._seconds(state.start + OFFICIAL_AFTER) <= at + self._offset(at)
            final = replace(state, official=state.official or (state.over and state.points and late))
            # A store that was just made, or put back, may hold nothing of the weekend yet.
            return each.weekend in {told(state).weekend, told(final).weekend} or (not number and each.weekend == EMPTY)
        # Lap times are read with the results, which may not be there yet; what was read stays.
        return each.fastest in {None, told(state).fastest}

    def _behind(self) -> Iterator[str]:
        """Whether the store holds what NASCAR said last, after a time in which nothing went wrong."""
        at, each, _ = self._world.seen[-1]
        number = len(self._world.said) - 1
        end = self._world.said[-1][1]
        wanted = told(end)
        if not self._is_said("schedule", number, each, at):
            yield f"behind: the schedule is {each.schedule}, NASCAR has {wanted.schedule}"
        # Once results have been left alone for long enough, it is looked once a day whether they count as official.
        late = self._seconds(end.start + OFFICIAL_AFTER) + 25 * HOUR <= self._end
        judged = told(replace(end, official=end.official or (end.over and end.points and late)))
        is_right = each.weekend == judged.weekend if late else self._is_said("weekend", number, each, at)
        if not is_right:
            yield f"behind: the weekend is {each.weekend}, NASCAR has {judged.weekend}"
        timed = [since for since, state in self._world.said if state.timed]
        timed += [bad.at + bad.seconds for bad in self._world.story.events if isinstance(bad, FeedWeather)]
        if each.fastest != wanted.fastest and max(timed, default=0.0) + SELDOM <= self._end:
            yield f"behind: the fastest lap is {each.fastest}, NASCAR has {wanted.fastest}"

    def _nonces_changed(self, place: Place) -> Iterator[str]:
        """Results and their corrections may be one message to who reads the channel, with a nonce each."""
        del place
        yield from ()
