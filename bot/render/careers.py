"""/driver: a driver's whole career, season by season and track by track."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from discord import ui

from bot.questions.core import DriverQuestion
from bot.questions.quotes import QuoteQuestion
from bot.render.blocks import Accent, Page, card, freshness
from bot.render.buttons import BUTTONS, Link, QuestionSelect, pager, row
from bot.render.formatting import average, count, day, escape, joined, listed, ordinal
from bot.render.tables import Column, table
from db.history.models import Career, SeasonTally, Start, Tally
from db.models import EASTERN, Driver, Season

ROWS = 15
UNKNOWN = "?"
CAREER_TABS = frozenset({"career", "seasons", "tracks"})
"""The tabs of a driver's card that are about all seasons."""

_FACTS = (Column(""), Column("", right=True), Column(""), Column(""), Column("", right=True))
_COUNTS = (
    Column("St", right=True),
    Column("W", right=True),
    Column("T5", right=True),
    Column("T10", right=True),
)
_SEASONS = (Column("Year"), Column("Pos", right=True), *_COUNTS, Column("Led", right=True), Column("Avg", right=True))
_TRACKS = (Column("Track", gives_way=True), *_COUNTS, Column("Best", right=True), Column("Avg", right=True))


@dataclass(frozen=True, slots=True)
class CareerFacts:
    """What the tabs of a career show, as of one moment.

    Attributes:
        driver: who.
        career: theirs, with one start at least.
        season: the season of the day, which says how fresh the results are.
        racing: whether they have an entry in it or in the one before.
        positions: official places by year, of the seasons that the tab lists; None where there is none.
        quotes: how many of the driver's quotes the requester may read.
    """

    driver: Driver
    career: Career
    season: Season
    racing: bool
    positions: Mapping[int, int | None]
    quotes: int = 0


def career_card(facts: CareerFacts, question: DriverQuestion, now: datetime) -> ui.LayoutView:
    """The tab of a career that is asked for."""
    if question.tab == "seasons":
        return _by_season(facts, question, now)
    return _by_track(facts, question, now) if question.tab == "tracks" else _whole(facts, question, now)


def seasons_listed(career: Career, question: DriverQuestion) -> tuple[SeasonTally, ...]:
    """The seasons on the page that is asked for, newest first; none on other tabs."""
    if question.tab != "seasons":
        return ()
    newest_first = career.seasons[::-1]
    return newest_first[Page.of(question.page, ROWS, len(newest_first)).part]


def _whole(facts: CareerFacts, question: DriverQuestion, now: datetime) -> ui.LayoutView:
    career = facts.career
    asked = replace(question, year=None, page=1)
    last = career.starts[-1].race.season
    links = [
        Link("By season", replace(asked, tab="seasons")),
        Link("By track", replace(asked, tab="tracks")),
        Link(f"{last} season", replace(asked, tab="season", year=last)),
    ]
    if facts.quotes:
        links.append(Link(count(facts.quotes, "quote"), QuoteQuestion(driver=facts.driver.key)))
    return _card(
        facts,
        "",
        "\n".join(filter(None, [person(facts.driver, now, racing=facts.racing), _span(facts)])),
        _totals(career),
        "\n".join(filter(None, [*_milestones(facts), _best_season(career), best_track(career)])),
        now=now,
        links=links,
    )


def _by_season(facts: CareerFacts, question: DriverQuestion, now: datetime) -> ui.LayoutView:
    page = Page.of(question.page, ROWS, len(facts.career.seasons))
    asked = replace(question, year=None, page=page.number)
    shown = seasons_listed(facts.career, question)
    rows = [(str(each.year), _place(facts.positions.get(each.year)), *_counts(each.tally),
             f"{each.tally.laps_led:,}", average(each.tally.average_finish)) for each in shown]  # fmt: skip
    seasons = [Link(str(each.year), replace(asked, tab="season", year=each.year, page=1)) for each in shown]
    return _card(
        facts,
        " by season",
        table(_SEASONS, rows),
        now=now,
        links=[
            *pager(page, lambda number: replace(asked, page=number)),
            Link("Career", replace(asked, tab="career", page=1)),
            Link("By track", replace(asked, tab="tracks", page=1)),
        ],
        select=ui.ActionRow(QuestionSelect.of("driverseason", "Open a season…", seasons)),
    )


