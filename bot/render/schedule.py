"""/schedule: a season's races with winners or times, the next one marked."""

from __future__ import annotations

from datetime import datetime

from discord import ui

from bot.questions.core import NextQuestion, ScheduleQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent, Page, card, freshness, last_held
from bot.render.buttons import Link, fitted, pager, row
from bot.render.formatting import day, escape, listed, name_of, race_name, stamp, weekday
from bot.render.race_status import NO_DATE, NO_RESULT, awaits_new_date, status_now
from db.models import Race, RaceStatus, Season

ROWS = 13


def schedule(season: Season, question: ScheduleQuestion, now: datetime, years: tuple[int, ...]) -> ui.LayoutView:
    """The season's races as of ``now``, opened at the page with the next race; ``years`` are the seasons on record."""
    races = season.races
    ahead = season.next_race(now)
    wanted = question.page or (page_of(season, ahead) if ahead else 1)
    page = Page.of(wanted, ROWS, len(races))
    links = pager(page, lambda number: ScheduleQuestion(season.year, number))
    links += [Link("Next race", NextQuestion())] if ahead else []
    links += [Link("Latest recap", RecapQuestion(season.year))] if season.run else []
    links += [Link(str(y), ScheduleQuestion(y)) for y in (season.year - 1, season.year + 1) if y in years]
    return card(
        f"{season.year} schedule",
        _headline(season, ahead, now),
        "\n".join(_line(season, race, race is ahead, now) for race in races[page.part]),
        accent=Accent.GREEN if ahead else Accent.YELLOW if last_held(season, now) else Accent.CHECKERED,
        small=[freshness(season, now)],
        controls=row(fitted(links)),
    )


def page_of(season: Season, race: Race) -> int:
    """The page of the schedule that a race of the season is on, counted from 1."""
    return [each.round for each in season.races].index(race.round) // ROWS + 1


def _headline(season: Season, ahead: Race | None, now: datetime) -> str:
    begun = status_now(ahead, now) if ahead is not None else None
    if ahead is not None and begun is not None:
        return f"**{escape(race_name(ahead))}**, {escape(ahead.track.short)}: {begun}"
    if ahead is not None:
        soon = stamp(ahead.start, "R") if ahead.start else weekday(ahead.date)
        return f"Next: **{escape(race_name(ahead))}**, {escape(ahead.track.short)}, {soon}"
    if season.champion is not None:
        return f"The season is over; **{escape(name_of(season, season.champion))}** is the champion."
    last = last_held(season, now)
    if last is not None:
        return f"The season is over; results run through race {last.round} of {len(season.races)}."
    return "The season is over." if season.races else "There are no races on the schedule yet."


def _line(season: Season, race: Race, ahead: bool, now: datetime) -> str:
    """One race in a line that fits a phone: round, track, when, and who won."""
    rows = season.results.get(race.round)
    track = escape(race.track.short, 30)
    number = f"`{race.round:\N{NO-BREAK SPACE}>2}`"
    if race.status is RaceStatus.CANCELLED:
        return f"{number} ~~{track}~~ {listed([day(race.date), 'canceled'])}"
    postponed = "postponed" if race.status is RaceStatus.POSTPONED and not rows else ""
    if rows:
        return f"{number} {track} · {day(race.date)} · **{escape(name_of(season, rows[0].driver), 40)}**"
    if awaits_new_date(race, now):
        return f"{number} {listed([track, day(race.date), NO_DATE.lower()])}"
    if race.round in season.partial:
        return f"{number} {listed([track, day(race.date), postponed, 'partial results'])}"
    if race.over_at <= now:
        return f"{number} {listed([track, day(race.date), postponed, NO_RESULT])}"
    when = stamp(race.start, "f") if race.start else weekday(race.date)
    return f"{number} {'→ ' if ahead else ''}{listed([f'**{track}**' if ahead else track, when, postponed])}"
