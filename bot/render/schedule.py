"""/schedule: a season's races with winners or times, the next one marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from discord import ui

from bot.questions.core import NextQuestion, ScheduleQuestion
from bot.questions.recaps import RecapQuestion
from bot.render.blocks import Accent, Page, card, freshness, last_held
from bot.render.buttons import Link, fitted, pager, row
from bot.render.formatting import day, escape, joined, listed, name_of, race_name, stamp, weekday
from bot.render.race_status import awaits_new_date, status_now
from bot.render.tables import fit_name, width
from db.models import Race, RaceStatus, Season, Track

ROWS = 13
PHONE = 27
"""Characters that track, day and winner may have in a line, or a phone wraps it; then the winner has an initial."""
STARTS = "Times are the listed starts."
TRACK = 15
"""Characters that a track's name may have."""
TIMED = 12
"""The same beside a date and a time, which take 19 characters in a reader's own form: 10/17/2025 12:00 PM."""
COVERAGE = "\\*"
STARTS_OF_COVERAGE = f"{COVERAGE} start of coverage, the green flag is later."


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
    shown = races[page.part]
    return card(
        f"{season.year} schedule",
        _headline(season, ahead, now),
        "\n".join(_line(season, race, race is ahead, now) for race in shown),
        accent=Accent.GREEN if ahead else Accent.YELLOW if last_held(season, now) else Accent.CHECKERED,
        small=[_legend(season, shown, now), _postponed(season, shown, now), freshness(season, now)],
        controls=row(fitted(links)),
    )


def page_of(season: Season, race: Race) -> int:
    """The page of the schedule that a race of the season is on, counted from 1."""
    return [each.round for each in season.races].index(race.round) // ROWS + 1


def _timed(season: Season, race: Race, now: datetime) -> bool:
    """Whether the race is still to come at a known time."""
    return (
        race.start is not None
        and not season.results.get(race.round)
        and race.round not in season.partial
        and race.status is not RaceStatus.CANCELLED
        and race.over_at > now
        and not awaits_new_date(race, now)
    )


def _is_coverage(race: Race) -> bool:
    """Whether the time that the race is listed for is the start of coverage, and not its own."""
    return race.coverage is not None and race.coverage.coverage == race.start


def _legend(season: Season, shown: Sequence[Race], now: datetime) -> str:
    """Which start the times are of."""
    timed = [race for race in shown if _timed(season, race, now)]
    if not timed:
        return ""
    kinds = {_is_coverage(race) for race in timed}
    said = STARTS if kinds == {False} else f"{STARTS.removesuffix('.')}; {STARTS_OF_COVERAGE}"
    return said if False in kinds else f"Times: {STARTS_OF_COVERAGE}"


def _postponed(season: Season, shown: Sequence[Race], now: datetime) -> str:
    """Which races are shown at the time that they were postponed to; their lines have no room to say so."""
    moved = [race for race in shown if race.status is RaceStatus.POSTPONED and _timed(season, race, now)]
    many, s = ("races", "s") if len(moved) > 1 else ("race", "")
    return f"Postponed to the time{s} shown: {many} {joined(str(race.round) for race in moved)}." if moved else ""


def _headline(season: Season, ahead: Race | None, now: datetime) -> str:
    begun = status_now(ahead, now) if ahead is not None else None
    if ahead is not None and begun is not None:
        return f"**{escape(race_name(ahead))}**, {escape(ahead.track.short)}: {begun}"
    if ahead is not None:
        soon = weekday(ahead.date)
        if ahead.start:
            soon = f"{'coverage' if _is_coverage(ahead) else 'listed start'} {stamp(ahead.start, 'R')}"
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
    track = escape(fit_name(race.track.short, TRACK))
    number = f"`{race.round:\N{NO-BREAK SPACE}>2}`"
    if race.status is RaceStatus.CANCELLED:
        return f"{number} ~~{track}~~ {listed([day(race.date), 'canceled'])}"
    postponed = race.status is RaceStatus.POSTPONED
    if rows:
        short = fit_name(race.track.short, TRACK)
        winner = fit_name(name_of(season, rows[0].driver), PHONE - width(short) - len(day(race.date)))
        return f"{number} {escape(short)} · {day(race.date)} · **{escape(winner)}**"
    state = _state(season, race, now)
    if state:
        return f"{number} {listed([track, day(race.date), state])}"
    if race.start is None:
        date = [day(race.date), "postponed"] if postponed else [weekday(race.date)]
        return f"{number} {listed([f'**{track}**' if ahead else track, *date])}"
    # Shorter than date and time in one, which a phone wraps behind most tracks.
    when = f"{stamp(race.start, 'd')} {stamp(race.start, 't')}{COVERAGE if _is_coverage(race) else ''}"
    name = escape(_beside_a_time(race.track))
    # An arrow would mark the next race as well, and take the room of three letters.
    return f"{number} {f'**{name}**' if ahead else name} {when}"


def _state(season: Season, race: Race, now: datetime) -> str:
    """What there is instead of a winner and of a time, in a word; empty where one is known."""
    if awaits_new_date(race, now):
        return "postponed"
    if race.round in season.partial:
        return "partial"
    return "no result" if race.over_at <= now else ""


def _beside_a_time(track: Track) -> str:
    """A track's name where a date and a time follow: whole, as fans shorten it ("St. Pete"), else with an initial."""
    if width(track.short) <= TIMED:
        return track.short
    first = track.short.partition(" ")[0]
    shorter = [alias for alias in track.aliases if alias.partition(" ")[0] == first and width(alias) <= TIMED]
    return shorter[0] if shorter else fit_name(track.short, TIMED)
