"""/live: the race as it runs, before it starts, and once it is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from discord import ui

from bot.championship.as_it_runs import ChampionshipAsItRuns
from bot.questions.core import NextQuestion, Question, ResultsQuestion, ScheduleQuestion, StandingsQuestion
from bot.questions.live import LiveAloneQuestion, LiveQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent, card, freshness
from bot.render.buttons import Link, row
from bot.render.formatting import count, escape, joined, listed, name_of, race_name, stamp
from bot.render.live_championship import as_it_would_stand
from bot.render.live_order import GridPlace, grid_of, movers, name_in, order_table, out_of_it, starting_order
from bot.render.next_race import broadcasts, distance, headline, times
from bot.render.race_status import status_now
from db.live.models import Flag, LiveState
from db.models import Race, Season
from db.reminders.race_day import NO_DELAY, Delay

SOURCE = "NASCAR's live timing, unofficial."
IN_POINTS = "Points as they run: places, stages and the fastest lap as known now."
NOT_HERE = "How it stands is not known here: no live timing has come."
NO_ORDER = "Starting order: not known yet."


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """What there is to tell of a race, as of one moment.

    Attributes:
        season: the season as known now; ``race`` is one of its races, None where none is ahead.
        race: the race.
        state: the race as it runs; None where nothing of it came.
        heard: when the feed last answered.
        picture: the championship if the race ended now; None before the green flag.
        grid: place, number and driver of each truck of the starting order that is on record, without the live timing.
        contenders: the drivers in the postseason, who are shown wherever they run.
        delay: by how much who asks is told of the race later than it runs.
    """

    season: Season
    race: Race | None
    state: LiveState | None = None
    heard: datetime | None = None
    picture: ChampionshipAsItRuns | None = None
    contenders: frozenset[str] = frozenset()
    grid: Sequence[GridPlace] = ()
    delay: Delay = NO_DELAY

    @property
    def over(self) -> bool:
        """Whether the race's results stand."""
        return self.race is not None and self.season.has_results(self.race.round)


def live(facts: LiveFacts, question: LiveQuestion | LiveAloneQuestion, now: datetime) -> ui.LayoutView:
    """The race as it stands.

    Args:
        facts: what is known.
        question: what was asked; the button that asks again keeps its kind.
        now: the current time.
    """
    if facts.race is None:
        return _no_race(facts.season, now)
    if facts.over:
        return _after(facts.season, facts.race, now)
    if facts.state is not None and facts.state.begun:
        return _running(facts, facts.race, facts.state, question, now)
    return _before(facts, facts.race, question, now)


def _title(race: Race) -> str:
    return f"{escape(race_name(race))} · {escape(race.track.short)}"


def _again(race: Race, question: LiveQuestion | LiveAloneQuestion) -> Link:
    return Link("Refresh", type(question)(race.season, race.round))


def _no_race(season: Season, now: datetime) -> ui.LayoutView:
    return card(
        "No race ahead",
        f"No known schedule has a race after {season.year}.",
        accent=Accent.CHECKERED,
        small=[freshness(season, now)],
        controls=row(
            [Link("Schedule", ScheduleQuestion(season.year)), Link("Standings", StandingsQuestion(season.year))]
        ),
    )


def _after(season: Season, race: Race, now: datetime) -> ui.LayoutView:
    rows = season.results[race.round]
    links: list[tuple[str, Question]] = [
        ("Results", ResultsQuestion(season.year, race.round)),
        ("Recap", RecapQuestion(season.year, race.round)),
        ("Standings", StandingsQuestion(season.year, race.round)),
        ("Next race", NextQuestion()),
    ]
    behind = joined(escape(name_of(season, each.driver)) for each in rows[1:3])
    return card(
        _title(race),
        f"Race over: **{escape(name_of(season, rows[0].driver))}** won{f', ahead of {behind}' if behind else ''}",
        accent=Accent.CHECKERED,
        small=[freshness(season, now)],
        controls=row([Link(label, asked) for label, asked in links]),
    )


