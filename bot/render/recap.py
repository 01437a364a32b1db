"""A race's recap: a short first screen, and every section whole on a screen of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from discord import ui

from bot.championship.computed_season import ComputedSeason
from bot.questions.core import NextQuestion, ResultsQuestion, StandingsQuestion
from bot.questions.recaps import RecapQuestion
from bot.recaps.facts import Recap, Section, winner_of
from bot.render.blocks import Accent, Page, card, freshness, make_accent, phase_of
from bot.render.buttons import Link, QuestionSelect, row
from bot.render.formatting import day, escape, listed, name_of, race_name, stamp
from bot.render.penalties import of_race
from bot.render.playoff_table import left_out
from bot.render.tables import fit
from bot.render.user_text import as_typed, as_typed_in_line, in_parts, shortened
from db.models import Race, Season
from db.recaps.models import SectionKind

FIRST_SCREEN = {SectionKind.NUTSHELL: 700, SectionKind.TOP: 900, SectionKind.PLAYOFFS: 620}
"""The sections of the short first screen, and how many characters each may take there, its heading included."""
GLANCE = "At a glance"
MOST = 3990
"""Characters of a message. Discord allows 4,000; a few are kept for heading signs and line ends."""
ROOM = 3200
"""Characters that the text of a section may take."""
LONGER = 150
"""Characters kept for the line that names the sections that continue in the menu."""
LABEL = 160
"""Columns of a line's label."""
OURSELVES = "tailgate"
OUR_EDITOR = "an editor of Tailgate"
UNREADABLE = "Quotes and editors' words can't be read right now."


def recap_card(
    recap: Recap, computed: ComputedSeason, question: RecapQuestion, now: datetime, *, whole: bool = True
) -> ui.LayoutView:
    """The recap's first screen, or the section asked for.

    Args:
        recap: of a race with results.
        computed: the race's season as it stands at ``now``.
        question: its section, and the page of one that is long; a section that the recap lacks is the first screen.
        now: the current time.
        whole: people's words, quotes and editors' texts, could be read; if not, the small print says so.
    """
    race, season = recap.race, computed.season
    asked = RecapQuestion(race.season, race.round, question.section, question.page)
    section = find(recap, asked.section)
    links = [
        *_neighbours(season, race),
        Link("Full results", ResultsQuestion(race.season, race.round)),
        Link("Standings", StandingsQuestion(race.season, race.round)),
        *([Link("Next race", NextQuestion())] if race.round == season.run[-1].round else ()),
    ]
    shown = [section] if section else [each for each in recap.sections if each.kind in FIRST_SCREEN]
    title = f"{escape(section.title) if section else 'Recap'} · {where(race)}"
    small = [
        dateline(season, race),
        *words_by(shown, now),
        *of_race(season, race.round),
        _left_out(computed, race),
        "" if whole else UNREADABLE,
        freshness(season, now),
    ]
    room = room_beside(title, *small)
    if section is None:
        body, longer = _brief(shown, room - LONGER)
        small.insert(0, f"{', '.join(longer)} in full, and more, in the menu" if longer else "")
    else:
        parts = parts_of(section, room)
        page = Page.of(asked.page, 1, len(parts))
        body, links = [parts[page.number - 1]], _turning(asked, page) or links
    if not any(body):
        body = [_in_short(season, race)]
    return card(
        title,
        *body,
        accent=_accent(computed, race),
        small=small,
        controls=row(links),
        select=_sections(recap, section),
        picture=section.picture if section else None,
    )


def room_beside(*lines: str) -> int:
    """How many characters a section's text may take in a message that also holds these lines."""
    return min(ROOM, MOST - sum(len(line) + len("-# \n") for line in lines))


def find(recap: Recap, kind: str | None) -> Section | None:
    """The recap's section of a kind; None where it has none."""
    return next((section for section in recap.sections if section.kind == kind), None)


def where(race: Race) -> str:
    """``Talladega 2025``, escaped."""
    return f"{escape(race.track.short)} {race.season}"


def dateline(season: Season, race: Race) -> str:
    """Which race it was: its name, date, number, and round of the playoffs."""
    number = f"race {race.round} of {len(season.races)}"
    return listed([escape(race_name(race)), f"{day(race.date)}, {race.season}", number, phase_of(race)])


def words_by(sections: Iterable[Section], now: datetime) -> list[str]:
    """Small print that names the editors; with their sections, where they did not write all of those shown."""
    everything = list(sections)
    written: dict[str, list[Section]] = {}
    for section in everything:
        if section.author is not None:
            written.setdefault(section.author, []).append(section)
    lines = []
    for author, own in written.items():
        which = "" if len(own) == len(everything) else f" ({', '.join(escape(section.title) for section in own)})"
        edited = max((section.edited_at for section in own if section.edited_at), default=None)
        when = f", edited {stamp(edited, 'R')}" if edited is not None and edited <= now else ""
        # The words that come with the program are an editor's too, and not what it makes of results.
        name = OUR_EDITOR if author.casefold() == OURSELVES else as_typed_in_line(author)
        lines.append(f"Written by {name}{which}{when}")
    return lines