def _by_track(facts: CareerFacts, question: DriverQuestion, now: datetime) -> ui.LayoutView:
    tracks = facts.career.tracks
    page = Page.of(question.page, ROWS, len(tracks))
    asked = replace(question, year=None, page=page.number)
    rows = [(each.track.short, *_counts(each.tally), str(each.tally.best_finish), average(each.tally.average_finish))
            for each in tracks[page.part]]  # fmt: skip
    return _card(
        facts,
        " by track",
        table(_TRACKS, rows),
        now=now,
        links=[
            *pager(page, lambda number: replace(asked, page=number)),
            Link("Career", replace(asked, tab="career", page=1)),
            Link("By season", replace(asked, tab="seasons", page=1)),
        ],
    )


def _card(
    facts: CareerFacts,
    what: str,
    *body: str,
    now: datetime,
    links: list[Link],
    select: ui.ActionRow[Any] | None = None,
) -> ui.LayoutView:
    return card(
        f"{escape(facts.season.name_of(facts.driver.key))} · career{what}",
        _headline(facts.career),
        *body,
        accent=Accent.CHECKERED,
        small=[*_limits(facts.career), freshness(facts.season, now)],
        controls=row(links[:BUTTONS]),
        select=select,
    )


def _headline(career: Career) -> str:
    """``Champion 1997, 1999 and 2001 · 28 wins in 297 starts``."""
    tally = Tally.of(career.starts)
    starts = count(tally.starts, "start")
    done = f"{count(tally.wins, 'win')} in {starts}" if tally.wins else f"{starts}, best {ordinal(tally.best_finish)}"
    if career.championships:
        return f"**Champion {joined(map(str, career.championships))}** · {done}"
    return f"**{done}**"


def person(driver: Driver, now: datetime, *, racing: bool) -> str:
    """Where from and born when. Only of those who still race it is said how old they are: the store knows no deaths."""
    born = ""
    if driver.born is not None:
        old = f" ({_age(driver.born, now.astimezone(EASTERN).date())})" if racing else ""
        born = f"born {driver.born:%B} {driver.born.day}, {driver.born.year}{old}"
    home = f"from {escape(driver.hometown)}" if driver.hometown else ""
    said = listed([home, born])
    return said[:1].upper() + said[1:]


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _span(facts: CareerFacts) -> str:
    """``Raced 1995–2014``, with how many seasons where some between were left out."""
    years = [each.year for each in facts.career.seasons]
    if len(years) == 1:
        return f"Raced in {years[0]}"
    span = f"{'Since' if facts.racing else 'Raced'} {years[0]}{'' if facts.racing else f'–{years[-1]}'}"
    return f"{span}, {count(len(years), 'season')}"


def _totals(career: Career) -> str:
    tally = Tally.of(career.starts)
    started = [each.start for each in career.starts if each.start is not None]
    cells = [
        ("Starts", f"{tally.starts:,}"),
        ("Avg start", average(sum(started) / len(started) if started else None)),
        ("Wins", str(tally.wins)),
        ("Avg finish", average(tally.average_finish)),
        ("Top fives", str(tally.top_fives)),
        ("Best", ordinal(tally.best_finish)),
        ("Top tens", str(tally.top_tens)),
        ("Poles", _poles(career)),
        ("Laps led", f"{tally.laps_led:,}"),
        ("Laps", f"{sum(each.laps for each in career.starts):,}"),
    ]
    return table(_FACTS, [(*cells[i], "", *cells[i + 1]) for i in range(0, len(cells), 2)])


def _poles(career: Career) -> str:
    """``14``; ``3+`` where the poles of some starts are not on record, and ``?`` where none is that is."""
    if career.poles_known == len(career.starts):
        return str(career.poles)
    return f"{career.poles}+" if career.poles else UNKNOWN