def _before(facts: LiveFacts, race: Race, question: LiveQuestion | LiveAloneQuestion, now: datetime) -> ui.LayoutView:
    """The countdown and who starts where; once its time has come, that nothing is known of the race."""
    state, told = facts.state, now - timedelta(seconds=facts.delay.seconds)
    # Who sees the race later is told nothing of whether it has begun.
    waits = told < race.begins <= now
    begun = status_now(race, told) if not waits else None
    rolling = state is not None and state.flag is Flag.HOT
    timed = grid_of(facts.season, state) if state is not None else []
    known = starting_order(timed or facts.grid, facts.contenders)
    silent = begun is not None and state is None
    first = _waits(race, facts.delay) if waits else headline(race, told if begun is not None else now)
    if rolling:
        first = f"**On the pace laps**, no green flag yet · {first}"
    return card(
        _title(race),
        first,
        NOT_HERE if silent else "",
        "\n".join(filter(None, [*broadcasts(race, now), *times(race, now), distance(race)])),
        known or ("" if silent or waits else NO_ORDER),
        accent=Accent.GREEN,
        small=[_as_of(state) if timed and state is not None else "", freshness(facts.season, now)],
        controls=row(
            [_again(race, question), Link("Next race", NextQuestion()), Link("Schedule", ScheduleQuestion(race.season))]
        ),
    )


def _waits(race: Race, delay: Delay) -> str:
    """When a race that was to begin by now is told to who sees it later."""
    first = race.begins + timedelta(seconds=delay.seconds)
    return f"**Told here from** {stamp(first, 't')} on · {stamp(first, 'R')}"


def _running(
    facts: LiveFacts, race: Race, state: LiveState, question: LiveQuestion | LiveAloneQuestion, now: datetime
) -> ui.LayoutView:
    season = facts.season
    silent = state.is_silent(now - timedelta(seconds=facts.delay.seconds), facts.heard)
    links = [_again(race, question), Link("Standings", StandingsQuestion(season.year))]
    return card(
        _title(race),
        _silence(state) if silent else flag_line(season, state),
        *how_it_stands(season, state, facts.contenders, facts.picture),
        accent=Accent.CHECKERED if silent else flag_accent(state),
        small=[f"{_as_of(state)} {SOURCE}", IN_POINTS if facts.picture is not None else "", freshness(season, now)],
        controls=row(links),
    )


def how_it_stands(
    season: Season, state: LiveState, contenders: Collection[str], picture: ChampionshipAsItRuns | None
) -> tuple[str, ...]:
    """All under the first line: stage and lead, the running order, who gained and is out, and who would be in.

    Args:
        season: the season, without results of the race.
        state: the race as it runs.
        contenders: the drivers in the postseason, who are shown wherever they run.
        picture: the championship if the race ended now; None where it is left out.
    """
    return (
        "\n".join(filter(None, [_stage(state), _lead(season, state), _so_far(season, state)])),
        order_table(season, state, contenders),
        "\n".join(filter(None, [*movers(season, state), out_of_it(season, state)])),
        as_it_would_stand(picture, state) if picture is not None else "",
    )


def _as_of(state: LiveState) -> str:
    lap = f"As of lap {state.lap}, " if state.begun else "As of "
    return f"{lap}{stamp(state.at, 'R')}."


def _laps(state: LiveState) -> str:
    """``lap 52 of 90``: laps completed."""
    return f"lap {state.lap} of {state.laps}" if state.laps is not None else f"lap {state.lap}"


def _silence(state: LiveState) -> str:
    """That nothing came since a lap, when that was, and how it stood; all that follows is as of then."""
    then = f"{_flag_word(state).lower()} then, {count(state.laps, 'lap')} in all" if state.laps else _flag_word(state)
    return f"**No news since lap {state.lap}**, {stamp(state.at, 'R')} · {then}"


