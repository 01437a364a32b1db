"""What is posted while a race runs: the news in the first line, how it stood then under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from bot.questions.live import LiveQuestion
from bot.questions.reminders import RemindMeQuestion
from bot.render.announcements import COVERED, SLOT, PostOptions
from bot.render.blocks import Accent
from bot.render.buttons import Link, QuestionButton, row
from bot.render.formatting import count, escape, joined, listed, race_name
from bot.render.live import SOURCE
from bot.render.reminders import SERVERS
from bot.render.tables import Column, table
from db.live.news import NamedTruck, NewsPlace, RaceNews
from db.models import Race
from db.reminders.race_day import RacePost

REASON_WIDTH = 160
"""A reason may list dozens of trucks."""

_ACCENTS = {
    RacePost.GREEN: Accent.GREEN,
    RacePost.CAUTION: Accent.YELLOW,
    RacePost.RED: Accent.RED,
    RacePost.LEAD: Accent.GREEN,
    RacePost.OVERTIME: Accent.GREEN,
}
_STAGE = (
    Column("", right=True),
    Column("No", right=True),
    Column("Driver", gives_way=True),
    Column("Pts", right=True),
)
_FINISH = (
    Column("", right=True),
    Column("No", right=True),
    Column("Driver", gives_way=True),
    Column("Gap", right=True),
)


@dataclass(frozen=True, slots=True)
class _Words:
    """What a post says.

    Attributes:
        first: its first line.
        rest: what follows.
        covered: the first line without what gives the outcome away, where all that follows is under a cover.
        why: what one lifts the cover for; empty where nothing is covered.
        open: what follows in a place with covers of a post that is none: the rest without who leads.
    """

    first: str
    rest: tuple[str, ...] = ()
    covered: str = ""
    why: str = ""
    open: tuple[str, ...] = ()


def race_day_post(race: Race, post: RacePost, news: RaceNews, options: PostOptions) -> ui.LayoutView:
    """A post of a race under way.

    Args:
        race: the race.
        post: what kind of post it is.
        news: what happened, and how the race stood then.
        options: the mark, and whether what gives anything away is under a cover.
    """
    words = _WORDS[post](news)
    small = [
        listed([f"{escape(race_name(race))} · {escape(race.track.short)}", _lap(post, news)]),
        f"{SOURCE} {SERVERS}",
    ]
    controls = row([Link("Live", LiveQuestion(race.season, race.round))])
    remind = QuestionButton.of(Link("Remind me", RemindMeQuestion(options.mark)), SLOT)
    assert controls is not None
    assert remind is not None
    controls.add_item(remind)
    covered = options.covered and bool(words.why)
    rest = words.open if options.covered and not covered else words.rest
    children: list[ui.Item[Any]] = [ui.TextDisplay(part) for part in (words.first, *rest) if part]
    children += [controls, ui.TextDisplay("\n".join(f"-# {line}" for line in small))]
    accent = _ACCENTS.get(post, Accent.CHECKERED)
    view = ui.LayoutView(timeout=None)
    if covered:
        view.add_item(ui.TextDisplay(f"{words.covered}. {COVERED} {words.why}."))
    view.add_item(ui.Container(*children, accent_colour=discord.Colour(int(accent)), spoiler=covered))
    return view


def _lap(post: RacePost, news: RaceNews) -> str:
    """``lap 34 of 85``; not where the first line says it, or nothing is run yet."""
    if post is RacePost.CHECKERED or not news.lap:
        return ""
    return f"lap {news.lap} of {news.laps}" if news.laps is not None else f"lap {news.lap}"


def _who(truck: NamedTruck) -> str:
    """``**Corey Heim** (#11)``."""
    number = f"#{escape(truck.number)}"
    return f"**{escape(truck.name)}** ({number})" if truck.name else f"**{number}**"


def _leads(news: RaceNews) -> str:
    return f"{_who(news.truck)} leads" if news.truck is not None else ""


def _to_go(news: RaceNews) -> str:
    """``3 laps to go``; nothing where that is not known."""
    if news.laps is None or news.laps < news.lap:
        return ""
    left = news.laps - news.lap
    return f"{count(left, 'lap')} to go" if left else "last lap done"


def _reason(news: RaceNews) -> str:
    return escape(news.reason, REASON_WIDTH) if news.reason else ""


def _green(news: RaceNews) -> _Words:
    if news.stopped is not None or news.lap:
        stood = f" after {_duration(news.stopped)} under red" if news.stopped is not None else ""
        line = f"**Racing again**{stood}, from lap {news.lap}"
        return _Words(listed([line, _to_go(news)]), (_leads(news),))
    line = f"**Green flag**: {count(news.laps, 'lap')} to run" if news.laps is not None else "**Green flag**"
    ends = [str(lap) for lap in news.stage_ends]
    stages = (
        f"{'Stages end' if len(ends) > 1 else 'Stage 1 ends'} on lap{'s' if len(ends) > 1 else ''} {joined(ends)}"
        if ends
        else ""
    )
    first = f"{_who(news.truck)} leads the field to it" if news.truck is not None else ""
    # Who starts first gives nothing away.
    return _Words(line, (listed([first, stages]),), open=(listed([first, stages]),))


def _duration(seconds: int) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return count(seconds, "second")
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def _caution(news: RaceNews) -> _Words:
    line = f"**Caution** on lap {news.lap}"
    reason = _reason(news)
    free_pass = f"Free pass {_who(news.free_pass)}" if news.free_pass is not None else ""
    number = f"Caution {news.cautions} of the race" if news.cautions else ""
    count_of = listed([number, _to_go(news)])
    rest, in_the_open = (listed([_leads(news), free_pass]), count_of), (free_pass, count_of)
    return _Words(f"{line}: {reason}" if reason else line, rest, open=in_the_open)


def _red(news: RaceNews) -> _Words:
    line = f"**Red flag** on lap {news.lap}"
    reason = _reason(news)
    rest = (listed(["The race is stopped", _leads(news), _to_go(news)]),)
    return _Words(f"{line}: {reason}" if reason else line, rest, open=(listed(["The race is stopped", _to_go(news)]),))


def _lead(news: RaceNews) -> _Words:
    left = _to_go(news) if news.laps is not None and news.laps > news.lap else ""
    when = f" with {left}" if left else f" on lap {news.lap}"
    covered = f"**New leader**{when}"
    if news.truck is None:
        return _Words(covered)
    rest = [
        f"Before that {_who(news.before)}" if news.before is not None else "",
        "under caution" if news.under_caution else "",
    ]
    return _Words(f"{_who(news.truck)} **takes the lead**{when}", (listed(rest),), covered, "who")


def _overtime(news: RaceNews) -> _Words:
    more = (news.laps or 0) - (news.scheduled or 0)
    line = "**Overtime**"
    if news.laps is not None and news.scheduled is not None and more > 0:
        line += f": {count(news.laps, 'lap')} now instead of {news.scheduled}"
    return _Words(line, (_leads(news),))


def _stage(news: RaceNews) -> _Words:
    covered = f"**Stage {news.stage}** is over"
    first = f"{_who(news.truck)} **wins stage {news.stage}**" if news.truck is not None else covered
    rows = [(str(each.position), each.truck.number, each.truck.name, _points(each)) for each in news.places]
    return _Words(first, (table(_STAGE, rows) if rows else "",), covered, "who won it, and the points")


def _points(place: NewsPlace) -> str:
    return str(place.points) if place.points is not None else "?"


def _checkered(news: RaceNews) -> _Words:
    covered = "**Checkered flag**"
    first = f"**Checkered flag**: {_who(news.truck)} finished first" if news.truck is not None else covered
    rows = [(str(each.position), each.truck.number, each.truck.name, _gap(each)) for each in news.places]
    facts = [
        f"{count(news.lap, 'lap')} run",
        "ended under caution" if news.under_caution else "",
        count(news.cautions, "caution") if news.cautions is not None else "",
        count(news.lead_changes, "lead change") if news.lead_changes is not None else "",
    ]
    rest = (table(_FINISH, rows) if rows else "", listed(facts), "Unofficial until the results are.")
    return _Words(first, rest, covered, "who finished first")


def _gap(place: NewsPlace) -> str:
    if place.out:
        return "out"
    if place.laps_down:
        return f"-{count(place.laps_down, 'lap')}"
    if place.position == 1:
        return "–"
    return f"{place.gap:.3f}" if place.gap is not None else "?"


_WORDS = {
    RacePost.GREEN: _green,
    RacePost.CAUTION: _caution,
    RacePost.RED: _red,
    RacePost.LEAD: _lead,
    RacePost.OVERTIME: _overtime,
    RacePost.STAGE: _stage,
    RacePost.CHECKERED: _checkered,
}
