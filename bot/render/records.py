"""All-time records: who holds them, who shares them, and from which season on the facts behind them are on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from discord import ui

from bot.championship.all_time import KINDS, Line, Record, Records, Unit
from bot.errors import FriendlyError
from bot.questions.history import RecordsQuestion, TrackQuestion
from bot.render.blocks import Accent, Page, card, freshness
from bot.render.buttons import Link, QuestionSelect, pager, row
from bot.render.formatting import count, escape, joined, ordinal
from bot.render.tables import Column, fit, table
from db.models import Driver, Race, Season, Track

ROWS = 15
OVERVIEW = ("wins", "seasonwins", "winstreak", "top10streak", "youngest", "oldest", "closest", "comebacks", "winless")
"""The records that are shown where none is asked for."""
TRACK_ROOM, HOLDER_ROOM = 11, 22
"""Columns for a track and for a team, whose first word is no given name to be shortened to a letter."""
NAMED = 3
"""How many of those who share a record are named in a sentence."""

_HEADS = {
    Unit.WINS: "Wins",
    Unit.STARTS: "Starts",
    Unit.TOP_FIVES: "T5",
    Unit.TOP_TENS: "T10",
    Unit.LAPS: "Laps",
    Unit.RACES: "Races",
    Unit.WINNERS: "Winners",
    Unit.POINTS: "Pts",
    Unit.DAYS_OLD: "Age",
    Unit.SECONDS: "Sec",
    Unit.STARTING_PLACE: "From",
}
_COUNTED = {
    Unit.WINS: "win",
    Unit.STARTS: "start",
    Unit.TOP_FIVES: "top five",
    Unit.TOP_TENS: "top ten",
    Unit.LAPS: "lap",
    Unit.RACES: "race",
    Unit.WINNERS: "winner",
    Unit.POINTS: "point",
}
_HOLDERS = {"winners": "Season", "numbers": "No.", "teams": "Team", "makes": "Make"}
_FACTS = {
    "youngest": "Birth dates",
    "oldest": "Birth dates",
    "closest": "Margins",
    "widest": "Margins",
    "comebacks": "Starting places",
    "teams": "Teams",
    "makes": "Makes",
}
_OF_A_RACE = frozenset({"youngest", "oldest", "closest", "widest", "comebacks", "ledlost"})
"""The records each line of which is about one race."""
_OF_SOME_YEARS = frozenset({"winstreak", "top10streak", "ledstreak"})
_NOTES = {
    "winstreak": "In a row: of the driver's own starts.",
    "top10streak": "In a row: of the driver's own starts.",
    "ledstreak": "In a row: of the driver's own starts.",
    "closest": "A finish under caution has no margin.",
    "widest": "A finish under caution has no margin.",
}


@dataclass(frozen=True, slots=True)
class RecordsFacts:
    """What the card shows, as of one moment.

    Attributes:
        read: the record that is asked for, or those of the overview.
        season: the season of the day.
        track: the only track whose races count; None where all do.
        driver: whose place in the records is asked for.
        nearby: a track to go on to: that of the latest race.
    """

    read: Records
    season: Season
    track: Track | None = None
    driver: Driver | None = None
    nearby: Track | None = None


def kinds_of(question: RecordsQuestion) -> tuple[str, ...]:
    """The records that an answer shows.

    Raises:
        FriendlyError: the record that is asked for is none of one track.
    """
    if question.what is None:
        return OVERVIEW
    if question.track is not None and not KINDS[question.what].at_tracks:
        raise FriendlyError("A championship isn't won at one track. Leave the track out.")
    return (question.what,)


def records(facts: RecordsFacts, question: RecordsQuestion, now: datetime) -> ui.LayoutView:
    """One record as a table of all who are in it, or who holds each of the most asked ones."""
    if question.what is None:
        return _overview(facts, question, now)
    return _one(facts, question, facts.read.records[0], now)


def _overview(facts: RecordsFacts, question: RecordsQuestion, now: datetime) -> ui.LayoutView:
    lines = [f"**{each.kind.title}** {_summary(facts, each)}" for each in facts.read.records]
    return card(
        _title("Records", facts, question),
        "\n".join(lines) if facts.read.races else f"No race{_where(facts, question)} has results here.",
        accent=Accent.CHECKERED,
        small=[_counted(facts), freshness(facts.season, now)],
        select=_picker(question),
        controls=row(_onward(facts, question)),
    )


def _one(facts: RecordsFacts, question: RecordsQuestion, record: Record, now: datetime) -> ui.LayoutView:
    lines = record.lines if facts.driver is None or not record.kind.of_drivers else record.of(facts.driver.key)
    page = Page.of(question.page, ROWS, len(lines))
    return card(
        _title(record.kind.title, facts, question),
        _headline(facts, question, record),
        _table(facts, record, lines[page.part]) if lines else "",
        accent=Accent.CHECKERED,
        small=[_coverage(record), _NOTES.get(record.kind.key, ""), _counted(facts), freshness(facts.season, now)],
        select=_picker(question),
        controls=row([*pager(page, lambda number: replace(question, page=number)), *_onward(facts, question)]),
    )


def _title(title: str, facts: RecordsFacts, question: RecordsQuestion) -> str:
    """``Most wins · Talladega · 2024 · Corey Heim``."""
    named = [facts.track.short if facts.track else "", str(question.year or ""), facts.driver and facts.driver.name]
    return " · ".join([title, *(escape(each) for each in named if each)])


def _where(facts: RecordsFacts, question: RecordsQuestion) -> str:
    at = f" at {escape(facts.track.short)}" if facts.track is not None else ""
    return at + (f" in {question.year}" if question.year is not None else "")


def _headline(facts: RecordsFacts, question: RecordsQuestion, record: Record) -> str:
    """Who holds it and since when, or why nobody can be named."""
    driver = facts.driver
    if driver is not None and record.kind.of_drivers:
        return f"**{escape(driver.name)}** {_own(facts, record, driver)}"
    if not record.found:
        return f"No race{_where(facts, question)} on record counts for this."
    if not record.settled:
        return f"{_unsettled(facts, record)} These are the ones known:"
    return _holders(facts, record, "**")


def _summary(facts: RecordsFacts, record: Record) -> str:
    """The record in a line of the overview."""
    if facts.driver is not None:
        return _own(facts, record, facts.driver) + (_later(facts, record) if record.of(facts.driver.key) else "")
    if not record.found:
        return "none on record"
    if not record.settled:
        return f"not settled: {_not_known(record)}"
    return _holders(facts, record) + _later(facts, record)


def _later(facts: RecordsFacts, record: Record) -> str:
    """``; margins are on record since 2018``, where that is later than the first of the races that count."""
    since = record.coverage.since if record.coverage is not None else None
    if since is None or facts.read.first is None or since <= facts.read.first:
        return ""
    return f"; {_FACTS[record.kind.key].lower()} are on record since {since}"


def _own(facts: RecordsFacts, record: Record, driver: Driver) -> str:
    """``4th with 24 wins`` of a driver."""
    own = record.of(driver.key)
    if not own:
        return "not in it" if facts.read.races else "has no race that counts"
    line = own[0]
    place = f"{'tied for ' if line.tied else ''}{ordinal(line.rank)} with " if record.settled else ""
    win = "a win " if record.kind.unit is Unit.STARTING_PLACE else ""
    return f"{place}{win}{_value(record, line)}{_when(record, line)}"


def _holders(facts: RecordsFacts, record: Record, bold: str = "") -> str:
    """``Kyle Busch, 69 wins``; those who share it by name where they are few, else how many they are."""
    holders = record.holders
    first = holders[0]
    value = _value(record, first)
    if len(holders) > NAMED:
        return f"{bold}{_many(record, len(holders))}{bold} share it: {value} each"
    names = [f"{bold}{_name(facts, line)}{bold}" for line in holders]
    if len(holders) == 1:
        return f"{names[0]}, {value}{_when(record, first)}"
    return f"{joined(f'{name}{_when(record, line)}' for name, line in zip(names, holders, strict=True))}: {value} each"


def _many(record: Record, number: int) -> str:
    """Those who share it may be one driver several times: then they are races."""
    if record.kind.key in _HOLDERS:
        return f"{number} {_HOLDERS[record.kind.key].lower().replace('no.', 'number')}s"
    drivers = len({line.driver for line in record.holders})
    return count(drivers, "driver") if drivers == number else f"{number} times, {count(drivers, 'driver')}"


def _name(facts: RecordsFacts, line: Line) -> str:
    name = facts.read.names[line.driver] if line.driver is not None else line.holder or ""
    return escape(name) + (f" over {escape(facts.read.names[line.other])}" if line.other is not None else "")


def _value(record: Record, line: Line) -> str:
    """The value in words: ``69 wins``, ``16 years 214 days old``, ``0.002 seconds``, ``from 36th``."""
    unit = record.kind.unit
    if line.age is not None:
        years, days = line.age
        return f"{years} years {count(days, 'day')} old"
    if unit is Unit.SECONDS:
        return f"{line.value:.3f} seconds"
    if unit is Unit.STARTING_PLACE:
        return f"from {ordinal(int(line.value))}"
    return count(int(line.value), _COUNTED[unit])


def _when(record: Record, line: Line) -> str:
    """`` (2013 Mosport)`` of one race, `` (2025)`` of a season, `` (2003–04)`` of a streak, nothing of a career."""
    key = record.kind.key
    if key in _OF_A_RACE and line.first is not None:
        return f" ({line.first.season} {escape(line.first.track.short)})"
    if key in _OF_SOME_YEARS:
        return f" ({years(line.first, line.last)})"
    return f" ({line.year})" if line.year is not None and record.kind.of_drivers else ""


def _unsettled(facts: RecordsFacts, record: Record) -> str:
    unknown = record.coverage.unknown if record.coverage else ()
    first = escape(facts.read.names[unknown[0]])
    who = first if len(unknown) == 1 else f"{first} and {count(len(unknown) - 1, 'other winner')}"
    return f"**Not settled.** Without a birth date on record, {who} could hold this."


def _not_known(record: Record) -> str:
    return f"no birth date on record for {count(len(record.coverage.unknown) if record.coverage else 0, 'winner')}"


def _table(facts: RecordsFacts, record: Record, lines: Sequence[Line]) -> str:
    """Rank, holder, value, and when: the race, the season, or the years from the first to the last."""
    kind = record.kind
    who, value = (
        Column(_HOLDERS.get(kind.key, "Driver"), gives_way=record.kind.of_drivers),
        Column(_HEADS[kind.unit], right=True),
    )
    columns = {
        "titles": [Column("Champion", gives_way=True), Column("Over", gives_way=True), value, Column("Year")],
        "winners": [Column("Season"), value],
        "seasonwins": [who, value, Column("Year")],
    }.get(kind.key, [who, value, Column("Years")])
    if kind.key in _OF_A_RACE:
        columns = [who, value, Column("Year"), Column("Track")]
    return table([Column("#", right=True), *columns], [_cells(facts, record, line) for line in lines])


def _cells(facts: RecordsFacts, record: Record, line: Line) -> tuple[str, ...]:
    rank = f"{'T' if line.tied else ''}{line.rank}" if record.settled else "–"
    name = facts.read.names[line.driver] if line.driver is not None else fit(line.holder or "", HOLDER_ROOM)
    start = (rank, name, *((facts.read.names[line.other],) if line.other is not None else ()), _cell(record, line))
    if record.kind.key == "winners":
        return start
    if record.kind.key in _OF_A_RACE and line.first is not None:
        return *start, str(line.first.season), fit(line.first.track.short, TRACK_ROOM)
    return *start, str(line.year) if line.year is not None else years(line.first, line.last)


def _cell(record: Record, line: Line) -> str:
    if line.age is not None:
        return f"{line.age[0]}y {line.age[1]}d"
    if record.kind.unit is Unit.SECONDS:
        return f"{line.value:.3f}"
    return ordinal(int(line.value)) if record.kind.unit is Unit.STARTING_PLACE else f"{int(line.value):,}"


def years(first: Race | None, last: Race | None) -> str:
    """``2003–24``, the seasons of the first and the last of some races."""
    if first is None or last is None:
        return ""
    return str(first.season) if first.season == last.season else f"{first.season}–{last.season % 100:02}"


def _coverage(record: Record) -> str:
    """From which season on the facts of the record are on record, where they are not of every win."""
    held = record.coverage
    if held is None or held.whole:
        return ""
    since = f", since {held.since}" if held.since is not None else ""
    return f"{_FACTS[record.kind.key]} are on record for {held.known:,} of {count(held.wins, 'race')}{since}."


def _counted(facts: RecordsFacts) -> str:
    """Which races count: ``All 737 races since 1995``."""
    if facts.read.first is None:
        return ""
    if facts.read.whole:
        every = "The only race" if facts.read.races == 1 else f"All {facts.read.races:,} races"
        return f"{every} since {facts.read.first}" if facts.track is None else f"{every} here since {facts.read.first}"
    return f"{count(facts.read.races, 'race')} on record since {facts.read.first}; some in between are missing"


def _picker(question: RecordsQuestion) -> ui.ActionRow[Any]:
    links = [
        Link(kind.title, replace(question, what=kind.key, page=1), off=kind.key == question.what)
        for kind in KINDS.values()
        if kind.at_tracks or question.track is None
    ]
    return ui.ActionRow(QuestionSelect.of("record", "Which record?", links))


def _onward(facts: RecordsFacts, question: RecordsQuestion) -> list[Link]:
    """Up to three buttons: another track or all, another season or all, all records."""
    links = []
    at_tracks = question.what is None or KINDS[question.what].at_tracks
    if question.track is not None:
        links.append(Link("All tracks", replace(question, track=None, page=1)))
    elif facts.nearby is not None and at_tracks:
        links.append(Link(f"At {facts.nearby.short}", replace(question, track=facts.nearby.key, page=1)))
    if question.year is not None:
        links.append(Link("All seasons", replace(question, year=None, page=1)))
    else:
        links.append(Link(f"In {facts.season.year}", replace(question, year=facts.season.year, page=1)))
    if question.what is not None:
        links.append(Link("All records", replace(question, what=None, page=1)))
    elif facts.track is not None:
        links.append(Link(facts.track.short, TrackQuestion(facts.track.key)))
    return links