def _milestones(facts: CareerFacts) -> list[str]:
    """First and last start, first and last win; as far as it is on record, where earlier seasons are not."""
    career = facts.career
    first, last = ("First {}" if career.whole else "First {} on record"), ("Latest" if facts.racing else "Last")
    said = [f"**{first.format('start')}** {_when(career.starts[0])}, {_finished(career.starts[0])}"]
    if len(career.starts) > 1:
        said.append(f"**{last} start** {_when(career.starts[-1])}, {_finished(career.starts[-1])}")
    nth, last_win = career.first_win, career.last_win
    if nth is None or last_win is None:
        return said
    start = f"in start {nth:,}{'' if career.whole else f' since {career.since}'}" if nth > 1 else "in that start"
    said.append(f"**{first.format('win')}** {_when(career.starts[nth - 1])}, {start}")
    if last_win is not career.starts[nth - 1]:
        said.append(f"**{last} win** {_when(last_win)}")
    return said


def _when(start: Start) -> str:
    """``Tucson, Apr 8, 1995``."""
    return f"{escape(start.race.track.short)}, {day(start.race.date)}, {start.race.season}"


def _finished(start: Start) -> str:
    return "won" if start.finish == 1 else ordinal(start.finish)


def _best_season(career: Career) -> str:
    best = career.best_season
    if best is None or len(career.seasons) < 2:
        return ""
    tally = best.tally
    parts = [
        "champion" if best.champion else "",
        count(tally.wins, "win") if tally.wins else "",
        count(tally.top_fives, "top five") if tally.top_fives else "",
        count(tally.top_tens, "top ten") if tally.top_tens else f"best finish {ordinal(tally.best_finish)}",
    ]
    return f"**Best season** {best.year}: {', '.join(filter(None, parts))} in {count(tally.starts, 'start')}"


def best_track(career: Career) -> str:
    """``**Best track** Kansas: average finish 4.3 in 6 starts, 2 wins``; nothing where none was raced at twice."""
    best = career.best_track
    if best is None or best.tally.starts < 2:
        return ""
    tally = best.tally
    wins = count(tally.wins, "win") if tally.wins else f"best {ordinal(tally.best_finish)}"
    place = f"**Best track** {escape(best.track.short)}: average finish {tally.average_finish:.1f}"
    return f"{place} in {count(tally.starts, 'start')}, {wins}"


def career_line(career: Career) -> str:
    """Totals over all seasons in a line, below a season; empty for a single season."""
    years = [each.year for each in career.seasons]
    if len(years) < 2:
        return ""
    tally = Tally.of(career.starts)
    totals = [
        count(tally.starts, "start"),
        count(tally.wins, "win"),
        count(tally.top_fives, "top five"),
        count(tally.top_tens, "top ten"),
        f"{count(tally.laps_led, 'lap')} led",
        f"average finish {average(tally.average_finish)}",
    ]
    crowns = f" · champion {', '.join(map(str, career.championships))}" if career.championships else ""
    what = "Career" if career.whole else "Seasons on record"
    return f"**{what}, {years[0]}–{years[-1]}** {', '.join(totals)}{crowns}"


def _counts(tally: Tally) -> tuple[str, str, str, str]:
    return str(tally.starts), str(tally.wins), str(tally.top_fives), str(tally.top_tens)


def _place(position: int | None) -> str:
    return "–" if position is None else str(position)


def _limits(career: Career) -> list[str]:
    """From which season on the facts are on record, where that is not all of the career."""
    said = []
    if not career.whole and career.since is not None:
        said.append(f"On record are the seasons from {career.since} on.")
    starts = len(career.starts)
    if not career.poles_known:
        said.append("Poles are not on record.")
    elif career.poles_known < starts:
        said.append(f"Poles are on record for {career.poles_known} of {starts} starts, from {career.poles_since} on.")
    return [" ".join(said)] if said else []