_FLAG_WORDS = {
    Flag.GREEN: "Green flag",
    Flag.YELLOW: "Caution",
    Flag.RED: "Red flag",
    Flag.CHECKERED: "Checkered flag",
}


def _flag_word(state: LiveState) -> str:
    if state.checkered is not None:
        return _FLAG_WORDS[Flag.CHECKERED]
    return _FLAG_WORDS.get(state.flag, "Track cold" if state.flag is Flag.COLD else "Green flag to come")


def flag_line(season: Season, state: LiveState, *, stamped: bool = True) -> str:
    """The answer: the flag, since when, and laps completed of how many; once all are run, who was first.

    ``stamped`` says how long ago a flag was shown, which is of no use where the race was run long ago.
    """
    word, shown = _flag_word(state), state.flags[-1] if state.flags else None
    if state.checkered is not None:
        first = f"**{escape(name_in(season, state.trucks[0]))}** finished first" if state.trucks else f"**{word}**"
        return listed([first, "not official yet", f"{count(state.lap, 'lap')} run"])
    if shown is None or state.flag is Flag.GREEN:
        since = f" since lap {shown.lap}" if shown is not None and shown.lap else ""
        return listed([f"**{word}**{since}", _laps(state), f"{state.laps_left} to go" if state.laps_left else ""])
    reason = f" ({escape(shown.reason)})" if shown.reason else ""
    since = f"since lap {shown.lap}, {stamp(shown.since, 'R')}" if stamped else f"since lap {shown.lap}"
    if state.flag is Flag.RED and stamped:
        since = f"since {stamp(shown.since, 't')}, {stamp(shown.since, 'R')}"
    return listed([f"**{word}**{reason} {since}", _laps(state)])


def flag_accent(state: LiveState) -> Accent:
    """The colour of the flag that is shown."""
    if state.checkered is not None:
        return Accent.CHECKERED
    return {Flag.YELLOW: Accent.YELLOW, Flag.RED: Accent.RED}.get(state.flag, Accent.GREEN)


def _stage(state: LiveState) -> str:
    """``**Stage 2** 8 laps left, ends on lap 60``; empty once all are run, and where that is not known."""
    left = state.stage_left
    if state.checkered is not None or state.stage is None or left is None:
        return ""
    if left == 0:
        return f"**Stage {state.stage}** is over"
    last = state.stage_end == state.laps
    ends = "the finish" if last else f"lap {state.stage_end}"
    return f"**{'Final stage' if last else f'Stage {state.stage}'}** {count(left, 'lap')} left, to {ends}"


def _lead(season: Season, state: LiveState) -> str:
    """Who leads, and by how much; nothing once the first line has said who was first."""
    first, second = (*state.trucks[:2], None, None)[:2]
    if first is None or state.checkered is not None:
        return ""
    leads = f"**{escape(name_in(season, first))}** leads"
    if second is None:
        return leads
    by = f" by {second.gap:.3f} s," if second.gap else ""
    return f"{leads}{by} ahead of {escape(name_in(season, second))}"


def _so_far(season: Season, state: LiveState) -> str:
    """Cautions, lead changes and the fastest lap so far."""
    laps = f" ({count(state.caution_laps, 'lap')})" if state.caution_laps else ""
    cautions = f"**Cautions** {state.cautions}{laps}" if state.cautions is not None else ""
    changes = f"**Lead changes** {len(state.leads) - 1}" if state.leads else ""
    return listed([cautions, changes, *_fastest(season, state)])


def _fastest(season: Season, state: LiveState) -> Iterable[str]:
    lap = state.fastest
    truck = state.by_number.get(lap.number) if lap is not None else None
    if lap is not None and truck is not None:
        when = f" (lap {lap.lap})" if lap.lap else ""
        yield f"**Fastest lap** {escape(name_in(season, truck))}, {lap.seconds:.3f} s{when}"
