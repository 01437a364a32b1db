"""/replay: a race played again from its laps, with the buttons that play, pause, step and jump."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from discord import ui

from bot.championship.as_it_runs import ChampionshipAsItRuns
from bot.questions.core import ResultsQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.questions.replay import SPEEDS, ReplayQuestion
from bot.render.blocks import Accent, card
from bot.render.buttons import Link, row, select_of
from bot.render.formatting import count, day, escape, joined, listed, name_of, race_name
from bot.render.live import IN_POINTS, flag_accent, flag_line, how_it_stands
from db.live.models import LiveState
from db.models import Race, Result, Season

STEP = 10
"""Laps of a step back or forward."""
FROM_LAPS = "Played from the race's laps; its result is the official one."
TOO_MANY = "As many races are being played as Tailgate plays at once; step through this one, or press Play later."


@dataclass(frozen=True, slots=True)
class ReplayMoment:
    """Something to jump to: what it is, and how many seconds after the green flag."""

    label: str
    second: int


@dataclass(frozen=True, slots=True)
class ReplayFacts:
    """A race at one moment of it.

    Attributes:
        season: the season as it stood before the race.
        race: the race.
        rows: its official results, best first.
        state: how it stood.
        picture: the championship if it had ended then.
        contenders: the drivers who were in the postseason.
        moments: what can be jumped to, in order.
        back, on: how many seconds after the green flag it was ten laps before, and ten laps later.
        end: how many seconds it took.
    """

    season: Season
    race: Race
    rows: Sequence[Result]
    state: LiveState
    picture: ChampionshipAsItRuns
    contenders: frozenset[str]
    moments: Sequence[ReplayMoment]
    back: int
    on: int
    end: int

    @property
    def over(self) -> bool:
        return self.state.checkered is not None


def replay(facts: ReplayFacts, question: ReplayQuestion, *, too_many: bool = False) -> ui.LayoutView:
    """The race at the question's second.

    Args:
        facts: what is known of it.
        question: the race, the second and the speed.
        too_many: it would go on, but too many others do.
    """
    race, state, season = facts.race, facts.state, facts.season
    moments = [Link(each.label, replace(question, second=each.second)) for each in facts.moments]
    return card(
        f"Replay: {escape(race_name(race))} · {escape(race.track.short)} {race.season}",
        _winner(facts) if facts.over else flag_line(season, state, stamped=False),
        *how_it_stands(season, state, facts.contenders, facts.picture),
        accent=Accent.CHECKERED if facts.over else flag_accent(state),
        small=[
            TOO_MANY if too_many else listed([_pace(facts, question), f"run on {day(race.date)}, {race.season}"]),
            f"{FROM_LAPS} {IN_POINTS}",
        ],
        select=select_of("moment", "Jump to a stage or caution", moments),
        controls=row(_at_the_end(facts, question) if facts.over else _controls(facts, question)),
    )


def _winner(facts: ReplayFacts) -> str:
    first, *behind = (escape(name_of(facts.season, each.driver)) for each in facts.rows[:3])
    ahead = f", ahead of {joined(behind)}" if behind else ""
    return f"**Checkered flag** · **{first}** won{ahead} · {count(facts.state.lap, 'lap')}"


def _pace(facts: ReplayFacts, question: ReplayQuestion) -> str:
    if facts.over:
        return "The end"
    return f"{'Playing' if question.playing else 'Paused'}, {question.speed}× as fast as it was run"


def _controls(facts: ReplayFacts, question: ReplayQuestion) -> list[Link]:
    slower = max((each for each in SPEEDS if each < question.speed), default=None)
    faster = min((each for each in SPEEDS if each > question.speed), default=None)
    turned = replace(question, playing=1 - question.playing)
    return [
        Link(f"⏪ {STEP}", replace(question, second=facts.back), off=facts.state.lap == 0),
        Link("⏸ Pause" if question.playing else "▶ Play", turned),
        Link(f"{STEP} ⏩", replace(question, second=facts.on)),
        Link("Slower", replace(question, speed=slower or question.speed), off=slower is None),
        Link("Faster", replace(question, speed=faster or question.speed), off=faster is None),
    ]


def _at_the_end(facts: ReplayFacts, question: ReplayQuestion) -> list[Link]:
    year, number = facts.race.season, facts.race.round
    return [
        Link(f"⏪ {STEP}", replace(question, second=facts.back, playing=0)),
        Link("▶ Again", replace(question, second=0, playing=1)),
        Link("Results", ResultsQuestion(year, number)),
        Link("Recap", RecapQuestion(year, number)),
        Link("Standings", StandingsQuestion(year, number)),
    ]


def not_replayed(race: Race, why: str) -> str:
    """The line that a race cannot be played, and why."""
    return f"{race.name} ({race.season}, {race.track.short}) can't be replayed: {why}."


def laps_not_held(races: Sequence[Race]) -> str:
    """Why a race cannot be played whose laps are not held: of which they are."""
    if not races:
        return "lap by lap no race is on record here"
    years = sorted({race.season for race in races})
    span = f"from {years[0]} to {years[-1]}" if len(years) > 1 else f"of {years[0]}"
    return f"lap by lap it isn't on record here, as {count(len(races), 'race')} {span} {_are(races)}"


def _are(races: Sequence[Race]) -> str:
    return "are" if len(races) > 1 else "is"
