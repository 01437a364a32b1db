"""A track: what it is and was, who won there, who does best there, and how its races usually go."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from discord import ui

from bot.championship.all_time import KINDS, record
from bot.questions.core import ResultsQuestion
from bot.questions.history import RecordsQuestion, TrackQuestion
from bot.render.blocks import Accent, Page, card, freshness
from bot.render.buttons import BUTTONS, Link, pager, row
from bot.render.formatting import average, count, escape, joined, listed, ordinal
from bot.render.tables import Column, table
from db.history.record_models import Flow, TrackHistory, Win
from db.models import Driver, Season
from db.tracks import Layout

ROWS = 15
LAST_WINNERS, BEST_HERE, MOST_WINS = 5, 5, 3
"""How many lines the first page has of each."""
ENOUGH_STARTS = 3
"""An average finish needs this many starts to be compared."""
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """What the card shows, as of one moment; ``season`` is that of the day, ``driver`` who is asked about."""

    history: TrackHistory
    season: Season
    driver: Driver | None = None


def track_card(facts: TrackFacts, question: TrackQuestion, now: datetime) -> ui.LayoutView:
    """The track with its last winners, or all of its winners."""
    if question.tab == "winners" and facts.history.wins:
        return _winners(facts, question, now)
    best = _best(facts)
    return card(
        _name(facts),
        _headline(facts),
        _own(facts),
        "\n".join(
            filter(None, [_then(facts), _most_wins(facts), _starts(facts.history.wins), _flow(facts.history.flows)])
        ),
        f"**Last winners**\n{_table(facts, [*reversed(facts.history.wins)][:LAST_WINNERS])}"
        if facts.history.wins
        else "",
        f"**Best average finish of those racing now** ({ENOUGH_STARTS} starts at least)\n{best}" if best else "",
        accent=Accent.CHECKERED,
        small=[freshness(facts.season, now)],
        controls=row(_onward(facts, question)),
    )


def _winners(facts: TrackFacts, question: TrackQuestion, now: datetime) -> ui.LayoutView:
    newest_first = [*reversed(facts.history.wins)]
    page = Page.of(question.page, ROWS, len(newest_first))
    return card(
        f"{_name(facts)} · winners",
        _headline(facts),
        _table(facts, newest_first[page.part]),
        accent=Accent.CHECKERED,
        small=[freshness(facts.season, now)],
        controls=row(
            [
                *pager(page, lambda number: replace(question, page=number)),
                Link(facts.history.track.short, replace(question, tab="track", page=1)),
                Link("Records here", RecordsQuestion(track=facts.history.track.key)),
            ]
        ),
    )


def _name(facts: TrackFacts) -> str:
    """What the track was called in the season of the day."""
    return escape(facts.history.track.name_in(facts.season.year))


def _headline(facts: TrackFacts) -> str:
    """``2.66-mile oval · Talladega, AL · 20 races since 2006``."""
    track, races = facts.history.track, facts.history.races
    layout = next(reversed(_layouts(facts)), track.layout_in(facts.season.year))
    shape = layout.shape or "track"
    measured = f"{layout.length:g}-mile {shape}" if layout.length else shape.capitalize()
    where = ", ".join(escape(part) for part in (track.city, track.state) if part)
    raced = f"**{count(len(races), 'race')}** since {races[0].season}" if races else "no race with results here yet"
    if len(races) == 1:
        raced = f"**1 race**, in {races[0].season}"
    return listed([measured, where, raced])


def _layouts(facts: TrackFacts) -> list[Layout]:
    """The layouts that the series had raced on by then, oldest first."""
    return [each for each in facts.history.track.layouts if each.first <= facts.season.year]


def _then(facts: TrackFacts) -> str:
    """Former names and other layouts: ``**Layouts** 2.52 miles 1995–97 · 1.949 miles 1998 · 1.99 miles 2022``."""
    last, layouts = facts.season.year, _layouts(facts)
    names = [
        f"{escape(each.name)} ({_years(each.first, min(each.last, last))})"
        for each in facts.history.track.names
        if each.first <= last and each.last < last
    ]
    shapes = {each.shape for each in layouts}
    laid = [
        f"{f'{each.length:g} miles' if each.length else 'length unknown'}"
        f"{f', {each.shape},' if each.shape and len(shapes) > 1 else ''} {_years(each.first, min(each.last, last))}"
        for each in layouts
    ]
    return "\n".join(
        [
            *([f"**Was called** {listed(names)}"] if names else []),
            *([f"**Lengths** {listed(laid)}"] if len(laid) > 1 else []),
        ]
    )


def _years(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last % 100:02}"


def _own(facts: TrackFacts) -> str:
    """How the driver who is asked about did there."""
    driver = facts.driver
    if driver is None:
        return ""
    own = next((each for each in facts.history.totals if each.driver == driver.key), None)
    if own is None:
        return f"**{escape(driver.name)}** has no start here, as far as Tailgate knows."
    best = count(own.wins, "win") if own.wins else f"best finish {ordinal(own.best_finish)}"
    tens = count(own.top_tens, "top ten")
    led = f", {count(own.led, 'lap')} led" if own.led else ""
    done = f"{best}, {tens}, average finish {average(own.average_finish)}{led}"
    return f"**{escape(driver.name)}** {count(own.starts, 'start')} here: {done}."


def _most_wins(facts: TrackFacts) -> str:
    """``**Most wins** Todd Bodine, 3 · …``: those of the first rank, and of the next as long as there are few."""
    lines = [line for line in record(KINDS["wins"], facts.history.wins).lines if line.value > 1]
    shown = [
        f"{joined(escape(facts.history.names[line.driver]) for line in lines if line.rank == rank and line.driver)}, "
        f"{int(lines[rank - 1].value)}"
        for rank in dict.fromkeys(line.rank for line in lines if line.rank <= MOST_WINS)
        if sum(line.rank <= rank for line in lines) <= MOST_WINS + 1
    ]
    if shown:
        return f"**Most wins** {' · '.join(shown)}"
    most = Counter(line.value for line in lines if line.rank == 1)
    return "".join(f"**Most wins** {count(many, 'driver')} with {int(wins)} each" for wins, many in most.items())


def _starts(wins: Sequence[Win]) -> str:
    """``**Winners started** 1st 4 times · in the top 10 half of the time · 31st at worst``."""
    starts = sorted(win.start for win in wins if win.start is not None)
    if len(starts) < 2:
        return ""
    front = {1: "once", 2: "twice"}.get(starts.count(1), f"{starts.count(1)} times")
    return "**Winners started** " + listed(
        [
            f"1st {front}" if starts[0] == 1 else "",
            f"in the top {statistics.median_high(starts)} half of the time" if len(starts) > ENOUGH_STARTS else "",
            f"{ordinal(starts[-1])} at worst",
        ]
    )


def _flow(flows: Sequence[Flow]) -> str:
    """``**A typical race** 6 cautions · 14 lead changes``: the medians of those on record."""
    cautions = [flow.cautions for flow in flows if flow.cautions is not None]
    changes = [flow.lead_changes for flow in flows if flow.lead_changes is not None]
    said = [
        count(statistics.median_low(cautions), "caution") if cautions else "",
        count(statistics.median_low(changes), "lead change") if changes else "",
    ]
    known = max(len(cautions), len(changes))
    return f"**A typical race** {listed(said)} (median of {count(known, 'race')})" if known else ""


def _table(facts: TrackFacts, wins: Sequence[Win]) -> str:
    columns = (
        Column("Year", right=True),
        Column("Winner", gives_way=True),
        Column("No.", right=True),
        Column("Make", gives_way=True),
        Column("St", right=True),
    )
    return table(
        columns,
        [
            (
                str(win.race.season),
                facts.history.names[win.driver],
                win.number,
                win.make or UNKNOWN,
                UNKNOWN if win.start is None else str(win.start),
            )
            for win in wins
        ],
    )


def _best(facts: TrackFacts) -> str:
    enough = [
        each for each in facts.history.totals if each.driver in facts.history.current and each.starts >= ENOUGH_STARTS
    ]
    ordered = sorted(enough, key=lambda each: (each.average_finish, -each.starts, each.driver))[:BEST_HERE]
    columns = (
        Column("Driver", gives_way=True),
        Column("Avg", right=True),
        Column("Starts", right=True),
        Column("Wins", right=True),
        Column("Best", right=True),
    )
    rows = [
        (
            facts.history.names[each.driver],
            average(each.average_finish),
            str(each.starts),
            str(each.wins),
            ordinal(each.best_finish),
        )
        for each in ordered
    ]
    return table(columns, rows) if rows else ""


def _onward(facts: TrackFacts, question: TrackQuestion) -> list[Link]:
    links = []
    if len(facts.history.wins) > LAST_WINNERS:
        links.append(Link(f"All {len(facts.history.wins)} winners", replace(question, tab="winners", page=1)))
    if facts.history.races:
        last = facts.history.races[-1]
        links.append(Link("Records here", RecordsQuestion(track=facts.history.track.key)))
        links.append(Link(f"Results {last.season}", ResultsQuestion(last.season, last.round)))
    driver = facts.driver.key if facts.driver is not None else None
    return [*links, *(Link(each.short, TrackQuestion(each.key, driver)) for each in facts.history.beside)][:BUTTONS]