def parts_of(section: Section, room: int = ROOM) -> list[str]:
    """A section's whole text, escaped for Discord, in parts of at most ``room`` characters."""
    parts = [""]
    for apart, label, text, _ in _pieces(section):
        for i, piece in enumerate(in_parts(text, room - len(label))):
            shown_text = piece if i else label + piece
            joined = f"{parts[-1]}{apart}{shown_text}" if parts[-1] else shown_text
            if len(joined) > room:
                parts.append(shown_text)
            else:
                parts[-1] = joined
    return parts


def _pieces(section: Section, *, brief: bool = False) -> Iterable[tuple[str, str, str, str]]:
    """A section piece by piece: the space before each one, its label escaped, its text as written and escaped."""
    for paragraph in section.paragraphs:
        if shown := as_typed(paragraph):
            yield "\n\n", "", paragraph, shown
            if brief and section.lines:
                break  # where room is short, lines of figures say more than the paragraphs after the first one
    apart = "\n\n" if section.kind is SectionKind.QUOTES else "\n"
    if brief:
        yield from _briefly(section, apart)
        return
    for line in section.lines:
        if shown := as_typed(line.text):
            yield apart, _label(line.label), line.text, shown


def _briefly(section: Section, apart: str) -> Iterable[tuple[str, str, str, str]]:
    """A section's lines where room is short. Numbered ones are one piece: a list is shown whole or not at all."""
    for numbered, lines in groupby(section.lines, key=lambda line: line.label.isdecimal()):
        pieces = [(_label(line.label), line.brief or line.text) for line in lines]
        shown = [(label, text, as_typed(text)) for label, text in pieces if as_typed(text)]
        if numbered and shown:
            label, text, first = shown[0]
            yield apart, label, text, apart.join([first, *(label + rest for label, _, rest in shown[1:])])
        else:
            yield from ((apart, *piece) for piece in shown)


def _label(label: str) -> str:
    return f"**{as_typed_in_line(fit(label, LABEL))}** " if label else ""


def _brief(sections: Sequence[Section], room: int) -> tuple[list[str], list[str]]:
    """The first screen's sections, and the titles of those that are longer than what is shown of them.

    The nutshell has no heading, since the message's title serves as one.
    """
    shown_text, longer = [], []
    for section in sections:
        head = "" if section.kind is SectionKind.NUTSHELL else f"### {escape(section.title)}\n"
        text, whole = _beginning(section, min(FIRST_SCREEN[section.kind], room // len(sections)) - len(head))
        shown_text.append(head + text)
        longer += [] if whole else [escape(section.title)]
    return shown_text, longer


def _beginning(section: Section, room: int) -> tuple[str, bool]:
    """As much of a section as there is room for, at least a part of its first piece, and whether that is all of it."""
    shown_text = ""
    for apart, label, text, shown in _pieces(section, brief=True):
        piece = f"{apart if shown_text else ''}{label}{shown}"
        if len(shown_text) + len(piece) > room:
            return shown_text or label + shortened(text, room - len(label)), False
        shown_text += piece
    return shown_text, not section.lines or len(section.paragraphs) < 2


def _accent(computed: ComputedSeason, race: Race) -> Accent:
    """The color of the winner's make; none where the results contradict themselves, which are not counted."""
    rows = computed.standings.season.results.get(race.round, ())
    return make_accent(next((row.entry.make for row in rows if row.finish == 1), None))


def _in_short(season: Season, race: Race) -> str:
    """Who won, or why there is no recap."""
    winner = winner_of(season, race.round)
    if winner is None:
        return "No recap: the results on record don't tell who won this race."
    return f"**{escape(name_of(season, winner))}** won."


def _left_out(computed: ComputedSeason, race: Race) -> str:
    """The results up to the race that contradict themselves and are left out."""
    counted = computed.standings
    run = {each.round for each in computed.season.races if each.day_run <= race.day_run}
    faults = tuple(fault for fault in counted.left_out if fault.round in run)
    return left_out(replace(counted, left_out=faults))


def _neighbours(season: Season, race: Race) -> list[Link]:
    """The recaps of the races with results before and after this one."""
    before = [r for r in season.run if r.day_run < race.day_run][-1:]
    after = [r for r in season.run if r.day_run > race.day_run][:1]
    return [Link(f"Race {r.round}", RecapQuestion(season.year, r.round)) for r in (*before, *after)]


def _turning(asked: RecapQuestion, page: Page) -> list[Link]:
    """Buttons to turn the pages of a section; none for a single page."""
    if page.pages == 1:
        return []
    return [
        Link("← Back", _on_page(asked, max(1, page.number - 1)), off=page.number == 1),
        Link(f"{page.number} of {page.pages}", _on_page(asked, page.number), off=True),
        Link("Next →", _on_page(asked, min(page.pages, page.number + 1)), off=page.number == page.pages),
        Link("Full results", ResultsQuestion(asked.year, asked.round)),
    ]


def _on_page(asked: RecapQuestion, page: int) -> RecapQuestion:
    return RecapQuestion(asked.year, asked.round, asked.section, page)


def _sections(recap: Recap, chosen: Section | None) -> ui.ActionRow[Any]:
    race = recap.race
    links = [Link(GLANCE, RecapQuestion(race.season, race.round), off=chosen is None)]
    links += [
        Link(each.title, RecapQuestion(race.season, race.round, each.kind.value), off=each is chosen)
        for each in recap.sections
    ]
    return ui.ActionRow(QuestionSelect.of("recap", "More from this race…", links))
