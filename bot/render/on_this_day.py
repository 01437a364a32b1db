"""/on-this-day: what happened in the series on a day of the year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from discord import ui

from bot.questions.core import Number, OldButtonError, Question, ResultsQuestion, parameter
from bot.render.blocks import Accent, card, freshness
from bot.render.buttons import Link, row, row_or_select
from bot.render.formatting import count, escape, joined, ordinal, race_name
from db.history.models import FIRST_SEASON, Win, Wins
from db.models import EASTERN, Season

CLOSEST = 10
"""A finish is called one of the closest if it is among this many."""
MOST_SHOWN = 20
"""Races that are listed at most; the series never raced so often on one day of the year."""
_LEAP_YEAR = 2024


class OnThisDayQuestion(Question, topic="onthisday"):
    """What happened on a day of the year; without one it is today, Eastern."""

    month: int | None = parameter(Number(1, 12), default=None)
    day: int | None = parameter(Number(1, 31), default=None)

    def on(self, now: datetime) -> tuple[int, int]:
        """The month and the day that are meant at a moment.

        Raises:
            OldButtonError: there is no such day.
        """
        today = now.astimezone(EASTERN)
        if self.month is None or self.day is None:
            return today.month, today.day
        try:
            date(_LEAP_YEAR, self.month, self.day)
        except ValueError:
            raise OldButtonError from None
        return self.month, self.day


@dataclass(frozen=True, slots=True)
class OnThisDayFacts:
    """What the card shows, as of one moment.

    Attributes:
        month: of the year, 1 to 12.
        day: of the month.
        wins: every win on record.
        season: the season of the day, which says how fresh the results are.
    """

    month: int
    day: int
    wins: Wins
    season: Season


@dataclass(frozen=True, slots=True)
class PastDay:
    """What the quote of the day says of the past: one line in markdown, and the question that tells it all."""

    line: str
    question: OnThisDayQuestion


def past_day(facts: OnThisDayFacts, year: int) -> PastDay | None:
    """The race of that day, in a year before this one, most worth telling: of a title, a first win, close, the newest.

    None where no race was run on the day.
    """
    wins = [win for win in facts.wins.on(facts.month, facts.day) if win.race.season < year]
    if not wins:
        return None

    def rank(win: Win) -> tuple[bool, bool, bool, int]:
        return win.champion is None, not _first(win, facts.wins), not _close(win, facts.wins), -win.race.season

    told = f"**On this day in {_line(min(wins, key=rank), facts).removeprefix('**')}."
    more = f" {count(len(wins) - 1, 'more race')} on this day." if len(wins) > 1 else ""
    return PastDay(f"{told}{more}", OnThisDayQuestion(facts.month, facts.day))


def on_this_day(facts: OnThisDayFacts, now: datetime) -> ui.LayoutView:
    """The races of that day, newest first; where there are none, the days nearest to it that have some."""
    wins = facts.wins.on(facts.month, facts.day)[:MOST_SHOWN]
    if not wins:
        return _nothing(facts, now)
    first = min(win.race.season for win in wins)
    ran = f"**{count(len(wins), 'race')}** on this day{f', the first in {first}' if len(wins) > 1 else ''}"
    links = [Link(f"{win.race.season} {win.race.track.short}", _results(win)) for win in wins]
    return card(
        f"On this day · {_named(facts.month, facts.day)}",
        ran,
        "\n".join(_line(win, facts) for win in wins),
        accent=Accent.CHECKERED,
        small=[_limits(facts.wins, wins), freshness(facts.season, now)],
        controls=row_or_select("onthisday", "Open a race…", links),
    )


def _nothing(facts: OnThisDayFacts, now: datetime) -> ui.LayoutView:
    near = facts.wins.nearest(facts.month, facts.day)
    said = f" The nearest days with one are {joined(_named(*each) for each in near)}." if len(near) > 1 else ""
    return card(
        f"On this day · {_named(facts.month, facts.day)}",
        f"No race of the series on record was run on this day.{said}",
        accent=Accent.CHECKERED,
        small=[_limits(facts.wins, ()), freshness(facts.season, now)],
        controls=row([Link(_named(*each), OnThisDayQuestion(*each)) for each in near]),
    )


def _line(win: Win, facts: OnThisDayFacts) -> str:
    """``**1995** Ron Hornaday Jr. won the Racing Champions 200 (Tucson): first career win``."""
    race = win.race
    notes = [_first(win, facts.wins), _close(win, facts.wins), _title(win, facts)]
    told = ", ".join(filter(None, notes))
    won = f"{_name(win.driver, facts)} won the {escape(race_name(race))} ({escape(race.track.short)})"
    return f"**{race.season}** {won}{f': {told}' if told else ''}"


def _first(win: Win, wins: Wins) -> str:
    if win.nth > 1 or wins.since is None:
        return ""
    return "first career win" if wins.since <= FIRST_SEASON else f"first win since {wins.since}"


def _close(win: Win, wins: Wins) -> str:
    place = wins.closeness(win)
    if place is None or place > CLOSEST:
        return ""
    rank = "the closest finish" if place == 1 else f"the {ordinal(place)} closest finish"
    return f"by {win.margin:.3f} seconds, {rank} since {wins.margins_since}"


def _title(win: Win, facts: OnThisDayFacts) -> str:
    if win.champion is None:
        return ""
    who = "also the champion" if win.champion == win.driver else f"{_name(win.champion, facts)} was champion"
    return f"the season's last race, {who}"


def _limits(wins: Wins, shown: tuple[Win, ...]) -> str:
    """What is not on record of the races shown."""
    said = [f"On record are the races since {wins.since}."] if wins.since and wins.since > FIRST_SEASON else []
    if any(win.margin is None for win in shown) and wins.margins_since is not None:
        said.append(f"Margins are on record for some races, since {wins.margins_since}.")
    return " ".join(said)


def _name(key: str, facts: OnThisDayFacts) -> str:
    return escape(facts.season.name_of(key))


def _named(month: int, day: int) -> str:
    """``October 17``."""
    return f"{date(_LEAP_YEAR, month, day):%B} {day}"


def _results(win: Win) -> ResultsQuestion:
    return ResultsQuestion(win.race.season, win.race.round)
